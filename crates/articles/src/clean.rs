//! Clean text: an entry's HTML or plain text becomes paragraphs as lines, without tags, captions and teasers.
//!
//! It must not know the feed or the page of the HTML.

use std::borrow::Cow;

use super::charset::undo_double_encoding;
use super::html_lines::{
    fold_white_space, for_each_text, is_direction_control, is_html_element, is_plain_text, may_be_dropped, split_lines,
};
use super::line::join_lines;
use super::markup::decode_entities;
use super::teaser::remove_teasers;

/// Cleans the text of an entry: one paragraph a line, white space folded, teaser lines ("Read also: …") removed.
pub fn plain_text(html: &str) -> String {
    let html = unescape_html(html);
    let mut lines = split_lines(&html);
    remove_teasers(&mut lines);
    join_lines(&lines, "\n")
}

/// Cleans a title into a single line.
pub fn plain_line(html: &str) -> String {
    // Most titles have neither tags nor entities; this path is faster.
    if !html.bytes().any(|byte| matches!(byte, b'<' | b'&' | b'\n')) {
        return fold_white_space(&undo_double_encoding(html));
    }
    join_lines(&split_lines(&unescape_html(html)), " ")
}

/// A text of fewer words may be teasers alone, which cleaning finds.
const MAX_TEASER_WORDS: usize = 40;

/// Fewer words may stand in another text by chance.
const MIN_PART_WORDS: usize = 5;

/// Whether one text has more words than another, as cleaning leaves them. Cleans neither where their lengths decide.
pub fn has_more_words(html: &str, other: &str) -> bool {
    // A tag or an entity parts two words at most.
    let most = html.split_ascii_whitespace().count() + html.bytes().filter(|byte| matches!(byte, b'<' | b'&')).count();
    let most = most.max(MAX_TEASER_WORDS);
    if is_part_of(html, other) || count_certain_words(other, most) >= most || count_words(other, most) >= most {
        return false;
    }
    let words = count_words(html, usize::MAX);
    words > count_words(other, words)
}

/// Whether one text without markup stands in another word by word, as a summary stands in a short article.
fn is_part_of(html: &str, other: &str) -> bool {
    let begin = html.trim_start();
    let (words, rest) = begin.split_at(begin.find(['<', '&']).unwrap_or(begin.len()));
    let words = words.trim_end_matches(|c: char| !c.is_alphanumeric());
    count_certain_words(words, MIN_PART_WORDS) == MIN_PART_WORDS
        && count_certain_words(rest, 1) == 0
        && !rest.contains("<!")
        && memchr::memmem::find(certain_part(other).as_bytes(), words.as_bytes()).is_some()
}

/// The part of a text before the first piece of markup that cleaning may drop.
fn certain_part(html: &str) -> &str {
    let mut begin = 0;
    while let Some(at) = html[begin..].find('<').map(|at| begin + at) {
        match html[at..].find('>') {
            Some(end) if !may_be_dropped(&html[at + 1..at + end]) => begin = at + end,
            _ => return &html[..at],
        }
    }
    html
}

/// Counts words that cleaning leaves for certain, up to a number: those before the first piece of markup that it may drop.
/// Reads bytes alone, since most texts of most feeds are compared.
fn count_certain_words(html: &str, up_to: usize) -> usize {
    const MAX_ENTITY_BYTES: usize = 12;
    let bytes = html.as_bytes();
    let (mut at, mut words, mut is_in_word) = (0, 0, false);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'<' => {
                let Some(end) = html[at..].find('>') else { break };
                if may_be_dropped(&html[at + 1..at + end]) {
                    break;
                }
                // A tag within a word parts none.
                at += end;
            }
            b'&' if bytes[at..].starts_with(b"&lt;") => break,
            // An entity may be a blank.
            b'&' => at += bytes[at..].iter().take(MAX_ENTITY_BYTES).position(|&byte| byte == b';').unwrap_or(0),
            b' ' | b'\t' | b'\n' | b'\r' => is_in_word = false,
            // Lead bytes of letters; those of most punctuation are 0xC2 and 0xE2.
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | 0xC3..=0xE1 | 0xE4..=0xF4 if !is_in_word => {
                (words, is_in_word) = (words + 1, true);
                if words == up_to {
                    break;
                }
            }
            _ => {}
        }
        at += 1;
    }
    words
}

/// Counts the words of a text as cleaning leaves it; stops at `up_to`.
pub fn count_words(html: &str, up_to: usize) -> usize {
    let has_letters = |word: &&str| word.chars().any(is_of_words);
    let mut words = 0;
    for_each_text(html, |text| {
        words += text.split_whitespace().filter(has_letters).take(up_to - words).count();
        words < up_to
    });
    if words < MAX_TEASER_WORDS {
        plain_text(html).split_whitespace().filter(has_letters).take(up_to).count()
    } else {
        words
    }
}

/// Whether a character is one of words and not of punctuation alone. Unicode's tables would cost more than all the rest
/// of the count.
fn is_of_words(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{2e00}'..='\u{2e7f}' | '\u{3000}'..='\u{3004}' => false,
        _ => true,
    }
}

/// Escapes the unclosed tags of a title with names unknown to HTML: `<antirez>` is a name.
pub fn escape_unknown_tags(title: &str) -> Cow<'_, str> {
    /// Elements of HTML that no list of this crate needs.
    const RARE: [&str; 19] = [
        "acronym", "bdi", "bdo", "blink", "del", "dfn", "ins", "kbd", "mark", "nobr", "q", "rp", "rt", "ruby", "samp",
        "strike", "tt", "var", "wbr",
    ];
    /// More tags are markup of some kind.
    const MAX_TAGS: usize = 10;
    if title.matches('<').take(MAX_TAGS + 1).count() > MAX_TAGS {
        return Cow::Borrowed(title);
    }
    let mut escaped = Cow::Borrowed(title);
    for (at, _) in title.match_indices('<').rev() {
        let Some(end) = title[at..].find('>') else { continue };
        let name = &title[at + 1..at + end];
        let lower = name.to_ascii_lowercase();
        let is_name = name.starts_with(char::is_alphabetic) && name.chars().all(|c| c.is_alphanumeric() || c == '-');
        let is_html = is_html_element(&lower) || RARE.contains(&lower.as_str());
        if is_name && !is_html && !title.to_ascii_lowercase().contains(&format!("</{lower}>")) {
            escaped.to_mut().replace_range(at..=at + end, &format!("&lt;{name}&gt;"));
        }
    }
    escaped
}

/// Removes control characters, and those that change the direction of the text after them.
pub fn without_controls(text: &str) -> Cow<'_, str> {
    let is_unsafe = |c: char| c.is_control() || is_direction_control(c);
    if text.contains(is_unsafe) { Cow::Owned(text.replace(is_unsafe, "")) } else { Cow::Borrowed(text) }
}

/// Decodes HTML that a feed escaped once or twice too often.
fn unescape_html(html: &str) -> Cow<'_, str> {
    /// Deeper escaping is intended: the article is about HTML.
    const MAX_ROUNDS: usize = 3;
    let mut html = Cow::Borrowed(html);
    for _ in 0..MAX_ROUNDS {
        let Some(escaped) = find_escaped_tag(&html) else { break };
        // Within real markup, a lone escaped start tag is an example; an escaped end tag is a mistake.
        if escaped == EscapedTag::StartOnly && !is_plain_text(&html) {
            break;
        }
        html = Cow::Owned(decode_entities(&html).into_owned());
    }
    html
}

/// Escaped HTML tags of a text.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EscapedTag {
    /// Start tags alone.
    StartOnly,
    /// An end tag or a `<br>` among them.
    WithEnd,
}

/// Finds escaped tags of common HTML elements.
fn find_escaped_tag(html: &str) -> Option<EscapedTag> {
    let mut found = None;
    for (start, _) in html.match_indices("&lt;") {
        let inner = &html[start + 4..];
        let (is_end_tag, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let length = inner.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let (name, after) = inner.split_at(length);
        if !(after.starts_with([' ', '/', '>']) || after.starts_with("&gt;")) {
            continue;
        }
        let name = name.to_ascii_lowercase();
        if is_html_element(&name) {
            if is_end_tag || name == "br" {
                return Some(EscapedTag::WithEnd);
            }
            found = Some(EscapedTag::StartOnly);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_lines() {
        for (html, text) in [
            ("<p>One  two\nthree.</p><p>Four</p>", "One two three.\nFour"),
            ("One<br/>Two<BR>Three", "One\nTwo\nThree"),
            ("<ul><li>a</li><li><b>b</b> c</li></ul>", "a\nb c"),
            ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
            ("Q&amp;A &laquo;да&raquo; 5 &lt; 6&nbsp;km", "Q&A «да» 5 < 6 km"),
            ("<p>a</p><script>if (a < b) { x() }</script><style>p{}</style><p>b</p>", "a\nb"),
            ("<figure><img src=x><figcaption>Photo: A</figcaption></figure><p>Text</p>", "Text"),
            ("<p>Text</p><p class=\"wp-caption-text\">Photo</p>", "Text"),
            ("<p>Text <a href=\"http://x.example/", "Text"),
            ("<xhtml:p>Text</xhtml:p><xhtml:p>more</xhtml:p>", "Text\nmore"),
            ("it\u{92}s", "it’s"),
            ("<p>soft\u{AD}hyphen</p>", "softhyphen"),
            ("<script>never closed <p>Text</p>", "never closed\nText"),
            ("", ""),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn html_escaped_too_often_is_unescaped() {
        for (html, text) in [
            ("&lt;p&gt;One&lt;/p&gt;&lt;p&gt;AT&amp;amp;T&lt;/p&gt;", "One\nAT&T"),
            ("&lt;div&gt;&amp;lt;p&amp;gt;One&amp;lt;/p&amp;gt;&lt;/div&gt;", "One"),
            ("<p>it&amp;#8217;s &amp;quot;so&amp;quot;</p>", "it’s \"so\""),
            ("<div>&lt;p&gt;One&lt;/p&gt;&lt;p&gt;Two&lt;/p&gt;</div>", "One\nTwo"),
            ("<p>Write &lt;img&gt; for a picture</p>", "Write <img> for a picture"),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn names_in_brackets_are_no_tags() {
        for (title, line) in [
            ("<antirez>", "<antirez>"),
            ("Budget <Defence> rises", "Budget <Defence> rises"),
            ("<Հայաստան> ու <b>Արցախ</b>", "<Հայաստան> ու Արցախ"),
            ("Truce <b>agreed</b><br>now <wbr>x", "Truce agreed now x"),
            ("<foo>in a tag</foo>", "in a tag"),
            ("5 <6> 7 < 8", "5 <6> 7 < 8"),
            ("<img src=x>A", "A"),
        ] {
            assert_eq!(plain_line(&escape_unknown_tags(title)), line, "{title}");
        }
    }

    #[test]
    fn words_are_counted_as_cleaning_leaves_them() {
        let long = "word ".repeat(60);
        for (html, words) in [
            ("<p>One two</p>\n<p>three – four</p>", 4),
            ("<p><img src='a b c'>&nbsp;</p>", 0),
            ("<script>a b c</script><figure><figcaption>One two</figcaption></figure>Three", 1),
            ("...", 0),
            (&format!("{long}<style>{long}</style>"), 60),
        ] {
            assert_eq!(count_words(html, usize::MAX), words, "{html}");
            assert_eq!(count_words(html, 1), words.min(1), "{html}");
            let long = format!("{html} ").repeat(MAX_TEASER_WORDS);
            assert!(count_certain_words(&long, usize::MAX) <= count_words(&long, usize::MAX), "{html}");
        }
    }

    #[test]
    fn the_text_with_more_words_is_found() {
        const LEAD: &str = "The ministers signed a ceasefire in Moscow.";
        let long = "word ".repeat(MAX_TEASER_WORDS);
        for (html, other, has_more) in [
            (LEAD, &*format!("<p>{LEAD}</p><p>It begins at noon.</p>"), false),
            (&*format!("{LEAD} [&#8230;]"), &*format!("<p>{LEAD}</p>"), false),
            (&*format!("{LEAD} <b>It begins at noon.</b>"), &*format!("<p>{LEAD}</p>"), true),
            (LEAD, &*format!("<figure><figcaption>{LEAD}</figcaption></figure>"), true),
            (LEAD, "<img src='a'>", true),
            (LEAD, &*long, false),
            (LEAD, &*format!("<script>{long}</script>"), true),
        ] {
            assert_eq!(has_more_words(html, other), has_more, "{html} / {other}");
        }
    }

    #[test]
    fn text_that_was_encoded_twice_is_read() {
        assert_eq!(plain_line("Armeniaâ€™s truce â€“ Â£5"), "Armenia’s truce – £5");
        assert_eq!(
            plain_line("&#208;&#159;&#208;&#181;&#209;&#128;&#208;&#181;&#208;&#188;&#208;&#184;&#209;&#128;"),
            "Перемир"
        );
        assert_eq!(plain_text("<p>Sound Ð</p><p>ÐŸÐµÑ€ÐµÐ¼Ð¸Ñ€Ð¸Ðµ</p>"), "Sound Ð\nПеремирие");
    }

    #[test]
    fn plain_text_keeps_its_own_lines() {
        let wire =
            "The foreign ministers of both countries met in the city on\nfriday to talk.\n\nSecond paragraph.\nThird";
        let text =
            "The foreign ministers of both countries met in the city on friday to talk.\nSecond paragraph.\nThird";
        assert_eq!(plain_text(wire), text);
    }

    #[test]
    fn a_title_is_one_line() {
        assert_eq!(
            plain_line("  <b>Talks</b> in\n Prague &amp;amp; Vienna<br>continue "),
            "Talks in Prague & Vienna continue"
        );
    }

    #[test]
    fn hostile_html_takes_linear_time() {
        for unit in [
            "<div>",
            "<b>",
            "<script>",
            "<a>",
            "<a>x",
            "&lt;p",
            "&lt;p&gt;",
            "\n\n",
            "Read: ",
            "<b>Read:</b> ",
            "<b>Read:</b> <a>x</a> ",
            "</p",
        ] {
            let html = unit.repeat(300_000 / unit.len());
            let start = std::time::Instant::now();
            let _ = plain_text(&html);
            assert!(start.elapsed().as_secs() < 4, "{unit}");
        }
    }
}

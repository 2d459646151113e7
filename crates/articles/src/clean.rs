//! An entry's HTML, or plain text, to clean text: paragraphs as lines, no tags, no captions, no teasers.
//!
//! It must not know which feed or page the HTML came from.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use super::markup::{Kind, Scanner, Token, decode_entities};
use super::teaser;

/// The text of an entry: one paragraph a line, white space folded, teaser lines ("Read also: …") removed.
pub fn plain_text(html: &str) -> String {
    let html = unescaped(html);
    let mut lines = lines(&html);
    teaser::remove(&mut lines);
    let texts: Vec<&str> = lines.iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).collect();
    texts.join("\n")
}

/// The text of a title: a single line.
pub fn plain_line(html: &str) -> String {
    if !html.bytes().any(|byte| matches!(byte, b'<' | b'&' | b'\n')) {
        // Most titles are words alone.
        let mut page = Page::default();
        page.words(html);
        page.line.text.truncate(page.line.text.trim_end().len());
        return page.line.text;
    }
    let html = unescaped(html);
    let lines = lines(&html);
    let texts: Vec<&str> = lines.iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).collect();
    texts.join(" ")
}

/// A line of text and which parts of it are links.
#[derive(Clone, Debug, Default)]
pub(super) struct Line {
    /// Its characters, white space folded.
    pub text: String,
    /// Byte ranges of its links, ascending.
    pub links: Vec<Range<usize>>,
    /// What kind of block it stands in.
    pub block: Block,
    /// Byte places where its formatting changes (a tag stood there), ascending.
    pub seams: Vec<usize>,
}

/// The kinds of block that tell something of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Block {
    /// Any other.
    #[default]
    Other,
    /// A heading.
    Heading,
    /// An item of a list, a row of a table.
    Item,
}

impl Block {
    fn of(name: &str, kind: Kind) -> Self {
        match (name, kind) {
            (_, Kind::Close) => Self::Other,
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => Self::Heading,
            ("li" | "tr" | "dt" | "dd", _) => Self::Item,
            _ => Self::Other,
        }
    }
}

impl Line {
    /// Whether each word of the line is part of a link.
    pub fn is_link_only(&self) -> bool {
        let words = |(_, c): &(usize, char)| c.is_alphanumeric();
        let mut words = self.text.char_indices().filter(words).peekable();
        words.peek().is_some() && {
            let mut links = self.links.iter().peekable();
            words.all(|(at, _)| {
                while links.next_if(|link| link.end <= at).is_some() {}
                links.peek().is_some_and(|link| link.start <= at)
            })
        }
    }
}

/// Elements that stand on lines of their own.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// Elements whose content is not the entry's text: code, embedded things and their fallbacks, captions.
const DROPPED: &[&str] = &[
    "audio",
    "button",
    "caption",
    "embed",
    "figcaption",
    "head",
    "iframe",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "video",
];

/// Other elements that entries hold; a name outside these three lists is still a tag when it stands unescaped.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "s", "small", "span", "strong", "sub", "sup",
    "td", "th", "u",
];

/// A tag's name without a prefix, lower-cased.
fn name(token: &Token, html: &str) -> String {
    token.name(html).rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// How line breaks in the source count.
#[derive(Clone, Copy, Default, PartialEq)]
enum Breaks {
    /// As spaces: the elements make the lines.
    #[default]
    Never,
    /// An empty line parts paragraphs: some feeds mark up words but not paragraphs.
    Blank,
    /// Plain text: each one, but those of text wrapped at a fixed width.
    Each,
}

fn breaks(html: &str) -> Breaks {
    let mut breaks = Breaks::Each;
    for token in Scanner::new(html) {
        if matches!(token.kind, Kind::Open | Kind::Empty | Kind::Close) {
            let name = name(&token, html);
            if BLOCKS.contains(&name.as_str()) {
                return Breaks::Never;
            }
            breaks = Breaks::Blank;
        }
    }
    breaks
}

/// Undoes the escaping of HTML that was escaped once too often, as some feeds carry it.
fn unescaped(html: &str) -> Cow<'_, str> {
    /// Deeper escaping is not an accident but an article about HTML.
    const ROUNDS: usize = 3;
    let mut html = Cow::Borrowed(html);
    for _ in 0..ROUNDS {
        let Some(closing) = escaped_tag(&html) else { break };
        // Within real markup, a lone escaped tag is spoken of; one that also closes is meant.
        if !closing && breaks(&html) != Breaks::Each {
            break;
        }
        html = Cow::Owned(decode_entities(&html).into_owned());
    }
    html
}

/// Whether the text holds an escaped tag that HTML knows; if so, whether any of them is an end tag or `<br>`.
fn escaped_tag(html: &str) -> Option<bool> {
    let mut found = None;
    for (at, _) in html.match_indices("&lt;") {
        let inner = &html[at + 4..];
        let (closing, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
        let length = inner.bytes().take(12).take_while(u8::is_ascii_alphanumeric).count();
        let (name, after) = inner.split_at(length);
        if !(after.starts_with([' ', '/', '>']) || after.starts_with("&gt;")) {
            continue;
        }
        let name = name.to_ascii_lowercase();
        if [BLOCKS, DROPPED, INLINE].iter().any(|known| known.contains(&name.as_str())) {
            if closing || name == "br" {
                return Some(true);
            }
            found = Some(false);
        }
    }
    found
}

/// Splits HTML or plain text into lines.
pub(super) fn lines(html: &str) -> Vec<Line> {
    let mut page = Page { breaks: breaks(html), ..Page::default() };
    let mut unclosed: HashSet<String> = HashSet::new();
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        match token.kind {
            Kind::Text => {
                let once = decode_entities(token.content(html));
                // `&amp;nbsp;` and the like: no reader wants to see an entity.
                page.text(&decode_entities(&once));
            }
            Kind::Cdata => page.text(token.content(html)),
            Kind::Other => {}
            Kind::Open | Kind::Empty | Kind::Close => {
                let name = name(&token, html);
                let caption = || token.attribute(html, "class").is_some_and(|class| class.contains("caption-text"));
                let dropped = DROPPED.contains(&name.as_str()) || matches!(name.as_str(), "p" | "dd") && caption();
                if dropped && token.kind == Kind::Open && !unclosed.contains(&name) {
                    match end_tag(html, token.end, &name) {
                        Some(end) => scanner.seek(end),
                        None => {
                            unclosed.insert(name.clone());
                        }
                    }
                }
                page.tag(&name, token.kind);
            }
        }
    }
    page.end_line();
    page.lines
}

/// Where the end tag of `name` begins, at or after `from`.
pub(super) fn end_tag(html: &str, from: usize, name: &str) -> Option<usize> {
    let rest = html.get(from..)?;
    let closes = |at: &usize| {
        let tail = &rest.as_bytes()[at + 2..];
        tail.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            && tail.get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric())
    };
    rest.match_indices("</").map(|(at, _)| at).find(closes).map(|at| from + at)
}

/// Collects lines while the markup is read.
#[derive(Default)]
struct Page {
    breaks: Breaks,
    lines: Vec<Line>,
    line: Line,
    link: Option<usize>,
}

impl Page {
    fn end_line(&mut self) {
        self.end_link();
        let line = std::mem::take(&mut self.line);
        if line.text.chars().any(|c| !c.is_whitespace()) {
            self.lines.push(line);
        }
    }

    fn end_link(&mut self) {
        if let Some(start) = self.link.take()
            && start < self.line.text.len()
        {
            self.line.links.push(start..self.line.text.len());
        }
    }

    fn tag(&mut self, name: &str, kind: Kind) {
        let linked = self.link.is_some();
        if BLOCKS.contains(&name) {
            self.end_line();
            self.line.block = Block::of(name, kind);
            // A link around blocks goes on in the next line.
            self.link = linked.then_some(0);
            return;
        }
        if matches!(name, "td" | "th") {
            self.text(" ");
        }
        let at = self.line.text.len();
        if self.line.seams.last() != Some(&at) {
            self.line.seams.push(at);
        }
        if name == "a" {
            self.end_link();
            self.link = (kind == Kind::Open).then_some(at);
        }
    }

    fn text(&mut self, text: &str) {
        if self.breaks == Breaks::Never {
            return self.words(text);
        }
        let rows: Vec<&str> = text.split('\n').collect();
        for (at, row) in rows.iter().enumerate() {
            if at > 0 {
                let empty = at + 1 < rows.len() && row.trim().is_empty();
                if empty || self.breaks == Breaks::Each && !wrapped(rows[at - 1], row) {
                    let linked = self.link.is_some();
                    self.end_line();
                    self.link = linked.then_some(0);
                } else {
                    self.words(" ");
                }
            }
            self.words(row);
        }
    }

    /// Appends text with its white space folded and invisible characters left out.
    fn words(&mut self, text: &str) {
        let out = &mut self.line.text;
        for c in text.chars() {
            match c {
                '\u{AD}' | '\u{200B}' | '\u{FEFF}' | '\u{2060}' | '\u{FFFC}' => {}
                c if c.is_control() && !c.is_whitespace() => out.extend(windows_1252(c)),
                c if c.is_whitespace() => {
                    if !out.is_empty() && !out.ends_with(' ') {
                        out.push(' ');
                    }
                }
                c => out.push(c),
            }
        }
    }
}

/// The character that a C1 control was meant as (a windows-1252 byte taken for Latin-1); other controls mean nothing.
fn windows_1252(control: char) -> Option<char> {
    let byte = u8::try_from(u32::from(control)).ok().filter(|byte| *byte >= 0x80)?;
    encoding_rs::WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next().filter(|c| !c.is_control())
}

/// Whether a line break in plain text only wraps a sentence: a row as wide as mail and agency wires are, without the end
/// of a sentence, then a small letter.
fn wrapped(row: &str, next: &str) -> bool {
    let row = row.trim_end();
    (45..=100).contains(&row.chars().count())
        && !row.ends_with(['.', '!', '?', ':', '»', '"', '։'])
        && next.trim_start().starts_with(char::is_lowercase)
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
    fn html_escaped_once_too_often_is_unescaped() {
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

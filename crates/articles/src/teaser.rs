//! Teasers: finds and removes lines that advertise other articles ("Read also: …").
//!
//! A rule must not match the words of a teaser, and a summary must not quote them. This file must not know HTML, only
//! lines and their links.

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::line::CleanLine;
use super::word_lists::language_phrases;

/// Folded labels of all languages, the longest first: "Read more" before "Read".
///
/// A single word counts only before a colon or a bar, since prose has it too. A phrase may also stand before a dash, or
/// alone above its links.
static LABELS: LazyLock<Vec<Vec<char>>> = LazyLock::new(|| {
    let fold_label = |label: &str| label.chars().flat_map(fold_letter).collect::<Vec<char>>();
    let mut labels: Vec<Vec<char>> = language_phrases("teasers.txt").map(fold_label).collect();
    labels.retain(|label| !label.is_empty());
    labels.sort_by_key(|label| Reverse(label.len()));
    labels
});

/// Words of a headline after a label; more are a paragraph of the article.
const MAX_HEADLINE_WORDS: usize = 40;

/// Words of a teaser after its link ("(video)", "on our site"); more belong to the article.
const MAX_TAIL_WORDS: usize = 4;

/// Removes teasers: lines with a label at the start, links below a label on its own line, and a label with its link
/// within a paragraph, but not the paragraph's other words.
pub(super) fn remove_teasers(lines: &mut Vec<CleanLine>) {
    let mut kept: Vec<CleanLine> = Vec::with_capacity(lines.len());
    // Whether the previous line was a label alone, or a link below one.
    let mut is_below_label = false;
    let mut rest = std::mem::take(lines).into_iter().peekable();
    while let Some(mut line) = rest.next() {
        if is_below_label && line.is_link_only() {
            continue;
        }
        is_below_label = false;
        match find_label(&line.text) {
            Some(TeaserLabel { end, is_separated, is_phrase }) if !has_words(&line.text[end..]) => {
                let links_follow = rest.peek().is_some_and(CleanLine::is_link_only);
                // A phrase above links is a heading; without a colon or links it may be text.
                is_below_label = is_separated || is_phrase && links_follow;
                if is_below_label {
                    continue;
                }
            }
            Some(TeaserLabel { end, is_separated: true, .. }) => {
                let linked = find_linked_range(&line, 0, end);
                let tail = linked.as_ref().map_or(&line.text[end..], |linked| &line.text[linked.end..]);
                let words = tail.split_whitespace().filter(|word| has_words(word)).count();
                match linked {
                    None if words <= MAX_HEADLINE_WORDS => continue,
                    Some(_) if words <= MAX_TAIL_WORDS => continue,
                    _ => {}
                }
            }
            _ => {}
        }
        cut_inline_teasers(&mut line);
        if has_words(&line.text) {
            kept.push(line);
        }
    }
    *lines = kept;
}

fn has_words(text: &str) -> bool {
    text.contains(char::is_alphanumeric)
}

/// Cuts labels within a line, each with its link.
fn cut_inline_teasers(line: &mut CleanLine) {
    if line.links.is_empty() {
        return;
    }
    let mut cuts: Vec<Range<usize>> = Vec::new();
    for start in label_starts(line) {
        if cuts.last().is_some_and(|cut| start < cut.end) {
            continue;
        }
        if let Some(TeaserLabel { end, is_separated: true, .. }) = find_label(&line.text[start..])
            && let Some(cut) = find_linked_range(line, start, start + end)
        {
            cuts.push(cut);
        }
    }
    if cuts.is_empty() {
        return;
    }
    let mut words = Vec::new();
    let mut offset = 0;
    for cut in cuts {
        words.extend(line.text.get(offset..cut.start).unwrap_or_default().split_whitespace());
        offset = cut.end;
    }
    words.extend(line.text[offset..].split_whitespace());
    line.text = words.join(" ");
}

/// Lists the byte offsets where a label may begin: at seams and after the end of a sentence.
fn label_starts(line: &CleanLine) -> Vec<usize> {
    let mut starts = line.seams.clone();
    let mut after_sentence = true;
    for (offset, c) in line.text.char_indices() {
        match c {
            '.' | '!' | '?' | '…' | '։' | '؟' | '(' | '[' | '|' => after_sentence = true,
            _ if c.is_whitespace() || matches!(c, '»' | '”' | '"' | ')' | ']') => {}
            _ => {
                if std::mem::take(&mut after_sentence) {
                    starts.push(offset);
                }
            }
        }
    }
    starts.sort_unstable();
    starts.dedup();
    starts
}

/// Finds the range of a teaser within a line: from `start`, through links directly after `end` or around the label.
fn find_linked_range(line: &CleanLine, start: usize, end: usize) -> Option<Range<usize>> {
    let mut stop = end;
    let mut has_link = false;
    for link in &line.links[line.links.partition_point(|link| link.end < end)..] {
        let gap = line.text.get(stop..link.start.max(stop))?;
        if has_words(gap) || gap.contains('.') {
            break;
        }
        stop = link.end;
        has_link = true;
    }
    if !has_link {
        return None;
    }
    // Brackets and the full stop belong to the teaser.
    let tail = &line.text[stop..];
    let closing = tail.len() - tail.trim_start_matches([')', ']', '.', '»', '”', '"']).len();
    let before = line.text[..start].trim_end_matches(['(', '[', ' ', '|', '•']);
    Some(before.len()..stop + closing)
}

/// Label at the start of a text.
struct TeaserLabel {
    /// Byte offset after the label and its separator.
    end: usize,
    /// Whether a colon or another separator follows.
    is_separated: bool,
    /// Whether the label has more than one word.
    is_phrase: bool,
}

/// Finds the label at the start of `text`, after bullets and arrows.
fn find_label(text: &str) -> Option<TeaserLabel> {
    /// Characters of bullets, arrows and emoji before a label.
    const MAX_DECORATION: usize = 8;
    /// Characters compared; all labels are shorter.
    const MAX_LABEL_LENGTH: usize = 32;
    let is_decoration = |c: char| !c.is_alphanumeric() && !matches!(c, '"' | '“' | '«' | '„' | '\'' | '‘');
    let start = text.char_indices().take(MAX_DECORATION).find(|(_, c)| !is_decoration(*c)).map(|(offset, _)| offset)?;
    // Most texts fail on their first letter, so the rest is folded only after it.
    let first = text[start..].chars().next().and_then(|c| fold_letter(c).next())?;
    if !LABELS.iter().any(|label| label.first() == Some(&first)) {
        return None;
    }
    // Folded characters, each with the end of its source character.
    let beginning = text[start..].char_indices().take(MAX_LABEL_LENGTH);
    let (folded, ends): (Vec<char>, Vec<usize>) = beginning
        .flat_map(|(offset, c)| fold_letter(c).map(move |folded| (folded, start + offset + c.len_utf8())))
        .unzip();
    LABELS.iter().filter(|label| folded.starts_with(label)).find_map(|label| {
        let is_phrase = label.contains(&' ');
        let end = *ends.get(label.len() - 1)?;
        // Combining accents belong to the previous letter.
        let rest = text[end..].trim_start_matches(is_accent);
        let trimmed = rest.trim_start();
        let separator = match trimmed.chars().next() {
            None => None,
            // The Armenian full stop looks like a colon.
            Some(mark @ (':' | '：' | '՝' | '։' | '|' | '»' | '›' | '→' | '>')) => Some(mark),
            Some(dash @ ('–' | '—' | '-')) if is_phrase => Some(dash),
            // Any other character continues a sentence ("Read the statement").
            Some(_) => return None,
        };
        let end = text.len() - trimmed.len() + separator.map_or(0, char::len_utf8);
        Some(TeaserLabel { end, is_separated: separator.is_some(), is_phrase })
    })
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}')
}

/// Removes case and accents of a letter and unifies its variants (dotless ı, Armenian և, apostrophes).
fn fold_letter(c: char) -> impl Iterator<Item = char> {
    let c = match c {
        '’' | 'ʼ' | '`' => '\'',
        'ي' => 'ی',
        'ك' => 'ک',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    std::iter::once(c)
        .nfkd()
        .flat_map(char::to_lowercase)
        .filter(|c| !is_accent(*c))
        .map(|c| if c == 'ı' { 'i' } else { c })
}

#[cfg(test)]
mod tests {
    use super::super::clean::plain_text;

    #[test]
    fn a_line_with_a_label_is_removed() {
        for teaser in [
            "Read: Ministers meet in Geneva",
            "READ MORE: Ministers meet",
            "Read more » Ministers meet",
            "▶ Watch: The president speaks",
            "Don’t miss: Our new podcast",
            "Related news – Ministers meet",
            "Читайте также: Министры встретились",
            "По теме | Министры встретились",
            "Կարդացեք նաև՝ Նախարարները հանդիպեցին",
            "ԿԱՐԴԱՑԵՔ ՆԱԵՒ: Նախարարները",
            "Həmçinin oxuyun: Nazirlər görüşdü",
            "İLGİLİ HABERLER: Bakanlar görüştü",
            "AYRICA OKUYUN: Bakanlar görüştü",
            "A lire aussi : Les ministres se rencontrent",
            "À LIRE AUSSI : Les ministres",
            "წაიკითხეთ ასევე: მინისტრები",
            "بیشتر بخوانید: دیدار وزیران",
        ] {
            for html in [format!("One.\n\n{teaser}\n\nTwo."), format!("<p>One.</p><p>{teaser}</p><p>Two.</p>")] {
                assert_eq!(plain_text(&html), "One.\nTwo.", "{teaser}");
            }
            let linked = teaser.rsplit_once([':', '»', '–', '|', '՝']).expect("a separator");
            let html = format!("<p>One.</p><p><b>{}:</b> <a href='/x'>{}</a></p><p>Two.</p>", linked.0, linked.1);
            assert_eq!(plain_text(&html), "One.\nTwo.", "{html}");
        }
    }

    #[test]
    fn a_sentence_that_begins_like_a_label_stays() {
        for text in [
            "The statement read: 'We call for peace.'",
            "Watch officers said: the ship sank.",
            "Related costs rose - by a third.",
            "Read the statement: it is short.",
            "Reading: a city in England.",
            "Recommended doses differ.",
            "Читайте условия: они важны.",
            "Watch – the ship – sank.",
        ] {
            assert_eq!(plain_text(text), text);
            assert_eq!(plain_text(&format!("<p>{text}</p>")), text);
        }
    }

    #[test]
    fn an_inline_teaser_leaves_the_paragraphs_words() {
        for (html, text) in [
            ("<p>One. <b>Read:</b> <a href='/x'>Talks</a></p>", "One."),
            ("<p>One.<br/>Read: <a href='/x'>Talks</a></p>", "One."),
            ("<p>One. <a href='/x'>Read more: Talks</a> Two goes on.</p>", "One. Two goes on."),
            ("<p>One (read also: <a href='/x'>Talks</a>). Two.</p>", "One Two."),
            (
                "<p><b>Read:</b> <a href='/x'>Talks</a> The ministers met again on Friday.</p>",
                "The ministers met again on Friday.",
            ),
            ("<p>The text read: <a href='/x'>Peace</a></p>", "The text read: Peace"),
        ] {
            assert_eq!(plain_text(html), text, "{html}");
        }
    }

    #[test]
    fn a_label_alone_is_removed_with_its_links() {
        let html =
            "<p>One.</p><h3>Related:</h3><ul><li><a href='/a'>A</a></li><li><a href='/b'>B b</a></li></ul><p>Two.</p>";
        assert_eq!(plain_text(html), "One.\nTwo.");
        let html = "<p>One.</p><h3>See also</h3><p><a href='/a'>A</a></p><p>Two <a href='/b'>b</a>.</p>";
        assert_eq!(plain_text(html), "One.\nTwo b.");
        assert_eq!(plain_text("<p>See also</p><p>Two.</p>"), "See also\nTwo.");
    }
}

//! Length, shortening and paging of a message's text, for any platform. Pure.

use ceasewire_model::{File, Span, Style, Text};

/// Counts the characters of a text; markup does not count.
pub fn length(text: &Text) -> usize {
    text.0.iter().map(|span| span.text.chars().count()).sum()
}

/// Whether a character sets the direction of the text after it: embeddings, overrides and isolates, and their ends. One
/// without its end, in the title of an article or in a feed's name, would turn the rest of a message around.
pub fn sets_direction(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Cuts a text to `limit` characters; a cut text ends with an ellipsis.
pub fn cut(text: &Text, limit: usize) -> Text {
    if length(text) <= limit {
        return text.clone();
    }
    let mut left = limit.saturating_sub(1);
    let mut spans = Vec::new();
    for span in &text.0 {
        let part: String = span.text.chars().take(left).collect();
        left -= part.chars().count();
        if !part.is_empty() {
            spans.push(Span { text: part, style: span.style.clone() });
        }
        if left == 0 {
            break;
        }
    }
    Text(spans).with("…", Style::Plain)
}

/// Appends the text form of a file, for a chat that cannot receive the file itself.
pub fn with_file(text: &Text, file: &File) -> Text {
    let gap = if length(text) == 0 { "" } else { "\n\n" };
    text.clone().with(gap, Style::Plain).with(file.drawn.trim_end(), Style::Code)
}

/// Splits a text into pages of at most `limit` characters, between lines where possible.
pub fn pages(text: &Text, limit: usize) -> Vec<Text> {
    let limit = limit.max(1);
    let mut pages = vec![Text::default()];
    let mut length = 0;
    for line in lines(text) {
        let whole: usize = line.iter().map(|span| span.text.chars().count()).sum();
        if length > 0 && length + whole > limit {
            pages.push(Text::default());
            length = 0;
        }
        for mut span in line {
            // A line longer than a page breaks at the end of the page.
            while length + span.text.chars().count() > limit {
                let at = span.text.char_indices().nth(limit - length).map_or(span.text.len(), |(at, _)| at);
                let tail = span.text.split_off(at);
                append(&mut pages, Span { text: span.text, style: span.style.clone() });
                pages.push(Text::default());
                length = 0;
                span.text = tail;
            }
            length += span.text.chars().count();
            append(&mut pages, span);
        }
    }
    pages
}

/// Splits a text into lines, each with its line break.
fn lines(text: &Text) -> Vec<Vec<Span>> {
    let mut lines = vec![Vec::new()];
    for span in &text.0 {
        for part in span.text.split_inclusive('\n') {
            let line = lines.last_mut().expect("there is always a line");
            line.push(Span { text: part.to_owned(), style: span.style.clone() });
            if part.ends_with('\n') {
                lines.push(Vec::new());
            }
        }
    }
    lines
}

/// Appends a span to the last page, joined with a previous span of the same style: Telegram draws a box around each
/// code span.
fn append(pages: &mut [Text], span: Span) {
    let page = pages.last_mut().expect("there is always a page");
    match page.0.last_mut() {
        Some(last) if last.style == span.style => last.text.push_str(&span.text),
        _ => page.0.push(span),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_break_at_lines_and_lose_nothing() {
        let text = Text::plain("a line of text\n".repeat(700)).with("b".repeat(5000), Style::Code);
        let pages = pages(&text, 4000);
        assert!(pages.iter().all(|page| length(page) <= 4000));
        assert_eq!(pages.iter().map(Text::to_plain).collect::<String>(), text.to_plain());
        assert!(pages[0].to_plain().ends_with('\n'));
        assert_eq!(pages[0].0.len(), 1);
    }
}

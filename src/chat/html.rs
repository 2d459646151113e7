//! Text as Telegram's HTML, within Telegram's limits. Pure.

use std::fmt::Write;

use url::Url;

use ceasewire_model::{Span, Style, Text};

/// Characters of a message after its markup has been read (Bot API, sendMessage: "1-4096 characters after entities
/// parsing"; counted in Unicode code points by the server).
pub const MAX_CHARS: usize = 4096;
/// Characters of the caption of a file, counted likewise (Bot API, sendPhoto: "0-1024 characters after entities parsing").
pub const MAX_CAPTION_CHARS: usize = 1024;
/// Bytes of a message before its markup is read; the server refuses longer ones unread.
const MAX_BYTES: usize = 32_768;
/// Styled spans of a message; the server drops those beyond.
const MAX_ENTITIES: usize = 100;

/// Writes the text of a message as Telegram HTML. What exceeds Telegram's limits is cut off, never inside a tag or an
/// entity, and an ellipsis says so.
pub fn to_html(text: &Text) -> String {
    to_html_within(text, MAX_CHARS)
}

/// Writes text as [`to_html`] does, in at most so many characters.
pub fn to_html_within(text: &Text, mut limit: usize) -> String {
    loop {
        let html = write(&cut(text, limit));
        if html.len() <= MAX_BYTES {
            return html;
        }
        // Escapes and long addresses outgrew the bytes; fewer characters bring fewer of them.
        limit = limit * 3 / 4;
    }
}

/// Counts the characters that Telegram's limits are about.
pub fn length(text: &Text) -> usize {
    text.0.iter().map(|span| span.text.chars().count()).sum()
}

/// Cuts text to at most `limit` characters; a cut one ends with an ellipsis.
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

/// Splits text into as many messages as it needs, between lines where they are short enough.
pub fn pages(text: &Text) -> Vec<Text> {
    let mut pages = vec![Text::default()];
    let mut length = 0;
    for line in lines(text) {
        let whole: usize = line.iter().map(|span| span.text.chars().count()).sum();
        if length > 0 && length + whole > MAX_CHARS {
            pages.push(Text::default());
            length = 0;
        }
        for mut span in line {
            // A line longer than a message is broken wherever the message is full.
            while length + span.text.chars().count() > MAX_CHARS {
                let at = span.text.char_indices().nth(MAX_CHARS - length).map_or(span.text.len(), |(at, _)| at);
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

/// The spans of each line, each line with its line break.
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

/// Lines of one span stay one span: in Telegram each would be a box of its own.
fn append(pages: &mut [Text], span: Span) {
    let page = pages.last_mut().expect("there is always a page");
    match page.0.last_mut() {
        Some(last) if last.style == span.style => last.text.push_str(&span.text),
        _ => page.0.push(span),
    }
}

fn write(text: &Text) -> String {
    let mut html = String::new();
    let mut entities = 0;
    for span in &text.0 {
        let inner = escape(&span.text);
        // An empty or blank span with a tag around it is nothing to the server, but counts.
        let style = if span.text.trim().is_empty() || entities >= MAX_ENTITIES { &Style::Plain } else { &span.style };
        entities += usize::from(*style != Style::Plain);
        let _ = match style {
            Style::Plain => write!(html, "{inner}"),
            Style::Bold => write!(html, "<b>{inner}</b>"),
            Style::Code if inner.contains('\n') => write!(html, "<pre>{inner}</pre>"),
            Style::Code => write!(html, "<code>{inner}</code>"),
            Style::Link(address) => match linkable(address) {
                Some(address) => write!(html, "<a href=\"{}\">{inner}</a>", escape(&address)),
                None => write!(html, "{inner}"),
            },
        };
    }
    html
}

/// An address that Telegram takes as a link: it drops those whose host has no dot.
fn linkable(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    url.host_str()?.contains('.').then(|| url.to_string())
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() && c != '\n' => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn signs_of_markup_are_escaped() {
        let text = Text::plain("1 < 2 & \"x\"\u{0}").with("<b>", Style::Bold);
        assert_eq!(to_html(&text), "1 &lt; 2 &amp; &quot;x&quot; <b>&lt;b&gt;</b>");
    }

    #[test]
    fn links_go_only_where_telegram_lets_them() {
        for (address, expected) in [
            ("https://osce.org/a?b=1&c=\"2\"", "<a href=\"https://osce.org/a?b=1&amp;c=%222%22\">x</a>"),
            ("http://localhost/a", "x"),
            ("javascript:alert(1)", "x"),
            ("no address", "x"),
        ] {
            assert_eq!(to_html(&Text::default().with("x", Style::Link(address.into()))), expected);
        }
    }

    #[test]
    fn a_text_of_the_full_length_passes_and_one_more_is_cut() {
        let full = "😀".repeat(MAX_CHARS);
        assert_eq!(to_html(&Text::plain(&full)), full);
        let cut = to_html(&Text::plain(full + "😀"));
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn escapes_that_outgrow_the_bytes_are_cut_too() {
        let html =
            to_html(&Text::default().with("\"".repeat(MAX_CHARS), Style::Bold).with("\"".repeat(4000), Style::Plain));
        assert!(html.len() <= MAX_BYTES && html.starts_with("<b>&quot;") && html.ends_with("…"), "{}", html.len());
    }

    #[test]
    fn pages_break_at_lines_and_lose_nothing() {
        let text = Text::plain("a line of text\n".repeat(700)).with("b".repeat(5000), Style::Code);
        let pages = pages(&text);
        assert!(pages.iter().all(|page| page.to_plain().chars().count() <= MAX_CHARS));
        assert_eq!(pages.iter().map(Text::to_plain).collect::<String>(), text.to_plain());
        assert!(pages[0].to_plain().ends_with('\n'));
        assert_eq!(pages[0].0.len(), 1);
    }

    fn style() -> impl Strategy<Value = Style> {
        prop_oneof![
            Just(Style::Plain),
            Just(Style::Bold),
            Just(Style::Code),
            "\\PC{0,30}".prop_map(|rest| Style::Link(format!("https://x.example/{rest}")))
        ]
    }

    proptest! {
        #[test]
        fn tags_are_balanced_and_limits_are_kept(spans in prop::collection::vec(("(?s).{0,3000}", style()), 0..6)) {
            let html = to_html(&Text(spans.into_iter().map(|(text, style)| Span { text, style }).collect()));
            prop_assert!(html.len() <= MAX_BYTES);
            let mut open: Option<&str> = None;
            let mut rest = html.as_str();
            while let Some(at) = rest.find('<') {
                let end = at + rest[at..].find('>').expect("a tag ends");
                let tag = &rest[at + 1..end];
                match tag.strip_prefix('/') {
                    Some(name) => prop_assert_eq!(open.take(), Some(name)),
                    None => {
                        prop_assert!(open.is_none());
                        open = tag.split(' ').next();
                    }
                }
                rest = &rest[end + 1..];
            }
            prop_assert!(open.is_none());
        }
    }
}

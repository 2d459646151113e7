//! Writes text as Telegram's HTML, within Telegram's limits. Pure.

use std::fmt::Write;

use url::Url;

use crate::chat::text::cut;
use ceasewire_model::{Style, Text};

/// Characters of a message after its markup was parsed (Bot API, sendMessage: "1-4096 characters after entities
/// parsing"; the server counts Unicode code points).
pub const MAX_CHARS: usize = 4096;
/// Characters of the caption of a file, counted likewise (Bot API, sendPhoto: "0-1024 characters after entities
/// parsing").
pub const MAX_CAPTION_CHARS: usize = 1024;
/// Styled spans of a message; the server drops the rest.
pub const MAX_ENTITIES: usize = 100;
/// Bytes of a message before its markup is parsed; the server refuses longer ones unread.
const MAX_BYTES: usize = 32_768;

/// Writes the text of a message as Telegram HTML. Cuts it at Telegram's limits, never inside a tag or an entity, and
/// marks the cut with an ellipsis.
pub fn to_html(text: &Text) -> String {
    to_html_within(text, MAX_CHARS)
}

/// Writes a text of at most `limit` characters, like [`to_html`].
pub fn to_html_within(text: &Text, mut limit: usize) -> String {
    loop {
        let html = write(&cut(text, limit));
        if html.len() <= MAX_BYTES {
            return html;
        }
        // Escapes and long addresses exceeded the byte limit; fewer characters need fewer bytes.
        limit = limit * 3 / 4;
    }
}

fn write(text: &Text) -> String {
    let mut html = String::new();
    let mut entities = 0;
    for span in &text.0 {
        let inner = escape(&span.text);
        // The server ignores a blank span, but counts its tag.
        let style =
            if span.text.trim().is_empty() || entities + 1 >= MAX_ENTITIES { &Style::Plain } else { &span.style };
        entities += match style {
            Style::Plain => 0,
            Style::BoldLink(_) => 2,
            Style::Bold | Style::Code | Style::Link(_) => 1,
        };
        let _ = match style {
            Style::Plain => write!(html, "{inner}"),
            Style::Bold => write!(html, "<b>{inner}</b>"),
            Style::Code if inner.contains('\n') => write!(html, "<pre>{inner}</pre>"),
            Style::Code => write!(html, "<code>{inner}</code>"),
            Style::Link(address) => match linkable(address) {
                Some(address) => write!(html, "<a href=\"{}\">{inner}</a>", escape(&address)),
                None => write!(html, "{inner}"),
            },
            Style::BoldLink(address) => match linkable(address) {
                Some(address) => write!(html, "<b><a href=\"{}\">{inner}</a></b>", escape(&address)),
                None => write!(html, "<b>{inner}</b>"),
            },
        };
    }
    html
}

/// Returns the address if Telegram accepts it as a link. Telegram drops links to hosts without a dot.
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
    use ceasewire_model::Span;

    #[test]
    fn markup_characters_are_escaped() {
        let text = Text::plain("1 < 2 & \"x\"\u{0}").with("<b>", Style::Bold);
        assert_eq!(to_html(&text), "1 &lt; 2 &amp; &quot;x&quot; <b>&lt;b&gt;</b>");
    }

    #[test]
    fn links_go_only_to_addresses_that_telegram_accepts() {
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
    fn one_character_beyond_the_limit_is_cut() {
        let full = "😀".repeat(MAX_CHARS);
        assert_eq!(to_html(&Text::plain(&full)), full);
        let cut = to_html(&Text::plain(full + "😀"));
        assert_eq!(cut.chars().count(), MAX_CHARS);
        assert!(cut.ends_with('…'));
    }

    #[test]
    fn escapes_beyond_the_byte_limit_are_cut() {
        let html =
            to_html(&Text::default().with("\"".repeat(MAX_CHARS), Style::Bold).with("\"".repeat(4000), Style::Plain));
        assert!(html.len() <= MAX_BYTES && html.starts_with("<b>&quot;") && html.ends_with("…"), "{}", html.len());
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
        fn tags_are_balanced_within_the_limits(spans in prop::collection::vec(("(?s).{0,3000}", style()), 0..6)) {
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

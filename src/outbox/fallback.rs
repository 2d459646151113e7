//! Fallback texts after a rejection: without markup, or shorter. Pure.

use crate::alert::retry::Verdict;
use crate::chat::limits::without_markup;
use crate::chat::text;
use crate::locale::Locale;
use ceasewire_model::{Style, Text};

/// The most forms of a message in one attempt: with markup, without, shorter ones, and to the main thread.
pub(super) const MOST_FORMS: usize = 5;

/// The note under a possible duplicate.
#[derive(Clone, Copy, Debug)]
pub(super) struct DuplicateNote {
    pub(super) locale: Locale,
    /// The longest text that the platform accepts.
    pub(super) text_chars: usize,
}

impl DuplicateNote {
    /// Appends the note and shortens the text for it where necessary.
    pub(super) fn append(self, body: &Text) -> Text {
        let note = self.locale.text("alert-repeat", &[]);
        // Shorten the body, never the note.
        let room = self.text_chars.saturating_sub(text::length(&note) + 1);
        let mut text = text::cut(body, room).with("\n", Style::Plain);
        text.0.extend(note.0);
        text
    }
}

/// Returns the fallback text after a rejection, or `None` when no other text would help. A fallback of a possible
/// duplicate keeps its note.
pub(super) fn degrade(text: &Text, verdict: &Verdict, note: Option<DuplicateNote>) -> Option<Text> {
    match verdict {
        Verdict::WithoutMarkup if text.0.iter().any(|span| span.style != Style::Plain) => Some(without_markup(text)),
        Verdict::Shorter => {
            let shorter = text::cut(text, text::length(text) / 2);
            Some(match note {
                Some(note) => note.append(&shorter),
                None => shorter,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 4096;

    fn note() -> DuplicateNote {
        DuplicateNote { locale: Locale::default(), text_chars: LIMIT }
    }

    fn text(characters: usize) -> Text {
        Text::default().with("x".repeat(characters), Style::Bold)
    }

    #[test]
    fn a_long_text_makes_room_for_the_note() {
        let words = note().locale.label("alert-repeat");
        for characters in [0, 10, LIMIT, 2 * LIMIT] {
            let noted = note().append(&text(characters));
            assert!(text::length(&noted) <= LIMIT, "{characters}");
            assert!(noted.to_plain().ends_with(&format!("\n{words}")));
        }
    }

    #[test]
    fn rejected_markup_is_removed_once() {
        let plain = degrade(&text(9), &Verdict::WithoutMarkup, None).unwrap();
        assert_eq!(plain, Text::plain("x".repeat(9)));
        assert_eq!(degrade(&plain, &Verdict::WithoutMarkup, None), None);
        let link = Text::default().with("Truce", Style::BoldLink("https://w.example/1".into()));
        let plain = degrade(&link, &Verdict::WithoutMarkup, None).unwrap();
        assert_eq!(plain, Text::plain("Truce <https://w.example/1>"));
    }

    #[test]
    fn a_too_long_text_is_halved_and_keeps_its_note() {
        let shorter = degrade(&text(1000), &Verdict::Shorter, None).unwrap();
        assert_eq!(text::length(&shorter), 500);
        let noted = note().append(&text(1000));
        let shorter = degrade(&noted, &Verdict::Shorter, Some(note())).unwrap().to_plain();
        assert_eq!(shorter.matches(&note().locale.label("alert-repeat")).count(), 1, "{shorter}");
    }

    #[test]
    fn no_fallback_exists_for_other_rejections() {
        assert_eq!(degrade(&text(9), &Verdict::GiveUp, None), None);
        assert_eq!(degrade(&text(9), &Verdict::MainThread, None), None);
    }
}

//! The forms of a message: marked as a possible repeat and, where the platform refuses it, as plain text or shorter. Pure.

use crate::alert::retry::Verdict;
use crate::chat::html;
use crate::locale::say;
use ceasewire_model::{Style, Text};

/// Forms of a message that are tried at its turn: without markup, shorter, to the main thread.
pub(super) const MOST_FORMS: usize = 5;

/// A text with the note that it may have come before.
pub(super) fn repeated(text: &Text) -> Text {
    let note = say("alert-repeat", &[]);
    // What a platform has no room for is never the note.
    let mut text = html::cut(text, html::MAX_CHARS.saturating_sub(html::length(&note) + 1)).with("\n", Style::Plain);
    text.0.extend(note.0);
    text
}

/// What goes at once in place of a text that was refused; `None` when another text would help nothing, or there is none.
/// One that may be a `repeat` still says so.
pub(super) fn reformed(text: &Text, verdict: &Verdict, repeat: bool) -> Option<Text> {
    match verdict {
        Verdict::WithoutMarkup if text.0.iter().any(|span| span.style != Style::Plain) => {
            Some(Text::plain(text.to_plain()))
        }
        Verdict::Shorter => {
            let shorter = html::cut(text, html::length(text) / 2);
            Some(if repeat { repeated(&shorter) } else { shorter })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(characters: usize) -> Text {
        Text::default().with("x".repeat(characters), Style::Bold)
    }

    #[test]
    fn a_long_text_makes_room_for_the_note_that_it_may_be_a_repeat() {
        for characters in [0, 10, html::MAX_CHARS, 2 * html::MAX_CHARS] {
            let repeated = repeated(&text(characters));
            assert!(html::length(&repeated) <= html::MAX_CHARS, "{characters}");
            assert!(repeated.to_plain().ends_with("\n(may be a repeat: whether it arrived before is not known)"));
        }
    }

    #[test]
    fn refused_markup_is_left_out_once() {
        let plain = reformed(&text(9), &Verdict::WithoutMarkup, false).unwrap();
        assert_eq!(plain, Text::plain("x".repeat(9)));
        assert_eq!(reformed(&plain, &Verdict::WithoutMarkup, false), None);
    }

    #[test]
    fn what_is_too_long_is_halved_and_a_repeat_keeps_its_note() {
        let shorter = reformed(&text(1000), &Verdict::Shorter, false).unwrap();
        assert_eq!(html::length(&shorter), 500);
        let shorter = reformed(&repeated(&text(1000)), &Verdict::Shorter, true).unwrap().to_plain();
        assert_eq!(shorter.matches("(may be a repeat").count(), 1, "{shorter}");
    }

    #[test]
    fn no_other_text_helps_against_any_other_refusal() {
        assert_eq!(reformed(&text(9), &Verdict::GiveUp, false), None);
        assert_eq!(reformed(&text(9), &Verdict::MainThread, false), None);
    }
}

//! Limits of one message on a platform, and the changes that make a message fit. Pure. The numbers of a platform live
//! in that platform's own module.

use std::borrow::Cow;

use super::text::{self, sets_direction};
use ceasewire_model::{Message, Style, Text};

/// The limits of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Characters of a text.
    pub text_chars: usize,
    /// Characters of the caption of a file.
    pub caption_chars: usize,
    /// Styled spans of a text.
    pub styled_spans: usize,
    /// Buttons of a message; 0 for a platform without buttons.
    pub buttons: usize,
    /// Bytes of the data of a button.
    pub button_bytes: usize,
    /// Whether the platform shows styles and links.
    pub markup: bool,
    /// Whether a message may carry a file.
    pub files: bool,
    /// Whether a sent message can be edited.
    pub edits: bool,
}

impl Limits {
    /// Makes a message fit: drops characters that set the direction of the text, shortens the text, writes links and
    /// files as text, and drops surplus buttons.
    pub fn fit<'a>(&self, message: &'a Message) -> Cow<'a, Message> {
        let mut fitted = without_directions(message);
        if !self.files
            && let Some(file) = &fitted.file
        {
            let file = file.clone();
            let message = fitted.to_mut();
            message.text = text::with_file(&message.text, &file);
            message.file = None;
        }
        if !self.markup && fitted.text.0.iter().any(|span| span.style != Style::Plain) {
            let message = fitted.to_mut();
            message.text = without_markup(&message.text);
        }
        if text::length(&fitted.text) > self.text_chars {
            let message = fitted.to_mut();
            message.text = text::cut(&message.text, self.text_chars);
        }
        let buttons = || message.buttons.iter().flatten();
        if buttons().count() > self.buttons || buttons().any(|button| button.data.len() > self.button_bytes) {
            let mut room = self.buttons;
            let message = fitted.to_mut();
            for row in &mut message.buttons {
                row.retain(|button| button.data.len() <= self.button_bytes);
                row.truncate(room);
                room -= row.len();
            }
            message.buttons.retain(|row| !row.is_empty());
        }
        fitted
    }
}

/// Drops the characters that set the direction of the text: all foreign text passes here on its way out.
fn without_directions(message: &Message) -> Cow<'_, Message> {
    let mut labels = message.buttons.iter().flatten().map(|button| &button.label);
    let mut spans = message.text.0.iter().map(|span| &span.text);
    let drawn = message.file.as_ref().map(|file| &file.drawn);
    if !spans.by_ref().chain(labels.by_ref()).chain(drawn).any(|text| text.contains(sets_direction)) {
        return Cow::Borrowed(message);
    }
    let mut message = message.clone();
    let spans = message.text.0.iter_mut().map(|span| &mut span.text);
    let labels = message.buttons.iter_mut().flatten().map(|button| &mut button.label);
    let drawn = message.file.as_mut().map(|file| &mut file.drawn);
    spans.chain(labels).chain(drawn).for_each(|text| text.retain(|c| !sets_direction(c)));
    Cow::Owned(message)
}

/// Drops styles and writes the address of a link behind its text.
pub(crate) fn without_markup(text: &Text) -> Text {
    let plain = text.0.iter().fold(String::new(), |plain, span| match &span.style {
        Style::Link(address) | Style::BoldLink(address) => format!("{plain}{} <{address}>", span.text),
        Style::Plain | Style::Bold | Style::Code => plain + &span.text,
    });
    Text::plain(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{Button, File, FileKind};

    const SMALL: Limits = Limits {
        text_chars: 40,
        caption_chars: 0,
        styled_spans: 0,
        buttons: 1,
        button_bytes: 8,
        markup: false,
        files: false,
        edits: false,
    };

    fn message(text: Text, buttons: &[&str]) -> Message {
        let button = |data: &&str| Button { label: (*data).to_owned(), data: (*data).to_owned() };
        Message { text, buttons: buttons.iter().map(|data| vec![button(data)]).collect(), ..Message::default() }
    }

    #[test]
    fn a_message_within_the_limits_is_not_copied() {
        let message = message(Text::plain("Truce"), &["why"]);
        assert!(matches!(SMALL.fit(&message), Cow::Borrowed(_)));
    }

    #[test]
    fn nothing_in_a_message_turns_the_text_after_it_around() {
        let text = Text::default().with("\u{202e}Truce\u{2066}", Style::Bold).with(" ق\u{202c} \u{200f}", Style::Plain);
        let mut message = message(text, &["why"]);
        message.buttons[0][0].label = "\u{202b}why".into();
        let fitted = SMALL.fit(&message);
        // A mark without an extent stays.
        assert_eq!(fitted.text.to_plain(), "Truce ق \u{200f}");
        assert_eq!(fitted.buttons[0][0].label, "why");
    }

    #[test]
    fn links_become_addresses_where_there_is_no_markup() {
        let text = Text::default().with("Truce", Style::Bold).with(" wire", Style::Link("https://w.example/1".into()));
        assert_eq!(SMALL.fit(&message(text, &[])).text, Text::plain("Truce wire <https://w.example/1>"));
    }

    #[test]
    fn long_texts_are_cut_and_surplus_buttons_dropped() {
        let message = message(Text::plain("x".repeat(50)), &["much too long", "why", "mute"]);
        let fitted = SMALL.fit(&message);
        assert_eq!(fitted.text.to_plain(), format!("{}…", "x".repeat(39)));
        let data: Vec<&str> = fitted.buttons.iter().flatten().map(|button| button.data.as_str()).collect();
        assert_eq!((data, fitted.buttons.len()), (vec!["why"], 1));
    }

    #[test]
    fn a_file_becomes_text_where_there_are_no_files() {
        let file = File {
            name: "meeting.ics".into(),
            kind: FileKind::Calendar,
            bytes: [].into(),
            drawn: "Fri 23 Oct\n".into(),
        };
        let message = Message { file: Some(file), ..message(Text::plain("Meeting"), &[]) };
        let fitted = SMALL.fit(&message);
        assert_eq!((fitted.text.to_plain().as_str(), &fitted.file), ("Meeting\n\nFri 23 Oct", &None));
    }
}

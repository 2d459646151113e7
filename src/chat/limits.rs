//! Limits of one message on a platform, and the changes that make a message fit. Pure. The numbers of a platform live
//! in that platform's own module.

use std::borrow::Cow;

use super::text;
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
    /// Makes a message fit: shortens its text, writes links and files as text, and drops surplus buttons.
    pub fn fit<'a>(&self, message: &'a Message) -> Cow<'a, Message> {
        let mut fitted = Cow::Borrowed(message);
        if !self.files
            && let Some(file) = &message.file
        {
            let message = fitted.to_mut();
            message.text = text::with_file(&message.text, file);
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

/// Drops styles and writes the address of a link behind its text.
fn without_markup(text: &Text) -> Text {
    let plain = text.0.iter().fold(String::new(), |plain, span| match &span.style {
        Style::Link(address) => format!("{plain}{} <{address}>", span.text),
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

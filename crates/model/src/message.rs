//! Messages for chats, free of any platform's markup.

use std::sync::Arc;

/// Style of a span of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Bold,
    /// Fixed width, as something to type.
    Code,
    /// A link to this address.
    Link(String),
    /// A link to this address in bold: a headline.
    BoldLink(String),
}

/// A run of characters in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The characters, unescaped.
    pub text: String,
    pub style: Style,
}

/// Text for a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Span>);

impl Text {
    /// Text of one plain span.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().with(text, Style::Plain)
    }

    /// The text with one more span at its end.
    #[must_use]
    pub fn with(mut self, text: impl Into<String>, style: Style) -> Self {
        self.0.push(Span { text: text.into(), style });
        self
    }

    /// The characters without their styles.
    pub fn to_plain(&self) -> String {
        self.0.iter().map(|span| span.text.as_str()).collect()
    }
}

/// A button under a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    pub label: String,
    /// The payload of a press; at most 64 bytes (Telegram's limit of `callback_data`).
    pub data: String,
}

/// A message for a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    pub text: Text,
    /// Rows of buttons under the text.
    pub buttons: Vec<Vec<Button>>,
    /// An attached file; the text is its caption.
    pub file: Option<File>,
    /// Whether the message arrives without a sound.
    pub silent: bool,
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Self { text, ..Self::default() }
    }
}

/// A file made for a chat, whole in memory: charts and calendar entries are small.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The file name, with the extension of its kind (`.png`, `.ics`): platforms go by that.
    pub name: String,
    pub kind: FileKind,
    /// Its content, shared, since one file may go to many chats.
    pub bytes: Arc<[u8]>,
    /// The content as text of a fixed width, for chats that show or take no files.
    pub drawn: String,
}

/// Kind of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A PNG image, shown in the chat.
    Photo,
    /// An iCalendar file (`text/calendar`), opened by a calendar.
    Calendar,
}

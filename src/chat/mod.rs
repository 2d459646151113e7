//! Chats: the trait that every platform implements ([`Messenger`]), the limits of its messages ([`limits`]), the
//! outbound side that the dispatcher and the bot share ([`outbound`]), and the platforms. Updates and messages carry no
//! platform's terms, so that one handler serves all platforms.

pub mod console;
pub mod limits;
pub mod outbound;
pub mod telegram;
pub mod text;

use async_trait::async_trait;

use ceasewire_model::{Address, Message, Platform};

pub use limits::Limits;

/// Answers to a chat that may follow each other at once, unless a platform says otherwise.
const ANSWER_BURST: u32 = 3;

/// The pace of answers to a chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AnswerPace {
    /// Answers that may follow each other at once.
    pub burst: u32,
    /// Milliseconds between further answers; 0 for a platform without a limit.
    pub gap_ms: u64,
}

/// A connection to a chat platform.
#[async_trait]
pub trait Messenger: Send + Sync + std::fmt::Debug {
    fn platform(&self) -> Platform;

    /// Returns the limits of one message.
    fn limits(&self) -> Limits;

    /// Prepares the bot to receive updates and publishes its commands, pairs of name and description, in the platform's
    /// menus.
    async fn connect(&self, commands: &[(&str, String)]) -> Result<(), SendError>;

    /// Returns the bot's name on the platform, as in `/help@name`. `None` before the connection, or where bots have no
    /// name.
    fn bot_name(&self) -> Option<String>;

    /// Returns the average milliseconds between two messages to a chat. A few messages may follow each other faster.
    fn chat_gap_ms(&self, chat: &str) -> i64;

    /// Returns the pace of answers to a chat. It leaves room for alerts within the platform's limits of the chat, so that
    /// no flood of commands makes the platform refuse the chat's alerts.
    fn answer_pace(&self, chat: &str) -> AnswerPace {
        AnswerPace { burst: ANSWER_BURST, gap_ms: self.chat_gap_ms(chat).unsigned_abs() }
    }

    /// Makes a harmless request, to find out whether the platform answers.
    async fn probe(&self) -> Result<(), SendError>;

    /// Sends a message and returns the platform's id of it. A long text goes separately from its file; then the id is
    /// the text's.
    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError>;

    /// Replaces the text and the buttons of a sent message. Its file stays.
    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError>;

    /// Confirms a button press, with a short note to the person.
    async fn acknowledge(&self, press_id: &str, note: Option<&str>) -> Result<(), SendError>;

    /// Returns a public id that distinguishes this bot from other bots of the platform.
    fn account(&self) -> String;

    /// Waits for updates for a limited time; an empty answer is normal. Confirms the updates up to the number `after`,
    /// which the platform then never returns again.
    async fn receive(&self, after: Option<i64>) -> Result<Vec<Received>, SendError>;

    /// Returns whether a person may change the settings of a chat.
    ///
    /// # Errors
    /// [`SendError::NoRights`] where the chat hides its members and its admins from the bot.
    async fn is_admin(&self, chat: &str, user: &str) -> Result<bool, SendError>;
}

/// An update with its number; numbers ascend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The platform's number of the update.
    pub number: i64,
    /// The event; `None` for an event without a meaning for the bot.
    pub update: Option<Update>,
}

/// An event in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// A person wrote a message.
    Message(Incoming),
    /// A person pressed a button.
    Press(Press),
    /// The bot was removed from a chat or blocked (`false`), or is back (`true`).
    Reachable(Address, bool),
    /// The platform gave the chat a new id.
    Moved {
        /// The chat of the event: the old and the new chat may each report it.
        at: Address,
        /// The old id.
        from: String,
        /// The new id.
        to: String,
    },
}

impl Update {
    /// Returns the chat of the event.
    pub fn address(&self) -> &Address {
        match self {
            Self::Message(Incoming { address, .. })
            | Self::Press(Press { address, .. })
            | Self::Reachable(address, _)
            | Self::Moved { at: address, .. } => address,
        }
    }
}

/// A message to the bot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The chat that it stands in and that the reply goes to.
    pub address: Address,
    pub kind: ChatKind,
    pub author: Author,
    /// The platform's id of the message; empty where the platform has none.
    pub id: String,
    pub form: MessageForm,
    pub text: String,
    /// The platform's id of the message it replies to.
    pub reply_to: Option<String>,
}

/// How a message came to its chat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageForm {
    /// Its author has written it.
    #[default]
    Written,
    /// Its author has changed it, so it may be a repeat.
    Edited,
    /// Its author has forwarded the words of another person.
    Forwarded,
}

/// The press of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// The platform's id of the press.
    pub id: String,
    /// The chat of the message with the button.
    pub address: Address,
    pub kind: ChatKind,
    pub author: Author,
    /// The platform's id of the message with the button.
    pub message_id: String,
    pub data: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// One person and the bot.
    Private,
    /// Several people; only admins may change settings.
    Group,
    /// One-way; only admins can write.
    Channel,
}

/// The author of a message or a press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person, with the platform's id.
    User(String),
    /// The chat itself: a post of a channel, or a message of a group's admin in the name of the group.
    Chat,
    /// A person in a group who writes as a channel, with the channel's id. The platform hides the person.
    Channel(String),
}

/// The reason why a platform did not carry out a request. No variant holds a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too many requests.
    #[error("rate limited; retry after {retry_after_secs} s")]
    RateLimited {
        /// Seconds without requests.
        retry_after_secs: i64,
    },
    /// The chat cannot be reached: blocked, kicked, deleted.
    #[error("the chat cannot be reached: {0}")]
    Unreachable(String),
    /// The bot is a member of the chat, but may not write there at present.
    #[error("the bot may not write in the chat: {0}")]
    NoRights(String),
    /// The chat has a new id.
    #[error("the chat has moved to {to}")]
    Moved {
        /// The new id.
        to: String,
    },
    /// The forum topic is gone.
    #[error("the forum topic is gone: {0}")]
    ThreadGone(String),
    /// The forum topic is closed at present.
    #[error("the forum topic is closed: {0}")]
    ThreadClosed(String),
    /// The platform cannot parse the markup.
    #[error("the markup was refused: {0}")]
    Markup(String),
    /// The message exceeds the platform's limits.
    #[error("too long: {0}")]
    TooLong(String),
    /// The edit changes nothing.
    #[error("nothing to change")]
    NotModified,
    /// The message was deleted or is too old for an edit.
    #[error("the message cannot be edited: {0}")]
    NotEditable(String),
    /// Another permanent reason.
    #[error("refused: {0}")]
    Refused(String),
    /// The token is wrong or revoked.
    #[error("the token was refused; check TELOXIDE_TOKEN")]
    Unauthorized,
    /// No connection; the request never left.
    #[error("the platform cannot be reached: {0}")]
    Unreached(String),
    /// The platform or a proxy answered with a server error; the request had no effect.
    #[error("the platform failed: {0}")]
    Down(String),
    /// The request left and no answer came. It may have had its effect.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// A proxy got no answer from the platform (504). The request may have had its effect, but proxies answer this all
    /// through an outage, and then it had none.
    #[error("gateway timeout (504): {0}")]
    GatewayTimeout(String),
}

impl SendError {
    /// Whether the platform or the connection failed, independent of the request.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unreached(_) | Self::Down(_) | Self::Unanswered(_) | Self::GatewayTimeout(_) => true,
            Self::RateLimited { .. }
            | Self::Unreachable(_)
            | Self::NoRights(_)
            | Self::Moved { .. }
            | Self::ThreadGone(_)
            | Self::ThreadClosed(_)
            | Self::Markup(_)
            | Self::TooLong(_)
            | Self::NotModified
            | Self::NotEditable(_)
            | Self::Refused(_)
            | Self::Unauthorized => false,
        }
    }
}

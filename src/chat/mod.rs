//! Chats: what every platform must be able to do ([`Messenger`]), and the platforms. What comes in and what goes out is
//! free of any platform's terms, so that each handler and the sender serve them all.

pub mod console;
pub mod html;
pub mod telegram;

use async_trait::async_trait;

use ceasewire_model::{Address, Message, Platform};

/// A chat platform at work.
#[async_trait]
pub trait Messenger: Send + Sync + std::fmt::Debug {
    /// Which platform it is.
    fn platform(&self) -> Platform;

    /// Makes the bot ready to receive, and its commands, as pairs of name and description, known to the platform's menus.
    async fn connect(&self, commands: &[(&str, String)]) -> Result<(), SendError>;

    /// The bot's own name on the platform, as in `/help@name`; `None` before it is connected, or where bots have none.
    fn bot_name(&self) -> Option<String>;

    /// Milliseconds that have to pass between two messages to a chat, over some minutes; a few may follow each other faster.
    fn chat_gap_ms(&self, chat: &str) -> i64;

    /// Asks for something harmless, to see whether the platform answers.
    async fn probe(&self) -> Result<(), SendError>;

    /// Sends a message and returns the platform's id of it: of the one with the text and the buttons, where a file goes
    /// on its own.
    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError>;

    /// Replaces a message's text and buttons in place. A file stays what it was when it was sent.
    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError>;

    /// Tells the platform that a button press was taken, with a short note for the person.
    async fn acknowledge(&self, press_id: &str, note: Option<&str>) -> Result<(), SendError>;

    /// What distinguishes this bot from others on its platform; no secret.
    fn account(&self) -> String;

    /// Waits for what people do, for a while; nothing is an answer too. Updates up to the number `after` have been
    /// taken in hand and are not returned again; the others come again until they are named so.
    async fn receive(&self, after: Option<i64>) -> Result<Vec<Received>, SendError>;

    /// Whether a person may change the settings of a chat.
    async fn is_admin(&self, chat: &str, user: &str) -> Result<bool, SendError>;
}

/// An update with its number; numbers ascend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The platform's number of the update.
    pub number: i64,
    /// What happened; `None` for what does not concern us.
    pub update: Option<Update>,
}

/// Something that happened in a chat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Update {
    /// Somebody wrote.
    Message(Incoming),
    /// Somebody pressed a button.
    Press(Press),
    /// The bot was removed from a chat or blocked (`false`), or is back (`true`).
    Reachable(Address, bool),
    /// A chat has got another id.
    Moved {
        /// Where that is said: the old chat and the new one may each say so.
        at: Address,
        /// The platform's old id of the chat.
        from: String,
        /// Its new id.
        to: String,
    },
}

impl Update {
    /// The chat that it happened in.
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
    /// Where it was written, and where the answer goes.
    pub address: Address,
    /// What kind of chat that is.
    pub kind: ChatKind,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub text: String,
    /// The platform's id of the message that it replies to.
    pub reply_to: Option<String>,
}

/// The press of a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Press {
    /// The platform's id of the press.
    pub id: String,
    /// Where the message with the button stands.
    pub address: Address,
    /// What kind of chat that is.
    pub kind: ChatKind,
    /// Who pressed.
    pub author: Author,
    /// The platform's id of the message with the button.
    pub message_id: String,
    /// The button's data.
    pub data: String,
}

/// A kind of chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatKind {
    /// One person and the bot.
    Private,
    /// Several people; only admins may change things.
    Group,
    /// One-way; only admins can write at all.
    Channel,
}

/// Who did something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Author {
    /// A person, by the platform's id.
    User(String),
    /// The chat itself: a channel's post, or an admin of a group who writes in its name.
    Chat,
}

/// Why a platform did not do what it was asked to. No variant holds a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Too many requests; none may be made for so many seconds.
    #[error("asked to wait {retry_after_secs} s")]
    TooFast {
        /// Seconds to wait.
        retry_after_secs: i64,
    },
    /// The chat cannot be reached: blocked, kicked, deleted.
    #[error("the chat cannot be reached: {0}")]
    Unreachable(String),
    /// The bot is in the chat and may not write there at present.
    #[error("the bot may not write in the chat: {0}")]
    NoRights(String),
    /// The chat has another id now.
    #[error("the chat has moved to {to}")]
    Moved {
        /// The new id.
        to: String,
    },
    /// The forum topic is closed or gone.
    #[error("the forum topic is closed or gone: {0}")]
    ThreadGone(String),
    /// The markup was not understood.
    #[error("the markup was refused: {0}")]
    Markup(String),
    /// The message is longer than the platform takes.
    #[error("too long: {0}")]
    TooLong(String),
    /// An edit that changes nothing.
    #[error("nothing to change")]
    NotModified,
    /// The message to be edited is gone, or cannot be changed any more.
    #[error("the message cannot be changed: {0}")]
    NotEditable(String),
    /// The request was refused for another reason and will be again.
    #[error("refused: {0}")]
    Refused(String),
    /// The token is wrong or was revoked.
    #[error("the token was refused; check TELOXIDE_TOKEN")]
    Unauthorized,
    /// The request never left: there was no connection.
    #[error("the platform cannot be reached: {0}")]
    Unreached(String),
    /// The platform, or a proxy before it, answers that it has failed; nothing was done.
    #[error("the platform has failed: {0}")]
    Down(String),
    /// The request left and no answer came: it may have been carried out.
    #[error("no answer: {0}")]
    Unanswered(String),
    /// A proxy before the platform waited for it in vain: the request may have been carried out, though in an outage, through
    /// all of which a proxy answers so, it was not.
    #[error("a proxy waited for the platform in vain: {0}")]
    GatewayTimeout(String),
}

impl SendError {
    /// Whether the platform, or the way to it, has failed, whatever was asked for.
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Unreached(_) | Self::Down(_) | Self::Unanswered(_) | Self::GatewayTimeout(_) => true,
            Self::TooFast { .. }
            | Self::Unreachable(_)
            | Self::NoRights(_)
            | Self::Moved { .. }
            | Self::ThreadGone(_)
            | Self::Markup(_)
            | Self::TooLong(_)
            | Self::NotModified
            | Self::NotEditable(_)
            | Self::Refused(_)
            | Self::Unauthorized => false,
        }
    }
}

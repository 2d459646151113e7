//! Chats and the subscribers in them.

use crate::attention::Preferences;
use crate::{SubscriberId, Timestamp};

/// A chat platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Telegram, through the Bot API.
    Telegram,
    /// The terminal that the program runs in.
    Console,
}

/// Address of a message: a chat, or one forum topic of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    pub platform: Platform,
    /// The platform's id of the chat.
    pub chat: String,
    /// The platform's id of the forum topic, where the message belongs to one.
    pub thread: Option<i64>,
}

/// A chat that receives alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    pub id: SubscriberId,
    /// When the chat paused its alerts; `None` while alerts flow.
    pub paused_at: Option<Timestamp>,
    /// The time when the platform or the chat accepts messages again; 0 for none.
    pub blocked_until: Timestamp,
    /// When the chat first wrote to the bot.
    pub created_at: Timestamp,
    /// Whether it wants reminders of meetings.
    pub reminders: bool,
    /// Whether it wants story updates as messages of their own.
    pub loud_updates: bool,
    pub preferences: Preferences,
}

//! Ids and plain structs that every other crate speaks in, one file per domain. No logic lives here, and this crate
//! knows no other of the workspace.

mod article;
pub mod attention;
mod chat;
pub mod clock;
#[cfg(feature = "sqlx")]
mod columns;
mod delivery;
pub mod event;
mod feed;
mod id;
pub mod meeting;
mod message;
mod names;
mod rule;
pub mod story;
mod time;
mod vector;

pub use article::{
    Article, ArticleChange, DateNote, FigureChange, NameKind, NamedEntity, Outlet, SilentReason, StoryArticle, Topic,
};
pub use chat::{Address, Platform, Subscriber};
pub use delivery::{Delivery, DeliveryKind, DeliveryState, DeliveryStatus, VerdictName};
pub use feed::{
    CrashHistory, Entry, Feed, FeedOrigin, FeedSource, FeedTrouble, PendingMove, PublishStats, PublisherHints,
    Relocation, Validators,
};
pub use id::{ArticleId, DeliveryId, FeedId, MeetingId, RuleId, StoryId, SubscriberId};
pub use message::{Button, File, FileKind, Message, Span, Style, Text};
pub use names::UnknownName;
pub use rule::{Mute, Rule, RuleChange, RuleTrouble};
pub use time::{Clock, Tick, Timestamp};
pub use vector::{ModelVector, Vector};

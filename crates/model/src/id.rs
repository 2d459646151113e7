//! Ids of rows: time-ordered UUIDs (version 7), made in Rust, before a row is stored.

use std::fmt;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes a new id, greater than the ones this process made before.
            #[allow(clippy::new_without_default, reason = "an id is never a default value")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id! {
    /// Identifies a polled feed.
    FeedId
}
id! {
    /// Identifies a stored article.
    ArticleId
}
id! {
    /// Identifies a story: the articles about one event.
    StoryId
}
id! {
    /// Identifies a subscriber: one chat, or one forum topic of a chat.
    SubscriberId
}
id! {
    /// Identifies a subscriber's rule or mute.
    RuleId
}
id! {
    /// Identifies a delivery: one row of the outbox.
    DeliveryId
}
id! {
    /// Identifies an announced meeting.
    MeetingId
}

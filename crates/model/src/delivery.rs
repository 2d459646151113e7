//! Deliveries: the rows of the outbox, their states and kinds.

use uuid::Uuid;

use crate::attention::Attention;
use crate::story::UpdateKind;
use crate::{Address, ArticleId, DeliveryId, StoryId, SubscriberId, Timestamp};

/// A claimed delivery, with all that rendering and sending need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub subscriber_id: SubscriberId,
    pub address: Address,
    pub kind: DeliveryKind,
    /// Id of the story, or of the meeting of a reminder.
    pub subject: Uuid,
    /// Distinguishes deliveries of one kind about one subject.
    pub number: i64,
    pub story_id: StoryId,
    /// The article that the message shows.
    pub article_id: ArticleId,
    /// The burst of its article; a chat's alerts of one burst are combined into one message.
    pub burst: Option<Uuid>,
    pub attention: Attention,
    /// Number of claims, this one included.
    pub attempts: i64,
    /// Attempts that may have arrived although no answer came.
    pub possible_duplicates: i64,
    /// End of the claim.
    pub lease_until: Timestamp,
    pub created_at: Timestamp,
    /// When the chat last changed its delivery preferences, if after `created_at`.
    pub queued_since: Timestamp,
}

/// Kind of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// The alert of a story.
    Alert,
    /// An update of a story after its alert.
    Update(UpdateKind),
    /// A new version of an article after the alert of its story.
    Revised,
    /// A fact that is new to a story, after the story's alert.
    News,
    /// A reminder of a meeting on the next day.
    DayBefore,
    /// A reminder of a meeting in an hour.
    HourBefore,
}

/// The state of a delivery, with its reason and time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStatus {
    pub id: DeliveryId,
    pub article_id: ArticleId,
    pub state: DeliveryState,
    /// Earliest time of sending, while it is pending.
    pub due_at: Timestamp,
    /// Error of the last failed attempt.
    pub last_error: Option<String>,
    pub sent_at: Option<Timestamp>,
}

/// State of a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// Waits for its due time or for the dispatcher.
    Pending,
    /// Waits for a chat that cannot be reached; pending again when the chat is back.
    Parked,
    /// Sent, or counted as sent where no answer came.
    Sent,
    /// Given up.
    Failed,
    /// Taken back before it was sent, because the subscriber wanted silence.
    Cancelled,
}

/// Name of the verdict on a failed attempt, as `delivery_attempts` keeps it. `alert/retry` decides the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum VerdictName {
    Retry,
    RetryAsPossibleDuplicate,
    /// As [`VerdictName::RetryAsPossibleDuplicate`], after a gateway timeout of a proxy; uses up no repeat.
    RetryAsPossibleDuplicateProxy,
    GiveUpUnconfirmed,
    SlowDown,
    PauseChat,
    PauseAll,
    WithoutMarkup,
    Shorter,
    MainThread,
    MigrateChat,
    Suspend,
    GiveUp,
}

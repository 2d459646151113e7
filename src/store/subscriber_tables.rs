//! The registry of subscribers' data: every table with a `subscriber_id` and every column of `subscribers`, with its
//! fate when the chat migrates, and when the subscriber's data are exported or forgotten. A test compares the registry
//! with the schema, so that a new setting cannot be lost when a group becomes a supergroup.
//!
//! `matches` and `delivery_attempts` belong to a subscriber through a rule and a delivery, and go with these. Feeds
//! that only this subscriber has added go with their articles, by `erasure`.

use super::literals::NO_DIGESTS;

/// A table with a `subscriber_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriberTable {
    pub name: &'static str,
    pub on_chat_migration: OnChatMigration,
    pub export: Export,
    pub on_forget: OnForget,
}

/// The fate of a table's rows when a chat migrates to an address with a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnChatMigration {
    /// A row moves to the subscriber at the new address, unless one with the same values in these columns is there.
    /// Rules and mutes that move are logged.
    Move { unless_same: &'static [&'static str] },
    /// The rows stay as they are.
    Keep,
}

/// Whether an export of a subscriber's data contains a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    Rows,
    /// The rows repeat other tables.
    Nothing,
}

/// The fate of a table's rows when their subscriber is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnForget {
    /// The rows are deleted, and each deletion is logged.
    DeleteAndLog,
    /// The foreign key deletes the rows.
    Cascade,
    /// The rows stay until the log is pruned, without the subscriber and the text.
    Anonymize,
}

/// Every table with a `subscriber_id`, in the order of a chat migration.
pub const SUBSCRIBER_TABLES: &[SubscriberTable] = &[
    SubscriberTable {
        name: "rules",
        on_chat_migration: OnChatMigration::Move { unless_same: &["text"] },
        export: Export::Rows,
        on_forget: OnForget::DeleteAndLog,
    },
    SubscriberTable {
        name: "mutes",
        on_chat_migration: OnChatMigration::Move { unless_same: &["text"] },
        export: Export::Rows,
        on_forget: OnForget::DeleteAndLog,
    },
    SubscriberTable {
        name: "deliveries",
        on_chat_migration: OnChatMigration::Move { unless_same: &["subject", "kind", "number"] },
        export: Export::Rows,
        on_forget: OnForget::Cascade,
    },
    SubscriberTable {
        name: "chat_feeds",
        on_chat_migration: OnChatMigration::Move { unless_same: &["feed_id"] },
        export: Export::Rows,
        on_forget: OnForget::Cascade,
    },
    SubscriberTable {
        name: "story_mutes",
        on_chat_migration: OnChatMigration::Move { unless_same: &["story_id"] },
        export: Export::Rows,
        on_forget: OnForget::Cascade,
    },
    SubscriberTable {
        name: "rule_changes",
        on_chat_migration: OnChatMigration::Keep,
        export: Export::Nothing,
        on_forget: OnForget::Anonymize,
    },
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubscriberColumn {
    pub name: &'static str,
    pub on_rename: OnRename,
    pub on_merge: OnMerge,
}

/// The fate of a column when a chat migrates to an address without a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnRename {
    Keep,
    /// The column takes this value.
    Reset(&'static str),
}

/// The fate of a column of the subscriber at the new address when another one migrates there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnMerge {
    Keep,
    /// The column becomes null.
    Clear,
    /// The old chat's value replaces null.
    FillNull,
    /// The column is true if either chat has it true.
    Either,
    /// The old chat's value, where the new one has no quiet hours.
    WithQuietHours,
    /// The old chat's value, where the new one has no digests.
    WithDigests,
}

impl OnMerge {
    /// The column's new value, from the rows `there` and `here`; `None`: unchanged.
    pub(super) fn value(self, column: &str) -> Option<String> {
        match self {
            Self::Keep => None,
            Self::Clear => Some("null".to_owned()),
            Self::FillNull => Some(format!("coalesce(there.{column}, here.{column})")),
            Self::Either => Some(format!("(there.{column} or here.{column})")),
            Self::WithQuietHours => {
                Some(format!("case when there.quiet_from is null then here.{column} else there.{column} end"))
            }
            Self::WithDigests => {
                Some(format!("case when there.digest = {NO_DIGESTS} then here.{column} else there.{column} end"))
            }
        }
    }
}

const fn column(name: &'static str, on_rename: OnRename, on_merge: OnMerge) -> SubscriberColumn {
    SubscriberColumn { name, on_rename, on_merge }
}

/// Every column of `subscribers`.
pub const SUBSCRIBER_COLUMNS: &[SubscriberColumn] = &[
    column("id", OnRename::Keep, OnMerge::Keep),
    column("platform", OnRename::Keep, OnMerge::Keep),
    // The migration itself sets the new chat.
    column("chat", OnRename::Keep, OnMerge::Keep),
    column("thread", OnRename::Keep, OnMerge::Keep),
    column("paused_at", OnRename::Keep, OnMerge::FillNull),
    // The new chat can be reached.
    column("suspended_at", OnRename::Reset("null"), OnMerge::Clear),
    // The platform's limits of the old chat do not hold for the new one.
    column("blocked_until", OnRename::Reset("0"), OnMerge::Keep),
    column("next_slot_at", OnRename::Reset("0"), OnMerge::Keep),
    column("created_at", OnRename::Keep, OnMerge::Keep),
    column("reminders", OnRename::Keep, OnMerge::Either),
    column("loud_updates", OnRename::Keep, OnMerge::Either),
    column("time_zone", OnRename::Keep, OnMerge::FillNull),
    column("quiet_from", OnRename::Keep, OnMerge::FillNull),
    column("quiet_until", OnRename::Keep, OnMerge::FillNull),
    column("quiet_lets_urgent", OnRename::Keep, OnMerge::WithQuietHours),
    column("digest", OnRename::Keep, OnMerge::WithDigests),
    column("digest_minute", OnRename::Keep, OnMerge::WithDigests),
    column("hourly_cap", OnRename::Keep, OnMerge::FillNull),
];

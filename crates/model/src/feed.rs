//! Feeds as they are configured and as the store keeps them, and the entries read from them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{FeedId, Timestamp};

/// A raw item of a feed, decoded but not yet cleaned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The publisher's own id of the item, if it gave one.
    pub guid: Option<String>,
    /// Address of the article, absolute where the feed allows it to be resolved.
    pub url: Option<String>,
    /// Headline as plain text; empty when the entry has none.
    pub title: String,
    /// Body or summary as the feed carries it, HTML or plain text; empty when the entry has none.
    pub html: String,
    /// Publication time as the publisher states it. Never invented.
    pub published: Option<Timestamp>,
    /// Time of the last change as the publisher states it. Never invented.
    pub updated: Option<Timestamp>,
    /// Whether `published`, or in its absence `updated`, was stated without a known time zone and is read as UTC: it
    /// may be half a day off.
    pub zoneless: bool,
    /// The end of the day, month or year that this date names, where it names no time: the entry may be as fresh.
    pub period_end: Option<Timestamp>,
    /// Names of the authors.
    pub authors: Vec<String>,
    /// BCP 47 tag, of the entry if it states one, else of its feed.
    pub language: Option<String>,
}

/// A feed as it is configured, before the store has a row of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSource {
    /// Address of the feed.
    pub url: String,
    /// Id of its outlet.
    pub outlet: String,
    /// BCP 47 tag, where it differs from the outlet's language.
    #[serde(default)]
    pub language: Option<String>,
    /// Seconds between polls, where they differ from the poller's; held within the poller's bounds.
    #[serde(default)]
    pub interval_secs: Option<u64>,
    /// Whether the articles' pages are read, since the feed itself carries only their beginnings.
    #[serde(default)]
    pub full_text: bool,
}

impl fmt::Debug for FeedSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address may hold a key.
        f.debug_struct("FeedSource").field("outlet", &self.outlet).finish_non_exhaustive()
    }
}

/// Where a feed's address comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedOrigin {
    /// The settings or the conflict profile.
    Config,
    /// The operator, on the command line.
    Operator,
    /// A chat: its articles are for the chats that added it, and it is fetched as a stranger's address.
    Chat,
}

/// A fault of a feed that its operator should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedTrouble {
    /// Every poll of a day has failed.
    Failing,
    /// It answers, but has had nothing new for far longer than it usually takes.
    Silent,
    /// Its last new entries were all too old to alert of, by the dates that it states.
    TooOld,
}

/// How a feed publishes, learned from its polls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishStats {
    /// Usual seconds between new articles, an estimate of their median; `None` until some have come.
    pub new_every_secs: Option<i64>,
    /// When the last new article was seen.
    pub last_new_at: Option<Timestamp>,
    /// When an article of the feed last satisfied a rule.
    pub last_match_at: Option<Timestamp>,
    /// New entries too old for an alert, without those of the first fetch.
    pub too_old: i64,
    /// Of those, the entries since the last poll with a fresh one.
    pub too_old_in_a_row: i64,
}

/// The validators of a feed's last body, and the trust in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Validators {
    /// `ETag` of the last stored body.
    pub etag: Option<String>,
    /// `Last-Modified` of the last stored body.
    pub last_modified: Option<String>,
    /// When the last whole body came; `None` where the last body was broken.
    pub read_at: Option<Timestamp>,
    /// When the server answered 304 although the feed had changed.
    pub distrusted_at: Option<Timestamp>,
}

/// How often a publisher wants its feed to be polled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherHints {
    /// Seconds between polls.
    pub every_secs: Option<i64>,
    /// Hours without polls: bit 0 is 00:00 to 00:59 UTC.
    pub skip_hours: u32,
    /// Weekdays without polls: bit 0 is Monday (UTC).
    pub skip_days: u8,
}

/// The new address of a feed, and the way there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relocation {
    /// The address after permanent redirects; polled instead of the feed's own.
    pub moved_to: Option<String>,
    pub moved_at: Option<Timestamp>,
    /// When the feed's own address was polled since the move.
    pub old_polled_at: Option<Timestamp>,
    /// A permanent redirect to another host that has not held for long enough.
    pub pending: Option<PendingMove>,
}

/// A permanent redirect of a feed to another host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingMove {
    pub to: String,
    /// The first poll that found the redirect.
    pub since: Timestamp,
    /// The polls that found it, one after another.
    pub polls: i64,
}

/// The deaths of the program while it polled a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CrashHistory {
    /// Since when a process reads a body of the feed. A mark that outlives its process shows that the process died.
    pub reading_since: Option<Timestamp>,
    /// The page of an article that a process reads for the feed.
    pub page_in_hand: Option<String>,
    /// The page of an article that a process died of.
    pub page_set_aside: Option<String>,
    pub count: i64,
    pub last_at: Option<Timestamp>,
}

/// A feed as the store keeps it, with the state of the last fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub id: FeedId,
    /// The address given when the feed was added.
    pub url: String,
    pub relocation: Relocation,
    pub origin: FeedOrigin,
    /// The feed's own title, once it was read.
    pub title: Option<String>,
    /// Id of its outlet.
    pub outlet: String,
    /// BCP 47 tag of its articles, if configured.
    pub language: Option<String>,
    /// Seconds between polls, if configured for this feed.
    pub interval_secs: Option<i64>,
    /// Whether its articles' pages are read too.
    pub full_text: bool,
    pub stats: PublishStats,
    pub hints: PublisherHints,
    pub validators: Validators,
    /// SHA-256 of the last stored body.
    pub body_hash: Option<Vec<u8>>,
    /// Failed polls since the last successful one.
    pub failures: i64,
    /// Start of the present run of failed polls.
    pub failing_since: Option<Timestamp>,
    /// The trouble that the operator knows of.
    pub trouble: Option<FeedTrouble>,
    /// When its first fetch was stored without alerting; `None` before.
    pub seeded_at: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub next_poll_at: Timestamp,
    /// When `next_poll_at` was computed.
    pub scheduled_at: Option<Timestamp>,
    /// The end of a wait that may be longer than the longest interval: of a server's `Retry-After`, or after a death of
    /// the program.
    pub held_until: Option<Timestamp>,
    pub crashes: CrashHistory,
    /// Error of the last failed poll.
    pub last_error: Option<String>,
}

//! Ids and plain structs that every other module speaks in. No logic lives here, and this file knows no other.

pub mod attention;
#[cfg(feature = "sqlx")]
mod columns;
pub mod event;
pub mod meeting;
pub mod story;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use attention::{Attention, Preferences};

/// Defines an id type: a time-ordered UUID (version 7), made in Rust so that a row's id is known before it is stored.
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
    /// Identifies a subscriber's rule.
    RuleId
}
id! {
    /// Identifies a delivery: the outbox row of one alert.
    DeliveryId
}
id! {
    /// Id of a meeting.
    MeetingId
}

/// A moment, in milliseconds since the Unix epoch (UTC); what the store keeps and what logic compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The present moment by the machine's clock. Pure code takes `now` as an argument instead.
    #[allow(clippy::disallowed_methods, reason = "the one place where the clock is read")]
    pub fn now() -> Self {
        Self(Utc::now().timestamp_millis())
    }

    /// The moment `seconds` later; negative seconds are earlier.
    pub fn plus_secs(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// The moment so many milliseconds later.
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The moment as a date and time, or the epoch where it lies outside of chrono's range.
    pub fn to_datetime(self) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(self.0).unwrap_or_default()
    }

    /// The moment as RFC 3339 with seconds, such as `2020-10-10T03:05:00Z`.
    pub fn to_rfc3339(self) -> String {
        self.to_datetime().to_rfc3339_opts(SecondsFormat::Secs, true)
    }
}

impl fmt::Display for Timestamp {
    /// As [`Timestamp::to_rfc3339`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_rfc3339())
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.timestamp_millis())
    }
}

/// Where a loop takes the time from.
#[derive(Clone, Debug)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// A clock that somebody else sets, in milliseconds since the epoch: a replay.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::System => Timestamp::now(),
            Self::Set(millis) => Timestamp(millis.load(Ordering::Relaxed)),
        }
    }
}

/// What a tick of a loop came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tick {
    /// So many items were worked on.
    Worked(usize),
    /// Nothing was due.
    Idle,
}

/// A publisher, as readers are told about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outlet {
    /// Short name by which feeds and `source:` refer to the outlet, such as `armenpress`.
    pub id: String,
    /// Name shown to readers.
    pub name: String,
    /// ISO 3166-1 alpha-2 code, or `INT` for a body of several countries.
    #[serde(default)]
    pub country: String,
    /// BCP 47 tag of the language it mostly writes in.
    #[serde(default)]
    pub language: String,
    /// Who stands behind it: `state`, `public`, `private`, `nonprofit`, `intergovernmental`.
    #[serde(default)]
    pub affiliation: String,
}

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
    /// When the publisher says it was published. Never invented.
    pub published: Option<Timestamp>,
    /// When the publisher says it was last changed. Never invented.
    pub updated: Option<Timestamp>,
    /// Whether `published`, or `updated` where that is absent, was stated without a known time zone and is read as UTC:
    /// it may be half a day off.
    pub zoneless: bool,
    /// Names of the authors.
    pub authors: Vec<String>,
    /// BCP 47 tag, of the entry if it states one, else of its feed.
    pub language: Option<String>,
}

/// A cleaned entry: what rules are matched against and summaries are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// The story it tells.
    pub story_id: StoryId,
    /// Id of the outlet that published it.
    pub outlet: String,
    /// Headline, plain text.
    pub title: String,
    /// Body, plain text; paragraphs are separated by a newline.
    pub text: String,
    /// Address of the article, if the feed gave one.
    pub url: Option<String>,
    /// BCP 47 tag, if the feed or the outlet states one.
    pub language: Option<String>,
    /// Ids of the profile's topics that were found in it.
    pub topics: Vec<String>,
    /// When the publisher says it was published; never later than `seen_at`.
    pub published_at: Option<Timestamp>,
    /// What is odd about that date.
    pub date_note: Option<DateNote>,
    /// When it was first seen in a feed.
    pub seen_at: Timestamp,
    /// Id of the agency whose copy it is, if it credits one.
    pub credit: Option<String>,
    /// What it says to have happened.
    pub events: Vec<event::Event>,
}

/// What is odd about an article's date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateNote {
    /// It lay in the future; the moment at which the article was seen stands in its place.
    Future,
    /// It names no time zone and was taken for UTC.
    Zoneless,
}

/// Why an article was stored without being matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SilentReason {
    /// It was there when its feed was first fetched.
    FirstFetch,
    /// It was older than the age gate when it was first seen.
    TooOld,
}

/// A material change of an article, as readers who were alerted of it are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleChange {
    /// The headline that it had before, if that said something else.
    pub old_title: Option<String>,
    /// Figures that became others.
    pub figures: Vec<FigureChange>,
    /// When that was seen.
    pub seen_at: Timestamp,
}

/// A figure that became another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureChange {
    /// As it was written before.
    pub old: String,
    /// As it is written now.
    pub new: String,
    /// The word after it: what is counted; may be empty.
    pub of: String,
}

/// A stored article as those that come after it are compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryArticle {
    /// The story that it tells.
    pub story_id: StoryId,
    /// The outlet of its article.
    pub outlet: String,
    /// The article's title.
    pub title: String,
    /// The article's text.
    pub text: String,
    /// BCP 47 tag of its language, where that is known.
    pub language: Option<String>,
    /// When it was published, as far as that is known, or seen.
    pub at: Timestamp,
    /// The feed, where chats have added it and nobody else's stories are to be joined.
    pub within: Option<FeedId>,
}

/// A named rule of the conflict profile, to which people subscribe.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    /// The name that people type, such as `ceasefire`.
    pub id: String,
    /// The name shown on buttons and in alerts.
    pub name: String,
    /// The rule in the rule language.
    pub rule: String,
    /// How urgent it is where its subscriber has not said so.
    #[serde(default)]
    pub attention: Option<Attention>,
}

/// One name of the conflict profile in all its spellings, with what it is the name of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedEntity {
    /// The spellings, of which any stands for all; the first is the one shown to readers.
    pub names: Vec<String>,
    /// What it is the name of.
    #[serde(default)]
    pub kind: NameKind,
    /// The country that it is, lies in or speaks for, as an ISO 3166-1 alpha-2 code; none where that is disputed.
    #[serde(default)]
    pub country: Option<String>,
    /// The time zone of a place where people meet, such as `Europe/Moscow`.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// What a name is the name of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NameKind {
    /// A term of the conflict, such as "cluster munition".
    #[default]
    Term,
    /// A person.
    Person,
    /// A town, a region, a river, a road.
    Place,
    /// A country.
    Country,
    /// The people of a country, and the adjective that goes with it.
    People,
    /// An organisation, a ministry, a parliament.
    Body,
    /// An office that a person holds.
    Office,
}

/// A feed as it is configured, before the store knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSource {
    /// Address of the feed.
    pub url: String,
    /// Id of the outlet it belongs to.
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

/// Who named a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedOrigin {
    /// The settings or the conflict profile.
    Config,
    /// The operator, on the command line.
    Operator,
    /// A chat: its articles are for the chats that added it, and it is fetched as a stranger's address.
    Chat,
}

/// What is wrong with a feed that its operator should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedTrouble {
    /// Every poll of a day has failed.
    Failing,
    /// It answers, but has had nothing new for far longer than it usually takes.
    Silent,
}

/// How a feed publishes, learned from its polls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublishStats {
    /// Mean seconds between new articles; `None` until some have come.
    pub new_every_secs: Option<i64>,
    /// When the last new article was seen.
    pub last_new_at: Option<Timestamp>,
    /// When an article of it last satisfied somebody's rule.
    pub last_match_at: Option<Timestamp>,
}

/// How often a publisher wants its feed to be asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PublisherHints {
    /// Seconds between polls.
    pub every_secs: Option<i64>,
    /// Hours without polls: bit 0 is 00:00 to 00:59 UTC.
    pub skip_hours: u32,
    /// Weekdays without polls: bit 0 is Monday (UTC).
    pub skip_days: u8,
}

/// A feed as the store keeps it, with what the last fetch left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    /// Its id.
    pub id: FeedId,
    /// Address by which it was named.
    pub url: String,
    /// Where that address has moved for good, as far as is known; polled instead of it.
    pub moved_to: Option<String>,
    /// Who named it.
    pub origin: FeedOrigin,
    /// What it calls itself, once it was read.
    pub title: Option<String>,
    /// Id of the outlet it belongs to.
    pub outlet: String,
    /// BCP 47 tag of its articles, if configured.
    pub language: Option<String>,
    /// Seconds between polls, if configured for this feed.
    pub interval_secs: Option<i64>,
    /// Whether its articles' pages are read too.
    pub full_text: bool,
    /// How it publishes.
    pub stats: PublishStats,
    /// How its publisher wants to be polled.
    pub hints: PublisherHints,
    /// `ETag` of the last body that was taken in.
    pub etag: Option<String>,
    /// `Last-Modified` of the last body that was taken in.
    pub last_modified: Option<String>,
    /// SHA-256 of the last body that was taken in.
    pub body_hash: Option<Vec<u8>>,
    /// Polls that failed since the last one that did not.
    pub failures: i64,
    /// Since when every poll has failed.
    pub failing_since: Option<Timestamp>,
    /// What its operator has been told of.
    pub reported: Option<FeedTrouble>,
    /// When its first fetch was stored without alerting; `None` before.
    pub seeded_at: Option<Timestamp>,
    /// When it was last polled without a failure.
    pub last_success_at: Option<Timestamp>,
    /// When it is due.
    pub next_poll_at: Timestamp,
    /// What the last poll failed with.
    pub last_error: Option<String>,
}

/// A chat platform.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Telegram, through the Bot API.
    Telegram,
    /// The terminal that the program runs in.
    Console,
}

impl Platform {
    /// The name that the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Console => "console",
        }
    }
}

/// Where a message goes to or came from: a chat, or one forum topic of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Address {
    /// The platform that the chat lives on.
    pub platform: Platform,
    /// The platform's id of the chat.
    pub chat: String,
    /// The platform's id of the forum topic, where the message belongs to one.
    pub thread: Option<i64>,
}

/// A chat that receives alerts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscriber {
    /// Its id.
    pub id: SubscriberId,
    /// When it asked for silence; `None` while alerts flow.
    pub paused_at: Option<Timestamp>,
    /// When it first wrote to the bot.
    pub created_at: Timestamp,
    /// Whether it wants to be reminded of meetings.
    pub reminders: bool,
    /// Whether it wants to hear of a story again when that turns.
    pub loud_updates: bool,
    /// When it wants to be told.
    pub preferences: Preferences,
}

/// A subscriber's rule as the store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Whose it is.
    pub subscriber_id: SubscriberId,
    /// The topic subscribed to; `None` for a filter that the subscriber wrote.
    pub topic: Option<String>,
    /// The rule in normal form; `topic:NAME` for a subscription.
    pub text: String,
    /// How urgent what it finds is, where the subscriber has said so.
    pub attention: Option<Attention>,
}

/// What a subscriber does not want to be alerted of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mute {
    /// Its id, of the same kind as a rule's: both stand in one log of changes.
    pub id: RuleId,
    /// Whose it is.
    pub subscriber_id: SubscriberId,
    /// The rule in normal form whose articles raise no alert.
    pub text: String,
}

/// The insertion or deletion of a rule or a mute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleChange {
    /// The revision of the rules that it made.
    pub revision: i64,
    /// Id of the rule or mute.
    pub id: RuleId,
    /// Whose it is or was.
    pub subscriber_id: SubscriberId,
    /// Its text in normal form.
    pub text: String,
    /// It was inserted; `false`: deleted.
    pub added: bool,
    /// It is a mute; `false`: a rule.
    pub mute: bool,
    /// How urgent what the rule finds is, where the subscriber has said so.
    pub attention: Option<Attention>,
}

/// An outbox row that a sender has claimed, with what it takes to render and send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// Its id.
    pub id: DeliveryId,
    /// Who is alerted.
    pub subscriber_id: SubscriberId,
    /// Where the message goes.
    pub address: Address,
    /// What it tells.
    pub kind: DeliveryKind,
    /// What it is about: the story, or the meeting of a reminder.
    pub subject: Uuid,
    /// Tells several deliveries of one kind about one subject apart.
    pub number: i64,
    /// The story that it tells of.
    pub story_id: StoryId,
    /// The article that it tells of.
    pub article_id: ArticleId,
    /// The burst that the article came with, whose alerts a chat is told of together.
    pub burst: Option<Uuid>,
    /// How urgent it is.
    pub attention: Attention,
    /// How often it was claimed, this time included.
    pub attempts: i64,
    /// How many attempts may have arrived without anybody having heard of it.
    pub possible_duplicates: i64,
    /// Until when no other sender may claim it.
    pub lease_until: Timestamp,
    /// When it came into the outbox.
    pub created_at: Timestamp,
    /// When its chat last said something else of when it wants to be told, if that was later.
    pub queued_since: Timestamp,
}

/// What a delivery tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryKind {
    /// A story.
    Alert,
    /// What turned a story that was told.
    Update(story::UpdateKind),
    /// A meeting on the next day.
    DayBefore,
    /// A meeting in an hour.
    HourBefore,
}

/// What became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryStatus {
    /// Its id.
    pub id: DeliveryId,
    /// The article that the alert tells of.
    pub article_id: ArticleId,
    /// Where it stands.
    pub state: DeliveryState,
    /// When it may be sent, while it is pending.
    pub due_at: Timestamp,
    /// What the last attempt failed with.
    pub last_error: Option<String>,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Waiting to be sent.
    Pending,
    /// Sent.
    Sent,
    /// Given up.
    Failed,
    /// Taken back before it was sent, because the subscriber wanted silence.
    Cancelled,
}

/// How a span of text is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Style {
    /// As it is.
    Plain,
    /// Bold.
    Bold,
    /// Fixed width, as something to type.
    Code,
    /// A link to this address.
    Link(String),
}

/// A run of characters in one style.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The characters, unescaped.
    pub text: String,
    /// Their style.
    pub style: Style,
}

/// Text for a chat, free of any platform's markup.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Span>);

impl Text {
    /// Text of one plain span.
    pub fn plain(text: impl Into<String>) -> Self {
        Self::default().with(text, Style::Plain)
    }

    /// The same text with one more span at its end.
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
    /// What is written on it.
    pub label: String,
    /// What comes back when it is pressed; at most 64 bytes (Telegram's limit of `callback_data`).
    pub data: String,
}

/// A message for a chat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// What it says.
    pub text: Text,
    /// Rows of buttons under it.
    pub buttons: Vec<Vec<Button>>,
    /// A file that comes with it; the text is its caption.
    pub file: Option<File>,
    /// It arrives without a sound.
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
    /// The name under which it is kept, with the ending of its kind (`.png`, `.ics`): platforms go by that.
    pub name: String,
    /// What it is.
    pub kind: FileKind,
    /// Its content, shared, since one file may go to many chats.
    pub bytes: Arc<[u8]>,
    /// The same as text, in lines to be shown with a fixed width, for chats that show or take no files.
    pub drawn: String,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A PNG image, shown in the chat.
    Photo,
    /// An iCalendar file (`text/calendar`), to be opened by a calendar.
    Calendar,
}

//! How urgent an alert is, and when a chat wants to be told.

use serde::{Deserialize, Serialize};

/// How urgent an alert is; the first is the most urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attention {
    /// Told at once, with a sound.
    Urgent,
    /// Told at once, without a sound.
    Normal,
    /// Told with others at the time of the chat's digest.
    Digest,
}

impl Attention {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Digest];

    /// The name that people type and the store keeps.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Normal => "normal",
            Self::Digest => "digest",
        }
    }

    /// Its place among the others, by which the outbox is ordered: 0 is the most urgent.
    pub fn number(self) -> i64 {
        self as i64
    }

    /// The one with this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attention| attention.as_str() == name)
    }

    /// The one with this number; normal for a number that this version does not know.
    pub fn of_number(number: i64) -> Self {
        Self::ALL.into_iter().find(|attention| attention.number() == number).unwrap_or(Self::Normal)
    }
}

/// When a chat wants to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// IANA name of the time zone by whose clock the following is meant; `None`: UTC.
    pub time_zone: Option<String>,
    /// The hours of silence.
    pub quiet: Option<Quiet>,
    /// When digests come.
    pub digests: Digests,
    /// Messages an hour beyond which alerts wait and are told together; `None`: as many as there are.
    pub hourly_cap: Option<i64>,
}

/// Hours of silence. From 23:00 until 07:00 they go over midnight; where both are equal, they last all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Minutes after midnight at which they begin, 0 to 1439.
    pub from: u16,
    /// Minutes after midnight at which they end, 0 to 1439.
    pub until: u16,
    /// Whether what is urgent is told nevertheless.
    pub lets_urgent: bool,
}

/// When digests come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digests {
    /// Never: everything is told at once.
    #[default]
    Off,
    /// At each full hour.
    Hourly,
    /// Each day at so many minutes after midnight, 0 to 1439.
    Daily(u16),
}

/// What to do with a message that may or may not have arrived, since its answer was lost. No platform lets a message be sent
/// "if it was not yet".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unconfirmed {
    /// Never send it again: rather lost than told twice.
    Never,
    /// Send it again once, marked as a possible repeat; while nobody is answered, a few times.
    #[default]
    Once,
    /// Send it again, marked, until an answer comes: rather told often than lost.
    Always,
}

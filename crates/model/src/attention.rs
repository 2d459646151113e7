//! Attention of alerts, and a chat's preferences for their delivery.

use serde::{Deserialize, Serialize};

/// How urgent an alert is, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Attention {
    /// Sent at once, with a sound.
    Urgent,
    /// Sent at once, without a sound.
    Normal,
    /// Combined with others at the time of the chat's digest.
    Digest,
}

impl Attention {
    /// Its place in the order of the outbox: 0 is the most urgent.
    pub fn number(self) -> i64 {
        self as i64
    }
}

/// A subscriber's choice for the alerts of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RuleAttention {
    /// Urgent. Of a rule for a topic with events, the articles without a new one are normal.
    Urgent,
    /// Urgent for new events; articles without one bring no alert. For rules for such a topic only.
    Events,
    /// Normal.
    Normal,
    /// With the digest.
    Digest,
}

/// A chat's preferences for the time of its alerts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preferences {
    /// IANA name of the time zone of the quiet hours and of the digest; `None`: UTC.
    pub time_zone: Option<String>,
    pub quiet: Option<Quiet>,
    pub digests: Digests,
    /// Messages an hour beyond which alerts wait and are combined; `None`: no cap.
    pub hourly_cap: Option<i64>,
}

/// Quiet hours. From 23:00 until 07:00 they go over midnight; where both are equal, they last all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Beginning in minutes after midnight, 0 to 1439.
    pub from: u16,
    /// End in minutes after midnight, 0 to 1439.
    pub until: u16,
    /// Whether urgent alerts are sent in these hours too.
    pub lets_urgent: bool,
}

/// Schedule of a chat's digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Digests {
    /// No digests: every alert is sent at once.
    #[default]
    Off,
    /// At each full hour.
    Hourly,
    /// Each day at this minute after midnight, 0 to 1439.
    Daily(u16),
}

/// Policy for a message whose answer was lost, so that it may have arrived or not. No platform can send a message only
/// if it did not arrive before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unconfirmed {
    /// Never send it again: rather lost than sent twice.
    Never,
    /// Send it again once, marked as a possible repeat; during an outage of the platform, a few times.
    #[default]
    Once,
    /// Send it again, marked, until an answer comes: rather repeated than lost.
    Always,
}

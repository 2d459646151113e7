//! The stored names of enums, and the one conversion of each in both directions. A name or number that
//! no value has is an error: a store that holds one was written by another version, or by hand.

use std::fmt;
use std::str::FromStr;

use crate::attention::{Attention, Digests, RuleAttention};
use crate::event::MeetingStatus;
use crate::story::UpdateKind;
use crate::{
    DateNote, DeliveryKind, DeliveryState, FeedOrigin, FeedTrouble, Platform, RuleTrouble, SilentReason, VerdictName,
};

/// A stored name that no value of its type has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
    /// The type in words, such as "delivery state".
    pub what: &'static str,
    pub name: String,
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unknown {} {:?}", self.what, self.name)
    }
}

impl std::error::Error for UnknownName {}

/// Gives an enum its names.
macro_rules! names {
    ($($type:ident, $what:literal: { $($variant:ident = $name:literal),+ $(,)? })+) => {$(
        impl $type {
            /// Every value, in the order of the declaration.
            pub const ALL: [Self; [$($name),+].len()] = [$(Self::$variant),+];

            /// The stored name.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }

            /// The stored name in single quotes, for the text of an SQL statement.
            pub const fn quoted(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("'", $name, "'"),)+
                }
            }
        }

        impl FromStr for $type {
            type Err = UnknownName;

            fn from_str(name: &str) -> Result<Self, UnknownName> {
                match name {
                    $($name => Ok(Self::$variant),)+
                    _ => Err(UnknownName { what: $what, name: name.to_owned() }),
                }
            }
        }
    )+};
}

names! {
    Attention, "attention": { Urgent = "urgent", Normal = "normal", Digest = "digest" }
    DateNote, "date note": { Future = "future", Zoneless = "zoneless" }
    DeliveryState, "delivery state": {
        Pending = "pending",
        Parked = "parked",
        Sent = "sent",
        Failed = "failed",
        Cancelled = "cancelled",
    }
    FeedOrigin, "feed origin": { Config = "config", Operator = "operator", Chat = "chat" }
    FeedTrouble, "feed trouble": { Failing = "failing", Silent = "silent", TooOld = "too-old" }
    MeetingStatus, "meeting status": {
        Planned = "planned",
        Held = "held",
        Cancelled = "cancelled",
        Postponed = "postponed",
        Moved = "moved",
    }
    Platform, "platform": { Telegram = "telegram", Console = "console" }
    RuleAttention, "attention of a rule": {
        Urgent = "urgent",
        Events = "events",
        Normal = "normal",
        Digest = "digest",
    }
    RuleTrouble, "rule trouble": { Ended = "ended", Unreadable = "unreadable" }
    SilentReason, "silent reason": { FirstFetch = "first-fetch", TooOld = "too-old" }
    VerdictName, "verdict": {
        Retry = "retry",
        RetryAsPossibleDuplicate = "retry-as-possible-duplicate",
        RetryAsPossibleDuplicateProxy = "retry-as-possible-duplicate-proxy",
        GiveUpUnconfirmed = "give-up-unconfirmed",
        SlowDown = "slow-down",
        PauseChat = "pause-chat",
        PauseAll = "pause-all",
        WithoutMarkup = "without-markup",
        Shorter = "shorter",
        MainThread = "main-thread",
        MigrateChat = "migrate-chat",
        Suspend = "suspend",
        GiveUp = "give-up",
    }
}

/// Attentions order the outbox by their numbers.
impl TryFrom<i64> for Attention {
    type Error = UnknownName;

    fn try_from(number: i64) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|attention| attention.number() == number);
        found.ok_or_else(|| UnknownName { what: "attention", name: number.to_string() })
    }
}

impl TryFrom<i64> for UpdateKind {
    type Error = UnknownName;

    fn try_from(number: i64) -> Result<Self, UnknownName> {
        let found = Self::ALL.into_iter().find(|kind| kind.number() == number);
        found.ok_or_else(|| UnknownName { what: "kind of update", name: number.to_string() })
    }
}

/// Which update it is, is the delivery's number.
impl DeliveryKind {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Alert => "alert",
            Self::Update(_) => "update",
            Self::Revised => "revised",
            Self::News => "news",
            Self::DayBefore => "day-before",
            Self::HourBefore => "hour-before",
        }
    }

    /// The stored name in single quotes, for the text of an SQL statement.
    pub const fn quoted(self) -> &'static str {
        match self {
            Self::Alert => "'alert'",
            Self::Update(_) => "'update'",
            Self::Revised => "'revised'",
            Self::News => "'news'",
            Self::DayBefore => "'day-before'",
            Self::HourBefore => "'hour-before'",
        }
    }
}

impl TryFrom<(&str, i64)> for DeliveryKind {
    type Error = UnknownName;

    fn try_from((name, number): (&str, i64)) -> Result<Self, UnknownName> {
        match name {
            "alert" => Ok(Self::Alert),
            "update" => UpdateKind::try_from(number).map(Self::Update),
            "revised" => Ok(Self::Revised),
            "news" => Ok(Self::News),
            "day-before" => Ok(Self::DayBefore),
            "hour-before" => Ok(Self::HourBefore),
            _ => Err(UnknownName { what: "kind of delivery", name: name.to_owned() }),
        }
    }
}

/// The minute of a daily digest is a column of its own.
impl Digests {
    /// The stored name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Hourly => "hourly",
            Self::Daily(_) => "daily",
        }
    }

    /// The stored name in single quotes, for the text of an SQL statement.
    pub const fn quoted(self) -> &'static str {
        match self {
            Self::Off => "'off'",
            Self::Hourly => "'hourly'",
            Self::Daily(_) => "'daily'",
        }
    }
}

impl TryFrom<(&str, u16)> for Digests {
    type Error = UnknownName;

    fn try_from((name, minute): (&str, u16)) -> Result<Self, UnknownName> {
        match name {
            "off" => Ok(Self::Off),
            "hourly" => Ok(Self::Hourly),
            "daily" => Ok(Self::Daily(minute)),
            _ => Err(UnknownName { what: "digest mode", name: name.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads_back<T: Copy + FromStr<Err = UnknownName> + PartialEq + fmt::Debug>(
        all: &[T],
        names: impl Fn(T) -> [&'static str; 2],
    ) {
        for &value in all {
            let [name, quoted] = names(value);
            assert_eq!(name.parse(), Ok(value));
            assert_eq!(quoted, format!("'{name}'"));
        }
        assert!("unheard-of".parse::<T>().is_err());
    }

    #[test]
    fn each_name_reads_back_and_an_unknown_one_fails() {
        reads_back(&Attention::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&DateNote::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&DeliveryState::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&FeedOrigin::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&FeedTrouble::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&MeetingStatus::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&Platform::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&RuleTrouble::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&SilentReason::ALL, |value| [value.as_str(), value.quoted()]);
        reads_back(&VerdictName::ALL, |value| [value.as_str(), value.quoted()]);
        let error = "withdrawn".parse::<DeliveryState>().unwrap_err();
        assert_eq!(error.to_string(), "unknown delivery state \"withdrawn\"");
    }

    #[test]
    fn kinds_and_digests_read_back_with_their_second_column() {
        let updates = UpdateKind::ALL.map(DeliveryKind::Update);
        for kind in [DeliveryKind::Alert, DeliveryKind::News, DeliveryKind::DayBefore, DeliveryKind::HourBefore]
            .into_iter()
            .chain(updates)
        {
            let number = if let DeliveryKind::Update(update) = kind { update.number() } else { 7 };
            assert_eq!(DeliveryKind::try_from((kind.as_str(), number)), Ok(kind));
            assert_eq!(kind.quoted(), format!("'{}'", kind.as_str()));
        }
        assert!(DeliveryKind::try_from(("turn", 1)).is_err());
        assert!(DeliveryKind::try_from(("update", 99)).is_err());
        for digests in [Digests::Off, Digests::Hourly, Digests::Daily(480)] {
            assert_eq!(Digests::try_from((digests.as_str(), 480)), Ok(digests));
            assert_eq!(digests.quoted(), format!("'{}'", digests.as_str()));
        }
        assert!(Digests::try_from(("weekly", 0)).is_err());
        for attention in Attention::ALL {
            assert_eq!(Attention::try_from(attention.number()), Ok(attention));
        }
        assert!(Attention::try_from(3).is_err());
    }
}

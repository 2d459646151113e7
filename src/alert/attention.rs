//! Decides when a delivery leaves: now, after the chat's quiet hours, or with its digest. Pure.
//!
//! Daylight saving time never shortens quiet hours. A start or an end that the clock skips counts at the next valid
//! instant. Of a doubled time, quiet hours start at the first and end at the second. Quiet hours with equal start and
//! end last all day; their deliveries leave once a day, at that time.

use super::clock::{AmbiguousTime, LocalClock};
use ceasewire_model::Timestamp;
use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet};

/// The decision about a delivery at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchDecision {
    /// The delivery leaves now.
    Now {
        /// Without a notification sound.
        silent: bool,
        /// As part of a digest.
        digest: bool,
    },
    /// The dispatcher decides again at this later moment.
    Later(Timestamp),
}

/// The most quiet hours that join into one silence where a time change leaves no gap between them. The bound ends the
/// search.
const MOST_JOINED: usize = 3;

/// The two times that a delivery's age counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueueTimes {
    /// Insertion into the outbox.
    pub created_at: Timestamp,
    /// The chat's last change of its delivery preferences, if later than `created_at`.
    pub queued_since: Timestamp,
}

impl From<Timestamp> for QueueTimes {
    fn from(created_at: Timestamp) -> Self {
        Self { created_at, queued_since: created_at }
    }
}

/// Decides when a delivery leaves.
///
/// A delivery older than `stale_secs`, counted from the end of the quiet hours that first delayed it, is no longer
/// news. It leaves with the next digest, or at once in the form of a digest where the chat has none. Then quiet hours
/// delay it even if it was urgent.
pub fn decide(
    preferences: &Preferences,
    attention: Attention,
    times: QueueTimes,
    stale_secs: i64,
    now: Timestamp,
) -> DispatchDecision {
    let clock = LocalClock::new(preferences.time_zone.as_deref());
    // After the clock moved back, times from before the jump lie in the future.
    let (created_at, queued_since) = (times.created_at.min(now), times.queued_since.min(now));
    let attention = match attention {
        Attention::Digest if preferences.digests == Digests::Off => Attention::Normal,
        attention => attention,
    };
    let quiet = preferences.quiet.filter(|quiet| !(quiet.lets_urgent && attention == Attention::Urgent));
    let allowed_at = quiet.and_then(|quiet| quiet_until(clock, quiet, queued_since)).unwrap_or(queued_since);
    let stale_at = allowed_at.plus_secs(stale_secs.max(0));
    let stale = attention != Attention::Digest && now >= stale_at;
    let digest = stale || attention == Attention::Digest;
    let quiet = if stale { preferences.quiet } else { quiet };

    if let Some(all_day) = quiet.filter(|quiet| quiet.from == quiet.until) {
        let due = clock.next(all_day.until, created_at);
        return if now < due {
            DispatchDecision::Later(due)
        } else {
            DispatchDecision::Now { silent: true, digest: true }
        };
    }
    let due = match (digest, stale) {
        (true, true) => next_digest(preferences, stale_at).unwrap_or(now),
        (true, false) => next_digest(preferences, created_at).unwrap_or(now),
        (false, _) => now,
    };
    let due = due.max(now);
    match quiet.and_then(|quiet| quiet_until(clock, quiet, due)) {
        Some(end) => DispatchDecision::Later(end),
        None if due > now => DispatchDecision::Later(due),
        None => DispatchDecision::Now { silent: digest || attention != Attention::Urgent, digest },
    }
}

/// Returns the time of the chat's next digest after `after`, regardless of quiet hours; `None` without digests.
pub fn next_digest(preferences: &Preferences, after: Timestamp) -> Option<Timestamp> {
    let clock = LocalClock::new(preferences.time_zone.as_deref());
    match preferences.digests {
        Digests::Off => None,
        Digests::Hourly => Some(clock.next_hour(after)),
        Digests::Daily(minute) => Some(clock.next(minute, after)),
    }
}

/// Returns the end of the quiet hours that contain `at`; `None` outside of quiet hours.
fn quiet_until(clock: LocalClock, quiet: Quiet, at: Timestamp) -> Option<Timestamp> {
    if quiet.from == quiet.until {
        return Some(clock.next(quiet.until, at));
    }
    let end_of = |at: Timestamp| {
        let ends = clock.days_around(at).filter_map(|day| {
            let begins = clock.instant(day, quiet.from, AmbiguousTime::First);
            let last_day = if quiet.until < quiet.from { day.succ_opt()? } else { day };
            let ends = clock.instant(last_day, quiet.until, AmbiguousTime::Second);
            (begins <= at && at < ends).then_some(ends)
        });
        ends.max()
    };
    let mut end = end_of(at)?;
    for _ in 1..MOST_JOINED {
        match end_of(end) {
            Some(later) => end = later,
            None => break,
        }
    }
    Some(end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use Attention::{Digest, Normal, Urgent};

    const STALE: i64 = 6 * 3600;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(&format!("{text}:00Z")).unwrap().to_utc().into()
    }

    fn chat(zone: &str, quiet: Option<(u16, u16, bool)>, digests: Digests) -> Preferences {
        Preferences {
            time_zone: Some(zone.to_owned()),
            quiet: quiet.map(|(from, until, lets_urgent)| Quiet { from: from * 60, until: until * 60, lets_urgent }),
            digests,
            hourly_cap: None,
        }
    }

    #[test]
    fn a_change_of_preferences_restarts_the_age_of_deliveries() {
        let daily = chat("UTC", None, Digests::Daily(20 * 60));
        let times = |since| QueueTimes { created_at: at("2020-10-09T23:30"), queued_since: at(since) };
        let decision = |since| decide(&daily, Urgent, times(since), STALE, at("2020-10-10T06:30"));
        assert_eq!(decision("2020-10-10T06:30"), DispatchDecision::Now { silent: false, digest: false });
        assert_eq!(decision("2020-10-09T23:30"), DispatchDecision::Later(at("2020-10-10T20:00")));
    }

    /// Writes a decision in short: `now`, with `!` for a sound and `+` for a digest, or the time of the next decision.
    fn decided(chat: &Preferences, attention: Attention, created: &str, now: &str) -> String {
        match decide(chat, attention, QueueTimes::from(at(created)), STALE, at(now)) {
            DispatchDecision::Now { silent, digest } => {
                format!("now{}{}", if silent { "" } else { "!" }, if digest { "+" } else { "" })
            }
            DispatchDecision::Later(until) => until.to_datetime().format("%Y-%m-%dT%H:%M").to_string(),
        }
    }

    #[test]
    fn urgent_sounds_normal_is_silent_digest_waits() {
        let (off, hourly) = (chat("Asia/Yerevan", None, Digests::Off), chat("Asia/Kathmandu", None, Digests::Hourly));
        let daily = chat("Asia/Yerevan", None, Digests::Daily(8 * 60));
        for (chat, attention, created, now, expected) in [
            (&off, Urgent, "2020-10-10T03:00", "2020-10-10T03:00", "now!"),
            (&off, Normal, "2020-10-10T03:00", "2020-10-10T03:00", "now"),
            (&off, Digest, "2020-10-10T03:00", "2020-10-10T03:00", "now"),
            (&daily, Urgent, "2020-10-10T03:00", "2020-10-10T03:00", "now!"),
            (&daily, Normal, "2020-10-10T03:00", "2020-10-10T03:00", "now"),
            (&daily, Digest, "2020-10-10T03:00", "2020-10-10T03:00", "2020-10-10T04:00"),
            (&daily, Digest, "2020-10-10T03:00", "2020-10-10T04:00", "now+"),
            (&daily, Digest, "2020-10-10T03:00", "2020-10-10T09:17", "now+"),
            (&daily, Digest, "2020-10-10T04:00", "2020-10-10T04:00", "2020-10-11T04:00"),
            (&hourly, Digest, "2020-10-10T03:00", "2020-10-10T03:00", "2020-10-10T03:15"),
            (&hourly, Digest, "2020-10-10T03:00", "2020-10-10T03:15", "now+"),
        ] {
            assert_eq!(decided(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn quiet_hours_delay_deliveries_until_their_end() {
        let night = chat("Asia/Yerevan", Some((23, 7, true)), Digests::Off);
        let nothing = chat("Asia/Yerevan", Some((23, 7, false)), Digests::Off);
        let noon = chat("Asia/Yerevan", Some((12, 14, true)), Digests::Off);
        let unknown = chat("Mars/Olympus", Some((23, 7, true)), Digests::Off);
        for (chat, attention, created, now, expected) in [
            (&night, Urgent, "2020-10-10T20:00", "2020-10-10T20:00", "now!"),
            (&night, Normal, "2020-10-10T18:59", "2020-10-10T18:59", "now"),
            (&night, Normal, "2020-10-10T19:00", "2020-10-10T19:00", "2020-10-11T03:00"),
            (&night, Digest, "2020-10-11T01:00", "2020-10-11T01:00", "2020-10-11T03:00"),
            (&night, Normal, "2020-10-10T19:00", "2020-10-11T03:00", "now"),
            // Created before quiet hours, but not sent in time: delayed too.
            (&night, Normal, "2020-10-10T18:59", "2020-10-10T19:01", "2020-10-11T03:00"),
            (&nothing, Urgent, "2020-10-10T20:00", "2020-10-10T20:00", "2020-10-11T03:00"),
            (&nothing, Urgent, "2020-10-10T20:00", "2020-10-11T03:00", "now!"),
            (&noon, Normal, "2020-10-10T08:00", "2020-10-10T08:00", "2020-10-10T10:00"),
            (&noon, Normal, "2020-10-10T10:00", "2020-10-10T10:00", "now"),
            (&unknown, Normal, "2020-10-10T22:59", "2020-10-10T22:59", "now"),
            (&unknown, Normal, "2020-10-10T23:00", "2020-10-10T23:00", "2020-10-11T07:00"),
        ] {
            assert_eq!(decided(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_digest_within_quiet_hours_leaves_at_their_end() {
        let early = chat("Asia/Yerevan", Some((23, 7, true)), Digests::Daily(6 * 60));
        let hourly = chat("Asia/Yerevan", Some((23, 7, true)), Digests::Hourly);
        let later = chat("Asia/Yerevan", Some((23, 7, true)), Digests::Daily(8 * 60));
        for (chat, created, now, expected) in [
            (&early, "2020-10-10T12:00", "2020-10-10T12:00", "2020-10-11T03:00"),
            (&early, "2020-10-10T12:00", "2020-10-11T03:00", "now+"),
            (&hourly, "2020-10-10T18:30", "2020-10-10T18:30", "2020-10-11T03:00"),
            (&hourly, "2020-10-10T20:30", "2020-10-10T20:30", "2020-10-11T03:00"),
            (&hourly, "2020-10-11T02:30", "2020-10-11T03:00", "now+"),
            (&later, "2020-10-10T20:30", "2020-10-11T03:00", "2020-10-11T04:00"),
            // Late, within the next quiet hours.
            (&later, "2020-10-10T20:30", "2020-10-11T20:30", "2020-10-12T03:00"),
        ] {
            assert_eq!(decided(chat, Digest, created, now), expected, "{created} {now}");
        }
    }

    #[test]
    fn a_stale_delivery_leaves_with_a_digest() {
        let off = chat("UTC", None, Digests::Off);
        let daily = chat("UTC", None, Digests::Daily(8 * 60));
        let night = chat("UTC", Some((23, 7, true)), Digests::Off);
        for (chat, attention, created, now, expected) in [
            (&off, Urgent, "2020-10-10T10:00", "2020-10-10T15:59", "now!"),
            (&off, Urgent, "2020-10-10T10:00", "2020-10-10T16:00", "now+"),
            (&off, Normal, "2020-10-10T10:00", "2020-10-12T16:00", "now+"),
            (&daily, Normal, "2020-10-10T10:00", "2020-10-10T16:00", "2020-10-11T08:00"),
            (&daily, Normal, "2020-10-10T10:00", "2020-10-11T08:00", "now+"),
            // Waiting for the digest does not make a delivery stale.
            (&daily, Digest, "2020-10-10T10:00", "2020-10-10T17:00", "2020-10-11T08:00"),
            // Quiet hours at the creation do not count.
            (&night, Normal, "2020-10-10T23:00", "2020-10-11T07:00", "now"),
            (&night, Normal, "2020-10-10T23:00", "2020-10-11T13:00", "now+"),
            // Yesterday's urgent delivery respects quiet hours.
            (&night, Urgent, "2020-10-10T20:00", "2020-10-11T02:00", "2020-10-11T07:00"),
            (&night, Urgent, "2020-10-10T20:00", "2020-10-11T07:00", "now+"),
        ] {
            assert_eq!(decided(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_time_change_shortens_no_quiet_hours() {
        let berlin = |from, until| chat("Europe/Berlin", Some((from, until, true)), Digests::Off);
        let new_york = chat("America/New_York", Some((22, 1, true)), Digests::Off);
        for (chat, now, expected) in [
            // 25 October 2020: at 3:00 it becomes 2:00. 23:00 is 21:00 UTC, 7:00 is 6:00 UTC.
            (berlin(23, 7), "2020-10-24T20:59", "now"),
            (berlin(23, 7), "2020-10-24T21:00", "2020-10-25T06:00"),
            (berlin(23, 7), "2020-10-25T05:59", "2020-10-25T06:00"),
            (berlin(23, 7), "2020-10-25T06:00", "now"),
            // 2:00 occurs twice: quiet hours start at the first and end at the second.
            (berlin(2, 7), "2020-10-24T23:59", "now"),
            (berlin(2, 7), "2020-10-25T00:00", "2020-10-25T06:00"),
            (berlin(23, 2), "2020-10-25T00:30", "2020-10-25T01:00"),
            (berlin(23, 2), "2020-10-25T01:00", "now"),
            // 28 March 2021: at 2:00 it becomes 3:00. A start or an end between them counts at 3:00.
            (berlin(23, 7), "2021-03-27T22:00", "2021-03-28T05:00"),
            (berlin(2, 7), "2021-03-28T00:59", "now"),
            (berlin(2, 7), "2021-03-28T01:00", "2021-03-28T05:00"),
            (berlin(23, 2), "2021-03-28T00:59", "2021-03-28T01:00"),
            (berlin(23, 2), "2021-03-28T01:00", "now"),
            // 1 November 2020: at 2:00 it becomes 1:00.
            (new_york, "2020-11-01T02:00", "2020-11-01T06:00"),
        ] {
            assert_eq!(decided(&chat, Normal, now, now), expected, "{chat:?} {now}");
        }
    }

    #[test]
    fn quiet_hours_join_where_a_time_change_leaves_no_gap() {
        // From 2:45 until 2:15: on 28 March 2021 neither occurs, and on 25 October 2020 both occur twice.
        let quiet = Quiet { from: 165, until: 135, lets_urgent: true };
        let chat = Preferences { quiet: Some(quiet), ..chat("Europe/Berlin", None, Digests::Off) };
        for (now, expected) in [
            ("2021-03-27T12:00", "2021-03-29T00:15"),
            ("2020-10-24T12:00", "2020-10-26T01:15"),
            ("2020-10-20T00:30", "now"),
        ] {
            assert_eq!(decided(&chat, Normal, now, now), expected, "{now}");
        }
    }

    #[test]
    fn all_day_quiet_hours_end_once_a_day() {
        let all_day = |lets_urgent, digests| chat("Asia/Kathmandu", Some((7, 7, lets_urgent)), digests);
        for (chat, attention, created, now, expected) in [
            (all_day(true, Digests::Off), Urgent, "2020-10-10T03:00", "2020-10-10T03:00", "now!"),
            (all_day(true, Digests::Off), Normal, "2020-10-10T03:00", "2020-10-10T03:00", "2020-10-11T01:15"),
            (all_day(true, Digests::Off), Normal, "2020-10-10T03:00", "2020-10-11T01:15", "now+"),
            (all_day(true, Digests::Off), Normal, "2020-10-10T03:00", "2020-10-11T01:19", "now+"),
            (all_day(false, Digests::Off), Urgent, "2020-10-10T03:00", "2020-10-10T03:00", "2020-10-11T01:15"),
            (all_day(false, Digests::Off), Urgent, "2020-10-10T03:00", "2020-10-11T01:15", "now+"),
            (all_day(true, Digests::Hourly), Digest, "2020-10-10T03:00", "2020-10-10T03:15", "2020-10-11T01:15"),
            (all_day(true, Digests::Daily(480)), Digest, "2020-10-10T03:00", "2020-10-11T01:15", "now+"),
        ] {
            assert_eq!(decided(&chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_clock_that_moves_back_delays_nothing() {
        let chat = chat("UTC", None, Digests::Off);
        assert_eq!(decided(&chat, Normal, "2020-10-12T10:00", "2020-10-10T10:00"), "now");
    }

    fn preferences() -> impl Strategy<Value = Preferences> {
        let zones = prop::sample::select(vec![
            "UTC",
            "Europe/Berlin",
            "America/New_York",
            "Asia/Yerevan",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Apia",
            "Africa/Casablanca",
            "Mars/Olympus",
        ]);
        // Every full and half hour, where time changes happen, and any minute.
        let minute = || prop_oneof![(0_u16..48).prop_map(|half| half * 30), 0_u16..1440];
        let quiet = prop::option::of((minute(), minute(), any::<bool>()))
            .prop_map(|quiet| quiet.map(|(from, until, lets_urgent)| Quiet { from, until, lets_urgent }));
        let digests = prop_oneof![Just(Digests::Off), Just(Digests::Hourly), minute().prop_map(Digests::Daily)];
        (zones, quiet, digests).prop_map(|(zone, quiet, digests)| Preferences {
            time_zone: Some(zone.to_owned()),
            quiet,
            digests,
            hourly_cap: None,
        })
    }

    proptest! {
        #[test]
        fn repeated_decisions_end_within_three_steps(
            chat in preferences(),
            attention in prop::sample::select(Attention::ALL.to_vec()),
            // From 2010 to 2030.
            created in 1_262_304_000_i64..1_893_456_000,
            delay in prop_oneof![Just(0_i64), 0_i64..200_000],
            stale in prop_oneof![Just(0_i64), 0_i64..200_000, Just(i64::MAX)],
        ) {
            let created = Timestamp(created * 1000);
            let mut now = created.plus_secs(delay);
            let mut steps = 0;
            while let DispatchDecision::Later(until) = decide(&chat, attention, QueueTimes::from(created), stale, now) {
                prop_assert!(until > now, "the time lies ahead");
                now = until;
                steps += 1;
                prop_assert!(steps <= 3, "{chat:?}");
            }
        }

        #[test]
        fn no_delayed_delivery_leaves_within_quiet_hours(
            chat in preferences(),
            created in 1_262_304_000_i64..1_893_456_000,
            delay in 0_i64..100_000,
        ) {
            let created = Timestamp(created * 1000);
            let now = created.plus_secs(delay);
            let Some(quiet) = chat.quiet.filter(|quiet| quiet.from != quiet.until) else { return Ok(()) };
            let shown = LocalClock::new(chat.time_zone.as_deref()).local_time(now).format("%H %M").to_string();
            let (hour, minute) = shown.split_once(' ').unwrap();
            let shown = hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap();
            let is_quiet = match quiet.from < quiet.until {
                true => (quiet.from..quiet.until).contains(&shown),
                false => shown >= quiet.from || shown < quiet.until,
            };
            if is_quiet {
                let decided = decide(&chat, Normal, QueueTimes::from(created), i64::MAX, now);
                prop_assert!(matches!(decided, DispatchDecision::Later(_)), "{chat:?} {now:?}");
            }
        }

        #[test]
        fn no_timestamp_panics(
            chat in preferences(),
            created in any::<i64>(),
            stale in any::<i64>(),
            now in any::<i64>(),
        ) {
            for attention in Attention::ALL {
                if let DispatchDecision::Later(until) = decide(&chat, attention, QueueTimes::from(Timestamp(created)), stale, Timestamp(now)) {
                    prop_assert!(until > Timestamp(now));
                }
            }
        }
    }
}

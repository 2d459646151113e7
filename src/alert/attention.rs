//! When a chat is told what: at once, after its quiet hours, or with its digest. Pure.
//!
//! Quiet hours begin at the first moment at which the chat's clock shows their beginning, and end at the last at which it
//! shows their end, so that a clock that is set back makes no silence shorter; of a beginning or an end that is left out,
//! since the clock is set forward over it, the first moment after it counts. What they hold back is told at their end. Quiet
//! hours whose beginning is their end last all day: what they hold back is told once a day, at that time.

use super::clock::{LocalClock, Twice};
use ceasewire_model::Timestamp;
use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet};

/// What is to become of a delivery at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchDecision {
    /// It is told.
    Now {
        /// Without a sound.
        silent: bool,
        /// As part of a digest.
        digest: bool,
    },
    /// It is judged again at this moment, which lies ahead.
    Later(Timestamp),
}

/// Quiet hours that follow upon each other without a moment between them, where clocks are set, are taken for one silence
/// as long as there are not more of them than this.
const MOST_IN_A_ROW: usize = 3;

/// Since when a delivery waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits {
    /// When it came into the outbox.
    pub created_at: Timestamp,
    /// When its chat last said something else of when it wants to be told, if that was later.
    pub since: Timestamp,
}

impl Waits {
    /// Waits since it came.
    pub fn from(created_at: Timestamp) -> Self {
        Self { created_at, since: created_at }
    }
}

/// What is to become of a delivery now.
///
/// What has waited for `stale_secs`, counted from the end of the quiet hours that held it back first, is no news any more: it
/// goes with the next digest, or where the chat has none, at once as one. Then no quiet hours let it through, however urgent
/// it was.
pub fn telling(
    preferences: &Preferences,
    attention: Attention,
    waits: Waits,
    stale_secs: i64,
    now: Timestamp,
) -> DispatchDecision {
    let clock = LocalClock::of(preferences.time_zone.as_deref());
    // A clock that has been set back must not make anything wait for it.
    let (created_at, since) = (waits.created_at.min(now), waits.since.min(now));
    let attention = match attention {
        Attention::Digest if preferences.digests == Digests::Off => Attention::Normal,
        attention => attention,
    };
    let holding = preferences.quiet.filter(|quiet| !(quiet.lets_urgent && attention == Attention::Urgent));
    let tellable_at = holding.and_then(|quiet| quiet_until(clock, quiet, since)).unwrap_or(since);
    let stale_at = tellable_at.plus_secs(stale_secs.max(0));
    let stale = attention != Attention::Digest && now >= stale_at;
    let digest = stale || attention == Attention::Digest;
    let holding = if stale { preferences.quiet } else { holding };

    if let Some(quiet) = holding.filter(|quiet| quiet.from == quiet.until) {
        let due = clock.next(quiet.until, created_at);
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
    match holding.and_then(|quiet| quiet_until(clock, quiet, due)) {
        Some(end) => DispatchDecision::Later(end),
        None if due > now => DispatchDecision::Later(due),
        None => DispatchDecision::Now { silent: digest || attention != Attention::Urgent, digest },
    }
}

/// When the chat's next digest after `after` comes, its quiet hours aside; `None` where it has no digests.
pub fn next_digest(preferences: &Preferences, after: Timestamp) -> Option<Timestamp> {
    let clock = LocalClock::of(preferences.time_zone.as_deref());
    match preferences.digests {
        Digests::Off => None,
        Digests::Hourly => Some(clock.next_hour(after)),
        Digests::Daily(minute) => Some(clock.next(minute, after)),
    }
}

/// When the quiet hours end that hold at a moment; `None` where none do.
fn quiet_until(clock: LocalClock, quiet: Quiet, at: Timestamp) -> Option<Timestamp> {
    if quiet.from == quiet.until {
        return Some(clock.next(quiet.until, at));
    }
    let end_of = |at: Timestamp| {
        let ends = clock.days_around(at).filter_map(|day| {
            let begins = clock.moment(day, quiet.from, Twice::First);
            let last_day = if quiet.until < quiet.from { day.succ_opt()? } else { day };
            let ends = clock.moment(last_day, quiet.until, Twice::Last);
            (begins <= at && at < ends).then_some(ends)
        });
        ends.max()
    };
    let mut end = end_of(at)?;
    for _ in 1..MOST_IN_A_ROW {
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
    fn what_was_held_back_until_its_chat_said_otherwise_is_none_the_older_for_it() {
        let daily = chat("UTC", None, Digests::Daily(20 * 60));
        let waits = |since| Waits { created_at: at("2020-10-09T23:30"), since: at(since) };
        let told = |since| telling(&daily, Urgent, waits(since), STALE, at("2020-10-10T06:30"));
        assert_eq!(told("2020-10-10T06:30"), DispatchDecision::Now { silent: false, digest: false });
        assert_eq!(told("2020-10-09T23:30"), DispatchDecision::Later(at("2020-10-10T20:00")));
    }

    /// What becomes of a delivery, in short: `now`, with `!` where it makes a sound and `+` where it is in a digest, or the
    /// moment at which it is judged again.
    fn judged(chat: &Preferences, attention: Attention, created: &str, now: &str) -> String {
        match telling(chat, attention, Waits::from(at(created)), STALE, at(now)) {
            DispatchDecision::Now { silent, digest } => {
                format!("now{}{}", if silent { "" } else { "!" }, if digest { "+" } else { "" })
            }
            DispatchDecision::Later(until) => until.to_datetime().format("%Y-%m-%dT%H:%M").to_string(),
        }
    }

    #[test]
    fn what_is_urgent_sounds_what_is_normal_does_not_and_the_rest_waits_for_the_digest() {
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
            assert_eq!(judged(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn quiet_hours_hold_back_what_may_not_break_them_until_their_end() {
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
            // Created before them and not told in time: held, too.
            (&night, Normal, "2020-10-10T18:59", "2020-10-10T19:01", "2020-10-11T03:00"),
            (&nothing, Urgent, "2020-10-10T20:00", "2020-10-10T20:00", "2020-10-11T03:00"),
            (&nothing, Urgent, "2020-10-10T20:00", "2020-10-11T03:00", "now!"),
            (&noon, Normal, "2020-10-10T08:00", "2020-10-10T08:00", "2020-10-10T10:00"),
            (&noon, Normal, "2020-10-10T10:00", "2020-10-10T10:00", "now"),
            (&unknown, Normal, "2020-10-10T22:59", "2020-10-10T22:59", "now"),
            (&unknown, Normal, "2020-10-10T23:00", "2020-10-10T23:00", "2020-10-11T07:00"),
        ] {
            assert_eq!(judged(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_digest_that_falls_into_quiet_hours_comes_at_their_end() {
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
            // Late, and by then it is quiet again.
            (&later, "2020-10-10T20:30", "2020-10-11T20:30", "2020-10-12T03:00"),
        ] {
            assert_eq!(judged(chat, Digest, created, now), expected, "{created} {now}");
        }
    }

    #[test]
    fn what_has_grown_stale_goes_with_a_digest() {
        let off = chat("UTC", None, Digests::Off);
        let daily = chat("UTC", None, Digests::Daily(8 * 60));
        let night = chat("UTC", Some((23, 7, true)), Digests::Off);
        for (chat, attention, created, now, expected) in [
            (&off, Urgent, "2020-10-10T10:00", "2020-10-10T15:59", "now!"),
            (&off, Urgent, "2020-10-10T10:00", "2020-10-10T16:00", "now+"),
            (&off, Normal, "2020-10-10T10:00", "2020-10-12T16:00", "now+"),
            (&daily, Normal, "2020-10-10T10:00", "2020-10-10T16:00", "2020-10-11T08:00"),
            (&daily, Normal, "2020-10-10T10:00", "2020-10-11T08:00", "now+"),
            // A digest's own time is no delay.
            (&daily, Digest, "2020-10-10T10:00", "2020-10-10T17:00", "2020-10-11T08:00"),
            // The quiet hours that it was created in do not make it stale.
            (&night, Normal, "2020-10-10T23:00", "2020-10-11T07:00", "now"),
            (&night, Normal, "2020-10-10T23:00", "2020-10-11T13:00", "now+"),
            // What was urgent yesterday wakes nobody.
            (&night, Urgent, "2020-10-10T20:00", "2020-10-11T02:00", "2020-10-11T07:00"),
            (&night, Urgent, "2020-10-10T20:00", "2020-10-11T07:00", "now+"),
        ] {
            assert_eq!(judged(chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_clock_that_is_set_makes_no_silence_shorter() {
        let berlin = |from, until| chat("Europe/Berlin", Some((from, until, true)), Digests::Off);
        let new_york = chat("America/New_York", Some((22, 1, true)), Digests::Off);
        for (chat, now, expected) in [
            // 25 October 2020: at 3:00 it becomes 2:00. 23:00 is 21:00 UTC, 7:00 is 6:00 UTC.
            (berlin(23, 7), "2020-10-24T20:59", "now"),
            (berlin(23, 7), "2020-10-24T21:00", "2020-10-25T06:00"),
            (berlin(23, 7), "2020-10-25T05:59", "2020-10-25T06:00"),
            (berlin(23, 7), "2020-10-25T06:00", "now"),
            // 2:00 comes twice: silence begins with the first, and ends with the second.
            (berlin(2, 7), "2020-10-24T23:59", "now"),
            (berlin(2, 7), "2020-10-25T00:00", "2020-10-25T06:00"),
            (berlin(23, 2), "2020-10-25T00:30", "2020-10-25T01:00"),
            (berlin(23, 2), "2020-10-25T01:00", "now"),
            // 28 March 2021: at 2:00 it becomes 3:00. Half of what would begin or end between them does so at 3:00.
            (berlin(23, 7), "2021-03-27T22:00", "2021-03-28T05:00"),
            (berlin(2, 7), "2021-03-28T00:59", "now"),
            (berlin(2, 7), "2021-03-28T01:00", "2021-03-28T05:00"),
            (berlin(23, 2), "2021-03-28T00:59", "2021-03-28T01:00"),
            (berlin(23, 2), "2021-03-28T01:00", "now"),
            // 1 November 2020: at 2:00 it becomes 1:00.
            (new_york, "2020-11-01T02:00", "2020-11-01T06:00"),
        ] {
            assert_eq!(judged(&chat, Normal, now, now), expected, "{chat:?} {now}");
        }
    }

    #[test]
    fn silence_goes_on_where_a_clock_leaves_nothing_between_two_nights() {
        // From 2:45 until 2:15: on 28 March 2021 neither is shown, and on 25 October 2020 both come twice.
        let quiet = Quiet { from: 165, until: 135, lets_urgent: true };
        let chat = Preferences { quiet: Some(quiet), ..chat("Europe/Berlin", None, Digests::Off) };
        for (now, expected) in [
            ("2021-03-27T12:00", "2021-03-29T00:15"),
            ("2020-10-24T12:00", "2020-10-26T01:15"),
            ("2020-10-20T00:30", "now"),
        ] {
            assert_eq!(judged(&chat, Normal, now, now), expected, "{now}");
        }
    }

    #[test]
    fn silence_all_day_is_broken_once_a_day() {
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
            assert_eq!(judged(&chat, attention, created, now), expected, "{attention:?} {created} {now}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_makes_nothing_wait_for_it() {
        let chat = chat("UTC", None, Digests::Off);
        assert_eq!(judged(&chat, Normal, "2020-10-12T10:00", "2020-10-10T10:00"), "now");
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
        // About every full and half hour, where clocks are set, and any minute.
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
        fn who_comes_back_when_told_to_is_told_soon(
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
            while let DispatchDecision::Later(until) = telling(&chat, attention, Waits::from(created), stale, now) {
                prop_assert!(until > now, "it lies ahead");
                now = until;
                steps += 1;
                prop_assert!(steps <= 3, "{chat:?}");
            }
        }

        #[test]
        fn nothing_that_is_held_back_is_told_in_quiet_hours(
            chat in preferences(),
            created in 1_262_304_000_i64..1_893_456_000,
            delay in 0_i64..100_000,
        ) {
            let created = Timestamp(created * 1000);
            let now = created.plus_secs(delay);
            let Some(quiet) = chat.quiet.filter(|quiet| quiet.from != quiet.until) else { return Ok(()) };
            let shown = LocalClock::of(chat.time_zone.as_deref()).shows(now).format("%H %M").to_string();
            let (hour, minute) = shown.split_once(' ').unwrap();
            let shown = hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap();
            let is_quiet = match quiet.from < quiet.until {
                true => (quiet.from..quiet.until).contains(&shown),
                false => shown >= quiet.from || shown < quiet.until,
            };
            if is_quiet {
                let judged = telling(&chat, Normal, Waits::from(created), i64::MAX, now);
                prop_assert!(matches!(judged, DispatchDecision::Later(_)), "{chat:?} {now:?}");
            }
        }

        #[test]
        fn no_moment_breaks_it(
            chat in preferences(),
            created in any::<i64>(),
            stale in any::<i64>(),
            now in any::<i64>(),
        ) {
            for attention in Attention::ALL {
                if let DispatchDecision::Later(until) = telling(&chat, attention, Waits::from(Timestamp(created)), stale, Timestamp(now)) {
                    prop_assert!(until > Timestamp(now));
                }
            }
        }
    }
}

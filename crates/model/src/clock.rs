//! The rule for stored times, which a wrong clock may have written. A clock is wrong in either direction: it runs ahead
//! and is set back later, or it runs behind and jumps forwards. Pure.
//!
//! - The time of an event counts as unknown when it lies ahead of now: a clock that ran ahead wrote it.
//! - A due time or a lease lies ahead of now by its longest wait at most: a later one counts as reached.
//! - Rows are deleted only by a time that the store has seen pass ([`RetentionClock`]).
//!
//! The bounds of waits, where they are read: `next_poll_at` by the longest interval or a known hold, leases of feeds and
//! claims in `store/feeds.rs`; leases of accounts in `store/leases.rs`; `due_at`, `lease_until`, `blocked_until` and
//! `next_slot_at` of deliveries and chats in `store/outbox.rs`; `edit_due_at` in `store/edits.rs`; the block of a bot in
//! `chat/outbound/limiter.rs`. A start shifts the waits of `store/clock_jumps.rs`. Quiet hours, digests and retries are
//! due times, decided anew when they are reached.

use crate::Timestamp;

/// The most seconds between two right clocks.
pub const SKEW_SECS: i64 = 60;
const DAY_SECS: i64 = 86_400;
/// The longest pause of the program that [`RetentionClock`] believes at once.
const PAUSE_SECS: i64 = 3 * DAY_SECS;
/// How long a clock must run on after a longer jump, until [`RetentionClock`] believes it.
const PROOF_SECS: i64 = 7 * DAY_SECS;

/// Whether a clock that ran ahead of `now` wrote the time of an event.
pub fn is_ahead(recorded: Timestamp, now: Timestamp) -> bool {
    recorded > now.plus_secs(SKEW_SECS)
}

/// Seconds from an event to `now`; `None` where a clock that ran ahead wrote its time.
pub fn elapsed_secs(since: Timestamp, now: Timestamp) -> Option<i64> {
    (!is_ahead(since, now)).then(|| (now.0.saturating_sub(since.0) / 1000).max(0))
}

/// The latest end of a wait that a right clock can have written, where the longest wait takes `longest_secs`.
pub fn horizon(now: Timestamp, longest_secs: i64) -> Timestamp {
    now.plus_secs(longest_secs.saturating_add(SKEW_SECS))
}

/// The clock behind retention: it follows the machine's clock through pauses of days, and through a longer jump forwards
/// only after the clock has run on for a week.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetentionClock {
    /// The last trusted time.
    pub trusted_at: Timestamp,
    /// The first and the last time of a clock that jumped forwards.
    pub ahead: Option<(Timestamp, Timestamp)>,
}

impl RetentionClock {
    /// Begins with a time known to the store.
    pub fn new(trusted_at: Timestamp) -> Self {
        Self { trusted_at, ahead: None }
    }

    /// Takes the machine's time, and returns whether the clock has just jumped. [`Self::trusted_at`] then decides
    /// which rows are old.
    pub fn observe(&mut self, now: Timestamp) -> bool {
        if now <= self.trusted_at.plus_secs(PAUSE_SECS) {
            // A clock set back makes rows younger, which deletes none.
            (self.trusted_at, self.ahead) = (now, None);
            return false;
        }
        match self.ahead {
            Some((from, last)) if now >= from && now <= last.plus_secs(PAUSE_SECS) => {
                self.ahead = Some((from, now));
                if now >= from.plus_secs(PROOF_SECS) {
                    (self.trusted_at, self.ahead) = (now, None);
                }
                false
            }
            _ => {
                self.ahead = Some((now, now));
                true
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_602_299_100_000);

    fn days(days: i64) -> Timestamp {
        NOW.plus_secs(days * DAY_SECS)
    }

    #[test]
    fn an_event_ahead_of_now_has_an_unknown_time() {
        for (recorded, elapsed) in [
            (NOW.plus_secs(-3600), Some(3600)),
            (NOW, Some(0)),
            (NOW.plus_secs(SKEW_SECS), Some(0)),
            (NOW.plus_secs(SKEW_SECS + 1), None),
            (Timestamp(i64::MAX), None),
            (Timestamp(i64::MIN), Some(i64::MAX / 1000)),
        ] {
            assert_eq!(elapsed_secs(recorded, NOW), elapsed, "{recorded:?}");
            assert_eq!(is_ahead(recorded, NOW), elapsed.is_none());
        }
        assert_eq!(horizon(Timestamp(i64::MAX), i64::MAX), Timestamp(i64::MAX));
    }

    #[test]
    fn retention_follows_pauses_and_not_jumps() {
        let mut clock = RetentionClock::new(NOW);
        for day in [1, 4, 7] {
            assert!(!clock.observe(days(day)));
            assert_eq!(clock.trusted_at, days(day));
        }
        // Ten years ahead for some days, and back again.
        assert!(clock.observe(days(3650)), "the jump is reported");
        for day in 3651..3656 {
            assert!(!clock.observe(days(day)), "once");
            assert_eq!(clock.trusted_at, days(7));
        }
        assert!(!clock.observe(days(8)));
        assert_eq!(clock, RetentionClock::new(days(8)));
        // Set back by years, and right again: no row is old before the clock has run for a week.
        assert!(!clock.observe(days(-900)));
        assert!(clock.observe(days(9)));
        for day in 10..16 {
            clock.observe(days(day));
            assert_eq!(clock.trusted_at, days(-900));
        }
        clock.observe(days(16));
        assert_eq!(clock, RetentionClock::new(days(16)));
    }

    #[test]
    fn each_jump_begins_the_proof_anew() {
        let mut clock = RetentionClock::new(NOW);
        for day in [100, 200, 300, 400] {
            assert!(clock.observe(days(day)));
        }
        assert_eq!(clock.trusted_at, NOW);
    }
}

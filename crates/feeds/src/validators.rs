//! The doubt in validators: when a poll asks without them, and for how long a server that lied is not trusted. Pure.
//!
//! Some servers and caches answer 304 for ever: by a `Last-Modified` that stands still, an `ETag` that never changes, or
//! any condition at all. Their feeds look healthy and are silent.

use ceasewire_model::clock::elapsed_secs;
use ceasewire_model::{Feed, Timestamp, Validators};

use crate::schedule::{PollerConfig, bounds, in_crisis};

/// The longest time without a whole answer.
const DOUBT_SECS: i64 = 3600;
/// The same in usual gaps between two new articles, long before the silence is reported as trouble.
const DOUBT_GAPS: i64 = 3;
/// The same in shortest intervals, in a crisis. A silence of fewer is none.
const DOUBT_POLLS: i64 = 5;
/// How long validators are not trusted after a false 304: the next doubt may cost the feed an hour.
const DISTRUST_SECS: i64 = 30 * 86_400;

/// A poll's use of its feed's validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidatorUse {
    /// The request carries them.
    Trust,
    /// The request leaves them out, to see whether the server would have hidden a change.
    Doubt,
    /// The request leaves them out: there are none, or the server has lied.
    Leave,
}

/// Decides whether a poll sends the validators of the feed.
pub fn validator_use(config: &PollerConfig, feed: &Feed, now: Timestamp) -> ValidatorUse {
    let Validators { etag, last_modified, read_at, distrusted_at } = &feed.validators;
    let lied = distrusted_at.is_some_and(|at| elapsed_secs(at, now).is_none_or(|secs| secs < DISTRUST_SECS));
    if lied || (etag.is_none() && last_modified.is_none()) {
        return ValidatorUse::Leave;
    }
    let unread_secs = read_at.and_then(|at| elapsed_secs(at, now));
    match unread_secs.is_none_or(|secs| secs >= doubt_after_secs(config, feed, now)) {
        true => ValidatorUse::Doubt,
        false => ValidatorUse::Trust,
    }
}

/// Seconds of belief in a 304 after the last whole answer.
fn doubt_after_secs(config: &PollerConfig, feed: &Feed, now: Timestamp) -> i64 {
    let fewest = bounds(config).0.saturating_mul(DOUBT_POLLS);
    if in_crisis(&feed.stats, now) {
        return fewest.min(DOUBT_SECS);
    }
    let habit = feed.stats.new_every_secs.map_or(DOUBT_SECS, |usual| usual.saturating_mul(DOUBT_GAPS));
    habit.max(fewest).min(DOUBT_SECS)
}

/// The validators after an answer with the stored body, where the store has to change: renewed ones
/// replace those of the same body, and a doubt is over. A broken body has none.
pub fn after_same_body(feed: &Feed, answered: Validators, used: ValidatorUse) -> Option<Validators> {
    let stored = &feed.validators;
    let is_whole = stored.read_at.is_some() || stored.etag.is_some() || stored.last_modified.is_some();
    let is_renewed = (&stored.etag, &stored.last_modified) != (&answered.etag, &answered.last_modified);
    (is_whole && (is_renewed || used == ValidatorUse::Doubt)).then_some(answered)
}

/// The validators after an answer with a new body. Those of a broken body would keep the rest away.
pub fn after_new_body(answered: Validators, is_whole: bool) -> Validators {
    match is_whole {
        true => answered,
        false => Validators { distrusted_at: answered.distrusted_at, ..Validators::default() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::tests::{NOW, config, feed, usual};

    const DAY: i64 = 86_400;

    fn validators(etag: &str, read_secs_ago: Option<i64>) -> Validators {
        let read_at = read_secs_ago.map(|ago| NOW.plus_secs(-ago));
        Validators { etag: Some(etag.to_owned()), read_at, ..Validators::default() }
    }

    #[test]
    fn validators_are_doubted_by_the_hour_the_habit_and_the_crisis() {
        use ValidatorUse::{Doubt, Trust};
        let habit_unknown = || feed(None, 0);
        for (feed, read_secs_ago, expected, why) in [
            (habit_unknown(), Some(3599), Trust, "read within the hour"),
            (habit_unknown(), Some(3600), Doubt, "each hour"),
            (habit_unknown(), None, Doubt, "never read whole"),
            (habit_unknown(), Some(-DAY), Doubt, "read at an unknown time"),
            (usual(600, 1000, None), Some(1799), Trust, "within its habit"),
            (usual(600, 1000, None), Some(1800), Doubt, "silent beyond its habit"),
            (usual(1, 1000, None), Some(299), Trust, "a few polls are no silence"),
            (usual(1, 1000, None), Some(300), Doubt, "silent beyond its habit"),
            (usual(9 * DAY, 1000, None), Some(3600), Doubt, "each hour, though it is rarely new"),
            (usual(9 * DAY, 1000, Some(60)), Some(299), Trust, "in a crisis"),
            (usual(9 * DAY, 1000, Some(60)), Some(300), Doubt, "in a crisis each fifth time"),
        ] {
            let feed = Feed { validators: validators("\"a\"", read_secs_ago), ..feed };
            assert_eq!(validator_use(&config(None), &feed, NOW), expected, "{why}: {read_secs_ago:?}");
        }
    }

    #[test]
    fn validators_of_a_server_that_lied_are_left_for_a_month() {
        for (distrusted_secs_ago, expected) in [
            (0, ValidatorUse::Leave),
            (29 * DAY, ValidatorUse::Leave),
            (-DAY, ValidatorUse::Leave),
            (30 * DAY, ValidatorUse::Trust),
        ] {
            let distrusted_at = Some(NOW.plus_secs(-distrusted_secs_ago));
            let feed =
                Feed { validators: Validators { distrusted_at, ..validators("\"a\"", Some(10)) }, ..feed(None, 0) };
            assert_eq!(validator_use(&config(None), &feed, NOW), expected, "{distrusted_secs_ago}");
        }
        assert_eq!(validator_use(&config(None), &feed(None, 0), NOW), ValidatorUse::Leave);
    }

    #[test]
    fn every_whole_body_renews_the_validators() {
        use ValidatorUse::{Doubt, Leave};
        let now = |etag| validators(etag, Some(0));
        for (stored, answered, used, expected) in [
            (validators("a", Some(60)), now("b"), Leave, Some(now("b"))),
            (validators("a", None), now("b"), Leave, Some(now("b"))),
            (validators("a", Some(60)), now("a"), Leave, None),
            (validators("a", Some(60)), now("a"), Doubt, Some(now("a"))),
            (Validators { read_at: Some(NOW), ..Validators::default() }, now("a"), Leave, Some(now("a"))),
            // The stored body was broken, and has come again.
            (Validators::default(), now("a"), Leave, None),
        ] {
            let feed = Feed { validators: stored, ..feed(None, 0) };
            assert_eq!(after_same_body(&feed, answered, used), expected, "{feed:?}");
        }
        assert_eq!(after_new_body(now("a"), true), now("a"));
        assert_eq!(after_new_body(now("a"), false), Validators::default());
    }
}

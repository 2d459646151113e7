//! The schedule of a feed: the time of its next poll, and the trouble that its operator should see. Pure.
//!
//! The poller polls a feed twice in its usual gap between two new articles, and at the shortest interval while its
//! articles match rules: then an event is under way. An interval from the operator overrides both.

use chrono::{Datelike, Timelike};
use serde::Deserialize;

use ceasewire_model::clock::elapsed_secs;
use ceasewire_model::{Feed, FeedTrouble, PublishStats, PublisherHints, Timestamp};

/// The `[poller]` section of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PollerConfig {
    #[serde(default)]
    pub interval_secs: Option<u64>,
    pub min_interval_secs: u64,
    pub max_interval_secs: u64,
    pub concurrency: usize,
}

/// Seconds after a match with the shortest interval: a story develops over some hours.
const CRISIS_SECS: i64 = 6 * 3600;

/// Polls in the usual gap between two new articles: an article then waits half an interval on average.
const POLLS_PER_ARTICLE: i64 = 2;

/// The most doublings of the backoff, against overflow; the upper bound of the interval takes effect long before.
const MAX_DOUBLINGS: i64 = 16;

/// The longest `Retry-After` that counts in full, since more than a day is a mistake, and the longest wait after a death
/// of the program.
pub const LONGEST_HOLD_SECS: i64 = 86_400;

/// Seconds before a feed is polled again that the program died of, after the first death; each further death makes them
/// longer by [`CRASH_FACTOR`], up to [`LONGEST_HOLD_SECS`].
const CRASH_SECS: i64 = 5;
const CRASH_FACTOR: i64 = 12;

/// After these seconds without a death, a feed is no longer suspected.
const SUSPECT_SECS: i64 = 7 * 86_400;

/// A feed that fails for these seconds is in trouble.
const FAILING_SECS: i64 = 86_400;

/// A feed without news for this number of its usual gaps is in trouble.
const SILENT_GAPS: i64 = 10;
/// The shortest silence to report, for feeds with many articles.
const SILENT_SECS: i64 = 86_400;

/// The largest random cut of an interval, so that feeds with equal intervals drift apart.
const JITTER: f64 = 0.1;

/// The jitter of a feed more than an interval late: after a restart, all feeds are late at once.
const LATE_JITTER: f64 = 0.5;

/// The time of the next poll after a success. `chance` is a random number from 0 to 1.
///
/// The publisher's hints count up to the poller's upper bound. They do not count for a feed with an interval from the
/// operator, nor in the hours after a match.
pub fn after_success(config: &PollerConfig, feed: &Feed, now: Timestamp, chance: f64) -> Timestamp {
    let (_, max) = bounds(config);
    let interval = interval_secs(config, feed, now);
    let hints_count = configured_interval(config, feed).is_none() && !in_crisis(&feed.stats, now);
    let hinted = feed.hints.every_secs.filter(|_| hints_count).unwrap_or(0);
    let due = with_jitter(feed, now, interval.max(hinted.min(max)), chance);
    if hints_count { after_skipped(&feed.hints, due, now.plus_secs(max)) } else { due }
}

/// The time of the next poll after a failure: the interval doubles with each failure in a row, and the poll never comes
/// before `retry_after_secs` have passed.
pub fn after_failure(
    config: &PollerConfig,
    feed: &Feed,
    now: Timestamp,
    retry_after_secs: Option<i64>,
    chance: f64,
) -> Timestamp {
    let doublings = (feed.failures + 1).clamp(1, MAX_DOUBLINGS);
    let (_, max) = bounds(config);
    let backoff = interval_secs(config, feed, now).saturating_mul(1 << doublings).min(max);
    let due = with_jitter(feed, now, backoff, chance);
    due.max(held_until(now, retry_after_secs).unwrap_or(now))
}

/// The end of the wait that a server asks for.
pub fn held_until(now: Timestamp, retry_after_secs: Option<i64>) -> Option<Timestamp> {
    retry_after_secs.map(|secs| now.plus_secs(secs.clamp(0, LONGEST_HOLD_SECS)))
}

/// The longest interval between two polls that no server asks for.
pub fn longest_interval_secs(config: &PollerConfig) -> i64 {
    bounds(config).1
}

/// The time of the next poll after an outage of our own network: soon, since the feed has no fault.
pub fn after_outage(config: &PollerConfig, feed: &Feed, now: Timestamp, chance: f64) -> Timestamp {
    with_jitter(feed, now, bounds(config).0, chance)
}

/// Whether the program has died in the last days while it read the feed.
pub fn is_suspect(feed: &Feed, now: Timestamp) -> bool {
    let last_at = feed.crashes.last_at.filter(|_| feed.crashes.count > 0);
    last_at.is_some_and(|at| elapsed_secs(at, now).is_none_or(|secs| secs < SUSPECT_SECS))
}

/// The feeds to blame for the death of a process, of all feeds that it was polling then: the suspects that it was
/// reading, or else all but the suspects. A suspect without a mark was only waiting to be read. Returns the new
/// number of deaths of each, 0 for an innocent one.
pub fn blame(unfinished: &[Feed], now: Timestamp) -> Vec<i64> {
    let is_read_suspect = |feed: &Feed| is_suspect(feed, now) && feed.crashes.reading_since.is_some();
    let has_read_suspects = unfinished.iter().any(is_read_suspect);
    let deaths = |feed: &Feed| {
        if is_read_suspect(feed) {
            feed.crashes.count.saturating_add(1)
        } else {
            i64::from(!has_read_suspects && !is_suspect(feed, now))
        }
    };
    unfinished.iter().map(deaths).collect()
}

/// The time of the next poll of a feed that the program died of `deaths` times.
pub fn after_crash(deaths: i64, now: Timestamp) -> Timestamp {
    let exponent = u32::try_from(deaths.saturating_sub(1).max(0)).unwrap_or(u32::MAX);
    now.plus_secs(CRASH_SECS.saturating_mul(CRASH_FACTOR.saturating_pow(exponent)).min(LONGEST_HOLD_SECS))
}

/// The trouble of a feed that its operator should see.
pub fn trouble(failing_since: Option<Timestamp>, stats: &PublishStats, now: Timestamp) -> Option<FeedTrouble> {
    if failing_since.is_some_and(|since| elapsed_secs(since, now).is_some_and(|secs| secs >= FAILING_SECS)) {
        return Some(FeedTrouble::Failing);
    }
    let silent = stats.last_new_at.and_then(|last| elapsed_secs(last, now)).zip(stats.new_every_secs);
    if silent.is_some_and(|(secs, usual)| secs >= usual.saturating_mul(SILENT_GAPS).max(SILENT_SECS)) {
        return Some(FeedTrouble::Silent);
    }
    (stats.too_old_in_a_row > 0).then_some(FeedTrouble::TooOld)
}

/// Seconds between two polls of a feed without failures.
fn interval_secs(config: &PollerConfig, feed: &Feed, now: Timestamp) -> i64 {
    let (min, max) = bounds(config);
    if let Some(own) = configured_interval(config, feed) {
        return own.clamp(min, max);
    }
    if in_crisis(&feed.stats, now) {
        return min;
    }
    let Some(usual) = feed.stats.new_every_secs else { return min };
    // A silence longer than the usual gap is the better estimate of the gap.
    let silent = feed.stats.last_new_at.and_then(|last| elapsed_secs(last, now)).unwrap_or(0);
    (usual.max(silent) / POLLS_PER_ARTICLE).clamp(min, max)
}

/// The interval that the operator has set for this feed, or for all feeds.
fn configured_interval(config: &PollerConfig, feed: &Feed) -> Option<i64> {
    feed.interval_secs.or(config.interval_secs.and_then(|secs| i64::try_from(secs).ok()))
}

/// Whether an article of the feed has matched a rule in the last hours.
pub(crate) fn in_crisis(stats: &PublishStats, now: Timestamp) -> bool {
    stats.last_match_at.and_then(|at| elapsed_secs(at, now)).is_some_and(|secs| secs < CRISIS_SECS)
}

/// The time in `secs`, shortened at random.
fn with_jitter(feed: &Feed, now: Timestamp, secs: i64, chance: f64) -> Timestamp {
    let late = now.0.saturating_sub(feed.next_poll_at.0) > secs.saturating_mul(1000);
    let share = if late && feed.seeded_at.is_some() { LATE_JITTER } else { JITTER };
    let millis = secs.saturating_mul(1000);
    Timestamp(now.0.saturating_add(millis - (millis as f64 * share * chance.clamp(0.0, 1.0)) as i64))
}

/// The first moment from `due` to `latest` outside all skipped hours and days; `latest` where there is none.
fn after_skipped(hints: &PublisherHints, due: Timestamp, latest: Timestamp) -> Timestamp {
    let mut at = due;
    while at < latest {
        let date = at.to_datetime();
        let hour = hints.skip_hours >> date.hour() & 1 == 1;
        let day = hints.skip_days >> date.weekday().num_days_from_monday() & 1 == 1;
        if !hour && !day {
            return at;
        }
        // The start of the next hour.
        at = Timestamp((at.0.div_euclid(3_600_000) + 1) * 3_600_000);
    }
    latest.max(due)
}

/// The shortest and the longest interval.
pub(crate) fn bounds(config: &PollerConfig) -> (i64, i64) {
    let min = i64::try_from(config.min_interval_secs).unwrap_or(i64::MAX);
    (min, i64::try_from(config.max_interval_secs).unwrap_or(i64::MAX).max(min))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use ceasewire_model::{CrashHistory, FeedId, FeedOrigin, Relocation, Validators};

    const DAY: i64 = 86_400;
    /// 10 October 2020, a Saturday, 03:05 UTC.
    pub(crate) const NOW: Timestamp = Timestamp(1_602_299_100_000);

    pub(crate) fn config(interval_secs: Option<u64>) -> PollerConfig {
        PollerConfig { interval_secs, min_interval_secs: 60, max_interval_secs: 3600, concurrency: 1 }
    }

    pub(crate) fn feed(interval_secs: Option<i64>, failures: i64) -> Feed {
        Feed {
            id: FeedId::new(),
            url: String::new(),
            relocation: Relocation::default(),
            origin: FeedOrigin::Config,
            title: None,
            outlet: String::new(),
            language: None,
            interval_secs,
            full_text: false,
            stats: PublishStats::default(),
            hints: PublisherHints::default(),
            validators: Validators::default(),
            body_hash: None,
            failures,
            failing_since: None,
            trouble: None,
            seeded_at: Some(Timestamp(0)),
            last_success_at: None,
            next_poll_at: NOW,
            scheduled_at: None,
            held_until: None,
            crashes: CrashHistory::default(),
            last_error: None,
        }
    }

    pub(crate) fn usual(secs: i64, silent_secs: i64, matched_secs_ago: Option<i64>) -> Feed {
        let stats = PublishStats {
            new_every_secs: Some(secs),
            last_new_at: Some(NOW.plus_secs(-silent_secs)),
            last_match_at: matched_secs_ago.map(|ago| NOW.plus_secs(-ago)),
            ..PublishStats::default()
        };
        Feed { stats, ..feed(None, 0) }
    }

    fn secs(due: Timestamp) -> i64 {
        (due.0 - NOW.0) / 1000
    }

    #[test]
    fn the_interval_of_the_feed_comes_before_the_pollers() {
        for (poller, own, expected) in [
            (None, None, 60),
            (Some(300), None, 300),
            (Some(300), Some(120), 120),
            (None, Some(5), 60),
            (None, Some(9999), 3600),
        ] {
            assert_eq!(secs(after_success(&config(poller), &feed(own, 0), NOW, 0.0)), expected);
        }
    }

    #[test]
    fn the_interval_follows_publishing_and_matches() {
        for (feed, expected, why) in [
            (usual(600, 10, None), 300, "twice in its usual gap"),
            (usual(10, 1, None), 60, "not below the lower bound"),
            (usual(90_000, 10, None), 3600, "not above the upper bound"),
            (usual(600, 2400, None), 1200, "more rarely when it has been silent for longer than usual"),
            (usual(90_000, 10, Some(3600)), 60, "at the minimum after a match"),
            (usual(90_000, 10, Some(7 * 3600)), 3600, "as usual when the match is long ago"),
            (Feed { interval_secs: Some(900), ..usual(10, 1, Some(1)) }, 900, "as the operator has set it"),
        ] {
            assert_eq!(secs(after_success(&config(None), &feed, NOW, 0.0)), expected, "{why}");
        }
    }

    #[test]
    fn publisher_hints_count_up_to_the_upper_bound() {
        let hints = |every_secs| PublisherHints { every_secs: Some(every_secs), ..PublisherHints::default() };
        for (feed, expected) in [
            (Feed { hints: hints(1800), ..usual(600, 10, None) }, 1800),
            (Feed { hints: hints(100), ..usual(600, 10, None) }, 300),
            (Feed { hints: hints(DAY), ..usual(600, 10, None) }, 3600),
            (Feed { hints: hints(1800), ..usual(600, 10, Some(10)) }, 60),
            (Feed { hints: hints(1800), interval_secs: Some(120), ..usual(600, 10, None) }, 120),
        ] {
            assert_eq!(secs(after_success(&config(None), &feed, NOW, 0.0)), expected);
        }
    }

    #[test]
    fn skipped_hours_and_days_count_up_to_the_upper_bound() {
        // At 03:05 with an interval of five minutes.
        for (hours, days, expected) in [
            (vec![], vec![], 300),
            (vec![3], vec![], 55 * 60),
            (vec![4], vec![], 300),
            (vec![3, 4, 5], vec![], 3600),
            (vec![], vec![5], 3600),
            (vec![], vec![6], 300),
        ] {
            let bits = |list: &[u32]| list.iter().fold(0u32, |bits, bit| bits | 1 << bit);
            let hints = PublisherHints { every_secs: None, skip_hours: bits(&hours), skip_days: bits(&days) as u8 };
            let due = after_success(&config(None), &Feed { hints, ..usual(600, 10, None) }, NOW, 0.0);
            assert_eq!(secs(due), expected, "{hours:?} {days:?}");
        }
    }

    #[test]
    fn failures_double_the_interval_up_to_the_upper_bound() {
        for (failures, asked, expected) in [
            (0, None, 120),
            (1, None, 240),
            (4, None, 1920),
            (5, None, 3600),
            (99, None, 3600),
            (0, Some(600), 600),
            (0, Some(9_999), 9_999),
            (0, Some(10 * DAY), DAY),
            (0, Some(-5), 120),
        ] {
            let due = after_failure(&config(None), &feed(None, failures), NOW, asked, 0.0);
            assert_eq!(secs(due), expected, "{failures} {asked:?}");
        }
    }

    #[test]
    fn jitter_is_a_tenth_and_for_a_late_feed_a_half() {
        let on_time = feed(Some(1000), 0);
        let late = Feed { next_poll_at: NOW.plus_secs(-5000), ..on_time.clone() };
        let new = Feed { seeded_at: None, ..late.clone() };
        for (feed, chance, expected) in
            [(&on_time, 0.0, 1000), (&on_time, 1.0, 900), (&late, 0.0, 1000), (&late, 1.0, 500), (&new, 1.0, 900)]
        {
            assert_eq!(secs(after_success(&config(None), feed, NOW, chance)), expected);
        }
        // Never earlier than a server has asked for.
        assert_eq!(secs(after_failure(&config(None), &on_time, NOW, Some(5000), 1.0)), 5000);
    }

    #[test]
    fn a_day_of_failures_or_a_long_silence_is_trouble() {
        let failing = |secs: i64| Feed { failing_since: Some(NOW.plus_secs(-secs)), ..feed(None, 9) };
        for (feed, expected) in [
            (feed(None, 0), None),
            (failing(DAY - 1), None),
            (failing(DAY), Some(FeedTrouble::Failing)),
            (usual(600, 6001, None), None),
            (usual(600, DAY, None), Some(FeedTrouble::Silent)),
            (usual(DAY, 9 * DAY, None), None),
            (usual(DAY, 10 * DAY, None), Some(FeedTrouble::Silent)),
        ] {
            assert_eq!(trouble(feed.failing_since, &feed.stats, NOW), expected);
        }
    }

    #[test]
    fn times_of_a_clock_that_ran_ahead_neither_hurry_nor_delay_a_feed() {
        let ahead = NOW.plus_secs(3650 * DAY);
        let stats = PublishStats {
            new_every_secs: Some(600),
            last_new_at: Some(ahead),
            last_match_at: Some(ahead),
            ..PublishStats::default()
        };
        let feed = Feed { stats, ..feed(None, 0) };
        assert_eq!(secs(after_success(&config(None), &feed, NOW, 0.0)), 300);
        assert_eq!(trouble(Some(ahead), &stats, NOW), None);
    }

    fn crashed(count: i64, secs_ago: i64) -> Feed {
        let last_at = Some(NOW.plus_secs(-secs_ago));
        let crashes = CrashHistory { reading_since: Some(NOW), count, last_at, ..CrashHistory::default() };
        Feed { crashes, ..feed(None, 0) }
    }

    #[test]
    fn a_suspect_takes_the_blame_from_the_feeds_beside_it() {
        let innocent = || feed(None, 0);
        let waiting = || {
            let mut feed = crashed(1, 60);
            feed.crashes.reading_since = None;
            feed
        };
        for (feeds, expected) in [
            (vec![], vec![]),
            (vec![innocent()], vec![1]),
            (vec![innocent(), innocent()], vec![1, 1]),
            (vec![innocent(), crashed(1, 60)], vec![0, 2]),
            (vec![crashed(3, 60), crashed(1, 60), innocent()], vec![4, 2, 0]),
            (vec![crashed(3, 8 * DAY), innocent()], vec![1, 1]),
            (vec![crashed(3, -8 * DAY), innocent()], vec![4, 0]),
            (vec![waiting(), crashed(2, 60), innocent()], vec![0, 3, 0]),
            (vec![waiting(), innocent()], vec![0, 1]),
            (vec![waiting()], vec![0]),
        ] {
            assert_eq!(blame(&feeds, NOW), expected);
        }
    }

    #[test]
    fn each_death_makes_the_wait_longer_up_to_a_day() {
        let waits = [1, 2, 3, 4, 5, i64::MAX].map(|deaths| secs(after_crash(deaths, NOW)));
        assert_eq!(waits, [5, 60, 720, 8640, DAY, DAY]);
    }
}

//! The schedule of a feed: the time of its next poll, its publish stats, and the trouble that its operator should see.
//! Pure.
//!
//! The poller polls a feed twice in its usual gap between two new articles, and at the shortest interval while its
//! articles match rules: then an event is under way. An interval from the operator overrides both.

use chrono::{Datelike, Timelike};
use serde::Deserialize;

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

/// Weight of a new gap in the mean of the gaps: the last three gaps make up half of the mean.
const NEW_GAP_WEIGHT: f64 = 0.2;

/// The most doublings of the backoff, against overflow; the upper bound of the interval takes effect long before.
const MAX_DOUBLINGS: i64 = 16;

/// The longest `Retry-After` that counts in full; more than a day is a mistake.
const MAX_RETRY_AFTER_SECS: i64 = 86_400;

/// Failures in a row at one address of a moved feed before the poller tries its other address.
const FAILURES_PER_ADDRESS: i64 = 5;

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
    let asked = now.plus_secs(retry_after_secs.unwrap_or(0).clamp(0, MAX_RETRY_AFTER_SECS));
    due.max(asked)
}

/// The time of the next poll after an outage of our own network: soon, since the feed has no fault.
pub fn after_outage(config: &PollerConfig, feed: &Feed, now: Timestamp, chance: f64) -> Timestamp {
    with_jitter(feed, now, bounds(config).0, chance)
}

/// The address of the next poll: the new address of a moved feed. While polls fail, its old and new addresses
/// alternate.
pub fn address(feed: &Feed) -> &str {
    match &feed.moved_to {
        Some(moved) if feed.failures / FAILURES_PER_ADDRESS % 2 == 0 => moved,
        _ => &feed.url,
    }
}

/// The new address of a feed after a successful parse at `address`, or behind its permanent redirect to
/// `redirected_to`.
pub fn moved_to(feed: &Feed, address: &str, redirected_to: Option<String>) -> Option<String> {
    let moved = redirected_to.or_else(|| Some(address.to_owned()));
    moved.filter(|moved| *moved != feed.url)
}

/// Updates the publish stats after a poll with `new` new articles, which `matched` rules or not. The first poll takes
/// the mean gap from the entries' `dates`.
pub fn publish_stats(feed: &Feed, new: usize, matched: bool, dates: &[Timestamp], now: Timestamp) -> PublishStats {
    let before = feed.stats;
    let new_every_secs = if new == 0 {
        before.new_every_secs
    } else if let Some(last) = before.last_new_at {
        let gap = (now.0.saturating_sub(last.0) / 1000).max(1) / new as i64;
        Some(match before.new_every_secs {
            Some(mean) => (mean as f64 * (1.0 - NEW_GAP_WEIGHT) + gap as f64 * NEW_GAP_WEIGHT) as i64,
            None => gap,
        })
    } else {
        mean_gap(dates)
    };
    PublishStats {
        new_every_secs: new_every_secs.map(|secs| secs.max(1)),
        last_new_at: if new > 0 { Some(now) } else { before.last_new_at },
        last_match_at: if matched { Some(now) } else { before.last_match_at },
    }
}

/// The trouble of a feed that its operator should see.
pub fn trouble(failing_since: Option<Timestamp>, stats: &PublishStats, now: Timestamp) -> Option<FeedTrouble> {
    let passed = |since: Timestamp| now.0.saturating_sub(since.0) / 1000;
    if failing_since.is_some_and(|since| passed(since) >= FAILING_SECS) {
        return Some(FeedTrouble::Failing);
    }
    let usual = stats.new_every_secs?;
    let silent = passed(stats.last_new_at?);
    (silent >= usual.saturating_mul(SILENT_GAPS).max(SILENT_SECS)).then_some(FeedTrouble::Silent)
}

/// The mean gap between dates; `None` for fewer than two.
fn mean_gap(dates: &[Timestamp]) -> Option<i64> {
    let (first, last) = (dates.iter().min()?, dates.iter().max()?);
    let gaps = dates.len() as i64 - 1;
    (gaps > 0).then(|| last.0.saturating_sub(first.0) / 1000 / gaps)
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
    let silent = feed.stats.last_new_at.map_or(0, |last| now.0.saturating_sub(last.0) / 1000);
    (usual.max(silent) / POLLS_PER_ARTICLE).clamp(min, max)
}

/// The interval that the operator has set for this feed, or for all feeds.
fn configured_interval(config: &PollerConfig, feed: &Feed) -> Option<i64> {
    feed.interval_secs.or(config.interval_secs.and_then(|secs| i64::try_from(secs).ok()))
}

fn in_crisis(stats: &PublishStats, now: Timestamp) -> bool {
    stats.last_match_at.is_some_and(|at| now.0.saturating_sub(at.0) < CRISIS_SECS * 1000)
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

fn bounds(config: &PollerConfig) -> (i64, i64) {
    let min = i64::try_from(config.min_interval_secs).unwrap_or(i64::MAX);
    (min, i64::try_from(config.max_interval_secs).unwrap_or(i64::MAX).max(min))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{FeedId, FeedOrigin};

    const DAY: i64 = 86_400;
    /// 10 October 2020, a Saturday, 03:05 UTC.
    const NOW: Timestamp = Timestamp(1_602_299_100_000);

    fn config(interval_secs: Option<u64>) -> PollerConfig {
        PollerConfig { interval_secs, min_interval_secs: 60, max_interval_secs: 3600, concurrency: 1 }
    }

    fn feed(interval_secs: Option<i64>, failures: i64) -> Feed {
        Feed {
            id: FeedId::new(),
            url: String::new(),
            moved_to: None,
            origin: FeedOrigin::Config,
            title: None,
            outlet: String::new(),
            language: None,
            interval_secs,
            full_text: false,
            stats: PublishStats::default(),
            hints: PublisherHints::default(),
            etag: None,
            last_modified: None,
            body_hash: None,
            failures,
            failing_since: None,
            reported: None,
            seeded_at: Some(Timestamp(0)),
            last_success_at: None,
            next_poll_at: NOW,
            last_error: None,
        }
    }

    fn usual(secs: i64, silent_secs: i64, matched_secs_ago: Option<i64>) -> Feed {
        let stats = PublishStats {
            new_every_secs: Some(secs),
            last_new_at: Some(NOW.plus_secs(-silent_secs)),
            last_match_at: matched_secs_ago.map(|ago| NOW.plus_secs(-ago)),
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
    fn publish_stats_begin_with_dates_and_follow_the_gaps() {
        let fresh = feed(None, 0);
        let dates: Vec<Timestamp> = [0, 600, 1800].iter().map(|&ago| NOW.plus_secs(-ago)).collect();
        let first = publish_stats(&fresh, 3, false, &dates, NOW);
        assert_eq!((first.new_every_secs, first.last_new_at, first.last_match_at), (Some(900), Some(NOW), None));
        let known = Feed { stats: first, ..fresh.clone() };
        assert_eq!(publish_stats(&known, 0, false, &[], NOW.plus_secs(60)), first);
        let later = NOW.plus_secs(400);
        let second = publish_stats(&known, 2, true, &[], later);
        assert_eq!((second.new_every_secs, second.last_match_at), (Some(760), Some(later)));
        assert_eq!(publish_stats(&fresh, 1, false, &[NOW], NOW).new_every_secs, None);
        // A clock set back makes no negative gap.
        assert_eq!(publish_stats(&known, 1, false, &[], NOW.plus_secs(-DAY)).new_every_secs, Some(720));
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
    fn a_failing_moved_feed_alternates_its_addresses() {
        let (named, new) = ("https://n.example/feed", "https://m.example/feed");
        let moved = |failures| Feed { url: named.into(), moved_to: Some(new.into()), ..feed(None, failures) };
        for (failures, expected) in [(0, new), (4, new), (5, named), (9, named), (10, new), (15, named)] {
            assert_eq!(address(&moved(failures)), expected, "{failures}");
        }
        assert_eq!(moved_to(&moved(0), new, None).as_deref(), Some(new));
        assert_eq!(moved_to(&moved(5), named, None), None);
        assert_eq!(moved_to(&moved(5), named, Some(new.into())).as_deref(), Some(new));
    }
}

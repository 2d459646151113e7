//! When a feed is due again, how it usually publishes, and when its operator has to hear of it. Pure.
//!
//! A feed is polled twice in the time that it usually takes for a new article, and at the shortest interval while its
//! articles match somebody's rules: then something is going on. A feed whose interval the operator has set keeps to it.

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

/// For so long after a match a feed is polled at the shortest interval: the hours in which a story is told.
const CRISIS_SECS: i64 = 6 * 3600;

/// Polls in the usual time between two new articles: an article waits for half an interval on average.
const POLLS_PER_ARTICLE: i64 = 2;

/// What a new gap counts for in the mean of the gaps: half of the mean stems from the last three or so.
const NEW_GAP_WEIGHT: f64 = 0.2;

/// Backoff doubles at most this often; the upper bound of the interval is reached long before.
const DOUBLINGS: i64 = 16;

/// The longest that a server's wish to be left alone is obeyed; beyond a day it is a mistake.
const LONGEST_WAIT_SECS: i64 = 86_400;

/// Failures in a row at one of a feed's two addresses, where it has moved, after which the other one is tried.
const FAILURES_UNTIL_OTHER: i64 = 5;

/// A feed that has failed for so long is reported.
const FAILING_SECS: i64 = 86_400;

/// A feed that has had nothing new for so many of its usual gaps is reported, but not before a day.
const SILENT_GAPS: i64 = 10;
const SILENT_SECS: i64 = 86_400;

/// By how much of itself an interval may be shortened, so that feeds which were polled together drift apart.
const JITTER: f64 = 0.1;

/// The same for a feed that is late by more than an interval: after a restart all feeds are.
const LATE_JITTER: f64 = 0.5;

/// When a feed that was polled without a failure is due again. `chance` is a number from 0 up to 1, another one each
/// time. What the publisher wishes is held within the poller's upper bound, and steps back where the operator has set
/// the interval, and in the hours after a match.
pub fn after_success(config: &PollerConfig, feed: &Feed, now: Timestamp, chance: f64) -> Timestamp {
    let (_, max) = bounds(config);
    let interval = interval_secs(config, feed, now);
    let wishes = own_interval(config, feed).is_none() && !in_crisis(&feed.stats, now);
    let hints = feed.hints.every_secs.filter(|_| wishes).unwrap_or(0);
    let due = spread(feed, now, interval.max(hints.min(max)), chance);
    if wishes { after_skipped(&feed.hints, due, now.plus_secs(max)) } else { due }
}

/// When a feed whose poll failed is due again: twice as late with each failure in a row, and never before the server
/// asked to be left alone (`retry_after_secs`).
pub fn after_failure(
    config: &PollerConfig,
    feed: &Feed,
    now: Timestamp,
    retry_after_secs: Option<i64>,
    chance: f64,
) -> Timestamp {
    let doublings = (feed.failures + 1).clamp(1, DOUBLINGS);
    let (_, max) = bounds(config);
    let backoff = interval_secs(config, feed, now).saturating_mul(1 << doublings).min(max);
    let due = spread(feed, now, backoff, chance);
    let asked = now.plus_secs(retry_after_secs.unwrap_or(0).clamp(0, LONGEST_WAIT_SECS));
    due.max(asked)
}

/// When a feed is due again that could not be reached because nothing could: at its interval, for no fault of its own.
pub fn after_outage(config: &PollerConfig, feed: &Feed, now: Timestamp, chance: f64) -> Timestamp {
    spread(feed, now, bounds(config).0, chance)
}

/// The address at which a feed is to be polled: where it has moved to, and the one by which it was named in turns while
/// neither answers.
pub fn address(feed: &Feed) -> &str {
    match &feed.moved_to {
        Some(moved) if feed.failures / FAILURES_UNTIL_OTHER % 2 == 0 => moved,
        _ => &feed.url,
    }
}

/// Where a feed has moved to, after it was read at `address` and that led to `further` for good.
pub fn moved_to(feed: &Feed, address: &str, further: Option<String>) -> Option<String> {
    let moved = further.or_else(|| Some(address.to_owned()));
    moved.filter(|moved| *moved != feed.url)
}

/// How a feed publishes, after a poll that brought so many new articles and matched or not. At a first fetch, `dates` of
/// the entries tell it.
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
        gap_of(dates)
    };
    PublishStats {
        new_every_secs: new_every_secs.map(|secs| secs.max(1)),
        last_new_at: if new > 0 { Some(now) } else { before.last_new_at },
        last_match_at: if matched { Some(now) } else { before.last_match_at },
    }
}

/// What an operator should look at, if anything.
pub fn trouble(failing_since: Option<Timestamp>, stats: &PublishStats, now: Timestamp) -> Option<FeedTrouble> {
    let passed = |since: Timestamp| now.0.saturating_sub(since.0) / 1000;
    if failing_since.is_some_and(|since| passed(since) >= FAILING_SECS) {
        return Some(FeedTrouble::Failing);
    }
    let usual = stats.new_every_secs?;
    let silent = passed(stats.last_new_at?);
    (silent >= usual.saturating_mul(SILENT_GAPS).max(SILENT_SECS)).then_some(FeedTrouble::Silent)
}

/// The mean gap between dates; `None` of fewer than two.
fn gap_of(dates: &[Timestamp]) -> Option<i64> {
    let (first, last) = (dates.iter().min()?, dates.iter().max()?);
    let gaps = dates.len() as i64 - 1;
    (gaps > 0).then(|| last.0.saturating_sub(first.0) / 1000 / gaps)
}

/// Seconds between two polls of a feed while all is well.
fn interval_secs(config: &PollerConfig, feed: &Feed, now: Timestamp) -> i64 {
    let (min, max) = bounds(config);
    if let Some(own) = own_interval(config, feed) {
        return own.clamp(min, max);
    }
    if in_crisis(&feed.stats, now) {
        return min;
    }
    let Some(usual) = feed.stats.new_every_secs else { return min };
    // A feed that has been silent for longer than usual has changed its habit.
    let silent = feed.stats.last_new_at.map_or(0, |last| now.0.saturating_sub(last.0) / 1000);
    (usual.max(silent) / POLLS_PER_ARTICLE).clamp(min, max)
}

/// The interval that the operator has set for this feed, or for all.
fn own_interval(config: &PollerConfig, feed: &Feed) -> Option<i64> {
    feed.interval_secs.or(config.interval_secs.and_then(|secs| i64::try_from(secs).ok()))
}

fn in_crisis(stats: &PublishStats, now: Timestamp) -> bool {
    stats.last_match_at.is_some_and(|at| now.0.saturating_sub(at.0) < CRISIS_SECS * 1000)
}

/// `secs` from now, somewhat earlier by chance.
fn spread(feed: &Feed, now: Timestamp, secs: i64, chance: f64) -> Timestamp {
    let late = now.0.saturating_sub(feed.next_poll_at.0) > secs.saturating_mul(1000);
    let share = if late && feed.seeded_at.is_some() { LATE_JITTER } else { JITTER };
    let millis = secs.saturating_mul(1000);
    Timestamp(now.0.saturating_add(millis - (millis as f64 * share * chance.clamp(0.0, 1.0)) as i64))
}

/// The first moment from `due` on that lies in no skipped hour or day; `latest` at the latest.
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
    fn the_interval_is_the_feeds_then_the_pollers_then_the_lower_bound() {
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
    fn a_feed_is_polled_as_it_publishes_and_at_the_minimum_while_it_matches() {
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
    fn the_publishers_wish_is_kept_within_the_upper_bound_and_steps_back_after_a_match() {
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
    fn skipped_hours_and_days_are_passed_over_up_to_the_upper_bound() {
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
    fn chance_shortens_an_interval_a_little_and_that_of_a_late_feed_by_up_to_half() {
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
    fn the_habit_is_learned_from_the_first_dates_and_then_from_what_comes() {
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
        // A clock that was set back makes no negative gap.
        assert_eq!(publish_stats(&known, 1, false, &[], NOW.plus_secs(-DAY)).new_every_secs, Some(720));
    }

    #[test]
    fn a_feed_that_fails_for_a_day_or_is_silent_past_its_habit_is_reported() {
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
    fn a_feed_that_fails_where_it_has_moved_to_is_tried_at_both_addresses_in_turns() {
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

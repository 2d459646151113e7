//! The publish stats of a feed: the usual gap between two new articles, learned from the dates of the first fetch and then
//! from the polls. Pure.
//!
//! The usual gap is an estimate of the median, so that no single gap makes a feed slow: neither a pinned post of last
//! year, nor the days when the program or the publisher rested.

use ceasewire_model::clock::{elapsed_secs, is_ahead};
use ceasewire_model::{Feed, PublishStats, Timestamp};

/// The factor by which a gap moves the estimate towards itself, however far away it lies. Longer and shorter gaps balance
/// where half of them are longer: at the median.
const STEP: f64 = 1.25;
/// The most steps of one poll: they shorten the estimate to a fortieth.
const MAX_STEPS: usize = 16;
/// The fewest gaps between dates that tell a habit: of two dates, one may be that of a pinned post.
const FEWEST_GAPS: usize = 2;
/// Dates with a shorter gap are those of one publication.
const SHORTEST_GAP_SECS: i64 = 60;

/// The new articles of a poll.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NewArticles {
    pub count: usize,
    /// Those too old for an alert.
    pub too_old: usize,
    /// Whether one of them matched a rule.
    pub matched: bool,
}

/// Updates the publish stats after a poll with new articles. The first poll takes the usual gap from the entries'
/// `dates`; its articles are an archive, whose age says nothing.
pub fn after_poll(feed: &Feed, articles: NewArticles, dates: &[Timestamp], now: Timestamp) -> PublishStats {
    let before = feed.stats;
    let NewArticles { count: new, too_old, matched } = articles;
    let too_old_now = if feed.seeded_at.is_some() { too_old as i64 } else { 0 };
    let new_every_secs = if new == 0 {
        before.new_every_secs
    } else if let Some(last) = before.last_new_at {
        let gap = elapsed_secs(last, now).unwrap_or(1).max(1) / new as i64;
        Some(before.new_every_secs.map_or(gap, |usual| moved(usual, gap, new)))
    } else {
        median_gap(dates, now)
    };
    PublishStats {
        new_every_secs: new_every_secs.map(|secs| secs.max(1)),
        last_new_at: if new > 0 { Some(now) } else { before.last_new_at },
        last_match_at: if matched { Some(now) } else { before.last_match_at },
        too_old: before.too_old.saturating_add(too_old_now),
        too_old_in_a_row: match new {
            0 => before.too_old_in_a_row,
            new if new == too_old => before.too_old_in_a_row.saturating_add(too_old_now),
            _ => 0,
        },
    }
}

/// Moves the usual gap towards the gap of a poll. Each article shows a shorter gap, but one pause explains a longer one.
fn moved(usual: i64, gap: i64, new: usize) -> i64 {
    if gap < usual {
        let steps = new.clamp(1, MAX_STEPS) as i32;
        ((usual as f64 / STEP.powi(steps)) as i64).max(gap)
    } else {
        ((usual as f64 * STEP).ceil() as i64).min(gap)
    }
}

/// The median gap in seconds between dates, the lower one of two; `None` where the dates tell no habit. Dates of the
/// future do not count, and those within a minute are one publication.
fn median_gap(dates: &[Timestamp], now: Timestamp) -> Option<i64> {
    let past = dates.iter().filter(|date| !is_ahead(**date, now));
    let mut secs: Vec<i64> = past.map(|date| date.0.div_euclid(1000)).collect();
    secs.sort_unstable();
    let gaps = secs.windows(2).map(|pair| pair[1].saturating_sub(pair[0]));
    let mut gaps: Vec<i64> = gaps.filter(|gap| *gap >= SHORTEST_GAP_SECS).collect();
    if gaps.len() < FEWEST_GAPS {
        return None;
    }
    gaps.sort_unstable();
    Some(gaps[(gaps.len() - 1) / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schedule::tests::{NOW, config, feed};
    use crate::schedule::{after_success, trouble};
    use ceasewire_model::FeedTrouble;

    const DAY: i64 = 86_400;

    fn ago(secs: &[i64]) -> Vec<Timestamp> {
        secs.iter().map(|secs| NOW.plus_secs(-secs)).collect()
    }

    fn first(dates: &[Timestamp]) -> PublishStats {
        after_poll(&feed(None, 0), NewArticles { count: dates.len(), matched: false, too_old: 0 }, dates, NOW)
    }

    #[test]
    fn the_first_usual_gap_is_the_median_of_the_dates() {
        let every_five_minutes: Vec<i64> = (0..20).map(|number| number * 300).collect();
        let with = |more: &[i64]| [every_five_minutes.as_slice(), more].concat();
        for (secs, expected) in [
            (vec![], None),
            (vec![0], None),
            (vec![0, 600], None),
            (vec![0, 600, 1800], Some(600)),
            (every_five_minutes.clone(), Some(300)),
            // Pinned posts, the epoch, and dates of the future.
            (with(&[14 * DAY]), Some(300)),
            (with(&[14 * DAY, 700 * DAY, NOW.0 / 1000]), Some(300)),
            (with(&[-7_000 * DAY, -3600]), Some(300)),
            (vec![0, 300, 14 * DAY], Some(300)),
            (vec![0, 14 * DAY], None),
            // Published together by a program.
            (vec![0, 1, 2, 3600, 3601, 3602, 7200, 7201, 7202], Some(3598)),
            (vec![0, 0, 0, 0], None),
        ] {
            assert_eq!(first(&ago(&secs)).new_every_secs, expected, "{secs:?}");
        }
        assert_eq!(first(&ago(&[0, 600, 1800])).last_new_at, Some(NOW));
        assert_eq!(first(&[Timestamp(i64::MIN), Timestamp(0), NOW]).new_every_secs, Some(NOW.0 / 1000));
    }

    /// The usual gap after polls, each with the gap before it and the number of its new articles.
    fn learned(usual: i64, polls: &[(i64, usize)]) -> i64 {
        let mut known = feed(None, 0);
        known.stats = PublishStats {
            new_every_secs: Some(usual),
            last_new_at: Some(NOW),
            last_match_at: None,
            ..PublishStats::default()
        };
        let mut now = NOW;
        for (gap, new) in polls {
            now = now.plus_secs(*gap);
            known.stats = after_poll(&known, NewArticles { count: *new, matched: false, too_old: 0 }, &[], now);
        }
        known.stats.new_every_secs.unwrap()
    }

    #[test]
    fn one_long_gap_never_makes_a_feed_slow() {
        for (polls, expected) in [
            (vec![(300, 1)], 300),
            (vec![(3 * DAY, 1)], 375),
            (vec![(3 * DAY, 20)], 375),
            (vec![(3 * DAY, 1), (300, 1)], 300),
            (vec![(300, 1), (3 * DAY, 1), (300, 1), (30 * DAY, 1), (300, 1)], 300),
            (vec![(3600, 0), (3600, 0)], 300),
            (vec![(320, 1)], 320),
            // A clock set back makes no negative gap.
            (vec![(-DAY, 1)], 240),
        ] {
            assert_eq!(learned(300, &polls), expected, "{polls:?}");
        }
    }

    #[test]
    fn the_usual_gap_follows_a_new_habit() {
        // A slow feed that becomes fast: each article of a poll counts.
        assert_eq!(learned(DAY, &[(3600, 12); 3]), 300);
        // A fast feed that becomes slow needs a dozen gaps.
        assert_eq!(learned(300, &[(3600, 1); 12]), 3600);
    }

    #[test]
    fn a_pinned_post_leaves_the_interval_as_it_is() {
        let dates: Vec<i64> = (0..20).map(|number| number * 300).collect();
        let polled = |more: &[i64]| {
            let stats = first(&ago(&[dates.as_slice(), more].concat()));
            after_success(&config(None), &ceasewire_model::Feed { stats, ..feed(None, 0) }, NOW, 0.0)
        };
        assert_eq!(polled(&[14 * DAY]), polled(&[]));
        assert_eq!(polled(&[]), NOW.plus_secs(150));
    }

    #[test]
    fn new_articles_that_are_all_too_old_are_trouble() {
        let mut feed = feed(None, 0);
        for (count, too_old, sum, in_a_row) in [(2, 1, 1, 0), (2, 2, 3, 2), (0, 0, 3, 2), (1, 1, 4, 3), (3, 2, 6, 0)] {
            feed.stats = after_poll(&feed, NewArticles { count, too_old, matched: false }, &[], NOW);
            assert_eq!((feed.stats.too_old, feed.stats.too_old_in_a_row), (sum, in_a_row), "{count} {too_old}");
            let expected = (in_a_row > 0).then_some(FeedTrouble::TooOld);
            assert_eq!(trouble(None, &feed.stats, NOW), expected, "{count} {too_old}");
        }
        let archive = Feed { seeded_at: None, stats: PublishStats::default(), ..feed };
        let stats = after_poll(&archive, NewArticles { count: 9, too_old: 9, matched: false }, &[], NOW);
        assert_eq!((stats.too_old, trouble(None, &stats, NOW)), (0, None));
    }
}

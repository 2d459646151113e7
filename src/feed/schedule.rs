//! When a feed is due again. Pure.

use crate::config;
use crate::model::{Feed, Timestamp};

/// Backoff doubles at most this often; the upper bound of the interval is reached long before.
const DOUBLINGS: i64 = 16;

/// The longest that a server's wish to be left alone is obeyed; beyond a day it is a mistake.
const LONGEST_WAIT_SECS: i64 = 86_400;

/// When a feed that was polled without a failure is due again.
pub fn after_success(config: &config::Poller, feed: &Feed, now: Timestamp) -> Timestamp {
    now.plus_secs(interval_secs(config, feed))
}

/// When a feed whose poll failed is due again: twice as late with each failure in a row, and never before the server
/// asked to be left alone (`retry_after_secs`).
pub fn after_failure(config: &config::Poller, feed: &Feed, now: Timestamp, retry_after_secs: Option<i64>) -> Timestamp {
    let doublings = (feed.failures + 1).clamp(1, DOUBLINGS);
    let (_, max) = bounds(config);
    let backoff = interval_secs(config, feed).saturating_mul(1 << doublings).min(max);
    now.plus_secs(backoff.max(retry_after_secs.unwrap_or(0).clamp(0, LONGEST_WAIT_SECS)))
}

/// Seconds between two polls of a feed while all is well.
fn interval_secs(config: &config::Poller, feed: &Feed) -> i64 {
    let (min, max) = bounds(config);
    let configured = config.interval_secs.and_then(|secs| i64::try_from(secs).ok());
    feed.interval_secs.or(configured).unwrap_or(min).clamp(min, max)
}

fn bounds(config: &config::Poller) -> (i64, i64) {
    let min = i64::try_from(config.min_interval_secs).unwrap_or(i64::MAX);
    (min, i64::try_from(config.max_interval_secs).unwrap_or(i64::MAX).max(min))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FeedId;

    fn config(interval_secs: Option<u64>) -> config::Poller {
        config::Poller { interval_secs, min_interval_secs: 60, max_interval_secs: 3600, concurrency: 1 }
    }

    fn feed(interval_secs: Option<i64>, failures: i64) -> Feed {
        Feed {
            id: FeedId::new(),
            url: String::new(),
            outlet: String::new(),
            language: None,
            interval_secs,
            etag: None,
            last_modified: None,
            body_hash: None,
            failures,
            seeded_at: None,
            last_success_at: None,
            next_poll_at: Timestamp(0),
            last_error: None,
        }
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
            assert_eq!(after_success(&config(poller), &feed(own, 0), Timestamp(0)), Timestamp(expected * 1000));
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
        ] {
            let due = after_failure(&config(None), &feed(None, failures), Timestamp(0), asked);
            assert_eq!(due, Timestamp(expected * 1000), "{failures} {asked:?}");
        }
    }
}

//! Counts the rules whose evaluation was cut off. The pipeline counts them; the bot tells their subscribers, and
//! `/metrics` the operator.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use parking_lot::Mutex;

use ceasewire_model::{SubscriberId, Timestamp};

const DAY_MILLIS: i64 = 86_400_000;

/// The counts of this process.
#[derive(Debug, Default)]
pub struct CutOffs {
    all: AtomicU64,
    recent: Mutex<RecentCutOffs>,
}

/// The counts of today and yesterday, by UTC, for each subscriber.
#[derive(Debug, Default)]
struct RecentCutOffs {
    day: i64,
    today: HashMap<SubscriberId, u64>,
    yesterday: HashMap<SubscriberId, u64>,
}

impl CutOffs {
    /// Counts rules of unknown subscribers.
    pub fn record(&self, rules: u64) {
        self.all.fetch_add(rules, Ordering::Relaxed);
    }

    /// Counts a rule of each of these subscribers, for one article.
    pub fn record_for(&self, subscribers: &[SubscriberId], now: Timestamp) {
        self.record(subscribers.len() as u64);
        let mut recent = self.recent.lock();
        let day = now.0.div_euclid(DAY_MILLIS);
        if day != recent.day {
            let today = std::mem::take(&mut recent.today);
            recent.yesterday = if day == recent.day + 1 { today } else { HashMap::new() };
            recent.day = day;
        }
        for &subscriber in subscribers {
            *recent.today.entry(subscriber).or_default() += 1;
        }
    }

    /// Returns how often a rule was cut off, since the process started.
    pub fn count(&self) -> u64 {
        self.all.load(Ordering::Relaxed)
    }

    /// Returns how often a rule of a subscriber was cut off since yesterday.
    pub fn count_recent(&self, subscriber: SubscriberId, now: Timestamp) -> u64 {
        let recent = self.recent.lock();
        let count = |of: &HashMap<SubscriberId, u64>| of.get(&subscriber).copied().unwrap_or_default();
        match now.0.div_euclid(DAY_MILLIS) - recent.day {
            0 => count(&recent.today) + count(&recent.yesterday),
            1 => count(&recent.today),
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_is_remembered_for_a_day_or_two() {
        let (cut_offs, one, other) = (CutOffs::default(), SubscriberId::new(), SubscriberId::new());
        let day = |number: i64| Timestamp(number * DAY_MILLIS + 5);
        cut_offs.record(7);
        cut_offs.record_for(&[one, one], day(10));
        cut_offs.record_for(&[one], day(11));
        let recent = [10, 11, 12, 13].map(|number| cut_offs.count_recent(one, day(number)));
        assert_eq!(recent, [0, 3, 1, 0]);
        assert_eq!((cut_offs.count_recent(other, day(11)), cut_offs.count()), (0, 10));
        cut_offs.record_for(&[other], day(20));
        assert_eq!(cut_offs.count_recent(one, day(20)), 0);
    }
}

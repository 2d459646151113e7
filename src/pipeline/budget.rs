//! The budget of a chat's feed: the new articles of one day, and the bytes of their texts. Feeds of the operator have none.

use ceasewire_model::{Feed, FeedOrigin, Timestamp};

use super::Pipeline;
use super::deduplicate::NewEntry;
use crate::store::StoreError;

const DAY_SECS: i64 = 86_400;

impl Pipeline {
    /// Drops the oldest new entries beyond the feed's budget of the last 24 hours, and returns their number. They wait in
    /// the feed: a later poll finds them again.
    pub(super) async fn defer_beyond_budget(
        &self,
        feed: &Feed,
        new: &mut Vec<NewEntry>,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        if feed.origin != FeedOrigin::Chat || new.is_empty() {
            return Ok(0);
        }
        let day_ago = now.plus_secs(-DAY_SECS);
        let (stored, bytes) = self.store.count_feed_articles(feed.id, day_ago).await?;
        let left = usize::try_from(self.gates.chat_articles_a_day.saturating_sub(stored)).unwrap_or(usize::MAX);
        let bytes_left = self.gates.chat_bytes_a_day.saturating_sub(bytes);
        let mut sum = 0;
        let newest_first = new.iter().rev().take(left);
        let fitting = newest_first
            .take_while(|new| {
                sum += new.entry.html.len() as u64;
                sum <= bytes_left
            })
            .count();
        let deferred = new.len() - fitting;
        new.drain(..deferred);
        if deferred > 0 && fitting > 0 {
            tracing::warn!(
                feed.id = %feed.id, feed.outlet = feed.outlet, entries.deferred = deferred,
                "a chat's feed has reached budgets.chat_feeds.max_articles_per_day or max_bytes_per_day; its further \
                 entries wait"
            );
        }
        Ok(deferred)
    }
}

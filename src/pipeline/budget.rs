//! The budget of a chat's feed: the new articles of one day. Feeds of the operator have none.

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
        let most = self.gates.chat_articles_a_day;
        let left = most.saturating_sub(self.store.count_feed_articles(feed.id, now.plus_secs(-DAY_SECS)).await?);
        let deferred = new.len().saturating_sub(usize::try_from(left).unwrap_or(usize::MAX));
        new.drain(..deferred);
        if deferred > 0 && left > 0 {
            tracing::warn!(
                feed.id = %feed.id, feed.outlet = feed.outlet, entries.deferred = deferred, articles.most = most,
                "a chat's feed has reached budgets.chat_feeds.max_articles_per_day; its further entries wait"
            );
        }
        Ok(deferred)
    }
}

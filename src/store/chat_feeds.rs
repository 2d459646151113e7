//! The table `chat_feeds`: the feeds that chats have added.

use sqlx::AssertSqlSafe;

use super::feeds::FeedRow;
use super::literals::CHAT_FEED;
use super::{Store, StoreError, Tx, execute_tx, models, on, on_tx};
use ceasewire_model::{Feed, FeedId, SubscriberId, Timestamp};

impl Store {
    /// The feeds that a subscriber has added, in that order.
    pub async fn list_chat_feeds(&self, subscriber: SubscriberId) -> Result<Vec<Feed>, StoreError> {
        let sql = "
            select f.*
            from feeds f
            join chat_feeds c on c.feed_id = f.id
            where c.subscriber_id = $1
                and f.active
            order by c.created_at, f.url";
        let rows: Vec<FeedRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// The subscribers who have added a feed.
    pub async fn list_feed_subscribers(&self, feed: FeedId) -> Result<Vec<SubscriberId>, StoreError> {
        let sql = "select subscriber_id from chat_feeds where feed_id = $1 order by subscriber_id";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(feed).fetch_all(pool).await)?)
    }

    /// Deletes a feed from a subscriber's list, and a chats' feed without a list with its articles. `false` when it was
    /// not on the list.
    pub async fn delete_chat_feed(&self, subscriber: SubscriberId, feed: FeedId) -> Result<bool, StoreError> {
        let delete = "delete from chat_feeds where subscriber_id = $1 and feed_id = $2";
        let mut tx = self.begin().await?;
        let deleted = execute_tx!(tx, delete, subscriber, feed)?;
        tx.deactivate_orphaned_feeds().await?;
        tx.commit().await?;
        self.erase_unlisted_feeds().await?;
        Ok(deleted > 0)
    }
}

impl Tx {
    /// Puts a feed on a subscriber's list, if it is not on it.
    pub(super) async fn insert_chat_feed(
        &mut self,
        subscriber: SubscriberId,
        feed: FeedId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql = "
            insert into chat_feeds (subscriber_id, feed_id, created_at)
            values ($1, $2, $3)
            on conflict do nothing";
        execute_tx!(self, sql, subscriber, feed, now)?;
        Ok(())
    }

    /// Deactivates the chats' feeds without a list.
    pub(super) async fn deactivate_orphaned_feeds(&mut self) -> Result<(), StoreError> {
        let sql = format!(
            "
            update feeds
            set active = $1
            where active
                and origin = {CHAT_FEED}
                and not exists (select 1 from chat_feeds c where c.feed_id = feeds.id)"
        );
        execute_tx!(self, AssertSqlSafe(sql), false)?;
        Ok(())
    }
}

//! The table `chat_feeds`: which chats have added which feeds.

use super::feeds::FeedRow;
use super::{Store, StoreError, Tx, models, on, within};
use ceasewire_model::{Feed, FeedId, SubscriberId, Timestamp};

impl Store {
    /// The feeds that a subscriber has added, in that order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_chat_feeds(&self, subscriber: SubscriberId) -> Result<Vec<Feed>, StoreError> {
        let sql = "select f.* from feeds f join chat_feeds c on c.feed_id = f.id where c.subscriber_id = $1 and f.active \
             order by c.created_at, f.url";
        let rows: Vec<FeedRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// The subscribers who have added a feed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_feed_subscribers(&self, feed: FeedId) -> Result<Vec<SubscriberId>, StoreError> {
        let sql = "select subscriber_id from chat_feeds where feed_id = $1 order by subscriber_id";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(feed).fetch_all(pool).await)?)
    }

    /// Takes a feed off a subscriber's list; one of chats that nobody has on a list any more rests. `false` when it was
    /// not on the list.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_chat_feed(&self, subscriber: SubscriberId, feed: FeedId) -> Result<bool, StoreError> {
        let delete = "delete from chat_feeds where subscriber_id = $1 and feed_id = $2";
        let mut tx = self.begin().await?;
        let deleted = within!(tx, conn => sqlx::query(delete).bind(subscriber).bind(feed).execute(conn).await
            .map(|done| done.rows_affected()))?;
        tx.rest_orphaned_feeds().await?;
        tx.commit().await?;
        Ok(deleted > 0)
    }
}

impl Tx {
    /// Notes that a subscriber has added a feed; once more is no fault.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn insert_chat_feed(
        &mut self,
        subscriber: SubscriberId,
        feed: FeedId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let sql =
            "insert into chat_feeds (subscriber_id, feed_id, created_at) values ($1, $2, $3) on conflict do nothing";
        within!(self, conn => sqlx::query(sql).bind(subscriber).bind(feed).bind(now).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    /// Lets the feeds of chats rest that no chat has on its list any more.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn rest_orphaned_feeds(&mut self) -> Result<(), StoreError> {
        let sql = "update feeds set active = $1 where active and origin = 'chat' \
             and not exists (select 1 from chat_feeds c where c.feed_id = feeds.id)";
        within!(self, conn => sqlx::query(sql).bind(false).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}

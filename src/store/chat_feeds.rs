//! The table `chat_feeds`: the feeds that chats have added.

use sqlx::AssertSqlSafe;

use super::feeds::{FeedRow, NewFeed};
use super::literals::CHAT_FEED;
use super::{Store, StoreError, Tx, execute_tx, models, on, on_tx};
use ceasewire_model::{Address, Feed, FeedId, SubscriberId, Timestamp};

/// The feeds of a chat, and of all chats; a feed counts once, however many forum topics have it on their lists.
const COUNT: &str = "
    select
        (
            select count(distinct c.feed_id)
            from chat_feeds c
            join subscribers s on s.id = c.subscriber_id
            where s.platform = $1
                and s.chat = $2
        ),
        (select count(distinct feed_id) from chat_feeds)";

/// The bounds of feeds that chats add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChatFeedLimits {
    /// Feeds of one chat, with all its forum topics.
    pub per_chat: i64,
    /// Feeds of all chats together.
    pub in_all: i64,
}

/// The bound that keeps a chat from adding a feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChatFeedRefusal {
    PerChat,
    InAll,
}

impl Store {
    /// Inserts a feed for a chat, and puts it on the list of `subscriber`, within the limits.
    pub async fn insert_feed_of_chat(
        &self,
        new: &NewFeed,
        address: &Address,
        subscriber: SubscriberId,
        limits: ChatFeedLimits,
        now: Timestamp,
    ) -> Result<Result<(), ChatFeedRefusal>, StoreError> {
        let mut tx = self.begin().await?;
        if self.is_shared() {
            // Two nodes must not both count before both insert.
            execute_tx!(tx, "lock table chat_feeds in share row exclusive mode")?;
        }
        let feed = tx.upsert_feed(new, now).await?;
        tx.insert_chat_feed(subscriber, feed.id, now).await?;
        let (of_chat, in_all) = tx.count_chat_feeds(address).await?;
        let refusal = if of_chat > limits.per_chat {
            Some(ChatFeedRefusal::PerChat)
        } else if in_all > limits.in_all {
            Some(ChatFeedRefusal::InAll)
        } else {
            None
        };
        // Without a commit the transaction is undone.
        let Some(refusal) = refusal else { return tx.commit().await.map(Ok) };
        Ok(Err(refusal))
    }

    /// The number of feeds of a chat, with all its forum topics, and of all chats.
    pub async fn count_chat_feeds(&self, address: &Address) -> Result<(i64, i64), StoreError> {
        Ok(on!(&self.readers, pool => {
            let query = sqlx::query_as(COUNT).bind(address.platform).bind(address.chat.as_str());
            query.fetch_one(pool).await
        })?)
    }

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

    /// Lists the feeds of all chats' lists, with their subscribers.
    pub async fn list_all_chat_feeds(&self) -> Result<Vec<(FeedId, SubscriberId)>, StoreError> {
        let sql = "select feed_id, subscriber_id from chat_feeds";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?)
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
    async fn count_chat_feeds(&mut self, address: &Address) -> Result<(i64, i64), StoreError> {
        Ok(on_tx!(self, conn => {
            let query = sqlx::query_as(COUNT).bind(address.platform).bind(address.chat.as_str());
            query.fetch_one(conn).await
        })?)
    }

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

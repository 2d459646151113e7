//! The table `story_mutes`: stories of which a subscriber wants to hear no more.

use sqlx::AssertSqlSafe;

use super::outbox::TAKE;
use super::{Store, StoreError, on, within};
use ceasewire_model::{StoryId, SubscriberId, Timestamp};

impl Store {
    /// Mutes a story for a subscriber: what waits to be told of it is withdrawn, and what was told stays as it is; `false`
    /// when that was so already.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_story_mute(
        &self,
        subscriber: SubscriberId,
        story: StoryId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = "insert into story_mutes (subscriber_id, story_id, created_at) values ($1, $2, $3) \
             on conflict (subscriber_id, story_id) do nothing";
        let withdraw = format!(
            "update deliveries set state = 'cancelled', {TAKE} 0 where subscriber_id = $1 and story_id = $2 \
             and state = 'pending'"
        );
        let keep = "update deliveries set edit_due_at = null \
             where subscriber_id = $1 and story_id = $2 and edit_due_at is not null";
        let mut tx = self.begin().await?;
        let rows = within!(tx, conn => sqlx::query(insert).bind(subscriber).bind(story).bind(now).execute(conn).await
            .map(|done| done.rows_affected()))?;
        for sql in [withdraw.as_str(), keep] {
            within!(tx, conn => sqlx::query(AssertSqlSafe(sql)).bind(subscriber).bind(story).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// Has a subscriber hear of all stories again; returns how many were muted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_story_mutes(&self, subscriber: SubscriberId) -> Result<u64, StoreError> {
        let sql = "delete from story_mutes where subscriber_id = $1";
        Ok(on!(&self.writer, pool => sqlx::query(sql).bind(subscriber).execute(pool).await
            .map(|done| done.rows_affected()))?)
    }

    /// How many stories a subscriber has muted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_story_mutes(&self, subscriber: SubscriberId) -> Result<i64, StoreError> {
        let sql = "select count(*) from story_mutes where subscriber_id = $1";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(subscriber).fetch_one(pool).await)?)
    }
}

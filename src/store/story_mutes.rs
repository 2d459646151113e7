//! The table `story_mutes`: stories that a subscriber has muted.

use sqlx::AssertSqlSafe;

use super::literals::{CANCELLED, PENDING};
use super::outbox::TAKE_OVER;
use super::{Store, StoreError, execute, execute_tx, on, on_tx};
use ceasewire_model::{StoryId, SubscriberId, Timestamp};

impl Store {
    /// Mutes a story for a subscriber: cancels its waiting deliveries and drops edits of its sent ones. `false` when
    /// the story was muted already.
    pub async fn insert_story_mute(
        &self,
        subscriber: SubscriberId,
        story: StoryId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let insert = "
            insert into story_mutes (subscriber_id, story_id, created_at)
            values ($1, $2, $3)
            on conflict (subscriber_id, story_id) do nothing";
        let cancel = format!(
            "
            update deliveries
            set state = {CANCELLED},
                {TAKE_OVER} 0
            where subscriber_id = $1
                and story_id = $2
                and state = {PENDING}"
        );
        let drop_edits = "
            update deliveries
            set edit_due_at = null
            where subscriber_id = $1
                and story_id = $2
                and edit_due_at is not null";
        let mut tx = self.begin().await?;
        let rows = execute_tx!(tx, insert, subscriber, story, now)?;
        execute_tx!(tx, AssertSqlSafe(cancel), subscriber, story)?;
        execute_tx!(tx, drop_edits, subscriber, story)?;
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// Deletes all story mutes of a subscriber, and returns their number.
    pub async fn delete_story_mutes(&self, subscriber: SubscriberId) -> Result<u64, StoreError> {
        Ok(execute!(&self.writer, "delete from story_mutes where subscriber_id = $1", subscriber)?)
    }

    /// Counts the stories that a subscriber has muted.
    pub async fn count_story_mutes(&self, subscriber: SubscriberId) -> Result<i64, StoreError> {
        let sql = "select count(*) from story_mutes where subscriber_id = $1";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(subscriber).fetch_one(pool).await)?)
    }
}

//! The table `rules`: what subscribers asked for. A subscription to a topic is the rule `topic:NAME`.

use super::{Store, StoreError, from_row, on, within};
use crate::model::{Rule, RuleId, SubscriberId, Timestamp};

from_row!(Rule { id, subscriber_id, topic, text });

impl Store {
    /// Inserts a rule; `false` when the subscriber has the very same one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_rule(
        &self,
        subscriber_id: SubscriberId,
        topic: Option<&str>,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "insert into rules (id, subscriber_id, topic, text, created_at) values ($1, $2, $3, $4, $5) \
             on conflict (subscriber_id, text) do nothing";
        let mut tx = self.begin().await?;
        let rows = within!(tx, conn => sqlx::query(sql).bind(RuleId::new()).bind(subscriber_id).bind(topic).bind(text)
            .bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
        if rows == 1 {
            tx.advance_rules_revision().await?;
        }
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// Deletes a rule; `false` when it is not there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_rule(&self, id: RuleId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let sql = "delete from rules where id = $1";
        let rows = within!(tx, conn => sqlx::query(sql).bind(id).execute(conn).await.map(|done| done.rows_affected()))?;
        if rows == 1 {
            tx.advance_rules_revision().await?;
        }
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// A subscriber's rules, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_rules(&self, subscriber_id: SubscriberId) -> Result<Vec<Rule>, StoreError> {
        let sql = "select id, subscriber_id, topic, text from rules where subscriber_id = $1 order by created_at, id";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber_id).fetch_all(pool).await)?)
    }

    /// Every subscriber's rules.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_all_rules(&self) -> Result<Vec<Rule>, StoreError> {
        let sql = "select id, subscriber_id, topic, text from rules";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?)
    }
}

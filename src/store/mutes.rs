//! The table `mutes`: what subscribers do not want to be alerted of.

use super::rule_changes::{Row, Table};
use super::{Store, StoreError, from_row, models, on, within};
use ceasewire_model::{Mute, RuleId, SubscriberId, Timestamp};

from_row!(MuteRow(Mute) { id, subscriber_id, text });

impl Store {
    /// Inserts a mute; `false` when the subscriber has the very same one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_mute(
        &self,
        subscriber_id: SubscriberId,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "insert into mutes (id, subscriber_id, text, created_at) values ($1, $2, $3, $4) \
             on conflict (subscriber_id, text) do nothing";
        let row = Row { id: RuleId::new(), subscriber_id, text: text.to_owned(), attention: None };
        let mut tx = self.begin().await?;
        let rows = within!(tx, conn => sqlx::query(sql).bind(row.id).bind(subscriber_id).bind(text).bind(now)
            .execute(conn).await.map(|done| done.rows_affected()))?;
        if rows == 1 {
            tx.log_rule_changes(&[Table::Mutes.added(row)]).await?;
        }
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// Deletes a mute; `false` when it is not there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_mute(&self, id: RuleId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let was_there = tx.delete_logged(Table::Mutes, id).await?;
        tx.commit().await?;
        Ok(was_there)
    }

    /// A subscriber's mutes, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_mutes(&self, subscriber_id: SubscriberId) -> Result<Vec<Mute>, StoreError> {
        let sql = "select id, subscriber_id, text from mutes where subscriber_id = $1 order by created_at, id";
        let rows: Vec<MuteRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber_id).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Every subscriber's mutes.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_all_mutes(&self) -> Result<Vec<Mute>, StoreError> {
        let sql = "select id, subscriber_id, text from mutes";
        let rows: Vec<MuteRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }
}

//! The table `mutes`: rules whose articles raise no alert for their subscriber.

use sqlx::AssertSqlSafe;

use super::blocked_chats::OF_BLOCKED_CHAT;
use super::literals::RULE_ENDED;
use super::rule_changes::{LoggedRow, LoggedTable};
use super::{Store, StoreError, execute_tx, from_row, models, on, on_tx};
use ceasewire_model::{Mute, RuleId, SubscriberId, Timestamp};

from_row!(MuteRow(Mute) { id, subscriber_id, text, trouble });

impl Store {
    /// Inserts a mute; `false` when the subscriber has the same one.
    pub async fn insert_mute(
        &self,
        subscriber_id: SubscriberId,
        text: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "
            insert into mutes (id, subscriber_id, text, created_at)
            values ($1, $2, $3, $4)
            on conflict (subscriber_id, text) do nothing";
        let row = LoggedRow { id: RuleId::new(), subscriber_id, text: text.to_owned(), attention: None };
        let mut tx = self.begin().await?;
        let rows = execute_tx!(tx, sql, row.id, subscriber_id, text, now)?;
        if rows == 1 {
            tx.log_rule_changes(&[LoggedTable::Mutes.added(row)]).await?;
        }
        tx.commit().await?;
        Ok(rows == 1)
    }

    /// Deletes a mute; `false` when it is not there.
    pub async fn delete_mute(&self, id: RuleId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let deleted = tx.delete_logged(LoggedTable::Mutes, id).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    /// A subscriber's mutes, oldest first.
    pub async fn list_mutes(&self, subscriber_id: SubscriberId) -> Result<Vec<Mute>, StoreError> {
        let sql = "
            select id, subscriber_id, text, trouble
            from mutes
            where subscriber_id = $1
            order by created_at, id";
        let rows: Vec<MuteRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber_id).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Every subscriber's mutes, without the ones of blocked chats and the ones that ended an evaluation.
    pub async fn list_all_mutes(&self) -> Result<Vec<Mute>, StoreError> {
        let sql = format!(
            "
            select id, subscriber_id, text, trouble
            from mutes
            where subscriber_id not in {OF_BLOCKED_CHAT}
                and (trouble is null or trouble <> {RULE_ENDED})"
        );
        let rows: Vec<MuteRow> = on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await)?;
        Ok(models(rows))
    }
}

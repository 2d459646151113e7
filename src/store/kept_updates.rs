//! The table `kept_updates`: the commands in hand, so that the next start knows the one that ended the process, and the
//! updates that waited when a process stopped.

use uuid::Uuid;

use super::{Store, StoreError, execute, execute_tx, from_row, models, on, on_tx};
use ceasewire_model::Timestamp;

/// An update that outlives its process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptUpdate {
    /// The platform's number of the update.
    pub number: i64,
    pub chat: String,
    /// The command in hand; `None` for an update that waited.
    pub command: Option<String>,
    /// The update that waited; `None` for a command in hand.
    pub body: Option<String>,
}

from_row!(KeptUpdateRow(KeptUpdate) { number, chat, command, body });

const INSERT: &str = "
    insert into kept_updates (account, number, holder, chat, command, body, kept_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (account, number) do update
    set holder = excluded.holder,
        chat = excluded.chat,
        command = excluded.command,
        body = excluded.body,
        kept_at = excluded.kept_at";

impl Store {
    /// Keeps updates of the process `holder`, all or none.
    pub async fn keep_updates(
        &self,
        account: &str,
        holder: Uuid,
        updates: &[KeptUpdate],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for KeptUpdate { number, chat, command, body } in updates {
            execute_tx!(tx, INSERT, account, number, holder, chat, command, body, now)?;
        }
        tx.commit().await
    }

    /// Deletes a kept update, once it is handled.
    pub async fn delete_kept_update(&self, account: &str, number: i64) -> Result<(), StoreError> {
        execute!(&self.writer, "delete from kept_updates where account = $1 and number = $2", account, number)?;
        Ok(())
    }

    /// Deletes the updates that other processes than `holder` kept, and returns them by their numbers.
    pub async fn take_kept_updates(&self, account: &str, holder: Uuid) -> Result<Vec<KeptUpdate>, StoreError> {
        let list = "
            select number, chat, command, body
            from kept_updates
            where account = $1
                and holder <> $2
            order by number";
        let delete = "delete from kept_updates where account = $1 and holder <> $2";
        let mut tx = self.begin().await?;
        let rows: Vec<KeptUpdateRow> =
            on_tx!(tx, conn => sqlx::query_as(list).bind(account).bind(holder).fetch_all(conn).await)?;
        execute_tx!(tx, delete, account, holder)?;
        tx.commit().await?;
        Ok(models(rows))
    }
}

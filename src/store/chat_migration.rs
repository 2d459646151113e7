//! Chat migration: a chat gets another id, as when a group becomes a supergroup, and takes its subscribers along.
//!
//! In the statements `$1` is the platform, `$2` the chat's old id and `$3` its new one; `here` is a subscriber at the
//! old id, and `there` its counterpart at the new id, where the chat wrote before the program saw the migration.

use std::fmt::Write;

use sqlx::AssertSqlSafe;

use super::literals::{CANCELLED, PARKED, PENDING};
use super::outbox::TAKE_OVER;
use super::rule_changes::{LoggedChange, LoggedRow, LoggedTable};
use super::subscriber_tables::{OnChatMigration, OnRename, SUBSCRIBER_COLUMNS, SUBSCRIBER_TABLES};
use super::{Store, StoreError, Tx, execute_tx, on_tx};
use ceasewire_model::{Platform, SubscriberId, Timestamp};

/// The addresses of a migration.
#[derive(Clone, Copy, Debug)]
struct Migration<'a> {
    platform: Platform,
    from: &'a str,
    to: &'a str,
}

impl Store {
    /// Moves the subscribers of a chat to the chat's new id, with all their data, in one transaction; a second call
    /// changes nothing. Where the new id already has a subscriber, the rows that it lacks move to it, its unset
    /// settings are filled, and the old subscriber is deleted. The moved subscribers can be reached. Returns those that
    /// could not be reached before, with their forum topic and the time since when.
    pub async fn migrate_chat(
        &self,
        platform: Platform,
        from: &str,
        to: &str,
    ) -> Result<Vec<(SubscriberId, Option<i64>, Timestamp)>, StoreError> {
        if from == to {
            return Ok(Vec::new());
        }
        let migration = Migration { platform, from, to };
        let mut tx = self.begin().await?;
        tx.lock_subscribers(migration).await?;
        let unreachable = tx.list_unreachable(migration).await?;
        tx.forget_messages(migration).await?;
        execute_tx!(tx, AssertSqlSafe(rename_sql()), platform, from, to)?;
        execute_tx!(tx, AssertSqlSafe(merge_sql()), platform, from, to)?;
        let mut changes = tx.migrate_rule_attention(migration).await?;
        for table in SUBSCRIBER_TABLES {
            let OnChatMigration::Move { unless_same } = table.on_chat_migration else { continue };
            let sql = move_sql(table.name, unless_same);
            match LoggedTable::ALL.into_iter().find(|logged| logged.as_str() == table.name) {
                Some(logged) => changes.extend(tx.migrate_logged(migration, logged, &sql).await?),
                None => {
                    execute_tx!(tx, AssertSqlSafe(sql), platform, from, to)?;
                }
            }
        }
        // Only rules of both chats remain at the old id.
        execute_tx!(tx, include_str!("sql/migrate_matches.sql"), platform, from, to)?;
        execute_tx!(tx, "delete from subscribers where platform = $1 and chat = $2", platform, from)?;
        tx.unpark_migrated(migration).await?;
        tx.cancel_paused(migration).await?;
        tx.log_rule_changes(&changes).await?;
        tx.anonymize_rule_changes().await?;
        tx.commit().await?;
        Ok(unreachable)
    }
}

/// Renames the chat of subscribers that have no counterpart at the new id.
fn rename_sql() -> String {
    let mut sql = "update subscribers set chat = $3".to_owned();
    for column in SUBSCRIBER_COLUMNS {
        if let OnRename::Reset(value) = column.on_rename {
            let _ = write!(sql, ", {} = {value}", column.name);
        }
    }
    sql.push_str(
        "
        where platform = $1
            and chat = $2
            and not exists (
                select 1
                from subscribers there
                where there.platform = $1
                    and there.chat = $3
                    and there.thread = subscribers.thread
            )",
    );
    sql
}

/// Fills the unset settings of the counterparts.
fn merge_sql() -> String {
    let assignments = SUBSCRIBER_COLUMNS.iter().filter_map(|column| {
        let value = column.on_merge.value(column.name)?;
        Some(format!("{} = {value}", column.name))
    });
    format!(
        "
        update subscribers as there
        set {}
        from subscribers here
        where here.platform = $1
            and here.chat = $2
            and there.platform = $1
            and there.chat = $3
            and there.thread = here.thread",
        assignments.collect::<Vec<_>>().join(", ")
    )
}

/// Moves a table's rows, unless the counterpart has one with the same values in the columns `unless_same`.
fn move_sql(table: &str, unless_same: &[&str]) -> String {
    let same: Vec<String> = unless_same.iter().map(|column| format!("same.{column} = {table}.{column}")).collect();
    format!(include_str!("sql/migrate_rows.sql"), table = table, same = same.join(" and "))
}

impl Tx {
    /// Locks the subscribers at both ids: a rule inserted meanwhile would move unlogged.
    async fn lock_subscribers(&mut self, migration: Migration<'_>) -> Result<(), StoreError> {
        let Migration { platform, from, to } = migration;
        if self.is_postgres() {
            let sql = "
                select id
                from subscribers
                where platform = $1
                    and chat in ($2, $3)
                order by id
                for update";
            execute_tx!(self, sql, platform, from, to)?;
        }
        Ok(())
    }

    /// The unreachable subscribers at the old id, by the id that they will have, with forum topic and time.
    async fn list_unreachable(
        &mut self,
        migration: Migration<'_>,
    ) -> Result<Vec<(SubscriberId, Option<i64>, Timestamp)>, StoreError> {
        let sql = "
            select coalesce(there.id, here.id), here.thread, here.suspended_at
            from subscribers here
            left join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread
            where here.platform = $1
                and here.chat = $2
                and here.suspended_at is not null
            order by here.thread";
        let Migration { platform, from, to } = migration;
        let rows: Vec<(SubscriberId, i64, Timestamp)> = on_tx!(self, conn => {
            sqlx::query_as(sql).bind(platform).bind(from).bind(to).fetch_all(conn).await
        })?;
        Ok(rows.into_iter().map(|(id, thread, at)| (id, Some(thread).filter(|&thread| thread != 0), at)).collect())
    }

    /// Drops the message ids and edits of the old chat: the new one numbers its messages anew.
    async fn forget_messages(&mut self, migration: Migration<'_>) -> Result<(), StoreError> {
        let sql = "
            update deliveries
            set message = null,
                edit_due_at = null
            where message is not null
                and subscriber_id in (select id from subscribers where platform = $1 and chat = $2)";
        execute_tx!(self, sql, migration.platform, migration.from)?;
        Ok(())
    }

    async fn migrate_rule_attention(&mut self, migration: Migration<'_>) -> Result<Vec<LoggedChange>, StoreError> {
        let sql = include_str!("sql/migrate_rule_attention.sql");
        let Migration { platform, from, to } = migration;
        let rows: Vec<LoggedRow> = on_tx!(self, conn => {
            sqlx::query_as(sql).bind(platform).bind(from).bind(to).fetch_all(conn).await
        })?;
        // The log has insertions and deletions only.
        Ok(rows.into_iter().flat_map(|row| LoggedTable::Rules.replaced(row.clone(), row)).collect())
    }

    /// Moves the rows of a logged table. A row that does not move goes with its old subscriber, so that every row at
    /// the old id is logged as deleted.
    async fn migrate_logged(
        &mut self,
        migration: Migration<'_>,
        table: LoggedTable,
        move_sql: &str,
    ) -> Result<Vec<LoggedChange>, StoreError> {
        let Migration { platform, from, to } = migration;
        let (name, columns) = (table.as_str(), table.columns());
        let list = format!(
            "
            select {columns}
            from {name}
            where subscriber_id in (select id from subscribers where platform = $1 and chat = $2)"
        );
        let move_returning = format!("{move_sql} returning {columns}");
        let left: Vec<LoggedRow> = on_tx!(self, conn => {
            sqlx::query_as(AssertSqlSafe(list)).bind(platform).bind(from).fetch_all(conn).await
        })?;
        let moved: Vec<LoggedRow> = on_tx!(self, conn => {
            let query = sqlx::query_as(AssertSqlSafe(move_returning));
            query.bind(platform).bind(from).bind(to).fetch_all(conn).await
        })?;
        let deleted = left.into_iter().map(|row| table.deleted(row));
        Ok(deleted.chain(moved.into_iter().map(|row| table.added(row))).collect())
    }

    /// Makes parked deliveries due; the dispatcher defers the ones that must wait.
    async fn unpark_migrated(&mut self, migration: Migration<'_>) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set state = {PENDING},
                due_at = case when due_at > created_at then created_at else due_at end
            where state = {PARKED}
                and subscriber_id in (
                    select id
                    from subscribers
                    where platform = $1
                        and chat = $2
                        and suspended_at is null
                )"
        );
        execute_tx!(self, AssertSqlSafe(sql), migration.platform, migration.to)?;
        Ok(())
    }

    /// Cancels the deliveries of a chat that the old one's pause made silent, as the pause did there.
    async fn cancel_paused(&mut self, migration: Migration<'_>) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set state = {CANCELLED},
                {TAKE_OVER} 0
            where state in ({PENDING}, {PARKED})
                and subscriber_id in (
                    select id
                    from subscribers
                    where platform = $1
                        and chat = $2
                        and paused_at is not null
                )"
        );
        execute_tx!(self, AssertSqlSafe(sql), migration.platform, migration.to)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_fills_the_settings_that_the_registry_names() {
        let sql = merge_sql();
        assert!(
            sql.contains("set paused_at = coalesce(there.paused_at, here.paused_at), suspended_at = null, "),
            "{sql}"
        );
        assert!(sql.contains(", hourly_cap = coalesce(there.hourly_cap, here.hourly_cap)\n"), "{sql}");
        assert!(rename_sql().contains("chat = $3, suspended_at = null, blocked_until = 0, next_slot_at = 0\n"));
    }
}

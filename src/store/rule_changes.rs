//! The table `rule_changes`: a log of the insertions and deletions of rules and mutes, numbered by the revision that
//! each made. A process with an index of the rules applies the new changes instead of reading every rule.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::literals::RULE_ENDED;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, execute_tx, from_row, models, on, on_tx, parameters};
use ceasewire_model::attention::RuleAttention;
use ceasewire_model::{RuleChange, RuleId, SubscriberId};

/// Changes that the log keeps. A process further behind reads every rule, which costs little more by then.
const KEPT_CHANGES: i64 = 10_000;
/// Revisions between two prunings of the log.
const PRUNE_EVERY: i64 = 1000;

/// The subscriber of an anonymous change.
const NOBODY: SubscriberId = SubscriberId(Uuid::nil());

from_row!(RuleChangeRow(RuleChange) { revision, id, subscriber_id, text, added, mute, attention });

/// A rule or mute as the log keeps it.
#[derive(Clone, Debug)]
pub(super) struct LoggedRow {
    pub(super) id: RuleId,
    pub(super) subscriber_id: SubscriberId,
    pub(super) text: String,
    /// The subscriber's choice for a rule; a mute has none.
    pub(super) attention: Option<RuleAttention>,
}

from_row!(LoggedRow { id, subscriber_id, text, attention });

/// A table whose changes are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoggedTable {
    Rules,
    Mutes,
}

impl LoggedTable {
    pub(super) const ALL: [Self; 2] = [Self::Rules, Self::Mutes];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Mutes => "mutes",
        }
    }

    /// The columns of a [`LoggedRow`].
    pub(super) fn columns(self) -> &'static str {
        match self {
            Self::Rules => "id, subscriber_id, text, attention",
            Self::Mutes => "id, subscriber_id, text, cast(null as text) as attention",
        }
    }

    pub(super) fn added(self, row: LoggedRow) -> LoggedChange {
        LoggedChange { table: self, added: true, row }
    }

    pub(super) fn deleted(self, row: LoggedRow) -> LoggedChange {
        LoggedChange { table: self, added: false, row }
    }

    /// A deletion that names neither the subscriber nor the text.
    pub(super) fn forgotten(self, id: RuleId) -> LoggedChange {
        let row = LoggedRow { id, subscriber_id: NOBODY, text: String::new(), attention: None };
        self.deleted(row)
    }

    /// A change of a row: the log has deletions and insertions only.
    pub(super) fn replaced(self, old: LoggedRow, new: LoggedRow) -> [LoggedChange; 2] {
        [self.deleted(old), self.added(new)]
    }
}

/// A change on its way into the log.
#[derive(Clone, Debug)]
pub(super) struct LoggedChange {
    table: LoggedTable,
    added: bool,
    row: LoggedRow,
}

impl Store {
    /// The changes of rules and mutes after the revision `after`, in their order; `None` when the log does not reach
    /// back that far, and every rule has to be read. A change may repeat a known rule: a reader that takes the revision
    /// first and then reads every rule has seen the changes between the two.
    pub async fn list_rule_changes(&self, after: i64) -> Result<Option<Vec<RuleChange>>, StoreError> {
        let revision = self.find_rules_revision().await?;
        let sql = "
            select revision, rule_id as id, subscriber_id, text, added, mute, attention
            from rule_changes
            where revision > $1
            order by revision";
        let changes: Vec<RuleChangeRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(after).fetch_all(pool).await)?;
        let changes: Vec<RuleChange> = models(changes);
        let complete = match changes.last() {
            Some(last) => last.revision - after == changes.len() as i64,
            // A reader ahead of the store knows another store: a backup was restored.
            None => revision == after,
        };
        Ok(complete.then_some(changes))
    }
}

impl Tx {
    /// Takes subscriber and text from the changes whose subscriber and rule are both gone. After
    /// [`Tx::log_rule_changes`], whose lock keeps the pruning of these rows waiting.
    pub(super) async fn anonymize_rule_changes(&mut self) -> Result<(), StoreError> {
        let sql = "
            update rule_changes
            set subscriber_id = $1,
                text = '',
                attention = null
            where subscriber_id <> $1
                and not exists (select 1 from subscribers s where s.id = rule_changes.subscriber_id)
                and not exists (select 1 from rules r where r.id = rule_changes.rule_id)
                and not exists (select 1 from mutes m where m.id = rule_changes.rule_id)";
        execute_tx!(self, sql, NOBODY)?;
        Ok(())
    }

    /// The rules and mutes that ended an evaluation: no index gets them again.
    async fn list_ended_rules(&mut self) -> Result<Vec<RuleId>, StoreError> {
        let sql = format!(
            "
            select id
            from rules
            where trouble is not null
                and trouble = {RULE_ENDED}
            union all
            select id
            from mutes
            where trouble is not null
                and trouble = {RULE_ENDED}"
        );
        Ok(on_tx!(self, conn => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(conn).await)?)
    }

    /// Logs changes under new revisions. The last statement of a transaction: other changes of rules wait from here on.
    pub(super) async fn log_rule_changes(&mut self, changes: &[LoggedChange]) -> Result<(), StoreError> {
        let ended = if changes.iter().any(|change| change.added) { self.list_ended_rules().await? } else { Vec::new() };
        let changes: Vec<&LoggedChange> =
            changes.iter().filter(|change| !(change.added && ended.contains(&change.row.id))).collect();
        if changes.is_empty() {
            return Ok(());
        }
        let count = changes.len() as i64;
        let last = self.advance_rules_revision(count).await?;
        self.notify_rules().await?;
        let before = last - count;
        let mut revision = before;
        for chunk in changes.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                insert into rule_changes (revision, rule_id, subscriber_id, text, added, mute, attention)
                values {}",
                parameters(1, chunk.len(), 7)
            );
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for LoggedChange { table, added, row } in chunk {
                    revision += 1;
                    query = query
                        .bind(revision)
                        .bind(row.id)
                        .bind(row.subscriber_id)
                        .bind(&row.text)
                        .bind(*added)
                        .bind(*table == LoggedTable::Mutes)
                        .bind(row.attention);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        if last / PRUNE_EVERY > before / PRUNE_EVERY {
            execute_tx!(self, "delete from rule_changes where revision <= $1", last - KEPT_CHANGES)?;
        }
        Ok(())
    }
}

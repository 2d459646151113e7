//! The table `rule_changes`: each insertion and deletion of a rule or a mute, numbered by the revision that it made, so that
//! a process that holds an index of them applies what is new instead of reading everything.

use sqlx::AssertSqlSafe;

use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, models, on, parameters, within};
use ceasewire_model::attention::Attention;
use ceasewire_model::{RuleChange, RuleId, SubscriberId};

/// Changes that are kept: a process that is further behind reads everything, which is not much more by then.
const KEPT: i64 = 10_000;
/// Revisions after which those beyond are dropped again.
const PRUNE_EVERY: i64 = 1000;

from_row!(RuleChangeRow(RuleChange) { revision, id, subscriber_id, text, added, mute, attention });

/// A row of either table whose changes are logged.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: RuleId,
    pub(super) subscriber_id: SubscriberId,
    pub(super) text: String,
    /// What a rule's subscriber has said of it; a mute has none.
    pub(super) attention: Option<Attention>,
}

from_row!(Row { id, subscriber_id, text, attention });

/// The tables whose changes are logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Rules,
    Mutes,
}

impl Table {
    pub(super) const ALL: [Self; 2] = [Self::Rules, Self::Mutes];

    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Mutes => "mutes",
        }
    }

    /// The columns that make a [`Row`].
    pub(super) fn columns(self) -> &'static str {
        match self {
            Self::Rules => "id, subscriber_id, text, attention",
            Self::Mutes => "id, subscriber_id, text, cast(null as text) as attention",
        }
    }

    pub(super) fn added(self, row: Row) -> Change {
        Change { table: self, added: true, row }
    }

    pub(super) fn deleted(self, row: Row) -> Change {
        Change { table: self, added: false, row }
    }
}

/// A change on its way into the log.
#[derive(Clone, Debug)]
pub(super) struct Change {
    table: Table,
    added: bool,
    row: Row,
}

impl Store {
    /// The changes of rules and mutes after the revision `after`, in their order; `None` when the log does not reach back
    /// that far, and everything has to be read. A change may be applied to what already holds it: whoever reads the
    /// revision first and everything then has read what came between them.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_rule_changes(&self, after: i64) -> Result<Option<Vec<RuleChange>>, StoreError> {
        let revision = self.find_rules_revision().await?;
        let sql = "select revision, rule_id as id, subscriber_id, text, added, mute, attention from rule_changes where revision > $1 \
             order by revision";
        let changes: Vec<RuleChangeRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(after).fetch_all(pool).await)?;
        let changes: Vec<RuleChange> = models(changes);
        let whole = match changes.first() {
            Some(first) => first.revision == after + 1,
            // A reader ahead of the store has seen another one: a backup was put back.
            None => revision == after,
        };
        Ok(whole.then_some(changes))
    }
}

impl Tx {
    /// Logs changes under new revisions. Last of all in a transaction: everyone who changes rules waits from here on.
    pub(super) async fn log_rule_changes(&mut self, changes: &[Change]) -> Result<(), StoreError> {
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
                "insert into rule_changes (revision, rule_id, subscriber_id, text, added, mute, attention) values {}",
                parameters(1, chunk.len(), 7)
            );
            within!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for Change { table, added, row } in chunk {
                    revision += 1;
                    query = query.bind(revision).bind(row.id).bind(row.subscriber_id).bind(&row.text).bind(*added)
                        .bind(*table == Table::Mutes).bind(row.attention);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        if last / PRUNE_EVERY > before / PRUNE_EVERY {
            let sql = "delete from rule_changes where revision <= $1";
            within!(self, conn => sqlx::query(sql).bind(last - KEPT).execute(conn).await.map(|_| ()))?;
        }
        Ok(())
    }
}

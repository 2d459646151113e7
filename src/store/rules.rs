//! The table `rules`: what subscribers asked for. A subscription to a topic is the rule `topic:NAME`.

use sqlx::AssertSqlSafe;

use super::rule_changes::{Row, Table};
use super::{Store, StoreError, Tx, from_row, models, on, within};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Rule, RuleId, SubscriberId, Timestamp};

from_row!(RuleRow(Rule) { id, subscriber_id, topic, text, attention });

impl Store {
    /// Inserts a rule and returns its id; `None` when the subscriber has the very same one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_rule(
        &self,
        subscriber_id: SubscriberId,
        topic: Option<&str>,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<RuleId>, StoreError> {
        let sql = "insert into rules (id, subscriber_id, topic, text, created_at) values ($1, $2, $3, $4, $5) \
             on conflict (subscriber_id, text) do nothing";
        let row = Row { id: RuleId::new(), subscriber_id, text: text.to_owned(), attention: None };
        let id = row.id;
        let mut tx = self.begin().await?;
        let rows = within!(tx, conn => sqlx::query(sql).bind(id).bind(subscriber_id).bind(topic).bind(text)
            .bind(now).execute(conn).await.map(|done| done.rows_affected()))?;
        if rows == 1 {
            tx.log_rule_changes(&[Table::Rules.added(row)]).await?;
        }
        tx.commit().await?;
        Ok((rows == 1).then_some(id))
    }

    /// Deletes a rule; `false` when it is not there. What waits to be told only because of it is withdrawn.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_rule(&self, id: RuleId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // What it has found goes with it. Alerts before rules: whoever commits an article takes its locks in that order too.
        tx.withdraw_found_by(id).await?;
        let was_there = tx.delete_logged(Table::Rules, id).await?;
        tx.commit().await?;
        Ok(was_there)
    }

    /// Gives a rule another text in its place among the subscriber's; `false` when it is not there, or when another rule
    /// of the subscriber's reads so already.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn replace_rule(&self, rule: &Rule, topic: Option<&str>, text: &str) -> Result<bool, StoreError> {
        let sql = "update rules set topic = $2, text = $3 where id = $1 and text = $4 and not exists (select 1 from rules \
             same where same.subscriber_id = rules.subscriber_id and same.text = $3 and same.id <> rules.id) \
             returning id, subscriber_id, text, attention";
        let mut tx = self.begin().await?;
        let row: Option<Row> = within!(tx, conn => sqlx::query_as(sql).bind(rule.id).bind(topic).bind(text)
            .bind(&rule.text).fetch_optional(conn).await)?;
        let was_there = row.is_some();
        if let Some(row) = row {
            let old = Row { text: rule.text.clone(), ..row.clone() };
            tx.log_rule_changes(&[Table::Rules.deleted(old), Table::Rules.added(row)]).await?;
        }
        tx.commit().await?;
        Ok(was_there)
    }

    /// Sets how urgent what a rule finds is; `None`: what its topic and its chat make of it. `false` when the rule is not
    /// there.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_rule_attention(&self, id: RuleId, attention: Option<Attention>) -> Result<bool, StoreError> {
        let sql = "update rules set attention = $2 where id = $1 returning id, subscriber_id, text, attention";
        let mut tx = self.begin().await?;
        let row: Option<Row> =
            within!(tx, conn => sqlx::query_as(sql).bind(id).bind(attention).fetch_optional(conn).await)?;
        let was_there = row.is_some();
        if let Some(row) = row {
            // Whoever follows the log knows rules that come and go.
            tx.log_rule_changes(&[Table::Rules.deleted(row.clone()), Table::Rules.added(row)]).await?;
        }
        tx.commit().await?;
        Ok(was_there)
    }

    /// A subscriber's rules, oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_rules(&self, subscriber_id: SubscriberId) -> Result<Vec<Rule>, StoreError> {
        let sql = "select id, subscriber_id, topic, text, attention from rules where subscriber_id = $1 order by created_at, id";
        let rows: Vec<RuleRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber_id).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Every subscriber's rules.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_all_rules(&self) -> Result<Vec<Rule>, StoreError> {
        let sql = "select id, subscriber_id, topic, text, attention from rules";
        let rows: Vec<RuleRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }
}

impl Tx {
    /// Deletes a row of one of the tables whose changes are logged, and logs that; `false` when it is not there.
    pub(super) async fn delete_logged(&mut self, table: Table, id: RuleId) -> Result<bool, StoreError> {
        let sql = format!("delete from {} where id = $1 returning {}", table.as_str(), table.columns());
        let row: Option<Row> =
            within!(self, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?;
        let was_there = row.is_some();
        if let Some(row) = row {
            self.log_rule_changes(&[table.deleted(row)]).await?;
        }
        Ok(was_there)
    }
}

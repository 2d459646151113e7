//! The table `rules`: subscribers' filters and subscriptions. A subscription to a topic is the rule `topic:NAME`.

use sqlx::AssertSqlSafe;

use super::blocked_chats::OF_BLOCKED_CHAT;
use super::literals::RULE_ENDED;
use super::rule_changes::{LoggedRow, LoggedTable};
use super::{Store, StoreError, Tx, execute_tx, from_row, models, on, on_tx};
use ceasewire_model::attention::RuleAttention;
use ceasewire_model::{Address, Rule, RuleId, SubscriberId, Timestamp};

from_row!(RuleRow(Rule) { id, subscriber_id, topic, text, attention, trouble });

impl Store {
    /// Inserts a rule and returns its id; `None` when the subscriber has the same one.
    pub async fn insert_rule(
        &self,
        subscriber_id: SubscriberId,
        topic: Option<&str>,
        text: &str,
        now: Timestamp,
    ) -> Result<Option<RuleId>, StoreError> {
        let sql = "
            insert into rules (id, subscriber_id, topic, text, created_at)
            values ($1, $2, $3, $4, $5)
            on conflict (subscriber_id, text) do nothing";
        let row = LoggedRow { id: RuleId::new(), subscriber_id, text: text.to_owned(), attention: None };
        let id = row.id;
        let mut tx = self.begin().await?;
        let rows = execute_tx!(tx, sql, id, subscriber_id, topic, text, now)?;
        if rows == 1 {
            tx.log_rule_changes(&[LoggedTable::Rules.added(row)]).await?;
        }
        tx.commit().await?;
        Ok((rows == 1).then_some(id))
    }

    /// Deletes a rule and cancels the deliveries that wait only because of it; `false` when the rule is not there.
    pub async fn delete_rule(&self, id: RuleId) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        // Before the rule's matches go with it. Deliveries before rules: the commit of an article locks in that order
        // too.
        tx.cancel_found_by_rule(id).await?;
        let deleted = tx.delete_logged(LoggedTable::Rules, id).await?;
        tx.commit().await?;
        Ok(deleted)
    }

    /// Gives a rule another text in its place among the subscriber's; `false` when it is not there, or when the
    /// subscriber has another rule with that text.
    pub async fn replace_rule(&self, rule: &Rule, topic: Option<&str>, text: &str) -> Result<bool, StoreError> {
        let sql = "
            update rules
            set topic = $2,
                text = $3,
                trouble = null,
                notice_due = $5
            where id = $1
                and text = $4
                and not exists (
                    select 1
                    from rules same
                    where same.subscriber_id = rules.subscriber_id
                        and same.text = $3
                        and same.id <> rules.id
                )
            returning id, subscriber_id, text, attention";
        let mut tx = self.begin().await?;
        let new: Option<LoggedRow> = on_tx!(tx, conn => {
            let query = sqlx::query_as(sql).bind(rule.id).bind(topic).bind(text).bind(&rule.text).bind(false);
            query.fetch_optional(conn).await
        })?;
        let replaced = new.is_some();
        if let Some(new) = new {
            let old = LoggedRow { text: rule.text.clone(), ..new.clone() };
            tx.log_rule_changes(&LoggedTable::Rules.replaced(old, new)).await?;
        }
        tx.commit().await?;
        Ok(replaced)
    }

    /// Sets the attention of a rule; `None`: that of its topic, else of its chat. `false` when the rule is not there.
    pub async fn record_rule_attention(
        &self,
        id: RuleId,
        attention: Option<RuleAttention>,
    ) -> Result<bool, StoreError> {
        let sql = "update rules set attention = $2 where id = $1 returning id, subscriber_id, text, attention";
        let mut tx = self.begin().await?;
        let row: Option<LoggedRow> =
            on_tx!(tx, conn => sqlx::query_as(sql).bind(id).bind(attention).fetch_optional(conn).await)?;
        let found = row.is_some();
        if let Some(row) = row {
            tx.log_rule_changes(&LoggedTable::Rules.replaced(row.clone(), row)).await?;
        }
        tx.commit().await?;
        Ok(found)
    }

    /// A subscriber's rules, oldest first.
    pub async fn list_rules(&self, subscriber_id: SubscriberId) -> Result<Vec<Rule>, StoreError> {
        let sql = "
            select id, subscriber_id, topic, text, attention, trouble
            from rules
            where subscriber_id = $1
            order by created_at, id";
        let rows: Vec<RuleRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber_id).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// The texts of a chat's rules and mutes that may have regular expressions, in all its forum topics.
    pub async fn list_chat_pattern_rules(&self, chat: &Address) -> Result<Vec<String>, StoreError> {
        let sql = "
            select r.text
            from rules r
            join subscribers s on s.id = r.subscriber_id
            where s.platform = $1
                and s.chat = $2
                and r.text like '%/%'
            union all
            select m.text
            from mutes m
            join subscribers s on s.id = m.subscriber_id
            where s.platform = $1
                and s.chat = $2
                and m.text like '%/%'";
        let Address { platform, chat, .. } = chat;
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(*platform).bind(chat).fetch_all(pool).await)?)
    }

    /// Every subscriber's rules, without the ones of blocked chats and the ones that ended an evaluation.
    pub async fn list_all_rules(&self) -> Result<Vec<Rule>, StoreError> {
        let sql = format!(
            "
            select id, subscriber_id, topic, text, attention, trouble
            from rules
            where subscriber_id not in {OF_BLOCKED_CHAT}
                and (trouble is null or trouble <> {RULE_ENDED})"
        );
        let rows: Vec<RuleRow> = on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await)?;
        Ok(models(rows))
    }
}

impl Tx {
    /// Deletes a row of a logged table, and logs the deletion; `false` when the row is not there.
    pub(super) async fn delete_logged(&mut self, table: LoggedTable, id: RuleId) -> Result<bool, StoreError> {
        let sql = format!("delete from {} where id = $1 returning {}", table.as_str(), table.columns());
        let row: Option<LoggedRow> =
            on_tx!(self, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await)?;
        let deleted = row.is_some();
        if let Some(row) = row {
            self.log_rule_changes(&[table.deleted(row)]).await?;
        }
        Ok(deleted)
    }
}

//! Rules that the program cannot use: their trouble in `rules` and `mutes`, the notices that their chats are due, and
//! the table `rules_in_hand`, whose rows name the rule that a process died of, or the rules that it was compiling.

use std::collections::BTreeMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::rule_changes::{LoggedRow, LoggedTable};
use super::{Store, StoreError, execute, execute_tx, from_row, on, on_tx};
use ceasewire_model::{Address, Platform, RuleId, RuleTrouble, Timestamp};

/// Seconds until another node's mark belongs to a dead process: an evaluation takes less than one.
const HELD_SECS: i64 = 600;
/// Seconds until another node's mark of a compilation belongs to a dead process: each part writes it anew.
const COMPILED_SECS: i64 = 60;
/// The mark of a process that compiles rules; it stands for no rule.
const COMPILES: Uuid = Uuid::nil();

/// A notice that a chat is due: its rule matches nothing from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleNotice {
    pub to: Address,
    pub rule: String,
    pub trouble: RuleTrouble,
}

/// Rules that a process was compiling when it died.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnfinishedCompilation {
    pub compiler: Uuid,
    /// The first and the last one in the order of their ids; `None` for all rules.
    pub range: Option<(RuleId, RuleId)>,
}

#[derive(Debug)]
struct RuleNoticeRow {
    chat: String,
    thread: Option<i64>,
    rule: String,
    trouble: RuleTrouble,
}

from_row!(RuleNoticeRow { chat, thread, rule, trouble });

impl Store {
    /// Records the trouble of rules and mutes, and of all that have the same texts; their chats are due a notice. A
    /// rule that ended an evaluation leaves every index.
    pub async fn record_rule_trouble(&self, ids: &[RuleId], trouble: RuleTrouble) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let mut changes = Vec::new();
        for id in ids {
            let find = "select text from rules where id = $1 union all select text from mutes where id = $1";
            let text: Option<String> =
                on_tx!(tx, conn => sqlx::query_scalar(find).bind(*id).fetch_optional(conn).await)?;
            let Some(text) = text else { continue };
            for table in LoggedTable::ALL {
                let sql = format!(
                    "
                    update {}
                    set trouble = $2,
                        notice_due = $3
                    where text = $1
                        and (trouble is null or trouble <> $2)
                    returning {}",
                    table.as_str(),
                    table.columns()
                );
                let rows: Vec<LoggedRow> = on_tx!(tx, conn => {
                    sqlx::query_as(AssertSqlSafe(sql)).bind(&text).bind(trouble).bind(true).fetch_all(conn).await
                })?;
                if trouble == RuleTrouble::Ended {
                    changes.extend(rows.into_iter().map(|row| table.deleted(row)));
                }
            }
        }
        tx.log_rule_changes(&changes).await?;
        tx.commit().await
    }

    /// Takes the notices that the chats of a platform are due.
    pub async fn take_rule_notices(&self, platform: Platform) -> Result<Vec<RuleNotice>, StoreError> {
        let due = "
            select s.chat, s.thread, r.text as rule, r.trouble
            from rules r
            join subscribers s on s.id = r.subscriber_id
            where r.notice_due
                and r.trouble is not null
                and s.platform = $1
            union all
            select s.chat, s.thread, m.text as rule, m.trouble
            from mutes m
            join subscribers s on s.id = m.subscriber_id
            where m.notice_due
                and m.trouble is not null
                and s.platform = $1";
        let rows: Vec<RuleNoticeRow> =
            on!(&self.readers, pool => sqlx::query_as(due).bind(platform).fetch_all(pool).await)?;
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        let rows: Vec<RuleNoticeRow> = on_tx!(tx, conn => sqlx::query_as(due).bind(platform).fetch_all(conn).await)?;
        for table in LoggedTable::ALL {
            let sql = format!(
                "
                update {}
                set notice_due = $2
                where notice_due
                    and trouble is not null
                    and subscriber_id in (select id from subscribers where platform = $1)",
                table.as_str()
            );
            execute_tx!(tx, AssertSqlSafe(sql), platform, false)?;
        }
        tx.commit().await?;
        let notice = |RuleNoticeRow { chat, thread, rule, trouble }| RuleNotice {
            to: Address { platform, chat, thread },
            rule,
            trouble,
        };
        Ok(rows.into_iter().map(notice).collect())
    }

    /// Marks that the process `holder` evaluates a rule.
    pub async fn mark_rule_in_hand(&self, rule: RuleId, holder: Uuid, now: Timestamp) -> Result<(), StoreError> {
        let sql = "
            insert into rules_in_hand (rule_id, holder, since)
            values ($1, $2, $3)
            on conflict (rule_id, holder) do update set since = excluded.since";
        execute!(&self.writer, sql, rule, holder, now)?;
        Ok(())
    }

    /// Clears a mark of [`Store::mark_rule_in_hand`].
    pub async fn clear_rule_in_hand(&self, rule: RuleId, holder: Uuid) -> Result<(), StoreError> {
        execute!(&self.writer, "delete from rules_in_hand where rule_id = $1 and holder = $2", rule, holder)?;
        Ok(())
    }

    /// Takes the marks that dead processes left behind.
    pub async fn take_rules_left_in_hand(&self, holder: Uuid, now: Timestamp) -> Result<Vec<RuleId>, StoreError> {
        // No other process uses a SQLite store.
        let since = if self.is_shared() { now.plus_secs(-HELD_SECS) } else { Timestamp(i64::MAX) };
        let list = "
            select rule_id
            from rules_in_hand
            where holder <> $1
                and since <= $2
                and holder not in (select holder from rules_in_hand where rule_id = $3)";
        let left: Vec<RuleId> = on!(&self.readers, pool => {
            sqlx::query_scalar(list).bind(holder).bind(since).bind(COMPILES).fetch_all(pool).await
        })?;
        if !left.is_empty() {
            let delete = "
                delete from rules_in_hand
                where holder <> $1
                    and since <= $2
                    and holder not in (select holder from rules_in_hand where rule_id = $3)";
            execute!(&self.writer, delete, holder, since, COMPILES)?;
        }
        Ok(left)
    }

    /// Marks that a process compiles all rules, or those of a range. The mark replaces the compiler's last one and
    /// those of the `dead` compilers in one step, so that a death at any moment leaves a mark.
    pub async fn mark_compilation(
        &self,
        compiler: Uuid,
        range: Option<(RuleId, RuleId)>,
        dead: &[UnfinishedCompilation],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        for old in dead.iter().map(|dead| dead.compiler).chain([compiler]) {
            execute_tx!(tx, "delete from rules_in_hand where holder = $1", old)?;
        }
        let insert = "
            insert into rules_in_hand (rule_id, holder, since)
            values ($1, $2, $3)
            on conflict (rule_id, holder) do nothing";
        execute_tx!(tx, insert, COMPILES, compiler, now)?;
        for rule in range.into_iter().flat_map(|(first, last)| [first, last]) {
            execute_tx!(tx, insert, rule, compiler, now)?;
        }
        tx.commit().await
    }

    /// Clears the mark of a compiler.
    pub async fn clear_compilation(&self, compiler: Uuid) -> Result<(), StoreError> {
        execute!(&self.writer, "delete from rules_in_hand where holder = $1", compiler)?;
        Ok(())
    }

    /// Lists the compilations that dead processes left behind.
    pub async fn list_unfinished_compilations(&self, now: Timestamp) -> Result<Vec<UnfinishedCompilation>, StoreError> {
        let since = if self.is_shared() { now.plus_secs(-COMPILED_SECS) } else { Timestamp(i64::MAX) };
        let list = "
            select holder, rule_id
            from rules_in_hand
            where holder in (select holder from rules_in_hand where rule_id = $1 and since <= $2)";
        let rows: Vec<(Uuid, Uuid)> =
            on!(&self.readers, pool => sqlx::query_as(list).bind(COMPILES).bind(since).fetch_all(pool).await)?;
        let mut left: BTreeMap<Uuid, Vec<RuleId>> = BTreeMap::new();
        for (compiler, rule) in rows {
            let rules = left.entry(compiler).or_default();
            rules.extend((rule != COMPILES).then_some(RuleId(rule)));
        }
        let unfinished = left.into_iter().map(|(compiler, rules)| {
            let range = rules.iter().min().copied().zip(rules.iter().max().copied());
            UnfinishedCompilation { compiler, range }
        });
        Ok(unfinished.collect())
    }
}

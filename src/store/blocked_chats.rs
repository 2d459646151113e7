//! The table `blocked_chats`: chats that the operator has blocked, and the state of all chats for the operator.

use std::collections::HashSet;

use sqlx::AssertSqlSafe;

use super::literals::{CHAT_FEED, PARKED, PENDING};
use super::outbox::TAKE_OVER;
use super::rule_changes::{LoggedRow, LoggedTable};
use super::{Store, StoreError, Tx, execute_tx, from_row, models, on, on_tx};
use ceasewire_model::{Platform, Timestamp};

/// A subscriber of a blocked chat. The rules of those are in no index.
pub(super) const OF_BLOCKED_CHAT: &str = "(
    select s.id
    from subscribers s
    join blocked_chats b on b.platform = s.platform and b.chat = s.chat
)";

/// A chat as the operator sees it, with the sums over its forum topics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChatSummary {
    pub platform: Platform,
    pub chat: String,
    pub rules: i64,
    pub mutes: i64,
    pub feeds: i64,
    /// Since when the operator blocks it.
    pub blocked_at: Option<Timestamp>,
}

from_row!(ChatSummaryRow(ChatSummary) { platform, chat, rules, mutes, feeds, blocked_at });

impl Store {
    /// Blocks a chat: takes its rules and mutes from every index, parks its deliveries, and rests the feeds that no
    /// other chat lists. `false` when it is blocked already.
    pub async fn block_chat(&self, platform: Platform, chat: &str, now: Timestamp) -> Result<bool, StoreError> {
        let insert = "
            insert into blocked_chats (platform, chat, blocked_at)
            values ($1, $2, $3)
            on conflict (platform, chat) do nothing";
        let suspend = "
            update subscribers
            set suspended_at = coalesce(suspended_at, $3)
            where platform = $1
                and chat = $2";
        let park = format!(
            "
            update deliveries
            set state = {PARKED},
                {TAKE_OVER} 0
            where state = {PENDING}
                and subscriber_id in (select id from subscribers where platform = $1 and chat = $2)"
        );
        let rest = format!(
            "
            update feeds
            set active = $1
            where active
                and origin = {CHAT_FEED}
                and exists (
                    select 1
                    from chat_feeds c
                    where c.feed_id = feeds.id
                )
                and not exists (
                    select 1
                    from chat_feeds c
                    where c.feed_id = feeds.id
                        and c.subscriber_id not in {OF_BLOCKED_CHAT}
                )"
        );
        let mut tx = self.begin().await?;
        if execute_tx!(tx, insert, platform, chat, now)? == 0 {
            return Ok(false);
        }
        execute_tx!(tx, suspend, platform, chat, now)?;
        execute_tx!(tx, AssertSqlSafe(park), platform, chat)?;
        execute_tx!(tx, AssertSqlSafe(rest), false)?;
        tx.log_rules_of_chat(platform, chat, false).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Ends the block of a chat: its rules, feeds and deliveries go on. `false` when it is not blocked.
    pub async fn unblock_chat(&self, platform: Platform, chat: &str) -> Result<bool, StoreError> {
        let wake = format!(
            "
            update feeds
            set active = $3
            where not active
                and origin = {CHAT_FEED}
                and exists (
                    select 1
                    from chat_feeds c
                    join subscribers s on s.id = c.subscriber_id
                    where c.feed_id = feeds.id
                        and s.platform = $1
                        and s.chat = $2
                )"
        );
        let mut tx = self.begin().await?;
        if execute_tx!(tx, "delete from blocked_chats where platform = $1 and chat = $2", platform, chat)? == 0 {
            return Ok(false);
        }
        execute_tx!(tx, AssertSqlSafe(wake), platform, chat, true)?;
        tx.log_rules_of_chat(platform, chat, true).await?;
        tx.commit().await?;
        // A chat that cannot be reached is suspended again by its next message.
        self.record_chat_suspended(platform, chat, None).await?;
        Ok(true)
    }

    /// Lists the blocked chats of a platform.
    pub async fn list_blocked_chats(&self, platform: Platform) -> Result<HashSet<String>, StoreError> {
        let sql = "select chat from blocked_chats where platform = $1";
        let chats: Vec<String> =
            on!(&self.readers, pool => sqlx::query_scalar(sql).bind(platform).fetch_all(pool).await)?;
        Ok(chats.into_iter().collect())
    }

    /// Lists all chats that subscribe or are blocked.
    pub async fn list_chats(&self) -> Result<Vec<ChatSummary>, StoreError> {
        let sql = include_str!("sql/list_chats.sql");
        let rows: Vec<ChatSummaryRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }
}

impl Tx {
    /// Logs the rules and mutes of a chat as added or as deleted, so that every index follows.
    async fn log_rules_of_chat(&mut self, platform: Platform, chat: &str, added: bool) -> Result<(), StoreError> {
        let mut changes = Vec::new();
        for table in LoggedTable::ALL {
            let sql = format!(
                "
                select {}
                from {}
                where subscriber_id in (select id from subscribers where platform = $1 and chat = $2)
                order by id",
                table.columns(),
                table.as_str()
            );
            let rows: Vec<LoggedRow> = on_tx!(self, conn => {
                sqlx::query_as(AssertSqlSafe(sql)).bind(platform).bind(chat).fetch_all(conn).await
            })?;
            changes.extend(rows.into_iter().map(|row| if added { table.added(row) } else { table.deleted(row) }));
        }
        self.log_rule_changes(&changes).await
    }
}

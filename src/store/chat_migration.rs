//! Chats that get another id, as a group does that becomes a supergroup: all that is theirs goes along.
//!
//! In every statement `$1` is the platform, `$2` the chat's old id and `$3` its new one. Who is at the old id is `here`; where
//! there is somebody at the new one already, since it was written to there before it was known for the same chat, that one
//! is `there`.

use sqlx::AssertSqlSafe;

use super::rule_changes::{Row, Table};
use super::{Store, StoreError, within};
use ceasewire_model::{Platform, SubscriberId, Timestamp};

/// Who cannot be reached here, as it will be known afterwards.
const AWAY: &str = "select coalesce(there.id, here.id), here.thread, here.suspended_at from subscribers here \
     left join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread \
     where here.platform = $1 and here.chat = $2 and here.suspended_at is not null order by here.thread";
/// What the platform wanted of the old chat it did not want of the new one; and that one can be reached.
const RENAME: &str = "update subscribers set chat = $3, suspended_at = null, blocked_until = 0, next_slot_at = 0 \
     where platform = $1 and chat = $2 and not exists (select 1 from subscribers taken where taken.platform = $1 \
     and taken.chat = $3 and taken.thread = subscribers.thread)";
/// What was said there counts. What still is as it is for everybody was not said.
const SETTINGS: &str = "update subscribers set suspended_at = null, paused_at = coalesce(subscribers.paused_at, here.paused_at), \
     reminders = (subscribers.reminders or here.reminders), loud_updates = (subscribers.loud_updates or here.loud_updates), \
     time_zone = coalesce(subscribers.time_zone, here.time_zone), \
     quiet_from = coalesce(subscribers.quiet_from, here.quiet_from), \
     quiet_until = coalesce(subscribers.quiet_until, here.quiet_until), \
     quiet_lets_urgent = case when subscribers.quiet_from is null then here.quiet_lets_urgent \
     else subscribers.quiet_lets_urgent end, \
     digest = case when subscribers.digest = 'off' then here.digest else subscribers.digest end, \
     digest_minute = case when subscribers.digest = 'off' then here.digest_minute else subscribers.digest_minute end, \
     hourly_cap = coalesce(subscribers.hourly_cap, here.hourly_cap) \
     from subscribers here where here.platform = $1 and here.chat = $2 and subscribers.platform = $1 \
     and subscribers.chat = $3 and subscribers.thread = here.thread";
/// How urgent a rule is that both have.
const ATTENTION: &str = "update rules set attention = mine.attention from rules mine \
     join subscribers here on here.id = mine.subscriber_id join subscribers there on there.platform = $1 \
     and there.chat = $3 and there.thread = here.thread where here.platform = $1 and here.chat = $2 \
     and rules.subscriber_id = there.id and rules.text = mine.text and rules.attention is null \
     and mine.attention is not null returning rules.id, rules.subscriber_id, rules.text, rules.attention";
/// What a rule found that both have.
const MATCHES: &str = "insert into matches (article_id, rule_id, created_at, muted) \
     select found.article_id, theirs.id, found.created_at, found.muted from matches found \
     join rules mine on mine.id = found.rule_id join subscribers here on here.id = mine.subscriber_id \
     join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread \
     join rules theirs on theirs.subscriber_id = there.id and theirs.text = mine.text \
     where here.platform = $1 and here.chat = $2 on conflict (article_id, rule_id) do nothing";
const DELIVERIES: &str = "update deliveries set subscriber_id = (select there.id from subscribers here join subscribers \
     there on there.platform = $1 and there.chat = $3 and there.thread = here.thread \
     where here.id = deliveries.subscriber_id) \
     where subscriber_id in (select id from subscribers where platform = $1 and chat = $2) and not exists \
     (select 1 from deliveries same join subscribers there on there.id = same.subscriber_id where there.platform = $1 \
     and there.chat = $3 and same.subject = deliveries.subject and same.kind = deliveries.kind \
     and same.number = deliveries.number and there.thread = (select thread from subscribers \
     here where here.id = deliveries.subscriber_id))";
const FEEDS: &str = "update chat_feeds set subscriber_id = (select there.id from subscribers here \
     join subscribers there on there.platform = $1 and there.chat = $3 and there.thread = here.thread \
     where here.id = chat_feeds.subscriber_id) \
     where subscriber_id in (select id from subscribers where platform = $1 and chat = $2) and not exists \
     (select 1 from chat_feeds same join subscribers there on there.id = same.subscriber_id where there.platform = $1 \
     and there.chat = $3 and same.feed_id = chat_feeds.feed_id and there.thread = (select thread from subscribers \
     here where here.id = chat_feeds.subscriber_id))";
const STORY_MUTES: &str = "insert into story_mutes (subscriber_id, story_id, created_at) \
     select there.id, mutes.story_id, mutes.created_at from story_mutes mutes join subscribers here \
     on here.id = mutes.subscriber_id join subscribers there on there.platform = $1 and there.chat = $3 \
     and there.thread = here.thread where here.platform = $1 and here.chat = $2 \
     on conflict (subscriber_id, story_id) do nothing";
/// The new chat numbers its messages anew: what was sent to the old one cannot be changed any more.
const MESSAGES: &str = "update deliveries set message = null, edit_due_at = null where message is not null \
     and subscriber_id in (select id from subscribers where platform = $1 and chat = $2 and $3 <> $2)";
const DELETE: &str = "delete from subscribers where platform = $1 and chat = $2 and $3 <> $2";
/// What was parked is due at once; the sender puts off what is not to be told yet.
const UNPARK: &str = "update deliveries set state = 'pending', \
     due_at = case when due_at > created_at then created_at else due_at end where state = 'parked' and subscriber_id in \
     (select id from subscribers where platform = $1 and chat = $3 and suspended_at is null and $2 <> $3)";
/// Silence that came along withdraws what waits there, as it did here when it began.
const HUSH: &str = "update deliveries set state = 'cancelled', possible_duplicates = possible_duplicates + case when in_flight then 1 else 0 end, \
     in_flight = false, lease_until = 0 where state in ('pending', 'parked') and subscriber_id in \
     (select id from subscribers where platform = $1 and chat = $3 and paused_at is not null and $2 <> $3)";

impl Store {
    /// Moves the subscribers of a chat to the chat's new id, with all that is theirs, in one transaction; a second time
    /// changes nothing. Where the new id already has a subscriber, rules, mutes and alerts that it lacks move to it, and
    /// settings of which it has said nothing, and the old one is deleted. Who has moved can be reached. Returns of those who
    /// could not be who they are, their forum topic, and since when they were away.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn move_chat(
        &self,
        platform: Platform,
        from: &str,
        to: &str,
    ) -> Result<Vec<(SubscriberId, Option<i64>, Timestamp)>, StoreError> {
        if from == to {
            return Ok(Vec::new());
        }
        let mut tx = self.begin().await?;
        if tx.is_postgres() {
            // Nobody may give them a rule meanwhile, which would go with them unlogged.
            let lock = "select id from subscribers where platform = $1 and chat in ($2, $3) order by id for update";
            within!(tx, conn => sqlx::query(lock).bind(platform.as_str()).bind(from).bind(to).execute(conn).await
                .map(|_| ()))?;
        }
        let away: Vec<(SubscriberId, i64, Timestamp)> = within!(tx, conn => sqlx::query_as(AWAY).bind(platform.as_str())
            .bind(from).bind(to).fetch_all(conn).await)?;
        for sql in [MESSAGES, RENAME, SETTINGS] {
            within!(tx, conn => sqlx::query(sql).bind(platform.as_str()).bind(from).bind(to).execute(conn).await
                .map(|_| ()))?;
        }
        let raised: Vec<Row> = within!(tx, conn => sqlx::query_as(ATTENTION).bind(platform.as_str()).bind(from).bind(to)
            .fetch_all(conn).await)?;
        // Whoever follows the log knows rules that come and go.
        let mut changes: Vec<_> =
            raised.into_iter().flat_map(|row| [Table::Rules.deleted(row.clone()), Table::Rules.added(row)]).collect();
        for table in Table::ALL {
            // Who is still at the old id has a counterpart at the new one.
            let (name, columns) = (table.as_str(), table.columns());
            let list = format!(
                "select {columns} from {name} where subscriber_id in \
                 (select id from subscribers where platform = $1 and chat = $2)"
            );
            let move_all = format!(
                "update {name} set subscriber_id = (select there.id from subscribers here join subscribers there \
                 on there.platform = $1 and there.chat = $3 and there.thread = here.thread where here.id = {name}.subscriber_id) \
                 where subscriber_id in (select id from subscribers where platform = $1 and chat = $2) and not exists \
                 (select 1 from {name} same join subscribers there on there.id = same.subscriber_id where there.platform = $1 \
                 and there.chat = $3 and same.text = {name}.text and there.thread = (select thread from subscribers here \
                 where here.id = {name}.subscriber_id)) returning {columns}"
            );
            let left: Vec<Row> = within!(tx, conn => sqlx::query_as(AssertSqlSafe(list)).bind(platform.as_str())
                .bind(from).fetch_all(conn).await)?;
            let moved: Vec<Row> = within!(tx, conn => sqlx::query_as(AssertSqlSafe(move_all)).bind(platform.as_str())
                .bind(from).bind(to).fetch_all(conn).await)?;
            changes.extend(left.into_iter().map(|row| table.deleted(row)));
            changes.extend(moved.into_iter().map(|row| table.added(row)));
        }
        for sql in [MATCHES, DELIVERIES, FEEDS, STORY_MUTES, DELETE, UNPARK, HUSH] {
            within!(tx, conn => sqlx::query(sql).bind(platform.as_str()).bind(from).bind(to).execute(conn).await
                .map(|_| ()))?;
        }
        tx.log_rule_changes(&changes).await?;
        tx.commit().await?;
        Ok(away.into_iter().map(|(id, thread, at)| (id, Some(thread).filter(|&thread| thread != 0), at)).collect())
    }
}

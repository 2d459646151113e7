//! The table `subscribers`: chats that wrote to the bot.

use sqlx::AssertSqlSafe;

use super::literals::{CANCELLED, PARKED, PENDING};
use super::outbox::{FAR_DUE_SECS, TAKE_OVER};
use super::rule_changes::LoggedTable;
use super::{Store, StoreError, execute, execute_tx, from_row, on, on_tx, parameters};
use ceasewire_model::attention::{Digests, Preferences, Quiet};
use ceasewire_model::{Address, Platform, RuleId, Subscriber, SubscriberId, Timestamp};

struct SubscriberRow {
    id: SubscriberId,
    paused_at: Option<Timestamp>,
    blocked_until: Timestamp,
    created_at: Timestamp,
    reminders: bool,
    loud_updates: bool,
    time_zone: Option<String>,
    quiet_from: Option<i64>,
    quiet_until: Option<i64>,
    quiet_lets_urgent: bool,
    digest: String,
    digest_minute: i64,
    hourly_cap: Option<i64>,
}

from_row!(SubscriberRow {
    id,
    paused_at,
    blocked_until,
    created_at,
    reminders,
    loud_updates,
    time_zone,
    quiet_from,
    quiet_until,
    quiet_lets_urgent,
    digest,
    digest_minute,
    hourly_cap
});

impl TryFrom<SubscriberRow> for Subscriber {
    type Error = StoreError;

    fn try_from(row: SubscriberRow) -> Result<Self, StoreError> {
        let quiet = row.quiet_from.zip(row.quiet_until);
        let preferences = Preferences {
            time_zone: row.time_zone,
            quiet: quiet.map(|(from, until)| Quiet {
                from: minute(from),
                until: minute(until),
                lets_urgent: row.quiet_lets_urgent,
            }),
            digests: Digests::try_from((row.digest.as_str(), minute(row.digest_minute)))?,
            hourly_cap: row.hourly_cap,
        };
        Ok(Self {
            id: row.id,
            paused_at: row.paused_at,
            blocked_until: row.blocked_until,
            created_at: row.created_at,
            reminders: row.reminders,
            loud_updates: row.loud_updates,
            preferences,
        })
    }
}

/// A subscriber as the dispatcher needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    pub id: SubscriberId,
    pub preferences: Preferences,
    /// Whether it has added feeds of its own, whose articles its alerts may show.
    pub has_own_feeds: bool,
}

/// A minute of the day from its column.
fn minute(stored: i64) -> u16 {
    stored.rem_euclid(24 * 60) as u16
}

/// The column's value for a chat's main thread; a unique constraint would let nulls repeat.
fn thread(address: &Address) -> i64 {
    address.thread.unwrap_or(0)
}

impl Store {
    /// The subscriber at an address.
    pub async fn find_subscriber(&self, address: &Address) -> Result<Option<Subscriber>, StoreError> {
        let sql = "
            select *
            from subscribers
            where platform = $1
                and chat = $2
                and thread = $3";
        let row: Option<SubscriberRow> = on!(&self.readers, pool => {
            let query = sqlx::query_as(sql).bind(address.platform).bind(&address.chat).bind(thread(address));
            query.fetch_optional(pool).await
        })?;
        row.map(Subscriber::try_from).transpose()
    }

    /// The subscriber at an address, inserted if there is none.
    pub async fn insert_subscriber(&self, address: &Address, now: Timestamp) -> Result<Subscriber, StoreError> {
        let sql = "
            insert into subscribers (id, platform, chat, thread, blocked_until, created_at)
            values ($1, $2, $3, $4, 0, $5)
            on conflict (platform, chat, thread) do update
            set chat = excluded.chat
            returning *";
        let row: SubscriberRow = on!(&self.writer, pool => {
            let query = sqlx::query_as(sql).bind(SubscriberId::new()).bind(address.platform).bind(&address.chat);
            query.bind(thread(address)).bind(now).fetch_one(pool).await
        })?;
        row.try_into()
    }

    /// Pauses a subscriber's alerts since a time, or resumes them (`None`). A pause cancels the waiting deliveries: a
    /// backlog afterwards would be of no use. The matches stay.
    pub async fn record_subscriber_paused(&self, id: SubscriberId, since: Option<Timestamp>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute_tx!(tx, "update subscribers set paused_at = $2 where id = $1", id, since)?;
        if since.is_some() {
            let cancel = format!(
                "
                update deliveries
                set state = {CANCELLED},
                    {TAKE_OVER} 0
                where subscriber_id = $1
                    and state in ({PENDING}, {PARKED})"
            );
            execute_tx!(tx, AssertSqlSafe(cancel), id)?;
        }
        tx.commit().await
    }

    /// Sets whether a subscriber gets reminders of meetings.
    pub async fn record_reminders(&self, id: SubscriberId, on: bool) -> Result<(), StoreError> {
        execute!(&self.writer, "update subscribers set reminders = $2 where id = $1", id, on)?;
        Ok(())
    }

    /// Sets whether a subscriber gets story updates as messages of their own.
    pub async fn record_loud_updates(&self, id: SubscriberId, on: bool) -> Result<(), StoreError> {
        execute!(&self.writer, "update subscribers set loud_updates = $2 where id = $1", id, on)?;
        Ok(())
    }

    /// Suspends the subscribers of a chat that cannot be reached since a time, or ends the suspension (`None`). A
    /// suspension parks the waiting deliveries; its end makes them pending again. Returns the subscribers whose
    /// suspension ended, with their forum topic and its beginning.
    pub async fn record_chat_suspended(
        &self,
        platform: Platform,
        chat: &str,
        since: Option<Timestamp>,
    ) -> Result<Vec<(SubscriberId, Option<i64>, Timestamp)>, StoreError> {
        let list_suspended = "
            select id, thread, suspended_at
            from subscribers
            where platform = $1
                and chat = $2
                and suspended_at is not null
                and not exists (
                    select 1
                    from blocked_chats b
                    where b.platform = subscribers.platform
                        and b.chat = subscribers.chat
                )
            order by thread";
        // Every message shows that its chat can be reached; only the first one after a suspension changes rows.
        let suspend = "
            update subscribers
            set suspended_at = $3
            where platform = $1
                and chat = $2
                and (
                    (suspended_at is null and $3 is not null)
                    or (suspended_at is not null and $3 is null)
                )";
        // A message in flight may arrive nevertheless.
        let park = format!(
            "
            update deliveries
            set state = {PARKED},
                {TAKE_OVER} 0
            where state = {PENDING}
                and subscriber_id in (select id from subscribers where platform = $1 and chat = $2)"
        );
        let unpark = format!(
            "
            update deliveries
            set state = {PENDING}
            where state = {PARKED}
                and subscriber_id in (select id from subscribers where platform = $1 and chat = $2)"
        );
        if since.is_none() {
            // Every update of a chat asks for this: a flood of them must not queue for the one writer.
            let suspended: Vec<(SubscriberId, i64, Timestamp)> = on!(&self.readers, pool => {
                sqlx::query_as(list_suspended).bind(platform).bind(chat).fetch_all(pool).await
            })?;
            if suspended.is_empty() {
                return Ok(Vec::new());
            }
        }
        let mut tx = self.begin().await?;
        let suspended: Vec<(SubscriberId, i64, Timestamp)> = on_tx!(tx, conn => {
            sqlx::query_as(list_suspended).bind(platform).bind(chat).fetch_all(conn).await
        })?;
        if execute_tx!(tx, suspend, platform, chat, since)? > 0 {
            let sql = if since.is_some() { park } else { unpark };
            execute_tx!(tx, AssertSqlSafe(sql), platform, chat)?;
        }
        tx.commit().await?;
        if since.is_some() {
            return Ok(Vec::new());
        }
        let topic = |thread| Some(thread).filter(|&thread| thread != 0);
        Ok(suspended.into_iter().map(|(id, thread, at)| (id, topic(thread), at)).collect())
    }

    /// Ends the block of a chat where the bot may write again.
    pub async fn record_chat_open(&self, platform: Platform, chat: &str) -> Result<(), StoreError> {
        let sql = "
            update subscribers
            set blocked_until = 0
            where platform = $1
                and chat = $2
                and blocked_until > 0";
        execute!(&self.writer, sql, platform, chat)?;
        Ok(())
    }

    /// The recipients with these ids, in no order.
    pub async fn list_recipients(&self, ids: &[SubscriberId]) -> Result<Vec<Recipient>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let parameters = parameters(1, 1, ids.len());
        let sql = format!("select * from subscribers where id in {parameters}");
        let own = format!("select distinct subscriber_id from chat_feeds where subscriber_id in {parameters}");
        let rows: Vec<SubscriberRow> = on!(&self.readers, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(pool).await
        })?;
        let own: Vec<SubscriberId> = on!(&self.readers, pool => {
            let mut query = sqlx::query_scalar(AssertSqlSafe(own));
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(pool).await
        })?;
        let recipient = |row: SubscriberRow| {
            let Subscriber { id, preferences, .. } = row.try_into()?;
            Ok(Recipient { id, preferences, has_own_feeds: own.contains(&id) })
        };
        rows.into_iter().map(recipient).collect()
    }

    /// Blocks sends to a chat until a time, as the platform asked.
    pub async fn record_chat_block(&self, platform: Platform, chat: &str, until: Timestamp) -> Result<(), StoreError> {
        // The longer block counts, unless it was written before the clock was set back.
        let sql = "
            update subscribers
            set blocked_until = $3
            where platform = $1
                and chat = $2
                and (blocked_until < $3 or blocked_until > $4)";
        execute!(&self.writer, sql, platform, chat, until, until.plus_secs(FAR_DUE_SECS))?;
        Ok(())
    }

    /// Blocks sends to one forum topic of a chat, or to its main thread, until a time.
    pub async fn record_thread_block(&self, address: &Address, until: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update subscribers
            set blocked_until = $4
            where platform = $1
                and chat = $2
                and thread = $3
                and (blocked_until < $4 or blocked_until > $5)";
        let far = until.plus_secs(FAR_DUE_SECS);
        execute!(&self.writer, sql, address.platform, &address.chat, thread(address), until, far)?;
        Ok(())
    }

    /// Deletes a subscriber with its rules, mutes, matches and deliveries, and the feeds that no other chat has added,
    /// with their articles. No log and no free page of a SQLite store keeps a copy.
    ///
    /// # Errors
    /// When the database refuses. Where only the feeds remain, retention deletes them later.
    pub async fn delete_subscriber(&self, id: SubscriberId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // The subscriber first: the commit of an article takes its locks in that order too, and the insertion of a rule
        // waits and then finds no subscriber.
        if tx.is_postgres() {
            execute_tx!(tx, "select id from subscribers where id = $1 for update", id)?;
        }
        let mut changes = Vec::new();
        for table in LoggedTable::ALL {
            let sql = format!("delete from {} where subscriber_id = $1 returning id", table.as_str());
            let rows: Vec<RuleId> = on_tx!(tx, conn => {
                sqlx::query_scalar(AssertSqlSafe(sql)).bind(id).fetch_all(conn).await
            })?;
            changes.extend(rows.into_iter().map(|rule| table.forgotten(rule)));
        }
        // Updates that a stopped process kept, of a bot not started since.
        let kept = "delete from kept_updates where chat = (select s.chat from subscribers s where s.id = $1)";
        execute_tx!(tx, kept, id)?;
        execute_tx!(tx, "delete from subscribers where id = $1", id)?;
        tx.deactivate_orphaned_feeds().await?;
        tx.log_rule_changes(&changes).await?;
        tx.anonymize_rule_changes().await?;
        tx.commit().await?;
        self.erase_unlisted_feeds().await
    }
}

//! The table `subscribers`: chats that wrote to the bot.

use sqlx::AssertSqlSafe;

use super::outbox::{FAR_DUE_SECS, TAKE};
use super::rule_changes::{Row, Table};
use super::{Store, StoreError, from_row, on, parameters, within};
use ceasewire_model::attention::{Digests, Preferences, Quiet};
use ceasewire_model::{Address, Platform, Subscriber, SubscriberId, Timestamp};

struct SubscriberRow {
    id: SubscriberId,
    paused_at: Option<Timestamp>,
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

impl From<SubscriberRow> for Subscriber {
    fn from(row: SubscriberRow) -> Self {
        let quiet = row.quiet_from.zip(row.quiet_until);
        let preferences = Preferences {
            time_zone: row.time_zone,
            quiet: quiet.map(|(from, until)| Quiet {
                from: minute(from),
                until: minute(until),
                lets_urgent: row.quiet_lets_urgent,
            }),
            digests: match row.digest.as_str() {
                "hourly" => Digests::Hourly,
                "daily" => Digests::Daily(minute(row.digest_minute)),
                _ => Digests::Off,
            },
            hourly_cap: row.hourly_cap,
        };
        Self {
            id: row.id,
            paused_at: row.paused_at,
            created_at: row.created_at,
            reminders: row.reminders,
            loud_updates: row.loud_updates,
            preferences,
        }
    }
}

/// A subscriber as the sender has to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Its id.
    pub id: SubscriberId,
    /// When it wants to be told.
    pub preferences: Preferences,
    /// Whether it has added feeds of its own, so that it may know more of a story than others.
    pub has_own_feeds: bool,
}

/// A minute of the day as the store keeps it.
fn minute(stored: i64) -> u16 {
    stored.rem_euclid(24 * 60) as u16
}

/// The column's value for a chat's main thread; a unique constraint would let nulls repeat.
fn thread(address: &Address) -> i64 {
    address.thread.unwrap_or(0)
}

impl Store {
    /// The subscriber at an address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_subscriber(&self, address: &Address) -> Result<Option<Subscriber>, StoreError> {
        let sql = "select * from subscribers where platform = $1 and chat = $2 and thread = $3";
        let row: Option<SubscriberRow> = on!(&self.readers, pool => sqlx::query_as(sql).bind(address.platform.as_str())
            .bind(&address.chat).bind(thread(address)).fetch_optional(pool).await)?;
        Ok(row.map(Subscriber::from))
    }

    /// The subscriber at an address, made if there is none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_subscriber(&self, address: &Address, now: Timestamp) -> Result<Subscriber, StoreError> {
        let sql = "insert into subscribers (id, platform, chat, thread, blocked_until, created_at) values ($1, $2, $3, $4, 0, $5) \
             on conflict (platform, chat, thread) do update set chat = excluded.chat \
             returning *";
        let row: SubscriberRow = on!(&self.writer, pool => sqlx::query_as(sql).bind(SubscriberId::new())
            .bind(address.platform.as_str()).bind(&address.chat).bind(thread(address)).bind(now).fetch_one(pool).await)?;
        Ok(row.into())
    }

    /// Sets since when the subscriber wants silence; `None` lets alerts flow. What waits for it in the outbox is
    /// withdrawn when silence begins, since nobody wants a backlog afterwards; the matches stay.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_subscriber_paused(&self, id: SubscriberId, since: Option<Timestamp>) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let pause = "update subscribers set paused_at = $2 where id = $1";
        within!(tx, conn => sqlx::query(pause).bind(id).bind(since).execute(conn).await.map(|_| ()))?;
        if since.is_some() {
            let withdraw = format!(
                "update deliveries set state = 'cancelled', {TAKE} 0 where subscriber_id = $1 and state in ('pending', 'parked')"
            );
            within!(tx, conn => sqlx::query(AssertSqlSafe(withdraw)).bind(id).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await
    }

    /// Sets whether a subscriber is reminded of meetings.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_reminders(&self, id: SubscriberId, on: bool) -> Result<(), StoreError> {
        let sql = "update subscribers set reminders = $2 where id = $1";
        on!(&self.writer, pool => sqlx::query(sql).bind(id).bind(on).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Sets whether a subscriber hears of a story again when that turns.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_loud_turns(&self, id: SubscriberId, on: bool) -> Result<(), StoreError> {
        let sql = "update subscribers set loud_updates = $2 where id = $1";
        on!(&self.writer, pool => sqlx::query(sql).bind(id).bind(on).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Stops alerting the subscribers of a chat that cannot be reached (`Some`) or lets alerts flow again (`None`).
    /// Nothing of theirs is deleted: what waits for them is parked, and due again when they are back. Returns of those who
    /// are back who they are, their forum topic, and since when they were away.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_chat_suspended(
        &self,
        platform: Platform,
        chat: &str,
        since: Option<Timestamp>,
    ) -> Result<Vec<(SubscriberId, Option<i64>, Timestamp)>, StoreError> {
        // Every message says that its chat can be reached; only the first one after a suspension is news.
        let sql = "update subscribers set suspended_at = $3 where platform = $1 and chat = $2 \
             and ((suspended_at is null and $3 is not null) or (suspended_at is not null and $3 is null))";
        // What is in hand may arrive nevertheless.
        let park = format!(
            "update deliveries set state = 'parked', {TAKE} 0 where state = 'pending' and subscriber_id in \
             (select id from subscribers where platform = $1 and chat = $2)"
        );
        let back = "update deliveries set state = 'pending' where state = 'parked' and subscriber_id in \
             (select id from subscribers where platform = $1 and chat = $2)";
        let away = "select id, thread, suspended_at from subscribers where platform = $1 and chat = $2 \
             and suspended_at is not null order by thread";
        let mut tx = self.begin().await?;
        let away: Vec<(SubscriberId, i64, Timestamp)> = within!(tx, conn => sqlx::query_as(away).bind(platform.as_str())
            .bind(chat).fetch_all(conn).await)?;
        let news = within!(tx, conn => sqlx::query(sql).bind(platform.as_str()).bind(chat).bind(since).execute(conn).await
            .map(|done| done.rows_affected()))?;
        if news > 0 {
            let moved = if since.is_some() { park.as_str() } else { back };
            within!(tx, conn => sqlx::query(AssertSqlSafe(moved)).bind(platform.as_str()).bind(chat).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await?;
        let back = away.into_iter().filter(|_| since.is_none());
        Ok(back.map(|(id, thread, at)| (id, Some(thread).filter(|&thread| thread != 0), at)).collect())
    }

    /// Ends the wait of a chat in which the bot may write again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_chat_open(&self, platform: Platform, chat: &str) -> Result<(), StoreError> {
        let sql = "update subscribers set blocked_until = 0 where platform = $1 and chat = $2 and blocked_until > 0";
        on!(&self.writer, pool => sqlx::query(sql).bind(platform.as_str()).bind(chat).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// What has to be known of subscribers to tell them something.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_recipients(&self, ids: &[SubscriberId]) -> Result<Vec<Recipient>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!("select * from subscribers where id in {}", parameters(1, 1, ids.len()));
        let own = format!(
            "select distinct subscriber_id from chat_feeds where subscriber_id in {}",
            parameters(1, 1, ids.len())
        );
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
            let Subscriber { id, preferences, .. } = row.into();
            Recipient { id, preferences, has_own_feeds: own.contains(&id) }
        };
        Ok(rows.into_iter().map(recipient).collect())
    }

    /// Sends nothing to a chat before `until`: the platform wants it to be left alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_chat_held(&self, platform: Platform, chat: &str, until: Timestamp) -> Result<(), StoreError> {
        // The longer wait counts, unless a clock that has since been set back wrote it.
        let sql = "update subscribers set blocked_until = $3 where platform = $1 and chat = $2 \
             and (blocked_until < $3 or blocked_until > $4)";
        on!(&self.writer, pool => sqlx::query(sql).bind(platform.as_str()).bind(chat).bind(until)
            .bind(until.plus_secs(FAR_DUE_SECS)).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Deletes a subscriber with its rules, mutes, matches and deliveries.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delete_subscriber(&self, id: SubscriberId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        // The subscriber first: whoever commits an article takes its locks in that order too, and a rule that is being
        // added waits, and then finds nobody to belong to.
        if tx.is_postgres() {
            let lock = "select id from subscribers where id = $1 for update";
            within!(tx, conn => sqlx::query(lock).bind(id).execute(conn).await.map(|_| ()))?;
        }
        let mut changes = Vec::new();
        for table in Table::ALL {
            let sql = format!("delete from {} where subscriber_id = $1 returning {}", table.as_str(), table.columns());
            let rows: Vec<Row> =
                within!(tx, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(id).fetch_all(conn).await)?;
            changes.extend(rows.into_iter().map(|row| table.deleted(row)));
        }
        let sql = "delete from subscribers where id = $1";
        within!(tx, conn => sqlx::query(sql).bind(id).execute(conn).await.map(|_| ()))?;
        tx.rest_orphaned_feeds().await?;
        tx.log_rule_changes(&changes).await?;
        tx.commit().await
    }
}

//! The table `deliveries`: the outbox. A row is pending until it is sent, failed for good, or withdrawn.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, parameters, within};
use crate::model::{
    Address, ArticleId, Delivery, DeliveryId, DeliveryState, DeliveryStatus, Platform, StoryId, SubscriberId, Timestamp,
};

/// A lease that ends more than this many lease times ahead was written by a clock that has since been set back.
const FAR_LEASES: i64 = 10;
/// The same for a due time and a chat's hold: Telegram has been seen to ask for twelve hours.
const FAR_DUE_SECS: i64 = 2 * 86_400;

struct Row {
    id: DeliveryId,
    subscriber_id: SubscriberId,
    chat: String,
    thread: i64,
    article_id: ArticleId,
    attempts: i64,
    lease_until: Timestamp,
}

from_row!(Row { id, subscriber_id, chat, thread, article_id, attempts, lease_until });

struct StatusRow {
    id: DeliveryId,
    article_id: ArticleId,
    state: String,
    due_at: Timestamp,
    last_error: Option<String>,
    sent_at: Option<Timestamp>,
}

from_row!(StatusRow { id, article_id, state, due_at, last_error, sent_at });

impl From<StatusRow> for DeliveryStatus {
    fn from(row: StatusRow) -> Self {
        let state = match row.state.as_str() {
            "sent" => DeliveryState::Sent,
            "failed" => DeliveryState::Failed,
            "withdrawn" => DeliveryState::Withdrawn,
            _ => DeliveryState::Pending,
        };
        Self {
            id: row.id,
            article_id: row.article_id,
            state,
            due_at: row.due_at,
            last_error: row.last_error,
            sent_at: row.sent_at,
        }
    }
}

/// How many deliveries are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    /// Waiting to be sent.
    pub pending: i64,
    /// Sent.
    pub sent: i64,
    /// Given up, with the reason kept.
    pub failed: i64,
}

impl Store {
    /// Claims up to `limit` deliveries that are due on a platform for `lease_secs`, the longest due first, and counts
    /// the attempt. Chats that are paused, held or cannot be reached are passed over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_deliveries(
        &self,
        platform: Platform,
        now: Timestamp,
        lease_secs: i64,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let lock = if self.is_shared() { "for update of d skip locked" } else { "" };
        // The lease stands in the outer condition too: two nodes that read the same rows must not both get them.
        let sql = format!(
            "update deliveries set lease_until = $2, attempts = attempts + 1 where id in (select d.id from deliveries d \
             join subscribers s on s.id = d.subscriber_id where d.state = 'pending' \
             and (d.due_at <= $1 or d.due_at > $6) and (d.lease_until <= $1 or d.lease_until > $3) and s.platform = $4 and s.paused_at is null \
             and s.suspended_at is null and (s.held_until <= $1 or s.held_until > $6) order by d.due_at, d.id limit $5 {lock}) and state = 'pending' \
             and (lease_until <= $1 or lease_until > $3) returning id, subscriber_id, article_id, attempts, lease_until, \
             (select chat from subscribers s where s.id = subscriber_id) as chat, \
             (select thread from subscribers s where s.id = subscriber_id) as thread"
        );
        let far = now.plus_secs(lease_secs.saturating_mul(FAR_LEASES));
        let mut rows: Vec<Row> = on!(&self.writer, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(now)
            .bind(now.plus_secs(lease_secs)).bind(far).bind(platform.as_str()).bind(limit).bind(now.plus_secs(FAR_DUE_SECS)).fetch_all(pool).await)?;
        // `returning` keeps no order; ids are made in the order of the stories.
        rows.sort_by_key(|row| row.id);
        Ok(rows
            .into_iter()
            .map(|row| Delivery {
                id: row.id,
                subscriber_id: row.subscriber_id,
                address: Address { platform, chat: row.chat, thread: Some(row.thread).filter(|&thread| thread != 0) },
                article_id: row.article_id,
                attempts: row.attempts,
                lease_until: row.lease_until,
            })
            .collect())
    }

    /// Records that a delivery was sent, as the platform's message `message`.
    ///
    /// # Errors
    /// When the database refuses; then it will be sent again.
    pub async fn mark_delivery_sent(&self, id: DeliveryId, message: &str, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update deliveries set state = 'sent', message = $2, sent_at = $3, lease_until = 0, last_error = null \
             where id = $1";
        on!(&self.writer, pool => sqlx::query(sql).bind(id).bind(message).bind(now).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Puts a claimed delivery back until `due_at`, with what it failed with.
    ///
    /// # Errors
    /// When the database refuses; then it is due again when its lease ends.
    pub async fn mark_delivery_postponed(
        &self,
        delivery: &Delivery,
        due_at: Timestamp,
        error: &str,
    ) -> Result<(), StoreError> {
        // Whoever has lost its lease has no say any more.
        let sql = "update deliveries set due_at = $3, lease_until = 0, last_error = $4 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        on!(&self.writer, pool => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).bind(due_at).bind(error)
            .execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Gives a claimed delivery back untried.
    ///
    /// # Errors
    /// When the database refuses; then it is due again when its lease ends.
    pub async fn release_delivery(&self, delivery: &Delivery) -> Result<(), StoreError> {
        let sql = "update deliveries set lease_until = 0, attempts = attempts - 1 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        on!(&self.writer, pool => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).execute(pool).await
            .map(|_| ()))?;
        Ok(())
    }

    /// Gives a claimed delivery up, with the reason.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_delivery_failed(&self, delivery: &Delivery, error: &str) -> Result<(), StoreError> {
        let sql = "update deliveries set state = 'failed', lease_until = 0, last_error = $3 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        on!(&self.writer, pool => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).bind(error).execute(pool)
            .await.map(|_| ()))?;
        Ok(())
    }

    /// Gives back every lease on deliveries; for a process that has the database to itself and starts after a crash.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_deliveries(&self) -> Result<(), StoreError> {
        let sql = "update deliveries set lease_until = 0 where state = 'pending' and lease_until <> 0";
        on!(&self.writer, pool => sqlx::query(sql).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// A subscriber's delivery with this id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_delivery(
        &self,
        subscriber: SubscriberId,
        id: DeliveryId,
    ) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = "select * from deliveries where subscriber_id = $1 and id = $2";
        let row: Option<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(id).fetch_optional(pool).await)?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// The delivery that was sent to a subscriber as the platform's message `message`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_delivery_sent_as(
        &self,
        subscriber: SubscriberId,
        message: &str,
    ) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = "select * from deliveries where subscriber_id = $1 and message = $2 order by sent_at desc limit 1";
        let row: Option<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(message).fetch_optional(pool).await)?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// The delivery that was sent to a subscriber last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_last_delivery(&self, subscriber: SubscriberId) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = "select * from deliveries where subscriber_id = $1 and state = 'sent' order by sent_at desc, id desc limit 1";
        let row: Option<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).fetch_optional(pool).await)?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// A subscriber's delivery of a story.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_delivery_of_story(
        &self,
        subscriber: SubscriberId,
        story: StoryId,
    ) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = "select * from deliveries where subscriber_id = $1 and story_id = $2";
        let row: Option<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(story).fetch_optional(pool).await)?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// How many deliveries wait to be sent.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_pending_deliveries(&self) -> Result<i64, StoreError> {
        let sql = "select count(*) from deliveries where state = 'pending'";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).fetch_one(pool).await)?)
    }

    /// How many deliveries are in each state.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_deliveries(&self) -> Result<DeliveryCounts, StoreError> {
        let sql = "select state, count(*) from deliveries group by state";
        let rows: Vec<(String, i64)> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        let mut counts = DeliveryCounts::default();
        for (state, count) in rows {
            match state.as_str() {
                "pending" => counts.pending = count,
                "sent" => counts.sent = count,
                "failed" => counts.failed = count,
                _ => {}
            }
        }
        Ok(counts)
    }
}

impl Tx {
    /// Puts one alert of a story into the outbox of each subscriber who has none of that story yet. Subscribers who
    /// are paused, cannot be reached or have gone since the rules were read are left out. Returns how many were put.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_deliveries(
        &mut self,
        story: StoryId,
        article: ArticleId,
        subscribers: &[SubscriberId],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut inserted = 0;
        // Subscribers before rules: a deletion takes its locks in that order too.
        let lock = if self.is_postgres() { "for key share of s" } else { "" };
        for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "with alerted (id, subscriber_id) as (values {}) insert into deliveries (id, subscriber_id, story_id, \
                 article_id, state, attempts, due_at, lease_until, created_at) select alerted.id, s.id, $1, $2, 'pending', \
                 0, $3, 0, $3 from alerted join subscribers s on s.id = alerted.subscriber_id where s.paused_at is null \
                 and s.suspended_at is null {lock} on conflict (subscriber_id, story_id) do nothing",
                parameters(4, chunk.len(), 2)
            );
            inserted += within!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(story).bind(article).bind(now);
                for subscriber in chunk {
                    query = query.bind(Uuid::now_v7()).bind(subscriber);
                }
                query.execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(inserted)
    }
}

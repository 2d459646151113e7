//! The table `deliveries`: the outbox. A row is pending until it is sent, failed for good, or withdrawn.

use std::hash::{BuildHasher, RandomState};

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, parameters, within};
use crate::model::attention::Attention;
use crate::model::story::TurnKind;
use crate::model::{
    Address, ArticleId, Delivery, DeliveryId, DeliveryKind, DeliveryState, DeliveryStatus, Platform, StoryId,
    SubscriberId, Timestamp,
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
    kind: String,
    story_id: StoryId,
    article_id: ArticleId,
    subject: Uuid,
    number: i64,
    burst: Option<Uuid>,
    attempts: i64,
    lease_until: Timestamp,
}

from_row!(Row {
    id,
    subscriber_id,
    chat,
    thread,
    kind,
    story_id,
    article_id,
    subject,
    number,
    burst,
    attempts,
    lease_until
});

/// How the store names what a delivery tells.
fn kind_name(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Alert => "alert",
        DeliveryKind::Turn(_) => "turn",
        DeliveryKind::DayBefore => "day-before",
        DeliveryKind::HourBefore => "hour-before",
    }
}

fn kind_of(name: &str, number: i64) -> DeliveryKind {
    match name {
        "turn" => TurnKind::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .map_or(DeliveryKind::Alert, DeliveryKind::Turn),
        "day-before" => DeliveryKind::DayBefore,
        "hour-before" => DeliveryKind::HourBefore,
        _ => DeliveryKind::Alert,
    }
}

impl Row {
    fn delivery(self, platform: Platform) -> Delivery {
        Delivery {
            id: self.id,
            subscriber_id: self.subscriber_id,
            address: Address { platform, chat: self.chat, thread: Some(self.thread).filter(|&thread| thread != 0) },
            kind: kind_of(&self.kind, self.number),
            subject: self.subject,
            number: self.number,
            story_id: self.story_id,
            article_id: self.article_id,
            burst: self.burst,
            attempts: self.attempts,
            lease_until: self.lease_until,
        }
    }
}

/// What is returned of a delivery that is claimed.
const CLAIMED: &str = "returning id, subscriber_id, kind, story_id, article_id, subject, number, burst, attempts, lease_until, \
     (select chat from subscribers s where s.id = subscriber_id) as chat, \
     (select thread from subscribers s where s.id = subscriber_id) as thread";

/// A message on its way into the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAlert {
    /// What it tells.
    pub kind: DeliveryKind,
    /// What it is about: the story, or the meeting of a reminder. Nobody is told the same of the same subject twice.
    pub subject: Uuid,
    /// Tells several messages of one kind about one subject apart: a turn's number, a meeting's sequence.
    pub number: i64,
    /// The story that it tells.
    pub story_id: StoryId,
    /// By this article.
    pub article_id: ArticleId,
    /// The burst that the article came with, if it did.
    pub burst: Option<Uuid>,
    /// When it may be sent.
    pub due_at: Timestamp,
}

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

/// A sent delivery whose message is to be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The delivery.
    pub delivery: Delivery,
    /// The platform's id of its message.
    pub message: String,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the edit is due again unless it is marked before.
    pub due_again: Timestamp,
}

struct EditRow {
    row: Row,
    message: String,
    sent_at: Option<Timestamp>,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for EditRow
where
    Row: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Timestamp>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self { row: Row::from_row(row)?, message: row.try_get("message")?, sent_at: row.try_get("sent_at")? })
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
             and (lease_until <= $1 or lease_until > $3) {CLAIMED}"
        );
        let far = now.plus_secs(lease_secs.saturating_mul(FAR_LEASES));
        let mut rows: Vec<Row> = on!(&self.writer, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(now)
            .bind(now.plus_secs(lease_secs)).bind(far).bind(platform.as_str()).bind(limit).bind(now.plus_secs(FAR_DUE_SECS)).fetch_all(pool).await)?;
        // `returning` keeps no order; ids are made in the order of the stories.
        rows.sort_by_key(|row| row.id);
        Ok(rows.into_iter().map(|row| row.delivery(platform)).collect())
    }

    /// Claims what else is due of the burst of a delivery that its holder has claimed, oldest first, at most `limit`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_rest_of_burst(
        &self,
        claimed: &Delivery,
        now: Timestamp,
        limit: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let lock = if self.is_shared() { "for update skip locked" } else { "" };
        let sql = format!(
            "update deliveries set lease_until = $4, attempts = attempts + 1 where id in (select id from deliveries \
             where burst = $1 and subscriber_id = $2 and state = 'pending' and due_at <= $3 and lease_until <= $3 \
             order by id limit $5 {lock}) and state = 'pending' and lease_until <= $3 {CLAIMED}"
        );
        let mut rows: Vec<Row> = on!(&self.writer, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(claimed.burst)
            .bind(claimed.subscriber_id).bind(now).bind(claimed.lease_until).bind(limit).fetch_all(pool).await)?;
        rows.sort_by_key(|row| row.id);
        Ok(rows.into_iter().map(|row| row.delivery(claimed.address.platform)).collect())
    }

    /// Claims up to `limit` sent deliveries that are to be brought up to date on a platform, each with the platform's id
    /// of its message. Chats that are paused, held or cannot be reached are passed over, and so are alerts that were sent
    /// together with others, since their message tells of many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_edits(
        &self,
        platform: Platform,
        now: Timestamp,
        lease_secs: i64,
        limit: i64,
    ) -> Result<Vec<Edit>, StoreError> {
        let lock = if self.is_shared() { "for update of d skip locked" } else { "" };
        let sql = format!(
            "update deliveries set edit_due_at = $2 where id in (select d.id from deliveries d \
             join subscribers s on s.id = d.subscriber_id where d.edit_due_at <= $1 and d.state = 'sent' \
             and d.kind = 'alert' and d.burst is null and d.message is not null and s.platform = $3 and s.paused_at is null and s.suspended_at is null \
             and s.held_until <= $1 order by d.edit_due_at limit $4 {lock}) and edit_due_at <= $1 {CLAIMED}, message, sent_at"
        );
        let rows: Vec<EditRow> = on!(&self.writer, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(now)
            .bind(now.plus_secs(lease_secs)).bind(platform.as_str()).bind(limit).fetch_all(pool).await)?;
        let due_again = now.plus_secs(lease_secs);
        Ok(rows
            .into_iter()
            .map(|row| Edit {
                message: row.message,
                sent_at: row.sent_at.unwrap_or(now),
                due_again,
                delivery: row.row.delivery(platform),
            })
            .collect())
    }

    /// Records when an edit is due again; `None`: it is done. What has changed meanwhile stays due.
    ///
    /// # Errors
    /// When the database refuses; then it is made again.
    pub async fn mark_edited(&self, edit: &Edit, again_at: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "update deliveries set edit_due_at = $3 where id = $1 and edit_due_at = $2";
        on!(&self.writer, pool => sqlx::query(sql).bind(edit.delivery.id).bind(edit.due_again).bind(again_at).execute(pool)
            .await.map(|_| ()))?;
        Ok(())
    }

    /// Records that deliveries were sent, as the platform's message `message`.
    ///
    /// # Errors
    /// When the database refuses; then they will be sent again.
    pub async fn mark_deliveries_sent(
        &self,
        ids: &[DeliveryId],
        message: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // One that was sent by itself is a message of its own, and brought up to date like any other.
        let burst = if ids.len() == 1 { ", burst = null" } else { "" };
        let sql = format!(
            "update deliveries set state = 'sent', message = $1, sent_at = $2, lease_until = 0, last_error = null{burst} \
             where id in {}",
            parameters(3, 1, ids.len())
        );
        on!(&self.writer, pool => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(message).bind(now);
            for id in ids {
                query = query.bind(id);
            }
            query.execute(pool).await.map(|_| ())
        })?;
        Ok(())
    }

    /// Gives claimed deliveries of a burst back, to be sent one by one.
    ///
    /// # Errors
    /// When the database refuses; then they are due again, together, when their lease ends.
    pub async fn mark_deliveries_apart(&self, deliveries: &[Delivery]) -> Result<(), StoreError> {
        let sql = "update deliveries set burst = null, lease_until = 0 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        for delivery in deliveries {
            on!(&self.writer, pool => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).execute(pool).await
                .map(|_| ()))?;
        }
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
        let sql = "select * from deliveries where subscriber_id = $1 and state = 'sent' and kind = 'alert' \
             order by sent_at desc, id desc limit 1";
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
        let sql = "select * from deliveries where subscriber_id = $1 and story_id = $2 and kind = 'alert'";
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
    /// Puts a message into the outbox of each subscriber, with how urgent it is, who has not been told the same yet. What is
    /// for the digest, or of which nobody has said how urgent it is, is normal where the chat has no digests. Subscribers who
    /// are paused, cannot be reached or have gone since the rules were read are left out. Returns how many were put.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_deliveries(
        &mut self,
        alert: &NewAlert,
        subscribers: &[(SubscriberId, Option<Attention>)],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let mut inserted = 0;
        // The ids order the outbox: a fixed order would make the same people the last ones for ever.
        let mut subscribers = subscribers.to_vec();
        let order = RandomState::new();
        subscribers.sort_by_cached_key(|(subscriber, _)| order.hash_one(subscriber));
        // Subscribers before rules: a deletion takes its locks in that order too.
        let lock = if self.is_postgres() { "for key share of s" } else { "" };
        for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "with alerted (id, subscriber_id, attention) as (values {}) insert into deliveries (id, subscriber_id, story_id, \
                 article_id, state, attempts, due_at, lease_until, created_at, burst, kind, subject, number, attention) \
                 select alerted.id, s.id, $1, $2, 'pending', 0, $4, 0, $3, $5, $6, $7, $8, \
                 case when alerted.attention >= 2 then case when s.digest = 'off' then 1 else 2 end else alerted.attention end \
                 from alerted join subscribers s on s.id = alerted.subscriber_id where s.paused_at is null \
                 and s.suspended_at is null {lock} on conflict (subscriber_id, subject, kind, number) do nothing",
                parameters(9, chunk.len(), 3)
            );
            inserted += within!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(alert.story_id).bind(alert.article_id)
                    .bind(now).bind(alert.due_at).bind(alert.burst).bind(kind_name(alert.kind)).bind(alert.subject)
                    .bind(alert.number);
                for (subscriber, attention) in chunk {
                    // What nobody has said more about goes with the digest where the chat has one, as what is meant for it.
                    let attention = attention.unwrap_or(Attention::Digest).number();
                    query = query.bind(Uuid::now_v7()).bind(subscriber).bind(attention);
                }
                query.execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(inserted)
    }

    /// Has the alerts of a story brought up to date at `due_at`, unless they are due sooner. One that is being sent at this
    /// moment may have been worded before the news: it is brought up to date when it has been sent.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_story_reported(
        &mut self,
        story: StoryId,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // A due time that is kept moves by a moment: an edit in hand, worded before the news, is then not the last one.
        let sql = "update deliveries set edit_due_at = case when edit_due_at is null or edit_due_at > $2 then $2 \
             else edit_due_at + 1 end where story_id = $1 and kind = 'alert' and burst is null \
             and (state = 'sent' or (state = 'pending' and lease_until > $3))";
        within!(self, conn => sqlx::query(sql).bind(story).bind(due_at).bind(now).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    /// The subscribers who were alerted of a story and want to hear of it again when it turns.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_turn_listeners(&mut self, story: StoryId) -> Result<Vec<SubscriberId>, StoreError> {
        let sql = "select s.id from deliveries d join subscribers s on s.id = d.subscriber_id where d.story_id = $1 \
             and d.kind = 'alert' and d.state = 'sent' and s.loud_turns order by s.id";
        Ok(within!(self, conn => sqlx::query_scalar(sql).bind(story).fetch_all(conn).await)?)
    }
}

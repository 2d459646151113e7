//! The table `deliveries`: the outbox. A row is pending until it is sent, failed for good, or withdrawn.

use std::hash::{BuildHasher, RandomState};

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::edits::EDITABLE;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, parameters, within};
use ceasewire_model::attention::Attention;
use ceasewire_model::{
    ArticleId, DeliveryId, DeliveryKind, DeliveryState, DeliveryStatus, StoryId, SubscriberId, Timestamp,
};

/// Whether a subscriber is neither paused nor out of reach. Two tests for null PostgreSQL takes for one row in forty thousand
/// where it has no statistics yet, and then compares each subscriber with each new row.
const LISTENS: &str = "coalesce(s.paused_at, s.suspended_at, 0) <= 0";

/// How the store names what a delivery tells.
pub(super) fn kind_name(kind: DeliveryKind) -> &'static str {
    match kind {
        DeliveryKind::Alert => "alert",
        DeliveryKind::Update(_) => "update",
        DeliveryKind::DayBefore => "day-before",
        DeliveryKind::HourBefore => "hour-before",
    }
}

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
            "cancelled" => DeliveryState::Cancelled,
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

    /// The deliveries that were sent to a subscriber in one message that tells of many, this one among them, in the order
    /// in which they are told.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_told_together(
        &self,
        subscriber: SubscriberId,
        id: DeliveryId,
    ) -> Result<Vec<DeliveryStatus>, StoreError> {
        // What came to the outbox as one burst may have been told in several messages.
        let sql = "select d.* from deliveries one join deliveries d on d.burst = one.burst \
             and d.subscriber_id = one.subscriber_id where one.id = $2 and one.subscriber_id = $1 and one.state = 'sent' \
             and d.state = 'sent' order by d.id";
        let rows: Vec<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(id).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(DeliveryStatus::from).collect())
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
        // Each has an index of its own.
        let sql = "select 'pending' as state, count(*) from deliveries where state = 'pending' \
             union all select state, count(*) from deliveries where state <> 'pending' group by state";
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
    /// are paused, cannot be reached, have gone since the rules were read or want to hear no more of the story are left out.
    /// Returns how many were put.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_deliveries(
        &mut self,
        alert: &NewAlert,
        subscribers: &[(SubscriberId, Option<Attention>)],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        if subscribers.is_empty() {
            return Ok(0);
        }
        let mut inserted = self.raise_deliveries(alert, subscribers, now).await?;
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
                 from alerted join subscribers s on s.id = alerted.subscriber_id where {LISTENS} and not exists (select 1 from story_mutes m where m.subscriber_id = s.id \
                 and m.story_id = $1) {lock} on conflict (subscriber_id, subject, kind, number) do nothing",
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
        if inserted > 0 {
            self.notify_outbox().await?;
        }
        Ok(inserted)
    }

    /// Has alerts of the same that still wait told as urgently as this one is to be, by its article, and alerts that were
    /// withdrawn or could not be told told after all. Returns how many of those there were.
    async fn raise_deliveries(
        &mut self,
        alert: &NewAlert,
        subscribers: &[(SubscriberId, Option<Attention>)],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let states = "select state from deliveries where story_id = $1 and kind = 'alert' \
             and state in ('pending', 'cancelled', 'failed') group by state";
        let mut revived = 0;
        if alert.kind != DeliveryKind::Alert {
            return Ok(revived);
        }
        let states: Vec<String> =
            within!(self, conn => sqlx::query_scalar(states).bind(alert.story_id).fetch_all(conn).await)?;
        for state in states {
            for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
                let sql = format!(
                    "with alerted (subscriber_id, attention) as (values {}) update deliveries set state = 'pending', \
                     attention = case when alerted.attention >= 2 and s.digest = 'off' then 1 else alerted.attention end, \
                     article_id = case when lease_until = 0 then $1 else article_id end, burst = $2, due_at = $3, \
                     created_at = $4, queued_since = null from alerted \
                     join subscribers s on s.id = alerted.subscriber_id where deliveries.subscriber_id = s.id \
                     and deliveries.subject = $5 and deliveries.kind = 'alert' and deliveries.number = $6 \
                     and deliveries.state = $7 \
                     and (deliveries.state <> 'pending' or deliveries.attention > alerted.attention) \
                     and {LISTENS} and not exists (select 1 from story_mutes m \
                     where m.subscriber_id = s.id and m.story_id = deliveries.story_id)",
                    parameters(8, chunk.len(), 2)
                );
                let rows = within!(self, conn => {
                    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(alert.article_id).bind(alert.burst)
                        .bind(alert.due_at).bind(now).bind(alert.subject).bind(alert.number).bind(&state);
                    for (subscriber, attention) in chunk {
                        query = query.bind(subscriber).bind(attention.unwrap_or(Attention::Digest).number());
                    }
                    query.execute(conn).await.map(|done| done.rows_affected())
                })?;
                if state != "pending" {
                    revived += rows;
                }
            }
        }
        Ok(revived)
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
        let sql = format!(
            "update deliveries set edit_due_at = case when edit_due_at is null or edit_due_at > $2 then $2 \
             else edit_due_at + 1 end where story_id = $1 and {EDITABLE}"
        );
        within!(self, conn => sqlx::query(AssertSqlSafe(sql)).bind(story).bind(due_at).bind(now).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    /// The subscribers who were alerted of a story, or are being alerted at this moment, and want to hear of it again when it
    /// turns.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_turn_listeners(
        &mut self,
        story: StoryId,
        now: Timestamp,
    ) -> Result<Vec<SubscriberId>, StoreError> {
        let sql = "select s.id from deliveries d join subscribers s on s.id = d.subscriber_id where d.story_id = $1 \
             and d.kind = 'alert' and (d.state = 'sent' or (d.state = 'pending' and d.lease_until > $2)) and s.loud_updates and not exists (select 1 from story_mutes m \
             where m.subscriber_id = s.id and m.story_id = $1) order by s.id";
        Ok(within!(self, conn => sqlx::query_scalar(sql).bind(story).bind(now).fetch_all(conn).await)?)
    }
}

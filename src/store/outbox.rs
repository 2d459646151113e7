//! The table `deliveries` as the sender works through it: what is claimed, and what became of it.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Store, StoreError, Tx, from_row, on, parameters, within};
use ceasewire_model::attention::Attention;
use ceasewire_model::story::UpdateKind;
use ceasewire_model::{
    Address, ArticleId, Delivery, DeliveryId, DeliveryKind, Platform, StoryId, SubscriberId, Timestamp,
};

/// A lease that ends more than this many lease times ahead was written by a clock that has since been set back.
const FAR_LEASES: i64 = 10;
/// The same for a due time and a chat's hold: a daily digest is due within a day, and Telegram has been seen to ask for
/// twelve hours.
pub(super) const FAR_DUE_SECS: i64 = 2 * 86_400;
/// The same for a chat's pace: a group that was too fast several times over is told something every 51 s.
pub(super) const FAR_PACE_SECS: i64 = 60;
/// Clocks of nodes differ by less than so many seconds.
const AHEAD_SECS: i64 = 60;

pub(super) struct Row {
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
    attention: i64,
    attempts: i64,
    possible_duplicates: i64,
    lease_until: Timestamp,
    created_at: Timestamp,
    queued_since: Option<Timestamp>,
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
    attention,
    attempts,
    possible_duplicates,
    lease_until,
    created_at,
    queued_since
});

fn kind_of(name: &str, number: i64) -> DeliveryKind {
    match name {
        "update" => UpdateKind::ALL
            .into_iter()
            .find(|kind| kind.number() == number)
            .map_or(DeliveryKind::Alert, DeliveryKind::Update),
        "day-before" => DeliveryKind::DayBefore,
        "hour-before" => DeliveryKind::HourBefore,
        _ => DeliveryKind::Alert,
    }
}

impl Row {
    pub(super) fn delivery(self, platform: Platform) -> Delivery {
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
            attention: Attention::of_number(self.attention),
            attempts: self.attempts,
            possible_duplicates: self.possible_duplicates,
            lease_until: self.lease_until,
            created_at: self.created_at,
            queued_since: self.queued_since.unwrap_or(self.created_at),
        }
    }
}

/// What is returned of a delivery that is claimed.
pub(super) const CLAIMED: &str = "returning id, subscriber_id, kind, story_id, article_id, subject, number, burst, attention, \
     attempts, possible_duplicates, lease_until, created_at, queued_since, (select chat from subscribers s where s.id = subscriber_id) as chat, \
     (select thread from subscribers s where s.id = subscriber_id) as thread";

/// Leaves out chats that something is being sent to; they are bound from the parameter `first` on.
pub(super) fn without(busy: &[String], first: usize) -> String {
    match busy.len() {
        0 => String::new(),
        count => format!("and s.chat not in {}", parameters(first, 1, count)),
    }
}

/// Takes a delivery from whoever has it in hand. Of a message that was about to leave then nobody knows whether it arrived.
pub(super) const TAKE: &str = "possible_duplicates = possible_duplicates + case when in_flight then 1 else 0 end, in_flight = false, lease_until =";

/// What a sender asks for.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The platform.
    pub platform: Platform,
    /// The present moment.
    pub now: Timestamp,
    /// Seconds for which what is claimed belongs to the one who claims.
    pub lease_secs: i64,
    /// How urgent it is.
    pub attention: Attention,
    /// How many at most.
    pub limit: usize,
    /// Chats that something is being sent to at this moment.
    pub busy: &'a [String],
    /// Milliseconds by which messages to a chat may be ahead of its pace.
    pub ahead_ms: i64,
}

/// An attempt that did not succeed, for the record.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt<'a> {
    /// What follows from it.
    pub verdict: &'a str,
    /// What the platform said.
    pub error: &'a str,
    /// When it ended.
    pub at: Timestamp,
    /// Whether the message may have arrived.
    pub possible_duplicates: bool,
}

/// The messages that a subscriber was sent in some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Messages {
    /// How many.
    pub count: i64,
    /// How many of them told of something that was not urgent.
    pub patient: i64,
    /// When the first one was sent.
    pub first: Option<Timestamp>,
}

from_row!(Messages { count, patient, first });

impl Store {
    /// Claims deliveries that are due, the longest waiting first, and counts the attempt. Chats that are paused, held, ahead
    /// of their pace, or that cannot be reached, are passed over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_deliveries(&self, claim: &Claim<'_>) -> Result<Vec<Delivery>, StoreError> {
        let Claim { platform, now, lease_secs, attention, limit, busy, ahead_ms } = *claim;
        let lock = if self.is_shared() { "for update of d skip locked" } else { "" };
        let others = without(busy, 10);
        // What is chosen is locked and fixed before it is updated: two nodes never get the same rows, and PostgreSQL does not
        // choose again while it updates. The outbox is read in its order: SQLite keeps to the order of a cross join.
        let sql = format!(
            "with due as materialized (select d.id from deliveries d cross join subscribers s \
             where s.id = d.subscriber_id and d.state = 'pending' and d.attention = $5 and d.due_at <= $1 and (d.lease_until <= $1 or d.lease_until > $3) \
             and s.platform = $4 and s.paused_at is null and s.suspended_at is null \
             and (s.blocked_until <= $1 or s.blocked_until > $6) and (s.next_slot_at <= $7 or s.next_slot_at > $8) {others} \
             order by d.due_at, d.id limit $9 {lock}) update deliveries set {TAKE} $2, attempts = attempts + 1 where id in (select id from due) {CLAIMED}"
        );
        let far = now.plus_secs(lease_secs.saturating_mul(FAR_LEASES));
        let mut rows: Vec<Row> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(now.plus_secs(lease_secs)).bind(far)
                .bind(platform.as_str()).bind(attention.number()).bind(now.plus_secs(FAR_DUE_SECS))
                .bind(now.0.saturating_add(ahead_ms)).bind(now.plus_secs(FAR_PACE_SECS)).bind(limit as i64);
            for chat in busy {
                query = query.bind(chat);
            }
            query.fetch_all(pool).await
        })?;
        // `returning` keeps no order; ids are made in the order of the stories.
        rows.sort_by_key(|row| row.id);
        Ok(rows.into_iter().map(|row| row.delivery(platform)).collect())
    }

    /// Claims what else is due to the subscribers of deliveries that their holder has claimed, oldest first, at most `limit`
    /// in all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_rest(
        &self,
        claimed: &[Delivery],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let Some(first) = claimed.first() else { return Ok(Vec::new()) };
        let mut subscribers: Vec<SubscriberId> = claimed.iter().map(|delivery| delivery.subscriber_id).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let lock = if self.is_shared() { "for update skip locked" } else { "" };
        let sql = format!(
            "with due as materialized (select id from deliveries where subscriber_id in {} and state = 'pending' \
             and due_at <= $1 and lease_until <= $1 order by id limit $3 {lock}) update deliveries set {TAKE} $2, attempts = attempts + 1 where id in (select id from due) \
             {CLAIMED}",
            parameters(4, 1, subscribers.len())
        );
        let rows: Vec<Row> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(first.lease_until).bind(limit as i64);
            for subscriber in subscribers {
                query = query.bind(subscriber);
            }
            query.fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(|row| row.delivery(first.address.platform)).collect())
    }

    /// Whether more than `most` deliveries are due on a platform to chats that can be told of them, those that are ahead of
    /// their pace included.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn has_more_due(&self, platform: Platform, now: Timestamp, most: i64) -> Result<bool, StoreError> {
        let any = "select count(*) from (select 1 from deliveries where state = 'pending' \
             and attention in (0, 1, 2) and due_at <= $1 limit $2) due";
        let tellable = "select count(*) from (select 1 from deliveries d cross join subscribers s \
             where s.id = d.subscriber_id and d.state = 'pending' and d.attention in (0, 1, 2) and d.due_at <= $1 \
             and s.platform = $3 and s.paused_at is null and s.suspended_at is null \
             and (s.blocked_until <= $1 or s.blocked_until > $4) limit $2) due";
        let limit = most.saturating_add(1);
        // Mostly so few are due that it need not be known whose they are.
        let due: i64 = on!(&self.readers, pool => sqlx::query_scalar(any).bind(now).bind(limit).fetch_one(pool).await)?;
        if due <= most {
            return Ok(false);
        }
        let due: i64 = on!(&self.readers, pool => sqlx::query_scalar(tellable).bind(now).bind(limit)
            .bind(platform.as_str()).bind(now.plus_secs(FAR_DUE_SECS)).fetch_one(pool).await)?;
        Ok(due > most)
    }

    /// How many deliveries are due to a subscriber.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_due_to(&self, subscriber: SubscriberId, now: Timestamp) -> Result<i64, StoreError> {
        let sql = "select count(*) from deliveries where subscriber_id = $1 and state = 'pending' and due_at <= $2";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(subscriber).bind(now).fetch_one(pool).await)?)
    }

    /// Makes due what a clock that has since been set back put off: by days, or before the time at which it came.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mend_due_times(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update deliveries set due_at = $1 where state = 'pending' and attention = $4 and due_at > $1 \
             and (due_at > $2 or created_at > $3)";
        for attention in Attention::ALL {
            on!(&self.writer, pool => sqlx::query(sql).bind(now).bind(now.plus_secs(FAR_DUE_SECS))
                .bind(now.plus_secs(AHEAD_SECS)).bind(attention.number()).execute(pool).await.map(|_| ()))?;
        }
        Ok(())
    }

    /// After the clock was set back by so many milliseconds: what a platform wants of its chats lasts as long as before, and
    /// what waits in the outbox for a time is due, to be judged again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn shift_waits(&self, platform: Platform, by_ms: i64, now: Timestamp) -> Result<(), StoreError> {
        let holds =
            "update subscribers set blocked_until = blocked_until - $2 where platform = $1 and blocked_until > $3";
        let due = "update deliveries set due_at = $1 where state = 'pending' and attention = $2 and due_at > $1";
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query(holds).bind(platform.as_str()).bind(by_ms).bind(now).execute(conn).await
            .map(|_| ()))?;
        for attention in Attention::ALL {
            within!(tx, conn => sqlx::query(due).bind(now).bind(attention.number()).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await
    }

    /// Puts claimed deliveries of one message back until `due_at`, or as they were due, with what the attempt failed with.
    ///
    /// # Errors
    /// When the database refuses; then they are due again when their lease ends.
    pub async fn mark_attempt_failed(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        // Whoever has lost its lease has no say any more.
        let sql = "update deliveries set due_at = coalesce($3, due_at), lease_until = 0, in_flight = false, last_error = $4, possible_duplicates = possible_duplicates + $5 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        let mut tx = self.begin().await?;
        let mut failed = Vec::new();
        for delivery in deliveries {
            let rows = within!(tx, conn => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).bind(due_at)
                .bind(attempt.error).bind(i64::from(attempt.possible_duplicates)).execute(conn).await.map(|done| done.rows_affected()))?;
            if rows > 0 {
                failed.push(delivery.clone());
            }
        }
        tx.insert_attempts(&failed, attempt).await?;
        tx.commit().await
    }

    /// Gives claimed deliveries up, with the reason.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_deliveries_failed(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
    ) -> Result<(), StoreError> {
        let sql = "update deliveries set state = 'failed', lease_until = 0, in_flight = false, last_error = $3 \
             where id = $1 and lease_until = $2 and state = 'pending'";
        let mut tx = self.begin().await?;
        for delivery in deliveries {
            within!(tx, conn => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).bind(attempt.error)
                .execute(conn).await.map(|_| ()))?;
        }
        tx.insert_attempts(deliveries, attempt).await?;
        tx.commit().await
    }

    /// Records what followed from an attempt of a delivery that goes on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_attempts(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.insert_attempts(deliveries, attempt).await?;
        tx.commit().await
    }

    /// How many attempts of a delivery had a verdict.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_attempts(&self, id: DeliveryId, verdict: &str) -> Result<i64, StoreError> {
        let sql = "select count(*) from delivery_attempts where delivery_id = $1 and verdict = $2";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(id).bind(verdict).fetch_one(pool).await)?)
    }

    /// The failed attempts of a delivery, oldest first: what followed, what the platform said, and when.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_attempts(&self, id: DeliveryId) -> Result<Vec<(String, String, Timestamp)>, StoreError> {
        let sql = "select verdict, error, created_at from delivery_attempts where delivery_id = $1 order by id";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_all(pool).await)?)
    }

    /// Gives claimed deliveries back untried, each to be due at a time of its own.
    ///
    /// # Errors
    /// When the database refuses; then they are due again when their leases end.
    pub async fn release_claimed(&self, deliveries: &[(&Delivery, Option<Timestamp>)]) -> Result<(), StoreError> {
        if deliveries.is_empty() {
            return Ok(());
        }
        // Of what has become more urgent meanwhile, or whose chat has said something else, it is not known when it is due.
        let sql = "update deliveries set lease_until = 0, in_flight = false, attempts = attempts - 1, due_at = case when attention = $4 \
             and coalesce(queued_since, created_at) = $5 then coalesce($3, due_at) else due_at end \
             where id = $1 and lease_until = $2 and state = 'pending'";
        let mut tx = self.begin().await?;
        for (delivery, due_at) in deliveries {
            within!(tx, conn => sqlx::query(sql).bind(delivery.id).bind(delivery.lease_until).bind(due_at)
                .bind(delivery.attention.number()).bind(delivery.queued_since).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await
    }

    /// Ends every lease on a platform's deliveries, for whoever takes over from a process that died or was replaced.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_deliveries(&self, platform: Platform) -> Result<(), StoreError> {
        let sql = format!(
            "update deliveries set {TAKE} 0 where state = 'pending' and lease_until <> 0 \
             and subscriber_id in (select id from subscribers where platform = $1)"
        );
        on!(&self.writer, pool => sqlx::query(AssertSqlSafe(sql)).bind(platform.as_str()).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Counts the messages that were sent to a subscriber since `since`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_messages_since(
        &self,
        subscriber: SubscriberId,
        since: Timestamp,
    ) -> Result<Messages, StoreError> {
        let sql = "select count(distinct message) as count, count(distinct case when attention > 0 then message end) as patient, \
             min(sent_at) as first from deliveries where subscriber_id = $1 and sent_at > $2";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(since).fetch_one(pool).await)?)
    }

    /// The rules that matched the articles of deliveries, oldest first: whose delivery, the topic if it is a subscription, and
    /// the rule's text.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_reasons(
        &self,
        deliveries: &[DeliveryId],
    ) -> Result<Vec<(DeliveryId, Option<String>, String)>, StoreError> {
        if deliveries.is_empty() {
            return Ok(Vec::new());
        }
        // A subscriber has few rules, a story's article may have matched a hundred thousand.
        let sql = format!(
            "select d.id, r.topic, r.text from deliveries d cross join rules r cross join matches m where d.id in {} \
             and r.subscriber_id = d.subscriber_id and m.article_id = d.article_id and m.rule_id = r.id \
             order by r.created_at, r.id",
            parameters(1, 1, deliveries.len())
        );
        Ok(on!(&self.readers, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql));
            for id in deliveries {
                query = query.bind(id);
            }
            query.fetch_all(pool).await
        })?)
    }
}

impl Tx {
    async fn insert_attempts(
        &mut self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
    ) -> Result<(), StoreError> {
        let sql = "insert into delivery_attempts (id, delivery_id, verdict, error, created_at) \
             select $1, d.id, $3, $4, $5 from deliveries d where d.id = $2";
        for delivery in deliveries {
            within!(self, conn => sqlx::query(sql).bind(Uuid::now_v7()).bind(delivery.id).bind(attempt.verdict)
                .bind(attempt.error).bind(attempt.at).execute(conn).await.map(|_| ()))?;
        }
        Ok(())
    }
}

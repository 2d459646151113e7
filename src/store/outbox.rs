//! The table `deliveries` as the dispatcher works through it: claims, and the results of attempts.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::literals::{FAILED, PENDING};
use super::{Store, StoreError, Tx, execute, execute_tx, from_row, on, on_tx, parameters};
use ceasewire_model::attention::Attention;
use ceasewire_model::{
    Address, ArticleId, Delivery, DeliveryId, DeliveryKind, Platform, StoryId, SubscriberId, Timestamp, VerdictName,
};

/// A lease that ends more than this many lease times ahead was written before the clock was set back.
const FAR_LEASES: i64 = 10;
/// The same for a due time and a chat's block: a daily digest is due within a day, and Telegram has been seen to ask
/// for twelve hours.
pub(super) const FAR_DUE_SECS: i64 = 2 * 86_400;
/// The same for a chat's next slot: a group refused as too fast several times over gets a message every 51 s.
pub(super) const FAR_SLOT_SECS: i64 = 60;
/// Clocks of nodes differ by less than this.
const CLOCK_SKEW_SECS: i64 = 60;

pub(super) struct ClaimedRow {
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

from_row!(ClaimedRow {
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

impl ClaimedRow {
    pub(super) fn into_delivery(self, platform: Platform) -> Result<Delivery, StoreError> {
        Ok(Delivery {
            id: self.id,
            subscriber_id: self.subscriber_id,
            address: Address { platform, chat: self.chat, thread: Some(self.thread).filter(|&thread| thread != 0) },
            kind: DeliveryKind::try_from((self.kind.as_str(), self.number))?,
            subject: self.subject,
            number: self.number,
            story_id: self.story_id,
            article_id: self.article_id,
            burst: self.burst,
            attention: Attention::try_from(self.attention)?,
            attempts: self.attempts,
            possible_duplicates: self.possible_duplicates,
            lease_until: self.lease_until,
            created_at: self.created_at,
            queued_since: self.queued_since.unwrap_or(self.created_at),
        })
    }
}

/// Returns the columns of a [`ClaimedRow`].
pub(super) const RETURNING_CLAIMED: &str = "returning id, subscriber_id, kind, story_id, article_id, subject, number,
    burst, attention, attempts, possible_duplicates, lease_until, created_at, queued_since,
    (select chat from subscribers s where s.id = subscriber_id) as chat,
    (select thread from subscribers s where s.id = subscriber_id) as thread";

/// Leaves out chats with a send in flight; they are bound from the parameter `first` on.
pub(super) fn not_busy(busy: &[String], first: usize) -> String {
    match busy.len() {
        0 => String::new(),
        count => format!("and s.chat not in {}", parameters(first, 1, count)),
    }
}

/// Takes a delivery from its present holder, whose message may have left if it was in flight. The new end of the lease
/// follows.
pub(super) const TAKE_OVER: &str = "possible_duplicates = possible_duplicates + case when in_flight then 1 else 0 end,
    in_flight = false,
    lease_until =";

/// A request for due deliveries.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    pub platform: Platform,
    pub now: Timestamp,
    /// Length of the lease.
    pub lease_secs: i64,
    pub attention: Attention,
    /// The most deliveries to claim.
    pub limit: usize,
    /// Chats with a send in flight.
    pub busy: &'a [String],
    /// Milliseconds that messages to a chat may be ahead of its rate limit.
    pub ahead_ms: i64,
}

/// A failed attempt, for the record.
#[derive(Clone, Copy, Debug)]
pub struct FailedAttempt<'a> {
    pub verdict: VerdictName,
    /// The platform's error.
    pub error: &'a str,
    /// When the attempt ended.
    pub at: Timestamp,
    /// Whether the message may have arrived.
    pub possible_duplicates: bool,
}

/// Counts of messages to a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageStats {
    pub count: i64,
    /// Messages with an alert below urgent.
    pub not_urgent: i64,
    /// When the first one was sent.
    pub first: Option<Timestamp>,
}

from_row!(MessageStats { count, not_urgent, first });

impl Store {
    /// Claims due deliveries, the longest due first, and counts the attempt. Passes over busy, paused, blocked
    /// and unreachable chats, and chats ahead of their rate limit.
    pub async fn claim_due_deliveries(&self, claim: &Claim<'_>) -> Result<Vec<Delivery>, StoreError> {
        let Claim { platform, now, lease_secs, attention, limit, busy, ahead_ms } = *claim;
        let sql = format!(
            include_str!("sql/claim_due_deliveries.sql"),
            pending = PENDING,
            not_busy = not_busy(busy, 10),
            lock = if self.is_shared() { "for update of d skip locked" } else { "" },
            take_over = TAKE_OVER,
            returning = RETURNING_CLAIMED,
        );
        let far_lease = now.plus_secs(lease_secs.saturating_mul(FAR_LEASES));
        let mut rows: Vec<ClaimedRow> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(now)
                .bind(now.plus_secs(lease_secs))
                .bind(far_lease)
                .bind(platform)
                .bind(attention.number())
                .bind(now.plus_secs(FAR_DUE_SECS))
                .bind(now.plus_millis(ahead_ms))
                .bind(now.plus_secs(FAR_SLOT_SECS))
                .bind(limit as i64);
            for chat in busy {
                query = query.bind(chat);
            }
            query.fetch_all(pool).await
        })?;
        // `returning` keeps no order; ids are made in the order of the stories.
        rows.sort_by_key(|row| row.id);
        rows.into_iter().map(|row| row.into_delivery(platform)).collect()
    }

    /// Claims the other due deliveries of the subscribers of `claimed`, oldest first, at most `limit` in all.
    pub async fn claim_due_of_subscribers(
        &self,
        claimed: &[Delivery],
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let Some(first) = claimed.first() else { return Ok(Vec::new()) };
        let mut subscribers: Vec<SubscriberId> = claimed.iter().map(|delivery| delivery.subscriber_id).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let sql = format!(
            "
            with due as materialized (
                select id
                from deliveries
                where subscriber_id in {subscribers}
                    and state = {PENDING}
                    and due_at <= $1
                    and lease_until <= $1
                order by id
                limit $3
                {lock}
            )
            update deliveries
            set {TAKE_OVER} $2,
                attempts = attempts + 1
            where id in (select id from due)
            {RETURNING_CLAIMED}",
            subscribers = parameters(4, 1, subscribers.len()),
            lock = if self.is_shared() { "for update skip locked" } else { "" },
        );
        let rows: Vec<ClaimedRow> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(first.lease_until).bind(limit as i64);
            for subscriber in subscribers {
                query = query.bind(subscriber);
            }
            query.fetch_all(pool).await
        })?;
        rows.into_iter().map(|row| row.into_delivery(first.address.platform)).collect()
    }

    /// Whether more than `most` deliveries are due on a platform to chats that can get them, chats ahead of their rate
    /// limit included.
    pub async fn has_more_due(&self, platform: Platform, now: Timestamp, most: i64) -> Result<bool, StoreError> {
        let due_to_any = format!(
            "
            select count(*)
            from (
                select 1
                from deliveries
                where state = {PENDING}
                    and attention in (0, 1, 2)
                    and due_at <= $1
                limit $2
            ) due"
        );
        let due_to_open = format!(
            "
            select count(*)
            from (
                select 1
                from deliveries d
                cross join subscribers s
                where s.id = d.subscriber_id
                    and d.state = {PENDING}
                    and d.attention in (0, 1, 2)
                    and d.due_at <= $1
                    and s.platform = $3
                    and s.paused_at is null
                    and s.suspended_at is null
                    and (s.blocked_until <= $1 or s.blocked_until > $4)
                limit $2
            ) due"
        );
        let limit = most.saturating_add(1);
        // The cheap count decides almost always: it does not look at the chats.
        let due: i64 = on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(due_to_any)).bind(now).bind(limit).fetch_one(pool).await
        })?;
        if due <= most {
            return Ok(false);
        }
        let due: i64 = on!(&self.readers, pool => {
            let query = sqlx::query_scalar(AssertSqlSafe(due_to_open)).bind(now).bind(limit);
            query.bind(platform).bind(now.plus_secs(FAR_DUE_SECS)).fetch_one(pool).await
        })?;
        Ok(due > most)
    }

    /// Counts the due deliveries of a subscriber.
    pub async fn count_due_to(&self, subscriber: SubscriberId, now: Timestamp) -> Result<i64, StoreError> {
        let sql = format!(
            "
            select count(*)
            from deliveries
            where subscriber_id = $1
                and state = {PENDING}
                and due_at <= $2"
        );
        Ok(on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(subscriber).bind(now).fetch_one(pool).await
        })?)
    }

    /// Makes deliveries due whose due time was written before the clock was set back: it lies days ahead, or the
    /// delivery was created in the future.
    pub async fn repair_due_times(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set due_at = $1
            where state = {PENDING}
                and attention = $4
                and due_at > $1
                and (due_at > $2 or created_at > $3)"
        );
        let (far_due, far_created) = (now.plus_secs(FAR_DUE_SECS), now.plus_secs(CLOCK_SKEW_SECS));
        for attention in Attention::ALL {
            execute!(&self.writer, AssertSqlSafe(sql.as_str()), now, far_due, far_created, attention.number())?;
        }
        Ok(())
    }

    /// Adjusts times after the clock was set back by `by_ms` milliseconds: blocks of chats keep their length, and
    /// deferred deliveries are due at once, to be decided anew.
    pub async fn shift_waits(&self, platform: Platform, by_ms: i64, now: Timestamp) -> Result<(), StoreError> {
        let shift_blocks = "
            update subscribers
            set blocked_until = blocked_until - $2
            where platform = $1
                and blocked_until > $3";
        let make_due = format!(
            "
            update deliveries
            set due_at = $1
            where state = {PENDING}
                and attention = $2
                and due_at > $1"
        );
        let mut tx = self.begin().await?;
        execute_tx!(tx, shift_blocks, platform, by_ms, now)?;
        for attention in Attention::ALL {
            execute_tx!(tx, AssertSqlSafe(make_due.as_str()), now, attention.number())?;
        }
        tx.commit().await
    }

    /// Records the failed attempt of one message and defers its deliveries to `due_at`; `None` keeps their due times.
    ///
    /// # Errors
    /// When the database refuses; then the deliveries are due again when their lease ends.
    pub async fn record_attempt_failed(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
        due_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        // A holder that lost its lease changes nothing.
        let sql = format!(
            "
            update deliveries
            set due_at = coalesce($3, due_at),
                lease_until = 0,
                in_flight = false,
                last_error = $4,
                possible_duplicates = possible_duplicates + $5
            where id = $1
                and lease_until = $2
                and state = {PENDING}"
        );
        let possible_duplicates = i64::from(attempt.possible_duplicates);
        let mut tx = self.begin().await?;
        let mut failed = Vec::new();
        for delivery in deliveries {
            let (sql, lease_until) = (AssertSqlSafe(sql.as_str()), delivery.lease_until);
            let rows = execute_tx!(tx, sql, delivery.id, lease_until, due_at, attempt.error, possible_duplicates)?;
            if rows > 0 {
                failed.push(delivery.clone());
            }
        }
        tx.insert_attempts(&failed, attempt).await?;
        tx.commit().await
    }

    /// Gives claimed deliveries up, with the reason.
    pub async fn record_deliveries_failed(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
    ) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set state = {FAILED},
                lease_until = 0,
                in_flight = false,
                last_error = $3
            where id = $1
                and lease_until = $2
                and state = {PENDING}"
        );
        let mut tx = self.begin().await?;
        for delivery in deliveries {
            execute_tx!(tx, AssertSqlSafe(sql.as_str()), delivery.id, delivery.lease_until, attempt.error)?;
        }
        tx.insert_attempts(deliveries, attempt).await?;
        tx.commit().await
    }

    /// Records a failed attempt before a second one at once.
    pub async fn insert_attempts(
        &self,
        deliveries: &[Delivery],
        attempt: &FailedAttempt<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.insert_attempts(deliveries, attempt).await?;
        tx.commit().await
    }

    /// Counts the attempts of a delivery with a verdict.
    pub async fn count_attempts(&self, id: DeliveryId, verdict: VerdictName) -> Result<i64, StoreError> {
        let sql = "select count(*) from delivery_attempts where delivery_id = $1 and verdict = $2";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(id).bind(verdict).fetch_one(pool).await)?)
    }

    /// Releases claimed deliveries untried, each to be due at a time of its own.
    ///
    /// # Errors
    /// When the database refuses; then the deliveries are due again when their leases end.
    pub async fn release_claimed(&self, deliveries: &[(&Delivery, Option<Timestamp>)]) -> Result<(), StoreError> {
        if deliveries.is_empty() {
            return Ok(());
        }
        // The new due time was decided for the claimed attention and preferences; after a change of either it is void.
        let sql = format!(
            "
            update deliveries
            set lease_until = 0,
                in_flight = false,
                attempts = attempts - 1,
                due_at = case
                    when attention = $4 and coalesce(queued_since, created_at) = $5 then coalesce($3, due_at)
                    else due_at
                end
            where id = $1
                and lease_until = $2
                and state = {PENDING}"
        );
        let mut tx = self.begin().await?;
        for (delivery, due_at) in deliveries {
            let Delivery { id, lease_until, attention, queued_since, .. } = delivery;
            let sql = AssertSqlSafe(sql.as_str());
            execute_tx!(tx, sql, id, lease_until, due_at, attention.number(), queued_since)?;
        }
        tx.commit().await
    }

    /// Ends every lease on a platform's deliveries, for the successor of a dead or replaced process.
    pub async fn release_deliveries(&self, platform: Platform) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set {TAKE_OVER} 0
            where state = {PENDING}
                and lease_until <> 0
                and subscriber_id in (select id from subscribers where platform = $1)"
        );
        execute!(&self.writer, AssertSqlSafe(sql), platform)?;
        Ok(())
    }

    /// Counts the messages to a subscriber since `since`.
    pub async fn count_messages_since(
        &self,
        subscriber: SubscriberId,
        since: Timestamp,
    ) -> Result<MessageStats, StoreError> {
        let sql = "
            select count(distinct message) as count,
                count(distinct case when attention > 0 then message end) as not_urgent,
                min(sent_at) as first
            from deliveries
            where subscriber_id = $1
                and sent_at > $2";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(since).fetch_one(pool).await)?)
    }

    /// The rules that matched the articles of deliveries, oldest first: the delivery, the topic of a subscription, and
    /// the rule's text.
    pub async fn list_reasons(
        &self,
        deliveries: &[DeliveryId],
    ) -> Result<Vec<(DeliveryId, Option<String>, String)>, StoreError> {
        if deliveries.is_empty() {
            return Ok(Vec::new());
        }
        // Through the subscriber's few rules: an article may have matched a hundred thousand.
        let sql = format!(
            "
            select d.id, r.topic, r.text
            from deliveries d
            cross join rules r
            cross join matches m
            where d.id in {ids}
                and r.subscriber_id = d.subscriber_id
                and m.article_id = d.article_id
                and m.rule_id = r.id
            order by r.created_at, r.id",
            ids = parameters(1, 1, deliveries.len())
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
        let sql = "
            insert into delivery_attempts (id, delivery_id, verdict, error, created_at)
            select $1, d.id, $3, $4, $5
            from deliveries d
            where d.id = $2";
        for delivery in deliveries {
            execute_tx!(self, sql, Uuid::now_v7(), delivery.id, attempt.verdict, attempt.error, attempt.at)?;
        }
        Ok(())
    }
}

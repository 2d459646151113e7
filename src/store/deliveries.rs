//! The table `deliveries`: the outbox. A delivery is pending or parked until it is sent, given up or cancelled.

use std::hash::{BuildHasher, RandomState};

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::edits::editable;
use super::literals::{ALERT, CANCELLED, FAILED, NO_DIGESTS, PENDING, SENT};
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, execute_tx, from_row, models, on, on_tx, parameters};
use ceasewire_model::attention::Attention;
use ceasewire_model::{
    ArticleId, DeliveryId, DeliveryKind, DeliveryState, DeliveryStatus, StoryId, SubscriberId, Timestamp,
};

/// Whether a subscriber is neither paused nor suspended. Without statistics PostgreSQL expects one row in forty
/// thousand to pass two tests for null, and then compares each subscriber with each new row.
const LISTENS: &str = "coalesce(s.paused_at, s.suspended_at, 0) <= 0";

/// The condition that a subscriber has no alert of a chat's own feed about the event of the story `$1`. Reads the few
/// stories of chats' own feeds first: most events have none.
fn unheard() -> String {
    format!(
        "and not exists (
            select 1
            from stories t
            cross join deliveries d
            where t.public_story_id = $1
                and d.subscriber_id = s.id
                and d.subject = t.id
                and d.kind = {ALERT}
                and d.state not in ({CANCELLED}, {FAILED})
        )"
    )
}

/// The condition that a delivery tells of the story `$1`, or of the same event as a chat's own feed reported it before.
pub(super) fn of_event(story: &str) -> String {
    format!(
        "(
            {story} = $1
            or {story} in (
                select t.id
                from stories t
                where t.public_story_id = $1
            )
        )"
    )
}

/// A message on its way into the outboxes of its subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewAlert {
    pub kind: DeliveryKind,
    /// Id of the story, or of the meeting of a reminder. A subscriber gets each kind and number of a subject once.
    pub subject: Uuid,
    /// Distinguishes messages of one kind about one subject: the number of an update, the due time of a reminder.
    pub number: i64,
    pub story_id: StoryId,
    /// The article that the message shows.
    pub article_id: ArticleId,
    /// The burst of its article, if it came in one.
    pub burst: Option<Uuid>,
    /// Earliest time of sending.
    pub due_at: Timestamp,
}

from_row!(StatusRow(DeliveryStatus) { id, article_id, state, due_at, last_error, sent_at });

/// Counts of deliveries by state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryCounts {
    pub pending: i64,
    pub parked: i64,
    pub sent: i64,
    pub failed: i64,
    pub cancelled: i64,
}

impl DeliveryCounts {
    /// The count of a state.
    pub fn of(&self, state: DeliveryState) -> i64 {
        match state {
            DeliveryState::Pending => self.pending,
            DeliveryState::Parked => self.parked,
            DeliveryState::Sent => self.sent,
            DeliveryState::Failed => self.failed,
            DeliveryState::Cancelled => self.cancelled,
        }
    }

    fn set(&mut self, state: DeliveryState, count: i64) {
        match state {
            DeliveryState::Pending => self.pending = count,
            DeliveryState::Parked => self.parked = count,
            DeliveryState::Sent => self.sent = count,
            DeliveryState::Failed => self.failed = count,
            DeliveryState::Cancelled => self.cancelled = count,
        }
    }
}

impl Store {
    /// A subscriber's delivery with this id.
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

    /// A subscriber's delivery with the platform's message id `message`.
    pub async fn find_delivery_sent_as(
        &self,
        subscriber: SubscriberId,
        message: &str,
    ) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = "
            select *
            from deliveries
            where subscriber_id = $1
                and message = $2
            order by sent_at desc
            limit 1";
        let row: Option<StatusRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(subscriber).bind(message).fetch_optional(pool).await)?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// The deliveries in one message with this one, itself included, in the order of the message.
    pub async fn list_sent_together(
        &self,
        subscriber: SubscriberId,
        id: DeliveryId,
    ) -> Result<Vec<DeliveryStatus>, StoreError> {
        // A sent delivery's burst is its message; the burst of its article may have been sent in several.
        let sql = format!(
            "
            select d.*
            from deliveries one
            join deliveries d on d.burst = one.burst and d.subscriber_id = one.subscriber_id
            where one.id = $2
                and one.subscriber_id = $1
                and one.state = {SENT}
                and d.state = {SENT}
            order by d.id"
        );
        let rows: Vec<StatusRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(id).fetch_all(pool).await
        })?;
        Ok(models(rows))
    }

    /// A subscriber's latest sent alert.
    pub async fn find_last_delivery(&self, subscriber: SubscriberId) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = format!(
            "
            select *
            from deliveries
            where subscriber_id = $1
                and state = {SENT}
                and kind = {ALERT}
            order by sent_at desc, id desc
            limit 1"
        );
        let row: Option<StatusRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).fetch_optional(pool).await
        })?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// A subscriber's alert of a story.
    pub async fn find_delivery_of_story(
        &self,
        subscriber: SubscriberId,
        story: StoryId,
    ) -> Result<Option<DeliveryStatus>, StoreError> {
        let sql = format!(
            "
            select *
            from deliveries
            where subscriber_id = $1
                and story_id = $2
                and kind = {ALERT}"
        );
        let row: Option<StatusRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(story).fetch_optional(pool).await
        })?;
        Ok(row.map(DeliveryStatus::from))
    }

    /// Counts the pending deliveries.
    pub async fn count_pending_deliveries(&self) -> Result<i64, StoreError> {
        let sql = format!("select count(*) from deliveries where state = {PENDING}");
        Ok(on!(&self.readers, pool => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(pool).await)?)
    }

    /// Counts the deliveries by state.
    pub async fn count_deliveries(&self) -> Result<DeliveryCounts, StoreError> {
        // Each part has an index of its own.
        let sql = format!(
            "
            select {PENDING} as state, count(*)
            from deliveries
            where state = {PENDING}
            union all
            select state, count(*)
            from deliveries
            where state <> {PENDING}
            group by state"
        );
        let rows: Vec<(DeliveryState, i64)> =
            on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await)?;
        let mut counts = DeliveryCounts::default();
        for (state, count) in rows {
            counts.set(state, count);
        }
        Ok(counts)
    }
}

impl Tx {
    /// Inserts a delivery for each subscriber without one of the same subject, kind and number. Attention `digest` or
    /// none counts as `normal` in chats without a digest. Skips subscribers who are paused, unreachable or deleted, or
    /// who muted
    /// the story. Returns the number of inserted and revived deliveries.
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
        let unheard = if alert.kind == DeliveryKind::Alert { unheard() } else { String::new() };
        for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                with alerted (id, subscriber_id, attention) as (values {})
                insert into deliveries (
                    id, subscriber_id, story_id, article_id, state, attempts, due_at, lease_until, created_at,
                    burst, kind, subject, number, attention
                )
                select
                    alerted.id, s.id, $1, $2, {PENDING}, 0, $4, 0, $3,
                    $5, $6, $7, $8,
                    case
                        when alerted.attention < 2 then alerted.attention
                        when s.digest = {NO_DIGESTS} then 1
                        else 2
                    end
                from alerted
                join subscribers s on s.id = alerted.subscriber_id
                where {LISTENS}
                    and not exists (
                        select 1
                        from story_mutes m
                        where m.subscriber_id = s.id and m.story_id = $1
                    )
                    {unheard}
                {lock}
                on conflict (subscriber_id, subject, kind, number) do nothing",
                parameters(9, chunk.len(), 3)
            );
            inserted += on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(alert.story_id).bind(alert.article_id)
                    .bind(now).bind(alert.due_at).bind(alert.burst).bind(alert.kind.as_str()).bind(alert.subject)
                    .bind(alert.number);
                for (subscriber, attention) in chunk {
                    // A rule without an attention goes to the digest of a chat with one.
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

    /// Raises pending alerts of the story to this attention, and revives cancelled and failed ones. Returns the number
    /// of revived alerts.
    async fn raise_deliveries(
        &mut self,
        alert: &NewAlert,
        subscribers: &[(SubscriberId, Option<Attention>)],
        now: Timestamp,
    ) -> Result<u64, StoreError> {
        let states = format!(
            "
            select state
            from deliveries
            where story_id = $1
                and kind = {ALERT}
                and state in ({PENDING}, {CANCELLED}, {FAILED})
            group by state"
        );
        let mut revived = 0;
        if alert.kind != DeliveryKind::Alert {
            return Ok(revived);
        }
        let states: Vec<DeliveryState> =
            on_tx!(self, conn => sqlx::query_scalar(AssertSqlSafe(states)).bind(alert.story_id).fetch_all(conn).await)?;
        for state in states {
            for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
                let sql = format!(
                    "
                    with alerted (subscriber_id, attention) as (values {})
                    update deliveries
                    set state = {PENDING},
                        attention = case
                            when alerted.attention >= 2 and s.digest = {NO_DIGESTS} then 1
                            else alerted.attention
                        end,
                        article_id = case when lease_until = 0 then $1 else article_id end,
                        burst = $2,
                        due_at = $3,
                        created_at = $4,
                        queued_since = null
                    from alerted
                    join subscribers s on s.id = alerted.subscriber_id
                    where deliveries.subscriber_id = s.id
                        and deliveries.subject = $5
                        and deliveries.kind = {ALERT}
                        and deliveries.number = $6
                        and deliveries.state = $7
                        and (deliveries.state <> {PENDING} or deliveries.attention > alerted.attention)
                        and {LISTENS}
                        and not exists (
                            select 1
                            from story_mutes m
                            where m.subscriber_id = s.id and m.story_id = deliveries.story_id
                        )",
                    parameters(8, chunk.len(), 2)
                );
                let rows = on_tx!(self, conn => {
                    let mut query = sqlx::query(AssertSqlSafe(sql)).bind(alert.article_id).bind(alert.burst)
                        .bind(alert.due_at).bind(now).bind(alert.subject).bind(alert.number).bind(state);
                    for (subscriber, attention) in chunk {
                        query = query.bind(subscriber).bind(attention.unwrap_or(Attention::Digest).number());
                    }
                    query.execute(conn).await.map(|done| done.rows_affected())
                })?;
                if state != DeliveryState::Pending {
                    revived += rows;
                }
            }
        }
        Ok(revived)
    }

    /// Schedules an edit of a story's alerts at `due_at`, unless one is due sooner. An alert in flight may have been
    /// rendered before the news: it is edited after it was sent.
    pub async fn record_story_reported(
        &mut self,
        story: StoryId,
        due_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // A due time that stays moves by a millisecond: a claimed edit, rendered before the news, is then not the last
        // one.
        let sql = format!(
            "
            update deliveries
            set edit_due_at = case
                when edit_due_at is null or edit_due_at > $2 then $2
                else edit_due_at + 1
            end
            where {of_event}
                and {editable}",
            of_event = of_event("story_id"),
            editable = editable()
        );
        execute_tx!(self, AssertSqlSafe(sql), story, due_at, now)?;
        Ok(())
    }

    /// The subscribers with a sent or claimed alert of a story, who want its updates as messages of their own.
    pub async fn list_update_subscribers(
        &mut self,
        story: StoryId,
        now: Timestamp,
    ) -> Result<Vec<SubscriberId>, StoreError> {
        let sql = format!(
            "
            select distinct s.id
            from deliveries d
            join subscribers s on s.id = d.subscriber_id
            where {of_event}
                and d.kind = {ALERT}
                and (d.state = {SENT} or (d.state = {PENDING} and d.lease_until > $2))
                and s.loud_updates
                and not exists (
                    select 1
                    from story_mutes m
                    where m.subscriber_id = s.id
                        and m.story_id in ($1, d.story_id)
                )
            order by s.id",
            of_event = of_event("d.story_id")
        );
        Ok(on_tx!(self, conn => {
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(story).bind(now).fetch_all(conn).await
        })?)
    }
}

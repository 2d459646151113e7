//! The table `deliveries` as a replay reads it: the deliveries of a sent message, and the next time that work is due.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::literals::{PENDING, SENT};
use super::{Store, StoreError, from_row, on};
use ceasewire_model::{ArticleId, DeliveryId, DeliveryKind, StoryId, SubscriberId, Timestamp};

/// A delivery in a sent message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SentDelivery {
    pub id: DeliveryId,
    pub kind: DeliveryKind,
    pub story_id: StoryId,
    /// The article that the message shows.
    pub article_id: ArticleId,
    /// Whether the message may hold several deliveries, as a digest does.
    pub combined: bool,
}

struct SentRow {
    id: DeliveryId,
    kind: String,
    number: i64,
    story_id: StoryId,
    article_id: ArticleId,
    burst: Option<Uuid>,
}

from_row!(SentRow { id, kind, number, story_id, article_id, burst });

impl Store {
    /// Lists the deliveries in a subscriber's message with the platform's id `message`, in the order of the message.
    pub async fn list_deliveries_in_message(
        &self,
        subscriber: SubscriberId,
        message: &str,
    ) -> Result<Vec<SentDelivery>, StoreError> {
        let sql = format!(
            "
            select id, kind, number, story_id, article_id, burst
            from deliveries
            where subscriber_id = $1
                and message = $2
                and state = {SENT}
            order by id"
        );
        let rows: Vec<SentRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(message).fetch_all(pool).await
        })?;
        let delivery = |row: SentRow| {
            Ok(SentDelivery {
                id: row.id,
                kind: DeliveryKind::try_from((row.kind.as_str(), row.number))?,
                story_id: row.story_id,
                article_id: row.article_id,
                combined: row.burst.is_some(),
            })
        };
        rows.into_iter().map(delivery).collect()
    }

    /// Finds the first time after `after` at which a delivery, an edit or a reminder is due.
    pub async fn find_next_due(&self, after: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let sql = format!(
            "
            select min(due.due_at)
            from (
                select min(due_at) as due_at
                from deliveries
                where state = {PENDING}
                    and due_at > $1
                union all
                select min(edit_due_at)
                from deliveries
                where edit_due_at > $1
                union all
                select min(remind_day_at)
                from meetings
                where remind_day_at > $1
                union all
                select min(remind_hour_at)
                from meetings
                where remind_hour_at > $1
            ) due"
        );
        Ok(on!(&self.readers, pool => sqlx::query_scalar(AssertSqlSafe(sql)).bind(after).fetch_one(pool).await)?)
    }
}

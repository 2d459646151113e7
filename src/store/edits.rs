//! The table `deliveries` as sent alerts are brought up to date.

use sqlx::AssertSqlSafe;

use super::outbox::{CLAIMED, FAR_DUE_SECS, FAR_PACE_SECS, Row, without};
use super::{Store, StoreError, on};
use ceasewire_model::{Delivery, Platform, Timestamp};

/// An edit that is due in more than so many seconds was put off by a clock that has since been set back: another source is
/// waited for ten minutes at most, and a lease lasts up to an hour.
const FAR_EDIT_SECS: i64 = 2 * 3600;
/// Edits that are ended at once.
const OLD_EDITS: i64 = 1000;

/// Which alerts are to be brought up to date when something changes at `$3`: those that stand in a message of their own that
/// is known, and those that are being sent at this moment, perhaps worded before the change; the sender forgets it where they
/// then stand in no such message. Of a story that was muted what was told stays as it is.
pub(super) const EDITABLE: &str = "kind = 'alert' and ((state = 'sent' and burst is null and message is not null) \
     or (state = 'pending' and lease_until > $3)) and not exists (select 1 from story_mutes m \
     where m.subscriber_id = deliveries.subscriber_id and m.story_id = deliveries.story_id)";

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

impl Store {
    /// Claims up to `limit` sent deliveries that are to be brought up to date on a platform, each with the platform's id
    /// of its message, one of a chat at most. Chats that are paused, held, `busy` or cannot be reached are passed over, and
    /// so are alerts that were sent together with others, since their message tells of many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_edits(
        &self,
        platform: Platform,
        now: Timestamp,
        lease_secs: i64,
        limit: i64,
        busy: &[String],
    ) -> Result<Vec<Edit>, StoreError> {
        let lock = if self.is_shared() { "for update skip locked" } else { "" };
        let others = without(busy, 7);
        // Of all that is due only the oldest are looked at: of a story that breaks there are as many as there are chats.
        let sql = format!(
            "with oldest as materialized (select d.id, d.edit_due_at, s.chat from deliveries d \
             cross join subscribers s where s.id = d.subscriber_id and d.edit_due_at <= $1 and d.state = 'sent' \
             and d.kind = 'alert' and d.burst is null and d.message is not null and s.platform = $3 \
             and s.paused_at is null and s.suspended_at is null and (s.blocked_until <= $1 or s.blocked_until > $5) \
             and (s.next_slot_at <= $1 or s.next_slot_at > $6) {others} order by d.edit_due_at limit $4), \
             placed as (select id, row_number() over (partition by chat order by edit_due_at, id) as place from oldest), \
             due as materialized (select id from deliveries where id in (select id from placed where place = 1) {lock}) \
             update deliveries set edit_due_at = $2 where id in (select id from due) and edit_due_at <= $1 \
             {CLAIMED}, message, sent_at"
        );
        let rows: Vec<EditRow> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(now.plus_secs(lease_secs))
                .bind(platform.as_str()).bind(limit).bind(now.plus_secs(FAR_DUE_SECS)).bind(now.plus_secs(FAR_PACE_SECS));
            for chat in busy {
                query = query.bind(chat);
            }
            query.fetch_all(pool).await
        })?;
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

    /// Makes due what a clock that has since been set back put off, and ends, in small steps, what has been due for so long
    /// that nobody would look any more: its chat could not be written to.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mend_edit_times(&self, now: Timestamp) -> Result<(), StoreError> {
        let far = "update deliveries set edit_due_at = $1 where edit_due_at > $2";
        let old = "update deliveries set edit_due_at = null where id in \
             (select id from deliveries where edit_due_at < $1 order by edit_due_at limit $2)";
        on!(&self.writer, pool => sqlx::query(far).bind(now).bind(now.plus_secs(FAR_EDIT_SECS)).execute(pool).await
            .map(|_| ()))?;
        on!(&self.writer, pool => sqlx::query(old).bind(now.plus_secs(-FAR_EDIT_SECS)).bind(OLD_EDITS).execute(pool).await
            .map(|_| ()))?;
        Ok(())
    }
}

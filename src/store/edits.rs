//! The table `deliveries` as sent alerts are edited after their stories or articles changed.

use sqlx::AssertSqlSafe;

use super::literals::{ALERT, PENDING, SENT};
use super::outbox::{ClaimedRow, FAR_DUE_SECS, FAR_SLOT_SECS, RETURNING_CLAIMED, not_busy};
use super::{Store, StoreError, execute, on};
use ceasewire_model::{Delivery, Platform, Timestamp};

/// An edit due later than this was deferred before the clock was set back: another source is waited for ten
/// minutes at most, and a lease lasts up to an hour.
const FAR_EDIT_SECS: i64 = 2 * 3600;
/// The most outdated edits that one step drops.
const OUTDATED_EDITS: i64 = 1000;

/// The condition of an alert that needs an edit when something changes at `$3`: sent in a message of its own with a
/// known id, or in flight, perhaps rendered before the change; the dispatcher drops the edit if the alert then leaves
/// in another form. Alerts of a muted story are not edited.
pub(super) fn editable() -> String {
    format!(
        "kind = {ALERT}
            and (
                (state = {SENT} and burst is null and message is not null)
                or (state = {PENDING} and lease_until > $3)
            )
            and not exists (
                select 1
                from story_mutes m
                where m.subscriber_id = deliveries.subscriber_id
                    and m.story_id = deliveries.story_id
            )"
    )
}

/// A sent delivery whose message needs an edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub delivery: Delivery,
    /// The platform's id of its message.
    pub message: String,
    pub sent_at: Timestamp,
    /// When the edit is due again unless its result is recorded before.
    pub due_again: Timestamp,
}

struct EditRow {
    claimed: ClaimedRow,
    message: String,
    sent_at: Option<Timestamp>,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for EditRow
where
    ClaimedRow: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    String: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<Timestamp>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            claimed: ClaimedRow::from_row(row)?,
            message: row.try_get("message")?,
            sent_at: row.try_get("sent_at")?,
        })
    }
}

impl Store {
    /// Claims up to `limit` due edits on a platform, one of a chat at most. Passes over busy, paused, blocked
    /// and unreachable chats, and over combined messages.
    pub async fn claim_due_edits(
        &self,
        platform: Platform,
        now: Timestamp,
        lease_secs: i64,
        limit: i64,
        busy: &[String],
    ) -> Result<Vec<Edit>, StoreError> {
        let sql = format!(
            include_str!("sql/claim_due_edits.sql"),
            sent = SENT,
            alert = ALERT,
            not_busy = not_busy(busy, 7),
            lock = if self.is_shared() { "for update skip locked" } else { "" },
            returning = RETURNING_CLAIMED,
        );
        let due_again = now.plus_secs(lease_secs);
        let rows: Vec<EditRow> = on!(&self.writer, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql))
                .bind(now)
                .bind(due_again)
                .bind(platform)
                .bind(limit)
                .bind(now.plus_secs(FAR_DUE_SECS))
                .bind(now.plus_secs(FAR_SLOT_SECS));
            for chat in busy {
                query = query.bind(chat);
            }
            query.fetch_all(pool).await
        })?;
        let edit = |EditRow { claimed, message, sent_at }| {
            let delivery = claimed.into_delivery(platform)?;
            Ok(Edit { delivery, message, sent_at: sent_at.unwrap_or(now), due_again })
        };
        rows.into_iter().map(edit).collect()
    }

    /// Records when an edit is due again; `None`: it is done. An edit that became due meanwhile stays due.
    ///
    /// # Errors
    /// When the database refuses; then the edit is made again.
    pub async fn record_edited(&self, edit: &Edit, again_at: Option<Timestamp>) -> Result<(), StoreError> {
        let sql = "update deliveries set edit_due_at = $3 where id = $1 and edit_due_at = $2";
        execute!(&self.writer, sql, edit.delivery.id, edit.due_again, again_at)?;
        Ok(())
    }

    /// Makes edits due whose deferral is older than the clock, which was set back, and drops some of the edits that
    /// waited for their chat until the news was old.
    pub async fn repair_edit_times(&self, now: Timestamp) -> Result<(), StoreError> {
        let make_due = "update deliveries set edit_due_at = $1 where edit_due_at > $2";
        let drop_outdated = "
            update deliveries
            set edit_due_at = null
            where id in (
                select id
                from deliveries
                where edit_due_at < $1
                order by edit_due_at
                limit $2
            )";
        execute!(&self.writer, make_due, now, now.plus_secs(FAR_EDIT_SECS))?;
        execute!(&self.writer, drop_outdated, now.plus_secs(-FAR_EDIT_SECS), OUTDATED_EDITS)?;
        Ok(())
    }
}

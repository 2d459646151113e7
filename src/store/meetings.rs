//! The table `meetings`: announced meetings and their reminders.

use super::literals::{ALERT, PENDING, PLANNED, SENT};
use super::{Store, StoreError, Tx, execute_tx, from_row, on, on_tx};
use crate::store::NewAlert;
use ceasewire_model::attention::Attention;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{ArticleId, DeliveryKind, MeetingId, StoryId, SubscriberId, Timestamp};
use sqlx::AssertSqlSafe;

/// The longest delay of a reminder, in seconds: the program was down, or the meeting was announced too late.
const DAY_LATE_SECS: i64 = 3 * 3600;
const HOUR_LATE_SECS: i64 = 1800;

struct MeetingRow {
    id: MeetingId,
    article_id: ArticleId,
    participants: String,
    place: Option<String>,
    time_zone: Option<String>,
    first_day: Option<String>,
    last_day: Option<String>,
    starts_at: Option<Timestamp>,
    status: MeetingStatus,
    sequence: i64,
    remind_day_at: Option<Timestamp>,
    remind_hour_at: Option<Timestamp>,
    updated_at: Timestamp,
}

from_row!(MeetingRow {
    id,
    article_id,
    participants,
    place,
    time_zone,
    first_day,
    last_day,
    starts_at,
    status,
    sequence,
    remind_day_at,
    remind_hour_at,
    updated_at
});

impl From<MeetingRow> for Meeting {
    fn from(row: MeetingRow) -> Self {
        Self {
            id: row.id,
            article_id: row.article_id,
            participants: serde_json::from_str(&row.participants).unwrap_or_default(),
            place: row.place,
            time_zone: row.time_zone,
            first_day: row.first_day,
            last_day: row.last_day,
            starts_at: row.starts_at,
            status: row.status,
            sequence: row.sequence,
            remind_day_at: row.remind_day_at,
            remind_hour_at: row.remind_hour_at,
            updated_at: row.updated_at,
        }
    }
}

impl Store {
    /// Lists the meetings that end on `day` or later, and undated ones announced since `since`, the soonest first.
    pub async fn list_meetings(&self, day: &str, since: Timestamp) -> Result<Vec<Meeting>, StoreError> {
        let sql = "
            select *
            from meetings
            where last_day >= $1
                or (last_day is null and updated_at >= $2)
            order by case when first_day is null then 1 else 0 end, first_day, starts_at, id";
        let rows: Vec<MeetingRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(day).bind(since).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Meeting::from).collect())
    }

    /// Finds a meeting.
    pub async fn find_meeting(&self, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
        let sql = "select * from meetings where id = $1";
        let row: Option<MeetingRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(row.map(Meeting::from))
    }

    /// Inserts the due reminders of meetings, for the subscribers with an alert of the meeting who want reminders.
    /// Returns the number of reminders.
    pub async fn insert_due_reminders(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut inserted = 0;
        for (kind, column, late) in [
            (DeliveryKind::DayBefore, "remind_day_at", DAY_LATE_SECS),
            (DeliveryKind::HourBefore, "remind_hour_at", HOUR_LATE_SECS),
        ] {
            let due = format!(
                "
                select *
                from meetings
                where {column} <= $1
                    and {column} > $2
                    and status = {PLANNED}"
            );
            let late = now.plus_secs(-late);
            let rows: Vec<MeetingRow> = on!(&self.readers, pool => {
                sqlx::query_as(AssertSqlSafe(due)).bind(now).bind(late).fetch_all(pool).await
            })?;
            for meeting in rows.into_iter().map(Meeting::from) {
                inserted += self.insert_reminders(&meeting, kind, now).await?;
            }
        }
        Ok(inserted)
    }

    /// Lists the meetings that the articles of a story announce, the last changed first.
    pub async fn list_story_meetings(&self, story: StoryId) -> Result<Vec<Meeting>, StoreError> {
        let sql = "
            select *
            from meetings
            where id in (
                select l.meeting_id
                from article_meetings l
                join articles a on a.id = l.article_id
                where a.story_id = $1
            )
            order by updated_at desc, id";
        let rows: Vec<MeetingRow> = on!(&self.readers, pool => sqlx::query_as(sql).bind(story).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Meeting::from).collect())
    }

    async fn insert_reminders(&self, meeting: &Meeting, kind: DeliveryKind, now: Timestamp) -> Result<u64, StoreError> {
        // Any article of the alerted story may announce the meeting.
        let listeners = format!(
            "
            select distinct s.id
            from article_meetings l
            join articles a on a.id = l.article_id
            join deliveries d on d.story_id = a.story_id
            join subscribers s on s.id = d.subscriber_id
            where l.meeting_id = $1
                and d.kind = {ALERT}
                and d.state in ({SENT}, {PENDING})
                and s.reminders
                and s.paused_at is null
                and s.suspended_at is null
                and not exists (
                    select 1
                    from deliveries reminder
                    where reminder.subscriber_id = s.id
                        and reminder.subject = $2
                        and reminder.kind = $3
                        and reminder.number = $4
                )
            order by s.id"
        );
        let story = "select story_id from articles where id = $1";
        let due = if kind == DeliveryKind::HourBefore { meeting.remind_hour_at } else { meeting.remind_day_at };
        let Some(due) = due else { return Ok(0) };
        let listeners: Vec<SubscriberId> = on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(listeners))
                .bind(meeting.id)
                .bind(meeting.id.0)
                .bind(kind.as_str())
                .bind(due)
                .fetch_all(pool)
                .await
        })?;
        // An earlier call has mostly inserted them all.
        if listeners.is_empty() {
            return Ok(0);
        }
        let story: StoryId =
            on!(&self.readers, pool => sqlx::query_scalar(story).bind(meeting.article_id).fetch_one(pool).await)?;
        let alert = NewAlert {
            kind,
            subject: meeting.id.0,
            // A new date makes a new reminder; a new place does not.
            number: due.0,
            story_id: story,
            article_id: meeting.article_id,
            burst: None,
            due_at: now,
        };
        let listeners: Vec<_> = listeners.into_iter().map(|listener| (listener, Some(Attention::Normal))).collect();
        let mut tx = self.begin().await?;
        let inserted = tx.insert_deliveries(&alert, &listeners, now).await?;
        tx.commit().await?;
        Ok(inserted)
    }
}

impl Tx {
    /// Inserts a meeting, or replaces it. Its article must be in the store.
    pub async fn save_meeting(&mut self, meeting: &Meeting) -> Result<(), StoreError> {
        let sql = include_str!("sql/save_meeting.sql");
        let participants = serde_json::to_string(&meeting.participants).unwrap_or_default();
        execute_tx!(
            self,
            sql,
            meeting.id,
            meeting.article_id,
            participants,
            &meeting.place,
            &meeting.time_zone,
            &meeting.first_day,
            &meeting.last_day,
            meeting.starts_at,
            meeting.status,
            meeting.sequence,
            meeting.remind_day_at,
            meeting.remind_hour_at,
            meeting.updated_at,
        )?;
        Ok(())
    }

    /// Links an article to a meeting that it announces.
    pub async fn insert_article_meeting(&mut self, id: ArticleId, meeting: MeetingId) -> Result<(), StoreError> {
        let sql = r"
            insert into article_meetings (article_id, meeting_id)
            values ($1, $2)
            on conflict do nothing";
        execute_tx!(self, sql, id, meeting)?;
        Ok(())
    }
}

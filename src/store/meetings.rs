//! The table `meetings`: meetings that were announced, and who is reminded of them.

use super::{Store, StoreError, Tx, from_row, on, on_tx};
use crate::store::NewAlert;
use ceasewire_model::attention::Attention;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{ArticleId, DeliveryKind, MeetingId, StoryId, SubscriberId, Timestamp};

/// A reminder that would come later than this is none any more: the program was down, or the meeting came up too late.
const DAY_LATE_SECS: i64 = 3 * 3600;
const HOUR_LATE_SECS: i64 = 1800;

struct Row {
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

from_row!(Row {
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

impl From<Row> for Meeting {
    fn from(row: Row) -> Self {
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
    /// The meetings that end on `day` or later, and those without a date that were announced since `since`, the soonest
    /// first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_meetings(&self, day: &str, since: Timestamp) -> Result<Vec<Meeting>, StoreError> {
        let sql = "select * from meetings where last_day >= $1 or (last_day is null and updated_at >= $2) \
             order by case when first_day is null then 1 else 0 end, first_day, starts_at, id";
        let rows: Vec<Row> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(day).bind(since).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Meeting::from).collect())
    }

    /// The meeting with this id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_meeting(&self, id: MeetingId) -> Result<Option<Meeting>, StoreError> {
        let sql = "select * from meetings where id = $1";
        let row: Option<Row> = on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(row.map(Meeting::from))
    }

    /// Puts the reminders that are due into the outbox: for each meeting those of the subscribers who were alerted of it
    /// and want reminders. Returns how many were put.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_due_reminders(&self, now: Timestamp) -> Result<u64, StoreError> {
        let mut inserted = 0;
        for (kind, column, late) in [
            (DeliveryKind::DayBefore, "remind_day_at", DAY_LATE_SECS),
            (DeliveryKind::HourBefore, "remind_hour_at", HOUR_LATE_SECS),
        ] {
            let due = format!("select * from meetings where {column} <= $1 and {column} > $2 and status = 'planned'");
            let late = now.plus_secs(-late);
            let rows: Vec<Row> = on!(&self.readers, pool => sqlx::query_as(sqlx::AssertSqlSafe(due)).bind(now).bind(late)
                .fetch_all(pool).await)?;
            for meeting in rows.into_iter().map(Meeting::from) {
                inserted += self.insert_reminders(&meeting, kind, now).await?;
            }
        }
        Ok(inserted)
    }

    /// The meetings that the articles of a story tell of, the last changed first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_meetings(&self, story: StoryId) -> Result<Vec<Meeting>, StoreError> {
        let sql = "select * from meetings where id in (select l.meeting_id from article_meetings l \
             join articles a on a.id = l.article_id where a.story_id = $1) order by updated_at desc, id";
        let rows: Vec<Row> = on!(&self.readers, pool => sqlx::query_as(sql).bind(story).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Meeting::from).collect())
    }

    async fn insert_reminders(&self, meeting: &Meeting, kind: DeliveryKind, now: Timestamp) -> Result<u64, StoreError> {
        // Whoever was alerted of a story that tells of it, by whichever of the story's articles.
        let listeners = "select distinct s.id from article_meetings l join articles a on a.id = l.article_id \
             join deliveries d on d.story_id = a.story_id join subscribers s on s.id = d.subscriber_id \
             where l.meeting_id = $1 and d.kind = 'alert' and d.state in ('sent', 'pending') and s.reminders \
             and s.paused_at is null and s.suspended_at is null and not exists (select 1 from deliveries told \
             where told.subscriber_id = s.id and told.subject = $2 and told.kind = $3 and told.number = $4) order by s.id";
        let story = "select story_id from articles where id = $1";
        let due = if kind == DeliveryKind::HourBefore { meeting.remind_hour_at } else { meeting.remind_day_at };
        let Some(due) = due else { return Ok(0) };
        let listeners: Vec<SubscriberId> = on!(&self.readers, pool => sqlx::query_scalar(listeners).bind(meeting.id)
            .bind(meeting.id.0).bind(kind.as_str()).bind(due).fetch_all(pool).await)?;
        // Mostly they were all put there before.
        if listeners.is_empty() {
            return Ok(0);
        }
        let story: StoryId =
            on!(&self.readers, pool => sqlx::query_scalar(story).bind(meeting.article_id).fetch_one(pool).await)?;
        let alert = NewAlert {
            kind,
            subject: meeting.id.0,
            // One that is moved is reminded of again; one of which only the place becomes known is not.
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
    /// Inserts a meeting, or replaces what is known of it. The article that announced it must be in the store.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn save_meeting(&mut self, meeting: &Meeting) -> Result<(), StoreError> {
        let sql = "insert into meetings (id, article_id, participants, place, time_zone, first_day, last_day, starts_at, \
             status, sequence, remind_day_at, remind_hour_at, created_at, updated_at) \
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13) on conflict (id) do update set \
             article_id = excluded.article_id, participants = excluded.participants, place = excluded.place, \
             time_zone = excluded.time_zone, first_day = excluded.first_day, last_day = excluded.last_day, \
             starts_at = excluded.starts_at, status = excluded.status, sequence = excluded.sequence, \
             remind_day_at = excluded.remind_day_at, remind_hour_at = excluded.remind_hour_at, \
             updated_at = excluded.updated_at";
        let participants = serde_json::to_string(&meeting.participants).unwrap_or_default();
        on_tx!(self, conn => sqlx::query(sql).bind(meeting.id).bind(meeting.article_id).bind(participants)
            .bind(&meeting.place).bind(&meeting.time_zone).bind(&meeting.first_day).bind(&meeting.last_day)
            .bind(meeting.starts_at).bind(meeting.status).bind(meeting.sequence)
            .bind(meeting.remind_day_at).bind(meeting.remind_hour_at).bind(meeting.updated_at).execute(conn).await
            .map(|_| ()))?;
        Ok(())
    }

    /// Links an article to a meeting that it announces.
    pub async fn insert_article_meeting(&mut self, id: ArticleId, meeting: MeetingId) -> Result<(), StoreError> {
        let sql = r"
            insert into article_meetings (article_id, meeting_id)
            values ($1, $2)
            on conflict do nothing";
        on_tx!(self, conn => sqlx::query(sql).bind(id).bind(meeting).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}

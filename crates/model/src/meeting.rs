//! A meeting that was announced, as calendars know it.

use super::event::MeetingStatus;
use super::{ArticleId, MeetingId, Timestamp};

/// A meeting, however many articles tell of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// Its id, by which calendars recognise it when it changes.
    pub id: MeetingId,
    /// The article that announced it, or changed it last.
    pub article_id: ArticleId,
    /// Who meets.
    pub participants: Vec<String>,
    /// Where.
    pub place: Option<String>,
    /// The time zone there, such as `Europe/Moscow`.
    pub time_zone: Option<String>,
    /// The day, or the first of several, as `2020-10-23`; `None` where no article says.
    pub first_day: Option<String>,
    /// The last of several days.
    pub last_day: Option<String>,
    /// The moment at which it begins, where an article gives a time and the zone is known.
    pub starts_at: Option<Timestamp>,
    /// Whether it takes place.
    pub status: MeetingStatus,
    /// How often its date, place or status has changed.
    pub sequence: i64,
    /// When to remind of it the day before, and an hour before.
    pub remind_day_at: Option<Timestamp>,
    /// The hour before; only where the moment is known.
    pub remind_hour_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

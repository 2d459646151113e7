//! An announced meeting as a calendar entry.

use super::event::MeetingStatus;
use super::{ArticleId, MeetingId, Timestamp};

/// A meeting that one or several articles announce.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The id that calendars recognise a changed meeting by.
    pub id: MeetingId,
    /// The article that announced the meeting, or changed it last.
    pub article_id: ArticleId,
    /// The participants.
    pub participants: Vec<String>,
    /// The place.
    pub place: Option<String>,
    /// The time zone of the place, such as `Europe/Moscow`.
    pub time_zone: Option<String>,
    /// The day, or the first of several, as `2020-10-23`; `None` if no article gives it.
    pub first_day: Option<String>,
    /// The last of several days.
    pub last_day: Option<String>,
    /// The start, if an article gives a time and the profile has the zone of the place.
    pub starts_at: Option<Timestamp>,
    /// The status.
    pub status: MeetingStatus,
    /// The number of changes to date, place or status.
    pub sequence: i64,
    /// The time of the reminder on the day before.
    pub remind_day_at: Option<Timestamp>,
    /// The time of the reminder an hour before; only for a meeting with a known start.
    pub remind_hour_at: Option<Timestamp>,
    /// The time of the last change.
    pub updated_at: Timestamp,
}

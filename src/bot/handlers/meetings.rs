//! `/meetings`: the meetings ahead, a meeting's calendar file, and whether the chat is reminded.

use std::sync::Arc;

use crate::alert::calendar::{CalendarEvent, EventTime, to_ics};
use crate::alert::meeting as wording;
use crate::bot::reply;
use crate::locale::Locale;
use crate::store::Store;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Address, File, FileKind, MeetingId, Message, Timestamp};

/// Days for which a meeting without a date is listed after it was announced.
const UNDATED_DAYS: i64 = 14;

pub(in crate::bot) async fn list(store: &Store, at: &Address, now: Timestamp) -> anyhow::Result<Message> {
    let today = now.to_datetime().date_naive().to_string();
    let meetings = store.list_meetings(&today, now.plus_secs(-UNDATED_DAYS * 86_400)).await?;
    let reminders = store.find_subscriber(at).await?.is_some_and(|subscriber| subscriber.reminders);
    Ok(reply::meetings(&meetings, reminders))
}

pub(in crate::bot) async fn remind(store: &Store, at: &Address, on: bool, now: Timestamp) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_reminders(subscriber.id, on).await?;
    Ok(reply::reminders(on).into())
}

/// The calendar file of a meeting, as it stands now.
pub(in crate::bot) async fn calendar(store: &Store, id: MeetingId, now: Timestamp) -> anyhow::Result<Message> {
    let Some(meeting) = store.find_meeting(id).await? else { return Ok(reply::meeting_gone().into()) };
    let article = store.find_article(meeting.article_id).await?;
    let url = article.and_then(|article| article.url);
    let Some(file) = file(&meeting, url, now) else { return Ok(reply::meeting_undated(&meeting).into()) };
    let text = wording::line(&meeting, Locale::default());
    Ok(Message { text, file: Some(file), ..Message::default() })
}

fn file(meeting: &Meeting, url: Option<String>, now: Timestamp) -> Option<File> {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    let first = day(&meeting.first_day)?;
    let when = match (meeting.starts_at, &meeting.time_zone) {
        (Some(start), Some(zone)) => EventTime::At { start, time_zone: zone.clone() },
        _ => EventTime::Days { first, last: day(&meeting.last_day).unwrap_or(first) },
    };
    let ics = to_ics(&CalendarEvent {
        uid: format!("{}@ceasewire", meeting.id.0),
        sequence: u32::try_from(meeting.sequence).unwrap_or(u32::MAX),
        title: wording::title(meeting, Locale::default()),
        description: wording::line(meeting, Locale::default()).to_plain(),
        place: meeting.place.clone(),
        url,
        when,
        // Put off to a day that nobody has named, it is on no day.
        cancelled: matches!(meeting.status, MeetingStatus::Cancelled | MeetingStatus::Postponed),
        stamp: now,
    });
    Some(File {
        name: format!("meeting-{first}.ics"),
        kind: FileKind::Calendar,
        drawn: ics.replace("\r\n", "\n"),
        bytes: Arc::from(ics.into_bytes()),
    })
}

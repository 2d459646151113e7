//! Renders meetings: in lists, reminders and calendars. Pure.

use crate::locale::Locale;
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Button, DeliveryKind, MeetingId, Message, Style, Text};

/// Verb of the button that requests a meeting's calendar file; a colon and the meeting's id follow.
pub const CALENDAR: &str = "ics";

/// Returns the button that requests a meeting's calendar file.
pub fn calendar_button(id: MeetingId, locale: Locale) -> Button {
    Button { label: locale.label("alert-calendar"), data: format!("{CALENDAR}:{}", id.0.simple()) }
}

/// Renders a meeting on a button: date and place.
pub fn short(meeting: &Meeting, locale: Locale) -> String {
    let place = meeting.place.as_deref().map(|place| format!(" · {place}")).unwrap_or_default();
    format!("📅 {}{place}", date(meeting, locale))
}

pub fn render_reminder(meeting: &Meeting, kind: DeliveryKind, locale: Locale) -> Message {
    let heading = match kind {
        DeliveryKind::HourBefore => locale.text("reminder-hour", &[]),
        _ => locale.text("reminder-day", &[]),
    };
    let mut text = heading.with("\n", Style::Plain);
    text.0.extend(line(meeting, locale).0);
    Message { text, buttons: vec![vec![calendar_button(meeting.id, locale)]], ..Message::default() }
}

/// Renders a meeting in a list: participants, date, place and status.
pub fn line(meeting: &Meeting, locale: Locale) -> Text {
    let mut text = Text::default().with(title(meeting, locale), Style::Bold);
    let mut parts = vec![date(meeting, locale)];
    parts.extend(meeting.place.clone());
    parts.extend(match meeting.status {
        MeetingStatus::Cancelled => Some(locale.label("meeting-cancelled")),
        MeetingStatus::Postponed => Some(locale.label("meeting-postponed")),
        MeetingStatus::Moved => Some(locale.label("meeting-moved")),
        MeetingStatus::Planned | MeetingStatus::Held => None,
    });
    text = text.with(format!("\n{}", parts.join(" · ")), Style::Plain);
    text
}

/// Returns the title of a meeting in a calendar.
pub fn title(meeting: &Meeting, locale: Locale) -> String {
    locale.text("meeting-of", &[("participants", meeting.participants.join(", ").into())]).to_plain()
}

/// Renders the date of a meeting in the local time of its place.
fn date(meeting: &Meeting, locale: Locale) -> String {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    let Some(first) = day(&meeting.first_day) else { return locale.label("meeting-undated") };
    let shown = |day: chrono::NaiveDate| locale.date(day);
    let days = match day(&meeting.last_day) {
        Some(last) if last > first => format!("{} – {}", shown(first), shown(last)),
        _ => shown(first),
    };
    let zone = meeting.time_zone.as_deref().and_then(|zone| zone.parse::<chrono_tz::Tz>().ok());
    match (meeting.starts_at, zone) {
        (Some(start), Some(zone)) => {
            let local = start.to_datetime().with_timezone(&zone);
            format!("{days}, {} {}", locale.time(local.time()), local.format("%Z"))
        }
        _ => days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{ArticleId, Timestamp};

    #[test]
    fn a_meeting_shows_participants_date_place_and_status() {
        let meeting = Meeting {
            id: MeetingId::new(),
            article_id: ArticleId::new(),
            participants: vec!["Armenia".into(), "Azerbaijan".into(), "Pompeo".into()],
            place: Some("Washington".into()),
            time_zone: Some("America/New_York".into()),
            first_day: Some("2020-10-23".into()),
            last_day: Some("2020-10-23".into()),
            starts_at: None,
            status: MeetingStatus::Planned,
            sequence: 0,
            remind_day_at: None,
            remind_hour_at: None,
            updated_at: Timestamp(0),
        };
        assert_eq!(
            line(&meeting, Locale::default()).to_plain(),
            "Meeting: Armenia, Azerbaijan, Pompeo\n23 Oct 2020 · Washington"
        );
        let timed = Meeting { starts_at: Some(Timestamp(1_603_461_600_000)), ..meeting.clone() };
        assert!(
            line(&timed, Locale::default()).to_plain().ends_with("23 Oct 2020, 10:00 EDT · Washington"),
            "{:?}",
            line(&timed, Locale::default())
        );
        let undated = Meeting { first_day: None, place: None, status: MeetingStatus::Postponed, ..meeting.clone() };
        assert!(
            line(&undated, Locale::default()).to_plain().ends_with("\ndate not given · put off"),
            "{:?}",
            line(&undated, Locale::default())
        );
        let reminder = render_reminder(&meeting, DeliveryKind::DayBefore, Locale::default());
        assert!(reminder.text.to_plain().starts_with("Tomorrow\nMeeting: "), "{reminder:?}");
    }
}

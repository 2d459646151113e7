//! How meetings are worded: in lists, reminders and calendars. Pure.

use crate::locale::{say, word};
use ceasewire_model::event::MeetingStatus;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Button, DeliveryKind, MeetingId, Message, Style, Text};

/// What the data of the button begins with that asks for a meeting's calendar file; the meeting's id follows a colon.
pub const CALENDAR: &str = "ics";

/// The button that asks for a meeting's calendar file.
pub fn calendar_button(id: MeetingId) -> Button {
    Button { label: word("alert-calendar"), data: format!("{CALENDAR}:{}", id.0.simple()) }
}

/// A meeting on a button: when and where.
pub fn short(meeting: &Meeting) -> String {
    let place = meeting.place.as_deref().map(|place| format!(" · {place}")).unwrap_or_default();
    format!("📅 {}{place}", date(meeting))
}

/// Words a reminder.
pub fn render_reminder(meeting: &Meeting, kind: DeliveryKind) -> Message {
    let when = if kind == DeliveryKind::HourBefore { say("reminder-hour", &[]) } else { say("reminder-day", &[]) };
    let mut text = when.with("\n", Style::Plain);
    text.0.extend(line(meeting).0);
    Message { text, buttons: vec![vec![calendar_button(meeting.id)]], ..Message::default() }
}

/// A meeting in a list: who, when, where, and what has become of it.
pub fn line(meeting: &Meeting) -> Text {
    let mut text = Text::default().with(title(meeting), Style::Bold);
    let mut parts = vec![date(meeting)];
    parts.extend(meeting.place.clone());
    parts.extend(match meeting.status {
        MeetingStatus::Cancelled => Some(word("meeting-cancelled")),
        MeetingStatus::Postponed => Some(word("meeting-postponed")),
        MeetingStatus::Planned | MeetingStatus::Held => None,
    });
    text = text.with(format!("\n{}", parts.join(" · ")), Style::Plain);
    text
}

/// What a calendar calls a meeting.
pub fn title(meeting: &Meeting) -> String {
    say("meeting-of", &[("participants", meeting.participants.join(", ").into())]).to_plain()
}

/// When a meeting is, in the place's own time.
fn date(meeting: &Meeting) -> String {
    let day = |text: &Option<String>| text.as_deref().and_then(|text| text.parse::<chrono::NaiveDate>().ok());
    let Some(first) = day(&meeting.first_day) else { return word("meeting-undated") };
    let shown = |day: chrono::NaiveDate| day.format("%-d %b %Y").to_string();
    let days = match day(&meeting.last_day) {
        Some(last) if last > first => format!("{} – {}", shown(first), shown(last)),
        _ => shown(first),
    };
    let zone = meeting.time_zone.as_deref().and_then(|zone| zone.parse::<chrono_tz::Tz>().ok());
    match (meeting.starts_at, zone) {
        (Some(start), Some(zone)) => {
            let local = start.to_datetime().with_timezone(&zone);
            format!("{days}, {}", local.format("%H:%M %Z"))
        }
        _ => days,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{ArticleId, Timestamp};

    #[test]
    fn a_meeting_is_told_with_who_when_and_where_and_what_is_missing() {
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
        assert_eq!(line(&meeting).to_plain(), "Meeting: Armenia, Azerbaijan, Pompeo\n23 Oct 2020 · Washington");
        let timed = Meeting { starts_at: Some(Timestamp(1_603_461_600_000)), ..meeting.clone() };
        assert!(line(&timed).to_plain().ends_with("23 Oct 2020, 10:00 EDT · Washington"), "{:?}", line(&timed));
        let undated = Meeting { first_day: None, place: None, status: MeetingStatus::Postponed, ..meeting.clone() };
        assert!(line(&undated).to_plain().ends_with("\ndate not given · put off"), "{:?}", line(&undated));
        let reminder = render_reminder(&meeting, DeliveryKind::DayBefore);
        assert!(reminder.text.to_plain().starts_with("Tomorrow\nMeeting: "), "{reminder:?}");
    }
}

//! Writes a meeting as a calendar file (iCalendar, RFC 5545) that people add to their calendar with one tap. The only
//! file that knows the `icalendar` crate.
//!
//! A calendar replaces an event by a file with the same UID and a higher sequence number. The file states only facts
//! from the news: an event without a known time takes whole days, and no event has an end time.

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use ceasewire_model::Timestamp;

/// The longest text in a file; calendars show less.
const LONGEST: usize = 4000;

/// The facts about a meeting that a calendar file holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarEvent {
    /// A stable id of the meeting.
    pub uid: String,
    /// Number of changes so far.
    pub sequence: u32,
    /// The participants.
    pub title: String,
    /// Details with their source.
    pub description: String,
    pub place: Option<String>,
    /// Address of the article.
    pub url: Option<String>,
    pub when: EventTime,
    pub cancelled: bool,
    /// Time of the last change.
    pub stamp: Timestamp,
}

/// The time of a meeting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventTime {
    /// Local days without a known time.
    Days {
        first: NaiveDate,
        /// Equal to `first` for a single day.
        last: NaiveDate,
    },
    /// A known start.
    At {
        start: Timestamp,
        /// IANA name of the place's time zone, such as `America/New_York`.
        time_zone: String,
    },
}

/// Writes a meeting as a calendar file.
///
/// The file holds the local time of the place with the zone's name and definition: Apple and Google read the IANA name,
/// Outlook reads the definition. The definition holds only the offset at the start, enough for a single event. An
/// unknown zone becomes UTC at the same instant.
pub fn to_ics(meeting: &CalendarEvent) -> String {
    let mut event = Event::with_uid(&uid(&meeting.uid));
    event
        .timestamp(meeting.stamp.to_datetime())
        .last_modified(meeting.stamp.to_datetime())
        .sequence(meeting.sequence)
        .summary(&plain(&meeting.title).replace('\n', " "))
        // A meeting in the news must not block the reader's own time.
        .add_property("TRANSP", "TRANSPARENT");
    if !meeting.description.is_empty() {
        event.description(&plain(&meeting.description));
    }
    if let Some(place) = &meeting.place {
        event.location(&plain(place).replace('\n', " "));
    }
    // The crate writes an address unchecked, so only a valid one may enter.
    let url = meeting.url.as_deref().and_then(|url| url::Url::parse(url).ok());
    if let Some(url) = url.filter(|url| matches!(url.scheme(), "http" | "https")) {
        event.url(url.as_str());
    }
    let mut calendar = Calendar::empty();
    for (name, value) in [
        ("VERSION", "2.0"),
        ("PRODID", "-//Ceasewire//Ceasewire//EN"),
        ("CALSCALE", "GREGORIAN"),
        ("METHOD", "PUBLISH"),
    ] {
        calendar.append_property(Property::new(name, value));
    }
    let mut definition = None;
    let timed = match &meeting.when {
        EventTime::Days { first, last } => {
            // DTEND is exclusive.
            event.starts(*first).ends((*first).max(*last).succ_opt().unwrap_or(*last));
            false
        }
        EventTime::At { start, time_zone } => {
            definition = set_start(&mut event, *start, time_zone);
            true
        }
    };
    event.status(match (meeting.cancelled, timed) {
        (true, _) => EventStatus::Cancelled,
        // Without a time the day is not firm either.
        (false, false) => EventStatus::Tentative,
        (false, true) => EventStatus::Confirmed,
    });
    calendar.push(event);
    let file = calendar.to_string();
    // The crate cannot write a time zone.
    match definition {
        Some(definition) => file.replacen("BEGIN:VEVENT", &format!("{definition}BEGIN:VEVENT"), 1),
        None => file,
    }
}

/// Sets the start of an event and returns the definition of its zone; `None` for UTC.
fn set_start(event: &mut Event, start: Timestamp, time_zone: &str) -> Option<String> {
    let utc = start.to_datetime();
    let Some(zone) = time_zone.parse::<Tz>().ok().filter(|zone| *zone != Tz::UTC) else {
        event.starts(utc);
        return None;
    };
    let local = zone.from_utc_datetime(&utc.naive_utc());
    let mut property = Property::new("DTSTART", local.format("%Y%m%dT%H%M%S").to_string());
    property.add_parameter("TZID", zone.name());
    event.append_property(property.done());

    let seconds = local.offset().fix().local_minus_utc();
    let (sign, seconds) = if seconds < 0 { ('-', -seconds) } else { ('+', seconds) };
    let offset = format!("{sign}{:02}{:02}", seconds / 3600, seconds / 60 % 60);
    // Valid from 1970: year zero would break old readers.
    Some(format!(
        "BEGIN:VTIMEZONE\r\nTZID:{zone}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{offset}\r\n\
         TZOFFSETTO:{offset}\r\nTZNAME:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        zone = zone.name(),
    ))
}

/// Makes a UID globally unique.
fn uid(uid: &str) -> String {
    let uid: String = uid.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '\\')).collect();
    if uid.contains('@') { uid } else { format!("{uid}@ceasewire") }
}

/// Removes control characters except line breaks and shortens a very long text.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST).collect();
    kept.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use icalendar::{CalendarDateTime, DatePerhapsTime};

    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2020, 10, day).unwrap()
    }

    fn meeting() -> CalendarEvent {
        CalendarEvent {
            uid: "0192e4f0-story".into(),
            sequence: 0,
            title: "Mnatsakanyan, Bayramov and Pompeo; Washington".into(),
            description: "The ministers \\ are to meet.\nSource: Wire, 21 October".into(),
            place: Some("Washington, D.C.".into()),
            url: Some("https://wire.example/a/1?b=2,3;c".into()),
            when: EventTime::Days { first: day(23), last: day(23) },
            cancelled: false,
            stamp: Timestamp(1_603_300_000_000),
        }
    }

    /// Checks the format of a file and reads its event.
    fn read(file: &str) -> Event {
        assert!(file.starts_with("BEGIN:VCALENDAR\r\n") && file.ends_with("END:VCALENDAR\r\n"));
        for line in file.split("\r\n") {
            assert!(line.len() <= 75 && !line.contains(['\n', '\r']), "{line:?}");
        }
        for line in ["VERSION:2.0", "METHOD:PUBLISH", "PRODID:-//Ceasewire//Ceasewire//EN"] {
            assert_eq!(file.matches(&format!("\r\n{line}\r\n")).count(), 1, "{file}");
        }
        let calendar: Calendar = file.parse().unwrap();
        calendar.events().next().unwrap().clone()
    }

    #[test]
    fn a_meeting_without_a_time_takes_whole_days() {
        let file = to_ics(&meeting());
        for line in ["DTSTART;VALUE=DATE:20201023", "DTEND;VALUE=DATE:20201024", "STATUS:TENTATIVE", "SEQUENCE:0"] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{file}");
        }
        let event = read(&file);
        assert_eq!(event.get_uid(), Some("0192e4f0-story@ceasewire"));
        assert_eq!(event.get_timestamp(), Some(Timestamp(1_603_300_000_000).to_datetime()));
        let days = EventTime::Days { first: day(30), last: day(31) };
        assert!(to_ics(&CalendarEvent { when: days, ..meeting() }).contains("DTEND;VALUE=DATE:20201101\r\n"));
        let backwards = EventTime::Days { first: day(23), last: day(1) };
        assert!(to_ics(&CalendarEvent { when: backwards, ..meeting() }).contains("DTEND;VALUE=DATE:20201024\r\n"));
        read(&to_ics(&CalendarEvent {
            when: EventTime::Days { first: NaiveDate::MAX, last: NaiveDate::MAX },
            ..meeting()
        }));
    }

    #[test]
    fn the_start_is_local_time_of_the_place() {
        // 14:30 UTC on 23 October.
        let start = Timestamp(1_603_463_400_000);
        for (time_zone, local, offset) in [
            ("America/New_York", "20201023T103000", "-0400"),
            ("Asia/Yerevan", "20201023T183000", "+0400"),
            ("Asia/Tehran", "20201023T180000", "+0330"),
            ("Europe/Geneva", "", ""),
            ("UTC", "", ""),
            ("", "", ""),
            ("x\r\nSTATUS:CANCELLED", "", ""),
        ] {
            let when = EventTime::At { start, time_zone: time_zone.into() };
            let file = to_ics(&CalendarEvent { when, ..meeting() });
            let event = read(&file);
            assert!(file.contains("\r\nSTATUS:CONFIRMED\r\n") && !file.contains("DTEND"), "{file}");
            match event.get_start().unwrap() {
                DatePerhapsTime::DateTime(CalendarDateTime::WithTimezone { date_time, tzid }) => {
                    assert_eq!((date_time.format("%Y%m%dT%H%M%S").to_string().as_str(), &*tzid), (local, time_zone));
                    let definition = format!(
                        "TZID:{time_zone}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{offset}\r\n"
                    );
                    assert!(file.contains(&definition), "{file}");
                    assert!(file.find("END:VTIMEZONE") < file.find("BEGIN:VEVENT"));
                }
                DatePerhapsTime::DateTime(CalendarDateTime::Utc(time)) => {
                    assert!(local.is_empty(), "{time_zone}");
                    assert_eq!(Timestamp::from(time), start);
                    assert!(!file.contains("VTIMEZONE"));
                }
                other => panic!("{time_zone}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_change_keeps_the_uid_and_raises_the_sequence() {
        let before = meeting();
        let after = CalendarEvent { sequence: 1, when: EventTime::Days { first: day(25), last: day(25) }, ..meeting() };
        let (before, after) = (read(&to_ics(&before)), read(&to_ics(&after)));
        assert_eq!(before.get_uid(), after.get_uid());
        assert_eq!((before.get_sequence(), after.get_sequence()), (Some(0), Some(1)));
        assert_ne!(before.get_start(), after.get_start());
        let cancelled = read(&to_ics(&CalendarEvent { cancelled: true, sequence: 2, ..meeting() }));
        assert_eq!(cancelled.get_status(), Some(EventStatus::Cancelled));
    }

    #[test]
    fn texts_survive_and_inject_no_property() {
        let title = "Հայաստանի և Ադրբեջանի արտաքին գործերի նախարարների հանդիպումը Վաշինգտոնում, ԱՄՆ պետքարտուղարի մասնակցությամբ; մտահոգություններ";
        let file = to_ics(&CalendarEvent { title: title.into(), ..meeting() });
        assert!(file.contains("\r\n "), "not folded");
        let event = read(&file);
        assert_eq!(event.get_summary(), Some(title));
        assert_eq!(event.get_description(), Some(meeting().description.as_str()));
        assert_eq!(event.get_location(), Some("Washington, D.C."));
        assert_eq!(event.get_url(), Some("https://wire.example/a/1?b=2,3;c"));
        let hostile = "x\r\nATTENDEE:mailto:a@b.example\r\u{0}END:VEVENT\nBEGIN:VEVENT".to_owned();
        let event = read(&to_ics(&CalendarEvent {
            uid: hostile.clone(),
            title: hostile.clone(),
            description: hostile.clone(),
            place: Some(hostile.clone()),
            url: Some(hostile),
            ..meeting()
        }));
        assert!(event.property_value("ATTENDEE").is_none() && event.get_url().is_none());
        assert_eq!(event.get_description(), Some("x\nATTENDEE:mailto:a@b.example\nEND:VEVENT\nBEGIN:VEVENT"));
        assert_eq!(event.get_summary(), Some("x ATTENDEE:mailto:a@b.example END:VEVENT BEGIN:VEVENT"));
    }

    #[test]
    fn lines_fold_between_characters_of_any_script() {
        for text in [
            "ա".repeat(200),
            "a ".repeat(300),
            " ".repeat(100),
            "\u{1F54A}x ".repeat(80),
            "آتش‌بس ".repeat(50),
            "\\,;\n".repeat(90),
        ] {
            let event = read(&to_ics(&CalendarEvent { title: text.clone(), description: text.clone(), ..meeting() }));
            assert_eq!(event.get_description().unwrap_or_default(), text.trim());
        }
        let book = "word ".repeat(100_000);
        assert!(to_ics(&CalendarEvent { description: book, ..meeting() }).len() < 6000);
    }
}

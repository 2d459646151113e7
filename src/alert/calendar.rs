//! A meeting as a calendar file (iCalendar, RFC 5545), which people add to their calendar with one tap.
//!
//! A file with the UID of one that was added before and a higher sequence number changes that one. What the news does not
//! say is not made up: without a time the appointment takes whole days, and an end is given to none.

use chrono::{NaiveDate, Offset, TimeZone};
use chrono_tz::Tz;
use icalendar::{Calendar, Component, Event, EventLike, EventStatus, Property};

use ceasewire_model::Timestamp;

/// Characters of a text that go into the file; calendars show less.
const LONGEST: usize = 4000;

/// A meeting, as far as it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appointment {
    /// Tells it from others; a story keeps it, whatever changes.
    pub uid: String,
    /// How often it has changed.
    pub sequence: u32,
    /// Who meets.
    pub title: String,
    /// What is known of it, with its source.
    pub description: String,
    /// Where.
    pub place: Option<String>,
    /// The article that says so.
    pub url: Option<String>,
    /// AppointmentTime.
    pub when: AppointmentTime,
    /// It has been called off.
    pub cancelled: bool,
    /// AppointmentTime this was known.
    pub stamp: Timestamp,
}

/// AppointmentTime a meeting is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppointmentTime {
    /// On these days, at the place's clocks; no time is known.
    Days {
        /// The first day.
        first: NaiveDate,
        /// The last day, the same for a single one.
        last: NaiveDate,
    },
    /// At this moment.
    At {
        /// AppointmentTime it begins.
        start: Timestamp,
        /// The place's time zone by its IANA name, such as `America/New_York`.
        time_zone: String,
    },
}

/// Writes a meeting as a calendar file.
///
/// A time is written as the place's clocks show it, with the zone's name and its definition: Apple's and Google's calendars
/// know the zone by its IANA name, Outlook goes by the definition. The definition holds the one offset that is in force
/// then, which is all that a single appointment needs. A zone that is not known becomes UTC, the same moment.
pub fn ics(appointment: &Appointment) -> String {
    let mut event = Event::with_uid(&uid(&appointment.uid));
    event
        .timestamp(appointment.stamp.to_datetime())
        .last_modified(appointment.stamp.to_datetime())
        .sequence(appointment.sequence)
        .summary(&plain(&appointment.title).replace('\n', " "))
        // Somebody else's meeting makes nobody busy.
        .add_property("TRANSP", "TRANSPARENT");
    if !appointment.description.is_empty() {
        event.description(&plain(&appointment.description));
    }
    if let Some(place) = &appointment.place {
        event.location(&plain(place).replace('\n', " "));
    }
    // An address is written as it stands, so one that is none must not come in.
    let url = appointment.url.as_deref().and_then(|url| url::Url::parse(url).ok());
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
    let timed = match &appointment.when {
        AppointmentTime::Days { first, last } => {
            // The end is the day after the last one.
            event.starts(*first).ends((*first).max(*last).succ_opt().unwrap_or(*last));
            false
        }
        AppointmentTime::At { start, time_zone } => {
            definition = begin(&mut event, *start, time_zone);
            true
        }
    };
    event.status(match (appointment.cancelled, timed) {
        (true, _) => EventStatus::Cancelled,
        // As long as nobody has named a time, the day is not firm either.
        (false, false) => EventStatus::Tentative,
        (false, true) => EventStatus::Confirmed,
    });
    calendar.push(event);
    let file = calendar.to_string();
    // The crate has no component for a time zone.
    match definition {
        Some(definition) => file.replacen("BEGIN:VEVENT", &format!("{definition}BEGIN:VEVENT"), 1),
        None => file,
    }
}

/// Gives an event its beginning, and gives back the definition of the zone unless that is UTC.
fn begin(event: &mut Event, start: Timestamp, time_zone: &str) -> Option<String> {
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
    // Defined from long before any appointment on; a year zero would break old readers.
    Some(format!(
        "BEGIN:VTIMEZONE\r\nTZID:{zone}\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nTZOFFSETFROM:{offset}\r\n\
         TZOFFSETTO:{offset}\r\nTZNAME:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n",
        zone = zone.name(),
    ))
}

/// A UID that no other program's can equal.
fn uid(uid: &str) -> String {
    let uid: String = uid.chars().filter(|c| c.is_ascii_graphic() && !matches!(c, ',' | ';' | '\\')).collect();
    if uid.contains('@') { uid } else { format!("{uid}@ceasewire") }
}

/// The text without control characters other than line breaks, cut if it is very long.
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

    fn meeting() -> Appointment {
        Appointment {
            uid: "0192e4f0-story".into(),
            sequence: 0,
            title: "Mnatsakanyan, Bayramov and Pompeo; Washington".into(),
            description: "The ministers \\ are to meet.\nSource: Wire, 21 October".into(),
            place: Some("Washington, D.C.".into()),
            url: Some("https://wire.example/a/1?b=2,3;c".into()),
            when: AppointmentTime::Days { first: day(23), last: day(23) },
            cancelled: false,
            stamp: Timestamp(1_603_300_000_000),
        }
    }

    /// The event of a file, read back, once it is certain that the file keeps to the format.
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
    fn a_meeting_without_a_time_takes_its_whole_days() {
        let file = ics(&meeting());
        for line in ["DTSTART;VALUE=DATE:20201023", "DTEND;VALUE=DATE:20201024", "STATUS:TENTATIVE", "SEQUENCE:0"] {
            assert!(file.contains(&format!("\r\n{line}\r\n")), "{file}");
        }
        let event = read(&file);
        assert_eq!(event.get_uid(), Some("0192e4f0-story@ceasewire"));
        assert_eq!(event.get_timestamp(), Some(Timestamp(1_603_300_000_000).to_datetime()));
        let days = AppointmentTime::Days { first: day(30), last: day(31) };
        assert!(ics(&Appointment { when: days, ..meeting() }).contains("DTEND;VALUE=DATE:20201101\r\n"));
        let backwards = AppointmentTime::Days { first: day(23), last: day(1) };
        assert!(ics(&Appointment { when: backwards, ..meeting() }).contains("DTEND;VALUE=DATE:20201024\r\n"));
        read(&ics(&Appointment {
            when: AppointmentTime::Days { first: NaiveDate::MAX, last: NaiveDate::MAX },
            ..meeting()
        }));
    }

    #[test]
    fn a_time_is_that_of_the_places_clocks() {
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
            let when = AppointmentTime::At { start, time_zone: time_zone.into() };
            let file = ics(&Appointment { when, ..meeting() });
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
    fn what_changes_keeps_its_uid_and_counts_on() {
        let before = meeting();
        let after =
            Appointment { sequence: 1, when: AppointmentTime::Days { first: day(25), last: day(25) }, ..meeting() };
        let (before, after) = (read(&ics(&before)), read(&ics(&after)));
        assert_eq!(before.get_uid(), after.get_uid());
        assert_eq!((before.get_sequence(), after.get_sequence()), (Some(0), Some(1)));
        assert_ne!(before.get_start(), after.get_start());
        let cancelled = read(&ics(&Appointment { cancelled: true, sequence: 2, ..meeting() }));
        assert_eq!(cancelled.get_status(), Some(EventStatus::Cancelled));
    }

    #[test]
    fn texts_come_back_as_they_were_and_add_no_line_of_their_own() {
        let title = "Հայաստանի և Ադրբեջանի արտաքին գործերի նախարարների հանդիպումը Վաշինգտոնում, ԱՄՆ պետքարտուղարի մասնակցությամբ; մտահոգություններ";
        let file = ics(&Appointment { title: title.into(), ..meeting() });
        assert!(file.contains("\r\n "), "not folded");
        let event = read(&file);
        assert_eq!(event.get_summary(), Some(title));
        assert_eq!(event.get_description(), Some(meeting().description.as_str()));
        assert_eq!(event.get_location(), Some("Washington, D.C."));
        assert_eq!(event.get_url(), Some("https://wire.example/a/1?b=2,3;c"));
        let hostile = "x\r\nATTENDEE:mailto:a@b.example\r\u{0}END:VEVENT\nBEGIN:VEVENT".to_owned();
        let event = read(&ics(&Appointment {
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
    fn lines_are_folded_between_characters_whatever_they_are() {
        for text in [
            "ա".repeat(200),
            "a ".repeat(300),
            " ".repeat(100),
            "\u{1F54A}x ".repeat(80),
            "آتش‌بس ".repeat(50),
            "\\,;\n".repeat(90),
        ] {
            let event = read(&ics(&Appointment { title: text.clone(), description: text.clone(), ..meeting() }));
            assert_eq!(event.get_description().unwrap_or_default(), text.trim());
        }
        let book = "word ".repeat(100_000);
        assert!(ics(&Appointment { description: book, ..meeting() }).len() < 6000);
    }
}

//! Meetings that people can act on: which announcements mean the same meeting, when that is, and when to remind of it.
//! Pure.
//!
//! A meeting is one entry of a calendar. Reports of it agree in who meets and where; when its date changes, the entry
//! changes with it instead of a second one coming up.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use ceasewire_model::event::{MeetingFacts, MeetingStatus};
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{ArticleId, MeetingId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_text::{Doc, analysis, stem};

/// Two announcements with dates further apart mean two meetings, though the same people meet in the same place.
const SAME_WITHIN_DAYS: i64 = 21;
/// Seconds by which a report may be older than what is known and still change it: outlets are read at different times.
const OUTDATED_SECS: i64 = 6 * 3600;
/// Words of offices, which different people hold; in the forms in which they stand in names.
const OFFICES: &[&str] = &[
    "foreign",
    "minister",
    "ministers",
    "president",
    "presidents",
    "prime",
    "secretary",
    "state",
    "leaders",
    "defence",
    "defense",
    "envoy",
    "envoys",
    "chair",
    "chairs",
    "delegation",
    "delegations",
    "officials",
    "diplomats",
    "министр",
    "министры",
    "министров",
    "иностранных",
    "дел",
    "глава",
    "главы",
    "президент",
    "президенты",
    "премьер",
    "лидеры",
];
/// The hour, in the place's own time, at which the reminder of the day before comes.
const REMIND_AT: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("nine o'clock is a time");

/// What an announcement means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announced {
    /// A meeting that was not known, or one that has changed: to be stored.
    News(Box<Meeting>),
    /// A meeting that is known as it is.
    Known(MeetingId),
}

impl Announced {
    /// The meeting's id.
    pub fn id(&self) -> MeetingId {
        match self {
            Self::News(meeting) => meeting.id,
            Self::Known(id) => *id,
        }
    }
}

/// What an article that was `published` then announces, beside the meetings that are known; `None` where it announces none that lies ahead.
pub fn announce(
    facts: &MeetingFacts,
    article: ArticleId,
    known: &[Meeting],
    vocabulary: &Vocabulary,
    published: Option<Timestamp>,
    now: Timestamp,
) -> Option<Announced> {
    let today = now.to_datetime().date_naive();
    let first = facts.when.date.as_deref().and_then(day);
    let last = facts.when.date_end.as_deref().and_then(day).or(first);
    // What has been held is no appointment; neither is a meeting of nobody in particular.
    if facts.status == MeetingStatus::Held || facts.participants.is_empty() || last.is_some_and(|last| last < today) {
        return None;
    }
    let same = known.iter().filter_map(|meeting| Some((likeness(meeting, facts, first)?, meeting)));
    let same = same.max_by_key(|(likeness, _)| *likeness).map(|(_, meeting)| meeting);
    // An old report that is only read now knows less than the newer ones.
    if let Some(same) = same.filter(|same| published.is_some_and(|at| at < same.updated_at.plus_secs(-OUTDATED_SECS))) {
        return Some(Announced::Known(same.id));
    }
    // That something unknown will not take place concerns nobody's calendar.
    if same.is_none() && facts.status != MeetingStatus::Planned {
        return None;
    }
    let place = facts.place.clone().or_else(|| same.and_then(|same| same.place.clone()));
    let time_zone = place.as_deref().and_then(|place| time_zone(vocabulary, place));
    // Of a report that gives no date, the one that is known stands.
    let (first, last, time) = match (first, same) {
        (None, Some(same)) => (same.first_day.as_deref().and_then(day), same.last_day.as_deref().and_then(day), None),
        _ => (first, last, facts.when.time.as_deref().and_then(|time| NaiveTime::parse_from_str(time, "%H:%M").ok())),
    };
    let zone = time_zone.as_deref().and_then(|zone| Tz::from_str(zone).ok());
    let moment = |day: NaiveDate, time: NaiveTime, zone: Tz| {
        // In the hour that summer time leaves out there is no such moment.
        Some(Timestamp::from(zone.from_local_datetime(&day.and_time(time)).earliest()?.with_timezone(&Utc)))
    };
    // Put off to a day that is named, it is simply planned for that day.
    let moved = same.is_some_and(|same| first.is_some() && same.first_day != first.map(|day| day.to_string()));
    let status = match facts.status {
        MeetingStatus::Postponed if moved => MeetingStatus::Planned,
        status => status,
    };
    let unmoved = same.filter(|same| same.first_day == first.map(|day| day.to_string()));
    let starts_at = first
        .zip(time)
        .zip(zone)
        .and_then(|((day, time), zone)| moment(day, time, zone))
        .or_else(|| unmoved.and_then(|same| same.starts_at));
    let planned = status == MeetingStatus::Planned;
    let remind_day_at = first
        .and_then(|day| day.pred_opt())
        .and_then(|day| moment(day, REMIND_AT, zone.unwrap_or(Tz::UTC)))
        .filter(|_| planned);
    let participants = match same {
        Some(same) if same.participants.len() >= facts.participants.len() => same.participants.clone(),
        _ => facts.participants.clone(),
    };
    let meeting = Meeting {
        id: same.map_or_else(MeetingId::new, |same| same.id),
        article_id: article,
        participants,
        place,
        time_zone,
        first_day: first.map(|day| day.to_string()),
        last_day: last.map(|day| day.to_string()),
        starts_at,
        status,
        sequence: same.map_or(0, |same| same.sequence + 1),
        remind_day_at,
        remind_hour_at: starts_at.map(|start| start.plus_secs(-3600)).filter(|_| planned),
        updated_at: now,
    };
    Some(match same {
        Some(same) if says_the_same(same, &meeting) => Announced::Known(same.id),
        _ => Announced::News(Box::new(meeting)),
    })
}

/// How many names a report shares with the meeting that is known, if it means that one.
fn likeness(known: &Meeting, facts: &MeetingFacts, first: Option<NaiveDate>) -> Option<usize> {
    let (ours, theirs) = (words(&known.participants), words(&facts.participants));
    let shared = ours.intersection(&theirs).count();
    let apart = known.first_day.as_deref().and_then(day).zip(first).map(|(a, b)| (a - b).num_days().abs());
    let places = known.place.as_deref().zip(facts.place.as_deref());
    let same_place = places.map(|(ours, theirs)| ours.to_lowercase() == theirs.to_lowercase());
    // One name is enough where the place says the rest.
    let enough = shared >= 2 || shared == 1 && shared == ours.len().min(theirs.len()) && same_place == Some(true);
    let is_same = enough
        && apart.is_none_or(|days| days <= SAME_WITHIN_DAYS)
        // The same people in another place on another day meet once more; on the same day the place was moved.
        && (same_place != Some(false) || apart == Some(0));
    is_same.then_some(shared)
}

/// Whether a calendar would show both alike.
fn says_the_same(known: &Meeting, meeting: &Meeting) -> bool {
    let shown = |meeting: &Meeting| {
        (meeting.first_day.clone(), meeting.last_day.clone(), meeting.starts_at, meeting.place.clone(), meeting.status)
    };
    shown(known) == shown(meeting) && known.participants == meeting.participants
}

/// The words that tell who takes part: "Secretary of State Mike Pompeo" and "Pompeo" are one.
fn words(participants: &[String]) -> BTreeSet<String> {
    let words = participants.iter().flat_map(|name| analysis::words(name));
    words
        .filter(|word| word.chars().count() > 2 && !stem::is_stop_word(word) && !OFFICES.contains(&word.as_str()))
        .collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::from_str(text).ok()
}

/// The time zone of a place that the profile has.
fn time_zone(vocabulary: &Vocabulary, place: &str) -> Option<String> {
    let doc = Doc::new("", place);
    vocabulary.names_in(&doc).into_iter().find_map(|named| vocabulary.name(named.set)?.time_zone.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::EventDate;
    use ceasewire_model::{NameKind, NamedEntity};

    fn vocabulary() -> Vocabulary {
        let name = |name: &str, zone: &str| NamedEntity {
            names: vec![name.into()],
            kind: NameKind::Place,
            country: None,
            time_zone: Some(zone.into()),
        };
        Vocabulary::new(&[], None, vec![name("Washington", "America/New_York"), name("Geneva", "Europe/Zurich")]).0
    }

    fn facts(participants: &[&str], place: &str, date: Option<&str>, time: Option<&str>) -> MeetingFacts {
        MeetingFacts {
            status: MeetingStatus::Planned,
            participants: participants.iter().map(|&name| name.to_owned()).collect(),
            place: Some(place.to_owned()).filter(|place| !place.is_empty()),
            when: EventDate { date: date.map(str::to_owned), time: time.map(str::to_owned), ..EventDate::default() },
            invited_by: None,
        }
    }

    /// 21 October 2020, noon.
    const NOW: Timestamp = Timestamp(1_603_281_600_000);

    fn news(facts: &MeetingFacts, known: &[Meeting]) -> Meeting {
        match announce(facts, ArticleId::new(), known, &vocabulary(), None, NOW) {
            Some(Announced::News(meeting)) => *meeting,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_changed_date_changes_the_entry_and_another_meeting_is_another() {
        let first = news(&facts(&["Armenia", "Azerbaijan", "Pompeo"], "Washington", Some("2020-10-23"), None), &[]);
        assert_eq!((first.sequence, first.starts_at), (0, None));
        // 22 October, 09:00 in Washington.
        assert_eq!(first.remind_day_at.unwrap().to_rfc3339(), "2020-10-22T13:00:00Z");
        let known = [first.clone()];
        let again = announce(
            &facts(&["Pompeo", "Armenia"], "Washington", None, None),
            ArticleId::new(),
            &known,
            &vocabulary(),
            None,
            NOW,
        );
        assert_eq!(again, Some(Announced::Known(first.id)));
        let moved = news(&facts(&["Armenia", "Azerbaijan"], "Washington", Some("2020-10-24"), Some("10:30")), &known);
        assert_eq!((moved.id, moved.sequence), (first.id, 1));
        assert_eq!(moved.participants.len(), 3, "whoever was known to come still does");
        assert_eq!(moved.starts_at.unwrap().to_rfc3339(), "2020-10-24T14:30:00Z");
        assert_eq!(moved.remind_hour_at.unwrap().to_rfc3339(), "2020-10-24T13:30:00Z");
        let ministers = &["foreign ministers of Armenia and Azerbaijan"];
        for (participants, place) in [
            (&["Armenia", "Azerbaijan"][..], "Geneva"),
            (&["foreign ministers of Russia and Turkey"][..], ""),
            (&["Armenia", "Iran"][..], ""),
        ] {
            let other = news(&facts(participants, place, Some("2020-10-29"), None), &known);
            assert_ne!(other.id, first.id, "{participants:?}");
        }
        let titled = news(&facts(ministers, "Washington", Some("2020-10-24"), None), &known);
        assert_eq!(titled.id, first.id);
        // A report from before the change that is read only now changes nothing.
        let late = announce(
            &facts(ministers, "Washington", Some("2020-10-22"), None),
            ArticleId::new(),
            &known,
            &vocabulary(),
            Some(NOW.plus_secs(-86_400)),
            NOW,
        );
        assert_eq!(late, Some(Announced::Known(first.id)));
        let put_off =
            MeetingFacts { status: MeetingStatus::Postponed, ..facts(ministers, "", Some("2020-10-25"), None) };
        assert_eq!(news(&put_off, &known).status, MeetingStatus::Planned);
    }

    #[test]
    fn a_cancelled_meeting_keeps_its_entry_and_reminds_nobody() {
        let first = news(&facts(&["Armenia", "Azerbaijan"], "Geneva", Some("2020-10-29"), None), &[]);
        let off = MeetingFacts {
            status: MeetingStatus::Cancelled,
            ..facts(&["Armenia", "Azerbaijan"], "Geneva", None, None)
        };
        let cancelled = news(&off, std::slice::from_ref(&first));
        assert_eq!((cancelled.id, cancelled.first_day, cancelled.remind_day_at), (first.id, first.first_day, None));
        assert_eq!(announce(&off, ArticleId::new(), &[], &vocabulary(), None, NOW), None);
    }

    #[test]
    fn what_is_past_or_names_nobody_is_no_appointment() {
        for facts in [
            facts(&["Armenia"], "Geneva", Some("2020-10-20"), None),
            facts(&[], "Geneva", Some("2020-10-29"), None),
            MeetingFacts { status: MeetingStatus::Held, ..facts(&["Armenia"], "Geneva", Some("2020-10-29"), None) },
        ] {
            assert_eq!(announce(&facts, ArticleId::new(), &[], &vocabulary(), None, NOW), None, "{facts:?}");
        }
        let odd = news(&facts(&["Armenia"], "Atlantis", Some("2020-13-99"), Some("25:99")), &[]);
        assert_eq!((odd.first_day, odd.starts_at, odd.remind_day_at), (None, None, None));
    }
}

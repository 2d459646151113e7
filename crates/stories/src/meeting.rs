//! Calendar entries from announced meetings: matches announcements to known meetings, computes start and reminders.
//! Pure.
//!
//! A meeting is one calendar entry. Its reports agree in participants and place. A new date changes the entry and adds
//! no second one.

use std::collections::{BTreeSet, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use chrono::{NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;

use ceasewire_model::event::{MeetingFacts, MeetingStatus};
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{ArticleId, MeetingId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_text::languages::Language;
use ceasewire_text::{Doc, analysis, stem};

/// Most days between the dates of two announcements of one meeting.
const MAX_DAYS_APART: i64 = 21;
/// Seconds by which a report may be older than the entry and still change it: the poller reads outlets at different
/// times.
const OUTDATED_SECS: i64 = 6 * 3600;
/// Words of offices, which several people hold; in their forms inside names.
static OFFICES: LazyLock<HashSet<&str>> =
    LazyLock::new(|| Language::all().flat_map(|language| language.data().words("offices.txt")).collect());
/// The local time of the reminder on the day before.
const REMIND_AT: NaiveTime = NaiveTime::from_hms_opt(9, 0, 0).expect("nine o'clock is a time");

/// The effect of an announcement on the calendar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnnouncedMeeting {
    /// A new meeting, or a known one with changes; the caller stores it.
    Changed(Box<Meeting>),
    /// A known meeting without changes.
    Unchanged(MeetingId),
}

impl AnnouncedMeeting {
    /// The meeting's id.
    pub fn id(&self) -> MeetingId {
        match self {
            Self::Changed(meeting) => meeting.id,
            Self::Unchanged(id) => *id,
        }
    }
}

/// Matches the meeting in `facts` to the known meetings. Returns `None` if the facts announce no meeting in the future.
/// `published` is the publishing time of the article.
pub fn announce(
    facts: &MeetingFacts,
    article: ArticleId,
    known: &[Meeting],
    vocabulary: &Vocabulary,
    published: Option<Timestamp>,
    now: Timestamp,
) -> Option<AnnouncedMeeting> {
    let today = now.to_datetime().date_naive();
    let first = facts.when.date.as_deref().and_then(day);
    let last = facts.when.date_end.as_deref().and_then(day).or(first);
    // A past meeting and a meeting without participants are no appointments.
    if facts.status == MeetingStatus::Held || facts.participants.is_empty() || last.is_some_and(|last| last < today) {
        return None;
    }
    let same = known.iter().filter_map(|meeting| Some((count_shared_names(meeting, facts, first)?, meeting)));
    let same = same.max_by_key(|(shared, _)| *shared).map(|(_, meeting)| meeting);
    // An old report that arrives late must not undo a newer change.
    if let Some(same) = same.filter(|same| published.is_some_and(|at| at < same.updated_at.plus_secs(-OUTDATED_SECS))) {
        return Some(AnnouncedMeeting::Unchanged(same.id));
    }
    // The cancellation of an unknown meeting changes no calendar; its move to a given day announces it.
    let is_ahead = facts.status == MeetingStatus::Planned || facts.status == MeetingStatus::Moved && first.is_some();
    if same.is_none() && !is_ahead {
        return None;
    }
    let place = facts.place.clone().or_else(|| same.and_then(|same| same.place.clone()));
    let time_zone = place.as_deref().and_then(|place| time_zone(vocabulary, place));
    // A report without a date keeps the known date.
    let (first, last, time) = match (first, same) {
        (None, Some(same)) => (same.first_day.as_deref().and_then(day), same.last_day.as_deref().and_then(day), None),
        _ => (first, last, facts.when.time.as_deref().and_then(|time| NaiveTime::parse_from_str(time, "%H:%M").ok())),
    };
    let zone = time_zone.as_deref().and_then(|zone| Tz::from_str(zone).ok());
    let moment = |day: NaiveDate, time: NaiveTime, zone: Tz| {
        // The hour that summer time skips has no moments.
        Some(Timestamp::from(zone.from_local_datetime(&day.and_time(time)).earliest()?.with_timezone(&Utc)))
    };
    // A meeting moved to a given day or place is planned for that day, there.
    let moved = same.is_some_and(|same| first.is_some() && same.first_day != first.map(|day| day.to_string()));
    let status = match facts.status {
        MeetingStatus::Postponed if moved => MeetingStatus::Planned,
        MeetingStatus::Moved => MeetingStatus::Planned,
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
        Some(same) if is_same_entry(same, &meeting) => AnnouncedMeeting::Unchanged(same.id),
        _ => AnnouncedMeeting::Changed(Box::new(meeting)),
    })
}

/// Counts the names that a report shares with a known meeting; `None` if the report means another meeting.
fn count_shared_names(known: &Meeting, facts: &MeetingFacts, first: Option<NaiveDate>) -> Option<usize> {
    let (ours, theirs) = (words(&known.participants), words(&facts.participants));
    let shared = ours.intersection(&theirs).count();
    let apart = known.first_day.as_deref().and_then(day).zip(first).map(|(a, b)| (a - b).num_days().abs());
    let places = known.place.as_deref().zip(facts.place.as_deref());
    let same_place = places.map(|(ours, theirs)| ours.to_lowercase() == theirs.to_lowercase());
    // One name suffices if the place is equal.
    let enough = shared >= 2 || shared == 1 && shared == ours.len().min(theirs.len()) && same_place == Some(true);
    let is_same = enough
        && apart.is_none_or(|days| days <= MAX_DAYS_APART)
        // Another place on another day means a second meeting, unless the report calls it moved.
        && (same_place != Some(false) || apart == Some(0) || facts.status == MeetingStatus::Moved);
    is_same.then_some(shared)
}

/// Whether a calendar shows both alike.
fn is_same_entry(known: &Meeting, meeting: &Meeting) -> bool {
    let shown = |meeting: &Meeting| {
        (meeting.first_day.clone(), meeting.last_day.clone(), meeting.starts_at, meeting.place.clone(), meeting.status)
    };
    shown(known) == shown(meeting) && known.participants == meeting.participants
}

/// The words of names, without offices: "Secretary of State Mike Pompeo" and "Pompeo" share "Pompeo".
fn words(participants: &[String]) -> BTreeSet<String> {
    let words = participants.iter().flat_map(|name| analysis::words(name));
    words
        .filter(|word| word.chars().count() > 2 && !stem::is_stop_word(word) && !OFFICES.contains(word.as_str()))
        .collect()
}

fn day(text: &str) -> Option<NaiveDate> {
    NaiveDate::from_str(text).ok()
}

/// The time zone of a place in the profile.
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

    fn changed(facts: &MeetingFacts, known: &[Meeting]) -> Meeting {
        match announce(facts, ArticleId::new(), known, &vocabulary(), None, NOW) {
            Some(AnnouncedMeeting::Changed(meeting)) => *meeting,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_new_date_changes_the_entry_of_a_meeting() {
        let first = changed(&facts(&["Armenia", "Azerbaijan", "Pompeo"], "Washington", Some("2020-10-23"), None), &[]);
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
        assert_eq!(again, Some(AnnouncedMeeting::Unchanged(first.id)));
        let moved =
            changed(&facts(&["Armenia", "Azerbaijan"], "Washington", Some("2020-10-24"), Some("10:30")), &known);
        assert_eq!((moved.id, moved.sequence), (first.id, 1));
        assert_eq!(moved.participants.len(), 3, "known participants remain");
        assert_eq!(moved.starts_at.unwrap().to_rfc3339(), "2020-10-24T14:30:00Z");
        assert_eq!(moved.remind_hour_at.unwrap().to_rfc3339(), "2020-10-24T13:30:00Z");
        let ministers = &["foreign ministers of Armenia and Azerbaijan"];
        for (participants, place) in [
            (&["Armenia", "Azerbaijan"][..], "Geneva"),
            (&["foreign ministers of Russia and Turkey"][..], ""),
            (&["Armenia", "Iran"][..], ""),
        ] {
            let other = changed(&facts(participants, place, Some("2020-10-29"), None), &known);
            assert_ne!(other.id, first.id, "{participants:?}");
        }
        let titled = changed(&facts(ministers, "Washington", Some("2020-10-24"), None), &known);
        assert_eq!(titled.id, first.id);
        // A late report from before the change changes nothing.
        let late = announce(
            &facts(ministers, "Washington", Some("2020-10-22"), None),
            ArticleId::new(),
            &known,
            &vocabulary(),
            Some(NOW.plus_secs(-86_400)),
            NOW,
        );
        assert_eq!(late, Some(AnnouncedMeeting::Unchanged(first.id)));
        let postponed =
            MeetingFacts { status: MeetingStatus::Postponed, ..facts(ministers, "", Some("2020-10-25"), None) };
        assert_eq!(changed(&postponed, &known).status, MeetingStatus::Planned);
        let elsewhere = MeetingFacts {
            status: MeetingStatus::Moved,
            ..facts(&["Armenia", "Azerbaijan"], "Geneva", Some("2020-10-27"), None)
        };
        let entry = changed(&elsewhere, &known);
        assert_eq!(
            (entry.id, entry.status, entry.place.as_deref()),
            (first.id, MeetingStatus::Planned, Some("Geneva"))
        );
    }

    #[test]
    fn a_cancelled_meeting_keeps_its_entry_without_reminders() {
        let first = changed(&facts(&["Armenia", "Azerbaijan"], "Geneva", Some("2020-10-29"), None), &[]);
        let off = MeetingFacts {
            status: MeetingStatus::Cancelled,
            ..facts(&["Armenia", "Azerbaijan"], "Geneva", None, None)
        };
        let cancelled = changed(&off, std::slice::from_ref(&first));
        assert_eq!((cancelled.id, cancelled.first_day, cancelled.remind_day_at), (first.id, first.first_day, None));
        assert_eq!(announce(&off, ArticleId::new(), &[], &vocabulary(), None, NOW), None);
    }

    #[test]
    fn a_past_or_anonymous_meeting_is_no_appointment() {
        for facts in [
            facts(&["Armenia"], "Geneva", Some("2020-10-20"), None),
            facts(&[], "Geneva", Some("2020-10-29"), None),
            MeetingFacts { status: MeetingStatus::Held, ..facts(&["Armenia"], "Geneva", Some("2020-10-29"), None) },
        ] {
            assert_eq!(announce(&facts, ArticleId::new(), &[], &vocabulary(), None, NOW), None, "{facts:?}");
        }
        let odd = changed(&facts(&["Armenia"], "Atlantis", Some("2020-13-99"), Some("25:99")), &[]);
        assert_eq!((odd.first_day, odd.starts_at, odd.remind_day_at), (None, None, None));
    }
}

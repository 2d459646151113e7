//! Facts that are new to a story: the events of an article that no earlier report of its story has told. Pure.
//!
//! Only events of the headline and the lead count, since background below tells of the past. A fact is a status (a truce
//! agreed, a meeting cancelled) or a number of killed people; the words, the source and the place around it make no other
//! fact. The same fact from a second outlet is therefore not new.

use ceasewire_model::Timestamp;
use ceasewire_model::event::{CasualtyKind, CeasefireStatus, Event, EventFacts, EventTopic, MeetingStatus, Prominence};

/// Seconds after which a ceasefire that was agreed is news when it is in force, and the other way round. Reports within
/// this time use both words for one fact.
const IN_FORCE_AFTER_SECS: i64 = 2 * 3600;
/// A number of killed people is new again when it is this many times the last one.
const GROWTH: u64 = 2;

/// A set of event topics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventTopics(u8);

impl EventTopics {
    /// The event topics among ids of a profile's topics.
    pub fn of_ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        ids.into_iter().filter_map(|id| EventTopic::try_from(id).ok()).collect()
    }

    /// Returns the topics that are in both sets.
    #[must_use]
    pub fn common_with(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether the set has no topic.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

impl FromIterator<EventTopic> for EventTopics {
    fn from_iter<I: IntoIterator<Item = EventTopic>>(topics: I) -> Self {
        Self(topics.into_iter().fold(0, |set, topic| set | 1 << topic as u8))
    }
}

/// A report that a story has had, with its time.
#[derive(Clone, Copy, Debug)]
pub struct ToldEvents<'a> {
    /// The first fetch of its article.
    pub at: Timestamp,
    /// The events of its article.
    pub events: &'a [Event],
}

/// Finds the topics of the events that are new to a story with the reports `told`. Fewer than `many_killed` killed people
/// are no event.
pub fn find_new_topics(events: &[Event], told: &[ToldEvents<'_>], many_killed: u64, now: Timestamp) -> EventTopics {
    let is_new = |event: &&Event| {
        event.prominence == Prominence::Lead
            && is_event(&event.facts, many_killed)
            && !told.iter().any(|report| {
                let mut before = report.events.iter().filter(|told| told.prominence == Prominence::Lead);
                before.any(|told| tells(&told.facts, report.at, &event.facts, now))
            })
    };
    events.iter().filter(is_new).map(Event::topic).collect()
}

/// Finds the event that an article's first line names: the first one in the headline and the lead, of the topics, with
/// ceasefires before meetings before all others.
pub fn find_headline_event(events: &[Event], topics: EventTopics, many_killed: u64) -> Option<&Event> {
    let named = events.iter().filter(|event| {
        let topic: EventTopics = [event.topic()].into_iter().collect();
        event.prominence == Prominence::Lead
            && !topic.common_with(topics).is_empty()
            && is_event(&event.facts, many_killed)
            && matches!(event.topic(), EventTopic::Ceasefire | EventTopic::Meeting | EventTopic::Casualties)
    });
    named.min_by_key(|event| event.topic())
}

/// Whether facts are an event that may ring.
fn is_event(facts: &EventFacts, many_killed: u64) -> bool {
    match facts {
        EventFacts::Casualties(facts) => {
            facts.kind == CasualtyKind::Killed && facts.count.is_some_and(|count| count >= many_killed)
        }
        EventFacts::Ceasefire(_)
        | EventFacts::Meeting(_)
        | EventFacts::Mediation(_)
        | EventFacts::Attack(_)
        | EventFacts::Humanitarian(_) => true,
    }
}

/// Whether a report at `at` with the facts `told` has told `facts` before.
fn tells(told: &EventFacts, at: Timestamp, facts: &EventFacts, now: Timestamp) -> bool {
    match (told, facts) {
        (EventFacts::Ceasefire(told), EventFacts::Ceasefire(facts)) => {
            let is_begun = |status| matches!(status, CeasefireStatus::Agreed | CeasefireStatus::Announced);
            told.status == facts.status
                || (is_begun(told.status) && is_begun(facts.status) && now < at.plus_secs(IN_FORCE_AFTER_SECS))
        }
        (EventFacts::Meeting(told), EventFacts::Meeting(facts)) => {
            // A meeting may be moved twice.
            let is_moved_on = facts.status == MeetingStatus::Moved
                && facts.when.date.is_some()
                && told.when.date.is_some()
                && told.when.date != facts.when.date;
            told.status == facts.status && !is_moved_on
        }
        (EventFacts::Casualties(told), EventFacts::Casualties(facts)) => {
            let (told_count, count) = (told.count.unwrap_or_default(), facts.count.unwrap_or_default());
            told.kind == facts.kind && count < told_count.saturating_mul(GROWTH)
        }
        (told, facts) => told.topic() == facts.topic(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use CeasefireStatus::{Agreed, Announced, Extended, Offered, Over, Rejected, Violated};
    use MeetingStatus::{Cancelled, Held, Moved, Planned, Postponed};
    use ceasewire_model::event::{AttackFacts, CasualtyFacts, CeasefireFacts, EventDate, MeetingFacts};

    const NOW: Timestamp = Timestamp(1_602_299_100_000);

    fn lead(facts: EventFacts) -> Event {
        Event { sentence: String::new(), prominence: Prominence::Lead, facts }
    }

    fn truce(status: CeasefireStatus) -> Event {
        lead(EventFacts::Ceasefire(CeasefireFacts { status, ..CeasefireFacts::default() }))
    }

    fn meeting(status: MeetingStatus, date: Option<&str>) -> Event {
        let when = EventDate { date: date.map(str::to_owned), ..EventDate::default() };
        lead(EventFacts::Meeting(MeetingFacts { status, when, ..MeetingFacts::default() }))
    }

    fn dead(kind: CasualtyKind, count: Option<u64>) -> Event {
        lead(EventFacts::Casualties(CasualtyFacts { kind, count, ..CasualtyFacts::default() }))
    }

    fn killed(count: u64) -> Event {
        dead(CasualtyKind::Killed, Some(count))
    }

    fn is_new(events: &[Event], told: &[Event], secs_ago: i64) -> bool {
        let told = [ToldEvents { at: NOW.plus_secs(-secs_ago), events: told }];
        !find_new_topics(events, &told, 5, NOW).is_empty()
    }

    #[test]
    fn a_fact_is_new_until_a_report_has_told_it() {
        for status in [Agreed, Announced, Extended, Violated, Rejected, Offered, Over] {
            assert!(is_new(&[truce(status)], &[], 0), "{status:?}");
            assert!(!is_new(&[truce(status)], &[truce(status)], 86_400), "{status:?}");
        }
        for status in [Planned, Held, Cancelled, Postponed, Moved] {
            assert!(is_new(&[meeting(status, None)], &[], 0), "{status:?}");
            assert!(!is_new(&[meeting(status, None)], &[meeting(status, None)], 86_400), "{status:?}");
        }
        for (event, told, secs_ago, expected) in [
            (truce(Violated), truce(Agreed), 60, true),
            (truce(Agreed), truce(Offered), 60, true),
            (truce(Rejected), truce(Offered), 60, true),
            (truce(Over), truce(Extended), 60, true),
            (truce(Announced), truce(Agreed), 600, false),
            (truce(Agreed), truce(Announced), 600, false),
            (truce(Announced), truce(Agreed), 9 * 3600, true),
            (truce(Agreed), meeting(Held, None), 60, true),
            (meeting(Cancelled, None), meeting(Planned, None), 60, true),
            (meeting(Planned, Some("2020-10-12")), meeting(Planned, None), 60, false),
            (meeting(Moved, Some("2020-10-13")), meeting(Moved, Some("2020-10-12")), 60, true),
            (meeting(Moved, Some("2020-10-13")), meeting(Moved, Some("2020-10-13")), 60, false),
            (killed(9), killed(7), 60, false),
            (killed(14), killed(7), 60, true),
            (killed(9), dead(CasualtyKind::Killed, None), 60, true),
            (killed(9), dead(CasualtyKind::Wounded, Some(40)), 60, true),
        ] {
            assert_eq!(
                is_new(std::slice::from_ref(&event), std::slice::from_ref(&told), secs_ago),
                expected,
                "{event:?} after {told:?}"
            );
        }
    }

    #[test]
    fn few_killed_the_wounded_and_the_body_are_no_event() {
        let body = Event { prominence: Prominence::Body, ..truce(Agreed) };
        for event in [killed(4), dead(CasualtyKind::Killed, None), dead(CasualtyKind::Wounded, Some(90)), body.clone()]
        {
            assert!(!is_new(std::slice::from_ref(&event), &[], 0), "{event:?}");
        }
        assert!(is_new(&[killed(5)], &[], 0));
        assert!(is_new(&[truce(Agreed)], &[body], 60), "background tells nothing");
    }

    #[test]
    fn the_first_line_names_a_truce_before_the_rest() {
        let attack = lead(EventFacts::Attack(AttackFacts::default()));
        let events = [attack, killed(9), meeting(Held, None), truce(Agreed), truce(Violated)];
        let all: EventTopics = EventTopic::ALL.iter().copied().collect();
        assert_eq!(find_headline_event(&events, all, 5), Some(&events[3]));
        let some = EventTopics::of_ids(["casualties", "attack", "energy"]);
        assert_eq!(find_headline_event(&events, some, 5), Some(&events[1]));
        assert_eq!(find_headline_event(&events, some, 10), None);
        assert!(EventTopics::of_ids(["energy"]).is_empty());
        assert_eq!(EventTopics::of_ids(["ceasefire", "attack"]).common_with(some), EventTopics::of_ids(["attack"]));
    }
}

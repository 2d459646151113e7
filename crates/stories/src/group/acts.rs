//! The acts that an article reports: its events with their statuses, as bits. Opposite acts are two stories, however
//! alike their words: "truce agreed" and "truce broken".

use ceasewire_model::event::{CasualtyKind, CeasefireStatus, Event, EventFacts, HumanitarianKind, MeetingStatus};

/// A set of acts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Acts(u32);

impl Acts {
    const TRUCE_AGREED: Self = Self(1);
    const TRUCE_ANNOUNCED: Self = Self(1 << 1);
    const TRUCE_EXTENDED: Self = Self(1 << 2);
    const TRUCE_BROKEN: Self = Self(1 << 3);
    const TRUCE_REJECTED: Self = Self(1 << 4);
    const TRUCE_OFFERED: Self = Self(1 << 5);
    const TRUCE_OVER: Self = Self(1 << 6);
    const MEETING_PLANNED: Self = Self(1 << 8);
    const MEETING_HELD: Self = Self(1 << 9);
    const MEETING_CANCELLED: Self = Self(1 << 10);
    const MEETING_POSTPONED: Self = Self(1 << 11);
    const MEETING_MOVED: Self = Self(1 << 12);
    const MEDIATION: Self = Self(1 << 22);
    const KILLED: Self = Self(1 << 13);
    const WOUNDED: Self = Self(1 << 14);
    const ATTACK: Self = Self(1 << 15);
    const KIDNAPPED: Self = Self(1 << 23);
    const MISSING: Self = Self(1 << 24);
    const AID: Self = Self(1 << 16);
    const CORRIDOR: Self = Self(1 << 17);
    const EXCHANGE: Self = Self(1 << 18);
    const BODIES: Self = Self(1 << 19);
    const EVACUATION: Self = Self(1 << 20);
    const REFUGEES: Self = Self(1 << 21);

    const SERVICES: Self = Self(1 << 25);
    const DEMINING: Self = Self(1 << 26);
    const REBUILDING: Self = Self(1 << 27);

    /// Acts on one topic: a headline about one of them has nothing to say on the others.
    const TOPICS: [Self; 5] = [
        Self(0xff),
        Self(0x1f << 8),
        Self::MEDIATION,
        Self(Self::KILLED.0 | Self::WOUNDED.0 | Self::ATTACK.0 | Self::KIDNAPPED.0 | Self::MISSING.0),
        Self(0x3f << 16 | 7 << 25),
    ];
    /// Acts of which one overturns the other.
    const OPPOSITES: [(Self, Self); 3] = [
        (
            Self(Self::TRUCE_AGREED.0 | Self::TRUCE_ANNOUNCED.0 | Self::TRUCE_EXTENDED.0),
            Self(Self::TRUCE_BROKEN.0 | Self::TRUCE_REJECTED.0 | Self::TRUCE_OVER.0),
        ),
        (Self::TRUCE_OFFERED, Self::TRUCE_REJECTED),
        (
            Self(Self::MEETING_PLANNED.0 | Self::MEETING_HELD.0),
            Self(Self::MEETING_CANCELLED.0 | Self::MEETING_POSTPONED.0 | Self::MEETING_MOVED.0),
        ),
    ];
    fn of(facts: &EventFacts) -> Self {
        match facts {
            EventFacts::Ceasefire(facts) => match facts.status {
                CeasefireStatus::Agreed => Self::TRUCE_AGREED,
                CeasefireStatus::Announced => Self::TRUCE_ANNOUNCED,
                CeasefireStatus::Extended => Self::TRUCE_EXTENDED,
                CeasefireStatus::Violated => Self::TRUCE_BROKEN,
                CeasefireStatus::Rejected => Self::TRUCE_REJECTED,
                CeasefireStatus::Offered => Self::TRUCE_OFFERED,
                CeasefireStatus::Over => Self::TRUCE_OVER,
            },
            EventFacts::Meeting(facts) => match facts.status {
                MeetingStatus::Planned => Self::MEETING_PLANNED,
                MeetingStatus::Held => Self::MEETING_HELD,
                MeetingStatus::Cancelled => Self::MEETING_CANCELLED,
                MeetingStatus::Postponed => Self::MEETING_POSTPONED,
                MeetingStatus::Moved => Self::MEETING_MOVED,
            },
            EventFacts::Mediation(_) => Self::MEDIATION,
            EventFacts::Casualties(facts) => match facts.kind {
                CasualtyKind::Killed => Self::KILLED,
                CasualtyKind::Wounded => Self::WOUNDED,
                CasualtyKind::Kidnapped => Self::KIDNAPPED,
                CasualtyKind::Missing => Self::MISSING,
            },
            EventFacts::Attack(_) => Self::ATTACK,
            EventFacts::Humanitarian(facts) => match facts.kind {
                HumanitarianKind::Aid => Self::AID,
                HumanitarianKind::Corridor => Self::CORRIDOR,
                HumanitarianKind::PrisonerExchange => Self::EXCHANGE,
                HumanitarianKind::Bodies => Self::BODIES,
                HumanitarianKind::Evacuation => Self::EVACUATION,
                HumanitarianKind::Refugees => Self::REFUGEES,
                HumanitarianKind::Services => Self::SERVICES,
                HumanitarianKind::Demining => Self::DEMINING,
                HumanitarianKind::Rebuilding => Self::REBUILDING,
            },
        }
    }

    fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The topics of the acts, as the acts on them.
    fn topics(self) -> Self {
        Self(Self::TOPICS.iter().filter(|topic| self.meets(**topic)).fold(0, |all, topic| all | topic.0))
    }

    /// The acts of an article's head: those of the title, and those of the first sentence on topics that the title lacks.
    pub(super) fn of_head<'e>(title: &str, text: &str, events: impl IntoIterator<Item = &'e Event>) -> Self {
        let text = text.trim_start();
        let (mut in_title, mut in_lead) = (Self::default(), Self::default());
        for event in events {
            let act = Self::of(&event.facts);
            if title.contains(&event.sentence) {
                in_title.0 |= act.0;
            } else if text.starts_with(&event.sentence) {
                in_lead.0 |= act.0;
            }
        }
        Self(in_title.0 | in_lead.0 & !in_title.topics().0)
    }

    /// Whether two heads have acts on one topic.
    pub(super) fn share_a_topic(self, other: Self) -> bool {
        self.topics().meets(other)
    }

    /// Whether the head of one article overturns that of the other.
    pub(super) fn overturns(self, other: Self) -> bool {
        Self::OPPOSITES.iter().any(|&(one, two)| {
            let is_only = |acts: Self, this: Self, that: Self| acts.meets(this) && !acts.meets(that);
            is_only(self, one, two) && is_only(other, two, one) || is_only(self, two, one) && is_only(other, one, two)
        })
    }

    /// Whether both heads report a meeting, or a mediation.
    pub(super) fn both_meet(self, other: Self) -> bool {
        let talks = Self(0x1f << 8 | Self::MEDIATION.0);
        self.meets(talks) && other.meets(talks)
    }

    /// Whether both heads report casualties.
    pub(super) fn both_count_victims(self, other: Self) -> bool {
        let victims = Self(Self::KILLED.0 | Self::WOUNDED.0);
        self.meets(victims) && other.meets(victims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::event::Prominence;

    #[test]
    fn opposite_acts_overturn_each_other() {
        let both = Acts(Acts::TRUCE_AGREED.0 | Acts::TRUCE_BROKEN.0);
        for (one, other, expected) in [
            (Acts::TRUCE_AGREED, Acts::TRUCE_BROKEN, true),
            (Acts::TRUCE_EXTENDED, Acts::TRUCE_REJECTED, true),
            (Acts::TRUCE_AGREED, Acts::TRUCE_ANNOUNCED, false),
            (Acts::MEETING_PLANNED, Acts::MEETING_POSTPONED, true),
            (Acts::MEETING_PLANNED, Acts::MEETING_HELD, false),
            (Acts::TRUCE_OFFERED, Acts::TRUCE_REJECTED, true),
            (Acts::TRUCE_ANNOUNCED, Acts::TRUCE_OVER, true),
            (both, Acts::TRUCE_BROKEN, false),
            (Acts::ATTACK, Acts::TRUCE_BROKEN, false),
        ] {
            assert_eq!(one.overturns(other), expected, "{one:?} {other:?}");
            assert_eq!(other.overturns(one), expected, "{other:?} {one:?}");
        }
    }

    #[test]
    fn the_first_sentence_speaks_where_the_title_is_silent() {
        let event =
            |sentence: &str, facts| Event { sentence: sentence.to_owned(), prominence: Prominence::Lead, facts };
        let events = [
            event(
                "Talks are off.",
                EventFacts::Meeting(ceasewire_model::event::MeetingFacts {
                    status: MeetingStatus::Cancelled,
                    ..Default::default()
                }),
            ),
            event("They met in May.", EventFacts::Meeting(ceasewire_model::event::MeetingFacts::default())),
            event("Shells fell.", EventFacts::Attack(ceasewire_model::event::AttackFacts::default())),
        ];
        let found = Acts::of_head("Talks are off.", "Shells fell. They met in May.", &events);
        assert_eq!(found, Acts(Acts::MEETING_CANCELLED.0 | Acts::ATTACK.0));
    }
}

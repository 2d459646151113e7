//! Events of an article: their facts, each with the sentence that states them.

use serde::{Deserialize, Serialize};

/// An event that an article's sentence reports, plans or calls for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "EventJson", into = "EventJson")]
pub struct Event {
    /// The sentence, word for word.
    pub sentence: String,
    /// The prominence of the sentence in its article.
    pub prominence: Prominence,
    /// The facts in the sentence.
    pub facts: EventFacts,
}

/// The prominence of a sentence in its article: news stands in the headline or the lead, background below.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prominence {
    /// Headline or lead, the first sentences of the text. Events stored without a prominence have this one.
    #[default]
    Lead,
    /// Any later sentence, and one that only mentions its event.
    Body,
}

impl Prominence {
    fn is_lead(&self) -> bool {
        *self == Self::Lead
    }
}

impl Event {
    /// The topic of the event.
    pub fn topic(&self) -> EventTopic {
        self.facts.topic()
    }
}

/// Defines everything that every topic has: its variant in [`EventTopic`] and [`EventFacts`], its id, and its form in
/// JSON. A new topic is one more line.
macro_rules! event_topics {
    ($($(#[$doc:meta])* $topic:ident($facts:ident) = $id:literal,)*) => {
        /// The topic of an event. Its id is also the id of the profile's topic.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum EventTopic {
            $($(#[$doc])* $topic,)*
        }

        impl EventTopic {
            /// All topics.
            pub const ALL: &[Self] = &[$(Self::$topic),*];

            /// The topic's id.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$topic => $id,)*
                }
            }
        }

        /// The facts of an event, by topic.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum EventFacts {
            $($(#[$doc])* $topic($facts),)*
        }

        impl EventFacts {
            /// The topic of the facts.
            pub fn topic(&self) -> EventTopic {
                match self {
                    $(Self::$topic(_) => EventTopic::$topic,)*
                }
            }
        }

        /// An event as JSON: its topic, and its facts together with the sentence.
        #[derive(Clone, Serialize, Deserialize)]
        #[serde(tag = "topic", content = "facts")]
        enum EventJson {
            $(#[serde(rename = $id)] $topic(FactsWithSentence<$facts>),)*
        }

        impl From<Event> for EventJson {
            fn from(Event { sentence, prominence, facts }: Event) -> Self {
                match facts {
                    $(EventFacts::$topic(facts) => Self::$topic(FactsWithSentence { facts, sentence, prominence }),)*
                }
            }
        }

        impl From<EventJson> for Event {
            fn from(event: EventJson) -> Self {
                match event {
                    $(EventJson::$topic(FactsWithSentence { facts, sentence, prominence }) => {
                        Self { sentence, prominence, facts: EventFacts::$topic(facts) }
                    })*
                }
            }
        }
    };
}

event_topics! {
    /// A ceasefire: agreed, broken, extended, rejected.
    Ceasefire(CeasefireFacts) = "ceasefire",
    /// A meeting or talks.
    Meeting(MeetingFacts) = "meeting",
    /// An attempt to bring the sides together.
    Mediation(MediationFacts) = "mediation",
    /// Killed, wounded, kidnapped or missing people.
    Casualties(CasualtyFacts) = "casualties",
    /// An attack.
    Attack(AttackFacts) = "attack",
    /// Help for people in need, or their flight.
    Humanitarian(HumanitarianFacts) = "humanitarian",
}

impl TryFrom<&str> for EventTopic {
    type Error = UnknownEventTopic;

    /// Finds the topic with an id.
    fn try_from(id: &str) -> Result<Self, UnknownEventTopic> {
        Self::ALL.iter().copied().find(|topic| topic.as_str() == id).ok_or(UnknownEventTopic)
    }
}

impl std::fmt::Display for EventTopic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An id that no event topic has. Profiles may have topics without events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownEventTopic;

impl std::fmt::Display for UnknownEventTopic {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no event topic has this id")
    }
}

impl std::error::Error for UnknownEventTopic {}

#[derive(Clone, Serialize, Deserialize)]
struct FactsWithSentence<T> {
    #[serde(flatten)]
    facts: T,
    sentence: String,
    #[serde(default, skip_serializing_if = "Prominence::is_lead")]
    prominence: Prominence,
}

/// A day or several, as far as the words and the publishing date give them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDate {
    /// The day, or the first of several, as `2020-10-23`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The last of several days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_end: Option<String>,
    /// The words of the date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_words: Option<String>,
    /// The time of day in the place's own time, as `09:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// The status of a meeting.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingStatus {
    /// The meeting lies ahead.
    Planned,
    /// The meeting has taken place, or takes place now.
    #[default]
    Held,
    /// The meeting will not take place.
    Cancelled,
    /// The meeting will take place later; the report gives no new day.
    Postponed,
    /// The meeting will take place on another day or at another place, which the report gives.
    Moved,
}

/// A meeting or talks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFacts {
    /// The status.
    pub status: MeetingStatus,
    /// The participants, in the sentence's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<String>,
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The date.
    #[serde(flatten)]
    pub when: EventDate,
    /// The host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
}

/// The status of a ceasefire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeasefireStatus {
    /// The sides have agreed to the ceasefire.
    Agreed,
    /// A side declared the ceasefire, or it is in force.
    #[default]
    Announced,
    /// The ceasefire goes on for longer.
    Extended,
    /// A side broke the ceasefire.
    Violated,
    /// A side rejects the ceasefire.
    Rejected,
    /// A side offers or proposes the ceasefire, and the other side has not answered yet.
    Offered,
    /// The ceasefire has expired, was not renewed, or a side ended it.
    Over,
}

/// A ceasefire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeasefireFacts {
    /// The status.
    pub status: CeasefireStatus,
    /// The broker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokered_by: Option<String>,
    /// The start, as `2020-10-10` or `2020-10-10T12:00`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// The words of the start.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_words: Option<String>,
    /// Whether the sentence calls the ceasefire humanitarian.
    #[serde(default)]
    pub humanitarian: bool,
    /// The parties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
}

/// An act of mediation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MediationAction {
    /// A call for a ceasefire, talks or peace.
    CalledFor,
    /// A proposal.
    Proposed,
    /// An offer.
    Offered,
    /// The work of a mediator.
    #[default]
    Mediated,
    /// A statement about mediation.
    Said,
}

/// An attempt to bring the sides together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediationFacts {
    /// The mediator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The act.
    pub action: MediationAction,
    /// The goal, in the sentence's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// The kind of casualties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CasualtyKind {
    /// Dead people.
    #[default]
    Killed,
    /// Wounded people.
    Wounded,
    /// Kidnapped people.
    Kidnapped,
    /// Missing people.
    Missing,
}

/// Whether people bore arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CombatantStatus {
    /// Soldiers, fighters, police.
    Military,
    /// All other people.
    Civilian,
}

/// Killed or wounded people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasualtyFacts {
    /// Killed or wounded.
    pub kind: CasualtyKind,
    /// The number; `None` for words such as "dozens", or without any number.
    pub count: Option<u64>,
    /// The words of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_words: Option<String>,
    /// The combatant status, if the sentence gives it.
    pub who: Option<CombatantStatus>,
    /// The side of the victims: a country, a people or a person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// The source of the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<String>,
}

/// An attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackFacts {
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The weapon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The side that claims responsibility.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// The side that others accuse.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blamed_on: Option<String>,
    /// The source of the report.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<String>,
}

/// The kind of a humanitarian event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HumanitarianKind {
    /// Aid.
    #[default]
    Aid,
    /// A humanitarian corridor.
    Corridor,
    /// The release or exchange of prisoners or hostages.
    PrisonerExchange,
    /// The return of bodies.
    Bodies,
    /// An evacuation.
    Evacuation,
    /// Refugees.
    Refugees,
    /// Hospitals, power or water that are cut or restored.
    Services,
    /// The clearance of mines.
    Demining,
    /// Rebuilding.
    Rebuilding,
}

/// Help for people in need, or their flight.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HumanitarianFacts {
    /// The kind.
    #[serde(rename = "what")]
    pub kind: HumanitarianKind,
    /// The place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_found_by_its_id() {
        for &topic in EventTopic::ALL {
            assert_eq!(EventTopic::try_from(topic.as_str()), Ok(topic));
        }
        assert_eq!(EventTopic::try_from("weather"), Err(UnknownEventTopic));
    }

    #[test]
    fn an_event_keeps_its_form_in_json() {
        for json in [
            r#"{"topic":"mediation","facts":{"who":"Russia","action":"called_for","what":"a truce","sentence":"S."}}"#,
            r#"{"topic":"humanitarian","facts":{"what":"prisoner_exchange","place":"Lachin","sentence":"S."}}"#,
            r#"{"topic":"casualties","facts":{"kind":"wounded","count":3,"who":"civilian","sentence":"S."}}"#,
            r#"{"topic":"ceasefire","facts":{"status":"over","humanitarian":false,"sentence":"S.","prominence":"body"}}"#,
            r#"{"topic":"ceasefire","facts":{"status":"offered","humanitarian":false,"sentence":"S."}}"#,
            r#"{"topic":"meeting","facts":{"status":"moved","sentence":"S."}}"#,
        ] {
            let event: Event = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&event).unwrap(), json);
        }
    }
}

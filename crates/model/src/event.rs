//! What happened, as an article's sentence says it.

use serde::{Deserialize, Serialize};

/// Something that happened, is planned or was said, with the sentence that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "EventJson", into = "EventJson")]
pub struct Event {
    /// The article's own sentence, word for word.
    pub sentence: String,
    /// What the sentence says of it.
    pub facts: EventFacts,
}

impl Event {
    /// The id of the topic that the event belongs to.
    pub fn topic(&self) -> &'static str {
        self.facts.topic()
    }
}

/// The facts of an event, by its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventFacts {
    /// Who fires no longer.
    Ceasefire(CeasefireFacts),
    /// Who meets.
    Meeting(MeetingFacts),
    /// Who tries to bring the sides together.
    Mediation(MediationFacts),
    /// Who was killed or wounded.
    Casualties(CasualtyFacts),
    /// Who or what was attacked.
    Attack(AttackFacts),
    /// What is done for people in need.
    Humanitarian(HumanitarianFacts),
}

impl EventFacts {
    /// The id of the topic that they belong to.
    pub fn topic(&self) -> &'static str {
        match self {
            Self::Ceasefire(_) => "ceasefire",
            Self::Meeting(_) => "meeting",
            Self::Mediation(_) => "mediation",
            Self::Casualties(_) => "casualties",
            Self::Attack(_) => "attack",
            Self::Humanitarian(_) => "humanitarian",
        }
    }
}

/// A day or several, as far as the words and the publishing date tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventDate {
    /// The day, or the first of several, as `2020-10-23`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The last of several days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_end: Option<String>,
    /// The words that say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_words: Option<String>,
    /// The time of day in the place's own time, as `09:30`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// Whether a meeting takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MeetingStatus {
    /// It is to take place.
    Planned,
    /// It has taken place, or does so now.
    #[default]
    Held,
    /// It will not take place.
    Cancelled,
    /// It will take place later than was planned.
    Postponed,
}

/// A meeting or talks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeetingFacts {
    /// Whether it takes place.
    pub status: MeetingStatus,
    /// Who meets, in the sentence's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// EventDate.
    #[serde(flatten)]
    pub when: EventDate,
    /// At whose invitation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<String>,
}

/// What has become of a ceasefire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CeasefireStatus {
    /// The sides have agreed to it.
    Agreed,
    /// It was declared, or is in force.
    #[default]
    Announced,
    /// It goes on for longer.
    Extended,
    /// It was broken.
    Violated,
    /// A side does not want it.
    Rejected,
}

/// A ceasefire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CeasefireFacts {
    /// What has become of it.
    pub status: CeasefireStatus,
    /// Who brought it about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brokered_by: Option<String>,
    /// From when on it holds, or when that was said to have happened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_from: Option<String>,
    /// The words that say from when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_words: Option<String>,
    /// Whether it is a humanitarian one.
    #[serde(default)]
    pub humanitarian: bool,
    /// Between whom it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<String>,
}

/// What was done or said to bring the sides together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MediationFacts {
    /// Who did or said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// The kind of it: `called_for`, `proposed`, `offered`, `mediated`, `said`.
    pub action: String,
    /// For what, in the sentence's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub what: Option<String>,
}

/// How people were harmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harm {
    /// They died.
    #[default]
    Killed,
    /// They live.
    Wounded,
}

/// Whether people bore arms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bearing {
    /// Soldiers, fighters, police.
    Military,
    /// Everybody else.
    Civilian,
}

/// People who were killed or wounded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CasualtyFacts {
    /// How they were harmed.
    pub kind: Harm,
    /// How many; none where only words such as "dozens" are known, or nothing is.
    pub count: Option<u64>,
    /// The words that say how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count_words: Option<String>,
    /// Whether they bore arms, where that is said.
    pub who: Option<Bearing>,
    /// Whose people they are: a country, a people or a person's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub side: Option<String>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<String>,
}

/// An attack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttackFacts {
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// With what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Who says to have done it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Who is said to have done it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blamed_on: Option<String>,
    /// Who says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub according_to: Option<String>,
}

/// What is done for people in need, and what they flee from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HumanitarianFacts {
    /// What it is: `aid`, `corridor`, `prisoner_exchange`, `bodies`, `evacuation`, `refugees`.
    pub what: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Who does it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
}

/// An event as JSON: the topic, and the facts with their sentence.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "topic", content = "facts", rename_all = "snake_case")]
enum EventJson {
    Ceasefire(WithSentence<CeasefireFacts>),
    Meeting(WithSentence<MeetingFacts>),
    Mediation(WithSentence<MediationFacts>),
    Casualties(WithSentence<CasualtyFacts>),
    Attack(WithSentence<AttackFacts>),
    Humanitarian(WithSentence<HumanitarianFacts>),
}

#[derive(Clone, Serialize, Deserialize)]
struct WithSentence<T> {
    #[serde(flatten)]
    facts: T,
    sentence: String,
}

impl From<Event> for EventJson {
    fn from(event: Event) -> Self {
        let sentence = event.sentence;
        match event.facts {
            EventFacts::Ceasefire(facts) => Self::Ceasefire(WithSentence { facts, sentence }),
            EventFacts::Meeting(facts) => Self::Meeting(WithSentence { facts, sentence }),
            EventFacts::Mediation(facts) => Self::Mediation(WithSentence { facts, sentence }),
            EventFacts::Casualties(facts) => Self::Casualties(WithSentence { facts, sentence }),
            EventFacts::Attack(facts) => Self::Attack(WithSentence { facts, sentence }),
            EventFacts::Humanitarian(facts) => Self::Humanitarian(WithSentence { facts, sentence }),
        }
    }
}

impl From<EventJson> for Event {
    fn from(written: EventJson) -> Self {
        let (facts, sentence) = match written {
            EventJson::Ceasefire(said) => (EventFacts::Ceasefire(said.facts), said.sentence),
            EventJson::Meeting(said) => (EventFacts::Meeting(said.facts), said.sentence),
            EventJson::Mediation(said) => (EventFacts::Mediation(said.facts), said.sentence),
            EventJson::Casualties(said) => (EventFacts::Casualties(said.facts), said.sentence),
            EventJson::Attack(said) => (EventFacts::Attack(said.facts), said.sentence),
            EventJson::Humanitarian(said) => (EventFacts::Humanitarian(said.facts), said.sentence),
        };
        Self { sentence, facts }
    }
}

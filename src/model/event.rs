//! What happened, as an article's sentence says it.

use serde::{Deserialize, Serialize};

/// Something that happened, is planned or was said, with the sentence that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Event {
    /// The article's own sentence, word for word.
    pub sentence: String,
    /// What the sentence says of it.
    pub facts: Facts,
}

impl Event {
    /// The id of the topic that the event belongs to.
    pub fn topic(&self) -> &'static str {
        self.facts.topic()
    }
}

/// The facts of an event, by its topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Facts {
    /// Who fires no longer.
    Ceasefire(Ceasefire),
    /// Who meets.
    Meeting(Meeting),
    /// Who tries to bring the sides together.
    Mediation(Mediation),
    /// Who was killed or wounded.
    Casualties(Casualties),
    /// Who or what was attacked.
    Attack(Attack),
    /// What is done for people in need.
    Humanitarian(Humanitarian),
}

impl Facts {
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
pub struct When {
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
pub struct Meeting {
    /// Whether it takes place.
    pub status: MeetingStatus,
    /// Who meets, in the sentence's order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub participants: Vec<String>,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// When.
    #[serde(flatten)]
    pub when: When,
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
pub struct Ceasefire {
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
pub struct Mediation {
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
pub struct Casualties {
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
pub struct Attack {
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
pub struct Humanitarian {
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
enum Written {
    Ceasefire(Said<Ceasefire>),
    Meeting(Said<Meeting>),
    Mediation(Said<Mediation>),
    Casualties(Said<Casualties>),
    Attack(Said<Attack>),
    Humanitarian(Said<Humanitarian>),
}

#[derive(Clone, Serialize, Deserialize)]
struct Said<T> {
    #[serde(flatten)]
    facts: T,
    sentence: String,
}

impl From<Event> for Written {
    fn from(event: Event) -> Self {
        let sentence = event.sentence;
        match event.facts {
            Facts::Ceasefire(facts) => Self::Ceasefire(Said { facts, sentence }),
            Facts::Meeting(facts) => Self::Meeting(Said { facts, sentence }),
            Facts::Mediation(facts) => Self::Mediation(Said { facts, sentence }),
            Facts::Casualties(facts) => Self::Casualties(Said { facts, sentence }),
            Facts::Attack(facts) => Self::Attack(Said { facts, sentence }),
            Facts::Humanitarian(facts) => Self::Humanitarian(Said { facts, sentence }),
        }
    }
}

impl From<Written> for Event {
    fn from(written: Written) -> Self {
        let (facts, sentence) = match written {
            Written::Ceasefire(said) => (Facts::Ceasefire(said.facts), said.sentence),
            Written::Meeting(said) => (Facts::Meeting(said.facts), said.sentence),
            Written::Mediation(said) => (Facts::Mediation(said.facts), said.sentence),
            Written::Casualties(said) => (Facts::Casualties(said.facts), said.sentence),
            Written::Attack(said) => (Facts::Attack(said.facts), said.sentence),
            Written::Humanitarian(said) => (Facts::Humanitarian(said.facts), said.sentence),
        };
        Self { sentence, facts }
    }
}

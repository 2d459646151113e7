//! The corroboration of a story: its sources, its updates and their figures.

use super::event::{CasualtyKind, CombatantStatus, Event};
use super::{ArticleId, Timestamp};

/// The source of a report: an outlet, or the agency whose copy the outlet prints.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReportSource {
    /// Id of the outlet or agency.
    pub id: String,
    /// The name for readers.
    pub name: String,
    /// ISO 3166-1 alpha-2 code; empty if unknown.
    pub country: String,
    /// The affiliation, as in [`super::Outlet`]; empty if unknown.
    pub affiliation: String,
}

/// An article's report in a story, attributed to its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttributedReport {
    /// The article.
    pub article: ArticleId,
    /// The source.
    pub source: ReportSource,
    /// Whether the source is the outlet itself, and not an agency that it credits.
    pub own: bool,
    /// The canonical address of the article, if it has one.
    pub address: Option<String>,
    /// Whether the address is a page of another outlet.
    pub links: bool,
    /// The time of the first fetch.
    pub at: Timestamp,
    /// The events of the article.
    pub events: Vec<Event>,
}

/// The corroboration of a story by its reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corroboration {
    /// The sources, each once, in the order of their first reports.
    pub sources: Vec<ReportSource>,
    /// The number of the sources' countries.
    pub countries: usize,
    /// The updates since the first report, oldest first.
    pub updates: Vec<StoryUpdate>,
    /// The casualty figures side by side; empty if there is only one.
    pub figures: Vec<CasualtyFigure>,
}

/// A report that confirms a story or changes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryUpdate {
    /// The kind.
    pub kind: UpdateKind,
    /// The source of the report.
    pub source: ReportSource,
    /// The article of the report.
    pub article: ArticleId,
    /// The time of the report.
    pub at: Timestamp,
    /// The sentence that states the change, if there is one.
    pub sentence: Option<String>,
}

/// The kind of a story update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateKind {
    /// The other side of the war reports the story too.
    OtherSide,
    /// Outlets of three countries report the story.
    ThreeCountries,
    /// A side broke the ceasefire of the story.
    Violated,
    /// The meeting of the story will not take place.
    Cancelled,
    /// The meeting of the story will take place later, on a day not given.
    Postponed,
    /// The meeting of the story will take place on another day or at another place.
    Moved,
    /// The ceasefire of the story has expired, or a side ended it.
    Over,
}

impl UpdateKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::OtherSide,
        Self::ThreeCountries,
        Self::Violated,
        Self::Cancelled,
        Self::Postponed,
        Self::Moved,
        Self::Over,
    ];

    /// The number in the store; it never changes.
    pub fn number(self) -> i64 {
        match self {
            Self::OtherSide => 1,
            Self::ThreeCountries => 2,
            Self::Violated => 3,
            Self::Cancelled => 4,
            Self::Postponed => 5,
            Self::Moved => 6,
            Self::Over => 7,
        }
    }
}

/// A number of casualties, as one source gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CasualtyFigure {
    /// Killed or wounded.
    pub kind: CasualtyKind,
    /// The number.
    pub count: u64,
    /// The number in the report's words, such as "more than 40", if they add something.
    pub words: Option<String>,
    /// The combatant status.
    pub who: Option<CombatantStatus>,
    /// The side of the victims.
    pub side: Option<String>,
    /// The authority that the report quotes.
    pub according_to: Option<String>,
    /// The source of the report.
    pub source: ReportSource,
}

//! What a story has become: who reports it, what was confirmed since, and which figures they give.

use super::event::{Bearing, Event, Harm};
use super::{ArticleId, Timestamp};

/// Who reports something: an outlet, or the agency whose copy it prints.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Source {
    /// Id of the outlet or agency.
    pub id: String,
    /// Name shown to readers.
    pub name: String,
    /// ISO 3166-1 alpha-2 code; empty where it is not known.
    pub country: String,
    /// Who stands behind it, as in [`super::Outlet`]; empty where it is not known.
    pub affiliation: String,
}

/// One article's part in a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The article.
    pub article: ArticleId,
    /// Who reports.
    pub source: Source,
    /// Whether that is the outlet itself, and not an agency that it credits.
    pub own: bool,
    /// When it was first seen.
    pub at: Timestamp,
    /// What the article says to have happened.
    pub events: Vec<Event>,
}

/// A story as far as it has been reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Corroboration {
    /// Who reports it, each once, in the order in which they did.
    pub sources: Vec<Source>,
    /// Of how many countries they are.
    pub countries: usize,
    /// What gave it more weight since the first report, oldest first.
    pub updates: Vec<StoryUpdate>,
    /// Figures that stand side by side, where there is more than one.
    pub figures: Vec<Figure>,
}

/// Something that makes a story weigh more, or turns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryUpdate {
    /// What it is.
    pub kind: UpdateKind,
    /// Whose report made it so.
    pub source: Source,
    /// That report.
    pub article: ArticleId,
    /// When.
    pub at: Timestamp,
    /// The sentence that says it, where one does.
    pub sentence: Option<String>,
}

/// What turned a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum UpdateKind {
    /// The other side of the war reports it too.
    OtherSide,
    /// Outlets of three countries report it.
    ThreeCountries,
    /// The ceasefire that it told of is broken.
    Violated,
    /// The meeting that it told of will not take place.
    Cancelled,
    /// The meeting that it told of was put off.
    Postponed,
}

impl UpdateKind {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::OtherSide, Self::ThreeCountries, Self::Violated, Self::Cancelled, Self::Postponed];

    /// The number under which the store knows it; never changes.
    pub fn number(self) -> i64 {
        match self {
            Self::OtherSide => 1,
            Self::ThreeCountries => 2,
            Self::Violated => 3,
            Self::Cancelled => 4,
            Self::Postponed => 5,
        }
    }
}

/// A number of people, as one source gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// How they were harmed.
    pub kind: Harm,
    /// How many.
    pub count: u64,
    /// The same in the report's words, such as "more than 40", where they say more than the number.
    pub words: Option<String>,
    /// Whether they bore arms.
    pub who: Option<Bearing>,
    /// Whose people they are.
    pub side: Option<String>,
    /// Who says so: the authority that the report names, and who reports it.
    pub according_to: Option<String>,
    /// Who reports it.
    pub source: Source,
}

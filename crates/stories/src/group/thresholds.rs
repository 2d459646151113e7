//! The windows, thresholds and weights of the grouping, each with its reason.
//!
//! A logistic regression on half of ECB+ (A. Cybulska, P. Vossen, "Using a sledgehammer to crack a nut?", 2014), all
//! its topics together, fitted the weights of the evidence. docs/stories.md has the results, also of fits on half of
//! the topics with scores on the other half.

/// Most hours between two articles that the grouper compares. A later report of an old event opens a new story.
pub const WINDOW_HOURS: i64 = 72;
/// Hours in which a story accepts articles after its first one. Without this bound the daily news of a war would form
/// one endless chain.
pub const STORY_HOURS: i64 = 168;
/// Most remembered public articles: one day of the largest supported stream.
pub const MOST_ARTICLES: usize = 100_000;
/// Most remembered articles of one private feed; and of all private feeds together, at some 10 kB each.
pub const MOST_ARTICLES_OF_A_FEED: usize = 1000;
pub const MOST_PRIVATE_ARTICLES: usize = 20_000;
/// Characters of a lead, about twelve sentences. Later text is background that other stories share.
pub const LEAD_CHARS: usize = 2000;
/// Place of a word from where a term's weight falls no further.
pub const LEAD_WORDS: f32 = 350.0;
/// Words within which a full date is the day of the report.
pub const DATELINE_WORDS: usize = 60;
/// Most words of a first sentence that serves as the head.
pub const HEAD_WORDS: usize = 40;

/// Stored fingerprints of three-word runs: the estimated share is within some .07 of the true one.
pub const SHINGLES: usize = 48;
/// Fewest three-word runs of a text for a sure comparison, about two sentences.
pub const ENOUGH_RUNS: u32 = 25;
/// Share of the shorter text that a copy contains word for word: outlets cut and add lines.
pub const COPIED: f32 = 0.6;
/// This share between articles of one outlet, whose phrases recur from day to day, and for short texts.
pub const COPIED_STRICTLY: f32 = 0.9;
/// Least cosine of the words of two bulletins that only their figures distinguish.
pub const SAME_PHRASES: f32 = 0.6;
/// For texts with equal phrases: the share of the numbers of the text with fewer that the other must contain.
pub const NUMBERS_AGREE: f32 = 0.6;

/// Fewest terms that titles share which differ in one word: "Morning briefing on Tuesday", "Evening briefing on Friday".
pub const LIKE_TITLE_TERMS: usize = 2;
/// Least cosine of two texts under such titles, for the titles to count: the texts of one war share its names.
pub const TEXTS_AGREE: f32 = 0.2;
/// Hours within which an equal title of two outlets makes one story if one of them gives no text.
pub const EQUAL_TITLE_HOURS: i64 = 12;

/// Most postings read for an article, rarest terms first: bounds the work in any stream.
pub const POSTINGS_READ: usize = 2000;
/// Most postings read of one term, the latest first.
pub const POSTINGS_OF_A_TERM: usize = 200;
/// Most articles compared with a new one.
pub const CANDIDATES: usize = 24;
/// Least shared wording of two short texts, no copies, with one formula and two fillings: "The two
/// sides agreed on Saturday to …".
pub const FORMULA: f32 = 0.3;
/// Most terms of a sketch, the heaviest: bounds the memory of a busy day.
pub const TERMS: usize = 96;
/// Most counted things of a sketch.
pub const COUNTS: usize = 24;
/// Terms of a centroid above which it drops the terms of single articles.
pub const STORY_TERMS: usize = 1000;

/// Least cosine of two articles: below it, dates and years must not decide.
pub const LEAST_SIMILARITY: f32 = 0.12;
/// Least cosine of two articles of one story in two languages.
pub const ACROSS: f32 = 0.30;
/// Added to [`ACROSS`] for each day between the articles.
pub const ACROSS_A_DAY: f32 = 0.3;
/// Added to [`ACROSS`] if the headlines name different places.
pub const ACROSS_ELSEWHERE: f32 = 0.2;
/// Fewest shared names of articles in two languages: one name and one date are equal by chance.
pub const ACROSS_NAMES: u32 = 2;
/// Fewest shared terms of articles in two languages, names included.
pub const ACROSS_TERMS: u32 = 4;

/// The weights of terms by kind, place and rarity.
#[derive(Clone, Debug)]
pub struct TermWeights {
    /// Weight of a name; a word has 1. Confusable stories differ in people and places.
    pub name: f32,
    /// Weight of a number or a day: confusable stories differ in counts and dates.
    pub number: f32,
    /// Weight of a term in the head.
    pub head: f32,
    /// Weight of a term at the end of the lead; between head and end the weight falls from 1.
    pub tail: f32,
    /// Assumed articles before the stream. They contain no terms except the names and terms of [`AssumedShares`], and
    /// keep the first articles from random merges.
    pub prior: f32,
    /// Shares of these assumed articles that contain a name or a term.
    pub assumed: AssumedShares,
}

/// Assumed shares of articles that contain a name or a term of the profile. The feeds of a profile are all about one
/// conflict: its names distinguish stories less than their rarity among few articles suggests.
#[derive(Clone, Debug)]
pub struct AssumedShares {
    /// Countries and peoples.
    pub countries: f32,
    /// Persons and places.
    pub names: f32,
    /// All others.
    pub terms: f32,
    /// Articles of the stream that outweigh the assumed shares: at this number both count equally.
    pub articles: f32,
}

impl Default for TermWeights {
    fn default() -> Self {
        Self { name: 3.0, number: 1.5, head: 1.6, tail: 0.3, prior: 1000.0, assumed: AssumedShares::default() }
    }
}

impl Default for AssumedShares {
    fn default() -> Self {
        Self { countries: 0.4, names: 0.15, terms: 0.15, articles: 300.0 }
    }
}

macro_rules! evidence {
    ($($(#[$doc:meta])* $name:ident = $weight:expr,)*) => {
        /// The weights of the evidence that an article belongs to a story. The log-odds are the weighted sum of the
        /// evidence.
        #[derive(Clone, Debug)]
        pub struct EvidenceWeights {
            /// Log-odds above which the article joins the story. A lower number finds more.
            pub join: f32,
            $($(#[$doc])* pub $name: f32,)*
        }

        /// The evidence that an article belongs to a story.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct StoryEvidence {
            $($(#[$doc])* pub $name: f32,)*
        }

        impl Default for EvidenceWeights {
            fn default() -> Self {
                Self { join: JOIN, $($name: $weight,)* }
            }
        }

        impl EvidenceWeights {
            /// Finds the weight of a kind of evidence by name.
            pub fn weight_mut(&mut self, name: &str) -> Option<&mut f32> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }

        impl StoryEvidence {
            /// The names of the kinds of evidence.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// The evidence of each kind, in the order of [`Self::NAMES`].
            pub fn values(&self) -> impl Iterator<Item = f32> {
                [$(self.$name),*].into_iter()
            }

            /// The log-odds that the article belongs to the story.
            pub(super) fn log_odds(&self, weights: &EvidenceWeights) -> f32 {
                0.0 $(+ self.$name * weights.$name)*
            }
        }
    };
}

/// See [`EvidenceWeights::join`].
const JOIN: f32 = -0.6;

evidence! {
    /// Constant term.
    bias = -3.13,
    /// Cosine with the nearest of the story's articles.
    nearest = 1.62,
    /// Root of the mean cosine with all articles of the story.
    mean = 1.15,
    /// Share of the story's names that the article contains; names of most articles count most.
    names_kept = 1.50,
    /// Share of the article's names that the story contains.
    names_known = 1.50,
    /// Share of the story's numbers and days that the article contains.
    numbers_kept = 1.39,
    /// Share of the article's numbers and days that the story contains.
    numbers_known = 1.67,
    /// Share of the story's words that the article contains.
    words_kept = -0.33,
    /// Share of the article's words that the story contains.
    words_known = 0.37,
    /// Share of the terms of the article's head that a head of the story contains.
    head_known = 0.53,
    /// Share of the terms of most heads of the story that the article contains.
    head_kept = 0.28,
    /// Share of the names of the article's head that the story does not contain.
    head_names_unknown = -0.49,
    /// Share of the names of most heads of the story that the article does not contain.
    head_names_missing = -0.36,
    /// Distance of the mean cosine below the mean cosine of the story's own articles when they joined.
    stranger = 1.40,
    /// Share of common wording with the nearest article.
    copy = 0.75,
    /// Both give a day of report, and the days are at most two apart.
    same_day = 0.97,
    /// Both give a day of report, and the days are further apart.
    other_day = 0.88,
    /// Logarithm of the number of things with different counts.
    clash = -1.15,
    /// Logarithm of the number of things with equal counts.
    agree = 0.13,
    /// The latest years are equal.
    same_year = 1.74,
    /// Both give a year: undated articles are harder to distinguish.
    dated = 0.26,
    /// `names_kept` again, for a story of three articles or more, whose names are stable.
    settled_names_kept = 0.99,
    /// The story has three articles or more.
    settled = -0.54,
    /// Logarithm of the number of the story's articles.
    size = -0.43,
    /// Both articles are too short for a sure comparison.
    short = 0.09,
    /// Cosine with the nearest article, for short articles.
    short_nearest = 0.04,
    /// The nearest article comes from the same outlet; an outlet seldom reports a story twice. Set by hand.
    same_outlet = -1.0,
    /// Both heads name places of the profile, and none in common: shells hit another town. Set by hand: the material
    /// has none of these places.
    elsewhere = -1.5,
    /// Days between the two, at most three; 0 if a time is unknown. Set by hand: the material has no times.
    gap = -3.0,
    /// The two are more than a day apart. Set by hand.
    late = -2.0,
}

//! Every window, threshold and weight of the grouping, with its reason.
//!
//! The evidence's weights were fitted by logistic regression on half of the topics of ECB+ (A. Cybulska, P. Vossen, "Using
//! a sledgehammer to crack a nut?", 2014) and checked on the other; docs/stories.md tells what came of it.

/// Hours between two articles within which one may bring the other to its story: what is told for longer is told anew.
pub const WINDOW_HOURS: i64 = 72;
/// Hours after a story's first article in which others may join it: a war's daily news would else make one endless chain.
pub const STORY_HOURS: i64 = 168;
/// Articles that are remembered, the oldest forgotten first: a day of the largest stream that is promised.
pub const MOST_ARTICLES: usize = 100_000;
/// Characters of a text that are looked at, about twelve sentences: what follows is background, which other stories share.
pub const LEAD_CHARS: usize = 2000;
/// Words after which place no longer counts less.
pub const LEAD_WORDS: f32 = 350.0;
/// Words within which a date with its year is the day of the report.
pub const DATELINE_WORDS: usize = 60;
/// Words at most of a first sentence that stands for a title.
pub const HEAD_WORDS: usize = 40;

/// Fingerprints kept of a text's runs of three words: an estimate of the share that is within some .07 of it.
pub const SHINGLES: usize = 48;
/// Runs of three words from which on a text says enough to be compared, about two sentences.
pub const ENOUGH_RUNS: u32 = 25;
/// Share of the shorter text that the longer one must have word for word to be a copy: outlets cut and add lines.
pub const COPIED: f32 = 0.6;
/// The same between articles of one outlet, whose phrases repeat from day to day, and for texts of few words.
pub const COPIED_STRICTLY: f32 = 0.9;
/// Share of the words' weight in common from which on only the figures tell two bulletins apart.
pub const SAME_PHRASES: f32 = 0.6;
/// Share of the numbers of the text with fewer that the other must have, where the phrases are the same.
pub const NUMBERS_AGREE: f32 = 0.6;

/// Postings that are read for an article, rarest terms first: bounds the work whatever the stream repeats.
pub const POSTINGS_READ: usize = 4000;
/// Postings of one term that are read, the latest first.
pub const POSTINGS_OF_A_TERM: usize = 300;
/// Articles with most in common that are compared.
pub const CANDIDATES: usize = 32;
/// Terms of a story from which on those that only one article has are dropped.
pub const STORY_TERMS: usize = 1000;

/// Two articles below this have too little in common for dates and years to decide.
pub const LEAST_LIKENESS: f32 = 0.12;
/// What two articles of few words must have in common: there is little else to go by, and a phrase weighs much.
pub const LEAST_LIKENESS_SHORT: f32 = 0.6;
/// Evidence that an article of the story's own outlet needs on top.
pub const SAME_OUTLET: f32 = 1.0;
/// Cosine from which on articles of two languages tell one story.
pub const ACROSS: f32 = 0.30;
/// Names in common that articles of two languages need, and terms in all: one name and a date are met by chance.
pub const ACROSS_NAMES: u32 = 2;
/// See [`ACROSS_NAMES`].
pub const ACROSS_TERMS: u32 = 4;

/// How much a term counts by its kind, its place and its rarity.
#[derive(Clone, Debug)]
pub struct Weights {
    /// Of a name, where a word has 1: confusable stories differ in who and where.
    pub name: f32,
    /// Of a number or a day: they differ in how many and when.
    pub number: f32,
    /// Of a place in the title, or in the first sentence where there is none.
    pub head: f32,
    /// At the end of the lead; in between it falls from 1.
    pub tail: f32,
    /// Articles that are taken to have come before the stream, with none of its terms in them, so that the first
    /// articles are not merged at random.
    pub prior: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { name: 3.0, number: 1.5, head: 1.6, tail: 0.3, prior: 1000.0 }
    }
}

/// What speaks for and against an article's belonging to a story: its log-odds are the sum.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Evidence above which it joins. Lower finds more; at this one in fourteen is wrong among stories chosen to be confused.
    pub join: f32,
    /// Against, before anything is known.
    pub bias: f32,
    /// Cosine with the nearest of the story's articles.
    pub nearest: f32,
    /// Root of the mean cosine with all of them.
    pub mean: f32,
    /// Share of the story's names that the article has; what most of its articles name counts most.
    pub names_kept: f32,
    /// Share of the article's names that the story has.
    pub names_known: f32,
    /// The same of numbers and days.
    pub numbers_kept: f32,
    /// See `numbers_kept`.
    pub numbers_known: f32,
    /// How far the mean cosine is below what the story's own articles had when they joined.
    pub stranger: f32,
    /// Share of wording in common.
    pub copy: f32,
    /// Both name a day of report, and it is the same but for two days.
    pub same_day: f32,
    /// The same thing is counted otherwise; of the logarithm of how many such there are.
    pub clash: f32,
    /// The latest year that is named is the same.
    pub same_year: f32,
    /// Both name a year at all: undated articles are harder to tell apart.
    pub dated: f32,
    /// Again the names kept, for a story of three articles or more, whose names are settled.
    pub settled_names_kept: f32,
    /// Such a story, before its names are looked at.
    pub settled: f32,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            join: -0.7,
            bias: -6.37,
            nearest: 4.76,
            mean: 7.0,
            names_kept: 0.99,
            names_known: 0.81,
            numbers_kept: 2.13,
            numbers_known: 1.48,
            stranger: 1.79,
            copy: 0.93,
            same_day: 0.27,
            clash: -1.47,
            same_year: 1.7,
            dated: 0.6,
            settled_names_kept: 0.98,
            settled: -1.43,
        }
    }
}

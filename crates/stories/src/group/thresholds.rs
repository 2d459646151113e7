//! Every window, threshold and weight of the grouping, with its reason.
//!
//! The evidence's weights were fitted by logistic regression on half of ECB+ (A. Cybulska, P. Vossen, "Using a
//! sledgehammer to crack a nut?", 2014), all of its topics together; docs/stories.md tells what came of it, and of fits on
//! half of the topics that were checked on the others.

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
pub const POSTINGS_READ: usize = 2000;
/// Postings of one term that are read, the latest first.
pub const POSTINGS_OF_A_TERM: usize = 200;
/// Articles with most in common that are compared.
pub const CANDIDATES: usize = 24;
/// Share of wording in common from which on two texts of a sentence or two that are no copies are one formula, filled
/// twice: "The two sides agreed on Saturday to …".
pub const FORMULA: f32 = 0.3;
/// Terms kept of an article, the weightiest: what a busy day takes of memory is bounded by it.
pub const TERMS: usize = 96;
/// Things counted that are kept of an article.
pub const COUNTS: usize = 24;
/// Terms of a story from which on those that only one article has are dropped.
pub const STORY_TERMS: usize = 1000;

/// Two articles below this have too little in common for dates and years to decide.
pub const LEAST_LIKENESS: f32 = 0.12;
/// Cosine from which on articles of two languages tell one story.
pub const ACROSS: f32 = 0.30;
/// What it must be higher for each day between them.
pub const ACROSS_A_DAY: f32 = 0.3;
/// What it must be higher where the headlines name other places.
pub const ACROSS_ELSEWHERE: f32 = 0.2;
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
    /// Articles that are taken to have come before the stream, with none of its terms in them but those that are
    /// [`Common`], so that the first articles are not merged at random.
    pub prior: f32,
    /// What is common from the start.
    pub common: Common,
}

/// The share of articles that is taken to have a name or term of the profile before the stream tells: its feeds are all
/// about it, so that it tells stories apart less than its rarity among few articles would say.
#[derive(Clone, Debug)]
pub struct Common {
    /// Countries and peoples.
    pub countries: f32,
    /// Persons and places.
    pub names: f32,
    /// Everything else.
    pub terms: f32,
    /// Articles of the stream after which its own counts weigh as much as these shares.
    pub articles: f32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { name: 3.0, number: 1.5, head: 1.6, tail: 0.3, prior: 1000.0, common: Common::default() }
    }
}

impl Default for Common {
    fn default() -> Self {
        Self { countries: 0.4, names: 0.15, terms: 0.15, articles: 300.0 }
    }
}

macro_rules! evidence {
    ($($(#[$doc:meta])* $name:ident = $weight:expr,)*) => {
        /// What speaks for and against an article's belonging to a story: its log-odds are the sum of these, each times
        /// what it weighs.
        #[derive(Clone, Debug)]
        pub struct Evidence {
            /// Evidence above which it joins. Lower finds more.
            pub join: f32,
            $($(#[$doc])* pub $name: f32,)*
        }

        /// How much of each kind of evidence there is.
        #[derive(Clone, Copy, Debug, Default)]
        pub struct Signals {
            $($(#[$doc])* pub $name: f32,)*
        }

        impl Default for Evidence {
            fn default() -> Self {
                Self { join: JOIN, $($name: $weight,)* }
            }
        }

        impl Evidence {
            /// The weight of a kind of evidence, by its name.
            pub fn weight_mut(&mut self, name: &str) -> Option<&mut f32> {
                match name {
                    $(stringify!($name) => Some(&mut self.$name),)*
                    _ => None,
                }
            }
        }

        impl Signals {
            /// The kinds of evidence.
            pub const NAMES: &[&str] = &[$(stringify!($name)),*];

            /// How much there is of each, in the order of their names.
            pub fn values(&self) -> impl Iterator<Item = f32> {
                [$(self.$name),*].into_iter()
            }

            pub(super) fn weigh(&self, evidence: &Evidence) -> f32 {
                0.0 $(+ self.$name * evidence.$name)*
            }
        }
    };
}

/// See [`Evidence::join`].
const JOIN: f32 = -0.6;

evidence! {
    /// Against, before anything is known.
    bias = -3.13,
    /// Cosine with the nearest of the story's articles.
    nearest = 1.62,
    /// Root of the mean cosine with all of them.
    mean = 1.15,
    /// Share of the story's names that the article has; what most of its articles name counts most.
    names_kept = 1.50,
    /// Share of the article's names that the story has.
    names_known = 1.50,
    /// The same of numbers and days.
    numbers_kept = 1.39,
    /// See `numbers_kept`.
    numbers_known = 1.67,
    /// The same of words.
    words_kept = -0.33,
    /// See `words_kept`.
    words_known = 0.37,
    /// Share of the terms in the article's head that the story has in a head.
    head_known = 0.53,
    /// Share of the terms in most of the story's heads that the article has anywhere.
    head_kept = 0.28,
    /// Share of the names in the article's head that the story has nowhere.
    head_names_unknown = -0.49,
    /// Share of the names in most of the story's heads that the article lacks.
    head_names_missing = -0.36,
    /// How far the mean cosine is below what the story's own articles had when they joined.
    stranger = 1.40,
    /// Share of wording in common.
    copy = 0.75,
    /// Both name a day of report, and it is the same but for two days.
    same_day = 0.97,
    /// They name days of report that are further apart.
    other_day = 0.88,
    /// The same thing is counted otherwise; of the logarithm of how many such there are.
    clash = -1.15,
    /// The same thing is counted alike; of the logarithm of how many such there are.
    agree = 0.13,
    /// The latest year that is named is the same.
    same_year = 1.74,
    /// Both name a year at all: undated articles are harder to tell apart.
    dated = 0.26,
    /// Again the names kept, for a story of three articles or more, whose names are settled.
    settled_names_kept = 0.99,
    /// Such a story, before its names are looked at.
    settled = -0.54,
    /// Logarithm of how many articles the story has.
    size = -0.43,
    /// One of the two is too short to say much.
    short = 0.09,
    /// Cosine with the nearest where it is.
    short_nearest = 0.04,
    /// The nearest article is of the same outlet, which seldom tells a story twice. Set by hand.
    same_outlet = -1.0,
    /// The headlines, or first sentences, name places of the profile and none in common: another town was shelled. Set by
    /// hand: the material has none of these places.
    elsewhere = -1.5,
    /// Days between the two, where both times are known; three at most. Set by hand: the material has no times.
    gap = -3.0,
    /// They are more than a day apart.
    late = -2.0,
}

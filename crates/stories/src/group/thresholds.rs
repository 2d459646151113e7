//! The windows, thresholds and weights of the grouping, each with its reason.
//! docs/stories.md has the figures. [`super::model`] has the fitted weights.

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

/// The number that all sentences of a lead share after the first thirty: a bit each of a word of the machine.
pub const LAST_SENTENCE: u8 = 31;
/// Fewest words of a sentence that is known again: shorter ones are equal by chance.
pub const KNOWN_SENTENCE_WORDS: usize = 6;
/// Least share of the terms of one first sentence that the other article has, for shared sentences to be the report. The
/// shared sentences of articles that begin otherwise are an agency's background.
pub const LEAD_AGREES: f32 = 0.35;

/// Stored fingerprints of three-word runs: the estimated share is within some .07 of the true one.
pub const SHINGLES: usize = 48;
/// Fewest three-word runs of a text for a sure comparison, about two sentences.
pub const ENOUGH_RUNS: u32 = 25;
/// Three-word runs of a text below which the title says more than the text.
pub const BARE_RUNS: u32 = 10;
/// Share of the shorter text that a copy contains word for word: outlets cut and add lines.
pub const COPIED: f32 = 0.6;
/// This share between articles of one outlet, whose phrases recur from day to day, and for short texts.
pub const COPIED_STRICTLY: f32 = 0.9;
/// For texts with equal phrases: the share of the numbers of the text with fewer that the other must contain.
pub const NUMBERS_AGREE: f32 = 0.6;

/// Fewest terms that titles share which differ in one word: "Morning briefing on Tuesday", "Evening briefing on Friday".
pub const LIKE_TITLE_TERMS: u32 = 2;
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
/// Most articles that are compared with a new one for the nearness of their vectors, beside those that share words with it.
pub const NEAREST: usize = 12;
/// Least nearness of such an article.
pub const LEAST_NEARNESS: f32 = 0.2;
/// Least shared wording of two short texts, no copies, that are one formula with two fillings: "The two
/// sides agreed on Saturday to …".
pub const FORMULA: f32 = 0.3;
/// Most terms of a sketch, the heaviest: bounds the memory of a busy day.
pub const TERMS: usize = 160;
/// Most counted things of a sketch.
pub const COUNTS: usize = 24;

/// Least cosine of two articles: below it, dates and years must not decide.
pub const LEAST_SIMILARITY: f32 = 0.03;
/// Fewest shared names of articles in two languages: one name is equal by chance.
pub const ACROSS_NAMES: u32 = 1;
/// Fewest shared terms of articles in two languages, names included: the consonants of one name are equal by chance.
pub const ACROSS_TERMS: u32 = 2;
/// Fewest shared terms of two articles, of which one has hardly a text.
pub const BARE_TERMS: u32 = 2;
/// Fewest shared words of two short texts beside the profile's terms, unless both report acts on one topic: the choir of a
/// village and its mayor both speak of the truce.
pub const SHORT_WORDS: u32 = 1;
/// Days between two report days that still count as equal: a morning paper reports the news of the evening.
pub const SAME_DAYS: i32 = 2;

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
    /// Assumed articles before the stream, with the shares of terms in other news: they keep the first articles from
    /// random merges.
    pub prior: f32,
    /// Shares of these assumed articles that contain a name or a term of the profile.
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
}

impl Default for TermWeights {
    fn default() -> Self {
        Self { name: 1.5, number: 1.0, head: 1.6, tail: 0.3, prior: 300.0, assumed: AssumedShares::default() }
    }
}

impl Default for AssumedShares {
    fn default() -> Self {
        Self { countries: 0.4, names: 0.15, terms: 0.15 }
    }
}

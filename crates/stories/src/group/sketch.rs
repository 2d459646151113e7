//! What is compared of an article: the weighted terms of its lead, and fingerprints of its wording.

use super::dates::Day;
use super::gazetteer::Gazetteer;
use super::lexicon::{self, Word};
use super::terms::Terms;
use super::thresholds::{COUNTS, LEAD_CHARS, SHINGLES, Weights};
use super::{ArticleRef, hash, headline};
use ceasewire_model::{FeedId, Timestamp};
use ceasewire_text::Doc;
use ceasewire_text::languages;
use ceasewire_text::stem::{self, ArticleLanguage};

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// A stem.
    Word,
    /// The stem of a word that is written as a name.
    Name,
    /// A number.
    Number,
    /// A day of the year.
    Date,
    /// A term of the profile in any language.
    Term,
    /// A person, a place or a body of the profile in any language.
    Set,
    /// The consonants of a name in any script.
    Skeleton,
    /// What a common word of the news means in any language.
    Concept,
}

impl Kind {
    /// All of them, by their numbers.
    pub(super) const ALL: [Kind; 8] =
        [Kind::Word, Kind::Name, Kind::Number, Kind::Date, Kind::Term, Kind::Set, Kind::Skeleton, Kind::Concept];

    /// Whether it is compared between articles of one language.
    pub(super) fn within_language(self) -> bool {
        !matches!(self, Kind::Skeleton | Kind::Concept)
    }

    /// Whether it is compared between articles of two languages.
    pub(super) fn across_languages(self) -> bool {
        !matches!(self, Kind::Word | Kind::Name)
    }
}

/// A term of an article: its kind in the upper three bits, a hash in the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Weighted {
    pub(super) key: u32,
    /// What its frequency, place and kind make of it; its rarity comes in when it is compared.
    pub(super) weight: f32,
}

pub(super) fn key(kind: Kind, hash: u64) -> u32 {
    (kind as u32) << 29 | (hash as u32) >> 3
}

pub(super) fn kind(key: u32) -> Kind {
    Kind::ALL[(key >> 29) as usize]
}

/// What is compared of an article.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// The outlet, where it is known.
    pub(super) outlet: Option<u64>,
    pub(super) within: Option<FeedId>,
    pub(super) at: Timestamp,
    /// Which language it is in, or which script where that is not known.
    pub(super) language: u8,
    /// Of a headline that is long enough to mean one story.
    pub(super) title: Option<u64>,
    /// By key, each once.
    pub(super) terms: Box<[Weighted]>,
    /// Keys of the terms in the title, or in the first sentence where there is none; ascending.
    pub(super) head: Box<[u32]>,
    /// The profile's places there.
    pub(super) places: Box<[u32]>,
    /// The least fingerprints of three words in a row, ascending.
    pub(super) shingles: Box<[u32]>,
    /// How many runs of three words there are.
    pub(super) runs: u32,
    /// The day that the first words name.
    pub(super) day: Option<Day>,
    /// The latest year that is named.
    pub(super) year: Option<i32>,
    /// What is counted, and how much of it there is.
    pub(super) counts: Box<[(u32, u32)]>,
}

impl Sketch {
    pub(super) fn new(telling: &ArticleRef<'_>, gazetteer: &Gazetteer, weights: &Weights) -> Self {
        let doc = Doc::new(telling.title, lead(telling.text, LEAD_CHARS));
        let words = lexicon::words(&doc, telling.language);
        let mut terms = Terms::of(&doc, &words, gazetteer, weights);
        let mut counts = std::mem::take(&mut terms.counts);
        counts.sort_unstable();
        counts.dedup();
        counts.truncate(COUNTS);
        let (day, year) = (terms.day, terms.year);
        let places = std::mem::take(&mut terms.places);
        let (terms, head) = terms.finish();
        let (shingles, runs) = shingles(&words[doc.title_len()..]);
        Self {
            outlet: (!telling.outlet.is_empty()).then(|| hash::of(telling.outlet.as_bytes())),
            within: telling.within,
            at: telling.at,
            language: language_of(&doc, telling.language),
            title: headline::headline(telling.title),
            shingles,
            runs,
            day,
            year,
            counts: counts.into(),
            terms,
            head,
            places: places.into(),
        }
    }

    /// Both name places of the profile in their heads, and none of them is the same.
    pub(super) fn is_elsewhere(&self, other: &Self) -> bool {
        let both = !self.places.is_empty() && !other.places.is_empty();
        both && !self.places.iter().any(|place| other.places.contains(place))
    }

    /// When it was published, where that is known.
    pub(super) fn time(&self) -> Option<Timestamp> {
        (self.at != Timestamp::default()).then_some(self.at)
    }
}

impl Sketch {
    /// How many bytes it takes beside its own size.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.terms)
            + size_of_val(&*self.head)
            + size_of_val(&*self.places)
            + size_of_val(&*self.shingles)
            + size_of_val(&*self.counts)
    }
}

/// The beginning of a text, cut between words.
fn lead(text: &str, chars: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(chars) else { return text };
    let lead = &text[..end];
    // A word without an end, of a script without blanks, is cut where it is.
    lead.rfind(char::is_whitespace).map_or(lead, |blank| &lead[..blank])
}

fn language_of(doc: &Doc, tag: Option<&str>) -> u8 {
    if let ArticleLanguage::Known(language) = ArticleLanguage::from(tag) {
        return language.index() as u8;
    }
    // The script of most words.
    let none = languages::ALL.len();
    let mut counts = vec![0_u32; none + 1];
    for word in doc.words() {
        let script = stem::candidates(word).first().map_or(none, |language| language.index());
        counts[script] += u32::from(!word.starts_with(|c: char| c.is_ascii_digit()));
    }
    (0..=none).max_by_key(|&script| (counts[script], none - script)).unwrap_or_default() as u8
}

fn shingles(words: &[Word]) -> (Box<[u32]>, u32) {
    let mut runs: Vec<u32> = words
        .windows(3)
        .map(|run| hash::mix(run[0].exact.rotate_left(7) ^ run[1].exact.rotate_left(29) ^ run[2].exact) as u32)
        .collect();
    runs.sort_unstable();
    runs.dedup();
    let count = runs.len() as u32;
    runs.truncate(SHINGLES);
    (runs.into(), count)
}

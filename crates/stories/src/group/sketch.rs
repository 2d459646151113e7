//! The sketch of an article: the weighted terms of its lead, and fingerprints of its wording.

use super::dates::DayNumber;
use super::gazetteer::Gazetteer;
use super::rubrics::TitleTrace;
use super::term::{TermKey, TermKind, WeightedTerm};
use super::terms::{ArticleTerms, extract_terms};
use super::thresholds::{LEAD_CHARS, LIKE_TITLE_TERMS, SHINGLES, TermWeights};
use super::words::{AnalysedWord, analyse_words};
use super::{ArticleRef, hash, headline};
use ceasewire_model::{FeedId, Timestamp};
use ceasewire_text::Doc;
use ceasewire_text::stem::{self, ArticleLanguage, Language};

/// The language of a sketch. For an article without a known language it stands for the script: the first language in
/// that script, or `None` for a script that no language uses.
pub(super) type SketchLanguage = Option<Language>;

/// The part of an article that the grouper compares.
#[derive(Clone, Debug)]
pub struct ArticleSketch {
    /// The outlet, if known.
    pub(super) outlet: Option<u64>,
    pub(super) private_to: Option<FeedId>,
    pub(super) at: Timestamp,
    pub(super) language: SketchLanguage,
    /// A fingerprint of a headline long enough to identify one story.
    pub(super) title: Option<u64>,
    /// Whether the head is a title.
    has_title: bool,
    /// The title as the memory of rubrics compares it.
    pub(super) trace: TitleTrace,
    /// The terms by ascending key, each once.
    pub(super) terms: Box<[WeightedTerm]>,
    /// Keys of the terms in the title, or in the first sentence of an article without a title; ascending.
    pub(super) head: Box<[TermKey]>,
    /// The places of the profile in the head.
    pub(super) places: Box<[u32]>,
    /// The smallest fingerprints of three-word runs, ascending.
    pub(super) shingles: Box<[u32]>,
    /// The number of three-word runs.
    pub(super) runs: u32,
    /// The day of the report, if the first words give one.
    pub(super) day: Option<DayNumber>,
    /// The latest year in the lead.
    pub(super) year: Option<i32>,
    /// Counted things with their counts, as fingerprints; ascending.
    pub(super) counts: Box<[(u32, u32)]>,
}

impl ArticleSketch {
    pub(super) fn new(article: &ArticleRef<'_>, gazetteer: &Gazetteer, weights: &TermWeights) -> Self {
        let doc = Doc::new(article.title, lead(article.text, LEAD_CHARS));
        let words = analyse_words(&doc, article.language);
        let ArticleTerms { terms, head, places, day, year, counts } = extract_terms(&doc, &words, gazetteer, weights);
        let (title, text) = words.split_at(doc.title_len());
        let (shingles, runs) = shingles(text);
        let outlet = (!article.outlet.is_empty()).then(|| hash::fingerprint(article.outlet.as_bytes()));
        let trace = TitleTrace::new(outlet, title, doc.words(), &shingles, article.at);
        Self {
            outlet,
            private_to: article.private_to,
            at: article.at,
            language: language(&doc, article.language),
            title: headline::fingerprint(article.title),
            has_title: !title.is_empty(),
            trace,
            terms,
            head,
            places,
            shingles,
            runs,
            day,
            year,
            counts,
        }
    }

    /// Whether the heads of both articles contain places of the profile, and none in common.
    pub(super) fn is_elsewhere(&self, other: &Self) -> bool {
        let both = !self.places.is_empty() && !other.places.is_empty();
        both && !self.places.iter().any(|place| other.places.contains(place))
    }

    /// The sketch of the text alone.
    pub(super) fn without_title(&self) -> Self {
        let in_text = self.terms.iter().filter(|term| term.in_text > 0.0);
        Self {
            title: None,
            has_title: false,
            terms: in_text.map(|term| WeightedTerm { weight: term.in_text, ..*term }).collect(),
            head: Box::default(),
            places: Box::default(),
            ..self.clone()
        }
    }

    /// Whether the titles of two articles with texts are equal, but for figures and one word.
    pub(super) fn has_title_of(&self, other: &Self) -> bool {
        let is_comparable = |sketch: &Self| sketch.has_title && sketch.runs > 0;
        if !is_comparable(self) || !is_comparable(other) {
            return false;
        }
        if self.title.is_some() && self.title == other.title {
            return true;
        }
        let is_word = |key: &&TermKey| !matches!(key.kind(), TermKind::Number | TermKind::Date);
        let count = |sketch: &Self| sketch.head.iter().filter(is_word).count();
        let shared = self.head.iter().filter(is_word).filter(|key| other.head.binary_search(key).is_ok()).count();
        let (one, two) = (count(self) - shared, count(other) - shared);
        shared > 0 && (one, two) == (0, 0) || shared >= LIKE_TITLE_TERMS && one.max(two) <= 1
    }

    /// The time of publication, if known.
    pub(super) fn time(&self) -> Option<Timestamp> {
        (self.at != Timestamp::default()).then_some(self.at)
    }

    /// Hours between two articles with known times.
    pub(super) fn hours_from(&self, other: &Self) -> Option<f32> {
        let millis = self.time()?.0.abs_diff(other.time()?.0);
        Some(millis as f32 / 3_600_000.0)
    }

    /// The bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.terms)
            + size_of_val(&*self.head)
            + size_of_val(&*self.places)
            + size_of_val(&*self.shingles)
            + size_of_val(&*self.counts)
            + self.trace.memory_bytes()
    }
}

/// The beginning of a text, cut between words.
fn lead(text: &str, chars: usize) -> &str {
    let Some((end, _)) = text.char_indices().nth(chars) else { return text };
    let lead = &text[..end];
    // Scripts without blanks have no place between words; the cut then falls anywhere.
    lead.rfind(char::is_whitespace).map_or(lead, |blank| &lead[..blank])
}

/// The language of the tag, or the language that stands for the script of most words; Latin for a text without words.
fn language(doc: &Doc, tag: Option<&str>) -> SketchLanguage {
    if let ArticleLanguage::Known(language) = ArticleLanguage::from(tag) {
        return Some(language);
    }
    let script_of = |word: &str| stem::candidates(word).first().copied();
    let scripts: Vec<SketchLanguage> =
        doc.words().filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).map(script_of).collect();
    let count = |script: SketchLanguage| scripts.iter().filter(|&&known| known == script).count();
    [script_of("a")]
        .into_iter()
        .chain(Language::all().map(Some))
        .chain([None])
        .reduce(|best, script| if count(script) > count(best) { script } else { best })
        .flatten()
}

/// The smallest fingerprints of the three-word runs, ascending, and the number of all runs.
fn shingles(words: &[AnalysedWord]) -> (Box<[u32]>, u32) {
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

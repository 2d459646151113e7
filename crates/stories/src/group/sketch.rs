//! The sketch of an article: the weighted terms of its lead, and fingerprints of its wording.

use super::acts::Acts;
use super::background::{Background, language_key};
use super::dates::DayNumber;
use super::gazetteer::Gazetteer;
use super::rubrics::TitleTrace;
use super::term::{TermKey, TermKind, WeightedTerm};
use super::terms::{ArticleTerms, extract_terms};
use super::thresholds::{LEAD_CHARS, LIKE_TITLE_TERMS, SHINGLES, TermWeights};
use super::words::{AnalysedWord, analyse_words};
use super::{ArticleRef, hash, headline};
use crate::headline_form;
use ceasewire_model::event::{Event, Prominence};
use ceasewire_model::{FeedId, Timestamp, Vector};
use ceasewire_text::Doc;
use ceasewire_text::stem::{self, Language};

/// The language of a sketch: a fingerprint of its tag. For an article without a tag the first language of the script
/// stands for it, or 0 for a script that no language uses.
pub(super) type SketchLanguage = u64;

/// The number of terms in a head that two articles in one language compare.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HeadSize {
    pub(super) terms: u32,
    /// Those that are neither numbers nor days.
    words: u32,
}

impl HeadSize {
    /// Counts a term of a head.
    pub(super) fn add(&mut self, kind: TermKind) {
        self.terms += u32::from(kind.compares_within_language());
        let is_word = kind.compares_within_language() && kind != TermKind::Number && kind != TermKind::Date;
        self.words += u32::from(is_word);
    }
}

/// The part of an article that the grouper compares.
#[derive(Clone, Debug)]
pub struct ArticleSketch {
    /// The outlet, if known.
    pub(super) outlet: Option<u64>,
    pub(super) private_to: Option<FeedId>,
    pub(super) at: Timestamp,
    pub(super) language: SketchLanguage,
    /// The shares of words in other news of the language.
    pub(super) background: Background,
    /// A fingerprint of a headline long enough to identify one story.
    pub(super) title: Option<u64>,
    /// Whether the head is a title.
    has_title: bool,
    /// The title as the memory of rubrics compares it.
    pub(super) trace: TitleTrace,
    /// The terms by ascending key, each once.
    pub(super) terms: Box<[WeightedTerm]>,
    /// The number of its numbers.
    pub(super) numbers: u8,
    /// Whether the head has a number.
    pub(super) head_numbers: bool,
    /// The number of terms in the head.
    pub(super) head_size: HeadSize,
    /// Fingerprints of the title's runs of four letters, ascending.
    pub(super) grams: Box<[u32]>,
    /// The places of the profile in the head.
    pub(super) places: Box<[u32]>,
    /// The persons of the profile in the head.
    persons: Box<[TermKey]>,
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
    /// Fingerprints of the text's sentences, in their order; 0 for none.
    pub(super) sentences: Box<[u32]>,
    /// Whether the title announces an analysis or a round-up.
    pub(super) is_analysis: bool,
    /// The acts that the head reports or names.
    pub(super) acts: Acts,
    /// The acts that the head reports.
    pub(super) reported_acts: Acts,
    /// Its vector, if the article has one.
    pub(super) vector: Option<Vector>,
}

impl ArticleSketch {
    pub(super) fn new(article: &ArticleRef<'_>, gazetteer: &Gazetteer, weights: &TermWeights) -> Self {
        let doc = Doc::new(article.title, lead(article.text, LEAD_CHARS));
        let words = analyse_words(&doc, article.language);
        let ArticleTerms { terms, places, persons, day, year, counts, sentences } =
            extract_terms(&doc, &words, gazetteer, weights);
        let (title, text) = words.split_at(doc.title_len());
        let (shingles, runs) = shingles(text);
        let outlet = (!article.outlet.is_empty()).then(|| hash::fingerprint(article.outlet.as_bytes()));
        let is_number = |term: &&WeightedTerm| term.key.kind() == TermKind::Number;
        let numbers = terms.iter().filter(is_number).count().min(usize::from(u8::MAX)) as u8;
        let head_numbers = terms.iter().filter(is_number).any(|term| term.in_head);
        let mut head_size = HeadSize::default();
        terms.iter().filter(|term| term.in_head).for_each(|term| head_size.add(term.key.kind()));
        let is_reported = |event: &&Event| event.prominence == Prominence::Lead;
        let trace = TitleTrace::new(outlet, title, doc.words(), &shingles, article.at);
        Self {
            outlet,
            private_to: article.private_to,
            at: article.at,
            language: language(&doc, article.language),
            background: Background::of(article.language),
            title: headline::fingerprint(article.title),
            has_title: !title.is_empty(),
            trace,
            terms,
            numbers,
            head_numbers,
            head_size,
            grams: headline::grams(&doc, title),
            places,
            persons,
            shingles,
            runs,
            day,
            year,
            counts,
            sentences,
            is_analysis: headline_form::is_analysis(article.title),
            acts: Acts::of_head(article.title, article.text, article.events),
            reported_acts: Acts::of_head(article.title, article.text, article.events.iter().filter(is_reported)),
            vector: None,
        }
    }

    /// Adds the article's vector.
    #[must_use]
    pub fn with_vector(self, vector: Option<Vector>) -> Self {
        Self { vector, ..self }
    }

    /// The nearness of two articles; `None` where one has no vector.
    pub(super) fn nearness(&self, other: &Self) -> Option<f32> {
        self.vector.as_ref().zip(other.vector.as_ref()).map(|(one, two)| one.cosine(two))
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
            terms: in_text.map(|term| WeightedTerm { weight: term.in_text, in_head: false, ..*term }).collect(),
            head_numbers: false,
            head_size: HeadSize::default(),
            grams: Box::default(),
            places: Box::default(),
            persons: Box::default(),
            // The vector is that of the title above all.
            vector: None,
            ..self.clone()
        }
    }

    /// Whether the titles of two articles with texts are equal, but for figures and one word. `shared` has the terms in
    /// both heads.
    pub(super) fn has_title_of(&self, other: &Self, shared: HeadSize) -> bool {
        let is_comparable = |sketch: &Self| sketch.has_title && sketch.runs > 0;
        is_comparable(self)
            && is_comparable(other)
            && (self.title.is_some() && self.title == other.title || self.titles_are_alike(other, shared))
    }

    /// Whether the words of two titles are equal, but for figures and one or two words.
    fn titles_are_alike(&self, other: &Self, shared: HeadSize) -> bool {
        let (one, two) = (self.head_size.words - shared.words, other.head_size.words - shared.words);
        let shared = shared.words;
        shared > 0 && (one, two) == (0, 0) || shared >= LIKE_TITLE_TERMS && one.max(two) < shared && one.max(two) <= 2
    }

    /// Whether two headlines, of which one has no text, are two items of a series: they are equal but for their
    /// figures, "village 3" and "village 4", or an outlet has both and they differ in a word. The numbers of casualties
    /// are updates of one event.
    pub(super) fn is_in_series_with(&self, other: &Self, shared: HeadSize) -> bool {
        let is_bare = self.runs == 0 || other.runs == 0;
        if !is_bare || !self.has_title || !other.has_title || !self.titles_are_alike(other, shared) {
            return false;
        }
        let is_missing = |one: &Self, two: &Self| {
            let mut numbers = one.terms.iter().filter(|term| term.in_head && term.key.kind() == TermKind::Number);
            numbers.any(|number| !two.has_in_head(number.key))
        };
        let differ = is_missing(self, other) && is_missing(other, self);
        let same_outlet = self.outlet.is_some() && self.outlet == other.outlet;
        differ && !self.acts.both_count_victims(other.acts) || same_outlet && self.title != other.title
    }

    /// Whether two titles are equal but for a name each, which the other article has nowhere: two calls of one envoy.
    pub(super) fn names_another_than(&self, other: &Self, shared: HeadSize) -> bool {
        let own_ones = |sketch: &Self| sketch.head_size.terms - shared.terms;
        if !self.has_title
            || !other.has_title
            || shared.terms < LIKE_TITLE_TERMS
            || (own_ones(self), own_ones(other)) != (1, 1)
        {
            return false;
        }
        let has_unknown_name = |sketch: &Self, others: &Self| {
            let mut head =
                sketch.terms.iter().filter(|term| term.in_head && term.key.kind().compares_within_language());
            let own = head.find(|term| !others.has_in_head(term.key));
            own.is_some_and(|own| own.is_name && others.find(own.key).is_none())
        };
        has_unknown_name(self, other) && has_unknown_name(other, self)
    }

    /// Whether both heads report a meeting or a call, each with a person whom the other article names nowhere.
    pub(super) fn meets_others_than(&self, other: &Self) -> bool {
        let lacks = |one: &Self, two: &Self| one.persons.iter().any(|person| two.find(*person).is_none());
        self.acts.both_meet(other.acts) && lacks(self, other) && lacks(other, self)
    }

    fn find(&self, key: TermKey) -> Option<&WeightedTerm> {
        self.terms.binary_search_by_key(&key, |term| term.key).ok().map(|place| &self.terms[place])
    }

    fn has_in_head(&self, key: TermKey) -> bool {
        self.find(key).is_some_and(|term| term.in_head)
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
            + size_of_val(&*self.grams)
            + size_of_val(&*self.places)
            + size_of_val(&*self.persons)
            + size_of_val(&*self.shingles)
            + size_of_val(&*self.counts)
            + size_of_val(&*self.sentences)
            + self.vector.as_ref().map_or(0, Vector::memory_bytes)
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
    if let Some(tag) = tag.map(str::trim).filter(|tag| !matches!(*tag, "" | "und")) {
        return language_key(tag);
    }
    let script_of = |word: &str| stem::candidates(word).first().copied();
    let scripts: Vec<Option<Language>> =
        doc.words().filter(|word| !word.starts_with(|c: char| c.is_ascii_digit())).map(script_of).collect();
    let count = |script: Option<Language>| scripts.iter().filter(|&&known| known == script).count();
    let most = [script_of("a")]
        .into_iter()
        .chain(Language::all().map(Some))
        .chain([None])
        .reduce(|best, script| if count(script) > count(best) { script } else { best });
    most.flatten().map_or(0, |language| language_key(language.code()))
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

//! Extracts the terms of an article's lead: words, names, numbers, dates, and their counterparts in other languages.

use super::dates::{self, DayNumber};
use super::gazetteer::Gazetteer;
use super::similarity::factor;
use super::term::{TermKey, TermKind, WeightedTerm};
use super::thresholds::{
    COUNTS, DATELINE_WORDS, HEAD_WORDS, KNOWN_SENTENCE_WORDS, LAST_SENTENCE, LEAD_WORDS, TERMS, TermWeights,
};
use super::words::AnalysedWord;
use super::{hash, numbers};
use ceasewire_text::Doc;

/// The terms of an article and the figures beside them; the fields are those of [`super::ArticleSketch`].
pub(super) struct ArticleTerms {
    pub(super) terms: Box<[WeightedTerm]>,
    pub(super) places: Box<[u32]>,
    pub(super) persons: Box<[TermKey]>,
    pub(super) day: Option<DayNumber>,
    pub(super) year: Option<i32>,
    pub(super) counts: Box<[(u32, u32)]>,
    pub(super) sentences: Box<[u32]>,
}

/// Extracts the terms of an article.
pub(super) fn extract_terms(
    doc: &Doc,
    words: &[AnalysedWord],
    gazetteer: &Gazetteer,
    weights: &TermWeights,
) -> ArticleTerms {
    let shapes = word_shapes(doc);
    let names = find_names(doc, words, &shapes);
    let sentence_of = number_sentences(doc);
    let mut extractor = TermExtractor {
        doc,
        words,
        sentence_of: &sentence_of,
        weights,
        head_words: count_head_words(doc, &shapes),
        found: Vec::with_capacity(doc.len() * 2),
        places: Vec::new(),
        persons: Vec::new(),
        day: None,
        year: None,
        counts: Vec::new(),
    };
    let mut at = 0;
    while at < words.len() {
        let end = if at < doc.title_len() { doc.title_len() } else { words.len() };
        if let Some((name, count)) = gazetteer.find_name(&words[at..end]) {
            let kind = gazetteer.term_kind(name);
            extractor.add(kind, u64::from(name), at, kind == TermKind::ProfileName);
            if at < extractor.head_words && gazetteer.is_place(name) {
                extractor.places.push(name);
            }
            if at < extractor.head_words && gazetteer.is_person(name) {
                extractor.persons.push(TermKey::new(kind, hash::mix(u64::from(name))));
            }
            at += count;
        } else if let Some(count) = words[at].features.is_figure.then(|| extractor.add_figure(at, end)).flatten() {
            at += count;
        } else {
            extractor.add_word(at, shapes[at], &names);
            at += 1;
        }
    }
    extractor.finish()
}

/// Collects terms during the walk over the words.
struct TermExtractor<'a> {
    doc: &'a Doc,
    words: &'a [AnalysedWord],
    weights: &'a TermWeights,
    /// The sentence of each word.
    sentence_of: &'a [u8],
    /// The number of words in the head.
    head_words: usize,
    /// The terms, each at one place.
    found: Vec<WeightedTerm>,
    places: Vec<u32>,
    persons: Vec<TermKey>,
    day: Option<DayNumber>,
    year: Option<i32>,
    counts: Vec<(u32, u32)>,
}

impl TermExtractor<'_> {
    fn add(&mut self, kind: TermKind, hash: u64, at: usize, is_name: bool) {
        let in_head = at < self.head_words;
        let weight = if in_head {
            self.weights.head
        } else {
            1.0 + (self.weights.tail - 1.0) * (at as f32 / LEAD_WORDS).min(1.0)
        };
        let key = TermKey::new(kind, hash::mix(hash));
        let in_text = if at < self.doc.title_len() { 0.0 } else { weight };
        let sentences = 1 << self.sentence_of[at];
        self.found.push(WeightedTerm { key, weight, in_text, sentences, in_head, is_name });
    }

    /// Adds the date or the number that begins at a word, and returns its word count.
    fn add_figure(&mut self, at: usize, end: usize) -> Option<usize> {
        let doc = self.doc;
        let word = |number: usize| (number < end).then(|| doc.word(number));
        if let Some((date, count)) = dates::parse(word, at) {
            self.add(TermKind::Date, u64::from(date.month * 32 + date.day), at, false);
            if at < DATELINE_WORDS {
                self.day = self.day.or(date.day_number());
            }
            if let Some(year) = date.year {
                self.year = self.year.max(Some(year));
                self.add(TermKind::Number, f64::from(year).to_bits(), at, false);
            }
            return Some(count);
        }
        let (value, count) = numbers::parse(word, |number| separator(doc, number), at)?;
        self.year = self.year.max(dates::year(doc.word(at)));
        self.add(TermKind::Number, value.to_bits(), at, false);
        // The counted thing stands after the number or before it: "23 pirates", "a magnitude of 5.6".
        let near = [Some(at + count), Some(at + count + 1), at.checked_sub(1)];
        for near in near.into_iter().flatten().filter(|&near| near < end) {
            let noun = &self.words[near].features;
            if noun.is_noun {
                self.counts.push((noun.stem as u32, hash::mix(value.to_bits()) as u32));
            }
        }
        Some(count)
    }

    fn add_word(&mut self, at: usize, shape: WordShape, names: &[u64]) {
        let AnalysedWord { exact, features, .. } = self.words[at];
        if !features.is_long || features.is_stop && !shape.is_acronym {
            return;
        }
        let is_name = shape.is_capital && names.binary_search(&exact).is_ok();
        self.add(TermKind::Word, features.stem, at, is_name);
        if let Some(concept) = features.concept {
            self.add(TermKind::Concept, u64::from(concept), at, false);
        } else if (is_name || shape.is_capital && at < self.head_words)
            // A title's first word may be a name, and a title with capitals on every word does not tell.
            && let Some(skeleton) = features.skeleton
        {
            self.add(TermKind::Skeleton, skeleton, at, true);
        }
    }

    /// Merges equal terms and sorts everything; of more than [`TERMS`] terms the heaviest stay.
    fn finish(mut self) -> ArticleTerms {
        self.found.sort_unstable_by(|one, other| one.key.cmp(&other.key).then(one.weight.total_cmp(&other.weight)));
        let mut terms: Vec<WeightedTerm> = self
            .found
            .chunk_by(|one, other| one.key == other.key)
            .map(|equal| WeightedTerm {
                key: equal[0].key,
                weight: equal.iter().map(|term| term.weight).sum::<f32>().sqrt(),
                in_text: equal.iter().map(|term| term.in_text).sum::<f32>().sqrt(),
                sentences: equal.iter().fold(0, |all, term| all | term.sentences),
                in_head: equal.iter().any(|term| term.in_head),
                is_name: equal.iter().any(|term| term.is_name),
            })
            .collect();
        if terms.len() > TERMS {
            let weight = |term: &WeightedTerm| term.weight * factor(term, self.weights);
            terms.sort_unstable_by(|one, other| weight(other).total_cmp(&weight(one)).then(one.key.cmp(&other.key)));
            terms.truncate(TERMS);
            terms.sort_unstable_by_key(|term| term.key);
        }
        self.counts.sort_unstable();
        self.counts.dedup();
        self.counts.truncate(COUNTS);
        ArticleTerms {
            terms: terms.into(),
            places: self.places.into(),
            persons: self.persons.into(),
            day: self.day,
            year: self.year,
            counts: self.counts.into(),
            sentences: fingerprint_sentences(self.words, self.sentence_of),
        }
    }
}

/// Numbers the sentences: 0 for the title, from 1 the text's; the last number is that of all further sentences.
fn number_sentences(doc: &Doc) -> Vec<u8> {
    let mut sentence = 0;
    (0..doc.len())
        .map(|number| {
            if number == doc.title_len() || number > doc.title_len() && ends_sentence(doc, number) {
                sentence = (sentence + 1).min(LAST_SENTENCE);
            }
            sentence
        })
        .collect()
}

/// Whether a sentence ends before a word of the text.
fn ends_sentence(doc: &Doc, number: usize) -> bool {
    gap(doc, number).contains(['.', '!', '?', '…', '\n', '։', '؟', '。'])
}

/// Fingerprints the text's sentences in their order; 0 for one that is too short to know again, or the rest of a text.
fn fingerprint_sentences(words: &[AnalysedWord], sentence_of: &[u8]) -> Box<[u32]> {
    let mut start = sentence_of.partition_point(|sentence| *sentence == 0);
    let mut prints = Vec::new();
    while let Some(&sentence) = sentence_of.get(start) {
        let count = sentence_of[start..].partition_point(|number| *number == sentence);
        let words = &words[start..start + count];
        let print = words.iter().fold(0, |print: u64, word| hash::mix(print.rotate_left(17) ^ word.exact)) as u32;
        prints.push(if words.len() >= KNOWN_SENTENCE_WORDS && sentence < LAST_SENTENCE { print.max(1) } else { 0 });
        start += count;
    }
    prints.into()
}

/// The capitals of a word and its place in the sentence.
#[derive(Clone, Copy, Default)]
struct WordShape {
    is_capital: bool,
    is_acronym: bool,
    /// Whether the word begins a sentence. Its capital then means nothing.
    begins_sentence: bool,
}

fn word_shapes(doc: &Doc) -> Vec<WordShape> {
    (0..doc.len())
        .map(|number| {
            let field = if number < doc.title_len() { doc.title() } else { doc.text() };
            let raw = &field[doc.span(number)];
            let is_capital = raw.starts_with(char::is_uppercase);
            let is_acronym = is_capital && raw.chars().count() >= 2 && !raw.chars().any(char::is_lowercase);
            WordShape { is_capital, is_acronym, begins_sentence: begins_sentence(doc, number) }
        })
        .collect()
}

/// Counts the words of the head: the title, or the first sentence of an article without a title.
fn count_head_words(doc: &Doc, shapes: &[WordShape]) -> usize {
    if doc.title_len() > 0 {
        return doc.title_len();
    }
    (1..doc.len()).find(|&number| shapes[number].begins_sentence).unwrap_or(doc.len()).min(HEAD_WORDS)
}

fn begins_sentence(doc: &Doc, number: usize) -> bool {
    if number == 0 || number == doc.title_len() {
        return true;
    }
    gap(doc, number).contains(['.', '!', '?', '…', '\n', '"', '“', '„', '«', '`', ':', ';', '•', '|', '։'])
}

/// The character between a word and the word before it, if it is a single one.
fn separator(doc: &Doc, number: usize) -> Option<char> {
    if number == 0 || number == doc.title_len() || number >= doc.len() {
        return None;
    }
    let mut chars = gap(doc, number).chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// The text between a word and the word before it.
fn gap(doc: &Doc, number: usize) -> &str {
    let field = if number < doc.title_len() { doc.title() } else { doc.text() };
    field.get(doc.span(number - 1).end..doc.span(number).start).unwrap_or_default()
}

/// Finds the names of this article: capitalised inside a sentence, and never written in lower case.
/// Returns their fingerprints, ascending.
fn find_names(doc: &Doc, words: &[AnalysedWord], shapes: &[WordShape]) -> Vec<u64> {
    let title_len = doc.title_len();
    // A headline in capitals, or with a capital on every word, says nothing about its words.
    let lower_in_title = shapes[..title_len].iter().filter(|shape| !shape.is_capital).count();
    let title_counts = lower_in_title * 2 > title_len;
    let (mut names, mut lower) = (Vec::new(), Vec::new());
    for (number, (shape, word)) in shapes.iter().zip(words).enumerate() {
        let counts = number >= title_len || title_counts;
        // In a run of capitals the capital of the first word counts too: "Tara Reid said".
        let in_run = shapes.get(number + 1).is_some_and(|next| next.is_capital && !next.begins_sentence)
            && number + 1 != title_len;
        if !shape.is_capital {
            lower.push(word.exact);
        } else if counts && (!shape.begins_sentence || in_run) {
            names.push(word.exact);
        }
    }
    lower.sort_unstable();
    names.retain(|name| lower.binary_search(name).is_err());
    names.sort_unstable();
    names
}

//! The terms of an article's lead: words, names, numbers, dates, and what they are in other languages.

use super::dates::{self, Day};
use super::gazetteer::Gazetteer;
use super::lexicon::Word;
use super::sketch::{Kind, Weighted, key};
use super::thresholds::{DATELINE_WORDS, HEAD_WORDS, LEAD_WORDS, TERMS, Weights};
use super::{hash, numbers};
use ceasewire_text::Doc;

/// The terms that have been found.
pub(super) struct Terms<'a> {
    doc: &'a Doc,
    words: &'a [Word],
    weights: &'a Weights,
    /// How many words stand in the title, or in the first sentence where there is none.
    head: usize,
    /// Keys with their weight at each place.
    found: Vec<(u32, f32)>,
    /// Keys of the terms in the head.
    in_head: Vec<u32>,
    /// The profile's places in the head.
    pub(super) places: Vec<u32>,
    /// The day that the first words name.
    pub(super) day: Option<Day>,
    /// The latest year that is named.
    pub(super) year: Option<i32>,
    /// What is counted, and how much of it there is, as fingerprints.
    pub(super) counts: Vec<(u32, u32)>,
}

/// How a word is written and where.
#[derive(Clone, Copy, Default)]
struct Look {
    capital: bool,
    acronym: bool,
    /// It begins a sentence, so that its capital says nothing.
    opens: bool,
}

impl<'a> Terms<'a> {
    pub(super) fn of(doc: &'a Doc, words: &'a [Word], gazetteer: &Gazetteer, weights: &'a Weights) -> Self {
        let looks = looks(doc);
        let names = names(doc, words, &looks);
        let mut terms = Self {
            doc,
            words,
            weights,
            head: head(doc, &looks),
            found: Vec::with_capacity(doc.len() * 2),
            in_head: Vec::new(),
            places: Vec::new(),
            day: None,
            year: None,
            counts: Vec::new(),
        };
        let mut at = 0;
        while at < words.len() {
            let end = if at < doc.title_len() { doc.title_len() } else { words.len() };
            if let Some((set, count)) = gazetteer.at(&words[at..end]) {
                terms.add(gazetteer.kind(set), u64::from(set), at);
                if at < terms.head && gazetteer.is_place(set) {
                    terms.places.push(set);
                }
                at += count;
            } else if let Some(count) = words[at].facts.is_figure.then(|| terms.add_figure(at, end)).flatten() {
                at += count;
            } else {
                terms.add_word(at, &looks[at], &names);
                at += 1;
            }
        }
        terms
    }

    /// The terms by their keys, each once, and the keys of those in the head. Of more than are kept the weightiest stay.
    pub(super) fn finish(mut self) -> (Box<[Weighted]>, Box<[u32]>) {
        self.found.sort_unstable_by(|one, other| one.0.cmp(&other.0).then(one.1.total_cmp(&other.1)));
        let mut terms: Vec<Weighted> = self
            .found
            .chunk_by(|one, other| one.0 == other.0)
            .map(|same| Weighted { key: same[0].0, weight: same.iter().map(|(_, place)| place).sum::<f32>().sqrt() })
            .collect();
        if terms.len() > TERMS {
            let weighed =
                |term: &Weighted| term.weight * super::compare::weight(self.weights, super::sketch::kind(term.key));
            terms.sort_unstable_by(|one, other| weighed(other).total_cmp(&weighed(one)).then(one.key.cmp(&other.key)));
            terms.truncate(TERMS);
            terms.sort_unstable_by_key(|term| term.key);
        }
        self.in_head.sort_unstable();
        self.in_head.dedup();
        (terms.into(), self.in_head.into())
    }

    fn add(&mut self, kind: Kind, hash: u64, at: usize) {
        let in_head = at < self.head;
        let place = if in_head {
            self.weights.head
        } else {
            1.0 + (self.weights.tail - 1.0) * (at as f32 / LEAD_WORDS).min(1.0)
        };
        let key = key(kind, hash::mix(hash));
        self.found.push((key, place));
        if in_head && kind.within_language() {
            self.in_head.push(key);
        }
    }

    /// Adds the date or the number that begins at a word; says how many words it takes.
    fn add_figure(&mut self, at: usize, end: usize) -> Option<usize> {
        let doc = self.doc;
        let word = |number: usize| (number < end).then(|| doc.word(number));
        if let Some((date, count)) = dates::parse(word, at) {
            self.add(Kind::Date, u64::from(date.month * 32 + date.day), at);
            if at < DATELINE_WORDS {
                self.day = self.day.or(date.day());
            }
            if let Some(year) = date.year {
                self.year = self.year.max(Some(year));
                self.add(Kind::Number, f64::from(year).to_bits(), at);
            }
            return Some(count);
        }
        let (value, count) = numbers::parse(word, |number| between(doc, number), at)?;
        self.year = self.year.max(dates::year(doc.word(at)));
        self.add(Kind::Number, value.to_bits(), at);
        // What is counted stands after the number or before it: "23 pirates", "a magnitude of 5.6".
        let near = [Some(at + count), Some(at + count + 1), at.checked_sub(1)];
        for near in near.into_iter().flatten().filter(|&near| near < end) {
            let noun = &self.words[near].facts;
            if noun.is_noun {
                self.counts.push((noun.stem as u32, short(value)));
            }
        }
        Some(count)
    }

    fn add_word(&mut self, at: usize, look: &Look, names: &[u64]) {
        let Word { exact, facts, .. } = self.words[at];
        if !facts.is_long || facts.is_stop && !look.acronym {
            return;
        }
        let name = look.capital && names.binary_search(&exact).is_ok();
        self.add(if name { Kind::Name } else { Kind::Word }, facts.stem, at);
        if let Some(concept) = facts.concept {
            self.add(Kind::Concept, u64::from(concept), at);
        } else if name && let Some(skeleton) = facts.skeleton {
            self.add(Kind::Skeleton, skeleton, at);
        }
    }
}

/// A fingerprint of a number.
fn short(value: f64) -> u32 {
    hash::mix(value.to_bits()) as u32
}

/// How many words the title has, or the first sentence where there is no title.
fn head(doc: &Doc, looks: &[Look]) -> usize {
    if doc.title_len() > 0 {
        return doc.title_len();
    }
    (1..doc.len()).find(|&number| looks[number].opens).unwrap_or(doc.len()).min(HEAD_WORDS)
}

/// The one character between a word and the one before it, if there is only one.
fn between(doc: &Doc, number: usize) -> Option<char> {
    if number == 0 || number == doc.title_len() || number >= doc.len() {
        return None;
    }
    let gap = gap(doc, number);
    let mut chars = gap.chars();
    chars.next().filter(|_| chars.next().is_none())
}

fn gap(doc: &Doc, number: usize) -> &str {
    let field = if number < doc.title_len() { doc.title() } else { doc.text() };
    field.get(doc.span(number - 1).end..doc.span(number).start).unwrap_or_default()
}

/// Whether a word is the first of a sentence.
fn opens(doc: &Doc, number: usize) -> bool {
    if number == 0 || number == doc.title_len() {
        return true;
    }
    gap(doc, number).contains(['.', '!', '?', '…', '\n', '"', '“', '„', '«', '`', ':', ';', '•', '|', '։'])
}

fn looks(doc: &Doc) -> Vec<Look> {
    (0..doc.len())
        .map(|number| {
            let field = if number < doc.title_len() { doc.title() } else { doc.text() };
            let raw = &field[doc.span(number)];
            let capital = raw.starts_with(char::is_uppercase);
            let acronym = capital && raw.chars().count() >= 2 && !raw.chars().any(char::is_lowercase);
            Look { capital, acronym, opens: opens(doc, number) }
        })
        .collect()
}

/// The words that are names here: written with a capital inside of a sentence, and never without. Fingerprints, ascending.
fn names(doc: &Doc, words: &[Word], looks: &[Look]) -> Vec<u64> {
    let title_len = doc.title_len();
    // A headline in capitals, or with a capital on every word, says nothing of its words.
    let lower_in_title = looks[..title_len].iter().filter(|look| !look.capital).count();
    let title_tells = lower_in_title * 2 > title_len;
    let (mut names, mut lower) = (Vec::new(), Vec::new());
    for (number, (look, word)) in looks.iter().zip(words).enumerate() {
        let tells = number >= title_len || title_tells;
        // In a run of capitals the first word's one counts too: "Tara Reid said".
        let in_run = looks.get(number + 1).is_some_and(|next| next.capital && !next.opens) && number + 1 != title_len;
        if !look.capital {
            lower.push(word.exact);
        } else if tells && (!look.opens || in_run) {
            names.push(word.exact);
        }
    }
    lower.sort_unstable();
    names.retain(|name| lower.binary_search(name).is_err());
    names.sort_unstable();
    names
}

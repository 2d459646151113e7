//! The terms of an article's lead: words, names, numbers, dates, and what they are in other languages.

use hashbrown::{HashMap, HashSet};

use super::concepts;
use super::dates::{self, Day};
use super::romanise::skeleton;
use super::sketch::{Kind, Weighted, key};
use super::thresholds::{DATELINE_WORDS, HEAD_WORDS, LEAD_WORDS, Weights};
use super::{hash, numbers};
use crate::model::NameKind;
use crate::rule::analysis::Analysis;
use crate::rule::stem;
use crate::rule::{Doc, Vocabulary};

/// The terms that have been found.
pub(super) struct Terms<'a> {
    doc: &'a Doc,
    weights: &'a Weights,
    /// From a term's key to its weighted frequency, and whether it stands in the head.
    found: HashMap<u32, (f32, bool)>,
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
    pub(super) fn of(doc: &'a Doc, vocabulary: &Vocabulary, weights: &'a Weights) -> Self {
        let mut terms = Self {
            doc,
            weights,
            found: HashMap::with_capacity(doc.len() * 2),
            day: None,
            year: None,
            counts: Vec::new(),
        };
        let looks = looks(doc);
        let names = names(doc, &looks);
        let head = head(doc);
        let in_profile = terms.add_profile(vocabulary, head);
        let mut at = 0;
        while at < doc.len() {
            if in_profile[at] {
                at += 1;
                continue;
            }
            let word = |number: usize| {
                let same_field = (number < doc.title_len()) == (at < doc.title_len());
                (number < doc.len() && same_field).then(|| doc.word(number))
            };
            if let Some((date, count)) = dates::parse(word, at) {
                terms.add(Kind::Date, u64::from(date.month * 32 + date.day), at, head);
                if at < DATELINE_WORDS {
                    terms.day = terms.day.or(date.day());
                }
                if let Some(year) = date.year {
                    terms.year = terms.year.max(Some(year));
                    terms.add(Kind::Number, f64::from(year).to_bits(), at, head);
                }
                at += count;
                continue;
            }
            if let Some((value, count)) = numbers::parse(word, |number| between(doc, number), at) {
                terms.year = terms.year.max(dates::year(doc.word(at)));
                terms.add(Kind::Number, value.to_bits(), at, head);
                // What is counted stands after the number or before it: "23 pirates", "a magnitude of 5.6".
                for near in [at + count, at + count + 1].into_iter().chain(at.checked_sub(1)) {
                    terms
                        .counts
                        .extend(word(near).and_then(|noun| counted(doc, noun)).map(|noun| (noun, short(value))));
                }
                at += count;
                continue;
            }
            terms.add_word(at, &looks[at], &names, head);
            at += 1;
        }
        terms
    }

    pub(super) fn finish(self) -> Box<[Weighted]> {
        let mut terms: Vec<Weighted> = self
            .found
            .into_iter()
            .map(|(key, (frequency, head))| Weighted { key, weight: frequency.sqrt(), head })
            .collect();
        terms.sort_unstable_by_key(|term| term.key);
        terms.into()
    }

    fn add(&mut self, kind: Kind, hash: u64, at: usize, head: usize) {
        let place = if at < head {
            self.weights.head
        } else {
            1.0 + (self.weights.tail - 1.0) * (at as f32 / LEAD_WORDS).min(1.0)
        };
        let entry = self.found.entry(key(kind, hash::mix(hash))).or_insert((0.0, false));
        entry.0 += place;
        entry.1 |= at < head;
    }

    /// Adds the names of the profile; says which words they took.
    fn add_profile(&mut self, vocabulary: &Vocabulary, head: usize) -> Vec<bool> {
        let mut taken = vec![false; self.doc.len()];
        for named in vocabulary.names_in(self.doc) {
            let term = vocabulary.name(named.set).is_none_or(|name| name.kind == NameKind::Term);
            let kind = if term { Kind::Term } else { Kind::Set };
            self.add(kind, u64::from(named.set), named.words.start, head);
            for number in named.words {
                taken[number] = true;
            }
        }
        taken
    }

    fn add_word(&mut self, at: usize, look: &Look, names: &HashSet<&str>, head: usize) {
        let word = self.doc.word(at);
        let letters = word.chars().count();
        if letters < 2 || stem::is_stop_word(word) && !look.acronym {
            return;
        }
        let stem = stemmed(self.doc, word);
        let name = look.capital && names.contains(word);
        let hash = hash::of(stem.as_bytes());
        self.add(if name { Kind::Name } else { Kind::Word }, hash, at, head);
        if let Some(concept) = concepts::of(&stem) {
            self.add(Kind::Concept, u64::from(concept), at, head);
        } else if name && let Some(skeleton) = skeleton(&stem) {
            self.add(Kind::Skeleton, hash::of(skeleton.as_bytes()), at, head);
        }
    }
}

/// A fingerprint of what a number counts.
fn counted(doc: &Doc, word: &str) -> Option<u32> {
    let noun = word.chars().count() > 2 && word.chars().all(char::is_alphabetic) && !stem::is_stop_word(word);
    noun.then(|| hash::of(stemmed(doc, word).as_bytes()) as u32)
}

/// A fingerprint of a number.
fn short(value: f64) -> u32 {
    hash::mix(value.to_bits()) as u32
}

fn stemmed(doc: &Doc, word: &str) -> String {
    let exact = Analysis::Full.exact(word);
    match doc.stemmed_by(&exact) {
        Some(language) => stem::stem(language, &exact).into_owned(),
        None => exact.into_owned(),
    }
}

/// How many words the title has, or the first sentence where there is no title.
fn head(doc: &Doc) -> usize {
    if doc.title_len() > 0 {
        return doc.title_len();
    }
    (1..doc.len()).find(|&number| opens(doc, number)).unwrap_or(doc.len()).min(HEAD_WORDS)
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

/// The folded words that are names here: written with a capital inside of a sentence, and never without.
fn names<'a>(doc: &'a Doc, looks: &[Look]) -> HashSet<&'a str> {
    let mut names = HashSet::new();
    let title_len = doc.title_len();
    // A headline in capitals, or with a capital on every word, says nothing of its words.
    let lower_in_title = looks[..title_len].iter().filter(|look| !look.capital).count();
    let title_tells = lower_in_title * 2 > title_len;
    for (number, look) in looks.iter().enumerate() {
        let tells = if number < title_len { title_tells } else { true };
        // In a run of capitals the first word's one counts too: "Tara Reid said".
        let in_run = looks.get(number + 1).is_some_and(|next| next.capital && !next.opens) && number + 1 != title_len;
        if look.capital && tells && (!look.opens || in_run) {
            names.insert(doc.word(number));
        }
    }
    let lower: HashSet<&str> =
        (0..doc.len()).filter(|&number| !looks[number].capital).map(|number| doc.word(number)).collect();
    names.retain(|name| !lower.contains(name));
    names
}

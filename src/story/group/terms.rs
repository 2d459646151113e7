//! The terms of an article's lead: words, names, numbers, dates, and what they are in other languages.

use std::collections::{HashMap, HashSet};

use super::concepts;
use super::dates::{self, Day};
use super::romanise::skeleton;
use super::sketch::{Kind, Weighted, key};
use super::thresholds::Thresholds;
use super::{hash, numbers};
use crate::model::NameKind;
use crate::rule::analysis::Analysis;
use crate::rule::stem;
use crate::rule::{Doc, Vocabulary};

/// Words within which a date with its year is taken for the day of the report.
const DATELINE_WORDS: usize = 60;

/// The terms that have been found.
pub(super) struct Terms<'a> {
    doc: &'a Doc,
    thresholds: &'a Thresholds,
    /// Weighted frequency, and whether it stands in the head.
    found: HashMap<u32, (f32, bool)>,
    pub(super) day: Option<Day>,
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
    pub(super) fn of(doc: &'a Doc, vocabulary: &Vocabulary, thresholds: &'a Thresholds) -> Self {
        let mut terms = Self { doc, thresholds, found: HashMap::with_capacity(doc.len() * 2), day: None };
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
                at += count;
                continue;
            }
            let joined = |number: usize| between(doc, number);
            if let Some((value, count)) = numbers::parse(word, joined, at) {
                // Two hands: such counts are everywhere, and a thing's own count stands further up.
                terms.add(Kind::Number, (value * 100.0).to_bits(), at, head);
                at += count;
                continue;
            }
            terms.add_word(at, &looks[at], &names, head);
            at += 1;
        }
        terms
    }

    pub(super) fn finish(self) -> Box<[Weighted]> {
        let power = self.thresholds.tf_pow;
        let mut terms: Vec<Weighted> = self
            .found
            .into_iter()
            .map(|(key, (frequency, head))| Weighted { key, weight: frequency.powf(power), head })
            .collect();
        terms.sort_unstable_by_key(|term| term.key);
        terms.into()
    }

    fn add(&mut self, kind: Kind, hash: u64, at: usize, head: usize) {
        let t = self.thresholds;
        let place = if at < head {
            t.title_weight
        } else {
            let share = at as f32 / 350.0;
            t.first_weight + (t.tail_weight - t.first_weight) * share.min(1.0)
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
        let exact = Analysis::Full.exact(word);
        let stem = match self.doc.stemmed_by(&exact) {
            Some(language) => stem::stem(language, &exact),
            None => exact.clone(),
        };
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

/// How many words the title has, or the first sentence where there is no title.
fn head(doc: &Doc) -> usize {
    if doc.title_len() > 0 {
        return doc.title_len();
    }
    (1..doc.len()).find(|&number| opens(doc, number)).unwrap_or(doc.len()).min(40)
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

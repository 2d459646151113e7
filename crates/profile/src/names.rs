//! The names of a conflict profile: finds them in rules and articles by any spelling and inflected form.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use ceasewire_model::NamedEntity;
use ceasewire_rules::grammar::{Spellings, Term, TermForm};
use ceasewire_text::analysis::{self, Analysis, Doc};
use ceasewire_text::stem::{self, Language};

/// The words of a name as stems of one language.
type NameStems = (Option<Language>, Vec<String>);

/// The names of a profile, by their words and by the stems of their words.
#[derive(Debug, Default)]
pub(crate) struct NameIndex {
    /// The names by the numbers of their sets.
    sets: Vec<NamedEntity>,
    /// The spellings of a name, by the words of any spelling.
    names: HashMap<Vec<String>, Arc<Spellings>>,
    /// The same, by the stems of the words in the script's default language.
    stemmed: HashMap<NameStems, Arc<Spellings>>,
    /// The number of a name's set, by the stems of its words in each language of its script.
    inflected: HashMap<NameStems, u32>,
    /// The number of words in the longest name that begins with a word.
    longest: HashMap<String, usize>,
    /// The number of words in the longest name that begins with a stem.
    longest_inflected: HashMap<(Option<Language>, String), usize>,
}

/// An occurrence of a name of the profile in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The number of the name's set; see [`Vocabulary::name`](crate::Vocabulary::name).
    pub set: u32,
    /// The numbers of its words in the article.
    pub words: Range<usize>,
}

impl NameIndex {
    pub(crate) fn new(sets: Vec<NamedEntity>) -> Self {
        let mut index = Self::default();
        for (set, name) in (0..).zip(&sets) {
            index.add(set, &name.names);
        }
        index.sets = sets;
        index
    }

    /// Finds a name by the number of its set.
    pub(crate) fn get(&self, set: u32) -> Option<&NamedEntity> {
        self.sets.get(set as usize)
    }

    /// Finds a name by any of its spellings.
    pub(crate) fn find(&self, spelling: &str) -> Option<&NamedEntity> {
        self.get(self.names.get(&analysis::words(spelling))?.set)
    }

    /// Finds all spellings of a term, if the term is a name.
    pub(crate) fn spellings(&self, term: &Term) -> Option<&Arc<Spellings>> {
        match term.form {
            _ if term.prefix => None,
            TermForm::Exact => None,
            TermForm::Quoted => self.names.get(&term.tokens),
            TermForm::Inflected => {
                self.names.get(&term.tokens).or_else(|| self.stemmed.get(&default_stems(&term.tokens)))
            }
        }
    }

    /// Finds the names of the profile in an article, in any spelling and inflected form, in order. Of overlapping names
    /// the first counts, and of names with the same beginning the longest.
    pub(crate) fn find_in(&self, doc: &Doc) -> Vec<Named> {
        let words: Vec<String> = doc.words().map(str::to_owned).collect();
        let stems: Vec<(Option<Language>, String)> = words
            .iter()
            .map(|word| {
                let language = doc.stemmed_by(word);
                (language, stem_by(language, word))
            })
            .collect();
        let mut found = Vec::new();
        let mut at = 0;
        while at < words.len() {
            // A name does not reach from the title into the text.
            let end = if at < doc.title_len() { doc.title_len() } else { words.len() };
            let exact = self.longest.get(&words[at]).copied().unwrap_or(0);
            let stemmed = self.longest_inflected.get(&stems[at]).copied().unwrap_or(0);
            let name = (1..=exact.max(stemmed).min(end - at)).rev().find_map(|count| {
                let spelt = self.names.get(&words[at..at + count]);
                let inflected = || {
                    let stems = (stems[at].0, stems[at..at + count].iter().map(|(_, stem)| stem.clone()).collect());
                    self.inflected.get(&stems).copied()
                };
                spelt.map(|name| name.set).or_else(inflected).map(|set| (set, count))
            });
            match name {
                Some((set, count)) => {
                    found.push(Named { set, words: at..at + count });
                    at += count;
                }
                None => at += 1,
            }
        }
        found
    }

    fn add(&mut self, set: u32, names: &[String]) {
        let names: Vec<Vec<String>> =
            names.iter().map(|name| analysis::words(name)).filter(|words| !words.is_empty()).collect();
        let spellings = Arc::new(Spellings { set, names });
        for name in &spellings.names {
            // The first set with a name keeps it; the check of a profile reports a second one.
            self.stemmed.entry(default_stems(name)).or_insert_with(|| Arc::clone(&spellings));
            for &language in stem::candidates(&name[0]) {
                let stems = stems_by(Some(language), name);
                let longest = self.longest_inflected.entry((Some(language), stems[0].clone())).or_default();
                *longest = name.len().max(*longest);
                self.inflected.entry((Some(language), stems)).or_insert(set);
            }
            let longest = self.longest.entry(name[0].clone()).or_default();
            *longest = name.len().max(*longest);
            self.names.entry(name.clone()).or_insert_with(|| Arc::clone(&spellings));
        }
    }
}

/// The stems of a name in the default language of its script.
fn default_stems(words: &[String]) -> (Option<Language>, Vec<String>) {
    let language = words.first().and_then(|word| stem::candidates(word).first().copied());
    (language, stems_by(language, words))
}

fn stems_by(language: Option<Language>, words: &[String]) -> Vec<String> {
    words.iter().map(|word| stem_by(language, word)).collect()
}

fn stem_by(language: Option<Language>, word: &str) -> String {
    let exact = Analysis::Full.exact(word);
    language.map_or(exact.to_string(), |language| stem::stem(language, &exact).into_owned())
}

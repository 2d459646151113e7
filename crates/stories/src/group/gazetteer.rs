//! The profile's names as fingerprints of words. The grouper searches every article of a busy day; a string for each
//! word would cost more than all other steps together.

use hashbrown::HashMap;

use super::hash;
use super::term::{TermKey, TermKind};
use super::thresholds::AssumedShares;
use super::words::AnalysedWord;
use ceasewire_model::NameKind;
use ceasewire_profile::Vocabulary;
use ceasewire_text::analysis::{self, Analysis};
use ceasewire_text::stem::{self, Language};

/// All spellings of all names.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    /// The kinds of the names, by their numbers in the vocabulary.
    kinds: Vec<NameKind>,
    /// For each spelling's fingerprint, the number of its name. A spelling stands here with its words as written, and
    /// with their stems in each language of its script.
    spellings: HashMap<u64, u32>,
    /// For the fingerprint of a first word or stem, the word count of the longest spelling that begins with it.
    longest: HashMap<u64, usize>,
}

impl Gazetteer {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let mut gazetteer = Self::default();
        for (number, name) in (0..).map_while(|number| Some((number, vocabulary.name(number)?))) {
            gazetteer.kinds.push(name.kind);
            for spelling in &name.names {
                let words: Vec<String> =
                    analysis::words(spelling).iter().map(|word| Analysis::Full.exact(word).into_owned()).collect();
                let Some(first) = words.first() else { continue };
                let exact = words.iter().map(|word| hash::fingerprint(word.as_bytes()));
                gazetteer.insert(exact, seed(None), number);
                for &language in stem::candidates(first) {
                    let stems = words.iter().map(|word| hash::fingerprint(stem::stem(language, word).as_bytes()));
                    gazetteer.insert(stems, seed(Some(language)), number);
                }
            }
        }
        gazetteer
    }

    fn insert(&mut self, words: impl Iterator<Item = u64>, seed: u64, number: u32) {
        let (mut spelling, mut count) = (seed, 0);
        let mut first = None;
        for word in words {
            spelling = chain(spelling, word);
            first = first.or(Some(spelling));
            count += 1;
        }
        // If two names share a spelling, the first keeps it, as in the profile's rules.
        self.spellings.entry(spelling).or_insert(number);
        if let Some(first) = first {
            let longest = self.longest.entry(first).or_default();
            *longest = count.max(*longest);
        }
    }

    /// Finds the longest name that begins at the first word: its number and its word count.
    pub(super) fn find_name(&self, words: &[AnalysedWord]) -> Option<(u32, usize)> {
        let first = words.first()?;
        let stem_seed = seed(first.language);
        let beginnings = [chain(seed(None), first.exact), chain(stem_seed, first.features.stem)];
        let longest = beginnings.map(|beginning| self.longest.get(&beginning).copied().unwrap_or(0));
        (1..=longest[0].max(longest[1]).min(words.len())).rev().find_map(|count| {
            let words = &words[..count];
            let exact = words.iter().fold(seed(None), |spelling, word| chain(spelling, word.exact));
            let stems = || words.iter().fold(stem_seed, |spelling, word| chain(spelling, word.features.stem));
            let number = self.spellings.get(&exact).or_else(|| self.spellings.get(&stems()))?;
            Some((*number, count))
        })
    }

    /// The kind of term that a name becomes.
    pub(super) fn term_kind(&self, number: u32) -> TermKind {
        match self.kinds.get(number as usize) {
            Some(NameKind::Term) | None => TermKind::ProfileTerm,
            Some(_) => TermKind::ProfileName,
        }
    }

    /// Whether a name belongs to a town or a region.
    pub(super) fn is_place(&self, number: u32) -> bool {
        self.kinds.get(number as usize) == Some(&NameKind::Place)
    }

    /// Whether a name belongs to a person.
    pub(super) fn is_person(&self, number: u32) -> bool {
        self.kinds.get(number as usize) == Some(&NameKind::Person)
    }

    /// For each name, the assumed share of articles that contain it.
    pub(super) fn assumed_shares(&self, shares: &AssumedShares) -> HashMap<TermKey, f32> {
        let share = |kind| match kind {
            NameKind::Country | NameKind::People => shares.countries,
            NameKind::Person | NameKind::Place => shares.names,
            _ => shares.terms,
        };
        let names = (0..).zip(&self.kinds);
        names
            .map(|(number, &kind)| (TermKey::new(self.term_kind(number), hash::mix(u64::from(number))), share(kind)))
            .collect()
    }
}

/// The start of a spelling's fingerprint: words as written, or stems in a language.
fn seed(language: Option<Language>) -> u64 {
    language.map_or(0, |language| 1 + language.index() as u64)
}

fn chain(before: u64, word: u64) -> u64 {
    hash::mix(before.rotate_left(17) ^ word)
}

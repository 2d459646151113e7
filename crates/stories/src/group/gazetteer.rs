//! The profile's names, found by fingerprints of words: every article of a busy day is searched, and a string for each
//! of its words would cost more than all the rest.

use hashbrown::HashMap;

use super::hash;
use super::lexicon::Word;
use super::sketch::Kind;
use super::thresholds::Common;
use ceasewire_model::NameKind;
use ceasewire_profile::Vocabulary;
use ceasewire_text::analysis::{self, Analysis};
use ceasewire_text::stem;

/// All spellings of all sets.
#[derive(Debug, Default)]
pub(super) struct Gazetteer {
    /// By the number of the set.
    sets: Vec<NameKind>,
    /// From a spelling's fingerprint to its set: its words as they are, or the stems that one language makes of them.
    spellings: HashMap<u64, u32>,
    /// From the fingerprint of a first word or stem to the most words that a spelling has with it.
    longest: HashMap<u64, usize>,
}

impl Gazetteer {
    pub(super) fn new(vocabulary: &Vocabulary) -> Self {
        let mut gazetteer = Self::default();
        for (set, name) in (0..).map_while(|set| Some((set, vocabulary.name(set)?))) {
            gazetteer.sets.push(name.kind);
            for spelling in &name.names {
                let words: Vec<String> =
                    analysis::words(spelling).iter().map(|word| Analysis::Full.exact(word).into_owned()).collect();
                let Some(first) = words.first() else { continue };
                gazetteer.file(words.iter().map(|word| hash::of(word.as_bytes())), 0, set);
                for &language in stem::candidates(first) {
                    let stems = words.iter().map(|word| hash::of(stem::stem(language, word).as_bytes()));
                    gazetteer.file(stems, 1 + language.index() as u64, set);
                }
            }
        }
        gazetteer
    }

    fn file(&mut self, words: impl Iterator<Item = u64>, kind: u64, set: u32) {
        let (mut spelling, mut count) = (kind, 0);
        let mut first = None;
        for word in words {
            spelling = chain(spelling, word);
            first = first.or(Some(spelling));
            count += 1;
        }
        // The first set that has a name keeps it, as in the profile's rules.
        self.spellings.entry(spelling).or_insert(set);
        if let Some(first) = first {
            let longest = self.longest.entry(first).or_default();
            *longest = count.max(*longest);
        }
    }

    /// The set whose name begins the words, and how many of them it takes; of several the longest.
    pub(super) fn at(&self, words: &[Word]) -> Option<(u32, usize)> {
        let first = words.first()?;
        let beginnings = [(0, first.exact), (first.language, first.facts.stem)];
        let most = |(kind, word): (u64, u64)| self.longest.get(&chain(kind, word)).copied().unwrap_or(0);
        let longest = beginnings.map(most);
        (1..=longest[0].max(longest[1]).min(words.len())).rev().find_map(|count| {
            let words = &words[..count];
            let exact = words.iter().fold(0, |spelling, word| chain(spelling, word.exact));
            let stems = || words.iter().fold(first.language, |spelling, word| chain(spelling, word.facts.stem));
            let set = self.spellings.get(&exact).or_else(|| self.spellings.get(&stems()))?;
            Some((*set, count))
        })
    }

    /// As what a set counts.
    pub(super) fn kind(&self, set: u32) -> Kind {
        match self.sets.get(set as usize) {
            Some(NameKind::Term) | None => Kind::Term,
            Some(_) => Kind::Set,
        }
    }

    /// Whether a set is a town or a region.
    pub(super) fn is_place(&self, set: u32) -> bool {
        self.sets.get(set as usize) == Some(&NameKind::Place)
    }

    /// The share of articles that is taken to have each set before the stream tells.
    pub(super) fn common(&self, common: &Common) -> HashMap<u32, f32> {
        use super::sketch::key;
        let share = |kind| match kind {
            NameKind::Country | NameKind::People => common.countries,
            NameKind::Person | NameKind::Place => common.names,
            _ => common.terms,
        };
        let sets = (0..).zip(&self.sets);
        sets.map(|(set, &kind)| (key(self.kind(set), hash::mix(u64::from(set))), share(kind))).collect()
    }
}

fn chain(before: u64, word: u64) -> u64 {
    hash::mix(before.rotate_left(17) ^ word)
}

//! The keys that a document satisfies, and where.

use smallvec::SmallVec;

use super::key::KeyId;
use super::lexicon::KeyLexicon;
use super::tables::NONE;
use crate::budget::{CutOff, StepBudget};

/// The keys of the current document. Reused from document to document, so that only the set bits need clearing.
#[derive(Clone, Debug, Default)]
pub(super) struct DocumentKeys {
    /// One bit for each key: small enough for the processor's nearest cache, where prefilters rule out most candidates.
    bits: Vec<u64>,
    /// The satisfied keys, in the order of their first words.
    satisfied: Vec<KeyId>,
    /// By key its last occurrence; valid only while the key is satisfied and positional.
    last: Vec<u32>,
    occurrences: Vec<KeyOccurrence>,
    /// Satisfied keys of the first words of names.
    name_starts: Vec<KeyId>,
}

/// The words that satisfy a key in one place of the document.
#[derive(Clone, Copy, Debug)]
struct KeyOccurrence {
    start: u32,
    end: u32,
    /// The number of the key's occurrence before this one.
    previous: u32,
}

impl DocumentKeys {
    /// Removes all keys and makes room for `keys` keys.
    pub(super) fn clear(&mut self, keys: usize) {
        for &key in &self.satisfied {
            self.bits[key as usize / 64] = 0;
        }
        self.satisfied.clear();
        self.occurrences.clear();
        self.name_starts.clear();
        if self.last.len() < keys {
            // With spare room: every new word of a rule is a new key.
            self.last.resize(keys + keys / 8 + 64, NONE);
            self.bits.resize(self.last.len() / 64 + 1, 0);
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
            + (self.satisfied.capacity() + self.last.capacity() + self.name_starts.capacity()) * size_of::<u32>()
            + self.occurrences.capacity() * size_of::<KeyOccurrence>()
    }

    pub(super) fn contains(&self, key: KeyId) -> bool {
        self.bits[key as usize / 64] >> (key % 64) & 1 == 1
    }

    pub(super) fn satisfied(&self) -> &[KeyId] {
        &self.satisfied
    }

    /// Adds a key; `true` if it is new.
    pub(super) fn insert(&mut self, key: KeyId) -> bool {
        let word = &mut self.bits[key as usize / 64];
        let bit = 1 << (key % 64);
        let new = *word & bit == 0;
        if new {
            *word |= bit;
            self.satisfied.push(key);
        }
        new
    }

    /// Adds an occurrence of a satisfied key. `first` discards the occurrences that an earlier document left.
    pub(super) fn add_occurrence(&mut self, key: KeyId, start: u32, end: u32, first: bool) {
        let last = &mut self.last[key as usize];
        self.occurrences.push(KeyOccurrence { start, end, previous: if first { NONE } else { *last } });
        *last = self.occurrences.len() as u32 - 1;
    }

    /// Records that names of several words begin with a satisfied key.
    pub(super) fn add_name_start(&mut self, key: KeyId) {
        self.name_starts.push(key);
    }

    /// Adds the keys of names of several words. Needs the keys of all words.
    pub(super) fn add_names(&mut self, lexicon: &KeyLexicon) {
        for first in std::mem::take(&mut self.name_starts) {
            for (words, name) in lexicon.names_from(first) {
                let mut found = Vec::new();
                // The caller bounds the names, and the document its words.
                let _ = self.each_phrase(words.iter().copied(), &mut StepBudget::unlimited(), &mut |start, end| {
                    found.push((start, end));
                    true
                });
                for (start, end) in found {
                    let first = self.insert(name);
                    if lexicon.is_positional(name) {
                        self.add_occurrence(name, start, end, first);
                    }
                }
            }
        }
    }

    /// Visits the occurrences of a key until `visit` returns `false`; `true` if it did. Each occurrence is a step.
    pub(super) fn each_occurrence(
        &self,
        key: KeyId,
        steps: &mut StepBudget,
        visit: &mut impl FnMut(u32, u32) -> bool,
    ) -> Result<bool, CutOff> {
        for occurrence in self.occurrences(key) {
            steps.spend(1)?;
            if !visit(occurrence.start, occurrence.end) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Visits the places where words with these keys stand in a row, until `visit` returns `false`; `true` if it did.
    /// Each occurrence of one of the words is a step.
    pub(super) fn each_phrase(
        &self,
        keys: impl Iterator<Item = KeyId> + Clone,
        steps: &mut StepBudget,
        visit: &mut impl FnMut(u32, u32) -> bool,
    ) -> Result<bool, CutOff> {
        if !keys.clone().all(|key| self.contains(key)) {
            return Ok(false);
        }
        let Some(first) = keys.clone().next() else { return Ok(false) };
        // Occurrences are linked from the last to the first. One cursor for each following word moves towards the
        // beginning together with the first word, so that each chain is read once, however often a word repeats.
        let mut cursors: SmallVec<[u32; 8]> = keys.skip(1).map(|key| self.last[key as usize]).collect();
        let length = cursors.len() as u32;
        for occurrence in self.occurrences(first) {
            let mut visited = 1;
            let is_phrase = cursors.iter_mut().zip(occurrence.start + 1..).all(|(cursor, at)| {
                visited += 1;
                while self.occurrences.get(*cursor as usize).is_some_and(|occurrence| occurrence.start > at) {
                    *cursor = self.occurrences[*cursor as usize].previous;
                    visited += 1;
                }
                self.occurrences.get(*cursor as usize).is_some_and(|occurrence| occurrence.start == at)
            });
            steps.spend(visited)?;
            if is_phrase && !visit(occurrence.start, occurrence.start + length) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The occurrences of a key, the last first.
    fn occurrences(&self, key: KeyId) -> impl Iterator<Item = KeyOccurrence> {
        let mut next = if self.contains(key) { self.last[key as usize] } else { NONE };
        std::iter::from_fn(move || {
            let occurrence = *self.occurrences.get(next as usize)?;
            next = occurrence.previous;
            Some(occurrence)
        })
    }
}

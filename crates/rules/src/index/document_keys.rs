//! Which keys an article satisfies, and where.

use smallvec::SmallVec;

use super::lexicon::{Key, Lexicon};
use super::tables::NONE;

/// The keys of the article in hand. Reused from article to article, so that only what was set is cleared.
#[derive(Clone, Debug, Default)]
pub(super) struct Present {
    /// A bit a key: small enough to stay in the processor's nearest cache, where most candidates are ruled out.
    bits: Vec<u64>,
    /// The keys that are satisfied, in the order in which they were met.
    active: Vec<Key>,
    /// By key the last of its places; of meaning only while the key is satisfied and positional.
    last: Vec<u32>,
    places: Vec<Place>,
    /// Satisfied keys with which names of several words begin.
    starts: Vec<Key>,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    start: u32,
    end: u32,
    /// The place before it of the same key.
    before: u32,
}

impl Present {
    /// Makes it empty, with room for so many keys.
    pub(super) fn clear(&mut self, keys: usize) {
        for &key in &self.active {
            self.bits[key as usize / 64] = 0;
        }
        self.active.clear();
        self.places.clear();
        self.starts.clear();
        if self.last.len() < keys {
            // With room ahead: this happens for each new word of a rule.
            self.last.resize(keys + keys / 8 + 64, NONE);
            self.bits.resize(self.last.len() / 64 + 1, 0);
        }
    }

    /// Bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        self.bits.capacity() * size_of::<u64>()
            + (self.active.capacity() + self.last.capacity() + self.starts.capacity()) * size_of::<u32>()
            + self.places.capacity() * size_of::<Place>()
    }

    pub(super) fn has(&self, key: Key) -> bool {
        self.bits[key as usize / 64] >> (key % 64) & 1 == 1
    }

    /// The keys that are satisfied.
    pub(super) fn active(&self) -> &[Key] {
        &self.active
    }

    /// Satisfies a key; `true` when it was not yet.
    pub(super) fn set(&mut self, key: Key) -> bool {
        let word = &mut self.bits[key as usize / 64];
        let bit = 1 << (key % 64);
        let new = *word & bit == 0;
        if new {
            *word |= bit;
            self.active.push(key);
        }
        new
    }

    /// Adds a place of a key that is satisfied, its `first` one or a further one.
    pub(super) fn add_place(&mut self, key: Key, start: u32, end: u32, first: bool) {
        let last = &mut self.last[key as usize];
        self.places.push(Place { start, end, before: if first { NONE } else { *last } });
        *last = self.places.len() as u32 - 1;
    }

    /// Notes that names of several words begin with a key.
    pub(super) fn add_start(&mut self, key: Key) {
        self.starts.push(key);
    }

    /// Satisfies the keys of names of several words, once all words are in.
    pub(super) fn find_names(&mut self, lexicon: &Lexicon) {
        for first in std::mem::take(&mut self.starts) {
            for (words, name) in lexicon.runs_from(first) {
                let mut found = Vec::new();
                self.each_run(words.iter().copied(), &mut |start, end| {
                    found.push((start, end));
                    true
                });
                for (start, end) in found {
                    let first = self.set(name);
                    if lexicon.is_positional(name) {
                        self.add_place(name, start, end, first);
                    }
                }
            }
        }
    }

    /// Visits the places of a key until `visit` returns `false`; whether it did.
    pub(super) fn each_place(&self, key: Key, visit: &mut impl FnMut(u32, u32) -> bool) -> bool {
        self.of(key).any(|place| !visit(place.start, place.end))
    }

    /// Visits the places where words with these keys stand in a row, until `visit` returns `false`; whether it did.
    pub(super) fn each_run(
        &self,
        keys: impl Iterator<Item = Key> + Clone,
        visit: &mut impl FnMut(u32, u32) -> bool,
    ) -> bool {
        if !keys.clone().all(|key| self.has(key)) {
            return false;
        }
        let Some(first) = keys.clone().next() else { return false };
        // Places are linked from the last to the first, and the places that could follow the first word's move towards the
        // beginning together with it: each chain is gone through once, however often a word is repeated.
        let mut following: SmallVec<[u32; 8]> = keys.skip(1).map(|key| self.last[key as usize]).collect();
        let length = following.len() as u32;
        self.of(first).any(|place| {
            let follow = following.iter_mut().zip(place.start + 1..).all(|(next, at)| {
                while self.places.get(*next as usize).is_some_and(|place| place.start > at) {
                    *next = self.places[*next as usize].before;
                }
                self.places.get(*next as usize).is_some_and(|place| place.start == at)
            });
            follow && !visit(place.start, place.start + length)
        })
    }

    fn of(&self, key: Key) -> impl Iterator<Item = Place> {
        let mut next = if self.has(key) { self.last[key as usize] } else { NONE };
        std::iter::from_fn(move || {
            let place = *self.places.get(next as usize)?;
            next = place.before;
            Some(place)
        })
    }
}

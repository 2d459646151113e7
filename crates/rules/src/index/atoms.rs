//! Interns the strings of rules: words, prefixes and stems.

use std::hash::BuildHasher;

use hashbrown::DefaultHashBuilder;

use super::tables::{ShardedTable, push_tight};

/// Distinct strings by number, in one piece of memory.
#[derive(Clone, Debug, Default)]
pub(super) struct AtomTable {
    numbers: ShardedTable,
    hasher: DefaultHashBuilder,
    /// Where each string ends in `text`; it begins at the end of the one before.
    ends: Vec<u32>,
    text: String,
}

impl AtomTable {
    pub(super) fn find(&self, text: &str) -> Option<u32> {
        let (ends, all) = (&self.ends, &self.text);
        self.numbers.find(self.hasher.hash_one(text), |atom| atom_text(ends, all, atom) == text)
    }

    /// Adds a string that [`Self::find`] does not find, and returns its number. Numbers count up from 0.
    pub(super) fn add(&mut self, text: &str) -> u32 {
        let atom = self.ends.len() as u32;
        self.text.push_str(text);
        push_tight(&mut self.ends, self.text.len() as u32);
        let (hasher, ends, all) = (&self.hasher, &self.ends, &self.text);
        self.numbers.insert(hasher.hash_one(text), atom, |atom| hasher.hash_one(atom_text(ends, all, atom)));
        atom
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.numbers.memory_bytes() + self.text.capacity() + self.ends.capacity() * size_of::<u32>()
    }
}

fn atom_text<'a>(ends: &[u32], all: &'a str, atom: u32) -> &'a str {
    let start = if atom == 0 { 0 } else { ends[atom as usize - 1] };
    &all[start as usize..ends[atom as usize] as usize]
}

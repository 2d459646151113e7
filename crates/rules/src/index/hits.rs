//! The rules that an article has been found to satisfy.

use super::postings::{Filing, Sure};

/// The hits of the article in hand. Reused from article to article.
#[derive(Clone, Debug)]
pub(super) struct Hits<K> {
    /// A bit a rule, so that one under several anchors is found once.
    seen: Vec<u64>,
    /// Rules of which it is not looked up yet whose they are.
    pending: Vec<Filing>,
    /// Whose the others are.
    owners: Vec<K>,
}

impl<K> Default for Hits<K> {
    fn default() -> Self {
        Self { seen: Vec::new(), pending: Vec::new(), owners: Vec::new() }
    }
}

impl<K: Copy> Hits<K> {
    /// Makes them none, of so many rules.
    pub(super) fn clear(&mut self, rules: usize) {
        self.owners.clear();
        self.seen.fill(0);
        if self.seen.len() < rules / 64 + 1 {
            self.seen.resize(rules / 64 + rules / 512 + 64, 0);
        }
    }

    /// Adds the owners of a rule that is nowhere else.
    pub(super) fn add_lone(&mut self, lone: &[Sure<K>]) {
        self.owners.extend(lone.iter().map(|lone| lone.owner));
    }

    /// Adds the owners of a rule, all of them where it has several, unless they are there already.
    pub(super) fn add<'a>(&mut self, rule: Sure<K>, all: impl FnOnce() -> &'a [K])
    where
        K: 'a,
    {
        let number = rule.filing.number();
        let word = &mut self.seen[number as usize / 64];
        let bit = 1 << (number % 64);
        if *word & bit != 0 {
            return;
        }
        *word |= bit;
        if rule.filing.is_shared() {
            self.owners.extend_from_slice(all());
        } else {
            self.owners.push(rule.owner);
        }
    }

    /// Adds a rule whose owners have to be looked up.
    pub(super) fn add_pending(&mut self, filing: Filing) {
        self.pending.push(filing);
    }

    /// Adds the owners of the rules that were pending. All at once, so that the waits for memory pass together.
    pub(super) fn add_owners<'a>(&mut self, owners: &[K], all: impl Fn(Filing) -> &'a [K])
    where
        K: 'a,
    {
        let mut pending = std::mem::take(&mut self.pending);
        for filing in pending.drain(..) {
            self.add(Sure { filing, owner: owners[filing.number() as usize] }, || all(filing));
        }
        self.pending = pending;
    }

    /// The owners that were added.
    pub(super) fn owners(&self) -> &[K] {
        &self.owners
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.seen.capacity() * size_of::<u64>()
            + self.pending.capacity() * size_of::<Filing>()
            + self.owners.capacity() * size_of::<K>()
    }
}

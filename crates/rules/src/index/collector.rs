//! Collects the owners of the rules that match a document.

use super::postings::{DecidedPosting, Posting};

/// The matches of the current document. Reused from document to document.
#[derive(Clone, Debug)]
pub(super) struct MatchCollector<K> {
    /// One bit for each rule, so that a rule with several presearch terms is collected once.
    seen: Vec<u64>,
    /// One bit for each rule whose program was evaluated, and the words that have such a bit.
    tried: Vec<u64>,
    tried_words: Vec<u32>,
    /// Matching rules whose owners are not resolved yet.
    pending: Vec<Posting>,
    /// The resolved owners.
    owners: Vec<K>,
}

impl<K> Default for MatchCollector<K> {
    fn default() -> Self {
        Self { seen: Vec::new(), tried: Vec::new(), tried_words: Vec::new(), pending: Vec::new(), owners: Vec::new() }
    }
}

impl<K: Copy> MatchCollector<K> {
    /// Removes all matches and makes room for `rules` rules.
    pub(super) fn clear(&mut self, rules: usize) {
        self.owners.clear();
        self.seen.fill(0);
        for word in self.tried_words.drain(..) {
            self.tried[word as usize] = 0;
        }
        if self.seen.len() < rules / 64 + 1 {
            self.seen.resize(rules / 64 + rules / 512 + 64, 0);
            self.tried.resize(self.seen.len(), 0);
        }
    }

    /// Whether a rule's program was not evaluated before: a rule may have hundreds of presearch terms.
    pub(super) fn is_first_try(&mut self, posting: Posting) -> bool {
        let place = posting.rule() / 64;
        let word = &mut self.tried[place as usize];
        let bit = 1 << (posting.rule() % 64);
        if *word & bit != 0 {
            return false;
        }
        if *word == 0 {
            self.tried_words.push(place);
        }
        *word |= bit;
        true
    }

    /// Adds the owners of a rule that consists of one key: it has no other posting, so it cannot be seen twice.
    pub(super) fn add_single_key(&mut self, postings: &[DecidedPosting<K>]) {
        self.owners.extend(postings.iter().map(|posting| posting.owner));
    }

    /// Adds the owners of a rule, unless the rule was seen before. `all_owners` is called for a shared rule only.
    pub(super) fn add<'a>(&mut self, rule: DecidedPosting<K>, all_owners: impl FnOnce() -> &'a [K])
    where
        K: 'a,
    {
        let number = rule.posting.rule();
        let word = &mut self.seen[number as usize / 64];
        let bit = 1 << (number % 64);
        if *word & bit != 0 {
            return;
        }
        *word |= bit;
        if rule.posting.is_shared() {
            self.owners.extend_from_slice(all_owners());
        } else {
            self.owners.push(rule.owner);
        }
    }

    /// Adds a rule whose owners are resolved later.
    pub(super) fn add_pending(&mut self, posting: Posting) {
        self.pending.push(posting);
    }

    /// Resolves the owners of the pending rules. All in one loop, so that their cache misses overlap.
    pub(super) fn resolve_owners<'a>(&mut self, first_owners: &[K], all_owners: impl Fn(Posting) -> &'a [K])
    where
        K: 'a,
    {
        let mut pending = std::mem::take(&mut self.pending);
        for posting in pending.drain(..) {
            let owner = first_owners[posting.rule() as usize];
            self.add(DecidedPosting { posting, owner }, || all_owners(posting));
        }
        self.pending = pending;
    }

    pub(super) fn owners(&self) -> &[K] {
        &self.owners
    }

    pub(super) fn memory_bytes(&self) -> usize {
        (self.seen.capacity() + self.tried.capacity()) * size_of::<u64>()
            + self.tried_words.capacity() * size_of::<u32>()
            + self.pending.capacity() * size_of::<Posting>()
            + self.owners.capacity() * size_of::<K>()
    }
}

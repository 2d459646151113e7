//! The postings of a key: the rules that may match a document with this key.
//!
//! The layout lets a match read as little memory as possible: among a million rules nearly every access to another
//! rule misses the processor's caches.

use smallvec::{Array, SmallVec};

use super::document_keys::DocumentKeys;
use super::key::KeyId;
use super::tables::NONE;

/// A rule in a posting list: its number, and above it a flag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Posting(u32);

impl Posting {
    /// The rule has several owners.
    const SHARED: u32 = 1 << 31;
    /// The numbers of rules are below this bound.
    pub(super) const MAX_RULES: u32 = 1 << 31;

    pub(super) fn new(rule: u32, shared: bool) -> Self {
        Self(rule | if shared { Self::SHARED } else { 0 })
    }

    pub(super) fn rule(self) -> u32 {
        self.0 % Self::MAX_RULES
    }

    pub(super) fn is_shared(self) -> bool {
        self.0 & Self::SHARED != 0
    }
}

/// A second condition, checked before the evaluation of a rule: none, a key present, or a key absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Prefilter(u32);

impl Prefilter {
    pub(super) const NONE: Self = Self(NONE);
    const ABSENT: u32 = 1 << 31;

    pub(super) fn present(key: KeyId) -> Self {
        Self(key)
    }

    pub(super) fn absent(key: KeyId) -> Self {
        Self(key | Self::ABSENT)
    }

    pub(super) fn admits(self, keys: &DocumentKeys) -> bool {
        self == Self::NONE || keys.contains(self.0 & !Self::ABSENT) == (self.0 & Self::ABSENT == 0)
    }
}

/// The check that decides a rule once the document has its presearch term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemainingCheck {
    /// None: the rule matches.
    None,
    /// The prefilter decides.
    Prefilter,
    /// The prefilter, and then the program.
    Program,
}

/// Pairs of a prefilter and a posting. Most keys have few rules: two pairs fit into the place of a vector's head.
type PrefilteredPostings = SmallVec<[u32; 4]>;

/// A rule that its presearch term decides, with its first owner beside it: most matches are found here.
#[derive(Clone, Copy, Debug)]
pub(super) struct DecidedPosting<K> {
    pub(super) posting: Posting,
    pub(super) owner: K,
}

/// The posting list of a key.
///
/// The *single-key rule* consists of this key alone. It has no number: the list has one entry for each of its owners,
/// in their order.
#[derive(Clone, Debug)]
pub(super) struct PostingList<K> {
    /// The owners of the single-key rule; from `single_key_end` on, the other rules that match without a check.
    decided: SmallVec<[DecidedPosting<K>; 2]>,
    single_key_end: u32,
    /// Where in `pairs` the rules end that their prefilter decides. The program decides the others.
    prefiltered_end: u32,
    pairs: PrefilteredPostings,
}

impl<K: Copy + Ord> PostingList<K> {
    pub(super) const EMPTY: Self =
        Self { decided: SmallVec::new_const(), single_key_end: 0, prefiltered_end: 0, pairs: SmallVec::new_const() };

    /// The number of rules; the single-key rule counts once for each of its owners.
    pub(super) fn len(&self) -> usize {
        self.decided.len() + self.pairs.len() / 2
    }

    /// Reads the beginnings of the lists, so that they are in the cache when a match reads the lists.
    pub(super) fn prefetch(&self) -> u32 {
        let decided = self.decided.first().map_or(0, |decided| decided.posting.0);
        decided ^ self.pairs.first().copied().unwrap_or_default()
    }

    /// The owners of the single-key rule.
    pub(super) fn single_key(&self) -> &[DecidedPosting<K>] {
        &self.decided[..self.single_key_end as usize]
    }

    /// Adds an owner of the single-key rule.
    pub(super) fn add_single_key(&mut self, owner: K) {
        // Sorted, so that removal is a binary search. Most owners come in order, which makes this an append.
        let place = self.single_key().partition_point(|single| single.owner < owner);
        let end = self.single_key_end as usize;
        self.add_decided(DecidedPosting { posting: Posting(NONE), owner });
        let last = self.decided.len() - 1;
        self.decided.swap(end, last);
        self.decided[place..=end].rotate_right(1);
        self.single_key_end += 1;
    }

    /// Removes an owner of the single-key rule; `false` if the rule has no such owner.
    pub(super) fn remove_single_key(&mut self, owner: K) -> bool {
        let Ok(place) = self.single_key().binary_search_by_key(&owner, |single| single.owner) else { return false };
        self.single_key_end -= 1;
        let end = self.single_key_end as usize;
        self.decided[place..=end].rotate_left(1);
        self.decided.swap_remove(end);
        true
    }

    /// The rules of several keys that match without a check.
    pub(super) fn decided(&self) -> &[DecidedPosting<K>] {
        &self.decided[self.single_key_end as usize..]
    }

    /// The rules that match if their prefilter admits the document.
    pub(super) fn prefiltered(&self) -> impl ExactSizeIterator<Item = (Prefilter, Posting)> {
        pairs(&self.pairs[..self.prefiltered_end as usize])
    }

    /// The rules whose program is evaluated if their prefilter admits the document.
    pub(super) fn evaluated(&self) -> impl ExactSizeIterator<Item = (Prefilter, Posting)> {
        pairs(&self.pairs[self.prefiltered_end as usize..])
    }

    /// Adds a rule of more than one key.
    pub(super) fn add(&mut self, check: RemainingCheck, prefilter: Prefilter, posting: Posting, owner: K) {
        if check == RemainingCheck::None {
            self.add_decided(DecidedPosting { posting, owner });
            return;
        }
        let at = self.pairs.len();
        for word in [prefilter.0, posting.0] {
            reserve_tight(&mut self.pairs);
            self.pairs.push(word);
        }
        if check == RemainingCheck::Prefilter {
            self.swap_pairs(at, self.prefiltered_end as usize);
            self.prefiltered_end += 2;
        }
    }

    /// Removes all postings of a rule.
    pub(super) fn remove(&mut self, rule: u32) {
        while let Some(place) = self.decided().iter().position(|decided| decided.posting.rule() == rule) {
            self.decided.swap_remove(self.single_key_end as usize + place);
        }
        let place = |list: &Self| pairs(&list.pairs).position(|(_, posting)| posting.rule() == rule);
        while let Some(place) = place(self) {
            let mut at = 2 * place;
            if at < self.prefiltered_end as usize {
                self.prefiltered_end -= 2;
                self.swap_pairs(at, self.prefiltered_end as usize);
                at = self.prefiltered_end as usize;
            }
            self.swap_pairs(at, self.pairs.len() - 2);
            self.pairs.truncate(self.pairs.len() - 2);
        }
    }

    /// Updates the shared flag and the first owner of a rule.
    pub(super) fn update_owner(&mut self, posting: Posting, owner: K) {
        for decided in &mut self.decided[self.single_key_end as usize..] {
            if decided.posting.rule() == posting.rule() {
                *decided = DecidedPosting { posting, owner };
            }
        }
        for word in self.pairs.iter_mut().skip(1).step_by(2) {
            if Posting(*word).rule() == posting.rule() {
                *word = posting.0;
            }
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let decided = if self.decided.spilled() { self.decided.capacity() * size_of::<DecidedPosting<K>>() } else { 0 };
        let pairs = if self.pairs.spilled() { self.pairs.capacity() * size_of::<u32>() } else { 0 };
        decided + pairs
    }

    fn add_decided(&mut self, decided: DecidedPosting<K>) {
        reserve_tight(&mut self.decided);
        self.decided.push(decided);
    }

    fn swap_pairs(&mut self, one: usize, other: usize) {
        self.pairs.swap(one, other);
        self.pairs.swap(one + 1, other + 1);
    }
}

/// Makes room for one more element, growing by a fourth instead of doubling.
fn reserve_tight<A: Array>(list: &mut SmallVec<A>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(4));
    }
}

fn pairs(words: &[u32]) -> impl ExactSizeIterator<Item = (Prefilter, Posting)> {
    words.chunks_exact(2).map(|pair| (Prefilter(pair[0]), Posting(pair[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_section_of_a_list_keeps_its_rules() {
        // The single-key rule, and the other rules by their remaining check.
        let checks = [None, Some(RemainingCheck::None), Some(RemainingCheck::Prefilter), Some(RemainingCheck::Program)];
        let mut list = PostingList::<u32>::EMPTY;
        let mut there: Vec<(u32, Option<RemainingCheck>)> = Vec::new();
        for step in 0..600_u32 {
            // A step of a fixed walk that fills and empties every section several times.
            if step % 97 < 60 {
                let check = checks[(step * 7 % 11 % 4) as usize];
                match check {
                    None => list.add_single_key(step ^ 1),
                    Some(check) => list.add(check, Prefilter::present(step + 1000), Posting(step), step),
                }
                there.push((step, check));
            } else if !there.is_empty() {
                let (number, check) = there.swap_remove(step as usize * 31 % there.len());
                match check {
                    None => assert!(list.remove_single_key(number ^ 1) && !list.remove_single_key(number ^ 1)),
                    Some(_) => list.remove(number),
                }
            }
            let expected = |wanted: Option<RemainingCheck>| {
                let mut numbers: Vec<u32> =
                    there.iter().filter(|(_, check)| *check == wanted).map(|(number, _)| *number).collect();
                numbers.sort_unstable();
                numbers
            };
            let sorted = |numbers: &mut dyn Iterator<Item = u32>| {
                let mut numbers: Vec<u32> = numbers.collect();
                numbers.sort_unstable();
                numbers
            };
            assert!(list.single_key().is_sorted_by_key(|single| single.owner));
            assert_eq!(sorted(&mut list.single_key().iter().map(|single| single.owner ^ 1)), expected(None));
            assert_eq!(
                sorted(&mut list.decided().iter().map(|decided| decided.posting.rule())),
                expected(Some(RemainingCheck::None))
            );
            assert_eq!(
                sorted(&mut list.prefiltered().map(|(_, posting)| posting.rule())),
                expected(Some(RemainingCheck::Prefilter))
            );
            assert_eq!(
                sorted(&mut list.evaluated().map(|(_, posting)| posting.rule())),
                expected(Some(RemainingCheck::Program))
            );
            assert!(
                list.prefiltered().all(|(prefilter, posting)| prefilter == Prefilter::present(posting.rule() + 1000))
            );
            assert_eq!(list.len(), there.len());
        }
    }
}

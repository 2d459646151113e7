//! What is filed under a key, laid out so that a match reads as little memory as it can: among a million rules nearly
//! every look elsewhere is one past the processor's caches.

use smallvec::{Array, SmallVec};

use super::document_keys::Present;
use super::lexicon::Key;
use super::tables::NONE;

/// A rule's number with a flag above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filing(u32);

impl Filing {
    /// The rule has several owners.
    const SHARED: u32 = 1 << 31;
    /// Numbers of rules are below this.
    pub(super) const NUMBERS: u32 = 1 << 31;

    pub(super) fn new(number: u32, shared: bool) -> Self {
        Self(number | if shared { Self::SHARED } else { 0 })
    }

    pub(super) fn number(self) -> u32 {
        self.0 % Self::NUMBERS
    }

    pub(super) fn is_shared(self) -> bool {
        self.0 & Self::SHARED != 0
    }
}

/// What must hold besides the anchor: nothing, or that a key is, or is not, satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Guard(u32);

impl Guard {
    pub(super) const NONE: Self = Self(NONE);
    const ABSENT: u32 = 1 << 31;

    pub(super) fn present(key: Key) -> Self {
        Self(key)
    }

    pub(super) fn absent(key: Key) -> Self {
        Self(key | Self::ABSENT)
    }

    pub(super) fn admits(self, present: &Present) -> bool {
        self == Self::NONE || present.has(self.0 & !Self::ABSENT) == (self.0 & Self::ABSENT == 0)
    }
}

/// What is left to decide once an anchor is satisfied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// Nothing.
    Nothing,
    /// The guard.
    Guard,
    /// The guard, and then the program.
    Program,
}

/// Most keys have few rules: up to two pairs stand in the place of a vector's head.
type Words = SmallVec<[u32; 4]>;

/// A rule that an anchor decides, with its first owner beside it: most of what is found is found here.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sure<K> {
    pub(super) filing: Filing,
    pub(super) owner: K,
}

/// What is filed under a key.
#[derive(Clone, Debug)]
pub(super) struct Filed<K> {
    /// Whose rule is just this key, in their order; from `lone_end` on the other rules of which nothing is left to decide.
    sure: SmallVec<[Sure<K>; 2]>,
    lone_end: u32,
    /// Where in `pairs` the rules end of which the guard is left to decide; of the others the program is as well.
    guarded_end: u32,
    /// Guards, each with its filing.
    pairs: Words,
}

impl<K: Copy + Ord> Filed<K> {
    pub(super) const EMPTY: Self =
        Self { sure: SmallVec::new_const(), lone_end: 0, guarded_end: 0, pairs: SmallVec::new_const() };

    /// How many rules there are; that which is just this key counts once for each of its owners.
    pub(super) fn len(&self) -> usize {
        self.sure.len() + self.pairs.len() / 2
    }

    /// Reads where the lists begin, so that they are near when they are gone through.
    pub(super) fn touch(&self) -> u32 {
        let sure = self.sure.first().map_or(0, |sure| sure.filing.0);
        sure ^ self.pairs.first().copied().unwrap_or_default()
    }

    /// Whose rule is just this key.
    pub(super) fn lone(&self) -> &[Sure<K>] {
        &self.sure[..self.lone_end as usize]
    }

    /// Adds an owner of the rule that is just this key.
    pub(super) fn add_lone(&mut self, owner: K) {
        // In their order, which is how they mostly come: to find one among very many takes a few steps.
        let place = self.lone().partition_point(|lone| lone.owner < owner);
        let end = self.lone_end as usize;
        self.add_sure(Sure { filing: Filing(NONE), owner });
        let last = self.sure.len() - 1;
        self.sure.swap(end, last);
        self.sure[place..=end].rotate_right(1);
        self.lone_end += 1;
    }

    /// Removes an owner of the rule that is just this key; `false` when it is none of them.
    pub(super) fn remove_lone(&mut self, owner: K) -> bool {
        let Ok(place) = self.lone().binary_search_by_key(&owner, |lone| lone.owner) else { return false };
        self.lone_end -= 1;
        let end = self.lone_end as usize;
        self.sure[place..=end].rotate_left(1);
        self.sure.swap_remove(end);
        true
    }

    /// The other rules that match as soon as their anchor is satisfied.
    pub(super) fn sure(&self) -> &[Sure<K>] {
        &self.sure[self.lone_end as usize..]
    }

    /// The rules that match when their guard admits it too.
    pub(super) fn guarded(&self) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
        pairs(&self.pairs[..self.guarded_end as usize])
    }

    /// The rules that have to be evaluated when their guard admits it.
    pub(super) fn evaluated(&self) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
        pairs(&self.pairs[self.guarded_end as usize..])
    }

    /// Adds a rule of more than one key.
    pub(super) fn add(&mut self, left: Left, guard: Guard, filing: Filing, owner: K) {
        if left == Left::Nothing {
            self.add_sure(Sure { filing, owner });
            return;
        }
        let at = self.pairs.len();
        for word in [guard.0, filing.0] {
            make_room(&mut self.pairs);
            self.pairs.push(word);
        }
        if left == Left::Guard {
            self.swap_pairs(at, self.guarded_end as usize);
            self.guarded_end += 2;
        }
    }

    /// Removes a rule, under whatever guards it is filed.
    pub(super) fn remove(&mut self, number: u32) {
        while let Some(place) = self.sure().iter().position(|sure| sure.filing.number() == number) {
            self.sure.swap_remove(self.lone_end as usize + place);
        }
        let place = |filed: &Self| pairs(&filed.pairs).position(|(_, filing)| filing.number() == number);
        while let Some(place) = place(self) {
            let mut at = 2 * place;
            if at < self.guarded_end as usize {
                self.guarded_end -= 2;
                self.swap_pairs(at, self.guarded_end as usize);
                at = self.guarded_end as usize;
            }
            self.swap_pairs(at, self.pairs.len() - 2);
            self.pairs.truncate(self.pairs.len() - 2);
        }
    }

    /// Says whether a rule has several owners, and which one it has otherwise.
    pub(super) fn mark(&mut self, filing: Filing, owner: K) {
        for sure in &mut self.sure[self.lone_end as usize..] {
            if sure.filing.number() == filing.number() {
                *sure = Sure { filing, owner };
            }
        }
        for word in self.pairs.iter_mut().skip(1).step_by(2) {
            if Filing(*word).number() == filing.number() {
                *word = filing.0;
            }
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let sure = if self.sure.spilled() { self.sure.capacity() * size_of::<Sure<K>>() } else { 0 };
        let pairs = if self.pairs.spilled() { self.pairs.capacity() * size_of::<u32>() } else { 0 };
        sure + pairs
    }

    fn add_sure(&mut self, sure: Sure<K>) {
        make_room(&mut self.sure);
        self.sure.push(sure);
    }

    fn swap_pairs(&mut self, one: usize, other: usize) {
        self.pairs.swap(one, other);
        self.pairs.swap(one + 1, other + 1);
    }
}

/// Makes room for one more, growing by a fourth where the vector would double.
fn make_room<A: Array>(list: &mut SmallVec<A>) {
    if list.len() == list.capacity() {
        list.reserve_exact((list.len() / 4).max(4));
    }
}

fn pairs(words: &[u32]) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
    words.chunks_exact(2).map(|pair| (Guard(pair[0]), Filing(pair[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_stays_together_whatever_comes_and_goes() {
        // The rule that is just the key, and the others by what is left of them.
        let kinds = [None, Some(Left::Nothing), Some(Left::Guard), Some(Left::Program)];
        let mut filed = Filed::<u32>::EMPTY;
        let mut there: Vec<(u32, Option<Left>)> = Vec::new();
        for step in 0..600_u32 {
            // A step of a fixed walk that fills and empties every kind several times.
            if step % 97 < 60 {
                let kind = kinds[(step * 7 % 11 % 4) as usize];
                match kind {
                    None => filed.add_lone(step ^ 1),
                    Some(left) => filed.add(left, Guard::present(step + 1000), Filing(step), step),
                }
                there.push((step, kind));
            } else if !there.is_empty() {
                let (number, kind) = there.swap_remove(step as usize * 31 % there.len());
                match kind {
                    None => assert!(filed.remove_lone(number ^ 1) && !filed.remove_lone(number ^ 1)),
                    Some(_) => filed.remove(number),
                }
            }
            let of = |wanted: Option<Left>| {
                let mut numbers: Vec<u32> =
                    there.iter().filter(|(_, kind)| *kind == wanted).map(|(number, _)| *number).collect();
                numbers.sort_unstable();
                numbers
            };
            let sorted = |numbers: &mut dyn Iterator<Item = u32>| {
                let mut numbers: Vec<u32> = numbers.collect();
                numbers.sort_unstable();
                numbers
            };
            assert!(filed.lone().is_sorted_by_key(|lone| lone.owner));
            assert_eq!(sorted(&mut filed.lone().iter().map(|lone| lone.owner ^ 1)), of(None));
            assert_eq!(sorted(&mut filed.sure().iter().map(|sure| sure.filing.number())), of(Some(Left::Nothing)));
            assert_eq!(sorted(&mut filed.guarded().map(|(_, filing)| filing.number())), of(Some(Left::Guard)));
            assert_eq!(sorted(&mut filed.evaluated().map(|(_, filing)| filing.number())), of(Some(Left::Program)));
            assert!(filed.guarded().all(|(guard, filing)| guard == Guard::present(filing.number() + 1000)));
            assert_eq!(filed.len(), there.len());
        }
    }
}

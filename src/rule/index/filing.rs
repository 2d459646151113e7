//! What is filed under a key, laid out so that a match reads as little memory as it can: among a million rules nearly
//! every look elsewhere is one past the processor's caches.

use smallvec::SmallVec;

use super::lexicon::Key;
use super::present::Present;
use super::tables::NONE;

/// A rule's number with a flag above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Filing(pub(super) u32);

impl Filing {
    /// The rule has further owners.
    pub(super) const SHARED: u32 = 1 << 31;
    /// Numbers of rules are below this.
    pub(super) const NUMBERS: u32 = 1 << 31;

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

/// Most keys have few rules: up to four words stand in the place of a vector's head.
type Words = SmallVec<[u32; 4]>;

/// What is filed under a key.
#[derive(Clone, Debug)]
pub(super) struct Filed {
    /// The rule that is just this key.
    pub(super) alone: u32,
    /// How many further holdings of that rule are filed beside it.
    pub(super) beside: u32,
    /// Where in `words` the rules end of which the guard is left to decide, and after them those of which the program is;
    /// both as pairs of a guard and a filing. The filings of which nothing is left to decide come last, alone.
    guarded_end: u32,
    evaluated_end: u32,
    words: Words,
}

impl Filed {
    pub(super) const EMPTY: Self =
        Self { alone: NONE, beside: 0, guarded_end: 0, evaluated_end: 0, words: SmallVec::new_const() };

    /// How many rules there are.
    pub(super) fn len(&self) -> usize {
        self.words.len() - self.evaluated_end as usize / 2
    }

    /// The first word of them all.
    pub(super) fn first(&self) -> Option<u32> {
        self.words.first().copied()
    }

    /// The rules that match as soon as their anchor is satisfied.
    pub(super) fn sure(&self) -> impl ExactSizeIterator<Item = Filing> {
        self.words[self.evaluated_end as usize..].iter().map(|&word| Filing(word))
    }

    /// The rules that match when their guard admits it too.
    pub(super) fn guarded(&self) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
        pairs(&self.words[..self.guarded_end as usize])
    }

    /// The rules that have to be evaluated when their guard admits it.
    pub(super) fn evaluated(&self) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
        pairs(&self.words[self.guarded_end as usize..self.evaluated_end as usize])
    }

    pub(super) fn add(&mut self, left: Left, guard: Guard, filing: Filing) {
        if left == Left::Nothing {
            push(&mut self.words, filing.0);
            return;
        }
        // The first two of the last kind leave their places to the pair and go to the end.
        let at = self.evaluated_end as usize;
        for (place, word) in [(at, guard.0), (at + 1, filing.0)] {
            match self.words.get_mut(place) {
                Some(there) => {
                    let moved = std::mem::replace(there, word);
                    push(&mut self.words, moved);
                }
                None => push(&mut self.words, word),
            }
        }
        self.evaluated_end += 2;
        if left == Left::Guard {
            self.swap_pairs(at, self.guarded_end as usize);
            self.guarded_end += 2;
        }
    }

    /// Removes a rule, under whatever guards it is filed.
    pub(super) fn remove(&mut self, number: u32) {
        while let Some(place) = self.place_of(number) {
            let mut at = place;
            if at < self.guarded_end as usize {
                self.guarded_end -= 2;
                self.swap_pairs(at - 1, self.guarded_end as usize);
                at = self.guarded_end as usize + 1;
            }
            if at < self.evaluated_end as usize {
                self.evaluated_end -= 2;
                self.swap_pairs(at - 1, self.evaluated_end as usize);
                at = self.evaluated_end as usize;
                self.words.swap_remove(at + 1);
            }
            self.words.swap_remove(at);
        }
    }

    /// Says whether a rule has further owners.
    pub(super) fn mark_shared(&mut self, number: u32, shared: bool) {
        let evaluated_end = self.evaluated_end as usize;
        for (place, word) in self.words.iter_mut().enumerate() {
            if is_filing(place, evaluated_end) && Filing(*word).number() == number {
                *word = *word & !Filing::SHARED | if shared { Filing::SHARED } else { 0 };
            }
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        if self.words.spilled() { self.words.capacity() * size_of::<u32>() } else { 0 }
    }

    fn place_of(&self, number: u32) -> Option<usize> {
        let is = |(place, &word): (usize, &u32)| {
            is_filing(place, self.evaluated_end as usize) && Filing(word).number() == number
        };
        self.words.iter().enumerate().position(is)
    }

    fn swap_pairs(&mut self, one: usize, other: usize) {
        self.words.swap(one, other);
        self.words.swap(one + 1, other + 1);
    }
}

/// Whether a word is a filing: each second one among the pairs, and all behind them.
fn is_filing(place: usize, evaluated_end: usize) -> bool {
    place >= evaluated_end || place % 2 == 1
}

/// Appends, growing by a fourth where the vector would double.
fn push(words: &mut Words, word: u32) {
    if words.len() == words.capacity() {
        words.reserve_exact((words.len() / 4).max(4));
    }
    words.push(word);
}

fn pairs(words: &[u32]) -> impl ExactSizeIterator<Item = (Guard, Filing)> {
    words.chunks_exact(2).map(|pair| (Guard(pair[0]), Filing(pair[1])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_stays_together_whatever_comes_and_goes() {
        let kinds = [Left::Nothing, Left::Guard, Left::Program];
        let mut filed = Filed::EMPTY;
        let mut there: Vec<(u32, Left)> = Vec::new();
        for step in 0..600_u32 {
            // A step of a fixed walk that fills and empties every kind several times.
            if step % 97 < 60 {
                let left = kinds[(step * 7 % 11 % 3) as usize];
                filed.add(left, Guard::present(step + 1000), Filing(step));
                there.push((step, left));
            } else if !there.is_empty() {
                let (number, _) = there.swap_remove(step as usize * 31 % there.len());
                filed.remove(number);
            }
            let of = |wanted: Left| {
                let mut numbers: Vec<u32> =
                    there.iter().filter(|(_, left)| *left == wanted).map(|(number, _)| *number).collect();
                numbers.sort_unstable();
                numbers
            };
            let sorted = |numbers: &mut dyn Iterator<Item = u32>| {
                let mut numbers: Vec<u32> = numbers.collect();
                numbers.sort_unstable();
                numbers
            };
            assert_eq!(sorted(&mut filed.sure().map(Filing::number)), of(Left::Nothing));
            assert_eq!(sorted(&mut filed.guarded().map(|(_, filing)| filing.number())), of(Left::Guard));
            assert_eq!(sorted(&mut filed.evaluated().map(|(_, filing)| filing.number())), of(Left::Program));
            assert!(filed.guarded().all(|(guard, filing)| guard == Guard::present(filing.number() + 1000)));
            assert_eq!(filed.len(), there.len());
        }
    }
}

//! The rules that an article has been found to satisfy.

use super::filing::Filing;

/// The hits of the article in hand. Reused from article to article.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    /// A bit a holding. A rule under several anchors sets its own several times, which is cheaper than to ask whether it is
    /// set.
    bits: Vec<u64>,
    /// The rules among them that have further owners.
    shared: Vec<u32>,
    /// The holdings, once they have been listed.
    numbers: Vec<u32>,
}

impl Hits {
    /// Makes room for so many holdings.
    pub(super) fn make_room(&mut self, holdings: usize) {
        if self.bits.len() < holdings / 64 + 1 {
            self.bits.resize(holdings / 64 + holdings / 512 + 64, 0);
        }
        self.shared.clear();
        self.numbers.clear();
    }

    /// Adds a rule if it is a `hit`.
    pub(super) fn add(&mut self, filing: Filing, hit: bool) {
        let number = filing.number();
        let word = &mut self.bits[number as usize / 64];
        let known = *word;
        *word = known | u64::from(hit) << (number % 64);
        if filing.is_shared() && hit && known >> (number % 64) & 1 == 0 {
            self.shared.push(number);
        }
    }

    /// Adds the further holdings of rules that have them.
    pub(super) fn add_further<'a>(&mut self, of: impl Fn(u32) -> &'a [u32]) {
        for rule in std::mem::take(&mut self.shared) {
            for &number in of(rule) {
                self.bits[number as usize / 64] |= 1 << (number % 64);
            }
        }
    }

    /// Lists the holdings in the order of their numbers.
    pub(super) fn list(&mut self) {
        for (place, word) in self.bits.iter_mut().enumerate().filter(|(_, word)| **word != 0) {
            let mut bits = std::mem::take(word);
            while bits != 0 {
                self.numbers.push(place as u32 * 64 + bits.trailing_zeros());
                bits &= bits - 1;
            }
        }
    }

    /// The holdings that were listed.
    pub(super) fn numbers(&self) -> &[u32] {
        &self.numbers
    }

    pub(super) fn memory_bytes(&self) -> usize {
        (self.numbers.capacity() + self.shared.capacity()) * size_of::<u32>() + self.bits.capacity() * size_of::<u64>()
    }
}

//! The regular expressions of the rules, each stored once.

use hashbrown::HashMap;

use crate::grammar::Pattern;

/// Regular expressions by number, with the number of rules that use them. An unused one is dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct PatternTable {
    entries: Vec<Option<PatternEntry>>,
    numbers: HashMap<Pattern, u32>,
    free_numbers: Vec<u32>,
    /// Entries that may be unused.
    maybe_unused: Vec<u32>,
}

#[derive(Clone, Debug)]
struct PatternEntry {
    pattern: Pattern,
    rules: u32,
}

impl PatternTable {
    /// Returns the number of an expression; a new one has no rule yet.
    pub(super) fn number(&mut self, pattern: &Pattern) -> u32 {
        if let Some(&number) = self.numbers.get(pattern) {
            return number;
        }
        let entry = Some(PatternEntry { pattern: pattern.clone(), rules: 0 });
        let number = match self.free_numbers.pop() {
            Some(number) => {
                self.entries[number as usize] = entry;
                number
            }
            None => {
                self.entries.push(entry);
                self.entries.len() as u32 - 1
            }
        };
        self.numbers.insert(pattern.clone(), number);
        self.maybe_unused.push(number);
        number
    }

    pub(super) fn get(&self, number: u32) -> Option<&Pattern> {
        self.entries.get(number as usize)?.as_ref().map(|entry| &entry.pattern)
    }

    /// Counts one more rule for an expression.
    pub(super) fn acquire(&mut self, number: u32) {
        if let Some(entry) = &mut self.entries[number as usize] {
            entry.rules += 1;
        }
    }

    /// Counts one rule less for an expression.
    pub(super) fn release(&mut self, number: u32) {
        if let Some(entry) = &mut self.entries[number as usize] {
            entry.rules -= 1;
            self.maybe_unused.push(number);
        }
    }

    /// Drops the expressions without a rule.
    pub(super) fn drop_unused(&mut self) {
        while let Some(number) = self.maybe_unused.pop() {
            let slot = &mut self.entries[number as usize];
            if let Some(entry) = slot.take_if(|entry| entry.rules == 0) {
                self.numbers.remove(&entry.pattern);
                self.free_numbers.push(number);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

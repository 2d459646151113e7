//! The regular expressions of rules, each compiled and kept once.

use hashbrown::HashMap;

use crate::grammar::Pattern;

/// Regular expressions by number. One that no rule has any more is let go: compiled, it can take a quarter of a megabyte.
#[derive(Clone, Debug, Default)]
pub(super) struct Patterns {
    kept: Vec<Option<Kept>>,
    numbers: HashMap<Pattern, u32>,
    free: Vec<u32>,
    /// Those that may have no rule.
    doubtful: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Kept {
    pattern: Pattern,
    rules: u32,
}

impl Patterns {
    /// The number of an expression; a new one has no rule yet.
    pub(super) fn number(&mut self, pattern: &Pattern) -> u32 {
        if let Some(&number) = self.numbers.get(pattern) {
            return number;
        }
        let kept = Some(Kept { pattern: pattern.clone(), rules: 0 });
        let number = match self.free.pop() {
            Some(number) => {
                self.kept[number as usize] = kept;
                number
            }
            None => {
                self.kept.push(kept);
                self.kept.len() as u32 - 1
            }
        };
        self.numbers.insert(pattern.clone(), number);
        self.doubtful.push(number);
        number
    }

    /// The expression with this number.
    pub(super) fn get(&self, number: u32) -> Option<&Pattern> {
        self.kept.get(number as usize)?.as_ref().map(|kept| &kept.pattern)
    }

    /// Notes that one more rule has an expression.
    pub(super) fn hold(&mut self, number: u32) {
        if let Some(kept) = &mut self.kept[number as usize] {
            kept.rules += 1;
        }
    }

    /// Notes that one rule less has an expression.
    pub(super) fn let_go(&mut self, number: u32) {
        if let Some(kept) = &mut self.kept[number as usize] {
            kept.rules -= 1;
            self.doubtful.push(number);
        }
    }

    /// Drops the expressions that no rule has.
    pub(super) fn tidy(&mut self) {
        while let Some(number) = self.doubtful.pop() {
            let place = &mut self.kept[number as usize];
            if place.as_ref().is_some_and(|kept| kept.rules == 0)
                && let Some(kept) = place.take()
            {
                self.numbers.remove(&kept.pattern);
                self.free.push(number);
            }
        }
    }

    /// How many there are.
    #[cfg(test)]
    pub(super) fn len(&self) -> usize {
        self.numbers.len()
    }
}

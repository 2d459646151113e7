//! Steps: a measure of work, equal on every machine and on every run.

/// The fault of a search that spent its budget without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search needs more steps than its budget has")]
pub struct CutOff;

/// The steps that a search may still take. A step is a few nanoseconds: one state of an expression at one character, or
/// one occurrence of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StepBudget {
    left: u64,
}

impl StepBudget {
    /// Creates a budget without a bound.
    pub const fn unlimited() -> Self {
        Self { left: u64::MAX }
    }

    /// Creates a budget.
    pub const fn new(steps: u64) -> Self {
        Self { left: steps }
    }

    /// Returns the remaining steps.
    pub const fn left(&self) -> u64 {
        self.left
    }

    /// Takes steps out of the budget.
    ///
    /// # Errors
    /// Fails if fewer steps remain; then the budget is empty.
    pub fn spend(&mut self, steps: u64) -> Result<(), CutOff> {
        match self.left.checked_sub(steps) {
            Some(left) => {
                self.left = left;
                Ok(())
            }
            None => {
                self.left = 0;
                Err(CutOff)
            }
        }
    }

    /// Takes the steps of finished work out of the budget; a budget of fewer steps becomes empty.
    pub fn charge(&mut self, steps: u64) {
        self.left = self.left.saturating_sub(steps);
    }
}

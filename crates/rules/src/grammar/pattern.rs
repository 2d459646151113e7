//! Regular expressions in rules, with bounds of time and memory.

use std::fmt;
use std::sync::Arc;

use super::field::Field;
use super::{MAX_PATTERN_CHARS, RuleFault};
use crate::pattern_search;

/// A regular expression that searches the unfolded title or text and ignores case. Its time is linear in the text.
///
/// The compiled form is not part of it, so that many expressions take little memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pattern {
    /// The part of the document that it searches.
    pub field: Field,
    /// The expression between its slashes.
    source: Arc<str>,
}

impl Pattern {
    /// Checks an expression.
    ///
    /// # Errors
    /// Fails if the expression is too long, too large, or invalid.
    pub fn new(field: Field, source: &str) -> Result<Self, RuleFault> {
        if source.chars().count() > MAX_PATTERN_CHARS {
            return Err(RuleFault::LongPattern);
        }
        if source.is_empty() {
            return Err(RuleFault::EmptyGroup);
        }
        pattern_search::check(source)?;
        Ok(Self { field, source: source.into() })
    }

    /// Returns the expression, without its slashes.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns whether the expression matches the empty text.
    pub fn matches_empty_text(&self) -> bool {
        pattern_search::matches_empty_text(self)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field == Field::Title { "title:" } else { "" };
        write!(f, "{field}/{}/", self.source)
    }
}

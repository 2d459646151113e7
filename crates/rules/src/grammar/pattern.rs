//! Regular expressions in rules, with bounds of time and memory.

use std::fmt;
use std::hash::{Hash, Hasher};

use regex::{Regex, RegexBuilder};

use super::field::Field;
use super::{MAX_PATTERN_CHARS, RuleFault};

/// Bytes that a compiled expression may take; counted repetitions of Unicode classes grow fastest.
const MAX_COMPILED_BYTES: usize = 256 * 1024;
/// Bytes that the engine may use while it searches, for each expression.
const MAX_CACHE_BYTES: usize = 256 * 1024;
/// Depth of nested groups.
const MAX_NESTING: u32 = 32;

/// A regular expression that searches the unfolded title or text and ignores case. Its time is linear in the text.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// The part of the document that it searches.
    pub field: Field,
    /// The expression between its slashes.
    source: String,
    regex: Regex,
}

impl Pattern {
    /// Compiles an expression.
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
        let regex = RegexBuilder::new(source)
            .case_insensitive(true)
            .size_limit(MAX_COMPILED_BYTES)
            .dfa_size_limit(MAX_CACHE_BYTES)
            .nest_limit(MAX_NESTING)
            .build()
            .map_err(|error| RuleFault::BadPattern(reason(&error)))?;
        Ok(Self { field, source: source.to_owned(), regex })
    }

    /// Returns the compiled expression.
    pub fn regex(&self) -> &Regex {
        &self.regex
    }
}

/// The reason of an error in one line, without the engine's drawing of the expression: [`RuleError`](super::RuleError)
/// draws the rule.
fn reason(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            last.trim_start_matches("error: ").to_owned()
        }
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (self.field, &self.source) == (other.field, &other.source)
    }
}

impl Eq for Pattern {}

impl Hash for Pattern {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.field, &self.source).hash(state);
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = if self.field == Field::Title { "title:" } else { "" };
        write!(f, "{field}/{}/", self.source)
    }
}

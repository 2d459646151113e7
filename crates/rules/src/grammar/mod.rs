//! Parses rules to trees and prints them. Knows the form of the language, not how a document matches.

mod ast;
mod doubt;
mod error;
mod field;
mod lexer;
mod near;
mod parser;
mod pattern;
mod proposal;
mod wildcard;

use std::ops::Range;

pub use ast::{Expr, Spellings, Term, TermForm};
pub use doubt::{Doubt, DoubtKind, doubts};
pub use error::{RuleError, RuleFault};
pub use field::Field;
pub use parser::{parse, parse_stored, parse_with_topics};
pub use pattern::Pattern;

/// A fault and its place.
pub(crate) type Fault = (Range<usize>, RuleFault);

/// The writer of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// A person: lists, numbers and habits of other search engines are read as they are meant.
    Typed,
    /// The program, in normal form, perhaps of an older version: each sign keeps its meaning.
    Stored,
}

/// The longest rule, in characters.
pub const MAX_CHARS: usize = 4096;
/// The deepest nesting of parentheses and negations; bounds the recursion of the parser.
pub const MAX_DEPTH: usize = 32;
/// The most words and phrases in a rule.
pub const MAX_TERMS: usize = 500;
/// The longest distance of `NEAR`, in words: about a long paragraph.
pub const MAX_NEAR: u32 = 100;
/// The longest regular expression, in characters.
pub const MAX_PATTERN_CHARS: usize = 200;
/// The most regular expressions in a rule: each searches the whole document.
pub const MAX_PATTERNS: usize = 5;

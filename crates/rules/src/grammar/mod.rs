//! Parses rules to trees and prints them. Knows the form of the language, not how a document matches.

mod ast;
mod error;
mod field;
mod lexer;
mod parser;
mod pattern;

pub use ast::{Expr, Spellings, Term, TermForm};
pub use error::{RuleError, RuleFault};
pub use field::Field;
pub use parser::{parse, parse_with_topics};
pub use pattern::Pattern;

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

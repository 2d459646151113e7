//! Text to tree and back. Knows the language's form and nothing of articles.

mod ast;
mod error;
mod lexer;
mod parser;
mod pattern;

pub use ast::{Expr, Field, Form, Spellings, Term};
pub use error::{RuleError, RuleFault};
pub use parser::{parse, parse_with_topics};
pub use pattern::Pattern;

/// The longest rule, in characters: as long as a chat message can be.
pub const MAX_CHARS: usize = 4096;
/// The deepest nesting of parentheses and negations; keeps the parser's recursion far from the stack's end.
pub const MAX_DEPTH: usize = 32;
/// The most words and phrases in a rule.
pub const MAX_TERMS: usize = 500;
/// The longest distance that `NEAR` takes, in words; about a long paragraph.
pub const MAX_NEAR: u32 = 100;
/// The longest regular expression, in characters.
pub const MAX_PATTERN_CHARS: usize = 200;
/// The most regular expressions in a rule: each is run over the whole article.
pub const MAX_PATTERNS: usize = 5;

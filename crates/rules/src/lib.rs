//! A keyword rule language for news articles, and an index that matches many stored rules against one article.
//!
//! ```text
//! rule    = any { "," any }                     the comma binds loosest
//! any     = all { ( "OR" | "|" ) all }
//! all     = unit { [ "AND" ] unit }             side by side: all of them
//! unit    = ( "-" | "NOT" ) unit | near
//! near    = operand { "NEAR/" number operand }  at most this many words apart, in either order
//! operand = [ field ":" ] ( "(" rule ")" | pattern | [ "=" ] ( phrase | word [ "*" ] ) )
//! field   = "title" | "source" | "lang" | "topic"
//! pattern = "/" regular expression "/"          over the unfolded text; a slash inside is written "\/"
//! phrase  = a quoted run of words; a "*" before the closing quote makes the last one a prefix
//! word    = a run of characters other than white space, quotes, parentheses, "," and "|"
//! ```
//!
//! Each form of a sign counts as the sign (`ceasewire_text::signs`). A typed rule may also have lists, numbers with
//! separators and the spellings of other search engines ([`parse`]); a stored normal form means what it did
//! ([`parse_stored`]). A fault has proposals, and [`grammar::doubts`] lists places with another likely meaning.
//!
//! Operators are upper case, so that "or" and "not" remain words. A word matches a whole word, whatever its case and
//! accents: a bare word in its inflected forms and a name in all its spellings, a quoted phrase exactly (or another
//! spelling of a name), and a term after "=" exactly.
//!
//! - [`grammar`] turns text into a tree ([`parse`], [`Expr`]) and back, with faults that tell the author what to type.
//! - [`eval`] matches one rule against one document and explains the result.
//! - [`Index`] matches many rules at once.
//! - [`Doc`] is the document: a tokenised article with its sources, language and topics.
//!
//! The crate knows no topics and no names of its own: the caller finds the topics of a document, and fills in
//! [`Term::spellings`](grammar::Term::spellings).

#![deny(missing_docs)]

mod budget;
pub mod eval;
pub mod grammar;
pub mod index;
pub mod pattern_search;

pub use budget::{CutOff, StepBudget};
pub use ceasewire_text::{Analysis, Doc};
pub use grammar::{Expr, RuleError, parse, parse_stored};
pub use index::Index;
pub use pattern_search::PatternSearch;

#[doc = include_str!("../README.md")]
#[cfg(doctest)]
struct Readme;

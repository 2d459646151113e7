//! The rule language: what people write to say which articles they want to hear of.
//!
//! ```text
//! rule    = any { "," any }                     the comma binds loosest
//! any     = all { ( "OR" | "|" ) all }
//! all     = unit { [ "AND" ] unit }             side by side: all of them
//! unit    = ( "-" | "NOT" ) unit | near
//! near    = operand { "NEAR/" number operand }  within so many words, in either order
//! operand = [ field ":" ] ( "(" rule ")" | pattern | [ "=" ] ( phrase | word [ "*" ] ) )
//! field   = "title" | "source" | "lang" | "topic"
//! pattern = "/" regular expression "/"          over the text as it stands; a slash inside is written "\/"
//! phrase  = a quoted run of words; a "*" before the closing quote makes the last one a prefix
//! word    = a run of characters other than white space, quotes, parentheses, "," and "|"
//! ```
//!
//! Operators are upper case, so that "or" and "not" stay words. Words match whole words, whatever their case and
//! accents: a bare word in its inflected forms ([`stem`]) and a name in all its spellings, a quoted phrase as these very
//! words (or a name's other spellings), and after "=" nothing but what is written. [`grammar`] turns text into a tree and
//! back, [`analysis`] turns an article into words, [`vocabulary`] brings in the profile's topics and other spellings,
//! [`eval`] decides, and [`index`] decides for many rules at once.

#![deny(missing_docs)]

pub mod eval;
pub mod grammar;
pub mod index;

pub use grammar::{Expr, RuleError, parse};
pub use index::Index;

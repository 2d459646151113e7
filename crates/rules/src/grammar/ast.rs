//! The tree of a rule, and its printed normal form. The printed form parses to an equal tree.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Display};
use std::sync::Arc;

use super::field::Field;
use super::lexer::FIELDS;
use super::pattern::Pattern;
use super::{Written, near};
use ceasewire_text::analysis::{Analysis, words_with};
use ceasewire_text::signs;

/// A rule as a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// All parts match.
    All(Vec<Expr>),
    /// At least one part matches.
    Any(Vec<Expr>),
    /// The part does not match.
    Not(Box<Expr>),
    /// A word or phrase occurs.
    Term(Term),
    /// A term of one side occurs near a term of the other side, in either order.
    Near {
        /// The terms of one side.
        left: Vec<Term>,
        /// The terms of the other side.
        right: Vec<Term>,
        /// The greatest distance, in words; 1 is next to each other.
        within: u32,
    },
    /// A regular expression matches in the unfolded title or text.
    Pattern(Pattern),
    /// The document has this source: an id, name or domain of its publisher, folded.
    Source(String),
    /// The document is in this language: a BCP 47 tag or its first part, in lower case.
    Language(String),
    /// The document has this topic.
    Topic(String),
}

/// A word, or several in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// The part of the document that the term searches.
    pub field: Field,
    /// The words as written.
    pub text: String,
    /// The words, folded for [`Analysis::Full`]; at least one.
    pub tokens: Vec<String>,
    /// The last word is a prefix.
    pub prefix: bool,
    /// The forms of the words that match.
    pub form: TermForm,
    /// All spellings, if the caller knows the term as a name. The parser leaves this empty.
    pub spellings: Option<Arc<Spellings>>,
}

/// The forms of a term's words that match.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TermForm {
    /// A bare word: its inflected forms, and other spellings of a name.
    Inflected,
    /// In quotes: exactly these words in a row, or another spelling of a name.
    Quoted,
    /// After `=`: exactly these words.
    Exact,
}

/// A name in all its spellings.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Spellings {
    /// A number that identifies the name among all names of the caller.
    pub set: u32,
    /// The folded words of each spelling.
    pub names: Vec<Vec<String>>,
}

impl Term {
    /// Returns the folded words as documents of an analysis have them.
    pub fn words_in(&self, analysis: Analysis) -> Cow<'_, [String]> {
        match analysis {
            Analysis::Full => Cow::Borrowed(&self.tokens),
            Analysis::Plain => match words_with(analysis, &self.text) {
                words if words.is_empty() => Cow::Borrowed(&self.tokens),
                words => Cow::Owned(words),
            },
        }
    }
}

impl Expr {
    /// Visits the leaves of the tree, from left to right.
    pub fn for_each_leaf<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_leaf(visit)),
            Self::Not(inner) => inner.for_each_leaf(visit),
            leaf => visit(leaf),
        }
    }

    /// Returns the topics that the rule asks for, without those that it excludes.
    pub fn asked_topics(&self) -> BTreeSet<&str> {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::asked_topics).collect(),
            Self::Topic(topic) => BTreeSet::from([topic.as_str()]),
            _ => BTreeSet::new(),
        }
    }

    /// Replaces each direct part of the tree by `change` of it; a leaf has none.
    #[must_use]
    pub fn map_parts(self, change: impl Fn(Self) -> Self) -> Self {
        match self {
            Self::All(parts) => Self::All(parts.into_iter().map(change).collect()),
            Self::Any(parts) => Self::Any(parts.into_iter().map(change).collect()),
            Self::Not(inner) => Self::Not(Box::new(change(*inner))),
            leaf => leaf,
        }
    }

    /// Returns whether a document without words, sources and topics matches.
    pub fn matches_empty_document(&self) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(Self::matches_empty_document),
            Self::Any(parts) => parts.iter().any(Self::matches_empty_document),
            Self::Not(inner) => !inner.matches_empty_document(),
            Self::Pattern(pattern) => pattern.matches_empty_text(),
            Self::Term(_) | Self::Near { .. } | Self::Source(_) | Self::Language(_) | Self::Topic(_) => false,
        }
    }

    /// Returns the words and phrases of the tree, from left to right.
    pub fn terms(&self) -> Vec<&Term> {
        let mut terms = Vec::new();
        self.for_each_leaf(&mut |leaf| match leaf {
            Self::Term(term) => terms.push(term),
            Self::Near { left, right, .. } => terms.extend(left.iter().chain(right)),
            _ => {}
        });
        terms
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All(parts) => join(f, parts, SIDE_BY_SIDE, |part| matches!(part, Self::Any(_) | Self::All(_))),
            Self::Any(parts) => join(f, parts, " OR ", |part| matches!(part, Self::Any(_))),
            Self::Not(inner) if matches!(**inner, Self::All(_) | Self::Any(_)) => {
                write!(f, "-({inner})")
            }
            Self::Not(inner) => write!(f, "-{inner}"),
            Self::Term(term) => term.fmt(f),
            Self::Pattern(pattern) => pattern.fmt(f),
            Self::Near { left, right, within } => {
                side(f, left)?;
                write!(f, " NEAR/{within} ")?;
                side(f, right)
            }
            Self::Source(value) => write!(f, "source:{}", QuotedValue(value)),
            Self::Language(value) => write!(f, "lang:{}", QuotedValue(value)),
            Self::Topic(value) => write!(f, "topic:{}", QuotedValue(value)),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str, wrap: fn(&Expr) -> bool) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            let joined = between == SIDE_BY_SIDE && read_as_one(&parts[index - 1], part);
            f.write_str(if joined { " AND " } else { between })?;
        }
        if wrap(part) { write!(f, "({part})")? } else { write!(f, "{part}")? }
    }
    Ok(())
}

/// Between the parts that must all match.
const SIDE_BY_SIDE: &str = " ";

/// Whether two words side by side read as something else: "10 000" as a number, "title =truce" as a field.
fn read_as_one(before: &Expr, after: &Expr) -> bool {
    let (Expr::Term(before), Some(after)) = (before, first_term(after)) else { return false };
    if before.form == TermForm::Quoted || before.prefix || !is_bare(&before.text) {
        return false;
    }
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| signs::digit(c).is_some());
    let is_field = FIELDS.contains(&before.text.to_lowercase().as_str());
    is_field && after.field == Field::Anywhere && after.form == TermForm::Exact
        || is_number(&before.text) && after.text.chars().next().is_some_and(|c| signs::digit(c).is_some())
}

/// The term that stands first in the printed form, unless a sign stands before it.
fn first_term(expr: &Expr) -> Option<&Term> {
    match expr {
        Expr::Term(term) => Some(term).filter(|term| term.form != TermForm::Quoted),
        Expr::Near { left, .. } => left.first().filter(|_| left.len() == 1),
        _ => None,
    }
}

fn side(f: &mut fmt::Formatter<'_>, terms: &[Term]) -> fmt::Result {
    if let [term] = terms {
        return term.fmt(f);
    }
    f.write_str("(")?;
    for (index, term) in terms.iter().enumerate() {
        if index > 0 {
            f.write_str(" OR ")?;
        }
        term.fmt(f)?;
    }
    f.write_str(")")
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.field == Field::Title {
            f.write_str("title:")?;
        }
        if self.form == TermForm::Exact {
            f.write_str("=")?;
        }
        if self.form != TermForm::Quoted && is_bare(&self.text) {
            write!(f, "{}{}", self.text, if self.prefix { "*" } else { "" })
        } else {
            write!(f, "\"{}{}\"", self.text, if self.prefix { "*" } else { "" })
        }
    }
}

struct QuotedValue<'a>(&'a str);

impl fmt::Display for QuotedValue<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_bare(self.0) { f.write_str(self.0) } else { write!(f, "\"{}\"", self.0) }
    }
}

/// Whether a text parses as one bare word without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    !matches!(text, "OR" | "AND" | "NOT" | "NEAR")
        && text.chars().next().is_some_and(char::is_alphanumeric)
        && text.chars().all(|c| signs::is_word_char(c) || matches!(c, '-' | '.' | '_' | '\'' | '’'))
        && near::read(text, "", Written::Typed).is_none()
}

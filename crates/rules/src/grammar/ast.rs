//! The tree, and the normal form in which it is printed. What is printed parses back to an equal tree.

use std::fmt::{self, Display};
use std::sync::Arc;

use super::pattern::Pattern;

/// A rule as a tree.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Expr {
    /// All of these.
    All(Vec<Expr>),
    /// Any of these.
    Any(Vec<Expr>),
    /// Not this.
    Not(Box<Expr>),
    /// A word or phrase.
    Term(Term),
    /// One of the first within so many words of one of the second, in either order.
    Near {
        /// Words and phrases of one side.
        left: Vec<Term>,
        /// Words and phrases of the other side.
        right: Vec<Term>,
        /// The greatest distance, in words; 1 is next to each other.
        within: u32,
    },
    /// The title or the text as it stands matches a regular expression.
    Pattern(Pattern),
    /// The article is by this outlet: its id, name or domain, folded.
    Source(String),
    /// The article is in this language: a BCP 47 tag or its first part, lower case.
    Language(String),
    /// The article is about this topic of the profile.
    Topic(String),
}

/// Where a word is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// In the title and the text.
    Anywhere,
    /// In the title.
    Title,
}

/// A word, or several in a row.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Term {
    /// Where it is looked for.
    pub field: Field,
    /// The words as they were written.
    pub text: String,
    /// The words as they are looked for: folded, at least one.
    pub tokens: Vec<String>,
    /// The last word is a beginning of one.
    pub prefix: bool,
    /// Which forms of the words count.
    pub form: Form,
    /// All spellings of the name that this is, where the profile has it.
    pub spellings: Option<Arc<Spellings>>,
}

/// Which forms of a term's words count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// A bare word: its inflected forms, and a name's other spellings.
    Inflected,
    /// In quotes: these very words in a row, or a name's other spellings.
    Quoted,
    /// After `=`: nothing else.
    Exact,
}

/// A name in all its spellings.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Spellings {
    /// The number of the name's set in its profile.
    pub set: u32,
    /// The folded words of each spelling.
    pub names: Vec<Vec<String>>,
}

impl Expr {
    /// Visits every leaf of the tree, from left to right.
    pub fn for_each_leaf<'a>(&'a self, visit: &mut impl FnMut(&'a Expr)) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.for_each_leaf(visit)),
            Self::Not(inner) => inner.for_each_leaf(visit),
            leaf => visit(leaf),
        }
    }

    /// The same tree with each of its direct parts changed; a leaf stays as it is.
    #[must_use]
    pub fn map_parts(self, change: impl Fn(Self) -> Self) -> Self {
        match self {
            Self::All(parts) => Self::All(parts.into_iter().map(change).collect()),
            Self::Any(parts) => Self::Any(parts.into_iter().map(change).collect()),
            Self::Not(inner) => Self::Not(Box::new(change(*inner))),
            leaf => leaf,
        }
    }

    /// The words and phrases of the tree, from left to right.
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
            Self::All(parts) => join(f, parts, " ", |part| matches!(part, Self::Any(_) | Self::All(_))),
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
            Self::Source(value) => write!(f, "source:{}", Quoted(value)),
            Self::Language(value) => write!(f, "lang:{}", Quoted(value)),
            Self::Topic(value) => write!(f, "topic:{}", Quoted(value)),
        }
    }
}

fn join(f: &mut fmt::Formatter<'_>, parts: &[Expr], between: &str, wrap: fn(&Expr) -> bool) -> fmt::Result {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            f.write_str(between)?;
        }
        if wrap(part) { write!(f, "({part})")? } else { write!(f, "{part}")? }
    }
    Ok(())
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
        if self.form == Form::Exact {
            f.write_str("=")?;
        }
        if self.form != Form::Quoted && is_bare(&self.text) {
            write!(f, "{}{}", self.text, if self.prefix { "*" } else { "" })
        } else {
            write!(f, "\"{}{}\"", self.text, if self.prefix { "*" } else { "" })
        }
    }
}

struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_bare(self.0) { f.write_str(self.0) } else { write!(f, "\"{}\"", self.0) }
    }
}

/// Whether text can stand without quotes and still be read as one plain word.
pub(super) fn is_bare(text: &str) -> bool {
    !matches!(text, "OR" | "AND" | "NOT" | "NEAR")
        && text.chars().next().is_some_and(char::is_alphanumeric)
        && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '\'' | '’'))
}

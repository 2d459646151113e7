//! Compiles rules to short programs over keys. The order of clauses in a rule does not matter: equal
//! rules have equal programs.
//!
//! A program is a sequence of numbers in variable length: seven bits a byte, the lowest first, and the eighth bit set
//! if more bytes follow. The lowest three bits of a clause's first number are its opcode, the others its operand:
//!
//! ```text
//! key K             the key K is satisfied
//! not C             the clause C does not hold; the operand has no meaning
//! all LEN C…        every clause holds; LEN is the length of all of them in bytes
//! any LEN C…        one of the clauses holds
//! phrase LEN K…     words in a row satisfy the keys
//! near LEN W L C…   an occurrence of the clauses in the first L bytes lies within W words of one of the other clauses
//! pattern I         the regular expression with the number I matches
//! ```

use super::document_keys::DocumentKeys;
use super::key::{KeyForm, KeyId};
use super::lexicon::KeyLexicon;
use super::patterns::PatternTable;
use crate::budget::{CutOff, StepBudget};
use crate::eval::SortedOccurrences;
use crate::grammar::{Expr, Pattern, Term, TermForm};
use crate::pattern_search::PatternSearch;

/// The bits of an opcode.
const OPCODE_BITS: u32 = 3;
const KEY: u32 = 0;
const NOT: u32 = 1;
const ALL: u32 = 2;
const ANY: u32 = 3;
const PHRASE: u32 = 4;
const NEAR: u32 = 5;
const PATTERN: u32 = 6;

/// A rule with its words replaced by keys, in canonical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Clause {
    Key(KeyId),
    Phrase(Vec<KeyId>),
    Near { left: Vec<Clause>, right: Vec<Clause>, within: u32 },
    Pattern(u32),
    Not(Box<Clause>),
    All(Vec<Clause>),
    Any(Vec<Clause>),
}

impl Clause {
    /// Brings a rule into canonical form. Adds new keys to `lexicon` and new regular expressions to `patterns`.
    pub(super) fn new(expr: &Expr, lexicon: &mut KeyLexicon, patterns: &mut PatternTable) -> Self {
        match expr {
            Expr::All(clauses) => {
                let clauses = clauses.iter().map(|clause| Self::new(clause, lexicon, patterns));
                let flat = clauses.flat_map(|clause| if let Self::All(inner) = clause { inner } else { vec![clause] });
                group(flat.collect(), Self::All)
            }
            Expr::Any(clauses) => {
                let clauses = clauses.iter().map(|clause| Self::new(clause, lexicon, patterns));
                let flat = clauses.flat_map(|clause| if let Self::Any(inner) = clause { inner } else { vec![clause] });
                group(flat.collect(), Self::Any)
            }
            Expr::Not(inner) => match Self::new(inner, lexicon, patterns) {
                Self::Not(inner) => *inner,
                inner => Self::Not(Box::new(inner)),
            },
            Expr::Term(term) => Self::term(term, lexicon),
            Expr::Near { left, right, within } => {
                let mut side = |terms: &[Term]| {
                    let mut clauses: Vec<Self> = terms.iter().map(|term| Self::term(term, lexicon)).collect();
                    for clause in &clauses {
                        if let Self::Key(key) = clause {
                            lexicon.make_positional(*key);
                        }
                    }
                    clauses.sort_unstable();
                    clauses.dedup();
                    clauses
                };
                // NEAR means either order, so that the program may use one of them.
                let (left, right) = (side(left), side(right));
                let (left, right) = if left <= right { (left, right) } else { (right, left) };
                Self::Near { left, right, within: *within }
            }
            Expr::Pattern(pattern) => Self::Pattern(patterns.number(pattern)),
            Expr::Source(source) => Self::Key(lexicon.source_key(source)),
            Expr::Language(tag) => Self::Key(lexicon.language_key(tag)),
            Expr::Topic(topic) => Self::Key(lexicon.topic_key(topic)),
        }
    }

    fn term(term: &Term, lexicon: &mut KeyLexicon) -> Self {
        if let Some(spellings) = &term.spellings {
            return Self::Key(lexicon.name_key(term.field, spellings));
        }
        let form = if term.form == TermForm::Inflected && !term.prefix { KeyForm::Inflected } else { KeyForm::Exact };
        let words = term.words_in(lexicon.analysis());
        let last = words.len() - 1;
        let mut key = |number: usize, word: &String| {
            let form = if term.prefix && number == last { KeyForm::Prefix } else { form };
            lexicon.word_key(term.field, form, word)
        };
        let keys: Vec<KeyId> = words.iter().enumerate().map(|(number, word)| key(number, word)).collect();
        if let [key] = keys[..] {
            return Self::Key(key);
        }
        for &key in &keys {
            lexicon.make_positional(key);
        }
        Self::Phrase(keys)
    }

    /// Appends the program.
    pub(super) fn encode(&self, code: &mut Vec<u8>) {
        let block = |code: &mut Vec<u8>, opcode: u32, body: &[u8]| {
            push_head(code, opcode, body.len() as u32);
            code.extend_from_slice(body);
        };
        let encoded = |clauses: &[Self]| {
            let mut body = Vec::new();
            clauses.iter().for_each(|clause| clause.encode(&mut body));
            body
        };
        match self {
            Self::Key(key) => push_head(code, KEY, *key),
            Self::Pattern(number) => push_head(code, PATTERN, *number),
            Self::Not(inner) => {
                push_head(code, NOT, 0);
                inner.encode(code);
            }
            Self::All(clauses) => block(code, ALL, &encoded(clauses)),
            Self::Any(clauses) => block(code, ANY, &encoded(clauses)),
            Self::Phrase(keys) => {
                let mut body = Vec::new();
                keys.iter().for_each(|&key| push_number(&mut body, key));
                block(code, PHRASE, &body);
            }
            Self::Near { left, right, within } => {
                let (left, right) = (encoded(left), encoded(right));
                let mut body = Vec::new();
                push_number(&mut body, *within);
                push_number(&mut body, left.len() as u32);
                block(code, NEAR, &[body, left, right].concat());
            }
        }
    }
}

fn push_head(code: &mut Vec<u8>, opcode: u32, operand: u32) {
    push_number(code, operand << OPCODE_BITS | opcode);
}

fn push_number(code: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        code.push(number as u8 | 0x80);
        number >>= 7;
    }
    code.push(number as u8);
}

/// Reads a number and leaves the rest.
fn take_number(code: &mut &[u8]) -> u32 {
    let mut number = 0;
    let mut shift = 0;
    while let Some((&byte, rest)) = code.split_first() {
        *code = rest;
        number |= u32::from(byte & 0x7F) << shift;
        shift += 7;
        if byte < 0x80 {
            break;
        }
    }
    number
}

/// Reads an opcode and its operand.
fn take_head(code: &mut &[u8]) -> (u32, u32) {
    let head = take_number(code);
    (head & ((1 << OPCODE_BITS) - 1), head >> OPCODE_BITS)
}

/// Sorts the clauses of an "all" or "any" and drops repetitions. A single clause needs no group.
fn group(mut clauses: Vec<Clause>, new: fn(Vec<Clause>) -> Clause) -> Clause {
    clauses.sort_unstable();
    clauses.dedup();
    if clauses.len() == 1 { clauses.remove(0) } else { new(clauses) }
}

/// The length in bytes of the clause at the beginning of `code`.
pub(super) fn length(code: &[u8]) -> usize {
    let mut rest = code;
    let (opcode, operand) = take_head(&mut rest);
    let head = code.len() - rest.len();
    match opcode {
        KEY | PATTERN => head,
        NOT => head + length(rest),
        _ => head + operand as usize,
    }
}

fn clauses(mut code: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if code.is_empty() {
            return None;
        }
        let (clause, rest) = code.split_at(length(code));
        code = rest;
        Some(clause)
    })
}

fn keys(mut code: &[u8]) -> impl Iterator<Item = KeyId> + Clone {
    std::iter::from_fn(move || (!code.is_empty()).then(|| take_number(&mut code)))
}

/// Calls `visit` with every key of a program.
pub(super) fn for_each_key(mut code: &[u8], visit: &mut impl FnMut(KeyId)) {
    match take_head(&mut code) {
        (KEY, key) => visit(key),
        (NOT, _) => for_each_key(code, visit),
        (ALL | ANY, _) => clauses(code).for_each(|clause| for_each_key(clause, visit)),
        (PHRASE, _) => keys(code).for_each(visit),
        (NEAR, _) => {
            let (_within, _left) = (take_number(&mut code), take_number(&mut code));
            clauses(code).for_each(|clause| for_each_key(clause, visit));
        }
        _ => {}
    }
}

/// Calls `visit` with the number of every regular expression of a program.
pub(super) fn for_each_pattern(mut code: &[u8], visit: &mut impl FnMut(u32)) {
    match take_head(&mut code) {
        (PATTERN, number) => visit(number),
        (NOT, _) => for_each_pattern(code, visit),
        (ALL | ANY, _) => clauses(code).for_each(|clause| for_each_pattern(clause, visit)),
        _ => {}
    }
}

/// A program's verdict on a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Truth {
    False,
    True,
    /// Regular expressions decide.
    Undecided,
}

impl Truth {
    fn from(holds: bool) -> Self {
        if holds { Self::True } else { Self::False }
    }
}

/// The part of a program that regular expressions decide, once its keys are known.
#[derive(Clone, Debug)]
pub(super) enum PatternCondition {
    Pattern(Pattern),
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl PatternCondition {
    /// Whether the condition holds for the document of the search.
    pub(super) fn holds(&self, search: &mut PatternSearch<'_>, steps: &mut StepBudget) -> Result<bool, CutOff> {
        match self {
            Self::Pattern(pattern) => search.matches(pattern, steps),
            Self::Not(inner) => Ok(!inner.holds(search, steps)?),
            Self::All(parts) => Self::decided_by(false, parts, search, steps),
            Self::Any(parts) => Self::decided_by(true, parts, search, steps),
        }
    }

    /// Whether one of the parts decides an "any", `true`, or an "all", `false`. A part cut off leaves the
    /// decision to the others.
    fn decided_by(
        decisive: bool,
        parts: &[Self],
        search: &mut PatternSearch<'_>,
        steps: &mut StepBudget,
    ) -> Result<bool, CutOff> {
        let mut cut_off = false;
        for part in parts {
            match part.holds(search, steps) {
                Ok(holds) if holds == decisive => return Ok(decisive),
                Ok(_) => {}
                Err(CutOff) => cut_off = true,
            }
        }
        if cut_off { Err(CutOff) } else { Ok(!decisive) }
    }
}

/// Whether a program holds for a document.
pub(super) fn holds(mut code: &[u8], document_keys: &DocumentKeys, steps: &mut StepBudget) -> Result<Truth, CutOff> {
    Ok(match take_head(&mut code) {
        (KEY, key) => Truth::from(document_keys.contains(key)),
        (NOT, _) => match holds(code, document_keys, steps)? {
            Truth::False => Truth::True,
            Truth::True => Truth::False,
            Truth::Undecided => Truth::Undecided,
        },
        (ALL, _) => decided_by(Truth::False, code, document_keys, steps)?,
        (ANY, _) => decided_by(Truth::True, code, document_keys, steps)?,
        (PHRASE, _) => Truth::from(document_keys.each_phrase(keys(code), steps, &mut |_, _| false)?),
        (NEAR, _) => {
            let within = take_number(&mut code);
            let length = take_number(&mut code);
            let (left, right) = code.split_at(length as usize);
            let left = occurrences(left, document_keys, steps)?;
            if left.is_empty() {
                return Ok(Truth::False);
            }
            let right = occurrences(right, document_keys, steps)?;
            // Sorting, and a binary search for each on the left.
            steps.spend(4 * (left.len() + right.len()) as u64)?;
            let right = SortedOccurrences::new(&right);
            Truth::from(left.into_iter().any(|occurrence| right.has_near(occurrence, within)))
        }
        _ => Truth::Undecided,
    })
}

/// The truth of an "all", decided by a false clause, or of an "any", by a true one.
fn decided_by(
    decisive: Truth,
    code: &[u8],
    document_keys: &DocumentKeys,
    steps: &mut StepBudget,
) -> Result<Truth, CutOff> {
    let mut truth = if decisive == Truth::True { Truth::False } else { Truth::True };
    for clause in clauses(code) {
        match holds(clause, document_keys, steps)? {
            Truth::Undecided => truth = Truth::Undecided,
            of_clause if of_clause == decisive => return Ok(decisive),
            _ => {}
        }
    }
    Ok(truth)
}

/// The part of a program that the keys of a document leave undecided; `None` if they decide all of it.
pub(super) fn undecided_part(
    mut code: &[u8],
    document_keys: &DocumentKeys,
    patterns: &PatternTable,
    steps: &mut StepBudget,
) -> Result<Option<PatternCondition>, CutOff> {
    if holds(code, document_keys, steps)? != Truth::Undecided {
        return Ok(None);
    }
    let mut parts = |code| -> Result<Vec<PatternCondition>, CutOff> {
        clauses(code).filter_map(|clause| undecided_part(clause, document_keys, patterns, steps).transpose()).collect()
    };
    Ok(match take_head(&mut code) {
        (ALL, _) => Some(PatternCondition::All(parts(code)?)),
        (ANY, _) => Some(PatternCondition::Any(parts(code)?)),
        (NOT, _) => parts(code)?.pop().map(|inner| PatternCondition::Not(Box::new(inner))),
        (_, number) => patterns.get(number).cloned().map(PatternCondition::Pattern),
    })
}

/// The occurrences of keys and phrases.
fn occurrences(side: &[u8], document_keys: &DocumentKeys, steps: &mut StepBudget) -> Result<Vec<(u32, u32)>, CutOff> {
    let mut found = Vec::new();
    for mut clause in clauses(side) {
        let mut add = |start, end| {
            found.push((start, end));
            true
        };
        match take_head(&mut clause) {
            (KEY, key) => document_keys.each_occurrence(key, steps, &mut add)?,
            _ => document_keys.each_phrase(keys(clause), steps, &mut add)?,
        };
    }
    Ok(found)
}

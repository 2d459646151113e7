//! Rules as short programs over keys: equal rules have equal programs, whatever the order of their parts.
//!
//! A program is a row of numbers, each in as few bytes as it needs: seven bits a byte, the lowest first, and the eighth bit
//! set where more follow. The lowest three bits of a part's first number say what it is, the others are its operand:
//!
//! ```text
//! key K             the key K is satisfied
//! not P             the part P does not hold; its operand is of no meaning
//! all LEN P…        every part holds; LEN is the length of all of them in bytes
//! any LEN P…        one of the parts holds
//! run LEN K…        the keys are satisfied by words in a row
//! near LEN W L P…   a place of the parts in the first L bytes lies within W words of one of the others
//! pattern I         the regular expression with the number I matches
//! ```

use super::document_keys::Present;
use super::lexicon::{Key, Lexicon, Wanted};
use super::patterns::Patterns;
use crate::eval::{self, Ordered};
use crate::grammar::{Expr, Form, Term};
use ceasewire_text::analysis::Doc;

/// Bits that say what a part is.
const KIND_BITS: u32 = 3;
const KEY: u32 = 0;
const NOT: u32 = 1;
const ALL: u32 = 2;
const ANY: u32 = 3;
const RUN: u32 = 4;
const NEAR: u32 = 5;
const PATTERN: u32 = 6;

/// A rule with its words replaced by keys, in canonical order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Key(Key),
    Run(Vec<Key>),
    Near { left: Vec<Part>, right: Vec<Part>, within: u32 },
    Pattern(u32),
    Not(Box<Part>),
    All(Vec<Part>),
    Any(Vec<Part>),
}

impl Part {
    /// Brings a rule into canonical form, making the keys that it needs. A new regular expression is put into `patterns`.
    pub(super) fn new(expr: &Expr, lexicon: &mut Lexicon, patterns: &mut Patterns) -> Self {
        match expr {
            Expr::All(parts) => {
                let parts = parts.iter().map(|part| Self::new(part, lexicon, patterns));
                let flat = parts.flat_map(|part| if let Self::All(inner) = part { inner } else { vec![part] });
                group(flat.collect(), Self::All)
            }
            Expr::Any(parts) => {
                let parts = parts.iter().map(|part| Self::new(part, lexicon, patterns));
                let flat = parts.flat_map(|part| if let Self::Any(inner) = part { inner } else { vec![part] });
                group(flat.collect(), Self::Any)
            }
            Expr::Not(inner) => match Self::new(inner, lexicon, patterns) {
                Self::Not(inner) => *inner,
                inner => Self::Not(Box::new(inner)),
            },
            Expr::Term(term) => Self::term(term, lexicon),
            Expr::Near { left, right, within } => {
                let mut side = |terms: &[Term]| {
                    let mut parts: Vec<Self> = terms.iter().map(|term| Self::term(term, lexicon)).collect();
                    for part in &parts {
                        if let Self::Key(key) = part {
                            lexicon.make_positional(*key);
                        }
                    }
                    parts.sort_unstable();
                    parts.dedup();
                    parts
                };
                // In either order is what it means; one order is what it is kept in.
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

    fn term(term: &Term, lexicon: &mut Lexicon) -> Self {
        if let Some(spellings) = &term.spellings {
            return Self::Key(lexicon.name_key(term.field, spellings));
        }
        let wanted = if term.form == Form::Inflected && !term.prefix { Wanted::Inflected } else { Wanted::Exact };
        let last = term.tokens.len() - 1;
        let mut key = |number: usize, word: &String| {
            let wanted = if term.prefix && number == last { Wanted::Beginning } else { wanted };
            lexicon.word_key(term.field, wanted, word)
        };
        let keys: Vec<Key> = term.tokens.iter().enumerate().map(|(number, word)| key(number, word)).collect();
        if let [key] = keys[..] {
            return Self::Key(key);
        }
        for &key in &keys {
            lexicon.make_positional(key);
        }
        Self::Run(keys)
    }

    /// The program.
    pub(super) fn encode(&self, code: &mut Vec<u8>) {
        let block = |code: &mut Vec<u8>, kind: u32, body: &[u8]| {
            push_head(code, kind, body.len() as u32);
            code.extend_from_slice(body);
        };
        let encoded = |parts: &[Self]| {
            let mut body = Vec::new();
            parts.iter().for_each(|part| part.encode(&mut body));
            body
        };
        match self {
            Self::Key(key) => push_head(code, KEY, *key),
            Self::Pattern(number) => push_head(code, PATTERN, *number),
            Self::Not(inner) => {
                push_head(code, NOT, 0);
                inner.encode(code);
            }
            Self::All(parts) => block(code, ALL, &encoded(parts)),
            Self::Any(parts) => block(code, ANY, &encoded(parts)),
            Self::Run(keys) => {
                let mut body = Vec::new();
                keys.iter().for_each(|&key| push_number(&mut body, key));
                block(code, RUN, &body);
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

fn push_head(code: &mut Vec<u8>, kind: u32, operand: u32) {
    push_number(code, operand << KIND_BITS | kind);
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

/// Reads what a part is, with its operand.
fn take_head(code: &mut &[u8]) -> (u32, u32) {
    let head = take_number(code);
    (head & ((1 << KIND_BITS) - 1), head >> KIND_BITS)
}

/// Sorts the parts of an "all" or "any", drops repetitions, and leaves a lone part as it is.
fn group(mut parts: Vec<Part>, of: fn(Vec<Part>) -> Part) -> Part {
    parts.sort_unstable();
    parts.dedup();
    if parts.len() == 1 { parts.remove(0) } else { of(parts) }
}

/// The length of the part that begins here, in bytes.
pub(super) fn length(code: &[u8]) -> usize {
    let mut rest = code;
    let (kind, operand) = take_head(&mut rest);
    let head = code.len() - rest.len();
    match kind {
        KEY | PATTERN => head,
        NOT => head + length(rest),
        _ => head + operand as usize,
    }
}

fn parts(mut code: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        if code.is_empty() {
            return None;
        }
        let (part, rest) = code.split_at(length(code));
        code = rest;
        Some(part)
    })
}

fn keys(mut code: &[u8]) -> impl Iterator<Item = Key> + Clone {
    std::iter::from_fn(move || (!code.is_empty()).then(|| take_number(&mut code)))
}

/// Calls `visit` with every key of a program.
pub(super) fn for_each_key(mut code: &[u8], visit: &mut impl FnMut(Key)) {
    match take_head(&mut code) {
        (KEY, key) => visit(key),
        (NOT, _) => for_each_key(code, visit),
        (ALL | ANY, _) => parts(code).for_each(|part| for_each_key(part, visit)),
        (RUN, _) => keys(code).for_each(visit),
        (NEAR, _) => {
            let (_within, _left) = (take_number(&mut code), take_number(&mut code));
            parts(code).for_each(|part| for_each_key(part, visit));
        }
        _ => {}
    }
}

/// Calls `visit` with the number of every regular expression of a program.
pub(super) fn for_each_pattern(mut code: &[u8], visit: &mut impl FnMut(u32)) {
    match take_head(&mut code) {
        (PATTERN, number) => visit(number),
        (NOT, _) => for_each_pattern(code, visit),
        (ALL | ANY, _) => parts(code).for_each(|part| for_each_pattern(part, visit)),
        _ => {}
    }
}

/// Whether a program holds.
pub(super) fn holds(mut code: &[u8], present: &Present, patterns: &Patterns, doc: &Doc) -> bool {
    match take_head(&mut code) {
        (KEY, key) => present.has(key),
        (NOT, _) => !holds(code, present, patterns, doc),
        (ALL, _) => parts(code).all(|part| holds(part, present, patterns, doc)),
        (ANY, _) => parts(code).any(|part| holds(part, present, patterns, doc)),
        (RUN, _) => present.each_run(keys(code), &mut |_, _| false),
        (NEAR, _) => {
            let within = take_number(&mut code);
            let length = take_number(&mut code);
            let (left, right) = code.split_at(length as usize);
            let left = places(left, present);
            if left.is_empty() {
                return false;
            }
            let right = Ordered::new(&places(right, present));
            left.into_iter().any(|place| right.has_near(place, within))
        }
        (_, number) => patterns.get(number).is_some_and(|pattern| eval::found_by(pattern, doc)),
    }
}

/// The places of keys and runs.
fn places(side: &[u8], present: &Present) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for mut part in parts(side) {
        let mut add = |start, end| {
            found.push((start, end));
            true
        };
        match take_head(&mut part) {
            (KEY, key) => present.each_place(key, &mut add),
            _ => present.each_run(keys(part), &mut add),
        };
    }
    found
}

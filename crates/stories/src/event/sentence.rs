//! A sentence as its facts are read from it: words with what stands between them, cues, and names.

use super::lexicon::{self, Cue, Hit, Lexicon};
use super::names::{self, Mention};
use ceasewire_profile::Vocabulary;
use ceasewire_text::Doc;

/// A word.
#[derive(Clone, Debug)]
pub(super) struct Token {
    /// Its bytes in the sentence.
    pub(super) start: usize,
    pub(super) end: usize,
    /// Whether it begins with a capital letter.
    pub(super) capital: bool,
    /// What stands between it and the word before.
    pub(super) gap: Gap,
}

/// What stands between two words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Blanks, a hyphen, an apostrophe.
    Joined,
    /// The stop of an abbreviation.
    Stop,
    /// A comma.
    Comma,
    /// A quotation mark or a bracket.
    Mark,
    /// A colon, a semicolon, a dash.
    Break,
}

/// A sentence.
pub(super) struct Sentence<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<Token>,
    pub(super) words: Vec<String>,
    pub(super) hits: Vec<Hit>,
    pub(super) names: Vec<Mention>,
    /// Whether the language has its verbs at the end: what is denied or called for stands before the word that says so.
    pub(super) verb_final: bool,
    pub(super) doc: Doc,
}

impl<'a> Sentence<'a> {
    /// Cuts a sentence into words and finds its cues.
    pub(super) fn new(text: &'a str, language: Option<&str>) -> Self {
        let doc = Doc::new("", text).in_language(language);
        let mut tokens = Vec::with_capacity(doc.len());
        let mut words = Vec::with_capacity(doc.len());
        let mut before = 0;
        for number in 0..doc.len() {
            let span = doc.span(number);
            let between = text.get(before..span.start).unwrap_or_default();
            let capital = text[span.clone()].chars().next().is_some_and(char::is_uppercase);
            tokens.push(Token { start: span.start, end: span.end, capital, gap: gap(between) });
            before = span.end;
            words.push(lexicon::plain(doc.word(number)));
        }
        let hits = Lexicon::of(language, text).hits(&words);
        let verb_final = is_verb_final(language, text);
        Self { text, tokens, words, hits, names: Vec::new(), verb_final, doc }
    }

    /// Finds the names in it.
    pub(super) fn read_names(&mut self, vocabulary: &Vocabulary) {
        let found = vocabulary.names_in(&self.doc);
        self.names = names::mentions(self, vocabulary, &found);
    }

    /// Whether a cue stands anywhere.
    pub(super) fn has(&self, cue: Cue) -> bool {
        self.hits.iter().any(|hit| hit.cue == cue)
    }

    /// The places of a cue.
    pub(super) fn all(&self, cue: Cue) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.cue == cue)
    }

    /// The places of a cue within these words.
    pub(super) fn within(&self, cue: Cue, from: usize, to: usize) -> Option<&Hit> {
        self.hits.iter().find(|hit| hit.cue == cue && hit.from >= from && hit.to <= to)
    }

    /// Whether a cue stands right before this word, or up to `reach` words before it in the same clause.
    pub(super) fn before(&self, cue: Cue, word: usize, reach: usize) -> Option<&Hit> {
        let from = self.clause_start(word).max(word.saturating_sub(reach));
        self.hits.iter().rev().find(|hit| hit.cue == cue && hit.to <= word && hit.to > from)
    }

    /// Whether a cue stands up to `reach` words after this word, which is the first that counts, in the same clause.
    pub(super) fn after(&self, cue: Cue, word: usize, reach: usize) -> Option<&Hit> {
        let to = self.clause_end(word).min(word + reach);
        self.hits.iter().find(|hit| hit.cue == cue && hit.from >= word && hit.from < to)
    }

    /// The first word of the clause that a word stands in.
    pub(super) fn clause_start(&self, word: usize) -> usize {
        (1..=word.min(self.tokens.len().saturating_sub(1)))
            .rev()
            .find(|&at| self.tokens[at].gap >= Gap::Break || self.is_but(at) || self.comma_ends_clause(at))
            .unwrap_or(0)
    }

    /// The word after the last of the clause that a word stands in.
    pub(super) fn clause_end(&self, word: usize) -> usize {
        (word + 1..self.tokens.len())
            .find(|&at| self.tokens[at].gap >= Gap::Break || self.is_but(at) || self.comma_ends_clause(at))
            .unwrap_or(self.tokens.len())
    }

    fn is_but(&self, at: usize) -> bool {
        self.hits.iter().any(|hit| hit.from == at && hit.cue == Cue::But)
    }

    /// A comma between two words parts clauses unless it stands within a list of names or before a date.
    fn comma_ends_clause(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.gap == Gap::Comma && !token.capital && !self.words[at].starts_with(|c: char| c.is_ascii_digit())
    }

    /// The words as they are written.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if first.start <= last.end => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// Whether what this word says is said not to be so.
    pub(super) fn is_denied(&self, word: usize) -> bool {
        self.near(Cue::Not, word, 4).is_some() || self.near(Cue::Deny, word, 6).is_some()
    }

    /// Whether what this word says is only supposed.
    pub(super) fn is_supposed(&self, word: usize) -> bool {
        self.near(Cue::If, word, 7).is_some()
    }

    /// Whether a cue stands before this word, or after it where verbs end the sentence.
    pub(super) fn near(&self, cue: Cue, word: usize, reach: usize) -> Option<&Hit> {
        let after = || self.verb_final.then(|| self.after(cue, word + 1, reach + 2)).flatten();
        self.before(cue, word, reach).or_else(after)
    }
}

fn is_verb_final(language: Option<&str>, text: &str) -> bool {
    let primary = language.and_then(|tag| tag.split(['-', '_']).next()).unwrap_or_default();
    matches!(primary, "tr" | "az" | "hy" | "ka" | "fa")
        || text.chars().any(|c| matches!(c, '\u{530}'..='\u{58F}' | '\u{10A0}'..='\u{10FF}' | '\u{600}'..='\u{6FF}'))
}

fn gap(between: &str) -> Gap {
    let mut widest = Gap::Joined;
    let spaced_dash = between.len() > 1 && between.contains(['-', '–', '—']);
    for c in between.chars() {
        let gap = match c {
            '.' => Gap::Stop,
            ',' | '،' | '՝' => Gap::Comma,
            '"' | '“' | '”' | '«' | '»' | '(' | ')' | '[' | ']' | '‘' | '„' => Gap::Mark,
            ';' | ':' | '—' | '–' | '!' | '?' | '։' | '؛' | '…' => Gap::Break,
            _ => Gap::Joined,
        };
        widest = widest.max(gap);
    }
    if spaced_dash { Gap::Break } else { widest }
}

//! A sentence with annotations: its words with the marks between them, its cues and its names.

use super::context::ArticleContext;
use super::cues::{self, CueLexicon, CueMatch, EventCue};
use super::names::{self, EntityMention};
use crate::grammar::{self, WordRole};
use ceasewire_profile::Vocabulary;
use ceasewire_text::Doc;

/// A word of a sentence.
#[derive(Clone, Debug)]
pub(super) struct SentenceToken {
    /// The first byte in the sentence.
    pub(super) start: usize,
    /// The byte after the last.
    pub(super) end: usize,
    /// Whether the word begins with a capital letter.
    pub(super) capital: bool,
    /// The marks between the word and the word before it.
    pub(super) gap: TokenGap,
}

/// The marks between two words, by ascending separation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TokenGap {
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

/// A sentence with its annotations.
pub(super) struct AnnotatedSentence<'a> {
    pub(super) text: &'a str,
    pub(super) tokens: Vec<SentenceToken>,
    pub(super) words: Vec<String>,
    pub(super) hits: Vec<CueMatch>,
    pub(super) names: Vec<EntityMention>,
    /// Whether verbs end the sentence: a denied or requested event then stands before the word for the denial or the
    /// call.
    pub(super) verb_final: bool,
    /// Whether all nouns have a capital.
    pub(super) capital_nouns: bool,
    pub(super) doc: Doc,
    pub(super) context: ArticleContext,
    /// Whether the sentence names a side of the profile's war, a person or a place of it.
    pub(super) names_side: bool,
}

impl<'a> AnnotatedSentence<'a> {
    /// Splits a sentence into words and finds its cues.
    pub(super) fn new(text: &'a str, language: Option<&str>) -> Self {
        let doc = Doc::new("", text).in_language(language);
        let mut tokens = Vec::with_capacity(doc.len());
        let mut words = Vec::with_capacity(doc.len());
        let mut before = 0;
        for number in 0..doc.len() {
            let span = doc.span(number);
            let between = text.get(before..span.start).unwrap_or_default();
            let capital = text[span.clone()].chars().next().is_some_and(char::is_uppercase);
            tokens.push(SentenceToken { start: span.start, end: span.end, capital, gap: gap(between) });
            before = span.end;
            words.push(cues::fold_yo(doc.word(number)));
        }
        let lexicon = CueLexicon::find(language, text);
        let hits = lexicon.find_cues(&words);
        let capital_nouns = lexicon.has_capital_nouns();
        let verb_final = cues::is_verb_final(language, text);
        Self {
            text,
            tokens,
            words,
            hits,
            names: Vec::new(),
            verb_final,
            capital_nouns,
            doc,
            context: ArticleContext::default(),
            names_side: false,
        }
    }

    /// Finds the names.
    pub(super) fn read_names(&mut self, vocabulary: &Vocabulary, sides: &[String]) {
        let found = vocabulary.names_in(&self.doc);
        self.names_side = found
            .iter()
            .filter_map(|named| vocabulary.name(named.set)?.country.as_ref())
            .any(|country| sides.contains(country));
        self.names = names::find_mentions(self, vocabulary, &found);
    }

    /// Whether the sentence may report an event of a conflict: its article is about one, or it names a side of the
    /// profile's and nothing of crime, accidents, sport and trade.
    pub(super) fn is_of_conflict(&self) -> bool {
        self.context.is_conflict() || !self.context.civil && self.names_side
    }

    /// Whether a word has a role; no word has none.
    pub(super) fn has_role(&self, word: usize, role: WordRole) -> bool {
        self.words.get(word).is_some_and(|word| grammar::has_role(word, role))
    }

    /// Whether the word before a word has a role.
    pub(super) fn follows(&self, word: usize, role: WordRole) -> bool {
        word.checked_sub(1).is_some_and(|before| self.has_role(before, role))
    }

    /// Whether capitals show no names: all nouns have them, or the script has none.
    pub(super) fn hides_names(&self) -> bool {
        self.capital_nouns || !self.text.contains(|c: char| c.is_uppercase() || c.is_lowercase())
    }

    /// Whether the sentence contains a cue.
    pub(super) fn has(&self, cue: EventCue) -> bool {
        self.hits.iter().any(|hit| hit.cue == cue)
    }

    /// Lists the matches of a cue.
    pub(super) fn all(&self, cue: EventCue) -> impl Iterator<Item = &CueMatch> {
        self.hits.iter().filter(move |hit| hit.cue == cue)
    }

    /// Finds a cue between two words.
    pub(super) fn within(&self, cue: EventCue, from: usize, to: usize) -> Option<&CueMatch> {
        self.hits.iter().find(|hit| hit.cue == cue && hit.from >= from && hit.to <= to)
    }

    /// Finds a cue up to `reach` words before a word, in the same clause.
    pub(super) fn before(&self, cue: EventCue, word: usize, reach: usize) -> Option<&CueMatch> {
        let from = self.clause_start(word).max(word.saturating_sub(reach));
        self.hits.iter().rev().find(|hit| hit.cue == cue && hit.to <= word && hit.to > from)
    }

    /// Finds a cue among the `reach` words from a word on, in the same clause.
    pub(super) fn after(&self, cue: EventCue, word: usize, reach: usize) -> Option<&CueMatch> {
        let to = self.clause_end(word).min(word + reach);
        self.hits.iter().find(|hit| hit.cue == cue && hit.from >= word && hit.from < to)
    }

    /// The first word of a word's clause.
    pub(super) fn clause_start(&self, word: usize) -> usize {
        (1..=word.min(self.tokens.len().saturating_sub(1)))
            .rev()
            .find(|&at| self.tokens[at].gap >= TokenGap::Break || self.is_but(at) || self.comma_ends_clause(at))
            .unwrap_or(0)
    }

    /// The word after the last of a word's clause.
    pub(super) fn clause_end(&self, word: usize) -> usize {
        (word + 1..self.tokens.len())
            .find(|&at| self.tokens[at].gap >= TokenGap::Break || self.is_but(at) || self.comma_ends_clause(at))
            .unwrap_or(self.tokens.len())
    }

    fn is_but(&self, at: usize) -> bool {
        self.hits.iter().any(|hit| hit.from == at && hit.cue == EventCue::But)
    }

    /// Whether the comma before a word separates clauses: not before a name or a number.
    fn comma_ends_clause(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.gap == TokenGap::Comma && !token.capital && !self.words[at].starts_with(|c: char| c.is_ascii_digit())
    }

    /// The words as written.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        match (self.tokens.get(from), to.checked_sub(1).and_then(|last| self.tokens.get(last))) {
            (Some(first), Some(last)) if first.start <= last.end => &self.text[first.start..last.end],
            _ => "",
        }
    }

    /// Whether the sentence denies the word.
    pub(super) fn is_denied(&self, word: usize) -> bool {
        self.near(EventCue::Not, word, 4).is_some() || self.near(EventCue::Deny, word, 6).is_some()
    }

    /// Whether the word is only a supposition.
    pub(super) fn is_supposed(&self, word: usize) -> bool {
        self.near(EventCue::If, word, 7).is_some()
    }

    /// Finds a cue before a word, or after it in a sentence with the verb last.
    pub(super) fn near(&self, cue: EventCue, word: usize, reach: usize) -> Option<&CueMatch> {
        let after = || self.verb_final.then(|| self.after(cue, word + 1, reach + 2)).flatten();
        self.before(cue, word, reach).or_else(after)
    }
}

fn gap(between: &str) -> TokenGap {
    let mut widest = TokenGap::Joined;
    let spaced_dash = between.len() > 1 && between.contains(['-', '–', '—']);
    for c in between.chars() {
        let gap = match c {
            '.' => TokenGap::Stop,
            ',' | '،' | '՝' => TokenGap::Comma,
            '"' | '“' | '”' | '«' | '»' | '(' | ')' | '[' | ']' | '‘' | '„' => TokenGap::Mark,
            ';' | ':' | '—' | '–' | '!' | '?' | '։' | '؛' | '…' => TokenGap::Break,
            _ => TokenGap::Joined,
        };
        widest = widest.max(gap);
    }
    if spaced_dash { TokenGap::Break } else { widest }
}

//! Splits a rule into tokens, each with its byte range. Every form of a sign counts as the sign
//! ([`ceasewire_text::signs`]); invisible characters count as nothing.

use std::ops::Range;

use super::near;
use super::wildcard;
use super::{Fault, RuleFault, Written};
use ceasewire_text::signs::{self, Quote};

/// A token of the rule language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RuleToken {
    Open,
    Close,
    Comma,
    Or,
    And,
    Not,
    Near(u32),
    /// The name of `title:` in lower case; the operand is the next token.
    Field(String),
    /// `=`, right before a word or phrase.
    Exact,
    /// A regular expression, without its slashes.
    Pattern(String),
    /// Quoted words, without quotes and star.
    Phrase {
        text: String,
        prefix: bool,
    },
    /// A bare word, without star.
    Word {
        text: String,
        prefix: bool,
    },
}

pub(super) type SpannedToken = (RuleToken, Range<usize>);

/// The names of fields.
pub(super) const FIELDS: [&str; 4] = ["title", "source", "lang", "topic"];
/// Flags behind a regular expression that change nothing: every search is global, in Unicode, and ignores case.
const IDLE_FLAGS: &str = "giuy";
/// Flags behind a regular expression that `(?…)` at its beginning expresses.
const INLINE_FLAGS: &str = "msx";

/// A character of a rule: its place, as written, and the plain sign that it is a form of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sign {
    pub(super) at: usize,
    pub(super) raw: char,
    pub(super) c: char,
}

impl Sign {
    fn is_space(self) -> bool {
        self.c.is_whitespace()
    }

    pub(super) fn is_letter(self) -> bool {
        signs::is_word_char(self.raw)
    }
}

/// Splits a rule into tokens.
pub(super) fn lex(rule: &str, written: Written) -> Result<Vec<SpannedToken>, Fault> {
    let mut lexer = Lexer { rule, written, signs: visible(rule), next: 0, tokens: Vec::new(), dropped: None };
    let is_list = lexer.is_typed() && lexer.count_bulleted_lines() > 1;
    while let Some(sign) = lexer.peek(0) {
        if sign.is_space() {
            lexer.next += 1;
        } else if let Some(length) = lexer.list_mark(is_list) {
            lexer.next += length;
        } else {
            lexer.token(sign)?;
        }
    }
    let Lexer { mut tokens, dropped, .. } = lexer;
    if written == Written::Typed {
        drop_last_commas(&mut tokens);
    }
    match (tokens.is_empty(), dropped) {
        (true, Some(span)) => Err((span, RuleFault::NoWord)),
        _ => Ok(tokens),
    }
}

/// The characters of a rule without the invisible ones. A joiner inside of a word belongs to its spelling.
fn visible(rule: &str) -> Vec<Sign> {
    let mut found: Vec<Sign> = Vec::with_capacity(rule.len());
    let mut rest = rule.char_indices().peekable();
    while let Some((at, raw)) = rest.next() {
        let is_inside = |found: &[Sign], next: Option<char>| {
            found.last().is_some_and(|sign| sign.is_letter()) && next.is_some_and(char::is_alphanumeric)
        };
        if !signs::is_invisible(raw) || signs::is_joiner(raw) && is_inside(&found, rest.peek().map(|&(_, next)| next)) {
            found.push(Sign { at, raw, c: signs::plain(raw) });
        }
    }
    found
}

/// Drops commas that nothing follows: the end of an unfinished list.
fn drop_last_commas(tokens: &mut Vec<SpannedToken>) {
    let mut kept: Vec<SpannedToken> = Vec::with_capacity(tokens.len());
    for token in tokens.drain(..) {
        if token.0 == RuleToken::Close && kept.last().is_some_and(|(last, _)| *last == RuleToken::Comma) {
            kept.pop();
        }
        kept.push(token);
    }
    if kept.len() > 1 && kept.last().is_some_and(|(last, _)| *last == RuleToken::Comma) {
        kept.pop();
    }
    *tokens = kept;
}

struct Lexer<'a> {
    rule: &'a str,
    written: Written,
    signs: Vec<Sign>,
    next: usize,
    tokens: Vec<SpannedToken>,
    /// The last sign without a letter that stands for nothing: an emoji, a bullet.
    dropped: Option<Range<usize>>,
}

impl Lexer<'_> {
    fn is_typed(&self) -> bool {
        self.written == Written::Typed
    }

    fn peek(&self, ahead: usize) -> Option<Sign> {
        self.signs.get(self.next + ahead).copied()
    }

    fn is_letter_at(&self, place: usize) -> bool {
        self.signs.get(place).is_some_and(|sign| sign.is_letter())
    }

    /// The byte range of the signs `from..to`.
    fn span(&self, from: usize, to: usize) -> Range<usize> {
        let start = self.signs.get(from).map_or(self.rule.len(), |sign| sign.at);
        let end = self.signs.get(to.max(from + 1) - 1).map_or(self.rule.len(), |sign| sign.at + sign.raw.len_utf8());
        start..end
    }

    /// Adds a token of the next `length` signs.
    fn push(&mut self, token: RuleToken, length: usize) {
        let span = self.span(self.next, self.next + length);
        self.next += length;
        self.tokens.push((token, span));
    }

    fn is_in(&self, field: &[&str]) -> bool {
        matches!(self.tokens.last(), Some((RuleToken::Field(name), _)) if field.contains(&name.as_str()))
    }

    fn token(&mut self, sign: Sign) -> Result<(), Fault> {
        let repeats =
            |lexer: &Self| (0..).take_while(|&ahead| lexer.peek(ahead).is_some_and(|s| s.c == sign.c)).count();
        let quote = signs::quote(sign.raw);
        match sign.c {
            '(' => self.push(RuleToken::Open, 1),
            ')' => self.push(RuleToken::Close, 1),
            ',' => self.push(RuleToken::Comma, 1),
            '|' => self.push(RuleToken::Or, repeats(self)),
            '&' => self.push(RuleToken::And, repeats(self)),
            '+' if self.peek(1).is_none_or(Sign::is_space) => self.push(RuleToken::And, 1),
            // The plus of search engines: the word must be there, as each word must.
            '+' => self.next += 1,
            // Some keyboards turn a typed minus into a dash.
            '-' => match self.peek(1) {
                Some(next) if !next.is_space() => self.push(RuleToken::Not, 1),
                _ => return Err((self.span(self.next, self.next + 1), RuleFault::NothingAfter("a minus".into()))),
            },
            '¬' => self.push(RuleToken::Not, 1),
            '=' => self.push(RuleToken::Exact, 1),
            '!' | '~' if self.begins_operand(repeats(self)) => {
                let span = self.span(self.next, self.next + repeats(self));
                return Err((span, RuleFault::MaybeNot(sign.c)));
            }
            '/' => self.pattern()?,
            _ if quote.is_some_and(Quote::is_certain) => match self.closing_quote() {
                Some(end) => self.phrase(end)?,
                None => return Err((self.span(self.next, self.next + 1), RuleFault::UnclosedQuote)),
            },
            _ if quote.is_some() => match self.closing_single_quote() {
                Some(end) => self.phrase(end)?,
                // An apostrophe before a word.
                None => self.next += 1,
            },
            _ => self.word()?,
        }
        Ok(())
    }

    /// Whether a word, a group or a phrase begins `ahead` signs from here.
    fn begins_operand(&self, ahead: usize) -> bool {
        self.peek(ahead).is_some_and(|sign| {
            sign.is_letter() || matches!(sign.c, '(' | '#' | '@' | '/') || signs::quote(sign.raw).is_some()
        })
    }

    /// The place of the quote that closes the one here. People mix the forms of quotes, and quote within quotes.
    fn closing_quote(&self) -> Option<usize> {
        let opener = self.signs[self.next].raw;
        let certain = |place: &usize| signs::quote(self.signs[*place].raw).is_some_and(Quote::is_certain);
        let mut later = (self.next + 1..self.signs.len()).filter(certain);
        if !self.is_typed() {
            return later.find(|&place| self.signs[place].raw == opener);
        }
        let mut depth = 0_usize;
        let mut first = None;
        for place in later {
            first = first.or(Some(place));
            let after_space = self.signs[place - 1].is_space() || self.signs[place - 1].c == '(';
            let before_word = self.is_letter_at(place + 1);
            if after_space && before_word && self.signs[place].raw != opener {
                depth += 1;
            } else if depth == 0 {
                return Some(place);
            } else {
                depth -= 1;
            }
        }
        first
    }

    /// The place of the single quote that closes the one here: behind a word, and before none.
    fn closing_single_quote(&self) -> Option<usize> {
        (self.next + 2..self.signs.len()).find(|&place| {
            signs::quote(self.signs[place].raw) == Some(Quote::Single)
                && !self.signs[place - 1].is_space()
                && !self.is_letter_at(place + 1)
        })
    }

    /// Reads the phrase between the quote here and the one at `end`.
    fn phrase(&mut self, end: usize) -> Result<(), Fault> {
        let inner = self.next + 1..end;
        if self.is_typed()
            && !self.is_in(&["source", "lang", "topic"])
            && let Some(stars) = wildcard::in_phrase(&self.signs[inner.clone()])
        {
            return Err((self.span(inner.start + stars.start, inner.start + stars.end), RuleFault::InnerStar));
        }
        let is_certain = |raw: char| signs::quote(raw).is_some_and(Quote::is_certain);
        let inner: String = match self.written {
            Written::Stored => self.rule[self.span(inner.start, inner.end)].to_owned(),
            // A quote inside of quotes could not be printed.
            Written::Typed => {
                self.signs[inner].iter().map(|sign| if is_certain(sign.raw) { ' ' } else { sign.raw }).collect()
            }
        };
        let inner = inner.replace('"', " ");
        let inner = inner.trim();
        let stem = inner.strip_suffix('*');
        let text = stem.unwrap_or(inner).split_whitespace().collect::<Vec<_>>().join(" ");
        let (from, prefix) = (self.next, stem.is_some());
        self.push(RuleToken::Phrase { text, prefix }, end + 1 - from);
        self.no_number_behind(from)
    }

    /// Checks that no boost and no slop, which other search engines know, follows what began at `from`.
    fn no_number_behind(&self, from: usize) -> Result<(), Fault> {
        let Some(sign) = self.peek(0).filter(|sign| matches!(sign.c, '^' | '~')) else { return Ok(()) };
        let digits = (1..).take_while(|&ahead| self.peek(ahead).is_some_and(|s| s.c.is_ascii_digit() || s.c == '.'));
        let end = self.next + 1 + digits.count();
        Err((self.span(from, end), if sign.c == '^' { RuleFault::Boost } else { RuleFault::Fuzzy }))
    }

    /// Reads the regular expression here, with flags behind it.
    fn pattern(&mut self) -> Result<(), Fault> {
        let mut escaped = false;
        let length = self.signs[self.next + 1..].iter().position(|sign| {
            let ends = sign.c == '/' && !escaped;
            escaped = sign.raw == '\\' && !escaped;
            ends
        });
        let Some(length) = length else {
            return Err((self.span(self.next, self.next + 1), RuleFault::UnclosedPattern));
        };
        let inner = self.next + 1..self.next + 1 + length;
        let mut source: String = match self.written {
            Written::Stored if length > 0 => self.rule[self.span(inner.start, inner.end)].to_owned(),
            _ => self.signs[inner.clone()].iter().map(|sign| sign.raw).collect(),
        };
        let behind = inner.end + 1;
        let flags: String =
            self.signs[behind..].iter().take_while(|sign| sign.is_letter()).map(|sign| sign.c).collect();
        if !flags.chars().all(|flag| IDLE_FLAGS.contains(flag) || INLINE_FLAGS.contains(flag)) {
            let end = (behind..self.signs.len()).find(|&place| self.ends_word(place)).unwrap_or(self.signs.len());
            return Err((self.span(self.next, end), RuleFault::PatternFlags));
        }
        let inline: String = flags.chars().filter(|&flag| INLINE_FLAGS.contains(flag)).collect();
        if !inline.is_empty() {
            source = format!("(?{inline}){source}");
        }
        self.push(RuleToken::Pattern(source), length + 2 + flags.chars().count());
        Ok(())
    }

    fn ends_word(&self, place: usize) -> bool {
        let Some(sign) = self.signs.get(place) else { return true };
        let letters = |places: &mut dyn Iterator<Item = usize>| places.take_while(|&at| self.is_letter_at(at)).count();
        sign.is_space()
            || matches!(sign.c, '(' | ')' | ',' | '|')
            || signs::quote(sign.raw).is_some_and(Quote::is_certain)
            // "drone+strike" asks for both; "R&D" is a word.
            || matches!(sign.c, '+' | '&')
                && self.is_typed()
                && letters(&mut (0..place).rev()) > 2
                && letters(&mut (place + 1..self.signs.len())) > 2
    }

    /// Reads the word here, or the field before its colon, an operator, or a distance.
    fn word(&mut self) -> Result<(), Fault> {
        if self.is_typed()
            && let Some(length) = signs::grouped_number(&self.rule[self.signs[self.next].at..])
        {
            let end = self.signs[self.next].at + length;
            let count = self.signs[self.next..].iter().take_while(|sign| sign.at < end).count();
            let text = self.signs[self.next..self.next + count].iter().map(|s| s.raw);
            let text = text.filter(|&raw| signs::digit(raw).is_some()).collect();
            self.push(RuleToken::Word { text, prefix: false }, count);
            return Ok(());
        }
        let length = (1..).take_while(|&ahead| !self.ends_word(self.next + ahead)).count() + 1;
        let text: String = self.signs[self.next..self.next + length].iter().map(|sign| sign.c).collect();
        if self.field(&text, length)? || self.near(&text, length)? {
            return Ok(());
        }
        match text.as_str() {
            "OR" => self.push(RuleToken::Or, length),
            "AND" => self.push(RuleToken::And, length),
            "NOT" => self.push(RuleToken::Not, length),
            _ => self.plain_word(length)?,
        }
        Ok(())
    }

    /// Reads a field, if the word `text` of `length` signs begins with one.
    fn field(&mut self, text: &str, length: usize) -> Result<bool, Fault> {
        if let Some(end) = text.find([':', '=']) {
            let name = text[..end].to_lowercase();
            let is_equals = text[end..].starts_with('=');
            if name.is_empty()
                || !name.chars().all(char::is_alphabetic)
                || text[end + 1..].starts_with("//")
                || is_equals && !(self.is_typed() && FIELDS.contains(&name.as_str()))
            {
                return Ok(false);
            }
            let count = text[..end].chars().count() + 1;
            if !FIELDS.contains(&name.as_str()) {
                return Err((self.span(self.next, self.next + count), RuleFault::UnknownField(name)));
            }
            self.push(RuleToken::Field(name), count);
            return Ok(true);
        }
        let name = text.to_lowercase();
        if !self.is_typed() || !FIELDS.contains(&name.as_str()) {
            return Ok(false);
        }
        let blanks = (length..).take_while(|&ahead| self.peek(ahead).is_some_and(Sign::is_space)).count();
        let is_field = self.peek(length + blanks).is_some_and(|sign| matches!(sign.c, ':' | '='));
        if is_field {
            self.push(RuleToken::Field(name), length + blanks + 1);
        }
        Ok(is_field)
    }

    /// Reads a distance, if the word `text` of `length` signs is one.
    fn near(&mut self, text: &str, length: usize) -> Result<bool, Fault> {
        let rest: String =
            self.signs[self.next + length..].iter().take(near::LONGEST_NUMBER).map(|sign| sign.c).collect();
        let Some((distance, more)) = near::read(text, &rest, self.written) else { return Ok(false) };
        let length = length + more;
        let Some(distance) = distance else {
            return Err((self.span(self.next, self.next + length), RuleFault::BadNear));
        };
        self.push(RuleToken::Near(distance), length);
        Ok(true)
    }

    /// Reads a word of `length` signs. Signs around it are no part of it.
    fn plain_word(&mut self, length: usize) -> Result<(), Fault> {
        let (from, to) = (self.next, self.next + length);
        let word = &self.signs[from..to];
        let whole = self.span(from, to);
        let Some(last) = word.iter().rposition(|sign| sign.is_letter()) else {
            let stars = word.iter().filter(|sign| sign.c == '*').count();
            self.next = to;
            return match stars {
                0 => {
                    self.dropped = Some(whole);
                    Ok(())
                }
                1 if length == 1 => Err((whole, RuleFault::BareStar)),
                _ => Err((whole, RuleFault::NoWord)),
            };
        };
        let first = word.iter().position(|sign| sign.is_letter()).unwrap_or(last);
        if let Some(fault) = wildcard::number_behind(word) {
            return Err((whole, fault));
        }
        if !self.is_in(&["source", "lang", "topic"]) && wildcard::in_word(word, first, last) {
            return Err((whole, RuleFault::InnerStar));
        }
        let prefix = word[last + 1..].first().is_some_and(|sign| sign.c == '*');
        let mut text: String = word[first..=last].iter().map(|sign| written_sign(*sign)).collect();
        if self.is_typed() && !prefix {
            text = without_possessive(&text).to_owned();
        }
        // The question mark of an address would be a wildcard in the normal form.
        text = text.replace('?', "/");
        if word.get(last + 1).is_some_and(|sign| sign.c == '.') && signs::initials(&text) == Some(text.len()) {
            text.push('.');
        }
        self.push(RuleToken::Word { text, prefix }, length);
        Ok(())
    }

    fn is_at_line_start(&self) -> bool {
        let mut before = self.signs[..self.next].iter().rev();
        before.find(|sign| !sign.is_space() || sign.c == '\n').is_none_or(|sign| sign.c == '\n')
    }

    /// The signs of the bullet or number of a list that stands here, before the first word of a line.
    fn list_mark(&self, is_list: bool) -> Option<usize> {
        if !self.is_typed() || !self.is_at_line_start() {
            return None;
        }
        let digits = (0..4).take_while(|&ahead| self.peek(ahead).is_some_and(|s| s.c.is_ascii_digit())).count();
        let marks = (digits..digits + 2)
            .take_while(|&ahead| {
                self.peek(ahead).is_some_and(|sign| match digits {
                    0 => is_list && matches!(sign.c, '-' | '*' | '+'),
                    _ => matches!(sign.c, '.' | ')'),
                })
            })
            .count();
        let length = digits + marks;
        let follows = self.peek(length).is_some_and(Sign::is_space)
            && self.signs[self.next + length..].iter().any(|sign| !sign.is_space());
        (digits < 4 && marks > 0 && follows).then_some(length)
    }

    fn count_bulleted_lines(&self) -> usize {
        let text: String = self.signs.iter().map(|sign| sign.c).collect();
        let is_bulleted = |line: &str| {
            let mut chars = line.trim_start().chars();
            matches!(chars.next(), Some('-' | '*' | '+')) && chars.next().is_some_and(char::is_whitespace)
        };
        text.lines().filter(|line| is_bulleted(line)).count()
    }
}

/// A sign inside of a word, as its normal form has it.
fn written_sign(sign: Sign) -> char {
    match signs::quote(sign.raw) {
        Some(Quote::Single) if sign.raw != '\'' => '’',
        _ if sign.is_letter() => sign.raw,
        _ => sign.c,
    }
}

/// Takes an English possessive off: "Armenia's" asks for Armenia.
fn without_possessive(text: &str) -> &str {
    let stem = ["'s", "’s", "'S", "’S"].iter().find_map(|ending| text.strip_suffix(ending));
    stem.filter(|stem| stem.chars().count() > 1 && stem.chars().all(char::is_alphanumeric)).unwrap_or(text)
}

//! Splits a rule into tokens, each with its byte range.

use std::ops::Range;

use super::{MAX_NEAR, RuleFault};

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

/// The quotes that close `open`. Phones type curly quotes, and writers of Russian or French angular ones.
fn closers(open: char) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '“' | '„' | '”' => Some(&['”', '“', '"']),
        '«' => Some(&['»']),
        _ => None,
    }
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || matches!(c, '(' | ')' | ',' | '|') || closers(c).is_some() || c == '»'
}

/// Splits a rule into tokens.
pub(super) fn lex(rule: &str) -> Result<Vec<SpannedToken>, (Range<usize>, RuleFault)> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = rule[at..].chars().next() {
        let after = at + c.len_utf8();
        let next = rule[after..].chars().next();
        let simple = match c {
            c if c.is_whitespace() => {
                at = after;
                continue;
            }
            '(' => Some(RuleToken::Open),
            ')' => Some(RuleToken::Close),
            ',' => Some(RuleToken::Comma),
            '|' => Some(RuleToken::Or),
            // Some keyboards turn a typed minus into a dash.
            '-' | '–' | '—' | '−' => match next {
                Some(next) if !next.is_whitespace() => Some(RuleToken::Not),
                _ => return Err((at..after, RuleFault::NothingAfter("a minus".into()))),
            },
            '=' => Some(RuleToken::Exact),
            '»' => return Err((at..after, RuleFault::UnclosedQuote)),
            _ => None,
        };
        if let Some(token) = simple {
            tokens.push((token, at..after));
            at = after;
        } else if let Some(ends) = closers(c) {
            let length = rule[after..].find(ends).ok_or((at..after, RuleFault::UnclosedQuote))?;
            let inner = &rule[after..after + length];
            let end = after + length + rule[after + length..].chars().next().map_or(0, char::len_utf8);
            tokens.push((phrase(inner), at..end));
            at = end;
        } else if c == '/' {
            let length = pattern_end(&rule[after..]).ok_or((at..after, RuleFault::UnclosedPattern))?;
            let end = after + length + 1;
            tokens.push((RuleToken::Pattern(rule[after..after + length].to_owned()), at..end));
            at = end;
        } else {
            let length = rule[at..].find(ends_word).unwrap_or(rule.len() - at);
            at = word(&rule[at..at + length], at, &mut tokens)?;
        }
    }
    Ok(tokens)
}

/// The place of the slash that ends a regular expression; a slash after a backslash does not.
fn pattern_end(rest: &str) -> Option<usize> {
    let mut escaped = false;
    rest.bytes().position(|byte| {
        let ends = byte == b'/' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    })
}

fn phrase(inner: &str) -> RuleToken {
    let inner = inner.trim();
    let stem = inner.strip_suffix('*');
    // A `"` inside angular quotes could not be printed inside straight ones.
    let text = stem.unwrap_or(inner).replace('"', " ");
    RuleToken::Phrase { text: text.split_whitespace().collect::<Vec<_>>().join(" "), prefix: stem.is_some() }
}

/// Reads the word at `at`, or the field before its colon, and returns the end of the token.
fn word(text: &str, at: usize, tokens: &mut Vec<SpannedToken>) -> Result<usize, (Range<usize>, RuleFault)> {
    let end = at + text.len();
    if let Some((name, rest)) = text.split_once(':')
        && !name.is_empty()
        && name.chars().all(char::is_alphabetic)
        && !rest.starts_with("//")
    {
        let span = at..at + name.len() + 1;
        let name = name.to_lowercase();
        if !matches!(name.as_str(), "title" | "source" | "lang" | "topic") {
            return Err((span, RuleFault::UnknownField(name)));
        }
        let next = span.end;
        tokens.push((RuleToken::Field(name), span));
        return Ok(next);
    }
    if let Some(distance) = text.strip_prefix("NEAR") {
        if let Some(number) = distance.strip_prefix('/') {
            let number = number.parse().ok().filter(|number| (1..=MAX_NEAR).contains(number));
            tokens.push((RuleToken::Near(number.ok_or((at..end, RuleFault::BadNear))?), at..end));
            return Ok(end);
        } else if distance.is_empty() {
            return Err((at..end, RuleFault::BadNear));
        }
    }
    let token = match text {
        "OR" => RuleToken::Or,
        "AND" => RuleToken::And,
        "NOT" => RuleToken::Not,
        _ => match text.strip_suffix('*') {
            Some("") => return Err((at..end, RuleFault::BareStar)),
            Some(stem) => RuleToken::Word { text: stem.to_owned(), prefix: true },
            None => RuleToken::Word { text: text.to_owned(), prefix: false },
        },
    };
    tokens.push((token, at..end));
    Ok(end)
}

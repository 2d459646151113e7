//! Signs of other search languages that this one lacks: stars and question marks inside of words, boosts, fuzziness.

use std::ops::Range;

use super::RuleFault;
use super::lexer::Sign;

/// Finds a boost (`word^2`) or fuzziness (`word~`, `word~2`) behind a word.
pub(super) fn number_behind(word: &[Sign]) -> Option<RuleFault> {
    let place = word.iter().rposition(|sign| matches!(sign.c, '^' | '~'))?;
    let is_number = word[place + 1..].iter().all(|sign| sign.c.is_ascii_digit() || sign.c == '.');
    if !is_number || !word[..place].iter().any(|sign| sign.is_letter()) {
        return None;
    }
    match word[place].c {
        '~' => Some(RuleFault::Fuzzy),
        // A lone sign at the end is no boost.
        _ => (place + 1 < word.len()).then_some(RuleFault::Boost),
    }
}

/// Whether a word has a star, a question mark or a percent sign anywhere but a star at its end.
pub(super) fn in_word(word: &[Sign], first: usize, last: usize) -> bool {
    let is_address = word.iter().any(|sign| sign.c == '/');
    let is_letter = |place: Option<usize>| {
        place.and_then(|place| word.get(place)).is_some_and(|sign| sign.is_letter() && !sign.c.is_ascii_digit())
    };
    word.iter().enumerate().any(|(place, sign)| match sign.c {
        '*' => place < last,
        '?' => !is_address && place > first && place < last,
        '%' => is_letter(place.checked_sub(1)) || is_letter(Some(place + 1)) && place < last,
        _ => false,
    })
}

/// Finds a star or a question mark at or in a word of a phrase, other than a star at the end.
pub(super) fn in_phrase(phrase: &[Sign]) -> Option<Range<usize>> {
    let is_letter = |place: Option<usize>| place.and_then(|at| phrase.get(at)).is_some_and(|sign| sign.is_letter());
    let last = phrase.iter().rposition(|sign| !sign.c.is_whitespace())?;
    (0..phrase.len())
        .find(|&place| {
            let (before, after) = (is_letter(place.checked_sub(1)), is_letter(Some(place + 1)));
            match phrase[place].c {
                '*' => place < last && (before || after),
                '?' => before && after,
                _ => false,
            }
        })
        .map(|place| place..place + 1)
}

/// The regular expression that a word with stars, question marks or percent signs asks for.
pub(super) fn as_pattern(word: &str) -> String {
    let mut pattern = String::from("/\\b");
    let mut chars = word.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '.' if chars.peek() == Some(&'*') => {}
            '*' | '%' => pattern.push_str("\\w*"),
            '?' => pattern.push_str("\\w"),
            c if c.is_alphanumeric() => pattern.push(c),
            '-' | '\'' | '’' | ' ' | '_' | '"' => pattern.push(c),
            c => pattern.extend(['\\', c].into_iter().filter(|c| c.is_ascii())),
        }
    }
    pattern.push_str("\\b/");
    pattern
}

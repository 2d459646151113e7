//! Numbers in the words of an article, in digits and in words, as values that do not depend on the language.

use crate::number_words;

/// Parses the number that begins at a word; returns it with its word count. `separator` gives the character between a
/// word and the word before it, if it is a single one.
pub(super) fn parse<'a>(
    words: impl Fn(usize) -> Option<&'a str>,
    separator: impl Fn(usize) -> Option<char>,
    at: usize,
) -> Option<(f64, usize)> {
    let first = words(at)?;
    let (mut value, mut count) = match digits(first) {
        Some((value, plain)) if plain => {
            let (mut value, mut count) = (value, 1);
            // "1,200", "1 200" and "5.6".
            while let (Some(sign), Some(next)) = (separator(at + count), words(at + count)) {
                if !next.bytes().all(|byte| byte.is_ascii_digit()) {
                    break;
                }
                let Some((part, _)) = digits(next) else { break };
                if next.len() == 3 && matches!(sign, ',' | ' ' | '\u{A0}' | '\u{202F}') && value >= 1.0 {
                    value = value * 1000.0 + part;
                    count += 1;
                } else if count == 1 && matches!(sign, '.' | ',') && next.len() <= 2 {
                    value += part / 10_f64.powi(next.len() as i32);
                    count += 1;
                    break;
                } else {
                    break;
                }
            }
            (value, count)
        }
        Some((value, _)) => (value, 1),
        None => (number_words::find_value(first)?, 1),
    };
    if let Some(factor) = words(at + count).and_then(number_words::find_factor) {
        value *= factor;
        count += 1;
    }
    Some((value, count))
}

/// Whether a number may begin with the word.
pub(super) fn may_begin(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || number_words::find_value(word).is_some()
}

/// Parses leading digits, and says whether the word ends with them: "22nd" and "90s" are 22 and 90, "f16" is no number.
fn digits(word: &str) -> Option<(f64, bool)> {
    let end = word.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(word.len());
    // Longer runs of digits are identifiers and telephone numbers.
    if end == 0 || end > 12 {
        return None;
    }
    let rest = &word[end..];
    let scale = match rest {
        "bn" => 1e9,
        "m" | "mn" => 1e6,
        "k" => 1e3,
        _ => 1.0,
    };
    let value: f64 = word[..end].parse().ok()?;
    (rest.chars().count() <= 3).then_some((value * scale, rest.is_empty()))
}

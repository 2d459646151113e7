//! Number words of all languages, from `numbers.txt` of each language. A number word in a foreign language is still a
//! number, so the lookups search all languages together. They take folded words.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, entries};

#[derive(Default)]
struct NumberWords {
    /// Words that count people in events.
    counts: HashMap<String, u64>,
    /// Words that the grouping compares.
    values: HashMap<String, u64>,
    /// Words that count people only in texts of their language, since they mean something else in others.
    own_counts: HashMap<String, Vec<(&'static str, u64)>>,
    /// Words such as "thousand".
    factors: HashMap<String, u64>,
    /// Words such as "dozens".
    vague: HashSet<String>,
    /// Words such as "at least".
    qualifiers: HashSet<String>,
}

static WORDS: LazyLock<NumberWords> = LazyLock::new(|| {
    let mut words = NumberWords::default();
    for language in Language::all() {
        for (key, value) in entries(language.data().file("numbers.txt").unwrap_or_default()) {
            words.read(language.code(), key, value);
        }
    }
    words
});

impl NumberWords {
    fn read(&mut self, code: &'static str, key: &str, value: &str) {
        let words = || analysis::words(value).into_iter();
        let Some((kind, number)) = parse_key(key) else { return };
        match kind {
            "vague" => self.vague.extend(words()),
            "qualifier" => self.qualifiers.extend(words()),
            "own" => words().for_each(|word| self.own_counts.entry(word).or_default().push((code, number))),
            "factor" => self.factors.extend(words().map(|word| (word, number))),
            _ => {
                if kind != "value" {
                    self.counts.extend(words().map(|word| (word, number)));
                }
                if kind != "people" {
                    self.values.extend(words().map(|word| (word, number)));
                }
            }
        }
    }
}

/// Splits a key into its kind and its number: `12`, `people 12`, `own 12`, `value 12`, `factor 1000`, `vague`, `qualifier`.
fn parse_key(key: &str) -> Option<(&str, u64)> {
    if let Ok(number) = key.parse() {
        return Some(("", number));
    }
    match key.split_once(' ') {
        Some((kind @ ("people" | "own" | "value" | "factor"), number)) => Some((kind, number.parse().ok()?)),
        None if matches!(key, "vague" | "qualifier") => Some((key, 0)),
        _ => None,
    }
}

/// Finds the number of a word that may count people, in a text of a language (a BCP 47 tag).
pub(crate) fn find_count(word: &str, language: &str) -> Option<u64> {
    let own = || {
        let language = language.parse::<Language>().ok()?.code();
        WORDS.own_counts.get(word)?.iter().find(|(code, _)| *code == language).map(|&(_, number)| number)
    };
    WORDS.counts.get(word).copied().or_else(own)
}

/// Finds the value of a number word for the grouping.
pub(crate) fn find_value(word: &str) -> Option<f64> {
    WORDS.values.get(word).map(|&value| value as f64)
}

/// Finds the factor of a word such as "thousand".
pub(crate) fn find_factor(word: &str) -> Option<f64> {
    WORDS.factors.get(word).map(|&factor| factor as f64)
}

/// Whether a word stands for an uncertain number of people, such as "dozens".
pub(crate) fn is_vague(word: &str) -> bool {
    WORDS.vague.contains(word)
}

/// Whether a word may stand before a number and belong to it, such as "at" and "least".
pub(crate) fn is_qualifier(word: &str) -> bool {
    WORDS.qualifiers.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_of_every_language_is_known() {
        for language in Language::all() {
            for (key, value) in entries(language.data().file("numbers.txt").expect("a numbers.txt")) {
                assert!(parse_key(key).is_some() && !value.is_empty(), "{language}: {key}");
            }
        }
    }

    #[test]
    fn number_words_have_their_values() {
        assert_eq!((find_count("sixty", ""), find_value("sixty")), (None, Some(60.0)));
        assert_eq!((find_count("одна", "ru"), find_value("одна")), (Some(1), None));
        assert_eq!((find_count("due", "it"), find_count("due", "en")), (Some(2), None));
        assert_eq!(find_factor("млн"), Some(1e6));
        assert!(is_vague("десятки") && is_qualifier("least") && !is_vague("two"));
    }
}

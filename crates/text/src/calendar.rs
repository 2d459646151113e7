//! Words for months, weekdays, times of day and relative periods, from `calendar.txt` of each language.
//!
//! The lookups search all languages together: a date in a foreign language is still a date. They take folded words,
//! except [`month_with_prefix`].

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::analysis;
use crate::languages::{Language, entries};

/// A period relative to the day of publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelativePeriod {
    /// A number of days ahead.
    Day(i64),
    /// A number of weeks ahead, Monday to Sunday.
    Week(i64),
    /// A number of months ahead.
    Month(i64),
    /// Saturday and Sunday of this week.
    Weekend,
}

/// The words of all languages.
#[derive(Default)]
struct CalendarWords {
    months: HashMap<String, u32>,
    /// Words of the languages whose dates the grouping compares, nominatives included.
    compared_months: HashMap<String, u32>,
    /// Beginnings of month names, unfolded, by month.
    month_prefixes: Vec<(u32, &'static str)>,
    weekdays: HashMap<String, u32>,
    hours: HashMap<String, u32>,
    /// Phrases, longer ones first.
    periods: Vec<(Vec<String>, RelativePeriod)>,
    /// Words for "next" (1) and "last" (-1).
    directions: HashMap<String, i8>,
}

static WORDS: LazyLock<CalendarWords> = LazyLock::new(|| {
    let mut words = CalendarWords::default();
    for language in Language::all() {
        words.read(language.data().file("calendar.txt").unwrap_or_default());
    }
    words.month_prefixes.sort_by_key(|(month, _)| *month);
    words.periods.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    words
});

impl CalendarWords {
    fn read(&mut self, text: &'static str) {
        let is_compared = entries(text).any(|(key, value)| key == "compared" && value == "yes");
        for (key, value) in entries(text) {
            let (kind, number) = key.split_once(' ').unwrap_or((key, ""));
            let number: u32 = number.parse().unwrap_or_default();
            let folded = || analysis::words(value).into_iter();
            match kind {
                "month" => {
                    self.months.extend(folded().map(|word| (word, number)));
                    if is_compared {
                        self.compared_months.extend(folded().map(|word| (word, number)));
                    }
                }
                "month-nominative" if is_compared => {
                    self.compared_months.extend(folded().map(|word| (word, number)));
                }
                "month-prefix" => self.month_prefixes.extend(value.split_whitespace().map(|prefix| (number, prefix))),
                "weekday" => self.weekdays.extend(folded().map(|word| (word, number.saturating_sub(1)))),
                "hour" => self.hours.extend(folded().map(|word| (word, number))),
                "next" => self.directions.extend(folded().map(|word| (word, 1))),
                "last" => self.directions.extend(folded().map(|word| (word, -1))),
                _ => {
                    if let Some(period) = parse_period(key) {
                        self.periods.extend(value.split('|').map(|phrase| (analysis::words(phrase), period)));
                    }
                }
            }
        }
    }
}

/// Parses `day+1`, `week-1`, `month+0` or `weekend`.
fn parse_period(key: &str) -> Option<RelativePeriod> {
    if key == "weekend" {
        return Some(RelativePeriod::Weekend);
    }
    let (unit, count) = key.split_at(key.find(['+', '-'])?);
    let count = count.parse().ok()?;
    match unit {
        "day" => Some(RelativePeriod::Day(count)),
        "week" => Some(RelativePeriod::Week(count)),
        "month" => Some(RelativePeriod::Month(count)),
        _ => None,
    }
}

/// Finds the number of a month, from 1, by its name in a date or its abbreviation.
pub fn find_month(word: &str) -> Option<u32> {
    WORDS.months.get(word).copied()
}

/// Finds the number of a month, from 1, in the languages whose dates the grouping compares; nominatives included.
pub fn find_compared_month(word: &str) -> Option<u32> {
    WORDS.compared_months.get(word).copied()
}

/// Finds the number of a month, from 1, by the beginning of its unfolded lower-case name. Prefixes of fewer than three
/// letters must be the whole word.
pub fn month_with_prefix(word: &str) -> Option<u32> {
    let matches = |prefix: &str| match prefix.chars().nth(2) {
        Some(_) => word.starts_with(prefix),
        None => word == prefix,
    };
    WORDS.month_prefixes.iter().find(|(_, prefix)| matches(prefix)).map(|(month, _)| *month)
}

/// Finds the number of a weekday: days after Monday.
pub fn find_weekday(word: &str) -> Option<u32> {
    WORDS.weekdays.get(word).copied()
}

/// Finds the hour of a word such as "noon".
pub fn find_hour(word: &str) -> Option<u32> {
    WORDS.hours.get(word).copied()
}

/// The direction of a word before a weekday: 1 for "next", -1 for "last", 0 for other words.
pub fn direction(word: &str) -> i8 {
    WORDS.directions.get(word).copied().unwrap_or_default()
}

/// Finds the period of the phrase at the beginning of the words, and the phrase's word count.
pub fn find_period(words: &[String]) -> Option<(usize, RelativePeriod)> {
    let found = WORDS.periods.iter().find(|(phrase, _)| words.starts_with(phrase));
    found.map(|(phrase, period)| (phrase.len(), *period))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_entry_has_a_known_key_and_a_number_in_range() {
        for language in Language::all() {
            let text = language.data().file("calendar.txt").expect("a calendar.txt");
            for (key, value) in entries(text) {
                let (kind, number) = key.split_once(' ').unwrap_or((key, ""));
                let range = match kind {
                    "month" | "month-nominative" | "month-prefix" => 1..=12,
                    "weekday" => 1..=7,
                    "hour" => 0..=23,
                    _ => {
                        let is_known = matches!(kind, "compared" | "next" | "last") || parse_period(key).is_some();
                        assert!(is_known, "{language}: {key}");
                        continue;
                    }
                };
                assert!(number.parse().is_ok_and(|number: u32| range.contains(&number)), "{language}: {key}");
                assert!(!value.is_empty(), "{language}: {key}");
            }
        }
    }

    #[test]
    fn no_word_has_two_meanings() {
        let mut seen: HashMap<(&str, String), String> = HashMap::new();
        for language in Language::all() {
            for (key, value) in entries(language.data().file("calendar.txt").unwrap()) {
                let Some((kind @ ("month" | "weekday" | "hour"), number)) = key.split_once(' ') else { continue };
                for word in analysis::words(value) {
                    let before = seen.entry((kind, word.clone())).or_insert_with(|| number.to_owned());
                    assert_eq!(before, number, "{language}: {word}");
                }
            }
        }
    }

    #[test]
    fn the_languages_with_month_names_have_all_twelve() {
        for language in Language::all() {
            for kind in ["month", "month-nominative", "month-prefix"] {
                let entries = entries(language.data().file("calendar.txt").unwrap());
                let numbers: BTreeSet<&str> = entries
                    .filter_map(|(key, _)| key.split_once(' '))
                    .filter(|(k, _)| *k == kind)
                    .map(|(_, n)| n)
                    .collect();
                assert!(matches!(numbers.len(), 0 | 12), "{language}: {kind}: {numbers:?}");
            }
        }
    }

    #[test]
    fn words_of_dates_are_found() {
        assert_eq!(find_month("октября"), Some(10));
        assert_eq!(find_month("fevrier"), Some(2));
        assert_eq!((find_month("январь"), find_compared_month("январь")), (None, Some(1)));
        assert_eq!(month_with_prefix("հոկտեմբերի"), Some(10));
        assert_eq!((month_with_prefix("مه"), month_with_prefix("مهر")), (Some(5), None));
        assert_eq!(find_weekday("friday"), Some(4));
        assert_eq!(find_hour("полудня"), Some(12));
        assert_eq!(direction("last"), -1);
        let words = ["day", "after", "tomorrow"].map(str::to_owned);
        assert_eq!(find_period(&words), Some((3, RelativePeriod::Day(2))));
        assert_eq!(find_period(&words[1..]), None);
    }
}

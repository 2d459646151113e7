//! Words of dates in articles: months, weekdays, times of day and relative periods. `calendar.txt` of each language says
//! which of CLDR's names ([`crate::calendar_names`]) count in articles, and adds words that CLDR lacks.
//!
//! The lookups search all languages together: a date in a foreign language is still a date. They take folded words.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::analysis;
use crate::calendar_names;
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

/// The role of a word beside the parts of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateRole {
    /// Between two days of a month: "23 and 24 October".
    BetweenDays,
    /// Between a day and its month: "23 of October".
    BeforeMonth,
    /// After an hour: "10 o'clock".
    AfterHour,
    /// Before such an hour: "at 10 o'clock".
    BeforeHour,
}

impl DateRole {
    fn from_key(key: &str) -> Option<Self> {
        match key {
            "between-days" => Some(Self::BetweenDays),
            "before-month" => Some(Self::BeforeMonth),
            "o-clock" => Some(Self::AfterHour),
            "before-o-clock" => Some(Self::BeforeHour),
            _ => None,
        }
    }
}

/// The words of all languages.
#[derive(Default)]
struct CalendarWords {
    months: HashMap<String, u32>,
    /// Words of the languages whose dates the grouping compares, nominatives included.
    compared_months: HashMap<String, u32>,
    weekdays: HashMap<String, u32>,
    hours: HashMap<String, u32>,
    /// Phrases, longer ones first.
    periods: Vec<(Vec<String>, RelativePeriod)>,
    /// Words for "next" (1) and "last" (-1).
    directions: HashMap<String, i8>,
    /// Phrases for the halves of the day, with the hour when each begins, longer ones first.
    halves: Vec<(Vec<String>, u32)>,
    /// Endings of a day's number, such as "th".
    day_endings: Vec<String>,
    roles: HashSet<(DateRole, String)>,
}

static WORDS: LazyLock<CalendarWords> = LazyLock::new(|| {
    let mut words = CalendarWords::default();
    for language in Language::all() {
        words.read(language.code(), language.data().file("calendar.txt").unwrap_or_default());
    }
    words.periods.sort_by_key(|(phrase, _)| Reverse(phrase.len()));
    words.halves.sort_by_key(|(phrase, _)| Reverse(phrase.len()));
    words
});

impl CalendarWords {
    fn read(&mut self, code: &str, text: &'static str) {
        let is_compared = entries(text).any(|(key, value)| key == "compared" && value == "yes");
        let rows = entries(text).filter(|(key, _)| *key == "names").flat_map(|(_, value)| value.split_whitespace());
        for row in rows {
            self.read_names(calendar_names::row(code, row), row, is_compared);
        }
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
                "weekday" => self.weekdays.extend(folded().map(|word| (word, number.saturating_sub(1)))),
                "hour" => self.hours.extend(folded().map(|word| (word, number))),
                "next" => self.directions.extend(folded().map(|word| (word, 1))),
                "last" => self.directions.extend(folded().map(|word| (word, -1))),
                "day-ending" => self.day_endings.extend(folded()),
                "am" => self.halves.extend(phrases(value).map(|phrase| (phrase, 0))),
                "pm" => self.halves.extend(phrases(value).map(|phrase| (phrase, 12))),
                _ => {
                    if let Some(role) = DateRole::from_key(key) {
                        self.roles.extend(folded().map(|word| (role, word)));
                    } else if let Some(period) = parse_period(key) {
                        self.periods.extend(phrases(value).map(|phrase| (phrase, period)));
                    }
                }
            }
        }
    }
}

impl CalendarWords {
    /// Reads a row of CLDR's names. A name of several words does not count: articles are read word by word.
    fn read_names(&mut self, names: impl Iterator<Item = &'static str>, row: &str, is_compared: bool) {
        for (number, name) in (1..).zip(names) {
            let [word] = &analysis::words(name)[..] else { continue };
            if row.starts_with("weekdays") {
                self.weekdays.insert(word.clone(), number - 1);
                continue;
            }
            // "январь" alone stands outside of dates, but tells which month a text is about.
            if !row.ends_with("-alone") {
                self.months.insert(word.clone(), number);
            }
            if is_compared {
                self.compared_months.insert(word.clone(), number);
            }
        }
    }
}

/// Splits phrases, each into its folded words.
fn phrases(value: &str) -> impl Iterator<Item = Vec<String>> {
    value.split('|').map(analysis::words)
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

/// Whether a word has a role beside the parts of a date.
pub fn has_date_role(word: &str, role: DateRole) -> bool {
    // The key of a set owns its word; dates are too few for that to matter.
    WORDS.roles.contains(&(role, word.to_owned()))
}

/// Strips the ending of a day's number: "23rd", "23-го".
pub fn strip_day_ending(word: &str) -> &str {
    WORDS.day_endings.iter().find_map(|ending| word.strip_suffix(ending.as_str())).unwrap_or(word)
}

/// Finds the half of the day that the words begin with, such as "p m": its first hour and its word count.
pub fn find_half_day(words: &[String]) -> Option<(u32, usize)> {
    let found = WORDS.halves.iter().find(|(phrase, _)| words.starts_with(phrase));
    found.map(|(phrase, hour)| (*hour, phrase.len()))
}

/// Finds the period of the phrase at the beginning of the words, and the phrase's word count.
pub fn find_period(words: &[String]) -> Option<(usize, RelativePeriod)> {
    let found = WORDS.periods.iter().find(|(phrase, _)| words.starts_with(phrase));
    found.map(|(phrase, period)| (phrase.len(), *period))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_has_a_known_key_and_a_number_in_range() {
        for language in Language::all() {
            let text = language.data().file("calendar.txt").expect("a calendar.txt");
            for (key, value) in entries(text) {
                let (kind, number) = key.split_once(' ').unwrap_or((key, ""));
                let range = match kind {
                    "month" => 1..=12,
                    "weekday" => 1..=7,
                    "hour" => 0..=23,
                    _ => {
                        let is_known =
                            matches!(kind, "compared" | "names" | "next" | "last" | "day-ending" | "am" | "pm")
                                || DateRole::from_key(key).is_some()
                                || parse_period(key).is_some();
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
    fn the_rows_that_count_in_articles_exist_and_agree() {
        let mut seen: HashMap<(bool, String), usize> = HashMap::new();
        for language in Language::all() {
            let text = language.data().file("calendar.txt").expect("a calendar.txt");
            for row in entries(text).filter(|(key, _)| *key == "names").flat_map(|(_, rows)| rows.split_whitespace()) {
                let names: Vec<&str> = calendar_names::row(language.code(), row).collect();
                assert!(matches!(names.len(), 7 | 12), "{language}: {row}");
                for (place, name) in names.into_iter().enumerate() {
                    let before = *seen.entry((row.starts_with("weekdays"), analysis::fold(name))).or_insert(place);
                    assert_eq!(before, place, "{language}: {name} has two meanings");
                }
            }
        }
    }

    #[test]
    fn words_of_dates_are_found() {
        assert_eq!(find_month("октября"), Some(10));
        assert_eq!(find_month("fevrier"), Some(2));
        assert_eq!((find_month("январь"), find_compared_month("январь")), (None, Some(1)));
        assert_eq!((find_month("oct"), find_month("sept"), find_month("mar")), (Some(10), Some(9), Some(3)));
        assert_eq!((find_month("հոկտեմբերի"), find_month("kasim"), find_month("sen")), (Some(10), Some(11), None));
        assert_eq!((find_weekday("среда"), find_weekday("среду")), (Some(2), Some(2)));
        assert_eq!(find_weekday("friday"), Some(4));
        assert_eq!(find_hour("полудня"), Some(12));
        assert_eq!(direction("last"), -1);
        let words = ["day", "after", "tomorrow"].map(str::to_owned);
        assert_eq!(find_period(&words), Some((3, RelativePeriod::Day(2))));
        assert_eq!(find_period(&words[1..]), None);
    }
}

//! The day in a date: with the month's name in any language and any order, `10 de octubre de 2020`, `Oct 10, 2020`, or in
//! numbers, `30.11.2026`, `11/30/2026`.
//!
//! Nothing is guessed: an unknown word in the month's place makes the text no date, and numbers that stand
//! for two days stand for none, unless the weekday beside them decides.

use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

use ceasewire_text::analysis;
use ceasewire_text::calendar_names::{MAX_NAME_WORDS, MonthSet, WeekdaySet, is_filler, months_named, weekdays_named};

/// The years of news: no years of the Persian (about 1400) or the Buddhist calendar (about 2560).
pub(super) const YEARS: RangeInclusive<i32> = 1900..=2199;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// Digits, with their count and the mark before the next digits.
    Number { value: u32, digits: usize, mark: Option<char> },
    /// A folded word, and whether a comma follows it.
    Word { word: String, comma: bool },
    /// The place of the time of day.
    Time,
}

/// Reads the day in the texts before and after the time of day.
pub(super) fn parse(before: &str, after: &str) -> Option<NaiveDate> {
    let mut tokens = tokens(before);
    tokens.push(Token::Time);
    tokens.extend(self::tokens(after));
    let weekdays = named_weekdays(&tokens);
    // "mar 10/11/2026" has a weekday, no month.
    if tokens.windows(3).any(|three| three.iter().all(|token| matches!(token, Token::Number { .. }))) {
        return numeric(&tokens, weekdays);
    }
    named(&tokens, weekdays)
}

/// Splits a text into numbers and words. Text in brackets does not count, nor do endings of a number (`10th`, `1er`).
fn tokens(text: &str) -> Vec<Token> {
    let text = &without_brackets(text);
    let mut tokens = Vec::new();
    for (span, word) in analysis::tokens(text) {
        let rest = &text[span.end..];
        let mut parts = word.as_str();
        while !parts.is_empty() {
            let number = parts.len() - parts.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let length =
                if number > 0 { number } else { parts.find(|c: char| c.is_ascii_digit()).unwrap_or(parts.len()) };
            let (part, after) = parts.split_at(length);
            parts = after;
            if number > 0 {
                let Ok(value) = part.parse() else { return Vec::new() };
                let mark = rest.chars().next().filter(|mark| after.is_empty() && matches!(mark, '.' | '/' | '-' | ' '));
                let is_joined = |_: &char| rest[1..].trim_start().starts_with(|c: char| c.is_ascii_digit());
                tokens.push(Token::Number { value, digits: number, mark: mark.filter(is_joined) });
                // The ending of a number.
                if after.chars().count() <= 3 && months_named(after) == 0 {
                    break;
                }
            } else {
                let comma = after.is_empty() && rest.trim_start_matches('.').starts_with([',', '،']);
                tokens.push(Token::Word { word: part.to_owned(), comma });
            }
        }
    }
    tokens
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let keep = |c: char| match c {
        '(' | '[' => {
            depth += 1;
            ' '
        }
        ')' | ']' => {
            depth = depth.saturating_sub(1);
            ' '
        }
        _ if depth > 0 => ' ',
        c => c,
    };
    text.chars().map(keep).collect()
}

fn word_at(tokens: &[Token], at: usize) -> Option<&str> {
    match tokens.get(at)? {
        Token::Word { word, .. } => Some(word),
        _ => None,
    }
}

/// The meaning of the longest name that begins at a word, with its word count.
fn name_at<S: PartialEq + Default>(tokens: &[Token], at: usize, find: impl Fn(&str) -> S) -> (S, usize) {
    for count in (1..=MAX_NAME_WORDS).rev() {
        let words: Option<Vec<&str>> = (at..at + count).map(|at| word_at(tokens, at)).collect();
        let found = words.map(|words| find(&words.join(" "))).unwrap_or_default();
        if found != S::default() {
            return (found, count);
        }
    }
    (S::default(), 1)
}

/// The weekdays that a text names: those that all its names for weekdays agree on.
fn named_weekdays(tokens: &[Token]) -> WeekdaySet {
    let named = (0..tokens.len()).map(|at| name_at(tokens, at, weekdays_named).0).filter(|set| *set != 0);
    named.fold(WeekdaySet::MAX, |all, set| all & set)
}

/// Reads a day with the month's name.
fn named(tokens: &[Token], weekdays: WeekdaySet) -> Option<NaiveDate> {
    for (at, token) in tokens.iter().enumerate() {
        let Token::Number { value: day @ 1..=31, digits: 1 | 2, .. } = *token else { continue };
        let months = match months_after(tokens, at + 1) {
            Some(0) => return None,
            Some(months) => months,
            None => months_before(tokens, at),
        };
        let Some(year) = find_year(tokens, at).filter(|_| months != 0) else { continue };
        let months = (1..=12).filter(|month| months & (1 << (month - 1)) != 0);
        return decide(months.filter_map(|month| NaiveDate::from_ymd_opt(year, month, day)).collect(), weekdays);
    }
    None
}

/// The months that the words after a day name: an empty set where they name none; `None` without such words.
fn months_after(tokens: &[Token], mut at: usize) -> Option<MonthSet> {
    while let Some(word) = word_at(tokens, at) {
        let (months, _) = name_at(tokens, at, months_named);
        if months != 0 {
            return Some(months);
        }
        let (weekdays, count) = name_at(tokens, at, weekdays_named);
        if weekdays == 0 && !is_filler(word) {
            return Some(0);
        }
        at += count;
    }
    None
}

/// The months that the name before a day stands for. A name that may be a weekday's is one where a comma follows it.
fn months_before(tokens: &[Token], day: usize) -> MonthSet {
    let mut end = day;
    while let Some(word) = end.checked_sub(1).and_then(|at| word_at(tokens, at)) {
        for count in (1..=MAX_NAME_WORDS.min(end)).rev() {
            let at = end - count;
            let (months, found) = name_at(tokens, at, months_named);
            if months == 0 || found != count {
                continue;
            }
            let comma = matches!(tokens[end - 1], Token::Word { comma: true, .. });
            let is_weekday = comma && name_at(tokens, at, weekdays_named).0 != 0;
            return if is_weekday { 0 } else { months };
        }
        if !is_filler(word) && name_at(tokens, end - 1, weekdays_named).0 == 0 {
            return 0;
        }
        end -= 1;
    }
    0
}

/// Finds the year: four digits anywhere, else two digits after the day.
fn find_year(tokens: &[Token], day: usize) -> Option<i32> {
    let numbers = || tokens.iter().enumerate().filter(move |(at, _)| *at != day);
    let long = numbers().find_map(|(_, token)| match *token {
        Token::Number { value, digits: 4, .. } => i32::try_from(value).ok(),
        _ => None,
    });
    let short = || {
        numbers().find_map(|(at, token)| match *token {
            Token::Number { value, digits: 2, .. } if at > day => Some(full_year(value)),
            _ => None,
        })
    };
    long.or_else(short).filter(|year| YEARS.contains(year))
}

/// Completes a year of two digits to one of 1970 to 2069.
fn full_year(year: u32) -> i32 {
    let century = if year < 70 { 2000 } else { 1900 };
    century + i32::try_from(year).unwrap_or(0)
}

/// Chooses among readings: the only one, or the only one on the named weekday.
fn decide(mut dates: Vec<NaiveDate>, weekdays: WeekdaySet) -> Option<NaiveDate> {
    dates.dedup();
    if dates.len() > 1 {
        dates
            .retain(|date| weekdays != WeekdaySet::MAX && weekdays & (1 << date.weekday().num_days_from_monday()) != 0);
    }
    if dates.len() == 1 { dates.pop() } else { None }
}

/// Reads a day in three numbers with one mark between them. Dots put the day first. With slashes, hyphens or blanks the
/// month may come first, so that only a day above 12, two equal numbers or the weekday decides.
fn numeric(tokens: &[Token], weekdays: WeekdaySet) -> Option<NaiveDate> {
    let is_number = |token: &&Token| matches!(token, Token::Number { .. });
    if tokens.iter().filter(is_number).count() != 3 {
        return None;
    }
    let first = tokens.iter().position(|token| is_number(&token))?;
    let [
        Token::Number { value: one, digits: 1 | 2, mark: Some(mark) },
        Token::Number { value: two, digits: 1 | 2, mark: Some(other) },
        Token::Number { value: year, digits, .. },
    ] = *tokens.get(first..first + 3)?
    else {
        return None;
    };
    let year = match digits {
        4 => i32::try_from(year).ok()?,
        2 => full_year(year),
        _ => return None,
    };
    if mark != other || !YEARS.contains(&year) {
        return None;
    }
    let date = |month, day| NaiveDate::from_ymd_opt(year, month, day);
    if mark == '.' {
        return date(two, one);
    }
    decide([date(two, one), date(one, two)].into_iter().flatten().collect(), weekdays)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<String> {
        parse(text, "").map(|date| date.to_string())
    }

    #[test]
    fn a_month_is_read_and_never_guessed() {
        for (text, expected) in [
            ("mar, 18 ott 2022", Some("2022-10-18")),
            ("mar. 18 oct. 2022", Some("2022-10-18")),
            ("mar, 18 xyz 2022", None),
            ("mar, 18 2022", None),
            ("Mar. 18, 2022", Some("2022-03-18")),
            ("18 mar 2022", Some("2022-03-18")),
            ("lun, 05 dic 2022", Some("2022-12-05")),
            ("Sen, 05 Mei 2025", Some("2025-05-05")),
            ("сенбі, 10 қазан 2020", Some("2020-10-10")),
            ("10. marraskuuta 2026", Some("2026-11-10")),
            ("Di, 15 Dez 2026", Some("2026-12-15")),
            ("5. Mär 2026", Some("2026-03-05")),
            ("մրտ 5, 2026", Some("2026-03-05")),
            ("2020 թ. հոկտեմբերի 10, շաբաթ", Some("2020-10-10")),
            ("2020 m. spalio 10 d.", Some("2020-10-10")),
            ("2020. október 10., szombat", Some("2020-10-10")),
            ("10 de octubre de 2020", Some("2020-10-10")),
            ("10 تشرين الأول 2020", Some("2020-10-10")),
            ("October 10th, Saturday, 2020", Some("2020-10-10")),
            ("10-го октября 2020 г.", Some("2020-10-10")),
            ("1er octobre 2020", Some("2020-10-01")),
            ("10Oct2020", Some("2020-10-10")),
            ("10 Oct 20", Some("2020-10-10")),
            // November in Polish, October in Croatian.
            ("12 lis 2020", None),
            ("pon, 12 lis 2020", Some("2020-10-12")),
            ("czw., 12 lis 2020", Some("2020-11-12")),
            ("10 Oct", None),
            ("10 Mehr 1399", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn numbers_that_stand_for_two_days_stand_for_none() {
        for (text, expected) in [
            ("11/30/2026", Some("2026-11-30")),
            ("26/06/2020", Some("2020-06-26")),
            ("30.10.23", Some("2023-10-30")),
            ("30. 10. 2023", Some("2023-10-30")),
            ("10.11.2023", Some("2023-11-10")),
            ("10.13.2020", None),
            ("10/11/2023", None),
            ("10/10/2023", Some("2023-10-10")),
            ("26-06-2020", Some("2020-06-26")),
            ("Sat, 11 04 2020", Some("2020-04-11")),
            ("Wed, 11 04 2020", Some("2020-11-04")),
            ("Mon, 11 04 2020", None),
            ("mar 10/11/2026", Some("2026-11-10")),
            ("10 11", None),
        ] {
            assert_eq!(day(text).as_deref(), expected, "{text}");
        }
    }
}

//! Resolves the dates of a sentence: "on Friday", "October 23", "next week".

use chrono::{Datelike, Days, Months, NaiveDate};

use super::sentence::{AnnotatedSentence, TokenGap};
use ceasewire_model::event::EventDate;
use ceasewire_text::calendar::{self, DateRole, RelativePeriod, find_hour, find_month, find_weekday, has_date_role};

/// The side of a weekday: before or after the publishing date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateDirection {
    Past,
    Future,
    /// The nearer of both.
    Near,
}

enum DateExpression {
    /// A day of a month, or the first and the last of several.
    Day {
        day: u32,
        last: Option<u32>,
        month: u32,
        year: Option<i32>,
    },
    /// A weekday, and the direction of "next" or "last" before it: 1, -1 or 0.
    Weekday(u32, i8),
    Relative(RelativePeriod),
}

/// Finds the date expression nearest to a word and resolves it against the publishing date.
pub(super) fn find_date(
    sentence: &AnnotatedSentence<'_>,
    word: usize,
    published: Option<NaiveDate>,
    side: DateDirection,
) -> Option<EventDate> {
    let expressions = find_expressions(sentence);
    let (from, mut to, expression) = expressions
        .into_iter()
        .min_by_key(|(from, to, _)| if *from >= word { from - word } else { 2 * word.saturating_sub(*to) + 3 })?;
    let (date, end) = published.map_or_else(
        || (full_date(&expression), full_end(&expression)),
        |published| resolve(&expression, published, side),
    );
    let (time, time_end) = time_near(sentence, from, to);
    to = to.max(time_end.unwrap_or(to));
    let iso = |date: NaiveDate| date.format("%Y-%m-%d").to_string();
    let words = sentence.slice(from, to).to_owned();
    Some(EventDate { date: date.map(iso), date_end: end.map(iso), date_words: Some(words), time })
}

/// Whether a date expression begins among the `reach` words from a word on.
pub(super) fn stands_at(sentence: &AnnotatedSentence<'_>, word: usize, reach: usize) -> bool {
    find_expressions(sentence).iter().any(|(from, _, _)| *from >= word && *from < word + reach)
}

/// Whether a word belongs to a date or a time.
pub(super) fn covers(sentence: &AnnotatedSentence<'_>, word: usize) -> bool {
    find_expressions(sentence).iter().any(|(from, to, _)| (*from..*to).contains(&word))
        || clock(sentence, word).is_some()
}

fn find_expressions(sentence: &AnnotatedSentence<'_>) -> Vec<(usize, usize, DateExpression)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        match read(sentence, at) {
            Some((to, expression)) => {
                found.push((at, to, expression));
                at = to;
            }
            None => at += 1,
        }
    }
    found
}

fn read(sentence: &AnnotatedSentence<'_>, at: usize) -> Option<(usize, DateExpression)> {
    let words = &sentence.words;
    let word = words[at].as_str();
    let near = |from: usize| sentence.tokens.get(from).is_some_and(|token| token.gap <= TokenGap::Comma);
    // "October 23", "Oct. 23-25, 2020", "October 23rd"
    if let Some(month) = find_month(word).filter(|_| sentence.tokens[at].capital) {
        let first = words.get(at + 1).filter(|_| near(at + 1)).and_then(|next| day(next))?;
        let dash = sentence.tokens.get(at + 2).is_some_and(|token| {
            let between = &sentence.text[sentence.tokens[at + 1].end..token.start];
            matches!(between, "-" | "–" | " - " | " – ")
        });
        let and = words.get(at + 2).is_some_and(|word| has_date_role(word, DateRole::BetweenDays));
        let second = if dash { Some(at + 2) } else { and.then_some(at + 3) };
        let last = second.and_then(|second| words.get(second)).and_then(|next| day(next)).filter(|last| *last > first);
        let mut to = at + 2;
        if let (Some(_), Some(second)) = (last, second) {
            to = second + 1;
        }
        let year = words.get(to).and_then(|next| year(next));
        return Some((to + usize::from(year.is_some()), DateExpression::Day { day: first, last, month, year }));
    }
    // "23 October 2020", "23 октября", "23-25 октября", "23 и 24 октября", "23rd of October"
    if let Some(first) = day(word) {
        let mut next = at + 1;
        let mut last = None;
        if let Some(second) = words.get(next).and_then(|next| day(next)).filter(|last| *last > first) {
            last = Some(second);
            next += 1;
        } else if words.get(next).is_some_and(|word| has_date_role(word, DateRole::BetweenDays))
            && let Some(second) = words.get(next + 1).and_then(|next| day(next)).filter(|last| *last > first)
        {
            last = Some(second);
            next += 2;
        }
        if words.get(next).is_some_and(|word| has_date_role(word, DateRole::BeforeMonth)) {
            next += 1;
        }
        if let Some(month) = words.get(next).filter(|_| near(next)).and_then(|next| find_month(next)) {
            let to = next + 1;
            let year = words.get(to).and_then(|next| year(next));
            return Some((to + usize::from(year.is_some()), DateExpression::Day { day: first, last, month, year }));
        }
    }
    // "2020-10-23" and "23.10.2020"
    if let Some(found) = numeric_date(sentence, at) {
        return Some(found);
    }
    if let Some((count, period)) = calendar::find_period(&words[at..]) {
        return Some((at + count, DateExpression::Relative(period)));
    }
    let direction = calendar::direction(word);
    let named = at + usize::from(direction != 0);
    let weekday = words.get(named).and_then(|word| find_weekday(word))?;
    // "sat" and "sun" are days only with a capital; in Russian no day has one.
    let ascii = words[named].is_ascii();
    (!ascii || sentence.tokens[named].capital).then_some((named + 1, DateExpression::Weekday(weekday, direction)))
}

/// Parses "2020-10-23" and "23.10.2020".
fn numeric_date(sentence: &AnnotatedSentence<'_>, at: usize) -> Option<(usize, DateExpression)> {
    let [first, second, third] = sentence.words.get(at..at + 3)? else { return None };
    let tight = |word: usize| sentence.tokens[word].start - sentence.tokens[word - 1].end == 1;
    if !(tight(at + 1) && tight(at + 2)) {
        return None;
    }
    let number = |text: &String| text.parse::<u32>().ok().filter(|_| text.len() <= 2);
    let (year, month, day) = match year(first) {
        Some(year) => (year, number(second)?, number(third)?),
        None => (year(third)?, number(second)?, number(first)?),
    };
    NaiveDate::from_ymd_opt(year, month, day)?;
    Some((at + 3, DateExpression::Day { day, last: None, month, year: Some(year) }))
}

fn day(word: &str) -> Option<u32> {
    let digits = calendar::strip_day_ending(word);
    if digits.len() > 2 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1900..2100).contains(year))
}

/// The date of an expression with a year.
fn full_date(expression: &DateExpression) -> Option<NaiveDate> {
    match expression {
        DateExpression::Day { day, month, year: Some(year), .. } => NaiveDate::from_ymd_opt(*year, *month, *day),
        _ => None,
    }
}

fn full_end(expression: &DateExpression) -> Option<NaiveDate> {
    match expression {
        DateExpression::Day { last: Some(day), month, year: Some(year), .. } => {
            NaiveDate::from_ymd_opt(*year, *month, *day)
        }
        _ => None,
    }
}

/// Resolves an expression: its first day, and its last if there are several.
fn resolve(
    expression: &DateExpression,
    published: NaiveDate,
    side: DateDirection,
) -> (Option<NaiveDate>, Option<NaiveDate>) {
    match expression {
        DateExpression::Day { day, last, month, year } => {
            // Without a year the expression means the nearest such day.
            let near = |day: u32| {
                let years = match year {
                    Some(year) => *year..=*year,
                    None => published.year() - 1..=published.year() + 1,
                };
                years
                    .filter_map(|year| NaiveDate::from_ymd_opt(year, *month, day))
                    .min_by_key(|date| (*date - published).num_days().abs())
            };
            (near(*day), last.and_then(near))
        }
        DateExpression::Weekday(wanted, direction) => {
            let today = published.weekday().num_days_from_monday();
            let ahead = u64::from((wanted + 7 - today) % 7);
            let back = u64::from((today + 7 - wanted) % 7);
            let date = match (direction, side) {
                (1, _) => published.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead })),
                (-1, _) => published.checked_sub_days(Days::new(if back == 0 { 7 } else { back })),
                (_, DateDirection::Future) => published.checked_add_days(Days::new(ahead)),
                (_, DateDirection::Past) => published.checked_sub_days(Days::new(back)),
                (_, DateDirection::Near) if ahead <= back => published.checked_add_days(Days::new(ahead)),
                (_, DateDirection::Near) => published.checked_sub_days(Days::new(back)),
            };
            (date, None)
        }
        DateExpression::Relative(period) => resolve_period(*period, published),
    }
}

/// Finds the time of day near a date, and the word after it: "at 10:00", "at 3 p.m.", "noon".
fn time_near(sentence: &AnnotatedSentence<'_>, from: usize, to: usize) -> (Option<String>, Option<usize>) {
    let around = from.saturating_sub(6)..(to + 7).min(sentence.words.len());
    for at in around {
        if let Some((time, end)) = clock(sentence, at) {
            return (Some(time), (at >= to && at - to <= 2).then_some(end));
        }
    }
    (None, None)
}

fn clock(sentence: &AnnotatedSentence<'_>, at: usize) -> Option<(String, usize)> {
    let word = sentence.words.get(at)?.as_str();
    match find_hour(word) {
        Some(hour) => return Some((format!("{hour:02}:00"), at + 1)),
        None if !word.bytes().all(|byte| byte.is_ascii_digit()) || word.len() > 2 => return None,
        None => {}
    }
    let hour: u32 = word.parse().ok().filter(|hour| *hour < 25)?;
    let next = sentence.words.get(at + 1).map(String::as_str);
    let between = sentence.tokens.get(at + 1).map(|token| &sentence.text[sentence.tokens[at].end..token.start]);
    let half = |after: usize| {
        let (add, count) = calendar::find_half_day(sentence.words.get(after..)?)?;
        Some((add, after + count))
    };
    if let (Some(":"), Some(minutes)) = (between, next) {
        let minute: u32 = minutes.parse().ok().filter(|minute| *minute < 60 && minutes.len() == 2)?;
        let (hour, end) = match half(at + 2) {
            Some((add, end)) => (hour % 12 + add, end),
            None => (hour % 24, at + 2),
        };
        return Some((format!("{hour:02}:{minute:02}"), end));
    }
    if let Some((add, end)) = half(at + 1) {
        return Some((format!("{:02}:00", hour % 12 + add), end));
    }
    let before = at.checked_sub(1).and_then(|before| sentence.words.get(before));
    (next.is_some_and(|next| has_date_role(next, DateRole::AfterHour))
        && before.is_some_and(|before| has_date_role(before, DateRole::BeforeHour)))
    .then(|| (format!("{:02}:00", hour % 24), at + 2))
}

/// Resolves a period: its first day, and its last if the period has several.
fn resolve_period(period: RelativePeriod, published: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
    let shifted = |days: i64| {
        let by = Days::new(days.unsigned_abs());
        if days < 0 { published.checked_sub_days(by) } else { published.checked_add_days(by) }
    };
    let monday = -i64::from(published.weekday().num_days_from_monday());
    match period {
        RelativePeriod::Day(days) => (shifted(days), None),
        RelativePeriod::Week(weeks) => (shifted(monday + 7 * weeks), shifted(monday + 7 * weeks + 6)),
        RelativePeriod::Weekend => (shifted(monday + 5), shifted(monday + 6)),
        RelativePeriod::Month(months) => {
            let first = published.with_day(1);
            let by = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(0));
            let first = first
                .and_then(|first| if months < 0 { first.checked_sub_months(by) } else { first.checked_add_months(by) });
            let last =
                first.and_then(|first| first.checked_add_months(Months::new(1))).and_then(|next| next.pred_opt());
            (first, last)
        }
    }
}

//! Days and times: "on Friday", "October 23", "next week", as dates.

use chrono::{Datelike, Days, NaiveDate};

use super::sentence::{Gap, Sentence};
use ceasewire_model::event::EventDate;

mod words;

use words::{Relative, day_word, month, relative, weekday};

/// On which side of the publishing date a day is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tense {
    Past,
    Future,
    Near,
}

/// A day with the words that say it.
pub(super) struct Found {
    pub(super) when: EventDate,
}

/// What a stretch of words says.
enum Said {
    /// A day of a month, perhaps the first of two.
    Day {
        day: u32,
        last: Option<u32>,
        month: u32,
        year: Option<i32>,
    },
    Weekday(u32, i8),
    Relative(Relative),
}

/// The day that is named nearest to a word.
pub(super) fn find(sentence: &Sentence<'_>, word: usize, published: Option<NaiveDate>, tense: Tense) -> Option<Found> {
    let spans = spans(sentence);
    let (from, mut to, said) = spans
        .into_iter()
        .min_by_key(|(from, to, _)| if *from >= word { from - word } else { 2 * word.saturating_sub(*to) + 3 })?;
    let (date, end) =
        published.map_or_else(|| (stated(&said), stated_end(&said)), |published| resolve(&said, published, tense));
    let (time, time_end) = time_near(sentence, from, to);
    to = to.max(time_end.unwrap_or(to));
    let iso = |date: NaiveDate| date.format("%Y-%m-%d").to_string();
    let words = sentence.slice(from, to).to_owned();
    Some(Found { when: EventDate { date: date.map(iso), date_end: end.map(iso), date_words: Some(words), time } })
}

/// Whether a day is named at a word or up to `reach` words after it.
pub(super) fn stands_at(sentence: &Sentence<'_>, word: usize, reach: usize) -> bool {
    spans(sentence).iter().any(|(from, _, _)| *from >= word && *from < word + reach)
}

/// Whether a word belongs to a date or a time.
pub(super) fn covers(sentence: &Sentence<'_>, word: usize) -> bool {
    spans(sentence).iter().any(|(from, to, _)| (*from..*to).contains(&word)) || clock(sentence, word).is_some()
}

fn spans(sentence: &Sentence<'_>) -> Vec<(usize, usize, Said)> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        match read(sentence, at) {
            Some((to, said)) => {
                found.push((at, to, said));
                at = to;
            }
            None => at += 1,
        }
    }
    found
}

fn read(sentence: &Sentence<'_>, at: usize) -> Option<(usize, Said)> {
    let words = &sentence.words;
    let word = words[at].as_str();
    let near = |from: usize| sentence.tokens.get(from).is_some_and(|token| token.gap <= Gap::Comma);
    // "October 23", "Oct. 23-25, 2020", "October 23rd"
    if let Some(month) = month(word).filter(|_| sentence.tokens[at].capital) {
        let first = words.get(at + 1).filter(|_| near(at + 1)).and_then(|next| day(next))?;
        let dash = sentence.tokens.get(at + 2).is_some_and(|token| {
            let between = &sentence.text[sentence.tokens[at + 1].end..token.start];
            matches!(between, "-" | "–" | " - " | " – ")
        });
        let and = words.get(at + 2).is_some_and(|word| word == "and");
        let second = if dash { Some(at + 2) } else { and.then_some(at + 3) };
        let last = second.and_then(|second| words.get(second)).and_then(|next| day(next)).filter(|last| *last > first);
        let mut to = at + 2;
        if let (Some(_), Some(second)) = (last, second) {
            to = second + 1;
        }
        let year = words.get(to).and_then(|next| year(next));
        return Some((to + usize::from(year.is_some()), Said::Day { day: first, last, month, year }));
    }
    // "23 October 2020", "23 октября", "23-25 октября", "23 и 24 октября", "23rd of October"
    if let Some(first) = day(word) {
        let mut next = at + 1;
        let mut last = None;
        if let Some(second) = words.get(next).and_then(|next| day(next)).filter(|last| *last > first) {
            last = Some(second);
            next += 1;
        } else if words.get(next).is_some_and(|word| matches!(word.as_str(), "and" | "и" | "to"))
            && let Some(second) = words.get(next + 1).and_then(|next| day(next)).filter(|last| *last > first)
        {
            last = Some(second);
            next += 2;
        }
        if words.get(next).is_some_and(|word| word == "of" || word == "de") {
            next += 1;
        }
        if let Some(month) = words.get(next).filter(|_| near(next)).and_then(|next| month(next)) {
            let to = next + 1;
            let year = words.get(to).and_then(|next| year(next));
            return Some((to + usize::from(year.is_some()), Said::Day { day: first, last, month, year }));
        }
    }
    // "2020-10-23" and "23.10.2020"
    if let Some((to, said)) = figures(sentence, at) {
        return Some((to, said));
    }
    if let Some((count, said)) = relative(&words[at..]) {
        return Some((at + count, Said::Relative(said)));
    }
    let direction = match word {
        "next" | "следующий" | "следующую" | "будущий" => 1,
        "last" | "прошлый" | "прошлую" | "минувший" | "минувшую" => -1,
        _ => 0,
    };
    let named = at + usize::from(direction != 0);
    let weekday = words.get(named).and_then(|word| weekday(word))?;
    // "sat" and "sun" are days only with a capital; in Russian no day has one.
    let ascii = words[named].is_ascii();
    (!ascii || sentence.tokens[named].capital).then_some((named + 1, Said::Weekday(weekday, direction)))
}

fn figures(sentence: &Sentence<'_>, at: usize) -> Option<(usize, Said)> {
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
    Some((at + 3, Said::Day { day, last: None, month, year: Some(year) }))
}

fn day(word: &str) -> Option<u32> {
    let digits = ["st", "nd", "rd", "th", "го", "е"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word);
    if digits.len() > 2 || digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1900..2100).contains(year))
}

fn stated(said: &Said) -> Option<NaiveDate> {
    match said {
        Said::Day { day, month, year: Some(year), .. } => NaiveDate::from_ymd_opt(*year, *month, *day),
        _ => None,
    }
}

fn stated_end(said: &Said) -> Option<NaiveDate> {
    match said {
        Said::Day { last: Some(day), month, year: Some(year), .. } => NaiveDate::from_ymd_opt(*year, *month, *day),
        _ => None,
    }
}

fn resolve(said: &Said, published: NaiveDate, tense: Tense) -> (Option<NaiveDate>, Option<NaiveDate>) {
    match said {
        Said::Day { day, last, month, year } => {
            // Without a year: the nearest such day.
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
        Said::Weekday(wanted, direction) => {
            let today = published.weekday().num_days_from_monday();
            let ahead = u64::from((wanted + 7 - today) % 7);
            let back = u64::from((today + 7 - wanted) % 7);
            let date = match (direction, tense) {
                (1, _) => published.checked_add_days(Days::new(if ahead == 0 { 7 } else { ahead })),
                (-1, _) => published.checked_sub_days(Days::new(if back == 0 { 7 } else { back })),
                (_, Tense::Future) => published.checked_add_days(Days::new(ahead)),
                (_, Tense::Past) => published.checked_sub_days(Days::new(back)),
                (_, Tense::Near) if ahead <= back => published.checked_add_days(Days::new(ahead)),
                (_, Tense::Near) => published.checked_sub_days(Days::new(back)),
            };
            (date, None)
        }
        Said::Relative(relative) => relative.resolve(published),
    }
}

/// The time of day that stands near a date, and the word after it: "at 10:00", "at 3 p.m.", "noon".
fn time_near(sentence: &Sentence<'_>, from: usize, to: usize) -> (Option<String>, Option<usize>) {
    let around = from.saturating_sub(6)..(to + 7).min(sentence.words.len());
    for at in around {
        if let Some((time, end)) = clock(sentence, at) {
            return (Some(time), (at >= to && at - to <= 2).then_some(end));
        }
    }
    (None, None)
}

fn clock(sentence: &Sentence<'_>, at: usize) -> Option<(String, usize)> {
    let word = sentence.words.get(at)?.as_str();
    match day_word(word) {
        Some(hour) => return Some((format!("{hour:02}:00"), at + 1)),
        None if !word.bytes().all(|byte| byte.is_ascii_digit()) || word.len() > 2 => return None,
        None => {}
    }
    let hour: u32 = word.parse().ok().filter(|hour| *hour < 25)?;
    let next = sentence.words.get(at + 1).map(String::as_str);
    let between = sentence.tokens.get(at + 1).map(|token| &sentence.text[sentence.tokens[at].end..token.start]);
    let half = |after: usize| {
        // "p.m." is two words.
        let letter = sentence.words.get(after).map(String::as_str);
        match letter {
            Some("pm") => Some((12, after + 1)),
            Some("am") => Some((0, after + 1)),
            Some("p") if sentence.words.get(after + 1).is_some_and(|word| word == "m") => Some((12, after + 2)),
            Some("a") if sentence.words.get(after + 1).is_some_and(|word| word == "m") => Some((0, after + 2)),
            _ => None,
        }
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
    (matches!(next, Some("часов" | "часа" | "час" | "o"))
        && at > 0
        && matches!(sentence.words[at - 1].as_str(), "в" | "с" | "at" | "к"))
    .then(|| (format!("{:02}:00", hour % 24), at + 2))
}

//! Dates in the words of an article: "October 10, 2020", "10 октября".

use ceasewire_text::calendar::{find_compared_month, strip_day_ending};

/// A day, counted from the first day of the common era.
pub(super) type DayNumber = i32;

/// A date in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MentionedDate {
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) year: Option<i32>,
}

impl MentionedDate {
    /// The day, if the text gives a year and the year has that day.
    pub(super) fn day_number(self) -> Option<DayNumber> {
        use chrono::Datelike;
        chrono::NaiveDate::from_ymd_opt(self.year?, self.month, self.day).map(|date| date.num_days_from_ce())
    }
}

/// Parses the date that begins at a word; returns it with its word count.
pub(super) fn parse<'a>(words: impl Fn(usize) -> Option<&'a str>, at: usize) -> Option<(MentionedDate, usize)> {
    let first = words(at)?;
    let second = words(at + 1)?;
    let (month, day) = match (find_compared_month(first), find_compared_month(second)) {
        (Some(month), _) => (month, day(second)?),
        (None, Some(month)) => (month, day(first)?),
        (None, None) => return None,
    };
    let year = words(at + 2).and_then(year);
    Some((MentionedDate { month, day, year }, 2 + usize::from(year.is_some())))
}

/// Whether a date may begin with the word.
pub(super) fn may_begin(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || find_compared_month(word).is_some()
}

fn day(word: &str) -> Option<u32> {
    let word = strip_day_ending(word);
    (word.len() <= 2).then(|| word.parse().ok())?.filter(|day| (1..=31).contains(day))
}

/// Parses a year of four digits that the news may speak about.
pub(super) fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok())?.filter(|year| (1900..2100).contains(year))
}

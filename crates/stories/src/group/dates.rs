//! Days that a text names: "October 10, 2020", "10 октября".

/// Days of the common era.
pub(super) type Day = i32;

/// A day that a text names, with its year where that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) year: Option<i32>,
}

impl Date {
    /// The day, where the year is named and has it.
    pub(super) fn day(self) -> Option<Day> {
        use chrono::Datelike;
        chrono::NaiveDate::from_ymd_opt(self.year?, self.month, self.day).map(|date| date.num_days_from_ce())
    }
}

/// The date that begins with a word, and how many words it takes.
pub(super) fn parse<'a>(words: impl Fn(usize) -> Option<&'a str>, at: usize) -> Option<(Date, usize)> {
    let first = words(at)?;
    let second = words(at + 1)?;
    let (month, day) = match (month(first), month(second)) {
        (Some(month), _) => (month, day(second)?),
        (None, Some(month)) => (month, day(first)?),
        (None, None) => return None,
    };
    let year = words(at + 2).and_then(year);
    Some((Date { month, day, year }, 2 + usize::from(year.is_some())))
}

/// Whether a date can begin with the word.
pub(super) fn may_begin(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit()) || month(word).is_some()
}

fn day(word: &str) -> Option<u32> {
    let word = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending)).unwrap_or(word);
    (word.len() <= 2).then(|| word.parse().ok())?.filter(|day| (1..=31).contains(day))
}

/// A year of the news, written out.
pub(super) fn year(word: &str) -> Option<i32> {
    (word.len() == 4).then(|| word.parse().ok())?.filter(|year| (1900..2100).contains(year))
}

fn month(word: &str) -> Option<u32> {
    Some(match word {
        "january" | "jan" | "января" | "январь" => 1,
        "february" | "feb" | "февраля" | "февраль" => 2,
        "march" | "mar" | "марта" | "март" => 3,
        "april" | "apr" | "апреля" | "апрель" => 4,
        "may" | "мая" | "май" => 5,
        "june" | "jun" | "июня" | "июнь" => 6,
        "july" | "jul" | "июля" | "июль" => 7,
        "august" | "aug" | "августа" | "август" => 8,
        "september" | "sept" | "sep" | "сентября" | "сентябрь" => 9,
        "october" | "oct" | "октября" | "октябрь" => 10,
        "november" | "nov" | "ноября" | "ноябрь" => 11,
        "december" | "dec" | "декабря" | "декабрь" => 12,
        _ => return None,
    })
}

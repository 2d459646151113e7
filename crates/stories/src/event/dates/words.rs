//! The words for months, weekdays and days seen from today; folded, as words of sentences are.

use chrono::{Datelike, Days, Months, NaiveDate};

/// The months' names and their abbreviations, English, then Russian, French, Turkish, Azerbaijani.
const MONTHS: [&[&str]; 12] = [
    &["january", "jan", "января", "janvier", "ocak", "yanvar"],
    &["february", "feb", "февраля", "fevrier", "subat", "fevral"],
    &["march", "mar", "марта", "mars", "mart"],
    &["april", "apr", "апреля", "avril", "nisan", "aprel"],
    &["may", "мая", "mai", "mayis"],
    &["june", "jun", "июня", "juin", "haziran", "iyun"],
    &["july", "jul", "июля", "juillet", "temmuz", "iyul"],
    &["august", "aug", "августа", "aout", "agustos", "avqust"],
    &["september", "sep", "sept", "сентября", "septembre", "eylul", "sentyabr"],
    &["october", "oct", "октября", "octobre", "ekim", "oktyabr"],
    &["november", "nov", "ноября", "novembre", "kasim", "noyabr"],
    &["december", "dec", "декабря", "decembre", "aralik", "dekabr"],
];

const WEEKDAYS: [&[&str]; 7] = [
    &["monday", "понедельник", "lundi", "pazartesi"],
    &["tuesday", "вторник", "mardi", "sali"],
    &["wednesday", "среду", "среда", "mercredi", "carsamba"],
    &["thursday", "четверг", "jeudi", "persembe"],
    &["friday", "пятницу", "пятница", "vendredi", "cuma"],
    &["saturday", "субботу", "суббота", "samedi", "cumartesi"],
    &["sunday", "воскресенье", "dimanche", "pazar"],
];

/// The month's number.
pub(super) fn month(word: &str) -> Option<u32> {
    (1..).zip(MONTHS).find(|(_, names)| names.contains(&word)).map(|(number, _)| number)
}

/// Days after Monday.
pub(super) fn weekday(word: &str) -> Option<u32> {
    (0..).zip(WEEKDAYS).find(|(_, names)| names.contains(&word)).map(|(number, _)| number)
}

/// The hour of a word for a time of day.
pub(super) fn day_word(word: &str) -> Option<u32> {
    match word {
        "noon" | "midday" | "полдень" | "полудня" | "midi" => Some(12),
        "midnight" | "полночь" | "полуночи" | "minuit" => Some(0),
        _ => None,
    }
}

/// Days seen from the publishing date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Relative {
    /// So many days ahead.
    Day(i64),
    /// The week so many weeks ahead, Monday to Sunday.
    Week(i64),
    /// The month so many months ahead.
    Month(i64),
    /// Saturday and Sunday of this week.
    Weekend,
}

/// Phrases, the longer before the shorter.
const PHRASES: &[(&str, Relative)] = &[
    ("day after tomorrow", Relative::Day(2)),
    ("day before yesterday", Relative::Day(-2)),
    ("earlier today", Relative::Day(0)),
    ("later today", Relative::Day(0)),
    ("today", Relative::Day(0)),
    ("tonight", Relative::Day(0)),
    ("tomorrow", Relative::Day(1)),
    ("yesterday", Relative::Day(-1)),
    ("next week", Relative::Week(1)),
    ("this week", Relative::Week(0)),
    ("last week", Relative::Week(-1)),
    ("next month", Relative::Month(1)),
    ("last month", Relative::Month(-1)),
    ("later this month", Relative::Month(0)),
    ("this weekend", Relative::Weekend),
    ("послезавтра", Relative::Day(2)),
    ("позавчера", Relative::Day(-2)),
    ("сегодня", Relative::Day(0)),
    ("завтра", Relative::Day(1)),
    ("вчера", Relative::Day(-1)),
    ("следующей неделе", Relative::Week(1)),
    ("будущей неделе", Relative::Week(1)),
    ("этой неделе", Relative::Week(0)),
    ("прошлой неделе", Relative::Week(-1)),
    ("следующем месяце", Relative::Month(1)),
    ("прошлом месяце", Relative::Month(-1)),
    ("выходные", Relative::Weekend),
    ("apres demain", Relative::Day(2)),
    ("aujourd hui", Relative::Day(0)),
    ("demain", Relative::Day(1)),
    ("hier", Relative::Day(-1)),
    ("la semaine prochaine", Relative::Week(1)),
    ("yarin", Relative::Day(1)),
    ("bugun", Relative::Day(0)),
    ("sabah", Relative::Day(1)),
    ("gelecek hafta", Relative::Week(1)),
];

/// The phrase that these words begin with, and how many words it has.
pub(super) fn relative(words: &[String]) -> Option<(usize, Relative)> {
    let first = words.first()?;
    PHRASES.iter().filter(|(phrase, _)| phrase.starts_with(first.as_str())).find_map(|(phrase, relative)| {
        let count = phrase.split(' ').count();
        let here = words.get(..count)?;
        phrase.split(' ').eq(here.iter().map(String::as_str)).then_some((count, *relative))
    })
}

impl Relative {
    /// The first day that is meant, and the last where it is another.
    pub(super) fn resolve(self, published: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
        let shifted = |days: i64| {
            let by = Days::new(days.unsigned_abs());
            if days < 0 { published.checked_sub_days(by) } else { published.checked_add_days(by) }
        };
        let monday = -i64::from(published.weekday().num_days_from_monday());
        match self {
            Self::Day(days) => (shifted(days), None),
            Self::Week(weeks) => (shifted(monday + 7 * weeks), shifted(monday + 7 * weeks + 6)),
            Self::Weekend => (shifted(monday + 5), shifted(monday + 6)),
            Self::Month(months) => {
                let first = published.with_day(1);
                let by = Months::new(u32::try_from(months.unsigned_abs()).unwrap_or(0));
                let first = first.and_then(|first| {
                    if months < 0 { first.checked_sub_months(by) } else { first.checked_add_months(by) }
                });
                let last =
                    first.and_then(|first| first.checked_add_months(Months::new(1))).and_then(|next| next.pred_opt());
                (first, last)
            }
        }
    }
}

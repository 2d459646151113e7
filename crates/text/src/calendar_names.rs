//! The names of months, weekdays and halves of the day in the languages of the world's news, from CLDR's tables in
//! `languages/cldr_calendar.txt`.
//!
//! One name may mean different months in different languages, so a lookup gives a set. Lookups take folded words, those
//! of a longer name with a blank between them.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::analysis;
use crate::languages::{Language, entries};

/// A set of months: bit 0 is January.
pub type MonthSet = u16;

/// A set of weekdays: bit 0 is Monday.
pub type WeekdaySet = u8;

/// The most words of a name.
pub const MAX_NAME_WORDS: usize = 3;

/// The fewest letters of a shortened name: "sept" is September, "ju" nothing.
const MIN_CUT_LETTERS: usize = 3;

static TABLE: &str = include_str!("../../../languages/cldr_calendar.txt");

#[derive(Default)]
struct CalendarNames {
    months: HashMap<String, MonthSet>,
    weekdays: HashMap<String, WeekdaySet>,
    /// The first hour of each half of the day.
    halves: HashMap<String, u32>,
    /// Words beside the parts of a date: "de", "г".
    fillers: HashSet<String>,
}

static NAMES: LazyLock<CalendarNames> = LazyLock::new(|| {
    let mut names = CalendarNames { halves: [("am".into(), 0), ("pm".into(), 12)].into(), ..CalendarNames::default() };
    for (key, value) in entries(TABLE) {
        let kind = key.split_once(' ').map_or("", |(_, kind)| kind);
        for (place, name) in value.split('|').map(folded).enumerate() {
            match kind {
                "am" => drop(names.halves.insert(name, 0)),
                "pm" => drop(names.halves.insert(name, 12)),
                "words" => drop(names.fillers.insert(name)),
                _ if kind.starts_with("months") => *names.months.entry(name).or_default() |= 1 << place,
                _ => *names.weekdays.entry(name).or_default() |= 1 << place,
            }
        }
    }
    for (key, value) in Language::all().flat_map(|language| entries(language.data().file("calendar.txt").unwrap_or("")))
    {
        let words = || analysis::words(value).into_iter();
        match key.split_once(' ').map_or((key, None), |(kind, number)| (kind, number.parse::<u32>().ok())) {
            ("month", Some(month @ 1..=12)) => {
                words().for_each(|word| *names.months.entry(word).or_default() |= 1 << (month - 1));
            }
            ("weekday", Some(day @ 1..=7)) => {
                words().for_each(|word| *names.weekdays.entry(word).or_default() |= 1 << (day - 1));
            }
            ("before-month" | "day-ending", _) => names.fillers.extend(words()),
            _ => {}
        }
    }
    names
});

fn folded(name: &str) -> String {
    key(&analysis::words(name).join(" ")).into_owned()
}

/// The form of a folded name in the table: a word in capitals has no final sigma.
fn key(name: &str) -> Cow<'_, str> {
    if name.contains('ς') { name.replace('ς', "σ").into() } else { name.into() }
}

/// Lists the names of a row in a language, such as `months-alone` in `ru`.
pub(crate) fn row(code: &str, row: &str) -> impl Iterator<Item = &'static str> {
    let found = entries(TABLE).find(|(key, _)| key.split_once(' ') == Some((code, row)));
    found.into_iter().flat_map(|(_, value)| value.split('|').map(str::trim))
}

/// Finds the months that a name stands for in any language. A name may be cut short where all names that begin so are of
/// one month.
pub fn months_named(name: &str) -> MonthSet {
    let name = key(name);
    let name = name.as_ref();
    if let Some(months) = NAMES.months.get(name) {
        return *months;
    }
    // Hebrew writes its preposition and the month as one word.
    let prefix = name.chars().next().map_or(0, char::len_utf8);
    if prefix > 1
        && NAMES.fillers.contains(&name[..prefix])
        && let Some(months) = NAMES.months.get(&name[prefix..])
    {
        return *months;
    }
    if name.chars().count() < MIN_CUT_LETTERS || NAMES.weekdays.contains_key(name) {
        return 0;
    }
    let months = NAMES.months.iter().filter(|(known, _)| known.starts_with(name));
    let months = months.fold(0, |found, (_, months)| found | months);
    if months.count_ones() == 1 { months } else { 0 }
}

/// Finds the weekdays that a name stands for in any language.
pub fn weekdays_named(name: &str) -> WeekdaySet {
    NAMES.weekdays.get(key(name).as_ref()).copied().unwrap_or_default()
}

/// Finds the first hour of the half of the day that a name stands for: 0 for "a m", 12 for "p m".
pub fn half_day_named(name: &str) -> Option<u32> {
    NAMES.halves.get(name).copied()
}

/// Whether a word stands beside the parts of a date and says nothing: "de" in "10 de octubre".
pub fn is_filler(word: &str) -> bool {
    NAMES.fillers.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_known_and_whole() {
        for (key, value) in entries(TABLE) {
            let (code, kind) = key.split_once(' ').expect(key);
            let expected = match kind {
                "months" | "months-alone" | "months-short" | "months-short-alone" => Some(12),
                "weekdays" | "weekdays-alone" | "weekdays-short" | "weekdays-short-alone" => Some(7),
                "am" | "pm" | "words" => None,
                _ => panic!("{code}: {kind}"),
            };
            let names: Vec<String> = value.split('|').map(folded).collect();
            assert!(expected.is_none_or(|expected| names.len() == expected), "{key}: {}", names.len());
            for name in names {
                assert!((1..=MAX_NAME_WORDS).contains(&name.split(' ').count()) && !name.is_empty(), "{key}: {name}");
            }
        }
    }

    /// Recorded from CLDR's own charts, apart from the table: language, January, May, September and December inside a
    /// date, May outside of one, and the weekday of 10 October 2020.
    #[test]
    fn names_are_those_of_cldr() {
        for (code, inside, alone, saturday) in [
            ("en", "January May September December", "May", "Saturday"),
            ("ru", "января мая сентября декабря", "май", "суббота"),
            ("uk", "січня травня вересня грудня", "травень", "субота"),
            ("hy", "հունվարի մայիսի սեպտեմբերի դեկտեմբերի", "մայիս", "շաբաթ"),
            ("az", "yanvar may sentyabr dekabr", "may", "Şənbə"),
            ("tr", "Ocak Mayıs Eylül Aralık", "Mayıs", "Cumartesi"),
            ("fr", "janvier mai septembre décembre", "mai", "samedi"),
            ("ka", "იანვარი მაისი სექტემბერი დეკემბერი", "მაისი", "შაბათი"),
            ("fa", "ژانویه مه سپتامبر دسامبر", "مه", "شنبه"),
            ("ar", "يناير مايو سبتمبر ديسمبر", "مايو", "السبت"),
            ("he", "ינואר מאי ספטמבר דצמבר", "מאי", "יום שבת"),
            ("de", "Januar Mai September Dezember", "Mai", "Samstag"),
            ("es", "enero mayo septiembre diciembre", "mayo", "sábado"),
            ("it", "gennaio maggio settembre dicembre", "maggio", "sabato"),
            ("pt", "janeiro maio setembro dezembro", "maio", "sábado"),
            ("pl", "stycznia maja września grudnia", "maj", "sobota"),
            ("ro", "ianuarie mai septembrie decembrie", "mai", "sâmbătă"),
            ("nl", "januari mei september december", "mei", "zaterdag"),
            ("id", "Januari Mei September Desember", "Mei", "Sabtu"),
            ("el", "Ιανουαρίου Μαΐου Σεπτεμβρίου Δεκεμβρίου", "Μάιος", "Σάββατο"),
        ] {
            for (name, month) in inside.split(' ').chain([alone]).zip([0, 4, 8, 11, 4]) {
                assert_eq!(months_named(&folded(name)), 1 << month, "{code}: {name}");
            }
            assert_eq!(weekdays_named(&folded(saturday)), 1 << 5, "{code}: {saturday}");
        }
    }

    #[test]
    fn a_name_of_two_months_is_a_set_and_a_cut_name_is_found() {
        for (name, months) in [
            // November in Polish and Czech, October in Croatian.
            ("lis", 1 << 10 | 1 << 9),
            ("sept", 1 << 8),
            ("octob", 1 << 9),
            ("mar", 1 << 2),
            ("dez", 1 << 11),
            ("ju", 0),
            ("jui", 0),
            ("sun", 0),
            ("сб", 0),
            ("تشرين الأول", 1 << 9),
            ("ΙΑΝΟΥΆΡΙΟΣ", 1),
            ("בינואר", 1),
        ] {
            assert_eq!(months_named(&folded(name)), months, "{name}");
        }
        assert_eq!((half_day_named("p m"), half_day_named("下午"), half_day_named("noon")), (Some(12), Some(12), None));
        assert!(is_filler("de") && is_filler("г") && !is_filler("mai"));
    }
}

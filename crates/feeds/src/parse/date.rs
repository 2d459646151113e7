//! Dates in feeds: RFC 3339 and 2822, their many corruptions, and partial dates.
//!
//! A text that no rule understands is no date. A date of a day, a month or a year means its beginning; without a zone
//! it means UTC. This module must not know the element that a text comes from.

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

use ceasewire_text::calendar;

/// A moment in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedDate {
    pub at: DateTime<Utc>,
    /// Whether the text has no zone, or an unknown one, so that the moment is a guess.
    pub zoneless: bool,
}

/// Parses a date; `None` where the text is none.
pub fn parse(text: &str) -> Option<ParsedDate> {
    /// No notation of a date is longer.
    const MAX_LENGTH: usize = 80;
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    let text = to_ascii_digits(text);
    parse_year_first(&text).or_else(|| parse_worded(&text))
}

/// Replaces Persian digits by ASCII digits.
fn to_ascii_digits(text: &str) -> Cow<'_, str> {
    let digit = |c: char| u32::from(c).checked_sub(u32::from('۰')).and_then(|digit| char::from_digit(digit, 10));
    if text.is_ascii() || !text.contains(|c| digit(c).is_some()) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| digit(c).unwrap_or(c)).collect()
}

/// Parses a date with the year first, as in RFC 3339 and ISO 8601: `2020-10-10T03:05:00+04:00`, `2020-10-10 03:05`,
/// `20201010`, `2020-10`.
fn parse_year_first(text: &str) -> Option<ParsedDate> {
    let (year, rest) = digits(text, 4)?;
    let separated = rest.trim_start_matches(['-', '/', '.']);
    let (month, rest) = match digits(separated, 2).or_else(|| digits(separated, 1)) {
        Some((month, rest)) => (month, rest),
        None if separated.is_empty() => (1, ""),
        None => return None,
    };
    let rest = rest.trim_start_matches(['-', '/', '.']);
    let (day, rest) = match digits(rest, 2).or_else(|| digits(rest, 1)) {
        Some((day, rest)) => (day, rest),
        None if rest.is_empty() => (1, ""),
        None => return None,
    };
    let rest = rest.trim_start_matches(['T', 't', ' ', ',']).trim();
    combine(i32::try_from(year).ok()?, month, day, rest)
}

/// Parses day, month name and year in any order, with or without a weekday: `Sat, 10 Oct 2020 03:05:00 +0400`,
/// `Oct 10, 2020 3:05 PM`, `Sat Oct 10 03:05:00 2020`; or numbers with the day first, `10.10.2020 03:05`.
fn parse_worded(text: &str) -> Option<ParsedDate> {
    let (mut day, mut month, mut year) = (None, None, None);
    let mut time = String::new();
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '،')).filter(|word| !word.is_empty()) {
        if let Some(date) = day_first(word).filter(|_| day.is_none() && month.is_none()) {
            (day, month, year) = (Some(date.0), Some(date.1), Some(date.2));
            continue;
        }
        // `10-Oct-2020` is three words; a zone such as `-0400` and a time are one.
        let dashed = word.contains('-') && word.chars().any(char::is_alphabetic);
        for part in word.split(|c| dashed && c == '-').map(|part| part.trim_end_matches('.')) {
            let number: Option<u32> = part.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h', 'e']).parse().ok();
            let number = number.filter(|_| !part.starts_with('+'));
            if part.contains(':') {
                time.push_str(part);
                time.push(' ');
            } else if let Some((hour, minute)) = french_time(part) {
                time.push_str(&format!("{hour}:{minute} "));
            } else if let Some(number) = number {
                match (day, number) {
                    (None, 1..=31) if part.len() <= 4 => day = Some(number),
                    _ if year.is_none() => year = full_year(number, part.len()),
                    _ => {}
                }
            } else if let Some(named) = month_number(part).filter(|_| month.is_none() || time.is_empty()) {
                // Of two names before the time, the first is a weekday: `mar. 13 oct.` is a Tuesday, mardi.
                month = Some(named);
            } else if !time.is_empty() {
                time.push_str(part);
                time.push(' ');
            }
        }
    }
    combine(year?, month?, day?, time.trim())
}

/// Parses day, month and year of `10.10.2020`. A date with slashes is ambiguous and stays unread.
fn day_first(word: &str) -> Option<(u32, u32, i32)> {
    let mut parts = word.split('.');
    let mut part = |lengths: std::ops::RangeInclusive<usize>| {
        parts.next().filter(|part| lengths.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (day, month, year) = (part(1..=2)?, part(1..=2)?, part(4..=4)?);
    Some((day.parse().ok()?, month.parse().ok()?, year.parse().ok()?))
}

/// Parses hour and minute of `7h05` or `7h`.
fn french_time(word: &str) -> Option<(&str, &str)> {
    let (hour, minute) = word.split_once('h')?;
    let number =
        |text: &str, least: usize| (least..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    (number(hour, 1) && number(minute, 0)).then_some((hour, if minute.is_empty() { "00" } else { minute }))
}

/// Completes a year of two digits to one of 1970 to 2069.
fn full_year(number: u32, length: usize) -> Option<i32> {
    let year = i32::try_from(number).ok()?;
    match length {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Combines a date with the text of a time (`03:05:00.5 PM +04:00`; empty for midnight).
fn combine(year: i32, month: u32, day: u32, time: &str) -> Option<ParsedDate> {
    /// Excludes years of the Persian calendar, now about 1400.
    const FIRST_YEAR: i32 = 1500;
    let date = NaiveDate::from_ymd_opt(year, month, day).filter(|_| year >= FIRST_YEAR)?;
    let (mut hour, rest) = match digits(time, 2).or_else(|| digits(time, 1)) {
        Some((hour, rest)) => (hour, rest),
        None => (0, time),
    };
    let (minute, rest) = time_field(rest);
    let (second, rest) = time_field(rest);
    let fraction = rest.strip_prefix(['.', ',']).map_or("", |r| &r[..r.len() - r.trim_start_matches(is_digit).len()]);
    let rest = if fraction.is_empty() { rest } else { &rest[fraction.len() + 1..] };
    let nanos: u32 = if fraction.is_empty() { 0 } else { format!("{fraction:0<9.9}").parse().unwrap_or(0) };

    let mut zone = rest.trim();
    for (mark, shift) in [("pm", 12), ("am", 0)] {
        let head = zone.get(..2).filter(|head| head.eq_ignore_ascii_case(mark));
        if head.is_some() && (1..=12).contains(&hour) {
            hour = hour % 12 + shift;
            zone = zone[2..].trim();
        }
    }
    // Publishers write `24:00` for the start of the day; second 60 is a leap second.
    let naive = date.and_hms_nano_opt(hour % 24, minute, second.min(59), nanos)?;
    let offset = offset(zone)?;
    let local = naive.and_local_timezone(offset.unwrap_or(FixedOffset::east_opt(0)?)).single()?;
    Some(ParsedDate { at: local.with_timezone(&Utc), zoneless: offset.is_none() })
}

/// Parses the field of two digits after a colon, or directly after digits as in `030500`.
fn time_field(rest: &str) -> (u32, &str) {
    let inner = rest.strip_prefix(':').unwrap_or(rest);
    digits(inner, 2).or_else(|| digits(inner, 1)).unwrap_or((0, rest))
}

/// Named zones with their offset in minutes.
const ZONES: &[(&str, i32)] = &[
    ("GMT", 0),
    ("UTC", 0),
    ("UT", 0),
    ("Z", 0),
    ("WET", 0),
    ("WEST", 60),
    ("EST", -300),
    ("EDT", -240),
    ("CST", -360),
    ("CDT", -300),
    ("MST", -420),
    ("MDT", -360),
    ("PST", -480),
    ("PDT", -420),
    ("AKST", -540),
    ("AKDT", -480),
    ("HST", -600),
    ("AST", -240),
    ("ADT", -180),
    ("BST", 60),
    ("CET", 60),
    ("MET", 60),
    ("CEST", 120),
    ("EET", 120),
    ("EEST", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("IRST", 210),
    ("IRDT", 270),
    ("AZT", 240),
    ("AMT", 240),
    ("GET", 240),
    ("GST", 240),
];

/// Parses the offset of a zone: `Some(None)` for no or an unknown zone, `None` where the text is no zone.
fn offset(zone: &str) -> Option<Option<FixedOffset>> {
    let zone = zone.split(['(', '[']).next().unwrap_or_default().trim();
    // `GMT+4` means `+4`.
    let named = ["GMT", "UTC", "Z"].iter().find_map(|name| zone.strip_prefix(name));
    let bare = named.unwrap_or(zone).trim();
    let sign = match bare.chars().next() {
        None => return Some(named.and(FixedOffset::east_opt(0))),
        Some('+') => 1,
        Some('-' | '\u{2212}') => -1,
        Some(c) if c.is_alphabetic() => {
            let name = bare.split_whitespace().next().unwrap_or_default();
            let known = ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
            return Some(known.and_then(|(_, minutes)| FixedOffset::east_opt(minutes * 60)));
        }
        Some(_) => return None,
    };
    let number: String = bare.chars().skip(1).filter(|c| c.is_ascii_digit()).take(4).collect();
    let (hours, minutes) = if number.len() > 2 { number.split_at(number.len() - 2) } else { (number.as_str(), "0") };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    FixedOffset::east_opt(sign * seconds).map(Some)
}

fn month_number(word: &str) -> Option<u32> {
    const ENGLISH: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    // Fast path: nearly all feeds write English abbreviations.
    if word.len() == 3 {
        if let Some(place) = ENGLISH.iter().position(|name| name.eq_ignore_ascii_case(word)) {
            return u32::try_from(place + 1).ok();
        }
        if WEEKDAYS.iter().any(|name| name.eq_ignore_ascii_case(word)) {
            return None;
        }
    }
    calendar::month_with_prefix(&word.to_lowercase())
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// Splits a number of `count` digits from the text after it.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let head = text.get(..count).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    Some((head.parse().ok()?, &text[count..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment_of(text: &str) -> Option<String> {
        parse(text).map(|date| date.at.to_rfc3339())
    }

    #[test]
    fn one_moment_has_many_notations() {
        for text in [
            "2020-10-10T03:05:00Z",
            "2020-10-10T07:05:00+04:00",
            "2020-10-10T07:05:00+0400",
            "2020-10-10 03:05:00",
            "2020-10-10T03:05Z",
            "20201010T030500Z",
            "Sat, 10 Oct 2020 03:05:00 GMT",
            "Sat, 10 Oct 2020 07:05:00 +0400",
            "Sat, 10 Oct 2020 07:05 +0400",
            "10 Oct 2020 06:05:00 MSK",
            "Sat, 10 October 2020 03:05:00 -0000",
            "Sat,10 Oct 20 3:05:00 UTC",
            "Sat Oct 10 03:05:00 2020",
            "Oct 10, 2020 3:05 AM",
            "10-Oct-2020 03:05",
            "Fri, 09 Oct 2020 23:05:00 EDT",
            "10.10.2020 03:05",
            "10.10.2020, 07:05:00 +0400",
            "Sat, 10 Oct 2020 06:35:00 IRST",
        ] {
            assert_eq!(moment_of(text).as_deref(), Some("2020-10-10T03:05:00+00:00"), "{text}");
        }
    }

    #[test]
    fn months_are_read_in_all_languages_of_the_feeds() {
        for text in [
            "Sat, 10 Oct 2020 03:05:00",
            "samedi 10 octobre 2020 à 03:05",
            "10 oct. 2020 - 3h05",
            "сб, 10 окт 2020 06:05:00 +0300",
            "10 октября 2020 г., 03:05",
            "10 Ekim 2020 Cumartesi 03:05",
            "10 EKİM 2020, 03:05",
            "10 oktyabr 2020, 03:05",
            "10 հոկտեմբերի, 2020 03:05",
            "2020 թ. հոկտեմբերի 10, 03:05",
            "10 ოქტომბერი, 2020 03:05",
            "10 اکتبر 2020، 03:05",
            "۱۰ اکتبر ۲۰۲۰ ۰۳:۰۵",
        ] {
            assert_eq!(moment_of(text).as_deref(), Some("2020-10-10T03:05:00+00:00"), "{text}");
        }
        let names = [
            "January February March April May June July August September October November December",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
            "yanvar fevral mart aprel may iyun iyul avqust sentyabr oktyabr noyabr dekabr",
            "հունվարի փետրվարի մարտի ապրիլի մայիսի հունիսի հուլիսի օգոստոսի սեպտեմբերի հոկտեմբերի նոյեմբերի դեկտեմբերի",
            "იანვარი თებერვალი მარტი აპრილი მაისი ივნისი ივლისი აგვისტო სექტემბერი ოქტომბერი ნოემბერი დეკემბერი",
            "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
        ];
        for names in names {
            for (place, name) in names.split(' ').enumerate() {
                let expected = format!("2020-{:02}-02T00:00:00+00:00", place + 1);
                assert_eq!(moment_of(&format!("2 {name} 2020")), Some(expected), "{name}");
            }
        }
    }

    #[test]
    fn a_weekday_is_no_month() {
        assert_eq!(moment_of("mar. 13 oct. 2020").as_deref(), Some("2020-10-13T00:00:00+00:00"));
        assert_eq!(moment_of("mardi 13 octobre 2020").as_deref(), Some("2020-10-13T00:00:00+00:00"));
    }

    #[test]
    fn a_date_alone_is_midnight() {
        for (text, date) in [("2020-10-10", "2020-10-10"), ("20201010", "2020-10-10"), ("10 Oct 2020", "2020-10-10")] {
            assert_eq!(moment_of(text), Some(format!("{date}T00:00:00+00:00")), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_known_zone_is_zoneless() {
        for (text, zoneless) in [
            ("2020-10-10T03:05:00Z", false),
            ("2020-10-10T03:05:00", true),
            ("2020-10-10", true),
            ("Sat, 10 Oct 2020 03:05:00 GMT", false),
            ("Sat, 10 Oct 2020 03:05:00 UT", false),
            ("Sat, 10 Oct 2020 03:05:00 gmt", false),
            ("Sat, 10 Oct 2020 03:05:00 -0000", false),
            ("Sat, 10 Oct 2020 03:05:00 GMT+4", false),
            ("Sat, 10 Oct 2020 03:05:00", true),
            ("Sat, 10 Oct 2020 03:05:00 XYZ", true),
            ("Oct 10, 2020 3:05 AM", true),
        ] {
            assert_eq!(parse(text).map(|date| date.zoneless), Some(zoneless), "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_dates() {
        for text in [
            "",
            "yesterday",
            "2020-13-45",
            "32 Oct 2020",
            "-",
            "Oct",
            "10:20",
            "99999999999999",
            "٢٠٢٠",
            "۱۳۹۹-۰۷-۱۹",
            "19 مهر 1399",
            "32.10.2020",
            "10.13.2020",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

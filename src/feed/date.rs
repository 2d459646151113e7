//! Dates as feeds write them: RFC 3339 and 2822, their many corruptions, and partial dates.
//!
//! A date that is not understood is no date. One that states only a day, a month or a year means its beginning, in UTC
//! where no zone is given. It must not know where in a feed the text stood.

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};

/// The moment that `text` states, or `None` where it states none.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    /// No spelling of a date is longer; anything beyond is not one.
    const LONGEST: usize = 80;
    let text = text.trim();
    if text.is_empty() || text.len() > LONGEST {
        return None;
    }
    numeric(text).or_else(|| worded(text))
}

/// Year first, as in RFC 3339 and ISO 8601: `2020-10-10T03:05:00+04:00`, `2020-10-10 03:05`, `20201010`, `2020-10`.
fn numeric(text: &str) -> Option<DateTime<Utc>> {
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
    moment(i32::try_from(year).ok()?, month, day, rest)
}

/// Day, month name and year in any order, with or without a weekday: `Sat, 10 Oct 2020 03:05:00 +0400`,
/// `Oct 10, 2020 3:05 PM`, `Sat Oct 10 03:05:00 2020`.
fn worded(text: &str) -> Option<DateTime<Utc>> {
    let (mut day, mut month, mut year) = (None, None, None);
    let mut time = String::new();
    for word in text.split(|c: char| c.is_whitespace() || c == ',').filter(|word| !word.is_empty()) {
        // `10-Oct-2020` is three words; a zone such as `-0400` and a time are one.
        let dashed = word.contains('-') && word.chars().any(char::is_alphabetic);
        for part in word.split(|c| dashed && c == '-').map(|part| part.trim_end_matches('.')) {
            let number: Option<u32> = part.trim_end_matches(['s', 't', 'n', 'd', 'r', 'h']).parse().ok();
            let number = number.filter(|_| !part.starts_with('+'));
            if part.contains(':') {
                time.push_str(part);
                time.push(' ');
            } else if let Some(number) = number {
                match (day, number) {
                    (None, 1..=31) if part.len() <= 4 => day = Some(number),
                    _ if year.is_none() => year = full_year(number, part.len()),
                    _ => {}
                }
            } else if month.is_none() && month_named(part).is_some() {
                month = month_named(part);
            } else if !time.is_empty() {
                time.push_str(part);
                time.push(' ');
            }
        }
    }
    moment(year?, month?, day?, time.trim())
}

/// A year of two digits means 1970 to 2069.
fn full_year(number: u32, length: usize) -> Option<i32> {
    let year = i32::try_from(number).ok()?;
    match length {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Puts a date and the text of a time (`03:05:00.5 PM +04:00`, or nothing for midnight) together.
fn moment(year: i32, month: u32, day: u32, time: &str) -> Option<DateTime<Utc>> {
    let date = NaiveDate::from_ymd_opt(year, month, day)?;
    let (mut hour, rest) = match digits(time, 2).or_else(|| digits(time, 1)) {
        Some((hour, rest)) => (hour, rest),
        None => (0, time),
    };
    let (minute, rest) = field(rest);
    let (second, rest) = field(rest);
    let fraction = rest.strip_prefix(['.', ',']).map_or("", |r| &r[..r.len() - r.trim_start_matches(is_digit).len()]);
    let rest = if fraction.is_empty() { rest } else { &rest[fraction.len() + 1..] };
    let nanos: u32 = format!("{:0<9.9}", fraction).parse().unwrap_or(0);

    let mut zone = rest.trim();
    for (mark, shift) in [("pm", 12), ("am", 0)] {
        let head = zone.get(..2).filter(|head| head.eq_ignore_ascii_case(mark));
        if head.is_some() && (1..=12).contains(&hour) {
            hour = hour % 12 + shift;
            zone = zone[2..].trim();
        }
    }
    // `24:00` is written for the start of the same day; 60 is a leap second.
    let naive = date.and_hms_nano_opt(hour % 24, minute, second.min(59), nanos)?;
    let local = naive.and_local_timezone(offset(zone)?).single()?;
    Some(local.with_timezone(&Utc))
}

/// The two-digit field after a colon, or directly after digits as in `030500`.
fn field(rest: &str) -> (u32, &str) {
    let inner = rest.strip_prefix(':').unwrap_or(rest);
    digits(inner, 2).or_else(|| digits(inner, 1)).unwrap_or((0, rest))
}

/// Offsets of the zones that feeds name instead of numbering, in hours; an unknown name counts as UTC.
const ZONES: &[(&str, i32)] = &[
    ("EST", -5),
    ("EDT", -4),
    ("CST", -6),
    ("CDT", -5),
    ("MST", -7),
    ("MDT", -6),
    ("PST", -8),
    ("PDT", -7),
    ("AKST", -9),
    ("AKDT", -8),
    ("HST", -10),
    ("AST", -4),
    ("ADT", -3),
    ("BST", 1),
    ("CET", 1),
    ("MET", 1),
    ("CEST", 2),
    ("EET", 2),
    ("EEST", 3),
    ("MSK", 3),
    ("TRT", 3),
    ("AZT", 4),
    ("AMT", 4),
    ("GET", 4),
    ("GST", 4),
];

/// The offset that the text of a zone means; `None` where it is no zone at all.
fn offset(zone: &str) -> Option<FixedOffset> {
    let zone = zone.split(['(', '[']).next().unwrap_or_default().trim();
    // `GMT+4` means what `+4` means.
    let bare = ["GMT", "UTC", "Z"].iter().find_map(|name| zone.strip_prefix(name)).unwrap_or(zone).trim();
    let sign = match bare.chars().next() {
        None => return FixedOffset::east_opt(0),
        Some('+') => 1,
        Some('-' | '\u{2212}') => -1,
        Some(c) if c.is_alphabetic() => {
            let name = bare.split_whitespace().next().unwrap_or_default();
            let hours = ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(0, |(_, hours)| *hours);
            return FixedOffset::east_opt(hours * 3600);
        }
        Some(_) => return None,
    };
    let number: String = bare.chars().skip(1).filter(|c| c.is_ascii_digit()).take(4).collect();
    let (hours, minutes) = if number.len() > 2 { number.split_at(number.len() - 2) } else { (number.as_str(), "0") };
    let seconds = hours.parse::<i32>().ok()? * 3600 + minutes.parse::<i32>().ok()? * 60;
    FixedOffset::east_opt(sign * seconds)
}

/// Beginnings of month names in the languages whose feeds write dates in words; three letters tell English ones apart.
const MONTHS: [&[&str]; 12] = [
    &["jan", "янв"],
    &["feb", "фев"],
    &["mar", "мар"],
    &["apr", "апр"],
    &["may", "май", "мая"],
    &["jun", "июн"],
    &["jul", "июл"],
    &["aug", "авг"],
    &["sep", "сен"],
    &["oct", "окт"],
    &["nov", "ноя"],
    &["dec", "дек"],
];

fn month_named(word: &str) -> Option<u32> {
    let lower = word.to_lowercase();
    let place = MONTHS.iter().position(|names| names.iter().any(|name| lower.starts_with(name)))?;
    u32::try_from(place + 1).ok()
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

/// The number in the first `count` characters, all digits, and what follows.
fn digits(text: &str, count: usize) -> Option<(u32, &str)> {
    let head = text.get(..count).filter(|head| head.bytes().all(|b| b.is_ascii_digit()))?;
    Some((head.parse().ok()?, &text[count..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_moment_in_many_spellings() {
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
            "сб, 10 окт 2020 06:05:00 +0300",
        ] {
            let found = parse(text).map(|t| t.to_rfc3339());
            assert_eq!(found.as_deref(), Some("2020-10-10T03:05:00+00:00"), "{text}");
        }
    }

    #[test]
    fn a_date_alone_is_midnight() {
        for (text, date) in [("2020-10-10", "2020-10-10"), ("20201010", "2020-10-10"), ("10 Oct 2020", "2020-10-10")] {
            assert_eq!(parse(text).map(|t| t.to_rfc3339()), Some(format!("{date}T00:00:00+00:00")), "{text}");
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in ["", "yesterday", "2020-13-45", "32 Oct 2020", "-", "Oct", "10:20", "99999999999999", "٢٠٢٠"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

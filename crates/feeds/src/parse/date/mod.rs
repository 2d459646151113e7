//! Dates in feeds: RFC 3339 and 2822, their many corruptions, dates in words of many languages, and partial dates.
//!
//! A text that no rule understands is no date, and nothing is guessed. A date of a day, a month or a year means its
//! beginning, and carries its end too; without a zone it means UTC. This module must not know the element that a text
//! comes from.

mod clock;
mod day;
mod zone;

use std::borrow::Cow;

use chrono::{DateTime, Days, FixedOffset, Months, NaiveDate, NaiveDateTime, Utc};

use clock::ClockTime;

/// A moment in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParsedDate {
    pub at: DateTime<Utc>,
    /// Whether the text has no zone, or an unknown one, so that the moment is a guess.
    pub zoneless: bool,
    /// The end of the day, month or year, where the text names no time.
    pub end: Option<DateTime<Utc>>,
}

/// Parses a date; `None` where the text is none.
pub fn parse(text: &str) -> Option<ParsedDate> {
    /// No notation of a date is longer.
    const MAX_LENGTH: usize = 160;
    let text = text.trim();
    if text.is_empty() || text.len() > MAX_LENGTH {
        return None;
    }
    let text = normalise(text);
    let date = if text.bytes().all(|byte| byte.is_ascii_digit()) {
        parse_digits(&text)
    } else {
        parse_year_first(&text).or_else(|| parse_worded(&text))
    };
    date.filter(|date| !is_epoch(date.at))
}

/// Whether a time is the zero of Unix clocks in some zone: software writes it where it has no date.
fn is_epoch(at: DateTime<Utc>) -> bool {
    const DAY_SECS: i64 = 86_400;
    (-DAY_SECS..2 * DAY_SECS).contains(&at.timestamp())
}

/// The zeros of the decimal digits of other scripts: Arabic, Persian, Devanagari, Bengali, Thai, full width.
const ZEROS: [char; 6] = ['٠', '۰', '०', '০', '๐', '０'];

/// Replaces the digits of other scripts by ASCII digits, special blanks by a blank, and the signs for year, month and
/// day of Chinese, Japanese and Korean dates.
fn normalise(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let digit =
        |c: char| ZEROS.iter().find_map(|&zero| char::from_digit(u32::from(c).checked_sub(u32::from(zero))?, 10));
    let is_direction = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}');
    let chars = text.chars().filter(|c| !is_direction(c)).map(|c| match digit(c) {
        Some(digit) => digit,
        None if c.is_whitespace() => ' ',
        None => c,
    });
    let text: String = chars.collect();
    for [year, month, day, hour, minute, second] in
        [['年', '月', '日', '時', '分', '秒'], ['년', '월', '일', '시', '분', '초']]
    {
        if text.contains(year) && text.contains(month) {
            let signs = [(year, '-'), (month, '-'), (day, ' '), (hour, ':'), ('时', ':'), (minute, ':'), (second, ' ')];
            return Cow::Owned(signs.into_iter().fold(text, |text, (sign, mark)| replace_sign(&text, sign, mark)));
        }
    }
    Cow::Owned(text)
}

/// Replaces a sign directly after a number, with the blank after it: elsewhere it is part of a word.
fn replace_sign(text: &str, sign: char, mark: char) -> String {
    let mut replaced = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == sign && replaced.ends_with(|last: char| last.is_ascii_digit()) {
            replaced.push(mark);
            chars.next_if_eq(&' ');
        } else {
            replaced.push(c);
        }
    }
    replaced
}

/// Parses a date of digits alone: `20201010`, with a time `20201010030500`, or seconds or milliseconds since 1970.
fn parse_digits(text: &str) -> Option<ParsedDate> {
    let number: i64 = text.parse().ok()?;
    let unix = |millis: i64| {
        let at = DateTime::from_timestamp_millis(millis)?;
        Some(ParsedDate { at, zoneless: false, end: None })
    };
    match text.len() {
        4 => from_parts(text.parse().ok()?, None, None, None),
        8 | 12 | 14 => {
            let part = |from: usize| text.get(from..from + 2)?.parse().ok();
            let time = if text.len() > 8 { Some(clock::read(&text[8..])?) } else { None };
            from_parts(text[..4].parse().ok()?, Some(part(4)?), Some(part(6)?), time)
        }
        10 => unix(number.checked_mul(1000)?),
        13 => unix(number),
        _ => None,
    }
}

/// Parses a date with the year first, as in RFC 3339 and ISO 8601: `2020-10-10T03:05:00+04:00`, `2020-10-10 03:05`,
/// `20201010T030500Z`, `2020-10`.
fn parse_year_first(text: &str) -> Option<ParsedDate> {
    const MARKS: [char; 3] = ['-', '/', '.'];
    let (year, rest) = digits(text, 4)?;
    let year = i32::try_from(year).ok()?;
    let is_marked = rest.starts_with(MARKS);
    let number = |text| match digits(text, 2) {
        None if is_marked => digits(text, 1),
        found => found,
    };
    let (month, rest) = number(rest.strip_prefix(MARKS).unwrap_or(rest).trim_start())?;
    if rest.is_empty() {
        return from_parts(year, Some(month), None, None);
    }
    let (day, rest) = number(rest.strip_prefix(MARKS).unwrap_or(rest).trim_start())?;
    // `2020-10-105` is no date.
    if rest.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let rest = rest.trim_start_matches(['T', 't', ' ', ',', '.']).trim();
    if rest.is_empty() {
        return from_parts(year, Some(month), Some(day), None);
    }
    match clock::read(rest) {
        Some(time) => from_parts(year, Some(month), Some(day), Some(time)),
        // `2020-10-10 (Sat) 03:05`, `2020-10-10 下午3:05`; or a word instead of a time.
        None => from_parts(year, Some(month), Some(day), clock::find(rest, false)),
    }
}

/// Parses day, month and year in any order, with or without a weekday and a time: `Sat, 10 Oct 2020 03:05:00 +0400`,
/// `Oct 10, 2020 3:05 p.m.`, `Sat Oct 10 03:05:00 2020`, `10.10.2020 03:05`.
fn parse_worded(text: &str) -> Option<ParsedDate> {
    let with = |time: Option<ClockTime>| {
        let span = time.as_ref().map_or(text.len()..text.len(), |time| time.span.clone());
        let date = day::parse(&text[..span.start], &text[span.end..])?;
        Some((date, time))
    };
    // Dots stand in times and in dates: they are a time's where the rest is a date without them.
    let found = match clock::find(text, false) {
        Some(time) => with(Some(time)),
        None => clock::find(text, true).and_then(|time| with(Some(time))).or_else(|| with(None)),
    };
    let (date, time) = found?;
    at_time(date, date.checked_add_days(Days::new(1))?, time)
}

/// Combines the parts of a date. Without a day it means its month, without a month its year.
fn from_parts(year: i32, month: Option<u32>, day: Option<u32>, time: Option<ClockTime>) -> Option<ParsedDate> {
    let date = NaiveDate::from_ymd_opt(year, month.unwrap_or(1), day.unwrap_or(1));
    let date = date.filter(|_| day::YEARS.contains(&year))?;
    let end = match (month, day) {
        (_, Some(_)) => date.checked_add_days(Days::new(1)),
        (Some(_), None) => date.checked_add_months(Months::new(1)),
        (None, None) => date.checked_add_months(Months::new(12)),
    };
    at_time(date, end?, time)
}

/// The moment of a time on a day; without a time, the period from the day to `end`.
fn at_time(date: NaiveDate, end: NaiveDate, time: Option<ClockTime>) -> Option<ParsedDate> {
    let Some(ClockTime { hour, minute, second, nanos, offset, .. }) = time else {
        let midnight = |date: NaiveDate| NaiveDateTime::from(date).and_utc();
        return Some(ParsedDate { at: midnight(date), zoneless: true, end: Some(midnight(end)) });
    };
    let naive = date.and_hms_nano_opt(hour, minute, second, nanos)?;
    let local = naive.and_local_timezone(offset.unwrap_or(FixedOffset::east_opt(0)?)).single()?;
    Some(ParsedDate { at: local.with_timezone(&Utc), zoneless: offset.is_none(), end: None })
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
    fn corrupt_notations_keep_their_hour() {
        for (text, expected) in [
            ("Mon, 30 Nov 2026 10:00:00 GMT-0700", "2026-11-30T17:00:00+00:00"),
            ("Thu Oct 29 2020 07:36:03 GMT-0400 (Eastern Daylight Time)", "2020-10-29T11:36:03+00:00"),
            ("Mon, 30 Nov 2026 10:00:00 GMT-07:00", "2026-11-30T17:00:00+00:00"),
            ("Mon, 30 Nov 2026 10:00:00 UTC-05:00", "2026-11-30T15:00:00+00:00"),
            ("Mon Nov 30 10:00:00 AMT 2026", "2026-11-30T06:00:00+00:00"),
            ("Mon Nov 30 10:00:00 CEST 2026", "2026-11-30T08:00:00+00:00"),
            ("November 30, 2026 10:57 p.m.", "2026-11-30T22:57:00+00:00"),
            ("Nov. 30, 2026, 10:57 a.m. EST", "2026-11-30T15:57:00+00:00"),
            ("Mon, 30 Nov 2026 10.00.00 +0400", "2026-11-30T06:00:00+00:00"),
            ("30 nov 2026, 10.30", "2026-11-30T10:30:00+00:00"),
            ("1603956963", "2020-10-29T07:36:03+00:00"),
            ("1603956963000", "2020-10-29T07:36:03+00:00"),
            ("11/30/2026 3:05 PM", "2026-11-30T15:05:00+00:00"),
            ("26/06/2020 10:00:00", "2020-06-26T10:00:00+00:00"),
            ("30.10.23 10:15", "2023-10-30T10:15:00+00:00"),
            ("Sat, 11 04 2020 08:00:00 GMT", "2020-04-11T08:00:00+00:00"),
            ("15. Dez 2026 08:00 MEZ", "2026-12-15T07:00:00+00:00"),
            ("2020年10月10日 下午3:05", "2020-10-10T15:05:00+00:00"),
            ("2020年10月10日土曜日 15時05分00秒", "2020-10-10T15:05:00+00:00"),
            ("2020년 10월 10일 토요일 오후 3시 5분 0초", "2020-10-10T15:05:00+00:00"),
            ("2020年10月10日星期六 协调世界时 15:05:00", "2020-10-10T15:05:00+00:00"),
            ("2020. 10. 10. 오후 3:05", "2020-10-10T15:05:00+00:00"),
            ("١٠ أكتوبر ٢٠٢٠ ٣:٠٥ م", "2020-10-10T15:05:00+00:00"),
            ("03:05 GMT, Saturday, 10 October 2020", "2020-10-10T03:05:00+00:00"),
        ] {
            assert_eq!(moment_of(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_date_without_a_time_has_an_end() {
        for (text, end) in [
            ("2026", Some("2027-01-01")),
            ("2026-11", Some("2026-12-01")),
            ("2026-11-30", Some("2026-12-01")),
            ("30 Nov 2026", Some("2026-12-01")),
            ("30 Nov 2026 10:00", None),
        ] {
            let found = parse(text).expect(text).end.map(|end| end.date_naive().to_string());
            assert_eq!(found.as_deref(), end, "{text}");
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
            "0",
            "0000-00-00",
            "0001-01-01T00:00:00Z",
            "-0001-11-30",
            "Thu, 01 Jan 1970 00:00:00 GMT",
            "1970-01-01T03:00:00+04:00",
            "1969-12-31T16:00:00-08:00",
            "Invalid Date",
            "10 Oct 2563",
            "10/11/2026",
            "mar, 18 xyz 2022",
            "۱۳۹۹-۰۷-۱۹",
            "19 مهر 1399",
            "32.10.2020",
            "10.13.2020",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

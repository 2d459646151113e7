//! Times of day in dates: `03:05:00.5`, `3:05 p.m.`, `10.00.00`, `7h05`, `下午3:05`, each with its zone.

use std::ops::Range;

use chrono::FixedOffset;

use ceasewire_text::{analysis, calendar_names};

use super::zone;

/// A time of day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ClockTime {
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) nanos: u32,
    pub(super) offset: Option<FixedOffset>,
    /// The bytes of the text that it takes, with the half of the day and the zone.
    pub(super) span: Range<usize>,
}

/// The digits of a time, and the end of the last.
struct Digits {
    hour: u32,
    minute: u32,
    second: u32,
    nanos: u32,
    end: usize,
}

/// Finds the time of day in a date; with `dotted`, one with dots between its parts, which may also be a date.
pub(super) fn find(text: &str, dotted: bool) -> Option<ClockTime> {
    let bytes = text.as_bytes();
    let starts = |at: &usize| {
        bytes[*at].is_ascii_digit() && at.checked_sub(1).is_none_or(|before| !bytes[before].is_ascii_digit())
    };
    let is_alone =
        |at: &usize| at.checked_sub(1).is_none_or(|before| !matches!(bytes[before], b':' | b'.' | b'/' | b'+'));
    let places = || (0..bytes.len()).filter(starts).filter(is_alone);
    let found = places().find_map(|start| complete(text, start, read_digits(&text[start..], dotted)?));
    found.or_else(|| places().find_map(|start| complete(text, start, read_hour(&text[start..])?)))
}

/// Reads the hour of `3 p.m.`.
fn read_hour(text: &str) -> Option<Digits> {
    let (hour, rest) = number(text, 1..3)?;
    let words: Vec<_> = analysis::tokens(rest).take(2).collect();
    let is_half = match &words[..] {
        [(_, word), ..] if matches!(word.as_str(), "am" | "pm") => true,
        [(_, half), (_, m)] => matches!(half.as_str(), "a" | "p") && m == "m",
        _ => false,
    };
    let end = text.len() - rest.len();
    (is_half && hour <= 12).then_some(Digits { hour, minute: 0, second: 0, nanos: 0, end })
}

/// Reads the time at the beginning of a text, such as the rest of an ISO date.
pub(super) fn read(text: &str) -> Option<ClockTime> {
    let digits = read_digits(text, false).or_else(|| read_digits(text, true)).or_else(|| read_compact(text))?;
    complete(text, 0, digits)
}

fn number(text: &str, counts: Range<usize>) -> Option<(u32, &str)> {
    let length = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    counts.contains(&length).then(|| text[..length].parse().ok().map(|number| (number, &text[length..]))).flatten()
}

fn read_digits(text: &str, dotted: bool) -> Option<Digits> {
    let (hour, rest) = number(text, 1..3)?;
    let end = |rest: &str| text.len() - rest.len();
    if dotted {
        let (minute, rest) = number(rest.strip_prefix('.')?, 2..3)?;
        let seconds = rest.strip_prefix('.').and_then(|rest| number(rest, 2..3));
        let (second, rest) = seconds.unwrap_or((0, rest));
        let is_whole = !rest.starts_with(['.', ':', '/']);
        return is_whole.then(|| Digits { hour, minute, second, nanos: 0, end: end(rest) });
    }
    if let Some(rest) = rest.strip_prefix(':') {
        let (minute, rest) = number(rest, 1..3)?;
        let (second, rest) = rest.strip_prefix(':').and_then(|rest| number(rest, 1..3)).unwrap_or((0, rest));
        let fraction = rest.strip_prefix(['.', ',']).and_then(|inner| {
            let length = inner.len() - inner.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            (length > 0).then(|| inner.split_at(length))
        });
        let (nanos, rest) = match fraction {
            Some((digits, rest)) => (format!("{digits:0<9.9}").parse().unwrap_or(0), rest),
            None => (0, rest),
        };
        return Some(Digits { hour, minute, second, nanos, end: end(rest) });
    }
    // `7h05`, `18 h 30`, `7h`
    let rest = rest.trim_start().strip_prefix(['h', 'H'])?;
    if let Some((minute, rest)) = number(rest.trim_start(), 2..3) {
        return Some(Digits { hour, minute, second: 0, nanos: 0, end: end(rest) });
    }
    let is_whole = !rest.starts_with(char::is_alphabetic);
    is_whole.then(|| Digits { hour, minute: 0, second: 0, nanos: 0, end: end(rest) })
}

/// Reads `030500` and `0305`.
fn read_compact(text: &str) -> Option<Digits> {
    let length = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let part = |from: usize| text.get(from..from + 2).and_then(|part| part.parse().ok());
    let second = if length == 6 { part(4)? } else { 0 };
    matches!(length, 2 | 4 | 6).then_some(())?;
    let minute = if length > 2 { part(2)? } else { 0 };
    Some(Digits { hour: part(0)?, minute, second, nanos: 0, end: length })
}

/// Completes the digits of a time by the half of the day around them and the zone after them.
fn complete(text: &str, start: usize, digits: Digits) -> Option<ClockTime> {
    let Digits { mut hour, minute, second, nanos, end } = digits;
    let mut end = start + end;
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let mut from = start;
    let half = half_after(&text[end..]).map(|(first, length)| (first, from, end + length));
    let half = half.or_else(|| half_before(&text[..start]).map(|(first, at)| (first, at, end)));
    if let Some((first, at, to)) = half {
        (from, end) = (at, to);
        if (1..=12).contains(&hour) {
            hour = hour % 12 + first;
        }
    }
    let zone = zone::parse(&text[end..]);
    end += zone.map_or(0, |zone| zone.length);
    // Publishers write `24:00` for the start of the day; second 60 is a leap second.
    let (hour, second) = (hour % 24, second.min(59));
    Some(ClockTime { hour, minute, second, nanos, offset: zone.and_then(|zone| zone.offset), span: from..end })
}

/// Finds the half of the day that begins a text: its first hour and its length.
fn half_after(text: &str) -> Option<(u32, usize)> {
    let begin = text.trim_start_matches([' ', '.', '\u{202f}']);
    begin.chars().next().filter(|first| !first.is_ascii() || first.is_ascii_alphabetic())?;
    let words: Vec<_> = analysis::tokens(text).take(calendar_names::MAX_NAME_WORDS).collect();
    let is_next = text[..words.first()?.0.start].chars().all(|c| matches!(c, ' ' | '.' | '\u{202f}'));
    let find = |count: usize| {
        let words = words.get(..count)?;
        let name = words.iter().map(|(_, word)| word.as_str()).collect::<Vec<_>>().join(" ");
        let hour = calendar_names::half_day_named(&name).filter(|_| calendar_names::weekdays_named(&name) == 0)?;
        let end = words.last()?.0.end;
        Some((hour, end + usize::from(text[end..].starts_with('.'))))
    };
    if is_next { (1..=calendar_names::MAX_NAME_WORDS).rev().find_map(find) } else { None }
}

/// Finds the half of the day that ends a text: its first hour and where it begins.
fn half_before(text: &str) -> Option<(u32, usize)> {
    /// From here on, scripts write words without blanks between them: `土曜日午後`.
    const CJK: char = '\u{2e80}';
    // Most dates have a day or a year there, or nothing. Only the last word is split, which costs.
    let trimmed = text.trim_end_matches([' ', '.']);
    trimmed.chars().next_back().filter(|last| !last.is_ascii() || last.is_ascii_alphabetic())?;
    let from = trimmed.char_indices().rev().find(|(_, c)| c.is_whitespace()).map_or(0, |(at, c)| at + c.len_utf8());
    let (span, word) = analysis::tokens(&trimmed[from..]).last()?;
    let (begin, is_near) = (from + span.start, from + span.end == trimmed.len());
    let last_two = word.char_indices().rev().nth(1).map_or(0, |(at, _)| at);
    let name = if word.starts_with(|c| c >= CJK) { &word[last_two..] } else { &word[..] };
    let hour = calendar_names::half_day_named(name).filter(|_| calendar_names::weekdays_named(name) == 0)?;
    is_near.then_some((hour, begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_found_with_their_half_of_the_day() {
        for (text, dotted, expected) in [
            ("Oct 10 03:05:00 2020", false, Some("3:05:00 03:05:00")),
            ("2020 3:05 PM", false, Some("15:05:00 3:05 PM")),
            ("2020, 10:57 p.m.", false, Some("22:57:00 10:57 p.m.")),
            ("2020, 12:00 a.m. GMT", false, Some("0:00:00 12:00 a.m. GMT")),
            ("10 oct. 2020 - 3h05", false, Some("3:05:00 3h05")),
            ("Nov 30, 2026 3 p.m.", false, Some("15:00:00 3 p.m.")),
            ("2020 18 h 30", false, Some("18:30:00 18 h 30")),
            ("2026 10.00.00 +0400", true, Some("10:00:00 10.00.00 +0400")),
            ("10 11 2020 下午3:05", false, Some("15:05:00 下午3:05")),
            ("2020-10-10 土曜日午後3:05", false, Some("15:05:00 土曜日午後3:05")),
            ("10 أكتوبر 2020 3:05 م", false, Some("15:05:00 3:05 م")),
            ("30.11.2026", true, None),
            ("2026-11-30", false, None),
            ("25:00", false, None),
        ] {
            let found = find(text, dotted)
                .map(|time| format!("{}:{:02}:{:02} {}", time.hour, time.minute, time.second, &text[time.span]));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}

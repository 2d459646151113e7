//! Time zones after a time of day: `+0400`, `GMT-07:00`, `MSK`, `GMT-0400 (Eastern Daylight Time)`.

use chrono::FixedOffset;

use ceasewire_text::calendar_names::{months_named, weekdays_named};

/// The zone after a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatedZone {
    /// `None` for an unknown zone.
    pub(super) offset: Option<FixedOffset>,
    /// The bytes that it takes.
    pub(super) length: usize,
}

/// Named zones with their offset in minutes. A name that stands for several zones of the news (IST, ET) is absent: its
/// time stays without a zone. Names of the American time zones are those of RFC 822, AMT is Armenia's.
const ZONES: &[(&str, i32)] = &[
    ("GMT", 0),
    ("UTC", 0),
    ("UT", 0),
    ("Z", 0),
    ("ZULU", 0),
    ("WET", 0),
    ("WEST", 60),
    ("BST", 60),
    ("CET", 60),
    ("MET", 60),
    ("MEZ", 60),
    ("WAT", 60),
    ("CEST", 120),
    ("MEST", 120),
    ("MESZ", 120),
    ("EET", 120),
    ("CAT", 120),
    ("SAST", 120),
    ("EEST", 180),
    ("IDT", 180),
    ("MSK", 180),
    ("TRT", 180),
    ("FET", 180),
    ("EAT", 180),
    ("IRST", 210),
    ("IRDT", 270),
    ("MSD", 240),
    ("AZT", 240),
    ("AMT", 240),
    ("GET", 240),
    ("GST", 240),
    ("SAMT", 240),
    ("AFT", 270),
    ("AZST", 300),
    ("AMST", 300),
    ("PKT", 300),
    ("UZT", 300),
    ("TMT", 300),
    ("TJT", 300),
    ("YEKT", 300),
    ("NPT", 345),
    ("KGT", 360),
    ("OMST", 360),
    ("ALMT", 360),
    ("MMT", 390),
    ("ICT", 420),
    ("WIB", 420),
    ("NOVT", 420),
    ("KRAT", 420),
    ("HKT", 480),
    ("SGT", 480),
    ("MYT", 480),
    ("PHT", 480),
    ("WITA", 480),
    ("AWST", 480),
    ("IRKT", 480),
    ("ULAT", 480),
    ("JST", 540),
    ("KST", 540),
    ("WIT", 540),
    ("YAKT", 540),
    ("ACST", 570),
    ("AEST", 600),
    ("VLAT", 600),
    ("ACDT", 630),
    ("AEDT", 660),
    ("MAGT", 660),
    ("NZST", 720),
    ("PETT", 720),
    ("NZDT", 780),
    ("NDT", -150),
    ("NST", -210),
    ("ART", -180),
    ("BRT", -180),
    ("UYT", -180),
    ("CLST", -180),
    ("ADT", -180),
    ("AST", -240),
    ("EDT", -240),
    ("CLT", -240),
    ("VET", -240),
    ("BOT", -240),
    ("EST", -300),
    ("CDT", -300),
    ("COT", -300),
    ("PET", -300),
    ("CST", -360),
    ("MDT", -360),
    ("MST", -420),
    ("PDT", -420),
    ("PST", -480),
    ("AKDT", -480),
    ("AKST", -540),
    ("HST", -600),
];

/// Names before an offset that count for nothing: `GMT+4` means `+4`.
const BASES: [&str; 4] = ["GMT", "UTC", "UT", "Z"];

/// Parses the zone at the beginning of a text; `None` where none stands there.
pub(super) fn parse(text: &str) -> Option<StatedZone> {
    let rest = text.trim_start();
    let before = text.len() - rest.len();
    let found = match rest.chars().next()? {
        '(' | '[' => {
            let end = rest.find([')', ']'])?;
            let inner = parse(&rest[1..end]).filter(|inner| rest[1 + inner.length..end].trim().is_empty());
            return Some(StatedZone { offset: inner.and_then(|zone| zone.offset), length: before + end + 1 });
        }
        '+' | '-' | '\u{2212}' | '–' => parse_offset(rest, false)?,
        c if c.is_ascii_alphabetic() => parse_name(rest)?,
        _ => return None,
    };
    let length = before + found.length;
    // `-0400 (EDT)`, `+0400 MSK`: the offset says it all.
    let after = parse_comment(&text[length..]);
    Some(StatedZone { offset: found.offset, length: length + after })
}

fn parse_name(text: &str) -> Option<StatedZone> {
    let length = text.len() - text.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let (name, rest) = text.split_at(length);
    if rest.starts_with(|c: char| c.is_alphanumeric()) {
        return None;
    }
    if BASES.iter().any(|base| base.eq_ignore_ascii_case(name)) {
        let offset = parse_offset(rest.trim_start(), true);
        let blanks = rest.len() - rest.trim_start().len();
        if let Some(zone) = offset {
            return Some(StatedZone { length: length + blanks + zone.length, ..zone });
        }
    }
    if let Some((_, minutes)) = ZONES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Some(StatedZone { offset: FixedOffset::east_opt(minutes * 60), length });
    }
    // Capitals directly after a time are a zone, if an unknown one.
    let folded = name.to_ascii_lowercase();
    let is_zone = (2..=5).contains(&length)
        && name.bytes().all(|byte| byte.is_ascii_uppercase())
        && months_named(&folded) == 0
        && weekdays_named(&folded) == 0;
    is_zone.then_some(StatedZone { offset: None, length })
}

/// Parses `+04`, `+4`, `+0400`, `+04:00`; after a name also `+ 4`.
fn parse_offset(text: &str, is_named: bool) -> Option<StatedZone> {
    let sign = match text.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' | '–' => -1,
        _ => return None,
    };
    let digits = text.trim_start_matches(['+', '-', '\u{2212}', '–']);
    let digits = if is_named { digits.trim_start() } else { digits };
    let count = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let first = count(digits);
    let (hours, minutes, rest) = match first {
        1 | 2 => {
            let (hours, rest) = digits.split_at(first);
            match rest.strip_prefix(':').filter(|rest| count(rest) >= 2) {
                Some(rest) => (hours, &rest[..2], &rest[2..]),
                None => (hours, "0", rest),
            }
        }
        3 | 4 => (&digits[..first - 2], &digits[first - 2..first], &digits[first..]),
        _ => return None,
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    // The easternmost zone is +14:00.
    let offset = Some(sign * (hours * 60 + minutes)).filter(|offset| offset.abs() <= 14 * 60 && minutes < 60);
    let offset = offset.and_then(|offset| FixedOffset::east_opt(offset * 60));
    Some(StatedZone { offset, length: text.len() - rest.len() })
}

/// The length of a comment or a further name after a zone.
fn parse_comment(text: &str) -> usize {
    let rest = text.trim_start();
    let before = text.len() - rest.len();
    match rest.chars().next() {
        Some('(') => rest.find(')').map_or(text.len(), |end| before + end + 1),
        Some('[') => rest.find(']').map_or(text.len(), |end| before + end + 1),
        Some(c) if c.is_ascii_uppercase() => {
            let length = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            let is_known = ZONES.iter().any(|(known, _)| *known == &rest[..length]);
            if is_known { before + length } else { 0 }
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_their_offsets() {
        for (text, minutes) in [
            ("Z", Some(0)),
            ("gmt", Some(0)),
            ("+0400", Some(240)),
            (" -07:00", Some(-420)),
            ("+4", Some(240)),
            ("\u{2212}0330", Some(-210)),
            ("GMT-0700", Some(-420)),
            ("GMT -0700", Some(-420)),
            ("GMT+4", Some(240)),
            ("GMT-07:00", Some(-420)),
            ("UTC-05:00", Some(-300)),
            ("UTC + 4", Some(240)),
            ("GMT-0400 (Eastern Daylight Time)", Some(-240)),
            ("AMT", Some(240)),
            ("CEST", Some(120)),
            ("(MSK)", Some(180)),
            ("+0300 MSK", Some(180)),
            ("IST", None),
            ("XYZ", None),
            ("+9900", None),
            ("[Europe/Moscow]", None),
        ] {
            let zone = parse(text).expect(text);
            assert_eq!(zone.offset.map(|offset| offset.local_minus_utc() / 60), minutes, "{text}");
            assert_eq!(zone.length, text.len(), "{text}");
        }
        for text in ["", "Oct 2020", "Saturday", "2020", "à Paris", "- 10 Oct", "OCT 10"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}

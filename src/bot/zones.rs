//! Finds time zones by the names that people use. Pure.

use chrono_tz::{TZ_VARIANTS, Tz};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::alert::clock::LocalClock;
use ceasewire_model::Timestamp;

/// The most proposals for an unknown name.
const PROPOSED: usize = 3;

/// Finds the IANA name of a zone by that name, by its city, or by hours ahead of UTC; otherwise similar zones, the most
/// similar first.
pub(super) fn find(typed: &str, now: Timestamp) -> Result<&'static str, Vec<&'static str>> {
    let typed = plain(typed);
    if matches!(typed.as_str(), "utc" | "gmt" | "z") {
        return Ok(Tz::UTC.name());
    }
    if let Some(minutes) = offset(&typed) {
        return by_offset(minutes, now);
    }
    if let Some(zone) = TZ_VARIANTS.iter().find(|zone| plain(zone.name()) == typed) {
        return Ok(zone.name());
    }
    let mut named: Vec<&str> =
        TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| city(name) == Some(letters(&typed))).collect();
    named.sort_by_key(|name| name.len());
    let offset = |name: &str| LocalClock::new(Some(name)).offset_secs(now);
    match named.as_slice() {
        [] => Err(similar(&typed)),
        // The other names are older names of this zone.
        [first, others @ ..] if others.iter().all(|other| offset(other) == offset(first)) => Ok(first),
        _ => {
            named.truncate(PROPOSED);
            Err(named)
        }
    }
}

/// Lowers the case, drops accents, and joins words with underscores.
fn plain(name: &str) -> String {
    let name = name.trim().nfkd().filter(|c| !is_combining_mark(*c)).collect::<String>().to_lowercase();
    name.split(|c: char| c.is_whitespace() || c == '_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Turns hyphens into underscores: people type Port-au-Prince with spaces.
fn letters(plain: &str) -> String {
    plain.replace('-', "_")
}

/// Returns the city in a zone's name, if there is one.
fn city(name: &str) -> Option<String> {
    let (area, city) = name.rsplit_once('/')?;
    (area != "Etc").then(|| letters(&plain(city)))
}

/// Parses minutes ahead of UTC: `+4`, `utc+4`, `gmt-03:30`.
fn offset(typed: &str) -> Option<i64> {
    let typed = typed.replace('_', "");
    let typed = typed.strip_prefix("utc").or_else(|| typed.strip_prefix("gmt")).unwrap_or(&typed);
    let (sign, digits) = match typed.chars().next()? {
        '+' => (1, &typed[1..]),
        '-' => (-1, &typed[1..]),
        '−' => (-1, &typed['−'.len_utf8()..]),
        _ => return None,
    };
    let (hours, minutes) = match digits.split_once(':') {
        Some(parts) => parts,
        None if digits.len() == 4 && digits.is_ascii() => digits.split_at(2),
        None => (digits, "00"),
    };
    let number = |text: &str| {
        let right = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if right { text.parse::<i64>().ok() } else { None }
    };
    let (hours, minutes) = (number(hours)?, number(minutes).filter(|minutes| *minutes < 60)?);
    Some(sign * (hours * 60 + minutes))
}

/// Finds the zone with this fixed offset, or else places with this offset now.
fn by_offset(minutes: i64, now: Timestamp) -> Result<&'static str, Vec<&'static str>> {
    if minutes == 0 {
        return Ok(Tz::UTC.name());
    }
    if minutes % 60 == 0 {
        // POSIX counts hours west of Greenwich as positive, and so do these names.
        if let Ok(zone) = format!("Etc/GMT{:+}", -minutes / 60).parse::<Tz>() {
            return Ok(zone.name());
        }
    }
    let places = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|name| city(name).is_some());
    Err(places.filter(|name| LocalClock::new(Some(name)).offset_secs(now) == minutes * 60).take(PROPOSED).collect())
}

/// Lists zones whose names or cities resemble the typed one.
fn similar(typed: &str) -> Vec<&'static str> {
    // The typed area may be wrong and the city right.
    let typed_city = letters(typed.rsplit('/').next().unwrap_or(typed));
    let near = (typed_city.chars().count() / 3).max(1);
    let mut found: Vec<(usize, &str)> = TZ_VARIANTS
        .iter()
        .filter_map(|zone| {
            let name = zone.name();
            let city = city(name).unwrap_or_else(|| letters(&plain(name)));
            let slips = strsim::damerau_levenshtein(&typed_city, &city);
            let within = near + usize::from(typed_city.len() >= 4 && city.contains(&typed_city)) * city.len();
            (slips <= within).then_some((slips, name))
        })
        .collect();
    found.sort_by_key(|&(slips, name)| (slips, name.len()));
    found.into_iter().take(PROPOSED).map(|(_, name)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 October 2020.
    const NOW: Timestamp = Timestamp(1_602_288_000_000);

    #[test]
    fn a_zone_has_a_name_a_city_and_hours() {
        for (typed, expected) in [
            ("Europe/Berlin", "Europe/Berlin"),
            ("europe/berlin", "Europe/Berlin"),
            (" Yerevan ", "Asia/Yerevan"),
            ("new york", "America/New_York"),
            ("New_York", "America/New_York"),
            ("port au prince", "America/Port-au-Prince"),
            ("Asunción", "America/Asuncion"),
            ("buenos aires", "America/Buenos_Aires"),
            ("kathmandu", "Asia/Kathmandu"),
            ("UTC", "UTC"),
            ("gmt", "UTC"),
            ("+0", "UTC"),
            ("+4", "Etc/GMT-4"),
            ("UTC+4", "Etc/GMT-4"),
            ("utc + 4", "Etc/GMT-4"),
            ("GMT-3", "Etc/GMT+3"),
            ("-03:00", "Etc/GMT+3"),
            ("−5", "Etc/GMT+5"),
            ("+14", "Etc/GMT-14"),
            // The whole name is always unambiguous.
            ("Etc/GMT-4", "Etc/GMT-4"),
            ("CET", "CET"),
        ] {
            assert_eq!(find(typed, NOW), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn an_unknown_zone_proposes_similar_ones() {
        for (typed, expected) in [
            ("Erevan", vec!["Asia/Yerevan"]),
            ("Europe/Yerevan", vec!["Asia/Yerevan"]),
            ("tiblisi", vec!["Asia/Tbilisi"]),
            ("+5:45", vec!["Asia/Kathmandu", "Asia/Katmandu"]),
            ("+15", vec![]),
            ("+123", vec![]),
            ("+", vec![]),
            ("xyzzy plugh", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(find(typed, NOW), Err(expected), "{typed}");
        }
    }

    #[test]
    fn a_city_in_several_zones_is_ambiguous() {
        let zones = find("west", NOW).unwrap_err();
        assert!(zones.contains(&"Brazil/West") && zones.contains(&"Australia/West"), "{zones:?}");
    }

    #[test]
    fn each_zone_is_found_by_its_own_name() {
        for zone in TZ_VARIANTS {
            let found = find(zone.name(), NOW).unwrap();
            let offset = |name| LocalClock::new(Some(name)).offset_secs(NOW);
            assert_eq!(offset(found), offset(zone.name()), "{zone}");
        }
    }
}

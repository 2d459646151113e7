//! Finds time zones by the names that people use. Pure.

use std::collections::HashSet;

use chrono_tz::{TZ_VARIANTS, Tz};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::alert::clock::LocalClock;
use ceasewire_model::Timestamp;
use ceasewire_text::signs;

/// The most proposals for an unknown name.
const PROPOSED: usize = 3;
/// The most proposals for a name of several zones.
const CHOICES: usize = 8;
/// Half a year: zones that agree now and then agree on summer time too.
const HALF_YEAR_SECS: i64 = 182 * 86_400;

/// Names of places with their zones.
const PLACES: &str = include_str!("zones/places.tsv");

/// Abbreviations with their zones, the likeliest first. In the IANA database `EST` and `MST` are clocks without summer
/// time, which few people mean.
const ABBREVIATIONS: &[(&str, &[&str])] = &[
    ("est", &["America/New_York", "America/Panama"]),
    ("edt et eastern eastern_time", &["America/New_York"]),
    ("cst", &["America/Chicago", "Asia/Shanghai", "America/Havana"]),
    ("cdt ct central_time", &["America/Chicago"]),
    ("mst", &["America/Denver", "America/Phoenix"]),
    ("mdt mt mountain_time", &["America/Denver"]),
    ("pst", &["America/Los_Angeles", "Asia/Manila"]),
    ("pdt pt pacific pacific_time", &["America/Los_Angeles"]),
    ("akst akdt", &["America/Anchorage"]),
    ("hst hdt", &["Pacific/Honolulu"]),
    ("ast", &["America/Halifax", "Asia/Riyadh"]),
    ("adt", &["America/Halifax"]),
    ("nst ndt", &["America/St_Johns"]),
    ("brt", &["America/Sao_Paulo"]),
    ("art", &["America/Argentina/Buenos_Aires"]),
    ("clt clst", &["America/Santiago"]),
    ("bst", &["Europe/London", "Asia/Dhaka"]),
    ("ist", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
    ("idt", &["Asia/Jerusalem"]),
    ("west", &["WET"]),
    ("cest mest mez mesz", &["CET"]),
    ("eest", &["EET"]),
    ("msk мск", &["Europe/Moscow"]),
    ("samt", &["Europe/Samara"]),
    ("yekt", &["Asia/Yekaterinburg"]),
    ("trt", &["Europe/Istanbul"]),
    ("amt", &["Asia/Yerevan", "America/Manaus"]),
    ("amst", &["Asia/Yerevan"]),
    ("azt", &["Asia/Baku"]),
    ("get", &["Asia/Tbilisi"]),
    ("irst irdt", &["Asia/Tehran"]),
    ("gst", &["Asia/Dubai"]),
    ("pkt", &["Asia/Karachi"]),
    ("uzt", &["Asia/Tashkent"]),
    ("almt", &["Asia/Almaty"]),
    ("npt", &["Asia/Kathmandu"]),
    ("ict", &["Asia/Bangkok"]),
    ("wib", &["Asia/Jakarta"]),
    ("pht", &["Asia/Manila"]),
    ("sgt", &["Asia/Singapore"]),
    ("hkt", &["Asia/Hong_Kong"]),
    ("jst", &["Asia/Tokyo"]),
    ("kst", &["Asia/Seoul"]),
    ("awst", &["Australia/Perth"]),
    ("acst", &["Australia/Adelaide", "Australia/Darwin"]),
    ("acdt", &["Australia/Adelaide"]),
    ("aest", &["Australia/Sydney", "Australia/Brisbane"]),
    ("aedt", &["Australia/Sydney"]),
    ("nzst nzdt", &["Pacific/Auckland"]),
    ("wat", &["Africa/Lagos"]),
    ("cat", &["Africa/Maputo"]),
    ("eat", &["Africa/Nairobi"]),
    ("sast", &["Africa/Johannesburg"]),
];

/// Finds the IANA name of a zone by that name, by an abbreviation, by a city or country, or by hours ahead of UTC;
/// otherwise the zones of an ambiguous name, or similar zones, the likeliest first.
pub(super) fn find(typed: &str, now: Timestamp) -> Result<&'static str, Vec<&'static str>> {
    let region = typed.rsplit_once([',', '،']).map(|(_, region)| letters(&plain(region)));
    let typed = plain(typed);
    if matches!(typed.as_str(), "utc" | "gmt" | "ut" | "z" | "zulu") {
        return Ok(Tz::UTC.name());
    }
    if let Some(minutes) = offset(&typed) {
        return by_offset(minutes, now);
    }
    if let Some((_, zones)) = ABBREVIATIONS.iter().find(|(names, _)| names.split(' ').any(|name| name == typed)) {
        return only(zones.to_vec(), now);
    }
    if let Some(zone) = TZ_VARIANTS.iter().find(|zone| plain(zone.name()) == typed) {
        return Ok(zone.name());
    }
    let name = letters(&typed);
    match of_place(&name, now) {
        found if found.is_empty() => {}
        found => return only(found, now),
    }
    // "Yerevan, Armenia", "Portland Oregon": the region tells the places apart.
    for (at, _) in name.match_indices('_') {
        let (city, region) = (of_place(&name[..at], now), of_place(&name[at + 1..], now));
        let both: Vec<&str> = city.iter().filter(|zone| has_zone(&region, zone, now)).copied().collect();
        if !both.is_empty() {
            return only(both, now);
        }
    }
    // A small town of a known region.
    match region.map(|region| of_place(&region, now)).filter(|zones| !zones.is_empty()) {
        Some(zones) => only(zones, now),
        None => Err(similar(&typed)),
    }
}

/// Returns the zone if all of them keep the same time, and otherwise all as a choice.
fn only(zones: Vec<&'static str>, now: Timestamp) -> Result<&'static str, Vec<&'static str>> {
    let mut clocks = HashSet::new();
    let mut zones: Vec<&str> = zones.into_iter().filter(|zone| clocks.insert(clock(zone, now))).collect();
    match zones.as_slice() {
        [only] => Ok(only),
        _ => {
            zones.truncate(CHOICES);
            Err(zones)
        }
    }
}

/// The offsets of a zone now and half a year later.
fn clock(zone: &str, now: Timestamp) -> (i64, i64) {
    let clock = LocalClock::new(Some(zone));
    (clock.offset_secs(now), clock.offset_secs(now.plus_secs(HALF_YEAR_SECS)))
}

fn has_zone(zones: &[&str], zone: &str, now: Timestamp) -> bool {
    zones.iter().any(|other| clock(other, now) == clock(zone, now))
}

/// Lists the zones of a place, from the list of places and from the cities in the zones' names.
fn of_place(name: &str, now: Timestamp) -> Vec<&'static str> {
    let lines = PLACES.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'));
    let listed = lines.filter(|(_, names)| names.split('|').any(|known| known == name));
    let mut zones: Vec<&str> = listed
        .flat_map(|(zones, _)| zones.split(','))
        .filter_map(|zone| Some(zone.parse::<Tz>().ok()?.name()))
        .collect();
    if zones.is_empty() {
        zones = TZ_VARIANTS.iter().map(|zone| zone.name()).filter(|zone| city(zone).as_deref() == Some(name)).collect();
        // Of older names of one zone the shortest is the usual one.
        zones.sort_by_key(|zone| zone.len());
        let mut clocks = HashSet::new();
        zones.retain(|zone| clocks.insert(clock(zone, now)));
    }
    zones
}

/// Lowers the case, drops accents, points and apostrophes, and joins words with underscores.
fn plain(name: &str) -> String {
    let dropped = |c: char| is_combining_mark(c) || matches!(c, '.' | '\'' | '’' | '‘' | '`' | '´' | 'ʻ' | 'ʼ');
    let name = signs::plain_text(name);
    let name = name.trim().nfkd().filter(|c| !dropped(*c)).collect::<String>().to_lowercase();
    let name: String = name.chars().map(|c| if is_dash(c) { '-' } else { digit(c) }).collect();
    let is_blank = |c: char| c.is_whitespace() || matches!(c, '_' | ',' | '،');
    name.split(is_blank).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Whether a sign stands for a minus or a hyphen.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2E3A}' | '\u{2E3B}' | '\u{FE58}' | '\u{FE63}')
}

/// Writes Arabic and Persian digits as ASCII; others are normalised already.
fn digit(c: char) -> char {
    let of = |zero: char| u32::from(c).checked_sub(u32::from(zero)).and_then(|digit| char::from_digit(digit, 10));
    of('٠').or_else(|| of('۰')).unwrap_or(c)
}

/// Turns hyphens into underscores: people type Port-au-Prince with spaces.
fn letters(plain: &str) -> String {
    plain.split(['-', '_']).filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}

/// Returns the city in a zone's name, if there is one.
fn city(name: &str) -> Option<String> {
    let (area, city) = name.rsplit_once('/')?;
    (area != "Etc").then(|| letters(&plain(city)))
}

/// Parses minutes ahead of UTC: `+4`, `utc+4h`, `gmt-03:30`, `+4 hours`.
fn offset(typed: &str) -> Option<i64> {
    const HOURS: &[&str] = &["hours", "hour", "hrs", "hr", "h", "часов", "часа", "час", "ч", "ժամ", "ժ"];
    let typed = typed.replace('_', "");
    let typed = ["utc", "gmt", "ut"].iter().find_map(|name| typed.strip_prefix(name)).unwrap_or(&typed);
    let (sign, digits) = match typed.chars().next()? {
        '+' => (1, &typed[1..]),
        '-' => (-1, &typed[1..]),
        _ => return None,
    };
    let digits = HOURS.iter().find_map(|hours| digits.strip_suffix(hours)).unwrap_or(digits);
    let (hours, minutes) = match digits.split_once([':', 'h']) {
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
            ("buenos aires", "America/Argentina/Buenos_Aires"),
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
            ("CEST", "CET"),
            ("HST", "Pacific/Honolulu"),
            ("EDT", "America/New_York"),
            ("MSK", "Europe/Moscow"),
            ("UTC+4h", "Etc/GMT-4"),
            ("+4 hours", "Etc/GMT-4"),
            ("UTC+4:00", "Etc/GMT-4"),
            ("–4", "Etc/GMT+4"),
            ("‑4", "Etc/GMT+4"),
            ("－4", "Etc/GMT+4"),
            ("+۴", "Etc/GMT-4"),
            ("+٤", "Etc/GMT-4"),
            ("+４", "Etc/GMT-4"),
            ("Mumbai", "Asia/Kolkata"),
            ("Bengaluru", "Asia/Kolkata"),
            ("Boston", "America/New_York"),
            ("Seattle", "America/Los_Angeles"),
            ("Delhi", "Asia/Kolkata"),
            ("Beijing", "Asia/Shanghai"),
            ("Osaka", "Asia/Tokyo"),
            ("San Francisco", "America/Los_Angeles"),
            ("Munich", "Europe/Berlin"),
            ("München", "Europe/Berlin"),
            ("Мюнхен", "Europe/Berlin"),
            ("Frankfurt", "Europe/Berlin"),
            ("Barcelona", "Europe/Madrid"),
            ("Lyon", "Europe/Paris"),
            ("Geneva", "Europe/Zurich"),
            ("Saint Petersburg", "Europe/Moscow"),
            ("St. Petersburg", "Europe/Moscow"),
            ("Санкт-Петербург", "Europe/Moscow"),
            ("Київ", "Europe/Kyiv"),
            ("Երևան", "Asia/Yerevan"),
            ("Ереван", "Asia/Yerevan"),
            ("თბილისი", "Asia/Tbilisi"),
            ("تهران", "Asia/Tehran"),
            ("Gyumri", "Asia/Yerevan"),
            ("Germany", "Europe/Berlin"),
            ("Германия", "Europe/Berlin"),
            ("Armenia", "Asia/Yerevan"),
            ("Հայաստան", "Asia/Yerevan"),
            ("UK", "Europe/London"),
            ("U.K.", "Europe/London"),
            ("Yerevan, Armenia", "Asia/Yerevan"),
            ("Yerevan Armenia", "Asia/Yerevan"),
            ("Birmingham, Alabama", "America/Chicago"),
            ("Paris, France", "Europe/Paris"),
            ("Tbilisi, Georgia", "Asia/Tbilisi"),
            ("Atlanta, Georgia", "America/New_York"),
            ("Gotham, Germany", "Europe/Berlin"),
        ] {
            assert_eq!(find(typed, NOW), Ok(expected), "{typed}");
        }
    }

    #[test]
    fn an_unknown_zone_proposes_similar_ones() {
        for (typed, expected) in [
            ("Yeravan", vec!["Asia/Yerevan"]),
            ("Europe/Yerevan", vec!["Asia/Yerevan"]),
            ("tbilisii", vec!["Asia/Tbilisi"]),
            ("+5:45", vec!["Asia/Kathmandu", "Asia/Katmandu"]),
            ("+15", vec![]),
            ("+123", vec![]),
            ("+", vec![]),
            ("xyzzy plugh", vec![]),
            ("Gotham Germany", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(find(typed, NOW), Err(expected), "{typed}");
        }
    }

    #[test]
    fn a_name_of_several_zones_is_ambiguous() {
        for (typed, expected) in [
            ("EST", &["America/New_York", "America/Panama"][..]),
            ("MST", &["America/Denver", "America/Phoenix"]),
            ("PST", &["America/Los_Angeles", "Asia/Manila"]),
            ("BST", &["Europe/London", "Asia/Dhaka"]),
            ("IST", &["Asia/Kolkata", "Europe/Dublin", "Asia/Jerusalem"]),
            ("Georgia", &["Asia/Tbilisi", "America/New_York"]),
            ("Spain", &["Europe/Madrid", "Atlantic/Canary"]),
            ("Washington", &["America/Los_Angeles", "America/New_York"]),
        ] {
            assert_eq!(find(typed, NOW), Err(expected.to_vec()), "{typed}");
        }
        assert!(find("USA", NOW).unwrap_err().len() > 3);
    }

    #[test]
    fn each_zone_is_found_by_its_own_name() {
        for zone in TZ_VARIANTS.iter().filter(|zone| !matches!(zone.name(), "EST" | "MST")) {
            let found = find(zone.name(), NOW).unwrap();
            let offset = |name| LocalClock::new(Some(name)).offset_secs(NOW);
            assert_eq!(offset(found), offset(zone.name()), "{zone}");
        }
    }

    #[test]
    fn each_place_has_known_zones_and_names_as_they_are_typed() {
        for line in PLACES.lines().filter(|line| !line.starts_with('#')) {
            let (zones, names) = line.split_once('\t').unwrap();
            assert!(zones.split(',').all(|zone| zone.parse::<Tz>().is_ok()), "{zones}");
            for name in names.split('|') {
                assert_eq!(letters(&plain(name)), name, "{zones}");
            }
        }
    }
}

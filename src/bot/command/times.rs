//! Parses times of day, quiet hours and digest times as people type them.

use ceasewire_model::attention::{Digests, Quiet};

/// Minutes after midnight of the daily digest where the chat names no time: with the first coffee.
const DAILY: u16 = 8 * 60;

/// Separators of two times beside the hyphen: words, and the dashes into which phones and other programs turn hyphens.
const BETWEEN: [&str; 11] = [" to ", " until ", " till ", " and ", "‐", "‑", "‒", "–", "—", "−", "~"];

/// Whether the text switches something off.
pub(in crate::bot) fn is_off(typed: &str) -> bool {
    matches!(typed, "off" | "none" | "no" | "never")
}

/// Parses quiet hours in lower case: their beginning, their end, and whether urgent alerts may break them.
pub(in crate::bot) fn parse_quiet(typed: &str) -> Option<Quiet> {
    let hours = typed.trim_start_matches("from ").trim_start_matches("between ");
    let (hours, lets_urgent) = [(" urgent only", true), (" only urgent", true), (" urgent", true), (" nothing", false)]
        .into_iter()
        .find_map(|(word, lets)| hours.strip_suffix(word).map(|hours| (hours, lets)))
        .unwrap_or((hours, true));
    let hours = hours.trim_end_matches([' ', ',']);
    let hours = BETWEEN.iter().fold(hours.to_owned(), |hours, word| hours.replace(word, "-"));
    // A space alone may stand between them too.
    let (from, until) = hours.split_once('-').or_else(|| hours.split_once(char::is_whitespace))?;
    // Two hyphens stand for a dash.
    Some(Quiet { from: minute(from)?, until: minute(until.strip_prefix('-').unwrap_or(until))?, lets_urgent })
}

/// Parses the times of digests in lower case.
pub(in crate::bot) fn parse_digests(typed: &str) -> Option<Digests> {
    match typed {
        _ if is_off(typed) => return Some(Digests::Off),
        "hourly" | "every hour" | "each hour" => return Some(Digests::Hourly),
        _ => {}
    }
    // A time without a word is the time of the daily digest.
    let time = ["daily", "every day", "each day"]
        .into_iter()
        .find_map(|word| typed.strip_prefix(word).or_else(|| typed.strip_suffix(word)))
        .unwrap_or(typed);
    let time = time.trim_matches([' ', ',']);
    match time.strip_prefix("at ").unwrap_or(time) {
        "" => Some(Digests::Daily(DAILY)),
        time => minute(time).map(Digests::Daily),
    }
}

/// Parses a time of day in lower case, as minutes after midnight.
fn minute(typed: &str) -> Option<u16> {
    let typed: String = typed.split_whitespace().collect();
    let (time, half) = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)]
        .into_iter()
        .find_map(|(word, hours)| typed.strip_suffix(word).map(|time| (time, Some(hours))))
        .unwrap_or((&typed, None));
    // French and Spanish write 23h and 23:00h.
    let time = time.strip_suffix('h').unwrap_or(time);
    let (hour, minute) = match time.split_once([':', '.', 'h']) {
        Some((hour, minute)) => (hour, minute),
        // Timetables write 0730 or 730.
        None if matches!(time.len(), 3 | 4) && time.is_ascii() => time.split_at(time.len() - 2),
        None => (time, "00"),
    };
    let digits = |text: &str, most: usize| {
        let right = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        if right { text.parse::<u16>().ok() } else { None }
    };
    let (hour, minute) = (digits(hour, 2)?, digits(minute, 2).filter(|_| minute.len() == 2)?);
    let hour = match half {
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return None,
        // The end of a day is the beginning of the next.
        None if hour == 24 && minute == 0 => 0,
        None => hour,
    };
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::super::lowercase;
    use super::*;

    #[test]
    fn a_time_of_day_has_many_spellings() {
        for (typed, expected) in [
            ("7", Some(420)),
            ("07", Some(420)),
            ("7:30", Some(450)),
            ("07:30", Some(450)),
            ("7.30", Some(450)),
            ("7h30", Some(450)),
            ("0730", Some(450)),
            ("730", Some(450)),
            ("7h", Some(420)),
            ("07:30h", Some(450)),
            (" 7 am ", Some(420)),
            ("7:30pm", Some(1170)),
            ("7:30 p.m.", Some(1170)),
            ("12am", Some(0)),
            ("12pm", Some(720)),
            ("12:05 am", Some(5)),
            ("0", Some(0)),
            ("23:59", Some(1439)),
            ("24:00", Some(0)),
            ("24:01", None),
            ("25", None),
            ("13pm", None),
            ("0am", None),
            ("7:5", None),
            ("7:60", None),
            ("7:", None),
            ("h", None),
            ("760", None),
            ("1", Some(60)),
            ("12345", None),
            (":30", None),
            ("+7", None),
            ("seven", None),
            ("७", None),
            ("७०३०", None),
            ("", None),
        ] {
            assert_eq!(minute(typed), expected, "{typed}");
        }
    }

    #[test]
    fn quiet_hours_have_many_spellings() {
        let night = |lets_urgent| Some(Quiet { from: 1380, until: 420, lets_urgent });
        for (typed, expected) in [
            ("23:00-07:00", night(true)),
            ("23-7", night(true)),
            ("23:00 - 07:00", night(true)),
            ("23:00–07:00", night(true)),
            ("11pm-7am", night(true)),
            ("11 pm to 7 am", night(true)),
            ("from 23 until 7", night(true)),
            ("between 11pm and 7am", night(true)),
            ("23:00‑07:00", night(true)),
            ("23--7", night(true)),
            ("23 — 7", night(true)),
            ("23:00 07:00", night(true)),
            ("2300-700", night(true)),
            ("23h-7h", night(true)),
            ("۲۳-۷", night(true)),
            ("٢٣:٠٠ – ٠٧:٠٠", night(true)),
            ("23-7, nothing", night(false)),
            ("23-7 only urgent", night(true)),
            ("23-7 urgent", night(true)),
            ("23-7 urgent only", night(true)),
            ("23:00 - 07:00 nothing", night(false)),
            ("7-7", Some(Quiet { from: 420, until: 420, lets_urgent: true })),
            ("23-7 something", None),
            ("23-7-8", None),
            ("23---7", None),
            ("23 7 8", None),
            ("at night", None),
            ("23", None),
            ("-7", None),
            ("nothing", None),
        ] {
            assert_eq!(parse_quiet(&lowercase(typed)), expected, "{typed}");
        }
    }

    #[test]
    fn digests_are_off_hourly_or_daily() {
        for (typed, expected) in [
            ("off", Some(Digests::Off)),
            ("hourly", Some(Digests::Hourly)),
            ("daily", Some(Digests::Daily(480))),
            ("daily 20:30", Some(Digests::Daily(1230))),
            ("daily  at 8 pm", Some(Digests::Daily(1200))),
            ("daily x", None),
            ("none", Some(Digests::Off)),
            ("Every hour", Some(Digests::Hourly)),
            ("daily 8", Some(Digests::Daily(480))),
            ("daily, 08:00", Some(Digests::Daily(480))),
            ("08:00", Some(Digests::Daily(480))),
            ("at 8pm", Some(Digests::Daily(1200))),
            ("8:00 daily", Some(Digests::Daily(480))),
            ("every day at 8", Some(Digests::Daily(480))),
            ("daily ۸", Some(Digests::Daily(480))),
            ("daily 8 and 20", None),
            ("hourly 8", None),
            ("weekly", None),
        ] {
            assert_eq!(parse_digests(&lowercase(typed)), expected, "{typed}");
        }
    }
}

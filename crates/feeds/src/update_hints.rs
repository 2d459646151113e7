//! How often a publisher wants its feed to be fetched, as RSS and its syndication module say it.
//!
//! It must not know when the feed really is fetched: that is for the schedule.

use chrono::Weekday;

/// What a feed says about its own polling; nothing of it is invented, and nothing of it obliges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateHints {
    /// Minutes that the feed may be kept before it is fetched again (`ttl`).
    pub ttl_minutes: Option<u32>,
    /// Minutes between the feed's changes (`sy:updatePeriod` and `sy:updateFrequency`). Programs write an hour here
    /// unasked, so that it says less than `ttl_minutes`.
    pub update_minutes: Option<u32>,
    /// Hours of the day, 0 to 23 in UTC and ascending, in which the feed need not be fetched (`skipHours`).
    pub skip_hours: Vec<u8>,
    /// Days, from Monday on, on which the feed need not be fetched (`skipDays`).
    pub skip_days: Vec<Weekday>,
}

/// The minutes that a `ttl` states.
pub fn ttl(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|minutes| *minutes > 0)
}

/// The minutes between changes, so many in a period called so; the module's defaults are one and a day.
pub fn update(period: Option<&str>, frequency: Option<&str>) -> Option<u32> {
    const HOUR: u32 = 60;
    if period.is_none() && frequency.is_none() {
        return None;
    }
    let minutes = match period.map(|period| period.trim().to_ascii_lowercase()).as_deref() {
        Some("hourly") => HOUR,
        Some("daily") | None => 24 * HOUR,
        Some("weekly") => 7 * 24 * HOUR,
        Some("monthly") => 30 * 24 * HOUR,
        Some("yearly") => 365 * 24 * HOUR,
        Some(_) => return None,
    };
    let times: u32 = frequency.map_or(Some(1), |times| times.trim().parse().ok())?;
    Some((minutes / times.max(1)).max(1))
}

/// The hours in the text of a `skipHours`; RSS 0.91 counts them from 1 to 24. A feed that is never worth fetching is
/// not believed.
pub fn skip_hours(text: &str) -> Vec<u8> {
    let stated = text.split_whitespace().filter_map(|hour| hour.parse::<u8>().ok()).filter(|hour| *hour <= 24);
    let mut hours: Vec<u8> = stated.map(|hour| hour % 24).collect();
    hours.sort_unstable();
    hours.dedup();
    if hours.len() == 24 { Vec::new() } else { hours }
}

/// The days in the text of a `skipDays`; a feed that is never worth fetching is not believed.
pub fn skip_days(text: &str) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = text.split_whitespace().filter_map(|day| day.parse().ok()).collect();
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    if days.len() == 7 { Vec::new() } else { days }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_minutes() {
        for (text, minutes) in [("60", Some(60)), (" 5 ", Some(5)), ("0", None), ("-1", None), ("soon", None)] {
            assert_eq!(ttl(text), minutes, "{text:?}");
        }
        for (period, frequency, minutes) in [
            (Some("hourly"), Some("2"), Some(30)),
            (Some(" Daily "), None, Some(1_440)),
            (Some("weekly"), Some("7"), Some(1_440)),
            (None, Some("24"), Some(60)),
            (Some("hourly"), Some("0"), Some(60)),
            (Some("hourly"), Some("600"), Some(1)),
            (Some("hourly"), Some("often"), None),
            (Some("now and then"), Some("1"), None),
            (None, None, None),
        ] {
            assert_eq!(update(period, frequency), minutes, "{period:?} {frequency:?}");
        }
    }

    #[test]
    fn hours_and_days_are_in_order_and_never_all() {
        let all: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
        for (text, hours) in [("3 1 2 2", &[1, 2, 3][..]), ("24 23", &[0, 23]), ("25 x -1", &[]), (&all.join(" "), &[])]
        {
            assert_eq!(skip_hours(text), hours, "{text}");
        }
        assert_eq!(skip_days("Sunday Saturday someday sunday"), [Weekday::Sat, Weekday::Sun]);
        assert_eq!(skip_days("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"), []);
    }
}

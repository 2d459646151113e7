//! Update hints: a publisher's wishes about polling, in the terms of RSS and its syndication module.
//!
//! It must not know the time of the next poll: `schedule` decides.

use chrono::Weekday;

/// The polling that a feed asks for. Every hint is optional, and none binds the poller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdateHints {
    /// Minutes between two polls (`ttl`).
    pub ttl_minutes: Option<u32>,
    /// Minutes between two changes of the feed (`sy:updatePeriod` and `sy:updateFrequency`). Blog software writes an
    /// hour by default, so this hint is weaker than `ttl_minutes`.
    pub update_minutes: Option<u32>,
    /// Hours of the day without news (`skipHours`), 0 to 23 in UTC, ascending.
    pub skip_hours: Vec<u8>,
    /// Days without news (`skipDays`), from Monday on.
    pub skip_days: Vec<Weekday>,
}

/// Parses the minutes of a `ttl`.
pub fn parse_ttl(text: &str) -> Option<u32> {
    text.trim().parse().ok().filter(|minutes| *minutes > 0)
}

/// Converts a period and the number of changes in it to minutes between two changes. The defaults of the syndication
/// module are a day and one change.
pub fn parse_update_period(period: Option<&str>, frequency: Option<&str>) -> Option<u32> {
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

/// Parses the hours of a `skipHours`, which RSS 0.91 counts from 1 to 24. All 24 hours would end all polling, so they
/// count as none.
pub fn parse_skip_hours(text: &str) -> Vec<u8> {
    let stated = text.split_whitespace().filter_map(|hour| hour.parse::<u8>().ok()).filter(|hour| *hour <= 24);
    let mut hours: Vec<u8> = stated.map(|hour| hour % 24).collect();
    hours.sort_unstable();
    hours.dedup();
    if hours.len() == 24 { Vec::new() } else { hours }
}

/// Parses the days of a `skipDays`; all seven count as none.
pub fn parse_skip_days(text: &str) -> Vec<Weekday> {
    let mut days: Vec<Weekday> = text.split_whitespace().filter_map(|day| day.parse().ok()).collect();
    days.sort_unstable_by_key(Weekday::num_days_from_monday);
    days.dedup();
    if days.len() == 7 { Vec::new() } else { days }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ttl_and_update_period_are_minutes() {
        for (text, minutes) in [("60", Some(60)), (" 5 ", Some(5)), ("0", None), ("-1", None), ("soon", None)] {
            assert_eq!(parse_ttl(text), minutes, "{text:?}");
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
            assert_eq!(parse_update_period(period, frequency), minutes, "{period:?} {frequency:?}");
        }
    }

    #[test]
    fn hours_and_days_are_in_order_and_never_all() {
        let all: Vec<String> = (0..24).map(|hour| hour.to_string()).collect();
        for (text, hours) in [("3 1 2 2", &[1, 2, 3][..]), ("24 23", &[0, 23]), ("25 x -1", &[]), (&all.join(" "), &[])]
        {
            assert_eq!(parse_skip_hours(text), hours, "{text}");
        }
        assert_eq!(parse_skip_days("Sunday Saturday someday sunday"), [Weekday::Sat, Weekday::Sun]);
        assert_eq!(parse_skip_days("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"), []);
    }
}

//! Converts between instants and the local time of a time zone. Pure.

use chrono::{Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

use ceasewire_model::Timestamp;

const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 24 * HOUR_SECS;

/// The clock of one time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalClock(Tz);

/// The instant of a local time that occurs twice, because the clock moves back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AmbiguousTime {
    First,
    Second,
}

impl LocalClock {
    /// Builds the clock of the zone with this IANA name, or of UTC for no name or an unknown one.
    pub fn new(zone: Option<&str>) -> Self {
        Self(zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC))
    }

    /// Returns the zone's IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// Returns the seconds of the clock's lead over UTC at an instant.
    pub fn offset_secs(self, at: Timestamp) -> i64 {
        self.0.offset_from_utc_datetime(&at.to_datetime().naive_utc()).fix().local_minus_utc().into()
    }

    /// Returns the local time of an instant.
    pub fn local_time(self, at: Timestamp) -> NaiveDateTime {
        // Adds the offset as seconds, because chrono's last dates do not exist in every zone.
        at.plus_secs(self.offset_secs(at)).to_datetime().naive_utc()
    }

    /// Returns the instant of a local time, `minute` minutes after midnight. A skipped time counts at the next valid
    /// instant.
    pub fn instant(self, day: NaiveDate, minute: u16, ambiguous: AmbiguousTime) -> Timestamp {
        let minute = u32::from(minute) % (24 * 60);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or_default();
        let local = day.and_time(time);
        let found = match (self.0.from_local_datetime(&local), ambiguous) {
            (MappedLocalTime::Single(at), _) => Some(at),
            (MappedLocalTime::Ambiguous(first, _), AmbiguousTime::First) => Some(first),
            (MappedLocalTime::Ambiguous(_, second), AmbiguousTime::Second) => Some(second),
            (MappedLocalTime::None, _) => GapInfo::new(&local, &self.0).and_then(|gap| gap.end),
        };
        found.map_or_else(|| local.and_utc().into(), |at| at.to_utc().into())
    }

    /// Returns the first instant after `after` with the local time `minute` minutes after midnight.
    pub fn next(self, minute: u16, after: Timestamp) -> Timestamp {
        self.days_around(after)
            .map(|day| self.instant(day, minute, AmbiguousTime::First))
            .find(|at| *at > after)
            .unwrap_or_else(|| after.plus_secs(DAY_SECS))
    }

    /// Returns the next full hour after `after`, by the offset at `after`.
    pub fn next_hour(self, after: Timestamp) -> Timestamp {
        let offset = self.offset_secs(after).saturating_mul(1000);
        let into_the_hour = after.0.saturating_add(offset).rem_euclid(HOUR_SECS * 1000);
        Timestamp(after.0.saturating_add(HOUR_SECS * 1000 - into_the_hour))
    }

    /// Returns the local days from two before an instant to three after it. The margin covers zones that crossed the
    /// date line and skipped a day.
    pub fn days_around(self, at: Timestamp) -> impl Iterator<Item = NaiveDate> {
        let first = self.local_time(at).date();
        let first = first.checked_sub_days(Days::new(2)).unwrap_or(first);
        (0..=5).filter_map(move |days| first.checked_add_days(Days::new(days)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc().into()
    }

    #[test]
    fn local_time_follows_the_zone() {
        for (zone, moment, expected) in [
            (None, "2020-10-10T03:05:00Z", "2020-10-10 03:05"),
            (Some("Asia/Yerevan"), "2020-10-10T03:05:00Z", "2020-10-10 07:05"),
            (Some("Asia/Kathmandu"), "2020-10-10T23:05:00Z", "2020-10-11 04:50"),
            (Some("America/New_York"), "2020-11-01T05:59:00Z", "2020-11-01 01:59"),
            (Some("America/New_York"), "2020-11-01T06:00:00Z", "2020-11-01 01:00"),
            (Some("Mars/Olympus"), "2020-10-10T03:05:00Z", "2020-10-10 03:05"),
        ] {
            let shown = LocalClock::new(zone).local_time(at(moment)).format("%Y-%m-%d %H:%M").to_string();
            assert_eq!(shown, expected, "{zone:?} {moment}");
        }
    }

    #[test]
    fn the_next_time_of_day_is_the_first_after_a_moment() {
        for (zone, minute, after, expected) in [
            ("Asia/Yerevan", 8 * 60, "2020-10-10T03:59:59Z", "2020-10-10T04:00:00Z"),
            ("Asia/Yerevan", 8 * 60, "2020-10-10T04:00:00Z", "2020-10-11T04:00:00Z"),
            // From 2:00 to 3:00: half past two counts at three.
            ("Europe/Berlin", 150, "2021-03-27T22:00:00Z", "2021-03-28T01:00:00Z"),
            // Back from 3:00 to 2:00: the first half past two.
            ("Europe/Berlin", 150, "2020-10-24T22:00:00Z", "2020-10-25T00:30:00Z"),
            ("Europe/Berlin", 150, "2020-10-25T00:30:00Z", "2020-10-26T01:30:00Z"),
            ("America/New_York", 90, "2020-11-01T05:00:00Z", "2020-11-01T05:30:00Z"),
            // Samoa crossed the date line and had no 30 December.
            ("Pacific/Apia", 8 * 60, "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(LocalClock::new(Some(zone)).next(minute, at(after)), at(expected), "{zone} {after}");
        }
    }

    #[test]
    fn full_hours_follow_the_zone() {
        for (zone, after, expected) in [
            ("Asia/Kathmandu", "2020-10-10T10:00:00Z", "2020-10-10T10:15:00Z"),
            ("Asia/Kathmandu", "2020-10-10T10:15:00Z", "2020-10-10T11:15:00Z"),
            ("Europe/Berlin", "2020-10-25T00:30:00Z", "2020-10-25T01:00:00Z"),
            ("Europe/Berlin", "2021-03-28T00:59:59Z", "2021-03-28T01:00:00Z"),
            ("UTC", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(LocalClock::new(Some(zone)).next_hour(at(after)), at(expected), "{zone} {after}");
        }
    }

    #[test]
    fn no_timestamp_panics() {
        for zone in ["Europe/Berlin", "Asia/Kathmandu", "Etc/GMT+12"] {
            for moment in [i64::MIN, -8_334_601_228_800_000, 8_210_266_876_799_999, i64::MAX] {
                let clock = LocalClock::new(Some(zone));
                clock.local_time(Timestamp(moment));
                clock.next(480, Timestamp(moment));
                clock.next_hour(Timestamp(moment));
            }
        }
    }
}

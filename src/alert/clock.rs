//! The clock of a place: what it shows at a moment, and at which moment it shows a time. Pure.

use chrono::{Days, MappedLocalTime, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone};
use chrono_tz::{GapInfo, Tz};

use ceasewire_model::Timestamp;

/// Seconds of an hour and of a day.
const HOUR_SECS: i64 = 3600;
const DAY_SECS: i64 = 24 * HOUR_SECS;

/// The clock of a time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalClock(Tz);

/// Which moment is meant by a time that a clock shows twice, since it was set back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Twice {
    /// The first one.
    First,
    /// The last one.
    Last,
}

impl LocalClock {
    /// The clock of the zone with this IANA name; of UTC where there is none, or none of that name is known.
    pub fn of(zone: Option<&str>) -> Self {
        Self(zone.and_then(|zone| zone.parse().ok()).unwrap_or(Tz::UTC))
    }

    /// The zone's IANA name.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// How many seconds it is ahead of UTC at a moment.
    pub fn offset_secs(self, at: Timestamp) -> i64 {
        self.0.offset_from_utc_datetime(&at.to_datetime().naive_utc()).fix().local_minus_utc().into()
    }

    /// What it shows at a moment.
    pub fn shows(self, at: Timestamp) -> NaiveDateTime {
        // The last moments that can be written as a date have no date in every zone.
        at.plus_secs(self.offset_secs(at)).to_datetime().naive_utc()
    }

    /// When it shows so many minutes after midnight of a day. A time that is left out, since the clock is set forward over
    /// it, is the first moment after that; a time that comes twice is the one that `twice` says.
    pub fn moment(self, day: NaiveDate, minute: u16, twice: Twice) -> Timestamp {
        let minute = u32::from(minute) % (24 * 60);
        let time = NaiveTime::from_num_seconds_from_midnight_opt(minute * 60, 0).unwrap_or_default();
        let local = day.and_time(time);
        let found = match (self.0.from_local_datetime(&local), twice) {
            (MappedLocalTime::Single(at), _) => Some(at),
            (MappedLocalTime::Ambiguous(first, last), twice) => Some(if twice == Twice::First { first } else { last }),
            (MappedLocalTime::None, _) => GapInfo::new(&local, &self.0).and_then(|gap| gap.end),
        };
        found.map_or_else(|| local.and_utc().into(), |at| at.to_utc().into())
    }

    /// The next moment after `after` at which it shows so many minutes after midnight, the first of two.
    pub fn next(self, minute: u16, after: Timestamp) -> Timestamp {
        self.days_around(after)
            .map(|day| self.moment(day, minute, Twice::First))
            .find(|at| *at > after)
            .unwrap_or_else(|| after.plus_secs(DAY_SECS))
    }

    /// The next full hour after `after`. Where the clock is set meanwhile, the one that it would have shown.
    pub fn next_hour(self, after: Timestamp) -> Timestamp {
        let offset = self.offset_secs(after).saturating_mul(1000);
        let into_the_hour = after.0.saturating_add(offset).rem_euclid(HOUR_SECS * 1000);
        Timestamp(after.0.saturating_add(HOUR_SECS * 1000 - into_the_hour))
    }

    /// The days about a moment by this clock, from two days before to three after: places have gone from one side of the
    /// date line to the other, and left a day out.
    pub fn days_around(self, at: Timestamp) -> impl Iterator<Item = NaiveDate> {
        let first = self.shows(at).date();
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
    fn a_clock_shows_the_time_of_its_place() {
        for (zone, moment, expected) in [
            (None, "2020-10-10T03:05:00Z", "2020-10-10 03:05"),
            (Some("Asia/Yerevan"), "2020-10-10T03:05:00Z", "2020-10-10 07:05"),
            (Some("Asia/Kathmandu"), "2020-10-10T23:05:00Z", "2020-10-11 04:50"),
            (Some("America/New_York"), "2020-11-01T05:59:00Z", "2020-11-01 01:59"),
            (Some("America/New_York"), "2020-11-01T06:00:00Z", "2020-11-01 01:00"),
            (Some("Mars/Olympus"), "2020-10-10T03:05:00Z", "2020-10-10 03:05"),
        ] {
            let shown = LocalClock::of(zone).shows(at(moment)).format("%Y-%m-%d %H:%M").to_string();
            assert_eq!(shown, expected, "{zone:?} {moment}");
        }
    }

    #[test]
    fn the_next_time_of_day_is_the_first_that_the_clock_shows() {
        for (zone, minute, after, expected) in [
            ("Asia/Yerevan", 8 * 60, "2020-10-10T03:59:59Z", "2020-10-10T04:00:00Z"),
            ("Asia/Yerevan", 8 * 60, "2020-10-10T04:00:00Z", "2020-10-11T04:00:00Z"),
            // Set forward from 2:00 to 3:00: half past two is three.
            ("Europe/Berlin", 150, "2021-03-27T22:00:00Z", "2021-03-28T01:00:00Z"),
            // Set back from 3:00 to 2:00: the first half past two.
            ("Europe/Berlin", 150, "2020-10-24T22:00:00Z", "2020-10-25T00:30:00Z"),
            ("Europe/Berlin", 150, "2020-10-25T00:30:00Z", "2020-10-26T01:30:00Z"),
            ("America/New_York", 90, "2020-11-01T05:00:00Z", "2020-11-01T05:30:00Z"),
            // Samoa went over the date line, and had no 30 December.
            ("Pacific/Apia", 8 * 60, "2011-12-29T20:00:00Z", "2011-12-30T10:00:00Z"),
        ] {
            assert_eq!(LocalClock::of(Some(zone)).next(minute, at(after)), at(expected), "{zone} {after}");
        }
    }

    #[test]
    fn a_full_hour_is_full_by_the_clock_of_the_place() {
        for (zone, after, expected) in [
            ("Asia/Kathmandu", "2020-10-10T10:00:00Z", "2020-10-10T10:15:00Z"),
            ("Asia/Kathmandu", "2020-10-10T10:15:00Z", "2020-10-10T11:15:00Z"),
            ("Europe/Berlin", "2020-10-25T00:30:00Z", "2020-10-25T01:00:00Z"),
            ("Europe/Berlin", "2021-03-28T00:59:59Z", "2021-03-28T01:00:00Z"),
            ("UTC", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
        ] {
            assert_eq!(LocalClock::of(Some(zone)).next_hour(at(after)), at(expected), "{zone} {after}");
        }
    }

    #[test]
    fn no_moment_is_too_far_away() {
        for zone in ["Europe/Berlin", "Asia/Kathmandu", "Etc/GMT+12"] {
            for moment in [i64::MIN, -8_334_601_228_800_000, 8_210_266_876_799_999, i64::MAX] {
                let clock = LocalClock::of(Some(zone));
                clock.shows(Timestamp(moment));
                clock.next(480, Timestamp(moment));
                clock.next_hour(Timestamp(moment));
            }
        }
    }
}

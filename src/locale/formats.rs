//! Formats of dates, times, numbers and lists. Their order and separators are messages of the catalogue (`format.ftl`).

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Weekday};

use super::Locale;
use ceasewire_model::{Text, Timestamp};

impl Locale {
    /// Formats a date: 10 Oct 2020.
    pub fn date(self, day: NaiveDate) -> String {
        let args = [
            ("day", day.day().to_string().into()),
            ("month", self.month(day).into()),
            ("year", day.year().to_string().into()),
        ];
        self.text("format-date", &args).to_plain()
    }

    /// Formats a date without its year: 10 Oct.
    pub fn short_date(self, day: NaiveDate) -> String {
        let args = [("day", day.day().to_string().into()), ("month", self.month(day).into())];
        self.text("format-short-date", &args).to_plain()
    }

    /// Formats a date by its weekday: Sat 10 Oct.
    pub fn weekday_date(self, day: NaiveDate) -> String {
        let args = [("weekday", self.weekday(day.weekday()).into()), ("date", self.short_date(day).into())];
        self.text("format-weekday-date", &args).to_plain()
    }

    /// Formats a time of day: 07:30.
    pub fn time(self, time: NaiveTime) -> String {
        let (hour, minute) = (format!("{:02}", time.hour()), format!("{:02}", time.minute()));
        self.text("format-time", &[("hour", hour.into()), ("minute", minute.into())]).to_plain()
    }

    /// Formats a time of day, given as minutes after midnight.
    pub fn time_of_day(self, minute: u16) -> String {
        let secs = u32::from(minute) * 60;
        self.time(NaiveTime::from_num_seconds_from_midnight_opt(secs, 0).unwrap_or_default())
    }

    /// Formats a date and time: 10 Oct 2020, 07:30.
    pub fn date_and_time(self, at: NaiveDateTime) -> String {
        self.joined(self.date(at.date()), at)
    }

    /// Formats a date and time without the year: 10 Oct, 07:30.
    pub fn short_date_and_time(self, at: NaiveDateTime) -> String {
        self.joined(self.short_date(at.date()), at)
    }

    /// Formats a weekday and time: Sat 10 Oct, 07:30.
    pub fn weekday_and_time(self, at: NaiveDateTime) -> String {
        self.joined(self.weekday_date(at.date()), at)
    }

    fn joined(self, date: String, at: NaiveDateTime) -> String {
        let args = [("date", date.into()), ("time", self.time(at.time()).into())];
        self.text("format-date-and-time", &args).to_plain()
    }

    /// Formats a moment in UTC: 10 Oct 2020, 07:30 UTC.
    pub fn moment(self, at: Timestamp) -> String {
        self.in_utc(self.date_and_time(at.to_datetime().naive_utc()))
    }

    /// Formats a moment in UTC without the year: 10 Oct, 07:30 UTC.
    pub fn short_moment(self, at: Timestamp) -> String {
        self.in_utc(self.short_date_and_time(at.to_datetime().naive_utc()))
    }

    /// Formats the time of a moment in UTC: 07:30 UTC.
    pub fn time_in_utc(self, at: Timestamp) -> String {
        self.in_utc(self.time(at.to_datetime().time()))
    }

    fn in_utc(self, time: String) -> String {
        self.text("format-in-utc", &[("time", time.into())]).to_plain()
    }

    /// Formats a number with separators of its thousands: 20,000.
    pub fn number(self, number: usize) -> String {
        let separator = self.label("format-thousands");
        let digits = number.to_string();
        digits.char_indices().fold(String::new(), |mut grouped, (place, digit)| {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                grouped.push_str(&separator);
            }
            grouped.push(digit);
            grouped
        })
    }

    /// Joins alternatives: a, b or c.
    pub fn either(self, alternatives: Vec<Text>) -> Text {
        let mut alternatives = alternatives.into_iter();
        let Some(last) = alternatives.next_back() else { return Text::default() };
        match alternatives
            .reduce(|first, next| self.text("format-list", &[("first", first.into()), ("next", next.into())]))
        {
            Some(first) => self.text("format-either", &[("first", first.into()), ("last", last.into())]),
            None => last,
        }
    }

    fn month(self, day: NaiveDate) -> String {
        const MONTHS: [&str; 12] = [
            "format-jan",
            "format-feb",
            "format-mar",
            "format-apr",
            "format-may",
            "format-jun",
            "format-jul",
            "format-aug",
            "format-sep",
            "format-oct",
            "format-nov",
            "format-dec",
        ];
        self.label(MONTHS[day.month0() as usize])
    }

    fn weekday(self, day: Weekday) -> String {
        const DAYS: [&str; 7] =
            ["format-mon", "format-tue", "format-wed", "format-thu", "format-fri", "format-sat", "format-sun"];
        self.label(DAYS[day.num_days_from_monday() as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 10 October 2020, 03:05 UTC.
    const AT: Timestamp = Timestamp(1_602_299_100_000);

    #[test]
    fn english_dates_go_day_month_year() {
        let (locale, at) = (Locale::default(), AT.to_datetime().naive_utc());
        assert_eq!(locale.moment(AT), "10 Oct 2020, 03:05 UTC");
        assert_eq!(locale.short_moment(AT), "10 Oct, 03:05 UTC");
        assert_eq!(locale.time_in_utc(AT), "03:05 UTC");
        assert_eq!(locale.weekday_and_time(at), "Sat 10 Oct, 03:05");
        assert_eq!(locale.date(NaiveDate::from_ymd_opt(2020, 1, 2).unwrap()), "2 Jan 2020");
        assert_eq!(locale.time_of_day(450), "07:30");
    }

    #[test]
    fn english_numbers_have_commas() {
        for (number, expected) in [(0, "0"), (812, "812"), (1024, "1,024"), (1_234_567, "1,234,567")] {
            assert_eq!(Locale::default().number(number), expected);
        }
    }

    #[test]
    fn english_alternatives_end_with_or() {
        let either = |words: &[&str]| Locale::default().either(words.iter().copied().map(Text::plain).collect());
        for (words, expected) in [(&["a"][..], "a"), (&["a", "b"], "a or b"), (&["a", "b", "c"], "a, b or c")] {
            assert_eq!(either(words).to_plain(), expected);
        }
    }
}

//! Groups days into bars, so that readers can tell the bars apart.

use chrono::{Datelike, NaiveDate};

use super::{COLOURED, Timeline, marked};

/// The most bars: about as many as a phone shows apart.
const MOST: i64 = 62;

/// The bars of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TimelineBins {
    /// The first day of the first bar, counted from the first of the year 1.
    first: i64,
    /// The first day with data; bars of weeks begin on Mondays.
    start: i64,
    /// The day after the last one with data.
    end: i64,
    /// The days of a bar.
    pub width: i64,
    /// Stories by bar and topic. Topics without a colour of their own share the last column.
    pub stories: Vec<Vec<u64>>,
}

impl TimelineBins {
    /// Counts a timeline's stories.
    pub fn of(timeline: &Timeline) -> Self {
        let (points, _) = marked(timeline);
        let dates = timeline.days.iter().map(|day| day.date).chain(points.iter().map(|(date, _)| *date));
        let numbers: Vec<i64> = dates.map(|date| i64::from(date.num_days_from_ce())).collect();
        let topics = columns(timeline.topics.len());
        let (Some(&first), Some(&last)) = (numbers.iter().min(), numbers.iter().max()) else {
            return Self { first: 0, start: 0, end: 0, width: 1, stories: Vec::new() };
        };
        let days = last - first + 1;
        // Beyond two months whole weeks, from a Monday on; beyond a year several.
        let start = first;
        let (first, width) = if days <= MOST {
            (first, 1)
        } else {
            let monday = first - (first - 1).rem_euclid(7);
            (monday, 7 * ((last - monday) / (7 * MOST) + 1))
        };
        let count = (last - first) / width + 1;
        let mut stories = vec![vec![0_u64; topics]; usize::try_from(count).unwrap_or_default()];
        for day in &timeline.days {
            let bin = (i64::from(day.date.num_days_from_ce()) - first) / width;
            let Some(bin) = usize::try_from(bin).ok().and_then(|bin| stories.get_mut(bin)) else { continue };
            for (topic, count) in day.stories.iter().enumerate().take(timeline.topics.len()) {
                bin[topic.min(COLOURED)] += u64::from(*count);
            }
        }
        Self { first, start, end: last + 1, width, stories }
    }

    /// Returns the bar of a day.
    pub fn place(&self, date: NaiveDate) -> usize {
        usize::try_from((i64::from(date.num_days_from_ce()) - self.first) / self.width).unwrap_or_default()
    }

    /// Returns the first day of a bar.
    pub fn start(&self, bin: usize) -> NaiveDate {
        date(self.first + bin as i64 * self.width)
    }

    /// Returns the first and the last day with data; `None` if there is none.
    pub fn range(&self) -> Option<(NaiveDate, NaiveDate)> {
        (!self.stories.is_empty()).then(|| (date(self.start), date(self.end - 1)))
    }

    /// Whether day and month alone name a day.
    pub fn within_a_year(&self) -> bool {
        self.end - self.start <= 365
    }

    /// The most stories of a bar.
    pub fn highest(&self) -> u64 {
        self.stories.iter().map(|topics| topics.iter().sum()).max().unwrap_or_default()
    }

    /// All stories of a topic.
    pub fn total(&self, topic: usize) -> u64 {
        self.stories.iter().map(|topics| topics[topic]).sum()
    }
}

/// Returns the number of columns for these topics.
pub(super) fn columns(topics: usize) -> usize {
    topics.min(COLOURED + 1)
}

/// Names a column: by its topic, or as several topics.
pub(super) fn column_name(timeline: &Timeline, column: usize) -> &str {
    if column == COLOURED && timeline.topics.len() > COLOURED + 1 { "…" } else { &timeline.topics[column] }
}

fn date(number: i64) -> NaiveDate {
    i32::try_from(number).ok().and_then(NaiveDate::from_num_days_from_ce_opt).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::TimelineDay;

    fn timeline(days: i64) -> Timeline {
        let first = NaiveDate::from_ymd_opt(2020, 9, 27).unwrap();
        let day = |day| TimelineDay { date: first + chrono::Days::new(day as u64), stories: vec![1] };
        Timeline { topics: vec!["Truce".into()], days: (0..days).map(day).collect(), ..Timeline::default() }
    }

    #[test]
    fn bars_are_days_then_weeks_then_several_weeks_and_no_story_is_lost() {
        for (days, width, bars) in
            [(0, 1, 0), (1, 1, 1), (45, 1, 45), (62, 1, 62), (63, 7, 10), (365, 7, 53), (1000, 21, 48)]
        {
            let bins = TimelineBins::of(&timeline(days));
            assert_eq!((bins.width, bins.stories.len()), (width, bars), "{days} days");
            assert_eq!(bins.stories.iter().flatten().sum::<u64>(), days as u64, "{days} days");
        }
        let weeks = TimelineBins::of(&timeline(100));
        assert_eq!(weeks.start(0), NaiveDate::from_ymd_opt(2020, 9, 21).unwrap(), "a Monday");
        assert_eq!(weeks.range().unwrap().1, NaiveDate::from_ymd_opt(2021, 1, 4).unwrap());
    }

    #[test]
    fn the_calendars_ends_break_nothing() {
        let mut timeline = timeline(1);
        timeline.turning_points = vec![(NaiveDate::MAX, "end".into()), (NaiveDate::MIN, "beginning".into())];
        let bins = TimelineBins::of(&timeline);
        assert!(bins.stories.len() <= MOST as usize);
        assert!(bins.place(NaiveDate::MAX) < bins.stories.len());
    }
}

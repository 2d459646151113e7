//! What is said of filters, and of what a rule would have sent.

use std::collections::BTreeMap;

use super::{articles, join, shortened};
use crate::bot::search::{TRIAL_DAYS, TRIAL_MOST, Trial};
use crate::locale::say;
use ceasewire_model::{Outlet, Rule, Style, Text};

/// The longest bar of a day.
const BAR: usize = 12;

/// What the writer of a rule may not have meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::bot) enum Doubt {
    /// It asks for words that nearly every text has.
    StopWords,
    /// It matches a large share of what is stored.
    Share {
        /// Articles that it matches.
        matching: usize,
        /// Articles that were looked at.
        articles: usize,
    },
}

pub(in crate::bot) fn filters(filters: &[Rule]) -> Text {
    if filters.is_empty() {
        return say("filters-none", &[]);
    }
    let text = numbered(say("filters-some", &[]), filters.iter().map(|filter| filter.text.as_str()));
    join(text, say("filters-how", &[]))
}

/// A heading and rules with their numbers, one a line.
pub(super) fn numbered<'a>(heading: Text, rules: impl Iterator<Item = &'a str>) -> Text {
    (1..).zip(rules).fold(heading.with("\n", Style::Plain), |text, (number, rule)| {
        text.with(format!("{number}. "), Style::Plain).with(shortened(rule), Style::Code).with("\n", Style::Plain)
    })
}

pub(in crate::bot) fn filter_added(number: usize, rule: &str) -> Text {
    let text = say("filter-added", &[("number", number.into()), ("rule", shortened(rule).into())]);
    join(text.with("\n", Style::Plain), say("filter-would", &[]))
}

pub(in crate::bot) fn filter_edited(number: usize, old: &str, new: &str) -> Text {
    let rules = [("number", number.into()), ("old", shortened(old).into()), ("new", shortened(new).into())];
    join(say("filter-edited", &rules).with("\n", Style::Plain), say("filter-would", &[]))
}

pub(in crate::bot) fn filter_back(rule: &str) -> Text {
    say("filter-back", &[("rule", shortened(rule).into())])
}

pub(in crate::bot) fn filter_there(rule: &str) -> Text {
    say("filter-there", &[("rule", shortened(rule).into())])
}

pub(in crate::bot) fn filter_removed(rule: &str) -> Text {
    say("filter-removed", &[("rule", shortened(rule).into())])
}

pub(in crate::bot) fn no_such_filter(number: usize, count: usize) -> Text {
    say("no-such-filter", &[("number", number.into()), ("count", count.into())])
}

pub(in crate::bot) fn too_many_filters(most: usize) -> Text {
    say("too-many-filters", &[("most", most.into())])
}

pub(in crate::bot) fn too_many_searches(most: usize) -> Text {
    say("too-many-searches", &[("most", most.into())])
}

pub(in crate::bot) fn filter_test(rule: &str) -> Text {
    say("filter-test", &[("rule", shortened(rule).into())])
}

/// The beginning of a sentence about a rule, its end, and what stands behind it: how many alerts on which day, what is
/// doubtful, and examples.
pub(in crate::bot) fn with_trial(
    begun: Text,
    trial: &Trial,
    doubts: &[Doubt],
    outlets: &BTreeMap<String, Outlet>,
) -> Text {
    let alerts = trial.alerts();
    let counted = say("trial", &[("count", alerts.into()), ("days", TRIAL_DAYS.into())]);
    let mut text = join(begun.with(" ", Style::Plain), counted);
    if alerts > 0 {
        text = text.with("\n", Style::Plain).with(chart(trial), Style::Code);
    }
    if trial.cut {
        text = join(text.with("\n", Style::Plain), say("trial-cut", &[("most", grouped(TRIAL_MOST).into())]));
    }
    for doubt in doubts {
        let doubt = match *doubt {
            Doubt::StopWords => say("trial-stop-words", &[]),
            Doubt::Share { matching, articles } => say(
                "trial-share",
                &[
                    ("matching", grouped(matching).into()),
                    ("articles", grouped(articles).into()),
                    ("percent", (matching * 100 / articles.max(1)).into()),
                ],
            ),
        };
        text = join(text.with("\n", Style::Plain), doubt);
    }
    join(text, articles(&trial.newest, outlets))
}

/// A line a day, with a bar for those that can be compared at a glance.
fn chart(trial: &Trial) -> String {
    let most = trial.days.iter().map(|(_, alerts)| *alerts).max().unwrap_or(0).max(1);
    let width = most.to_string().len();
    let lines = trial.days.iter().map(|(day, alerts)| {
        let bar = "▆".repeat((alerts * BAR).div_ceil(most));
        format!("{} {alerts:>width$} {bar}", day.to_datetime().format("%a %e %b")).trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A number with a comma at each thousand.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::Timestamp;

    #[test]
    fn large_numbers_are_grouped() {
        for (number, expected) in [(0, "0"), (812, "812"), (1024, "1,024"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(number), expected);
        }
    }

    #[test]
    fn the_days_are_drawn_oldest_first() {
        let day = |number: i64| Timestamp(1_602_288_000_000).plus_secs(number * 86_400);
        let trial = Trial {
            days: vec![(day(0), 0), (day(1), 24), (day(2), 1)],
            articles: 1024,
            matching: 812,
            cut: true,
            ..Trial::default()
        };
        let doubts = [Doubt::StopWords, Doubt::Share { matching: 812, articles: 1024 }];
        insta::assert_snapshot!(with_trial(filter_test("war"), &trial, &doubts, &BTreeMap::new()).to_plain(), @r"
        war would have sent 25 alerts in the last 7 days (UTC):
        Sat 10 Oct  0
        Sun 11 Oct 24 ▆▆▆▆▆▆▆▆▆▆▆▆
        Mon 12 Oct  1 ▆
        Only the newest 20,000 articles were looked at.
        Note: it asks only for words that nearly every article has. Add one that says what you mean.
        Note: this matches 812 of 1,024 stored articles (79 %). Add a word that must be there too.
        ");
    }
}

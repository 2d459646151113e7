//! Answers about filters, and previews of rules.

use super::{article_line, join, shortened};
use crate::bot::context::Ctx;
use crate::bot::search::{PREVIEW_DAYS, RulePreview};
use crate::locale::Locale;
use ceasewire_model::{Rule, RuleTrouble, Style, Text};
use ceasewire_rules::grammar::Doubt;

/// The longest bar of a day.
const BAR: usize = 12;

/// A sign that a rule does not express its writer's intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bot) enum RuleDoubt {
    /// The author may mean another rule.
    Typed(Doubt),
    /// No feed of the bot is of this outlet; a similar one is.
    UnknownSource {
        /// The outlet as written.
        name: String,
        /// The outlet with the most similar name.
        similar: Option<String>,
    },
    /// The rule asks only for words that nearly every article has.
    StopWords,
    /// The rule matches a large share of the stored articles.
    Share {
        /// Articles that the rule matches.
        matching: usize,
        /// Articles of the preview.
        articles: usize,
    },
}

pub(in crate::bot) fn filters(ctx: &Ctx<'_>, filters: &[Rule]) -> Text {
    if filters.is_empty() {
        return ctx.text("filters-none", &[]);
    }
    let rules = filters.iter().map(|filter| (filter.text.as_str(), filter.trouble));
    let text = numbered(ctx.locale, ctx.text("filters-some", &[]), rules);
    let text = join(text, ctx.text("filters-how", &[]));
    let cut_off = ctx.subscriber_id().map_or(0, |subscriber| ctx.cut_offs.count_recent(subscriber, ctx.now));
    match i64::try_from(cut_off).unwrap_or(i64::MAX) {
        0 => text,
        count => join(text.with("\n\n", Style::Plain), ctx.text("filters-cut-off", &[("count", count.into())])),
    }
}

/// A heading, and rules with their numbers, one on each line.
pub(super) fn numbered<'a>(
    locale: Locale,
    heading: Text,
    rules: impl Iterator<Item = (&'a str, Option<RuleTrouble>)>,
) -> Text {
    (1..).zip(rules).fold(heading.with("\n", Style::Plain), |text, (number, (rule, trouble))| {
        let text = text.with(format!("{number}. "), Style::Plain).with(shortened(rule), Style::Code);
        let text = if trouble.is_some() { join(text, locale.text("rule-in-trouble", &[])) } else { text };
        text.with("\n", Style::Plain)
    })
}

pub(in crate::bot) fn filter_edited(locale: Locale, number: usize, old: &str, new: &str) -> Text {
    let rules = [("number", number.into()), ("old", shortened(old).into()), ("new", shortened(new).into())];
    locale.text("filter-edited", &rules)
}

/// Lists removed rules, so that they can be copied and added again.
pub(in crate::bot) fn removed<'a>(locale: Locale, id: &str, rules: impl Iterator<Item = &'a str>) -> Text {
    rules.fold(locale.text(id, &[]), |text, rule| text.with("\n", Style::Plain).with(shortened(rule), Style::Code))
}

pub(in crate::bot) fn no_such_filter(locale: Locale, number: usize, count: usize) -> Text {
    locale.text("no-such-filter", &[("number", number.into()), ("count", count.into())])
}

/// Adds a preview to a heading: the alerts of each day, the doubts, and examples.
pub(in crate::bot) fn with_preview(ctx: &Ctx<'_>, heading: Text, preview: &RulePreview, doubts: &[RuleDoubt]) -> Text {
    let text = join(heading.with("\n", Style::Plain), counts(ctx.locale, preview, doubts));
    preview.newest.iter().fold(text, |text, article| join(text.with("\n\n", Style::Plain), article_line(ctx, article)))
}

fn counts(locale: Locale, preview: &RulePreview, doubts: &[RuleDoubt]) -> Text {
    let alerts = preview.alerts();
    let mut text = locale.text("preview", &[("count", alerts.into()), ("days", PREVIEW_DAYS.into())]);
    if alerts > 0 {
        text = text.with("\n", Style::Plain).with(chart(locale, preview), Style::Code);
    }
    if preview.matching == 0 {
        text = join(text, parts(locale, preview));
    }
    if preview.cut {
        let most = locale.number(preview.articles);
        text = join(text.with("\n", Style::Plain), locale.text("preview-cut", &[("most", most.into())]));
    }
    with_notes(locale, text, doubts)
}

/// Adds a line for each doubt about a rule.
pub(super) fn with_notes(locale: Locale, mut text: Text, doubts: &[RuleDoubt]) -> Text {
    for doubt in doubts {
        let doubt = match doubt {
            RuleDoubt::Typed(doubt) => super::doubt(locale, doubt),
            RuleDoubt::UnknownSource { name, similar: Some(similar) } => {
                let args = [("name", shortened(name).into()), ("similar", similar.as_str().into())];
                locale.text("rule-doubt-source-similar", &args)
            }
            RuleDoubt::UnknownSource { name, similar: None } => {
                locale.text("rule-doubt-source", &[("name", shortened(name).into())])
            }
            RuleDoubt::StopWords => locale.text("preview-stop-words", &[]),
            &RuleDoubt::Share { matching, articles } => {
                let args = [
                    ("matching", locale.number(matching).into()),
                    ("articles", locale.number(articles).into()),
                    ("percent", (matching * 100 / articles.max(1)).into()),
                ];
                locale.text("preview-share", &args)
            }
        };
        text = join(text.with("\n", Style::Plain), doubt);
    }
    text
}

/// Lists the articles that have each part of a rule without a match; nothing where there are no articles.
pub(super) fn parts(locale: Locale, preview: &RulePreview) -> Text {
    if preview.articles == 0 || preview.parts.is_empty() {
        return Text::default();
    }
    let parts: Vec<String> = preview
        .parts
        .iter()
        .map(|(part, articles)| format!("{} {}", shortened(part), locale.number(*articles)))
        .collect();
    let args = [("articles", locale.number(preview.articles).into()), ("parts", parts.join(" · ").into())];
    join(Text::default().with("\n", Style::Plain), locale.text("preview-parts", &args))
}

/// A line for each day, with bars to compare the days at a glance.
fn chart(locale: Locale, preview: &RulePreview) -> String {
    let most = preview.days.iter().map(|(_, alerts)| *alerts).max().unwrap_or(0).max(1);
    let width = most.to_string().len();
    let days: Vec<(String, usize)> = preview
        .days
        .iter()
        .map(|(day, alerts)| (locale.weekday_date(day.to_datetime().date_naive()), *alerts))
        .collect();
    let longest = days.iter().map(|(day, _)| day.chars().count()).max().unwrap_or(0);
    let lines = days.into_iter().map(|(day, alerts)| {
        let bar = "▆".repeat((alerts * BAR).div_ceil(most));
        format!("{day:<longest$} {alerts:>width$} {bar}").trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::Timestamp;

    #[test]
    fn a_preview_draws_the_oldest_day_first() {
        let day = |number: i64| Timestamp(1_602_115_200_000).plus_secs(number * 86_400);
        let preview = RulePreview {
            days: vec![(day(0), 0), (day(1), 24), (day(2), 1)],
            articles: 1024,
            matching: 812,
            cut: true,
            ..RulePreview::default()
        };
        let doubts = [RuleDoubt::StopWords, RuleDoubt::Share { matching: 812, articles: 1024 }];
        insta::assert_snapshot!(counts(Locale::default(), &preview, &doubts).to_plain(), @r"
        It would have sent 25 alerts in the last 7 days (UTC):
        Thu 8 Oct   0
        Fri 9 Oct  24 ▆▆▆▆▆▆▆▆▆▆▆▆
        Sat 10 Oct  1 ▆
        Only the newest 1,024 articles were searched.
        Note: this rule asks only for words that nearly every article has. Add a word that is specific to your interest.
        Note: this rule matches 812 of 1,024 stored articles (79 %). Add a word that must be there too.
        ");
    }
}

//! Answers about attention, quiet hours, the time zone and digests.

use super::{join, shortened};
use crate::alert::attention::{DispatchDecision, QueueTimes, decide};
use crate::alert::clock::LocalClock;
use crate::bot::context::Ctx;
use crate::locale::Locale;
use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet, RuleAttention};
use ceasewire_model::{Rule, Style, Text, Timestamp};
use ceasewire_stories::story_facts::EventTopics;

/// Names a zone: by its hours where its IANA name would mislead.
pub(super) fn zone_name(locale: Locale, zone: Option<&str>) -> String {
    let name = LocalClock::new(zone).name();
    // POSIX counts hours west of Greenwich as positive; people count them as negative.
    let hours = match name.strip_prefix("Etc/GMT").and_then(|hours| hours.split_at_checked(1)) {
        Some(("-", hours)) if !hours.is_empty() => format!("+{hours}"),
        Some(("+", hours)) if !hours.is_empty() => format!("-{hours}"),
        _ if name == "UTC" => String::new(),
        _ => return name.to_owned(),
    };
    locale.text("format-utc", &[("hours", hours.into())]).to_plain()
}

pub(in crate::bot) fn quiet(locale: Locale, preferences: &Preferences) -> Text {
    let Some(Quiet { from, until, lets_urgent }) = preferences.quiet else { return locale.text("quiet-off", &[]) };
    let hours = [
        ("from", locale.time_of_day(from).into()),
        ("until", locale.time_of_day(until).into()),
        ("zone", zone_name(locale, preferences.time_zone.as_deref()).into()),
    ];
    let text = match (from == until, lets_urgent) {
        (false, true) => locale.text("quiet-urgent", &hours),
        (false, false) => locale.text("quiet-nothing", &hours),
        (true, true) => locale.text("quiet-all-day-urgent", &hours),
        (true, false) => locale.text("quiet-all-day-nothing", &hours),
    };
    let text = join(text.with("\n", Style::Plain), locale.text("quiet-how", &[]));
    with_zone_missing(locale, text, preferences)
}

/// Adds a note where hours are UTC because the chat has no time zone.
fn with_zone_missing(locale: Locale, text: Text, preferences: &Preferences) -> Text {
    match preferences.time_zone {
        Some(_) => text,
        None => join(text.with("\n", Style::Plain), locale.text("zone-missing", &[])),
    }
}

pub(in crate::bot) fn time_zone(ctx: &Ctx<'_>, zone: Option<&str>) -> Text {
    let time = local(ctx.locale, zone, ctx.now);
    match zone {
        Some(_) => ctx.text("zone-is", &[("zone", zone_name(ctx.locale, zone).into()), ("time", time.into())]),
        None => ctx.text("zone-none", &[("time", time.into())]),
    }
}

pub(in crate::bot) fn unknown_zone(locale: Locale, typed: &str, similar: &[&str]) -> Text {
    let mut text = locale.text("zone-unknown", &[("typed", shortened(typed).into())]);
    if !similar.is_empty() {
        text = join(text.with(" ", Style::Plain), locale.text("zone-similar", &[]));
    }
    for name in similar {
        text = text.with("\n", Style::Plain).with(format!("/timezone {name}"), Style::Code);
    }
    join(text.with("\n", Style::Plain), locale.text("zone-how", &[]))
}

/// Formats a moment by the clock of a zone.
fn local(locale: Locale, zone: Option<&str>, at: Timestamp) -> String {
    locale.weekday_and_time(LocalClock::new(zone).local_time(at))
}

pub(in crate::bot) fn digests(ctx: &Ctx<'_>, preferences: &Preferences) -> Text {
    let locale = ctx.locale;
    let zone = preferences.time_zone.as_deref();
    let text = match preferences.digests {
        Digests::Off => return locale.text("digest-off", &[]),
        Digests::Hourly => locale.text("digest-hourly", &[]),
        Digests::Daily(minute) => locale.text("digest-daily", &[("time", locale.time_of_day(minute).into())]),
    };
    // A delivery of this moment would come with the next digest, after the quiet hours.
    let next = match decide(preferences, Attention::Digest, QueueTimes::from(ctx.now), i64::MAX, ctx.now) {
        DispatchDecision::Later(next) => next,
        DispatchDecision::Now { .. } => ctx.now,
    };
    let next = [("next", local(locale, zone, next).into()), ("zone", zone_name(locale, zone).into())];
    let text = join(text.with(" ", Style::Plain), locale.text("digest-next", &next));
    let text = join(text.with("\n", Style::Plain), locale.text("digest-what", &[]));
    with_zone_missing(locale, text, preferences)
}

fn attention_name(locale: Locale, attention: RuleAttention) -> String {
    match attention {
        RuleAttention::Urgent => locale.label("attention-urgent"),
        RuleAttention::Events => locale.label("attention-events"),
        RuleAttention::Normal => locale.label("attention-normal"),
        RuleAttention::Digest => locale.label("attention-digest"),
    }
}

/// The topics that a rule asks for.
fn topics(ctx: &Ctx<'_>, rule: &Rule) -> Vec<String> {
    let expr = ctx.profile.vocabulary.compile_stored(&rule.text);
    expr.map(|expr| expr.asked_topics().into_iter().map(str::to_owned).collect()).unwrap_or_default()
}

/// Whether a rule asks for a topic with events.
pub(in crate::bot) fn has_events(ctx: &Ctx<'_>, rule: &Rule) -> bool {
    !EventTopics::of_ids(topics(ctx, rule).iter().map(String::as_str)).is_empty()
}

/// The attention of a rule's alerts: the subscriber's choice, or else that of its topics, or else the chat's default.
fn effective(ctx: &Ctx<'_>, rule: &Rule) -> RuleAttention {
    let of_topics = || {
        let attentions = topics(ctx, rule).iter().filter_map(|id| ctx.profile.vocabulary.topic(id)?.attention).min();
        attentions.map(|attention| match attention {
            Attention::Urgent => RuleAttention::Urgent,
            Attention::Normal => RuleAttention::Normal,
            Attention::Digest => RuleAttention::Digest,
        })
    };
    let of_chat = || if has_digests(ctx) { RuleAttention::Digest } else { RuleAttention::Normal };
    rule.attention.or_else(of_topics).unwrap_or_else(of_chat)
}

fn has_digests(ctx: &Ctx<'_>) -> bool {
    ctx.subscriber.as_ref().is_some_and(|subscriber| subscriber.preferences.digests != Digests::Off)
}

/// Names the attention of a rule's alerts, and marks an attention that the subscriber has not chosen.
fn effective_name(ctx: &Ctx<'_>, rule: &Rule) -> String {
    let name = attention_name(ctx.locale, effective(ctx, rule));
    match rule.attention {
        Some(_) => name,
        None => ctx.text("attention-auto", &[("attention", name.into())]).to_plain(),
    }
}

pub(in crate::bot) fn attentions(ctx: &Ctx<'_>, rules: &[Rule]) -> Text {
    if rules.is_empty() {
        return ctx.text("attention-none", &[]);
    }
    let line = |text: Text, rule: &Rule| text.with(format!(" – {}\n", effective_name(ctx, rule)), Style::Plain);
    let (topics, filters): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.topic.is_some());
    let text = ctx.text("attention-some", &[]).with("\n", Style::Plain);
    let text = topics.iter().fold(text, |text, rule| {
        let text = text.with(rule.topic.as_deref().unwrap_or_default(), Style::Code);
        line(text, rule)
    });
    let text = (1..).zip(filters).fold(text, |text, (number, rule)| {
        let text = text.with(format!("{number}. "), Style::Plain).with(shortened(&rule.text), Style::Code);
        line(text, rule)
    });
    join(text, ctx.text("attention-how", &[]))
}

pub(in crate::bot) fn attention_set(ctx: &Ctx<'_>, rule: &Rule) -> Text {
    let explained = match effective(ctx, rule) {
        RuleAttention::Urgent if has_events(ctx, rule) && rule.attention.is_none() && has_digests(ctx) => {
            ctx.text("attention-is-urgent-digest", &[])
        }
        RuleAttention::Urgent if has_events(ctx, rule) => ctx.text("attention-is-urgent-events", &[]),
        RuleAttention::Urgent => ctx.text("attention-is-urgent", &[]),
        RuleAttention::Events => ctx.text("attention-is-events", &[]),
        RuleAttention::Normal => ctx.text("attention-is-normal", &[]),
        RuleAttention::Digest if has_digests(ctx) => ctx.text("attention-is-digest", &[]),
        RuleAttention::Digest => ctx.text("attention-is-digest-off", &[]),
    };
    let text = Text::default().with(rule_name(ctx, rule), Style::Bold);
    join(text.with(format!(": {}. ", effective_name(ctx, rule)), Style::Plain), explained)
}

/// Names a rule: by its topic, or by its text.
pub(in crate::bot) fn rule_name(ctx: &Ctx<'_>, rule: &Rule) -> String {
    match &rule.topic {
        Some(id) => ctx.profile.vocabulary.topic(id).map_or_else(|| id.clone(), |topic| topic.name.clone()),
        None => shortened(&rule.text),
    }
}

/// Lists the rules whose attention the subscriber has chosen, in a line.
pub(super) fn own_attention(ctx: &Ctx<'_>, rules: &[Rule]) -> String {
    let chosen = rules.iter().filter_map(|rule| Some((rule, rule.attention?)));
    let named =
        chosen.map(|(rule, attention)| format!("{} {}", rule_name(ctx, rule), attention_name(ctx.locale, attention)));
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fixed_zones_are_named_by_hours_ahead_of_utc() {
        for (zone, expected) in [
            (None, "UTC"),
            (Some("Etc/GMT-4"), "UTC+4"),
            (Some("Etc/GMT+11"), "UTC-11"),
            (Some("Etc/GMT"), "Etc/GMT"),
            (Some("Asia/Yerevan"), "Asia/Yerevan"),
            (Some("Mars/Olympus"), "UTC"),
        ] {
            assert_eq!(zone_name(Locale::default(), zone), expected, "{zone:?}");
        }
    }
}

//! What is said of when a chat is told what: attention, quiet hours, time zones, digests, caps.

use super::{join, shortened};
use crate::alert::attention::{DispatchDecision, QueueTimes, decide};
use crate::alert::clock::LocalClock;
use crate::locale::{say, word};
use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet};
use ceasewire_model::{Rule, Style, Text, Timestamp, Topic};
use ceasewire_profile::Vocabulary;

/// A time of day, by minutes after midnight.
pub(super) fn time_of_day(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A zone as it is shown: with its hours where its name would mislead.
pub(super) fn zone_name(zone: Option<&str>) -> String {
    let name = LocalClock::new(zone).name();
    // POSIX counts what lies west of Greenwich as positive, as nobody else does.
    match name.strip_prefix("Etc/GMT").map(|hours| (hours.get(..1), hours.get(1..))) {
        Some((Some("-"), Some(hours))) => format!("UTC+{hours}"),
        Some((Some("+"), Some(hours))) => format!("UTC-{hours}"),
        _ => name.to_owned(),
    }
}

pub(in crate::bot) fn quiet(preferences: &Preferences) -> Text {
    let Some(Quiet { from, until, lets_urgent }) = preferences.quiet else { return say("quiet-off", &[]) };
    let hours = [
        ("from", time_of_day(from).into()),
        ("until", time_of_day(until).into()),
        ("zone", zone_name(preferences.time_zone.as_deref()).into()),
    ];
    let text = match (from == until, lets_urgent) {
        (false, true) => say("quiet-urgent", &hours),
        (false, false) => say("quiet-nothing", &hours),
        (true, true) => say("quiet-all-day-urgent", &hours),
        (true, false) => say("quiet-all-day-nothing", &hours),
    };
    let text = join(text.with("\n", Style::Plain), say("quiet-how", &[]));
    with_zone_missing(text, preferences)
}

/// Says where hours are UTC for want of a time zone.
fn with_zone_missing(text: Text, preferences: &Preferences) -> Text {
    match preferences.time_zone {
        Some(_) => text,
        None => join(text.with("\n", Style::Plain), say("zone-missing", &[])),
    }
}

pub(in crate::bot) fn time_zone(zone: Option<&str>, now: Timestamp) -> Text {
    let time = local(zone, now);
    match zone {
        Some(_) => say("zone-is", &[("zone", zone_name(zone).into()), ("time", time.into())]),
        None => say("zone-none", &[("time", time.into())]),
    }
}

pub(in crate::bot) fn unknown_zone(typed: &str, similar: &[&str]) -> Text {
    let text = say("zone-unknown", &[("typed", shortened(typed).into())]);
    let text = similar.iter().enumerate().fold(text, |text, (place, name)| {
        let text = if place == 0 { join(text.with(" ", Style::Plain), say("zone-similar", &[])) } else { text };
        text.with("\n", Style::Plain).with(format!("/timezone {name}"), Style::Code)
    });
    join(text.with("\n", Style::Plain), say("zone-how", &[]))
}

/// A moment by the clock of a zone.
fn local(zone: Option<&str>, at: Timestamp) -> String {
    LocalClock::new(zone).local_time(at).format("%a %-d %b, %H:%M").to_string()
}

pub(in crate::bot) fn digests(preferences: &Preferences, now: Timestamp) -> Text {
    let zone = preferences.time_zone.as_deref();
    let text = match preferences.digests {
        Digests::Off => return say("digest-off", &[]),
        Digests::Hourly => say("digest-hourly", &[]),
        Digests::Daily(minute) => say("digest-daily", &[("time", time_of_day(minute).into())]),
    };
    // What came now would be told with the next one, after the quiet hours.
    let next = match decide(preferences, Attention::Digest, QueueTimes::from(now), i64::MAX, now) {
        DispatchDecision::Later(next) => next,
        DispatchDecision::Now { .. } => now,
    };
    let next = [("next", local(zone, next).into()), ("zone", zone_name(zone).into())];
    let text = join(text.with(" ", Style::Plain), say("digest-next", &next));
    let text = join(text.with("\n", Style::Plain), say("digest-what", &[]));
    with_zone_missing(text, preferences)
}

pub(in crate::bot) fn cap(cap: Option<i64>) -> Text {
    match cap {
        Some(count) => say("cap-on", &[("count", count.into())]),
        None => say("cap-off", &[]),
    }
}

/// How urgent something is, in a word.
fn name(attention: Attention) -> String {
    match attention {
        Attention::Urgent => word("attention-urgent"),
        Attention::Normal => word("attention-normal"),
        Attention::Digest => word("attention-digest"),
    }
}

/// How urgent what a rule finds is, and whether its subscriber has said so.
fn effective(vocabulary: &Vocabulary, rule: &Rule, digests: Digests) -> (Attention, bool) {
    let of_topic = || rule.topic.as_deref().and_then(|topic| vocabulary.topic(topic)?.attention);
    let of_chat = || if digests == Digests::Off { Attention::Normal } else { Attention::Digest };
    (rule.attention.or_else(of_topic).unwrap_or_else(of_chat), rule.attention.is_some())
}

pub(in crate::bot) fn attention_none() -> Text {
    say("attention-none", &[])
}

pub(in crate::bot) fn attentions(vocabulary: &Vocabulary, rules: &[Rule], digests: Digests) -> Text {
    if rules.is_empty() {
        return attention_none();
    }
    let line = |text: Text, rule: &Rule| {
        let (attention, said) = effective(vocabulary, rule, digests);
        let what = match said {
            true => name(attention),
            false => say("attention-auto", &[("attention", name(attention).into())]).to_plain(),
        };
        text.with(format!(" – {what}\n"), Style::Plain)
    };
    let (topics, filters): (Vec<&Rule>, Vec<&Rule>) = rules.iter().partition(|rule| rule.topic.is_some());
    let text = say("attention-some", &[]).with("\n", Style::Plain);
    let text = topics.iter().fold(text, |text, rule| {
        let text = text.with(rule.topic.as_deref().unwrap_or_default(), Style::Code);
        line(text, rule)
    });
    let text = (1..).zip(filters).fold(text, |text, (number, rule)| {
        let text = text.with(format!("{number}. "), Style::Plain).with(shortened(&rule.text), Style::Code);
        line(text, rule)
    });
    join(text, say("attention-how", &[]))
}

pub(in crate::bot) fn not_subscribed(topic: &Topic) -> Text {
    say("attention-not-subscribed", &[("topic", topic.name.as_str().into()), ("id", topic.id.as_str().into())])
}

pub(in crate::bot) fn attention_set(vocabulary: &Vocabulary, rule: &Rule, digests: Digests) -> Text {
    let what = called(vocabulary, rule);
    let (attention, said) = effective(vocabulary, rule, digests);
    let becomes = match attention {
        Attention::Urgent => say("attention-is-urgent", &[]),
        Attention::Normal => say("attention-is-normal", &[]),
        Attention::Digest if digests == Digests::Off => say("attention-is-digest-off", &[]),
        Attention::Digest => say("attention-is-digest", &[]),
    };
    let attention = match said {
        true => name(attention),
        false => say("attention-auto", &[("attention", name(attention).into())]).to_plain(),
    };
    let text = Text::default().with(what, Style::Bold).with(format!(": {attention}. "), Style::Plain);
    join(text, becomes)
}

/// What a rule is called: its topic's name, or its text.
fn called(vocabulary: &Vocabulary, rule: &Rule) -> String {
    match &rule.topic {
        Some(id) => vocabulary.topic(id).map_or_else(|| id.clone(), |topic| topic.name.clone()),
        None => shortened(&rule.text),
    }
}

/// What a chat has said of its rules, in a line.
pub(super) fn said(vocabulary: &Vocabulary, rules: &[Rule]) -> String {
    let said = rules.iter().filter_map(|rule| Some(format!("{} {}", called(vocabulary, rule), name(rule.attention?))));
    said.collect::<Vec<_>>().join(", ")
}

pub(in crate::bot) fn story_muted() -> Text {
    say("story-muted", &[])
}

pub(in crate::bot) fn story_which() -> Text {
    say("story-which", &[])
}

pub(in crate::bot) fn story_gone() -> Text {
    say("story-gone", &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_ahead_of_utc_are_shown_as_people_count_them() {
        for (zone, expected) in [
            (None, "UTC"),
            (Some("Etc/GMT-4"), "UTC+4"),
            (Some("Etc/GMT+11"), "UTC-11"),
            (Some("Etc/GMT"), "Etc/GMT"),
            (Some("Asia/Yerevan"), "Asia/Yerevan"),
            (Some("Mars/Olympus"), "UTC"),
        ] {
            assert_eq!(zone_name(zone), expected, "{zone:?}");
        }
    }
}

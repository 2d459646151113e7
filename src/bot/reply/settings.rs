//! The answer of `/settings`.

use super::attention::{own_attention, zone_name};
use super::join;
use crate::bot::context::Ctx;
use crate::locale::Locale;
use ceasewire_model::attention::{Digests, Preferences};
use ceasewire_model::{Rule, Style, Subscriber, Text};

/// The mutes of a subscriber.
#[derive(Clone, Copy, Debug)]
pub(in crate::bot) struct MuteCounts {
    pub(in crate::bot) rules: usize,
    pub(in crate::bot) stories: i64,
}

pub(in crate::bot) fn settings(ctx: &Ctx<'_>, subscriber: &Subscriber, rules: &[Rule], mutes: MuteCounts) -> Text {
    let locale = ctx.locale;
    let subscribed = |id: &str| rules.iter().any(|rule| rule.topic.as_deref() == Some(id));
    let topics = ctx.profile.vocabulary.topics().filter(|topic| subscribed(&topic.id));
    let topics: Vec<&str> = topics.map(|topic| topic.name.as_str()).collect();
    let topics = if topics.is_empty() { "–".to_owned() } else { topics.join(", ") };
    let args = [
        ("since", locale.date(subscriber.created_at.to_datetime().date_naive()).into()),
        ("topics", topics.into()),
        ("filters", rules.iter().filter(|rule| rule.topic.is_none()).count().into()),
        ("mutes", mutes.rules.into()),
    ];
    let mut lines = vec![locale.text("settings", &args)];
    if mutes.stories > 0 {
        lines.push(locale.text("settings-stories", &[("stories", mutes.stories.into())]));
    }
    lines.push(match subscriber.paused_at {
        Some(time) => locale.text("settings-paused", &[("time", locale.moment(time).into())]),
        None => locale.text("settings-flowing", &[]),
    });
    lines.push(match own_attention(ctx, rules) {
        own if own.is_empty() => locale.text("settings-attention-auto", &[]),
        own => locale.text("settings-attention", &[("rules", own.into())]),
    });
    lines.extend(preferences(locale, &subscriber.preferences));
    lines.push(match subscriber.reminders {
        true => locale.text("settings-reminders-on", &[]),
        false => locale.text("settings-reminders-off", &[]),
    });
    lines.push(match subscriber.loud_updates {
        true => locale.text("settings-updates-loud", &[]),
        false => locale.text("settings-updates-silent", &[]),
    });
    let text = lines.into_iter().reduce(|text, line| join(text.with("\n", Style::Plain), line)).unwrap_or_default();
    join(text, locale.text("settings-how", &[]))
}

fn preferences(locale: Locale, preferences: &Preferences) -> [Text; 4] {
    let quiet = match preferences.quiet {
        None => locale.text("settings-quiet-off", &[]),
        Some(quiet) => {
            let hours =
                [("from", locale.time_of_day(quiet.from).into()), ("until", locale.time_of_day(quiet.until).into())];
            match quiet.lets_urgent {
                true => locale.text("settings-quiet-urgent", &hours),
                false => locale.text("settings-quiet-nothing", &hours),
            }
        }
    };
    let digests = match preferences.digests {
        Digests::Off => locale.text("settings-digest-off", &[]),
        Digests::Hourly => locale.text("settings-digest-hourly", &[]),
        Digests::Daily(minute) => locale.text("settings-digest-daily", &[("time", locale.time_of_day(minute).into())]),
    };
    let cap = match preferences.hourly_cap {
        None => locale.text("settings-cap-off", &[]),
        Some(count) => locale.text("settings-cap", &[("count", count.into())]),
    };
    let zone = zone_name(locale, preferences.time_zone.as_deref());
    [quiet, digests, cap, locale.text("settings-zone", &[("zone", zone.into())])]
}

//! What is said of all that is set for a chat.

use super::attention::{said, time_of_day, zone_name};
use super::{join, moment};
use crate::locale::say;
use ceasewire_model::attention::{Digests, Preferences};
use ceasewire_model::{Rule, Style, Subscriber, Text};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) fn settings(
    subscriber: &Subscriber,
    vocabulary: &Vocabulary,
    rules: &[Rule],
    mutes: usize,
    stories: i64,
) -> Text {
    let since = subscriber.created_at.to_datetime().format("%-d %b %Y").to_string();
    let subscribed = |id: &str| rules.iter().any(|rule| rule.topic.as_deref() == Some(id));
    let topics: Vec<&str> =
        vocabulary.topics().filter(|topic| subscribed(&topic.id)).map(|topic| topic.name.as_str()).collect();
    let topics = if topics.is_empty() { "–".to_owned() } else { topics.join(", ") };
    let filters = rules.iter().filter(|rule| rule.topic.is_none()).count();
    let mut text = say(
        "settings",
        &[("since", since.into()), ("topics", topics.into()), ("filters", filters.into()), ("mutes", mutes.into())],
    );
    if stories > 0 {
        text = join(text.with("\n", Style::Plain), say("settings-stories", &[("stories", stories.into())]));
    }
    let alerts = match subscriber.paused_at {
        Some(time) => say("settings-paused", &[("time", moment(time).into())]),
        None => say("settings-flowing", &[]),
    };
    let said = match said(vocabulary, rules) {
        said if said.is_empty() => say("settings-attention-auto", &[]),
        said => say("settings-attention", &[("said", said.into())]),
    };
    let reminders =
        if subscriber.reminders { say("settings-reminders-on", &[]) } else { say("settings-reminders-off", &[]) };
    let turns =
        if subscriber.loud_updates { say("settings-turns-loud", &[]) } else { say("settings-turns-silent", &[]) };
    let lines = [vec![alerts, said], preferences(&subscriber.preferences), vec![reminders, turns]].concat();
    let text = lines.into_iter().fold(text, |text, line| join(text.with("\n", Style::Plain), line));
    join(text, say("settings-how", &[]))
}

fn preferences(preferences: &Preferences) -> Vec<Text> {
    let quiet = match preferences.quiet {
        None => say("settings-quiet-off", &[]),
        Some(quiet) => {
            let hours = [("from", time_of_day(quiet.from).into()), ("until", time_of_day(quiet.until).into())];
            if quiet.lets_urgent { say("settings-quiet-urgent", &hours) } else { say("settings-quiet-nothing", &hours) }
        }
    };
    let digests = match preferences.digests {
        Digests::Off => say("settings-digest-off", &[]),
        Digests::Hourly => say("settings-digest-hourly", &[]),
        Digests::Daily(minute) => say("settings-digest-daily", &[("time", time_of_day(minute).into())]),
    };
    let cap = match preferences.hourly_cap {
        None => say("settings-cap-off", &[]),
        Some(count) => say("settings-cap", &[("count", count.into())]),
    };
    let zone = zone_name(preferences.time_zone.as_deref());
    vec![quiet, digests, cap, say("settings-zone", &[("zone", zone.into())])]
}

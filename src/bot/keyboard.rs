//! Buttons: what they carry, and how that is read back.

use std::collections::BTreeSet;

use crate::locale;
use crate::model::{Button, Topic};
use crate::rule::Vocabulary;

/// Buttons of a row: two names fit side by side on a phone.
const COLUMNS: usize = 2;

/// What a pressed button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed<'a> {
    /// Subscribe to this topic, or end the subscription.
    Topic(&'a str, bool),
    /// Whether to delete everything.
    Forget(bool),
}

/// Reads a button's data; `None` for a button of an older version.
pub(super) fn parse(data: &str) -> Option<Pressed<'_>> {
    match data.split_once(':')? {
        // What the button showed, not the contrary of what is: pressed or handled twice it means the same.
        ("on", topic) => Some(Pressed::Topic(topic, true)),
        ("off", topic) => Some(Pressed::Topic(topic, false)),
        ("forget", "yes") => Some(Pressed::Forget(true)),
        ("forget", "no") => Some(Pressed::Forget(false)),
        _ => None,
    }
}

/// One button per topic, ticked where the subscriber has it.
pub(super) fn topics(vocabulary: &Vocabulary, subscribed: &BTreeSet<String>) -> Vec<Vec<Button>> {
    let button = |topic: &Topic| {
        let (sign, verb) = if subscribed.contains(&topic.id) { ("☑", "off") } else { ("☐", "on") };
        Button { label: format!("{sign} {}", topic.name), data: format!("{verb}:{}", topic.id) }
    };
    let buttons: Vec<Button> = vocabulary.topics().map(button).collect();
    buttons.chunks(COLUMNS).map(<[Button]>::to_vec).collect()
}

/// Yes and no under the question whether to delete everything.
pub(super) fn forget() -> Vec<Vec<Button>> {
    vec![vec![
        Button { label: locale::word("forget-yes"), data: "forget:yes".into() },
        Button { label: locale::word("forget-no"), data: "forget:no".into() },
    ]]
}

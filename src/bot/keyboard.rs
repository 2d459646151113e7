//! Buttons: what they carry, and how that is read back.

use std::collections::BTreeSet;

use crate::locale;
use crate::model::Button;
use crate::rule::Vocabulary;

/// Buttons of a row: two names fit side by side on a phone.
const COLUMNS: usize = 2;

/// What a pressed button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed<'a> {
    /// Subscribe to this topic, or end the subscription.
    Topic(&'a str),
    /// Whether to delete everything.
    Forget(bool),
}

/// Reads a button's data; `None` for a button of an older version.
pub(super) fn parse(data: &str) -> Option<Pressed<'_>> {
    match data.split_once(':')? {
        ("topic", topic) => Some(Pressed::Topic(topic)),
        ("forget", "yes") => Some(Pressed::Forget(true)),
        ("forget", "no") => Some(Pressed::Forget(false)),
        _ => None,
    }
}

/// One button per topic, ticked where the subscriber has it.
pub(super) fn topics(vocabulary: &Vocabulary, subscribed: &BTreeSet<String>) -> Vec<Vec<Button>> {
    let buttons: Vec<Button> = vocabulary
        .topics()
        .map(|topic| Button {
            label: format!("{} {}", if subscribed.contains(&topic.id) { "☑" } else { "☐" }, topic.name),
            data: format!("topic:{}", topic.id),
        })
        .collect();
    buttons.chunks(COLUMNS).map(<[Button]>::to_vec).collect()
}

/// Yes and no under the question whether to delete everything.
pub(super) fn forget() -> Vec<Vec<Button>> {
    vec![vec![
        Button { label: locale::word("forget-yes"), data: "forget:yes".into() },
        Button { label: locale::word("forget-no"), data: "forget:no".into() },
    ]]
}

//! Buttons: what they carry, and how that is read back.

use std::collections::BTreeSet;

use uuid::Uuid;

use crate::alert::meeting::{self, CALENDAR};
use crate::alert::render;
use crate::locale::{self, Locale};
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Article, Button, DeliveryId, MeetingId, RuleId, Topic};
use ceasewire_profile::Vocabulary;

/// Buttons of a row: two names fit side by side on a phone.
const COLUMNS: usize = 2;
/// The most that a button carries (Bot API, InlineKeyboardButton: "callback_data, 1-64 bytes").
const MAX_BYTES: usize = 64;
/// Buttons of a message; Telegram refuses more.
const MOST_BUTTONS: usize = 100;
/// Characters of a headline on a button: about what a phone shows of it.
const LABEL: usize = 40;

/// What a pressed button means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pressed<'a> {
    /// Subscribe to this topic, or end the subscription.
    Topic(&'a str, bool),
    /// Whether to delete everything.
    Forget(bool),
    /// Say why this alert came.
    Why(DeliveryId),
    /// Tell no more of this alert's story.
    Hush(DeliveryId),
    /// Ask which story to tell no more of, of those that are told in the message with this alert.
    HushOne(DeliveryId),
    /// Give this meeting's calendar file.
    Calendar(MeetingId),
    /// Add this rule as a filter.
    Add(&'a str),
    /// Remove this filter, which was just added.
    UndoAdd(RuleId),
    /// Give this filter, which was just changed, its old rule back.
    UndoEdit(RuleId, &'a str),
}

impl Pressed<'_> {
    /// Whether it changes nothing, so that everyone in a group may press it.
    pub(super) fn only_shows(self) -> bool {
        matches!(self, Self::Why(_) | Self::HushOne(_) | Self::Calendar(_))
    }
}

/// Reads a button's data; `None` for a button of an older version.
pub(super) fn parse(data: &str) -> Option<Pressed<'_>> {
    match data.split_once(':')? {
        // What the button showed, not the contrary of what is: pressed or handled twice it means the same.
        ("on", topic) => Some(Pressed::Topic(topic, true)),
        ("off", topic) => Some(Pressed::Topic(topic, false)),
        ("forget", "yes") => Some(Pressed::Forget(true)),
        ("forget", "no") => Some(Pressed::Forget(false)),
        (render::WHY, delivery) => Some(Pressed::Why(DeliveryId(Uuid::try_parse(delivery).ok()?))),
        (render::MUTE_STORY, delivery) => Some(Pressed::Hush(DeliveryId(Uuid::try_parse(delivery).ok()?))),
        (render::CHOOSE_STORY, delivery) => Some(Pressed::HushOne(DeliveryId(Uuid::try_parse(delivery).ok()?))),
        (CALENDAR, meeting) => Some(Pressed::Calendar(MeetingId(Uuid::try_parse(meeting).ok()?))),
        ("add", rule) => Some(Pressed::Add(rule)),
        ("undo", filter) => Some(Pressed::UndoAdd(RuleId(Uuid::try_parse(filter).ok()?))),
        ("back", rest) => {
            let (filter, rule) = rest.split_once(':')?;
            Some(Pressed::UndoEdit(RuleId(Uuid::try_parse(filter).ok()?), rule))
        }
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

/// A button for each meeting's calendar file.
pub(super) fn calendars<'a>(meetings: impl Iterator<Item = &'a Meeting>) -> Vec<Vec<Button>> {
    meetings
        .map(|listed| {
            vec![Button {
                label: meeting::short(listed, Locale::default()),
                ..meeting::calendar_button(listed.id, Locale::default())
            }]
        })
        .collect()
}

/// A button for each of these stories, which mutes it: the delivery that told of it, and its headline.
pub(super) fn stories<'a>(told: impl Iterator<Item = (DeliveryId, &'a Article)>) -> Vec<Vec<Button>> {
    let button = |(delivery, article)| Button {
        label: label(&render::title(article, Locale::default())),
        ..render::mute_story_button(delivery, Locale::default())
    };
    told.take(MOST_BUTTONS).map(|told| vec![button(told)]).collect()
}

/// A headline in a line of a phone's width.
fn label(headline: &str) -> String {
    match headline.char_indices().nth(LABEL) {
        Some((end, _)) => format!("{}…", headline[..end].trim_end()),
        None => headline.to_owned(),
    }
}

/// Yes and no under the question whether to delete everything.
pub(super) fn forget() -> Vec<Vec<Button>> {
    vec![vec![
        Button { label: locale::word("forget-yes"), data: "forget:yes".into() },
        Button { label: locale::word("forget-no"), data: "forget:no".into() },
    ]]
}

/// A button that adds the rule that was tested, if it can carry it.
pub(super) fn add(rule: &str) -> Vec<Vec<Button>> {
    carrying(locale::word("filter-add-button"), format!("add:{rule}"))
}

/// A button that removes the filter that was added.
pub(super) fn undo_add(id: RuleId) -> Vec<Vec<Button>> {
    carrying(locale::word("filter-undo-button"), format!("undo:{}", id.0.simple()))
}

/// A button that gives a changed filter its old rule back, if it can carry that.
pub(super) fn undo_edit(id: RuleId, old: &str) -> Vec<Vec<Button>> {
    carrying(locale::word("filter-undo-button"), format!("back:{}:{old}", id.0.simple()))
}

fn carrying(label: String, data: String) -> Vec<Vec<Button>> {
    if data.len() > MAX_BYTES { Vec::new() } else { vec![vec![Button { label, data }]] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_button_carries_is_read_back() {
        let id = Uuid::from_u128(7);
        let carried = |buttons: Vec<Vec<Button>>| buttons[0][0].data.clone();
        for (data, expected) in [
            (carried(add("a:b OR c")), Pressed::Add("a:b OR c")),
            (carried(undo_add(RuleId(id))), Pressed::UndoAdd(RuleId(id))),
            (carried(undo_edit(RuleId(id), "title:truce")), Pressed::UndoEdit(RuleId(id), "title:truce")),
            (format!("why:{}", id.simple()), Pressed::Why(DeliveryId(id))),
            (render::mute_story_button(DeliveryId(id), Locale::default()).data, Pressed::Hush(DeliveryId(id))),
            (render::choose_story_button(DeliveryId(id), Locale::default()).data, Pressed::HushOne(DeliveryId(id))),
            (meeting::calendar_button(MeetingId(id), Locale::default()).data, Pressed::Calendar(MeetingId(id))),
            ("forget:no".to_owned(), Pressed::Forget(false)),
        ] {
            assert_eq!(parse(&data), Some(expected), "{data}");
            assert!(data.len() <= MAX_BYTES);
        }
        for data in ["", "why:x", "hush:7", "undo:", "back:7", "on"] {
            assert_eq!(parse(data), None, "{data}");
        }
    }

    #[test]
    fn a_headline_on_a_button_is_cut_by_characters() {
        assert_eq!(label("Truce agreed"), "Truce agreed");
        assert_eq!(label(&"ж".repeat(40)), "ж".repeat(40));
        assert_eq!(label(&format!("{} and more", "ж".repeat(39))), format!("{}…", "ж".repeat(39)));
    }

    #[test]
    fn a_rule_that_no_button_can_carry_has_none() {
        assert_eq!(add(&"x".repeat(60)).len(), 1);
        assert_eq!(add(&"x".repeat(61)), Vec::<Vec<Button>>::new());
        assert_eq!(undo_edit(RuleId(Uuid::from_u128(7)), &"ж".repeat(14)), Vec::<Vec<Button>>::new());
    }
}

//! The buttons under messages: their data, and the parser that turns the data of a pressed button into an action.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::queues::Cost;
use super::reply::cut;
use crate::alert::meeting::{self, CALENDAR};
use crate::alert::render;
use crate::chat::limits::Limits;
use crate::locale::Locale;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::{Article, Button, DeliveryId, MeetingId, RuleId, Topic};
use ceasewire_profile::Vocabulary;

/// Buttons of a row: two names fit side by side on a phone.
const COLUMNS: usize = 2;
/// Characters of a headline on a button: about the width of a phone.
const LABEL: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ButtonAction<'a> {
    /// Subscribes to a topic (`true`) or unsubscribes.
    SetTopic(&'a str, bool),
    /// Deletes everything (`true`) or nothing.
    Forget(bool),
    /// Explains an alert.
    Why(DeliveryId),
    /// Mutes the story of a delivery.
    MuteStory(DeliveryId),
    /// Asks which story to mute, of the stories in the message with this delivery.
    ChooseStory(DeliveryId),
    /// Sends the calendar file of a meeting.
    Calendar(MeetingId),
    /// Adds a rule as a filter.
    AddFilter(&'a str),
    /// Tests a rule.
    TestRule(&'a str),
    /// Adds a mute, though it would have kept alerts back.
    MuteRule(&'a str),
    /// Searches all stored articles.
    Search(&'a str),
    /// Lists the latest stories that match a rule.
    Latest(&'a str),
    /// Gives a filter another rule.
    EditFilter(RuleId, &'a str),
    /// Removes a new filter.
    UndoAdd(RuleId),
    /// Restores the old rule of an edited filter.
    UndoEdit(RuleId, &'a str),
}

impl ButtonAction<'_> {
    /// Whether the action changes nothing, so that everyone in a group may press the button.
    pub(super) fn only_shows(self) -> bool {
        matches!(
            self,
            Self::Why(_)
                | Self::ChooseStory(_)
                | Self::Calendar(_)
                | Self::TestRule(_)
                | Self::Search(_)
                | Self::Latest(_)
        )
    }

    pub(super) fn cost(self) -> Cost {
        match self {
            // The answer has a preview of the rule.
            Self::AddFilter(_) | Self::TestRule(_) | Self::MuteRule(_) | Self::EditFilter(..) => Cost::Search,
            Self::Search(_) | Self::Latest(_) => Cost::Search,
            _ => Cost::Quick,
        }
    }
}

/// Parses a button's data; `None` for a button of an older version.
pub(super) fn parse(data: &str) -> Option<ButtonAction<'_>> {
    match data.split_once(':')? {
        // The data names the state to set and does not toggle, so handling a press twice does no harm.
        ("on", topic) => Some(ButtonAction::SetTopic(topic, true)),
        ("off", topic) => Some(ButtonAction::SetTopic(topic, false)),
        ("forget", "yes") => Some(ButtonAction::Forget(true)),
        ("forget", "no") => Some(ButtonAction::Forget(false)),
        (render::WHY, delivery) => Some(ButtonAction::Why(DeliveryId(Uuid::try_parse(delivery).ok()?))),
        (render::MUTE_STORY, delivery) => Some(ButtonAction::MuteStory(DeliveryId(Uuid::try_parse(delivery).ok()?))),
        (render::CHOOSE_STORY, delivery) => {
            Some(ButtonAction::ChooseStory(DeliveryId(Uuid::try_parse(delivery).ok()?)))
        }
        (CALENDAR, meeting) => Some(ButtonAction::Calendar(MeetingId(Uuid::try_parse(meeting).ok()?))),
        ("add", rule) => Some(ButtonAction::AddFilter(rule)),
        ("test", rule) => Some(ButtonAction::TestRule(rule)),
        ("mute", rule) => Some(ButtonAction::MuteRule(rule)),
        ("search", rule) => Some(ButtonAction::Search(rule)),
        ("latest", rule) => Some(ButtonAction::Latest(rule)),
        ("edit", rest) => {
            let (filter, rule) = rest.split_once(':')?;
            Some(ButtonAction::EditFilter(RuleId(Uuid::try_parse(filter).ok()?), rule))
        }
        ("undo", filter) => Some(ButtonAction::UndoAdd(RuleId(Uuid::try_parse(filter).ok()?))),
        ("back", rest) => {
            let (filter, rule) = rest.split_once(':')?;
            Some(ButtonAction::UndoEdit(RuleId(Uuid::try_parse(filter).ok()?), rule))
        }
        _ => None,
    }
}

/// Checks bytes as the data of a pressed button, for fuzzing.
///
/// # Panics
/// When the action has another text than the data.
#[doc(hidden)]
pub fn check_press(bytes: &[u8]) {
    let Some((data, action)) = std::str::from_utf8(bytes).ok().and_then(|data| Some((data, parse(data)?))) else {
        return;
    };
    let text = match action {
        ButtonAction::SetTopic(text, _)
        | ButtonAction::AddFilter(text)
        | ButtonAction::EditFilter(_, text)
        | ButtonAction::UndoEdit(_, text) => text,
        _ => "",
    };
    assert!(data.ends_with(text) && text.len() < data.len(), "{data:?} is {action:?}");
    assert!(text.is_empty() || !action.only_shows(), "{action:?}");
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
pub(super) fn calendars<'a>(locale: Locale, meetings: impl Iterator<Item = &'a Meeting>) -> Vec<Vec<Button>> {
    meetings
        .map(|listed| {
            vec![Button { label: meeting::short(listed, locale), ..meeting::calendar_button(listed.id, locale) }]
        })
        .collect()
}

/// A button for each of these stories, which mutes the story: its delivery, and its headline.
pub(super) fn stories<'a>(
    locale: Locale,
    limits: Limits,
    stories: impl Iterator<Item = (DeliveryId, &'a Article)>,
) -> Vec<Vec<Button>> {
    let button = |(delivery, article)| {
        let label = cut(&render::title(article, locale), LABEL);
        vec![Button { label, ..render::mute_story_button(delivery, locale) }]
    };
    stories.take(limits.buttons).map(button).collect()
}

/// Yes and no under the question whether to delete everything.
pub(super) fn forget(locale: Locale) -> Vec<Vec<Button>> {
    vec![vec![
        Button { label: locale.label("forget-yes"), data: "forget:yes".into() },
        Button { label: locale.label("forget-no"), data: "forget:no".into() },
    ]]
}

/// A button that adds a tested rule, unless the rule is too long for a button's data.
pub(super) fn add(locale: Locale, limits: Limits, rule: &str) -> Vec<Vec<Button>> {
    with_rule(limits, Button { label: locale.label("filter-add-button"), data: format!("add:{rule}") })
}

/// The use of a rule that a button offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RuleUse {
    Add,
    Test,
    Mute,
    Search,
    Latest,
    /// In place of the filter's rule.
    Edit(RuleId),
}

/// A button that uses a rule, unless the rule is too long for a button's data. The rule itself is the label, or
/// `label` is.
pub(super) fn use_rule(limits: Limits, rule_use: RuleUse, rule: &str, label: Option<String>) -> Vec<Vec<Button>> {
    let data = match rule_use {
        RuleUse::Add => format!("add:{rule}"),
        RuleUse::Test => format!("test:{rule}"),
        RuleUse::Mute => format!("mute:{rule}"),
        RuleUse::Search => format!("search:{rule}"),
        RuleUse::Latest => format!("latest:{rule}"),
        RuleUse::Edit(filter) => format!("edit:{}:{rule}", filter.0.simple()),
    };
    with_rule(limits, Button { label: label.unwrap_or_else(|| cut(rule, LABEL)), data })
}

/// A button that removes a new filter.
pub(super) fn undo_add(locale: Locale, id: RuleId) -> Vec<Vec<Button>> {
    vec![vec![Button { label: locale.label("filter-undo-button"), data: format!("undo:{}", id.0.simple()) }]]
}

/// A button that restores the old rule of a filter, unless the rule is too long for a button's data.
pub(super) fn undo_edit(locale: Locale, limits: Limits, id: RuleId, old: &str) -> Vec<Vec<Button>> {
    let data = format!("back:{}:{old}", id.0.simple());
    with_rule(limits, Button { label: locale.label("filter-undo-button"), data })
}

fn with_rule(limits: Limits, button: Button) -> Vec<Vec<Button>> {
    if button.data.len() > limits.button_bytes { Vec::new() } else { vec![vec![button]] }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        text_chars: 4096,
        caption_chars: 1024,
        styled_spans: 100,
        buttons: 100,
        button_bytes: 64,
        markup: true,
        files: true,
        edits: true,
    };

    #[test]
    fn the_data_of_a_button_is_parsed_back() {
        let (id, locale) = (Uuid::from_u128(7), Locale::default());
        let data = |buttons: Vec<Vec<Button>>| buttons[0][0].data.clone();
        for (data, expected) in [
            (data(add(locale, LIMITS, "a:b OR c")), ButtonAction::AddFilter("a:b OR c")),
            (data(use_rule(LIMITS, RuleUse::Test, "a b", None)), ButtonAction::TestRule("a b")),
            (data(use_rule(LIMITS, RuleUse::Mute, "a", Some("Yes".into()))), ButtonAction::MuteRule("a")),
            (data(undo_add(locale, RuleId(id))), ButtonAction::UndoAdd(RuleId(id))),
            (
                data(undo_edit(locale, LIMITS, RuleId(id), "title:truce")),
                ButtonAction::UndoEdit(RuleId(id), "title:truce"),
            ),
            (format!("why:{}", id.simple()), ButtonAction::Why(DeliveryId(id))),
            (render::mute_story_button(DeliveryId(id), locale).data, ButtonAction::MuteStory(DeliveryId(id))),
            (render::choose_story_button(DeliveryId(id), locale).data, ButtonAction::ChooseStory(DeliveryId(id))),
            (meeting::calendar_button(MeetingId(id), locale).data, ButtonAction::Calendar(MeetingId(id))),
            ("forget:no".to_owned(), ButtonAction::Forget(false)),
        ] {
            assert_eq!(parse(&data), Some(expected), "{data}");
            assert!(data.len() <= LIMITS.button_bytes);
        }
        for data in ["", "why:x", "hush:7", "undo:", "back:7", "on"] {
            assert_eq!(parse(data), None, "{data}");
        }
    }

    #[test]
    fn a_rule_too_long_for_a_button_has_none() {
        let locale = Locale::default();
        assert_eq!(add(locale, LIMITS, &"x".repeat(60)).len(), 1);
        assert_eq!(add(locale, LIMITS, &"x".repeat(61)), Vec::<Vec<Button>>::new());
        let id = RuleId(Uuid::from_u128(7));
        assert_eq!(undo_edit(locale, LIMITS, id, &"ж".repeat(14)), Vec::<Vec<Button>>::new());
    }
}

//! What the bot says of stories, meetings and the course of things.

use std::collections::BTreeMap;

use super::join;
use crate::alert::meeting as wording;
use crate::alert::render;
use crate::bot::keyboard;
use crate::locale::{Locale, say};
use ceasewire_model::meeting::Meeting;
use ceasewire_model::story::Corroboration;
use ceasewire_model::{Article, Message, Outlet, Style, Text};

/// Articles of a story that are listed.
const LISTED: usize = 30;
/// Meetings that have a button for the calendar.
const MOST_BUTTONS: usize = 8;

pub(in crate::bot) fn story_none() -> Text {
    say("story-none", &[])
}

pub(in crate::bot) fn story(told: &[Article], outlets: &BTreeMap<String, Outlet>, weight: &Corroboration) -> Text {
    let count = [
        ("reports", told.len().into()),
        ("sources", weight.sources.len().into()),
        ("countries", weight.countries.into()),
    ];
    let mut text = say("story-head", &count);
    for line in weight
        .figures
        .iter()
        .map(|figure| render::figure_line(figure, Locale::default()))
        .chain(weight.updates.iter().map(|update| render::update_line(update, Locale::default())))
    {
        text = join(text.with("\n", Style::Plain), line);
    }
    for article in told.iter().take(LISTED) {
        text = join(
            text.with("\n\n", Style::Plain),
            render::article_line(article, outlets.get(&article.outlet), Locale::default()),
        );
    }
    match told.len().saturating_sub(LISTED) {
        0 => text,
        more => join(text.with("\n\n", Style::Plain), say("story-more", &[("more", more.into())])),
    }
}

pub(in crate::bot) fn meetings(meetings: &[Meeting], reminders: bool) -> Message {
    let mut text = if meetings.is_empty() { say("meetings-none", &[]) } else { say("meetings-some", &[]) };
    for meeting in meetings {
        text = join(text.with("\n\n", Style::Plain), wording::line(meeting, Locale::default()));
    }
    let how = if reminders { say("meetings-reminded", &[]) } else { say("meetings-not-reminded", &[]) };
    text = join(text.with("\n\n", Style::Plain), how);
    let dated = meetings.iter().filter(|meeting| meeting.first_day.is_some()).take(MOST_BUTTONS);
    Message { text, buttons: keyboard::calendars(dated), ..Message::default() }
}

pub(in crate::bot) fn reminders(on: bool) -> Text {
    if on { say("reminders-on", &[]) } else { say("reminders-off", &[]) }
}

pub(in crate::bot) fn meeting_gone() -> Text {
    say("meeting-gone", &[])
}

pub(in crate::bot) fn meeting_undated(meeting: &Meeting) -> Text {
    join(say("meeting-no-date", &[]).with("\n", Style::Plain), wording::line(meeting, Locale::default()))
}

pub(in crate::bot) fn timeline_none() -> Text {
    say("timeline-none", &[])
}

pub(in crate::bot) fn timeline(conflict: &str, days: usize) -> Text {
    say("timeline", &[("conflict", conflict.into()), ("days", days.into())])
}

pub(in crate::bot) fn found(rule: &str, found: &[(Article, i64)], outlets: &BTreeMap<String, Outlet>) -> Text {
    if found.is_empty() {
        return say("search-none", &[("rule", super::shortened(rule).into())]);
    }
    join(say("search-some", &[]), stories(found, outlets))
}

pub(in crate::bot) fn latest(newest: &[(Article, i64)], outlets: &BTreeMap<String, Outlet>) -> Text {
    if newest.is_empty() { say("latest-none", &[]) } else { join(say("latest-some", &[]), stories(newest, outlets)) }
}

/// Stories by an article of each, with how many articles they have.
fn stories(found: &[(Article, i64)], outlets: &BTreeMap<String, Outlet>) -> Text {
    found.iter().fold(Text::default(), |text, (article, reports)| {
        let mut text = join(
            text.with("\n\n", Style::Plain),
            render::article_line(article, outlets.get(&article.outlet), Locale::default()),
        );
        if *reports > 1 {
            text = join(text.with(" · ", Style::Plain), say("search-reports", &[("reports", (*reports).into())]));
        }
        text
    })
}

pub(in crate::bot) fn updates(loud: bool) -> Text {
    if loud { say("updates-loud", &[]) } else { say("updates-silent", &[]) }
}

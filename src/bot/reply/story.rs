//! Answers about stories and meetings.

use super::{article_line, join, shortened};
use crate::alert::meeting as wording;
use crate::alert::render;
use crate::bot::context::Ctx;
use crate::bot::keyboard;
use crate::bot::search::{FoundStories, FoundStory};
use crate::locale::Locale;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::story::Corroboration;
use ceasewire_model::{Article, Message, Style, Text};

/// The most articles of a story in the answer.
const LISTED: usize = 30;
/// Meetings that have a button for the calendar.
const MAX_CALENDARS: usize = 8;

pub(in crate::bot) fn story(ctx: &Ctx<'_>, articles: &[Article], corroboration: &Corroboration) -> Text {
    let counts = [
        ("reports", articles.len().into()),
        ("sources", corroboration.sources.len().into()),
        ("countries", corroboration.countries.into()),
    ];
    let mut text = ctx.text("story-head", &counts);
    let figures = corroboration.figures.iter().map(|figure| render::figure_line(figure, ctx.locale));
    for line in figures.chain(corroboration.updates.iter().map(|update| render::update_line(update, ctx.locale))) {
        text = join(text.with("\n", Style::Plain), line);
    }
    for article in articles.iter().take(LISTED) {
        text = join(text.with("\n\n", Style::Plain), article_line(ctx, article));
    }
    match articles.len().saturating_sub(LISTED) {
        0 => text,
        more => join(text.with("\n\n", Style::Plain), ctx.text("story-more", &[("more", more.into())])),
    }
}

pub(in crate::bot) fn meetings(locale: Locale, meetings: &[Meeting], reminders: bool) -> Message {
    let mut text =
        if meetings.is_empty() { locale.text("meetings-none", &[]) } else { locale.text("meetings-some", &[]) };
    for meeting in meetings {
        text = join(text.with("\n\n", Style::Plain), wording::line(meeting, locale));
    }
    let how = if reminders { locale.text("meetings-reminded", &[]) } else { locale.text("meetings-not-reminded", &[]) };
    text = join(text.with("\n\n", Style::Plain), how);
    let dated = meetings.iter().filter(|meeting| meeting.first_day.is_some()).take(MAX_CALENDARS);
    Message { text, buttons: keyboard::calendars(locale, dated), ..Message::default() }
}

pub(in crate::bot) fn meeting_undated(locale: Locale, meeting: &Meeting) -> Text {
    join(locale.text("meeting-no-date", &[]).with("\n", Style::Plain), wording::line(meeting, locale))
}

pub(in crate::bot) fn found(ctx: &Ctx<'_>, rule: &str, found: &FoundStories) -> Text {
    if found.stories.is_empty() {
        return with_cut(ctx, ctx.text("search-none", &[("rule", shortened(rule).into())]), found);
    }
    with_cut(ctx, join(ctx.text("search-some", &[]), stories(ctx, &found.stories)), found)
}

pub(in crate::bot) fn latest(ctx: &Ctx<'_>, found: &FoundStories) -> Text {
    if found.stories.is_empty() {
        return with_cut(ctx, ctx.text("latest-none", &[]), found);
    }
    with_cut(ctx, join(ctx.text("latest-some", &[]), stories(ctx, &found.stories)), found)
}

/// Adds that a search ended at its limits.
fn with_cut(ctx: &Ctx<'_>, text: Text, found: &FoundStories) -> Text {
    if found.cut { join(text.with("\n\n", Style::Plain), ctx.text("search-cut", &[])) } else { text }
}

/// An article of each story, and the number of the story's articles.
fn stories(ctx: &Ctx<'_>, found: &[FoundStory]) -> Text {
    found.iter().fold(Text::default(), |text, FoundStory { article, reports }| {
        let text = join(text.with("\n\n", Style::Plain), article_line(ctx, article));
        match *reports {
            ..=1 => text,
            reports => join(text.with(" · ", Style::Plain), ctx.text("search-reports", &[("reports", reports.into())])),
        }
    })
}

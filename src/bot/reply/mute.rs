//! Answers about mutes.

use super::filter::{RuleDoubt, numbered, parts, with_notes};
use super::{join, shortened};
use crate::bot::search::{PREVIEW_DAYS, RulePreview};
use crate::locale::Locale;
use ceasewire_model::{Mute, Style, Text};

pub(in crate::bot) fn mutes(locale: Locale, mutes: &[Mute], stories: i64) -> Text {
    let text = rules(locale, mutes);
    match stories {
        0 => text,
        count => join(text.with("\n", Style::Plain), locale.text("mutes-stories", &[("count", count.into())])),
    }
}

fn rules(locale: Locale, mutes: &[Mute]) -> Text {
    if mutes.is_empty() {
        return locale.text("mutes-none", &[]);
    }
    let listed =
        numbered(locale, locale.text("mutes-some", &[]), mutes.iter().map(|mute| (mute.text.as_str(), mute.trouble)));
    join(listed, locale.text("mutes-how", &[]))
}

/// Counts the alerts that a new mute would have kept back, and asks for a confirmation.
pub(in crate::bot) fn mute_question(locale: Locale, rule: &str, preview: &RulePreview) -> Text {
    let args = [
        ("rule", shortened(rule).into()),
        ("silenced", preview.silenced.into()),
        ("alerts", preview.alerts().into()),
        ("matching", locale.number(preview.matching).into()),
        ("articles", locale.number(preview.articles).into()),
        ("days", PREVIEW_DAYS.into()),
    ];
    locale.text(if preview.silenced > 0 { "mute-silences" } else { "mute-anything" }, &args)
}

/// Confirms a mute, with the number of articles that match it.
pub(in crate::bot) fn muted(
    locale: Locale,
    number: usize,
    rule: &str,
    preview: &RulePreview,
    notes: &[RuleDoubt],
) -> Text {
    let text = locale.text("muted", &[("number", number.into()), ("rule", shortened(rule).into())]);
    if preview.articles == 0 {
        return with_notes(locale, text, notes);
    }
    let args = [
        ("matching", preview.matching.into()),
        ("articles", locale.number(preview.articles).into()),
        ("days", PREVIEW_DAYS.into()),
    ];
    let text = join(text.with("\n", Style::Plain), locale.text("mute-found", &args));
    let text = if preview.matching == 0 { join(text, parts(locale, preview)) } else { text };
    with_notes(locale, text, notes)
}

pub(in crate::bot) fn no_such_mute(locale: Locale, typed: &str, count: usize) -> Text {
    locale.text("no-such-mute", &[("typed", shortened(typed).into()), ("count", count.into())])
}

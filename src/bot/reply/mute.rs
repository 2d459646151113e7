//! Answers about mutes.

use super::filter::numbered;
use super::{join, shortened};
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

pub(in crate::bot) fn no_such_mute(locale: Locale, typed: &str, count: usize) -> Text {
    locale.text("no-such-mute", &[("typed", shortened(typed).into()), ("count", count.into())])
}

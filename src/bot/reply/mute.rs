//! What is said of mutes.

use super::filter::numbered;
use super::{join, shortened};
use crate::locale::say;
use ceasewire_model::{Mute, Style, Text};

pub(in crate::bot) fn mutes(mutes: &[Mute], stories: i64) -> Text {
    let text = rules(mutes);
    match stories {
        0 => text,
        count => join(text.with("\n", Style::Plain), say("mutes-stories", &[("count", count.into())])),
    }
}

fn rules(mutes: &[Mute]) -> Text {
    if mutes.is_empty() {
        return say("mutes-none", &[]);
    }
    join(numbered(say("mutes-some", &[]), mutes.iter().map(|mute| mute.text.as_str())), say("mutes-how", &[]))
}

pub(in crate::bot) fn muted(number: usize, rule: &str) -> Text {
    say("muted", &[("number", number.into()), ("rule", shortened(rule).into())])
}

pub(in crate::bot) fn mute_there(rule: &str) -> Text {
    say("mute-there", &[("rule", shortened(rule).into())])
}

pub(in crate::bot) fn unmuted(rule: &str) -> Text {
    say("unmuted", &[("rule", shortened(rule).into())])
}

pub(in crate::bot) fn unmuted_stories(count: u64) -> Text {
    say("unmuted-stories", &[("count", i64::try_from(count).unwrap_or(i64::MAX).into())])
}

pub(in crate::bot) fn no_such_mute(typed: &str, count: usize) -> Text {
    say("no-such-mute", &[("typed", shortened(typed).into()), ("count", count.into())])
}

pub(in crate::bot) fn too_many_mutes(most: usize) -> Text {
    say("too-many-mutes", &[("most", most.into())])
}

//! What is said of mutes.

use super::filter::numbered;
use super::{join, shortened};
use crate::locale::say;
use crate::model::{Mute, Text};

pub(in crate::bot) fn mutes(mutes: &[Mute]) -> Text {
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

pub(in crate::bot) fn no_such_mute(typed: &str, count: usize) -> Text {
    say("no-such-mute", &[("typed", shortened(typed).into()), ("count", count.into())])
}

pub(in crate::bot) fn too_many_mutes(most: usize) -> Text {
    say("too-many-mutes", &[("most", most.into())])
}

//! All commands, in the order of `/help`. A new command is a handler's file and a row here.

use super::Command;
use crate::bot::handlers::{
    attention, cap, digest, feed, filter, forget, help, latest, meetings, mute, pause, quiet, search, settings, start,
    story, subscribe, timeline, timezone, topics, unsubscribe, updates, why,
};

pub(in crate::bot) static COMMANDS: &[Command] = &[
    start::COMMAND,
    topics::COMMAND,
    subscribe::COMMAND,
    unsubscribe::COMMAND,
    filter::COMMAND,
    feed::COMMAND,
    mute::COMMAND,
    mute::UNMUTE,
    why::COMMAND,
    latest::COMMAND,
    story::COMMAND,
    search::COMMAND,
    meetings::COMMAND,
    timeline::COMMAND,
    updates::COMMAND,
    attention::COMMAND,
    quiet::COMMAND,
    timezone::COMMAND,
    digest::COMMAND,
    cap::COMMAND,
    pause::COMMAND,
    pause::RESUME,
    feed::FEEDS,
    settings::COMMAND,
    help::COMMAND,
    forget::COMMAND,
];

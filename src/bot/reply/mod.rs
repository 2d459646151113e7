//! What the bot says, a function a sentence. The words stand in `locales/`; what is filled in is chosen here.

mod attention;
pub(super) mod feed;
mod filter;
mod mute;
mod settings;
mod story;
pub(super) mod why;

use std::collections::{BTreeMap, BTreeSet};

use super::command::{CommandFault, CommandName};
use crate::alert::render;
use crate::locale::{Locale, say};
use ceasewire_model::{Article, Outlet, Style, Text, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_profile::vocabulary::closest;
use ceasewire_rules::RuleError;

pub(super) use attention::*;
pub(super) use filter::*;
pub(super) use mute::*;
pub(super) use settings::*;
pub(super) use story::*;

/// Characters of a rule that a list shows.
const RULE_SHOWN: usize = 300;

pub(super) fn description(name: CommandName) -> String {
    match name {
        CommandName::Start => say("describe-start", &[]),
        CommandName::Topics => say("describe-topics", &[]),
        CommandName::Subscribe => say("describe-subscribe", &[]),
        CommandName::Unsubscribe => say("describe-unsubscribe", &[]),
        CommandName::Filter => say("describe-filter", &[]),
        CommandName::Feed => say("describe-feed", &[]),
        CommandName::Feeds => say("describe-feeds", &[]),
        CommandName::Mute => say("describe-mute", &[]),
        CommandName::Unmute => say("describe-unmute", &[]),
        CommandName::Why => say("describe-why", &[]),
        CommandName::Latest => say("describe-latest", &[]),
        CommandName::Story => say("describe-story", &[]),
        CommandName::Search => say("describe-search", &[]),
        CommandName::Meetings => say("describe-meetings", &[]),
        CommandName::Timeline => say("describe-timeline", &[]),
        CommandName::Updates => say("describe-updates", &[]),
        CommandName::Attention => say("describe-attention", &[]),
        CommandName::Quiet => say("describe-quiet", &[]),
        CommandName::TimeZone => say("describe-timezone", &[]),
        CommandName::Digest => say("describe-digest", &[]),
        CommandName::Cap => say("describe-cap", &[]),
        CommandName::Pause => say("describe-pause", &[]),
        CommandName::Resume => say("describe-resume", &[]),
        CommandName::Settings => say("describe-settings", &[]),
        CommandName::Help => say("describe-help", &[]),
        CommandName::Forget => say("describe-forget", &[]),
    }
    .to_plain()
}

pub(super) fn greeting(conflict: &str) -> Text {
    say("greeting", &[("conflict", conflict.into())])
}

pub(super) fn help(conflict: &str) -> Text {
    let mut text = say("help-intro", &[("conflict", conflict.into())]).with("\n\n", Style::Plain);
    for name in CommandName::ALL {
        text = text.with(name.usage(), Style::Code).with(format!("\n    {}\n", description(*name)), Style::Plain);
    }
    join(text.with("\n", Style::Plain), say("help-rules", &[]))
}

pub(super) fn help_rules() -> Text {
    say("help-language", &[])
}

pub(super) fn failed() -> Text {
    say("failed", &[])
}

pub(super) fn not_a_command() -> Text {
    say("not-a-command", &[])
}

pub(super) fn admins_only() -> Text {
    say("admins-only", &[])
}

pub(super) fn command_fault(fault: &CommandFault) -> Text {
    match fault {
        CommandFault::Unknown { name, similar: Some(similar), .. } => {
            say("unknown-command-similar", &[("name", name.as_str().into()), ("similar", (*similar).into())])
        }
        CommandFault::Unknown { name, similar: None, .. } => say("unknown-command", &[("name", name.as_str().into())]),
        CommandFault::Arguments(name) => {
            say("too-many-arguments", &[("name", name.as_str().into()), ("usage", name.usage().into())])
        }
        CommandFault::FilterNumber => say("filter-number", &[]),
        CommandFault::FilterEdit => say("filter-edit-how", &[]),
        CommandFault::FilterVerb(verb) => say("filter-verb", &[("verb", verb.as_str().into())]),
        CommandFault::FeedHow => say("feed-how", &[]),
        CommandFault::NoRule(usage) => say("no-rule", &[("usage", (*usage).into())]),
        CommandFault::LatestCount => say("latest-count", &[]),
        CommandFault::TimelineDays => say("timeline-days", &[]),
        CommandFault::AttentionHow => say("attention-fault", &[]),
        CommandFault::QuietHours(typed) => say("quiet-fault", &[("typed", shortened(typed).into())]),
        CommandFault::DigestTimes(typed) => say("digest-fault", &[("typed", shortened(typed).into())]),
        CommandFault::CapCount(typed) => say("cap-fault", &[("typed", shortened(typed).into())]),
    }
}

pub(super) fn rule_fault(error: &RuleError) -> Text {
    let text = say("rule-fault", &[("fault", error.fault.to_string().into())]);
    text.with("\n", Style::Plain).with(error.drawing(), Style::Code)
}

pub(super) fn topics(vocabulary: &Vocabulary, subscribed: &BTreeSet<String>) -> Text {
    let names: Vec<&str> =
        vocabulary.topics().filter(|topic| subscribed.contains(&topic.id)).map(|topic| topic.name.as_str()).collect();
    let ids: Vec<&str> = vocabulary.topics().map(|topic| topic.id.as_str()).collect();
    let text = if names.is_empty() {
        say("topics-none", &[])
    } else {
        say("topics-some", &[("topics", names.join(", ").into())])
    };
    join(text.with("\n", Style::Plain), say("topics-how", &[("ids", ids.join(", ").into())]))
}

pub(super) fn topic_on(name: &str) -> Text {
    say("topic-on", &[("topic", name.into())])
}

pub(super) fn topic_off(name: &str) -> Text {
    say("topic-off", &[("topic", name.into())])
}

pub(super) fn topic_gone(name: &str) -> Text {
    say("topic-gone", &[("topic", name.into())])
}

pub(super) fn unknown_topic(vocabulary: &Vocabulary, name: &str) -> Text {
    let ids: Vec<&str> = vocabulary.topics().map(|topic| topic.id.as_str()).collect();
    match closest(name, ids.iter().copied()) {
        Some(similar) => say("unknown-topic-similar", &[("topic", name.into()), ("similar", similar.into())]),
        None => say("unknown-topic", &[("topic", name.into()), ("ids", ids.join(", ").into())]),
    }
}

pub(super) fn filters_remain(count: usize) -> Text {
    say("filters-remain", &[("count", count.into())])
}

pub(super) fn paused() -> Text {
    say("paused", &[])
}

pub(super) fn not_paused() -> Text {
    say("not-paused", &[])
}

/// A chat that can be written to again, in which stories were missed.
pub(super) fn back(missed: i64) -> Text {
    say("back", &[("missed", missed.into())])
}

pub(super) fn resumed(missed: i64) -> Text {
    say("resumed", &[("missed", missed.into())])
}

pub(super) fn nothing_stored() -> Text {
    say("nothing-stored", &[])
}

pub(super) fn forget_question(topics: usize, filters: usize, mutes: usize) -> Text {
    say("forget-question", &[("topics", topics.into()), ("filters", filters.into()), ("mutes", mutes.into())])
}

pub(super) fn forget_kept() -> Text {
    say("forget-kept", &[])
}

pub(super) fn forgotten() -> Text {
    say("forgotten", &[])
}

fn articles(articles: &[Article], outlets: &BTreeMap<String, Outlet>) -> Text {
    articles.iter().fold(Text::default(), |text, article| {
        join(
            text.with("\n\n", Style::Plain),
            render::article_line(article, outlets.get(&article.outlet), Locale::default()),
        )
    })
}

fn moment(time: Timestamp) -> String {
    time.to_datetime().format("%-d %b %Y, %H:%M UTC").to_string()
}

fn join(mut text: Text, more: Text) -> Text {
    text.0.extend(more.0);
    text
}

fn shortened(rule: &str) -> String {
    match rule.char_indices().nth(RULE_SHOWN) {
        Some((end, _)) => format!("{}…", &rule[..end]),
        None => rule.to_owned(),
    }
}

//! Answers that several messages of the catalogue make up, or that several handlers share. The words are in `locales/`;
//! the functions here choose the messages and fill in their arguments.

mod attention;
pub(super) mod feed;
mod filter;
mod mute;
mod rule;
mod settings;
mod story;
pub(super) mod why;

use std::collections::BTreeSet;

use super::command::{ArgumentFault, Command, CommandFault};
use super::context::Ctx;
use super::queues::ReachedBudget;
use crate::alert::render;
use crate::config::ChatBudget;
use crate::locale::Locale;
use ceasewire_model::{Article, Style, Text};
use ceasewire_profile::vocabulary::closest;

pub(super) use attention::*;
pub(super) use filter::*;
pub(super) use mute::*;
pub(super) use rule::*;
pub(super) use settings::*;
pub(super) use story::*;

/// Characters of a rule that an answer shows.
const RULE_SHOWN: usize = 300;

pub(super) fn command_fault(locale: Locale, fault: &CommandFault) -> Text {
    match fault {
        CommandFault::Unknown { name, similar: Some(similar), .. } => {
            locale.text("unknown-command-similar", &[("name", name.as_str().into()), ("similar", (*similar).into())])
        }
        CommandFault::Unknown { name, similar: None, .. } => {
            locale.text("unknown-command", &[("name", name.as_str().into())])
        }
        CommandFault::Arguments(command, fault) => argument_fault(locale, command, fault),
    }
}

fn argument_fault(locale: Locale, command: &Command, fault: &ArgumentFault) -> Text {
    match fault {
        ArgumentFault::Unknown(typed) if command.examples.is_empty() => {
            locale.text("no-arguments", &[("name", command.name.into()), ("typed", shortened(typed).into())])
        }
        ArgumentFault::Unknown(typed) => {
            let begun = format!("{} ", typed.to_lowercase());
            let usages: Vec<Text> = command.examples.iter().map(|example| usage(command.name, example)).collect();
            let args = [
                ("typed", shortened(typed).into()),
                ("name", command.name.into()),
                ("usages", locale.either(usages).into()),
            ];
            if command.examples.iter().any(|example| example.starts_with(&begun)) {
                locale.text("argument-incomplete", &args)
            } else {
                locale.text("argument-unknown", &args)
            }
        }
        ArgumentFault::RuleMissing(words) => {
            let example = format!("/{words} karabakh (ceasefire OR truce)");
            locale.text("no-rule", &[("example", example.into())])
        }
        ArgumentFault::Explained { message, typed } => locale.text(message, &[("typed", shortened(typed).into())]),
    }
}

fn usage(name: &str, arguments: &str) -> Text {
    Text::default().with(format!("/{name} {arguments}"), Style::Code)
}

pub(super) fn topics(ctx: &Ctx<'_>, subscribed: &BTreeSet<String>) -> Text {
    let topics = || ctx.profile.vocabulary.topics();
    let names: Vec<&str> =
        topics().filter(|topic| subscribed.contains(&topic.id)).map(|topic| topic.name.as_str()).collect();
    let ids: Vec<&str> = topics().map(|topic| topic.id.as_str()).collect();
    let text = if names.is_empty() {
        ctx.text("topics-none", &[])
    } else {
        ctx.text("topics-some", &[("topics", names.join(", ").into())])
    };
    join(text.with("\n", Style::Plain), ctx.text("topics-how", &[("ids", ids.join(", ").into())]))
}

pub(super) fn unknown_topic(ctx: &Ctx<'_>, name: &str) -> Text {
    let ids: Vec<&str> = ctx.profile.vocabulary.topics().map(|topic| topic.id.as_str()).collect();
    match closest(name, ids.iter().copied()) {
        Some(similar) => ctx.text("unknown-topic-similar", &[("topic", name.into()), ("similar", similar.into())]),
        None => ctx.text("unknown-topic", &[("topic", name.into()), ("ids", ids.join(", ").into())]),
    }
}

/// Returns the sentence about dropped commands, with the budget that their chat has reached.
pub(super) fn reached_budget(locale: Locale, reached: ReachedBudget, budget: &ChatBudget) -> Text {
    let most = match reached {
        ReachedBudget::Waiting => budget.max_waiting,
        ReachedBudget::Commands => budget.commands_per_minute as usize,
        ReachedBudget::SlowCommands => budget.slow_commands_per_minute as usize,
    };
    let id = match reached {
        ReachedBudget::Waiting => "budget-waiting",
        ReachedBudget::Commands => "budget-commands",
        ReachedBudget::SlowCommands => "budget-slow-commands",
    };
    locale.text(id, &[("most", most.into())])
}

pub(super) fn too_many_patterns(ctx: &Ctx<'_>) -> Text {
    ctx.text("too-many-patterns", &[("most", ctx.budget.max_patterns.into())])
}

/// Returns a message that shows a rule.
pub(super) fn with_rule(locale: Locale, id: &str, rule: &str) -> Text {
    locale.text(id, &[("rule", shortened(rule).into())])
}

/// Cuts a text to `most` characters; an ellipsis marks the cut.
pub(super) fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text.to_owned(),
    }
}

/// Cuts a rule, or any other text that a person typed, to the characters that an answer shows.
pub(super) fn shortened(rule: &str) -> String {
    match rule.char_indices().nth(RULE_SHOWN) {
        Some((end, _)) => format!("{}…", &rule[..end]),
        None => rule.to_owned(),
    }
}

fn article_line(ctx: &Ctx<'_>, article: &Article) -> Text {
    render::article_line(article, ctx.profile.outlet(&article.outlet), ctx.locale)
}

fn join(mut text: Text, more: Text) -> Text {
    text.0.extend(more.0);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_headline_is_cut_by_characters() {
        assert_eq!(cut("Truce agreed", 40), "Truce agreed");
        assert_eq!(cut(&"ж".repeat(40), 40), "ж".repeat(40));
        assert_eq!(cut(&format!("{} and more", "ж".repeat(39)), 40), format!("{}…", "ж".repeat(39)));
    }
}

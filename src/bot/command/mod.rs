//! Commands: how one is declared, and how a message is parsed as one. A command's declaration ([`Command`]) stands in
//! its handler's file; [`registry`] lists them all. The parser, the dispatch, `/help` and the platform's menu read that
//! list.

mod arguments;
mod registry;
mod times;

use async_trait::async_trait;

use super::context::Ctx;
use super::queues::Cost;
use ceasewire_model::Message;
use ceasewire_profile::vocabulary::closest;
use ceasewire_text::signs;

pub(super) use arguments::{ListSelection, list_number, lowercase, without_arguments, word_and_rest, words};
pub(super) use registry::COMMANDS;
pub(super) use times::{is_off, parse_digests, parse_quiet};

/// The declaration of a command.
#[derive(Debug)]
pub(super) struct Command {
    /// The name that people type after the slash.
    pub(super) name: &'static str,
    /// The arguments as `/help` shows them; empty for a command without arguments.
    pub(super) arguments: &'static str,
    /// Arguments that work, for the answer to arguments that do not.
    pub(super) examples: &'static [&'static str],
    /// The message that describes the command in `/help` and in the platform's menu.
    pub(super) description: &'static str,
    /// Parses the arguments, which have no blanks around them.
    pub(super) parse: fn(&str) -> ParsedRequest,
}

/// A request, or the fault in its arguments.
pub(super) type ParsedRequest = Result<Box<dyn Request>, ArgumentFault>;

/// A command with its arguments, ready to be answered.
#[async_trait]
pub(super) trait Request: std::fmt::Debug + Send + Sync {
    /// Who may make the request in a group: everyone, unless the request changes something.
    fn access(&self) -> Access {
        Access::Everyone
    }

    /// The cost of the answer: a few rows of the store, unless the request searches or fetches.
    fn cost(&self) -> Cost {
        Cost::Quick
    }

    /// Carries the request out, and returns the answer.
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message>;
}

/// Who may make a request in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    /// Everyone: the request only shows something.
    Everyone,
    /// Admins: the request changes something.
    Admins,
}

/// A fault in the arguments of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ArgumentFault {
    /// The command has no such argument; the answer names the arguments that work.
    Unknown(String),
    /// A rule is missing where these words of the command need one, such as `filter add`.
    RuleMissing(&'static str),
    /// A message of the catalogue explains the fault; it may show the arguments as `$typed`.
    Explained {
        /// The message's id.
        message: &'static str,
        /// The arguments.
        typed: String,
    },
}

impl ArgumentFault {
    /// A fault that the message `id` explains.
    pub(super) fn explained(id: &'static str, typed: &str) -> Self {
        Self::Explained { message: id, typed: typed.to_owned() }
    }
}

/// A fault in a message that begins as a command does.
#[derive(Debug)]
pub(super) enum CommandFault {
    /// There is no such command.
    Unknown {
        /// The name in the message.
        name: String,
        /// The command that the name resembles.
        similar: Option<&'static str>,
        /// The message names this bot.
        addressed: bool,
    },
    /// The command exists, and its arguments have a fault.
    Arguments(&'static Command, ArgumentFault),
}

impl CommandFault {
    /// Whether the command is surely meant for this bot.
    pub(super) fn is_ours(&self) -> bool {
        !matches!(self, Self::Unknown { addressed: false, .. })
    }
}

#[derive(Debug)]
pub(super) enum ParsedMessage {
    /// A command.
    Request(Box<dyn Request>),
    /// A command with a fault.
    Fault(CommandFault),
    /// No command at all.
    Chatter,
    /// A command for another bot.
    OtherBot,
}

/// The most commands of one message; the rest is dropped.
const MAX_COMMANDS: usize = 5;

/// Splits a message into its commands: a line that begins with a command begins one. A message that begins otherwise is
/// one piece.
pub(super) fn split(text: &str) -> Vec<&str> {
    let begins_command = |line: &str| head(line).is_some_and(|head| head.rest.is_empty() && find(&head.name).is_some());
    let mut starts: Vec<usize> = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if begins_command(line) {
            starts.push(at);
        }
        at += line.len();
    }
    if starts.len() < 2 || !text[..starts[0]].trim().is_empty() {
        return vec![text];
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| text[start..end].trim()).take(MAX_COMMANDS).collect()
}

/// The first word of a message that begins as a command does.
struct Head<'a> {
    /// The name behind the slash, in lower case.
    name: String,
    /// The name of the bot behind an @.
    addressee: Option<String>,
    /// Other signs that the word ends with, without the points and colons that people put there.
    rest: &'a str,
    /// The text behind the word.
    arguments: &'a str,
}

/// Reads the first word. Invisible signs may stand before the slash, and any sign behind the name.
fn head(text: &str) -> Option<Head<'_>> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || signs::is_invisible(c));
    let rest = text.strip_prefix(['/', '／'])?;
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let word = |text: &str| -> String {
        let visible = text.chars().filter(|&c| !signs::is_invisible(c));
        visible.map(signs::plain).collect::<String>().to_lowercase()
    };
    let name_end = rest.find(|c: char| !is_name(c) && !signs::is_invisible(c)).unwrap_or(rest.len());
    let (name, behind) = rest.split_at(name_end);
    let (addressee, behind) = match behind.strip_prefix(['@', '＠']) {
        Some(behind) => {
            let end = behind.find(|c: char| !is_name(c) && !signs::is_invisible(c)).unwrap_or(behind.len());
            (Some(word(&behind[..end])).filter(|addressee| !addressee.is_empty()), &behind[end..])
        }
        None => (None, behind),
    };
    let end = behind.find(char::is_whitespace).unwrap_or(behind.len());
    let rest = behind[..end].trim_matches(|c| matches!(signs::plain(c), '.' | ',' | ':' | '!' | '?' | ')'));
    Some(Head { name: word(name), addressee, rest, arguments: &behind[end..] })
}

fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name == name)
}

/// Parses a message of one command. `bot_name` is the name after the @ of a command that addresses this bot.
pub(super) fn parse(text: &str, bot_name: Option<&str>) -> ParsedMessage {
    let Some(Head { name, addressee, rest, arguments }) = head(text) else {
        return ParsedMessage::Chatter;
    };
    if let (Some(addressee), Some(bot_name)) = (&addressee, bot_name)
        && !addressee.eq_ignore_ascii_case(bot_name)
    {
        return ParsedMessage::OtherBot;
    }
    let command = find(&name).filter(|_| rest.is_empty());
    let Some(command) = command else {
        let name = format!("{name}{rest}");
        let similar = closest(&name, COMMANDS.iter().map(|command| command.name));
        return ParsedMessage::Fault(CommandFault::Unknown { name, similar, addressed: addressee.is_some() });
    };
    let is_blank = |c: char| c.is_whitespace() || signs::is_invisible(c);
    match (command.parse)(arguments.trim_matches(is_blank)) {
        Ok(request) => ParsedMessage::Request(request),
        Err(fault) => ParsedMessage::Fault(CommandFault::Arguments(command, fault)),
    }
}

#[cfg(test)]
mod tests;

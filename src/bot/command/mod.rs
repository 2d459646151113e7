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

pub(super) use arguments::{lowercase, without_arguments, word_and_rest, words};
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

/// A parsed message.
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

/// Parses a message. `bot_name` is the name after the @ of a command that addresses this bot.
pub(super) fn parse(text: &str, bot_name: Option<&str>) -> ParsedMessage {
    let Some(rest) = text.trim().strip_prefix('/') else {
        return ParsedMessage::Chatter;
    };
    let (head, arguments) = word_and_rest(rest);
    let (name, addressee) = head.split_once('@').map_or((head, None), |(name, addressee)| (name, Some(addressee)));
    if let (Some(addressee), Some(bot_name)) = (addressee, bot_name)
        && !addressee.eq_ignore_ascii_case(bot_name)
    {
        return ParsedMessage::OtherBot;
    }
    let name = name.to_lowercase();
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        let similar = closest(&name, COMMANDS.iter().map(|command| command.name));
        return ParsedMessage::Fault(CommandFault::Unknown { name, similar, addressed: addressee.is_some() });
    };
    match (command.parse)(arguments.trim()) {
        Ok(request) => ParsedMessage::Request(request),
        Err(fault) => ParsedMessage::Fault(CommandFault::Arguments(command, fault)),
    }
}

#[cfg(test)]
mod tests;

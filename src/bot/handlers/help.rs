//! `/help`: all commands; `/help rules`: how rules are written.

use async_trait::async_trait;

use crate::bot::command::{COMMANDS, Command, Request};
use crate::bot::context::{Ctx, answer};
use ceasewire_model::{Message, Style, Text};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "help",
    arguments: "[rules]",
    examples: &["rules"],
    description: "describe-help",
    // Any other argument gets the list of commands.
    parse: |arguments| {
        Ok(Box::new(if arguments.eq_ignore_ascii_case("rules") { HelpRequest::Rules } else { HelpRequest::Commands }))
    },
};

#[derive(Debug)]
enum HelpRequest {
    Commands,
    Rules,
}

#[async_trait]
impl Request for HelpRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        answer(match self {
            Self::Commands => commands(ctx),
            Self::Rules => ctx.text("help-language", &[]),
        })
    }
}

fn commands(ctx: &Ctx<'_>) -> Text {
    let intro = ctx.text("help-intro", &[("conflict", ctx.profile.name.as_str().into())]).with("\n\n", Style::Plain);
    let mut text = COMMANDS.iter().fold(intro, |text, command| {
        let usage = format!("/{} {}", command.name, command.arguments);
        let description = ctx.locale.label(command.description);
        text.with(usage.trim_end(), Style::Code).with(format!("\n    {description}\n"), Style::Plain)
    });
    text.0.extend(Text::plain("\n").0);
    text.0.extend(ctx.text("help-rules", &[]).0);
    text
}

//! `/quiet`: the quiet hours of a chat.

use async_trait::async_trait;

use crate::bot::command::{self, Access, ArgumentFault, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_model::Message;
use ceasewire_model::attention::{Preferences, Quiet};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "quiet",
    arguments: "[23:00-07:00 [urgent | nothing] | off]",
    examples: &["23:00-07:00", "23:00-07:00 nothing", "off"],
    description: "describe-quiet",
    parse,
};

#[derive(Debug)]
enum QuietRequest {
    Show,
    Set(Option<Quiet>),
}

fn parse(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match command::lowercase(arguments).as_str() {
        "" => QuietRequest::Show,
        off if command::is_off(off) => QuietRequest::Set(None),
        hours => match command::parse_quiet(hours) {
            Some(quiet) => QuietRequest::Set(Some(quiet)),
            None => return Err(ArgumentFault::explained("quiet-fault", arguments)),
        },
    }))
}

#[async_trait]
impl Request for QuietRequest {
    fn access(&self) -> Access {
        match self {
            Self::Show => Access::Everyone,
            Self::Set(_) => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match *self {
            Self::Show => answer(reply::quiet(ctx.locale, &ctx.preferences())),
            Self::Set(quiet) => {
                let subscriber = ctx.insert_subscriber().await?;
                ctx.store.record_quiet(subscriber.id, quiet, ctx.now).await?;
                answer(reply::quiet(ctx.locale, &Preferences { quiet, ..subscriber.preferences }))
            }
        }
    }
}

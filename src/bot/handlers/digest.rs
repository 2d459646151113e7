//! `/digest`: when digests come.

use async_trait::async_trait;

use crate::bot::command::{self, Access, ArgumentFault, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_model::Message;
use ceasewire_model::attention::{Digests, Preferences};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "digest",
    arguments: "[off | hourly | daily [08:00]]",
    examples: &["daily 08:00", "hourly", "off"],
    description: "describe-digest",
    parse,
};

#[derive(Debug)]
enum DigestRequest {
    Show,
    Set(Digests),
}

fn parse(arguments: &str) -> ParsedRequest {
    if arguments.is_empty() {
        return Ok(Box::new(DigestRequest::Show));
    }
    match command::parse_digests(&command::lowercase(arguments)) {
        Some(digests) => Ok(Box::new(DigestRequest::Set(digests))),
        None => Err(ArgumentFault::explained("digest-fault", arguments)),
    }
}

#[async_trait]
impl Request for DigestRequest {
    fn access(&self) -> Access {
        match self {
            Self::Show => Access::Everyone,
            Self::Set(_) => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match *self {
            Self::Show => answer(reply::digests(ctx, &ctx.preferences())),
            Self::Set(digests) => {
                let subscriber = ctx.insert_subscriber().await?;
                ctx.store.record_digests(subscriber.id, digests, ctx.now).await?;
                answer(reply::digests(ctx, &Preferences { digests, ..subscriber.preferences }))
            }
        }
    }
}

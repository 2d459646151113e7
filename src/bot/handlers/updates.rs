//! `/updates`: whether a story update is a message of its own, with a sound.

use async_trait::async_trait;

use crate::bot::command::{Access, ArgumentFault, Command, ParsedRequest, Request, lowercase};
use crate::bot::context::{Ctx, answer};
use ceasewire_model::{Message, Text};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "updates",
    arguments: "[loud | silent]",
    examples: &["loud", "silent"],
    description: "describe-updates",
    parse,
};

#[derive(Debug)]
enum UpdatesRequest {
    Show,
    Loud,
    Silent,
}

fn parse(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match lowercase(arguments).trim_matches('.') {
        "" => UpdatesRequest::Show,
        "loud" | "on" => UpdatesRequest::Loud,
        "silent" | "off" => UpdatesRequest::Silent,
        _ => return Err(ArgumentFault::Unknown(arguments.to_owned())),
    }))
}

#[async_trait]
impl Request for UpdatesRequest {
    fn access(&self) -> Access {
        match self {
            Self::Show => Access::Everyone,
            Self::Loud | Self::Silent => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::Show => answer(updates(ctx, ctx.subscriber.as_ref().is_some_and(|chat| chat.loud_updates))),
            Self::Loud => set(ctx, true).await,
            Self::Silent => set(ctx, false).await,
        }
    }
}

async fn set(ctx: &Ctx<'_>, loud: bool) -> anyhow::Result<Message> {
    let subscriber = ctx.insert_subscriber().await?;
    ctx.store.record_loud_updates(subscriber.id, loud).await?;
    answer(updates(ctx, loud))
}

fn updates(ctx: &Ctx<'_>, loud: bool) -> Text {
    if loud { ctx.text("updates-loud", &[]) } else { ctx.text("updates-silent", &[]) }
}

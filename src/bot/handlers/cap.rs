//! `/cap`: the messages of an hour, beyond which alerts are combined.

use async_trait::async_trait;

use crate::bot::command::{self, Access, ArgumentFault, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use ceasewire_model::{Message, Text};

pub(in crate::bot) const COMMAND: Command =
    Command { name: "cap", arguments: "[N | off]", examples: &["10", "off"], description: "describe-cap", parse };

/// The highest cap: a message a minute.
const MAX_CAP: i64 = 60;

#[derive(Debug)]
enum CapRequest {
    Show,
    Set(Option<i64>),
}

fn parse(arguments: &str) -> ParsedRequest {
    let typed = command::lowercase(arguments);
    Ok(Box::new(match (typed.as_str(), typed.parse()) {
        ("", _) => CapRequest::Show,
        (off, _) if command::is_off(off) => CapRequest::Set(None),
        (_, Ok(cap)) if (1..=MAX_CAP).contains(&cap) => CapRequest::Set(Some(cap)),
        _ => return Err(ArgumentFault::explained("cap-fault", arguments)),
    }))
}

#[async_trait]
impl Request for CapRequest {
    fn access(&self) -> Access {
        match self {
            Self::Show => Access::Everyone,
            Self::Set(_) => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match *self {
            Self::Show => answer(cap(ctx, ctx.preferences().hourly_cap)),
            Self::Set(hourly_cap) => {
                let subscriber = ctx.insert_subscriber().await?;
                ctx.store.record_hourly_cap(subscriber.id, hourly_cap, ctx.now).await?;
                answer(cap(ctx, hourly_cap))
            }
        }
    }
}

fn cap(ctx: &Ctx<'_>, cap: Option<i64>) -> Text {
    match cap {
        Some(count) => ctx.text("cap-on", &[("count", count.into())]),
        None => ctx.text("cap-off", &[]),
    }
}

//! `/forget`: deletes everything about the chat, after a question.

use async_trait::async_trait;

use crate::bot::command::{self, Access, Command, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::{PressReply, keyboard};
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "forget",
    arguments: "",
    examples: &[],
    description: "describe-forget",
    parse: |arguments| command::without_arguments(ForgetRequest, arguments),
};

#[derive(Debug)]
struct ForgetRequest;

#[async_trait]
impl Request for ForgetRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let Some(subscriber) = ctx.subscriber_id() else { return answer(ctx.text("nothing-stored", &[])) };
        let own = ctx.list_rules_of(subscriber).await?;
        let counts = [
            ("topics", own.topics.len().into()),
            ("filters", own.filters.len().into()),
            ("mutes", ctx.store.list_mutes(subscriber).await?.len().into()),
        ];
        let text = ctx.text("forget-question", &counts);
        Ok(Message { text, buttons: keyboard::forget(ctx.locale), ..Message::default() })
    }
}

/// Deletes everything or nothing, after a press of a button under the question.
pub(in crate::bot) async fn pressed(ctx: &Ctx<'_>, sure: bool) -> anyhow::Result<Vec<PressReply>> {
    if !sure {
        return Ok(vec![PressReply::Edit(ctx.text("forget-kept", &[]).into())]);
    }
    if let Some(subscriber) = ctx.subscriber_id() {
        ctx.store.delete_subscriber(subscriber).await?;
    }
    Ok(vec![PressReply::Edit(ctx.text("forgotten", &[]).into())])
}

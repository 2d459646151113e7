//! `/start`: a greeting, and the topics as buttons.

use async_trait::async_trait;

use crate::bot::command::{Access, Command, Request};
use crate::bot::context::Ctx;
use crate::bot::keyboard;
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "start",
    arguments: "",
    examples: &[],
    description: "describe-start",
    // A deep link adds a payload, which means nothing here.
    parse: |_| Ok(Box::new(StartRequest)),
};

#[derive(Debug)]
struct StartRequest;

#[async_trait]
impl Request for StartRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let subscriber = ctx.insert_subscriber().await?;
        let own = ctx.list_rules_of(subscriber.id).await?;
        Ok(Message {
            text: ctx.text("greeting", &[("conflict", ctx.profile.name.as_str().into())]),
            buttons: keyboard::topics(&ctx.profile.vocabulary, &own.topics),
            ..Message::default()
        })
    }
}

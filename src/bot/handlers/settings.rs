//! `/settings`: all settings of the chat.

use async_trait::async_trait;

use crate::bot::command::{self, Command, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "settings",
    arguments: "",
    examples: &[],
    description: "describe-settings",
    parse: |arguments| command::without_arguments(SettingsRequest, arguments),
};

#[derive(Debug)]
struct SettingsRequest;

#[async_trait]
impl Request for SettingsRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let Some(subscriber) = &ctx.subscriber else { return answer(ctx.text("nothing-stored", &[])) };
        let rules = ctx.store.list_rules(subscriber.id).await?;
        let mutes = reply::MuteCounts {
            rules: ctx.store.list_mutes(subscriber.id).await?.len(),
            stories: ctx.store.count_story_mutes(subscriber.id).await?,
        };
        answer(reply::settings(ctx, subscriber, &rules, mutes))
    }
}

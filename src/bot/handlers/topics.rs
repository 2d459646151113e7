//! `/topics`: the topics, each with a button that subscribes or unsubscribes.

use async_trait::async_trait;

use crate::bot::command::{self, Command, Request};
use crate::bot::context::{Ctx, OwnRules};
use crate::bot::{PressReply, keyboard, reply};
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "topics",
    arguments: "",
    examples: &[],
    description: "describe-topics",
    parse: |arguments| command::without_arguments(TopicsRequest, arguments),
};

#[derive(Debug)]
struct TopicsRequest;

#[async_trait]
impl Request for TopicsRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        Ok(show(ctx, &ctx.list_own_rules().await?))
    }
}

/// Shows the topics and their buttons.
pub(super) fn show(ctx: &Ctx<'_>, own: &OwnRules) -> Message {
    Message {
        text: reply::topics(ctx, &own.topics),
        buttons: keyboard::topics(&ctx.profile.vocabulary, &own.topics),
        ..Message::default()
    }
}

/// Subscribes to a topic (`on`) or unsubscribes, after a press of its button, and shows the new state in place.
pub(in crate::bot) async fn pressed(ctx: &Ctx<'_>, topic: &str, on: bool) -> anyhow::Result<Vec<PressReply>> {
    let Some(topic) = ctx.profile.vocabulary.topic(topic) else {
        return Ok(vec![PressReply::Note(ctx.text("topic-gone", &[("topic", topic.into())]).to_plain())]);
    };
    let subscriber = ctx.insert_subscriber().await?;
    let name = [("topic", topic.name.as_str().into())];
    let note = if on {
        super::subscribe::subscribe(ctx, subscriber.id, &topic.id).await?;
        ctx.text("topic-on", &name)
    } else {
        let rules = ctx.store.list_rules(subscriber.id).await?;
        for rule in rules.iter().filter(|rule| rule.topic.as_ref() == Some(&topic.id)) {
            ctx.store.delete_rule(rule.id).await?;
        }
        ctx.text("topic-off", &name)
    };
    let shown = show(ctx, &ctx.list_rules_of(subscriber.id).await?);
    Ok(vec![PressReply::Edit(shown), PressReply::Note(note.to_plain())])
}

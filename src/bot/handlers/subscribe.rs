//! `/subscribe [topic …]`.

use async_trait::async_trait;

use crate::bot::command::{self, Access, Command, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use crate::store::StoreError;
use ceasewire_model::{Message, SubscriberId};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "subscribe",
    arguments: "[topic …]",
    examples: &["ceasefire", "all"],
    description: "describe-subscribe",
    parse: |arguments| Ok(Box::new(SubscribeRequest(command::words(arguments)))),
};

/// Subscribes to topics, or shows them where none is named.
#[derive(Debug)]
struct SubscribeRequest(Vec<String>);

#[async_trait]
impl Request for SubscribeRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let vocabulary = &ctx.profile.vocabulary;
        let ids: Vec<String> = match self.0.as_slice() {
            [all] if all == "all" => vocabulary.topics().map(|topic| topic.id.clone()).collect(),
            names => names
                .iter()
                .map(|name| vocabulary.topic_called(name).map_or_else(|| name.clone(), |topic| topic.id.clone()))
                .collect(),
        };
        // All or nothing: the person corrects the one wrong name and sends the whole message again.
        if let Some(unknown) = ids.iter().find(|id| vocabulary.topic(id).is_none()) {
            return answer(reply::unknown_topic(ctx, unknown));
        }
        let subscriber = ctx.insert_subscriber().await?;
        for id in &ids {
            subscribe(ctx, subscriber.id, id).await?;
        }
        Ok(super::topics::show(ctx, &ctx.list_rules_of(subscriber.id).await?))
    }
}

/// Subscribes to a topic of the profile; a second time changes nothing.
pub(super) async fn subscribe(ctx: &Ctx<'_>, subscriber: SubscriberId, topic: &str) -> Result<(), StoreError> {
    ctx.store.insert_rule(subscriber, Some(topic), &format!("topic:{topic}"), ctx.now).await.map(drop)
}

//! `/unsubscribe [topic … | all]`. Filters stay: `/filter remove` removes them.

use async_trait::async_trait;

use crate::bot::command::{self, Access, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, OwnRules, answer};
use crate::bot::reply;
use ceasewire_model::Message;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "unsubscribe",
    arguments: "[topic … | all]",
    examples: &["ceasefire", "all"],
    description: "describe-unsubscribe",
    parse,
};

#[derive(Debug)]
enum UnsubscribeRequest {
    /// Shows the topics: none is named.
    Show,
    All,
    Topics(Vec<String>),
}

fn parse(arguments: &str) -> ParsedRequest {
    let names = command::words(arguments);
    Ok(Box::new(match names.as_slice() {
        [] => UnsubscribeRequest::Show,
        [all] if all == "all" => UnsubscribeRequest::All,
        _ => UnsubscribeRequest::Topics(names),
    }))
}

#[async_trait]
impl Request for UnsubscribeRequest {
    fn access(&self) -> Access {
        Access::Admins
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let Some(subscriber) = ctx.subscriber_id() else { return Ok(super::topics::show(ctx, &OwnRules::default())) };
        let vocabulary = &ctx.profile.vocabulary;
        let rules = ctx.store.list_rules(subscriber).await?;
        let subscribed = |topic: &str| rules.iter().any(|rule| rule.topic.as_deref() == Some(topic));
        if let Self::Topics(names) = self
            // A subscription to a topic that the profile has lost can still end.
            && let Some(unknown) =
                names.iter().find(|name| vocabulary.topic_called(name).is_none() && !subscribed(name))
        {
            return answer(reply::unknown_topic(ctx, unknown));
        }
        let id_of = |name: &str| vocabulary.topic_called(name).map_or(name, |topic| topic.id.as_str()).to_owned();
        for rule in &rules {
            let Some(topic) = &rule.topic else { continue };
            let ends = match self {
                Self::Show => false,
                Self::All => true,
                Self::Topics(names) => names.iter().any(|name| id_of(name) == *topic),
            };
            if ends {
                ctx.store.delete_rule(rule.id).await?;
            }
        }
        let own = ctx.list_rules_of(subscriber).await?;
        let mut shown = super::topics::show(ctx, &own);
        if own.topics.is_empty() && !own.filters.is_empty() {
            shown.text.0.extend(ctx.text("filters-remain", &[("count", own.filters.len().into())]).0);
        }
        Ok(shown)
    }
}

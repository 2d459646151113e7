//! `/attention`: how urgent the topics and filters of a chat are.

use async_trait::async_trait;

use crate::bot::command::{Access, ArgumentFault, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::reply;
use ceasewire_model::attention::RuleAttention;
use ceasewire_model::{Message, Rule, Text};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "attention",
    arguments: "[TOPIC | N] [urgent | events | normal | digest | auto]",
    examples: &["ceasefire events", "2 digest"],
    description: "describe-attention",
    parse,
};

#[derive(Debug)]
enum AttentionRequest {
    List,
    Set {
        /// A filter by its number, or a topic by its id or its name.
        rule: String,
        /// `None` leaves it to the profile and the chat's digests.
        attention: Option<RuleAttention>,
    },
}

fn parse(arguments: &str) -> ParsedRequest {
    let lower = arguments.to_lowercase();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let Some((last, rule)) = words.split_last() else { return Ok(Box::new(AttentionRequest::List)) };
    let fault = || ArgumentFault::explained("attention-fault", arguments);
    let attention = match *last {
        "auto" => None,
        name => Some(name.parse::<RuleAttention>().map_err(|_| fault())?),
    };
    // People type the number or topic as #2, 2. and "ceasefire:" too.
    let rule = rule.join(" ").trim_matches(['#', '.', ',', ':', '=', ' ']).to_owned();
    if rule.is_empty() { Err(fault()) } else { Ok(Box::new(AttentionRequest::Set { rule, attention })) }
}

#[async_trait]
impl Request for AttentionRequest {
    fn access(&self) -> Access {
        match self {
            Self::List => Access::Everyone,
            Self::Set { .. } => Access::Admins,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        let rules = match ctx.subscriber_id() {
            Some(subscriber) => ctx.store.list_rules(subscriber).await?,
            None => Vec::new(),
        };
        match self {
            Self::List => answer(reply::attentions(ctx, &rules)),
            Self::Set { rule, attention } => set(ctx, &rules, rule, *attention).await,
        }
    }
}

async fn set(ctx: &Ctx<'_>, rules: &[Rule], typed: &str, attention: Option<RuleAttention>) -> anyhow::Result<Message> {
    let rule = match find(ctx, rules, typed) {
        Ok(rule) => rule,
        Err(fault) => return answer(fault),
    };
    if attention == Some(RuleAttention::Events) && !reply::has_events(ctx, rule) {
        return answer(ctx.text("attention-no-events", &[("rule", reply::rule_name(ctx, rule).into())]));
    }
    ctx.store.record_rule_attention(rule.id, attention).await?;
    answer(reply::attention_set(ctx, &Rule { attention, ..rule.clone() }))
}

/// Finds a rule by its number or its topic, or else the answer that explains why there is none.
fn find<'a>(ctx: &Ctx<'_>, rules: &'a [Rule], typed: &str) -> Result<&'a Rule, Text> {
    if let Ok(number) = typed.parse::<usize>() {
        let filters: Vec<&Rule> = rules.iter().filter(|rule| rule.topic.is_none()).collect();
        let found = number.checked_sub(1).and_then(|place| filters.get(place)).copied();
        return found.ok_or_else(|| reply::no_such_filter(ctx.locale, number, filters.len()));
    }
    let topic = ctx.profile.vocabulary.topic_called(typed);
    // The chat may still have the rule of a topic that the profile has lost.
    let id = topic.map_or(typed, |topic| topic.id.as_str());
    let found = rules.iter().find(|rule| rule.topic.as_deref() == Some(id));
    found.ok_or_else(|| match topic {
        Some(topic) => {
            let args = [("topic", topic.name.as_str().into()), ("id", topic.id.as_str().into())];
            ctx.text("attention-not-subscribed", &args)
        }
        None => reply::unknown_topic(ctx, typed),
    })
}

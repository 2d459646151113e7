//! `/mute` and `/unmute`: rules whose articles raise no alert.

use std::sync::Arc;

use async_trait::async_trait;

use crate::bot::command::{Access, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::queues::Cost;
use crate::bot::reply;
use crate::cpu;
use ceasewire_model::{Article, ArticleId, Message, Mute, SubscriberId};
use ceasewire_rules::{Expr, eval, parse as parse_rule};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "mute",
    arguments: "[RULE]",
    examples: &["football", "source:osce.org"],
    description: "describe-mute",
    parse: |arguments| {
        Ok(Box::new(if arguments.is_empty() { MuteRequest::List } else { MuteRequest::Mute(arguments.to_owned()) }))
    },
};

pub(in crate::bot) const UNMUTE: Command = Command {
    name: "unmute",
    arguments: "[N | RULE | stories]",
    examples: &["1", "football", "stories"],
    description: "describe-unmute",
    parse: parse_unmute,
};

/// The argument that ends the mutes of single stories, unless a mute has it as its rule.
const STORIES: &str = "stories";

#[derive(Debug)]
enum MuteRequest {
    List,
    Mute(String),
    UnmuteNumber(usize),
    UnmuteRule(String),
}

fn parse_unmute(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match arguments.parse() {
        _ if arguments.is_empty() => MuteRequest::List,
        Ok(number) => MuteRequest::UnmuteNumber(number),
        Err(_) => MuteRequest::UnmuteRule(arguments.to_owned()),
    }))
}

#[async_trait]
impl Request for MuteRequest {
    fn access(&self) -> Access {
        match self {
            Self::List => Access::Everyone,
            Self::Mute(_) | Self::UnmuteNumber(_) | Self::UnmuteRule(_) => Access::Admins,
        }
    }

    fn cost(&self) -> Cost {
        match self {
            Self::List | Self::UnmuteNumber(_) | Self::UnmuteRule(_) => Cost::Quick,
            // A mute is compared with the waiting articles.
            Self::Mute(_) => Cost::Search,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        if let Self::Mute(rule) = self {
            return mute(ctx, rule).await;
        }
        let mutes = match ctx.subscriber_id() {
            Some(subscriber) => ctx.store.list_mutes(subscriber).await?,
            None => Vec::new(),
        };
        match self {
            Self::UnmuteNumber(number) => unmute_number(ctx, &mutes, *number).await,
            Self::UnmuteRule(rule) => unmute_rule(ctx, &mutes, rule).await,
            Self::List | Self::Mute(_) => {
                let stories = match ctx.subscriber_id() {
                    Some(subscriber) => ctx.store.count_story_mutes(subscriber).await?,
                    None => 0,
                };
                answer(reply::mutes(ctx.locale, &mutes, stories))
            }
        }
    }
}

async fn mute(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    let expr = match ctx.profile.vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return answer(reply::rule_fault(ctx.locale, &error)),
    };
    let subscriber = ctx.insert_subscriber().await?;
    let mutes = ctx.store.list_mutes(subscriber.id).await?;
    let count = mutes.len();
    let most = ctx.budget.max_mutes;
    if count >= most {
        return answer(ctx.text("too-many-mutes", &[("most", most.into())]));
    }
    if super::exceeds_patterns(ctx, &expr, None).await? {
        return answer(reply::too_many_patterns(ctx));
    }
    let normal = expr.to_string();
    if !ctx.store.insert_mute(subscriber.id, &normal, ctx.now).await? {
        return answer(reply::with_rule(ctx.locale, "mute-there", &normal));
    }
    cancel_waiting(ctx, subscriber.id, &expr).await?;
    let args = [("number", (count + 1).into()), ("rule", reply::shortened(&normal).into())];
    answer(ctx.text("muted", &args))
}

/// Cancels the deliveries in the outbox whose articles match a new mute.
async fn cancel_waiting(ctx: &Ctx<'_>, subscriber: SubscriberId, mute: &Expr) -> anyhow::Result<()> {
    let (mut after, mut muted) = (None, Vec::new());
    loop {
        let page = ctx.store.list_waiting_articles(subscriber, after).await?;
        let Some(last) = page.iter().map(|article| article.id).max() else { break };
        after = Some(last);
        let (profile, mute) = (Arc::clone(ctx.profile), mute.clone());
        let matches = move |article: &Article| eval::matches(&mute, &profile.document(article));
        let found: Vec<ArticleId> = cpu::run_in_background(move || {
            page.iter().filter(|article| matches(article)).map(|article| article.id).collect()
        })
        .await?;
        muted.extend(found);
    }
    Ok(ctx.store.record_waiting_muted(subscriber, &muted).await?)
}

async fn unmute_number(ctx: &Ctx<'_>, mutes: &[Mute], number: usize) -> anyhow::Result<Message> {
    match number.checked_sub(1).and_then(|place| mutes.get(place)) {
        Some(mute) => unmute(ctx, mute).await,
        None => answer(reply::no_such_mute(ctx.locale, &number.to_string(), mutes.len())),
    }
}

async fn unmute_rule(ctx: &Ctx<'_>, mutes: &[Mute], rule: &str) -> anyhow::Result<Message> {
    // The rule language may have changed since the mute was stored, so an invalid rule is compared as plain text.
    let normal = parse_rule(rule).map_or_else(|_| rule.to_owned(), |expr| expr.to_string());
    let equal_but_case = |mute: &&Mute| mute.text.to_lowercase() == normal.to_lowercase();
    if let Some(mute) = mutes.iter().find(|mute| mute.text == normal).or_else(|| mutes.iter().find(equal_but_case)) {
        return unmute(ctx, mute).await;
    }
    if normal == STORIES
        && let Some(subscriber) = ctx.subscriber_id()
    {
        let count = ctx.store.delete_story_mutes(subscriber).await?;
        if count > 0 {
            let count = i64::try_from(count).unwrap_or(i64::MAX);
            return answer(ctx.text("unmuted-stories", &[("count", count.into())]));
        }
    }
    answer(reply::no_such_mute(ctx.locale, &normal, mutes.len()))
}

async fn unmute(ctx: &Ctx<'_>, mute: &Mute) -> anyhow::Result<Message> {
    ctx.store.delete_mute(mute.id).await?;
    answer(reply::with_rule(ctx.locale, "unmuted", &mute.text))
}

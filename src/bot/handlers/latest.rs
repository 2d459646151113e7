//! `/latest [N | RULE]`: recent articles, one of each story.

use async_trait::async_trait;

use crate::bot::command::{ArgumentFault, Command, ParsedRequest, Request, lowercase};
use crate::bot::context::{Ctx, answer};
use crate::bot::keyboard::RuleUse;
use crate::bot::queues::Cost;
use crate::bot::reply;
use crate::bot::search::{self, StorySearch};
use ceasewire_model::Message;
use ceasewire_rules::Expr;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "latest",
    arguments: "[N | RULE]",
    examples: &["10", "shusha"],
    description: "describe-latest",
    parse,
};

/// Articles in the answer to a request without a number.
const DEFAULT_COUNT: usize = 5;
/// The most articles in the answer: about as many as a message holds.
const MAX_COUNT: usize = 20;
/// How far back the search goes: far enough for a quiet conflict.
const SINCE_SECS: i64 = 30 * 86_400;

#[derive(Debug)]
enum LatestRequest {
    /// Articles that match the chat's own rules, up to this number.
    Count(usize),
    /// Articles that match this rule.
    Rule(String),
}

fn parse(arguments: &str) -> ParsedRequest {
    if arguments.is_empty() {
        return Ok(Box::new(LatestRequest::Count(DEFAULT_COUNT)));
    }
    let typed = lowercase(arguments);
    let Ok(count) = typed.trim_matches(['#', '.', ')']).parse::<i64>() else {
        return Ok(Box::new(LatestRequest::Rule(arguments.to_owned())));
    };
    match usize::try_from(count) {
        Ok(count) if (1..=MAX_COUNT).contains(&count) => Ok(Box::new(LatestRequest::Count(count))),
        _ => Err(ArgumentFault::explained("latest-count", arguments)),
    }
}

#[async_trait]
impl Request for LatestRequest {
    fn cost(&self) -> Cost {
        Cost::Search
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::Rule(rule) => latest(ctx, rule).await,
            Self::Count(count) => list(ctx, &own_rules(ctx).await?, *count).await,
        }
    }
}

/// Lists the latest stories that match a rule: for the command, and for the buttons of proposed rules.
pub(in crate::bot) async fn latest(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    match ctx.profile.vocabulary.compile(rule) {
        Ok(expr) => list(ctx, &[expr], DEFAULT_COUNT).await,
        Err(error) => Ok(reply::rule_refused(ctx, &error, RuleUse::Latest)),
    }
}

async fn list(ctx: &Ctx<'_>, rules: &[Expr], most: usize) -> anyhow::Result<Message> {
    let search = StorySearch { rules, since: ctx.now.plus_secs(-SINCE_SECS), most };
    answer(reply::latest(ctx, &search::find_stories(ctx, search).await?))
}

/// Compiles the rules of the chat. A chat without rules sees all articles: a conjunction of nothing matches each.
pub(super) async fn own_rules(ctx: &Ctx<'_>) -> anyhow::Result<Vec<Expr>> {
    let own = ctx.list_own_rules().await?;
    let topics = own.topics.iter().map(|topic| format!("topic:{topic}"));
    let rules: Vec<Expr> = topics
        .chain(own.filters.into_iter().map(|rule| rule.text))
        .filter_map(|rule| ctx.profile.vocabulary.compile_stored(&rule).ok())
        .collect();
    Ok(if rules.is_empty() { vec![Expr::All(Vec::new())] } else { rules })
}

//! `/search RULE`: the stories that match a rule, as far back as articles are stored.

use async_trait::async_trait;

use crate::bot::command::{ArgumentFault, Command, ParsedRequest, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::keyboard::RuleUse;
use crate::bot::queues::Cost;
use crate::bot::reply;
use crate::bot::search::{self, StorySearch};
use ceasewire_model::{Message, Timestamp};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "search",
    arguments: "RULE",
    examples: &["shusha -football"],
    description: "describe-search",
    parse,
};

/// Stories in the answer.
const SHOWN: usize = 10;

#[derive(Debug)]
struct SearchRequest(String);

fn parse(arguments: &str) -> ParsedRequest {
    match arguments {
        "" => Err(ArgumentFault::RuleMissing("search")),
        rule => Ok(Box::new(SearchRequest(rule.to_owned()))),
    }
}

#[async_trait]
impl Request for SearchRequest {
    fn cost(&self) -> Cost {
        Cost::Search
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        search(ctx, &self.0).await
    }
}

/// Searches all stored articles: for the command, and for the buttons of proposed rules.
pub(in crate::bot) async fn search(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    let expr = match ctx.profile.vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Search)),
    };
    let search = StorySearch { rules: &[expr], since: Timestamp(0), most: SHOWN };
    let found = search::find_stories(ctx, search).await?;
    answer(reply::found(ctx, rule, &found))
}

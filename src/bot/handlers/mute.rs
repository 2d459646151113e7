//! `/mute` and `/unmute`: rules whose articles raise no alert.

use std::sync::Arc;

use async_trait::async_trait;

use super::mute_story;
use crate::bot::command::{
    Access, ArgumentFault, Command, ListSelection, ParsedRequest, Request, lowercase, word_and_rest,
};
use crate::bot::context::{Ctx, answer};
use crate::bot::keyboard::{self, RuleUse};
use crate::bot::queues::Cost;
use crate::bot::reply;
use crate::bot::search::{self, PreviewedRules};
use ceasewire_cpu as cpu;
use ceasewire_model::{Article, ArticleId, Message, Mute, SubscriberId};
use ceasewire_rules::grammar::doubts;
use ceasewire_rules::{Expr, eval, parse as parse_rule};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "mute",
    arguments: "[RULE | remove N]",
    examples: &["football", "source:osce.org", "remove 1"],
    description: "describe-mute",
    parse: parse_mute,
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
    /// Mutes the matches of a rule; `sure` where the person knows the alerts that the mute costs.
    Mute {
        rule: String,
        sure: bool,
    },
    /// Mutes the matches of a rule for a time; mutes have no end.
    Timed(String),
    /// Mutes the story of the alert that the command replies to.
    Story,
    Unmute(ListSelection),
    UnmuteRule(String),
}

fn parse_mute(arguments: &str) -> ParsedRequest {
    let (verb, rest) = word_and_rest(arguments);
    let selected = || ListSelection::parse(rest);
    let rule_after = |usage, sure| match rest {
        "" => Err(ArgumentFault::RuleMissing(usage)),
        rule => Ok(MuteRequest::Mute { rule: rule.to_owned(), sure }),
    };
    let verb = lowercase(verb);
    Ok(Box::new(match verb.trim_matches(['.', ':']) {
        "" => MuteRequest::List,
        "list" | "show" | "off" | "none" | "stop" if rest.is_empty() => MuteRequest::List,
        "all" | "everything" if rest.is_empty() => return Err(ArgumentFault::explained("mute-all", arguments)),
        "this" | "it" | "story" if matches!(rest, "" | "story" | "alert") => MuteRequest::Story,
        "add" => rule_after("mute add", false)?,
        "anyway" => rule_after("mute anyway", true)?,
        "remove" | "delete" | "del" | "rm" | "off" | "end" => match selected() {
            Some(selection) => MuteRequest::Unmute(selection),
            None if rest.is_empty() => MuteRequest::List,
            None => MuteRequest::UnmuteRule(rest.to_owned()),
        },
        _ => match without_duration(arguments) {
            Some(rule) => MuteRequest::Timed(rule.to_owned()),
            None => MuteRequest::Mute { rule: arguments.to_owned(), sure: false },
        },
    }))
}

/// Takes a duration off the end of a rule: `football 2h`, `football for 3 days`.
fn without_duration(arguments: &str) -> Option<&str> {
    let (before, last) = arguments.rsplit_once(char::is_whitespace)?;
    let last = lowercase(last);
    let digits = last.trim_end_matches(char::is_alphabetic);
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    let is_unit = |unit: &str| {
        let units = ["m", "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "d", "day", "days"];
        units.contains(&unit)
            || matches!(unit, "w" | "week" | "weeks" | "month" | "months" | "ч" | "мин" | "дня" | "дней")
    };
    let rule = match (digits, last.strip_prefix(digits)?) {
        ("", unit) if is_unit(unit) => {
            let (before, number) = before.trim_end().rsplit_once(char::is_whitespace)?;
            is_number(&lowercase(number)).then_some(before)?
        }
        (number, unit) if is_number(number) && is_unit(unit) => before,
        _ => return None,
    };
    let rule = rule.trim_end();
    Some(rule.strip_suffix(" for").unwrap_or(rule)).filter(|rule| !rule.is_empty())
}

fn parse_unmute(arguments: &str) -> ParsedRequest {
    Ok(Box::new(match ListSelection::parse(arguments) {
        _ if arguments.is_empty() => MuteRequest::List,
        Some(selection) => MuteRequest::Unmute(selection),
        None => MuteRequest::UnmuteRule(arguments.to_owned()),
    }))
}

#[async_trait]
impl Request for MuteRequest {
    fn access(&self) -> Access {
        match self {
            Self::List => Access::Everyone,
            _ => Access::Admins,
        }
    }

    fn cost(&self) -> Cost {
        match self {
            // A mute is previewed, and compared with the waiting articles.
            Self::Mute { .. } => Cost::Search,
            _ => Cost::Quick,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::Mute { rule, sure } => return mute(ctx, rule, *sure).await,
            Self::Timed(rule) => return timed(ctx, rule),
            Self::Story => return mute_story::replied_to(ctx).await,
            Self::List | Self::Unmute(_) | Self::UnmuteRule(_) => {}
        }
        let mutes = match ctx.subscriber_id() {
            Some(subscriber) => ctx.store.list_mutes(subscriber).await?,
            None => Vec::new(),
        };
        match self {
            Self::Unmute(selection) => unmute_selected(ctx, &mutes, selection).await,
            Self::UnmuteRule(rule) => unmute_rule(ctx, &mutes, rule).await,
            _ => {
                let stories = match ctx.subscriber_id() {
                    Some(subscriber) => ctx.store.count_story_mutes(subscriber).await?,
                    None => 0,
                };
                answer(reply::mutes(ctx.locale, &mutes, stories))
            }
        }
    }
}

/// Says that a mute has no end, and offers it without one.
fn timed(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    let normal = match ctx.profile.vocabulary.compile(rule) {
        Ok(expr) => expr.to_string(),
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Mute)),
    };
    let label = ctx.locale.label("mute-button");
    Ok(Message {
        text: reply::with_rule(ctx.locale, "mute-no-end", &normal),
        buttons: keyboard::use_rule(ctx.limits, RuleUse::Mute, &normal, Some(label)),
        ..Message::default()
    })
}

/// Mutes the matches of a rule: for the command, and for the buttons. Unless the person is `sure`, a mute that would have
/// kept alerts back is a question first.
pub(in crate::bot) async fn mute(ctx: &Ctx<'_>, rule: &str, sure: bool) -> anyhow::Result<Message> {
    let expr = match ctx.profile.vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Mute)),
    };
    let normal = expr.to_string();
    let typed = doubts(rule);
    if !sure
        && let Some(asked) = typed.iter().find(|doubt| doubt.kind.needs_an_answer())
        && let Some(question) = reply::rule_question(ctx, asked, &normal, RuleUse::Mute)
    {
        return Ok(question);
    }
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
    if mutes.iter().any(|mute| mute.text == normal) {
        return answer(reply::with_rule(ctx.locale, "mute-there", &normal));
    }
    let own = super::latest::own_rules(ctx).await?;
    let compiled = super::compiled_mutes(ctx).await?;
    let rules = PreviewedRules { filters: &own, mutes: &compiled, new_mute: Some(&expr) };
    let preview = search::preview_rules(ctx, rules).await?;
    if !sure && (preview.silenced > 0 || asks_for_anything(&expr)) {
        let label = ctx.locale.label("mute-button");
        return Ok(Message {
            text: reply::mute_question(ctx.locale, &normal, &preview),
            buttons: keyboard::use_rule(ctx.limits, RuleUse::Mute, &normal, Some(label)),
            ..Message::default()
        });
    }
    if !ctx.store.insert_mute(subscriber.id, &normal, ctx.now).await? {
        return answer(reply::with_rule(ctx.locale, "mute-there", &normal));
    }
    cancel_waiting(ctx, subscriber.id, &expr).await?;
    let mut notes: Vec<reply::RuleDoubt> = typed.into_iter().map(reply::RuleDoubt::Typed).collect();
    notes.extend(super::unknown_source(ctx, &expr));
    answer(reply::muted(ctx.locale, count + 1, &normal, &preview, &notes))
}

/// Whether a rule asks only for common words or numbers, which nearly every article has.
fn asks_for_anything(rule: &Expr) -> bool {
    let is_number = |word: &String| word.chars().all(|c| c.is_ascii_digit());
    let is_term = matches!(rule, Expr::Term(_));
    eval::asks_only_for_stop_words(rule) || is_term && rule.terms().iter().all(|term| term.tokens.iter().all(is_number))
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

async fn unmute_selected(ctx: &Ctx<'_>, mutes: &[Mute], selection: &ListSelection) -> anyhow::Result<Message> {
    match selection.places(mutes.len()).as_deref() {
        Ok([]) => answer(reply::mutes(ctx.locale, mutes, 0)),
        Ok(&[place]) => unmute(ctx, &mutes[place]).await,
        Ok(places) => {
            for &place in places {
                ctx.store.delete_mute(mutes[place].id).await?;
            }
            let rules = places.iter().map(|&place| mutes[place].text.as_str());
            answer(reply::removed(ctx.locale, "unmuted-some", rules))
        }
        Err(number) => answer(reply::no_such_mute(ctx.locale, &number.to_string(), mutes.len())),
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

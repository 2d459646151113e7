//! `/filter`: the rules that a subscriber writes.

use async_trait::async_trait;

use crate::bot::command::{
    Access, ArgumentFault, Command, ListSelection, ParsedRequest, Request, list_number, word_and_rest,
};
use crate::bot::context::{Ctx, answer};
use crate::bot::keyboard::RuleUse;
use crate::bot::queues::Cost;
use crate::bot::search::{self, PreviewedRules, RulePreview};
use crate::bot::{PressReply, keyboard, reply};
use crate::store::StoreError;
use ceasewire_model::{Message, Rule, RuleId, Text};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::grammar::{Doubt, DoubtKind, doubts};
use ceasewire_rules::{Expr, RuleError, eval, parse as parse_rule};

pub(in crate::bot) const COMMAND: Command = Command {
    name: "filter",
    arguments: "[add RULE | test RULE | edit N RULE | remove N]",
    examples: &["add RULE", "test RULE", "edit N RULE", "remove N"],
    description: "describe-filter",
    parse,
};

/// A rule that matches more than this share of the stored articles hardly expresses its writer's intent.
const LARGE_PERCENT: usize = 30;
/// Fewer stored articles make a share meaningless.
const FEWEST_FOR_SHARE: usize = 20;

#[derive(Debug)]
enum FilterRequest {
    List,
    Add(String),
    Test(String),
    /// Gives the filter with this number, from 1, another rule.
    Edit(usize, String),
    /// Removes filters by their numbers.
    Remove(ListSelection),
    /// Removes the filter with this rule.
    RemoveRule(String),
}

fn parse(arguments: &str) -> ParsedRequest {
    let (verb, rest) = word_and_rest(arguments);
    let rule = |usage| match rest {
        "" => Err(ArgumentFault::RuleMissing(usage)),
        rule => Ok(rule.to_owned()),
    };
    Ok(Box::new(match verb.to_lowercase().as_str() {
        "" => FilterRequest::List,
        "list" if rest.is_empty() => FilterRequest::List,
        "add" => FilterRequest::Add(rule("filter add")?),
        "test" => FilterRequest::Test(rule("filter test")?),
        "remove" | "delete" | "del" | "rm" => match ListSelection::parse(rest) {
            Some(ListSelection::Numbers(numbers)) if numbers.contains(&0) => {
                return Err(ArgumentFault::explained("filter-number", rest));
            }
            Some(selection) => FilterRequest::Remove(selection),
            None if rest.is_empty() => return Err(ArgumentFault::explained("filter-number", rest)),
            None => FilterRequest::RemoveRule(rest.to_owned()),
        },
        "edit" => {
            let (number, rule) = word_and_rest(rest);
            match list_number(number) {
                Some(number) if number > 0 && !rule.is_empty() => FilterRequest::Edit(number, rule.to_owned()),
                _ => return Err(ArgumentFault::explained("filter-edit-how", rest)),
            }
        }
        _ => return Err(ArgumentFault::Unknown(verb.to_owned())),
    }))
}

#[async_trait]
impl Request for FilterRequest {
    fn access(&self) -> Access {
        match self {
            Self::List | Self::Test(_) => Access::Everyone,
            Self::Add(_) | Self::Edit(..) | Self::Remove(_) | Self::RemoveRule(_) => Access::Admins,
        }
    }

    fn cost(&self) -> Cost {
        match self {
            Self::List | Self::Remove(_) | Self::RemoveRule(_) => Cost::Quick,
            // The answer has a preview of the rule.
            Self::Add(_) | Self::Test(_) | Self::Edit(..) => Cost::Search,
        }
    }

    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::List => answer(reply::filters(ctx, &ctx.list_own_rules().await?.filters)),
            Self::Add(rule) => add(ctx, rule, false).await,
            Self::Test(rule) => test(ctx, rule).await,
            Self::Edit(number, rule) => edit(ctx, *number, rule).await,
            Self::Remove(selection) => remove(ctx, selection).await,
            Self::RemoveRule(rule) => remove_rule(ctx, rule).await,
        }
    }
}

/// A rule without faults, as a subscriber wrote it.
struct WrittenRule {
    expr: Expr,
    normal: String,
    typed: Vec<Doubt>,
}

impl WrittenRule {
    fn compile(vocabulary: &Vocabulary, rule: &str) -> Result<Self, RuleError> {
        let expr = vocabulary.compile(rule)?;
        let normal = expr.to_string();
        Ok(Self { expr, normal, typed: doubts(rule) })
    }

    /// The topic, where the rule is nothing else: then it is the subscription to that topic.
    fn topic(&self) -> Option<&str> {
        match &self.expr {
            Expr::Topic(topic) => Some(topic),
            _ => None,
        }
    }

    /// Asks for the intended rule, if it is most likely another one.
    fn question(&self, ctx: &Ctx<'_>, rule_use: RuleUse) -> Option<Message> {
        let asked = self.typed.iter().find(|doubt| doubt.kind.needs_an_answer())?;
        reply::rule_question(ctx, asked, &self.normal, rule_use)
    }

    /// Lists signs that the rule does not express its writer's intent.
    fn doubts(&self, ctx: &Ctx<'_>, preview: &RulePreview) -> Vec<reply::RuleDoubt> {
        let mut doubts: Vec<reply::RuleDoubt> = self.typed.iter().cloned().map(reply::RuleDoubt::Typed).collect();
        doubts.extend(super::unknown_source(ctx, &self.expr));
        let is_rare =
            preview.articles >= FEWEST_FOR_SHARE && preview.matching * 100 <= preview.articles * LARGE_PERCENT;
        let is_capitals = self.typed.iter().any(|doubt| matches!(doubt.kind, DoubtKind::Capitals(_)));
        if eval::asks_only_for_stop_words(&self.expr) && !is_rare && !is_capitals {
            doubts.push(reply::RuleDoubt::StopWords);
        }
        if preview.articles >= FEWEST_FOR_SHARE && preview.matching * 100 > preview.articles * LARGE_PERCENT {
            doubts.push(reply::RuleDoubt::Share { matching: preview.matching, articles: preview.articles });
        }
        doubts
    }
}

/// Adds a filter: for the command, and for the button under a test.
/// `sure` where the person has chosen this rule from others.
pub(in crate::bot) async fn add(ctx: &Ctx<'_>, rule: &str, sure: bool) -> anyhow::Result<Message> {
    let vocabulary = &ctx.profile.vocabulary;
    let written = match WrittenRule::compile(vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Add)),
    };
    if !sure && let Some(question) = written.question(ctx, RuleUse::Add) {
        return Ok(question);
    }
    let subscriber = ctx.insert_subscriber().await?;
    let filters = ctx.list_rules_of(subscriber.id).await?.filters;
    let most = ctx.budget.max_filters;
    if filters.len() >= most {
        return answer(ctx.text("too-many-filters", &[("most", most.into())]));
    }
    if super::exceeds_patterns(ctx, &written.expr, None).await? {
        return answer(reply::too_many_patterns(ctx));
    }
    if let Some(topic) = written.topic().and_then(|topic| vocabulary.topic(topic)) {
        ctx.store.insert_rule(subscriber.id, Some(&topic.id), &written.normal, ctx.now).await?;
        return answer(ctx.text("topic-on", &[("topic", topic.name.as_str().into())]));
    }
    if filters.iter().any(|filter| filter.text == written.normal) {
        return answer(reply::with_rule(ctx.locale, "filter-there", &written.normal));
    }
    // The preview first: a rule that costs the process its life here is not stored.
    let preview = preview(ctx, &written).await?;
    let Some(id) = ctx.store.insert_rule(subscriber.id, None, &written.normal, ctx.now).await? else {
        return answer(reply::with_rule(ctx.locale, "filter-there", &written.normal));
    };
    let args = [("number", (filters.len() + 1).into()), ("rule", reply::shortened(&written.normal).into())];
    Ok(Message {
        text: reply::with_preview(ctx, ctx.text("filter-added", &args), &preview, &written.doubts(ctx, &preview)),
        buttons: keyboard::undo_add(ctx.locale, id),
        ..Message::default()
    })
}

/// Tests a rule: for the command, and for the buttons of proposed rules.
pub(in crate::bot) async fn test(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    let written = match WrittenRule::compile(&ctx.profile.vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Test)),
    };
    let heading = reply::with_rule(ctx.locale, "filter-test", &written.normal);
    let preview = preview(ctx, &written).await?;
    let meant = written.typed.iter().filter_map(|doubt| doubt.proposal.as_deref());
    Ok(Message {
        text: reply::with_preview(ctx, heading, &preview, &written.doubts(ctx, &preview)),
        buttons: keyboard::add(ctx.locale, ctx.limits, &written.normal)
            .into_iter()
            .chain(meant.flat_map(|rule| keyboard::use_rule(ctx.limits, RuleUse::Test, rule, None)))
            .collect(),
        ..Message::default()
    })
}

async fn edit(ctx: &Ctx<'_>, number: usize, rule: &str) -> anyhow::Result<Message> {
    let filters = ctx.list_own_rules().await?.filters;
    match filters.get(number - 1) {
        Some(filter) => edit_filter(ctx, number, filter, rule, false).await,
        None => answer(reply::no_such_filter(ctx.locale, number, filters.len())),
    }
}

/// Gives a filter another rule; `sure` where the person has chosen this rule from others.
async fn edit_filter(ctx: &Ctx<'_>, number: usize, filter: &Rule, rule: &str, sure: bool) -> anyhow::Result<Message> {
    let vocabulary = &ctx.profile.vocabulary;
    let written = match WrittenRule::compile(vocabulary, rule) {
        Ok(written) => written,
        Err(error) => return Ok(reply::rule_refused(ctx, &error, RuleUse::Edit(filter.id))),
    };
    if !sure && let Some(question) = written.question(ctx, RuleUse::Edit(filter.id)) {
        return Ok(question);
    }
    if written.normal == filter.text {
        return answer(reply::with_rule(ctx.locale, "filter-there", &written.normal));
    }
    if let Some(topic) = written.topic().and_then(|topic| vocabulary.topic(topic)) {
        // The subscription replaces the filter, whose deliveries in the outbox stay; unless there is one already.
        if !ctx.store.replace_rule(filter, Some(&topic.id), &written.normal).await? {
            ctx.store.delete_rule(filter.id).await?;
        }
        return answer(ctx.text("topic-on", &[("topic", topic.name.as_str().into())]));
    }
    if super::exceeds_patterns(ctx, &written.expr, Some(&filter.text)).await? {
        return answer(reply::too_many_patterns(ctx));
    }
    let preview = preview(ctx, &written).await?;
    if !ctx.store.replace_rule(filter, None, &written.normal).await? {
        return answer(reply::with_rule(ctx.locale, "filter-there", &written.normal));
    }
    let heading = reply::filter_edited(ctx.locale, number, &filter.text, &written.normal);
    Ok(Message {
        text: reply::with_preview(ctx, heading, &preview, &written.doubts(ctx, &preview)),
        buttons: keyboard::undo_edit(ctx.locale, ctx.limits, filter.id, &filter.text),
        ..Message::default()
    })
}

async fn remove(ctx: &Ctx<'_>, selection: &ListSelection) -> anyhow::Result<Message> {
    let filters = ctx.list_own_rules().await?.filters;
    match selection.places(filters.len()) {
        Ok(places) if places.is_empty() => answer(reply::filters(ctx, &filters)),
        Ok(places) => {
            let removed: Vec<&Rule> = places.iter().map(|&place| &filters[place]).collect();
            for filter in &removed {
                ctx.store.delete_rule(filter.id).await?;
            }
            answer(match removed.as_slice() {
                [filter] => reply::with_rule(ctx.locale, "filter-removed", &filter.text),
                removed => {
                    reply::removed(ctx.locale, "filters-removed", removed.iter().map(|filter| filter.text.as_str()))
                }
            })
        }
        Err(number) => answer(reply::no_such_filter(ctx.locale, number, filters.len())),
    }
}

async fn remove_rule(ctx: &Ctx<'_>, rule: &str) -> anyhow::Result<Message> {
    let normal = parse_rule(rule).map_or_else(|_| rule.to_owned(), |expr| expr.to_string());
    let filters = ctx.list_own_rules().await?.filters;
    let is_equal = |filter: &&Rule| filter.text.to_lowercase() == normal.to_lowercase();
    let exact = filters.iter().find(|filter| filter.text == normal);
    let Some(filter) = exact.or_else(|| filters.iter().find(is_equal)) else {
        return answer(reply::with_rule(ctx.locale, "no-such-filter-rule", &normal));
    };
    ctx.store.delete_rule(filter.id).await?;
    answer(reply::with_rule(ctx.locale, "filter-removed", &filter.text))
}

/// Previews a rule: the alerts that it would have sent, without the articles that the subscriber has muted.
async fn preview(ctx: &Ctx<'_>, written: &WrittenRule) -> anyhow::Result<RulePreview> {
    let mutes = super::compiled_mutes(ctx).await?;
    let filters = std::slice::from_ref(&written.expr);
    search::preview_rules(ctx, PreviewedRules { filters, mutes: &mutes, new_mute: None }).await
}

/// Removes a new filter again, after a press of the button under it; a second press changes nothing.
pub(in crate::bot) async fn undo_add(ctx: &Ctx<'_>, id: RuleId) -> anyhow::Result<Vec<PressReply>> {
    let Some(filter) = find_own_filter(ctx, id).await? else {
        return Ok(vec![PressReply::Note(ctx.locale.label("filter-gone"))]);
    };
    ctx.store.delete_rule(id).await?;
    Ok(vec![PressReply::Edit(reply::with_rule(ctx.locale, "filter-removed", &filter.text).into())])
}

/// Gives a filter the rule that the person has chosen, after a press of the button with it.
pub(in crate::bot) async fn edit_pressed(ctx: &Ctx<'_>, id: RuleId, rule: &str) -> anyhow::Result<Vec<PressReply>> {
    let filters = ctx.list_own_rules().await?.filters;
    let Some(place) = filters.iter().position(|filter| filter.id == id) else {
        return Ok(vec![PressReply::Note(ctx.locale.label("filter-gone"))]);
    };
    Ok(vec![PressReply::Edit(edit_filter(ctx, place + 1, &filters[place], rule, true).await?)])
}

/// Restores the old rule of an edited filter, after a press of the button under it.
pub(in crate::bot) async fn undo_edit(ctx: &Ctx<'_>, id: RuleId, rule: &str) -> anyhow::Result<Vec<PressReply>> {
    let note = |text: Text| Ok(vec![PressReply::Note(text.to_plain())]);
    let vocabulary = &ctx.profile.vocabulary;
    let filters = ctx.list_own_rules().await?.filters;
    let filter = filters.iter().find(|filter| filter.id == id);
    // The profile may have lost a topic of the old rule since.
    let (Some(filter), Ok(old)) = (filter, vocabulary.compile_stored(rule)) else {
        return note(ctx.text("filter-gone", &[]));
    };
    if super::exceeds_patterns(ctx, &old, Some(&filter.text)).await? {
        return note(reply::too_many_patterns(ctx));
    }
    if filter.text != rule && !ctx.store.replace_rule(filter, None, rule).await? {
        return note(reply::with_rule(ctx.locale, "filter-there", rule));
    }
    Ok(vec![PressReply::Edit(reply::with_rule(ctx.locale, "filter-back", rule).into())])
}

/// Finds a filter of this chat: a button may stand in a chat that its filter has left.
async fn find_own_filter(ctx: &Ctx<'_>, id: RuleId) -> Result<Option<Rule>, StoreError> {
    Ok(ctx.list_own_rules().await?.filters.into_iter().find(|filter| filter.id == id))
}

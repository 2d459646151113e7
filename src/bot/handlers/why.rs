//! `/why`: why an alert came, or why an article did not. Follows the article through the pipeline: fetched, matched,
//! muted, alerted through its story, sent.

use std::sync::Arc;

use async_trait::async_trait;
use url::Url;

use super::{host, web_address};
use crate::bot::command::{Command, Request};
use crate::bot::context::{Ctx, answer};
use crate::bot::passages::passages;
use crate::bot::reply::why::{self as reply, ArticleOutcome, MatchReason, MissReason, RuleMiss, RuleName};
use crate::store::{ArticleVersion, StoreError};
use ceasewire_articles::identity;
use ceasewire_cpu as cpu;
use ceasewire_model::{Article, DeliveryId, DeliveryStatus, Feed, FeedOrigin, Message, Mute, Rule, SubscriberId};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::eval::{self, Explanation};
use ceasewire_text::Doc;

pub(in crate::bot) const COMMAND: Command = Command {
    name: "why",
    arguments: "[ADDRESS]",
    examples: &["https://www.osce.org/minsk-group/466974"],
    description: "describe-why",
    parse: |arguments| {
        Ok(Box::new(if arguments.is_empty() { WhyRequest::Alert } else { WhyRequest::Article(arguments.to_owned()) }))
    },
};

/// Passages shown for a rule.
const MAX_PASSAGES: usize = 5;
/// Rules explained in one answer.
const MAX_RULES: usize = 10;
/// The most articles examined at one address.
const MAX_ARTICLES: usize = 5;

#[derive(Debug)]
enum WhyRequest {
    /// The alert that the request replies to, or else the last one.
    Alert,
    /// The article at this address.
    Article(String),
}

#[async_trait]
impl Request for WhyRequest {
    async fn answer(&self, ctx: &Ctx<'_>) -> anyhow::Result<Message> {
        match self {
            Self::Alert => alert(ctx).await,
            Self::Article(address) => article(ctx, address).await,
        }
    }
}

/// Explains the alert whose button was pressed.
pub(in crate::bot) async fn pressed(ctx: &Ctx<'_>, id: DeliveryId) -> anyhow::Result<Message> {
    match ctx.subscriber_id() {
        Some(subscriber) => explain_delivery(ctx, subscriber, ctx.store.find_delivery(subscriber, id).await?).await,
        None => answer(ctx.text("why-no-alert", &[])),
    }
}

async fn alert(ctx: &Ctx<'_>) -> anyhow::Result<Message> {
    let Some(subscriber) = ctx.subscriber_id() else { return answer(ctx.text("why-none-yet", &[])) };
    let delivery = match ctx.reply_to {
        Some(message) => ctx.store.find_delivery_sent_as(subscriber, message).await?,
        None => match ctx.store.find_last_delivery(subscriber).await? {
            Some(last) => Some(last),
            None => return answer(ctx.text("why-none-yet", &[])),
        },
    };
    explain_delivery(ctx, subscriber, delivery).await
}

async fn explain_delivery(
    ctx: &Ctx<'_>,
    subscriber: SubscriberId,
    delivery: Option<DeliveryStatus>,
) -> anyhow::Result<Message> {
    let article = match delivery {
        Some(delivery) => ctx.store.find_article(delivery.article_id).await?,
        None => None,
    };
    let Some(article) = article else { return answer(ctx.text("why-no-alert", &[])) };
    let reasons = match_reasons(ctx, &article, subscriber).await?;
    let versions = list_versions(ctx, &article).await?;
    answer(reply::with_versions(ctx.locale, reply::alert(ctx, &article, &reasons), &versions))
}

async fn match_reasons(ctx: &Ctx<'_>, article: &Article, subscriber: SubscriberId) -> anyhow::Result<Vec<MatchReason>> {
    let rules = ctx.store.list_matched_rules(article.id, subscriber).await?;
    let (profile, article) = (Arc::clone(ctx.profile), article.clone());
    // A long article takes its time.
    let reasons = cpu::run_in_background(move || {
        let doc = profile.document(&article);
        let reason = |rule: &Rule| {
            let explanation = explain_rule(&profile.vocabulary, rule, &doc).unwrap_or_default();
            let passages = passages(&article.title, &article.text, &explanation.spans, MAX_PASSAGES);
            MatchReason { name: name(&profile.vocabulary, rule), changed: !explanation.matched, passages }
        };
        rules.iter().take(MAX_RULES).map(reason).collect()
    });
    Ok(reasons.await?)
}

fn name(vocabulary: &Vocabulary, rule: &Rule) -> RuleName {
    match &rule.topic {
        Some(id) => RuleName::Topic(vocabulary.topic(id).map_or_else(|| id.clone(), |topic| topic.name.clone())),
        None => RuleName::Filter(rule.text.clone()),
    }
}

/// Evaluates a rule against an article, a subscription by the rule of its topic; `None` for a rule that the profile
/// does not allow any more.
fn explain_rule(vocabulary: &Vocabulary, rule: &Rule, doc: &Doc) -> Option<Explanation> {
    match &rule.topic {
        Some(topic) => vocabulary.topic_rule(topic).map(|expr| eval::explain(expr, doc)),
        None => vocabulary.compile_stored(&rule.text).ok().map(|expr| eval::explain(&expr, doc)),
    }
}

async fn article(ctx: &Ctx<'_>, typed: &str) -> anyhow::Result<Message> {
    let Some(url) = web_address(typed) else { return answer(reply::no_address(ctx.locale, typed)) };
    let feeds = list_visible_feeds(ctx).await?;
    let Some(article) = find_article(ctx, &url, &feeds).await? else {
        let host = host(&url).unwrap_or_default();
        let polled: Vec<&Feed> = feeds.iter().filter(|feed| is_of(feed, &host)).collect();
        return answer(reply::unknown(ctx, &host, &polled));
    };
    let outcome = outcome(ctx, &article).await?;
    let versions = list_versions(ctx, &article).await?;
    answer(reply::with_versions(ctx.locale, reply::article(ctx, &article, &outcome), &versions))
}

/// Lists the earlier versions of an article, oldest first.
async fn list_versions(ctx: &Ctx<'_>, article: &Article) -> Result<Vec<ArticleVersion>, StoreError> {
    Ok(ctx.store.list_versions(&[article.id]).await?.remove(&article.id).unwrap_or_default())
}

async fn outcome(ctx: &Ctx<'_>, article: &Article) -> anyhow::Result<ArticleOutcome> {
    let store = ctx.store;
    let Some(subscriber) = &ctx.subscriber else { return Ok(ArticleOutcome::NoRules) };
    let delivery = store.find_delivery_of_story(subscriber.id, article.story_id).await?;
    if let Some(delivery) = delivery.as_ref().filter(|delivery| delivery.article_id == article.id) {
        let reasons = match_reasons(ctx, article, subscriber.id).await?;
        return Ok(ArticleOutcome::Delivery(delivery.clone(), reasons));
    }
    if let Some(reason) = store.find_silent_reason(article.id).await? {
        return Ok(ArticleOutcome::Silent(reason));
    }
    if let Some(delivery) = delivery {
        let other = store.find_article(delivery.article_id).await?.map(Box::new);
        return Ok(ArticleOutcome::Story(delivery, other));
    }
    let (profile, article) = (Arc::clone(ctx.profile), article.clone());
    if store.list_matched_rules(article.id, subscriber.id).await?.is_empty() {
        let rules = store.list_rules(subscriber.id).await?;
        if rules.is_empty() {
            return Ok(ArticleOutcome::NoRules);
        }
        let misses = cpu::run_in_background(move || {
            let doc = profile.document(&article);
            rules.iter().take(MAX_RULES).map(|rule| miss(&profile.vocabulary, rule, &article, &doc)).collect()
        });
        return Ok(ArticleOutcome::Unmatched(misses.await?));
    }
    if store.is_match_muted(article.id, subscriber.id).await? {
        let mutes = store.list_mutes(subscriber.id).await?;
        let matching = cpu::run_in_background(move || {
            let doc = profile.document(&article);
            let rule = |mute: &Mute| profile.vocabulary.compile_stored(&mute.text);
            mutes.into_iter().find(|mute| rule(mute).is_ok_and(|rule| eval::matches(&rule, &doc)))
        });
        return Ok(ArticleOutcome::Muted(matching.await?));
    }
    Ok(subscriber.paused_at.map_or(ArticleOutcome::HeldBack, ArticleOutcome::Paused))
}

fn miss(vocabulary: &Vocabulary, rule: &Rule, article: &Article, doc: &Doc) -> RuleMiss {
    let on_topic = rule.topic.as_ref().map(|topic| article.topics.contains(topic));
    let reason = match (explain_rule(vocabulary, rule, doc), on_topic) {
        (None, _) => MissReason::Unusable,
        (Some(_), Some(true)) => MissReason::NewerRule,
        (Some(found), Some(false)) if found.matched => MissReason::TopicInPassing,
        (Some(_), Some(false)) => MissReason::NoTopicWords,
        (Some(found), None) if found.matched => MissReason::NewerRule,
        (Some(found), None) => MissReason::Failed(found.failed),
    };
    RuleMiss { name: name(vocabulary, rule), reason }
}

/// Lists the feeds whose articles a chat may see: all but the feeds that other chats have added.
async fn list_visible_feeds(ctx: &Ctx<'_>) -> Result<Vec<Feed>, StoreError> {
    let own = match ctx.subscriber_id() {
        Some(subscriber) => ctx.store.list_chat_feeds(subscriber).await?,
        None => Vec::new(),
    };
    let mut feeds = ctx.store.list_feeds().await?;
    feeds.retain(|feed| feed.origin != FeedOrigin::Chat || own.iter().any(|other| other.id == feed.id));
    Ok(feeds)
}

/// Finds the article of an address by any of its identity keys. Of several outlets' articles with the address, prefers
/// the article of an alert to the subscriber, and else the article of the outlet whose page it is.
async fn find_article(ctx: &Ctx<'_>, url: &Url, feeds: &[Feed]) -> Result<Option<Article>, StoreError> {
    let keys: Vec<[u8; 16]> =
        identity::page_keys(url.as_str(), feeds.iter().map(|feed| feed.id)).into_iter().map(|key| key.0).collect();
    let ids = ctx.store.list_articles_by_keys(&keys).await?;
    let mut first = None;
    for id in ids.into_iter().take(MAX_ARTICLES) {
        let Some(article) = ctx.store.find_article(id).await? else { continue };
        let Some(subscriber) = ctx.subscriber_id() else { return Ok(Some(article)) };
        let delivery = ctx.store.find_delivery_of_story(subscriber, article.story_id).await?;
        if delivery.is_some_and(|delivery| delivery.article_id == article.id) {
            return Ok(Some(article));
        }
        first.get_or_insert(article);
    }
    Ok(first)
}

/// Checks whether a feed is at this host, at a subdomain of it, or at its parent domain.
fn is_of(feed: &Feed, name: &str) -> bool {
    let Some(theirs) = Url::parse(&feed.url).ok().as_ref().and_then(host) else { return false };
    let part = |whole: &str, part: &str| part.strip_suffix(whole).is_some_and(|rest| rest.ends_with('.'));
    theirs == name || part(&theirs, name) || part(name, &theirs)
}

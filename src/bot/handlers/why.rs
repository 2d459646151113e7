//! `/why`: why an alert came, or what became of an article that did not come. Follows an article through the stages of the
//! flow: fetched, matched, muted, told already, sent.

use std::collections::BTreeMap;

use url::Url;

use super::{host, web_address};
use crate::bot::passages::passages;
use crate::bot::reply::why::{self as reply, Became, Lack, Reason, RuleName, Why};
use crate::store::{Store, StoreError};
use ceasewire_articles::identity;
use ceasewire_model::{
    Address, Article, ArticleId, DeliveryId, DeliveryStatus, Feed, FeedOrigin, Message, Mute, Outlet, Rule,
    SubscriberId, Timestamp,
};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::eval::{self, Explanation};
use ceasewire_text::Doc;

/// Passages shown for a rule.
const PASSAGES: usize = 5;
/// Rules explained in one answer.
const MOST_RULES: usize = 10;

/// What answers are made from.
#[derive(Clone, Copy, Debug)]
pub(in crate::bot) struct Sources<'a> {
    pub(in crate::bot) store: &'a Store,
    pub(in crate::bot) vocabulary: &'a Vocabulary,
    pub(in crate::bot) outlets: &'a BTreeMap<String, Outlet>,
    pub(in crate::bot) now: Timestamp,
}

/// The button under an alert was pressed.
pub(in crate::bot) async fn pressed(from: Sources<'_>, at: &Address, id: DeliveryId) -> anyhow::Result<Message> {
    let delivery = match from.store.find_subscriber(at).await? {
        Some(subscriber) => from.store.find_delivery(subscriber.id, id).await?.map(|found| (subscriber.id, found)),
        None => None,
    };
    told(from, delivery).await
}

/// The alert that was replied to, or else the last one.
pub(in crate::bot) async fn alert(from: Sources<'_>, at: &Address, reply_to: Option<&str>) -> anyhow::Result<Message> {
    let Some(subscriber) = from.store.find_subscriber(at).await? else {
        return Ok(reply::none_yet().into());
    };
    let delivery = match reply_to {
        Some(message) => from.store.find_delivery_sent_as(subscriber.id, message).await?,
        None => match from.store.find_last_delivery(subscriber.id).await? {
            Some(last) => Some(last),
            None => return Ok(reply::none_yet().into()),
        },
    };
    told(from, delivery.map(|found| (subscriber.id, found))).await
}

/// Why an alert came.
async fn told(from: Sources<'_>, delivery: Option<(SubscriberId, DeliveryStatus)>) -> anyhow::Result<Message> {
    let Some((subscriber, delivery)) = delivery else { return Ok(reply::no_alert().into()) };
    let Some(article) = from.store.find_article(delivery.article_id).await? else {
        return Ok(reply::no_alert().into());
    };
    let reasons = reasons(from, &article, subscriber).await?;
    Ok(reply::alert(&article, from.outlets.get(&article.outlet), &reasons).into())
}

async fn reasons(from: Sources<'_>, article: &Article, subscriber: SubscriberId) -> Result<Vec<Reason>, StoreError> {
    let doc = ceasewire_profile::document(article, from.outlets.get(&article.outlet));
    let rules = from.store.list_matched_rules(article.id, subscriber).await?;
    let reason = |rule: &Rule| {
        let explanation = explain(from.vocabulary, rule, &doc).unwrap_or_default();
        let passages = passages(&article.title, &article.text, &explanation.spans, PASSAGES);
        Reason { name: name(from.vocabulary, rule), changed: !explanation.matched, passages }
    };
    Ok(rules.iter().take(MOST_RULES).map(reason).collect())
}

fn name(vocabulary: &Vocabulary, rule: &Rule) -> RuleName {
    match &rule.topic {
        Some(id) => RuleName::Topic(vocabulary.topic(id).map_or_else(|| id.clone(), |topic| topic.name.clone())),
        None => RuleName::Filter(rule.text.clone()),
    }
}

/// What a rule finds in an article, a subscription by its topic's own words; `None` for a rule that the profile does not
/// allow any more.
fn explain(vocabulary: &Vocabulary, rule: &Rule, doc: &Doc) -> Option<Explanation> {
    match &rule.topic {
        Some(topic) => vocabulary.topic_rule(topic).map(|expr| eval::explain(expr, doc)),
        None => vocabulary.compile(&rule.text).ok().map(|expr| eval::explain(&expr, doc)),
    }
}

/// What became of the article at an address.
pub(in crate::bot) async fn article(from: Sources<'_>, at: &Address, typed: &str) -> anyhow::Result<Message> {
    let Some(url) = web_address(typed) else { return Ok(reply::no_address(typed).into()) };
    let feeds = visible_feeds(from.store, at).await?;
    let article = match known(from.store, &url, &feeds).await? {
        Some(id) => from.store.find_article(id).await?,
        None => None,
    };
    let Some(article) = article else {
        let host = host(&url).unwrap_or_default();
        let readers: Vec<&Feed> = feeds.iter().filter(|feed| is_of(feed, &host)).collect();
        return Ok(reply::unknown(&host, &readers, from.outlets).into());
    };
    let became = became(from, at, &article).await?;
    Ok(reply::article(&article, from.outlets, &became, from.now).into())
}

async fn became(from: Sources<'_>, at: &Address, article: &Article) -> anyhow::Result<Became> {
    let store = from.store;
    let Some(subscriber) = store.find_subscriber(at).await? else { return Ok(Became::NothingAsked) };
    let delivery = store.find_delivery_of_story(subscriber.id, article.story_id).await?;
    if let Some(delivery) = delivery.as_ref().filter(|delivery| delivery.article_id == article.id) {
        return Ok(Became::Delivery(delivery.clone(), reasons(from, article, subscriber.id).await?));
    }
    if let Some(reason) = store.find_silent_reason(article.id).await? {
        return Ok(Became::Silent(reason));
    }
    if let Some(delivery) = delivery {
        let other = store.find_article(delivery.article_id).await?.map(Box::new);
        return Ok(Became::Story(delivery, other));
    }
    let doc = ceasewire_profile::document(article, from.outlets.get(&article.outlet));
    if store.list_matched_rules(article.id, subscriber.id).await?.is_empty() {
        let rules = store.list_rules(subscriber.id).await?;
        if rules.is_empty() {
            return Ok(Became::NothingAsked);
        }
        let lacks = rules.iter().take(MOST_RULES).map(|rule| lack(from.vocabulary, rule, article, &doc));
        return Ok(Became::Unmatched(lacks.collect()));
    }
    if store.is_match_muted(article.id, subscriber.id).await? {
        let mut mutes = store.list_mutes(subscriber.id).await?.into_iter();
        let matches = |mute: &Mute| from.vocabulary.compile(&mute.text).is_ok_and(|rule| eval::matches(&rule, &doc));
        return Ok(Became::Muted(mutes.find(matches)));
    }
    Ok(subscriber.paused_at.map_or(Became::SilentReason, Became::Paused))
}

fn lack(vocabulary: &Vocabulary, rule: &Rule, article: &Article, doc: &Doc) -> Lack {
    let about = rule.topic.as_ref().map(|topic| article.topics.contains(topic));
    let why = match (explain(vocabulary, rule, doc), about) {
        (None, _) => Why::Unusable,
        (Some(_), Some(true)) => Why::Newer,
        (Some(found), Some(false)) if found.matched => Why::TopicAside,
        (Some(_), Some(false)) => Why::NoTopic,
        (Some(found), None) if found.matched => Why::Newer,
        (Some(found), None) => Why::Failed(found.failed),
    };
    Lack { name: name(vocabulary, rule), why }
}

/// The feeds whose articles a chat may see: all but those that other chats have added.
async fn visible_feeds(store: &Store, at: &Address) -> Result<Vec<Feed>, StoreError> {
    let own = match store.find_subscriber(at).await? {
        Some(subscriber) => store.list_chat_feeds(subscriber.id).await?,
        None => Vec::new(),
    };
    let mut feeds = store.list_feeds().await?;
    feeds.retain(|feed| feed.origin != FeedOrigin::Chat || own.iter().any(|other| other.id == feed.id));
    Ok(feeds)
}

/// The article that an address stands for, by any key that it may have been remembered under.
async fn known(store: &Store, url: &Url, feeds: &[Feed]) -> Result<Option<ArticleId>, StoreError> {
    let keys: Vec<[u8; 16]> =
        identity::page_keys(url.as_str(), feeds.iter().map(|feed| feed.id)).into_iter().map(|key| key.0).collect();
    let found = store.find_article_keys(&keys).await?;
    Ok(keys.iter().find_map(|key| found.get(key)).copied())
}

/// Whether a feed is at this host, at a part of it, or at what it is a part of.
fn is_of(feed: &Feed, name: &str) -> bool {
    let Some(theirs) = Url::parse(&feed.url).ok().as_ref().and_then(host) else { return false };
    let part = |whole: &str, part: &str| part.strip_suffix(whole).is_some_and(|rest| rest.ends_with('.'));
    theirs == name || part(&theirs, name) || part(name, &theirs)
}

//! `/mute` and `/unmute`: what is not to alert, whatever the rules say.

use std::collections::BTreeMap;

use crate::bot::reply;
use crate::store::{Store, StoreError};
use ceasewire_model::{Address, ArticleId, Message, Mute, Outlet, SubscriberId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, eval, parse};

/// The most mutes of one subscriber: each is tried on every article that would alert.
const MOST_MUTES: usize = 100;

/// What is typed to end the mutes of single stories, unless it is a mute's own rule.
const STORIES: &str = "stories";

/// The mutes at an address, in the order in which they are numbered.
pub(super) async fn mutes(store: &Store, at: &Address) -> Result<Vec<Mute>, StoreError> {
    match store.find_subscriber(at).await? {
        Some(subscriber) => store.list_mutes(subscriber.id).await,
        None => Ok(Vec::new()),
    }
}

pub(in crate::bot) async fn list(store: &Store, at: &Address) -> anyhow::Result<Message> {
    let stories = match store.find_subscriber(at).await? {
        Some(subscriber) => store.count_story_mutes(subscriber.id).await?,
        None => 0,
    };
    Ok(reply::mutes(&mutes(store, at).await?, stories).into())
}

pub(in crate::bot) async fn mute(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let expr = match vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    let subscriber = store.insert_subscriber(at, now).await?;
    let mutes = store.list_mutes(subscriber.id).await?;
    let count = mutes.len();
    if count >= MOST_MUTES {
        return Ok(reply::too_many_mutes(MOST_MUTES).into());
    }
    if super::is_one_search_too_many(vocabulary, mutes.iter().map(|mute| &mute.text), &expr) {
        return Ok(reply::too_many_searches(super::MOST_SEARCHES).into());
    }
    let normal = expr.to_string();
    if !store.insert_mute(subscriber.id, &normal, now).await? {
        return Ok(reply::mute_there(&normal).into());
    }
    withdraw(store, outlets, subscriber.id, &expr).await?;
    Ok(reply::muted(count + 1, &normal).into())
}

/// Keeps from a subscriber what a new mute matches of that which waits to be told.
async fn withdraw(
    store: &Store,
    outlets: &BTreeMap<String, Outlet>,
    subscriber: SubscriberId,
    mute: &Expr,
) -> Result<(), StoreError> {
    let mut waiting = store.list_waiting_articles(subscriber).await?;
    waiting.retain(|article| eval::matches(mute, &ceasewire_profile::document(article, outlets.get(&article.outlet))));
    let muted: Vec<ArticleId> = waiting.iter().map(|article| article.id).collect();
    store.record_waiting_muted(subscriber, &muted).await
}

pub(in crate::bot) async fn unmute_number(store: &Store, at: &Address, number: usize) -> anyhow::Result<Message> {
    let mutes = mutes(store, at).await?;
    let Some(mute) = number.checked_sub(1).and_then(|at| mutes.get(at)) else {
        return Ok(reply::no_such_mute(&number.to_string(), mutes.len()).into());
    };
    unmute(store, mute).await
}

pub(in crate::bot) async fn unmute_rule(store: &Store, at: &Address, rule: &str) -> anyhow::Result<Message> {
    // What cannot be read as a rule is compared as it is: the language may have changed since it was stored.
    let normal = parse(rule).map_or_else(|_| rule.to_owned(), |expr| expr.to_string());
    let mutes = mutes(store, at).await?;
    let same = |mute: &&Mute| mute.text.to_lowercase() == normal.to_lowercase();
    match mutes.iter().find(|mute| mute.text == normal).or_else(|| mutes.iter().find(same)) {
        Some(mute) => unmute(store, mute).await,
        None if normal == STORIES => match unmute_stories(store, at).await? {
            0 => Ok(reply::no_such_mute(&normal, mutes.len()).into()),
            count => Ok(reply::unmuted_stories(count).into()),
        },
        None => Ok(reply::no_such_mute(&normal, mutes.len()).into()),
    }
}

/// Ends what the buttons under alerts have muted; returns how many stories those were.
async fn unmute_stories(store: &Store, at: &Address) -> Result<u64, StoreError> {
    match store.find_subscriber(at).await? {
        Some(subscriber) => store.delete_story_mutes(subscriber.id).await,
        None => Ok(0),
    }
}

async fn unmute(store: &Store, mute: &Mute) -> anyhow::Result<Message> {
    store.delete_mute(mute.id).await?;
    Ok(reply::unmuted(&mute.text).into())
}

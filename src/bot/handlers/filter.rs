//! `/filter`: a subscriber's own rules.

use std::collections::BTreeMap;

use crate::bot::reply;
use crate::bot::search::{self, Depth};
use crate::model::{Address, Message, Outlet, Timestamp};
use crate::rule::{Expr, Vocabulary, parse};
use crate::store::Store;

/// The most filters of one subscriber; a list longer than that is not looked after by anyone.
const MOST_FILTERS: usize = 100;
/// Seconds back to which a test looks.
const TEST_SECS: i64 = 7 * 86_400;
/// Examples that a test shows.
const EXAMPLES: usize = 5;

pub(in crate::bot) async fn list(store: &Store, at: &Address) -> anyhow::Result<Message> {
    let (_, filters) = super::rules(store, at).await?;
    Ok(reply::filters(&filters).into())
}

pub(in crate::bot) async fn add(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    if let Err(error) = vocabulary.compile(rule) {
        return Ok(reply::rule_fault(&error).into());
    }
    let Ok(expr) = parse(rule) else { unreachable!("it was compiled just now") };
    let normal = expr.to_string();
    let subscriber = store.insert_subscriber(at, now).await?;
    let (_, filters) = super::rules(store, at).await?;
    if filters.len() >= MOST_FILTERS {
        return Ok(reply::too_many_filters(MOST_FILTERS).into());
    }
    // A filter that is just a topic is the subscription to it.
    let topic = match &expr {
        Expr::Topic(topic) => Some(topic.as_str()),
        _ => None,
    };
    let added = store.insert_rule(subscriber.id, topic, &normal, now).await?;
    Ok(match (topic.and_then(|topic| vocabulary.topic(topic)), added) {
        (Some(topic), _) => reply::topic_on(&topic.name),
        (None, Some(_)) => reply::filter_added(filters.len() + 1, &normal),
        (None, None) => reply::filter_there(&normal),
    }
    .into())
}

pub(in crate::bot) async fn remove(store: &Store, at: &Address, number: usize) -> anyhow::Result<Message> {
    let (_, filters) = super::rules(store, at).await?;
    let Some(filter) = filters.get(number - 1) else {
        return Ok(reply::no_such_filter(number, filters.len()).into());
    };
    store.delete_rule(filter.id).await?;
    Ok(reply::filter_removed(&filter.text).into())
}

pub(in crate::bot) async fn test(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    rule: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let expr = match vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    let normal = parse(rule).map(|expr| expr.to_string()).unwrap_or_default();
    let since = now.plus_secs(-TEST_SECS);
    let found = search::recent(store, outlets, &[expr], since, EXAMPLES, Depth::Count).await?;
    Ok(reply::filter_test(&normal, found.stories, &found.newest, outlets).into())
}

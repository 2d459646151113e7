//! `/search RULE`: the stories that a rule finds, as far back as they are kept.

use std::collections::BTreeMap;

use crate::bot::reply;
use crate::bot::search;
use crate::store::Store;
use ceasewire_model::{Address, Message, Outlet, Timestamp};
use ceasewire_profile::Vocabulary;

/// Stories that are shown.
const SHOWN: usize = 10;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    rule: &str,
) -> anyhow::Result<Message> {
    let expr = match vocabulary.compile(rule) {
        Ok(expr) => expr,
        Err(error) => return Ok(reply::rule_fault(&error).into()),
    };
    let subscriber = store.find_subscriber(at).await?.map(|subscriber| subscriber.id);
    let found = search::recent(store, outlets, subscriber, &[expr], Timestamp(0), SHOWN).await?;
    Ok(reply::found(rule, &found, outlets).into())
}

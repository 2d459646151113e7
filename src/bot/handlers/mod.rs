//! The commands, one a file. A handler takes just what it needs and returns what is said.

pub(super) mod filter;
pub(super) mod forget;
pub(super) mod latest;
pub(super) mod mute;
pub(super) mod pause;
pub(super) mod settings;
pub(super) mod start;
pub(super) mod subscribe;
pub(super) mod topics;
pub(super) mod unsubscribe;
pub(super) mod why;

use std::collections::BTreeSet;

use crate::model::{Address, Rule};
use crate::store::{Store, StoreError};

/// The rules at an address: subscriptions to topics, and filters in the order in which they are numbered.
async fn rules(store: &Store, at: &Address) -> Result<(BTreeSet<String>, Vec<Rule>), StoreError> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return Ok(Default::default());
    };
    let (topics, filters): (Vec<Rule>, Vec<Rule>) =
        store.list_rules(subscriber.id).await?.into_iter().partition(|rule| rule.topic.is_some());
    Ok((topics.into_iter().filter_map(|rule| rule.topic).collect(), filters))
}

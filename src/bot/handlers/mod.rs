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
use crate::rule::{Expr, Index, Vocabulary};
use crate::store::{Store, StoreError};

/// Filters of one subscriber, and mutes, for which every article is searched from end to end: nothing but a regular
/// expression.
const MOST_SEARCHES: usize = 3;

/// Whether a rule would be one more than a chat may have of those for which every article has to be searched from end to
/// end, since no word of theirs must be there.
fn is_one_search_too_many<'a>(vocabulary: &Vocabulary, others: impl Iterator<Item = &'a String>, rule: &Expr) -> bool {
    let mut index = Index::default();
    index.insert(rule, ());
    if index.unanchored() == 0 {
        return false;
    }
    others.filter_map(|text| vocabulary.compile(text).ok()).for_each(|rule| index.insert(&rule, ()));
    index.unanchored() > MOST_SEARCHES
}

/// The rules at an address: subscriptions to topics, and filters in the order in which they are numbered.
async fn rules(store: &Store, at: &Address) -> Result<(BTreeSet<String>, Vec<Rule>), StoreError> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return Ok(Default::default());
    };
    let (topics, filters): (Vec<Rule>, Vec<Rule>) =
        store.list_rules(subscriber.id).await?.into_iter().partition(|rule| rule.topic.is_some());
    Ok((topics.into_iter().filter_map(|rule| rule.topic).collect(), filters))
}

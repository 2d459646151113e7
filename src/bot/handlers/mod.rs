//! The commands, one a file. A handler takes just what it needs and returns what is said.

pub(super) mod attention;
pub(super) mod cap;
pub(super) mod digest;
pub mod feed;
pub(super) mod filter;
pub(super) mod forget;
pub(super) mod latest;
pub(super) mod meetings;
pub(super) mod mute;
pub(super) mod mute_story;
pub(super) mod pause;
pub(super) mod quiet;
pub(super) mod search;
pub(super) mod settings;
pub(super) mod start;
pub(super) mod story;
pub(super) mod subscribe;
pub(super) mod timeline;
pub(super) mod timezone;
pub(super) mod topics;
pub(super) mod unsubscribe;
pub(super) mod updates;
pub(super) mod why;

use std::collections::BTreeSet;

use ceasewire_articles::identity::host_without_www;
use url::Url;

use crate::store::{Store, StoreError};
use ceasewire_model::attention::Preferences;
use ceasewire_model::{Address, Rule};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::{Expr, Index};

/// Filters of one subscriber, and mutes, for which every article is searched from end to end: nothing but a regular
/// expression.
const MOST_SEARCHES: usize = 3;

/// Whether a rule would be one more than a chat may have of those for which every article has to be searched from end to
/// end, since no word of theirs must be there.
fn is_one_search_too_many<'a>(vocabulary: &Vocabulary, others: impl Iterator<Item = &'a String>, rule: &Expr) -> bool {
    let mut index = Index::default();
    index.insert(rule, ());
    if index.always_evaluated() == 0 {
        return false;
    }
    others.filter_map(|text| vocabulary.compile(text).ok()).for_each(|rule| index.insert(&rule, ()));
    index.always_evaluated() > MOST_SEARCHES
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

/// When the chat at an address wants to be told.
async fn preferences(store: &Store, at: &Address) -> Result<Preferences, StoreError> {
    Ok(store.find_subscriber(at).await?.map(|subscriber| subscriber.preferences).unwrap_or_default())
}

/// The web address that somebody typed, with or without its scheme.
fn web_address(typed: &str) -> Option<Url> {
    let typed = typed.trim().trim_start_matches('<').trim_end_matches('>');
    if typed.contains(char::is_whitespace) {
        return None;
    }
    let whole = if typed.contains("://") { typed.to_owned() } else { format!("https://{typed}") };
    Url::parse(&whole)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .filter(|url| url.host_str().is_some_and(|host| host.contains('.')))
}

fn host(url: &Url) -> Option<String> {
    host_without_www(url).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_known_by_what_people_copy() {
        for (typed, expected) in [
            ("https://a.example/1", Some("https://a.example/1")),
            (" <https://a.example/1> ", Some("https://a.example/1")),
            ("a.example/1", Some("https://a.example/1")),
            ("ceasefire", None),
            ("a.example and more", None),
            ("ftp://a.example/1", None),
        ] {
            assert_eq!(web_address(typed).map(|url| url.to_string()).as_deref(), expected, "{typed}");
        }
    }
}

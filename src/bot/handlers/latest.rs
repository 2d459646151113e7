//! `/latest [N | RULE]`: recent articles, one a story.

use std::collections::BTreeMap;

use crate::bot::command::{LATEST_OF_RULE, Latest};
use crate::bot::reply;
use crate::bot::search;
use crate::store::Store;
use ceasewire_model::{Address, Message, Outlet, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_rules::Expr;

/// Seconds back to which is looked: enough for a conflict that has gone quiet.
const LATEST_SECS: i64 = 30 * 86_400;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    outlets: &BTreeMap<String, Outlet>,
    at: &Address,
    what: &Latest,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let (rules, count) = match what {
        Latest::Rule(rule) => match vocabulary.compile(rule) {
            Ok(expr) => (vec![expr], LATEST_OF_RULE),
            Err(error) => return Ok(reply::rule_fault(&error).into()),
        },
        Latest::Count(count) => {
            let (topics, filters) = super::rules(store, at).await?;
            let topics = topics.iter().map(|topic| format!("topic:{topic}"));
            let own: Vec<Expr> = topics
                .chain(filters.into_iter().map(|rule| rule.text))
                .filter_map(|rule| vocabulary.compile(&rule).ok())
                .collect();
            // Who asked for nothing yet sees what there is: the conjunction of nothing.
            (if own.is_empty() { vec![Expr::All(Vec::new())] } else { own }, *count)
        }
    };
    let subscriber = store.find_subscriber(at).await?.map(|subscriber| subscriber.id);
    let newest = search::recent(store, outlets, subscriber, &rules, now.plus_secs(-LATEST_SECS), count).await?;
    Ok(reply::latest(&newest, outlets).into())
}

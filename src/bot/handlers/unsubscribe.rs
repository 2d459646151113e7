//! `/unsubscribe [topic … | all]`. Filters are left alone: they have their own command.

use crate::bot::command::Which;
use crate::bot::{keyboard, reply};
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    which: &Which,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return super::topics::handle(store, vocabulary, at, now).await;
    };
    let rules = store.list_rules(subscriber.id).await?;
    let subscribed = |topic: &str| rules.iter().any(|rule| rule.topic.as_deref() == Some(topic));
    if let Which::Topics(names) = which
        // A topic that the profile has lost can still be left.
        && let Some(unknown) = names.iter().find(|name| vocabulary.topic_called(name).is_none() && !subscribed(name))
    {
        return Ok(reply::unknown_topic(vocabulary, unknown).into());
    }
    let called =
        |name: &String| vocabulary.topic_called(name).map_or(name.as_str(), |topic| topic.id.as_str()).to_owned();
    for rule in &rules {
        let Some(topic) = &rule.topic else { continue };
        let ends = match which {
            Which::Unsaid => false,
            Which::All => true,
            Which::Topics(names) => names.iter().any(|name| called(name) == *topic),
        };
        if ends {
            store.delete_rule(rule.id).await?;
        }
    }
    let (topics, filters) = super::rules(store, at).await?;
    let mut text = reply::topics(vocabulary, &topics);
    if topics.is_empty() && !filters.is_empty() {
        text.0.extend(reply::filters_remain(filters.len()).0);
    }
    Ok(Message { text, buttons: keyboard::topics(vocabulary, &topics), ..Message::default() })
}

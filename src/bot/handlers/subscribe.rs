//! `/subscribe [topic …]`.

use crate::bot::{keyboard, reply};
use crate::store::{Store, StoreError};
use ceasewire_model::{Address, Message, SubscriberId, Timestamp};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    names: &[String],
    now: Timestamp,
) -> anyhow::Result<Message> {
    let names: Vec<String> = match names {
        [all] if all == "all" => vocabulary.topics().map(|topic| topic.id.clone()).collect(),
        names => names
            .iter()
            .map(|name| vocabulary.topic_called(name).map_or_else(|| name.clone(), |topic| topic.id.clone()))
            .collect(),
    };
    // All or nothing: a slip in the third name is mended by sending the same message again, corrected.
    if let Some(unknown) = names.iter().find(|name| vocabulary.topic(name).is_none()) {
        return Ok(reply::unknown_topic(vocabulary, unknown).into());
    }
    let subscriber = store.insert_subscriber(at, now).await?;
    for name in &names {
        subscribe(store, subscriber.id, name, now).await?;
    }
    let (topics, _) = super::rules(store, at).await?;
    Ok(Message {
        text: reply::topics(vocabulary, &topics),
        buttons: keyboard::topics(vocabulary, &topics),
        ..Message::default()
    })
}

/// Subscribes to a topic that the profile has; a second time changes nothing.
pub(super) async fn subscribe(
    store: &Store,
    subscriber: SubscriberId,
    topic: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    store.insert_rule(subscriber, Some(topic), &format!("topic:{topic}"), now).await.map(|_| ())
}

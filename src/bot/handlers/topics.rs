//! `/topics`: what there is to subscribe to, and the buttons that do so.

use crate::bot::{Answer, keyboard, reply};
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    _now: Timestamp,
) -> anyhow::Result<Message> {
    let (topics, _) = super::rules(store, at).await?;
    Ok(Message {
        text: reply::topics(vocabulary, &topics),
        buttons: keyboard::topics(vocabulary, &topics),
        ..Message::default()
    })
}

/// A topic's button was pressed: subscribes (`on`) or ends the subscription, and shows the new state in place.
pub(in crate::bot) async fn pressed(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    topic: &str,
    on: bool,
    now: Timestamp,
) -> anyhow::Result<Vec<Answer>> {
    let Some(topic) = vocabulary.topic(topic) else {
        return Ok(vec![Answer::Note(reply::topic_gone(topic).to_plain())]);
    };
    let subscriber = store.insert_subscriber(at, now).await?;
    let note = if on {
        super::subscribe::subscribe(store, subscriber.id, &topic.id, now).await?;
        reply::topic_on(&topic.name)
    } else {
        let rules = store.list_rules(subscriber.id).await?;
        for rule in rules.iter().filter(|rule| rule.topic.as_ref() == Some(&topic.id)) {
            store.delete_rule(rule.id).await?;
        }
        reply::topic_off(&topic.name)
    };
    let (topics, _) = super::rules(store, at).await?;
    let message = Message {
        text: reply::topics(vocabulary, &topics),
        buttons: keyboard::topics(vocabulary, &topics),
        ..Message::default()
    };
    Ok(vec![Answer::Edit(message), Answer::Note(note.to_plain())])
}

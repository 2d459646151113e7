//! The buttons that mute a story: under an alert or a turn, and under a message that tells of many, which asks which one.

use std::collections::HashSet;

use crate::bot::{Answer, keyboard, reply};
use crate::store::Store;
use ceasewire_model::{Address, DeliveryId, Message, Timestamp};

pub(in crate::bot) async fn pressed(
    store: &Store,
    at: &Address,
    id: DeliveryId,
    now: Timestamp,
) -> anyhow::Result<Vec<Answer>> {
    let Some(subscriber) = store.find_subscriber(at).await? else { return Ok(gone()) };
    let Some(delivery) = store.find_delivery(subscriber.id, id).await? else { return Ok(gone()) };
    let Some(article) = store.find_article(delivery.article_id).await? else { return Ok(gone()) };
    store.insert_story_mute(subscriber.id, article.story_id, now).await?;
    Ok(vec![Answer::Note(reply::story_muted().to_plain())])
}

/// Asks which of the stories to mute that were told in the message with this alert.
pub(in crate::bot) async fn ask(store: &Store, at: &Address, id: DeliveryId) -> anyhow::Result<Vec<Answer>> {
    let Some(subscriber) = store.find_subscriber(at).await? else { return Ok(gone()) };
    let (mut told, mut stories) = (Vec::new(), HashSet::new());
    for delivery in store.list_sent_together(subscriber.id, id).await? {
        let Some(article) = store.find_article(delivery.article_id).await? else { continue };
        // A story and what turned it are muted together.
        if stories.insert(article.story_id) {
            told.push((delivery.id, article));
        }
    }
    if told.is_empty() {
        return Ok(gone());
    }
    let buttons = keyboard::stories(told.iter().map(|(delivery, article)| (*delivery, article)));
    Ok(vec![Answer::Say(Message { text: reply::story_which(), buttons, ..Message::default() })])
}

fn gone() -> Vec<Answer> {
    vec![Answer::Note(reply::story_gone().to_plain())]
}

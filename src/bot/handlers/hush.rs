//! The button under an alert that mutes its story.

use crate::bot::{Answer, reply};
use crate::model::{Address, DeliveryId, Timestamp};
use crate::store::Store;

pub(in crate::bot) async fn pressed(
    store: &Store,
    at: &Address,
    id: DeliveryId,
    now: Timestamp,
) -> anyhow::Result<Vec<Answer>> {
    let gone = Ok(vec![Answer::Note(reply::story_gone().to_plain())]);
    let Some(subscriber) = store.find_subscriber(at).await? else { return gone };
    let Some(delivery) = store.find_delivery(subscriber.id, id).await? else { return gone };
    let Some(article) = store.find_article(delivery.article_id).await? else { return gone };
    store.insert_story_mute(subscriber.id, article.story_id, now).await?;
    Ok(vec![Answer::Note(reply::story_muted().to_plain())])
}

//! `/settings`: all that is set for this chat.

use crate::bot::reply;
use crate::model::{Address, Message};
use crate::rule::Vocabulary;
use crate::store::Store;

pub(in crate::bot) async fn handle(store: &Store, vocabulary: &Vocabulary, at: &Address) -> anyhow::Result<Message> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return Ok(reply::nothing_stored().into());
    };
    let (topics, filters) = super::rules(store, at).await?;
    let mutes = store.list_mutes(subscriber.id).await?;
    let names: Vec<&str> =
        vocabulary.topics().filter(|topic| topics.contains(&topic.id)).map(|topic| topic.name.as_str()).collect();
    Ok(reply::settings(&subscriber, &names, &filters, &mutes).into())
}

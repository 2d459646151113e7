//! `/settings`: all that is set for this chat.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::{Address, Message};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn handle(store: &Store, vocabulary: &Vocabulary, at: &Address) -> anyhow::Result<Message> {
    let Some(subscriber) = store.find_subscriber(at).await? else {
        return Ok(reply::nothing_stored().into());
    };
    let rules = store.list_rules(subscriber.id).await?;
    let mutes = store.list_mutes(subscriber.id).await?;
    let stories = store.count_story_mutes(subscriber.id).await?;
    Ok(reply::settings(&subscriber, vocabulary, &rules, mutes.len(), stories).into())
}

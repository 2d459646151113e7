//! `/start`: a greeting, and the topics as buttons.

use crate::bot::{keyboard, reply};
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn handle(
    store: &Store,
    vocabulary: &Vocabulary,
    conflict: &str,
    at: &Address,
    now: Timestamp,
) -> anyhow::Result<Message> {
    store.insert_subscriber(at, now).await?;
    let (topics, _) = super::rules(store, at).await?;
    Ok(Message {
        text: reply::greeting(conflict),
        buttons: keyboard::topics(vocabulary, &topics),
        ..Message::default()
    })
}

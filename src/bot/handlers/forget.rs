//! `/forget`: deletes everything about this chat, after asking.

use crate::bot::{Answer, keyboard, reply};
use crate::store::Store;
use ceasewire_model::{Address, Message};

pub(in crate::bot) async fn ask(store: &Store, at: &Address) -> anyhow::Result<Message> {
    if store.find_subscriber(at).await?.is_none() {
        return Ok(reply::nothing_stored().into());
    }
    let (topics, filters) = super::rules(store, at).await?;
    let mutes = super::mute::mutes(store, at).await?;
    Ok(Message {
        text: reply::forget_question(topics.len(), filters.len(), mutes.len()),
        buttons: keyboard::forget(),
        ..Message::default()
    })
}

/// The answer's button was pressed.
pub(in crate::bot) async fn decided(store: &Store, at: &Address, sure: bool) -> anyhow::Result<Vec<Answer>> {
    if !sure {
        return Ok(vec![Answer::Edit(reply::forget_kept().into())]);
    }
    if let Some(subscriber) = store.find_subscriber(at).await? {
        store.delete_subscriber(subscriber.id).await?;
    }
    Ok(vec![Answer::Edit(reply::forgotten().into())])
}

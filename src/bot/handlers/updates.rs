//! `/updates`: whether a story that turns makes a sound again.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};

pub(in crate::bot) async fn show(store: &Store, at: &Address) -> anyhow::Result<Message> {
    let loud = store.find_subscriber(at).await?.is_some_and(|subscriber| subscriber.loud_updates);
    Ok(reply::updates(loud).into())
}

pub(in crate::bot) async fn set(store: &Store, at: &Address, loud: bool, now: Timestamp) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_loud_updates(subscriber.id, loud).await?;
    Ok(reply::updates(loud).into())
}

//! `/quiet`: hours in which a chat is left alone.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::attention::Quiet;
use ceasewire_model::{Address, Message, Timestamp};

pub(in crate::bot) async fn show(store: &Store, at: &Address) -> anyhow::Result<Message> {
    Ok(reply::quiet(&super::preferences(store, at).await?).into())
}

pub(in crate::bot) async fn set(
    store: &Store,
    at: &Address,
    quiet: Option<Quiet>,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_quiet(subscriber.id, quiet, now).await?;
    show(store, at).await
}

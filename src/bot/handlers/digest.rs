//! `/digest`: when what is not urgent comes, together.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::attention::Digests;
use ceasewire_model::{Address, Message, Timestamp};

pub(in crate::bot) async fn show(store: &Store, at: &Address, now: Timestamp) -> anyhow::Result<Message> {
    Ok(reply::digests(&super::preferences(store, at).await?, now).into())
}

pub(in crate::bot) async fn set(
    store: &Store,
    at: &Address,
    digests: Digests,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_digests(subscriber.id, digests, now).await?;
    show(store, at, now).await
}

//! `/cap`: how many messages an hour a chat gets before alerts are told together.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};

pub(in crate::bot) async fn show(store: &Store, at: &Address) -> anyhow::Result<Message> {
    Ok(reply::cap(super::preferences(store, at).await?.hourly_cap).into())
}

pub(in crate::bot) async fn set(
    store: &Store,
    at: &Address,
    cap: Option<i64>,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_hourly_cap(subscriber.id, cap, now).await?;
    Ok(reply::cap(cap).into())
}

//! `/pause` and `/resume`.

use crate::bot::reply;
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};

pub(in crate::bot) async fn pause(store: &Store, at: &Address, now: Timestamp) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    if subscriber.paused_at.is_none() {
        store.record_subscriber_paused(subscriber.id, Some(now)).await?;
    }
    Ok(reply::paused().into())
}

pub(in crate::bot) async fn resume(store: &Store, at: &Address, now: Timestamp) -> anyhow::Result<Message> {
    let subscriber = store.insert_subscriber(at, now).await?;
    let Some(since) = subscriber.paused_at else {
        return Ok(reply::not_paused().into());
    };
    let missed = store.count_missed_stories(subscriber.id, since).await?;
    store.record_subscriber_paused(subscriber.id, None).await?;
    Ok(reply::resumed(missed).into())
}

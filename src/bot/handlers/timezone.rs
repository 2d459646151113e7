//! `/timezone`: the clock by which a chat's hours are meant.

use crate::bot::{reply, zones};
use crate::store::Store;
use ceasewire_model::{Address, Message, Timestamp};
use ceasewire_profile::Vocabulary;

pub(in crate::bot) async fn show(store: &Store, at: &Address, now: Timestamp) -> anyhow::Result<Message> {
    Ok(reply::time_zone(super::preferences(store, at).await?.time_zone.as_deref(), now).into())
}

/// Sets the zone of the place that the conflict's profile knows by what was typed, or else the one that is called so.
pub(in crate::bot) async fn set(
    store: &Store,
    vocabulary: &Vocabulary,
    at: &Address,
    typed: &str,
    now: Timestamp,
) -> anyhow::Result<Message> {
    let zone = match zones::find(vocabulary.time_zone_of(typed).unwrap_or(typed), now) {
        Ok(zone) => zone,
        Err(similar) => return Ok(reply::unknown_zone(typed, &similar).into()),
    };
    let subscriber = store.insert_subscriber(at, now).await?;
    store.record_time_zone(subscriber.id, Some(zone), now).await?;
    Ok(reply::time_zone(Some(zone), now).into())
}

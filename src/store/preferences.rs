//! The columns of `subscribers` with a chat's delivery preferences.

use sqlx::AssertSqlSafe;

use super::literals::PENDING;
use super::{Store, StoreError, Tx, execute_tx, on_tx};
use ceasewire_model::attention::{Digests, Quiet};
use ceasewire_model::{SubscriberId, Timestamp};

impl Store {
    /// Sets a chat's time zone by its IANA name; `None`: UTC.
    pub async fn record_time_zone(
        &self,
        id: SubscriberId,
        zone: Option<&str>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute_tx!(tx, "update subscribers set time_zone = $2 where id = $1", id, zone)?;
        tx.make_deferred_due(id, now).await?;
        tx.commit().await
    }

    /// Sets a chat's quiet hours; `None`: it has none.
    pub async fn record_quiet(&self, id: SubscriberId, quiet: Option<Quiet>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update subscribers
            set quiet_from = $2,
                quiet_until = $3,
                quiet_lets_urgent = $4
            where id = $1";
        let from = quiet.map(|quiet| i64::from(quiet.from));
        let until = quiet.map(|quiet| i64::from(quiet.until));
        let lets_urgent = quiet.is_none_or(|quiet| quiet.lets_urgent);
        let mut tx = self.begin().await?;
        execute_tx!(tx, sql, id, from, until, lets_urgent)?;
        tx.make_deferred_due(id, now).await?;
        tx.commit().await
    }

    /// Sets the schedule of a chat's digests. The minute of a daily digest outlasts other modes.
    pub async fn record_digests(&self, id: SubscriberId, digests: Digests, now: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update subscribers
            set digest = $2,
                digest_minute = coalesce($3, digest_minute)
            where id = $1";
        let minute = if let Digests::Daily(minute) = digests { Some(i64::from(minute)) } else { None };
        let mut tx = self.begin().await?;
        execute_tx!(tx, sql, id, digests.as_str(), minute)?;
        tx.make_deferred_due(id, now).await?;
        tx.commit().await
    }

    /// Sets how many messages an hour a chat gets before alerts are combined; `None`: no cap.
    pub async fn record_hourly_cap(
        &self,
        id: SubscriberId,
        cap: Option<i64>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        execute_tx!(tx, "update subscribers set hourly_cap = $2 where id = $1", id, cap)?;
        tx.make_deferred_due(id, now).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Makes a subscriber's deferred deliveries due, to be decided anew: their due times follow from old preferences.
    /// The deferral until now does not count towards their age.
    async fn make_deferred_due(&mut self, id: SubscriberId, now: Timestamp) -> Result<(), StoreError> {
        let sql = format!(
            "
            update deliveries
            set due_at = $2,
                queued_since = $2
            where subscriber_id = $1
                and state = {PENDING}
                and due_at > $2"
        );
        execute_tx!(self, AssertSqlSafe(sql), id, now)?;
        Ok(())
    }
}

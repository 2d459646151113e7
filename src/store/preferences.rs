//! The columns of `subscribers` that say when a chat wants to be told.

use super::{Store, StoreError, Tx, within};
use ceasewire_model::attention::{Digests, Quiet};
use ceasewire_model::{SubscriberId, Timestamp};

impl Store {
    /// Sets the time zone by whose clock a chat lives, by its IANA name; `None`: UTC.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_time_zone(&self, id: SubscriberId, zone: Option<&str>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update subscribers set time_zone = $2 where id = $1";
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query(sql).bind(id).bind(zone).execute(conn).await.map(|_| ()))?;
        tx.judge_again(id, now).await?;
        tx.commit().await
    }

    /// Sets a chat's quiet hours; `None`: it has none.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_quiet(&self, id: SubscriberId, quiet: Option<Quiet>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update subscribers set quiet_from = $2, quiet_until = $3, quiet_lets_urgent = $4 where id = $1";
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query(sql).bind(id).bind(quiet.map(|quiet| i64::from(quiet.from)))
            .bind(quiet.map(|quiet| i64::from(quiet.until))).bind(quiet.is_none_or(|quiet| quiet.lets_urgent))
            .execute(conn).await.map(|_| ()))?;
        tx.judge_again(id, now).await?;
        tx.commit().await
    }

    /// Sets when a chat's digests come.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_digests(&self, id: SubscriberId, digests: Digests, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update subscribers set digest = $2, digest_minute = coalesce($3, digest_minute) where id = $1";
        let (name, minute) = match digests {
            Digests::Off => ("off", None),
            Digests::Hourly => ("hourly", None),
            Digests::Daily(minute) => ("daily", Some(i64::from(minute))),
        };
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query(sql).bind(id).bind(name).bind(minute).execute(conn).await.map(|_| ()))?;
        tx.judge_again(id, now).await?;
        tx.commit().await
    }

    /// Sets how many messages an hour a chat gets before alerts are told together; `None`: as many as there are.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_hourly_cap(&self, id: SubscriberId, cap: Option<i64>, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update subscribers set hourly_cap = $2 where id = $1";
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query(sql).bind(id).bind(cap).execute(conn).await.map(|_| ()))?;
        tx.judge_again(id, now).await?;
        tx.commit().await
    }
}

impl Tx {
    /// Has the sender judge anew what waits for a subscriber: it waits for a time that may mean nothing any more. What
    /// was held back until now is none the older for it.
    async fn judge_again(&mut self, id: SubscriberId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "update deliveries set due_at = $2, queued_since = $2 where subscriber_id = $1 and state = 'pending' \
             and due_at > $2";
        within!(self, conn => sqlx::query(sql).bind(id).bind(now).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}

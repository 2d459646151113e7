//! The table `receivers`: which process receives a bot's updates, and which update it handled last.

use uuid::Uuid;

use super::{Store, StoreError, from_row, on};
use ceasewire_model::Timestamp;

/// What is known of the updates that were taken in hand before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receiver {
    /// Number of the last update that was taken in hand.
    pub handled: Option<i64>,
    /// When that was.
    pub handled_at: Option<Timestamp>,
}

from_row!(Receiver { handled, handled_at });

impl Store {
    /// Makes `holder` the one process that receives the updates of `account`, until `until`, or keeps it so; `None` while
    /// another process is. A lease more than `horizon` ahead was written by a clock that has since been set back. Of several
    /// nodes `now` should be what [`Store::find_time`] says.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_receiver(
        &self,
        account: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
        horizon: Timestamp,
    ) -> Result<Option<Receiver>, StoreError> {
        let sql = "insert into receivers (account, holder, lease_until) values ($1, $2, $3) on conflict (account) do update \
             set holder = excluded.holder, lease_until = excluded.lease_until where receivers.holder = excluded.holder \
             or receivers.lease_until <= $4 or receivers.lease_until > $5 returning handled, handled_at";
        Ok(on!(&self.writer, pool => sqlx::query_as(sql).bind(account).bind(holder).bind(until).bind(now).bind(horizon)
            .fetch_optional(pool).await)?)
    }

    /// Records that updates up to a number are taken in hand, so that they are not handled again after a restart; `false` when
    /// `holder` does not receive any more, and another process has or will get what was not recorded.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_updates_handled(
        &self,
        account: &str,
        holder: Uuid,
        number: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "update receivers set handled = $3, handled_at = $4 where account = $1 and holder = $2";
        let rows = on!(&self.writer, pool => sqlx::query(sql).bind(account).bind(holder).bind(number).bind(now)
            .execute(pool).await.map(|done| done.rows_affected()))?;
        Ok(rows == 1)
    }

    /// Lets another process receive at once.
    ///
    /// # Errors
    /// When the database refuses; then it can when the lease ends.
    pub async fn release_receiver(&self, account: &str, holder: Uuid) -> Result<(), StoreError> {
        let sql = "update receivers set lease_until = 0 where account = $1 and holder = $2";
        on!(&self.writer, pool => sqlx::query(sql).bind(account).bind(holder).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Gives back every lease on receiving; for a process that has the database to itself and starts after a crash.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_receivers(&self) -> Result<(), StoreError> {
        let sql = "update receivers set lease_until = 0";
        on!(&self.writer, pool => sqlx::query(sql).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}

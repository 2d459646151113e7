//! The table `senders`: which process sends for a bot, since its rate is one, and what is known of that rate.

use uuid::Uuid;

use super::{Store, StoreError, from_row, on};
use ceasewire_model::Timestamp;

/// What whoever sends has to know of those who sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaderLease {
    /// Counts the processes that have sent, one after another: as long as it is the same, nobody else did.
    pub term: i64,
    /// Nothing may be sent before.
    pub blocked_until: Timestamp,
    /// Messages in a thousand seconds that are known to be allowed.
    pub rate_accepted: Option<i64>,
    /// Messages in a thousand seconds that are known to be too many.
    pub rate_refused: Option<i64>,
}

from_row!(LeaderLease { term, blocked_until, rate_accepted, rate_refused });

impl Store {
    /// Makes `holder` the one process that sends for `account`, until `until`, or keeps it so; `None` while another process
    /// is. A lease more than `horizon` ahead was written by a clock that has since been set back. Of several nodes `now`
    /// should be what [`Store::find_time`] says.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_sender(
        &self,
        account: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
        horizon: Timestamp,
    ) -> Result<Option<LeaderLease>, StoreError> {
        let sql = "insert into senders (account, holder, lease_until) values ($1, $2, $3) on conflict (account) do update \
             set term = senders.term + case when senders.holder = excluded.holder then 0 else 1 end, holder = excluded.holder, \
             lease_until = excluded.lease_until where senders.holder = excluded.holder or senders.lease_until <= $4 \
             or senders.lease_until > $5 returning term, blocked_until, rate_accepted, rate_refused";
        Ok(on!(&self.writer, pool => sqlx::query_as(sql).bind(account).bind(holder).bind(until).bind(now).bind(horizon)
            .fetch_optional(pool).await)?)
    }

    /// Until when nothing may be sent for `account`, as whoever sends was told last.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_sender_hold(&self, account: &str) -> Result<Timestamp, StoreError> {
        let sql = "select blocked_until from senders where account = $1";
        let held: Option<Timestamp> =
            on!(&self.readers, pool => sqlx::query_scalar(sql).bind(account).fetch_optional(pool).await)?;
        Ok(held.unwrap_or_default())
    }

    /// Records that nothing may be sent before `until`, for whoever sends next. Only who sends can say so.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_sender_held(&self, account: &str, holder: Uuid, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update senders set blocked_until = $3 where account = $1 and holder = $2";
        on!(&self.writer, pool => sqlx::query(sql).bind(account).bind(holder).bind(until).execute(pool).await.map(|_| ()))?;
        Ok(())
    }

    /// Records what was learned of the rate, for whoever sends next. Only who sends can say so.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_sender_rate(
        &self,
        account: &str,
        holder: Uuid,
        good: Option<i64>,
        bad: Option<i64>,
    ) -> Result<(), StoreError> {
        let sql = "update senders set rate_accepted = $3, rate_refused = $4 where account = $1 and holder = $2";
        on!(&self.writer, pool => sqlx::query(sql).bind(account).bind(holder).bind(good).bind(bad).execute(pool).await
            .map(|_| ()))?;
        Ok(())
    }

    /// Lets another process send, from `from` on: the platform counts what was sent just before.
    ///
    /// # Errors
    /// When the database refuses; then it can when the lease ends.
    pub async fn release_sender(&self, account: &str, holder: Uuid, from: Timestamp) -> Result<(), StoreError> {
        let sql = "update senders set lease_until = 0, blocked_until = case when blocked_until > $3 then blocked_until else $3 end \
             where account = $1 and holder = $2";
        on!(&self.writer, pool => sqlx::query(sql).bind(account).bind(holder).bind(from).execute(pool).await
            .map(|_| ()))?;
        Ok(())
    }

    /// Gives back every lease on sending; for a process that has the database to itself and starts after a crash. It may send
    /// from `from` on.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_senders(&self, from: Timestamp) -> Result<(), StoreError> {
        let sql = "update senders set lease_until = 0, blocked_until = case when blocked_until > $1 then blocked_until else $1 end \
             where lease_until > 0";
        on!(&self.writer, pool => sqlx::query(sql).bind(from).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}

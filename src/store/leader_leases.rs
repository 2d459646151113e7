//! The table `leader_leases`: the leader, the one process that dispatches for a bot, and the rate that it has learned.
//! A bot has one rate limit, so that two processes must not send for it.

use uuid::Uuid;

use super::leases::{LeaseRequest, LeaseTable};
use super::{Store, StoreError, execute, from_row, on};
use ceasewire_model::Timestamp;

const LEADER_LEASES: LeaseTable = LeaseTable {
    name: "leader_leases",
    also_set: "term = leader_leases.term + case when leader_leases.holder = excluded.holder then 0 else 1 end,",
    returning: "term, blocked_until, rate_accepted, rate_refused",
};

/// The state that a new leader inherits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaderLease {
    /// Fencing number: counts the leaders. The same number means that no other process has sent since.
    pub term: i64,
    /// The platform asked for silence until then.
    pub blocked_until: Timestamp,
    /// The highest rate that the platform accepted, in messages a thousand seconds.
    pub rate_accepted: Option<i64>,
    /// The lowest rate that the platform refused.
    pub rate_refused: Option<i64>,
}

from_row!(LeaderLease { term, blocked_until, rate_accepted, rate_refused });

impl Store {
    /// Makes `holder` the leader for `account`, until `until`, or renews its lease; `None` while another process leads.
    /// A lease that ends after `horizon` was written before the clock was set back. Several nodes take `now` from
    /// [`Store::find_time`].
    pub async fn claim_leader_lease(
        &self,
        account: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
        horizon: Timestamp,
    ) -> Result<Option<LeaderLease>, StoreError> {
        self.claim_lease(LEADER_LEASES, LeaseRequest { account, holder, now, until, horizon }).await
    }

    /// Until when the platform blocks `account`, as its leader recorded it last.
    pub async fn find_leader_block(&self, account: &str) -> Result<Timestamp, StoreError> {
        let sql = "select blocked_until from leader_leases where account = $1";
        let blocked_until: Option<Timestamp> =
            on!(&self.readers, pool => sqlx::query_scalar(sql).bind(account).fetch_optional(pool).await)?;
        Ok(blocked_until.unwrap_or_default())
    }

    /// Records that the platform blocks the account until `until`, for later leaders. Only the leader can do so.
    pub async fn record_leader_block(&self, account: &str, holder: Uuid, until: Timestamp) -> Result<(), StoreError> {
        let sql = "update leader_leases set blocked_until = $3 where account = $1 and holder = $2";
        execute!(&self.writer, sql, account, holder, until)?;
        Ok(())
    }

    /// Records the learned rate for later leaders. Only the leader can do so.
    pub async fn record_learned_rate(
        &self,
        account: &str,
        holder: Uuid,
        accepted: Option<i64>,
        refused: Option<i64>,
    ) -> Result<(), StoreError> {
        let sql = "
            update leader_leases
            set rate_accepted = $3,
                rate_refused = $4
            where account = $1
                and holder = $2";
        execute!(&self.writer, sql, account, holder, accepted, refused)?;
        Ok(())
    }

    /// Releases the lease. The next leader may send from `from` on: the platform still counts the last messages.
    ///
    /// # Errors
    /// When the database refuses; then another process can lead when the lease ends.
    pub async fn release_leader_lease(&self, account: &str, holder: Uuid, from: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update leader_leases
            set lease_until = 0,
                blocked_until = case when blocked_until > $3 then blocked_until else $3 end
            where account = $1
                and holder = $2";
        execute!(&self.writer, sql, account, holder, from)?;
        Ok(())
    }

    /// Releases every leader's lease, for the only process of a database that starts after a crash. It may send from
    /// `from` on.
    pub async fn release_leader_leases(&self, from: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update leader_leases
            set lease_until = 0,
                blocked_until = case when blocked_until > $1 then blocked_until else $1 end
            where lease_until > 0";
        execute!(&self.writer, sql, from)?;
        Ok(())
    }
}

//! The table `receiver_leases`: the process that receives a bot's updates, and the last handled update.

use uuid::Uuid;

use super::leases::{LeaseRequest, LeaseTable};
use super::{Store, StoreError, execute, from_row, on};
use ceasewire_model::Timestamp;

const RECEIVER_LEASES: LeaseTable =
    LeaseTable { name: "receiver_leases", also_set: "", returning: "handled, handled_at" };

/// The state that a new receiver inherits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReceiverLease {
    /// Number of the last handled update.
    pub handled: Option<i64>,
    /// Time of its handling.
    pub handled_at: Option<Timestamp>,
}

from_row!(ReceiverLease { handled, handled_at });

impl Store {
    /// Makes `holder` the one process that receives the updates of `account`, until `until`, or renews its lease;
    /// `None` while another process holds it. A lease that ends after `horizon` was written before the clock was set
    /// back. Several nodes take `now` from [`Store::find_time`].
    pub async fn claim_receiver_lease(
        &self,
        account: &str,
        holder: Uuid,
        now: Timestamp,
        until: Timestamp,
        horizon: Timestamp,
    ) -> Result<Option<ReceiverLease>, StoreError> {
        self.claim_lease(RECEIVER_LEASES, LeaseRequest { account, holder, now, until, horizon }).await
    }

    /// Records that updates up to `number` are handled, so that a restart does not handle them again; `false` when
    /// `holder` lost the lease, and its successor gets the other updates.
    pub async fn record_updates_handled(
        &self,
        account: &str,
        holder: Uuid,
        number: i64,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let sql = "
            update receiver_leases
            set handled = $3,
                handled_at = $4
            where account = $1
                and holder = $2";
        let rows = execute!(&self.writer, sql, account, holder, number, now)?;
        Ok(rows == 1)
    }

    /// Releases the lease, so that another process can receive at once.
    ///
    /// # Errors
    /// When the database refuses; then another process can receive when the lease ends.
    pub async fn release_receiver_lease(&self, account: &str, holder: Uuid) -> Result<(), StoreError> {
        let sql = "update receiver_leases set lease_until = 0 where account = $1 and holder = $2";
        execute!(&self.writer, sql, account, holder)?;
        Ok(())
    }

    /// Releases every lease on receiving, for the only process of a database that starts after a crash.
    pub async fn release_receiver_leases(&self) -> Result<(), StoreError> {
        execute!(&self.writer, "update receiver_leases set lease_until = 0")?;
        Ok(())
    }
}

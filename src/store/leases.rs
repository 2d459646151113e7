//! Leases on a bot's account: one row an account, with a holder and an end. `leader_leases` and
//! `receiver_leases` are such tables.
//!
//! Feeds and deliveries have leases too, but many rows are claimed at once there, and by their due times.

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, FromRow};
use uuid::Uuid;

use super::{Store, StoreError, on};
use ceasewire_model::Timestamp;

/// A request for the lease on an account.
#[derive(Clone, Copy, Debug)]
pub(super) struct LeaseRequest<'a> {
    pub(super) account: &'a str,
    pub(super) holder: Uuid,
    pub(super) now: Timestamp,
    /// End of the lease.
    pub(super) until: Timestamp,
    /// A lease that ends later was written before the clock was set back, and counts as ended.
    pub(super) horizon: Timestamp,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct LeaseTable {
    pub(super) name: &'static str,
    /// Columns that a claim sets beside the holder and the end, as assignments with a comma after each.
    pub(super) also_set: &'static str,
    /// Columns that a claim returns.
    pub(super) returning: &'static str,
}

impl Store {
    /// Claims or renews a lease; `None` while another process holds it.
    pub(super) async fn claim_lease<L>(
        &self,
        table: LeaseTable,
        request: LeaseRequest<'_>,
    ) -> Result<Option<L>, StoreError>
    where
        L: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let LeaseTable { name, also_set, returning } = table;
        let LeaseRequest { account, holder, now, until, horizon } = request;
        let sql = format!(
            "
            insert into {name} (account, holder, lease_until)
            values ($1, $2, $3)
            on conflict (account) do update
            set {also_set}
                holder = excluded.holder,
                lease_until = excluded.lease_until
            where {name}.holder = excluded.holder
                or {name}.lease_until <= $4
                or {name}.lease_until > $5
            returning {returning}"
        );
        Ok(on!(&self.writer, pool => {
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(account).bind(holder).bind(until);
            query.bind(now).bind(horizon).fetch_optional(pool).await
        })?)
    }
}

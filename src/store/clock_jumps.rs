//! Waits of several tables, computed by a clock ahead of now and shifted at a start after the clock was set back. A
//! running dispatcher and a running poller follow the clock themselves.

use super::{Store, StoreError, execute, on};
use ceasewire_model::clock::is_ahead;
use ceasewire_model::{Platform, Timestamp};

impl Store {
    /// Milliseconds by which the clock was set back since the last poll; `None` where the store shows no such jump.
    pub async fn find_clock_lead(&self, now: Timestamp) -> Result<Option<i64>, StoreError> {
        let sql = "select max(scheduled_at) from feeds where active";
        let last: Option<Timestamp> = on!(&self.readers, pool => sqlx::query_scalar(sql).fetch_one(pool).await)?;
        Ok(last.filter(|&last| is_ahead(last, now)).map(|last| last.0.saturating_sub(now.0)))
    }

    /// Shifts the waits of bots, chats and deliveries by `by_ms` milliseconds.
    pub async fn shift_all_waits(&self, by_ms: i64, now: Timestamp) -> Result<(), StoreError> {
        let sql = "
            update leader_leases
            set blocked_until = blocked_until - $1
            where blocked_until > $2";
        execute!(&self.writer, sql, by_ms, now)?;
        for platform in Platform::ALL {
            self.shift_waits(platform, by_ms, now).await?;
        }
        Ok(())
    }
}

//! The table `retention_clock`: the times that retention judges the clock by, in one row.

use super::{Store, StoreError, execute, on};
use ceasewire_model::Timestamp;
use ceasewire_model::clock::RetentionClock;

impl Store {
    /// The clock that retention trusted last; in a store without one, a clock at the newest article's time.
    pub async fn find_retention_clock(&self, now: Timestamp) -> Result<RetentionClock, StoreError> {
        let sql = "select trusted_at, ahead_from, ahead_until from retention_clock where id = 1";
        let row: Option<(Timestamp, Option<Timestamp>, Option<Timestamp>)> =
            on!(&self.readers, pool => sqlx::query_as(sql).fetch_optional(pool).await)?;
        if let Some((trusted_at, from, until)) = row {
            return Ok(RetentionClock { trusted_at, ahead: from.zip(until) });
        }
        let newest = "select max(seen_at) from articles";
        let newest: Option<Timestamp> = on!(&self.readers, pool => sqlx::query_scalar(newest).fetch_one(pool).await)?;
        Ok(RetentionClock::new(newest.unwrap_or(now).min(now)))
    }

    /// Stores the clock that retention trusts.
    pub async fn save_retention_clock(&self, clock: &RetentionClock) -> Result<(), StoreError> {
        let sql = "
            insert into retention_clock (id, trusted_at, ahead_from, ahead_until)
            values (1, $1, $2, $3)
            on conflict (id) do update
            set trusted_at = excluded.trusted_at,
                ahead_from = excluded.ahead_from,
                ahead_until = excluded.ahead_until";
        let (from, until) = clock.ahead.unzip();
        execute!(&self.writer, sql, clock.trusted_at, from, until)?;
        Ok(())
    }
}

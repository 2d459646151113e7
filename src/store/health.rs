//! The store's part in the program's health: whether it can be written, and when feeds were polled.

use super::{Store, StoreError, execute, from_row, on};
use ceasewire_model::{FeedId, Timestamp};

/// The times of the polled feeds, as the clock at hand has them: times after it were written by another clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollTimes {
    /// The number of polled feeds.
    pub feeds: i64,
    /// The last poll that succeeded.
    pub last_success_at: Option<Timestamp>,
    /// The next poll of a feed whose last poll succeeded.
    pub next_poll_at: Option<Timestamp>,
}

from_row!(PollTimes { feeds, last_success_at, next_poll_at });

/// Seconds that the clock of another node may be ahead.
const CLOCK_SKEW_SECS: i64 = 60;

impl Store {
    /// Finds the times of the polled feeds.
    pub async fn find_poll_times(&self, now: Timestamp) -> Result<PollTimes, StoreError> {
        let sql = "
            select
                count(*) as feeds,
                max(case when last_success_at <= $1 then last_success_at end) as last_success_at,
                min(case when failures = 0 and last_success_at <= $1 then next_poll_at end) as next_poll_at
            from feeds
            where active";
        let latest = now.plus_secs(CLOCK_SKEW_SECS);
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).bind(latest).fetch_one(pool).await)?)
    }

    /// Writes the time into the store, to learn whether it can be written.
    pub async fn record_health_check(&self, now: Timestamp) -> Result<(), StoreError> {
        let sql = "
            insert into revisions (name, value)
            values ('health', $1)
            on conflict (name) do update set value = excluded.value";
        execute!(&self.writer, sql, now)?;
        Ok(())
    }

    /// Finds the time of the last health check; `None` before the first one.
    pub async fn find_health_check(&self) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select value from revisions where name = 'health'";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).fetch_optional(pool).await)?)
    }

    /// Counts the articles of a feed seen since `since`, and the bytes of their texts.
    pub async fn count_feed_articles(&self, feed: FeedId, since: Timestamp) -> Result<(u64, u64), StoreError> {
        // Both databases know the bytes of a long text without reading it.
        let sql = "
            select count(*), cast(coalesce(sum(octet_length(text)), 0) as bigint)
            from articles
            where feed_id = $1
                and seen_at > $2";
        let (count, bytes): (i64, i64) =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(feed).bind(since).fetch_one(pool).await)?;
        Ok((count.max(0) as u64, bytes.max(0) as u64))
    }
}

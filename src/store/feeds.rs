//! The table `feeds`: what is polled, when it is due, and what the last fetch left behind.

use super::{Store, StoreError, from_row, on, within};
use crate::model::{Feed, FeedId, FeedSource, Timestamp};

from_row!(Feed {
    id,
    url,
    outlet,
    language,
    interval_secs,
    etag,
    last_modified,
    body_hash,
    failures,
    seeded_at,
    last_success_at,
    next_poll_at,
    last_error,
});

/// What a poll came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollOutcome {
    /// The feed has nothing new.
    Unchanged,
    /// A body was taken in whole.
    Taken {
        /// `ETag` of the answer.
        etag: Option<String>,
        /// `Last-Modified` of the answer.
        last_modified: Option<String>,
        /// SHA-256 of the body.
        body_hash: Vec<u8>,
    },
    /// The poll failed, with these words for the operator.
    Failed(String),
    /// The poll was broken off because the program stops.
    Interrupted,
}

impl Store {
    /// Makes the polled feeds those of `sources`: new ones are due at once, known ones keep their state, and those
    /// that are not named any more rest until they are named again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sync_feeds(&self, sources: &[FeedSource], now: Timestamp) -> Result<(), StoreError> {
        let upsert = "insert into feeds (id, url, outlet, language, interval_secs, active, failures, next_poll_at, \
             lease_until, created_at) values ($1, $2, $3, $4, $5, $6, 0, $7, 0, $7) \
             on conflict (url) do update set outlet = excluded.outlet, language = excluded.language, \
             interval_secs = excluded.interval_secs, active = excluded.active";
        let mut tx = self.begin().await?;
        within!(tx, conn => sqlx::query("update feeds set active = $1").bind(false).execute(conn).await.map(|_| ()))?;
        for source in sources {
            let interval = source.interval_secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX));
            within!(tx, conn => sqlx::query(upsert).bind(FeedId::new()).bind(&source.url).bind(&source.outlet)
                .bind(&source.language).bind(interval).bind(true).bind(now).execute(conn).await.map(|_| ()))?;
        }
        tx.commit().await
    }

    /// The feeds that are polled, by address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let sql = "select * from feeds where active order by url";
        Ok(on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?)
    }

    /// Claims up to `limit` due feeds until `lease_until`, the longest due first.
    ///
    /// A lease or a due time too far ahead (more than `horizon_secs`) was written by a clock that has since been set
    /// back, and counts as past.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_feeds(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        horizon_secs: i64,
        limit: i64,
    ) -> Result<Vec<Feed>, StoreError> {
        // The lease stands in the outer condition too: two nodes that read the same rows must not both get them.
        const SQLITE: &str = "update feeds set lease_until = $2 where id in (select id from feeds where active \
             and (next_poll_at <= $1 or next_poll_at > $3) and (lease_until <= $1 or lease_until > $3) \
             order by next_poll_at limit $4) and (lease_until <= $1 or lease_until > $3) returning *";
        const POSTGRES: &str = "update feeds set lease_until = $2 where id in (select id from feeds where active \
             and (next_poll_at <= $1 or next_poll_at > $3) and (lease_until <= $1 or lease_until > $3) \
             order by next_poll_at limit $4 for update skip locked) and (lease_until <= $1 or lease_until > $3) returning *";
        let horizon = now.plus_secs(horizon_secs);
        let sql = if self.is_shared() { POSTGRES } else { SQLITE };
        Ok(on!(&self.writer, pool => sqlx::query_as(sql).bind(now).bind(lease_until).bind(horizon).bind(limit)
            .fetch_all(pool).await)?)
    }

    /// Records what a poll came to, when the feed is due again, and gives the lease back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_feed_polled(
        &self,
        id: FeedId,
        outcome: &PollOutcome,
        now: Timestamp,
        next_poll_at: Timestamp,
    ) -> Result<(), StoreError> {
        const UNCHANGED: &str = "update feeds set next_poll_at = $2, lease_until = 0, failures = 0, last_error = null, \
             last_success_at = $3 where id = $1";
        const TAKEN: &str = "update feeds set next_poll_at = $2, lease_until = 0, failures = 0, last_error = null, \
             last_success_at = $3, seeded_at = coalesce(seeded_at, $3), etag = $4, last_modified = $5, body_hash = $6 \
             where id = $1";
        const INTERRUPTED: &str = "update feeds set lease_until = 0 where id = $1";
        const FAILED: &str = "update feeds set next_poll_at = $2, lease_until = 0, failures = failures + 1, \
             last_error = $3 where id = $1";
        on!(&self.writer, pool => match outcome {
            PollOutcome::Unchanged => sqlx::query(UNCHANGED).bind(id).bind(next_poll_at).bind(now).execute(pool).await
                .map(|_| ()),
            PollOutcome::Taken { etag, last_modified, body_hash } => sqlx::query(TAKEN).bind(id).bind(next_poll_at)
                .bind(now).bind(etag).bind(last_modified).bind(body_hash).execute(pool).await.map(|_| ()),
            PollOutcome::Interrupted => sqlx::query(INTERRUPTED).bind(id).execute(pool).await.map(|_| ()),
            PollOutcome::Failed(error) => sqlx::query(FAILED).bind(id).bind(next_poll_at).bind(error).execute(pool)
                .await.map(|_| ()),
        })?;
        Ok(())
    }

    /// Gives back every lease on feeds; for a process that has the database to itself and starts after a crash.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn release_feeds(&self) -> Result<(), StoreError> {
        let sql = "update feeds set lease_until = 0 where lease_until <> 0";
        on!(&self.writer, pool => sqlx::query(sql).execute(pool).await.map(|_| ()))?;
        Ok(())
    }
}

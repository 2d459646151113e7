//! The marks of polls in hand in the table `feeds`, and the polls that a dead process left unfinished. A lease marks a
//! poll from its beginning, `reading_since` the reading of a body or all of a suspect's poll, `page_in_hand` a page.

use sqlx::AssertSqlSafe;

use super::feeds::{FeedRow, LONGEST_LEASE_SECS};
use super::{Store, StoreError, execute, execute_tx, models, on, on_tx, parameters};
use ceasewire_model::{Feed, FeedId, Timestamp, clock};

/// A poll that a process did not finish, and its consequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnfinishedPoll {
    pub id: FeedId,
    /// The deaths that the feed is to blame for, and the time of its next poll; `None` for an innocent feed.
    pub blamed: Option<(i64, Timestamp)>,
}

/// The polls whose process is dead: their leases have ended, or a clock that ran ahead has written them.
const ENDED: &str = "
    (reading_since is not null or lease_until > 0)
        and (lease_until <= $1 or lease_until > $2)";

impl Store {
    /// Marks that this process polls feeds from now on; the record of the poll clears the mark. On PostgreSQL the claim
    /// has done so.
    pub async fn mark_polled(&self, feeds: &[FeedId], lease_until: Timestamp) -> Result<(), StoreError> {
        if self.is_shared() || feeds.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        for chunk in feeds.chunks(super::ROWS_A_STATEMENT) {
            let sql = format!("update feeds set lease_until = $1 where id in {}", parameters(2, 1, chunk.len()));
            on_tx!(tx, conn => {
                let query = sqlx::query(AssertSqlSafe(sql)).bind(lease_until);
                chunk.iter().fold(query, |query, id| query.bind(*id)).execute(conn).await.map(|_| ())
            })?;
        }
        tx.commit().await
    }

    /// Marks that this process reads a body of the feed; the record of the poll clears the mark.
    pub async fn mark_reading(&self, id: FeedId, now: Timestamp) -> Result<(), StoreError> {
        execute!(&self.writer, "update feeds set reading_since = $2 where id = $1", id, now)?;
        Ok(())
    }

    /// Marks that this process reads a page of an article for the feed; `None` once it reads no more.
    pub async fn mark_page(&self, id: FeedId, page: Option<&str>) -> Result<(), StoreError> {
        execute!(&self.writer, "update feeds set page_in_hand = $2 where id = $1", id, page)?;
        Ok(())
    }

    /// Ends the leases of all polls, for the only process of a database that starts: their process is dead.
    pub async fn end_poll_leases(&self) -> Result<(), StoreError> {
        execute!(&self.writer, "update feeds set lease_until = 1 where lease_until > 0")?;
        Ok(())
    }

    /// The feeds that a process was polling when its lease ended; the caller knows its own.
    pub async fn list_unfinished_polls(&self, now: Timestamp) -> Result<Vec<Feed>, StoreError> {
        let latest_lease = clock::horizon(now, LONGEST_LEASE_SECS);
        let sql = format!("select * from feeds where {ENDED} order by id");
        let rows: Vec<FeedRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(latest_lease).fetch_all(pool).await
        })?;
        Ok(models(rows))
    }

    /// Clears the marks of unfinished polls, and sets blamed feeds aside with the pages in hand. Another node
    /// may have done so meanwhile.
    pub async fn record_unfinished_polls(&self, polls: &[UnfinishedPoll], now: Timestamp) -> Result<(), StoreError> {
        let clear = format!(
            "
            update feeds
            set reading_since = null,
                page_in_hand = null,
                lease_until = 0
            where id = $3
                and {ENDED}"
        );
        let set_aside = format!(
            "
            update feeds
            set reading_since = null,
                page_set_aside = coalesce(page_in_hand, page_set_aside),
                page_in_hand = null,
                crashes = $4,
                crashed_at = $1,
                next_poll_at = $5,
                scheduled_at = $1,
                lease_until = 0
            where id = $3
                and {ENDED}"
        );
        let latest_lease = clock::horizon(now, LONGEST_LEASE_SECS);
        let mut tx = self.begin().await?;
        for poll in polls {
            match poll.blamed {
                None => execute_tx!(tx, AssertSqlSafe(clear.clone()), now, latest_lease, poll.id)?,
                Some((deaths, next)) => {
                    execute_tx!(tx, AssertSqlSafe(set_aside.clone()), now, latest_lease, poll.id, deaths, next)?
                }
            };
        }
        tx.commit().await
    }
}

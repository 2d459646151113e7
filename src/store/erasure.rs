//! Erasure: deletes the feeds of chats that no chat lists any more, with their articles, and takes the last copies of
//! deleted rows from a SQLite store's files.
//!
//! Deleted rows become zeros in the database file (`pragma secure_delete`). The write-ahead log still has their pages,
//! until it is copied into the database file and cut off.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::AssertSqlSafe;
use sqlx::{ConnectOptions, Connection};
use tokio::sync::Mutex;

use super::literals::{CHAT_FEED, PARKED, PENDING};
use super::stories::{of_story, readable_by};
use super::{Store, StoreError, Tx, execute_tx, on, on_tx, parameters, sqlite_options};
use ceasewire_model::{ArticleId, FeedId, Timestamp};

/// Articles of one transaction: their texts may have megabytes, all of them overwritten with zeros.
const ARTICLES_A_STEP: i64 = 20;
/// Steps of one call. Retention takes the remaining ones, so that no answer waits for minutes.
const STEPS_A_CALL: usize = 100;
/// Attempts to cut the log off, which fail while a reader uses it, and the pause between two.
const ATTEMPTS: usize = 20;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);
/// How long one attempt waits for readers. Writers wait as long.
const READERS_WITHIN: Duration = Duration::from_millis(100);

/// Counts the deletions whose pages the log may have, and those that a truncation of the log has followed.
#[derive(Debug, Default)]
pub(super) struct LogTruncation {
    wanted: AtomicU64,
    done: Mutex<u64>,
}

impl Store {
    /// Deletes feeds of chats that no chat lists, and truncates the log.
    pub(super) async fn erase_unlisted_feeds(&self) -> Result<(), StoreError> {
        self.truncation.wanted.fetch_add(1, Ordering::AcqRel);
        for _ in 0..STEPS_A_CALL {
            if self.delete_unlisted_feed().await? == 0 {
                break;
            }
        }
        self.truncate_log().await
    }

    /// Deletes up to twenty articles of one feed of chats that no chat lists, or the feed itself after its last
    /// article. Returns the number of deleted rows; 0: no such feed remains.
    pub async fn delete_unlisted_feed(&self) -> Result<u64, StoreError> {
        const UNLISTED: &str = "not exists (select 1 from chat_feeds c where c.feed_id = f.id)";
        let find = format!("select f.id from feeds f where f.origin = {CHAT_FEED} and {UNLISTED} limit 1");
        let feed: Option<FeedId> =
            on!(&self.readers, pool => sqlx::query_scalar(AssertSqlSafe(find)).fetch_optional(pool).await)?;
        let Some(feed) = feed else { return Ok(0) };
        let mut tx = self.begin().await?;
        // A chat may have added the feed meanwhile.
        let lock = if tx.is_postgres() { "for update" } else { "" };
        let lock = format!("select f.id from feeds f where f.id = $1 and f.origin = {CHAT_FEED} and {UNLISTED} {lock}");
        let still: Option<FeedId> =
            on_tx!(tx, conn => sqlx::query_scalar(AssertSqlSafe(lock)).bind(feed).fetch_optional(conn).await)?;
        if still.is_none() {
            return Ok(0);
        }
        let list = "select id from articles where feed_id = $1 limit $2";
        let articles: Vec<ArticleId> = on_tx!(tx, conn => {
            sqlx::query_scalar(list).bind(feed).bind(ARTICLES_A_STEP).fetch_all(conn).await
        })?;
        let rows = if articles.is_empty() {
            // The boilerplate of a chat's feed is filed under the feed's id.
            execute_tx!(tx, "delete from outlet_lines where outlet = $1", feed.to_string())?;
            execute_tx!(tx, "delete from feeds where id = $1", feed)?
        } else {
            tx.delete_articles(&articles).await?
        };
        tx.commit().await?;
        self.truncation.wanted.fetch_add(1, Ordering::AcqRel);
        Ok(rows)
    }

    /// Deletes up to twenty articles of chats' feeds seen before `before`, except articles with an unsent
    /// delivery, and returns their number.
    pub async fn delete_expired_chat_articles(&self, before: Timestamp) -> Result<u64, StoreError> {
        let list = format!(
            "
            select a.id
            from feeds f
            join articles a on a.feed_id = f.id
            where f.origin = {CHAT_FEED}
                and a.seen_at < $1
                and not exists (
                    select 1
                    from deliveries d
                    where d.article_id = a.id and d.state in ({PENDING}, {PARKED})
                )
            limit $2"
        );
        let articles: Vec<ArticleId> = on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(list)).bind(before).bind(ARTICLES_A_STEP).fetch_all(pool).await
        })?;
        if articles.is_empty() {
            return Ok(0);
        }
        let mut tx = self.begin().await?;
        let rows = tx.delete_articles(&articles).await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Copies the log of a SQLite store into its database file and cuts it off, if a deletion has asked for it since
    /// the last time. Where readers keep the log for some seconds, a later call does it.
    pub async fn truncate_log(&self) -> Result<(), StoreError> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut done = self.truncation.done.lock().await;
        let wanted = self.truncation.wanted.load(Ordering::Acquire);
        if *done >= wanted {
            return Ok(());
        }
        // A connection of its own: the writer's waits longer, and all writers would wait behind it.
        let mut connection = sqlite_options(&file.path).busy_timeout(READERS_WITHIN).connect().await?;
        for attempt in 1..=ATTEMPTS {
            let (busy, _, _): (i64, i64, i64) =
                sqlx::query_as("pragma wal_checkpoint(truncate)").fetch_one(&mut connection).await?;
            if busy == 0 {
                *done = wanted;
                break;
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(BETWEEN_ATTEMPTS).await;
            }
        }
        connection.close().await?;
        Ok(())
    }
}

impl Tx {
    /// Deletes articles with their keys, changes and matches. A sent delivery of one moves to another article of its
    /// story that its subscriber may read, since a story alerts once; without such an article it goes too, as do
    /// unsent ones.
    async fn delete_articles(&mut self, articles: &[ArticleId]) -> Result<u64, StoreError> {
        let articles = &self.lock_articles(articles).await?;
        if articles.is_empty() {
            return Ok(0);
        }
        let ids = parameters(1, 1, articles.len());
        let other = format!(
            "
            select a.id
            from articles a
            join feeds f on f.id = a.feed_id
            where {}
                and a.id not in {ids}
                and {}
            order by a.seen_at, a.id
            limit 1",
            of_story("deliveries.story_id"),
            readable_by("deliveries.subscriber_id")
        );
        let statements = [
            format!("delete from deliveries where article_id in {ids} and state in ({PENDING}, {PARKED})"),
            format!("update deliveries set article_id = coalesce(({other}), article_id) where article_id in {ids}"),
            format!("delete from deliveries where article_id in {ids}"),
            format!("delete from article_meetings where article_id in {ids}"),
            format!(
                "
                update meetings
                set article_id = coalesce((
                    select m.article_id
                    from article_meetings m
                    where m.meeting_id = meetings.id
                    order by m.article_id
                    limit 1
                ), article_id)
                where article_id in {ids}"
            ),
            format!("delete from meetings where article_id in {ids}"),
            format!("delete from articles where id in {ids}"),
        ];
        let mut deleted = 0;
        for sql in statements {
            deleted = on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for id in articles {
                    query = query.bind(id);
                }
                query.execute(conn).await.map(|done| done.rows_affected())
            })?;
        }
        Ok(deleted)
    }

    /// Locks articles on PostgreSQL, and returns those that no other node is deleting: two nodes could wait for each
    /// other in a ring.
    async fn lock_articles(&mut self, articles: &[ArticleId]) -> Result<Vec<ArticleId>, StoreError> {
        if !self.is_postgres() {
            return Ok(articles.to_vec());
        }
        let ids = parameters(1, 1, articles.len());
        let sql = format!("select id from articles where id in {ids} order by id for update skip locked");
        Ok(on_tx!(self, conn => {
            let mut query = sqlx::query_scalar(AssertSqlSafe(sql));
            for id in articles {
                query = query.bind(id);
            }
            query.fetch_all(conn).await
        })?)
    }
}

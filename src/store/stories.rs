//! The tables `stories` and `story_keys`: stories, and the fingerprints by which an article finds those it may belong to.

use sqlx::AssertSqlSafe;

use super::{Store, StoreError, Tx, from_row, on, parameters, within};
use crate::model::{ArticleId, FeedId, StoryCandidate, StoryId, Timestamp};

from_row!(StoryCandidate { story_id, outlet, title, text, seen_at });

impl Store {
    /// The articles seen since `since` that share a fingerprint with `keys`, oldest first, at most `limit`. Those of feeds
    /// that chats have added count for their own feed, and for one article of a `public` feed: that one is their story too,
    /// but what a stranger publishes must not join two stories of others.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_candidates(
        &self,
        feed: FeedId,
        public: bool,
        keys: &[i64],
        since: Timestamp,
        limit: i64,
    ) -> Result<Vec<StoryCandidate>, StoreError> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select a.story_id, a.outlet, a.title, a.text, a.seen_at from articles a join feeds f on f.id = a.feed_id \
             where (f.origin <> 'chat' or f.id = $3 or ($4 and not exists (select 1 from articles o \
             join feeds g on g.id = o.feed_id where o.story_id = a.story_id and g.origin <> 'chat'))) and a.id in (select k.article_id from story_keys k \
             where k.seen_at >= $1 and k.key in {}) order by a.seen_at, a.id limit $2",
            parameters(5, 1, keys.len())
        );
        Ok(on!(&self.readers, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(since).bind(limit).bind(feed).bind(public);
            for key in keys {
                query = query.bind(key);
            }
            query.fetch_all(pool).await
        })?)
    }
}

impl Store {
    /// How many stories there are.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_stories(&self) -> Result<i64, StoreError> {
        Ok(on!(&self.readers, pool => sqlx::query_scalar("select count(*) from stories").fetch_one(pool).await)?)
    }
}

impl Tx {
    /// Inserts a story.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_story(&mut self, id: StoryId, now: Timestamp) -> Result<(), StoreError> {
        let sql = "insert into stories (id, created_at) values ($1, $2)";
        within!(self, conn => sqlx::query(sql).bind(id).bind(now).execute(conn).await.map(|_| ()))?;
        Ok(())
    }

    /// Inserts the fingerprints of an article.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_story_keys(&mut self, id: ArticleId, keys: &[i64], now: Timestamp) -> Result<(), StoreError> {
        if keys.is_empty() {
            return Ok(());
        }
        let sql = format!(
            "insert into story_keys (key, article_id, seen_at) values {} on conflict do nothing",
            parameters(1, keys.len(), 3)
        );
        within!(self, conn => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for key in keys {
                query = query.bind(key).bind(id).bind(now);
            }
            query.execute(conn).await.map(|_| ())
        })?;
        Ok(())
    }
}

//! The tables `articles` and `article_keys`: what was read, and the keys by which it is recognised when it comes again.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, parameters, within};
use crate::model::{Article, ArticleId, FeedId, StoryId, Timestamp};

/// An article on its way into the store.
#[derive(Clone, Debug)]
pub struct NewArticle {
    /// The article; its story must be in the store.
    pub article: Article,
    /// The feed that it came from.
    pub feed_id: FeedId,
    /// The keys by which its entry is recognised.
    pub keys: Vec<[u8; 16]>,
    /// Whether it is matched and may alert; what a feed's first fetch brings is stored silently.
    pub alerting: bool,
}

struct Row {
    id: ArticleId,
    story_id: StoryId,
    outlet: String,
    title: String,
    text: String,
    url: Option<String>,
    language: Option<String>,
    topics: String,
    published_at: Option<Timestamp>,
    seen_at: Timestamp,
}

from_row!(Row { id, story_id, outlet, title, text, url, language, topics, published_at, seen_at });

impl From<Row> for Article {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            story_id: row.story_id,
            outlet: row.outlet,
            title: row.title,
            text: row.text,
            url: row.url,
            language: row.language,
            topics: row.topics.split_whitespace().map(str::to_owned).collect(),
            published_at: row.published_at,
            seen_at: row.seen_at,
        }
    }
}

impl Store {
    /// The articles that any of `keys` already stands for.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_article_keys(&self, keys: &[[u8; 16]]) -> Result<HashMap<[u8; 16], ArticleId>, StoreError> {
        let mut found = HashMap::new();
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let sql =
                format!("select key, article_id from article_keys where key in {}", parameters(1, 1, chunk.len()));
            let rows: Vec<(Vec<u8>, ArticleId)> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for key in chunk {
                    query = query.bind(key.as_slice());
                }
                query.fetch_all(pool).await
            })?;
            found.extend(rows.into_iter().filter_map(|(key, id)| Some((key.try_into().ok()?, id))));
        }
        Ok(found)
    }

    /// Lets further keys stand for an article that is in the store; a key that already stands for one is left alone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_article_keys(&self, id: ArticleId, keys: &[[u8; 16]]) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.insert_keys(id, keys).await?;
        tx.commit().await
    }

    /// The article with this id.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_article(&self, id: ArticleId) -> Result<Option<Article>, StoreError> {
        let sql = "select * from articles where id = $1";
        let row: Option<Row> = on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(row.map(Article::from))
    }

    /// Whether an article was matched when it came; `false` for one that was stored silently.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn is_article_alerting(&self, id: ArticleId) -> Result<bool, StoreError> {
        let sql = "select alerting from articles where id = $1";
        let alerting: Option<bool> =
            on!(&self.readers, pool => sqlx::query_scalar(sql).bind(id).fetch_optional(pool).await)?;
        Ok(alerting.unwrap_or(false))
    }

    /// Up to `limit` articles seen since `since`, newest first, going on after the article `after` of an earlier page.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_recent_articles(
        &self,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        let rows: Vec<Row> = if let Some((seen_at, id)) = after {
            let sql = "select * from articles where seen_at >= $1 and (seen_at < $2 or (seen_at = $2 and id < $3)) \
                 order by seen_at desc, id desc limit $4";
            on!(&self.readers, pool => sqlx::query_as(sql).bind(since).bind(seen_at).bind(id).bind(limit)
                .fetch_all(pool).await)?
        } else {
            let sql = "select * from articles where seen_at >= $1 order by seen_at desc, id desc limit $2";
            on!(&self.readers, pool => sqlx::query_as(sql).bind(since).bind(limit).fetch_all(pool).await)?
        };
        Ok(rows.into_iter().map(Article::from).collect())
    }
}

impl Tx {
    /// Inserts an article with its keys; `false`, and nothing inserted, when one of the keys already stands for another.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_article(&mut self, new: &NewArticle) -> Result<bool, StoreError> {
        let article = &new.article;
        let sql = "insert into articles (id, story_id, feed_id, outlet, title, text, url, language, topics, \
             published_at, seen_at, alerting) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
        within!(self, conn => sqlx::query(sql).bind(article.id).bind(article.story_id).bind(new.feed_id)
            .bind(&article.outlet).bind(&article.title).bind(&article.text).bind(&article.url).bind(&article.language)
            .bind(article.topics.join(" ")).bind(article.published_at).bind(article.seen_at)
            .bind(new.alerting).execute(conn).await.map(|_| ()))?;
        Ok(self.insert_keys(article.id, &new.keys).await? == new.keys.len() as u64)
    }

    /// Inserts keys and returns how many were new.
    async fn insert_keys(&mut self, id: ArticleId, keys: &[[u8; 16]]) -> Result<u64, StoreError> {
        // In one order everywhere: two transactions that insert the same keys then wait for each other, never in a ring.
        let mut keys = keys.to_vec();
        keys.sort_unstable();
        let mut inserted = 0;
        let sql = "insert into article_keys (key, article_id) values ($1, $2) on conflict (key) do nothing";
        for key in &keys {
            inserted += within!(self, conn => sqlx::query(sql).bind(key.as_slice()).bind(id).execute(conn).await
                .map(|done| done.rows_affected()))?;
        }
        Ok(inserted)
    }
}

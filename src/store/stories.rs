//! The table `stories`, and the articles of stories as they are grouped and reported.

use sqlx::AssertSqlSafe;

use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, on_tx, parameters};
use crate::store::articles;
use ceasewire_model::event::Event;
use ceasewire_model::{Article, ArticleId, FeedId, StoryArticle, StoryId, SubscriberId, Timestamp};

/// What one article of a story reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryReport {
    /// The article.
    pub article: ArticleId,
    /// Its outlet.
    pub outlet: String,
    /// Id of the agency that it credits.
    pub credit: Option<String>,
    /// When it was first seen.
    pub at: Timestamp,
    /// What it says to have happened.
    pub events: Vec<Event>,
}

struct Row {
    story_id: StoryId,
    outlet: String,
    title: String,
    text: String,
    language: Option<String>,
    at: Timestamp,
    private_to: Option<FeedId>,
}

from_row!(Row { story_id, outlet, title, text, language, at, private_to });

impl From<Row> for StoryArticle {
    fn from(row: Row) -> Self {
        let Row { story_id, outlet, title, text, language, at, private_to } = row;
        Self { story_id, outlet, title, text, language, at, private_to }
    }
}

/// What is selected of an article for those that are compared with it; of a long text the beginning.
const STORY_ARTICLE: &str = "select a.story_id, a.outlet, a.title, substr(a.text, 1, 5000) as text, a.language, \
     coalesce(a.published_at, a.seen_at) as at, case when f.origin = 'chat' then f.id end as private_to \
     from articles a join feeds f on f.id = a.feed_id";

impl Store {
    /// The last `limit` articles seen since `since` and committed up to the revision `until` of the stories, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_articles_since(
        &self,
        since: Timestamp,
        until: i64,
        limit: i64,
    ) -> Result<Vec<StoryArticle>, StoreError> {
        let sql = format!(
            "{STORY_ARTICLE} where a.seen_at >= $1 and a.revision <= $2 order by a.revision desc, a.id desc limit $3"
        );
        let rows: Vec<Row> = on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(since).bind(until)
            .bind(limit).fetch_all(pool).await)?;
        Ok(rows.into_iter().rev().map(StoryArticle::from).collect())
    }

    /// The articles that were committed after the revision `after` of the stories and up to `until`, in their order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_articles_between(&self, after: i64, until: i64) -> Result<Vec<StoryArticle>, StoreError> {
        let sql = format!("{STORY_ARTICLE} where a.revision > $1 and a.revision <= $2 order by a.revision, a.id");
        let rows: Vec<Row> = on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(until)
            .fetch_all(pool).await)?;
        Ok(rows.into_iter().map(StoryArticle::from).collect())
    }

    /// The first `limit` articles of a story that are for `subscriber`, in the order in which they came. Articles of feeds
    /// that other chats have added are for nobody else.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_articles(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        let sql = "select a.* from articles a join feeds f on f.id = a.feed_id where a.story_id = $1 \
             and (f.origin <> 'chat' or exists (select 1 from chat_feeds c where c.feed_id = f.id and c.subscriber_id = $2)) \
             order by a.revision, a.seen_at, a.id limit $3";
        let rows: Vec<articles::Row> = on!(&self.readers, pool => sqlx::query_as(sql).bind(story).bind(subscriber)
            .bind(limit).fetch_all(pool).await)?;
        Ok(rows.into_iter().map(Article::from).collect())
    }

    /// What the articles of a story that are for `subscriber` report, in the order in which they came.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_story_reports(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
    ) -> Result<Vec<StoryReport>, StoreError> {
        let sql = "select a.id, a.outlet, a.credit, a.events, a.seen_at from articles a join feeds f on f.id = a.feed_id \
             where a.story_id = $1 and (f.origin <> 'chat' or exists \
             (select 1 from chat_feeds c where c.feed_id = f.id and c.subscriber_id = $2)) \
             order by a.revision, a.seen_at, a.id";
        let rows: Vec<(ArticleId, String, Option<String>, String, Timestamp)> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(story).bind(subscriber).fetch_all(pool).await)?;
        let report = |(article, outlet, credit, events, at): (_, _, _, String, _)| StoryReport {
            article,
            outlet,
            credit,
            at,
            events: serde_json::from_str(&events).unwrap_or_default(),
        };
        Ok(rows.into_iter().map(report).collect())
    }

    /// Lists the reports of several stories that every subscriber may read, each story's in the order in which they came.
    pub async fn list_reports_of_stories(
        &self,
        stories: &[StoryId],
    ) -> Result<Vec<(StoryId, StoryReport)>, StoreError> {
        let mut reports = Vec::new();
        for chunk in stories.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                r"select a.story_id, a.id, a.outlet, a.credit, a.events, a.seen_at
                from articles a
                join feeds f on f.id = a.feed_id
                where a.story_id in {} and f.origin <> 'chat'
                order by a.revision, a.seen_at, a.id",
                parameters(1, 1, chunk.len())
            );
            let rows: Vec<(StoryId, ArticleId, String, Option<String>, String, Timestamp)> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for story in chunk {
                    query = query.bind(story);
                }
                query.fetch_all(pool).await
            })?;
            reports.extend(rows.into_iter().map(|(story, article, outlet, credit, events, at)| {
                let events = serde_json::from_str(&events).unwrap_or_default();
                (story, StoryReport { article, outlet, credit, at, events })
            }));
        }
        Ok(reports)
    }

    /// How many articles of a story are for `subscriber`.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_story_articles(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
    ) -> Result<i64, StoreError> {
        let sql = "select count(*) from articles a join feeds f on f.id = a.feed_id where a.story_id = $1 \
             and (f.origin <> 'chat' or exists (select 1 from chat_feeds c where c.feed_id = f.id and c.subscriber_id = $2))";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(story).bind(subscriber).fetch_one(pool).await)?)
    }

    /// When a story was last reported.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_last_report(&self, story: StoryId) -> Result<Option<Timestamp>, StoreError> {
        let sql = "select max(seen_at) from articles where story_id = $1";
        Ok(on!(&self.readers, pool => sqlx::query_scalar(sql).bind(story).fetch_one(pool).await)?)
    }

    /// How many stories there are.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_stories(&self) -> Result<i64, StoreError> {
        Ok(on!(&self.readers, pool => sqlx::query_scalar("select count(*) from stories").fetch_one(pool).await)?)
    }
}

impl Tx {
    /// Inserts stories.
    pub async fn insert_stories(&mut self, ids: &[StoryId], now: Timestamp) -> Result<(), StoreError> {
        for chunk in ids.chunks(ROWS_A_STATEMENT) {
            let sql = format!("insert into stories (id, created_at) values {}", parameters(1, chunk.len(), 2));
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for id in chunk {
                    query = query.bind(id).bind(now);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}

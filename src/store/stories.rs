//! The table `stories`, and the articles of stories as they are grouped and reported.

use sqlx::AssertSqlSafe;

use super::articles::{ArticleRow, headline_columns};
use super::literals::CHAT_FEED;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, on_tx, parameters};
use ceasewire_model::event::Event;
use ceasewire_model::{
    Article, ArticleId, FeedId, ModelVector, StoryArticle, StoryId, SubscriberId, Timestamp, Vector,
};

/// One article's report within a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryReport {
    pub article: ArticleId,
    /// Its outlet.
    pub outlet: String,
    /// Id of the agency that it credits.
    pub credit: Option<String>,
    /// Its address, if it has one.
    pub url: Option<String>,
    /// Whether the address is a page of another outlet.
    pub links: bool,
    /// When it was first seen.
    pub at: Timestamp,
    /// Its reported events.
    pub events: Vec<Event>,
}

struct StoryArticleRow {
    story_id: StoryId,
    outlet: String,
    title: String,
    text: String,
    language: Option<String>,
    url: Option<String>,
    at: Timestamp,
    model: Option<String>,
    vector: Option<Vec<u8>>,
    events: String,
    private_to: Option<FeedId>,
}

from_row!(StoryArticleRow { story_id, outlet, title, text, language, url, at, model, vector, events, private_to });

impl From<StoryArticleRow> for StoryArticle {
    fn from(row: StoryArticleRow) -> Self {
        let StoryArticleRow { story_id, outlet, title, text, language, url, at, model, vector, events, private_to } =
            row;
        let vector = model.zip(vector).map(|(model, bytes)| ModelVector { model, vector: Vector::from_bytes(&bytes) });
        let events = serde_json::from_str(&events).unwrap_or_default();
        Self { story_id, outlet, title, text, language, url, at, vector, events, private_to }
    }
}

struct StoryReportRow {
    story_id: StoryId,
    id: ArticleId,
    outlet: String,
    credit: Option<String>,
    url: Option<String>,
    links_to: Option<String>,
    events: String,
    seen_at: Timestamp,
}

from_row!(StoryReportRow { story_id, id, outlet, credit, url, links_to, events, seen_at });

impl From<StoryReportRow> for StoryReport {
    fn from(row: StoryReportRow) -> Self {
        Self {
            article: row.id,
            outlet: row.outlet,
            credit: row.credit,
            url: row.url,
            links: row.links_to.is_some(),
            at: row.seen_at,
            events: serde_json::from_str(&row.events).unwrap_or_default(),
        }
    }
}

/// The columns of a [`StoryReportRow`].
const REPORT_COLUMNS: &str = "a.story_id, a.id, a.outlet, a.credit, a.url, a.links_to, a.events, a.seen_at";

/// Characters of a text that grouping reads at most.
const GROUPED_CHARS: u32 = 5000;

/// Selects the articles that grouping compares with a new one.
fn select_story_articles(condition: &str) -> String {
    format!(
        "
        select
            a.story_id,
            a.outlet,
            a.title,
            substr(a.text, 1, {GROUPED_CHARS}) as text,
            a.language,
            a.url,
            coalesce(a.published_at, a.seen_at) as at,
            v.model,
            v.vector,
            a.events,
            case when f.origin = {CHAT_FEED} then f.id end as private_to
        from articles a
        join feeds f on f.id = a.feed_id
        left join article_vectors v on v.article_id = a.id
        where {condition}"
    )
}

/// The condition that a subscriber may read an article: a chat's own feed is for that chat alone.
pub(super) fn readable_by(parameter: &str) -> String {
    format!(
        "(
            f.origin <> {CHAT_FEED}
            or exists (
                select 1
                from chat_feeds c
                where c.feed_id = f.id and c.subscriber_id = {parameter}
            )
        )"
    )
}

/// Selects from the articles of the story `$1` that the subscriber `$2` may read. Every list, count and time of a story
/// goes through it, so that they speak of the same articles.
fn select_of_story(columns: &str) -> String {
    format!(
        "
        select {columns}
        from articles a
        join feeds f on f.id = a.feed_id
        where {}
            and {}",
        of_story("$1"),
        readable_by("$2")
    )
}

/// The condition that an article belongs to a story, or to the public story of the event, for a story that only a
/// chat's own feed reported before.
pub(super) fn of_story(parameter: &str) -> String {
    format!(
        "(
            a.story_id = {parameter}
            or a.story_id = (
                select t.public_story_id
                from stories t
                where t.id = {parameter}
            )
        )"
    )
}

/// The most articles to read into memory: public ones, those of one private feed, and those of all private feeds.
#[derive(Clone, Copy, Debug)]
pub struct StoryArticleLimits {
    pub public: i64,
    pub of_a_feed: i64,
    pub private: i64,
}

impl Store {
    /// Lists the last articles seen since `since` and committed up to the revision `until`: the public ones in their
    /// order, then those of the chats' own feeds. The limits of the two do not affect each other, and the feeds share
    /// theirs alike.
    pub async fn list_story_articles_since(
        &self,
        since: Timestamp,
        until: i64,
        limits: StoryArticleLimits,
    ) -> Result<Vec<StoryArticle>, StoreError> {
        let public = select_story_articles(&format!(
            "a.seen_at >= $1
                and a.revision <= $2
                and f.origin <> {CHAT_FEED}
            order by a.revision desc, a.id desc
            limit $3"
        ));
        let private =
            select_story_articles(&format!(include_str!("sql/latest_of_each_chat_feed.sql"), chat_feed = CHAT_FEED));
        let rows: Vec<StoryArticleRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(public)).bind(since).bind(until).bind(limits.public).fetch_all(pool).await
        })?;
        let of_chats: Vec<StoryArticleRow> = on!(&self.readers, pool => {
            let query = sqlx::query_as(AssertSqlSafe(private)).bind(since).bind(until);
            query.bind(limits.of_a_feed).bind(limits.private).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().rev().chain(of_chats).map(StoryArticle::from).collect())
    }

    /// Lists the articles committed after the revision `after` and up to `until`, in their order.
    pub async fn list_story_articles_between(&self, after: i64, until: i64) -> Result<Vec<StoryArticle>, StoreError> {
        let sql = select_story_articles("a.revision > $1 and a.revision <= $2 order by a.revision, a.id");
        let rows: Vec<StoryArticleRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(after).bind(until).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(StoryArticle::from).collect())
    }

    /// Lists the first `limit` articles of a story that `subscriber` may read, in order of arrival.
    pub async fn list_story_articles(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        self.list_of_story("a.*", story, subscriber, limit).await
    }

    /// Lists the first `limit` articles of a story as [`Store::list_story_articles`] does, but without their texts.
    pub async fn list_story_headlines(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        self.list_of_story(&headline_columns(), story, subscriber, limit).await
    }

    async fn list_of_story(
        &self,
        columns: &str,
        story: StoryId,
        subscriber: Option<SubscriberId>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        let sql = format!("{} order by a.revision, a.seen_at, a.id limit $3", select_of_story(columns));
        let rows: Vec<ArticleRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(story).bind(subscriber).bind(limit).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Article::from).collect())
    }

    /// Lists the reports of a story that `subscriber` may read, in order of arrival.
    pub async fn list_story_reports(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
    ) -> Result<Vec<StoryReport>, StoreError> {
        let sql = format!("{} order by a.revision, a.seen_at, a.id", select_of_story(REPORT_COLUMNS));
        let rows: Vec<StoryReportRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(story).bind(subscriber).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(StoryReport::from).collect())
    }

    /// Lists the reports of a story in the own feeds of a subscriber, with those of its private stories.
    pub async fn list_private_reports(
        &self,
        story: StoryId,
        subscriber: SubscriberId,
    ) -> Result<Vec<StoryReport>, StoreError> {
        let sql = format!(
            "
            select {REPORT_COLUMNS}
            from articles a
            join chat_feeds c on c.feed_id = a.feed_id
            where c.subscriber_id = $2
                and (
                    a.story_id = $1
                    or a.story_id in (
                        select t.id
                        from stories t
                        where t.public_story_id = $1
                    )
                )"
        );
        let rows: Vec<StoryReportRow> = on!(&self.readers, pool => {
            sqlx::query_as(AssertSqlSafe(sql)).bind(story).bind(subscriber).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(StoryReport::from).collect())
    }

    /// Lists the public reports of several stories, each story's in order of arrival.
    pub async fn list_reports_of_stories(
        &self,
        stories: &[StoryId],
    ) -> Result<Vec<(StoryId, StoryReport)>, StoreError> {
        let mut reports = Vec::new();
        for chunk in stories.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                r"select {REPORT_COLUMNS}
                from articles a
                join feeds f on f.id = a.feed_id
                where a.story_id in {} and f.origin <> {CHAT_FEED}
                order by a.revision, a.seen_at, a.id",
                parameters(1, 1, chunk.len())
            );
            let rows: Vec<StoryReportRow> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for story in chunk {
                    query = query.bind(story);
                }
                query.fetch_all(pool).await
            })?;
            reports.extend(rows.into_iter().map(|row| (row.story_id, StoryReport::from(row))));
        }
        Ok(reports)
    }

    /// Counts the articles of a story that `subscriber` may read.
    pub async fn count_story_articles(
        &self,
        story: StoryId,
        subscriber: Option<SubscriberId>,
    ) -> Result<i64, StoreError> {
        let sql = select_of_story("count(*)");
        Ok(on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(story).bind(subscriber).fetch_one(pool).await
        })?)
    }

    /// Finds the time of the last article of a story that `subscriber` may read.
    pub async fn find_last_report(
        &self,
        story: StoryId,
        subscriber: SubscriberId,
    ) -> Result<Option<Timestamp>, StoreError> {
        let sql = select_of_story("max(a.seen_at)");
        Ok(on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(sql)).bind(story).bind(subscriber).fetch_one(pool).await
        })?)
    }

    /// Counts all stories.
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

    /// Records the public story of the event that stories of chats' own feeds report: subscribers with an alert of such
    /// a story get none of the public one. A story with a public article, or with a public story already, stays
    /// unchanged.
    pub async fn record_public_story(&mut self, private: &[StoryId], public: StoryId) -> Result<(), StoreError> {
        for chunk in private.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                update stories
                set public_story_id = $1
                where id in {}
                    and id <> $1
                    and public_story_id is null
                    and not exists (
                        select 1
                        from articles a
                        join feeds f on f.id = a.feed_id
                        where a.story_id = stories.id
                            and f.origin <> {CHAT_FEED}
                    )",
                parameters(2, 1, chunk.len())
            );
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql)).bind(public);
                for id in chunk {
                    query = query.bind(id);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}

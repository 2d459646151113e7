//! The tables `articles`, `article_keys` and `article_changes`: articles, their identity keys, their changes as readers
//! see them.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::stories::readable_by;
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, from_row, on, on_tx, parameters};
use ceasewire_model::{
    Article, ArticleChange, ArticleId, DateNote, FeedId, FigureChange, SilentReason, StoryId, SubscriberId, Timestamp,
};

/// Articles of one statement: at twenty parameters a row, more rows cost SQLite more than a second statement.
const ARTICLES_A_STATEMENT: usize = 20;

/// Bytes of the titles and texts of one page; a single larger article makes a page of its own.
const MAX_PAGE_BYTES: i64 = 1_000_000;
/// Characters of a title read without its text.
const HEADLINE_CHARS: usize = 1000;
/// The place before the newest article.
const END_OF_TIME: (Timestamp, ArticleId) = (Timestamp(i64::MAX), ArticleId(Uuid::max()));

/// An article on its way into the store.
#[derive(Clone, Copy, Debug)]
pub struct NewArticle<'a> {
    /// The article; its story must be in the store.
    pub article: &'a Article,
    /// The publisher's own id of its entry.
    pub guid: Option<&'a str>,
    /// The fingerprint of its entry.
    pub entry_form: i64,
    /// The keys that find it. An older article loses those that it has in common.
    pub keys: &'a [[u8; 16]],
    /// Why the article is stored without being matched; `None` where it was matched.
    pub silent_reason: Option<SilentReason>,
    /// The revision of the stories that brings it.
    pub revision: i64,
}

pub(super) struct ArticleRow {
    id: ArticleId,
    story_id: StoryId,
    outlet: String,
    title: String,
    text: String,
    url: Option<String>,
    links_to: Option<String>,
    language: Option<String>,
    topics: String,
    published_at: Option<Timestamp>,
    date_note: Option<DateNote>,
    seen_at: Timestamp,
    credit: Option<String>,
    events: String,
}

from_row!(ArticleRow {
    id,
    story_id,
    outlet,
    title,
    text,
    url,
    links_to,
    language,
    topics,
    published_at,
    date_note,
    seen_at,
    credit,
    events
});

impl From<ArticleRow> for Article {
    fn from(row: ArticleRow) -> Self {
        Self {
            id: row.id,
            story_id: row.story_id,
            outlet: row.outlet,
            title: row.title,
            text: row.text,
            url: row.url,
            links_to: row.links_to,
            language: row.language,
            topics: row.topics.split_whitespace().map(str::to_owned).collect(),
            published_at: row.published_at,
            date_note: row.date_note,
            seen_at: row.seen_at,
            credit: row.credit,
            // What another version wrote and this one cannot read tells nothing.
            events: serde_json::from_str(&row.events).unwrap_or_default(),
        }
    }
}

impl Store {
    /// Finds the articles with these keys of an outlet, or of one of its feeds: a feed keeps its articles when the
    /// settings give it to an outlet of another name.
    pub async fn find_article_keys(
        &self,
        outlet: &str,
        feed: FeedId,
        keys: &[[u8; 16]],
    ) -> Result<HashMap<[u8; 16], ArticleId>, StoreError> {
        let mut found = HashMap::new();
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select key, article_id
                from article_keys k
                where key in {}
                    and (
                        outlet = $1
                        or exists (
                            select 1
                            from articles a
                            where a.id = k.article_id
                                and a.feed_id = $2
                        )
                    )",
                parameters(3, 1, chunk.len())
            );
            let rows: Vec<(Vec<u8>, ArticleId)> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql)).bind(outlet).bind(feed);
                for key in chunk {
                    query = query.bind(key.as_slice());
                }
                query.fetch_all(pool).await
            })?;
            found.extend(rows.into_iter().filter_map(|(key, id)| Some((key.try_into().ok()?, id))));
        }
        Ok(found)
    }

    /// Lists the articles of all outlets with any of these keys: those at their own outlet's page first, then by the
    /// order of `keys`, then the oldest first.
    pub async fn list_articles_by_keys(&self, keys: &[[u8; 16]]) -> Result<Vec<ArticleId>, StoreError> {
        let mut found = Vec::new();
        for chunk in keys.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select k.key, k.article_id, a.links_to
                from article_keys k
                join articles a on a.id = k.article_id
                where k.key in {}
                order by a.revision, a.seen_at, a.id",
                parameters(1, 1, chunk.len())
            );
            let rows: Vec<(Vec<u8>, ArticleId, Option<String>)> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for key in chunk {
                    query = query.bind(key.as_slice());
                }
                query.fetch_all(pool).await
            })?;
            found.extend(rows);
        }
        let place = |key: &[u8]| keys.iter().position(|other| other == key);
        found.sort_by_key(|(key, _, links_to)| (links_to.is_some(), place(key)));
        Ok(found.into_iter().map(|(_, article, _)| article).collect())
    }

    /// Finds an article.
    pub async fn find_article(&self, id: ArticleId) -> Result<Option<Article>, StoreError> {
        let sql = "select * from articles where id = $1";
        let row: Option<ArticleRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(row.map(Article::from))
    }

    /// Finds the reason for storing an article silently; `None` for a matched article.
    pub async fn find_silent_reason(&self, id: ArticleId) -> Result<Option<SilentReason>, StoreError> {
        let sql = "select alerting, silent_reason from articles where id = $1";
        let found: Option<(bool, Option<SilentReason>)> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(id).fetch_optional(pool).await)?;
        Ok(match found {
            // Early versions stored only first fetches silently, and no reason.
            Some((false, reason)) => Some(reason.unwrap_or(SilentReason::FirstFetch)),
            Some((true, _)) | None => None,
        })
    }

    /// Lists the material changes of an article seen since `since`, oldest first.
    pub async fn list_article_changes(
        &self,
        id: ArticleId,
        since: Timestamp,
    ) -> Result<Vec<ArticleChange>, StoreError> {
        let sql = "
            select old_title, figures, created_at
            from article_changes
            where article_id = $1 and created_at >= $2
            order by id";
        let rows: Vec<(Option<String>, String, Timestamp)> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(id).bind(since).fetch_all(pool).await)?;
        let change = |(old_title, figures, seen_at): (Option<String>, String, Timestamp)| {
            let figures: Vec<FigureChange> = serde_json::from_str(&figures).unwrap_or_default();
            ArticleChange { old_title, figures, seen_at }
        };
        Ok(rows.into_iter().map(change).collect())
    }

    /// Lists a page of the articles seen since `since` that `subscriber` may read, newest first, after the article
    /// `after` of an earlier page: up to `limit` articles, and fewer where their texts have more than
    /// a bounded number of bytes. Articles of a chat's own feed are for that chat alone; `None` reads public articles.
    pub async fn list_recent_articles(
        &self,
        subscriber: Option<SubscriberId>,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        // The sizes first: the database finds them without reading the texts.
        let sql = select_recent("a.id, cast(octet_length(a.title) + octet_length(a.text) as bigint)");
        let (seen_at, id) = after.unwrap_or(END_OF_TIME);
        let sizes: Vec<(ArticleId, i64)> = on!(&self.readers, pool => {
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(since).bind(seen_at).bind(id);
            query.bind(limit).fetch_all(pool).await
        })?;
        self.list_articles(&first_page(&sizes)).await
    }

    /// Lists up to `limit` recent articles as [`Store::list_recent_articles`] does, but without their texts.
    pub async fn list_recent_headlines(
        &self,
        subscriber: Option<SubscriberId>,
        since: Timestamp,
        after: Option<(Timestamp, ArticleId)>,
        limit: i64,
    ) -> Result<Vec<Article>, StoreError> {
        let sql = select_recent(&headline_columns());
        let (seen_at, id) = after.unwrap_or(END_OF_TIME);
        let rows: Vec<ArticleRow> = on!(&self.readers, pool => {
            let query = sqlx::query_as(AssertSqlSafe(sql)).bind(subscriber).bind(since).bind(seen_at).bind(id);
            query.bind(limit).fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Article::from).collect())
    }

    /// Lists the articles with these ids, newest first.
    pub(super) async fn list_articles(&self, ids: &[ArticleId]) -> Result<Vec<Article>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "select * from articles where id in {} order by seen_at desc, id desc",
            parameters(1, 1, ids.len())
        );
        let rows: Vec<ArticleRow> = on!(&self.readers, pool => {
            let mut query = sqlx::query_as(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id);
            }
            query.fetch_all(pool).await
        })?;
        Ok(rows.into_iter().map(Article::from).collect())
    }
}

/// Selects columns of the recent articles that subscriber `$1` may read: since `$2`, before the moment `$3` and the id
/// `$4`, up to `$5` rows.
fn select_recent(columns: &str) -> String {
    format!(
        "
        select {columns}
        from articles a
        join feeds f on f.id = a.feed_id
        where a.seen_at >= $2
            and a.succeeded_by is null
            and (a.seen_at < $3 or (a.seen_at = $3 and a.id < $4))
            and {}
        order by a.seen_at desc, a.id desc
        limit $5",
        readable_by("$1")
    )
}

/// Returns the columns of an [`ArticleRow`] without the text, and with a title as long as a message shows.
pub(super) fn headline_columns() -> String {
    format!(
        "a.id, a.story_id, a.outlet, substr(a.title, 1, {HEADLINE_CHARS}) as title, '' as text, a.url, a.language,
        a.topics, a.published_at, a.date_note, a.seen_at, a.credit, a.events, a.links_to"
    )
}

/// Returns the articles at the beginning of `sizes` whose texts have [`MAX_PAGE_BYTES`] together, at least one.
pub(super) fn first_page(sizes: &[(ArticleId, i64)]) -> Vec<ArticleId> {
    let mut bytes = 0;
    let mut page = Vec::new();
    for (id, size) in sizes {
        bytes += size;
        if !page.is_empty() && bytes > MAX_PAGE_BYTES {
            break;
        }
        page.push(*id);
    }
    page
}

impl Tx {
    /// Inserts the articles of a fetch with their keys.
    pub async fn insert_articles<'a>(&mut self, feed: FeedId, new: &[NewArticle<'a>]) -> Result<(), StoreError> {
        for chunk in new.chunks(ARTICLES_A_STATEMENT) {
            let sql = format!(
                r"insert into articles (
                    id, story_id, feed_id, outlet, title, text, url, language, topics, published_at, seen_at,
                    alerting, silent_reason, date_note, credit, events, revision, links_to, guid,
                    entry_form
                )
                values {}",
                parameters(1, chunk.len(), 20)
            );
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for NewArticle { article, silent_reason, guid, entry_form, revision, .. } in chunk {
                    // Facts always have a form in JSON.
                    let events = serde_json::to_string(&article.events).unwrap_or_default();
                    query = query
                        .bind(article.id)
                        .bind(article.story_id)
                        .bind(feed)
                        .bind(&article.outlet)
                        .bind(&article.title)
                        .bind(&article.text)
                        .bind(&article.url)
                        .bind(&article.language)
                        .bind(article.topics.join(" "))
                        .bind(article.published_at)
                        .bind(article.seen_at)
                        .bind(silent_reason.is_none())
                        .bind(*silent_reason)
                        .bind(article.date_note)
                        .bind(&article.credit)
                        .bind(events)
                        .bind(*revision)
                        .bind(&article.links_to)
                        .bind(*guid)
                        .bind(*entry_form);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        let keys_of = |new: &NewArticle<'a>| {
            let article = new.article;
            new.keys.iter().map(|key| (*key, article.outlet.clone(), article.id))
        };
        self.insert_article_keys(new.iter().flat_map(keys_of).collect()).await
    }

    /// Inserts the keys of articles, or moves them from older articles of the outlet.
    pub async fn insert_article_keys(
        &mut self,
        mut keys: Vec<([u8; 16], String, ArticleId)>,
    ) -> Result<(), StoreError> {
        // In one order everywhere: two transactions that insert the same keys then wait for each other, never in a
        // ring. A statement may move a key once only.
        keys.sort_by(|one, other| (&one.0, &one.1).cmp(&(&other.0, &other.1)));
        let mut last: Vec<([u8; 16], String, ArticleId)> = Vec::with_capacity(keys.len());
        for key in keys {
            match last.last_mut().filter(|last| (&last.0, &last.1) == (&key.0, &key.1)) {
                Some(last) => *last = key,
                None => last.push(key),
            }
        }
        for chunk in last.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                insert into article_keys (key, outlet, article_id)
                values {}
                on conflict (key, outlet) do update set article_id = excluded.article_id",
                parameters(1, chunk.len(), 3)
            );
            on_tx!(self, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for (key, outlet, id) in chunk {
                    query = query.bind(key.as_slice()).bind(outlet).bind(id);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_ends_at_its_bytes_and_has_at_least_one_article() {
        let sizes = |sizes: &[i64]| {
            let ids = sizes.iter().map(|&size| (ArticleId(Uuid::from_u128(size as u128)), size));
            first_page(&ids.collect::<Vec<_>>()).len()
        };
        assert_eq!(sizes(&[]), 0);
        assert_eq!(sizes(&[9_500_000, 1]), 1);
        assert_eq!(sizes(&[400_000, 400_000, 400_000, 1]), 2);
        assert_eq!(sizes(&[1; 500]), 500);
    }
}

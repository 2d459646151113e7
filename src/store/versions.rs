//! The table `article_versions`: the earlier versions of articles, and the revision of an article by its next one.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::articles::ArticleRow;
use super::deliveries::of_event;
use super::edits::editable;
use super::literals::{ALERT, PENDING, SENT};
use super::{ROWS_A_STATEMENT, Store, StoreError, Tx, execute_tx, on, on_tx, parameters};
use ceasewire_model::{
    Article, ArticleChange, ArticleId, FeedId, RuleId, SilentReason, StoryId, SubscriberId, Timestamp,
};

/// A stored article that an entry may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownArticle {
    pub article: Article,
    pub feed_id: FeedId,
    /// The publisher's own id of its entry.
    pub guid: Option<String>,
    /// The fingerprint of its entry; `None` for an article of an earlier version of the program.
    pub entry_form: Option<i64>,
    /// Stored without being matched.
    pub is_silent: bool,
    /// Some delivery shows it.
    pub is_delivered: bool,
}

/// The entry of an article as its feed has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryForm {
    pub article: ArticleId,
    pub guid: Option<String>,
    pub form: i64,
}

/// A version of an article before the present one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleVersion {
    pub title: String,
    /// Fingerprints of its sentences.
    pub sentences: Vec<u8>,
    /// The sentences that the next version brought.
    pub news: Vec<String>,
    /// When the next version was seen.
    pub ended_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct EndedVersion<'a> {
    /// The article of the version.
    pub was: &'a Article,
    /// The article of the next version.
    pub is: &'a Article,
    pub guid: Option<&'a str>,
    pub silent_reason: Option<SilentReason>,
    pub sentences: Vec<u8>,
    pub news: &'a [String],
    /// The change that readers of the alert see, if they see one.
    pub change: Option<&'a ArticleChange>,
    /// The revision of the stories that begins the next version.
    pub revision: i64,
}

struct KnownRow {
    article: ArticleRow,
    feed_id: FeedId,
    guid: Option<String>,
    entry_form: Option<i64>,
    alerting: bool,
    is_delivered: bool,
}

impl<'r, R: sqlx::Row> sqlx::FromRow<'r, R> for KnownRow
where
    ArticleRow: sqlx::FromRow<'r, R>,
    &'static str: sqlx::ColumnIndex<R>,
    FeedId: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    bool: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        Ok(Self {
            article: ArticleRow::from_row(row)?,
            feed_id: row.try_get("feed_id")?,
            guid: row.try_get("guid")?,
            entry_form: row.try_get("entry_form")?,
            alerting: row.try_get("alerting")?,
            is_delivered: row.try_get("is_delivered")?,
        })
    }
}

impl Store {
    /// Lists articles with the values that identify them.
    pub async fn list_known_articles(&self, ids: &[ArticleId]) -> Result<Vec<KnownArticle>, StoreError> {
        let mut known = Vec::with_capacity(ids.len());
        for chunk in ids.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select
                    a.*,
                    exists (
                        select 1
                        from deliveries d
                        where d.article_id = a.id
                    ) as is_delivered
                from articles a
                where a.id in {}
                order by a.id",
                parameters(1, 1, chunk.len())
            );
            let rows: Vec<KnownRow> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for id in chunk {
                    query = query.bind(id);
                }
                query.fetch_all(pool).await
            })?;
            known.extend(rows.into_iter().map(|row| KnownArticle {
                article: row.article.into(),
                feed_id: row.feed_id,
                guid: row.guid,
                entry_form: row.entry_form,
                is_silent: !row.alerting,
                is_delivered: row.is_delivered,
            }));
        }
        Ok(known)
    }

    /// Lists the earlier versions of articles, each article's oldest first.
    pub async fn list_versions(
        &self,
        ids: &[ArticleId],
    ) -> Result<HashMap<ArticleId, Vec<ArticleVersion>>, StoreError> {
        let mut versions: HashMap<ArticleId, Vec<ArticleVersion>> = HashMap::new();
        for chunk in ids.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select article_id, title, sentences, news, ended_at
                from article_versions
                where article_id in {}
                order by article_id, number",
                parameters(1, 1, chunk.len())
            );
            let rows: Vec<(ArticleId, String, Vec<u8>, String, Timestamp)> = on!(&self.readers, pool => {
                let mut query = sqlx::query_as(AssertSqlSafe(sql));
                for id in chunk {
                    query = query.bind(id);
                }
                query.fetch_all(pool).await
            })?;
            for (article, title, sentences, news, ended_at) in rows {
                let news = serde_json::from_str(&news).unwrap_or_default();
                versions.entry(article).or_default().push(ArticleVersion { title, sentences, news, ended_at });
            }
        }
        Ok(versions)
    }

    /// Records the present entries of articles: the publisher's own id, and the fingerprint.
    pub async fn record_entry_forms(&self, forms: &[EntryForm]) -> Result<(), StoreError> {
        if forms.is_empty() {
            return Ok(());
        }
        let mut tx = self.begin().await?;
        let sql = "update articles set guid = coalesce($2, guid), entry_form = $3 where id = $1";
        for EntryForm { article, guid, form } in forms {
            execute_tx!(tx, sql, *article, guid, *form)?;
        }
        tx.commit().await
    }

    /// Finds the version that the revision `number` of the stories ended.
    pub async fn find_version(&self, article: ArticleId, number: i64) -> Result<Option<ArticleVersion>, StoreError> {
        let sql = "
            select title, sentences, news, ended_at
            from article_versions
            where article_id = $1 and number = $2";
        let row: Option<(String, Vec<u8>, String, Timestamp)> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(article).bind(number).fetch_optional(pool).await)?;
        Ok(row.map(|(title, sentences, news, ended_at)| {
            let news = serde_json::from_str(&news).unwrap_or_default();
            ArticleVersion { title, sentences, news, ended_at }
        }))
    }
}

impl Tx {
    /// Replaces the version of an article by the next one, in place or in an article of its own in the store
    /// already. Alerts of the article become due to be edited where readers see the change.
    pub async fn end_version(&mut self, ended: &EndedVersion<'_>, now: Timestamp) -> Result<(), StoreError> {
        let EndedVersion { was, is, guid, silent_reason, sentences, news, change, revision } = ended;
        let insert = "
            insert into article_versions (article_id, number, title, sentences, news, ended_at)
            values ($1, $2, $3, $4, $5, $6)";
        // A list of strings always has a form in JSON.
        let news = serde_json::to_string(news).unwrap_or_default();
        execute_tx!(self, insert, is.id, *revision, &was.title, sentences.as_slice(), news, now)?;
        if was.id != is.id {
            let succeed = "update articles set succeeded_by = $2 where id = $1";
            execute_tx!(self, succeed, was.id, is.id)?;
            let copy = "
                insert into article_versions (article_id, number, title, sentences, news, ended_at)
                select $2, number, title, sentences, news, ended_at
                from article_versions
                where article_id = $1";
            execute_tx!(self, copy, was.id, is.id)?;
            return Ok(());
        }
        let update = "
            update articles
            set story_id = $2,
                title = $3,
                text = $4,
                language = $5,
                topics = $6,
                published_at = $7,
                date_note = $8,
                credit = $9,
                events = $10,
                guid = $11,
                alerting = $12,
                silent_reason = $13,
                revision = $14
            where id = $1";
        let events = serde_json::to_string(&is.events).unwrap_or_default();
        let topics = is.topics.join(" ");
        let published_at = is.published_at;
        execute_tx!(
            self,
            update,
            is.id,
            is.story_id,
            &is.title,
            &is.text,
            &is.language,
            topics,
            published_at,
            is.date_note,
            &is.credit,
            events,
            *guid,
            silent_reason.is_none(),
            *silent_reason,
            *revision
        )?;
        let Some(change) = change else { return Ok(()) };
        let insert = "
            insert into article_changes (id, article_id, old_title, figures, created_at)
            values ($1, $2, $3, $4, $5)";
        let figures = serde_json::to_string(&change.figures).unwrap_or_default();
        execute_tx!(self, insert, Uuid::now_v7(), is.id, &change.old_title, figures, change.seen_at)?;
        let edit = format!(
            "
            update deliveries
            set edit_due_at = $2
            where article_id = $1
                and {}",
            editable()
        );
        execute_tx!(self, AssertSqlSafe(edit), is.id, change.seen_at, change.seen_at)?;
        Ok(())
    }

    /// Lists the subscribers of `subscribers` with a sent or claimed alert of a story, or of the same event as a chat's
    /// own feed reported it. Leaves out subscribers who muted the story.
    pub async fn list_alerted_subscribers(
        &mut self,
        story: StoryId,
        subscribers: &[SubscriberId],
        now: Timestamp,
    ) -> Result<Vec<SubscriberId>, StoreError> {
        let mut alerted = Vec::new();
        for chunk in subscribers.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select distinct d.subscriber_id
                from deliveries d
                where {of_event}
                    and d.kind = {ALERT}
                    and (d.state = {SENT} or (d.state = {PENDING} and d.lease_until > $2))
                    and d.subscriber_id in {subscribers}
                    and not exists (
                        select 1
                        from story_mutes m
                        where m.subscriber_id = d.subscriber_id
                            and m.story_id in ($1, d.story_id)
                    )",
                of_event = of_event("d.story_id"),
                subscribers = parameters(3, 1, chunk.len())
            );
            let rows: Vec<SubscriberId> = on_tx!(self, conn => {
                let mut query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(story).bind(now);
                for subscriber in chunk {
                    query = query.bind(subscriber);
                }
                query.fetch_all(conn).await
            })?;
            alerted.extend(rows);
        }
        Ok(alerted)
    }

    /// Lists those of `rules` that an article of the story has matched.
    pub async fn list_rules_matched_in_story(
        &mut self,
        story: StoryId,
        rules: &[RuleId],
    ) -> Result<Vec<RuleId>, StoreError> {
        let mut matched = Vec::new();
        for chunk in rules.chunks(ROWS_A_STATEMENT) {
            let sql = format!(
                "
                select distinct m.rule_id
                from articles a
                join matches m on m.article_id = a.id
                where a.story_id = $1
                    and m.rule_id in {}",
                parameters(2, 1, chunk.len())
            );
            let rows: Vec<RuleId> = on_tx!(self, conn => {
                let mut query = sqlx::query_scalar(AssertSqlSafe(sql)).bind(story);
                for rule in chunk {
                    query = query.bind(rule);
                }
                query.fetch_all(conn).await
            })?;
            matched.extend(rows);
        }
        Ok(matched)
    }
}

//! Deletes expired rows of several tables in small batches.
//!
//! A query finds a batch without locks; then a short statement deletes it. Two nodes that do so at once skip each
//! other's rows.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::literals::{FUTURE, PENDING};
use super::{Store, StoreError, execute, on, parameters};
use ceasewire_model::{DeliveryState, Timestamp};

/// The states of finished deliveries.
const FINISHED: [DeliveryState; 3] = [DeliveryState::Sent, DeliveryState::Failed, DeliveryState::Cancelled];

const EXPIRED_STORIES: &str = include_str!("sql/expired_stories.sql");

/// Past meetings, and meetings that never got a date.
const EXPIRED_MEETINGS: &str = "
    select id
    from meetings
    where (last_day < $2 or last_day is null)
        and updated_at < $1
    limit $3";

const EXPIRED_STORY_MUTES: &str = "
    select subscriber_id, story_id
    from story_mutes
    where created_at < $1
    limit $2";

/// An article goes with its text and its keys: its deletion takes the time of this many other rows.
const ARTICLE_ROWS: u64 = 5;

fn expired_deliveries() -> String {
    format!(include_str!("sql/expired_deliveries.sql"), pending = PENDING)
}

fn expired_articles() -> String {
    format!(include_str!("sql/expired_articles.sql"), future = FUTURE)
}

impl Store {
    /// Deletes up to `limit` deliveries sent, given up or cancelled before `before`, with their attempts. Pending and
    /// parked deliveries stay, however old. Returns the number of deleted ones.
    pub async fn delete_expired_deliveries(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let sql = expired_deliveries();
        let mut ids: Vec<Uuid> = Vec::new();
        for state in FINISHED {
            let left = limit.saturating_sub(ids.len() as u64) as i64;
            let expired: Vec<Uuid> = on!(&self.readers, pool => {
                let query = sqlx::query_scalar(AssertSqlSafe(sql.as_str())).bind(state).bind(before);
                query.bind(day(before)).bind(left).fetch_all(pool).await
            })?;
            ids.extend(expired);
        }
        self.delete_rows("deliveries", &ids, &format!("and state <> {PENDING}")).await
    }

    /// Deletes articles without deliveries seen before `before`, with their keys: a part of `limit`, since each goes
    /// with several rows. An article with more than `limit` matches loses that many of them first. Returns the number
    /// of deleted articles or matches.
    pub async fn delete_expired_articles(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let articles = limit.div_ceil(ARTICLE_ROWS);
        let ids: Vec<Uuid> = on!(&self.readers, pool => {
            let query = sqlx::query_scalar(AssertSqlSafe(expired_articles())).bind(before);
            query.bind(articles as i64).fetch_all(pool).await
        })?;
        if ids.is_empty() {
            return Ok(0);
        }
        let matches = self.delete_matches(&ids, limit).await?;
        if matches >= limit {
            return Ok(matches);
        }
        // A delivery may have come meanwhile.
        let without_deliveries = "and not exists (select 1 from deliveries d where d.article_id = articles.id)";
        self.delete_rows("articles", &ids, without_deliveries).await
    }

    /// Deletes up to `limit` matches of articles: one article can match the rules of every subscriber.
    async fn delete_matches(&self, articles: &[Uuid], limit: u64) -> Result<u64, StoreError> {
        let sql = format!(
            "
            delete from matches
            where (article_id, rule_id) in (
                select article_id, rule_id
                from matches
                where article_id in {articles}
                limit $1
                {skip_locked}
            )",
            articles = parameters(2, 1, articles.len()),
            skip_locked = self.skip_locked()
        );
        Ok(on!(&self.writer, pool => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(limit as i64);
            for id in articles {
                query = query.bind(id);
            }
            query.execute(pool).await.map(|done| done.rows_affected())
        })?)
    }

    /// Deletes up to `limit` stories begun before `before` without articles and deliveries, and returns their number.
    pub async fn delete_expired_stories(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = on!(&self.readers, pool => {
            sqlx::query_scalar(EXPIRED_STORIES).bind(before).bind(limit as i64).fetch_all(pool).await
        })?;
        self.delete_rows("stories", &ids, "").await
    }

    /// Deletes up to `limit` meetings before `before`, or without a date and news since, and returns their number.
    pub async fn delete_expired_meetings(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = on!(&self.readers, pool => {
            let query = sqlx::query_scalar(EXPIRED_MEETINGS).bind(before).bind(day(before));
            query.bind(limit as i64).fetch_all(pool).await
        })?;
        self.delete_rows("meetings", &ids, "").await
    }

    /// Deletes up to `limit` story mutes from before `before`, and returns their number.
    pub async fn delete_expired_story_mutes(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let sql = format!(
            "
            delete from story_mutes
            where (subscriber_id, story_id) in ({EXPIRED_STORY_MUTES} {skip_locked})",
            skip_locked = self.skip_locked()
        );
        Ok(execute!(&self.writer, AssertSqlSafe(sql), before, limit as i64)?)
    }

    /// Deletes the rows `ids` of a table that still meet a condition.
    async fn delete_rows(&self, table: &'static str, ids: &[Uuid], condition: &str) -> Result<u64, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let sql = format!(
            "
            delete from {table}
            where id in (
                select id
                from {table}
                where id in {ids}
                    {condition}
                {skip_locked}
            )",
            ids = parameters(1, 1, ids.len()),
            skip_locked = self.skip_locked()
        );
        Ok(on!(&self.writer, pool => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id);
            }
            query.execute(pool).await.map(|done| done.rows_affected())
        })?)
    }

    /// Skips rows that another node is deleting; else two nodes could wait for each other in a ring.
    fn skip_locked(&self) -> &'static str {
        if self.is_shared() { "for update skip locked" } else { "" }
    }
}

/// The day of a time in UTC, as `2020-10-23`.
fn day(time: Timestamp) -> String {
    time.to_datetime().date_naive().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Db;

    #[tokio::test]
    async fn every_step_finds_its_rows_by_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite://{}", folder.path().join("c.db").display())).await.unwrap();
        let Db::Sqlite(pool) = &store.writer else { unreachable!() };
        let matches = "select rule_id from matches where article_id in ($1, $2)";
        let (deliveries, articles) = (expired_deliveries(), expired_articles());
        let expired = [&deliveries, &articles, EXPIRED_STORIES, EXPIRED_MEETINGS, EXPIRED_STORY_MUTES, matches];
        // A deletion follows the foreign keys too.
        let referring = [
            "select 1 from delivery_attempts where delivery_id = $1",
            "select 1 from article_keys where article_id = $1",
            "select 1 from article_changes where article_id = $1",
            "select 1 from article_meetings where meeting_id = $1",
            "select 1 from story_mutes where story_id = $1",
        ];
        for sql in expired.into_iter().chain(referring) {
            let plan: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(AssertSqlSafe(format!("explain query plan {sql}"))).fetch_all(pool).await.unwrap();
            let plan: Vec<String> = plan.into_iter().map(|(.., step)| step).collect();
            assert!(
                !plan.is_empty() && !plan.iter().any(|step| step.starts_with("SCAN")),
                "{sql}\n{}",
                plan.join("\n")
            );
        }
    }
}

//! What is done with and old, deleted in small steps, from whichever table.
//!
//! What may go is looked for without holding anybody up; then a short statement deletes that much. Two nodes that do so at
//! once pass over what the other is deleting.

use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{Store, StoreError, on, parameters};
use ceasewire_model::Timestamp;

/// The states of deliveries that nobody waits for.
const DONE: [&str; 3] = ["sent", "failed", "cancelled"];

/// Deliveries in such a state, one at a time, since the index has each in the order of time. The story of a meeting ahead
/// keeps its own: they say whom to remind.
const DELIVERIES: &str = "select d.id from deliveries d where d.state <> 'pending' and d.state = $1 and d.created_at < $2 \
     and coalesce(d.sent_at, d.created_at) < $2 and d.story_id not in (select story_id from articles where id in \
     (select article_id from article_meetings where meeting_id in (select id from meetings where last_day >= $3))) \
     order by d.created_at limit $4";

/// Articles that nobody was told of and that announce no meeting, or not any more. One without a date, or with one in the
/// future, stays: were it forgotten while its feed still has it, nothing would say that it is old.
const ARTICLES: &str = "select a.id from articles a where a.seen_at < $1 and a.published_at is not null \
     and coalesce(a.date_note, '') <> 'future' and not exists (select 1 from deliveries d where d.article_id = a.id) \
     and not exists (select 1 from article_meetings l where l.article_id = a.id) \
     and not exists (select 1 from meetings m where m.article_id = a.id) order by a.seen_at limit $2";

/// Stories whose articles and deliveries have gone.
const STORIES: &str = "select s.id from stories s where s.created_at < $1 \
     and not exists (select 1 from articles a where a.story_id = s.id) \
     and not exists (select 1 from deliveries d where d.story_id = s.id) order by s.created_at limit $2";

/// Meetings that are over, and those that never got a date.
const MEETINGS: &str = "select id from meetings where (last_day < $2 or last_day is null) and updated_at < $1 limit $3";

/// An article goes with its text and its keys: it is deleted in the time that so many other rows take.
const ARTICLE_ROWS: u64 = 5;

impl Store {
    /// Deletes up to `limit` deliveries that were sent, given up or withdrawn before `before`, with their attempts. What
    /// waits to be sent stays, however old. Returns how many were deleted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_deliveries(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let mut ids: Vec<Uuid> = Vec::new();
        for state in DONE {
            let left = limit.saturating_sub(ids.len() as u64) as i64;
            let found: Vec<Uuid> = on!(&self.readers, pool => sqlx::query_scalar(DELIVERIES).bind(state).bind(before)
                .bind(day(before)).bind(left).fetch_all(pool).await)?;
            ids.extend(found);
        }
        self.delete_rows("deliveries", &ids, "and state <> 'pending'").await
    }

    /// Deletes articles seen before `before` that nobody was told of, as far as the store knows by now, with their keys: a
    /// part of `limit`, since each goes with several rows; or up to `limit` matches of them, where these are so many.
    /// Returns how many of either were deleted.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_articles(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let articles = limit.div_ceil(ARTICLE_ROWS);
        let ids: Vec<Uuid> = on!(&self.readers, pool => sqlx::query_scalar(ARTICLES).bind(before).bind(articles as i64)
            .fetch_all(pool).await)?;
        if ids.is_empty() {
            return Ok(0);
        }
        // One article can have matched the rules of everybody.
        let sql = format!(
            "delete from matches where (article_id, rule_id) in (select article_id, rule_id from matches \
             where article_id in {} limit $1 {})",
            parameters(2, 1, ids.len()),
            self.pass_over()
        );
        let matches = on!(&self.writer, pool => {
            let mut query = sqlx::query(AssertSqlSafe(sql)).bind(limit as i64);
            for id in &ids {
                query = query.bind(id);
            }
            query.execute(pool).await.map(|done| done.rows_affected())
        })?;
        if matches >= limit {
            return Ok(matches);
        }
        let untold = "and not exists (select 1 from deliveries d where d.article_id = articles.id)";
        self.delete_rows("articles", &ids, untold).await
    }

    /// Deletes up to `limit` stories begun before `before` of which nothing is left, and returns how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_stories(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = on!(&self.readers, pool => sqlx::query_scalar(STORIES).bind(before).bind(limit as i64)
            .fetch_all(pool).await)?;
        self.delete_rows("stories", &ids, "").await
    }

    /// Deletes up to `limit` meetings that were over before `before`, or of which no date was known and nothing was heard
    /// since, and returns how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_meetings(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let ids: Vec<Uuid> = on!(&self.readers, pool => sqlx::query_scalar(MEETINGS).bind(before).bind(day(before))
            .bind(limit as i64).fetch_all(pool).await)?;
        self.delete_rows("meetings", &ids, "").await
    }

    /// Deletes up to `limit` mutes of stories from before `before`, and returns how many.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn prune_story_mutes(&self, before: Timestamp, limit: u64) -> Result<u64, StoreError> {
        let sql = format!(
            "delete from story_mutes where (subscriber_id, story_id) in (select subscriber_id, story_id from story_mutes \
             where created_at < $1 limit $2 {})",
            self.pass_over()
        );
        Ok(
            on!(&self.writer, pool => sqlx::query(AssertSqlSafe(sql)).bind(before).bind(limit as i64).execute(pool).await
            .map(|done| done.rows_affected()))?,
        )
    }

    /// Deletes the rows `ids` of a table as far as the condition `still` holds.
    async fn delete_rows(&self, table: &'static str, ids: &[Uuid], still: &'static str) -> Result<u64, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        let sql = format!(
            "delete from {table} where id in (select id from {table} where id in {} {still} {})",
            parameters(1, 1, ids.len()),
            self.pass_over()
        );
        Ok(on!(&self.writer, pool => {
            let mut query = sqlx::query(AssertSqlSafe(sql));
            for id in ids {
                query = query.bind(id);
            }
            query.execute(pool).await.map(|done| done.rows_affected())
        })?)
    }

    /// How rows are passed over that another node is deleting; else the two could wait for each other in a ring.
    fn pass_over(&self) -> &'static str {
        if self.is_shared() { "for update skip locked" } else { "" }
    }
}

/// The day of a time, as meetings have theirs.
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
        let mutes = "select subscriber_id, story_id from story_mutes where created_at < $1 limit $2";
        let matches = "select rule_id from matches where article_id in ($1, $2)";
        // What refers to what is deleted is looked for too.
        let referring = [
            "select 1 from delivery_attempts where delivery_id = $1",
            "select 1 from article_keys where article_id = $1",
            "select 1 from article_changes where article_id = $1",
            "select 1 from article_meetings where meeting_id = $1",
            "select 1 from story_mutes where story_id = $1",
        ];
        for sql in [DELIVERIES, ARTICLES, STORIES, MEETINGS, mutes, matches].into_iter().chain(referring) {
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

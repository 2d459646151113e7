//! The table `feeds`: what is polled, when it is due, and what the last fetch left behind.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sqlx::AssertSqlSafe;

use super::{Db, Store, StoreError, Tx, models, on, parameters, within};
use ceasewire_model::{
    Feed, FeedId, FeedOrigin, FeedSource, FeedTrouble, PublishStats, PublisherHints, SubscriberId, Timestamp,
};

/// Two to this power is the most polls that one statement marks.
const MOST_MARKS_LOG2: u32 = 9;

#[derive(Debug)]
pub(super) struct FeedRow(Feed);

impl From<FeedRow> for Feed {
    fn from(row: FeedRow) -> Self {
        row.0
    }
}

/// What a feed's row holds, for both databases.
macro_rules! feed_from_row {
    ($row:ty) => {
        impl sqlx::FromRow<'_, $row> for FeedRow {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                let origin: &str = row.try_get("origin")?;
                let reported: Option<&str> = row.try_get("reported")?;
                let (skip_hours, skip_days): (i64, i64) = (row.try_get("skip_hours")?, row.try_get("skip_days")?);
                Ok(Self(Feed {
                    id: row.try_get("id")?,
                    url: row.try_get("url")?,
                    moved_to: row.try_get("moved_to")?,
                    origin: origin_of(origin),
                    title: row.try_get("title")?,
                    outlet: row.try_get("outlet")?,
                    language: row.try_get("language")?,
                    interval_secs: row.try_get("interval_secs")?,
                    full_text: row.try_get("full_text")?,
                    stats: PublishStats {
                        new_every_secs: row.try_get("new_every_secs")?,
                        last_new_at: row.try_get("last_new_at")?,
                        last_match_at: row.try_get("last_match_at")?,
                    },
                    hints: PublisherHints {
                        every_secs: row.try_get("hint_secs")?,
                        skip_hours: u32::try_from(skip_hours).unwrap_or(0),
                        skip_days: u8::try_from(skip_days).unwrap_or(0),
                    },
                    etag: row.try_get("etag")?,
                    last_modified: row.try_get("last_modified")?,
                    body_hash: row.try_get("body_hash")?,
                    failures: row.try_get("failures")?,
                    failing_since: row.try_get("failing_since")?,
                    reported: reported.and_then(trouble_of),
                    seeded_at: row.try_get("seeded_at")?,
                    last_success_at: row.try_get("last_success_at")?,
                    next_poll_at: row.try_get("next_poll_at")?,
                    last_error: row.try_get("last_error")?,
                }))
            }
        }
    };
}

feed_from_row!(sqlx::sqlite::SqliteRow);
feed_from_row!(sqlx::postgres::PgRow);

fn origin_of(name: &str) -> FeedOrigin {
    match name {
        "chat" => FeedOrigin::Chat,
        "operator" => FeedOrigin::Operator,
        _ => FeedOrigin::Config,
    }
}

fn origin_name(origin: FeedOrigin) -> &'static str {
    match origin {
        FeedOrigin::Chat => "chat",
        FeedOrigin::Operator => "operator",
        FeedOrigin::Config => "config",
    }
}

fn trouble_of(name: &str) -> Option<FeedTrouble> {
    match name {
        "failing" => Some(FeedTrouble::Failing),
        "silent" => Some(FeedTrouble::Silent),
        _ => None,
    }
}

fn trouble_name(trouble: FeedTrouble) -> &'static str {
    match trouble {
        FeedTrouble::Failing => "failing",
        FeedTrouble::Silent => "silent",
    }
}

/// What a poll came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollOutcome {
    /// The feed has nothing new.
    Unchanged,
    /// A body was taken in whole.
    Taken(Box<Taken>),
    /// The poll failed, with these words for the operator.
    Failed(String),
    /// The poll came to nothing for no fault of the feed: the program stops, our own network is down, its host is busy.
    PutBack,
}

/// What a body that was taken in leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// `ETag` of the answer.
    pub etag: Option<String>,
    /// `Last-Modified` of the answer.
    pub last_modified: Option<String>,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
    /// What the feed calls itself.
    pub title: Option<String>,
    /// Where its address has moved for good.
    pub moved_to: Option<String>,
    /// How it publishes, this body included.
    pub stats: PublishStats,
    /// How its publisher wants to be polled.
    pub hints: PublisherHints,
}

/// A poll's outcome on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollRecord {
    /// The feed.
    pub id: FeedId,
    /// What came of it.
    pub outcome: PollOutcome,
    /// When it was polled.
    pub polled_at: Timestamp,
    /// When it is due again.
    pub next_poll_at: Timestamp,
    /// What its operator has been told of by now.
    pub reported: Option<FeedTrouble>,
}

/// How many feeds there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedCounts {
    /// Feeds that are polled.
    pub polled: i64,
    /// Those of them whose every poll of a day has failed.
    pub failing: i64,
    /// Those of them that have been silent for far longer than usual.
    pub silent: i64,
}

/// A feed that is added beside those of the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeed {
    /// Its address and outlet.
    pub source: FeedSource,
    /// Who named it.
    pub origin: FeedOrigin,
    /// What it calls itself.
    pub title: Option<String>,
}

impl Store {
    /// Makes the configured feeds those of `sources`: new ones are due at once, known ones keep their state, and those
    /// that are not named any more rest until they are named again, unless a chat has them on its list. Feeds of the
    /// operator and of chats stay, unless the settings name them now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn sync_feeds(&self, sources: &[FeedSource], now: Timestamp) -> Result<(), StoreError> {
        // Only what differs is written: other nodes may be at work on these rows.
        let known = self.list_feeds().await?;
        let same = |feed: &Feed, source: &FeedSource| {
            (&feed.url, &feed.outlet, &feed.language, feed.interval_secs, feed.full_text)
                == (&source.url, &source.outlet, &source.language, interval_of(source), source.full_text)
        };
        let known: HashMap<&str, &Feed> = known.iter().map(|feed| (feed.url.as_str(), feed)).collect();
        let mut named: HashSet<&str> = HashSet::new();
        let mut tx = self.begin().await?;
        for source in sources {
            named.insert(&source.url);
            let there = known.get(source.url.as_str());
            if !there.is_some_and(|feed| feed.origin == FeedOrigin::Config && same(feed, source)) {
                let new = NewFeed { source: source.clone(), origin: FeedOrigin::Config, title: None };
                tx.upsert_feed(&new, now).await?;
            }
        }
        for feed in
            known.values().filter(|feed| feed.origin == FeedOrigin::Config && !named.contains(feed.url.as_str()))
        {
            tx.rest_feed(feed.id).await?;
        }
        tx.commit().await
    }

    /// Adds a feed, due at once, or changes what is said of it. One that was a chat's and is now everyone's begins anew:
    /// what is in it is stored silently. A feed of everyone stays so when a chat names it.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_feed(&self, new: &NewFeed, now: Timestamp) -> Result<Feed, StoreError> {
        let mut tx = self.begin().await?;
        let feed = tx.upsert_feed(new, now).await?;
        tx.commit().await?;
        Ok(feed)
    }

    /// Adds a feed for a chat, and puts it on the chat's list.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn insert_feed_of_chat(
        &self,
        new: &NewFeed,
        subscriber: SubscriberId,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let feed = tx.upsert_feed(new, now).await?;
        tx.insert_chat_feed(subscriber, feed.id, now).await?;
        tx.commit().await
    }

    /// Lets a feed rest until it is named again, unless a chat has it on its list; what it has brought stays.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark_feed_removed(&self, id: FeedId) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        tx.rest_feed(id).await?;
        tx.commit().await
    }

    /// The polled feed with this address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn find_feed(&self, url: &str) -> Result<Option<Feed>, StoreError> {
        let sql = "select * from feeds where url = $1 and active";
        let row: Option<FeedRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(url).fetch_optional(pool).await)?;
        Ok(row.map(Into::into))
    }

    /// The polled feeds that their operator has been told of, by address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_troubled_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let sql = "select * from feeds where active and reported is not null order by url";
        let rows: Vec<FeedRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// How many feeds are polled, and how many of them are failing and silent.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn count_feeds(&self) -> Result<FeedCounts, StoreError> {
        let sql = "select reported, count(*) from feeds where active group by reported";
        let rows: Vec<(Option<String>, i64)> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        let mut counts = FeedCounts::default();
        for (reported, count) in rows {
            counts.polled += count;
            match reported.as_deref().and_then(trouble_of) {
                Some(FeedTrouble::Failing) => counts.failing += count,
                Some(FeedTrouble::Silent) => counts.silent += count,
                None => {}
            }
        }
        Ok(counts)
    }

    /// The feeds that are polled, by address.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn list_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let sql = "select * from feeds where active order by url";
        let rows: Vec<FeedRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Claims up to `limit` due feeds until `lease_until`, the longest due first.
    ///
    /// A lease or a due time too far ahead (more than `horizon_secs`) was written by a clock that has since been set
    /// back, and counts as past.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim_due_feeds(
        &self,
        now: Timestamp,
        lease_until: Timestamp,
        horizon_secs: i64,
        limit: usize,
    ) -> Result<Vec<Feed>, StoreError> {
        // The lease stands in the outer condition too: two nodes that read the same rows must not both get them.
        const SHARED: &str = "update feeds set lease_until = $2 where id in (select id from feeds where active \
             and (next_poll_at <= $1 or next_poll_at > $3) and (lease_until <= $1 or lease_until > $3) \
             order by next_poll_at limit $4 for update skip locked) and (lease_until <= $1 or lease_until > $3) returning *";
        const OWN: &str = "select * from feeds where active and (next_poll_at <= $1 or next_poll_at > $2) \
             order by next_poll_at limit $3";
        let horizon = now.plus_secs(horizon_secs);
        match &self.readers {
            Db::Postgres(pool) => {
                let due: Vec<FeedRow> = sqlx::query_as(SHARED)
                    .bind(now)
                    .bind(lease_until)
                    .bind(horizon)
                    .bind(rows(limit))
                    .fetch_all(pool)
                    .await?;
                Ok(models(due))
            }
            Db::Sqlite(pool) => {
                let taken = {
                    let mut claimed = lock(&self.claimed_feeds);
                    claimed.retain(|_, until| *until > now && *until <= horizon);
                    claimed.len()
                };
                let sql = sqlx::query_as(OWN).bind(now).bind(horizon).bind(rows(limit + taken));
                let due: Vec<FeedRow> = sql.fetch_all(pool).await?;
                let mut due: Vec<Feed> = models(due);
                let mut claimed = lock(&self.claimed_feeds);
                due.retain(|feed| !claimed.contains_key(&feed.id));
                due.truncate(limit);
                claimed.extend(due.iter().map(|feed| (feed.id, lease_until)));
                Ok(due)
            }
        }
    }

    /// Records what polls came to, when the feeds are due again, and gives the leases back, all in one transaction.
    ///
    /// # Errors
    /// When the database refuses; then the feeds are due again when their leases end, or where one process has the database to
    /// itself, when they would have been.
    pub async fn mark_feeds_polled(&self, marks: &[PollRecord]) -> Result<(), StoreError> {
        let recorded = self.record_polls(marks).await;
        if recorded.is_err() && !self.is_shared() {
            lock(&self.claimed_feeds).extend(marks.iter().map(|mark| (mark.id, mark.next_poll_at)));
        }
        recorded
    }

    async fn record_polls(&self, marks: &[PollRecord]) -> Result<(), StoreError> {
        const TAKEN: &str = "update feeds set next_poll_at = $2, lease_until = 0, failures = 0, failing_since = null, \
             last_error = null, last_success_at = $3, seeded_at = coalesce(seeded_at, $3), etag = $4, \
             last_modified = $5, body_hash = $6, title = coalesce($7, title), moved_to = $8, \
             new_every_secs = $9, last_new_at = $10, last_match_at = $11, hint_secs = $12, skip_hours = $13, \
             skip_days = $14, reported = $15 where id = $1";
        const FAILED: &str = "update feeds set next_poll_at = $2, lease_until = 0, failures = failures + 1, \
             failing_since = coalesce(failing_since, $3), last_error = $4, reported = $5 where id = $1";
        const PUT_BACK: &str = "update feeds set next_poll_at = $2, lease_until = 0 where id = $1";

        // In one order everywhere: two nodes that mark the same feeds then wait for each other, never in a ring.
        let mut marks: Vec<&PollRecord> = marks.iter().collect();
        marks.sort_unstable_by_key(|mark| mark.id);
        let ids: Vec<FeedId> = marks.iter().map(|mark| mark.id).collect();
        let mut tx = self.begin().await?;
        // Most polls find nothing new: those are marked many at a time.
        let unchanged: Vec<&PollRecord> =
            marks.iter().copied().filter(|mark| mark.outcome == PollOutcome::Unchanged).collect();
        let mut rest = unchanged.as_slice();
        while !rest.is_empty() {
            // Powers of two: few different statements, which stay prepared.
            let (chunk, after) = rest.split_at(1 << rest.len().ilog2().min(MOST_MARKS_LOG2));
            rest = after;
            let sql = unchanged_sql(chunk.len());
            within!(tx, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for mark in chunk {
                    query = query.bind(mark.id).bind(mark.next_poll_at).bind(mark.polled_at)
                        .bind(mark.reported.map(trouble_name));
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        for mark in marks {
            let reported = mark.reported.map(trouble_name);
            within!(tx, conn => match &mark.outcome {
                PollOutcome::Unchanged => Ok(()),
                PollOutcome::Taken(taken) => {
                    let Taken { etag, last_modified, body_hash, title, moved_to, stats, hints } = &**taken;
                    sqlx::query(TAKEN).bind(mark.id).bind(mark.next_poll_at).bind(mark.polled_at).bind(etag)
                        .bind(last_modified).bind(body_hash).bind(title).bind(moved_to).bind(stats.new_every_secs)
                        .bind(stats.last_new_at).bind(stats.last_match_at).bind(hints.every_secs)
                        .bind(i64::from(hints.skip_hours)).bind(i64::from(hints.skip_days)).bind(reported).execute(conn)
                        .await.map(|_| ())
                }
                PollOutcome::Failed(error) => sqlx::query(FAILED).bind(mark.id).bind(mark.next_poll_at)
                    .bind(mark.polled_at).bind(error).bind(reported).execute(conn).await
                    .map(|_| ()),
                PollOutcome::PutBack => {
                    sqlx::query(PUT_BACK).bind(mark.id).bind(mark.next_poll_at).execute(conn).await.map(|_| ())
                }
            })?;
        }
        tx.commit().await?;
        let mut claimed = lock(&self.claimed_feeds);
        for id in ids {
            claimed.remove(&id);
        }
        Ok(())
    }
}

impl Tx {
    async fn upsert_feed(&mut self, new: &NewFeed, now: Timestamp) -> Result<Feed, StoreError> {
        // What was read of it counts on, but for a chat's feed that is everyone's now, or that rested.
        const KNOWN: &str = "feeds.origin <> 'chat' or (feeds.active and excluded.origin = 'chat')";
        // What a chat says of a feed that is everyone's counts for nothing.
        const THEIRS: &str = "feeds.active and feeds.origin <> 'chat' and excluded.origin = 'chat'";
        let known = ["seeded_at", "etag", "last_modified", "body_hash", "moved_to"]
            .map(|column| format!("{column} = case when {KNOWN} then feeds.{column} end"));
        let lately = ["failing_since", "reported", "last_new_at"]
            .map(|column| format!("{column} = case when feeds.active then feeds.{column} end"));
        let said = ["origin", "outlet", "language", "interval_secs", "full_text"]
            .map(|column| format!("{column} = case when {THEIRS} then feeds.{column} else excluded.{column} end"));
        let sql = format!(
            "insert into feeds (id, url, outlet, language, interval_secs, full_text, origin, title, active, failures, \
             next_poll_at, lease_until, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0, $10) \
             on conflict (url) do update set {}, {}, {}, failures = case when feeds.active then feeds.failures else 0 end, \
             next_poll_at = case when feeds.active then feeds.next_poll_at else excluded.next_poll_at end, \
             active = excluded.active returning *",
            known.join(", "),
            lately.join(", "),
            said.join(", ")
        );
        let source = &new.source;
        let row: FeedRow = within!(self, conn => sqlx::query_as(AssertSqlSafe(sql)).bind(FeedId::new()).bind(&source.url)
            .bind(&source.outlet).bind(&source.language).bind(interval_of(source)).bind(source.full_text)
            .bind(origin_name(new.origin)).bind(&new.title).bind(true).bind(now).fetch_one(conn).await)?;
        Ok(row.into())
    }

    /// Polls a feed for nobody but the chats that have it on their lists; without any it rests.
    async fn rest_feed(&mut self, id: FeedId) -> Result<(), StoreError> {
        let listed = "exists (select 1 from chat_feeds c where c.feed_id = feeds.id)";
        let leave = format!("update feeds set origin = 'chat' where id = $1 and {listed}");
        let rest = format!("update feeds set active = $2 where id = $1 and not {listed}");
        within!(self, conn => sqlx::query(AssertSqlSafe(leave)).bind(id).execute(conn).await.map(|_| ()))?;
        within!(self, conn => sqlx::query(AssertSqlSafe(rest)).bind(id).bind(false).execute(conn).await.map(|_| ()))?;
        Ok(())
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn interval_of(source: &FeedSource) -> Option<i64> {
    source.interval_secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX))
}

/// The statement that marks so many polls which found nothing new.
fn unchanged_sql(rows: usize) -> String {
    format!(
        "with polled (id, due, at, reported) as (values {}) update feeds set next_poll_at = polled.due, \
         lease_until = 0, failures = 0, failing_since = null, last_error = null, last_success_at = polled.at, \
         reported = polled.reported from polled where feeds.id = polled.id",
        parameters(1, rows, 4)
    )
}

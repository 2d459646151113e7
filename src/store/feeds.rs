//! The table `feeds`: polled feeds, their due times, and the state of the last fetch.

use std::collections::{HashMap, HashSet};

use sqlx::AssertSqlSafe;

use super::literals::CHAT_FEED;
use super::{Db, Store, StoreError, Tx, execute, execute_tx, models, on, on_tx, parameters};
use ceasewire_model::{
    CrashHistory, Feed, FeedId, FeedOrigin, FeedSource, FeedTrouble, PendingMove, PublishStats, PublisherHints,
    Relocation, Timestamp, Validators, clock,
};

/// The longest that a server or a death of the program can hold a feed, in seconds.
const LONGEST_HOLD_SECS: i64 = 86_400;
/// The longest claim of a feed in memory, in seconds: four of the longest leases, or the wait for a store that refused
/// the record of a poll.
const LONGEST_CLAIM_SECS: i64 = 2 * 3600;
/// The longest lease on a feed between nodes, in seconds: two of the longest `fetch.timeout_secs`, and a margin. A
/// later end counts as past: the clock was set back.
pub(super) const LONGEST_LEASE_SECS: i64 = 2 * 600 + 60;
/// Two to this power is the most polls that one statement records.
const MOST_RECORDS_LOG2: u32 = 9;

#[derive(Debug)]
pub(super) struct FeedRow(Feed);

impl From<FeedRow> for Feed {
    fn from(row: FeedRow) -> Self {
        row.0
    }
}

/// Reads a feed from a row of either database.
macro_rules! feed_from_row {
    ($row:ty) => {
        impl sqlx::FromRow<'_, $row> for FeedRow {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                let (skip_hours, skip_days): (i64, i64) = (row.try_get("skip_hours")?, row.try_get("skip_days")?);
                Ok(Self(Feed {
                    id: row.try_get("id")?,
                    url: row.try_get("url")?,
                    relocation: Relocation {
                        moved_to: row.try_get("moved_to")?,
                        moved_at: row.try_get("moved_at")?,
                        old_polled_at: row.try_get("old_polled_at")?,
                        pending: match (row.try_get("moving_to")?, row.try_get("moving_since")?) {
                            (Some(to), Some(since)) => {
                                Some(PendingMove { to, since, polls: row.try_get("moving_polls")? })
                            }
                            _ => None,
                        },
                    },
                    origin: row.try_get("origin")?,
                    title: row.try_get("title")?,
                    outlet: row.try_get("outlet")?,
                    language: row.try_get("language")?,
                    interval_secs: row.try_get("interval_secs")?,
                    full_text: row.try_get("full_text")?,
                    stats: PublishStats {
                        new_every_secs: row.try_get("new_every_secs")?,
                        last_new_at: row.try_get("last_new_at")?,
                        last_match_at: row.try_get("last_match_at")?,
                        too_old: row.try_get("too_old")?,
                        too_old_in_a_row: row.try_get("too_old_in_a_row")?,
                    },
                    hints: PublisherHints {
                        every_secs: row.try_get("hint_secs")?,
                        skip_hours: u32::try_from(skip_hours).unwrap_or(0),
                        skip_days: u8::try_from(skip_days).unwrap_or(0),
                    },
                    validators: Validators {
                        etag: row.try_get("etag")?,
                        last_modified: row.try_get("last_modified")?,
                        read_at: row.try_get("body_read_at")?,
                        distrusted_at: row.try_get("distrusted_at")?,
                    },
                    body_hash: row.try_get("body_hash")?,
                    failures: row.try_get("failures")?,
                    failing_since: row.try_get("failing_since")?,
                    trouble: row.try_get("trouble")?,
                    seeded_at: row.try_get("seeded_at")?,
                    last_success_at: row.try_get("last_success_at")?,
                    next_poll_at: row.try_get("next_poll_at")?,
                    scheduled_at: row.try_get("scheduled_at")?,
                    held_until: row.try_get("held_until")?,
                    crashes: CrashHistory {
                        reading_since: row.try_get("reading_since")?,
                        page_in_hand: row.try_get("page_in_hand")?,
                        page_set_aside: row.try_get("page_set_aside")?,
                        count: row.try_get("crashes")?,
                        last_at: row.try_get("crashed_at")?,
                    },
                    last_error: row.try_get("last_error")?,
                }))
            }
        }
    };
}

feed_from_row!(sqlx::sqlite::SqliteRow);
feed_from_row!(sqlx::postgres::PgRow);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PollOutcome {
    /// The feed has nothing new.
    Unchanged,
    /// A new body was stored whole.
    NewBody(Box<NewBody>),
    /// The poll failed with this error.
    Failed(String),
    /// The poll ended for no fault of the feed: the program stops, our own network is down, the host is busy.
    Released,
}

/// The state that a stored body leaves behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewBody {
    pub validators: Validators,
    /// SHA-256 of the body.
    pub body_hash: Vec<u8>,
    /// The feed's own title.
    pub title: Option<String>,
    /// The feed's statistics, this body included.
    pub stats: PublishStats,
    pub hints: PublisherHints,
}

/// A poll on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollRecord {
    /// The feed.
    pub id: FeedId,
    pub outcome: PollOutcome,
    pub polled_at: Timestamp,
    pub next_poll_at: Timestamp,
    /// The feed's trouble, this poll included.
    pub trouble: Option<FeedTrouble>,
    /// The end of a wait that may be longer than the longest interval, where a server asked for it.
    pub held_until: Option<Timestamp>,
    /// The feed's new validators, where an answer without a new body changed them.
    pub validators: Option<Validators>,
    /// The feed's new relocation, where the poll changed it.
    pub relocation: Option<Relocation>,
}

/// The feeds that share poll slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedLane {
    /// Feeds of the settings, the profile and the command line.
    Operator,
    /// Feeds that chats have added.
    Chats,
}

/// A claim of due feeds.
#[derive(Clone, Copy, Debug)]
pub struct FeedClaim {
    pub lane: FeedLane,
    pub now: Timestamp,
    pub lease_until: Timestamp,
    /// The most feeds.
    pub limit: usize,
}

/// Counts of polled feeds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedCounts {
    pub polled: i64,
    /// Polled feeds with [`FeedTrouble::Failing`].
    pub failing: i64,
    /// Polled feeds with [`FeedTrouble::Silent`].
    pub silent: i64,
    /// Polled feeds with [`FeedTrouble::TooOld`].
    pub too_old: i64,
}

/// A feed on its way into the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFeed {
    pub source: FeedSource,
    pub origin: FeedOrigin,
    /// The feed's own title.
    pub title: Option<String>,
}

impl Store {
    /// Makes `sources` the configured feeds: new ones are due at once, known ones keep their state, and missing ones
    /// are deactivated unless a chat has them on its list. Feeds of the operator and of chats stay, unless the settings
    /// name them now.
    pub async fn sync_feeds(&self, sources: &[FeedSource], now: Timestamp) -> Result<(), StoreError> {
        // Only changed feeds are written: other nodes may be at work on these rows.
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
            tx.deactivate_unlisted_feed(feed.id).await?;
        }
        tx.commit().await
    }

    /// Inserts a feed, due at once, or changes its settings. A chat's feed that becomes everyone's begins anew: its
    /// present articles are stored silently. Everyone's feed stays so when a chat adds it.
    pub async fn insert_feed(&self, new: &NewFeed, now: Timestamp) -> Result<Feed, StoreError> {
        let mut tx = self.begin().await?;
        let feed = tx.upsert_feed(new, now).await?;
        tx.commit().await?;
        Ok(feed)
    }

    /// Takes a feed off the lists of all chats, and deactivates it until it is added again. Returns the number of lists
    /// that had it.
    pub async fn remove_feed(&self, id: FeedId) -> Result<u64, StoreError> {
        let deactivate = format!("update feeds set active = $2 where id = $1 and origin <> {CHAT_FEED}");
        let mut tx = self.begin().await?;
        let lists = execute_tx!(tx, "delete from chat_feeds where feed_id = $1", id)?;
        execute_tx!(tx, AssertSqlSafe(deactivate), id, false)?;
        tx.deactivate_orphaned_feeds().await?;
        tx.commit().await?;
        Ok(lists)
    }

    /// The polled feed with this address.
    pub async fn find_feed(&self, url: &str) -> Result<Option<Feed>, StoreError> {
        let sql = "select * from feeds where url = $1 and active";
        let row: Option<FeedRow> =
            on!(&self.readers, pool => sqlx::query_as(sql).bind(url).fetch_optional(pool).await)?;
        Ok(row.map(Into::into))
    }

    /// The polled feeds that their operator may have to look at, by address: with a trouble, with deaths of
    /// the program, moved, or on the way to another host.
    pub async fn list_troubled_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let sql = "
            select *
            from feeds
            where active
                and (trouble is not null or crashes > 0 or moving_to is not null or moved_to is not null)
            order by url";
        let rows: Vec<FeedRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Counts the polled feeds, and those of each trouble among them.
    pub async fn count_feeds(&self) -> Result<FeedCounts, StoreError> {
        let sql = "select trouble, count(*) from feeds where active group by trouble";
        let rows: Vec<(Option<FeedTrouble>, i64)> =
            on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        let mut counts = FeedCounts::default();
        for (trouble, count) in rows {
            counts.polled += count;
            match trouble {
                Some(FeedTrouble::Failing) => counts.failing += count,
                Some(FeedTrouble::Silent) => counts.silent += count,
                Some(FeedTrouble::TooOld) => counts.too_old += count,
                None => {}
            }
        }
        Ok(counts)
    }

    /// Counts the new entries of each outlet too old for an alert, for outlets that have some. Feeds of chats do
    /// not count: strangers name them.
    pub async fn count_too_old(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let sql = format!(
            "
            select outlet, cast(sum(too_old) as bigint)
            from feeds
            where active
                and origin <> {CHAT_FEED}
                and too_old > 0
            group by outlet
            order by outlet"
        );
        Ok(on!(&self.readers, pool => sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await)?)
    }

    /// The polled feeds, by address.
    pub async fn list_feeds(&self) -> Result<Vec<Feed>, StoreError> {
        let sql = "select * from feeds where active order by url";
        let rows: Vec<FeedRow> = on!(&self.readers, pool => sqlx::query_as(sql).fetch_all(pool).await)?;
        Ok(models(rows))
    }

    /// Claims due feeds of a lane, the longest due first.
    pub async fn claim_due_feeds(&self, claim: FeedClaim) -> Result<Vec<Feed>, StoreError> {
        let FeedClaim { lane, now, lease_until, limit } = claim;
        let is_of_lane = match lane {
            FeedLane::Operator => format!("<> {CHAT_FEED}"),
            FeedLane::Chats => format!("= {CHAT_FEED}"),
        };
        let latest_lease = clock::horizon(now, LONGEST_LEASE_SECS);
        match &self.readers {
            Db::Postgres(pool) => {
                let sql = format!(include_str!("sql/claim_due_feeds.sql"), is_of_lane = is_of_lane);
                let due: Vec<FeedRow> = sqlx::query_as(AssertSqlSafe(sql))
                    .bind(now)
                    .bind(lease_until)
                    .bind(latest_lease)
                    .bind(rows(limit))
                    .fetch_all(pool)
                    .await?;
                Ok(models(due))
            }
            Db::Sqlite(pool) => {
                let own = format!(
                    "
                    select *
                    from feeds
                    where active
                        and origin {is_of_lane}
                        and next_poll_at <= $1
                    order by next_poll_at
                    limit $2"
                );
                let taken = {
                    let mut claimed = self.claimed_feeds.lock();
                    claimed.retain(|_, until| *until > now && *until <= clock::horizon(now, LONGEST_CLAIM_SECS));
                    claimed.len()
                };
                let sql = sqlx::query_as(AssertSqlSafe(own)).bind(now).bind(rows(limit + taken));
                let due: Vec<FeedRow> = sql.fetch_all(pool).await?;
                let mut due: Vec<Feed> = models(due);
                let mut claimed = self.claimed_feeds.lock();
                due.retain(|feed| !claimed.contains_key(&feed.id));
                due.truncate(limit);
                claimed.extend(due.iter().map(|feed| (feed.id, lease_until)));
                Ok(due)
            }
        }
    }

    /// Makes feeds due that a right clock would poll sooner, and returns their number: a clock that ran ahead wrote
    /// their times, or they wait for longer than `longest_interval_secs` although no server has asked for it.
    pub async fn repair_poll_times(&self, now: Timestamp, longest_interval_secs: i64) -> Result<u64, StoreError> {
        let is_wrong = "
            active
            and (
                scheduled_at > $1
                or (next_poll_at > $2 and (held_until is null or next_poll_at > held_until or held_until > $3))
            )";
        let ahead = now.plus_secs(clock::SKEW_SECS);
        let (latest, latest_hold) =
            (clock::horizon(now, longest_interval_secs), clock::horizon(now, LONGEST_HOLD_SECS));
        // Almost always there is none, and the write lock stays free.
        let count = format!("select count(*) from feeds where {is_wrong}");
        let count: i64 = on!(&self.readers, pool => {
            sqlx::query_scalar(AssertSqlSafe(count)).bind(ahead).bind(latest).bind(latest_hold).fetch_one(pool).await
        })?;
        if count == 0 {
            return Ok(0);
        }
        let repair = format!(include_str!("sql/repair_poll_times.sql"), is_wrong = is_wrong);
        let repaired = execute!(&self.writer, AssertSqlSafe(repair), ahead, latest, latest_hold, now)?;
        self.claimed_feeds.lock().retain(|_, until| *until <= clock::horizon(now, LONGEST_LEASE_SECS));
        Ok(repaired)
    }

    /// Records polls and releases their leases, all in one transaction.
    ///
    /// # Errors
    /// When the database refuses; then the feeds are due again when their leases end, or on SQLite at the due times of
    /// these records.
    pub async fn record_polls(&self, polls: &[PollRecord]) -> Result<(), StoreError> {
        let recorded = self.write_polls(polls).await;
        if recorded.is_err() && !self.is_shared() {
            self.claimed_feeds.lock().extend(polls.iter().map(|poll| (poll.id, poll.next_poll_at)));
        }
        recorded
    }

    async fn write_polls(&self, polls: &[PollRecord]) -> Result<(), StoreError> {
        const RECORD_FAILURE: &str = "
            update feeds
            set next_poll_at = $2,
                lease_until = 0,
                scheduled_at = $3,
                reading_since = null,
                page_in_hand = null,
                failures = failures + 1,
                failing_since = case when failing_since > $3 then $3 else coalesce(failing_since, $3) end,
                last_error = $4,
                trouble = $5,
                held_until = $6
            where id = $1";
        const RELEASE: &str = "
            update feeds
            set next_poll_at = $2,
                lease_until = 0,
                scheduled_at = $3,
                reading_since = null,
                page_in_hand = null
            where id = $1";

        // In one order everywhere: two nodes that record the same feeds then wait for each other, never in a ring.
        let mut polls: Vec<&PollRecord> = polls.iter().collect();
        polls.sort_unstable_by_key(|poll| poll.id);
        let mut tx = self.begin().await?;
        // Most polls find nothing new: one statement records many of them.
        let unchanged: Vec<&PollRecord> =
            polls.iter().copied().filter(|poll| poll.outcome == PollOutcome::Unchanged).collect();
        let mut rest = unchanged.as_slice();
        while !rest.is_empty() {
            // Powers of two: few different statements, which stay prepared.
            let (chunk, after) = rest.split_at(1 << rest.len().ilog2().min(MOST_RECORDS_LOG2));
            rest = after;
            let sql = unchanged_sql(chunk.len());
            on_tx!(tx, conn => {
                let mut query = sqlx::query(AssertSqlSafe(sql));
                for poll in chunk {
                    query = query.bind(poll.id).bind(poll.next_poll_at).bind(poll.polled_at).bind(poll.trouble);
                }
                query.execute(conn).await.map(|_| ())
            })?;
        }
        for poll in &polls {
            match &poll.outcome {
                PollOutcome::Unchanged => {}
                PollOutcome::NewBody(body) => tx.record_new_body(poll, body).await?,
                PollOutcome::Failed(error) => {
                    let PollRecord { id, next_poll_at, polled_at, trouble, held_until, .. } = poll;
                    execute_tx!(tx, RECORD_FAILURE, id, next_poll_at, polled_at, error, trouble, held_until)?;
                }
                PollOutcome::Released => {
                    execute_tx!(tx, RELEASE, poll.id, poll.next_poll_at, poll.polled_at)?;
                }
            }
            if let Some(validators) = &poll.validators {
                tx.record_validators(poll.id, validators).await?;
            }
            if let Some(relocation) = &poll.relocation {
                tx.record_relocation(poll.id, relocation).await?;
            }
        }
        tx.commit().await?;
        let mut claimed = self.claimed_feeds.lock();
        for poll in polls {
            claimed.remove(&poll.id);
        }
        Ok(())
    }
}

impl Tx {
    async fn record_new_body(&mut self, poll: &PollRecord, body: &NewBody) -> Result<(), StoreError> {
        let NewBody { validators, body_hash, title, stats, hints } = body;
        let sql = format!(include_str!("sql/record_new_body.sql"), chat = CHAT_FEED);
        execute_tx!(
            self,
            AssertSqlSafe(sql),
            poll.id,
            poll.next_poll_at,
            poll.polled_at,
            &validators.etag,
            &validators.last_modified,
            body_hash,
            title,
            stats.new_every_secs,
            stats.last_new_at,
            stats.last_match_at,
            hints.every_secs,
            i64::from(hints.skip_hours),
            i64::from(hints.skip_days),
            poll.trouble,
            stats.too_old,
            stats.too_old_in_a_row,
            validators.read_at,
            validators.distrusted_at,
        )?;
        Ok(())
    }

    async fn record_validators(&mut self, id: FeedId, validators: &Validators) -> Result<(), StoreError> {
        let sql = "
            update feeds
            set etag = $2,
                last_modified = $3,
                body_read_at = $4,
                distrusted_at = $5
            where id = $1";
        let Validators { etag, last_modified, read_at, distrusted_at } = validators;
        execute_tx!(self, sql, id, etag, last_modified, read_at, distrusted_at)?;
        Ok(())
    }

    async fn record_relocation(&mut self, id: FeedId, relocation: &Relocation) -> Result<(), StoreError> {
        let sql = "
            update feeds
            set moved_to = $2,
                moved_at = $3,
                old_polled_at = $4,
                moving_to = $5,
                moving_since = $6,
                moving_polls = $7
            where id = $1";
        let Relocation { moved_to, moved_at, old_polled_at, pending } = relocation;
        let (to, since) = (pending.as_ref().map(|pending| &pending.to), pending.as_ref().map(|pending| pending.since));
        let polls = pending.as_ref().map_or(0, |pending| pending.polls);
        execute_tx!(self, sql, id, moved_to, moved_at, old_polled_at, to, since, polls)?;
        Ok(())
    }

    pub(super) async fn upsert_feed(&mut self, new: &NewFeed, now: Timestamp) -> Result<Feed, StoreError> {
        // The state of the last fetch stays, except of a chat's feed that becomes everyone's, or was not active.
        let keeps_state = format!("feeds.origin <> {CHAT_FEED} or (feeds.active and excluded.origin = {CHAT_FEED})");
        // A chat does not change the settings of everyone's feed.
        let keeps_settings = format!("feeds.active and feeds.origin <> {CHAT_FEED} and excluded.origin = {CHAT_FEED}");
        let kept_state = [
            "seeded_at",
            "etag",
            "last_modified",
            "body_read_at",
            "distrusted_at",
            "body_hash",
            "moved_to",
            "moving_to",
        ]
        .map(|column| format!("{column} = case when {keeps_state} then feeds.{column} end"));
        let kept_if_active = ["failing_since", "trouble", "last_new_at"]
            .map(|column| format!("{column} = case when feeds.active then feeds.{column} end"));
        let settings = ["origin", "outlet", "language", "interval_secs", "full_text"].map(|column| {
            format!("{column} = case when {keeps_settings} then feeds.{column} else excluded.{column} end")
        });
        let sql = format!(
            include_str!("sql/upsert_feed.sql"),
            kept_state = kept_state.join(", "),
            kept_if_active = kept_if_active.join(", "),
            settings = settings.join(", "),
        );
        let source = &new.source;
        let row: FeedRow = on_tx!(self, conn => {
            sqlx::query_as(AssertSqlSafe(sql))
                .bind(FeedId::new())
                .bind(&source.url)
                .bind(&source.outlet)
                .bind(&source.language)
                .bind(interval_of(source))
                .bind(source.full_text)
                .bind(new.origin)
                .bind(&new.title)
                .bind(true)
                .bind(now)
                .fetch_one(conn)
                .await
        })?;
        Ok(row.into())
    }

    /// Makes a feed one of the chats that have it on their lists; deactivates it if there are none.
    async fn deactivate_unlisted_feed(&mut self, id: FeedId) -> Result<(), StoreError> {
        let listed = "exists (select 1 from chat_feeds c where c.feed_id = feeds.id)";
        let give_to_chats = format!("update feeds set origin = {CHAT_FEED} where id = $1 and {listed}");
        let deactivate = format!("update feeds set active = $2 where id = $1 and not {listed}");
        execute_tx!(self, AssertSqlSafe(give_to_chats), id)?;
        execute_tx!(self, AssertSqlSafe(deactivate), id, false)?;
        Ok(())
    }
}

fn rows(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

fn interval_of(source: &FeedSource) -> Option<i64> {
    source.interval_secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX))
}

/// Records `rows` polls that found nothing new.
fn unchanged_sql(rows: usize) -> String {
    format!(
        "
        with polled (id, due, at, trouble) as (values {})
        update feeds
        set next_poll_at = polled.due,
            lease_until = 0,
            scheduled_at = polled.at,
            reading_since = null,
            page_in_hand = null,
            failures = 0,
            failing_since = null,
            last_error = null,
            last_success_at = polled.at,
            trouble = polled.trouble
        from polled
        where feeds.id = polled.id",
        parameters(1, rows, 4)
    )
}

//! The poller: fetches the feeds that are due and hands their entries to [`crate::ingest`].

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use futures::StreamExt;
use futures::stream;
use sha2::{Digest, Sha256};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::feed::fetch::{Fetched, Fetcher, Request, Trust};
use crate::feed::{parse, schedule};
use crate::ingest::{Alerting, Ingest, Ingested};
use crate::model::{Feed, Tick, Timestamp};
use crate::store::{PollOutcome, Store};

/// How long an idle poller waits before it asks the store again what is due.
const IDLE: Duration = Duration::from_millis(500);
/// Seconds beyond the fetch's own limit for which a claimed feed stays with its poller: parsing and storing. Short, since
/// after a crash another node waits for the lease to end; should storing take longer, the keys keep what two nodes store
/// from doubling.
const LEASE_MARGIN_SECS: u64 = 10;

/// No feed is due or leased further ahead than this: what the store says beyond it was written by a clock that has since
/// been set back. A week, the longest interval, and a day, the longest that a server can ask for.
const HORIZON_SECS: i64 = 8 * 86_400;

/// What polls came to, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Polls.
    pub feeds: usize,
    /// What became of the entries.
    pub entries: Ingested,
}

/// Polls feeds.
#[derive(Debug)]
pub struct Poller {
    store: Store,
    fetcher: Fetcher,
    access: BTreeMap<String, config::Access>,
    ingest: Arc<Ingest>,
    config: config::Poller,
    lease_secs: u64,
    backfill: usize,
    totals: std::sync::Mutex<Polled>,
}

impl Poller {
    /// Builds a poller. Of a feed's first fetch the newest `backfill` entries alert; the others are stored silently.
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        access: BTreeMap<String, config::Access>,
        ingest: Arc<Ingest>,
        config: config::Poller,
        fetch_timeout_secs: u64,
        backfill: usize,
    ) -> Self {
        let lease_secs = fetch_timeout_secs + LEASE_MARGIN_SECS;
        Self { store, fetcher, access, ingest, config, lease_secs, backfill, totals: std::sync::Mutex::default() }
    }

    /// What all polls of this poller came to.
    pub fn totals(&self) -> Polled {
        *self.totals.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Polls every feed that is due at `now`, once.
    ///
    /// # Errors
    /// When the store cannot say what is due. What goes wrong with one feed is logged and leaves the others alone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        let stop = CancellationToken::new();
        let mut worked = 0;
        loop {
            let feeds = self.claim(now, self.config.concurrency).await?;
            if feeds.is_empty() {
                return Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) });
            }
            worked += feeds.len();
            let polls = stream::iter(feeds).map(|feed| self.poll(feed, now, &stop));
            polls.buffer_unordered(self.config.concurrency).collect::<Vec<()>>().await;
        }
    }

    /// Polls feeds as they become due until `stop`; then finishes what is being stored and gives back the rest.
    ///
    /// Each poll is a task of its own: one that waits for the store must go on while this loop waits for it too.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut polls = JoinSet::new();
        while !stop.is_cancelled() {
            let free = self.config.concurrency.saturating_sub(polls.len());
            if free > 0 {
                match self.claim(Timestamp::now(), free).await {
                    Ok(feeds) => {
                        for feed in feeds {
                            let (poller, stop) = (Arc::clone(&self), stop.clone());
                            polls.spawn(async move { poller.poll(feed, Timestamp::now(), &stop).await });
                        }
                    }
                    Err(error) => tracing::error!("the store cannot say which feeds are due: {error:#}"),
                }
            }
            // A slow feed must not hold up the others: whichever comes first, a finished poll or the next look.
            tokio::select! {
                Some(ended) = polls.join_next() => report(ended),
                () = tokio::time::sleep(IDLE) => {}
                () = stop.cancelled() => {}
            }
        }
        while let Some(ended) = polls.join_next().await {
            report(ended);
        }
    }

    async fn claim(&self, now: Timestamp, limit: usize) -> anyhow::Result<Vec<Feed>> {
        let lease_until = now.plus_secs(self.lease_secs as i64);
        self.store.claim_due_feeds(now, lease_until, HORIZON_SECS, limit as i64).await.context("claiming due feeds")
    }

    async fn poll(&self, feed: Feed, now: Timestamp, stop: &CancellationToken) {
        let fetch = self.fetcher.fetch(Request {
            etag: feed.etag.as_deref(),
            last_modified: feed.last_modified.as_deref(),
            access: self.access.get(&feed.url),
            ..Request::new(&feed.url, Trust::Operator, now)
        });
        let fetched = tokio::select! {
            fetched = fetch => Some(fetched.map(|answer| answer.fetched)),
            () = stop.cancelled() => None,
        };
        let (outcome, due) = match fetched {
            None => (PollOutcome::Interrupted, feed.next_poll_at),
            Some(Err(error)) => {
                let retry_after = error.retry_after_secs();
                (PollOutcome::Failed(error.to_string()), schedule::after_failure(&self.config, &feed, now, retry_after))
            }
            Some(Ok(Fetched::NotModified)) => {
                (PollOutcome::Unchanged, schedule::after_success(&self.config, &feed, now))
            }
            Some(Ok(Fetched::Body(body))) => {
                let body_hash = Sha256::digest(&body.bytes).to_vec();
                if feed.body_hash.as_ref() == Some(&body_hash) {
                    (PollOutcome::Unchanged, schedule::after_success(&self.config, &feed, now))
                } else {
                    match parse::parse(&body.bytes, body.content_type.as_deref(), Some(&body.url)) {
                        Ok(parsed) => match self.take_in(&feed, &parsed, now).await {
                            Ok(()) => {
                                let taken = PollOutcome::Taken {
                                    etag: body.etag,
                                    last_modified: body.last_modified,
                                    body_hash,
                                };
                                (taken, schedule::after_success(&self.config, &feed, now))
                            }
                            // Not marked as taken: the next poll brings the same body again.
                            Err(error) => (
                                PollOutcome::Failed(format!("{error:#}")),
                                schedule::after_failure(&self.config, &feed, now, None),
                            ),
                        },
                        Err(error) => (
                            PollOutcome::Failed(error.to_string()),
                            schedule::after_failure(&self.config, &feed, now, None),
                        ),
                    }
                }
            }
        };
        if let PollOutcome::Failed(error) = &outcome {
            tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, failures = feed.failures + 1, "poll failed: {error}");
        }
        self.add(|totals| totals.feeds += 1);
        if let Err(error) = self.store.mark_feed_polled(feed.id, &outcome, now, due).await {
            tracing::error!(feed.id = %feed.id, "the poll could not be recorded: {error}");
        }
    }

    async fn take_in(&self, feed: &Feed, parsed: &parse::Feed, now: Timestamp) -> anyhow::Result<()> {
        for skipped in &parsed.skipped {
            tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, "an entry was passed over: {skipped}");
        }
        let alerting = if feed.seeded_at.is_some() { Alerting::All } else { Alerting::Newest(self.backfill) };
        let ingested =
            self.ingest.entries(feed, &parsed.entries, alerting, now).await.context("storing the entries")?;
        tracing::debug!(feed.id = %feed.id, feed.outlet = feed.outlet, ?ingested, "polled");
        self.add(|totals| {
            totals.entries.new += ingested.new;
            totals.entries.known += ingested.known;
            totals.entries.matches += ingested.matches;
            totals.entries.alerts += ingested.alerts;
        });
        Ok(())
    }

    fn add(&self, add: impl FnOnce(&mut Polled)) {
        add(&mut self.totals.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }
}

/// A poll that panicked costs its own feed a lease, and the operator must know.
fn report(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!("a poll died: {error}");
    }
}

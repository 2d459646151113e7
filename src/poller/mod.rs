//! The poller: claims due feeds, polls each (`poll`) and records the outcomes. It hands entries to the [`Pipeline`]
//! and knows neither rules nor chats.

mod outage;
mod pages;
mod poll;

use parking_lot::Mutex;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use ceasewire_feeds::fetch::{Credentials, Fetcher};
use ceasewire_feeds::schedule::PollerConfig;
use ceasewire_model::{Feed, Tick, Timestamp};
use futures::StreamExt;
use futures::stream;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Pipeline, PipelineCounts};
use crate::store::{PollRecord, Store};
use outage::OutageDetector;
use poll::release;

/// How long an idle poller waits before it claims again.
const IDLE: Duration = Duration::from_millis(500);
/// Seconds of a lease beyond the fetch's own limit, for parsing and storing. Short, since after a crash another node
/// waits for the lease to end; should storing take longer, the identity keys keep two nodes from storing an article
/// twice.
const LEASE_MARGIN_SECS: u64 = 10;
/// The furthest due time or lease, in seconds, that a right clock can have written: the longest interval, a week, and
/// the longest that a server can ask for, a day. A later one was written before the clock was set back, and counts as
/// past.
const HORIZON_SECS: i64 = 8 * 86_400;
/// Claims of a node without neighbours, as a multiple of the polls at a time: one longer query costs less than many.
const CLAIMED_AHEAD: usize = 4;
/// Poll records of one statement, and the longest time that one waits for others.
const RECORDS: usize = 512;
const RECORD_WITHIN: Duration = Duration::from_millis(200);

/// Totals of a poller's polls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PollTotals {
    /// Polls.
    pub feeds: usize,
    /// Counts of their entries.
    pub entries: PipelineCounts,
}

/// The parts of a poller.
#[derive(Debug)]
pub struct PollerParts {
    /// Claims of feeds, and records of polls.
    pub store: Store,
    /// Fetches feeds and pages.
    pub fetcher: Fetcher,
    /// Proxies, headers and passwords by the feed's URL.
    pub credentials: BTreeMap<String, Credentials>,
    /// Takes the entries.
    pub pipeline: Arc<Pipeline>,
    /// The section `[poller]`.
    pub config: PollerConfig,
    /// Seconds that one fetch may take.
    pub fetch_timeout_secs: u64,
    /// Entries of a first fetch that alert; older ones are stored silently.
    pub backfill: usize,
}

/// Polls feeds.
#[derive(Debug)]
pub struct Poller {
    store: Store,
    fetcher: Fetcher,
    credentials: BTreeMap<String, Credentials>,
    pipeline: Arc<Pipeline>,
    config: PollerConfig,
    lease_secs: u64,
    backfill: usize,
    totals: Mutex<PollTotals>,
    outage: OutageDetector,
}

impl Poller {
    /// Builds a poller.
    pub fn new(parts: PollerParts) -> Self {
        let PollerParts { store, fetcher, credentials, pipeline, config, fetch_timeout_secs, backfill } = parts;
        // Twice, since a claimed feed may wait for another one's fetch.
        let lease_secs = 2 * fetch_timeout_secs + LEASE_MARGIN_SECS;
        Self {
            store,
            fetcher,
            credentials,
            pipeline,
            config,
            lease_secs,
            backfill,
            totals: Mutex::default(),
            outage: OutageDetector::default(),
        }
    }

    /// The totals of all polls.
    pub fn totals(&self) -> PollTotals {
        *self.totals.lock()
    }

    /// Polls every feed due at `now`, once. An error of one feed is logged and leaves the others alone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        let stop = CancellationToken::new();
        let mut worked = 0;
        loop {
            let feeds = self.claim(now).await?;
            if feeds.is_empty() {
                return Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) });
            }
            worked += feeds.len();
            let polls = stream::iter(feeds).map(|feed| self.poll(feed, move || now, &stop));
            let records = polls.buffer_unordered(self.config.concurrency).collect::<Vec<PollRecord>>().await;
            self.record(records).await;
        }
    }

    /// Polls feeds as they become due until `stop`; then finishes polls that are storing, and releases the other
    /// claims.
    ///
    /// Each poll is a task of its own: a poll that waits for the store must go on while this loop waits for it too.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut polls = JoinSet::new();
        let mut claimed: VecDeque<Feed> = VecDeque::new();
        let mut records: Vec<PollRecord> = Vec::new();
        let mut recorded = Instant::now();
        let mut found_idle: Option<Instant> = None;
        while !stop.is_cancelled() {
            // A claim that found nothing is not repeated before the pause is over, however many polls end meanwhile.
            if claimed.is_empty()
                && polls.len() < self.config.concurrency
                && found_idle.is_none_or(|found| found.elapsed() >= IDLE)
            {
                match self.claim(Timestamp::now()).await {
                    Ok(feeds) => claimed.extend(feeds),
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "cannot claim due feeds; no feed is polled");
                    }
                }
                found_idle = claimed.is_empty().then(Instant::now);
            }
            while polls.len() < self.config.concurrency
                && let Some(feed) = claimed.pop_front()
            {
                let (poller, stop) = (Arc::clone(&self), stop.clone());
                polls.spawn(async move { poller.poll(feed, Timestamp::now, &stop).await });
            }
            // A slow feed must not hold up the others: the loop goes on after a finished poll or a pause.
            tokio::select! {
                Some(ended) = polls.join_next() => records.extend(finished(ended)),
                () = tokio::time::sleep(if records.is_empty() { IDLE } else { RECORD_WITHIN }) => {}
                () = stop.cancelled() => {}
            }
            while let Some(ended) = polls.try_join_next() {
                records.extend(finished(ended));
            }
            if records.len() >= RECORDS || recorded.elapsed() >= RECORD_WITHIN {
                self.record(std::mem::take(&mut records)).await;
                recorded = Instant::now();
            }
        }
        // The finished polls first: the others may take longer than the stop allows.
        let now = Timestamp::now();
        records.extend(claimed.into_iter().map(|feed| release(&feed, now, feed.next_poll_at)));
        self.record(std::mem::take(&mut records)).await;
        while let Some(ended) = polls.join_next().await {
            records.extend(finished(ended));
        }
        self.record(records).await;
    }

    async fn claim(&self, now: Timestamp) -> anyhow::Result<Vec<Feed>> {
        // Another node cannot poll feeds that this one has claimed ahead.
        let ahead = if self.store.is_shared() { 1 } else { CLAIMED_AHEAD };
        let lease_until = now.plus_secs(self.lease_secs as i64 * ahead as i64);
        let limit = self.config.concurrency * ahead;
        self.store.claim_due_feeds(now, lease_until, HORIZON_SECS, limit).await.context("claiming due feeds")
    }

    /// Records outcomes. A feed without a record is polled again when its lease ends.
    async fn record(&self, records: Vec<PollRecord>) {
        if records.is_empty() {
            return;
        }
        if let Err(error) = self.store.record_polls(&records).await {
            tracing::error!(feeds = records.len(), %error, "cannot record polls; the feeds are polled again");
        }
    }
}

/// The record of an ended poll. A poll that panicked costs its own feed a lease.
fn finished(ended: Result<PollRecord, JoinError>) -> Option<PollRecord> {
    ended.inspect_err(|_| tracing::error!("a poll panicked; its feed is polled when the lease ends")).ok()
}

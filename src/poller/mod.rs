//! The poller: claims due feeds, polls each (`poll`) and records the outcomes. It hands entries to the [`Pipeline`]
//! and knows neither rules nor chats.

mod outage;
mod pages;
mod poll;
mod validators;

use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::fetch::{Credentials, Fetcher};
use ceasewire_feeds::schedule::{self, PollerConfig};
use ceasewire_feeds::shown::shown;
use ceasewire_model::{Feed, FeedId, Tick, Timestamp};
use futures::StreamExt;
use futures::stream;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Pipeline, PipelineCounts};
use crate::store::{FeedClaim, FeedLane, PollRecord, Store, UnfinishedPoll};
use outage::OutageDetector;
use pages::LatePages;
use poll::{SkippedKinds, release};

/// How long an idle poller waits before it claims again.
const IDLE: Duration = Duration::from_millis(500);
/// Seconds of a lease beyond the fetch's own limit, for parsing and storing. Short, since after a crash another node
/// waits for the lease to end; should storing take longer, the identity keys keep two nodes from storing an article
/// twice.
const LEASE_MARGIN_SECS: u64 = 10;
/// The pause between two repairs of times after a jump of the clock.
const REPAIR_EVERY: Duration = Duration::from_secs(5);
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
    /// Feeds of chats polled at the same time, beside the operator's; with 0, they rest.
    pub chat_concurrency: usize,
    /// The most that one fetch of an operator's feed may bring.
    pub budget: FeedBudget,
    /// The most that one fetch of a chat's feed may bring.
    pub chat_budget: FeedBudget,
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
    chat_concurrency: usize,
    budget: FeedBudget,
    chat_budget: FeedBudget,
    lease_secs: u64,
    backfill: usize,
    /// The feeds whose last body had skipped entries, with the kinds of these entries.
    skipping: Mutex<HashMap<FeedId, SkippedKinds>>,
    totals: Mutex<PollTotals>,
    outage: OutageDetector,
    /// Feeds whose marks this process has set and not cleared.
    in_hand: Mutex<HashSet<FeedId>>,
    /// The hosts that other feeds were read from by temporary redirects, as the log has them.
    elsewhere: Mutex<HashMap<FeedId, String>>,
    /// Pages to try again.
    late_pages: LatePages,
    /// The right to poll a suspect feed: one of chats, and one of the operator.
    suspects: [Semaphore; 2],
    /// The database's clock less this machine's, in milliseconds.
    clock_offset: AtomicI64,
}

/// The poll slots of the operator's feeds, or of chats' feeds, in a running poller.
#[derive(Debug)]
struct PollSlots {
    lane: FeedLane,
    count: usize,
    claimed: VecDeque<Feed>,
    found_idle: Option<Instant>,
    /// Each poll in hand holds a clone.
    polls: Arc<()>,
}

impl PollSlots {
    fn new(lane: FeedLane, count: usize) -> Self {
        Self { lane, count, claimed: VecDeque::new(), found_idle: None, polls: Arc::new(()) }
    }

    fn free(&self) -> usize {
        (self.count + 1).saturating_sub(Arc::strong_count(&self.polls))
    }

    fn has_free(&self) -> bool {
        self.free() > 0
    }

    /// Whether to claim feeds now. A claim that found nothing is not repeated before the pause is over, however many
    /// polls end meanwhile.
    fn may_claim(&self) -> bool {
        self.claimed.is_empty() && self.has_free() && self.found_idle.is_none_or(|found| found.elapsed() >= IDLE)
    }
}

impl Poller {
    /// Builds a poller.
    pub fn new(parts: PollerParts) -> Self {
        let PollerParts {
            store,
            fetcher,
            credentials,
            pipeline,
            config,
            chat_concurrency,
            budget,
            chat_budget,
            fetch_timeout_secs,
            backfill,
        } = parts;
        // Twice, since a claimed feed may wait for another one's fetch.
        let lease_secs = 2 * fetch_timeout_secs + LEASE_MARGIN_SECS;
        Self {
            store,
            fetcher,
            credentials,
            pipeline,
            config,
            chat_concurrency,
            budget,
            chat_budget,
            lease_secs,
            backfill,
            skipping: Mutex::default(),
            totals: Mutex::default(),
            outage: OutageDetector::default(),
            in_hand: Mutex::default(),
            elsewhere: Mutex::default(),
            late_pages: LatePages::default(),
            suspects: [Semaphore::new(1), Semaphore::new(1)],
            clock_offset: AtomicI64::new(0),
        }
    }

    /// The totals of all polls.
    pub fn totals(&self) -> PollTotals {
        *self.totals.lock()
    }

    /// Polls every feed due at `now`, once, the operator's feeds first. An error of one feed is logged and leaves the
    /// others alone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        let stop = CancellationToken::new();
        let mut worked = 0;
        self.repair(now).await?;
        for slots in self.slots() {
            loop {
                let feeds = self.claim(slots.lane, slots.count, now).await?;
                if feeds.is_empty() {
                    break;
                }
                worked += feeds.len();
                self.mark_in_hand(&feeds, now).await;
                let polls = stream::iter(feeds).map(|feed| self.poll(feed, move || now, &stop));
                let records = polls.buffer_unordered(slots.count).collect::<Vec<PollRecord>>().await;
                self.record(records).await;
            }
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Polls feeds as they become due until `stop`; then finishes polls that are storing, and releases the other
    /// claims.
    ///
    /// Each poll is a task of its own: a poll that waits for the store must go on while this loop waits for it too.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut polls = JoinSet::new();
        let mut lanes = self.slots();
        let mut records: Vec<PollRecord> = Vec::new();
        let mut recorded = Instant::now();
        let mut repaired: Option<Instant> = None;
        while !stop.is_cancelled() {
            if repaired.is_none_or(|repaired| repaired.elapsed() >= REPAIR_EVERY) {
                if let Err(error) = self.follow_clock().await {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "cannot check the times of feeds; checking again later"
                    );
                }
                repaired = Some(Instant::now());
            }
            for slots in lanes.iter_mut().filter(|slots| slots.may_claim()) {
                // Another node can poll the feeds beyond this one's slots.
                let count = if self.store.is_shared() { slots.free() } else { slots.count };
                match self.claim(slots.lane, count, self.now()).await {
                    Ok(feeds) => slots.claimed.extend(feeds),
                    Err(error) => {
                        tracing::error!(error = format!("{error:#}"), "cannot claim due feeds; no feed is polled");
                    }
                }
                slots.found_idle = slots.claimed.is_empty().then(Instant::now);
            }
            for slots in &mut lanes {
                let count = slots.free().min(slots.claimed.len());
                let feeds: Vec<Feed> = slots.claimed.drain(..count).collect();
                self.mark_in_hand(&feeds, self.now()).await;
                for feed in feeds {
                    let (poller, stop, slot) = (Arc::clone(&self), stop.clone(), Arc::clone(&slots.polls));
                    polls.spawn(async move {
                        let record = poller.poll(feed, || poller.now(), &stop).await;
                        drop(slot);
                        record
                    });
                }
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
        let (now, claimed) = (self.now(), lanes.into_iter().flat_map(|slots| slots.claimed));
        records.extend(claimed.map(|feed| release(&feed, now, feed.next_poll_at)));
        self.record(std::mem::take(&mut records)).await;
        while let Some(ended) = polls.join_next().await {
            records.extend(finished(ended));
        }
        self.record(records).await;
    }

    /// The poll slots: slow feeds of chats can only delay each other.
    fn slots(&self) -> Vec<PollSlots> {
        let operator = PollSlots::new(FeedLane::Operator, self.config.concurrency);
        let chats = PollSlots::new(FeedLane::Chats, self.chat_concurrency);
        [operator, chats].into_iter().filter(|slots| slots.count > 0).collect()
    }

    /// The present moment by the clock that all nodes share.
    fn now(&self) -> Timestamp {
        Timestamp::now().plus_millis(self.clock_offset.load(Ordering::Relaxed))
    }

    /// Takes the database's clock where several nodes share it, and repairs times that a wrong clock has written.
    async fn follow_clock(&self) -> anyhow::Result<()> {
        if self.store.is_shared() {
            let shared = self.store.find_time().await.context("reading the database's clock")?;
            self.clock_offset.store(shared.0.saturating_sub(Timestamp::now().0), Ordering::Relaxed);
        }
        self.repair(self.now()).await
    }

    /// Makes feeds due whose waits a clock ahead of `now` has computed.
    async fn repair(&self, now: Timestamp) -> anyhow::Result<()> {
        let longest = schedule::longest_interval_secs(&self.config);
        let feeds = self.store.repair_poll_times(now, longest).await.context("repairing due times of feeds")?;
        if feeds > 0 {
            tracing::warn!(
                feeds,
                "feeds waited for a time that the clock of now cannot have set; it went back, or the longest interval \
                 was lowered; they are polled now"
            );
        }
        Ok(())
    }

    async fn claim(&self, lane: FeedLane, slots: usize, now: Timestamp) -> anyhow::Result<Vec<Feed>> {
        self.set_aside_unfinished(now).await?;
        // Another node cannot poll feeds that this one has claimed ahead.
        let ahead = if self.store.is_shared() { 1 } else { CLAIMED_AHEAD };
        let lease_until = now.plus_secs(self.lease_secs as i64 * ahead as i64);
        let claim = FeedClaim { lane, now, lease_until, limit: slots * ahead };
        self.store.claim_due_feeds(claim).await.context("claiming due feeds")
    }

    /// Marks feeds as polled by this process, before their first request: a start that finds the marks knows the feeds
    /// in hand when the process died.
    async fn mark_in_hand(&self, feeds: &[Feed], now: Timestamp) {
        let ids: Vec<FeedId> = feeds.iter().map(|feed| feed.id).collect();
        self.in_hand.lock().extend(&ids);
        if let Err(error) = self.store.mark_polled(&ids, now.plus_secs(self.lease_secs as i64)).await {
            tracing::warn!(feeds = ids.len(), %error, "polls are not marked in the store; a crash would not name their feeds");
        }
    }

    /// Sets feeds aside that may have killed a process, and frees innocent ones that it was polling beside them.
    async fn set_aside_unfinished(&self, now: Timestamp) -> anyhow::Result<()> {
        let mut feeds = self.store.list_unfinished_polls(now).await.context("finding unfinished polls")?;
        {
            let in_hand = self.in_hand.lock();
            feeds.retain(|feed| !in_hand.contains(&feed.id));
        }
        // A rule in hand is the cause, and the feed that it was evaluated for is not.
        let is_rule = self.pipeline.set_aside_rules_in_hand(now).await.context("setting rules aside")?;
        if feeds.is_empty() {
            return Ok(());
        }
        let mut polls = Vec::new();
        for (feed, deaths) in feeds.iter().zip(schedule::blame(&feeds, now)) {
            let blamed = (deaths > 0 && !is_rule).then(|| (deaths, schedule::after_crash(deaths, now)));
            polls.push(UnfinishedPoll { id: feed.id, blamed });
            if let Some((deaths, next_poll_at)) = blamed {
                let page = feed.crashes.page_in_hand.as_deref().map(shown);
                tracing::error!(
                    feed.url = %shown(&feed.url), feed.outlet = feed.outlet, page, deaths, %next_poll_at,
                    "the program ended while it read this feed; the feed is set aside, and read alone next time"
                );
            }
        }
        self.store.record_unfinished_polls(&polls, now).await.context("setting unfinished polls aside")
    }

    /// Records outcomes. A feed without a record is polled again when its lease ends.
    async fn record(&self, records: Vec<PollRecord>) {
        if records.is_empty() {
            return;
        }
        match self.store.record_polls(&records).await {
            Ok(()) => {
                let mut in_hand = self.in_hand.lock();
                for record in &records {
                    in_hand.remove(&record.id);
                }
            }
            Err(error) => {
                tracing::error!(feeds = records.len(), %error, "cannot record polls; the feeds are polled again");
            }
        }
    }
}

/// The record of an ended poll. A poll that panicked costs its own feed a lease.
fn finished(ended: Result<PollRecord, JoinError>) -> Option<PollRecord> {
    ended.inspect_err(|_| tracing::error!("a poll panicked; its feed is polled when the lease ends")).ok()
}

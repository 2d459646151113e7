//! The poller: fetches the feeds that are due and hands their entries to [`crate::pipeline`].

mod pages;

use std::collections::hash_map::RandomState;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::StreamExt;
use futures::stream;
use sha2::{Digest, Sha256};
use tokio::task::{JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Alerting, Pipeline, PipelineCounts};
use crate::store::{PollOutcome, PollRecord, Store, Taken};
use ceasewire_feeds::discover::{self, PageKind};
use ceasewire_feeds::fetch::{Answer, Body, Credentials, FetchError, Fetched, Fetcher, Request, Trust};
use ceasewire_feeds::parse::{self, FeedParseError};
use ceasewire_feeds::schedule::{self, PollerConfig};
use ceasewire_feeds::update_hints::UpdateHints;
use ceasewire_model::{Feed, FeedOrigin, FeedTrouble, PublishStats, PublisherHints, Tick, Timestamp};

/// How long an idle poller waits before it asks the store again what is due.
const IDLE: Duration = Duration::from_millis(500);
/// Seconds beyond the fetch's own limit for which a claimed feed stays with its poller: parsing and storing. Short, since
/// after a crash another node waits for the lease to end; should storing take longer, the keys keep what two nodes store
/// from doubling.
const LEASE_MARGIN_SECS: u64 = 10;

/// No feed is due or leased further ahead than this: what the store says beyond it was written by a clock that has since
/// been set back. A week, the longest interval, and a day, the longest that a server can ask for.
const HORIZON_SECS: i64 = 8 * 86_400;

/// So many times as many feeds as are polled at a time are claimed at once by a node that has the store to itself.
const CLAIMED_AHEAD: usize = 4;

/// Polls without news are marked so many at a time, and after so long at the latest.
const MARKS: usize = 512;
const MARK_WITHIN: Duration = Duration::from_millis(200);

/// When the last so many polls, of so many hosts at least, have all failed on the way to the server, it is our own network
/// that is down.
const OUTAGE_POLLS: usize = 10;
const OUTAGE_HOSTS: usize = 3;
/// Seconds, with as many again by chance, after which a feed is tried again whose host had too many others to serve.
const BUSY_SECS: f64 = 5.0;

/// What polls came to, added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Polled {
    /// Polls.
    pub feeds: usize,
    /// What became of the entries.
    pub entries: PipelineCounts,
}

/// Polls feeds.
#[derive(Debug)]
pub struct Poller {
    store: Store,
    fetcher: Fetcher,
    access: BTreeMap<String, Credentials>,
    ingest: Arc<Pipeline>,
    config: PollerConfig,
    lease_secs: u64,
    backfill: usize,
    totals: Mutex<Polled>,
    reached: Mutex<Reached>,
}

/// Whether the last polls reached their servers.
#[derive(Debug, Default)]
struct Reached {
    /// Polls that have failed on the way since one did not.
    failed_in_a_row: usize,
    /// Some of their hosts.
    hosts: BTreeSet<String>,
}

/// What a poll brought, before it is put down.
struct Came {
    outcome: PollOutcome,
    due: Timestamp,
    stats: PublishStats,
}

impl Poller {
    /// Builds a poller; `access` says by a feed's address how it is reached, where that takes more. Of a feed's first
    /// fetch the newest `backfill` entries alert; the others are stored silently.
    pub fn new(
        store: Store,
        fetcher: Fetcher,
        access: BTreeMap<String, Credentials>,
        ingest: Arc<Pipeline>,
        config: PollerConfig,
        fetch_timeout_secs: u64,
        backfill: usize,
    ) -> Self {
        // Twice, since a claimed feed may wait for another one's fetch.
        let lease_secs = 2 * fetch_timeout_secs + LEASE_MARGIN_SECS;
        let (totals, reached) = Default::default();
        Self { store, fetcher, access, ingest, config, lease_secs, backfill, totals, reached }
    }

    /// What all polls of this poller came to.
    pub fn totals(&self) -> Polled {
        *lock(&self.totals)
    }

    /// Polls every feed that is due at `now`, once.
    ///
    /// # Errors
    /// When the store cannot say what is due. What goes wrong with one feed is logged and leaves the others alone.
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
            let marks = polls.buffer_unordered(self.config.concurrency).collect::<Vec<PollRecord>>().await;
            self.put_down(marks).await;
        }
    }

    /// Polls feeds as they become due until `stop`; then finishes what is being stored and gives back the rest.
    ///
    /// Each poll is a task of its own: one that waits for the store must go on while this loop waits for it too.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut polls = JoinSet::new();
        let mut claimed: VecDeque<Feed> = VecDeque::new();
        let mut marks: Vec<PollRecord> = Vec::new();
        let mut marked = Instant::now();
        let mut looked: Option<Instant> = None;
        while !stop.is_cancelled() {
            // A look that found nothing is not repeated before the pause is over, however many polls end meanwhile.
            if claimed.is_empty()
                && polls.len() < self.config.concurrency
                && looked.is_none_or(|looked| looked.elapsed() >= IDLE)
            {
                match self.claim(Timestamp::now()).await {
                    Ok(feeds) => claimed.extend(feeds),
                    Err(error) => tracing::error!("the store cannot say which feeds are due: {error:#}"),
                }
                looked = claimed.is_empty().then(Instant::now);
            }
            while polls.len() < self.config.concurrency
                && let Some(feed) = claimed.pop_front()
            {
                let (poller, stop) = (Arc::clone(&self), stop.clone());
                polls.spawn(async move { poller.poll(feed, Timestamp::now, &stop).await });
            }
            // A slow feed must not hold up the others: whichever comes first, a finished poll or the next look.
            tokio::select! {
                Some(ended) = polls.join_next() => marks.extend(finished(ended)),
                () = tokio::time::sleep(if marks.is_empty() { IDLE } else { MARK_WITHIN }) => {}
                () = stop.cancelled() => {}
            }
            while let Some(ended) = polls.try_join_next() {
                marks.extend(finished(ended));
            }
            if marks.len() >= MARKS || marked.elapsed() >= MARK_WITHIN {
                self.put_down(std::mem::take(&mut marks)).await;
                marked = Instant::now();
            }
        }
        // First what is known already: the polls under way may take longer than there is time.
        let now = Timestamp::now();
        marks.extend(claimed.into_iter().map(|feed| put_back(&feed, now, feed.next_poll_at)));
        self.put_down(std::mem::take(&mut marks)).await;
        while let Some(ended) = polls.join_next().await {
            marks.extend(finished(ended));
        }
        self.put_down(marks).await;
    }

    async fn claim(&self, now: Timestamp) -> anyhow::Result<Vec<Feed>> {
        // What a node claims ahead another one cannot poll; where there is no other, a longer look at once costs less.
        let ahead = if self.store.is_shared() { 1 } else { CLAIMED_AHEAD };
        let lease_until = now.plus_secs(self.lease_secs as i64 * ahead as i64);
        let limit = self.config.concurrency * ahead;
        self.store.claim_due_feeds(now, lease_until, HORIZON_SECS, limit).await.context("claiming due feeds")
    }

    /// Writes down what polls came to. What cannot be written is polled again when its lease ends.
    async fn put_down(&self, marks: Vec<PollRecord>) {
        if marks.is_empty() {
            return;
        }
        if let Err(error) = self.store.mark_feeds_polled(&marks).await {
            tracing::error!(feeds = marks.len(), "polls could not be recorded: {error}");
        }
    }

    /// Polls a feed. Its host's turn, the answer and the pages take their time, so that `now` is asked again.
    async fn poll(&self, feed: Feed, now: impl Fn() -> Timestamp, stop: &CancellationToken) -> PollRecord {
        let address = schedule::address(&feed);
        let fetch = self.fetcher.fetch(Request {
            etag: feed.etag.as_deref(),
            last_modified: feed.last_modified.as_deref(),
            access: self.access.get(&feed.url),
            ..Request::new(address, trust(&feed), now())
        });
        let fetched = tokio::select! {
            fetched = fetch => fetched,
            () = stop.cancelled() => return put_back(&feed, now(), feed.next_poll_at),
        };
        lock(&self.totals).feeds += 1;
        let came = match fetched {
            Err(FetchError::Busy) => {
                let wait = BUSY_SECS * (1.0 + chance());
                return put_back(&feed, now(), now().plus_secs(wait as i64));
            }
            Err(error) if self.is_outage(address, &error) => {
                tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, "nothing can be reached: {error}");
                return put_back(&feed, now(), schedule::after_outage(&self.config, &feed, now(), chance()));
            }
            Err(error) => {
                let due = schedule::after_failure(&self.config, &feed, now(), error.retry_after_secs(), chance());
                Came { outcome: PollOutcome::Failed(error.to_string()), due, stats: feed.stats }
            }
            Ok(Answer { fetched: Fetched::NotModified, .. }) => self.unchanged(&feed, now()),
            Ok(Answer { fetched: Fetched::Body(body), moved_to, fresh_secs }) => {
                self.note_reached();
                let body_hash = Sha256::digest(&body.bytes).to_vec();
                if feed.body_hash.as_ref() == Some(&body_hash) {
                    self.unchanged(&feed, now())
                } else {
                    match parse::parse(&body.bytes, body.content_type.as_deref(), Some(&body.url)) {
                        Ok(mut parsed) => {
                            // What a first fetch brings is stored silently: its beginnings are enough.
                            if feed.full_text
                                && feed.seeded_at.is_some()
                                && let Err(error) = self.complete(&feed, &mut parsed.entries, now(), stop).await
                            {
                                let came = self.failed(&feed, format!("looking for new entries: {error}"), now());
                                return self.judge(&feed, came, now());
                            }
                            let taken = Taken {
                                etag: body.etag,
                                last_modified: body.last_modified,
                                body_hash,
                                title: parsed.title.clone(),
                                moved_to: schedule::moved_to(&feed, address, moved_to),
                                stats: feed.stats,
                                hints: publisher_hints(&parsed.rhythm, fresh_secs),
                            };
                            self.take_in(&feed, &parsed, taken, now()).await
                        }
                        Err(FeedParseError::Html) => self.failed(&feed, page_instead(&body), now()),
                        Err(error) => self.failed(&feed, error.to_string(), now()),
                    }
                }
            }
        };
        self.judge(&feed, came, now())
    }

    fn unchanged(&self, feed: &Feed, now: Timestamp) -> Came {
        self.note_reached();
        let due = schedule::after_success(&self.config, feed, now, chance());
        Came { outcome: PollOutcome::Unchanged, due, stats: feed.stats }
    }

    fn failed(&self, feed: &Feed, error: String, now: Timestamp) -> Came {
        let due = schedule::after_failure(&self.config, feed, now, None, chance());
        Came { outcome: PollOutcome::Failed(error), due, stats: feed.stats }
    }

    /// Logs what went wrong, tells the operator once of a feed that is in trouble, and makes the mark of the poll.
    fn judge(&self, feed: &Feed, came: Came, now: Timestamp) -> PollRecord {
        let failing_since = match &came.outcome {
            PollOutcome::Failed(error) => {
                tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, failures = feed.failures + 1, "poll failed: {error}");
                feed.failing_since.or(Some(now))
            }
            _ => None,
        };
        let trouble = schedule::trouble(failing_since, &came.stats, now);
        if trouble != feed.reported {
            match trouble {
                Some(FeedTrouble::Failing) => {
                    tracing::error!(feed.id = %feed.id, feed.outlet = feed.outlet, "this feed has failed for a day; `feeds list` says how");
                }
                Some(FeedTrouble::Silent) => {
                    tracing::error!(feed.id = %feed.id, feed.outlet = feed.outlet, "this feed answers but has had nothing new for far longer than usual; has it moved?");
                }
                None => tracing::info!(feed.id = %feed.id, feed.outlet = feed.outlet, "this feed is well again"),
            }
        }
        mark(feed, came.outcome, now, came.due, trouble)
    }

    async fn take_in(&self, feed: &Feed, parsed: &parse::ParsedFeed, taken: Taken, now: Timestamp) -> Came {
        for skipped in &parsed.skipped {
            tracing::warn!(feed.id = %feed.id, feed.outlet = feed.outlet, "an entry was passed over: {skipped}");
        }
        let alerting = if feed.seeded_at.is_some() { Alerting::All } else { Alerting::Newest(self.backfill) };
        let ingested = match self.ingest.entries(feed, &parsed.entries, alerting, now).await {
            Ok(ingested) => ingested,
            // Not marked as taken: the next poll brings the same body again.
            Err(error) => return self.failed(feed, format!("storing the entries: {error}"), now),
        };
        tracing::debug!(feed.id = %feed.id, feed.outlet = feed.outlet, ?ingested, "polled");
        lock(&self.totals).entries.add(&ingested);
        let dates: Vec<Timestamp> = parsed.entries.iter().filter_map(|entry| entry.published).collect();
        let stats = schedule::publish_stats(feed, ingested.new, ingested.matches > 0, &dates, now);
        let taken = Taken { stats, ..taken };
        let after = Feed { stats, hints: taken.hints, ..feed.clone() };
        let due = schedule::after_success(&self.config, &after, now, chance());
        Came { outcome: PollOutcome::Taken(Box::new(taken)), due, stats }
    }

    fn note_reached(&self) {
        *lock(&self.reached) = Reached::default();
    }

    /// Notes that an address could not be fetched; returns whether nothing can be reached at the moment.
    fn is_outage(&self, address: &str, error: &FetchError) -> bool {
        let mut reached = lock(&self.reached);
        if !matches!(error, FetchError::Network { .. } | FetchError::Timeout { .. }) {
            *reached = Reached::default();
            return false;
        }
        reached.failed_in_a_row += 1;
        let host = url::Url::parse(address).ok().and_then(|url| url.host_str().map(str::to_owned));
        if reached.hosts.len() < OUTAGE_HOSTS {
            reached.hosts.extend(host);
        }
        reached.failed_in_a_row >= OUTAGE_POLLS && reached.hosts.len() >= OUTAGE_HOSTS
    }
}

/// How a publisher wants to be polled, by its feed and by its server; the longer time counts. What `sy:updatePeriod`
/// says is left aside: most feeds that have it were given "hourly" by their software.
fn publisher_hints(rhythm: &UpdateHints, fresh_secs: Option<i64>) -> PublisherHints {
    let ttl = rhythm.ttl_minutes.map(|minutes| i64::from(minutes) * 60);
    PublisherHints {
        every_secs: ttl.max(fresh_secs),
        skip_hours: rhythm.skip_hours.iter().fold(0, |bits, hour| bits | 1 << hour),
        skip_days: rhythm.skip_days.iter().fold(0, |bits, day| bits | 1 << day.num_days_from_monday()),
    }
}

fn trust(feed: &Feed) -> Trust {
    match feed.origin {
        FeedOrigin::Config | FeedOrigin::Operator => Trust::Operator,
        FeedOrigin::Chat => Trust::Stranger,
    }
}

/// What the operator is told when a web page came instead of a feed: which, and where the feed may be now.
fn page_instead(body: &Body) -> String {
    let html = String::from_utf8_lossy(&body.bytes);
    let page = url::Url::parse(&body.url).map(|url| discover::page(&html, &url));
    let Ok(page) = page else { return FeedParseError::Html.to_string() };
    let feeds: Vec<&str> = page.feeds.iter().take(3).map(|found| found.url.as_str()).collect();
    match page.kind {
        PageKind::Challenge => "the site answers with a check for robots instead of the feed; ask the publisher to \
             let fetch.user_agent in, or give the feed a proxy"
            .into(),
        PageKind::Login => "the site answers with a login page instead of the feed; give the feed a user and a \
             password, or headers"
            .into(),
        PageKind::Moved(to) => format!("the site has moved to {to}; look for the feed's new address there"),
        PageKind::Page if !feeds.is_empty() => {
            format!("this is a web page, not a feed; it names these feeds: {}", feeds.join(", "))
        }
        PageKind::Page => FeedParseError::Html.to_string(),
    }
}

/// A number from 0 up to 1 by chance.
fn chance() -> f64 {
    // What keeps strangers from guessing a table's order is all the chance that is needed here.
    let random = RandomState::new().hash_one(()) as u32;
    f64::from(random) / f64::from(u32::MAX)
}

fn mark(
    feed: &Feed,
    outcome: PollOutcome,
    polled_at: Timestamp,
    next_poll_at: Timestamp,
    reported: Option<FeedTrouble>,
) -> PollRecord {
    PollRecord { id: feed.id, outcome, polled_at, next_poll_at, reported }
}

/// The mark of a poll that came to nothing, for no fault of the feed.
fn put_back(feed: &Feed, now: Timestamp, next_poll_at: Timestamp) -> PollRecord {
    mark(feed, PollOutcome::PutBack, now, next_poll_at, feed.reported)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A poll that panicked costs its own feed a lease, and the operator must know.
fn finished(ended: Result<PollRecord, JoinError>) -> Option<PollRecord> {
    ended.inspect_err(|error| tracing::error!("a poll died: {error}")).ok()
}

//! One poll of one feed: fetch, parse, process, and the record of the outcome.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::discover::{self, PageKind};
use ceasewire_feeds::fetch::{FetchError, FetchResponse, FetchedContent, ResponseBody, Trust};
use ceasewire_feeds::parse::{self, FeedParseError, ParsedFeed, SkippedEntries};
use ceasewire_feeds::publish_stats::NewArticles;
use ceasewire_feeds::relocation::{self, MoveEvent};
use ceasewire_feeds::shown::shown;
use ceasewire_feeds::update_hints::UpdateHints;
use ceasewire_feeds::validators::{self, ValidatorUse};
use ceasewire_feeds::{publish_stats, schedule};
use ceasewire_model::clock::is_ahead;
use ceasewire_model::{Feed, FeedOrigin, FeedTrouble, PublishStats, PublisherHints, Timestamp, Validators};
use futures::FutureExt;
use sha2::{Digest, Sha256};
use tokio::task::JoinError;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::Poller;
use super::pages::PollPages;
use crate::pipeline::{Alerting, Fetch};
use crate::store::{NewBody, PollOutcome, PollRecord};

/// Seconds, doubled by chance at most, before a feed is polled again whose host had too many other requests.
const BUSY_SECS: f64 = 5.0;

/// How long a suspect waits for the right to be read alone, before it comes again later.
const SUSPECT_WAIT: Duration = Duration::from_millis(200);
/// Milliseconds until then, doubled by chance at most.
const SUSPECT_AGAIN_MILLIS: f64 = 1000.0;
/// How long a suspect's server has the right to itself.
const FETCHED_ALONE_WITHIN: Duration = Duration::from_secs(3);

/// The kinds of entries that a parser skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SkippedKinds {
    unreadable: bool,
    beyond_budget: bool,
}

/// The outcome of a poll that reached its server or failed on the way.
pub(super) struct PolledFeed {
    pub(super) outcome: PollOutcome,
    next_poll_at: Timestamp,
    stats: PublishStats,
    /// The address at the end of the permanent redirects, where the feed answered.
    answered_at: Option<String>,
    /// The end of the wait that the server asks for.
    held_until: Option<Timestamp>,
    /// The new validators of an unchanged feed.
    validators: Option<Validators>,
}

impl PolledFeed {
    fn new(outcome: PollOutcome, next_poll_at: Timestamp, stats: PublishStats) -> Self {
        Self { outcome, next_poll_at, stats, answered_at: None, held_until: None, validators: None }
    }
}

impl Poller {
    /// Polls a feed. A panic costs its own feed a failure.
    pub(super) async fn poll(&self, feed: Feed, now: impl Fn() -> Timestamp, stop: &CancellationToken) -> PollRecord {
        let polled = AssertUnwindSafe(self.poll_unguarded(&feed, &now, stop)).catch_unwind().await;
        polled.unwrap_or_else(|_| {
            let error = "a poll panicked; please report it with the feed";
            tracing::error!(feed.url = %shown(&feed.url), feed.outlet = feed.outlet, error, "poll panicked");
            record(&feed, self.failed(&feed, error.to_owned(), now()), now())
        })
    }

    /// Polls a feed. Its host limiter, the answer and the pages take their time, so that `now` is asked again.
    async fn poll_unguarded(&self, feed: &Feed, now: impl Fn() -> Timestamp, stop: &CancellationToken) -> PollRecord {
        // Suspects are read one at a time and marked before the first request, so that the next death names one of them.
        let suspects = &self.suspects[usize::from(feed.origin != FeedOrigin::Chat)];
        let is_suspect = schedule::is_suspect(feed, now());
        let mut alone = None;
        if is_suspect {
            // A waiting suspect must not take a slot from the other feeds.
            alone = tokio::time::timeout(SUSPECT_WAIT, suspects.acquire()).await.ok().and_then(Result::ok);
            if alone.is_none() {
                return release(feed, now(), now().plus_millis((SUSPECT_AGAIN_MILLIS * (1.0 + chance())) as i64));
            }
            if let Err(error) = self.store.mark_reading(feed.id, now()).await {
                return record(feed, self.not_stored(feed, &error, now()), now());
            }
        }
        let began = now();
        let (url, asks_old) = (relocation::address(feed, began), relocation::asks_old_address(feed, began));
        let used = match asks_old {
            // The validators belong to the new address.
            true => ValidatorUse::Leave,
            false => validators::validator_use(&self.config, feed, began),
        };
        let fetch = self.fetcher.fetch(self.request(feed, url, used == ValidatorUse::Trust, began));
        // A silent server holds up the other suspects for a while only.
        let fetch = async {
            let mut fetch = std::pin::pin!(fetch);
            tokio::select! {
                fetched = &mut fetch => return fetched,
                () = tokio::time::sleep(FETCHED_ALONE_WITHIN) => drop(alone.take()),
            }
            fetch.await
        };
        let (fetched, cut) = tokio::select! {
            fetched = fetch => take_cut(fetched, feed),
            () = stop.cancelled() => return release(feed, now(), feed.next_poll_at),
        };
        self.totals.lock().feeds += 1;
        let is_operators = feed.origin != FeedOrigin::Chat;
        if is_operators && fetched.is_ok() {
            self.outage.record_reached();
        }
        let polled = match fetched {
            Err(FetchError::Busy) => {
                let wait = BUSY_SECS * (1.0 + chance());
                return release(feed, now(), now().plus_secs(wait as i64));
            }
            Err(_) if asks_old => return old_address_failed(feed, now()),
            Err(error) if is_operators && self.outage.record_failure(url, &error) => {
                let next_poll_at = schedule::after_outage(&self.config, feed, now(), chance());
                tracing::warn!(
                    feed.url = %shown(&feed.url), feed.outlet = feed.outlet, %error, %next_poll_at,
                    "no server can be reached; our own network seems to be down"
                );
                return release(feed, now(), next_poll_at);
            }
            Err(error) => {
                let retry_after_secs = error.retry_after_secs();
                let next_poll_at = schedule::after_failure(&self.config, feed, now(), retry_after_secs, chance());
                let error = if is_operators {
                    error.to_string()
                } else {
                    // A chat sees this text: it names no setting, and no difference between private addresses.
                    tracing::debug!(feed.url = %shown(&feed.url), %error, "a chat's feed cannot be fetched");
                    error.for_strangers()
                };
                let held_until = schedule::held_until(now(), retry_after_secs);
                let failed = PolledFeed::new(PollOutcome::Failed(error), next_poll_at, feed.stats);
                PolledFeed { held_until, ..failed }
            }
            Ok(FetchResponse { content: FetchedContent::NotModified, moved_to, .. }) => {
                self.unchanged(feed, moved_to.as_deref().unwrap_or(url), None, now())
            }
            Ok(FetchResponse { content: FetchedContent::Body(body), moved_to, fresh_secs }) => {
                let answered_at = moved_to.as_deref().unwrap_or(url);
                if is_operators && answered_at == url && relocation::is_elsewhere(feed, &body.url) {
                    self.log_elsewhere(feed, &body.url);
                }
                let body_hash = Sha256::digest(&body.bytes).to_vec();
                let validators = Validators {
                    etag: body.etag.clone(),
                    last_modified: body.last_modified.clone(),
                    read_at: Some(now()),
                    distrusted_at: feed.validators.distrusted_at,
                };
                if feed.body_hash.as_ref() == Some(&body_hash) {
                    self.unchanged(feed, answered_at, validators::after_same_body(feed, validators, used), now())
                } else {
                    let _alone = match alone {
                        None if is_suspect => suspects.acquire().await.ok(),
                        alone => alone,
                    };
                    if !is_suspect && let Err(error) = self.store.mark_reading(feed.id, now()).await {
                        return record(feed, self.not_stored(feed, &error, now()), now());
                    }
                    match parse_off_thread(body, self.budget(feed)).await {
                        (_, Ok(parsed)) if parsed.is_whole || cut.is_none() => {
                            let new_body = NewBody {
                                validators: validators::after_new_body(validators, parsed.is_whole),
                                body_hash,
                                title: parsed.title.clone(),
                                stats: feed.stats,
                                hints: publisher_hints(&parsed.update_hints, fresh_secs),
                            };
                            let mut polled = self.process(feed, parsed, new_body, now(), stop).await;
                            if used == ValidatorUse::Doubt {
                                self.judge_validators(feed, url, &mut polled, now(), stop).await;
                            }
                            PolledFeed { answered_at: Some(answered_at.to_owned()), ..polled }
                        }
                        _ if asks_old => return old_address_failed(feed, now()),
                        (body, Err(FeedParseError::Html)) if is_operators && cut.is_none() => {
                            let explained = ceasewire_cpu::run(move || explain_page(&body)).await;
                            self.failed(feed, explained.unwrap_or_else(|_| FeedParseError::Html.to_string()), now())
                        }
                        (_, parsed) => {
                            let not_a_feed = parsed.err().map(|error| error.to_string()).unwrap_or_default();
                            self.failed(feed, cut.unwrap_or(not_a_feed), now())
                        }
                    }
                }
            }
        };
        if feed.full_text && !matches!(polled.outcome, PollOutcome::Failed(_)) {
            self.process_late_pages(feed, now(), stop).await;
        }
        let answered_at = polled.answered_at.clone().filter(|_| !matches!(polled.outcome, PollOutcome::Failed(_)));
        let relocated = answered_at.map(|answered_at| relocation::after_answer(feed, url, Some(&answered_at), now()));
        let mut record = record(feed, polled, now());
        if let Some((relocation, event)) = relocated {
            log_move(feed, event);
            record.relocation = (relocation != feed.relocation).then_some(relocation);
        }
        record
    }

    fn budget(&self, feed: &Feed) -> FeedBudget {
        match trust(feed) {
            Trust::Operator => self.budget,
            Trust::Stranger => self.chat_budget,
        }
    }

    /// Logs the entries that the parser skipped in one line, and again only when entries of another kind are skipped:
    /// a publisher may change a body at each poll.
    fn log_skipped(&self, feed: &Feed, skipped: &SkippedEntries) {
        let kinds = SkippedKinds { unreadable: skipped.unreadable > 0, beyond_budget: skipped.beyond_budget > 0 };
        let before = match skipped.count() {
            0 => self.skipping.lock().remove(&feed.id),
            _ => self.skipping.lock().insert(feed.id, kinds),
        };
        if skipped.count() > 0 && before != Some(kinds) {
            tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet, entries.skipped = skipped.count(),
                reasons = skipped.sentences().join(" "), "skipping entries of a feed"
            );
        } else if skipped.count() == 0 && before.is_some() {
            tracing::info!(feed.url = %shown(&feed.url), feed.outlet = feed.outlet, "every entry of the feed is read again");
        }
    }

    /// Logs once that another host speaks for a feed by a temporary redirect.
    fn log_elsewhere(&self, feed: &Feed, address: &str) {
        let to = shown(address);
        if self.elsewhere.lock().insert(feed.id, to.clone()).as_ref() != Some(&to) {
            tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet, to,
                "feed is read from another host by a temporary redirect; look whether the host is the outlet's"
            );
        }
    }

    fn unchanged(&self, feed: &Feed, answered_at: &str, validators: Option<Validators>, now: Timestamp) -> PolledFeed {
        let next_poll_at = schedule::after_success(&self.config, feed, now, chance());
        let answered_at = Some(answered_at.to_owned());
        PolledFeed { answered_at, validators, ..PolledFeed::new(PollOutcome::Unchanged, next_poll_at, feed.stats) }
    }

    fn failed(&self, feed: &Feed, error: String, now: Timestamp) -> PolledFeed {
        let next_poll_at = schedule::after_failure(&self.config, feed, now, None, chance());
        PolledFeed::new(PollOutcome::Failed(error), next_poll_at, feed.stats)
    }

    /// Records an error of the store. A chat sees no words of the database.
    fn not_stored(&self, feed: &Feed, error: &impl std::fmt::Display, now: Timestamp) -> PolledFeed {
        if feed.origin != FeedOrigin::Chat {
            return self.failed(feed, format!("storing the entries: {error}"), now);
        }
        tracing::warn!(feed.url = %shown(&feed.url), %error, "cannot store the entries of a chat's feed");
        self.failed(feed, "the entries could not be stored".to_owned(), now)
    }

    /// Hands the entries of a parsed feed to the pipeline. Where that fails, the body does not count as read, and the
    /// next poll fetches it again.
    async fn process(
        &self,
        feed: &Feed,
        parsed: ParsedFeed,
        new_body: NewBody,
        now: Timestamp,
        stop: &CancellationToken,
    ) -> PolledFeed {
        self.log_skipped(feed, &parsed.skipped);
        let alerting = if feed.seeded_at.is_some() { Alerting::All } else { Alerting::Newest(self.backfill) };
        let dates: Vec<Timestamp> = parsed.entries.iter().filter_map(|entry| entry.published).collect();
        let marks_rules = schedule::is_suspect(feed, now);
        let fetch = Fetch { feed, entries: parsed.entries, alerting, marks_rules, now };
        let counts = match self.pipeline.process(fetch, &PollPages { poller: self, stop, now }).await {
            Ok(counts) => counts,
            Err(error) => return self.not_stored(feed, &error, now),
        };
        tracing::debug!(feed.url = %shown(&feed.url), feed.outlet = feed.outlet, ?counts, "polled");
        self.totals.lock().entries.add(&counts);
        let articles = NewArticles { count: counts.new, too_old: counts.too_old, matched: counts.matches > 0 };
        let stats = publish_stats::after_poll(feed, articles, &dates, now);
        let mut new_body = NewBody { stats, ..new_body };
        if counts.deferred > 0 {
            // Entries wait in this body: the next poll must not take it for a known one.
            new_body.validators = validators::after_new_body(new_body.validators, false);
            new_body.body_hash.clear();
        }
        let after = Feed { stats, hints: new_body.hints, ..feed.clone() };
        let next_poll_at = schedule::after_success(&self.config, &after, now, chance());
        PolledFeed::new(PollOutcome::NewBody(Box::new(new_body)), next_poll_at, stats)
    }
}

/// Makes the record of a poll, and logs a failure and the feed's trouble, or its recovery, once.
fn record(feed: &Feed, polled: PolledFeed, now: Timestamp) -> PollRecord {
    let PolledFeed { outcome, next_poll_at, stats, held_until, validators, .. } = polled;
    let failing_since = match &outcome {
        PollOutcome::Failed(error) => {
            tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet, failures = feed.failures + 1, error, %next_poll_at,
                "poll failed; polling again later"
            );
            feed.failing_since.filter(|since| !is_ahead(*since, now)).or(Some(now))
        }
        _ => None,
    };
    if feed.failures > 0 && failing_since.is_none() {
        tracing::info!(
            feed.url = %shown(&feed.url), feed.outlet = feed.outlet, failures = feed.failures,
            "feed answers again"
        );
    }
    let trouble = schedule::trouble(failing_since, &stats, now);
    if trouble != feed.trouble {
        match trouble {
            Some(FeedTrouble::Failing) => tracing::error!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet,
                "feed has failed for a day; see `ceasewire feeds list`"
            ),
            Some(FeedTrouble::Silent) => tracing::error!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet,
                "feed has had no new article for far longer than usual; check whether it has moved"
            ),
            Some(FeedTrouble::TooOld) => tracing::warn!(
                feed.url = %shown(&feed.url), feed.outlet = feed.outlet, entries.too_old = stats.too_old_in_a_row,
                "every new entry of the feed is stored silently as too old; check the dates that the feed states"
            ),
            None => tracing::info!(feed.url = %shown(&feed.url), feed.outlet = feed.outlet, "feed is healthy again"),
        }
    }
    let (id, polled_at) = (feed.id, now);
    PollRecord { id, outcome, polled_at, next_poll_at, trouble, held_until, validators, relocation: None }
}

/// Makes the record of a poll without a result, through no fault of the feed.
pub(super) fn release(feed: &Feed, now: Timestamp, next_poll_at: Timestamp) -> PollRecord {
    let (id, outcome, polled_at, trouble) = (feed.id, PollOutcome::Released, now, feed.trouble);
    PollRecord { id, outcome, polled_at, next_poll_at, trouble, held_until: None, validators: None, relocation: None }
}

/// Takes an answer whose body broke off for an answer, until a parser sees whether it is whole. Beside it stands the
/// failure in words for the case that it is not.
fn take_cut(
    fetched: Result<FetchResponse, FetchError>,
    feed: &Feed,
) -> (Result<FetchResponse, FetchError>, Option<String>) {
    let Err(error) = fetched else { return (fetched, None) };
    let words = if trust(feed) == Trust::Operator { error.to_string() } else { error.for_strangers() };
    match error {
        FetchError::CutOff { response, .. } => (Ok(response.0), Some(words)),
        error => (Err(error), None),
    }
}

/// Makes the record of a poll of a moved feed's old address that gave no feed: its new address is polled next.
fn old_address_failed(feed: &Feed, now: Timestamp) -> PollRecord {
    let relocation = relocation::after_old_address_failed(feed, now);
    PollRecord { relocation: Some(relocation), ..release(feed, now, now) }
}

/// Logs a change of a feed's address: a name of an outlet must not go to another host unseen.
fn log_move(feed: &Feed, event: Option<MoveEvent>) {
    let (url, outlet) = (shown(&feed.url), &feed.outlet);
    match event {
        None => {}
        Some(MoveEvent::Found(to)) => tracing::warn!(
            feed.url = %url, feed.outlet = outlet, to = %shown(&to),
            "feed redirects to another host for good; it moves there when the redirect has held for a day"
        ),
        Some(MoveEvent::Moved(to)) => tracing::warn!(
            feed.url = %url, feed.outlet = outlet, to = %shown(&to),
            "feed has moved; its old address is asked once a day for a month"
        ),
        Some(MoveEvent::Returned) => tracing::warn!(
            feed.url = %url, feed.outlet = outlet,
            "feed answers at its own address again and is polled there"
        ),
    }
}

/// Parses a body on a thread for blocking work, and gives the body back.
async fn parse_off_thread(
    body: ResponseBody,
    budget: FeedBudget,
) -> (ResponseBody, Result<ParsedFeed, FeedParseError>) {
    let parsing = ceasewire_cpu::run(move || {
        let parsed = parse::parse(&body.bytes, body.content_type.as_deref(), Some(&body.url), &budget);
        (body, parsed)
    });
    match parsing.await.map_err(JoinError::try_into_panic) {
        Ok(parsed) => parsed,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime is shutting down and drops this task next.
        Err(Err(_)) => std::future::pending().await,
    }
}

/// Combines the hints of a feed and of its server; the longer interval counts. `sy:updatePeriod` is ignored: most feeds
/// have the "hourly" of their software's default.
fn publisher_hints(hints: &UpdateHints, fresh_secs: Option<i64>) -> PublisherHints {
    let ttl = hints.ttl_minutes.map(|minutes| i64::from(minutes) * 60);
    PublisherHints {
        every_secs: ttl.max(fresh_secs),
        skip_hours: hints.skip_hours.iter().fold(0, |bits, hour| bits | 1 << hour),
        skip_days: hints.skip_days.iter().fold(0, |bits, day| bits | 1 << day.num_days_from_monday()),
    }
}

pub(super) fn trust(feed: &Feed) -> Trust {
    match feed.origin {
        FeedOrigin::Config | FeedOrigin::Operator => Trust::Operator,
        FeedOrigin::Chat => Trust::Stranger,
    }
}

/// Explains to the operator a web page in place of a feed: its kind, and where the feed may be now.
fn explain_page(body: &ResponseBody) -> String {
    let html = String::from_utf8_lossy(&body.bytes);
    let page = Url::parse(&body.url).map(|url| discover::inspect_page(&html, &url));
    let Ok(page) = page else { return FeedParseError::Html.to_string() };
    let feeds: Vec<String> = page.feeds.iter().take(3).map(|found| shown(found.url.as_str())).collect();
    match page.kind {
        PageKind::Challenge => "the site answers with a check for robots instead of the feed; ask the publisher to \
             let fetch.user_agent in, or give the feed a proxy"
            .into(),
        PageKind::Login => "the site answers with a login page instead of the feed; give the feed a user and a \
             password, or headers"
            .into(),
        PageKind::Moved(to) => {
            format!("the site has moved to {}; look for the feed's new address there", shown(to.as_str()))
        }
        PageKind::Page if !feeds.is_empty() => {
            format!("this is a web page, not a feed; it names these feeds: {}", feeds.join(", "))
        }
        PageKind::Page => FeedParseError::Html.to_string(),
    }
}

/// A random number from 0 up to 1: the seed of a hash table is chance enough for jitter.
fn chance() -> f64 {
    let random = RandomState::new().hash_one(()) as u32;
    f64::from(random) / f64::from(u32::MAX)
}

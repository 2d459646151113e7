//! The pipeline: takes a fetch of a feed through every stage, in order, and commits the result in one transaction.
//!
//! [`Pipeline::process`] names the stages; each stage is a file. Stages read candidates from the store, compute without
//! it, off the async threads, and write through `commit` alone. `inspect` calls the same functions.
//! The
//! pipeline knows neither HTTP nor chats.

mod budget;
mod commit;
mod compilation;
mod corroborate;
mod deduplicate;
mod encode;
pub mod enrich;
#[cfg(test)]
mod faults;
pub mod group;
mod links;
mod loudness;
mod matching;
mod meetings;
mod pattern_costs;
mod revise;
mod rules;
mod seen_entries;

use std::sync::Arc;

use async_trait::async_trait;
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use ceasewire_model::{Entry, Feed, Timestamp};
use ceasewire_profile::Profile;

use crate::cut_offs::CutOffs;
use crate::encoder::ArticleEncoder;
use crate::store::{Store, StoreError};
use enrich::{EnrichedFetch, Enricher};
use group::{SeenRevision, StoryWindow};
use links::LinkOwners;
pub use pattern_costs::PatternBudget;
use pattern_costs::PatternCosts;
use rules::RuleMatcher;
use seen_entries::SeenEntries;

/// New articles of one fetch that one transaction commits: a bound for the time that the write lock is held.
const ARTICLES_A_TRANSACTION: usize = 500;

/// What keeps new articles from alerting one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gates {
    /// An article older than this is stored silently.
    pub max_age_secs: i64,
    /// A fetch with more new articles than this is a burst: each chat hears of them in one message.
    pub burst: usize,
    /// Killed people from whose number on a report rings.
    pub many_killed: u64,
    /// New articles of a chat's feed within 24 hours; further ones wait in the feed.
    pub chat_articles_a_day: u64,
    /// Bytes of their texts.
    pub chat_bytes_a_day: u64,
}

/// Which of a feed's new articles alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerting {
    /// All of them.
    All,
    /// The newest ones, up to this number: a first fetch stores the rest silently.
    Newest(usize),
}

/// A fetch of a feed on its way into the pipeline.
#[derive(Debug)]
pub struct Fetch<'a> {
    pub feed: &'a Feed,
    /// Its entries, in the feed's order.
    pub entries: Vec<Entry>,
    /// Which of the new ones alert.
    pub alerting: Alerting,
    /// Whether each rule is marked in the store while it is evaluated: the program may have died of one.
    pub marks_rules: bool,
    /// When the fetch was read.
    pub now: Timestamp,
}

/// Counts of one fetch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PipelineCounts {
    /// Articles stored.
    pub new: usize,
    /// Of those, the articles too old for an alert.
    pub too_old: usize,
    /// Entries of articles that the store had.
    pub known: usize,
    /// Matches of rules.
    pub matches: usize,
    /// Alerts and updates put into the outbox.
    pub alerts: u64,
    /// Known articles that changed materially.
    pub changed: usize,
    /// New entries beyond the budget of a chat's feed, which are not stored yet.
    pub deferred: usize,
}

impl PipelineCounts {
    /// Adds the counts of another fetch.
    pub fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.too_old += other.too_old;
        self.known += other.known;
        self.matches += other.matches;
        self.alerts += other.alerts;
        self.changed += other.changed;
        self.deferred += other.deferred;
    }
}

/// Completes new entries with the text of their pages, where the feed carries teasers only.
#[async_trait]
pub trait PageReader: Send + Sync {
    /// Replaces the text of entries whose page says more.
    async fn complete(&self, feed: &Feed, new: Vec<&mut Entry>);
}

/// Why a fetch could not be processed.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A stage panicked on its thread.
    #[error("a stage of the pipeline panicked; the log has the place")]
    Panicked,
}

impl From<tokio::task::JoinError> for PipelineError {
    fn from(_: tokio::task::JoinError) -> Self {
        // The error would quote the panic's message, which may hold a secret.
        Self::Panicked
    }
}

/// Turns fetches into articles, stories, matches and alerts.
#[derive(Debug)]
pub struct Pipeline {
    store: Store,
    /// Identifies this process beside its marks.
    holder: Uuid,
    profile: Arc<Profile>,
    enricher: Enricher,
    encoder: ArticleEncoder,
    gates: Gates,
    rules: Arc<Mutex<RuleMatcher>>,
    pattern_costs: Arc<PatternCosts>,
    /// Locked from grouping to commit: fetches of one process follow each other there. The store's revision does the
    /// same between processes.
    stories: Arc<Mutex<StoryWindow>>,
    link_owners: Arc<LinkOwners>,
    seen_revision: SeenRevision,
    seen_entries: SeenEntries,
    outbox: watch::Sender<()>,
}

impl Pipeline {
    /// Builds a pipeline; it notifies `outbox` of new deliveries.
    pub fn new(
        store: Store,
        profile: Arc<Profile>,
        gates: Gates,
        patterns: PatternBudget,
        cut_offs: Arc<CutOffs>,
        outbox: watch::Sender<()>,
    ) -> Self {
        let enricher = Enricher::new(Arc::clone(&profile));
        let stories = Arc::new(Mutex::new(StoryWindow::new(Arc::clone(&profile.vocabulary))));
        let link_owners = Arc::new(LinkOwners::new(&profile));
        Self {
            store,
            holder: Uuid::now_v7(),
            profile,
            enricher,
            encoder: ArticleEncoder::default(),
            gates,
            rules: Arc::default(),
            pattern_costs: Arc::new(PatternCosts::new(patterns, cut_offs)),
            stories,
            link_owners,
            seen_revision: SeenRevision::default(),
            seen_entries: SeenEntries::default(),
            outbox,
        }
    }

    /// Encodes articles with a model.
    pub fn with_encoder(self, encoder: ArticleEncoder) -> Self {
        Self { encoder, ..self }
    }

    /// Brings the rules up to date before an article needs them.
    pub async fn refresh_rules(&self) -> Result<(), PipelineError> {
        self.lock_rules().await.map(drop)
    }

    /// The revision of the rules that the matcher holds; `None` before it holds any.
    pub async fn rules_revision(&self) -> Option<i64> {
        self.rules.lock().await.revision()
    }

    /// Takes a fetch through the stages. After an error nothing of the failed transaction is stored, and the next fetch
    /// brings the entries again.
    pub async fn process(&self, fetch: Fetch<'_>, pages: &dyn PageReader) -> Result<PipelineCounts, PipelineError> {
        let (feed, marks_rules, now) = (fetch.feed, fetch.marks_rules, fetch.now);
        let mut found = self.deduplicate(fetch).await?;
        let deferred = self.defer_beyond_budget(feed, &mut found.new, now).await?;
        pages.complete(feed, found.new.iter_mut().map(|new| &mut new.entry).collect()).await;
        let known = found.unchanged + found.known.len();
        let EnrichedFetch { mut articles, boilerplate } =
            self.enrich(feed, std::mem::take(&mut found.new), std::mem::take(&mut found.known), now).await?;
        let audience = Arc::new(self.find_audience(feed).await?);
        self.find_links(&audience, &mut articles);
        let mut counts = PipelineCounts { known, deferred, ..PipelineCounts::default() };
        while !articles.is_empty() {
            let later = articles.split_off(articles.len().min(ARTICLES_A_TRANSACTION));
            let matched = self.match_rules(articles, &audience, marks_rules, now).await?;
            let mut matched = self.encode(matched, now).await?;
            loop {
                let grouped = self.group(matched, &audience, &mut found.revision, now).await?;
                let consequences = self.corroborate(&grouped, now).await?;
                match self.commit(&grouped, &consequences, boilerplate.as_ref(), found.burst, now).await? {
                    Some(deliveries) => {
                        counts.add(&grouped.counts(deliveries));
                        grouped.settle();
                        break;
                    }
                    // Another process committed meanwhile: group again with its articles in the window.
                    None => {
                        found.revision = SeenRevision::UNKNOWN;
                        matched = grouped.undo();
                    }
                }
            }
            articles = later;
        }
        // After the commit: a version that is lost with the process is found again.
        self.store.record_entry_forms(&found.forms).await?;
        match deferred {
            0 => self.seen_entries.record(feed.id, found.seen),
            // Entries wait in the feed: the next fetch must not take them for known ones.
            _ => self.seen_entries.forget(feed.id),
        }
        if counts.alerts > 0 || counts.changed > 0 {
            self.outbox.send_replace(());
        }
        Ok(counts)
    }
}

#[cfg(test)]
mod tests;

//! The composition root: builds all parts around a store and the chat platforms. `run` starts and stops them.

mod files;
mod follower;
mod run;

use std::io::BufWriter;
use std::sync::Arc;

use anyhow::Context;
use clap::ValueEnum;
use tokio::io::BufReader;
use tokio::sync::watch;

use crate::bot::{Bot, ChatFeedPolicy};
use crate::chat::Messenger;
use crate::chat::console::Console;
use crate::chat::outbound::{Outbound, ReplySender};
use crate::config::{Config, Settings};
use crate::cut_offs::CutOffs;
use crate::encoder::{ArticleEncoder, LOSS, ModelPlace, NoEncoder};
use crate::outbox::Dispatcher;
use crate::pipeline::{Gates, PatternBudget, Pipeline};
use crate::poller::{Poller, PollerParts};
use crate::store::{ChatFeedLimits, Store};
use ceasewire_feeds::fetch::Fetcher;
use ceasewire_feeds::schedule::PollerConfig;
use ceasewire_model::{Clock, FeedSource, Platform, Timestamp};

use files::FileBudget;

pub use follower::Follower;
pub use run::run;

/// The work of a process, where several processes share a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Poll feeds, and match and store what they bring
    Poll,
    /// Send alerts
    Send,
    /// Answer people
    Chat,
}

/// All parts, built but not running.
#[derive(Debug)]
pub struct Parts {
    pub poller: Poller,
    /// Processes the poller's entries.
    pub pipeline: Arc<Pipeline>,
    /// Follows the changes of other processes.
    pub follower: Follower,
    /// The rules that the pipeline did not evaluate to their end.
    pub cut_offs: Arc<CutOffs>,
    /// The parts of each chat platform, in the order of the messengers.
    pub platforms: Vec<PlatformParts>,
}

/// The parts that serve one chat platform. They share its limiter and its circuit breaker.
#[derive(Debug)]
pub struct PlatformParts {
    /// Dispatches the platform's deliveries.
    pub dispatcher: Dispatcher,
    /// Answers people on the platform.
    pub bot: Bot,
}

/// Builds the parts around a store and the chat platforms, at most one messenger per platform.
///
/// # Errors
/// When the HTTP client cannot be built.
pub fn build(
    settings: &Settings,
    store: &Store,
    messengers: &[Arc<dyn Messenger>],
    clock: Clock,
    backfill: usize,
) -> anyhow::Result<Parts> {
    let config = &settings.config;
    let (outbox, _) = watch::channel(());
    let cut_offs = Arc::<CutOffs>::default();
    let files = FileBudget::of_process();
    let idle = files.idle_per_host(config.fetch.per_host_concurrency, settings.feeds.len());
    let fetcher = Fetcher::with_idle_connections(&config.fetch, idle).context("building the HTTP client")?;
    let (concurrency, chat_concurrency) =
        files.poll_slots(config.poller.concurrency, config.budgets.chat_feeds.concurrency);
    let chat_feeds = &config.budgets.chat_feeds;
    let fetcher = fetcher.with_stranger_limit(chat_feeds.max_body_bytes);
    let platforms = messengers
        .iter()
        .map(|messenger| {
            let outbound = Arc::new(Outbound::new(Arc::clone(messenger), config.delivery.messages_per_second));
            let operators = operators(settings, messenger.platform());
            let limits =
                ChatFeedLimits { per_chat: config.chats.max_feeds as i64, in_all: chat_feeds.max_feeds_in_all as i64 };
            let desk = ChatFeedPolicy::new(fetcher.clone(), limits, chat_feeds.feed(), operators)
                .with_articles_a_day(chat_feeds.max_articles_per_day);
            let replies = ReplySender::new(store.clone(), Arc::clone(&outbound), clock.clone());
            let profile = Arc::clone(&settings.profile);
            PlatformParts {
                bot: Bot::new(
                    store.clone(),
                    replies,
                    Arc::clone(&profile),
                    desk,
                    config.budgets.chats.clone(),
                    Arc::clone(&cut_offs),
                    clock.clone(),
                ),
                dispatcher: Dispatcher::new(
                    store.clone(),
                    outbound,
                    profile,
                    config.delivery.clone(),
                    outbox.subscribe(),
                ),
            }
        })
        .collect();
    let gates = Gates {
        max_age_secs: config.articles.max_age_hours as i64 * 3600,
        burst: config.articles.burst,
        many_killed: config.articles.many_killed,
        chat_articles_a_day: config.budgets.chat_feeds.max_articles_per_day,
        chat_bytes_a_day: config.budgets.chat_feeds.max_bytes_per_day,
    };
    let budget = &config.budgets.chats;
    let patterns = PatternBudget { steps: budget.pattern_steps, steps_in_all: budget.pattern_steps_in_all };
    let pipeline = Pipeline::new(
        store.clone(),
        Arc::clone(&settings.profile),
        gates,
        patterns,
        Arc::clone(&cut_offs),
        outbox.clone(),
    );
    let pipeline = Arc::new(pipeline.with_encoder(usable_encoder(config)));
    Ok(Parts {
        follower: Follower::new(store.notifications(), Arc::clone(&pipeline), outbox),
        pipeline: Arc::clone(&pipeline),
        poller: Poller::new(PollerParts {
            store: store.clone(),
            fetcher,
            credentials: settings.access.clone(),
            pipeline,
            config: PollerConfig { concurrency, ..config.poller.clone() },
            // Without /feed, feeds of chats rest.
            chat_concurrency: if config.chats.max_feeds == 0 { 0 } else { chat_concurrency },
            budget: config.budgets.feeds,
            chat_budget: chat_feeds.feed(),
            fetch_timeout_secs: config.fetch.timeout_secs,
            backfill,
        }),
        cut_offs,
        platforms,
    })
}

/// The place of the encoder's model file.
pub fn model_place(config: &Config) -> ModelPlace {
    ModelPlace::new(config.encoder.file.as_deref(), &Store::folder(&config.database.url))
}

/// Opens the encoder.
///
/// # Errors
/// When the program or its installation has none.
pub fn open_encoder(config: &Config) -> Result<ArticleEncoder, NoEncoder> {
    ArticleEncoder::open(&model_place(config).path)
}

/// Opens the encoder, or goes on without it.
pub fn usable_encoder(config: &Config) -> ArticleEncoder {
    match open_encoder(config) {
        Ok(encoder) => encoder,
        Err(error @ NoEncoder::NoFile(_)) if !model_place(config).is_named => {
            tracing::info!("{error}; {LOSS}");
            ArticleEncoder::default()
        }
        Err(error) => {
            tracing::warn!("{error}; {LOSS}");
            ArticleEncoder::default()
        }
    }
}

/// Returns the operators' chats on a platform. The setting names chats of Telegram; the person at a terminal is always
/// an operator.
fn operators(settings: &Settings, platform: Platform) -> Vec<String> {
    match platform {
        Platform::Telegram => settings.config.chats.operators.iter().map(i64::to_string).collect(),
        Platform::Console => Vec::new(),
    }
}

/// Opens the store and synchronises the configured `feeds`. `None` leaves the feeds to the polling processes, whose
/// configuration may name others.
///
/// # Errors
/// When the database cannot be opened or written.
pub async fn open_store(url: &str, feeds: Option<&[FeedSource]>, now: Timestamp) -> anyhow::Result<Store> {
    let store = Store::open(url).await.context("opening the store")?;
    follow_clock(&store, now).await.context("rescheduling after a jump of the clock")?;
    if !store.is_shared() {
        // No other process uses this database, so existing leases belong to a dead one.
        store.release_receiver_leases().await?;
        store.end_poll_leases().await?;
        store.release_leader_leases(now.plus_secs(1)).await?;
    }
    if let Some(feeds) = feeds {
        store.sync_feeds(feeds, now).await.context("storing the feeds")?;
    }
    Ok(store)
}

/// Shifts waits where the clock was set back while no process ran. The poller repairs the feeds itself.
async fn follow_clock(store: &Store, now: Timestamp) -> anyhow::Result<()> {
    let now = if store.is_shared() { store.find_time().await? } else { now };
    if let Some(by_ms) = store.find_clock_lead(now).await? {
        tracing::warn!(
            clock.moved_back_ms = by_ms,
            "the clock was set back since the last poll; rescheduling timed deliveries and blocks"
        );
        store.shift_all_waits(by_ms, now).await?;
    }
    Ok(())
}

/// Builds a console chat on the program's own terminal.
pub fn terminal() -> Console {
    let input = Box::new(BufReader::new(tokio::io::stdin()));
    // The stream strips escape sequences when the output is no terminal.
    Console::new(input, Box::new(BufWriter::new(anstream::AutoStream::auto(std::io::stdout()))))
}

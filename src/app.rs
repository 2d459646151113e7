//! The composition root: builds everything, starts the loops and stops them.

use std::io::BufWriter;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use futures::FutureExt;
use futures::future::BoxFuture;
use rustix::process::{Resource, getrlimit, setrlimit};
use secrecy::SecretString;
use tokio::io::BufReader;
use tokio::net::TcpListener;
use tokio::signal::unix::SignalKind;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::bot::{Bot, FeedDesk};
use crate::chat::Messenger;
use crate::chat::console::Console;
use crate::chat::telegram::Telegram;
use crate::config::Settings;
use crate::outbox::Dispatcher;
use crate::pipeline::{Gates, Pipeline};
use crate::poller::{Poller, PollerParts};
use crate::retention::Retention;
use crate::store::{NotificationListener, Store, StoreError, StoreNotification};
use crate::web;
use ceasewire_feeds::fetch::Fetcher;
use ceasewire_model::{Clock, FeedSource, Timestamp};

/// How long the loops may take to finish what they have in hand. A supervisor that kills after 10 seconds is not met.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// How long closing the database may take after that.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// What a process does, where several share a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Poll feeds, and match and store what they bring
    Poll,
    /// Send alerts
    Send,
    /// Answer people
    Chat,
}

/// The parts that do the work, built but not running.
#[derive(Debug)]
pub struct Parts {
    /// Fetches feeds.
    pub poller: Poller,
    /// Sends alerts.
    pub sender: Dispatcher,
    /// Answers people.
    pub bot: Bot,
    /// Takes in what the poller fetches.
    pub ingest: Arc<Pipeline>,
    /// Follows what other processes change.
    pub follower: Follower,
}

/// Passes on what other processes that share the database change, so that nobody here has to look for it.
#[derive(Debug)]
pub struct Follower {
    changes: NotificationListener,
    ingest: Option<Arc<Pipeline>>,
    outbox: Arc<Notify>,
}

impl Follower {
    /// Waits for a change, passes it on, and says which.
    ///
    /// # Errors
    /// When the rules cannot be read.
    pub async fn next(&mut self) -> Result<StoreNotification, StoreError> {
        let change = self.changes.next().await;
        match change {
            StoreNotification::Rules => {
                if let Some(ingest) = &self.ingest {
                    ingest.refresh_rules().await?;
                }
            }
            StoreNotification::Outbox => self.outbox.notify_one(),
        }
        Ok(change)
    }

    /// The same for a process that matches nothing.
    fn without_rules(self) -> Self {
        Self { ingest: None, ..self }
    }

    /// Passes on what changes until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                passed_on = self.next() => {
                    if let Err(error) = passed_on {
                        tracing::warn!("changed rules are read with the next article: {error}");
                    }
                }
                () = stop.cancelled() => return,
            }
        }
    }
}

/// Builds the parts around a store and a chat platform.
///
/// # Errors
/// When the HTTP client cannot be built.
pub fn build(
    settings: &Settings,
    store: &Store,
    messenger: &Arc<dyn Messenger>,
    clock: Clock,
    backfill: usize,
) -> anyhow::Result<Parts> {
    let config = &settings.config;
    let outbox = Arc::new(Notify::new());
    let fetcher = Fetcher::new(&config.fetch).context("building the HTTP client")?;
    let operators = config.chats.operators.iter().map(i64::to_string).collect();
    let desk = FeedDesk::new(fetcher.clone(), config.chats.max_feeds, operators);
    let gates = Gates { max_age_secs: config.articles.max_age_hours as i64 * 3600, burst: config.articles.burst };
    let ingest = Pipeline::new(store.clone(), Arc::clone(&settings.profile), gates, Arc::clone(&outbox));
    let ingest = Arc::new(ingest);
    let follower =
        Follower { changes: store.notifications(), ingest: Some(Arc::clone(&ingest)), outbox: Arc::clone(&outbox) };
    let sender = Dispatcher::new(
        store.clone(),
        Arc::clone(messenger),
        Arc::clone(&settings.profile),
        config.delivery.clone(),
        outbox,
    );
    let answers = sender.answers(clock.clone());
    Ok(Parts {
        follower,
        ingest: Arc::clone(&ingest),
        poller: Poller::new(PollerParts {
            store: store.clone(),
            fetcher,
            credentials: settings.access.clone(),
            pipeline: ingest,
            config: config.poller.clone(),
            fetch_timeout_secs: config.fetch.timeout_secs,
            backfill,
        }),
        sender,
        bot: Bot::new(store.clone(), answers, Arc::clone(&settings.profile), desk, clock),
    })
}

/// Opens the store and makes it hold the configured `feeds`; `None` leaves them to the processes that poll, whose
/// configuration may name others.
///
/// # Errors
/// When the database cannot be opened or written.
pub async fn open_store(url: &str, feeds: Option<&[FeedSource]>, now: Timestamp) -> anyhow::Result<Store> {
    let store = Store::open(url).await.context("opening the store")?;
    if !store.is_shared() {
        // Nobody else works on this database, so whoever held these leases has died.
        store.release_receivers().await?;
        store.release_leader_leases(now.plus_secs(1)).await?;
    }
    if let Some(feeds) = feeds {
        store.sync_feeds(feeds, now).await.context("storing the feeds")?;
    }
    Ok(store)
}

/// A console chat on the program's own terminal.
pub fn terminal() -> Console {
    let input = Box::new(BufReader::new(tokio::io::stdin()));
    // Escape sequences are taken out again where the output is no terminal.
    Console::new(input, Box::new(BufWriter::new(anstream::AutoStream::auto(std::io::stdout()))))
}

/// Lets the process have as many open files as the system allows it. The usual first limit is 1024, and a connection that is
/// kept for each host of a thousand feeds would leave none for the database.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!("the limit of open files stays as it is: {error}");
    }
}

/// Makes a file that may grow no further an error for who writes it, as on a full disk, instead of the program's end.
fn outlive_full_files() {
    let number = rustix::process::Signal::XFSZ.as_raw();
    if let Err(error) = tokio::signal::unix::signal(SignalKind::from_raw(number)) {
        tracing::debug!("a limit of files' sizes would end the program: {error}");
    }
}

/// Runs until `stop`: polls, matches, alerts and answers, as far as `roles` has it. Without a token the terminal is the chat.
///
/// # Errors
/// When something cannot be started, or a loop dies.
pub async fn run(
    settings: Settings,
    token: Option<SecretString>,
    backfill: usize,
    roles: &[Role],
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let does = |role| roles.contains(&role);
    let does_everything = Role::value_variants().iter().all(|&role| does(role));
    anyhow::ensure!(
        does_everything || token.is_some(),
        "--roles shares the work for a bot on Telegram; give its token, or let one process do everything in this terminal"
    );
    raise_open_files();
    outlive_full_files();
    let config = &settings.config;
    let _lock = Store::lock(&config.database.url)?;
    let feeds = does(Role::Poll).then_some(&settings.feeds[..]);
    let store = tokio::select! {
        store = open_store(&config.database.url, feeds, Timestamp::now()) => store?,
        // A database that does not answer must not keep the program from ending.
        () = stop.cancelled() => return Ok(()),
    };
    if !does_everything && !store.is_shared() {
        tracing::warn!("a SQLite file belongs to one process: nobody does what --roles leaves out here");
    }
    let messenger: Arc<dyn Messenger> = match token {
        Some(token) => {
            let api_url = Url::parse(&config.telegram.api_url).context("telegram.api_url")?;
            let telegram =
                Telegram::new(token, api_url, config.telegram.long_poll_secs, config.delivery.send_timeout_secs)?;
            Arc::new(telegram.paying(config.telegram.paid_broadcast))
        }
        None => {
            tracing::warn!(
                "no token in TELOXIDE_TOKEN or telegram.token_file: talking in this terminal; /quit ends it"
            );
            let console = terminal();
            let (quit, stop) = (console.quit().clone(), stop.clone());
            tokio::spawn(async move {
                quit.cancelled().await;
                stop.cancel();
            });
            Arc::new(console)
        }
    };
    let Parts { poller, sender, bot, follower, .. } = build(&settings, &store, &messenger, Clock::System, backfill)?;
    tracing::info!(feeds = settings.feeds.len(), conflict = settings.profile.id, ?roles, "started");

    let mut loops = JoinSet::new();
    if let Some(address) = config.web.listen {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
        let (store, stop) = (store.clone(), stop.clone());
        loops.spawn(async move {
            if let Err(error) = web::serve(listener, store, stop).await {
                tracing::error!("the web server ended: {error}");
            }
        });
    }
    // A loop that panicked must not leave the others running as if all were well.
    let watched = |run: BoxFuture<'static, ()>| {
        let guard = stop.clone().drop_guard();
        async move {
            let _guard = guard;
            run.await;
        }
    };
    if does(Role::Poll) {
        loops.spawn(watched(Arc::new(poller).run(stop.clone()).boxed()));
    }
    if does(Role::Send) {
        loops.spawn(watched(Arc::new(sender).run(stop.clone()).boxed()));
    }
    if does(Role::Chat) {
        loops.spawn(watched(Arc::new(bot).run(stop.clone()).boxed()));
    }
    let retention = Retention::new(store.clone(), config.retention.clone());
    loops.spawn(watched(retention.run(stop.clone()).boxed()));
    if does(Role::Poll) || does(Role::Send) {
        // Who does not poll needs no rules.
        let follower = if does(Role::Poll) { follower } else { follower.without_rules() };
        loops.spawn(watched(follower.run(stop.clone()).boxed()));
    }

    stop.cancelled().await;
    tracing::info!("stopping");
    let finished = tokio::time::timeout(STOP_WITHIN, async {
        let mut died = None;
        while let Some(ended) = loops.join_next().await {
            died = died.or(ended.err());
        }
        died
    })
    .await;
    match finished {
        Ok(None) => {}
        Ok(Some(error)) => anyhow::bail!("a loop died: {error}"),
        // What was in hand is claimed again at the next start.
        Err(_) => {
            tracing::warn!("not everything in hand could be finished in time");
            loops.abort_all();
        }
    }
    if tokio::time::timeout(CLOSE_WITHIN, store.close()).await.is_err() {
        tracing::warn!("the database's connections could not be closed in time");
    }
    tracing::info!("stopped");
    Ok(())
}

//! Runs the program: prepares the process, starts a loop per part, and stops them all.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::ValueEnum;
use rustix::process::{Resource, getrlimit, setrlimit};
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::signal::unix::SignalKind;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Parts, Role, build, open_store, terminal};
use crate::chat::Messenger;
use crate::chat::telegram::Telegram;
use crate::config::{Config, Settings};
use crate::health::HealthMonitor;
use crate::retention::Retention;
use crate::store::Store;
use crate::web;
use ceasewire_model::{Clock, Timestamp};

/// The time for the loops to finish work in flight. Common supervisors kill a process after 10 seconds.
const STOP_WITHIN: Duration = Duration::from_secs(8);
/// The time to close the database after that.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// Runs the parts of `roles` until `stop`. Without a token the terminal is the chat.
///
/// # Errors
/// When a part cannot be started, or a loop panics.
pub async fn run(
    settings: Settings,
    token: Option<SecretString>,
    backfill: usize,
    roles: &[Role],
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let has_all_roles = Role::value_variants().iter().all(|role| roles.contains(role));
    anyhow::ensure!(
        has_all_roles || token.is_some(),
        "--roles shares the work for a bot on Telegram; give its token, or let one process do everything in this terminal"
    );
    raise_open_files();
    ignore_file_size_signal();
    let config = &settings.config;
    let _lock = Store::lock(&config.database.url)?;
    let feeds = roles.contains(&Role::Poll).then_some(&settings.feeds[..]);
    let store = tokio::select! {
        store = open_store(&config.database.url, feeds, Timestamp::now()) => store?,
        // A silent database must not keep the program from stopping.
        () = stop.cancelled() => return Ok(()),
    };
    if store.is_new() {
        tracing::warn!(
            store = store.name(),
            "made a new store; if chats and articles should be in it, stop the program and check database.url"
        );
    }
    if !has_all_roles && !store.is_shared() {
        tracing::warn!(?roles, "--roles on SQLite: no other process can take the remaining roles");
    }
    let messengers = connect(config, token, &stop)?;
    let parts = build(&settings, &store, &messengers, Clock::System, backfill)?;
    tracing::info!(feeds = settings.feeds.len(), conflict = settings.profile.id, ?roles, "started");
    let mut loops = Loops { tasks: JoinSet::new(), stop: stop.clone() };
    start(&mut loops, &settings, &store, parts, roles).await?;
    stop.cancelled().await;
    tracing::info!("stopping");
    loops.finish().await?;
    if tokio::time::timeout(CLOSE_WITHIN, store.close()).await.is_err() {
        tracing::warn!("the database did not close its connections in time; exiting without them");
    }
    tracing::info!("stopped");
    Ok(())
}

/// Builds the messengers of all platforms: Telegram with a token, otherwise the terminal.
fn connect(
    config: &Config,
    token: Option<SecretString>,
    stop: &CancellationToken,
) -> anyhow::Result<Vec<Arc<dyn Messenger>>> {
    let Some(token) = token else {
        tracing::warn!("no token in TELOXIDE_TOKEN or telegram.token_file; chatting in this terminal; /quit ends it");
        let console = terminal();
        let (quit, stop) = (console.quit().clone(), stop.clone());
        tokio::spawn(async move {
            quit.cancelled().await;
            stop.cancel();
        });
        return Ok(vec![Arc::new(console)]);
    };
    let api_url = Url::parse(&config.telegram.api_url).context("telegram.api_url")?;
    let telegram = Telegram::new(token, api_url, config.telegram.long_poll_secs, config.delivery.send_timeout_secs)?;
    Ok(vec![Arc::new(telegram.paying(config.telegram.paid_broadcast))])
}

/// Starts the loops of `roles`.
async fn start(
    loops: &mut Loops,
    settings: &Settings,
    store: &Store,
    parts: Parts,
    roles: &[Role],
) -> anyhow::Result<()> {
    let Parts { poller, follower, cut_offs, platforms, .. } = parts;
    let stop = loops.stop.clone();
    let (polls, sends, chats) = (roles.contains(&Role::Poll), roles.contains(&Role::Send), roles.contains(&Role::Chat));
    let monitor = HealthMonitor::new(store.clone(), polls.then_some(settings.config.poller.max_interval_secs));
    if let Some(address) = settings.config.web.listen {
        let listener = TcpListener::bind(address).await.with_context(|| format!("listening on {address}"))?;
        let (store, health, stop) = (store.clone(), monitor.reports(), stop.clone());
        // Not essential: alerts go on without the web server.
        loops.tasks.spawn(async move {
            if let Err(error) = web::serve(listener, store, health, cut_offs, stop).await {
                tracing::error!(%error, "the web server failed; /health and /metrics are gone until a restart");
            }
        });
    }
    if polls {
        loops.spawn_essential(Arc::new(poller).run(stop.clone()));
    }
    for platform in platforms {
        if sends {
            loops.spawn_essential(Arc::new(platform.dispatcher).run(stop.clone()));
        }
        if chats {
            loops.spawn_essential(Arc::new(platform.bot).run(stop.clone()));
        }
    }
    let config = &settings.config;
    let retention = Retention::new(store.clone(), config.retention.clone(), config.budgets.chat_feeds.retention_days);
    loops.spawn_essential(monitor.run(stop.clone()));
    loops.spawn_essential(retention.run(stop.clone()));
    if polls || sends {
        let follower = if polls { follower } else { follower.without_rules() };
        loops.spawn_essential(follower.run(stop));
    }
    Ok(())
}

/// The running loops.
struct Loops {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Loops {
    /// Spawns a loop whose end stops the program: a panic must not leave the other loops running.
    fn spawn_essential(&mut self, run: impl Future<Output = ()> + Send + 'static) {
        let guard = self.stop.clone().drop_guard();
        self.tasks.spawn(async move {
            let _guard = guard;
            run.await;
        });
    }

    /// Waits for the loops to finish their work in flight, and aborts the rest after a time limit.
    async fn finish(mut self) -> anyhow::Result<()> {
        let finished = tokio::time::timeout(STOP_WITHIN, async {
            let mut panicked = false;
            while let Some(ended) = self.tasks.join_next().await {
                panicked |= ended.is_err();
            }
            panicked
        })
        .await;
        match finished {
            Ok(false) => {}
            // The error would quote the panic's message, which may hold a secret.
            Ok(true) => anyhow::bail!("a loop panicked; the log has the place"),
            Err(_) => {
                tracing::warn!("some work in flight did not finish in time; the next start repeats it");
                self.tasks.abort_all();
            }
        }
        Ok(())
    }
}

/// Raises the limit of open files to the system's maximum. The usual limit of 1024 leaves no files for the database
/// when each host of a thousand feeds keeps a connection.
fn raise_open_files() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::debug!(%error, "cannot raise the limit of open files");
    }
}

/// Ignores SIGXFSZ, so that a file-size limit becomes an EFBIG error, like a full disk, and does not kill the process.
fn ignore_file_size_signal() {
    let number = rustix::process::Signal::XFSZ.as_raw();
    if let Err(error) = tokio::signal::unix::signal(SignalKind::from_raw(number)) {
        tracing::debug!(%error, "cannot install the SIGXFSZ handler");
    }
}

//! What other processes that share the database change, told at once: PostgreSQL's LISTEN and NOTIFY. A SQLite file belongs
//! to one process, which knows what it does.

use std::collections::VecDeque;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::{Db, Store, StoreError, Tx};

/// The channel. Databases of one server do not hear each other's.
const CHANNEL: &str = "ceasewire";
/// The pause before a lost connection is made again.
const AGAIN: Duration = Duration::from_secs(1);
/// A connection that was silent for so long is asked whether it is still there, and has so long to answer: a network that
/// went away says nothing of it.
const SILENT: Duration = Duration::from_secs(30);
const ANSWER: Duration = Duration::from_secs(5);

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Rules or mutes.
    Rules,
    /// There is something new to send.
    Outbox,
}

impl Change {
    const ALL: [Self; 2] = [Self::Rules, Self::Outbox];

    fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Outbox => "outbox",
        }
    }
}

/// Tells what changes, this process's own changes included.
#[derive(Debug)]
pub struct Changes {
    server: Option<PgConnectOptions>,
    listener: Option<PgListener>,
    /// Known, and not told yet.
    waiting: VecDeque<Change>,
    /// Whether the loss of the connection was logged.
    lost: bool,
}

impl Store {
    /// The changes from the first call of [`Changes::next`] on.
    pub fn changes(&self) -> Changes {
        let server = match &self.writer {
            Db::Postgres(pool) => Some(pool.connect_options().as_ref().clone()),
            Db::Sqlite(_) => None,
        };
        Changes { server, listener: None, waiting: VecDeque::new(), lost: false }
    }
}

impl Changes {
    /// Waits for the next change. Each kind is reported first of all, and again whenever the connection was lost, since
    /// some may have been missed. Where one process has the database to itself this waits for ever.
    pub async fn next(&mut self) -> Change {
        let Some(server) = &self.server else { return std::future::pending().await };
        loop {
            if let Some(change) = self.waiting.pop_front() {
                return change;
            }
            let heard = match &mut self.listener {
                Some(listener) => hear(listener).await,
                None => match listen(server).await {
                    Ok(listener) => {
                        if std::mem::take(&mut self.lost) {
                            tracing::info!("changes of other processes are heard again");
                        }
                        self.listener = Some(listener);
                        self.waiting.extend(Change::ALL);
                        continue;
                    }
                    Err(error) => Err(error),
                },
            };
            match heard {
                Ok(change) => self.waiting.extend(change),
                Err(error) => {
                    if !std::mem::replace(&mut self.lost, true) {
                        tracing::warn!("changes of other processes are noticed late: {error}");
                    }
                    self.listener = None;
                    tokio::time::sleep(AGAIN).await;
                }
            }
        }
    }
}

/// A connection of its own that listens: the pool's come and go.
async fn listen(server: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let mut listener = PgListener::connect_with(&pool.connect_with(server.clone()).await?).await?;
    listener.ignore_pool_close_event(true);
    // It is made again here, where what was missed is reported.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// The next change that the server tells of; `None` for what this version does not know, and after a silence.
async fn hear(listener: &mut PgListener) -> Result<Option<Change>, sqlx::Error> {
    let lost = |reason| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, reason));
    match tokio::time::timeout(SILENT, listener.try_recv()).await {
        Ok(Ok(Some(told))) => Ok(Change::ALL.into_iter().find(|change| change.as_str() == told.payload())),
        Ok(Ok(None)) => Err(lost("the connection was closed")),
        Ok(Err(error)) => Err(error),
        Err(_silent) => match tokio::time::timeout(ANSWER, sqlx::query("select 1").execute(&mut *listener)).await {
            Ok(answered) => answered.map(|_| None),
            Err(_silent) => Err(lost("the server does not answer")),
        },
    }
}

impl Tx {
    /// Tells all processes, when the transaction is committed, that there is something new to send.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn notify_outbox(&mut self) -> Result<(), StoreError> {
        self.notify(Change::Outbox).await
    }

    /// The same of changed rules.
    pub(super) async fn notify_rules(&mut self) -> Result<(), StoreError> {
        self.notify(Change::Rules).await
    }

    async fn notify(&mut self, change: Change) -> Result<(), StoreError> {
        if let Db::Postgres(tx) = &mut self.0 {
            let sql = "select pg_notify($1, $2)";
            sqlx::query(sql).bind(CHANNEL).bind(change.as_str()).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

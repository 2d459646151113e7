//! Notifications of changes by other processes that share the database: PostgreSQL's LISTEN and NOTIFY. A SQLite file
//! belongs to one process, and has none.

use std::collections::VecDeque;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions};

use super::{Db, Store, StoreError, Tx};

/// The channel. Each database of a server has channels of its own.
const CHANNEL: &str = "ceasewire";
/// The pause before a lost connection is made again.
const RECONNECT_PAUSE: Duration = Duration::from_secs(1);
/// The silence before a connection is probed: a lost network gives no error.
const PROBE_AFTER: Duration = Duration::from_secs(30);
/// Time for the answer to a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// A change in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreNotification {
    /// Rules or mutes.
    Rules,
    /// The outbox has new deliveries.
    Outbox,
}

impl StoreNotification {
    const ALL: [Self; 2] = [Self::Rules, Self::Outbox];

    fn as_str(self) -> &'static str {
        match self {
            Self::Rules => "rules",
            Self::Outbox => "outbox",
        }
    }
}

/// Receives the notifications of all processes, its own included.
#[derive(Debug)]
pub struct NotificationListener {
    server: Option<PgConnectOptions>,
    listener: Option<PgListener>,
    /// Received and not yet returned.
    received: VecDeque<StoreNotification>,
    /// Whether the loss of the connection was logged.
    lost: bool,
}

impl Store {
    /// A listener for notifications from the first call of [`NotificationListener::next`] on.
    pub fn notifications(&self) -> NotificationListener {
        let server = match &self.writer {
            Db::Postgres(pool) => Some(pool.connect_options().as_ref().clone()),
            Db::Sqlite(_) => None,
        };
        NotificationListener { server, listener: None, received: VecDeque::new(), lost: false }
    }
}

impl NotificationListener {
    /// Waits for the next notification. Returns each kind first of all, and again after each lost connection, since
    /// notifications may have been missed. On SQLite this waits for ever.
    pub async fn next(&mut self) -> StoreNotification {
        let Some(server) = &self.server else { return std::future::pending().await };
        loop {
            if let Some(notification) = self.received.pop_front() {
                return notification;
            }
            let received = match &mut self.listener {
                Some(listener) => receive(listener).await,
                None => match listen(server).await {
                    Ok(listener) => {
                        if std::mem::take(&mut self.lost) {
                            tracing::info!("connected to the database's notifications again");
                        }
                        self.listener = Some(listener);
                        self.received.extend(StoreNotification::ALL);
                        continue;
                    }
                    Err(error) => Err(error),
                },
            };
            match received {
                Ok(notification) => self.received.extend(notification),
                Err(error) => {
                    if !std::mem::replace(&mut self.lost, true) {
                        tracing::warn!(
                            error = %error,
                            "lost the database's notifications; changes of other nodes arrive late until it reconnects"
                        );
                    }
                    self.listener = None;
                    tokio::time::sleep(RECONNECT_PAUSE).await;
                }
            }
        }
    }
}

/// Opens a connection of its own: the pool closes idle ones.
async fn listen(server: &PgConnectOptions) -> Result<PgListener, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None);
    let mut listener = PgListener::connect_with(&pool.connect_with(server.clone()).await?).await?;
    listener.ignore_pool_close_event(true);
    // [`NotificationListener::next`] reconnects, since it must then return each kind.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// The next notification; `None` for one of another version, and after an answered probe.
async fn receive(listener: &mut PgListener) -> Result<Option<StoreNotification>, sqlx::Error> {
    let lost = |reason| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::ConnectionAborted, reason));
    match tokio::time::timeout(PROBE_AFTER, listener.try_recv()).await {
        Ok(Ok(Some(notification))) => {
            Ok(StoreNotification::ALL.into_iter().find(|known| known.as_str() == notification.payload()))
        }
        Ok(Ok(None)) => Err(lost("the connection was closed")),
        Ok(Err(error)) => Err(error),
        Err(_silent) => {
            match tokio::time::timeout(PROBE_TIMEOUT, sqlx::query("select 1").execute(&mut *listener)).await {
                Ok(answered) => answered.map(|_| None),
                Err(_silent) => Err(lost("the server does not answer")),
            }
        }
    }
}

impl Tx {
    /// Notifies all processes of new deliveries when the transaction is committed.
    pub async fn notify_outbox(&mut self) -> Result<(), StoreError> {
        self.notify(StoreNotification::Outbox).await
    }

    /// Notifies all processes of changed rules when the transaction is committed.
    pub(super) async fn notify_rules(&mut self) -> Result<(), StoreError> {
        self.notify(StoreNotification::Rules).await
    }

    async fn notify(&mut self, notification: StoreNotification) -> Result<(), StoreError> {
        if let Db::Postgres(tx) = &mut self.0 {
            let sql = "select pg_notify($1, $2)";
            sqlx::query(sql).bind(CHANNEL).bind(notification.as_str()).execute(&mut **tx).await?;
        }
        Ok(())
    }
}

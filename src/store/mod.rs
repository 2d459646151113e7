//! The store: the only place with SQL, one file per table. It knows the model and no other part of the program.
//!
//! SQLite and PostgreSQL share one text for every statement: `$1` parameters, `returning`, `on conflict`. Where the two
//! must differ, the statement says so on the spot; the longest statements stand in `sql/`. SQLite has one write
//! connection and a few readers, so that writers queue in the program instead of failing on a locked file; PostgreSQL
//! has one pool for both.

mod article_vectors;
mod articles;
mod blocked_chats;
mod cancellations;
mod chat_feeds;
mod chat_migration;
mod clock_jumps;
mod deliveries;
mod edits;
mod erasure;
mod feeds;
mod files;
mod health;
mod kept_updates;
mod leader_leases;
mod leases;
mod literals;
mod matches;
mod meetings;
mod migrations;
mod mutes;
mod notifications;
mod outbox;
mod outlet_lines;
mod preferences;
mod receiver_leases;
mod retention;
mod retention_clock;
mod revisions;
mod rule_changes;
mod rule_troubles;
mod rules;
mod send_journal;
mod sent_messages;
mod stories;
mod story_mutes;
mod subscriber_tables;
mod subscribers;
mod unfinished_polls;
mod versions;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Transaction};

use ceasewire_model::{FeedId, Timestamp, UnknownName};

use erasure::LogTruncation;
use files::{StoreFile, sqlite_path};

pub use articles::NewArticle;
pub use blocked_chats::ChatSummary;
pub use chat_feeds::{ChatFeedLimits, ChatFeedRefusal};
pub use deliveries::{DeliveryCounts, NewAlert};
pub use edits::Edit;
pub use feeds::{FeedClaim, FeedCounts, FeedLane, NewBody, NewFeed, PollOutcome, PollRecord};
pub use files::StoreLock;
pub use health::PollTimes;
pub use kept_updates::KeptUpdate;
pub use leader_leases::LeaderLease;
pub use matches::NewMatch;
pub use notifications::{NotificationListener, StoreNotification};
pub use outbox::{Claim, FailedAttempt, MessageStats};
pub use receiver_leases::ReceiverLease;
pub use rule_troubles::{RuleNotice, UnfinishedCompilation};
pub use send_journal::{SendRecord, SentMessage};
pub use sent_messages::SentDelivery;
pub use stories::{StoryArticleLimits, StoryReport};
pub use subscriber_tables::{
    Export, OnChatMigration, OnForget, OnMerge, OnRename, SUBSCRIBER_COLUMNS, SUBSCRIBER_TABLES, SubscriberColumn,
    SubscriberTable,
};
pub use subscribers::Recipient;
pub use unfinished_polls::UnfinishedPoll;
pub use versions::{ArticleVersion, EndedVersion, EntryForm, KnownArticle};

/// Readers on a SQLite file; each holds its own page cache, so a few serve a small machine best.
const SQLITE_READERS: u32 = 4;
/// Connections to PostgreSQL of one node; well below a server's usual limit of 100 with several nodes.
const POSTGRES_CONNECTIONS: u32 = 10;
/// How long a statement waits for another process that holds SQLite's write lock (a backup, `feeds add`).
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// Rows of one multi-row statement. SQLite looks each parameter up by its name among all of them, so that ten
/// statements of a hundred rows take half the time of one of a thousand.
const ROWS_A_STATEMENT: usize = 100;
/// Rows that SQLite's thread reads ahead of the caller.
const ROWS_AHEAD: usize = 1000;

/// An error of the store. Every function of [`Store`] and [`Tx`] returns [`StoreError::Query`] when the database
/// refuses a statement or cannot be reached; then a transaction has changed nothing.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address names no database that the program can use.
    #[error("database.url: {0}; use sqlite://FILE or postgres://USER@HOST/NAME")]
    Url(String),
    /// Another process works on the same SQLite file.
    #[error("{0} is in use by another ceasewire process; stop that one, or give this one another database.url")]
    InUse(PathBuf),
    /// The file is no database.
    #[error("{0} is no SQLite database; name another file in database.url")]
    NoDatabase(PathBuf),
    /// The database file is gone from its place.
    #[error("the database file {0} was deleted while the program ran; restart the program on a copy of the database")]
    Deleted(PathBuf),
    /// Another file has taken the place of the database file.
    #[error(
        "another file took the place of the database {0} while the program ran; restart the program on the right one"
    )]
    Replaced(PathBuf),
    /// A file of the store could not be read or written.
    #[error("{0}: {1}")]
    File(PathBuf, std::io::Error),
    /// The schema could not be brought up to date.
    #[error("the database's schema could not be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A row holds a name or number of another version of the program.
    #[error("the database holds an {0}")]
    UnknownName(#[from] UnknownName),
    /// A statement failed.
    #[error("the database refused: {0}")]
    Query(#[from] sqlx::Error),
}

impl StoreError {
    /// Whether a deadlock with another transaction undid this one, which may be tried again at once.
    pub fn is_deadlock(&self) -> bool {
        // PostgreSQL's deadlock_detected.
        matches!(self, Self::Query(sqlx::Error::Database(error)) if error.code().as_deref() == Some("40P01"))
    }
}

/// A value of SQLite's or of PostgreSQL's, by the database in use.
#[derive(Clone, Debug)]
enum Db<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// Evaluates an expression for the database behind `$db`, with `$conn` bound to its executor.
macro_rules! on {
    ($db:expr, $conn:ident => $body:expr) => {
        match $db {
            $crate::store::Db::Sqlite($conn) => $body,
            $crate::store::Db::Postgres($conn) => $body,
        }
    };
}

/// Evaluates an expression inside a transaction, with `$conn` bound to its connection.
macro_rules! on_tx {
    ($tx:expr, $conn:ident => $body:expr) => {
        match &mut $tx.0 {
            $crate::store::Db::Sqlite(tx) => {
                let $conn = &mut **tx;
                $body
            }
            $crate::store::Db::Postgres(tx) => {
                let $conn = &mut **tx;
                $body
            }
        }
    };
}

/// Executes a statement with these parameters on a pool, and returns the number of affected rows.
macro_rules! execute {
    ($db:expr, $sql:expr $(, $parameter:expr)* $(,)?) => {
        on!($db, pool => sqlx::query($sql)$(.bind($parameter))*.execute(pool).await.map(|done| done.rows_affected()))
    };
}

/// Executes a statement with these parameters in a transaction, and returns the number of affected rows.
macro_rules! execute_tx {
    ($tx:expr, $sql:expr $(, $parameter:expr)* $(,)?) => {
        on_tx!($tx, conn => sqlx::query($sql)$(.bind($parameter))*.execute(conn).await.map(|done| done.rows_affected()))
    };
}

/// Reads a struct from a row of either database, a column per field by the field's name.
macro_rules! from_row {
    // A struct of another crate, inside a row of this one.
    ($row:ident($type:ident) { $($field:ident),* $(,)? }) => {
        #[derive(Debug)]
        pub(super) struct $row($type);
        impl From<$row> for $type {
            fn from(row: $row) -> Self {
                row.0
            }
        }
        from_row!(@@ sqlx::sqlite::SqliteRow, $row $type { $($field),* });
        from_row!(@@ sqlx::postgres::PgRow, $row $type { $($field),* });
    };
    (@@ $from:ty, $row:ident $type:ident { $($field:ident),* }) => {
        impl sqlx::FromRow<'_, $from> for $row {
            fn from_row(row: &$from) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                Ok(Self($type { $($field: row.try_get(stringify!($field))?),* }))
            }
        }
    };
    ($type:ident { $($field:ident),* $(,)? }) => {
        from_row!(@ sqlx::sqlite::SqliteRow, $type { $($field),* });
        from_row!(@ sqlx::postgres::PgRow, $type { $($field),* });
    };
    (@ $row:ty, $type:ident { $($field:ident),* }) => {
        impl sqlx::FromRow<'_, $row> for $type {
            fn from_row(row: &$row) -> Result<Self, sqlx::Error> {
                use sqlx::Row;
                Ok(Self { $($field: row.try_get(stringify!($field))?),* })
            }
        }
    };
}

use {execute, execute_tx, from_row, on, on_tx};

/// Unwraps the model's structs from their rows.
fn models<R: Into<T>, T>(rows: Vec<R>) -> Vec<T> {
    rows.into_iter().map(Into::into).collect()
}

/// A handle on the database; clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    readers: Db<SqlitePool, PgPool>,
    writer: Db<SqlitePool, PgPool>,
    /// Ends of the leases on feeds, for SQLite: its one process need not write them into the database.
    claimed_feeds: Arc<Mutex<HashMap<FeedId, Timestamp>>>,
    /// The database file; `None` for PostgreSQL.
    file: Option<Arc<StoreFile>>,
    truncation: Arc<LogTruncation>,
    is_new: bool,
}

/// A transaction, rolled back unless [`Tx::commit`] is called.
#[derive(Debug)]
pub struct Tx(Db<Transaction<'static, Sqlite>, Transaction<'static, Postgres>>);

impl Store {
    /// Opens the database at `url` (`sqlite://…` or `postgres://…`), creating a missing SQLite file, and
    /// brings its schema up to date.
    ///
    /// # Errors
    /// When the address is not understood, the database cannot be reached, or its schema is newer than the program.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        migrations::run(&store).await?;
        Ok(store)
    }

    /// As [`Store::open`], but brings the schema only to its first `steps` steps: for the tests of migrations.
    #[doc(hidden)]
    pub async fn open_at_step(url: &str, steps: usize) -> Result<Self, StoreError> {
        let store = Self::connect(url).await?;
        migrations::run_first(&store, steps).await?;
        Ok(store)
    }

    /// Connects to the database at `url`, creating a missing SQLite file.
    async fn connect(url: &str) -> Result<Self, StoreError> {
        let Some(path) = sqlite_path(url) else { return Self::connect_postgres(url).await };
        refuse_memory(&path)?;
        files::create_private(&path)?;
        let options = sqlite_options(&path)
            .journal_mode(SqliteJournalMode::Wal)
            // With WAL, NORMAL keeps the database whole on power loss; only the last commits may be missing.
            .synchronous(SqliteSynchronous::Normal)
            // Zeros replace deleted rows on the disk: /forget promises it.
            .pragma("secure_delete", "on");
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            // On a full disk SQLite rolls a transaction back by itself, and the connection stays in it for ever.
            .after_release(|connection, _| {
                let ended = !connection.is_in_transaction();
                Box::pin(async move { Ok(ended) })
            })
            .connect_with(options.clone())
            .await
            .map_err(
                |error| if is_no_database(&error) { StoreError::NoDatabase(path.clone()) } else { error.into() },
            )?;
        let tables: i64 = sqlx::query_scalar("select count(*) from sqlite_master").fetch_one(&writer).await?;
        // Only now is the file known to be a database.
        files::protect(&path);
        let readers =
            SqlitePoolOptions::new().max_connections(SQLITE_READERS).connect_lazy_with(options.read_only(true));
        Ok(Self {
            readers: Db::Sqlite(readers),
            writer: Db::Sqlite(writer),
            claimed_feeds: Arc::default(),
            file: Some(Arc::new(StoreFile::new(path)?)),
            truncation: Arc::default(),
            is_new: tables == 0,
        })
    }

    async fn connect_postgres(url: &str) -> Result<Self, StoreError> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err(StoreError::Url("no known database".into()));
        }
        // The parse error is not passed on: it could quote the address, which may hold a password.
        let options = PgConnectOptions::from_str(url)
            .map_err(|_| StoreError::Url("the PostgreSQL address cannot be read".into()))?
            .disable_statement_logging();
        // One connection first: a pool would hide its error behind a timeout.
        options.connect().await?.close().await?;
        let pool = PgPoolOptions::new().max_connections(POSTGRES_CONNECTIONS).connect_with(options).await?;
        let sql = "select count(*) from pg_tables where schemaname = current_schema()";
        let tables: i64 = sqlx::query_scalar(sql).fetch_one(&pool).await?;
        Ok(Self {
            readers: Db::Postgres(pool.clone()),
            writer: Db::Postgres(pool),
            claimed_feeds: Arc::default(),
            file: None,
            truncation: Arc::default(),
            is_new: tables == 0,
        })
    }

    /// Opens the database at `url` to read it as it is, beside a process that may be working on it, or from a disk that
    /// cannot be written.
    ///
    /// # Errors
    /// When the address is not understood or the database cannot be reached.
    pub async fn attach(url: &str) -> Result<Self, StoreError> {
        let Some(path) = sqlite_path(url) else { return Self::connect_postgres(url).await };
        refuse_memory(&path)?;
        files::check_kind(&path)?;
        let options = sqlite_options(&path).read_only(true);
        let pool = match readable_pool(options.clone()).await {
            Ok(pool) => pool,
            // On a disk that cannot be written SQLite cannot make its side files, and needs none if no process writes.
            Err(_) if !files::has_log(&path) => readable_pool(options.immutable(true)).await?,
            Err(error) => return Err(error),
        };
        Ok(Self {
            readers: Db::Sqlite(pool.clone()),
            writer: Db::Sqlite(pool),
            claimed_feeds: Arc::default(),
            file: Some(Arc::new(StoreFile::new(path)?)),
            truncation: Arc::default(),
            is_new: false,
        })
    }

    /// Checks that the database at `url` can be used, without making or changing anything.
    ///
    /// # Errors
    /// When it cannot be reached, or a SQLite file has no folder to be made in.
    pub async fn probe(url: &str) -> Result<(), StoreError> {
        if let Some(path) = sqlite_path(url).filter(|path| !path.exists()) {
            let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
            std::fs::read_dir(folder).map_err(|error| StoreError::File(folder.to_owned(), error))?;
            return Ok(());
        }
        let store = Self::attach(url).await?;
        let answer = on!(&store.readers, pool => sqlx::query("select 1").execute(pool).await.map(|_| ()));
        store.close().await;
        Ok(answer?)
    }

    /// The place of the database for messages: the file, or the kind of server, since its address may hold a password.
    pub fn name(&self) -> String {
        self.file.as_ref().map_or_else(|| "PostgreSQL".to_owned(), |file| file.path.display().to_string())
    }

    /// Whether the database had no tables when the store was opened.
    pub fn is_new(&self) -> bool {
        self.is_new
    }

    /// Whether several processes may share this database.
    pub fn is_shared(&self) -> bool {
        matches!(self.writer, Db::Postgres(_))
    }

    /// The time by the database's clock, which all nodes share. Leases between nodes are measured by it, since the
    /// nodes' own clocks differ.
    pub async fn find_time(&self) -> Result<Timestamp, StoreError> {
        let Db::Postgres(pool) = &self.readers else { return Ok(Timestamp::now()) };
        let sql = "select (extract(epoch from clock_timestamp()) * 1000)::bigint";
        Ok(sqlx::query_scalar(sql).fetch_one(pool).await?)
    }

    /// Begins a transaction that may write. On SQLite it holds the one write connection: keep it short.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(Tx(match &self.writer {
            // A transaction that begins as a reader fails at its first write if another process wrote meanwhile.
            Db::Sqlite(pool) => Db::Sqlite(pool.begin_with("begin immediate").await?),
            Db::Postgres(pool) => Db::Postgres(pool.begin().await?),
        }))
    }

    /// Closes the connections; SQLite then deletes its side files.
    pub async fn close(&self) {
        on!(&self.readers, pool => pool.close().await);
        on!(&self.writer, pool => pool.close().await);
    }
}

impl Tx {
    fn is_postgres(&self) -> bool {
        matches!(self.0, Db::Postgres(_))
    }

    /// Commits the transaction, all of it or nothing.
    pub async fn commit(self) -> Result<(), StoreError> {
        on!(self.0, tx => tx.commit().await)?;
        Ok(())
    }
}

/// The options of every connection to a SQLite file.
fn sqlite_options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(BUSY_TIMEOUT)
        // Without a buffer, SQLite's thread and the caller wake each other for every few rows.
        .row_buffer_size(ROWS_AHEAD)
        .disable_statement_logging()
}

/// Connects readers and lets one of them read, which fails early where SQLite needs files that it cannot make.
async fn readable_pool(options: SqliteConnectOptions) -> Result<SqlitePool, StoreError> {
    let pool = SqlitePoolOptions::new().max_connections(SQLITE_READERS).connect_with(options).await?;
    sqlx::query("select count(*) from sqlite_master").execute(&pool).await?;
    Ok(pool)
}

/// Whether SQLite found something else in a file (SQLITE_NOTADB).
fn is_no_database(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error) if error.code().as_deref() == Some("26"))
}

fn refuse_memory(path: &Path) -> Result<(), StoreError> {
    if path.as_os_str().is_empty() || path == Path::new(":memory:") {
        return Err(StoreError::Url("a database in memory cannot be shared by its connections".into()));
    }
    Ok(())
}

/// `($1,$2),($3,$4)`: the parameters of `rows` rows of `columns` columns, counting from `first`.
fn parameters(first: usize, rows: usize, columns: usize) -> String {
    use std::fmt::Write;

    let mut text = String::with_capacity(rows * columns * 6);
    let mut number = first;
    for row in 0..rows {
        text.push_str(if row == 0 { "(" } else { ",(" });
        for column in 0..columns {
            let comma = if column == 0 { "" } else { "," };
            let _ = write!(text, "{comma}${number}");
            number += 1;
        }
        text.push(')');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_count_through_rows_and_columns() {
        assert_eq!(parameters(1, 2, 2), "($1,$2),($3,$4)");
        assert_eq!(parameters(3, 1, 1), "($3)");
    }
}

//! A database of its own for each test.

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

/// A fresh, empty database.
pub struct Database {
    pub url: String,
    _folder: Option<TempDir>,
}

impl Database {
    /// Makes a SQLite file in a temporary folder or, with TEST_DATABASE_URL, a new database on that PostgreSQL server.
    /// Either is deleted when the value is dropped: hundreds of databases of a run together would fill a small disk.
    pub async fn new() -> Self {
        let Some(server) = server() else {
            let folder = tempfile::tempdir().unwrap();
            let url = format!("sqlite://{}", folder.path().join("test.db").display());
            return Self { url, _folder: Some(folder) };
        };
        let name = format!("ceasewire_{}", Uuid::now_v7().simple());
        let mut connection = PgConnection::connect(&server).await.unwrap();
        sqlx::query(AssertSqlSafe(format!("create database {name}"))).execute(&mut connection).await.unwrap();
        let mut url = url::Url::parse(&server).unwrap();
        url.set_path(&name);
        Self { url: url.to_string(), _folder: None }
    }

    pub fn is_shared(&self) -> bool {
        self._folder.is_none()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if self._folder.is_some() {
            return;
        }
        let Some(server) = server() else { return };
        let name = self.url.rsplit('/').next().unwrap_or_default().to_owned();
        // The thread that drops may belong to a runtime, which another must not block. A test that failed may leave
        // connections behind, and one that succeeds needs no proof of the deletion.
        let deletion = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut connection = PgConnection::connect(&server).await.ok()?;
                let sql = format!("drop database if exists {name} with (force)");
                sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.ok()
            })
        });
        let _ = deletion.join();
    }
}

/// Closes the connections of a PostgreSQL server that listen for changes of this database.
pub async fn cut_listeners(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
        where datname = current_database() and query ilike 'listen%'";
    let cut: i64 = sqlx::query_scalar(sql).fetch_one(&mut connection).await.unwrap();
    assert!(cut > 0);
}

fn server() -> Option<String> {
    std::env::var("TEST_DATABASE_URL").ok().filter(|url| url.starts_with("postgres"))
}

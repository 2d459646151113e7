//! A full disk, and a database that another process has locked: the program logs it, keeps its data, and goes on.

use std::process::Command;
use std::time::Duration;

use sqlx::{Connection, SqliteConnection};

use crate::restart::{SOON, Stage, ceasefire};
use crate::support::program::Running;
use crate::support::world::item;

/// Lets a program's files grow no more, or again: to the program the same as a full disk.
fn let_files_grow(program: &Running, grow: bool) {
    let limit = if grow { "unlimited:" } else { "4096:" };
    let done = Command::new("prlimit").args(["--pid", &program.id().to_string(), &format!("--fsize={limit}")]).status();
    assert!(done.unwrap().success());
}

fn again() -> ceasewire_testkit::feed_site::FeedItem {
    item("2", "Second Karabakh ceasefire is announced", "<p>A second ceasefire in Karabakh was announced in Paris.</p>")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_loses_no_article() {
    let stage = Stage::new().await;
    if stage.database.is_shared() {
        return;
    }
    let program = stage.subscribed().await;
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    let_files_grow(&program, false);
    stage.publish(&[again(), ceasefire()]);
    program.wait_for_log("storing the entries: the database refused", SOON).await;
    assert_eq!(stage.alerts(), 1);
    let_files_grow(&program, true);
    stage.wait_for_alerts(2).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_during_a_full_disk_is_recorded_later() {
    let stage = Stage::new().await;
    if stage.database.is_shared() {
        return;
    }
    let program = stage.subscribed().await;
    let held = stage.api.hold("sendMessage");
    stage.publish(&[ceasefire()]);
    stage.api.wait_for_held("sendMessage", 1, SOON).await.unwrap();
    let_files_grow(&program, false);
    held.release();
    stage.wait_for_alerts(1).await;
    // The second log line comes after ten seconds, far longer than the lease of two.
    program.wait_for_log_times("cannot record send results; retrying", 2, SOON).await;
    let_files_grow(&program, true);
    program.wait_for_log("recorded send results after an error", SOON).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_database_is_waited_for() {
    let stage = Stage::new().await;
    if stage.database.is_shared() {
        return;
    }
    let program = stage.subscribed().await;
    let mut other = SqliteConnection::connect(&stage.database.url).await.unwrap();
    sqlx::query("begin immediate").execute(&mut other).await.unwrap();
    stage.publish(&[ceasefire()]);
    program.wait_for_log("database is locked", SOON + Duration::from_secs(15)).await;
    sqlx::query("rollback").execute(&mut other).await.unwrap();
    stage.wait_for_alerts(1).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

//! A disk that is full, and a database that somebody else holds: the program says so, keeps what it has, and goes on.

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

fn again() -> crate::support::feed_site::Item {
    item("2", "Second Karabakh ceasefire is announced", "<p>A second ceasefire in Karabakh was announced in Paris.</p>")
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_disk_is_full_nothing_is_lost_and_what_comes_is_told_afterwards() {
    let stage = Stage::new().await;
    if stage.database.is_shared() {
        return;
    }
    let program = stage.subscribed().await;
    stage.publish(&[ceasefire()]);
    stage.wait_for_alerts(1).await;
    let_files_grow(&program, false);
    stage.publish(&[again(), ceasefire()]);
    program.wait_for_log("poll failed: storing the entries: the database refused", SOON).await;
    assert_eq!(stage.alerts(), 1);
    let_files_grow(&program, true);
    stage.wait_for_alerts(2).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_while_the_disk_was_full_is_recorded_later_and_not_sent_again() {
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
    // Said again after ten seconds, far longer than the lease of two.
    program.wait_for_log_times("not recorded yet", 2, SOON).await;
    let_files_grow(&program, true);
    program.wait_for_log("is recorded now", SOON).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_somebody_holds_is_waited_for() {
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

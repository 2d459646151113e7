//! `/health`: what it says of polls, of the store and of the clock.

use std::time::Duration;

use ceasewire::health::{HealthMonitor, HealthProblem};
use ceasewire::web;
use ceasewire_model::Timestamp;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use crate::support::world::World;

/// The longest interval between polls of the tests' monitors, and a time after which polls are late.
const INTERVAL_SECS: u64 = 60;
const LATE_SECS: i64 = 200;

fn uptime(secs: i64) -> Duration {
    Duration::from_secs(secs as u64)
}

/// The status and the body of an answer.
async fn ask(world: &World, monitor: &HealthMonitor) -> (u16, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut connection = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    let stop = CancellationToken::new();
    let server = tokio::spawn(web::serve(
        listener,
        world.store.clone(),
        monitor.reports(),
        std::sync::Arc::default(),
        stop.clone(),
    ));
    connection.write_all(b"GET /health HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    stop.cancel();
    server.await.unwrap().unwrap();
    let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap())
}

#[tokio::test]
async fn a_program_that_polls_and_writes_is_ok() {
    let world = World::new().await;
    let mut monitor = HealthMonitor::new(world.store.clone(), Some(INTERVAL_SECS));
    monitor.tick(world.now, uptime(0)).await;
    monitor.tick(world.now.plus_secs(100), uptime(100)).await;
    let (status, body) = ask(&world, &monitor).await;
    assert_eq!((status, &body["status"], &body["pending"]), (200, &Value::from("ok"), &Value::from(0)));
    assert_eq!(body["last_poll_at"], world.now.to_rfc3339());
    assert_eq!(body["last_write_at"], world.now.plus_secs(100).to_rfc3339());
    assert!(body["reasons"].is_null());
}

#[tokio::test]
async fn polls_that_stopped_are_a_reason() {
    let mut world = World::new().await;
    let mut monitor = HealthMonitor::new(world.store.clone(), Some(INTERVAL_SECS));
    let mut sender = HealthMonitor::new(world.store.clone(), None);
    let late = world.now.plus_secs(LATE_SECS);
    for monitor in [&mut monitor, &mut sender] {
        monitor.tick(late, uptime(LATE_SECS)).await;
    }
    let (status, body) = ask(&world, &monitor).await;
    assert_eq!((status, &body["status"]), (503, &Value::from("failing")));
    let reason = format!("no poll of any feed has succeeded since {}", world.now.to_rfc3339());
    assert_eq!(body["reasons"], serde_json::json!([reason]));
    // A process that polls no feeds has its own work.
    assert_eq!(ask(&world, &sender).await.0, 200);
    world.now = late;
    world.poll().await;
    monitor.tick(world.now, uptime(LATE_SECS + 61)).await;
    assert_eq!(ask(&world, &monitor).await.0, 200);
}

#[tokio::test]
async fn a_clock_that_jumped_is_a_reason_until_the_next_poll() {
    for jump in [-7200, 7200] {
        let mut world = World::new().await;
        let mut monitor = HealthMonitor::new(world.store.clone(), Some(INTERVAL_SECS));
        monitor.tick(world.now, uptime(0)).await;
        world.now = world.now.plus_secs(jump);
        monitor.tick(world.now, uptime(10)).await;
        let problems = monitor.reports().borrow().problems.clone();
        assert_eq!(problems, [HealthProblem::ClockJumped(jump - 10)]);
        assert_eq!(ask(&world, &monitor).await.0, 503);
        let feeds = world.store.list_feeds().await.unwrap();
        let polls: Vec<_> = feeds.iter().map(|feed| unchanged(feed.id, world.now.plus_secs(5))).collect();
        world.store.record_polls(&polls).await.unwrap();
        monitor.tick(world.now.plus_secs(10), uptime(20)).await;
        assert_eq!(monitor.reports().borrow().problems, []);
    }
}

fn unchanged(id: ceasewire_model::FeedId, at: Timestamp) -> ceasewire::store::PollRecord {
    let outcome = ceasewire::store::PollOutcome::Unchanged;
    ceasewire::store::PollRecord {
        id,
        outcome,
        polled_at: at,
        next_poll_at: at.plus_secs(60),
        trouble: None,
        held_until: None,
        validators: None,
        relocation: None,
    }
}

#[tokio::test]
async fn a_store_that_is_gone_or_cannot_be_written_is_a_reason() {
    let world = World::new().await;
    if world.store.is_shared() {
        return;
    }
    let path = world.database.url.strip_prefix("sqlite://").unwrap().to_owned();
    let mut monitor = HealthMonitor::new(world.store.clone(), Some(INTERVAL_SECS));
    monitor.tick(world.now, uptime(0)).await;
    std::fs::rename(&path, format!("{path}.away")).unwrap();
    monitor.tick(world.now, uptime(1)).await;
    let (status, body) = ask(&world, &monitor).await;
    assert!(status == 503 && body["reasons"][0].as_str().unwrap().contains("was deleted"), "{body}");
    std::fs::rename(format!("{path}.away"), &path).unwrap();
    monitor.tick(world.now, uptime(2)).await;
    assert_eq!(ask(&world, &monitor).await.0, 200);
    // A closed store refuses each write, as one on a broken disk does.
    world.store.close().await;
    monitor.tick(world.now, uptime(10)).await;
    assert_eq!(monitor.reports().borrow().problems, [], "a short trouble is none");
    monitor.tick(world.now, uptime(40)).await;
    let (status, body) = ask(&world, &monitor).await;
    assert!(status == 503 && body["reasons"][0].as_str().unwrap().starts_with("the store cannot be written"), "{body}");
}

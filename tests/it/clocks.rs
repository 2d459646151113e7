//! Clocks that were wrong: polling and retention after a jump in either direction.

use ceasewire::config::RetentionConfig;
use ceasewire::retention::Retention;
use sqlx::{AssertSqlSafe, Connection};

use crate::support::world::{TRUCE, World, item};

const DAY: i64 = 86_400;

#[tokio::test]
async fn polling_goes_on_at_once_after_a_clock_was_set_back() {
    for ahead_secs in [120, 2 * 3600, 7 * DAY, 3650 * DAY] {
        let mut world = World::new().await;
        world.send_command("/subscribe ceasefire").await;
        let present = world.now;
        world.now = present.plus_secs(ahead_secs);
        world.poll_and_send().await;
        world.now = present;
        world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
        world.poll_and_send().await;
        assert_eq!(world.messages_starting_with("Ceasefire").len(), 1, "{ahead_secs}");
        let feeds = world.store.list_feeds().await.unwrap();
        assert!(feeds.iter().all(|feed| feed.next_poll_at <= world.now.plus_secs(3600)), "{ahead_secs}");
        // The next polls keep their intervals.
        let asked = world.site.hits("/wire").len();
        world.parts.poller.tick(world.now).await.unwrap();
        assert_eq!(world.site.hits("/wire").len(), asked, "{ahead_secs}");
    }
}

#[tokio::test]
async fn a_failing_feed_and_a_long_retry_after_do_not_outlast_a_wrong_clock() {
    let mut world = World::new().await;
    let present = world.now;
    world.site.set_page("/wire", ceasewire_testkit::feed_site::Page::too_many("7200"));
    world.now = present.plus_secs(2 * 3600);
    world.poll().await;
    world.now = present;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    let asked = world.site.hits("/wire").len();
    world.poll().await;
    assert_eq!(world.site.hits("/wire").len(), asked + 1);
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_deletes_no_rows() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let config = RetentionConfig { deliveries_days: 14, articles_days: 30, step_rows: 500 };
    let retention = Retention::new(world.store.clone(), config, 30);
    let trusted = retention.trusted_time(world.now).await.unwrap();
    assert_eq!(trusted, world.now);
    // Ten years ahead at a start, and at the starts of the next days.
    for day in 0..6 {
        let wrong = world.now.plus_secs((3650 + day) * DAY);
        let trusted = retention.trusted_time(wrong).await.unwrap();
        assert_eq!(trusted, world.now);
        retention.tick(trusted).await.unwrap();
    }
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 1);
    // Right again, and after a pause of weeks that is none of a clock: deleted after a week of running.
    assert_eq!(retention.trusted_time(world.now.plus_secs(DAY)).await.unwrap(), world.now.plus_secs(DAY));
    for day in 60..=67 {
        let now = world.now.plus_secs(day * DAY);
        retention.tick(retention.trusted_time(now).await.unwrap()).await.unwrap();
        let left = i64::from(day < 67);
        assert_eq!(world.store.count_deliveries().await.unwrap().sent, left, "{day}");
    }
}

#[tokio::test]
async fn a_store_of_an_earlier_version_trusts_the_time_of_its_newest_article() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    world.poll().await;
    let config = RetentionConfig { deliveries_days: 14, articles_days: 30, step_rows: 500 };
    let retention = Retention::new(world.store.clone(), config, 30);
    assert_eq!(retention.trusted_time(world.now.plus_secs(3650 * DAY)).await.unwrap(), world.now);
}

#[tokio::test]
async fn a_start_after_the_clock_was_set_back_waits_for_no_old_time() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let present = world.now;
    world.now = present.plus_secs(2 * 3600);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    // The process ends in order: its successor may send a second later.
    let (later, holder) = (world.now, uuid::Uuid::now_v7());
    let lease = world.store.claim_leader_lease("bot", holder, later, later.plus_secs(5), later.plus_secs(50));
    assert!(lease.await.unwrap().is_some());
    world.store.release_leader_lease("bot", holder, later.plus_secs(1)).await.unwrap();
    let store = ceasewire::app::open_store(&world.database.url, None, present).await.unwrap();
    let blocked_until = store.find_leader_block("bot").await.unwrap();
    assert!(blocked_until <= present.plus_secs(60), "{blocked_until}");
    let lead = store.find_clock_lead(present).await.unwrap();
    assert_eq!(lead.map(|lead| (lead + 60_000) / 3_600_000), Some(2));
}

/// Sets columns of all feeds, as another program or an earlier version may have left them.
async fn write_feeds(world: &World, assignments: &str) {
    let sql = format!("update feeds set {assignments}");
    if world.database.is_shared() {
        let mut connection = sqlx::PgConnection::connect(&world.database.url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    } else {
        let mut connection = sqlx::SqliteConnection::connect(&world.database.url).await.unwrap();
        sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
    }
}

#[tokio::test]
async fn no_feed_waits_longer_than_its_interval_or_its_server_asks() {
    // The longest interval is a minute here.
    const HOUR: i64 = 3600;
    for (due_secs, held_secs, is_polled) in [
        (50, None, false),
        (100, None, false),
        (130, None, true),
        (4 * HOUR, None, true),
        (7 * DAY, None, true),
        (4 * HOUR, Some(4 * HOUR), false),
        (4 * HOUR, Some(3 * HOUR), true),
        (DAY, Some(DAY), false),
        (7 * DAY, Some(7 * DAY), true),
    ] {
        let mut world = World::new().await;
        world.now = world.now.plus_secs(61);
        let at = |secs: i64| world.now.plus_secs(secs).0.to_string();
        let held = held_secs.map_or("null".to_owned(), at);
        write_feeds(&world, &format!("next_poll_at = {}, held_until = {held}, scheduled_at = null", at(due_secs)))
            .await;
        let asked = world.site.hits("/wire").len();
        world.parts.poller.tick(world.now).await.unwrap();
        assert_eq!(world.site.hits("/wire").len() > asked, is_polled, "{due_secs} {held_secs:?}");
    }
}

#[tokio::test]
async fn a_retry_after_holds_a_feed_beyond_the_longest_interval() {
    let mut world = World::new().await;
    world.site.set_page("/wire", ceasewire_testkit::feed_site::Page::too_many("7200"));
    world.poll().await;
    let asked = world.site.hits("/wire").len();
    for _ in 0..100 {
        world.poll().await;
    }
    assert_eq!(world.site.hits("/wire").len(), asked, "within the two hours");
    for _ in 0..20 {
        world.poll().await;
    }
    assert!(world.site.hits("/wire").len() > asked, "after them");
}

#[tokio::test]
async fn a_body_read_by_a_clock_ahead_is_doubted_at_once() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    world.poll().await;
    write_feeds(&world, &format!("body_read_at = {}", world.now.plus_secs(30 * DAY).0)).await;
    world.poll().await;
    assert_eq!(world.site.hits("/wire").last().unwrap().answered_status, 200);
    world.poll().await;
    assert_eq!(world.site.hits("/wire").last().unwrap().answered_status, 304);
}

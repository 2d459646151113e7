//! Several nodes on one database: the leader, the receiver, and notifications between nodes. On SQLite, parts of one
//! process play the nodes.

use std::time::{Duration, Instant};

use ceasewire::app::Parts;
use ceasewire::store::{LeaderLease, Store, StoreNotification};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Tick, Timestamp};
use uuid::Uuid;

use crate::restart::{SOON, Stage, ceasefire};
use crate::support::program::{run, stderr};
use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::database::{self, Database};

#[tokio::test]
async fn one_process_leads_and_its_successor_inherits_the_rate() {
    let database = Database::new().await;
    let store = Store::open(&database.url).await.unwrap();
    let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
    let start = store.find_time().await.unwrap();
    assert!((start.0 - Timestamp::now().0).abs() < 60_000);
    let claim = |holder, secs: i64| {
        let now = start.plus_secs(secs);
        store.claim_leader_lease("bot", holder, now, now.plus_secs(7), now.plus_secs(70))
    };
    let fresh = LeaderLease { term: 1, blocked_until: Timestamp(0), rate_accepted: None, rate_refused: None };
    assert_eq!(claim(one, 0).await.unwrap(), Some(fresh));
    assert_eq!(claim(two, 1).await.unwrap(), None);
    assert_eq!(claim(one, 5).await.unwrap(), Some(fresh), "the leader renews its lease");
    assert_eq!(claim(two, 11).await.unwrap(), None);

    let blocked_until = start.plus_secs(100);
    store.record_leader_block("bot", one, blocked_until).await.unwrap();
    store.record_learned_rate("bot", one, Some(29_000), Some(30_000)).await.unwrap();
    // Only the leader can record a block or a rate.
    store.record_leader_block("bot", two, Timestamp(0)).await.unwrap();
    store.record_learned_rate("bot", two, None, None).await.unwrap();
    let learned =
        |term| Some(LeaderLease { term, blocked_until, rate_accepted: Some(29_000), rate_refused: Some(30_000) });
    assert_eq!(claim(two, 12).await.unwrap(), learned(2), "its lease has ended");
    assert_eq!(claim(one, 13).await.unwrap(), None);

    let later = blocked_until.plus_secs(-1);
    store.release_leader_lease("bot", one, later).await.unwrap();
    assert_eq!(claim(one, 13).await.unwrap(), None, "it had nothing to release");
    store.release_leader_lease("bot", two, later).await.unwrap();
    assert_eq!(claim(one, 13).await.unwrap(), learned(3));
    assert_eq!(claim(two, -1000).await.unwrap(), learned(4), "the clock was set back");
    store.release_leader_leases(later).await.unwrap();
    assert_eq!(claim(two, -1000).await.unwrap(), learned(4), "no other process has led meanwhile");
    let later = blocked_until.plus_secs(1);
    store.release_leader_lease("bot", two, later).await.unwrap();
    let held = LeaderLease { blocked_until: later, ..learned(5).unwrap() };
    assert_eq!(claim(one, 20).await.unwrap(), Some(held), "the platform counts what was sent just before");
}

#[tokio::test]
async fn a_new_leader_sends_claimed_deliveries_first_and_marked() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.send().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    // It dies with the first message in flight, whose lease lasts on.
    let in_hand = world.claim_deliveries(Attention::Urgent).await;
    assert!(world.mark_in_flight(&in_hand[0]).await);
    world.publish(
        "/post",
        &[item("2", "Karabakh ceasefire broken at Hadrut", "<p>The truce was broken near Hadrut.</p>")],
    );
    world.poll().await;
    let another = world.another_node().await;
    let before = world.api.sent().len();
    let now = world.store.find_time().await.unwrap().max(world.now).plus_secs(60);
    let began = Instant::now();
    let later = || Timestamp(now.0 + began.elapsed().as_millis() as i64);
    while another.platforms[0].dispatcher.tick(later()).await.unwrap() != Tick::Idle {}
    let told = world.texts_since(before);
    assert!(told[0].contains("Karabakh ceasefire agreed") && told[0].contains("possible repeat"), "{told:?}");
    assert!(told[1].contains("broken at Hadrut") && !told[1].contains("possible repeat"), "{told:?}");
}

#[tokio::test]
async fn a_leader_whose_lease_may_have_ended_sends_nothing() {
    let mut world = World::new().await;
    for user in 100..109 {
        world.api.user_says(user, "/subscribe ceasefire");
    }
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    // Nine messages take eight seconds, and a lease that is not renewed ends before.
    world.settings.config.delivery.messages_per_second = 1;
    world.settings.config.delivery.lease_secs = 60;
    let slow = world.another_node().await;
    let before = world.api.sent().len();
    slow.platforms[0].dispatcher.tick(world.now).await.unwrap();
    let told = world.api.sent().len() - before;
    assert!((1..=7).contains(&told), "{told}");
    world.now = world.now.plus_secs(60);
    world.send().await;
    let alerts = world.texts_since(before);
    assert!(alerts.len() == 9 && alerts.iter().all(|alert| !alert.contains("possible repeat")), "{alerts:?}");
}

/// The next notification of a node, which must come within a second.
async fn notified(node: &mut Parts) -> StoreNotification {
    tokio::time::timeout(Duration::from_secs(1), node.follower.next()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_rule_of_one_node_is_indexed_by_another_within_a_second() {
    let world = World::new().await;
    if !world.database.is_shared() {
        return;
    }
    let mut other = world.another_node().await;
    assert_eq!(
        [notified(&mut other).await, notified(&mut other).await],
        [StoreNotification::Rules, StoreNotification::Outbox]
    );
    for command in ["/filter add shusha", "/mute football", "/filter remove 1"] {
        let before = other.pipeline.rules_revision().await.unwrap();
        world.send_command(command).await;
        assert_eq!(notified(&mut other).await, StoreNotification::Rules);
        assert_eq!(other.pipeline.rules_revision().await, Some(before + 1), "{command}");
    }
}

#[tokio::test]
async fn a_notification_comes_with_the_commit_of_its_transaction() {
    let world = World::new().await;
    if !world.database.is_shared() {
        return;
    }
    let mut changes = Store::open(&world.database.url).await.unwrap().notifications();
    assert_eq!([changes.next().await, changes.next().await], [StoreNotification::Rules, StoreNotification::Outbox]);
    let mut undone = world.store.begin().await.unwrap();
    undone.notify_outbox().await.unwrap();
    drop(undone);
    world.send_command("/filter add shusha").await;
    assert_eq!(changes.next().await, StoreNotification::Rules);
    let mut done = world.store.begin().await.unwrap();
    done.notify_outbox().await.unwrap();
    done.commit().await.unwrap();
    assert_eq!(changes.next().await, StoreNotification::Outbox);
}

#[tokio::test]
async fn a_node_whose_connection_was_cut_reads_everything_again() {
    let world = World::new().await;
    if !world.database.is_shared() {
        return;
    }
    let mut other = world.another_node().await;
    assert_eq!(
        [notified(&mut other).await, notified(&mut other).await],
        [StoreNotification::Rules, StoreNotification::Outbox]
    );
    let before = other.pipeline.rules_revision().await.unwrap();
    database::cut_listeners(&world.database.url).await;
    world.send_command("/filter add shusha").await;
    // The pause before the connection is made again comes on top of the second.
    assert_eq!(
        tokio::time::timeout(Duration::from_secs(5), other.follower.next()).await.unwrap().unwrap(),
        StoreNotification::Rules
    );
    assert_eq!(other.pipeline.rules_revision().await, Some(before + 1));
    assert_eq!(notified(&mut other).await, StoreNotification::Outbox);
}

#[tokio::test]
async fn another_node_receives_seven_seconds_after_a_death() {
    let world = World::new().await;
    let (first, second) = (world.another_node().await, world.another_node().await);
    world.api.user_says(USER, "/help");
    let before = world.store.find_time().await.unwrap();
    assert!(matches!(first.platforms[0].bot.tick().await.unwrap(), Tick::Worked(_)));
    assert_eq!(second.platforms[0].bot.tick().await.unwrap(), Tick::Idle, "one process receives at a time");
    let account = format!("telegram:{}", world.api.token().split(':').next().unwrap());
    let after = world.store.find_time().await.unwrap();
    drop(first);

    let another = Uuid::now_v7();
    let claim =
        |now: Timestamp| world.store.claim_receiver_lease(&account, another, now, now.plus_secs(1), now.plus_secs(100));
    assert_eq!(claim(before.plus_secs(6)).await.unwrap(), None, "it may be renewing just now");
    let known = claim(after.plus_secs(7)).await.unwrap().unwrap();
    assert!(known.handled.is_some());
    world.store.release_receiver_lease(&account, another).await.unwrap();

    let before = world.api.sent().len();
    world.api.user_says(USER, "/settings");
    assert_eq!(second.platforms[0].bot.tick().await.unwrap(), Tick::Worked(1), "what was handled does not come again");
    assert_eq!(world.api.sent().len(), before + 1);
}

#[tokio::test]
async fn a_replaced_receiver_records_no_updates() {
    let world = World::new().await;
    let (first, second) = (Uuid::now_v7(), Uuid::now_v7());
    let now = world.store.find_time().await.unwrap();
    let claim = |holder, secs| {
        let now = now.plus_secs(secs);
        world.store.claim_receiver_lease("bot", holder, now, now.plus_secs(7), now.plus_secs(100))
    };
    claim(first, 0).await.unwrap().unwrap();
    assert!(world.store.record_updates_handled("bot", first, 5, now).await.unwrap());
    assert_eq!(claim(second, 8).await.unwrap().unwrap().handled, Some(5));
    assert!(!world.store.record_updates_handled("bot", first, 9, now).await.unwrap());
    assert_eq!(claim(second, 9).await.unwrap().unwrap().handled, Some(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn three_processes_that_each_do_a_part_serve_a_subscriber() {
    let stage = Stage::new().await;
    if !stage.database.is_shared() {
        return;
    }
    let _polls = stage.start_as("poll");
    stage.site.wait_for_hits("/wire", 1, SOON).await.unwrap();
    // Only the polling node has feeds in its settings.
    let _chats = stage.start_without_feeds_as("chat");
    stage.subscribe().await;
    stage.publish(&[ceasefire()]);
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 0, "nobody sends yet");
    let _sends = stage.start_without_feeds_as("send");
    stage.wait_for_alerts(1).await;
    stage.two_polls_later().await;
    assert_eq!(stage.alerts(), 1);
}

#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stderr, reason = "the time is a result")]
async fn another_node_answers_ten_seconds_after_a_kill() {
    let stage = Stage::new().await;
    if !stage.database.is_shared() {
        return;
    }
    let mut first = stage.subscribed().await;
    let connected = stage.api.requests("setMyCommands");
    let _second = stage.start();
    stage.api.wait_until(SOON, |state| state.requests("setMyCommands") > connected).await.unwrap();
    let sent = stage.api.sent().len();
    let killed = Instant::now();
    first.kill();
    stage.api.user_says(USER, "/filter");
    let answers = stage.api.wait_for_sent(sent + 1, Duration::from_secs(10)).await.unwrap();
    eprintln!("another node answered {:.1} s after the kill", killed.elapsed().as_secs_f64());
    assert!(answers[sent].plain.contains("1. \"Minsk Group\""), "{}", answers[sent].plain);
}

#[test]
fn in_a_terminal_one_process_does_everything() {
    let output = run(&["run", "--roles", "poll,send"]);
    assert!(!output.status.success());
    assert!(stderr(&output).contains("give its token"), "{}", stderr(&output));
}

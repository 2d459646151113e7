//! The main job: a published story becomes one alert, under any fault of the platform.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use ceasewire_model::Clock;

use crate::support::world::{TRUCE, USER, World, item, plain_texts};
use ceasewire_testkit::bot_api::{Fault, RateLimits};

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

#[tokio::test]
async fn one_text_in_two_outlets_alerts_once() {
    let mut world = subscribed().await;
    world.publish("/wire", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/post", &[item("9", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;

    let alerts = world.messages_starting_with("Ceasefire\n");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].text, @r#"
    <b>Ceasefire</b> · <b>Truce agreed (The Wire)</b>
    <b><a href="https://news.example/1">Armenia and Azerbaijan agree to a ceasefire</a></b>

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    "#);
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
}

#[tokio::test]
async fn a_teaser_line_is_neither_matched_nor_quoted() {
    let mut world = subscribed().await;
    world.send_command("/filter add pipeline*").await;
    world.publish("/wire", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].plain, @"
    Ceasefire · Truce agreed (The Wire)
    Armenia and Azerbaijan agree to a ceasefire

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    ");
}

#[tokio::test]
async fn a_topic_and_a_filter_make_one_alert_that_names_both() {
    let mut world = subscribed().await;
    world.send_command("/filter add \"red cross\"").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire · \"red cross\"\n");
    assert_eq!(alerts.len(), 1);
}

#[tokio::test]
async fn another_wars_ceasefire_wakes_nobody() {
    let mut world = subscribed().await;
    let libya =
        "<p>The two sides in Libya signed a permanent ceasefire in Geneva on Friday, the United Nations said.</p>";
    world.publish("/wire", &[item("1", "Libya rivals sign ceasefire", libya)]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 0);
}

#[tokio::test]
async fn retry_after_is_obeyed_and_nothing_is_lost() {
    let mut world = subscribed().await;
    let before = world.api.requests("sendMessage");
    world.api.answer_next("sendMessage", Fault::TooManyRequests { retry_after_secs: 600 });
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    for _ in 0..3 {
        world.now = world.now.plus_secs(190);
        world.send().await;
    }
    assert_eq!(world.api.requests("sendMessage"), before + 1);
    world.now = world.now.plus_secs(40);
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

#[tokio::test]
async fn refused_markup_and_a_deleted_topic_have_fallbacks() {
    let mut world = World::new().await;
    let group = -1_001_000_000_009;
    world.api.add_group(group, "Desk", true);
    world.api.set_admin(group, USER);
    world.api.group_says(group, USER, Some(44), "/subscribe ceasefire");
    world.process_updates().await;
    world.api.answer_next("sendMessage", Fault::BadRequest("can't parse entities: Unsupported start tag"));
    world.api.answer_next("sendMessage", Fault::BadRequest("message thread not found"));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].parse_mode.as_deref(), alerts[0].thread), (None, None));
}

#[tokio::test]
async fn a_chat_that_blocked_the_bot_keeps_its_settings() {
    let mut world = subscribed().await;
    world.api.block(USER);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let tried = world.api.requests("sendMessage");
    world.publish("/wire", &[item("2", "Second Karabakh ceasefire agreed today", "")]);
    world.poll_and_send().await;
    assert_eq!(world.api.requests("sendMessage"), tried);

    world.api.unblock(USER);
    let answer = world.send_command("/topics").await;
    insta::assert_snapshot!(answer, @"
    I can write here again. Meanwhile one story matched your topics and filters; /latest shows the last ones.
    ---
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ");
    world.api.member_status(USER, USER, "kicked", "member");
    world.process_updates().await;
    world.publish("/wire", &[item("3", "Third Karabakh ceasefire agreed today", "")]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nThird").len(), 1);
}

#[tokio::test]
async fn a_group_that_became_a_supergroup_keeps_its_subscriptions() {
    let mut world = World::new().await;
    let (group, supergroup) = (-500, -1_001_000_000_500);
    world.api.add_group(group, "Desk", false);
    world.api.set_admin(group, USER);
    world.api.group_says(group, USER, None, "/subscribe ceasefire");
    world.process_updates().await;
    world.api.answer_next("sendMessage", Fault::Migrated(supergroup));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [supergroup]);
}

#[tokio::test]
async fn a_lost_answer_is_followed_by_a_second_message_not_by_none() {
    let mut world = subscribed().await;
    world.api.answer_next("sendMessage", Fault::LostAnswer);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_deliveries().await.unwrap().pending, 1);
    world.now = world.now.plus_secs(6);
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 2);
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 1);
}

#[tokio::test]
async fn a_server_error_is_retried_whatever_its_text() {
    for fault in [Fault::Refused(503, "Maintenance until noon"), Fault::Refused(520, "Forbidden"), Fault::Html(503)] {
        let mut world = subscribed().await;
        world.api.answer_next("sendMessage", fault);
        world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
        world.poll_and_send().await;
        world.now = world.now.plus_secs(6);
        world.send().await;
        let alerts = world.messages_starting_with("Ceasefire");
        assert_eq!(alerts.len(), 1, "{fault:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(alerts[0].plain, @"
            Ceasefire · Truce agreed (The Wire)
            Karabakh ceasefire agreed

            The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

            The Wire (GE) · date not given
            One source so far.
            ");
        }
    }
}

#[tokio::test]
async fn a_gateway_timeout_is_retried_as_a_possible_duplicate() {
    for fault in [Fault::Refused(504, "Gateway Timeout"), Fault::Html(504)] {
        let mut world = subscribed().await;
        for fault in [fault, fault, fault, Fault::LostAnswer] {
            world.api.answer_next("sendMessage", fault);
        }
        world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
        world.poll_and_send().await;
        for _ in 0..3 {
            world.now = world.now.plus_secs(60);
            world.send().await;
        }
        // A lost answer then has its one repeat all the same.
        let sent = |world: &World| world.messages_starting_with("Ceasefire").len();
        assert_eq!((sent(&world), world.store.count_deliveries().await.unwrap().pending), (1, 1), "{fault:?}");
        world.now = world.now.plus_secs(60);
        world.send().await;
        assert_eq!((sent(&world), world.store.count_deliveries().await.unwrap().sent), (2, 1), "{fault:?}");
        insta::allow_duplicates! {
            insta::assert_snapshot!(plain_texts(&world.messages_starting_with("Ceasefire")), @"
            Ceasefire · Truce agreed (The Wire)
            Karabakh ceasefire agreed

            The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

            The Wire (GE) · date not given
            One source so far.
            (possible repeat: delivery was not confirmed)
            ---
            Ceasefire · Truce agreed (The Wire)
            Karabakh ceasefire agreed

            The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

            The Wire (GE) · date not given
            One source so far.
            (possible repeat: delivery was not confirmed)
            ");
        }
    }
}

/// Sends an alert to two chats; the first request gets a fault. Returns the times of the alerts since the poll, by
/// chat.
async fn two_chats(fault: Fault) -> (World, Vec<(i64, Duration)>, Duration) {
    let mut world = subscribed().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.process_updates().await;
    world.api.answer_next("sendMessage", fault);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let started = Instant::now();
    world.send().await;
    let took = started.elapsed();
    let alerts =
        world.messages_starting_with("Ceasefire").iter().map(|sent| (sent.chat_id, sent.at - started)).collect();
    (world, alerts, took)
}

#[tokio::test]
async fn silence_is_no_answer_and_the_other_chat_does_not_wait_for_it() {
    let (mut world, alerts, took) = two_chats(Fault::Silence).await;
    assert_eq!(alerts.len(), 1);
    // The silent request lasts until its timeout of two seconds; the other one did not wait for that.
    assert!(took >= Duration::from_secs(2) && alerts[0].1 < Duration::from_secs(2), "{alerts:?} {took:?}");
    world.now = world.now.plus_secs(8);
    world.send().await;
    let mut chats: Vec<i64> = world.messages_starting_with("Ceasefire").iter().map(|alert| alert.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, [USER, 8]);
}

#[tokio::test]
async fn one_chat_that_is_told_to_wait_waits_alone() {
    let (mut world, alerts, _) = two_chats(Fault::TooManyRequests { retry_after_secs: 600 }).await;
    assert_eq!(alerts.len(), 1);
    let waiting = if alerts[0].0 == USER { 8 } else { USER };
    world.publish("/wire", &[item("2", "Another Karabakh ceasefire is announced", "")]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 2, "the other one goes on");
    world.now = world.now.plus_secs(700);
    world.send().await;
    // After `retry_after` the rate stays lower for a while.
    world.now = world.now.plus_secs(10);
    world.send().await;
    let to_first = world.messages_starting_with("Ceasefire").iter().filter(|alert| alert.chat_id == waiting).count();
    assert_eq!((world.messages_starting_with("Ceasefire").len(), to_first), (4, 2));
}

#[tokio::test]
async fn retry_after_in_several_chats_pauses_the_whole_bot() {
    let mut world = subscribed().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.process_updates().await;
    for _ in 0..2 {
        world.api.answer_next("sendMessage", Fault::TooManyRequests { retry_after_secs: 600 });
    }
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let requests = world.api.requests("sendMessage");
    world.api.user_says(9, "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[item("2", "Another Karabakh ceasefire is announced", "")]);
    world.poll_and_send().await;
    assert_eq!(world.api.requests("sendMessage"), requests, "nothing lengthens the wait");
    for secs in [700, 5] {
        world.now = world.now.plus_secs(secs);
        world.send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 5);
}

#[tokio::test]
async fn replies_count_for_the_rate_of_their_chat() {
    let mut world = World::new().await;
    let clock = Arc::new(AtomicI64::new(world.now.0));
    world.parts = world.node_at(Clock::Set(Arc::clone(&clock))).await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    clock.store(world.now.0, Ordering::Relaxed);
    world.api.limit(Some(RateLimits { bot_a_second: 1000, ..RateLimits::default() }));
    for _ in 0..3 {
        world.send_command("/settings").await;
    }
    world.parts.platforms[0].dispatcher.tick(world.now).await.unwrap();
    assert_eq!((world.messages_starting_with("Ceasefire").len(), world.api.too_many_served()), (0, 0));
    world.now = world.now.plus_secs(5);
    world.api.limit(None);
    world.send().await;
    assert_eq!((world.messages_starting_with("Ceasefire").len(), world.api.too_many_served()), (1, 0));
}

#[tokio::test]
async fn a_message_refused_for_good_does_not_block_the_queue() {
    let mut world = subscribed().await;
    world.api.answer_next("sendMessage", Fault::BadRequest("wrong type of chat"));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("2", "Another Karabakh ceasefire is announced", "")]);
    world.poll_and_send().await;
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.failed, counts.sent, counts.pending), (1, 1, 0));
}

#[tokio::test]
async fn a_very_long_article_full_of_signs_is_sent_within_the_limits() {
    let mut world = subscribed().await;
    let sentence =
        format!("The Karabakh ceasefire is {}. ", "&lt;b&gt; &amp;amp; &quot;so&quot; ".repeat(45)).repeat(5);
    world.publish(
        "/wire",
        &[item("1", &"Karabakh ceasefire <agreed> & \"signed\" ".repeat(200), &format!("<p>{sentence}</p>"))],
    );
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    let length = alerts[0].plain.chars().count();
    assert!((800..=4096).contains(&length), "{length}");
    let headline = alerts[0].plain.lines().nth(1).unwrap();
    assert!(headline.ends_with('…') && headline.chars().count() <= 301, "{headline}");
}

#[tokio::test]
async fn two_senders_share_the_outbox_and_send_everything_once() {
    let mut world = World::new().await;
    for user in 100..160 {
        world.api.user_says(user, "/subscribe ceasefire");
    }
    world.process_updates().await;
    let before = world.api.sent().len();
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let other = world.another_node().await;
    let drain = async |sender: &ceasewire::outbox::Dispatcher| {
        while sender.tick(world.now).await.unwrap() != ceasewire_model::Tick::Idle {}
    };
    tokio::join!(drain(&world.parts.platforms[0].dispatcher), drain(&other.platforms[0].dispatcher));
    let sent = world.api.wait_for_sent(before + 60, Duration::from_secs(5)).await.unwrap();
    let mut chats: Vec<i64> = sent[before..].iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, (100..160).collect::<Vec<i64>>());
}

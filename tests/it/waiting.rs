//! What becomes of alerts while they wait: sleepers that hold up nobody, news that overtakes, clocks, failures and moves.

use ceasewire_model::attention::Attention;
use ceasewire_model::{Address, Platform};
use serde_json::json;

use crate::support::bot_api::Fault;
use crate::support::world::{TRUCE, USER, World, item};

const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_001_000_000_500;

/// What was said to a chat, but for the bot's answers.
fn told(world: &World, chat: i64) -> Vec<String> {
    let sent = world.api.sent().into_iter().filter(|sent| sent.chat_id == chat);
    sent.map(|sent| sent.plain).filter(|text| ["The Wire", "The Post"].iter().any(|name| text.contains(name))).collect()
}

#[tokio::test]
async fn chats_that_sleep_hold_up_nobody_who_is_awake() {
    let mut world = World::new().await;
    for user in 100..160 {
        world.api.user_says(user, "/subscribe ceasefire");
        world.api.user_says(user, "/attention ceasefire normal");
        world.api.user_says(user, "/quiet 7-7");
    }
    world.answer().await;
    world.say("/subscribe ceasefire").await;
    world.say("/attention ceasefire normal").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.pending, counts.sent), (60, 1));
}

#[tokio::test]
async fn an_urgent_report_is_not_kept_waiting_by_an_earlier_one_of_its_story() {
    let mut world = World::new().await;
    world.say("/digest daily 08:00").await;
    world.say("/filter add \"Red Cross\"").await;
    world.say("/subscribe ceasefire").await;
    world.say("/attention 1 digest").await;
    let text = TRUCE.replace("agreed to a ceasefire", "agreed to stop");
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", &text)]);
    world.poll_and_send().await;
    assert_eq!(told(&world, USER), [""; 0]);
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.len(), 1, "{:?}", world.api.sent());
    assert!(alerts[0].plain.contains("Ceasefire agreed for Karabakh"), "{}", alerts[0].plain);
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
}

#[tokio::test]
async fn what_a_pause_took_away_is_told_when_its_story_goes_on() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    world.say("/pause").await;
    world.say("/resume").await;
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/times", &[item("3", "Karabakh ceasefire is agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_digest_says_what_has_turned_its_stories_meanwhile() {
    let mut world = World::of_nations().await;
    world.say("/subscribe ceasefire").await;
    world.say("/attention ceasefire digest").await;
    world.say("/digest hourly").await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(3600);
    world.send().await;
    let digests = world.sent_starting("Digest");
    assert_eq!(digests.len(), 1, "{:?}", world.api.sent());
    assert!(digests[0].plain.contains("the other side reports it too: Baku Daily (AZ)"), "{}", digests[0].plain);
}

#[tokio::test]
async fn what_came_later_does_not_overtake_what_is_tried_again() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.api.answer_next("sendMessage", Fault::ServerError(500));
    world.poll_and_send().await;
    world.publish("/wire", &[item("2", "Shusha ceasefire broken near Hadrut", "<p>Shells fell on Shusha.</p>")]);
    world.parts.poller.tick(world.now.plus_secs(61)).await.unwrap();
    world.now = world.now.plus_secs(1);
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
    world.now = world.now.plus_secs(70);
    world.send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert!(alerts[0].plain.contains("agreed") && alerts[1].plain.contains("broken near Hadrut"), "{alerts:?}");
}

#[tokio::test]
async fn a_clock_that_is_set_back_by_hours_keeps_nothing_waiting() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    let now = world.now;
    world.now = now.plus_secs(20 * 3600);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.now = now;
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_group_that_moves_to_where_the_story_waits_too_is_told_of_it_once() {
    let mut world = World::new().await;
    for group in [GROUP, SUPERGROUP] {
        world.api.add_group(group, "Desk", false);
        world.api.set_admin(group, USER);
        world.api.group_says(group, USER, None, "/subscribe ceasefire");
    }
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.send().await;
    world.now = world.now.plus_secs(10);
    world.send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP]);
    assert_eq!(world.store.count_deliveries().await.unwrap().pending, 0);
}

#[tokio::test]
async fn an_alert_that_an_old_group_got_is_not_looked_for_in_the_supergroup() {
    let mut world = waiting_for_a_group().await;
    world.send().await;
    assert_eq!(told(&world, GROUP).len(), 1);
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.answer().await;
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(600);
    world.send().await;
    // Its number may be another message's there.
    assert_eq!(world.api.requests("editMessageText"), 0);
}

#[tokio::test]
async fn a_cap_folds_what_is_not_urgent_and_what_is_urgent_does_not_keep_that_out() {
    let mut world = World::new().await;
    for text in ["/filter add tanks", "/attention 1 urgent", "/filter add pipelines", "/cap 2"] {
        world.say(text).await;
    }
    let urgent =
        ["Tanks roll towards Hadrut", "Museum in Berlin shows old tanks", "Parliament in Ottawa votes on tanks"];
    for (number, title) in urgent.iter().enumerate() {
        world.publish("/wire", &[item(&format!("u{number}"), title, "")]);
        world.poll_and_send().await;
    }
    assert_eq!(told(&world, USER).len(), 3, "what is urgent is told whatever the cap");
    let patient =
        ["Pipelines to Georgia are safe", "Shells fall on pipelines near Ganja", "Europe worries over gas pipelines"];
    let items: Vec<_> = (0..).zip(patient).map(|(number, title)| item(&format!("p{number}"), title, "")).collect();
    world.publish("/wire", &items[..2]);
    world.poll_and_send().await;
    let messages = told(&world, USER);
    assert_eq!(messages.len(), 4, "{messages:?}");
    assert!(patient[..2].iter().all(|title| messages[3].contains(title)), "{messages:?}");
    world.publish("/wire", &items);
    world.poll_and_send().await;
    assert_eq!(told(&world, USER).len(), 4);
    world.now = world.now.plus_secs(3600);
    world.send().await;
    assert_eq!(told(&world, USER).len(), 5);
}

#[tokio::test]
async fn a_story_whose_first_report_the_platform_refused_is_told_by_the_next_one() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.api.answer_next("sendMessage", Fault::BadRequest("wrong type of chat"));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
}

#[tokio::test]
async fn a_clock_that_is_set_back_lengthens_no_wait_that_the_platform_asked_for() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let fast = world.now.plus_secs(10 * 3600);
    world.store.record_chat_block(Platform::Telegram, &USER.to_string(), fast.plus_secs(30)).await.unwrap();
    world.store.shift_waits(Platform::Telegram, 10 * 3_600_000, world.now).await.unwrap();
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
    world.now = world.now.plus_secs(31);
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
}

/// A world in which a story waits for a group.
async fn waiting_for_a_group() -> World {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world
}

#[tokio::test]
async fn what_waits_for_a_group_that_cannot_be_reached_is_told_where_it_moves_to() {
    for somebody_is_there in [false, true] {
        let world = waiting_for_a_group().await;
        // What failed is due later, and what is parked at once when the chat is back.
        world.api.answer_next("sendMessage", Fault::ServerError(500));
        world.send().await;
        world.api.member_status(GROUP, USER, "member", "left");
        world.answer().await;
        world.send().await;
        assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 0, "it is parked");
        world.api.unblock(GROUP);
        world.api.migrate_group(GROUP, SUPERGROUP);
        if somebody_is_there {
            let at = Address { platform: Platform::Telegram, chat: SUPERGROUP.to_string(), thread: None };
            let id = world.store.insert_subscriber(&at, world.now).await.unwrap().id;
            // What the same rule has found for the group names the alert.
            world.store.insert_rule(id, Some("ceasefire"), "topic:ceasefire", world.now).await.unwrap();
        }
        world.answer().await;
        world.send().await;
        let alerts = world.sent_starting("Ceasefire");
        assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP], "{somebody_is_there}");
    }
}

#[tokio::test]
async fn what_a_group_was_held_for_does_not_hold_the_one_that_it_becomes() {
    let mut world = waiting_for_a_group().await;
    world.api.answer_next("sendMessage", Fault::TooManyRequests { retry_after_secs: 3000 });
    world.send().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.answer().await;
    world.now = world.now.plus_secs(10);
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_silence_that_comes_along_withdraws_what_waits_there() {
    let mut world = World::new().await;
    for group in [GROUP, SUPERGROUP] {
        world.api.add_group(group, "Desk", false);
        world.api.set_admin(group, USER);
        world.api.group_says(group, USER, None, "/subscribe ceasefire");
    }
    world.api.group_says(GROUP, USER, None, "/pause");
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.answer().await;
    world.api.group_says(SUPERGROUP, USER, None, "/resume");
    world.answer().await;
    world.send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
}

#[tokio::test]
async fn a_supergroup_that_says_where_it_comes_from_is_believed() {
    let world = waiting_for_a_group().await;
    world.api.add_group(SUPERGROUP, "Desk", false);
    let chat = json!({ "id": SUPERGROUP, "type": "supergroup", "title": "Desk" });
    world.api.push_update(json!({ "message": {
        "message_id": 1, "date": 1_600_000_000, "chat": chat, "sender_chat": chat, "migrate_from_chat_id": GROUP,
    }}));
    world.answer().await;
    world.send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP]);
    assert_eq!(world.api.requests("sendMessage"), 2, "nothing was tried at the old address");
}

#[tokio::test]
async fn a_group_that_lets_nobody_write_at_night_is_told_when_it_does_again() {
    let mut world = waiting_for_a_group().await;
    world.api.answer_next("sendMessage", Fault::BadRequest("not enough rights to send text messages to the chat"));
    world.send().await;
    world.publish("/post", &[item("2", "Karabakh ceasefire broken near Hadrut", "")]);
    world.poll_and_send().await;
    assert_eq!(told(&world, GROUP), [""; 0]);
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 2, "nothing is asked of the chat meanwhile");
    for secs in [3600, 5] {
        world.now = world.now.plus_secs(secs);
        world.send().await;
    }
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 2);
}

#[tokio::test]
async fn a_story_that_was_in_hand_when_its_chat_fell_silent_can_be_told_later() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    let in_hand = world.claim(Attention::Urgent).await;
    assert!(world.leaves(&in_hand[0]).await);
    world.say("/pause").await;
    assert!(!world.leaves(&in_hand[0]).await, "nothing more may leave");
    world.store.release_claimed(&[(&in_hand[0], None)]).await.unwrap();
    world.say("/resume").await;
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert!(alerts.len() == 1 && alerts[0].plain.contains("possible repeat"), "{alerts:?}");
}

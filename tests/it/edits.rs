//! Alerts that were sent, brought up to date in place, whatever the platform answers and whatever else its chat is told.

use std::sync::Arc;

use ceasewire::store::Edit;
use ceasewire_model::{Platform, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::restart::SOON;
use crate::support::bot_api::{Fault, Sent};
use crate::support::feed_site::Item;
use crate::support::world::{TRUCE, USER, World, item};

/// Another event than the truce.
const HADRUT: &str = "<p>Shells fell on the town of Hadrut in the night, its mayor said; nobody was hurt there.</p>";

/// Makes the user a subscriber who is alerted of a truce.
async fn alerted() -> World {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.say("/filter add hadrut").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
    world
}

/// Lets another outlet report the truce, so that its alerts are due to be edited soon.
async fn report(world: &mut World) {
    world.publish("/post", &[item("9", "Guns fall silent in Karabakh", TRUCE)]);
    world.poll().await;
}

/// Lets seconds pass and sends.
async fn after(world: &mut World, secs: i64) {
    world.now = world.now.plus_secs(secs);
    world.send().await;
}

fn alert(world: &World) -> Sent {
    world.sent_starting("Ceasefire").pop().unwrap()
}

fn edits(world: &World) -> usize {
    world.api.requests("editMessageText")
}

/// Claims edits as a sender does that is sending to the chats `busy`.
async fn claim(world: &World, now: Timestamp, busy: &[String]) -> Vec<Edit> {
    world.store.claim_due_edits(Platform::Telegram, now, 60, 10, busy).await.unwrap()
}

#[tokio::test]
async fn of_a_chats_edits_one_is_made_at_a_time_and_none_while_something_is_sent_to_it() {
    let mut world = alerted().await;
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("2", "Shelling of Hadrut kills 3 soldiers", HADRUT)]);
    report(&mut world).await;
    let now = world.now.plus_secs(600);
    let chat = USER.to_string();
    assert_eq!(claim(&world, now, &["8".into(), chat.clone()]).await, []);
    let first = claim(&world, now, &[]).await;
    assert_eq!(first.len(), 1);
    let second = claim(&world, now, &[]).await;
    assert_eq!(second.len(), 1);
    assert_ne!(first[0].delivery.id, second[0].delivery.id);
    assert_eq!(claim(&world, now, &[]).await, []);
}

#[tokio::test]
async fn an_edit_waits_while_its_chat_is_told_something_and_holds_up_no_other_chat() {
    // Behind the clock, so that what is due by the world's time is due for a sender that runs by itself.
    let mut world = World::unpolled_at(0, Timestamp::now().plus_secs(-1800)).await;
    world.publish("/wire", &[]);
    world.publish("/post", &[]);
    world.poll().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.api.user_says(9, "/filter add lachin");
    world.say("/subscribe ceasefire").await;
    world.say("/filter add hadrut").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let (sends, edits) = (world.api.hold("sendMessage"), world.api.hold("editMessageText"));
    let stop = CancellationToken::new();
    let mut other = world.another_node().await;
    let running = tokio::spawn(Arc::new(other.platforms.remove(0).dispatcher).run(stop.clone()));
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll().await;
    world.api.wait_for_held("sendMessage", 1, SOON).await.unwrap();
    report(&mut world).await;
    world.api.wait_for_held("editMessageText", 1, SOON).await.unwrap();
    // When this one is on its way, so are all edits that were claimed before.
    world.publish("/wire", &[item("3", "Snow falls on Lachin", "<p>The road to Lachin is closed by snow.</p>")]);
    world.poll().await;
    world.api.wait_for_held("sendMessage", 2, SOON).await.unwrap();
    assert_eq!(world.api.read(|state| state.held("editMessageText")), 1);
    sends.release();
    edits.release();
    world.api.wait_until(SOON, |state| state.requests("editMessageText") == 2).await.unwrap();
    let chats: Vec<i64> =
        world.api.calls("editMessageText").iter().map(|call| call["chat_id"].as_i64().unwrap()).collect();
    assert_eq!(chats, [8, USER]);
    stop.cancel();
    running.await.unwrap();
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_no_edit_for_long() {
    let mut world = alerted().await;
    let now = world.now;
    let chat = USER.to_string();
    // What is written while the clock is ahead: a hold, a pace, and when the edit is due.
    world.store.record_chat_block(Platform::Telegram, &chat, now.plus_secs(80 * 3600)).await.unwrap();
    world.store.record_chat_paced(Platform::Telegram, &chat, 1000, now.plus_secs(3 * 3600)).await.unwrap();
    world.now = now.plus_secs(20 * 3600);
    report(&mut world).await;
    world.now = now;
    after(&mut world, 60).await;
    assert_eq!(alert(&world).edits, 1);
    assert!(alert(&world).current_plain.contains("Also: The Post (US)"), "{}", alert(&world).current_plain);
}

#[tokio::test]
async fn an_edit_keeps_the_note_that_the_alert_may_be_a_repeat() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.api.answer_next("sendMessage", Fault::LostAnswer);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    after(&mut world, 6).await;
    report(&mut world).await;
    after(&mut world, 60).await;
    let alert = alert(&world);
    assert!(alert.edits == 1 && alert.current_plain.contains("Also: The Post (US)"), "{}", alert.current_plain);
    assert!(alert.current_plain.ends_with("(possible repeat: delivery was not confirmed)"));
}

#[tokio::test]
async fn an_edit_whose_markup_is_refused_goes_at_once_as_plain_text() {
    let mut world = alerted().await;
    report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::BadRequest("can't parse entities: Unsupported start tag"));
    after(&mut world, 60).await;
    let alert = alert(&world);
    assert_eq!((edits(&world), alert.edits), (2, 1));
    assert!(alert.current_plain.contains("Also: The Post (US)"), "{}", alert.current_plain);
    assert_eq!(world.api.calls("editMessageText")[1]["parse_mode"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_edit_that_is_too_long_goes_at_once_shorter() {
    let mut world = alerted().await;
    report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::BadRequest("message is too long"));
    after(&mut world, 60).await;
    let alert = alert(&world);
    assert_eq!((edits(&world), alert.edits), (2, 1));
    assert!(alert.current_plain.ends_with('…') && alert.current_plain.len() < alert.plain.len());
}

#[tokio::test]
async fn a_chat_that_an_edit_finds_unreachable_is_suspended_and_its_alert_is_edited_when_it_is_back() {
    let mut world = alerted().await;
    report(&mut world).await;
    world.api.block(USER);
    after(&mut world, 60).await;
    assert_eq!(edits(&world), 1);
    let sends = world.api.requests("sendMessage");
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    assert_eq!((world.api.requests("sendMessage"), edits(&world)), (sends, 1));
    world.api.unblock(USER);
    world.api.member_status(USER, USER, "kicked", "member");
    world.answer().await;
    after(&mut world, 60).await;
    assert_eq!((edits(&world), alert(&world).edits), (2, 1));
}

#[tokio::test]
async fn a_wait_that_an_edit_is_told_is_obeyed_by_all_that_its_chat_is_told() {
    let mut world = alerted().await;
    report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::TooManyRequests { retry_after_secs: 600 });
    after(&mut world, 60).await;
    let sends = world.api.requests("sendMessage");
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    after(&mut world, 400).await;
    assert_eq!((world.api.requests("sendMessage"), edits(&world)), (sends, 1));
    after(&mut world, 200).await;
    after(&mut world, 60).await;
    assert_eq!((world.api.requests("sendMessage"), alert(&world).edits), (sends + 1, 1));
}

#[tokio::test]
async fn an_edit_that_is_refused_was_answered_and_one_that_is_not_answered_fails_once() {
    let mut world = alerted().await;
    report(&mut world).await;
    // Five failures in a row are an outage, in which the platform is asked whether it is back.
    let failures = [Fault::ServerError(500), Fault::Html(502), Fault::LostAnswer, Fault::ServerError(500)];
    let refusal = [Fault::TooManyRequests { retry_after_secs: 1 }];
    let faults = failures.into_iter().chain(refusal).chain(failures).collect::<Vec<_>>();
    for (at, &fault) in faults.iter().enumerate() {
        world.api.answer_next("editMessageText", fault);
        after(&mut world, 61).await;
        assert_eq!(edits(&world), at + 1);
    }
    let asked = world.api.requests("getMe");
    after(&mut world, 61).await;
    assert_eq!((edits(&world), world.api.requests("getMe")), (faults.len() + 1, asked));
}

#[tokio::test]
async fn an_alert_of_which_nobody_knows_whether_it_arrived_is_not_edited() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    for _ in 0..2 {
        world.api.answer_next("sendMessage", Fault::LostAnswer);
    }
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    // A report while it waits to be sent once more is told with it.
    report(&mut world).await;
    after(&mut world, 6).await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 1);
    let second = alert(&world);
    assert!(second.plain.contains("Also: The Post (US)"), "{}", second.plain);
    world.publish("/wire", &[item("1", "Truce for Karabakh signed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    after(&mut world, 600).await;
    assert_eq!(edits(&world), 0);
}

#[tokio::test]
async fn what_is_reported_while_an_alert_is_being_sent_is_added_when_it_has_arrived_and_not_before() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    // It comes with many others, of which nobody is alerted.
    let harvest = |number| item(&format!("h{number}"), &format!("Harvest report number {number} is out"), "Wheat.");
    let mut items: Vec<Item> = (0..40).map(harvest).collect();
    items.push(item("1", "Karabakh ceasefire agreed", TRUCE));
    world.publish("/wire", &items);
    world.poll().await;
    world.now = world.now.plus_secs(61);
    let hold = world.api.hold("sendMessage");
    let told = async { world.parts.platforms[0].dispatcher.tick(world.now).await.unwrap() };
    let reported = async {
        world.api.wait_for_held("sendMessage", 1, SOON).await.unwrap();
        items.pop();
        items.push(item("1", "Truce for Karabakh signed in Moscow", TRUCE));
        world.publish("/wire", &items);
        world.publish("/post", &[item("9", "Guns fall silent in Karabakh", TRUCE)]);
        world.parts.poller.tick(world.now.plus_secs(1)).await.unwrap();
        assert_eq!(claim(&world, world.now.plus_secs(3000), &[]).await, []);
        hold.release();
    };
    tokio::join!(told, reported);
    assert!(alert(&world).plain.contains("ceasefire agreed") && edits(&world) == 0);
    after(&mut world, 600).await;
    let alert = alert(&world);
    // Both changes in one edit.
    assert_eq!((edits(&world), alert.edits), (1, 1));
    let text = &alert.current_plain;
    assert!(text.contains("Truce for Karabakh signed") && text.contains("Also: The Post (US)"), "{text}");
}

#[tokio::test]
async fn the_alert_of_a_muted_story_stays_as_it_is_when_its_article_changes() {
    let mut world = alerted().await;
    world.press_button("Mute this story").await;
    world.publish("/wire", &[item("1", "Truce for Karabakh signed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    after(&mut world, 600).await;
    assert_eq!(edits(&world), 0);
}

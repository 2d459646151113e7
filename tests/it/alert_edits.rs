//! Edits of sent alerts, under faults of the platform and other messages to their chats.

use std::sync::Arc;

use ceasewire::store::Edit;
use ceasewire_model::{Platform, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::restart::SOON;
use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::bot_api::{Fault, Sent};
use ceasewire_testkit::feed_site::FeedItem;

/// Another event than the truce.
const HADRUT: &str = "<p>Shells fell on the town of Hadrut in the night, its mayor said; nobody was hurt there.</p>";

/// Makes the user a subscriber with an alert about a truce.
async fn alerted() -> World {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/filter add hadrut").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
    world
}

/// Lets another outlet report the truce, so that its alerts are due to be edited soon.
async fn publish_second_report(world: &mut World) {
    world.publish("/post", &[item("9", "Ceasefire agreed for Karabakh, ministers say", TRUCE)]);
    world.poll().await;
}

/// Lets seconds pass and sends.
async fn send_after(world: &mut World, secs: i64) {
    world.now = world.now.plus_secs(secs);
    world.send().await;
}

fn alert(world: &World) -> Sent {
    world.messages_starting_with("Ceasefire").pop().unwrap()
}

fn edits(world: &World) -> usize {
    world.api.requests("editMessageText")
}

/// Claims edits as a dispatcher with sends to the chats `busy`.
async fn claim(world: &World, now: Timestamp, busy: &[String]) -> Vec<Edit> {
    world.store.claim_due_edits(Platform::Telegram, now, 60, 10, busy).await.unwrap()
}

#[tokio::test]
async fn a_chats_edits_are_serial_and_wait_for_its_sends() {
    let mut world = alerted().await;
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("2", "Shelling of Hadrut kills 3 soldiers", HADRUT)]);
    publish_second_report(&mut world).await;
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
async fn an_edit_waits_for_its_chat_and_delays_no_other() {
    // Behind the clock, so that deliveries due in the world are due for the running dispatcher too.
    let mut world = World::unpolled_at(0, Timestamp::now().plus_secs(-1800)).await;
    world.publish("/wire", &[]);
    world.publish("/post", &[]);
    world.poll().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.api.user_says(9, "/filter add lachin");
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/filter add hadrut").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let (sends, edits) = (world.api.hold("sendMessage"), world.api.hold("editMessageText"));
    let stop = CancellationToken::new();
    let mut other = world.another_node().await;
    let running = tokio::spawn(Arc::new(other.platforms.remove(0).dispatcher).run(stop.clone()));
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll().await;
    world.api.wait_for_held("sendMessage", 1, SOON).await.unwrap();
    publish_second_report(&mut world).await;
    world.api.wait_for_held("editMessageText", 1, SOON).await.unwrap();
    // With this message in flight, all edits claimed before it are too.
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
    publish_second_report(&mut world).await;
    world.now = now;
    send_after(&mut world, 60).await;
    assert_eq!(alert(&world).edits, 1);
    insta::assert_snapshot!(alert(&world).current_plain, @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    ");
}

#[tokio::test]
async fn an_edit_keeps_the_note_on_a_possible_duplicate() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.api.answer_next("sendMessage", Fault::LostAnswer);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    send_after(&mut world, 6).await;
    publish_second_report(&mut world).await;
    send_after(&mut world, 60).await;
    let alert = alert(&world);
    assert_eq!(alert.edits, 1);
    insta::assert_snapshot!(alert.current_plain, @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    (possible repeat: delivery was not confirmed)
    ");
}

#[tokio::test]
async fn an_edit_with_refused_markup_goes_as_plain_text() {
    let mut world = alerted().await;
    publish_second_report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::BadRequest("can't parse entities: Unsupported start tag"));
    send_after(&mut world, 60).await;
    let alert = alert(&world);
    assert_eq!((edits(&world), alert.edits), (2, 1));
    insta::assert_snapshot!(alert.current_plain, @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed <https://news.example/1>

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    ");
    assert_eq!(world.api.calls("editMessageText")[1]["parse_mode"], serde_json::Value::Null);
}

#[tokio::test]
async fn an_edit_that_is_too_long_goes_at_once_shorter() {
    let mut world = alerted().await;
    publish_second_report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::BadRequest("message is too long"));
    send_after(&mut world, 60).await;
    let alert = alert(&world);
    assert_eq!((edits(&world), alert.edits), (2, 1));
    assert!(alert.current_plain.ends_with('…') && alert.current_plain.len() < alert.plain.len());
}

#[tokio::test]
async fn an_unreachable_chats_alert_is_edited_when_it_is_back() {
    let mut world = alerted().await;
    publish_second_report(&mut world).await;
    world.api.block(USER);
    send_after(&mut world, 60).await;
    assert_eq!(edits(&world), 1);
    let sends = world.api.requests("sendMessage");
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    assert_eq!((world.api.requests("sendMessage"), edits(&world)), (sends, 1));
    world.api.unblock(USER);
    world.api.member_status(USER, USER, "kicked", "member");
    world.process_updates().await;
    send_after(&mut world, 60).await;
    assert_eq!((edits(&world), alert(&world).edits), (2, 1));
}

#[tokio::test]
async fn retry_after_of_an_edit_holds_all_messages_of_its_chat() {
    let mut world = alerted().await;
    publish_second_report(&mut world).await;
    world.api.answer_next("editMessageText", Fault::TooManyRequests { retry_after_secs: 600 });
    send_after(&mut world, 60).await;
    let sends = world.api.requests("sendMessage");
    world.publish("/wire", &[item("2", "Shelling near Hadrut", HADRUT)]);
    world.poll_and_send().await;
    send_after(&mut world, 400).await;
    assert_eq!((world.api.requests("sendMessage"), edits(&world)), (sends, 1));
    send_after(&mut world, 200).await;
    send_after(&mut world, 60).await;
    assert_eq!((world.api.requests("sendMessage"), alert(&world).edits), (sends + 1, 1));
}

#[tokio::test]
async fn a_refused_edit_and_a_lost_one_each_count_once() {
    let mut world = alerted().await;
    publish_second_report(&mut world).await;
    // After five failures in a row the circuit breaker only probes the platform.
    let failures = [Fault::ServerError(500), Fault::Html(502), Fault::LostAnswer, Fault::ServerError(500)];
    let refusal = [Fault::TooManyRequests { retry_after_secs: 1 }];
    let faults = failures.into_iter().chain(refusal).chain(failures).collect::<Vec<_>>();
    for (at, &fault) in faults.iter().enumerate() {
        world.api.answer_next("editMessageText", fault);
        send_after(&mut world, 61).await;
        assert_eq!(edits(&world), at + 1);
    }
    let asked = world.api.requests("getMe");
    send_after(&mut world, 61).await;
    assert_eq!((edits(&world), world.api.requests("getMe")), (faults.len() + 1, asked));
}

#[tokio::test]
async fn an_unconfirmed_alert_is_not_edited() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for _ in 0..2 {
        world.api.answer_next("sendMessage", Fault::LostAnswer);
    }
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    // A report before the retry comes with the retry.
    publish_second_report(&mut world).await;
    send_after(&mut world, 6).await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 1);
    insta::assert_snapshot!(alert(&world).plain, @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    (possible repeat: delivery was not confirmed)
    ");
    world.publish("/wire", &[item("1", "Truce for Karabakh signed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    send_after(&mut world, 600).await;
    assert_eq!(edits(&world), 0);
}

#[tokio::test]
async fn a_report_during_a_send_is_added_after_it() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    // It comes with many others, which raise no alert.
    let harvest = |number| item(&format!("h{number}"), &format!("Harvest report number {number} is out"), "Wheat.");
    let mut items: Vec<FeedItem> = (0..40).map(harvest).collect();
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
        world.publish("/post", &[item("9", "Ceasefire agreed for Karabakh, ministers say", TRUCE)]);
        world.parts.poller.tick(world.now.plus_secs(1)).await.unwrap();
        assert_eq!(claim(&world, world.now.plus_secs(3000), &[]).await, []);
        hold.release();
    };
    tokio::join!(told, reported);
    assert_eq!(edits(&world), 0);
    send_after(&mut world, 600).await;
    let alert = alert(&world);
    // Both changes in one edit.
    assert_eq!((edits(&world), alert.edits), (1, 1));
    insta::assert_snapshot!(format!("{}\n\n== after the edit ==\n{}", alert.plain, alert.current_plain), @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.

    == after the edit ==
    Ceasefire · Truce agreed (The Wire)
    Truce for Karabakh signed in Moscow

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    Changed [time] UTC: the headline was “Karabakh ceasefire agreed”
    ");
}

#[tokio::test]
async fn a_muted_storys_alert_is_not_edited() {
    let mut world = alerted().await;
    world.press_button("Mute this story").await;
    world.publish("/wire", &[item("1", "Truce for Karabakh signed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    send_after(&mut world, 600).await;
    assert_eq!(edits(&world), 0);
}

//! Pending deliveries under quiet hours, urgent news, changed clocks, failures and chat migrations.

use ceasewire_model::attention::Attention;
use ceasewire_model::{Address, Platform};
use serde_json::json;

use crate::support::world::{TRUCE, USER, World, item, plain_texts};
use ceasewire_testkit::bot_api::Fault;

const GROUP: i64 = -500;
const SUPERGROUP: i64 = -1_001_000_000_500;

/// Lists the alerts of a chat, without the bot's replies.
fn alerts_to(world: &World, chat: i64) -> Vec<String> {
    let sent = world.api.sent().into_iter().filter(|sent| sent.chat_id == chat);
    sent.map(|sent| sent.plain).filter(|text| ["The Wire", "The Post"].iter().any(|name| text.contains(name))).collect()
}

#[tokio::test]
async fn chats_in_quiet_hours_delay_no_other_chat() {
    let mut world = World::new().await;
    for user in 100..160 {
        world.api.user_says(user, "/subscribe ceasefire");
        world.api.user_says(user, "/attention ceasefire normal");
        world.api.user_says(user, "/quiet 7-7");
    }
    world.process_updates().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/attention ceasefire normal").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.pending, counts.sent), (60, 1));
}

#[tokio::test]
async fn an_urgent_report_does_not_wait_for_an_earlier_one() {
    let mut world = World::new().await;
    world.send_command("/digest daily 08:00").await;
    world.send_command("/filter add \"Red Cross\"").await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/attention 1 digest").await;
    let text = TRUCE.replace("agreed to a ceasefire", "agreed to stop");
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", &text)]);
    world.poll_and_send().await;
    assert_eq!(alerts_to(&world, USER), [""; 0]);
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1, "{:?}", world.api.sent());
    insta::assert_snapshot!(alerts[0].plain, @r#"
    Ceasefire · "Red Cross" · Truce agreed (The Post)
    Ceasefire agreed for Karabakh

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Post (US) · date not given
    Also: The Wire (GE) · 2 sources, 2 countries
    "#);
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
}

#[tokio::test]
async fn a_paused_story_is_sent_when_it_goes_on() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    world.send_command("/pause").await;
    world.send_command("/resume").await;
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/times", &[item("3", "Karabakh ceasefire is agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_digest_shows_story_updates() {
    let mut world = World::with_both_sides().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/attention ceasefire digest").await;
    world.send_command("/digest hourly").await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(3600);
    world.send().await;
    let digests = world.messages_starting_with("Digest");
    assert_eq!(digests.len(), 1, "{:?}", world.api.sent());
    insta::assert_snapshot!(digests[0].plain, @"
    Digest: one report

    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    Armenia and Azerbaijan agree to a ceasefire
    Yerevan Daily (AM) · date not given · collected since [date], [time] (UTC)
    ");
}

#[tokio::test]
async fn a_retry_is_not_overtaken_by_later_news() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.api.answer_next("sendMessage", Fault::ServerError(500));
    world.poll_and_send().await;
    world.publish("/wire", &[item("2", "Shusha ceasefire broken near Hadrut", "<p>Shells fell on Shusha.</p>")]);
    world.parts.poller.tick(world.now.plus_secs(61)).await.unwrap();
    world.now = world.now.plus_secs(1);
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    world.now = world.now.plus_secs(70);
    world.send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    insta::assert_snapshot!(plain_texts(&alerts), @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    ---
    Ceasefire · Truce broken (The Wire)
    Shusha ceasefire broken near Hadrut

    Shells fell on Shusha.

    The Wire (GE) · date not given
    One source so far.
    ");
}

#[tokio::test]
async fn a_clock_set_back_by_hours_delays_nothing() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let now = world.now;
    world.now = now.plus_secs(20 * 3600);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.now = now;
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_merged_group_gets_a_pending_story_once() {
    let mut world = World::new().await;
    for group in [GROUP, SUPERGROUP] {
        world.api.add_group(group, "Desk", false);
        world.api.set_admin(group, USER);
        world.api.group_says(group, USER, None, "/subscribe ceasefire");
    }
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.send().await;
    world.now = world.now.plus_secs(10);
    world.send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP]);
    assert_eq!(world.store.count_deliveries().await.unwrap().pending, 0);
}

#[tokio::test]
async fn an_old_groups_alert_is_not_edited_in_the_supergroup() {
    let mut world = waiting_for_a_group().await;
    world.send().await;
    assert_eq!(alerts_to(&world, GROUP).len(), 1);
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.process_updates().await;
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    world.now = world.now.plus_secs(600);
    world.send().await;
    // Its number may be another message's there.
    assert_eq!(world.api.requests("editMessageText"), 0);
}

#[tokio::test]
async fn the_hourly_cap_folds_and_urgent_alerts_do_not_count() {
    let mut world = World::new().await;
    for text in ["/filter add tanks", "/attention 1 urgent", "/filter add pipelines", "/cap 2"] {
        world.send_command(text).await;
    }
    let urgent =
        ["Tanks roll towards Hadrut", "Museum in Berlin shows old tanks", "Parliament in Ottawa votes on tanks"];
    for (number, title) in urgent.iter().enumerate() {
        world.publish("/wire", &[item(&format!("u{number}"), title, "")]);
        world.poll_and_send().await;
    }
    assert_eq!(alerts_to(&world, USER).len(), 3, "what is urgent is told whatever the cap");
    let patient =
        ["Pipelines to Georgia are safe", "Shells fall on pipelines near Ganja", "Europe worries over gas pipelines"];
    let items: Vec<_> = (0..).zip(patient).map(|(number, title)| item(&format!("p{number}"), title, "")).collect();
    world.publish("/wire", &items[..2]);
    world.poll_and_send().await;
    let messages = alerts_to(&world, USER);
    assert_eq!(messages.len(), 4, "{messages:?}");
    insta::assert_snapshot!(messages[3], @"
    2 reports at once

    Shells fall on pipelines near Ganja
    The Wire (GE) · date not given

    Pipelines to Georgia are safe
    The Wire (GE) · date not given
    ");
    world.publish("/wire", &items);
    world.poll_and_send().await;
    assert_eq!(alerts_to(&world, USER).len(), 4);
    world.now = world.now.plus_secs(3600);
    world.send().await;
    assert_eq!(alerts_to(&world, USER).len(), 5);
}

#[tokio::test]
async fn a_refused_story_is_sent_with_its_next_report() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.api.answer_next("sendMessage", Fault::BadRequest("wrong type of chat"));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
}

#[tokio::test]
async fn a_clock_set_back_lengthens_no_retry_after() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let fast = world.now.plus_secs(10 * 3600);
    world.store.record_chat_block(Platform::Telegram, &USER.to_string(), fast.plus_secs(30)).await.unwrap();
    world.store.shift_waits(Platform::Telegram, 10 * 3_600_000, world.now).await.unwrap();
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    world.now = world.now.plus_secs(31);
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

/// Makes a world with a pending delivery to a group.
async fn waiting_for_a_group() -> World {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world
}

#[tokio::test]
async fn parked_deliveries_follow_their_group() {
    for somebody_is_there in [false, true] {
        let world = waiting_for_a_group().await;
        // A failed delivery is due later, a parked one as soon as the chat is back.
        world.api.answer_next("sendMessage", Fault::ServerError(500));
        world.send().await;
        world.api.member_status(GROUP, USER, "member", "left");
        world.process_updates().await;
        world.send().await;
        assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 0, "it is parked");
        world.api.unblock(GROUP);
        world.api.migrate_group(GROUP, SUPERGROUP);
        if somebody_is_there {
            let at = Address { platform: Platform::Telegram, chat: SUPERGROUP.to_string(), thread: None };
            let id = world.store.insert_subscriber(&at, world.now).await.unwrap().id;
            // The matches of the rule in the group name the alert.
            world.store.insert_rule(id, Some("ceasefire"), "topic:ceasefire", world.now).await.unwrap();
        }
        world.process_updates().await;
        world.send().await;
        let alerts = world.messages_starting_with("Ceasefire");
        assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP], "{somebody_is_there}");
    }
}

#[tokio::test]
async fn a_groups_wait_does_not_hold_its_supergroup() {
    let mut world = waiting_for_a_group().await;
    world.api.answer_next("sendMessage", Fault::TooManyRequests { retry_after_secs: 3000 });
    world.send().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.process_updates().await;
    world.now = world.now.plus_secs(10);
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
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
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    world.api.migrate_group(GROUP, SUPERGROUP);
    world.process_updates().await;
    world.api.group_says(SUPERGROUP, USER, None, "/resume");
    world.process_updates().await;
    world.send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
}

#[tokio::test]
async fn a_supergroup_that_says_where_it_comes_from_is_believed() {
    let world = waiting_for_a_group().await;
    world.api.add_group(SUPERGROUP, "Desk", false);
    let chat = json!({ "id": SUPERGROUP, "type": "supergroup", "title": "Desk" });
    world.api.push_update(json!({ "message": {
        "message_id": 1, "date": 1_600_000_000, "chat": chat, "sender_chat": chat, "migrate_from_chat_id": GROUP,
    }}));
    world.process_updates().await;
    world.send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [SUPERGROUP]);
    assert_eq!(world.api.requests("sendMessage"), 2, "nothing was tried at the old address");
}

#[tokio::test]
async fn a_group_closed_at_night_is_served_when_it_opens() {
    let mut world = waiting_for_a_group().await;
    let refusal = Fault::BadRequest("not enough rights to send text messages to the chat");
    world.api.answer_always("sendMessage", Some(refusal));
    world.send().await;
    world.publish("/post", &[item("2", "Karabakh ceasefire broken near Hadrut", "")]);
    world.poll_and_send().await;
    assert_eq!(world.api.requests("sendMessage"), 3, "the chat is asked once in each wait");
    world.send().await;
    assert_eq!(world.api.requests("sendMessage"), 3);
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 2);
    world.api.answer_always("sendMessage", None);
    for secs in [60, 5] {
        world.now = world.now.plus_secs(secs);
        world.send().await;
    }
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 2);
}

#[tokio::test]
async fn a_story_in_flight_during_a_pause_can_be_sent_later() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    let in_hand = world.claim_deliveries(Attention::Urgent).await;
    assert!(world.mark_in_flight(&in_hand[0]).await);
    world.send_command("/pause").await;
    assert!(!world.mark_in_flight(&in_hand[0]).await, "nothing more may leave");
    world.store.release_claimed(&[(&in_hand[0], None)]).await.unwrap();
    world.send_command("/resume").await;
    world.publish("/post", &[item("2", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    insta::assert_snapshot!(plain_texts(&alerts), @"
    Ceasefire · Truce agreed (The Post)
    Ceasefire agreed for Karabakh

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Post (US) · date not given
    Also: The Wire (GE) · 2 sources, 2 countries
    (possible repeat: delivery was not confirmed)
    ");
}

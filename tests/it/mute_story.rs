//! The buttons that mute a story, under alerts, story updates and messages of many stories.

use ceasewire_model::{Address, Platform};

use crate::support::world::{TRUCE, USER, World, buttons_of, item};
use ceasewire_testkit::bot_api::Sent;
use ceasewire_testkit::feed_site::FeedItem;

const GROUP: i64 = -1_001_000_000_001;

/// Counts the muted stories of a chat.
async fn count_story_mutes(world: &World, chat: i64) -> i64 {
    let address = Address { platform: Platform::Telegram, chat: chat.to_string(), thread: None };
    let subscriber = world.store.find_subscriber(&address).await.unwrap().expect("a subscriber");
    world.store.count_story_mutes(subscriber.id).await.unwrap()
}

/// Returns the popup after the last press of a button.
fn last_popup(world: &World) -> String {
    let calls = world.api.calls("answerCallbackQuery");
    calls.last().unwrap()["text"].as_str().unwrap_or_default().to_owned()
}

/// Presses the button with this callback data under a message, and lets the bot answer.
async fn press(world: &World, user: i64, under: &Sent, data: &str) {
    world.api.press(user, under.message_id, under.chat_id, data);
    world.process_updates().await;
}

/// Publishes numbered stories at once, and returns the messages that batch them.
async fn publish_and_send(world: &mut World, stories: usize) -> Vec<Sent> {
    let story = |number| {
        let title = format!("Village {number} of Karabakh reports that the ceasefire is broken");
        item(&format!("v{number}"), &title, "Shells fell at dawn.")
    };
    let items: Vec<FeedItem> = (1..=stories).rev().map(story).collect();
    world.publish("/wire", &items);
    world.poll().await;
    for _ in 0..3 {
        world.now = world.now.plus_secs(5);
        world.send().await;
    }
    world.api.sent().into_iter().filter(|sent| sent.plain.contains("reports at once")).collect()
}

#[tokio::test]
async fn a_story_update_has_a_mute_button() {
    let mut world = World::with_both_sides().await;
    world.send_command("/subscribe ceasefire").await;
    world.send_command("/updates loud").await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    world.now = world.now.plus_secs(60);
    world.send().await;
    let turn = world.api.sent().pop().unwrap();
    insta::assert_snapshot!(turn.plain, @"
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    Guns to fall silent in Karabakh
    Baku Daily (AZ) · date not given
    ");
    world.press_only_button().await;
    insta::assert_snapshot!(last_popup(&world), @"Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.");
    assert_eq!(count_story_mutes(&world, USER).await, 1);
    let (sent, edits) = (world.api.sent().len(), world.api.requests("editMessageText"));
    world.publish("/moscow", &[item("3", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll().await;
    world.now = world.now.plus_secs(600);
    world.send().await;
    assert_eq!((world.api.sent().len(), world.api.requests("editMessageText")), (sent, edits));
}

#[tokio::test]
async fn a_message_of_many_stories_asks_which_to_mute() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let together = publish_and_send(&mut world, 40).await;
    assert_eq!(together.len(), 2, "{together:?}");
    for sent in &together {
        let [(label, data)] = &buttons_of(sent)[..] else { panic!("{sent:?}") };
        assert!(label == "Mute a story…" && data.len() <= 64, "{label} {data}");
        press(&world, USER, sent, data).await;
        let list = world.api.sent().pop().unwrap();
        assert_eq!(list.plain, "Which story? Tap one to mute it.");
        let told: Vec<&str> = sent.plain.lines().filter(|line| line.starts_with("Village")).collect();
        let labels: Vec<String> = buttons_of(&list).into_iter().map(|(label, _)| label).collect();
        assert_eq!(labels.len(), told.len());
        for (label, headline) in labels.iter().zip(told) {
            assert!(headline.starts_with(label.trim_end_matches('…')) && label.chars().count() <= 41, "{label}");
        }
    }
    let list = world.api.sent().pop().unwrap();
    let (_, data) = buttons_of(&list).remove(2);
    for _ in 0..2 {
        press(&world, USER, &list, &data).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(last_popup(&world), @"Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.");
        }
        assert_eq!(count_story_mutes(&world, USER).await, 1);
    }

    world.send_command("/forget").await;
    world.press_button("Delete everything").await;
    let sent = world.api.sent().len();
    for (under, data) in [(&together[0], &buttons_of(&together[0])[0].1), (&list, &data)] {
        press(&world, USER, under, data).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(last_popup(&world), @"I do not know that alert any more, so its story cannot be muted.");
        }
    }
    assert_eq!(world.api.sent().len(), sent);
}

#[tokio::test]
async fn only_admins_mute_a_story_of_a_groups_message() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.process_updates().await;
    let together = publish_and_send(&mut world, 5).await;
    let (_, data) = buttons_of(&together[0]).remove(0);
    press(&world, 99, &together[0], &data).await;
    let list = world.api.sent().pop().unwrap();
    assert_eq!(buttons_of(&list).len(), 5);
    let (_, data) = buttons_of(&list).remove(0);
    press(&world, 99, &list, &data).await;
    insta::assert_snapshot!(last_popup(&world), @"Only admins of this chat may change its settings.");
    assert_eq!(count_story_mutes(&world, GROUP).await, 0);
    press(&world, USER, &list, &data).await;
    assert_eq!(count_story_mutes(&world, GROUP).await, 1);
}

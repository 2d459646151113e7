//! The buttons that mute a story, under whatever tells of one.

use ceasewire_model::{Address, Platform};

use crate::support::bot_api::Sent;
use crate::support::feed_site::Item;
use crate::support::world::{TRUCE, USER, World, buttons_of, item};

const GROUP: i64 = -1_001_000_000_001;

/// How many stories a chat has muted.
async fn muted(world: &World, chat: i64) -> i64 {
    let address = Address { platform: Platform::Telegram, chat: chat.to_string(), thread: None };
    let subscriber = world.store.find_subscriber(&address).await.unwrap().expect("a subscriber");
    world.store.count_story_mutes(subscriber.id).await.unwrap()
}

/// The note that was shown to who pressed a button last.
fn note(world: &World) -> String {
    let calls = world.api.calls("answerCallbackQuery");
    calls.last().unwrap()["text"].as_str().unwrap_or_default().to_owned()
}

/// Presses the button under a message that carries this, and lets the bot answer.
async fn press(world: &World, user: i64, under: &Sent, data: &str) {
    world.api.press(user, under.message_id, under.chat_id, data);
    world.answer().await;
}

/// Publishes so many stories at once, oldest first by their numbers, and sends what tells of them.
async fn many(world: &mut World, stories: usize) -> Vec<Sent> {
    let story = |number| {
        let title = format!("Village {number} of Karabakh reports that the ceasefire is broken");
        item(&format!("v{number}"), &title, "Shells fell at dawn.")
    };
    let items: Vec<Item> = (1..=stories).rev().map(story).collect();
    world.publish("/wire", &items);
    world.poll().await;
    for _ in 0..3 {
        world.now = world.now.plus_secs(5);
        world.send().await;
    }
    world.api.sent().into_iter().filter(|sent| sent.plain.contains("reports at once")).collect()
}

#[tokio::test]
async fn what_turned_a_story_has_the_button_that_mutes_it() {
    let mut world = World::of_nations().await;
    world.say("/subscribe ceasefire").await;
    world.say("/updates loud").await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    world.now = world.now.plus_secs(60);
    world.send().await;
    let turn = world.api.sent().pop().unwrap();
    assert!(turn.plain.contains("the other side reports it too"), "{}", turn.plain);
    world.press_only_button().await;
    assert!(note(&world).starts_with("Muted: "), "{}", note(&world));
    assert_eq!(muted(&world, USER).await, 1);
    let (sent, edits) = (world.api.sent().len(), world.api.requests("editMessageText"));
    world.publish("/moscow", &[item("3", "Ceasefire agreed for Karabakh", TRUCE)]);
    world.poll().await;
    world.now = world.now.plus_secs(600);
    world.send().await;
    assert_eq!((world.api.sent().len(), world.api.requests("editMessageText")), (sent, edits));
}

#[tokio::test]
async fn a_message_that_tells_of_many_asks_which_of_its_own_stories_to_mute() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    let together = many(&mut world, 40).await;
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
        assert!(note(&world).starts_with("Muted: "), "{}", note(&world));
        assert_eq!(muted(&world, USER).await, 1);
    }

    world.say("/forget").await;
    world.press_button("Delete everything").await;
    let sent = world.api.sent().len();
    for (under, data) in [(&together[0], &buttons_of(&together[0])[0].1), (&list, &data)] {
        press(&world, USER, under, data).await;
        assert!(note(&world).starts_with("I do not know that alert any more"), "{}", note(&world));
    }
    assert_eq!(world.api.sent().len(), sent);
}

#[tokio::test]
async fn in_a_group_everyone_sees_which_stories_were_told_together_and_admins_mute_one() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.answer().await;
    let together = many(&mut world, 5).await;
    let (_, data) = buttons_of(&together[0]).remove(0);
    press(&world, 99, &together[0], &data).await;
    let list = world.api.sent().pop().unwrap();
    assert_eq!(buttons_of(&list).len(), 5);
    let (_, data) = buttons_of(&list).remove(0);
    press(&world, 99, &list, &data).await;
    assert!(note(&world).starts_with("Only admins"), "{}", note(&world));
    assert_eq!(muted(&world, GROUP).await, 0);
    press(&world, USER, &list, &data).await;
    assert_eq!(muted(&world, GROUP).await, 1);
}

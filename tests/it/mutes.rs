//! Mutes: what they match raises no alert for those who muted it, and for nobody else.

use ceasewire_model::{Address, Platform};

use crate::support::world::{TRUCE, USER, World, item};

async fn subscribed() -> World {
    let world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world
}

#[tokio::test]
async fn what_is_muted_does_not_alert_until_it_is_unmuted() {
    let mut world = subscribed().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.answer().await;
    assert!(world.say("/mute \"red cross\"").await.starts_with("Muted: \"red cross\"."));
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let to: Vec<i64> = world.sent_starting("Ceasefire\n").iter().map(|alert| alert.chat_id).collect();
    assert_eq!(to, [8], "only who did not mute it is alerted");

    // A story of which another article is not muted does alert.
    world.publish("/post", &[item("2", "Guns fall silent", &TRUCE.replace(" with the help of the Red Cross", ""))]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
    assert_eq!(world.sent_starting("Ceasefire\nGuns").iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [USER]);

    assert_eq!(world.say("/unmute 1").await, "No longer muted: \"red cross\"");
    world.publish("/wire", &[item("3", "Red Cross welcomes another Karabakh ceasefire", "")]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire\nRed Cross").len(), 2);
}

#[tokio::test]
async fn an_outlet_can_be_muted() {
    let mut world = subscribed().await;
    world.say("/mute source:post").await;
    world.publish("/post", &[item("1", "Karabakh ceasefire agreed at last", "")]);
    world.publish("/wire", &[item("2", "Truce in Karabakh from noon today", "")]);
    world.poll_and_send().await;
    let alerts = world.sent_starting("Ceasefire\n");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].plain.contains("The Wire"), "{}", alerts[0].plain);
}

#[tokio::test]
async fn mutes_are_listed_with_numbers_and_ended_by_number_or_rule() {
    let world = World::new().await;
    assert!(world.say("/mute").await.starts_with("Nothing is muted."));
    for rule in ["football", "chess | golf", "source:post"] {
        world.say(&format!("/mute {rule}")).await;
    }
    assert_eq!(
        world.say("/mute  FOOTBALL ").await,
        "Muted: FOOTBALL. Articles that match it raise no alert. /unmute 4 ends it."
    );
    assert_eq!(
        world.say("/mute golf  OR chess").await.lines().next(),
        Some("Muted: golf OR chess. Articles that match it raise no alert. /unmute 5 ends it.")
    );
    assert_eq!(world.say("/mute chess, golf").await, "That is muted already: chess OR golf");
    assert!(
        world.say("/mute").await.starts_with("Muted\n1. football\n2. chess OR golf\n3. source:post\n4. FOOTBALL\n")
    );
    assert_eq!(world.say("/unmute chess | golf").await, "No longer muted: chess OR golf");
    assert_eq!(world.say("/unmute 4").await, "No longer muted: golf OR chess");
    assert!(world.say("/unmute aardvark").await.contains("There is no mute aardvark."));
    assert!(world.say("/unmute 0").await.contains("There is no mute 0."));
    assert!(world.say("/unmute").await.contains("2. source:post\n"));
    assert!(world.say("/settings").await.contains("Muted: 3\n"));
    assert!(world.say("/forget").await.contains("3 mutes"));
}

#[tokio::test]
async fn a_bad_mute_is_answered_with_the_place_and_too_many_are_refused() {
    let world = World::new().await;
    let fault = world.say("/mute -football").await;
    assert!(fault.contains("That rule does not work") && fault.ends_with("-football\n^^^^^^^^^"), "{fault}");
    let at = Address { platform: Platform::Telegram, chat: USER.to_string(), thread: None };
    let subscriber = world.store.insert_subscriber(&at, world.now).await.unwrap();
    for number in 0..100 {
        world.store.insert_mute(subscriber.id, &format!("word{number}"), world.now).await.unwrap();
    }
    assert!(world.say("/mute football").await.contains("You can have 100 mutes"));
}

#[tokio::test]
async fn a_muted_story_is_not_one_that_was_missed() {
    let mut world = subscribed().await;
    world.say("/mute \"red cross\"").await;
    world.say("/pause").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert!(world.say("/resume").await.contains("Meanwhile no story matched"));
}

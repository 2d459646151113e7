//! Filters: what they would have sent, and the buttons that take a step back.

use ceasewire_model::Timestamp;

use crate::support::feed_site::Item;
use crate::support::world::{TRUCE, USER, World, item};

const DAY: i64 = 86_400;
const STRANGER: i64 = 99;

async fn stored(items: &[Item]) -> World {
    let mut world = World::new().await;
    world.publish("/wire", items);
    world.poll().await;
    world
}

async fn filters(world: &World) -> Vec<String> {
    world.store.list_all_rules().await.unwrap().into_iter().map(|rule| rule.text).collect()
}

#[tokio::test]
async fn a_new_filter_says_what_it_would_have_sent_and_one_press_takes_it_back() {
    let world = stored(&[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather", "Sun")]).await;
    let added = world.say("/filter add \"red cross\"").await;
    assert!(
        added.starts_with("Filter 1 is on: \"red cross\"\nIt would have sent 1 alert in the last 7 days (UTC):"),
        "{added}"
    );
    assert!(added.contains("Karabakh ceasefire agreed"), "{added}");
    let (label, data) = world.buttons().remove(0);
    assert_eq!(label, "Undo");
    let message = world.api.sent().pop().unwrap();

    // Somebody else who has learned what the button carries presses one of his own.
    world.api.user_says(STRANGER, "/start");
    world.answer().await;
    let theirs = world.api.sent().pop().unwrap();
    world.api.press(STRANGER, theirs.message_id, STRANGER, &data);
    world.answer().await;
    assert_eq!(filters(&world).await, ["\"red cross\""]);

    for _ in 0..2 {
        world.api.press(USER, message.message_id, USER, &data);
        world.answer().await;
        assert!(filters(&world).await.is_empty());
    }
    let now = world.api.read(|state| {
        let sent = state.sent().iter().find(|sent| sent.message_id == message.message_id && sent.chat_id == USER);
        sent.unwrap().clone()
    });
    assert_eq!(
        (now.current_plain.as_str(), now.edits, now.markup_text()),
        ("Removed: \"red cross\"", 1, String::new())
    );
    let notes: Vec<_> = world.api.calls("answerCallbackQuery").iter().map(|call| call["text"].clone()).collect();
    assert_eq!(notes.last().unwrap(), "That filter is gone already.");
}

#[tokio::test]
async fn a_test_counts_alerts_by_day_and_its_button_adds_the_filter() {
    // Noon, four days ago: no day ends while this runs.
    let today = Timestamp::now().0.div_euclid(DAY * 1000) * DAY * 1000;
    let mut world = World::unpolled_at(0, Timestamp(today).plus_secs(DAY / 2 - 4 * DAY)).await;
    world.publish("/wire", &[]);
    world.publish("/post", &[]);
    world.poll().await;
    let story = |number: usize| item(&format!("w{number}"), &format!("Shelling of town number {number} goes on"), "");
    for (day, numbers) in [(1, 0..1), (3, 1..4)] {
        world.now = Timestamp(today).plus_secs(DAY / 2 + (day - 4) * DAY);
        world.publish("/wire", &numbers.map(story).collect::<Vec<_>>());
        world.poll().await;
    }
    let test = world.say("/filter test shelling").await;
    let lines: Vec<&str> = test.lines().collect();
    assert_eq!(lines[..2], ["shelling", "It would have sent 4 alerts in the last 7 days (UTC):"]);
    let counts: Vec<&str> = lines[2..9].iter().map(|line| line.split_whitespace().nth(3).unwrap()).collect();
    assert_eq!(counts, ["0", "0", "0", "1", "0", "3", "0"]);
    assert_eq!(test.matches("Shelling of town").count(), 3, "three examples: {test}");
    assert!(filters(&world).await.is_empty());

    assert_eq!(world.buttons(), [("Add this filter".to_owned(), "add:shelling".to_owned())]);
    world.press_only_button().await;
    assert_eq!(filters(&world).await, ["shelling"]);
    let added = world.api.sent().pop().unwrap();
    assert!(
        added.current_plain.starts_with("Filter 1 is on: shelling\nIt would have sent 4"),
        "{}",
        added.current_plain
    );
    world.press_only_button().await;
    assert!(filters(&world).await.is_empty());
}

#[tokio::test]
async fn what_is_muted_would_not_have_been_sent() {
    let world = stored(&[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Karabakh football", "")]).await;
    world.say("/mute football").await;
    let test = world.say("/filter test karabakh").await;
    assert!(test.contains("would have sent 1 alert") && !test.contains("football"), "{test}");
}

#[tokio::test]
async fn a_rule_too_long_for_a_button_is_tested_without_one() {
    let world = World::new().await;
    world.say(&format!("/filter test {}", "karabakh OR ".repeat(6) + "shusha")).await;
    assert_eq!(world.buttons(), []);
}

#[tokio::test]
async fn a_rule_that_matches_much_of_what_is_stored_is_doubted_with_the_share() {
    let items: Vec<Item> = (0..25)
        .map(|number| {
            let place = if number < 10 { "Karabakh" } else { "Elsewhere" };
            item(&number.to_string(), &format!("{place} report number {number} of the day"), "")
        })
        .collect();
    let world = stored(&items).await;
    let share = "this rule matches 10 of 25 stored articles (40 %)";
    for command in ["/filter test karabakh", "/filter add karabakh", "/filter edit 1 title:karabakh"] {
        let answer = world.say(command).await;
        assert!(answer.contains(share), "{command}: {answer}");
    }
    assert!(!world.say("/filter test number -karabakh lang:ru").await.contains("stored articles"));
    // Of a handful, a share says nothing.
    let few = stored(&items[..5]).await;
    assert!(!few.say("/filter test karabakh").await.contains("stored articles"));
}

#[tokio::test]
async fn an_edited_filter_keeps_its_place_and_can_be_changed_back() {
    let world = World::new().await;
    for rule in ["first", "shusha", "third"] {
        world.say(&format!("/filter add {rule}")).await;
    }
    let edited = world.say("/filter edit 2 shusha lachin").await;
    assert!(
        edited.starts_with("Filter 2 was shusha\nand is now shusha lachin\nIt would have sent nothing"),
        "{edited}"
    );
    assert!(world.say("/filter").await.contains("1. first\n2. shusha lachin\n3. third\n"));
    assert!(world.say("/filter edit 4 x").await.contains("There is no filter 4; you have 3."));
    assert!(world.say("/filter edit 2 third").await.contains("You already have this filter"));
    assert!(world.say("/filter edit 2 (").await.contains("this parenthesis has no end"));
    world.say("/filter edit 2 stepanakert").await;
    world.press_only_button().await;
    assert_eq!(world.api.sent().pop().unwrap().current_plain, "Changed back: shusha lachin");
    assert!(world.say("/filter").await.contains("1. first\n2. shusha lachin\n3. third\n"));
    // A filter that becomes just a topic becomes the subscription to it.
    assert!(world.say("/filter edit 2 topic:ceasefire").await.starts_with("Ceasefire: you will be alerted"));
    assert!(world.say("/filter").await.contains("1. first\n2. third\n"));
}

#[tokio::test]
async fn an_edited_filter_alerts_by_its_new_rule() {
    let mut world = World::new().await;
    world.say("/filter add shusha").await;
    world.poll().await;
    world.say("/filter edit 1 lachin").await;
    world.publish("/wire", &[item("1", "A day in Shusha", ""), item("2", "The road through Lachin", "")]);
    world.poll_and_send().await;
    assert!(world.sent_starting("shusha\n").is_empty());
    assert_eq!(world.sent_starting("lachin\nThe road").len(), 1);
}

#[tokio::test]
async fn in_a_group_only_admins_take_steps_back() {
    let world = World::new().await;
    let group = -1_001_000_000_001;
    world.api.add_group(group, "Desk", false);
    world.api.set_admin(group, USER);
    world.api.group_says(group, USER, None, "/filter add shusha");
    world.answer().await;
    let added = world.api.sent().pop().unwrap();
    let (_, data) = world.buttons().remove(0);
    world.api.press(STRANGER, added.message_id, group, &data);
    world.answer().await;
    assert_eq!(filters(&world).await, ["shusha"]);
    world.press_only_button().await;
    assert!(filters(&world).await.is_empty());
}

#[tokio::test]
async fn filters_that_every_article_is_searched_for_are_few() {
    let world = World::new().await;
    for rule in ["/cease-?fire/", "/truce/ OR karabakh", "/armistice/"] {
        let added = world.say(&format!("/filter add {rule}")).await;
        assert!(added.contains("is on"), "{added}");
    }
    let refused = world.say("/filter add /pause/").await;
    assert!(refused.starts_with("You have 3 rules here that are nothing but a regular expression"), "{refused}");
    assert!(world.say("/filter add /pause/ karabakh").await.contains("is on"));
    // One in the place of another is not one more.
    assert!(world.say("/filter edit 1 /pause/").await.contains("/pause/"));
    assert_eq!(filters(&world).await.len(), 4);
}

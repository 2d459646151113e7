//! One alert a story: other outlets change it in place, turns are told, and meetings come as calendar entries.

use std::time::{Duration, UNIX_EPOCH};

use crate::support::feed_site::{Item, http_date};
use crate::support::world::{TRUCE, USER, World, item};

/// The same truce in another reporter's words.
const OTHER_WORDS: &str = "<p>Armenia and Azerbaijan have agreed to a ceasefire in Nagorno-Karabakh that begins at noon on \
    Saturday, Sergei Lavrov announced in Moscow after ten hours of talks between the two foreign ministers. The Red Cross \
    will help to exchange prisoners and bodies of the dead.</p>";

async fn subscribed() -> World {
    let world = World::of_nations().await;
    world.say("/subscribe ceasefire, meeting").await;
    world
}

/// Lets so many seconds pass, polls and sends.
async fn after(world: &mut World, secs: i64) {
    world.now = world.now.plus_secs(secs);
    world.poll_and_send().await;
}

fn day(world: &World, days: i64) -> (String, String) {
    let day = world.now.plus_secs(days * 86_400).to_datetime().date_naive();
    (day.format("%B %-d").to_string(), day.to_string())
}

#[tokio::test]
async fn other_outlets_and_the_other_side_change_the_alert_in_place() {
    let mut world = subscribed().await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].plain.contains("One source so far."), "{}", alerts[0].plain);

    world.publish("/moscow", &[item("2", "Karabakh ceasefire agreed in Moscow talks", OTHER_WORDS)]);
    world.publish("/baku", &[item("3", "Guns to fall silent in Karabakh", TRUCE)]);
    after(&mut world, 1).await;
    after(&mut world, 600).await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    let now = &alerts[0].current_plain;
    assert!(now.contains("Also: ") && now.contains("Moscow Daily (RU)") && now.contains("Baku Daily (AZ)"), "{now}");
    assert!(now.contains("3 sources, 3 countries"), "{now}");
    assert!(now.contains("the other side reports it too: Baku Daily (AZ)"), "{now}");
    assert!(now.contains("outlets of three countries report it"), "{now}");
    assert_eq!(world.store.count_stories().await.unwrap(), 1);

    let story = world.say("/story").await;
    assert!(story.starts_with("The story so far: 3 reports, 3 sources, 3 countries"), "{story}");
    assert!(story.contains("Yerevan Daily (AM)") && story.contains("Guns to fall silent"), "{story}");
}

#[tokio::test]
async fn agency_copy_counts_as_the_agency_however_many_print_it() {
    let mut world = subscribed().await;
    let copy = TRUCE.replace("<p>The", "<p>MOSCOW (Reuters) - The");
    world.publish("/wire", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", &copy)]);
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", &copy)]);
    world.poll_and_send().await;
    after(&mut world, 600).await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].current_plain.contains("One source so far: Reuters."), "{}", alerts[0].current_plain);
}

#[tokio::test]
async fn a_turn_makes_a_sound_for_whoever_asked_and_only_once() {
    let mut world = subscribed().await;
    let loud = world.say("/updates loud").await;
    assert!(loud.contains("I send a message"), "{loud}");
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    after(&mut world, 60).await;
    world.publish("/moscow", &[item("3", "Ceasefire agreed for Karabakh", TRUCE)]);
    after(&mut world, 60).await;
    after(&mut world, 600).await;
    let turns: Vec<String> = world.api.sent().into_iter().map(|sent| sent.current_plain).collect();
    let turns: Vec<String> = turns.into_iter().filter(|text| text.contains("the other side reports")).collect();
    // The alert that was changed, and the message of its own.
    assert_eq!(turns.len(), 2, "{turns:#?}");
    assert!(
        turns.iter().any(|text| text.contains("UTC: the other side reports it too: Baku Daily (AZ)\nGuns")),
        "{turns:#?}"
    );
    world.say("/updates silent").await;
}

#[tokio::test]
async fn what_a_chat_reads_privately_confirms_nothing_to_others_and_the_state_survives_a_restart() {
    let mut world = subscribed().await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    // Another process, or this one after a restart, knows what was told.
    world.parts = world.another_node().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    after(&mut world, 600).await;
    after(&mut world, 600).await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].current_plain.contains("2 sources, 2 countries"), "{}", alerts[0].current_plain);
}

/// An item that says when it was published: today.
fn dated(world: &World, id: &str, title: &str, text: &str) -> Item {
    let now = UNIX_EPOCH + Duration::from_millis(world.now.0.unsigned_abs());
    Item { pub_date: Some(http_date(now)), ..item(id, title, text) }
}

fn ministers(day: &str) -> String {
    format!(
        "<p>The foreign ministers of Armenia and Azerbaijan will meet US Secretary of State Mike Pompeo in Washington on \
         {day} to discuss a ceasefire in Nagorno-Karabakh, the State Department said.</p>"
    )
}

#[tokio::test]
async fn a_meeting_comes_with_a_calendar_file_that_a_changed_date_updates() {
    let mut world = subscribed().await;
    let ((words, first), (later, second)) = (day(&world, 5), day(&world, 6));
    let told = dated(&world, "1", "Ministers to meet Pompeo over Karabakh", &ministers(&words));
    world.publish("/wire", &[told]);
    world.poll_and_send().await;
    let alert = world.api.sent().pop().unwrap();
    let (_, data) = world.buttons().into_iter().find(|(label, _)| label == "Add to calendar").expect("a button");
    world.api.press(USER, alert.message_id, alert.chat_id, &data);
    world.answer().await;
    let file = |world: &World| {
        let sent = world.api.sent().pop().unwrap();
        let file = sent.file.expect("a file");
        assert!(file.name.ends_with(".ics"), "{}", file.name);
        String::from_utf8(file.bytes.to_vec()).unwrap().replace("\r\n ", "")
    };
    let ics = file(&world);
    let line = |ics: &str, name: &str| ics.lines().find(|line| line.starts_with(name)).unwrap_or_default().to_owned();
    assert!(line(&ics, "DTSTART").ends_with(&first.replace('-', "")), "{ics}");
    assert!(line(&ics, "LOCATION").contains("Washington") && line(&ics, "SUMMARY").contains("Pompeo"), "{ics}");

    let listed = world.say("/meetings").await;
    assert!(listed.contains("Pompeo") && listed.contains("Washington"), "{listed}");

    let told = dated(&world, "2", "Pompeo talks on Karabakh put back a day", &ministers(&later));
    world.publish("/post", &[told]);
    world.poll_and_send().await;
    world.api.press(USER, alert.message_id, alert.chat_id, &data);
    world.answer().await;
    let moved = file(&world);
    assert_eq!(line(&moved, "UID"), line(&ics, "UID"));
    assert!(line(&moved, "DTSTART").ends_with(&second.replace('-', "")), "{moved}");
    assert_ne!(line(&moved, "SEQUENCE"), line(&ics, "SEQUENCE"));
}

#[tokio::test]
async fn who_asked_is_reminded_the_day_before_once() {
    let mut world = subscribed().await;
    let on = world.say("/meetings remind on").await;
    assert!(on.contains("Reminders are on"), "{on}");
    let (words, _) = day(&world, 5);
    let told = dated(&world, "1", "Ministers to meet Pompeo over Karabakh", &ministers(&words));
    world.publish("/wire", &[told]);
    world.poll_and_send().await;
    for _ in 0..5 * 24 {
        world.now = world.now.plus_secs(3600);
        world.send().await;
    }
    let reminders = world.sent_starting("Tomorrow\n");
    assert_eq!(reminders.len(), 1, "{reminders:?}");
    assert!(reminders[0].plain.contains("Washington"), "{}", reminders[0].plain);
}

#[tokio::test]
async fn stories_are_searched_and_drawn() {
    let mut world = subscribed().await;
    let none = world.say("/timeline").await;
    assert!(none.contains("Nothing to draw"), "{none}");
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let found = world.say("/search karabakh \"red cross\"").await;
    assert!(found.starts_with("Found") && found.contains("2 reports"), "{found}");
    let missing = world.say("/search football").await;
    assert!(missing.contains("No stored article matches football"), "{missing}");
    world.say("/timeline 7").await;
    let sent = world.api.sent().pop().unwrap();
    let file = sent.file.expect("a photo");
    assert!(file.bytes.starts_with(b"\x89PNG") && sent.plain.contains("stories of the last 7 days"), "{}", sent.plain);
}

//! One alert a story: other outlets edit it in place, story updates follow, and meetings come as calendar entries.

use std::time::{Duration, UNIX_EPOCH};

use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::feed_site::{FeedItem, http_date};

/// The same truce in another reporter's words.
const OTHER_WORDS: &str = "<p>Armenia and Azerbaijan have agreed to a ceasefire in Nagorno-Karabakh that begins at noon on \
    Saturday, Sergei Lavrov announced in Moscow after ten hours of talks between the two foreign ministers. The Red Cross \
    will help to exchange prisoners and bodies of the dead.</p>";

async fn subscribed() -> World {
    let world = World::with_both_sides().await;
    world.send_command("/subscribe ceasefire, meeting").await;
    world
}

/// Lets seconds pass, polls and sends.
async fn poll_and_send_after(world: &mut World, secs: i64) {
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
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].plain, @"
    Ceasefire · Meetings · Truce agreed (Yerevan Daily)
    Armenia and Azerbaijan agree to a ceasefire

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    Yerevan Daily (AM) · date not given
    One source so far.
    ");

    world.publish("/moscow", &[item("2", "Karabakh ceasefire agreed in Moscow talks", OTHER_WORDS)]);
    world.poll().await;
    world.publish("/baku", &[item("3", "Guns to fall silent in Karabakh", TRUCE)]);
    poll_and_send_after(&mut world, 1).await;
    poll_and_send_after(&mut world, 600).await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    insta::assert_snapshot!(alerts[0].current_plain, @"
    Ceasefire · Meetings · Truce agreed (Yerevan Daily)
    Armenia and Azerbaijan agree to a ceasefire

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    Moscow Daily: The Red Cross will help to exchange prisoners and bodies of the dead.

    Yerevan Daily (AM) · date not given
    Also: Moscow Daily (RU), Baku Daily (AZ) · 3 sources, 3 countries
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    [date], [time] UTC: outlets of three countries report it
    ");
    assert_eq!(world.store.count_stories().await.unwrap(), 1);

    insta::assert_snapshot!(world.send_command("/story").await, @"
    The story so far: 3 reports, 3 sources, 3 countries
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    [date], [time] UTC: outlets of three countries report it

    Armenia and Azerbaijan agree to a ceasefire
    Yerevan Daily (AM) · date not given

    Karabakh ceasefire agreed in Moscow talks
    Moscow Daily (RU) · date not given

    Guns to fall silent in Karabakh
    Baku Daily (AZ) · date not given
    ");
}

#[tokio::test]
async fn agency_copy_counts_as_the_agency_however_many_print_it() {
    let mut world = subscribed().await;
    let copy = TRUCE.replace("<p>The", "<p>MOSCOW (Reuters) - The");
    world.publish("/wire", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", &copy)]);
    world.poll_and_send().await;
    world.publish("/post", &[item("2", "Guns to fall silent in Karabakh", &copy)]);
    world.poll_and_send().await;
    poll_and_send_after(&mut world, 600).await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].current_plain, @"
    Ceasefire · Meetings · Truce agreed (Reuters)
    Armenia and Azerbaijan agree to a ceasefire

    MOSCOW (Reuters) - The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far: Reuters.
    ");
}

#[tokio::test]
async fn a_loud_story_update_comes_once() {
    let mut world = subscribed().await;
    insta::assert_snapshot!(world.send_command("/updates loud").await, @"When a story you were alerted to changes (the other side confirms it, a ceasefire is broken, a meeting is cancelled), I send a message about it. /updates silent ends that.");
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    poll_and_send_after(&mut world, 60).await;
    world.publish("/moscow", &[item("3", "Ceasefire agreed for Karabakh", TRUCE)]);
    poll_and_send_after(&mut world, 60).await;
    poll_and_send_after(&mut world, 600).await;
    let turns: Vec<String> = world.api.sent().into_iter().map(|sent| sent.current_plain).collect();
    let turns: Vec<String> = turns.into_iter().filter(|text| text.contains("UTC: the other side reports")).collect();
    // The edited alert, and the message of the update.
    assert_eq!(turns.len(), 2, "{turns:#?}");
    insta::assert_snapshot!(turns.join("\n---\n"), @"
    Ceasefire · Meetings · Truce agreed (Yerevan Daily)
    Armenia and Azerbaijan agree to a ceasefire

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    Yerevan Daily (AM) · date not given
    Also: Baku Daily (AZ), Moscow Daily (RU) · 3 sources, 3 countries
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    [date], [time] UTC: outlets of three countries report it
    ---
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    Guns to fall silent in Karabakh
    Baku Daily (AZ) · date not given
    ");
    world.send_command("/updates silent").await;
}

#[tokio::test]
async fn corroboration_survives_a_restart() {
    let mut world = subscribed().await;
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    // Another process, or this one after a restart, knows the sent alerts.
    world.parts = world.another_node().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    poll_and_send_after(&mut world, 600).await;
    poll_and_send_after(&mut world, 600).await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].current_plain, @"
    Ceasefire · Meetings · Truce agreed (Yerevan Daily)
    Armenia and Azerbaijan agree to a ceasefire

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    Yerevan Daily (AM) · date not given
    Also: Baku Daily (AZ) · 2 sources, 2 countries
    [date], [time] UTC: the other side reports it too: Baku Daily (AZ)
    ");
}

/// An item that says when it was published: today.
fn dated(world: &World, id: &str, title: &str, text: &str) -> FeedItem {
    let now = UNIX_EPOCH + Duration::from_millis(world.now.0.unsigned_abs());
    FeedItem { pub_date: Some(http_date(now)), ..item(id, title, text) }
}

fn ministers(day: &str) -> String {
    format!(
        "<p>The foreign ministers of Armenia and Azerbaijan will meet US Secretary of State Mike Pompeo in Washington on \
         {day} to discuss a ceasefire in Nagorno-Karabakh, the State Department said.</p>"
    )
}

#[tokio::test]
async fn a_changed_date_updates_a_meetings_calendar_file() {
    let mut world = subscribed().await;
    let ((words, first), (later, second)) = (day(&world, 5), day(&world, 6));
    let told = dated(&world, "1", "Ministers to meet Pompeo over Karabakh", &ministers(&words));
    world.publish("/wire", &[told]);
    world.poll_and_send().await;
    let alert = world.api.sent().pop().unwrap();
    let (_, data) = world.buttons().into_iter().find(|(label, _)| label == "Add to calendar").expect("a button");
    world.api.press(USER, alert.message_id, alert.chat_id, &data);
    world.process_updates().await;
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

    insta::assert_snapshot!(world.send_command("/meetings").await, @"
    Meetings ahead

    Meeting: foreign ministers of Armenia and Azerbaijan, Mike Pompeo
    [date] · Washington

    /meetings remind on reminds you the day before and an hour before.
    ");

    let told = dated(&world, "2", "Pompeo talks on Karabakh put back a day", &ministers(&later));
    world.publish("/post", &[told]);
    world.poll_and_send().await;
    world.api.press(USER, alert.message_id, alert.chat_id, &data);
    world.process_updates().await;
    let moved = file(&world);
    assert_eq!(line(&moved, "UID"), line(&ics, "UID"));
    assert!(line(&moved, "DTSTART").ends_with(&second.replace('-', "")), "{moved}");
    assert_ne!(line(&moved, "SEQUENCE"), line(&ics, "SEQUENCE"));
}

#[tokio::test]
async fn a_meetings_reminder_comes_once_the_day_before() {
    let mut world = subscribed().await;
    insta::assert_snapshot!(world.send_command("/meetings remind on").await, @"Reminders are on: of the meetings in your alerts, the day before and, where the time is known, an hour before.");
    let (words, _) = day(&world, 5);
    let told = dated(&world, "1", "Ministers to meet Pompeo over Karabakh", &ministers(&words));
    world.publish("/wire", &[told]);
    world.poll_and_send().await;
    for _ in 0..5 * 24 {
        world.now = world.now.plus_secs(3600);
        world.send().await;
    }
    let reminders = world.messages_starting_with("Tomorrow\n");
    assert_eq!(reminders.len(), 1, "{reminders:?}");
    insta::assert_snapshot!(reminders[0].plain, @"
    Tomorrow
    Meeting: foreign ministers of Armenia and Azerbaijan, Mike Pompeo
    [date] · Washington
    ");
}

#[tokio::test]
async fn stories_are_searched_and_drawn() {
    let mut world = subscribed().await;
    insta::assert_snapshot!(world.send_command("/timeline").await, @"Nothing to draw: I have no story of those days. Type /timeline 90 for a longer time.");
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.converse(&["/search karabakh \"red cross\"", "/search football"]).await, @r#"
    > /search karabakh "red cross"
    Found

    Guns to fall silent in Karabakh
    Baku Daily (AZ) · date not given · 2 reports

    > /search football
    No stored article matches football.
    "#);
    world.send_command("/timeline 7").await;
    let sent = world.api.sent().pop().unwrap();
    let file = sent.file.expect("a photo");
    assert!(file.bytes.starts_with(b"\x89PNG"));
    insta::assert_snapshot!(sent.plain, @"Nagorno-Karabakh: stories of the last 7 days");
}

#[tokio::test]
async fn an_equal_headline_over_another_text_is_an_alert_too() {
    let title = "Statement by the Ministry of Defence";
    let shelling = "<p>Artillery shelled positions in the north of Nagorno-Karabakh on Saturday morning. Two soldiers were \
        wounded, and their lives are not in danger, the ministry said.</p>";
    let mut world = World::with_both_sides().await;
    world.send_command("/subscribe ceasefire, attack, casualties").await;
    world.publish("/yerevan", &[item("1", title, shelling)]);
    world.poll_and_send().await;
    world.publish("/yerevan", &[item("2", title, TRUCE), item("1", title, shelling)]);
    poll_and_send_after(&mut world, 600).await;
    let alerts = world.texts_since(0);
    let alerts: Vec<&String> = alerts.iter().filter(|text| text.contains(title)).collect();
    assert_eq!(alerts.len(), 2, "{alerts:#?}");
    assert_eq!(world.store.count_stories().await.unwrap(), 2);

    // A real copy of the second one, under the same title, joins its story.
    world.publish("/baku", &[item("3", title, TRUCE)]);
    poll_and_send_after(&mut world, 600).await;
    assert_eq!(world.store.count_stories().await.unwrap(), 2);
}

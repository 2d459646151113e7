//! Filters: their past matches, and the buttons that undo a step.

use ceasewire_model::Timestamp;

use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::feed_site::FeedItem;

const DAY: i64 = 86_400;
const STRANGER: i64 = 99;

async fn stored(items: &[FeedItem]) -> World {
    let mut world = World::new().await;
    world.publish("/wire", items);
    world.poll().await;
    world
}

async fn filters(world: &World) -> Vec<String> {
    world.store.list_all_rules().await.unwrap().into_iter().map(|rule| rule.text).collect()
}

#[tokio::test]
async fn a_new_filter_shows_its_past_matches_and_can_be_undone() {
    let world = stored(&[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Weather", "Sun")]).await;
    insta::assert_snapshot!(world.send_command("/filter add \"red cross\"").await, @r#"
    Filter 1 is on: "red cross"
    It would have sent 1 alert in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 1 ▆▆▆▆▆▆▆▆▆▆▆▆

    Karabakh ceasefire agreed
    The Wire (GE) · date not given
    "#);
    let (label, data) = world.buttons().remove(0);
    assert_eq!(label, "Undo");
    let message = world.api.sent().pop().unwrap();

    // A stranger who knows the callback data presses a button.
    world.api.user_says(STRANGER, "/start");
    world.process_updates().await;
    let theirs = world.api.sent().pop().unwrap();
    world.api.press(STRANGER, theirs.message_id, STRANGER, &data);
    world.process_updates().await;
    assert_eq!(filters(&world).await, ["\"red cross\""]);

    for _ in 0..2 {
        world.api.press(USER, message.message_id, USER, &data);
        world.process_updates().await;
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
    let test = world.send_command("/filter test shelling").await;
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
    insta::assert_snapshot!(added.current_plain, @"
    Filter 1 is on: shelling
    It would have sent 4 alerts in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 1 ▆▆▆▆
    [date] 0
    [date] 3 ▆▆▆▆▆▆▆▆▆▆▆▆
    [date] 0

    Shelling of town number 1 goes on
    The Wire (GE) · date not given

    Shelling of town number 2 goes on
    The Wire (GE) · date not given

    Shelling of town number 3 goes on
    The Wire (GE) · date not given
    ");
    world.press_only_button().await;
    assert!(filters(&world).await.is_empty());
}

#[tokio::test]
async fn muted_articles_are_not_among_the_past_matches() {
    let world = stored(&[item("1", "Karabakh ceasefire agreed", TRUCE), item("2", "Karabakh football", "")]).await;
    world.send_command("/mute anyway football").await;
    insta::assert_snapshot!(world.send_command("/filter test karabakh").await, @"
    karabakh
    It would have sent 1 alert in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 1 ▆▆▆▆▆▆▆▆▆▆▆▆

    Karabakh ceasefire agreed
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn a_rule_too_long_for_a_button_is_tested_without_one() {
    let world = World::new().await;
    world.send_command(&format!("/filter test {}", "karabakh OR ".repeat(6) + "shusha")).await;
    assert_eq!(world.buttons(), []);
}

#[tokio::test]
async fn a_rule_that_matches_many_articles_is_doubted() {
    let items: Vec<FeedItem> = (0..25)
        .map(|number| {
            let place = if number < 10 { "Karabakh" } else { "Elsewhere" };
            item(&number.to_string(), &format!("{place} report number {number} of the day"), "")
        })
        .collect();
    let world = stored(&items).await;
    let commands = [
        "/filter test karabakh",
        "/filter add karabakh",
        "/filter edit 1 title:karabakh",
        "/filter test number -karabakh lang:ru",
    ];
    insta::assert_snapshot!(world.converse(&commands).await, @"
    > /filter test karabakh
    karabakh
    It would have sent 10 alerts in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 10 ▆▆▆▆▆▆▆▆▆▆▆▆
    Note: this rule matches 10 of 25 stored articles (40 %). Add a word that must be there too.

    Karabakh report number 0 of the day
    The Wire (GE) · date not given

    Karabakh report number 1 of the day
    The Wire (GE) · date not given

    Karabakh report number 2 of the day
    The Wire (GE) · date not given

    > /filter add karabakh
    Filter 1 is on: karabakh
    It would have sent 10 alerts in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 10 ▆▆▆▆▆▆▆▆▆▆▆▆
    Note: this rule matches 10 of 25 stored articles (40 %). Add a word that must be there too.

    Karabakh report number 0 of the day
    The Wire (GE) · date not given

    Karabakh report number 1 of the day
    The Wire (GE) · date not given

    Karabakh report number 2 of the day
    The Wire (GE) · date not given

    > /filter edit 1 title:karabakh
    Filter 1 was karabakh
    and is now title:karabakh
    It would have sent 10 alerts in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 10 ▆▆▆▆▆▆▆▆▆▆▆▆
    Note: this rule matches 10 of 25 stored articles (40 %). Add a word that must be there too.

    Karabakh report number 0 of the day
    The Wire (GE) · date not given

    Karabakh report number 1 of the day
    The Wire (GE) · date not given

    Karabakh report number 2 of the day
    The Wire (GE) · date not given

    > /filter test number -karabakh lang:ru
    number -karabakh lang:ru
    It would have sent nothing in the last 7 days.
    25 stored articles were tried. Articles with each part of the rule: number 25 · lang:ru 0; none has all that it asks for.
    ");
    // Of a handful, a share says nothing.
    let few = stored(&items[..5]).await;
    insta::assert_snapshot!(few.send_command("/filter test karabakh").await, @"
    karabakh
    It would have sent 5 alerts in the last 7 days (UTC):
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 0
    [date] 5 ▆▆▆▆▆▆▆▆▆▆▆▆

    Karabakh report number 0 of the day
    The Wire (GE) · date not given

    Karabakh report number 1 of the day
    The Wire (GE) · date not given

    Karabakh report number 2 of the day
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn an_edited_filter_keeps_its_place_and_can_be_changed_back() {
    let world = World::new().await;
    for rule in ["first", "shusha", "third"] {
        world.send_command(&format!("/filter add {rule}")).await;
    }
    insta::assert_snapshot!(world.converse(&["/filter edit 2 shusha lachin", "/filter", "/filter edit 4 x", "/filter edit 2 third", "/filter edit 2 ("]).await, @"
    > /filter edit 2 shusha lachin
    Filter 2 was shusha
    and is now shusha lachin
    It would have sent nothing in the last 7 days.

    > /filter
    Your filters
    1. first
    2. shusha lachin
    3. third
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.

    > /filter edit 4 x
    There is no filter 4; you have 3. Type /filter to see them.

    > /filter edit 2 third
    You already have this filter: third

    > /filter edit 2 (
    That rule does not work: this parenthesis has no end; close it with )
    (
    ^
    ");
    world.send_command("/filter edit 2 stepanakert").await;
    world.press_only_button().await;
    assert_eq!(world.api.sent().pop().unwrap().current_plain, "Changed back: shusha lachin");
    insta::assert_snapshot!(world.send_command("/filter").await, @"
    Your filters
    1. first
    2. shusha lachin
    3. third
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.
    ");
    // A filter that becomes just a topic becomes the subscription to it.
    insta::assert_snapshot!(world.converse(&["/filter edit 2 topic:ceasefire", "/filter"]).await, @"
    > /filter edit 2 topic:ceasefire
    Ceasefire: you will be alerted.

    > /filter
    Your filters
    1. first
    2. third
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.
    ");
}

#[tokio::test]
async fn an_edited_filter_alerts_by_its_new_rule() {
    let mut world = World::new().await;
    world.send_command("/filter add shusha").await;
    world.poll().await;
    world.send_command("/filter edit 1 lachin").await;
    world.publish("/wire", &[item("1", "A day in Shusha", ""), item("2", "The road through Lachin", "")]);
    world.poll_and_send().await;
    assert!(world.messages_starting_with("shusha\n").is_empty());
    assert_eq!(world.messages_starting_with("lachin\nThe road").len(), 1);
}

#[tokio::test]
async fn in_a_group_only_admins_take_steps_back() {
    let world = World::new().await;
    let group = -1_001_000_000_001;
    world.api.add_group(group, "Desk", false);
    world.api.set_admin(group, USER);
    world.api.group_says(group, USER, None, "/filter add shusha");
    world.process_updates().await;
    let added = world.api.sent().pop().unwrap();
    let (_, data) = world.buttons().remove(0);
    world.api.press(STRANGER, added.message_id, group, &data);
    world.process_updates().await;
    assert_eq!(filters(&world).await, ["shusha"]);
    world.press_only_button().await;
    assert!(filters(&world).await.is_empty());
}

#[tokio::test]
async fn the_regular_expressions_of_a_chat_are_few() {
    let world = World::new().await;
    let commands = [
        "/filter add (/a1/ OR /a2/ OR /a3/ OR /a4/ OR /a5/) karabakh",
        "/filter add (/b1/ OR /b2/ OR /b3/ OR /b4/ OR /b5/) karabakh",
        "/filter add (/c1/ OR /c2/ OR /c3/ OR /c4/ OR /c5/) karabakh",
        "/mute /d1/ OR /d2/ OR /d3/ OR /d4/",
        "/filter add /truce/",
        "/filter add /pause/ karabakh",
        "/mute /pause/",
        "/filter add pause",
        // One in the place of another is not one more.
        "/filter edit 4 /pause/",
        "/filter edit 5 /truce/",
    ];
    insta::assert_snapshot!(world.converse(&commands).await, @"
    > /filter add (/a1/ OR /a2/ OR /a3/ OR /a4/ OR /a5/) karabakh
    Filter 1 is on: (/a1/ OR /a2/ OR /a3/ OR /a4/ OR /a5/) karabakh
    It would have sent nothing in the last 7 days.

    > /filter add (/b1/ OR /b2/ OR /b3/ OR /b4/ OR /b5/) karabakh
    Filter 2 is on: (/b1/ OR /b2/ OR /b3/ OR /b4/ OR /b5/) karabakh
    It would have sent nothing in the last 7 days.

    > /filter add (/c1/ OR /c2/ OR /c3/ OR /c4/ OR /c5/) karabakh
    Filter 3 is on: (/c1/ OR /c2/ OR /c3/ OR /c4/ OR /c5/) karabakh
    It would have sent nothing in the last 7 days.

    > /mute /d1/ OR /d2/ OR /d3/ OR /d4/
    Muted: /d1/ OR /d2/ OR /d3/ OR /d4/. Articles that match it raise no alert. /unmute 1 ends it.

    > /filter add /truce/
    Filter 4 is on: /truce/
    It would have sent nothing in the last 7 days.

    > /filter add /pause/ karabakh
    This chat has 20 regular expressions in its filters and mutes, with those of all its topics, and cannot have more: each of them must be searched for in articles. Remove a filter with one, or write words instead, such as cease-fire.

    > /mute /pause/
    This chat has 20 regular expressions in its filters and mutes, with those of all its topics, and cannot have more: each of them must be searched for in articles. Remove a filter with one, or write words instead, such as cease-fire.

    > /filter add pause
    Filter 5 is on: pause
    It would have sent nothing in the last 7 days.

    > /filter edit 4 /pause/
    Filter 4 was /truce/
    and is now /pause/
    It would have sent nothing in the last 7 days.

    > /filter edit 5 /truce/
    This chat has 20 regular expressions in its filters and mutes, with those of all its topics, and cannot have more: each of them must be searched for in articles. Remove a filter with one, or write words instead, such as cease-fire.
    ");
}

#[tokio::test]
async fn the_topics_of_a_group_share_its_regular_expressions() {
    let world = World::new().await;
    for group in [-1001, -1002] {
        world.api.add_group(group, "Desk", true);
        world.api.set_admin(group, USER);
    }
    let mut refused = Vec::new();
    for topic in 2..=7 {
        world.api.add_topic(-1001, topic);
        let rule = format!("/filter add /a{topic}/ OR /b{topic}/ OR /c{topic}/ OR /d{topic}/ karabakh");
        let answer = world.send_group_command(-1001, USER, Some(topic), &rule).await;
        refused.push(answer.starts_with("This chat has 20 regular expressions"));
    }
    assert_eq!(refused, [false, false, false, false, false, true]);
    // Another group has its own.
    let answer = world.send_group_command(-1002, USER, None, "/filter add /truce/").await;
    assert!(answer.starts_with("Filter 1 is on"), "{answer}");
}

#[tokio::test]
async fn a_costly_regular_expression_is_cut_off_and_the_chat_sees_it() {
    let mut world = World::new().await;
    world.send_command("/filter add shusha").await;
    // The quotes rule the automaton out, so that each state at each letter is a step.
    let added = world.send_command(r"/filter add /\b.{0,100}#/").await;
    assert!(added.starts_with("Filter 2 is on"), "{added}");
    world.poll().await;
    let text = "“Shusha” was quiet at night, and the road to it was open again. ".repeat(600);
    world.publish("/wire", &[item("1", "Quiet night in the mountains", &text)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("shusha\nQuiet night").len(), 1);
    insta::assert_snapshot!(world.send_command("/filter").await, @r"
    Your filters
    1. shusha
    2. /\b.{0,100}#/
    Change one with /filter edit, its number and a rule; remove one with /filter remove and its number.

    Once since yesterday a regular expression of yours took too much work for an article, and its filter or mute did not count there. Simpler expressions, or a word beside them, help.
    ");
}

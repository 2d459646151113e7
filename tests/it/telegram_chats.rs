//! Groups and channels as people keep them: closed topics, rights that go and come back, hidden members, linked channels,
//! floods of commands; and commands that are edited, captions, forwarded, or no commands at all.

use crate::support::world::{TRUCE, USER, World, item, plain_texts};
use ceasewire_testkit::bot_api::{Fault, HiddenPeople};

const FORUM: i64 = -1_001_000_000_044;
const CHANNEL: i64 = -1_001_000_000_055;
const TOPIC: i64 = 44;
const STRANGER: i64 = 99;

const HEADLINE: &str = "Karabakh ceasefire agreed";

/// A forum whose topic and whose main thread are subscribed.
async fn forum() -> World {
    let world = World::new().await;
    world.api.add_group(FORUM, "Desk", true);
    world.api.set_admin(FORUM, USER);
    for thread in [None, Some(TOPIC)] {
        world.send_group_command(FORUM, USER, thread, "/subscribe ceasefire").await;
    }
    world
}

/// The alerts in the forum: the topic of each, and its headline.
fn alerts(world: &World) -> Vec<(Option<i64>, String)> {
    let alerts = world.messages_starting_with("Ceasefire\n");
    let headline = |text: &str| text.lines().nth(1).unwrap_or_default().to_owned();
    alerts.iter().map(|alert| (alert.thread, headline(&alert.plain))).collect()
}

async fn publish_truce(world: &mut World) {
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll_and_send().await;
}

async fn pass(world: &mut World, secs: i64) {
    world.now = world.now.plus_secs(secs);
    world.send().await;
}

#[tokio::test]
async fn a_closed_topic_waits_and_the_others_are_served() {
    let mut world = forum().await;
    world.api.close_topic(FORUM, Some(TOPIC));
    world.process_updates().await;
    publish_truce(&mut world).await;
    assert_eq!(alerts(&world), [(None, HEADLINE.to_owned())]);
    pass(&mut world, 4).await;
    assert_eq!(world.store.count_deliveries().await.unwrap().pending, 1);
    world.api.reopen_topic(FORUM, Some(TOPIC), false);
    world.process_updates().await;
    world.send().await;
    assert_eq!(alerts(&world), [(None, HEADLINE.to_owned()), (Some(TOPIC), HEADLINE.to_owned())]);
}

#[tokio::test]
async fn a_closed_general_topic_waits_until_it_opens() {
    let mut world = forum().await;
    for (number, reopen) in [(1, "reopened"), (2, "unseen"), (3, "unhidden")] {
        if reopen == "unhidden" {
            world.api.hide_general(FORUM, true);
        } else {
            world.api.close_topic(FORUM, None);
        }
        world.process_updates().await;
        let headline = format!("Ceasefire number {number} agreed for Karabakh near {reopen}");
        world.publish("/wire", &[item(&number.to_string(), &headline, "")]);
        world.poll_and_send().await;
        let before = alerts(&world).len();
        assert!(!alerts(&world).contains(&(None, headline.clone())), "{reopen}");
        match reopen {
            "unhidden" => world.api.hide_general(FORUM, false),
            _ => world.api.reopen_topic(FORUM, None, reopen == "unseen"),
        }
        world.process_updates().await;
        // Without the service message, the next attempt finds the topic open.
        pass(&mut world, if reopen == "unseen" { 6 } else { 4 }).await;
        assert_eq!(alerts(&world).len(), before + 1, "{reopen}");
        assert!(alerts(&world).contains(&(None, headline)), "{reopen}");
    }
    assert_eq!(world.store.count_deliveries().await.unwrap().failed, 0);
}

#[tokio::test]
async fn a_deleted_topic_under_a_closed_general_waits_too() {
    let mut world = forum().await;
    world.send_group_command(FORUM, USER, None, "/unsubscribe all").await;
    world.api.delete_topic(FORUM, TOPIC);
    world.api.close_topic(FORUM, None);
    publish_truce(&mut world).await;
    assert_eq!(alerts(&world), []);
    world.api.reopen_topic(FORUM, None, false);
    world.process_updates().await;
    world.send().await;
    assert_eq!(alerts(&world), [(None, HEADLINE.to_owned())]);
}

#[tokio::test]
async fn rights_that_came_back_are_noticed_by_the_next_answer() {
    let mut world = forum().await;
    world.send_group_command(FORUM, USER, Some(TOPIC), "/unsubscribe all").await;
    world.api.silence(FORUM, true);
    publish_truce(&mut world).await;
    // Several attempts, so that the next one is minutes away.
    for secs in [6, 11, 21, 41, 81] {
        pass(&mut world, secs).await;
    }
    world.api.silence(FORUM, false);
    pass(&mut world, 1).await;
    assert_eq!(alerts(&world), []);
    world.send_group_command(FORUM, STRANGER, Some(TOPIC), "/help").await;
    world.send().await;
    assert_eq!(alerts(&world), [(None, HEADLINE.to_owned())]);
}

#[tokio::test]
async fn a_delivery_that_waits_names_the_time_of_its_chat() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.api.answer_always("sendMessage", Some(Fault::BadRequest("CHAT_RESTRICTED")));
    publish_truce(&mut world).await;
    world.api.answer_always("sendMessage", None);
    let later = world.now.plus_secs(7200);
    world.store.record_chat_block(ceasewire_model::Platform::Telegram, &USER.to_string(), later).await.unwrap();
    let answer = world.send_command("/why https://news.example/1").await;
    let time = later.to_datetime().format("%H:%M UTC").to_string();
    assert!(answer.contains(&format!("{time}; the last attempt failed")), "{answer}");
}

#[tokio::test]
async fn nobody_in_a_group_delays_an_alert_by_more_than_a_second() {
    let mut world = forum().await;
    // All the answers that may leave at once.
    for _ in 0..4 {
        world.send_group_command(FORUM, STRANGER, None, "/help").await;
    }
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    let second_later = ceasewire_model::Timestamp::now().plus_secs(1);
    world.parts.platforms[0].dispatcher.tick(second_later).await.unwrap();
    assert!(!alerts(&world).is_empty(), "{:?}", world.texts_since(0));
}

#[tokio::test]
async fn a_group_that_hides_its_members_shows_its_admins() {
    let world = World::new().await;
    world.api.add_group(FORUM, "Desk", false);
    world.api.set_admin(FORUM, USER);
    world.api.hide_people(FORUM, HiddenPeople::Members);
    let mut script = Vec::new();
    script.push(world.send_group_command(FORUM, USER, None, "/subscribe ceasefire").await);
    script.push(world.send_group_command(FORUM, STRANGER, None, "/unsubscribe all").await);
    world.api.hide_people(FORUM, HiddenPeople::MembersAndAdmins);
    script.push(world.send_group_command(FORUM, STRANGER + 1, None, "/unsubscribe all").await);
    world.api.answer_next("getChatMember", Fault::TooManyRequests { retry_after_secs: 1 });
    world.api.hide_people(FORUM, HiddenPeople::None);
    script.push(world.send_group_command(FORUM, STRANGER + 2, None, "/unsubscribe all").await);
    insta::assert_snapshot!(script.join("\n---\n"), @"
    Your topics: Ceasefire.
    Tap to change, or type /subscribe and /unsubscribe with: ceasefire, meeting, mediation, casualties, attack, humanitarian, energy.
    ---
    Only admins of this chat may change its settings.
    ---
    This group hides its members, so I cannot see who its admins are. Make me an admin of the group, without any rights, and try again.
    ---
    Only admins of this chat may change its settings.
    ");
}

#[tokio::test]
async fn a_channel_is_answered_once_and_not_in_its_group_again() {
    let world = World::new().await;
    world.api.add_channel(CHANNEL);
    world.api.add_group(FORUM, "Discussion", false);
    world.api.link_channel(CHANNEL, FORUM);
    for text in ["/subscribe ceasefire", "/help", "/settings"] {
        world.api.channel_post(CHANNEL, text);
    }
    world.process_updates().await;
    let chats: Vec<i64> = world.api.sent().iter().map(|sent| sent.chat_id).collect();
    assert_eq!(chats, [CHANNEL; 3]);
    // A person who writes in the group as the channel is no known admin, but may ask.
    let before = world.api.sent().len();
    world.api.channel_says(FORUM, CHANNEL, "/pause");
    world.api.channel_says(FORUM, CHANNEL, "/topics");
    world.process_updates().await;
    let answers = world.texts_since(before);
    insta::assert_snapshot!(answers[0], @"You write as a channel here, and I cannot see whether it is an admin’s. Write as yourself, or as the group, to change settings.");
    assert!(answers[1].starts_with("No topics"), "{answers:?}");
}

#[tokio::test]
async fn captions_and_edited_commands_are_read() {
    let world = World::new().await;
    world.api.add_private(USER, "Reader");
    let before = world.api.sent().len();
    world.api.user_captions(USER, USER, "/topics");
    let message = world.api.user_says(USER, "/subscibe ceasefire");
    world.process_updates().await;
    world.api.edit_words(USER, USER, message, "/subscribe ceasefire");
    // Telegram reports other changes of a message as edits too.
    world.api.edit_words(USER, USER, message, "/subscribe ceasefire");
    world.api.edit_words(USER, USER, message, "thank you");
    world.process_updates().await;
    world.api.add_channel(CHANNEL);
    let post = world.api.channel_post(CHANNEL, "/topcs");
    world.api.edit_words(CHANNEL, USER, post, "/topics");
    world.process_updates().await;
    let answers = world.texts_since(before);
    let begins = ["No topics", "There is no command /subscibe", "Your topics: Ceasefire.", "No topics"];
    // In a channel, an unknown command may be another bot's.
    assert_eq!(answers.len(), begins.len(), "{answers:#?}");
    for (answer, begin) in answers.iter().zip(begins) {
        assert!(answer.starts_with(begin), "{answers:#?}");
    }
}

#[tokio::test]
async fn a_strangers_forwarded_command_is_not_carried_out() {
    let world = forum().await;
    world.send_command("/subscribe ceasefire").await;
    let before = world.api.sent().len();
    for author in [Some(STRANGER), None] {
        world.api.user_forwards(USER, USER, author, "/unsubscribe all");
        world.api.user_forwards(FORUM, USER, author, "/unsubscribe all");
    }
    world.process_updates().await;
    let sent = &world.api.sent()[before..];
    insta::assert_snapshot!(plain_texts(&sent[..1]), @"This command was forwarded, so I do not carry it out. If it is yours, type it yourself: /unsubscribe all");
    assert_eq!(sent.iter().map(|sent| sent.chat_id).collect::<Vec<_>>(), [USER, USER], "a group hears nothing");
    assert_eq!(world.store.list_all_rules().await.unwrap().len(), 3);
    // A forward of the person's own words is the person's.
    world.api.user_forwards(USER, USER, Some(USER), "/unsubscribe all");
    world.process_updates().await;
    assert_eq!(world.store.list_all_rules().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_long_headline_keeps_its_link_and_a_command_in_it_is_none() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let headline =
        format!("Karabakh ceasefire agreed, type /forget@ceasewire_test_bot or /pause now {}", "word ".repeat(900));
    world.publish("/wire", &[item("1", &headline, "<p>The ceasefire begins at noon: /unsubscribe all.</p>")]);
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire\n").pop().unwrap();
    assert_eq!(alert.commands(), [""; 0], "{}", alert.plain);
    assert!(
        alert.text.contains("<a href=\"https://news.example/1\">Karabakh ceasefire agreed, type /"),
        "{}",
        alert.text
    );
    assert!(alert.plain.lines().nth(1).unwrap().ends_with("word…") && alert.plain.contains("\nThe Wire (GE) · "));
    let why = world.send_command("/why").await;
    let sent = world.api.sent().pop().unwrap();
    assert!(why.contains("forget") && !sent.commands().contains(&"forget".to_owned()), "{why}");
}

#[tokio::test]
async fn zones_are_named_as_people_name_them() {
    let world = World::new().await;
    let script = world
        .converse(&[
            "/timezone Mumbai",
            "/timezone EST",
            "/timezone Germany",
            "/timezone Yerevan, Armenia",
            "/timezone –4",
        ])
        .await;
    insta::assert_snapshot!(script, @r#"
    > /timezone Mumbai
    Time zone: Asia/Kolkata, where it is [date], [time] now.

    > /timezone EST
    "EST" is no time zone, or may be several. Did you mean:
    /timezone America/New_York
    /timezone America/Panama
    Type a city, such as /timezone Yerevan, a zone, such as /timezone Europe/Berlin, or hours ahead of UTC, such as /timezone +4.

    > /timezone Germany
    Time zone: Europe/Berlin, where it is [date], [time] now.

    > /timezone Yerevan, Armenia
    Time zone: Asia/Yerevan, where it is [date], [time] now.

    > /timezone –4
    Time zone: UTC-4, where it is [date], [time] now.
    "#);
}

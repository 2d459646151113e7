//! When a chat is told what: attention, quiet hours, time zones, digests, caps, and stories that are muted.

use ceasewire_model::attention::{Attention, Digests, Preferences, Quiet};
use ceasewire_model::{Address, DeliveryState, Platform, StoryId, Subscriber, Timestamp};

use crate::support::bot_api::Fault;
use crate::support::world::{TRUCE, USER, World, item};

const GROUP: i64 = -1_001_000_000_001;

fn address(chat: i64) -> Address {
    Address { platform: Platform::Telegram, chat: chat.to_string(), thread: None }
}

async fn subscriber(world: &World) -> Subscriber {
    world.store.find_subscriber(&address(USER)).await.unwrap().expect("a subscriber")
}

/// A chat that was alerted of a story.
async fn alerted() -> World {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    world
}

/// The notes that were shown to who pressed a button.
fn notes(world: &World) -> Vec<String> {
    let calls = world.api.calls("answerCallbackQuery");
    calls.iter().map(|call| call["text"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn quiet_hours_are_set_shown_and_ended() {
    let world = World::new().await;
    assert!(world.say("/quiet").await.starts_with("No quiet hours: alerts come day and night."));
    insta::assert_snapshot!(world.say("/quiet 23:00-07:00").await, @r#"
    Quiet from 23:00 to 07:00 (UTC): only urgent alerts come then, the rest at 07:00. /attention shows which are urgent.
    Change it with /quiet 23:00-07:00, or /quiet 23:00-07:00 nothing to hold back urgent alerts too; /quiet off ends it.
    These hours are UTC, since this chat has no time zone. Type /timezone and a city to set it, such as /timezone Yerevan.
    "#);
    world.say("/timezone Yerevan").await;
    let nothing = world.say("/quiet 11pm - 7:30am nothing").await;
    assert!(nothing.starts_with("Quiet from 23:00 to 07:30 (Asia/Yerevan): no alerts come then"), "{nothing}");
    assert!(!nothing.contains("These hours are UTC"), "{nothing}");
    assert_eq!(world.say("/quiet").await, nothing);
    let quiet = subscriber(&world).await.preferences.quiet;
    assert_eq!(quiet, Some(Quiet { from: 1380, until: 450, lets_urgent: false }));
    assert!(world.say("/quiet 7-7").await.contains("Quiet all day (Asia/Yerevan): only urgent alerts come"));
    assert!(world.say("/quiet 7-7 nothing").await.contains("once a day at 07:00"));
    assert!(world.say("/quiet off").await.starts_with("No quiet hours"));
    assert_eq!(subscriber(&world).await.preferences.quiet, None);
}

#[tokio::test]
async fn a_time_zone_is_known_by_its_city_and_an_unknown_one_is_asked_about() {
    let world = World::new().await;
    assert!(world.say("/timezone").await.starts_with("No time zone is set, so hours are UTC, where it is "));
    assert!(world.say("/timezone new york").await.starts_with("Time zone: America/New_York, where it is "));
    assert!(world.say("/timezone").await.starts_with("Time zone: America/New_York, where it is "));
    assert!(world.say("/timezone UTC+4").await.starts_with("Time zone: UTC+4, where it is "));
    assert_eq!(subscriber(&world).await.preferences.time_zone.as_deref(), Some("Etc/GMT-4"));
    insta::assert_snapshot!(world.say("/timezone Yerevann").await, @r#"
    I know no time zone "Yerevann". Did you mean:
    /timezone Asia/Yerevan
    Type a city, such as /timezone Yerevan, a zone, such as /timezone Europe/Berlin, or hours ahead of UTC, such as /timezone +4.
    "#);
    let unknown = world.say("/timezone xyzzy").await;
    assert!(unknown.contains("no time zone \"xyzzy\"") && !unknown.contains("Did you mean"), "{unknown}");
    assert_eq!(subscriber(&world).await.preferences.time_zone.as_deref(), Some("Etc/GMT-4"));
}

#[tokio::test]
async fn a_place_of_the_conflict_is_known_in_every_spelling_and_script() {
    let world = World::new().await;
    for (typed, zone) in [
        ("Yerevan", "Asia/Yerevan"),
        ("Ереван", "Asia/Yerevan"),
        ("ЕРЕВАН", "Asia/Yerevan"),
        ("Երևան", "Asia/Yerevan"),
        ("Erevan", "Asia/Yerevan"),
        ("ایروان", "Asia/Yerevan"),
        ("Bakı", "Asia/Baku"),
        ("BAKI", "Asia/Baku"),
        ("степанакерт", "Asia/Yerevan"),
        ("Xankəndi", "Asia/Yerevan"),
        ("თბილისი", "Asia/Tbilisi"),
        ("Москва", "Europe/Moscow"),
        ("Azerbaijan", "Asia/Baku"),
        // What is no place of the conflict is known as it always was.
        ("Kathmandu", "Asia/Kathmandu"),
    ] {
        let answer = world.say(&format!("/timezone {typed}")).await;
        assert!(answer.starts_with(&format!("Time zone: {zone}, where it is ")), "{typed}: {answer}");
    }
}

#[tokio::test]
async fn a_digest_says_when_the_next_one_comes() {
    let world = World::new().await;
    assert!(world.say("/digest").await.starts_with("No digest: every alert comes at once."));
    let daily = world.say("/digest daily 20:30").await;
    assert!(daily.starts_with("A digest comes each day at 20:30. The next one: "), "{daily}");
    assert!(daily.contains(", 20:30 (UTC).") && daily.contains("These hours are UTC"), "{daily}");
    world.say("/timezone kathmandu").await;
    let daily = world.say("/digest").await;
    assert!(daily.contains(", 20:30 (Asia/Kathmandu).") && !daily.contains("These hours are UTC"), "{daily}");
    world.say("/quiet 20-21").await;
    let held = world.say("/digest").await;
    assert!(held.contains(", 21:00 (Asia/Kathmandu)."), "{held}");
    world.say("/quiet off").await;
    assert!(world.say("/digest hourly").await.contains(":00 (Asia/Kathmandu)."));
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Hourly);
    assert!(world.say("/digest daily").await.contains("each day at 08:00."));
    assert!(world.say("/digest off").await.starts_with("No digest"));
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Off);
}

#[tokio::test]
async fn how_urgent_topics_and_filters_are_is_shown_and_set() {
    let world = World::new().await;
    assert!(world.say("/attention").await.starts_with("You have no topics or filters yet."));
    world.say("/subscribe ceasefire energy").await;
    world.say("/filter add \"Minsk Group\"").await;
    world.say("/filter add shusha").await;
    insta::assert_snapshot!(world.say("/attention").await, @r#"
    How urgent your topics and filters are
    ceasefire – urgent (auto)
    energy – normal (auto)
    1. "Minsk Group" – normal (auto)
    2. shusha – normal (auto)

    Urgent alerts come at once with a sound, normal alerts at once without a sound, and the rest with the digest (/digest). Change one with /attention ceasefire urgent or, for a filter, /attention 1 digest; auto at the end leaves it to me.
    "#);
    assert_eq!(world.say("/attention ceasefire normal").await, "Ceasefire: normal. It comes at once, without a sound.");
    assert_eq!(
        world.say("/attention Pipelines and energy urgent").await,
        "Pipelines and energy: urgent. It comes at once, with a sound."
    );
    assert!(
        world
            .say("/attention 2 digest")
            .await
            .starts_with("shusha: digest. It comes at once, without a sound, since this chat has no digest.")
    );
    world.say("/digest daily").await;
    let list = world.say("/attention").await;
    assert!(
        list.contains("ceasefire – normal\nenergy – urgent\n1. \"Minsk Group\" – digest (auto)\n2. shusha – digest\n"),
        "{list}"
    );
    assert_eq!(
        world.say("/attention 1 auto").await,
        "\"Minsk Group\": digest (auto). It comes with the digest; /digest says when."
    );
    assert_eq!(
        world.say("/attention ceasefire auto").await,
        "Ceasefire: urgent (auto). It comes at once, with a sound."
    );
    // A filter that is changed stays as urgent as it was.
    world.say("/attention 2 urgent").await;
    world.say("/filter edit 2 shusha OR lachin").await;
    assert!(world.say("/attention").await.contains("2. shusha OR lachin – urgent\n"));

    let rules = world.store.list_rules(subscriber(&world).await.id).await.unwrap();
    let said: Vec<Option<Attention>> = rules.iter().map(|rule| rule.attention).collect();
    assert_eq!(said, [None, Some(Attention::Urgent), None, Some(Attention::Urgent)]);
    let changes = world.store.list_rule_changes(0).await.unwrap().unwrap();
    let last = changes.last().unwrap();
    assert!(last.added && last.attention == Some(Attention::Urgent) && last.text == "shusha OR lachin", "{last:?}");
}

#[tokio::test]
async fn what_cannot_be_done_is_answered_with_what_can() {
    let world = World::new().await;
    world.say("/subscribe ceasefire").await;
    for (text, part) in [
        ("/attention ceasefire", "then urgent, normal, digest or auto"),
        ("/attention ceasefire loud", "/attention ceasefire normal or /attention 2 digest"),
        ("/attention ceasfire urgent", "Did you mean ceasefire?"),
        ("/attention energy urgent", "Type /subscribe energy first."),
        ("/attention 2 urgent", "There is no filter 2; you have none."),
        ("/attention 0 urgent", "There is no filter 0"),
        ("/quiet at night", "I cannot read \"at night\" as hours. Type /quiet 23:00-07:00"),
        ("/quiet 23", "Type /quiet 23:00-07:00"),
        ("/digest weekly", "I cannot read \"weekly\" as times. Type /digest hourly"),
        ("/cap 0", "\"0\" is no number of messages from 1 to 60. Type /cap 10"),
        ("/unmute stories", "nothing is muted"),
    ] {
        let answer = world.say(text).await;
        assert!(answer.contains(part), "{text}: {answer}");
    }
    assert_eq!(subscriber(&world).await.preferences, Preferences::default());
}

#[tokio::test]
async fn settings_show_all_of_it() {
    let world = World::new().await;
    world.say("/subscribe ceasefire").await;
    let settings = world.say("/settings").await;
    for line in ["Attention: auto", "Quiet hours: none", "Digest: none", "Messages an hour: no cap", "Time zone: UTC"] {
        assert!(settings.lines().any(|shown| shown == line), "{line}: {settings}");
    }
    assert!(world.say("/cap").await.starts_with("No cap: "));
    assert!(world.say("/cap 1").await.starts_with("At most one message an hour; "));
    assert!(world.say("/cap 12").await.starts_with("At most 12 messages an hour; "));
    for text in ["/attention ceasefire digest", "/quiet 23-7", "/digest daily 9:30", "/timezone Yerevan"] {
        world.say(text).await;
    }
    let settings = world.say("/settings").await;
    for line in [
        "Attention: Ceasefire digest",
        "Quiet hours: 23:00 to 07:00, except urgent alerts",
        "Digest: each day at 09:30",
        "Messages an hour: at most 12",
        "Time zone: Asia/Yerevan",
    ] {
        assert!(settings.lines().any(|shown| shown == line), "{line}: {settings}");
    }
    assert!(world.say("/cap off").await.starts_with("No cap"));
    assert_eq!(subscriber(&world).await.preferences.hourly_cap, None);
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Daily(570));
}

#[tokio::test]
async fn in_a_group_everyone_may_look_and_admins_may_change() {
    let world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    for text in ["/quiet 23-7", "/timezone Yerevan", "/digest hourly", "/cap 5", "/attention ceasefire normal"] {
        world.api.group_says(GROUP, 99, None, text);
        world.answer().await;
        assert!(world.api.sent().pop().unwrap().plain.starts_with("Only admins"), "{text}");
    }
    for text in ["/quiet", "/timezone", "/digest", "/cap", "/attention"] {
        world.api.group_says(GROUP, 99, None, text);
        world.answer().await;
        assert!(!world.api.sent().pop().unwrap().plain.starts_with("Only admins"), "{text}");
    }
    world.api.group_says(GROUP, USER, None, "/cap 5");
    world.answer().await;
    assert!(world.api.sent().pop().unwrap().plain.starts_with("At most 5 messages"));
}

/// The story of the only article.
async fn story(world: &World) -> StoryId {
    let articles = world.store.list_recent_articles(None, Timestamp(0), None, 10).await.unwrap();
    let [article] = articles.as_slice() else { panic!("{articles:?}") };
    article.story_id
}

#[tokio::test]
async fn what_waits_is_judged_again_when_it_is_said_anew_when_to_tell() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    let id = subscriber(&world).await.id;
    for setting in ["/quiet 23-7", "/timezone Yerevan", "/digest hourly", "/cap 5"] {
        world.poll().await;
        world.api.answer_next("sendMessage", Fault::ServerError(500));
        world.now = world.now.plus_secs(3600);
        world.send().await;
        let due_at = async || {
            let delivery = world.store.find_delivery_of_story(id, story(&world).await).await.unwrap().unwrap();
            assert_eq!(delivery.state, DeliveryState::Pending);
            delivery.due_at
        };
        assert!(due_at().await > world.now, "{setting}");
        world.say(setting).await;
        assert!(due_at().await <= Timestamp::now(), "{setting}");
    }
}

#[tokio::test]
async fn the_button_under_an_alert_mutes_its_story() {
    let mut world = alerted().await;
    assert_eq!(
        world.buttons().iter().map(|(label, _)| label.as_str()).collect::<Vec<_>>(),
        ["Why?", "Mute this story"]
    );
    let (_, data) = world.buttons().pop().unwrap();
    assert!(data.starts_with("hush:") && data.len() == 37, "{data}");
    // Another outlet's report makes the alert due to be edited.
    world.publish("/post", &[item("9", "Guns fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    let (sent, edits) = (world.api.sent().len(), world.api.requests("editMessageText"));
    world.press_button("Mute this story").await;
    world.press_button("Mute this story").await;
    assert_eq!(
        notes(&world),
        vec!["Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories."; 2]
    );
    world.now = world.now.plus_secs(3600);
    world.send().await;
    assert_eq!((world.api.sent().len(), world.api.requests("editMessageText")), (sent, edits));

    assert!(world.say("/settings").await.contains("Muted stories: 1\n"));
    assert!(world.say("/mute").await.contains("One story is muted by its button; /unmute stories ends that."));
    assert_eq!(world.say("/unmute stories").await, "The story is no longer muted.");
    assert!(!world.say("/settings").await.contains("Muted stories"));
}

#[tokio::test]
async fn a_button_mutes_nothing_of_another_chat_and_in_a_group_only_admins_press_it() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.answer().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let alert = world.sent_starting("Ceasefire\n").pop().unwrap();
    let (_, data) = world.buttons().pop().unwrap();
    world.api.press(99, alert.message_id, GROUP, &data);
    world.answer().await;
    let group = world.store.find_subscriber(&address(GROUP)).await.unwrap().unwrap().id;
    assert_eq!(world.store.count_story_mutes(group).await.unwrap(), 0);
    // What a button carries means nothing where the alert did not come.
    world.say("/start").await;
    let greeting = world.api.sent().pop().unwrap().message_id;
    world.api.press(USER, greeting, USER, &data);
    world.answer().await;
    world.api.press(USER, alert.message_id, GROUP, &data);
    world.answer().await;
    assert_eq!(world.store.count_story_mutes(group).await.unwrap(), 1);
    assert_eq!(world.store.count_story_mutes(subscriber(&world).await.id).await.unwrap(), 0);
    let notes = notes(&world);
    let begins = ["Only admins", "I do not know that alert", "Muted: "];
    assert!(notes.len() == 3 && notes.iter().zip(begins).all(|(note, begin)| note.starts_with(begin)), "{notes:?}");
}

#[tokio::test]
async fn what_waits_to_be_told_of_a_muted_story_is_withdrawn_and_the_mute_goes_where_its_chat_goes() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let (id, story, now) = (subscriber(&world).await.id, story(&world).await, world.now);
    assert!(world.store.insert_story_mute(id, story, now).await.unwrap());
    assert!(!world.store.insert_story_mute(id, story, now).await.unwrap(), "it is muted already");
    let delivery = world.store.find_delivery_of_story(id, story).await.unwrap().unwrap();
    assert_eq!(delivery.state, DeliveryState::Cancelled);
    assert!(world.say("/why https://news.example/1").await.contains("or muted its story"));

    let there = world.store.insert_subscriber(&address(GROUP), now).await.unwrap().id;
    world.store.migrate_chat(Platform::Telegram, &USER.to_string(), &GROUP.to_string()).await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 1);
    // Where there is nobody yet, the chat goes with all that is its own.
    world.store.migrate_chat(Platform::Telegram, &GROUP.to_string(), "-1009").await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 1);
    world.store.delete_subscriber(there).await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 0);
}

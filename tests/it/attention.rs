//! The time of alerts: attention, quiet hours, time zones, digests, hourly caps, and muted stories.

use ceasewire_model::attention::{Digests, Preferences, Quiet, RuleAttention};
use ceasewire_model::{Address, DeliveryState, Platform, StoryId, Subscriber, Timestamp};

use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::bot_api::Fault;

const GROUP: i64 = -1_001_000_000_001;

fn address(chat: i64) -> Address {
    Address { platform: Platform::Telegram, chat: chat.to_string(), thread: None }
}

async fn subscriber(world: &World) -> Subscriber {
    world.store.find_subscriber(&address(USER)).await.unwrap().expect("a subscriber")
}

/// Makes a chat with an alert.
async fn alerted() -> World {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    world
}

/// Lists the popups after presses of buttons.
fn popups(world: &World) -> Vec<String> {
    let calls = world.api.calls("answerCallbackQuery");
    calls.iter().map(|call| call["text"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn quiet_hours_are_set_shown_and_ended() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/quiet").await, @"No quiet hours: alerts come day and night. /quiet 23:00-07:00 sets some.");
    insta::assert_snapshot!(world.send_command("/quiet 23:00-07:00").await, @"
    Quiet from 23:00 to 07:00 (UTC): only urgent alerts come then, the rest at 07:00. /attention shows which are urgent.
    Change it with /quiet 23:00-07:00, or /quiet 23:00-07:00 nothing to hold back urgent alerts too; /quiet off ends it.
    These hours are UTC, since this chat has no time zone. Type /timezone and a city to set it, such as /timezone Yerevan.
    ");
    world.send_command("/timezone Yerevan").await;
    let nothing = world.send_command("/quiet 11pm - 7:30am nothing").await;
    insta::assert_snapshot!(nothing, @"
    Quiet from 23:00 to 07:30 (Asia/Yerevan): no alerts come then, and all of them at 07:30.
    Change it with /quiet 23:00-07:00, or /quiet 23:00-07:00 nothing to hold back urgent alerts too; /quiet off ends it.
    ");
    assert_eq!(world.send_command("/quiet").await, nothing);
    let quiet = subscriber(&world).await.preferences.quiet;
    assert_eq!(quiet, Some(Quiet { from: 1380, until: 450, lets_urgent: false }));
    insta::assert_snapshot!(world.converse(&["/quiet 7-7", "/quiet 7-7 nothing", "/quiet off"]).await, @"
    > /quiet 7-7
    Quiet all day (Asia/Yerevan): only urgent alerts come, the rest in one message a day at 07:00. /attention shows which are urgent.
    Change it with /quiet 23:00-07:00, or /quiet 23:00-07:00 nothing to hold back urgent alerts too; /quiet off ends it.

    > /quiet 7-7 nothing
    Quiet all day (Asia/Yerevan): all alerts come in one message without a sound, once a day at 07:00.
    Change it with /quiet 23:00-07:00, or /quiet 23:00-07:00 nothing to hold back urgent alerts too; /quiet off ends it.

    > /quiet off
    No quiet hours: alerts come day and night. /quiet 23:00-07:00 sets some.
    ");
    assert_eq!(subscriber(&world).await.preferences.quiet, None);
}

#[tokio::test]
async fn a_time_zone_is_found_by_its_city() {
    let world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/timezone", "/timezone new york", "/timezone", "/timezone UTC+4"]).await, @"
    > /timezone
    No time zone is set, so hours are UTC, where it is [date], [time] now. Type /timezone and a city to set it, such as /timezone Yerevan.

    > /timezone new york
    Time zone: America/New_York, where it is [date], [time] now.

    > /timezone
    Time zone: America/New_York, where it is [date], [time] now.

    > /timezone UTC+4
    Time zone: UTC+4, where it is [date], [time] now.
    ");
    assert_eq!(subscriber(&world).await.preferences.time_zone.as_deref(), Some("Etc/GMT-4"));
    insta::assert_snapshot!(world.send_command("/timezone Yerevann").await, @r#"
    "Yerevann" is no time zone, or may be several. Did you mean:
    /timezone Asia/Yerevan
    Type a city, such as /timezone Yerevan, a zone, such as /timezone Europe/Berlin, or hours ahead of UTC, such as /timezone +4.
    "#);
    insta::assert_snapshot!(world.send_command("/timezone xyzzy").await, @r#"
    "xyzzy" is no time zone, or may be several.
    Type a city, such as /timezone Yerevan, a zone, such as /timezone Europe/Berlin, or hours ahead of UTC, such as /timezone +4.
    "#);
    assert_eq!(subscriber(&world).await.preferences.time_zone.as_deref(), Some("Etc/GMT-4"));
}

#[tokio::test]
async fn a_place_of_the_conflict_has_its_zone_in_every_script() {
    let world = World::new().await;
    let mut zones = String::new();
    // Kathmandu is no place of the conflict; the zone database knows it.
    for typed in [
        "Yerevan",
        "Ереван",
        "ЕРЕВАН",
        "Երևան",
        "Erevan",
        "ایروان",
        "Bakı",
        "BAKI",
        "степанакерт",
        "Xankəndi",
        "თბილისი",
        "Москва",
        "Azerbaijan",
        "Kathmandu",
    ] {
        let answer = world.send_command(&format!("/timezone {typed}")).await;
        zones.push_str(&format!("{typed}: {}\n", answer.split(", where it is ").next().unwrap()));
    }
    insta::assert_snapshot!(zones, @"
    Yerevan: Time zone: Asia/Yerevan
    Ереван: Time zone: Asia/Yerevan
    ЕРЕВАН: Time zone: Asia/Yerevan
    Երևան: Time zone: Asia/Yerevan
    Erevan: Time zone: Asia/Yerevan
    ایروان: Time zone: Asia/Yerevan
    Bakı: Time zone: Asia/Baku
    BAKI: Time zone: Asia/Baku
    степанакерт: Time zone: Asia/Yerevan
    Xankəndi: Time zone: Asia/Yerevan
    თბილისი: Time zone: Asia/Tbilisi
    Москва: Time zone: Europe/Moscow
    Azerbaijan: Time zone: Asia/Baku
    Kathmandu: Time zone: Asia/Kathmandu
    ");
}

#[tokio::test]
async fn a_digest_says_when_the_next_one_comes() {
    let world = World::new().await;
    insta::assert_snapshot!(world.converse(&["/digest", "/digest daily 20:30"]).await, @"
    > /digest
    No digest: every alert comes at once. /digest daily 08:00 or /digest hourly sets one.

    > /digest daily 20:30
    A digest comes each day at 20:30. The next one: [day], 20:30 (UTC).
    The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. /digest off ends it.
    These hours are UTC, since this chat has no time zone. Type /timezone and a city to set it, such as /timezone Yerevan.
    ");
    world.send_command("/timezone kathmandu").await;
    let daily = world.send_command("/digest").await;
    insta::assert_snapshot!(daily, @"
    A digest comes each day at 20:30. The next one: [day], 20:30 (Asia/Kathmandu).
    The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. /digest off ends it.
    ");
    world.send_command("/quiet 20-21").await;
    insta::assert_snapshot!(world.converse(&["/digest", "/quiet off"]).await, @"
    > /digest
    A digest comes each day at 20:30. The next one: [day], 21:00 (Asia/Kathmandu).
    The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. /digest off ends it.

    > /quiet off
    No quiet hours: alerts come day and night. /quiet 23:00-07:00 sets some.
    ");
    // The next full hour depends on the clock.
    assert!(world.send_command("/digest hourly").await.contains(":00 (Asia/Kathmandu)."));
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Hourly);
    insta::assert_snapshot!(world.converse(&["/digest daily", "/digest off"]).await, @"
    > /digest daily
    A digest comes each day at 08:00. The next one: [day], 08:00 (Asia/Kathmandu).
    The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. /digest off ends it.

    > /digest off
    No digest: every alert comes at once. /digest daily 08:00 or /digest hourly sets one.
    ");
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Off);
}

#[tokio::test]
async fn how_urgent_topics_and_filters_are_is_shown_and_set() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/attention").await, @"You have no topics or filters yet. Type /topics for the topics, or /filter add and a rule.");
    world.send_command("/subscribe ceasefire energy").await;
    world.send_command("/filter add \"Minsk Group\"").await;
    world.send_command("/filter add shusha").await;
    insta::assert_snapshot!(world.send_command("/attention").await, @r#"
    How urgent your topics and filters are
    ceasefire – urgent (auto)
    energy – normal (auto)
    1. "Minsk Group" – normal (auto)
    2. shusha – normal (auto)

    Urgent alerts come at once with a sound, normal alerts at once without a sound, and the rest with the digest (/digest). A topic rings for new events: a truce agreed or broken, a meeting announced, many killed; a mere mention does not. events leaves mentions out. Change one with /attention ceasefire urgent or, for a filter, /attention 1 digest; auto at the end leaves it to me.
    "#);
    insta::assert_snapshot!(world.converse(&["/attention ceasefire normal", "/attention Pipelines and energy urgent", "/attention 2 digest", "/digest daily", "/attention", "/attention 1 auto", "/attention ceasefire auto"]).await, @r#"
    > /attention ceasefire normal
    Ceasefire: normal. It comes at once, without a sound.

    > /attention Pipelines and energy urgent
    Pipelines and energy: urgent. It comes at once, with a sound.

    > /attention 2 digest
    shusha: digest. It comes at once, without a sound, since this chat has no digest. /digest daily 08:00 sets one.

    > /digest daily
    A digest comes each day at 08:00. The next one: [day], 08:00 (UTC).
    The digest collects topics and filters set to digest, and those left on auto; /attention shows which. Urgent and normal alerts come at once. /digest off ends it.
    These hours are UTC, since this chat has no time zone. Type /timezone and a city to set it, such as /timezone Yerevan.

    > /attention
    How urgent your topics and filters are
    ceasefire – normal
    energy – urgent
    1. "Minsk Group" – digest (auto)
    2. shusha – digest

    Urgent alerts come at once with a sound, normal alerts at once without a sound, and the rest with the digest (/digest). A topic rings for new events: a truce agreed or broken, a meeting announced, many killed; a mere mention does not. events leaves mentions out. Change one with /attention ceasefire urgent or, for a filter, /attention 1 digest; auto at the end leaves it to me.

    > /attention 1 auto
    "Minsk Group": digest (auto). It comes with the digest; /digest says when.

    > /attention ceasefire auto
    Ceasefire: urgent (auto). New events come at once, with a sound; reports that only mention the topic come with the digest. events at the end leaves them out.
    "#);
    // A changed filter keeps its attention.
    world.send_command("/attention 2 urgent").await;
    world.send_command("/filter edit 2 shusha OR lachin").await;
    insta::assert_snapshot!(world.send_command("/attention").await, @r#"
    How urgent your topics and filters are
    ceasefire – urgent (auto)
    energy – urgent
    1. "Minsk Group" – digest (auto)
    2. shusha OR lachin – urgent

    Urgent alerts come at once with a sound, normal alerts at once without a sound, and the rest with the digest (/digest). A topic rings for new events: a truce agreed or broken, a meeting announced, many killed; a mere mention does not. events leaves mentions out. Change one with /attention ceasefire urgent or, for a filter, /attention 1 digest; auto at the end leaves it to me.
    "#);

    let rules = world.store.list_rules(subscriber(&world).await.id).await.unwrap();
    let said: Vec<Option<RuleAttention>> = rules.iter().map(|rule| rule.attention).collect();
    assert_eq!(said, [None, Some(RuleAttention::Urgent), None, Some(RuleAttention::Urgent)]);
    let changes = world.store.list_rule_changes(0).await.unwrap().unwrap();
    let last = changes.last().unwrap();
    assert!(last.added && last.attention == Some(RuleAttention::Urgent) && last.text == "shusha OR lachin", "{last:?}");
}

#[tokio::test]
async fn a_faulty_setting_is_answered_with_a_hint() {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    insta::assert_snapshot!(world.converse(&["/attention ceasefire", "/attention ceasefire loud", "/attention ceasfire urgent", "/attention energy urgent", "/attention 2 urgent", "/attention 0 urgent", "/quiet at night", "/quiet 23", "/digest weekly", "/cap 0", "/unmute stories"]).await, @r#"
    > /attention ceasefire
    Type /attention, then a topic or the number of a filter, then urgent, events, normal, digest or auto: /attention ceasefire events or /attention 2 digest, for example. /attention alone shows them all.

    > /attention ceasefire loud
    Type /attention, then a topic or the number of a filter, then urgent, events, normal, digest or auto: /attention ceasefire events or /attention 2 digest, for example. /attention alone shows them all.

    > /attention ceasfire urgent
    There is no topic "ceasfire". Did you mean ceasefire? /topics shows all of them.

    > /attention energy urgent
    You are not subscribed to Pipelines and energy. Type /subscribe energy first.

    > /attention 2 urgent
    There is no filter 2; you have none.

    > /attention 0 urgent
    There is no filter 0; you have none.

    > /quiet at night
    I cannot read "at night" as hours. Type /quiet 23:00-07:00, with nothing after it to hold back urgent alerts too; or /quiet off.

    > /quiet 23
    I cannot read "23" as hours. Type /quiet 23:00-07:00, with nothing after it to hold back urgent alerts too; or /quiet off.

    > /digest weekly
    I cannot read "weekly" as times. Type /digest hourly, /digest daily 08:00 or /digest off.

    > /cap 0
    "0" is no number of messages from 1 to 60. Type /cap 10 for ten an hour, or /cap off.

    > /unmute stories
    There is no mute stories; nothing is muted.
    "#);
    assert_eq!(subscriber(&world).await.preferences, Preferences::default());
}

#[tokio::test]
async fn settings_show_all_of_it() {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    insta::assert_snapshot!(world.send_command("/settings").await, @"
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 0
    Muted: 0
    Alerts: on
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.
    ");
    insta::assert_snapshot!(world.converse(&["/cap", "/cap 1", "/cap 12"]).await, @"
    > /cap
    No cap: each alert is a message of its own. /cap 10 allows ten messages an hour, and combines the rest.

    > /cap 1
    At most one message an hour; the rest are combined. /cap off ends that.

    > /cap 12
    At most 12 messages an hour; the rest are combined. /cap off ends that.
    ");
    for text in ["/attention ceasefire digest", "/quiet 23-7", "/digest daily 9:30", "/timezone Yerevan"] {
        world.send_command(text).await;
    }
    insta::assert_snapshot!(world.send_command("/settings").await, @"
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 0
    Muted: 0
    Alerts: on
    Attention: Ceasefire digest
    Quiet hours: 23:00 to 07:00, except urgent alerts
    Digest: each day at 09:30
    Messages an hour: at most 12
    Time zone: Asia/Yerevan
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.
    ");
    insta::assert_snapshot!(world.send_command("/cap off").await, @"No cap: each alert is a message of its own. /cap 10 allows ten messages an hour, and combines the rest.");
    assert_eq!(subscriber(&world).await.preferences.hourly_cap, None);
    assert_eq!(subscriber(&world).await.preferences.digests, Digests::Daily(570));
}

#[tokio::test]
async fn in_a_group_everyone_may_look_and_admins_may_change() {
    let world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    let mut refusals = Vec::new();
    for text in ["/quiet 23-7", "/timezone Yerevan", "/digest hourly", "/cap 5", "/attention ceasefire normal"] {
        refusals.push(world.send_group_command(GROUP, 99, None, text).await);
    }
    insta::assert_snapshot!(refusals.join("\n---\n"), @"
    Only admins of this chat may change its settings.
    ---
    Only admins of this chat may change its settings.
    ---
    Only admins of this chat may change its settings.
    ---
    Only admins of this chat may change its settings.
    ---
    Only admins of this chat may change its settings.
    ");
    let mut answers = Vec::new();
    for text in ["/quiet", "/timezone", "/digest", "/cap", "/attention"] {
        answers.push(world.send_group_command(GROUP, 99, None, text).await);
    }
    insta::assert_snapshot!(answers.join("\n---\n"), @"
    No quiet hours: alerts come day and night. /quiet 23:00-07:00 sets some.
    ---
    No time zone is set, so hours are UTC, where it is [date], [time] now. Type /timezone and a city to set it, such as /timezone Yerevan.
    ---
    No digest: every alert comes at once. /digest daily 08:00 or /digest hourly sets one.
    ---
    No cap: each alert is a message of its own. /cap 10 allows ten messages an hour, and combines the rest.
    ---
    You have no topics or filters yet. Type /topics for the topics, or /filter add and a rule.
    ");
    insta::assert_snapshot!(world.send_group_command(GROUP, USER, None, "/cap 5").await, @"At most 5 messages an hour; the rest are combined. /cap off ends that.");
}

/// Returns the story of the only article.
async fn story(world: &World) -> StoryId {
    let articles = world.store.list_recent_articles(None, Timestamp(0), None, 10).await.unwrap();
    let [article] = articles.as_slice() else { panic!("{articles:?}") };
    article.story_id
}

#[tokio::test]
async fn pending_deliveries_are_decided_anew_after_a_setting() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
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
        world.send_command(setting).await;
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
    insta::assert_snapshot!(popups(&world).join("\n"), @"
    Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.
    Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.
    ");
    world.now = world.now.plus_secs(3600);
    world.send().await;
    assert_eq!((world.api.sent().len(), world.api.requests("editMessageText")), (sent, edits));

    insta::assert_snapshot!(world.converse(&["/settings", "/mute", "/unmute stories", "/settings"]).await, @"
    > /settings
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 0
    Muted: 0
    Muted stories: 1
    Alerts: on
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.

    > /mute
    Nothing is muted. Type /mute and a word or any rule, such as /mute football or /mute source:osce.org: articles that match it raise no alert. To mute one story, press the button under its alert.
    One story is muted by its button; /unmute stories ends that.

    > /unmute stories
    The story is no longer muted.

    > /settings
    Settings of this chat
    Since: [date]
    Topics: Ceasefire
    Filters: 0
    Muted: 0
    Alerts: on
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.
    ");
}

#[tokio::test]
async fn a_mute_button_works_in_its_chat_and_for_admins_only() {
    let mut world = World::new().await;
    world.api.add_group(GROUP, "Desk", false);
    world.api.set_admin(GROUP, USER);
    world.api.group_says(GROUP, USER, None, "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire\n").pop().unwrap();
    let (_, data) = world.buttons().pop().unwrap();
    world.api.press(99, alert.message_id, GROUP, &data);
    world.process_updates().await;
    let group = world.store.find_subscriber(&address(GROUP)).await.unwrap().unwrap().id;
    assert_eq!(world.store.count_story_mutes(group).await.unwrap(), 0);
    // Callback data mean nothing in a chat without the alert.
    world.send_command("/start").await;
    let greeting = world.api.sent().pop().unwrap().message_id;
    world.api.press(USER, greeting, USER, &data);
    world.process_updates().await;
    world.api.press(USER, alert.message_id, GROUP, &data);
    world.process_updates().await;
    assert_eq!(world.store.count_story_mutes(group).await.unwrap(), 1);
    assert_eq!(world.store.count_story_mutes(subscriber(&world).await.id).await.unwrap(), 0);
    let popups = popups(&world);
    insta::assert_snapshot!(popups.join("\n"), @"
    Only admins of this chat may change its settings.
    I do not know that alert any more, so its story cannot be muted.
    Muted: you get no more alerts of this story. /unmute stories ends that for all muted stories.
    ");
}

#[tokio::test]
async fn a_story_mute_cancels_deliveries_and_moves_with_its_chat() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll().await;
    let (id, story, now) = (subscriber(&world).await.id, story(&world).await, world.now);
    assert!(world.store.insert_story_mute(id, story, now).await.unwrap());
    assert!(!world.store.insert_story_mute(id, story, now).await.unwrap(), "it is muted already");
    let delivery = world.store.find_delivery_of_story(id, story).await.unwrap().unwrap();
    assert_eq!(delivery.state, DeliveryState::Cancelled);
    insta::assert_snapshot!(world.send_command("/why https://news.example/1").await, @"
    Karabakh ceasefire agreed
    The Wire (GE) · date not given

    It was cancelled before it was sent: you paused alerts, deleted the rule behind it, or muted its story or its words.
    ");

    let there = world.store.insert_subscriber(&address(GROUP), now).await.unwrap().id;
    world.store.migrate_chat(Platform::Telegram, &USER.to_string(), &GROUP.to_string()).await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 1);
    // Where there is nobody yet, the chat goes with all that is its own.
    world.store.migrate_chat(Platform::Telegram, &GROUP.to_string(), "-1009").await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 1);
    world.store.delete_subscriber(there).await.unwrap();
    assert_eq!(world.store.count_story_mutes(there).await.unwrap(), 0);
}

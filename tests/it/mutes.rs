//! Mutes: an article that a mute matches raises no alert in the chat of the mute.

use ceasewire_model::{Address, Platform};

use crate::support::world::{TRUCE, USER, World, item};

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

#[tokio::test]
async fn a_mute_stops_alerts_until_it_ends() {
    let mut world = subscribed().await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.process_updates().await;
    insta::assert_snapshot!(world.send_command("/mute \"red cross\"").await, @r#"Muted: "red cross". Articles that match it raise no alert. /unmute 1 ends it."#);
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    let to: Vec<i64> = world.messages_starting_with("Ceasefire\n").iter().map(|alert| alert.chat_id).collect();
    assert_eq!(to, [8], "only who did not mute it is alerted");

    // A story with an unmuted article does alert.
    world.publish("/post", &[item("2", "Guns fall silent", &TRUCE.replace(" with the help of the Red Cross", ""))]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_stories().await.unwrap(), 1);
    assert_eq!(
        world.messages_starting_with("Ceasefire\nGuns").iter().map(|alert| alert.chat_id).collect::<Vec<_>>(),
        [USER]
    );

    insta::assert_snapshot!(world.send_command("/unmute 1").await, @r#"No longer muted: "red cross""#);
    world.publish("/wire", &[item("3", "Red Cross welcomes another Karabakh ceasefire", "")]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nRed Cross").len(), 2);
}

#[tokio::test]
async fn an_outlet_can_be_muted() {
    let mut world = subscribed().await;
    world.send_command("/mute source:post").await;
    world.publish("/post", &[item("1", "Karabakh ceasefire agreed at last", "")]);
    world.publish("/wire", &[item("2", "Truce in Karabakh from noon today", "")]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire\n");
    assert_eq!(alerts.len(), 1);
    insta::assert_snapshot!(alerts[0].plain, @"
    Ceasefire · Truce announced (The Wire)
    Truce in Karabakh from noon today

    The Wire (GE) · date not given
    Also: The Post (US) · 2 sources, 2 countries
    ");
}

#[tokio::test]
async fn mutes_are_listed_with_numbers_and_ended_by_number_or_rule() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/mute").await, @"Nothing is muted. Type /mute and a word or any rule, such as /mute football or /mute source:osce.org: articles that match it raise no alert. To mute one story, press the button under its alert.");
    for rule in ["football", "chess | golf", "source:post"] {
        world.send_command(&format!("/mute {rule}")).await;
    }
    insta::assert_snapshot!(world.converse(&["/mute  FOOTBALL ", "/mute golf  OR chess", "/mute chess, golf", "/mute", "/unmute chess | golf", "/unmute 4", "/unmute aardvark", "/unmute 0", "/unmute", "/settings", "/forget"]).await, @"
    > /mute  FOOTBALL 
    Muted: FOOTBALL. Articles that match it raise no alert. /unmute 4 ends it.

    > /mute golf  OR chess
    Muted: golf OR chess. Articles that match it raise no alert. /unmute 5 ends it.

    > /mute chess, golf
    That is muted already: chess OR golf

    > /mute
    Muted
    1. football
    2. chess OR golf
    3. source:post
    4. FOOTBALL
    5. golf OR chess
    End one with /unmute and its number.

    > /unmute chess | golf
    No longer muted: chess OR golf

    > /unmute 4
    No longer muted: golf OR chess

    > /unmute aardvark
    There is no mute aardvark. Type /mute to see your mutes.

    > /unmute 0
    There is no mute 0. Type /mute to see your mutes.

    > /unmute
    Muted
    1. football
    2. source:post
    3. FOOTBALL
    End one with /unmute and its number.

    > /settings
    Settings of this chat
    Since: [date]
    Topics: –
    Filters: 0
    Muted: 3
    Alerts: on
    Attention: auto
    Quiet hours: none
    Digest: none
    Messages an hour: no cap
    Time zone: UTC
    Reminders of meetings: off
    When a story changes: its alert changes
    Change them with /topics, /filter, /mute, /attention, /quiet, /digest, /cap, /timezone, /pause, /resume; delete everything with /forget.

    > /forget
    This deletes everything about this chat: 0 topics, 0 filters, 3 mutes, and the alerts sent. You cannot undo this. Delete?
    ");
}

#[tokio::test]
async fn bad_mutes_and_too_many_are_refused() {
    let world = World::new().await;
    insta::assert_snapshot!(world.send_command("/mute -football").await, @"
    That rule does not work: this would match every article without those words; add a word that must be there
    -football
    ^^^^^^^^^
    ");
    let at = Address { platform: Platform::Telegram, chat: USER.to_string(), thread: None };
    let subscriber = world.store.insert_subscriber(&at, world.now).await.unwrap();
    for number in 0..100 {
        world.store.insert_mute(subscriber.id, &format!("word{number}"), world.now).await.unwrap();
    }
    insta::assert_snapshot!(world.send_command("/mute football").await, @"You can have 100 mutes. End one with /unmute and its number, or join several with OR.");
}

#[tokio::test]
async fn a_muted_story_is_not_one_that_was_missed() {
    let mut world = subscribed().await;
    world.send_command("/mute \"red cross\"").await;
    world.send_command("/pause").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    insta::assert_snapshot!(world.send_command("/resume").await, @"Alerts are on again. Meanwhile no story matched your topics and filters.");
}

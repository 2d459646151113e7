//! Cancellation: a removed rule or a new mute cancels pending deliveries, unless another rule matches.

use std::time::Duration;

use ceasewire_model::{Address, Platform, SubscriberId};

use crate::support::world::{TRUCE, USER, World, item};

const HEADLINE: &str = "Karabakh ceasefire agreed";

async fn subscriber(world: &World) -> SubscriberId {
    let at = Address { platform: Platform::Telegram, chat: USER.to_string(), thread: None };
    world.store.find_subscriber(&at).await.unwrap().expect("a subscriber").id
}

/// Sends commands, then makes a world with one pending delivery.
async fn waiting_for(said: &[&str]) -> World {
    let mut world = World::new().await;
    for text in said {
        world.send_command(text).await;
    }
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "{said:?}");
    world
}

/// Sends all pending deliveries and returns their texts.
async fn send_pending(world: &World) -> Vec<String> {
    let before = world.api.sent().len();
    world.send().await;
    world.texts_since(before)
}

#[tokio::test]
async fn a_delivery_without_any_rule_left_is_cancelled() {
    for (said, taken_back) in [
        ("/subscribe ceasefire", "/unsubscribe ceasefire"),
        ("/subscribe all", "/unsubscribe all"),
        ("/filter add \"red cross\"", "/filter remove 1"),
        ("/subscribe ceasefire", "/mute anyway \"red cross\""),
        ("/filter add ceasefire", "/mute anyway source:wire"),
    ] {
        let world = waiting_for(&[said]).await;
        world.send_command(taken_back).await;
        assert_eq!(send_pending(&world).await, [""; 0], "{taken_back}");
        let why = world.send_command("/why https://news.example/1").await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(why, @"
            Karabakh ceasefire agreed
            The Wire (GE) · date not given

            It was cancelled before it was sent: you paused alerts, deleted the rule behind it, or muted its story or its words.
            ");
        }
    }
}

#[tokio::test]
async fn buttons_that_remove_rules_cancel_deliveries() {
    let mut world = World::new().await;
    world.send_command("/filter add \"red cross\"").await;
    let added = world.api.sent().pop().unwrap();
    let (_, undo) = world.buttons().pop().unwrap();
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    let topics = world.api.sent().pop().unwrap();
    world.api.press(USER, topics.message_id, USER, "off:ceasefire");
    world.process_updates().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "the filter asks for it");
    world.api.press(USER, added.message_id, USER, &undo);
    world.process_updates().await;
    assert_eq!(send_pending(&world).await, [""; 0]);
}

#[tokio::test]
async fn held_deliveries_are_cancelled_too() {
    for holding in [["/attention ceasefire digest", "/digest daily 08:00"], ["/quiet 7-7 nothing", "/timezone Yerevan"]]
    {
        let mut world = waiting_for(&["/subscribe ceasefire", holding[0], holding[1]]).await;
        assert_eq!(send_pending(&world).await, [""; 0], "{holding:?}");
        world.send_command("/unsubscribe ceasefire").await;
        world.now = world.now.plus_secs(2 * 86_400);
        assert_eq!(send_pending(&world).await, [""; 0], "{holding:?}");
    }
}

#[tokio::test]
async fn a_delivery_with_another_rule_stays() {
    let mut scripts = Vec::new();
    for (said, taken_back) in [
        (["/subscribe ceasefire", "/filter add \"red cross\""], "/unsubscribe all"),
        (["/subscribe ceasefire", "/filter add \"red cross\""], "/filter remove 1"),
        // A filter without matches cancels nothing, and a filter that becomes a topic hands its matches over.
        (["/subscribe ceasefire", "/filter add football"], "/filter remove 1"),
        (["/subscribe ceasefire", "/filter add football"], "/mute football"),
        (["/timezone Yerevan", "/filter add \"red cross\""], "/filter edit 1 topic:ceasefire"),
    ] {
        let world = waiting_for(&said).await;
        world.send_command(taken_back).await;
        let told = send_pending(&world).await;
        scripts.push(format!("{taken_back}\n{}", told.join("\n---\n")));
    }
    insta::assert_snapshot!(scripts.join("\n== \n"), @r#"
    /unsubscribe all
    "red cross"
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    == 
    /filter remove 1
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    == 
    /filter remove 1
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    == 
    /mute football
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    == 
    /filter edit 1 topic:ceasefire
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

    The Wire (GE) · date not given
    One source so far.
    "#);
}

#[tokio::test]
async fn a_mute_cancels_nothing_for_other_chats() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.process_updates().await;
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    world.send_command("/mute anyway \"red cross\"").await;
    world.send().await;
    let alerts = world.messages_starting_with("Ceasefire\n");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [8]);
}

#[tokio::test]
async fn an_unmuted_report_replaces_a_muted_one() {
    let mut world = waiting_for(&["/subscribe ceasefire", "/filter add \"red cross\""]).await;
    let text = TRUCE.replace(" with the help of the Red Cross", "");
    world.publish("/post", &[item("2", "Guns fall silent", &text)]);
    world.poll().await;
    assert_eq!(
        (world.store.count_stories().await.unwrap(), world.store.count_pending_deliveries().await.unwrap()),
        (1, 1)
    );
    world.send_command("/mute anyway \"red cross\"").await;
    insta::assert_snapshot!(send_pending(&world).await.join("\n---\n"), @"
    Ceasefire · Truce announced (The Post)
    Guns fall silent

    The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged. Details will be settled later, Russia’s foreign minister told reporters.

    The Post (US) · date not given
    Also: The Wire (GE) · 2 sources, 2 countries
    ");
}

#[tokio::test]
async fn a_cancelled_story_is_sent_once_it_goes_on() {
    for (taken_back, again) in
        [("/unsubscribe ceasefire", "/subscribe ceasefire"), ("/mute anyway \"red cross\"", "/unmute 1")]
    {
        let mut world = waiting_for(&["/subscribe ceasefire"]).await;
        world.send_command(taken_back).await;
        world.send_command(again).await;
        assert_eq!(send_pending(&world).await, [""; 0], "{again}");
        for (feed, id) in [("/post", "2"), ("/times", "3")] {
            world.publish(feed, &[item(id, "Ceasefire agreed for Karabakh", TRUCE)]);
            world.poll().await;
        }
        let told = send_pending(&world).await;
        insta::allow_duplicates! {
            insta::assert_snapshot!(told.join("\n---\n"), @"
            Ceasefire · Truce agreed (The Post)
            Ceasefire agreed for Karabakh

            The foreign ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten hours of talks in Moscow. Prisoners and the bodies of the dead are to be exchanged with the help of the Red Cross. Details will be settled later, Russia’s foreign minister told reporters.

            The Post (US) · date not given
            Also: The Wire (GE) · 2 sources, 2 countries
            ");
        }
    }
}

#[tokio::test]
async fn a_pending_story_update_is_cancelled_with_its_rule() {
    let mut world = World::with_both_sides().await;
    for text in ["/subscribe ceasefire", "/updates loud"] {
        world.send_command(text).await;
    }
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "the turn");
    world.send_command("/unsubscribe ceasefire").await;
    assert_eq!(send_pending(&world).await, [""; 0]);
}

#[tokio::test]
async fn a_delivery_in_flight_arrives_and_is_recorded() {
    let world = waiting_for(&["/subscribe ceasefire"]).await;
    let guard = world.api.hold("sendMessage");
    let take_back = async {
        world.api.wait_for_held("sendMessage", 1, Duration::from_secs(30)).await.unwrap();
        let rule = world.store.list_rules(subscriber(&world).await).await.unwrap().remove(0);
        assert!(world.store.delete_rule(rule.id).await.unwrap());
        guard.release();
    };
    tokio::join!(world.send(), take_back);
    assert_eq!(world.messages_starting_with("Ceasefire\n").len(), 1);
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.sent, counts.pending), (1, 0));
}

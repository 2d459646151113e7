//! What is taken back is taken back of what waits too: alerts that nothing else asks for are not told any more.

use std::time::Duration;

use ceasewire_model::{Address, Platform, SubscriberId};

use crate::support::world::{TRUCE, USER, World, item};

const HEADLINE: &str = "Karabakh ceasefire agreed";

async fn subscriber(world: &World) -> SubscriberId {
    let at = Address { platform: Platform::Telegram, chat: USER.to_string(), thread: None };
    world.store.find_subscriber(&at).await.unwrap().expect("a subscriber").id
}

/// A world in which a story waits for who has said this.
async fn waiting_for(said: &[&str]) -> World {
    let mut world = World::new().await;
    for text in said {
        world.say(text).await;
    }
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "{said:?}");
    world
}

/// What is told of the story when all that waits has been sent.
async fn told(world: &World) -> Vec<String> {
    let before = world.api.sent().len();
    world.send().await;
    world.answers_since(before)
}

#[tokio::test]
async fn what_waits_only_for_what_is_taken_back_is_not_told() {
    for (said, taken_back) in [
        ("/subscribe ceasefire", "/unsubscribe ceasefire"),
        ("/subscribe all", "/unsubscribe all"),
        ("/filter add \"red cross\"", "/filter remove 1"),
        ("/subscribe ceasefire", "/mute \"red cross\""),
        ("/filter add ceasefire", "/mute source:wire"),
    ] {
        let world = waiting_for(&[said]).await;
        world.say(taken_back).await;
        assert_eq!(told(&world).await, [""; 0], "{taken_back}");
        let why = world.say("/why https://news.example/1").await;
        assert!(why.contains("took back what it came for"), "{taken_back}: {why}");
    }
}

#[tokio::test]
async fn what_a_button_takes_back_is_not_told() {
    let mut world = World::new().await;
    world.say("/filter add \"red cross\"").await;
    let added = world.api.sent().pop().unwrap();
    let (_, undo) = world.buttons().pop().unwrap();
    world.say("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    let topics = world.api.sent().pop().unwrap();
    world.api.press(USER, topics.message_id, USER, "off:ceasefire");
    world.answer().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "the filter asks for it");
    world.api.press(USER, added.message_id, USER, &undo);
    world.answer().await;
    assert_eq!(told(&world).await, [""; 0]);
}

#[tokio::test]
async fn what_a_digest_and_quiet_hours_hold_back_is_taken_back_too() {
    for holding in [["/attention ceasefire digest", "/digest daily 08:00"], ["/quiet 7-7 nothing", "/timezone Yerevan"]]
    {
        let mut world = waiting_for(&["/subscribe ceasefire", holding[0], holding[1]]).await;
        assert_eq!(told(&world).await, [""; 0], "{holding:?}");
        world.say("/unsubscribe ceasefire").await;
        world.now = world.now.plus_secs(2 * 86_400);
        assert_eq!(told(&world).await, [""; 0], "{holding:?}");
    }
}

#[tokio::test]
async fn what_something_else_asks_for_stays() {
    for (said, taken_back) in [
        (["/subscribe ceasefire", "/filter add \"red cross\""], "/unsubscribe all"),
        (["/subscribe ceasefire", "/filter add \"red cross\""], "/filter remove 1"),
        // What has found nothing takes nothing along, and a filter that becomes a topic leaves to it what it has found.
        (["/subscribe ceasefire", "/filter add football"], "/filter remove 1"),
        (["/subscribe ceasefire", "/filter add football"], "/mute football"),
        (["/timezone Yerevan", "/filter add \"red cross\""], "/filter edit 1 topic:ceasefire"),
    ] {
        let world = waiting_for(&said).await;
        world.say(taken_back).await;
        let told = told(&world).await;
        assert!(told.len() == 1 && told[0].contains(HEADLINE), "{taken_back}: {told:?}");
    }
}

#[tokio::test]
async fn a_mute_keeps_nothing_from_anybody_else() {
    let mut world = World::new().await;
    world.say("/subscribe ceasefire").await;
    world.api.user_says(8, "/subscribe ceasefire");
    world.answer().await;
    world.publish("/wire", &[item("1", HEADLINE, TRUCE)]);
    world.poll().await;
    world.say("/mute \"red cross\"").await;
    world.send().await;
    let alerts = world.sent_starting("Ceasefire\n");
    assert_eq!(alerts.iter().map(|alert| alert.chat_id).collect::<Vec<_>>(), [8]);
}

#[tokio::test]
async fn a_story_of_which_another_report_is_not_muted_is_told_by_that() {
    let mut world = waiting_for(&["/subscribe ceasefire", "/filter add \"red cross\""]).await;
    let text = TRUCE.replace(" with the help of the Red Cross", "");
    world.publish("/post", &[item("2", "Guns fall silent", &text)]);
    world.poll().await;
    assert_eq!(
        (world.store.count_stories().await.unwrap(), world.store.count_pending_deliveries().await.unwrap()),
        (1, 1)
    );
    world.say("/mute \"red cross\"").await;
    let alerts = told(&world).await;
    assert!(alerts.len() == 1 && alerts[0].starts_with("Ceasefire\nGuns fall silent"), "{alerts:?}");
}

#[tokio::test]
async fn what_was_taken_back_is_told_when_it_is_asked_for_again_and_goes_on() {
    for (taken_back, again) in
        [("/unsubscribe ceasefire", "/subscribe ceasefire"), ("/mute \"red cross\"", "/unmute 1")]
    {
        let mut world = waiting_for(&["/subscribe ceasefire"]).await;
        world.say(taken_back).await;
        world.say(again).await;
        assert_eq!(told(&world).await, [""; 0], "{again}");
        for (feed, id) in [("/post", "2"), ("/times", "3")] {
            world.publish(feed, &[item(id, "Ceasefire agreed for Karabakh", TRUCE)]);
            world.poll().await;
        }
        let told = told(&world).await;
        assert!(told.len() == 1 && told[0].contains("Ceasefire agreed for Karabakh"), "{again}: {told:?}");
    }
}

#[tokio::test]
async fn a_turn_that_waits_goes_with_what_asked_for_its_story() {
    let mut world = World::of_nations().await;
    for text in ["/subscribe ceasefire", "/updates loud"] {
        world.say(text).await;
    }
    world.publish("/yerevan", &[item("1", "Armenia and Azerbaijan agree to a ceasefire", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/baku", &[item("2", "Guns to fall silent in Karabakh", TRUCE)]);
    world.poll().await;
    assert_eq!(world.store.count_pending_deliveries().await.unwrap(), 1, "the turn");
    world.say("/unsubscribe ceasefire").await;
    assert_eq!(told(&world).await, [""; 0]);
}

#[tokio::test]
async fn what_is_in_hand_arrives_and_is_known_to_have_arrived() {
    let world = waiting_for(&["/subscribe ceasefire"]).await;
    let guard = world.api.hold("sendMessage");
    let take_back = async {
        world.api.wait_for_held("sendMessage", 1, Duration::from_secs(30)).await.unwrap();
        let rule = world.store.list_rules(subscriber(&world).await).await.unwrap().remove(0);
        assert!(world.store.delete_rule(rule.id).await.unwrap());
        guard.release();
    };
    tokio::join!(world.send(), take_back);
    assert_eq!(world.sent_starting("Ceasefire\n").len(), 1);
    let counts = world.store.count_deliveries().await.unwrap();
    assert_eq!((counts.sent, counts.pending), (1, 0));
}

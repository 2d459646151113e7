//! An article that comes again in another guise is no second article.

use crate::support::world::{TRUCE, World, item};

/// Publishes an item, then another one in its place, and says how many alerts came of both.
async fn alerts(first: ceasewire_testkit::feed_site::FeedItem, then: ceasewire_testkit::feed_site::FeedItem) -> usize {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[first]);
    world.poll_and_send().await;
    world.publish("/wire", &[then]);
    world.poll_and_send().await;
    assert_eq!(world.parts.poller.totals().entries.new, 1);
    world.messages_starting_with("Ceasefire").len()
}

const TITLE: &str = "Armenia and Azerbaijan agree to a ceasefire";

#[tokio::test]
async fn a_changed_guid_is_the_same_article() {
    let mut then = item("1", TITLE, TRUCE);
    then.guid = "another".into();
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn another_scheme_and_a_tracking_parameter_are_the_same_article() {
    let mut first = item("1", TITLE, TRUCE);
    first.guid.clear();
    let mut then = first.clone();
    then.link = "http://www.news.example/1?utm_source=rss&fbclid=x".into();
    then.title = "Ceasefire in Karabakh agreed, ministers say".into();
    assert_eq!(alerts(first, then).await, 1);
}

#[tokio::test]
async fn an_edited_title_and_text_are_the_same_article() {
    let then =
        item("1", "UPDATE: Karabakh ceasefire from noon", "<p>Entirely new words about the ceasefire in Karabakh.</p>");
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn a_new_guid_and_address_on_the_day_is_no_new_article() {
    let mut then = item("2", TITLE, TRUCE);
    then.link = "https://news.example/moved/2".into();
    assert_eq!(alerts(item("1", TITLE, TRUCE), then).await, 1);
}

#[tokio::test]
async fn one_guid_on_all_items_does_not_make_them_one() {
    let mut world = World::new().await;
    let items = ["first", "second", "third"].map(|name| {
        let mut item = item(name, &format!("The {name} headline of this morning"), "Text");
        item.guid = "same".into();
        item
    });
    world.publish("/wire", &items);
    world.poll().await;
    assert_eq!(world.parts.poller.totals().entries.new, 3);
}

#[tokio::test]
async fn an_item_that_vanishes_and_returns_is_known() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for items in [&[item("1", TITLE, TRUCE)][..], &[], &[item("1", TITLE, TRUCE)]] {
        world.publish("/wire", items);
        world.poll_and_send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

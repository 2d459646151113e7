//! An address belongs to the outlet that owns its host: others' links to it claim nothing, hide nothing and change nothing.

use std::sync::Arc;

use ceasewire_model::Article;

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::{FeedItem, Rss};

const TITLE: &str = "Karabakh ceasefire agreed in Moscow";
const GARDEN: &str = "<p>Tomatoes want sun and water; plant them in May, when the nights are warm.</p>";

/// An item that links to a page of good.example.
fn linking(guid: &str, link: &str, title: &str, text: &str) -> FeedItem {
    FeedItem { link: link.into(), ..item(guid, title, text) }
}

/// A world in which The Post owns good.example and The Wire owns evil.example, with a subscriber.
async fn owned() -> World {
    let mut world = World::new().await;
    let profile = Arc::make_mut(&mut world.settings.profile);
    for (outlet, host) in [("post", "good.example"), ("wire", "evil.example")] {
        profile.outlets.get_mut(outlet).unwrap().hosts = vec![host.into()];
    }
    world.parts = world.another_node().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

async fn articles(world: &World) -> Vec<Article> {
    let mut articles = world.store.list_recent_articles(None, ceasewire_model::Timestamp(0), None, 100).await.unwrap();
    articles.reverse();
    articles
}

#[tokio::test]
async fn links_to_pages_of_the_future_hide_no_article() {
    for link in [
        "https://good.example/news/12345/ceasefire-agreed",
        "http://m.good.example/news/12345/gardening?utm_source=evil",
        "https://www.good.example/amp/news/12345/ceasefire-agreed/",
    ] {
        let mut world = owned().await;
        world.publish("/wire", &[linking(link, link, "Gardening tips for the month of May", GARDEN)]);
        world.poll_and_send().await;
        let page = "https://good.example/news/12345/ceasefire-agreed";
        world.publish("/post", &[linking(page, page, TITLE, TRUCE)]);
        world.poll_and_send().await;
        let alerts = world.messages_starting_with("Ceasefire");
        assert_eq!(alerts.len(), 1, "{link}");
        assert!(alerts[0].plain.contains("The Post"), "{}", alerts[0].plain);
        let why = world.send_command(&format!("/why {page}")).await;
        assert!(why.starts_with(TITLE), "{why}");
        assert_eq!(world.parts.poller.totals().entries.new, 2);
    }
}

#[tokio::test]
async fn a_link_before_and_after_does_not_answer_for_the_page() {
    let mut world = owned().await;
    let page = "https://good.example/news/12345";
    world.publish("/wire", &[linking("g1", page, "Gardening tips for the month of May", GARDEN)]);
    world.poll_and_send().await;
    world.publish("/post", &[linking("p1", page, "Flood in the valley of the Kura", "<p>The Kura rose.</p>")]);
    world.poll_and_send().await;
    world.publish("/wire", &[linking("g2", page, "Gardening tips for the month of June", GARDEN)]);
    world.poll_and_send().await;
    let why = world.send_command(&format!("/why {page}")).await;
    assert!(why.starts_with("Flood in the valley"), "{why}");
}

#[tokio::test]
async fn a_later_link_neither_edits_the_article_nor_confirms_it() {
    let mut world = owned().await;
    let page = "https://good.example/news/12345";
    world.publish("/post", &[linking("p1", page, TITLE, TRUCE)]);
    world.poll_and_send().await;
    let before = articles(&world).await;
    // Under the page's address and id, and later under that of another page of the outlet.
    for (guid, link, killed) in [(page, page, 500), ("g2", "https://good.example/news/99999", 900)] {
        world.publish("/wire", &[linking(guid, link, &format!("Karabakh ceasefire agreed, {killed} killed"), TRUCE)]);
        world.poll_and_send().await;
    }
    world.now = world.now.plus_secs(600);
    world.poll_and_send().await;
    assert_eq!(articles(&world).await[0], before[0]);
    let alert = world.messages_starting_with("Ceasefire").pop().unwrap();
    assert!(alert.current_plain.contains("One source so far"), "{}", alert.current_plain);
    assert!(world.messages_starting_with("Ceasefire").iter().all(|alert| !alert.current_plain.contains("2 sources")));
    let story = world.send_command("/story").await;
    assert!(story.contains("1 source"), "{story}");
    // The entry's own next version changes the page's article as before.
    world.publish("/post", &[linking("p1", page, "Karabakh ceasefire from noon, ministers say", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(articles(&world).await[0].title, "Karabakh ceasefire from noon, ministers say");
    let links = articles(&world).await.iter().filter(|article| article.outlet == "wire").count();
    assert_eq!(links, 2, "each link post is an article of its own");
}

#[tokio::test]
async fn a_link_does_not_match_rules_for_the_outlet_of_the_page() {
    let mut world = owned().await;
    world.send_command("/filter add source:good.example karabakh").await;
    world.send_command("/filter add source:evil.example shelling").await;
    let text = "<p>Shelling was heard in Karabakh.</p>";
    world.publish("/wire", &[linking("1", "https://good.example/1", "Shelling in Karabakh on Monday", text)]);
    world.publish(
        "/post",
        &[linking("1", "https://good.example/2", "Karabakh has a new school", "<p>It opened today.</p>")],
    );
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("source:");
    assert_eq!(alerts.len(), 1, "{alerts:?}");
    assert!(alerts[0].plain.contains("new school"), "{}", alerts[0].plain);
    let found = world.send_command("/search source:good.example").await;
    assert!(found.contains("new school") && !found.contains("Shelling"), "{found}");
}

#[tokio::test]
async fn one_page_of_unknown_owner_in_two_outlets_is_one_source_and_one_alert() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    for feed in ["/wire", "/post"] {
        world.publish(feed, &[item("1", TITLE, TRUCE)]);
        world.poll_and_send().await;
    }
    world.now = world.now.plus_secs(600);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.len(), 1);
    assert!(alerts[0].current_plain.contains("One source so far"), "{}", alerts[0].current_plain);
}

#[tokio::test]
async fn a_page_in_two_feeds_of_its_outlet_is_one_article() {
    let mut world = owned().await;
    let mut feeds = world.settings.feeds.clone();
    let url = world.site.url("/post-top");
    feeds.push(ceasewire_model::FeedSource { url, outlet: "post".into(), ..Default::default() });
    world.store.sync_feeds(&feeds, world.now).await.unwrap();
    world.site.set("/post-top", Rss::new("Top").to_xml());
    world.poll().await;
    let page = "https://good.example/news/12345/";
    world.publish("/post", &[linking("p1", &format!("{page}?utm_source=rss"), TITLE, TRUCE)]);
    world.poll_and_send().await;
    let other =
        linking("top-1", "http://m.good.example/news/12345", "Guns fall silent", "<p>A ceasefire in Karabakh.</p>");
    world.publish("/post-top", &[other]);
    world.poll_and_send().await;
    assert_eq!(articles(&world).await.len(), 1);
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

#[tokio::test]
async fn a_feed_keeps_its_articles_under_another_name_of_its_outlet() {
    let mut world = owned().await;
    let mut first = linking("", "https://good.example/news/1", "Ceasefire", TRUCE);
    first.guid.clear();
    world.publish("/post", std::slice::from_ref(&first));
    world.poll_and_send().await;
    let mut feeds = world.settings.feeds.clone();
    feeds.iter_mut().filter(|feed| feed.outlet == "post").for_each(|feed| feed.outlet = "the-post".into());
    world.store.sync_feeds(&feeds, world.now).await.unwrap();
    let second = linking("", "https://good.example/news/2", "Weather", "<p>It rains in Tbilisi.</p>");
    world.publish("/post", &[second, first]);
    world.poll_and_send().await;
    assert_eq!(articles(&world).await.len(), 2);
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

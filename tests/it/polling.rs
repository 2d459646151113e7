//! Polling: conditional requests, and faulty answers of servers.

use std::sync::Arc;
use std::time::Duration;

use ceasewire_model::{FeedSource, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::Page;

#[tokio::test]
async fn the_first_fetch_stores_without_alerting_and_latest_shows_it() {
    let mut world = World::unpolled(0).await;
    world.send_command("/subscribe ceasefire").await;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.publish("/post", &[]);
    world.poll_and_send().await;
    assert_eq!(world.store.count_deliveries().await.unwrap().sent, 0);
    insta::assert_snapshot!(world.send_command("/latest").await, @"
    Latest

    Karabakh ceasefire agreed
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn a_backfill_alerts_the_newest_of_the_first_fetch() {
    let mut world = World::unpolled(1).await;
    world.send_command("/subscribe ceasefire").await;
    let older = item("1", "An older Karabakh ceasefire has ended", "");
    world.publish("/wire", &[item("2", "A newer Karabakh ceasefire has begun", ""), older]);
    world.publish("/post", &[]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
    assert_eq!(world.messages_starting_with("Ceasefire\nA newer").len(), 1);
}

#[tokio::test]
async fn requests_are_conditional() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "A headline", "Text")]);
    world.poll().await;
    world.poll().await;
    let hits = world.site.hits("/wire");
    let last = hits.last().unwrap();
    assert_eq!(last.answered_status, 304);
    assert!(last.header("if-none-match").is_some() && last.header("if-modified-since").is_some());
    assert!(last.header("user-agent").unwrap().starts_with("Ceasewire/"));
}

#[tokio::test]
async fn one_bad_entry_does_not_cost_the_feed() {
    let mut world = World::new().await;
    let broken = "<rss version=\"2.0\"><channel><title>F</title><item><title>Good one</title><link>https://n.example/1</link></item>\
        <item><title>Bad & <b>one</title><description>&nosuch; \u{1}</item><item><title>Good two</title>\
        <link>https://n.example/2</link></item></channel></rss>";
    world.site.set("/wire", broken);
    world.poll().await;
    insta::assert_snapshot!(world.send_command("/latest").await, @"
    Latest

    Good one
    The Wire (GE) · date not given

    Bad & one
    The Wire (GE) · date not given

    Good two
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn a_failing_feed_is_polled_ever_more_rarely_and_recovers() {
    let mut world = World::new().await;
    for _ in 0..3 {
        world.site.set_page("/wire", Page::status(500));
        world.poll().await;
    }
    let feed = world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap();
    assert_eq!(feed.failures, 3);
    insta::assert_snapshot!(feed.last_error.unwrap(), @"the server answered 500 Internal Server Error");
    world.publish("/wire", &[item("1", "Back again with news", "Text")]);
    world.poll().await;
    let feed = world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap();
    assert_eq!((feed.failures, feed.last_error), (0, None));
}

#[tokio::test]
async fn a_body_that_is_no_feed_fails_with_a_reason() {
    let mut world = World::new().await;
    let mut errors = Vec::new();
    for body in ["<html><body>Just a moment…</body></html>", "", "\u{0}\u{1}garbage"] {
        world.site.set("/wire", body);
        world.poll().await;
        let feed = world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap();
        errors.push(feed.last_error.unwrap_or_else(|| panic!("{body:?} was taken for a feed")));
    }
    insta::assert_snapshot!(errors.join("\n"), @"
    This is a web page, not a feed. Give the address of the page's feed (RSS, Atom or JSON Feed); if the address is right, the publisher is answering with an error or a check for robots.
    the server answered 200 OK with an empty body; look at the address in a browser
    This is not a feed: it holds no XML and no JSON. Give the address of an RSS, Atom or JSON feed.
    ");
    // The good feed beside it has not suffered.
    assert_eq!(world.site.hits("/post").len(), world.site.hits("/wire").len());
}

#[tokio::test]
async fn a_clock_that_was_set_back_does_not_stop_polling_or_sending() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let present = world.now;
    world.now = present.plus_secs(400 * 86_400);
    world.poll_and_send().await;
    world.now = present;
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_feeds_at_once_do_not_stand_in_each_others_way() {
    let world = World::unpolled(0).await;
    let mut feeds = Vec::new();
    for feed in 0..30 {
        let path = format!("/many/{feed}");
        let items: Vec<_> = (0..10)
            .map(|number| item(&format!("{feed}-{number}"), &format!("Headline {number} of feed {feed} today"), "Text"))
            .collect();
        world.publish(&path, &items);
        feeds.push(FeedSource {
            url: world.site.url(&path),
            outlet: "wire".into(),
            language: None,
            ..FeedSource::default()
        });
    }
    world.store.sync_feeds(&feeds, Timestamp::now()).await.unwrap();
    let (poller, stop) = (Arc::new(world.parts.poller), CancellationToken::new());
    let running = tokio::spawn(Arc::clone(&poller).run(stop.clone()));
    for feed in 0..30 {
        world.site.wait_for_hits(&format!("/many/{feed}"), 3, Duration::from_secs(25)).await.unwrap();
    }
    stop.cancel();
    running.await.unwrap();
    assert_eq!(poller.totals().entries.new, 300);
    let failed: Vec<_> =
        world.store.list_feeds().await.unwrap().into_iter().filter_map(|feed| feed.last_error).collect();
    assert_eq!(failed, Vec::<String>::new());
}

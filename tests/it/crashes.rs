//! Feeds that the program dies of: they are known at the next start, and set aside.

use std::time::Duration;

use ceasewire_model::Feed;

use crate::restart::{Stage, ceasefire};
use crate::support::program::{run, stdout};
use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::{FeedItem, Page};

const SOON: Duration = Duration::from_secs(60);

async fn find(world: &World, outlet: &str) -> Feed {
    world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == outlet).unwrap()
}

#[tokio::test]
async fn a_finished_poll_leaves_no_mark() {
    let mut world = World::new().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    world.poll().await;
    world.site.set("/wire", "no feed at all");
    world.poll().await;
    for feed in world.store.list_feeds().await.unwrap() {
        assert_eq!((feed.crashes.reading_since, feed.crashes.count), (None, 0), "{}", feed.url);
    }
}

#[tokio::test]
async fn a_feed_that_the_program_died_of_waits_and_the_others_are_polled() {
    let mut world = World::with_chat_feeds().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    let (asked, others) = (world.site.hits("/wire").len(), world.site.hits("/post").len());
    // Another process has died while it read the feed.
    let feed = find(&world, "wire").await;
    world.store.mark_reading(feed.id, world.now).await.unwrap();
    world.poll().await;
    assert_eq!((world.site.hits("/wire").len(), world.site.hits("/post").len()), (asked, others + 1));
    let crashes = find(&world, "wire").await.crashes;
    assert_eq!((crashes.count, crashes.reading_since, crashes.last_at), (1, None, Some(world.now)));
    insta::assert_snapshot!(world.send_command("/feeds").await, @"
    2 feeds are read; 0 failing for a day, 0 silent for far longer than usual.
    Feed (wire) – the program ended once while it read this feed; it reads the feed again on [date], [time] UTC
    ");
    // It dies of the feed again: the wait becomes longer.
    world.store.mark_reading(feed.id, world.now).await.unwrap();
    world.parts.poller.tick(world.now.plus_secs(6)).await.unwrap();
    assert_eq!(find(&world, "wire").await.crashes.count, 2);
    world.parts.poller.tick(world.now.plus_secs(60)).await.unwrap();
    assert_eq!(world.site.hits("/wire").len(), asked);
    world.parts.poller.tick(world.now.plus_secs(70)).await.unwrap();
    assert_eq!(world.site.hits("/wire").len(), asked + 1);
    assert_eq!(find(&world, "wire").await.crashes.count, 0, "the feed was read to its end");
}

#[tokio::test]
async fn a_kill_while_many_feeds_are_read_sets_none_aside_for_long() {
    let world = World::new().await;
    for feed in world.store.list_feeds().await.unwrap() {
        world.store.mark_reading(feed.id, world.now).await.unwrap();
    }
    world.publish("/wire", &[item("1", "Karabakh ceasefire agreed", TRUCE)]);
    world.parts.poller.tick(world.now.plus_secs(61)).await.unwrap();
    assert!(world.store.list_feeds().await.unwrap().iter().all(|feed| feed.crashes.count == 1));
    let asked = world.site.hits("/wire").len();
    world.parts.poller.tick(world.now.plus_secs(67)).await.unwrap();
    assert_eq!(world.site.hits("/wire").len(), asked + 1);
    // Of two feeds, one of which was suspected already, the other one is innocent.
    for feed in world.store.list_feeds().await.unwrap() {
        world.store.mark_reading(feed.id, world.now).await.unwrap();
    }
    world.parts.poller.tick(world.now.plus_secs(200)).await.unwrap();
    let mut counts = Vec::new();
    for outlet in ["wire", "post"] {
        counts.push(find(&world, outlet).await.crashes.count);
    }
    assert_eq!(counts, [0, 2], "the wire was read to its end, the post had nothing new");
}

#[tokio::test]
async fn a_chats_feed_stays_suspected_although_it_was_read() {
    let mut world = World::with_chat_feeds().await;
    world.publish("/mine", &[item("1", "One of mine", "Text")]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    let feed = find(&world, "127.0.0.1").await;
    world.store.mark_reading(feed.id, world.now).await.unwrap();
    world.poll().await;
    world.publish("/mine", &[item("2", "Two of mine", "Text")]);
    world.poll().await;
    let feed = find(&world, "127.0.0.1").await;
    assert_eq!((feed.crashes.count, feed.crashes.reading_since), (1, None));
    world.store.mark_reading(feed.id, world.now).await.unwrap();
    let asked = world.site.hits("/mine").len();
    world.parts.poller.tick(world.now.plus_secs(61)).await.unwrap();
    assert_eq!((find(&world, "127.0.0.1").await.crashes.count, world.site.hits("/mine").len()), (2, asked));
}

#[tokio::test]
async fn a_kill_while_a_page_is_read_is_known_at_the_next_start() {
    let stage = Stage::new().await;
    stage.add_settings("full_text = true\n");
    let mut program = stage.subscribed().await;
    let link = stage.site.url("/page");
    stage.site.set_page("/page", Page::ok("<p>late</p>").delay(Duration::from_secs(60)));
    stage.publish(&[FeedItem { link, ..ceasefire() }]);
    stage.site.wait_for_hits("/page", 1, SOON).await.unwrap();
    program.kill();
    let program = stage.start();
    if !stage.database.is_shared() {
        program.wait_for_log("the program ended while it read this feed", SOON).await;
        let listed = stdout(&run(&["feeds", "list", "--config", stage.config_path()]));
        assert!(listed.contains("the program ended once while it read this feed, next try at"), "{listed}");
    }
    stage.wait_for_alerts(1).await;
}

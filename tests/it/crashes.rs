//! Feeds that the program dies of: they are known at the next start, and set aside.

use std::time::Duration;

use ceasewire_model::{Feed, Timestamp};
use uuid::Uuid;

use crate::restart::{Stage, ceasefire};
use crate::support::program::{run, stdout};
use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::bot_api::Fault;
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

#[tokio::test]
async fn feeds_in_hand_at_a_death_are_read_alone_afterwards() {
    let world = World::new().await;
    let asked = |path: &str| world.site.hits(path).len();
    let before = (asked("/wire"), asked("/post"));
    let (wire, post) = (find(&world, "wire").await, find(&world, "post").await);
    // Another process has died during the requests: it had read nothing yet.
    if world.store.is_shared() {
        return;
    }
    let later = world.now.plus_secs(61);
    world.store.mark_polled(&[wire.id, post.id], later).await.unwrap();
    world.store.end_poll_leases().await.unwrap();
    world.parts.poller.tick(later).await.unwrap();
    assert_eq!((asked("/wire"), asked("/post")), before, "neither is asked at once");
    for feed in world.store.list_feeds().await.unwrap() {
        assert_eq!((feed.crashes.count, feed.crashes.last_at), (1, Some(later)), "{}", feed.url);
    }
    // The wire is marked before its first request: the next death names no other feed.
    world.site.set_page("/wire", Page::ok("").delay(Duration::from_secs(60)));
    let now = later.plus_secs(6);
    let node = world.another_node().await;
    let ticking = tokio::time::timeout(Duration::from_secs(2), node.poller.tick(now));
    assert!(ticking.await.is_err(), "the wire's server is silent");
    let marks = (find(&world, "wire").await.crashes.reading_since, find(&world, "post").await.crashes.reading_since);
    assert_eq!(marks, (Some(now), None));
    world.store.end_poll_leases().await.unwrap();
    world.parts.poller.tick(now.plus_secs(1)).await.unwrap();
    let counts = (find(&world, "wire").await.crashes.count, find(&world, "post").await.crashes.count);
    assert_eq!(counts, (2, 1));
}

#[tokio::test]
async fn a_process_killed_during_a_request_names_the_feed() {
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    if stage.database.is_shared() {
        return;
    }
    stage.site.set_page("/wire", Page::ok("").delay(Duration::from_secs(60)));
    let hits = stage.site.hits("/wire").len();
    stage.site.wait_for_hits("/wire", hits + 1, SOON).await.unwrap();
    program.kill();
    stage.publish(&[ceasefire()]);
    let program = stage.start();
    program.wait_for_log("the program ended while it read this feed", SOON).await;
    stage.wait_for_alerts(1).await;
}

#[tokio::test]
async fn a_page_that_the_program_died_of_is_not_read_again() {
    let mut world = World::full_text().await;
    let feed = find(&world, "wire").await;
    let page = |name: &str| format!("<html><body><article><p>{}</p></article></body></html>", name.repeat(300));
    world.site.set_page("/deadly", Page::ok(page("deadly words of a page ")));
    world.site.set_page("/harmless", Page::ok(page("harmless words of a page ")));
    let entry = |name: &str| FeedItem {
        link: world.site.url(&format!("/{name}")),
        ..item(name, &format!("Headline about {name} things"), "A teaser")
    };
    let entries = [entry("deadly"), entry("harmless")];
    // Another process has died while it read the page.
    world.store.mark_reading(feed.id, world.now).await.unwrap();
    world.store.mark_page(feed.id, Some(&world.site.url("/deadly"))).await.unwrap();
    world.publish("/wire", &entries);
    world.poll().await;
    assert_eq!(find(&world, "wire").await.crashes.page_set_aside, Some(world.site.url("/deadly")));
    world.poll().await;
    assert_eq!((world.site.hits("/deadly").len(), world.site.hits("/harmless").len()), (0, 1));
    let crashes = find(&world, "wire").await.crashes;
    assert_eq!((crashes.count, crashes.page_in_hand, crashes.page_set_aside), (0, None, None));
}

#[tokio::test]
async fn after_two_deaths_no_page_of_the_feed_is_read() {
    let mut world = World::full_text().await;
    let feed = find(&world, "wire").await;
    for name in ["/one", "/two"] {
        world.store.mark_reading(feed.id, world.now).await.unwrap();
        world.store.mark_page(feed.id, Some(&world.site.url(name))).await.unwrap();
        world.poll().await;
    }
    let links = ["/one", "/two", "/three"].map(|name| world.site.url(name));
    let entries =
        links.map(|link| FeedItem { link: link.clone(), ..item(&link, &format!("About {link}"), "A teaser") });
    world.publish("/wire", &entries);
    world.poll().await;
    world.poll().await;
    assert_eq!(find(&world, "wire").await.crashes.count, 0, "the feed was read to its end");
    assert_eq!(["/one", "/two", "/three"].map(|name| world.site.hits(name).len()), [0, 0, 0]);
}

#[tokio::test]
async fn a_rule_that_the_program_died_of_is_set_aside() {
    let mut world = World::new().await;
    world.send_command("/filter add truce /bak./").await;
    world.send_command("/filter add truce /shush./").await;
    let subscriber = world.store.list_all_rules().await.unwrap()[0].subscriber_id;
    let rules = world.store.list_rules(subscriber).await.unwrap();
    // Another process has died while it evaluated the first one.
    world.store.mark_rule_in_hand(rules[0].id, Uuid::nil(), Timestamp(1)).await.unwrap();
    world.publish("/wire", &[item("1", "Truce near Baku", "Text"), item("2", "Truce near Shusha", "Text")]);
    world.poll_and_send().await;
    let left: Vec<String> = world.store.list_all_rules().await.unwrap().into_iter().map(|rule| rule.text).collect();
    assert_eq!(left, ["truce /shush./"]);
    let listed = world.send_command("/filter").await;
    assert!(listed.contains("broke the search") && listed.contains("matches nothing; write it anew"), "{listed}");
    // A new text gives the rule another chance.
    world.send_command("/filter edit 1 truce baku").await;
    assert_eq!(world.store.list_all_rules().await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_quick_command_in_hand_at_a_death_is_set_aside() {
    const GROUP: i64 = -900;
    let stage = Stage::new().await;
    let mut program = stage.subscribed().await;
    stage.api.add_group(GROUP, "Desk", false);
    // The command waits for the platform's word on the rights of the member.
    stage.api.answer_always("getChatMember", Some(Fault::Silence));
    stage.api.group_says(GROUP, USER, None, "/filter remove 1");
    stage.api.wait_until(SOON, |state| state.requests("getChatMember") > 0).await.unwrap();
    program.kill();
    stage.api.answer_always("getChatMember", None);
    let program = stage.start();
    program.wait_for_log("a process died while it handled this command", SOON).await;
    let informed = stage.api.wait_until(SOON, |state| {
        state.sent().iter().any(|sent| sent.chat_id == GROUP && sent.plain.contains("/filter"))
    });
    informed.await.unwrap();
}

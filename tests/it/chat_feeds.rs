//! Feeds that chats add for themselves, and what the operator hears of feeds.

use ceasewire_model::FeedTrouble;

use crate::support::feed_site::{Page, Rss};
use crate::support::world::{TRUCE, USER, World, item};

const OTHER: i64 = 8;

fn publish(world: &World, path: &str, title: &str, items: &[(&str, &str)]) {
    let rss = items.iter().fold(Rss::new(title), |rss, (id, title)| rss.item(item(id, title, TRUCE)));
    world.site.set(path, rss.to_xml());
}

async fn say_as(world: &World, user: i64, text: &str) -> String {
    let before = world.api.sent().len();
    world.api.user_says(user, text);
    world.answer().await;
    world.answers_since(before).join("\n---\n")
}

#[tokio::test]
async fn a_feed_is_tried_at_once_and_its_articles_reach_only_the_chat_that_added_it() {
    let mut world = World::open_to_strangers().await;
    world.say("/subscribe ceasefire").await;
    say_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[("a", "First of mine"), ("b", "Second"), ("c", "Third"), ("d", "Fourth")]);
    let answer = world.say(&format!("/feed add {}", world.site.url("/mine"))).await;
    assert!(answer.contains("number 1: My Wire") && answer.contains("First of mine"), "{answer}");
    assert!(!answer.contains("Fourth"), "{answer}");
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0, "what is there is stored silently");

    publish(&world, "/mine", "My Wire", &[("e", "Karabakh truce agreed, says my wire")]);
    world.poll_and_send().await;
    let alerts = world.sent_starting("Ceasefire");
    assert_eq!(alerts.iter().map(|sent| sent.chat_id).collect::<Vec<_>>(), [USER]);
    assert!(world.say("/latest").await.contains("says my wire"));
    let seen = say_as(&world, OTHER, "/latest").await;
    assert!(!seen.contains("my wire"), "{seen}");
    assert!(say_as(&world, OTHER, "/why https://news.example/e").await.contains("do not know this article"));
    assert!(world.say("/why https://news.example/e").await.contains("sent to you"));
}

#[tokio::test]
async fn what_a_strangers_feed_claims_keeps_nothing_from_anyone() {
    let mut world = World::open_to_strangers().await;
    world.say("/subscribe ceasefire").await;
    say_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    world.say(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    // The same address and title as the wire's own article, a moment earlier.
    publish(&world, "/mine", "My Wire", &[("t", "Karabakh truce agreed in Moscow")]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("t", "Karabakh truce agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    let mut chats: Vec<i64> = world.sent_starting("Ceasefire").iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, [USER, OTHER], "each once");
}

#[tokio::test]
async fn the_address_of_a_site_adds_its_feed() {
    let world = World::open_to_strangers().await;
    publish(&world, "/news/feed.xml", "News of the site", &[("a", "A headline of the site")]);
    let html = "<html><head><title>Site</title><link rel='alternate' type='application/rss+xml' href='/news/feed.xml'>\
        </head><body><p>Welcome to the site, where there is much to read every day.</p></body></html>";
    world.site.set_page("/home", Page::ok(html).header("content-type", "text/html"));
    let answer = world.say(&format!("/feed add {}", world.site.url("/home"))).await;
    assert!(answer.contains("News of the site") && answer.contains("A headline of the site"), "{answer}");
    let list = world.say("/feed").await;
    assert!(list.contains("1. News of the site") && list.contains("not read yet"), "{list}");
}

#[tokio::test]
async fn what_cannot_be_added_is_said_with_the_reason() {
    let mut world = World::open_to_strangers().await;
    publish(&world, "/a", "A", &[("a", "One of a")]);
    publish(&world, "/b", "B", &[("b", "One of b")]);
    publish(&world, "/c", "C", &[("c", "One of c")]);
    world.site.set_page(
        "/page",
        Page::ok("<html><body>No feed here at all.</body></html>").header("content-type", "text/html"),
    );
    world.site.set_page("/gone", Page::status(410));
    let url = |path: &str| world.site.url(path);
    for (typed, expected) in [
        ("nonsense".to_owned(), "no web address"),
        (url("/wire"), "already, for all chats"),
        (url("/page"), "names no feed"),
        (url("/gone"), "error 410"),
        ("http://127.0.0.2/feed".to_owned(), "public web address"),
        ("http://169.254.169.254/latest/meta-data".to_owned(), "public web address"),
        ("http://2130706434/".to_owned(), "public web address"),
        ("http://reader@127.0.0.1:22/feed".to_owned(), "public web address"),
    ] {
        let answer = world.say(&format!("/feed add {typed}")).await;
        assert!(answer.contains(expected), "{typed}: {answer}");
    }
    assert!(world.say(&format!("/feed add {}", url("/a"))).await.contains("number 1"));
    assert!(world.say(&format!("/feed add {}", url("/a"))).await.contains("on this chat's list already"));
    assert!(world.say(&format!("/feed {}", url("/b"))).await.contains("number 2"));
    assert!(world.say(&format!("/feed add {}", url("/c"))).await.contains("A chat can have 2 feeds"));
    assert!(world.say("/feed remove 3").await.contains("no feed"));
    assert!(world.say("/feed remove 1").await.contains("I no longer read A for this chat"));
    world.poll().await;
    assert!(world.site.hits("/a").len() == 1, "only the trial");
    assert!(world.say("/feed").await.contains("1. B"));
}

#[tokio::test]
async fn forgetting_a_chat_lets_its_feeds_rest() {
    let world = World::open_to_strangers().await;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    world.say(&format!("/feed add {}", world.site.url("/mine"))).await;
    let feeds = world.store.list_feeds().await.unwrap().len();
    world.say("/forget").await;
    world.api.press(USER, world.api.sent().pop().unwrap().message_id, USER, "forget:yes");
    world.answer().await;
    assert_eq!(world.store.list_feeds().await.unwrap().len(), feeds - 1);
}

#[tokio::test]
async fn a_feed_that_fails_for_a_day_is_reported_once_and_not_given_up() {
    let mut world = World::open_to_strangers().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    world.poll().await;
    world.site.set_page("/wire", Page::status(500));
    world.poll().await;
    assert!(world.say("/feeds bad").await.contains("0 failing"));
    for _ in 0..30 {
        world.now = world.now.plus_secs(3600);
        world.poll().await;
    }
    let troubled = world.store.list_troubled_feeds().await.unwrap();
    assert_eq!(troubled.len(), 1);
    assert_eq!(troubled[0].reported, Some(FeedTrouble::Failing));
    let said = world.say("/feeds").await;
    assert!(said.contains("1 failing") && said.contains("failing since") && said.contains("500"), "{said}");
    assert!(say_as(&world, OTHER, "/feeds").await.contains("Only the operator"));

    world.publish("/wire", &[item("2", "Back again with news", "Text")]);
    world.now = world.now.plus_secs(3600);
    world.poll().await;
    assert!(world.store.list_troubled_feeds().await.unwrap().is_empty());
    assert!(world.say("/latest").await.contains("Back again with news"));
}

#[tokio::test]
async fn a_feed_that_is_silent_far_beyond_its_habit_is_reported() {
    let mut world = World::open_to_strangers().await;
    for number in 0..6 {
        world.publish("/wire", &[item(&number.to_string(), &format!("Headline number {number} of the wire"), "Text")]);
        world.poll().await;
    }
    assert!(world.store.list_troubled_feeds().await.unwrap().is_empty());
    world.now = world.now.plus_secs(25 * 3600);
    world.poll().await;
    let troubled = world.store.list_troubled_feeds().await.unwrap();
    assert_eq!(troubled.iter().map(|feed| feed.reported).collect::<Vec<_>>(), [Some(FeedTrouble::Silent)]);
    assert!(world.say("/feeds bad").await.contains("nothing new since"));
}

#[tokio::test]
async fn a_strangers_digest_joins_no_stories_of_others() {
    let mut world = World::open_to_strangers().await;
    say_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    world.say(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    let second = "<p>A ceasefire line in Karabakh was crossed near Hadrut on Sunday evening, when tanks moved up the road to \
        the village of Talish and fired upon trenches there, officers of both armies said; eleven men are missing, and the \
        monitors of the Red Cross could not reach the place before nightfall because of mines.</p>";
    world.publish("/wire", &[item("p1", "Ceasefire agreed in Karabakh", TRUCE)]);
    world.poll_and_send().await;
    let digest = Rss::new("My Wire").item(item("d", "Ceasefire agreed in Karabakh", &format!("{TRUCE}{second}")));
    world.site.set("/mine", digest.to_xml());
    world.poll_and_send().await;
    world.publish("/post", &[item("p2", "Ceasefire line in Karabakh crossed near Hadrut", second)]);
    world.poll_and_send().await;
    let told = world.sent_starting("Ceasefire").into_iter().filter(|sent| sent.chat_id == OTHER).count();
    assert_eq!(told, 2, "both events");
}

#[tokio::test]
async fn a_chats_feed_that_becomes_everyones_begins_silently() {
    let mut world = World::open_to_strangers().await;
    say_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[("a", "Karabakh ceasefire of this morning")]);
    world.say(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    let mut feeds = world.settings.feeds.clone();
    let url = world.site.url("/mine");
    feeds.push(ceasewire_model::FeedSource { url, outlet: "mine".into(), ..Default::default() });
    world.store.sync_feeds(&feeds, world.now).await.unwrap();
    publish(
        &world,
        "/mine",
        "My Wire",
        &[("b", "Shusha ceasefire of noon"), ("a", "Karabakh ceasefire of this morning")],
    );
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 0);
    publish(&world, "/mine", "My Wire", &[("c", "Lachin ceasefire of the evening")]);
    world.poll_and_send().await;
    assert_eq!(world.sent_starting("Ceasefire").len(), 1);
    // Named no more, it is the chat's again.
    world.store.sync_feeds(&world.settings.feeds, world.now).await.unwrap();
    assert!(world.say("/feed").await.contains("1. My Wire"));
}

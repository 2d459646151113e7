//! Feeds that chats add for themselves, and the operator's view of feeds.

use std::time::Duration;

use ceasewire::app;
use ceasewire_model::{Clock, FeedTrouble};
use tokio_util::sync::CancellationToken;

use crate::support::program::{run, stderr};
use crate::support::world::{TRUCE, USER, World, item};
use ceasewire_testkit::feed_site::{Page, Rss};
use ceasewire_testkit::raw_site::{RawSite, Reply};

const OTHER: i64 = 8;

fn publish(world: &World, path: &str, title: &str, items: &[(&str, &str)]) {
    let rss = items.iter().fold(Rss::new(title), |rss, (id, title)| rss.item(item(id, title, TRUCE)));
    world.site.set(path, rss.to_xml());
}

async fn send_command_as(world: &World, user: i64, text: &str) -> String {
    let before = world.api.sent().len();
    world.api.user_says(user, text);
    world.process_updates().await;
    world.texts_since(before).join("\n---\n")
}

#[tokio::test]
async fn a_chats_feed_is_probed_and_private_to_the_chat() {
    let mut world = World::with_chat_feeds().await;
    world.send_command("/subscribe ceasefire").await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[("a", "First of mine"), ("b", "Second"), ("c", "Third"), ("d", "Fourth")]);
    insta::assert_snapshot!(world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await, @"
    Added as number 1: My Wire. From now on you get alerts for its new articles that match your topics and filters.

    Its newest:
    First of mine · date not given
    Second · date not given
    Third · date not given
    ");
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0, "what is there is stored silently");

    publish(&world, "/mine", "My Wire", &[("e", "Karabakh truce agreed, says my wire")]);
    world.poll_and_send().await;
    let alerts = world.messages_starting_with("Ceasefire");
    assert_eq!(alerts.iter().map(|sent| sent.chat_id).collect::<Vec<_>>(), [USER]);
    insta::assert_snapshot!(world.send_command("/latest").await, @"
    Latest

    Karabakh truce agreed, says my wire
    127.0.0.1 · date not given · 4 reports

    Fourth
    127.0.0.1 · date not given
    ");
    insta::assert_snapshot!(send_command_as(&world, OTHER, "/latest").await, @"No matching article in the last 30 days.");
    insta::assert_snapshot!(send_command_as(&world, OTHER, "/why https://news.example/e").await, @"
    I do not know this article: none of my feeds has its address.
    I read no feed of news.example.
    ");
    insta::assert_snapshot!(world.send_command("/why https://news.example/e").await, @"
    Karabakh truce agreed, says my wire
    127.0.0.1 · date not given

    It was sent to you on [date], [time] UTC.

    Topic Ceasefire found:
    – Karabakh truce agreed, says my wire
    – … ministers of Armenia and Azerbaijan agreed to a ceasefire in Nagorno-Karabakh from noon on Saturday, after ten …
    ");
}

#[tokio::test]
async fn a_strangers_feed_hides_no_articles_from_others() {
    let mut world = World::with_chat_feeds().await;
    world.send_command("/subscribe ceasefire").await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    // The same address and title as the wire's own article, a moment earlier.
    publish(&world, "/mine", "My Wire", &[("t", "Karabakh truce agreed in Moscow")]);
    world.poll_and_send().await;
    world.publish("/wire", &[item("t", "Karabakh truce agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    let mut chats: Vec<i64> = world.messages_starting_with("Ceasefire").iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    assert_eq!(chats, [USER, OTHER], "each once");
}

#[tokio::test]
async fn the_address_of_a_site_adds_its_feed() {
    let world = World::with_chat_feeds().await;
    publish(&world, "/news/feed.xml", "News of the site", &[("a", "A headline of the site")]);
    let html = "<html><head><title>Site</title><link rel='alternate' type='application/rss+xml' href='/news/feed.xml'>\
        </head><body><p>Welcome to the site, where there is much to read every day.</p></body></html>";
    world.site.set_page("/home", Page::ok(html).header("content-type", "text/html"));
    insta::assert_snapshot!(world.converse(&[&format!("/feed add {}", world.site.url("/home")), "/feed"]).await, @"
    > /feed add http://127.0.0.1:[port]/home
    Added as number 1: News of the site. From now on you get alerts for its new articles that match your topics and filters.

    Its newest:
    A headline of the site · date not given

    > /feed
    Feeds of this chat
    1. News of the site – not read yet
    /feed remove and a number removes one.
    ");
}

#[tokio::test]
async fn a_refused_feed_is_answered_with_the_reason() {
    let mut world = World::with_chat_feeds().await;
    publish(&world, "/a", "A", &[("a", "One of a")]);
    publish(&world, "/b", "B", &[("b", "One of b")]);
    publish(&world, "/c", "C", &[("c", "One of c")]);
    world.site.set_page(
        "/page",
        Page::ok("<html><body>No feed here at all.</body></html>").header("content-type", "text/html"),
    );
    world.site.set_page("/gone", Page::status(410));
    let url = |path: &str| world.site.url(path);
    let mut refusals = Vec::new();
    for typed in [
        "nonsense".to_owned(),
        url("/wire"),
        url("/page"),
        url("/gone"),
        "http://127.0.0.2/feed".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "http://2130706434/".to_owned(),
        "http://reader@127.0.0.1:22/feed".to_owned(),
    ] {
        refusals.push(world.converse(&[&format!("/feed add {typed}")]).await);
    }
    insta::assert_snapshot!(refusals.join("\n"), @r#"
    > /feed add nonsense
    nonsense is no web address. Type /feed add and the address of a feed or a site, such as https://www.osce.org.
    > /feed add http://127.0.0.1:[port]/wire
    I read Feed already, for all chats. Your topics and filters find its articles.
    > /feed add http://127.0.0.1:[port]/page
    This is a web page that names no feed, and there is none at the usual places. Look for "RSS" on the site.
    > /feed add http://127.0.0.1:[port]/gone
    The site answers with the error 410. Open the address in a browser, and give me the one that works there.
    > /feed add http://127.0.0.2/feed
    I cannot read this address. It must be the public web address of a site that answers, on a usual port.
    > /feed add http://169.254.169.254/latest/meta-data
    I cannot read this address. It must be the public web address of a site that answers, on a usual port.
    > /feed add http://2130706434/
    I cannot read this address. It must be the public web address of a site that answers, on a usual port.
    > /feed add http://reader@127.0.0.1:[port]/feed
    I cannot read this address. It must be the public web address of a site that answers, on a usual port.
    "#);
    insta::assert_snapshot!(world.converse(&[&format!("/feed add {}", url("/a")), &format!("/feed {}", url("/b")), &format!("/feed add {}", url("/c")), "/feed remove 3", "/feed remove 1"]).await, @"
    > /feed add http://127.0.0.1:[port]/a
    Added as number 1: A. From now on you get alerts for its new articles that match your topics and filters.

    Its newest:
    One of a · date not given

    > /feed http://127.0.0.1:[port]/b
    Added as number 2: B. From now on you get alerts for its new articles that match your topics and filters.

    Its newest:
    One of b · date not given

    > /feed add http://127.0.0.1:[port]/c
    A chat can have 2 feeds. Remove one with /feed remove and its number.

    > /feed remove 3
    There is no feed 3. Type /feed to see the list.

    > /feed remove 1
    I no longer read A for this chat.
    ");
    world.poll().await;
    assert!(world.site.hits("/a").len() == 1, "only the trial");
    insta::assert_snapshot!(world.send_command("/feed").await, @"
    Feeds of this chat
    1. B
    /feed remove and a number removes one.
    ");
}

#[tokio::test]
async fn forgetting_a_chat_lets_its_feeds_rest() {
    let world = World::with_chat_feeds().await;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    let feeds = world.store.list_feeds().await.unwrap().len();
    world.send_command("/forget").await;
    world.api.press(USER, world.api.sent().pop().unwrap().message_id, USER, "forget:yes");
    world.process_updates().await;
    assert_eq!(world.store.list_feeds().await.unwrap().len(), feeds - 1);
}

#[tokio::test]
async fn a_feed_that_fails_for_a_day_is_reported_once() {
    let mut world = World::with_chat_feeds().await;
    world.publish("/wire", &[item("1", "A headline of today", "Text")]);
    world.poll().await;
    world.site.set_page("/wire", Page::status(500));
    world.poll().await;
    insta::assert_snapshot!(world.send_command("/feeds bad").await, @"2 feeds are read; 0 failing for a day, 0 silent for far longer than usual.");
    for _ in 0..30 {
        world.now = world.now.plus_secs(3600);
        world.poll().await;
    }
    let troubled = world.store.list_troubled_feeds().await.unwrap();
    assert_eq!(troubled.len(), 1);
    assert_eq!(troubled[0].trouble, Some(FeedTrouble::Failing));
    insta::assert_snapshot!(world.send_command("/feeds").await, @"
    2 feeds are read; 1 failing for a day, 0 silent for far longer than usual.
    Feed (wire) – failing since [date], [time] UTC: the server answered 500 Internal Server Error
    ");
    insta::assert_snapshot!(send_command_as(&world, OTHER, "/feeds").await, @"Only the operator sees the state of the feeds. If that is you, put 8 into chats.operators.");

    world.publish("/wire", &[item("2", "Back again with news", "Text")]);
    world.now = world.now.plus_secs(3600);
    world.poll().await;
    assert!(world.store.list_troubled_feeds().await.unwrap().is_empty());
    insta::assert_snapshot!(world.send_command("/latest").await, @"
    Latest

    Back again with news
    The Wire (GE) · date not given

    A headline of today
    The Wire (GE) · date not given
    ");
}

#[tokio::test]
async fn a_feed_that_is_silent_far_beyond_its_habit_is_reported() {
    let mut world = World::with_chat_feeds().await;
    for number in 0..6 {
        world.publish("/wire", &[item(&number.to_string(), &format!("Headline number {number} of the wire"), "Text")]);
        world.poll().await;
    }
    assert!(world.store.list_troubled_feeds().await.unwrap().is_empty());
    world.now = world.now.plus_secs(25 * 3600);
    world.poll().await;
    let troubled = world.store.list_troubled_feeds().await.unwrap();
    assert_eq!(troubled.iter().map(|feed| feed.trouble).collect::<Vec<_>>(), [Some(FeedTrouble::Silent)]);
    insta::assert_snapshot!(world.send_command("/feeds bad").await, @"
    2 feeds are read; 0 failing for a day, 1 silent for far longer than usual.
    Feed (wire) – nothing new since [date], [time] UTC
    ");
}

#[tokio::test]
async fn a_strangers_digest_joins_no_stories_of_others() {
    let mut world = World::with_chat_feeds().await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
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
    let told = world.messages_starting_with("Ceasefire").into_iter().filter(|sent| sent.chat_id == OTHER).count();
    assert_eq!(told, 2, "both events");
}

#[tokio::test]
async fn a_chats_feed_that_becomes_everyones_begins_silently() {
    let mut world = World::with_chat_feeds().await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[("a", "Karabakh ceasefire of this morning")]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
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
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 0);
    publish(&world, "/mine", "My Wire", &[("c", "Lachin ceasefire of the evening")]);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
    // Named no more, it is the chat's again.
    world.store.sync_feeds(&world.settings.feeds, world.now).await.unwrap();
    insta::assert_snapshot!(world.send_command("/feed").await, @"
    Feeds of this chat
    1. My Wire
    /feed remove and a number removes one.
    ");
}

#[tokio::test]
async fn the_topics_of_a_forum_share_the_feeds_of_their_chat() {
    const GROUP: i64 = -1001;
    let world = World::with_chat_feeds().await;
    world.api.add_group(GROUP, "Desk", true);
    world.api.set_admin(GROUP, USER);
    for path in ["/a", "/b", "/c"] {
        publish(&world, path, path, &[(path, "One headline of it")]);
    }
    let mut answers = Vec::new();
    for (thread, path) in [(11, "/a"), (12, "/b"), (13, "/c")] {
        world.api.add_topic(GROUP, thread);
        let text = format!("/feed add {}", world.site.url(path));
        let answer = world.send_group_command(GROUP, USER, Some(thread), &text).await;
        answers.push(answer.lines().next().unwrap_or_default().to_owned());
    }
    insta::assert_snapshot!(answers.join("\n").replace('\u{2060}', ""), @"
    Added as number 1: /a. From now on you get alerts for its new articles that match your topics and filters.
    Added as number 1: /b. From now on you get alerts for its new articles that match your topics and filters.
    A chat can have 2 feeds. Remove one with /feed remove and its number.
    ");
}

#[tokio::test]
async fn the_operator_takes_a_feed_off_the_lists_of_all_chats() {
    let mut world = World::with_chat_feeds().await;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    let add = format!("/feed add {}", world.site.url("/mine"));
    world.send_command(&add).await;
    send_command_as(&world, OTHER, &add).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("c.toml");
    let text = format!("[database]\nurl = \"{}\"\n[conflict]\nprofile_feeds = false\n", world.database.url);
    std::fs::write(&config, text).unwrap();
    let remove = || run(&["feeds", "remove", &world.site.url("/mine"), "--config", config.to_str().unwrap()]);
    let removed = remove();
    assert!(removed.status.success(), "{}", stderr(&removed));
    assert!(stderr(&removed).contains("polled no more, and taken off the lists of 2 chats"), "{}", stderr(&removed));
    assert!(!remove().status.success());
    let asked = world.site.hits("/mine").len();
    world.poll().await;
    assert_eq!(world.site.hits("/mine").len(), asked);
    assert!(world.send_command("/feed").await.contains("This chat has added no feeds"));
}

#[tokio::test]
async fn feeds_of_chats_rest_while_none_are_allowed() {
    let mut world = World::with_chat_feeds().await;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    for (max_feeds, polls) in [(0, 0), (2, 1)] {
        world.settings.config.chats.max_feeds = max_feeds;
        world.parts = app::build(&world.settings, &world.store, &[], Clock::System, 0).unwrap();
        let (mine, wire) = (world.site.hits("/mine").len(), world.site.hits("/wire").len());
        world.poll().await;
        assert_eq!(world.site.hits("/mine").len() - mine, polls, "{max_feeds}");
        assert_eq!(world.site.hits("/wire").len() - wire, 1, "{max_feeds}");
    }
}

#[tokio::test]
async fn slow_feeds_of_chats_take_no_poll_slot_of_the_operators() {
    let mut world = World::with_chat_feeds().await;
    // More slow feeds than both kinds of slots together.
    let site = RawSite::start(|_| Reply::Hang(Vec::new())).await;
    world.settings.config.poller.concurrency = 2;
    world.settings.config.budgets.chat_feeds.concurrency = 3;
    world.settings.config.chats.max_feeds = 20;
    world.settings.config.fetch.allow_ports.push(site.port());
    (world.settings.config.fetch.timeout_secs, world.settings.config.fetch.header_timeout_secs) = (300, 300);
    world.settings.config.fetch.per_host_concurrency = 20;
    world.settings.config.fetch.per_host_spacing_ms = 0;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    let mine = world.store.find_feed(&world.site.url("/mine")).await.unwrap().unwrap();
    let subscriber = world.store.list_feed_subscribers(mine.id).await.unwrap()[0];
    let address = ceasewire_model::Address {
        platform: ceasewire_model::Platform::Telegram,
        chat: USER.to_string(),
        thread: None,
    };
    let limits = ceasewire::store::ChatFeedLimits { per_chat: 20, in_all: 20 };
    let long_ago = world.now.plus_secs(-2 * 86_400);
    for number in 0..10 {
        let source = ceasewire_model::FeedSource {
            url: site.url(&format!("/{number}")),
            outlet: "slow".into(),
            ..ceasewire_model::FeedSource::default()
        };
        let new = ceasewire::store::NewFeed { source, origin: ceasewire_model::FeedOrigin::Chat, title: None };
        let inserted = world.store.insert_feed_of_chat(&new, &address, subscriber, limits, long_ago).await;
        assert_eq!(inserted.unwrap(), Ok(()));
    }
    // The operator's feeds are due too, since a shorter time.
    assert_eq!(world.store.repair_poll_times(world.now.plus_secs(-86_400), 3600).await.unwrap(), 3);
    let parts = app::build(&world.settings, &world.store, &[], Clock::System, 0).unwrap();
    let stop = CancellationToken::new();
    let asked = world.site.hits("/wire").len();
    let poller = tokio::spawn(std::sync::Arc::new(parts.poller).run(stop.clone()));
    // The slow feeds are the longest due, and hold their slots to the end of the test.
    world.site.wait_for_hits("/wire", asked + 2, Duration::from_secs(60)).await.unwrap();
    assert!(site.requests().len() <= 3, "{:?}", site.requests());
    stop.cancel();
    poller.await.unwrap();
}

#[tokio::test]
async fn the_list_of_a_chat_shows_no_secret_of_an_address() {
    let world = World::with_chat_feeds().await;
    publish(&world, "/mine", "Mine", &[("a", "One of mine")]);
    let address = world.site.url("/mine").replace("//", "//ani:hunter2@");
    world.send_command(&format!("/feed add {address}")).await;
    assert!(world.send_command("/feed").await.contains("1. Mine"));
    let sent = format!("{:?}", world.api.sent().pop().unwrap());
    assert!(!sent.contains("hunter2"), "{sent}");
}

/// The truce of the wire in another reporter's words.
const OTHER_WORDS: &str = "<p>Armenia and Azerbaijan have agreed to a ceasefire in Nagorno-Karabakh that begins at noon on \
    Saturday, Sergei Lavrov announced in Moscow after ten hours of talks between the two foreign ministers. The Red Cross \
    will help to exchange prisoners and bodies of the dead.</p>";

/// Lets both chats subscribe, and each add a feed of its own: `/mine` of the user, `/theirs` of the other.
async fn with_two_chats() -> World {
    let mut world = World::with_chat_feeds().await;
    world.send_command("/subscribe ceasefire").await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    publish(&world, "/theirs", "Their Wire", &[]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    send_command_as(&world, OTHER, &format!("/feed add {}", world.site.url("/theirs"))).await;
    world.poll().await;
    world
}

fn alerted_chats(world: &World) -> Vec<i64> {
    let mut chats: Vec<i64> = world.messages_starting_with("Ceasefire").iter().map(|sent| sent.chat_id).collect();
    chats.sort_unstable();
    chats
}

/// Copies of the wire's report, each under a title of its own.
fn copies(count: usize) -> Rss {
    (0..count).fold(Rss::new("Copies"), |rss, number| {
        rss.item(item(&format!("c{number}"), &format!("Karabakh truce agreed in Moscow, part {number}"), TRUCE))
    })
}

#[tokio::test]
async fn copies_in_a_strangers_feed_wake_no_chat_twice() {
    let mut world = World::with_chat_feeds().await;
    send_command_as(&world, OTHER, "/subscribe ceasefire").await;
    publish(&world, "/mine", "My Wire", &[]);
    world.send_command(&format!("/feed add {}", world.site.url("/mine"))).await;
    world.poll().await;
    world.publish("/wire", &[item("1", "Karabakh truce agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    world.site.set("/mine", copies(250).to_xml());
    world.poll_and_send().await;
    // The copies must not return by the reading at a start either.
    world.parts = world.another_node().await;
    world.publish("/post", &[item("2", "Fighting in Karabakh to stop at noon", OTHER_WORDS)]);
    world.poll_and_send().await;
    assert_eq!(alerted_chats(&world), [OTHER]);
    assert_eq!(world.store.list_story_reports(story(&world).await, None).await.unwrap().len(), 2);
}

/// The story of the wire's article.
async fn story(world: &World) -> ceasewire_model::StoryId {
    let articles = world.store.list_recent_articles(None, ceasewire_model::Timestamp(0), None, 100).await.unwrap();
    articles.iter().find(|article| article.outlet == "wire").unwrap().story_id
}

#[tokio::test]
async fn each_chat_hears_once_of_an_event_that_its_own_feed_had_first() {
    let mut world = with_two_chats().await;
    // Copies in one chat's feed do not matter to the alert of the other chat.
    world.site.set("/mine", copies(60).to_xml());
    world.poll_and_send().await;
    publish(&world, "/theirs", "Their Wire", &[("t", "Ceasefire in Karabakh, their wire hears")]);
    world.poll_and_send().await;
    assert_eq!(alerted_chats(&world).iter().filter(|chat| **chat == OTHER).count(), 1);
    let before = alerted_chats(&world);
    world.publish("/wire", &[item("1", "Karabakh truce agreed in Moscow", TRUCE)]);
    world.poll_and_send().await;
    world.publish("/post", &[item("2", "Fighting in Karabakh to stop at noon", OTHER_WORDS)]);
    world.poll_and_send().await;
    assert_eq!(alerted_chats(&world), before, "neither chat is alerted again");
    // The alert of the chat's own feed shows the sources that followed.
    world.now = world.now.plus_secs(600);
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire").into_iter().find(|sent| sent.chat_id == OTHER).unwrap();
    assert!(alert.current_plain.contains("The Wire (GE)"), "{}", alert.current_plain);
    let story = send_command_as(&world, OTHER, "/story").await;
    assert!(story.starts_with("The story so far: 3 reports"), "{story}");
}

#[tokio::test]
async fn a_start_reads_public_articles_and_each_feed_s_apart() {
    let mut world = with_two_chats().await;
    world.publish("/wire", &[item("1", "Karabakh truce agreed in Moscow", TRUCE)]);
    world.poll().await;
    publish(&world, "/theirs", "Their Wire", &[("t", "Ceasefire in Karabakh, their wire hears")]);
    world.poll().await;
    world.site.set("/mine", copies(20).to_xml());
    world.poll().await;
    let read = async |public, of_a_feed, private| {
        let limits = ceasewire::store::StoryArticleLimits { public, of_a_feed, private };
        let found =
            world.store.list_story_articles_since(ceasewire_model::Timestamp(0), i64::MAX, limits).await.unwrap();
        let titles = found.into_iter().map(|article| article.title.split(',').next().unwrap().to_owned());
        titles.collect::<Vec<_>>().join("; ")
    };
    let (wire, theirs) = ("Karabakh truce agreed in Moscow", "Ceasefire in Karabakh");
    assert_eq!(read(1, 100, 0).await, wire);
    assert_eq!(read(1, 2, 100).await, [wire, theirs, wire, wire].join("; "));
    assert_eq!(read(1, 100, 2).await, [wire, theirs, wire].join("; "), "each feed's latest first");
}

//! Polling: conditional requests, and faulty answers of servers.

use std::sync::Arc;
use std::time::Duration;

use ceasewire_model::{Feed, FeedSource, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::support::world::{TRUCE, World, item};
use ceasewire_testkit::feed_site::{FeedItem, Page, Rss};
use ceasewire_testkit::raw_site::{RawSite, Reply};

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

/// Sets the page of `/wire` to one item and validators that may lie.
fn publish_with(world: &World, id: &str, title: &str, validators: &[(&str, &str)]) {
    let xml = Rss::new("Feed").item(item(id, title, TRUCE)).to_xml();
    let page = Page::ok(xml).header("content-type", "application/rss+xml");
    let page = validators.iter().fold(page, |page, (name, value)| page.header(name, value));
    world.site.set_page("/wire", page);
}

async fn wire(world: &World) -> Feed {
    world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap()
}

const LIES: [&[(&str, &str)]; 4] = [
    &[("last-modified", "Tue, 01 Jan 2041 00:00:00 GMT")],
    &[("last-modified", "Wed, 07 Oct 2020 00:00:00 GMT")],
    &[("etag", "\"for-ever\"")],
    &[("etag", "W/\"for-ever\""), ("last-modified", "Wed, 07 Oct 2020 00:00:00 GMT")],
];

#[tokio::test]
async fn a_server_that_says_304_for_ever_silences_no_feed() {
    for lie in LIES {
        let mut world = World::new().await;
        world.send_command("/subscribe ceasefire").await;
        publish_with(&world, "1", "Bread prices rise in Goris", lie);
        world.poll().await;
        publish_with(&world, "2", "Karabakh ceasefire agreed", lie);
        // Little more than an hour: the habit of a feed with one article is unknown.
        for _ in 0..70 {
            world.poll_and_send().await;
        }
        assert_eq!(world.messages_starting_with("Ceasefire").len(), 1, "{lie:?}");
        let asked = world.site.hits("/wire").len();
        publish_with(&world, "3", "Karabakh ceasefire holds, say both sides", lie);
        world.poll_and_send().await;
        assert!(world.send_command("/latest").await.contains("say both sides"), "at the next poll: {lie:?}");
        // The server is not trusted again: no request carries validators, and none is asked twice.
        let later = &world.site.hits("/wire")[asked..];
        assert_eq!(later.len(), 1, "{lie:?}");
        let conditions = ["if-none-match", "if-modified-since"];
        assert!(conditions.iter().all(|name| later[0].header(name).is_none()), "{lie:?}");
    }
}

#[tokio::test]
async fn an_honest_server_keeps_the_trust_in_its_validators() {
    let mut world = World::new().await;
    for hour in 0..4 {
        world.publish("/wire", &[item(&hour.to_string(), &format!("Headline of hour {hour}"), "Text")]);
        for _ in 0..60 {
            world.poll().await;
        }
        assert_eq!(wire(&world).await.validators.distrusted_at, None);
    }
    let hits = world.site.hits("/wire");
    let whole = hits.iter().filter(|hit| hit.answered_status == 200).count();
    assert!((8..=40).contains(&whole) && hits.len() > 200, "{whole} of {}", hits.len());
}

#[tokio::test]
async fn a_renewed_etag_of_the_same_body_is_stored() {
    let mut world = World::new().await;
    for etag in ["\"a\"", "\"b\""] {
        publish_with(&world, "1", "A headline", &[("etag", etag)]);
        world.poll().await;
        assert_eq!(wire(&world).await.validators.etag.as_deref(), Some(etag));
        world.poll().await;
        assert_eq!(world.site.hits("/wire").last().unwrap().answered_status, 304);
    }
}

#[tokio::test]
async fn no_validators_are_kept_of_a_broken_body() {
    let mut world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    let whole = Rss::new("Feed")
        .item(item("1", "Bread prices rise in Goris", "Text"))
        .item(item("2", "Karabakh ceasefire agreed", TRUCE))
        .to_xml();
    let cut = whole[..whole.rfind("<item>").unwrap() + 6].to_owned();
    // The cut body comes with the validators of the whole one.
    for body in [cut, whole] {
        world.site.set_page("/wire", Page::ok(body).header("etag", "\"whole\""));
        world.poll_and_send().await;
    }
    assert_eq!(world.messages_starting_with("Ceasefire").len(), 1);
    assert_eq!(wire(&world).await.validators.etag.as_deref(), Some("\"whole\""));
}

#[tokio::test]
async fn a_whole_feed_counts_however_its_body_ends() {
    let world = World::unpolled(0).await;
    let whole = Rss::new("Feed").item(item("1", "A headline", "Text")).to_xml();
    let cut = whole[..whole.len() - 8].to_owned();
    let mut results = Vec::new();
    for body in [whole, cut] {
        // A length that the server has counted wrongly.
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nETag: \"a\"\r\n\r\n{body}", body.len() + 9);
        let site = RawSite::start(move |_| Reply::Bytes(answer.clone().into())).await;
        let source = FeedSource { url: site.url("/"), outlet: "wire".into(), ..FeedSource::default() };
        world.store.sync_feeds(&[source], world.now).await.unwrap();
        world.parts.poller.tick(world.now).await.unwrap();
        let feed = world.store.find_feed(&site.url("/")).await.unwrap().unwrap();
        results.push((feed.failures, feed.last_error));
    }
    let broke_off = "the answer broke off: end of file before message length reached".to_owned();
    assert_eq!(results, [(0, None), (1, Some(broke_off))]);
}

#[tokio::test]
async fn a_pinned_post_leaves_a_feed_at_its_pace() {
    let mut gaps = Vec::new();
    for pinned in [false, true] {
        let mut world = World::unpolled(0).await;
        let dated = |id: &str, secs_ago: i64| FeedItem {
            pub_date: Some(world.now.plus_secs(-secs_ago).to_datetime().to_rfc2822()),
            ..item(id, &format!("Headline {id} of the day"), "Text")
        };
        let mut items: Vec<FeedItem> = (0..20).map(|number| dated(&number.to_string(), number * 300)).collect();
        if pinned {
            items.insert(0, dated("pinned", 14 * 86_400));
            items.push(dated("of-2041", -20 * 365 * 86_400));
        }
        world.publish("/wire", &items);
        world.publish("/post", &[]);
        world.poll().await;
        gaps.push(wire(&world).await.stats.new_every_secs);
    }
    assert_eq!(gaps, [Some(300), Some(300)]);
}

#[tokio::test]
async fn a_dead_kept_connection_costs_no_poll() {
    let mut world = World::unpolled(0).await;
    let xml = Rss::new("Feed").item(item("1", "A headline", "Text")).to_xml();
    let site = RawSite::start_counting(move |_, number| match number {
        0 => Reply::Keep(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{xml}", xml.len()).into()),
        _ => Reply::Reset,
    })
    .await;
    let source = FeedSource { url: site.url("/"), outlet: "wire".into(), ..FeedSource::default() };
    world.store.sync_feeds(&[source], world.now).await.unwrap();
    for _ in 0..4 {
        world.poll().await;
        let feed = world.store.find_feed(&site.url("/")).await.unwrap().unwrap();
        assert_eq!((feed.failures, feed.last_error), (0, None));
    }
    assert_eq!(site.requests().len(), 6);
}

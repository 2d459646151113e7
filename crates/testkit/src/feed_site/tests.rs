use std::time::{Duration, Instant};

use super::{FeedItem, FeedSite, Page, Rss, http_date};
use crate::http_client::exchange;

/// Long enough for a busy machine, short enough to wait for a failure.
const SOON: Duration = Duration::from_secs(5);

fn header<'a>(answer: &'a str, name: &str) -> &'a str {
    let line = answer.lines().find(|line| line.starts_with(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name} in {answer}")).split_once(": ").unwrap().1
}

#[tokio::test]
async fn an_unchanged_feed_is_not_sent_twice() {
    let site = FeedSite::start().await;
    let rss = |guid: &str| Rss::new("News").item(FeedItem { guid: guid.into(), ..FeedItem::default() }).to_xml();
    site.set("/feed.xml", rss("1"));
    let base = site.url("");
    let get = async |headers: &str| exchange(&base, "GET /feed.xml", headers, "").await;
    let first = get("").await;
    assert!(first.starts_with("HTTP/1.1 200") && first.contains("<guid isPermaLink=\"false\">1</guid>"), "{first}");
    assert_eq!(header(&first, "content-type"), "application/rss+xml");
    let (etag, date) = (header(&first, "etag"), header(&first, "last-modified"));

    let table = [
        (format!("if-none-match: {etag}\r\n"), 304),
        (format!("if-none-match: \"x\", W/{etag}\r\n"), 304),
        ("if-none-match: \"x\"\r\n".to_owned(), 200),
        (format!("if-none-match: \"x\"\r\nif-modified-since: {date}\r\n"), 200),
        (format!("if-modified-since: {date}\r\n"), 304),
        ("if-modified-since: Sun, 27 Sep 2020 04:10:00 GMT\r\n".to_owned(), 200),
        ("if-modified-since: yesterday\r\n".to_owned(), 200),
    ];
    for (headers, status) in &table {
        assert!(get(headers).await.starts_with(&format!("HTTP/1.1 {status}")), "{headers}");
    }
    site.set("/feed.xml", rss("1"));
    assert!(get(&table[4].0).await.starts_with("HTTP/1.1 304"), "the same body is no change");
    site.set("/feed.xml", rss("2"));
    for condition in [&table[0].0, &table[4].0] {
        assert!(get(condition).await.starts_with("HTTP/1.1 200"), "{condition}");
    }
    let hits = site.hits("/feed.xml");
    assert_eq!((hits.len(), hits[1].answered_status, hits[1].header("If-None-Match")), (11, 304, Some(etag)));
}

#[tokio::test]
async fn pages_may_be_anything() {
    let site = FeedSite::start().await;
    site.set_page("/old", Page::redirect(301, &site.url("/new")));
    site.set_page("/busy", Page::too_many("120"));
    site.set_page("/garbage", Page::ok([0xff, 0x00, 0x41]).header("content-type", "text/plain").header("x-a", "b"));
    site.set_page("/slow?x=1", Page::ok("x").delay(Duration::from_millis(50)));
    let base = site.url("");
    let get = async |path: &str| exchange(&base, &format!("GET {path}"), "if-none-match: *\r\n", "").await;
    let moved = get("/old").await;
    assert!(moved.starts_with("HTTP/1.1 301") && header(&moved, "location").ends_with("/new"), "{moved}");
    let busy = get("/busy").await;
    assert!(busy.starts_with("HTTP/1.1 429") && header(&busy, "retry-after") == "120", "{busy}");
    let garbage = get("/garbage").await;
    assert!(garbage.ends_with("\r\n\r\n\u{fffd}\0A") && header(&garbage, "x-a") == "b", "{garbage}");
    assert!(get("/nowhere?x=1").await.starts_with("HTTP/1.1 404"));
    let begun = Instant::now();
    assert!(get("/slow?x=1").await.ends_with("\r\n\r\nx"));
    assert!(begun.elapsed() >= Duration::from_millis(50));
    let head = exchange(&base, "HEAD /slow?x=1", "", "").await;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    assert_eq!(site.hits("/slow?x=1")[1].method, "HEAD");
    assert_eq!(site.hits("/nowhere").len(), 1);
    site.remove("/busy");
    assert!(get("/busy").await.starts_with("HTTP/1.1 404"));
}

#[tokio::test]
async fn a_test_waits_for_hits_and_is_told_when_it_waits_in_vain() {
    let site = FeedSite::start().await;
    site.set("/a", "x");
    let base = site.url("");
    let asking = tokio::spawn(async move { exchange(&base, "GET /a", "", "").await });
    let hits = site.wait_for_hits("/a", 1, SOON).await.unwrap();
    assert_eq!(hits[0].method, "GET");
    asking.await.unwrap();
    let late = site.wait_for_hits("/a", 2, Duration::from_millis(10)).await.unwrap_err();
    assert!(late.contains("/a was hit 1 times of 2"), "{late}");
    assert!(http_date(std::time::SystemTime::now()).ends_with(" GMT"));
}

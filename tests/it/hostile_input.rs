//! Misbehaving feeds: each test is a row of the table in docs/feeds.md. The whole program polls such a feed; no alert
//! comes twice, and none is lost.

use std::time::{Duration, SystemTime};

use ceasewire_model::Feed;

use crate::support::world::{TRUCE, World, item, plain_texts};
use ceasewire_testkit::feed_site::{FeedItem, Page, Rss, http_date};

const HOUR: i64 = 3600;

/// Makes a subscriber to ceasefires and an empty, polled feed `/wire`.
async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

/// Publishes items at `/wire`, polls and sends.
async fn read(world: &mut World, items: &[FeedItem]) {
    world.publish("/wire", items);
    world.poll_and_send().await;
}

/// Publishes the raw content of a channel at `/wire`, polls and sends.
async fn read_raw(world: &mut World, content: &str) {
    let xml =
        format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>Wire</title>{content}</channel></rss>");
    world.site.set("/wire", xml);
    world.poll_and_send().await;
}

fn alerts(world: &World) -> usize {
    world.messages_starting_with("Ceasefire").len()
}

async fn wire(world: &World) -> Feed {
    world.store.list_feeds().await.unwrap().into_iter().find(|feed| feed.outlet == "wire").unwrap()
}

fn truce() -> FeedItem {
    item("1", "Armenia and Azerbaijan agree to a Karabakh ceasefire", TRUCE)
}

#[tokio::test]
async fn a_guid_that_flips_between_two_forms() {
    let mut world = subscribed().await;
    for guid in ["https://news.example/?p=1", "http://news.example/?p=1", "https://news.example/?p=1", "1-v2"] {
        read(&mut world, &[FeedItem { guid: guid.into(), ..truce() }]).await;
    }
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn one_guid_for_every_item_of_a_feed() {
    let mut world = subscribed().await;
    let items: Vec<FeedItem> = ["Shusha", "Lachin", "Hadrut"]
        .iter()
        .enumerate()
        .map(|(at, place)| FeedItem {
            guid: "same".into(),
            ..item(&at.to_string(), &format!("Ceasefire broken near {place} today"), "Shells fell.")
        })
        .collect();
    read(&mut world, &items).await;
    assert_eq!(alerts(&world), 3);
}

#[tokio::test]
async fn an_item_that_vanishes_and_comes_back_days_later() {
    let mut world = subscribed().await;
    read(&mut world, &[truce()]).await;
    read(&mut world, &[item("2", "Wheat harvest begins in Syunik", "Wheat.")]).await;
    world.now = world.now.plus_secs(40 * HOUR);
    read(&mut world, &[truce()]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn older_items_slide_in_when_newer_ones_are_taken_away() {
    let mut world = subscribed().await;
    let old = |number: i64| FeedItem {
        pub_date: Some(http_date(SystemTime::now() - Duration::from_secs(80 * 3600))),
        ..item(&format!("o{number}"), &format!("Karabakh ceasefire report number {number}"), "")
    };
    read(&mut world, &[truce(), old(1)]).await;
    read(&mut world, &[old(1), old(2), old(3)]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn an_archive_without_dates_comes_in_one_message() {
    let mut world = subscribed().await;
    let archive: Vec<FeedItem> =
        (0..30).map(|n| item(&format!("a{n}"), &format!("Karabakh ceasefire of village {n} broken"), "")).collect();
    world.publish("/wire", &archive);
    world.poll().await;
    world.now = world.now.plus_secs(5);
    world.send().await;
    let messages = world.api.sent().into_iter().filter(|sent| sent.plain.contains("reports at once")).count();
    assert_eq!((messages, alerts(&world)), (1, 0));
}

#[tokio::test]
async fn a_flood_at_the_first_fetch() {
    let mut world = World::unpolled(0).await;
    world.send_command("/subscribe ceasefire").await;
    let items: Vec<FeedItem> =
        (0..50).map(|n| item(&format!("f{n}"), &format!("Karabakh ceasefire number {n} of the day"), "")).collect();
    read(&mut world, &items).await;
    assert_eq!(alerts(&world), 0);
    read(&mut world, &[truce()]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_temporary_redirect_is_followed_and_not_kept() {
    let mut world = subscribed().await;
    world.publish("/elsewhere", &[truce()]);
    world.site.set_page("/wire", Page::redirect(302, "/elsewhere"));
    world.poll_and_send().await;
    assert_eq!((alerts(&world), wire(&world).await.relocation.moved_to), (1, None));
    let asked = world.site.hits("/wire").len();
    world.poll().await;
    assert_eq!(world.site.hits("/wire").len(), asked + 1);
}

#[tokio::test]
async fn a_permanent_redirect_is_kept_and_given_up_when_it_fails() {
    let mut world = subscribed().await;
    world.publish("/moved", &[truce()]);
    world.site.set_page("/wire", Page::redirect(301, "/moved"));
    world.poll_and_send().await;
    assert_eq!((alerts(&world), wire(&world).await.relocation.moved_to), (1, Some(world.site.url("/moved"))));
    let asked = world.site.hits("/wire").len();
    world.poll().await;
    assert_eq!(world.site.hits("/wire").len(), asked, "the new address alone");

    world.site.remove("/moved");
    for _ in 0..5 {
        world.poll().await;
    }
    read(&mut world, &[item("2", "Karabakh ceasefire broken in Hadrut", "Shells fell.")]).await;
    assert_eq!((alerts(&world), wire(&world).await.relocation.moved_to), (2, None));
}

#[tokio::test]
async fn a_permanent_redirect_to_a_web_page_is_not_kept() {
    let mut world = subscribed().await;
    world.site.set_page("/home", Page::ok("<html><body>Welcome</body></html>").header("content-type", "text/html"));
    world.site.set_page("/wire", Page::redirect(301, "/home"));
    world.poll().await;
    let feed = wire(&world).await;
    assert_eq!((feed.relocation.moved_to, feed.failures), (None, 1));
}

#[tokio::test]
async fn a_header_that_names_the_wrong_charset() {
    let mut world = subscribed().await;
    let xml = "<?xml version=\"1.0\" encoding=\"windows-1251\"?><rss version=\"2.0\"><channel><item><title>Перемирие в Карабахе \
               вступило в силу</title><guid>1</guid></item></channel></rss>";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(xml);
    world.site.set_page("/wire", Page::ok(bytes.into_owned()).header("content-type", "text/xml; charset=utf-8"));
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nПеремирие в Карабахе").len(), 1);
}

#[tokio::test]
async fn an_old_charset_that_nothing_names() {
    let mut world = subscribed().await;
    let xml = "<rss version=\"2.0\"><channel><item><title>Перемирие в Карабахе вступило в силу</title><guid>1</guid>\
               <description>Стороны договорились прекратить огонь.</description></item></channel></rss>";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(xml);
    world.site.set_page("/wire", Page::ok(bytes.into_owned()));
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nПеремирие в Карабахе").len(), 1);
}

#[tokio::test]
async fn a_byte_order_mark_and_blank_lines_before_the_prolog() {
    let mut world = subscribed().await;
    let xml = Rss::new("Wire").item(truce()).to_xml();
    world.site.set("/wire", format!("\u{feff}\n\n  {xml}"));
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn control_characters_and_bare_ampersands() {
    let mut world = subscribed().await;
    let item = "<item><guid>1</guid><title>Ceasefire in Karabakh \u{1}& talks at AT&T &nosuch;</title></item>";
    read_raw(&mut world, item).await;
    assert_eq!(world.messages_starting_with("Ceasefire\nCeasefire in Karabakh & talks").len(), 1);
}

#[tokio::test]
async fn an_item_that_is_cut_off_in_the_middle_of_the_file() {
    let mut world = subscribed().await;
    let whole = Rss::new("Wire").item(truce()).item(item("2", "Lachin ceasefire holds today", "Quiet.")).to_xml();
    let cut = &whole[..whole.find("holds").unwrap()];
    world.site.set("/wire", cut);
    world.poll_and_send().await;
    assert_eq!(world.messages_starting_with("Ceasefire\nArmenia and Azerbaijan agree").len(), 1);
}

#[tokio::test]
async fn items_without_a_date_in_any_order() {
    let mut world = subscribed().await;
    let items: Vec<FeedItem> = [
        ("b", "is broken near Hadrut"),
        ("a", "is praised by Macron in Paris"),
        ("c", "lets convoys reach Stepanakert"),
    ]
    .map(|(id, what)| item(id, &format!("Karabakh ceasefire {what}"), ""))
    .to_vec();
    read(&mut world, &items).await;
    read(&mut world, &items.iter().rev().cloned().collect::<Vec<_>>()).await;
    assert_eq!(alerts(&world), 3);
    insta::assert_snapshot!(plain_texts(&world.messages_starting_with("Ceasefire")), @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire lets convoys reach Stepanakert

    The Wire (GE) · date not given
    One source so far.
    ---
    Ceasefire · Truce broken (The Wire)
    Karabakh ceasefire is broken near Hadrut

    The Wire (GE) · date not given
    One source so far.
    ---
    Ceasefire
    Karabakh ceasefire is praised by Macron in Paris

    The Wire (GE) · date not given
    One source so far.
    ");
}

#[tokio::test]
async fn items_that_are_oldest_first() {
    let mut world = subscribed().await;
    let at = |minutes: u64| Some(http_date(SystemTime::now() - Duration::from_secs(60 * minutes)));
    let first = FeedItem { pub_date: at(30), ..item("1", "Karabakh ceasefire agreed in Moscow", "") };
    let second = FeedItem { pub_date: at(10), ..item("2", "Shusha ceasefire broken within hours", "") };
    read(&mut world, &[first, second]).await;
    insta::assert_snapshot!(plain_texts(&world.messages_starting_with("Ceasefire")), @"
    Ceasefire · Truce agreed (The Wire)
    Karabakh ceasefire agreed in Moscow

    The Wire (GE) · [date], [time] UTC
    One source so far.
    ---
    Ceasefire · Truce broken (The Wire)
    Shusha ceasefire broken within hours

    The Wire (GE) · [date], [time] UTC
    One source so far.
    ");
}

#[tokio::test]
async fn one_item_listed_twice_in_a_fetch() {
    let mut world = subscribed().await;
    read(&mut world, &[truce(), truce()]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn tracking_parameters_that_change_with_each_fetch() {
    let mut world = subscribed().await;
    for tracking in ["?utm_source=rss", "?fbclid=1&utm_medium=x", "#comments", "/amp/"] {
        let link = format!("https://news.example/2020/truce{tracking}");
        read(&mut world, &[FeedItem { guid: link.clone(), link, ..truce() }]).await;
    }
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_headline_that_is_edited_together_with_the_address() {
    let mut world = subscribed().await;
    for slug in ["truce-near", "truce-agreed-at-last"] {
        let link = format!("https://news.example/caucasus/1031847/{slug}");
        let title = format!("Karabakh ceasefire: {}", slug.replace('-', " "));
        read(&mut world, &[FeedItem { guid: link.clone(), link, title, ..truce() }]).await;
    }
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn links_that_are_opaque_and_differ_every_day() {
    let mut world = subscribed().await;
    for token in ["CBMiQ2h0dHBz", "CBMiZWh0dHBz"] {
        let link = format!("https://news.google.com/rss/articles/{token}?oc=5");
        read(&mut world, &[FeedItem { guid: token.into(), link, ..truce() }]).await;
    }
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn an_item_without_guid_and_link() {
    let mut world = subscribed().await;
    for _ in 0..2 {
        read_raw(&mut world, "<item><title>Karabakh ceasefire agreed in Moscow</title></item>").await;
        // A comment changes the body, so that it is read again.
        read_raw(&mut world, "<!-- --><item><title>Karabakh ceasefire agreed in Moscow</title></item>").await;
    }
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn links_that_are_relative() {
    let mut world = subscribed().await;
    read_raw(&mut world, "<item><title>Karabakh ceasefire agreed in Moscow</title><link>/news/5</link></item>").await;
    insta::assert_snapshot!(world.messages_starting_with("Ceasefire").remove(0).text, @r#"
    <b>Ceasefire</b> · <b>Truce agreed (The Wire)</b>
    <b><a href="http://127.0.0.1:[port]/news/5">Karabakh ceasefire agreed in Moscow</a></b>

    The Wire (GE) · date not given
    One source so far.
    "#);
}

#[tokio::test]
async fn a_title_that_is_html() {
    let mut world = subscribed().await;
    let title = "&lt;b&gt;Karabakh&lt;/b&gt; ceasefire &amp;quot;holds&amp;quot;";
    read_raw(&mut world, &format!("<item><guid>1</guid><title>{title}</title></item>")).await;
    assert_eq!(world.messages_starting_with("Ceasefire\nKarabakh ceasefire \"holds\"").len(), 1);
}

#[tokio::test]
async fn a_check_for_robots_instead_of_the_feed() {
    let mut world = subscribed().await;
    let page = "<html><head><title>Just a moment...</title></head><body><div id='cf-chl-widget'>Enable JavaScript and \
                cookies to continue</div></body></html>";
    world.site.set_page("/wire", Page::ok(page).header("content-type", "text/html"));
    world.poll().await;
    insta::assert_snapshot!(wire(&world).await.last_error.unwrap(), @"the site answers with a check for robots instead of the feed; ask the publisher to let fetch.user_agent in, or give the feed a proxy");
    read(&mut world, &[truce()]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_web_page_that_names_the_feeds_new_address() {
    let mut world = subscribed().await;
    let page = "<html><head><link rel=alternate type='application/rss+xml' href='/feeds/all.xml'></head>\
                <body><p>Our site has a new look.</p></body></html>";
    world.site.set_page("/wire", Page::ok(page).header("content-type", "text/html"));
    world.poll().await;
    insta::assert_snapshot!(wire(&world).await.last_error.unwrap(), @"this is a web page, not a feed; it names these feeds: http://127.0.0.1:[port]/feeds/all.xml");
}

#[tokio::test]
async fn too_many_requests_with_a_time_to_wait() {
    let mut world = subscribed().await;
    world.site.set_page("/wire", Page::too_many("1800"));
    world.poll().await;
    let asked = world.site.hits("/wire").len();
    for _ in 0..25 {
        world.poll().await;
    }
    assert_eq!(world.site.hits("/wire").len(), asked);
    world.now = world.now.plus_secs(6 * 60);
    read(&mut world, &[truce()]).await;
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn too_many_requests_without_a_time_spares_other_feeds() {
    let mut world = subscribed().await;
    world.site.set_page("/wire", Page::status(429));
    world.publish("/post", &[truce()]);
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 1, "the other feed is read");
    assert_eq!(wire(&world).await.failures, 1);
}

#[tokio::test]
async fn unavailable_until_a_date() {
    let mut world = subscribed().await;
    let until = http_date(SystemTime::now() + Duration::from_secs(7200));
    world.site.set_page("/wire", Page::status(503).header("retry-after", &until));
    world.poll().await;
    let wait = (wire(&world).await.next_poll_at.0 - world.now.0) / 1000;
    assert!((7000..=7300).contains(&wait), "{wait}");
}

#[tokio::test]
async fn a_success_with_an_empty_body() {
    let mut world = subscribed().await;
    read(&mut world, &[truce()]).await;
    world.site.set_page("/wire", Page::ok(""));
    world.poll().await;
    insta::assert_snapshot!(wire(&world).await.last_error.unwrap(), @"the server answered 200 OK with an empty body; look at the address in a browser");
    read(&mut world, &[truce(), item("2", "Shusha ceasefire broken within hours", "")]).await;
    assert_eq!(alerts(&world), 2);
}

#[tokio::test]
async fn an_unchanged_body_from_a_server_without_validators() {
    let mut world = subscribed().await;
    let xml = Rss::new("Wire").item(truce()).to_xml();
    world.site.set_page("/wire", Page::ok(xml).header("content-type", "application/rss+xml"));
    world.poll_and_send().await;
    let known = world.parts.poller.totals().entries.known;
    world.poll_and_send().await;
    world.poll_and_send().await;
    assert_eq!(world.parts.poller.totals().entries.known, known, "the body was read once");
    assert_eq!(alerts(&world), 1);
}

#[tokio::test]
async fn a_feed_that_never_answers_and_its_neighbour() {
    let mut world = subscribed().await;
    world.site.set_page("/wire", Page::ok("late").delay(Duration::from_secs(60)));
    world.publish("/post", &[truce()]);
    world.poll_and_send().await;
    assert_eq!(alerts(&world), 1);
    insta::assert_snapshot!(wire(&world).await.last_error.unwrap(), @"the answer was not complete within 5 s; the limit is fetch.timeout_secs");
}

#[tokio::test]
async fn a_thousand_items_in_one_file() {
    let mut world = World::unpolled(0).await;
    let items: Vec<FeedItem> =
        (0..1000).map(|n| item(&n.to_string(), &format!("Headline number {n} of many"), "")).collect();
    read(&mut world, &items).await;
    let polled = world.parts.poller.totals().entries;
    assert_eq!(polled.new, 1000);
    read(&mut world, &items[1..]).await;
    assert_eq!(world.parts.poller.totals().entries.new, 1000);
}

#[tokio::test]
async fn an_entity_that_names_a_file_or_grows_without_end() {
    let mut world = subscribed().await;
    let xml = "<?xml version=\"1.0\"?><!DOCTYPE rss [<!ENTITY f SYSTEM \"file:///etc/hostname\"><!ENTITY a \"aaaaaaaaaa\">\
               <!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;\">]>\
               <rss version=\"2.0\"><channel><item><guid>1</guid><title>Karabakh ceasefire &f; &c;</title></item></channel></rss>";
    world.site.set("/wire", xml);
    world.poll_and_send().await;
    let alert = world.messages_starting_with("Ceasefire").remove(0).plain;
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    assert!(host.trim().is_empty() || !alert.contains(host.trim()), "{alert}");
    assert!(alert.len() < 500, "{}", alert.len());
}

#[tokio::test]
async fn a_date_of_another_century_and_one_that_is_none() {
    let mut world = subscribed().await;
    let dated = |id: &str, date: &str| FeedItem {
        pub_date: Some(date.into()),
        ..item(id, &format!("Karabakh ceasefire news number {id}"), "")
    };
    read(&mut world, &[dated("1", "Sun, 01 Apr 1990 00:00:00 GMT"), dated("2", "Thu, 01 Jan 1970 00:00:00 GMT")]).await;
    let sent = world.messages_starting_with("Ceasefire");
    assert_eq!(sent.len(), 1, "1990 is older than the gate, and 1970 the zero of clocks");
    insta::assert_snapshot!(sent[0].plain, @"
    Ceasefire
    Karabakh ceasefire news number 2

    The Wire (GE) · date not given
    One source so far.
    ");
}

#[test]
fn each_row_of_the_table_in_the_documentation_is_a_test() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| std::fs::read_to_string(root.join(file)).unwrap();
    let tests: String = ["tests", "src", "crates"]
        .iter()
        .flat_map(|folder| rust_files(&root.join(folder)))
        .map(|file| std::fs::read_to_string(file).unwrap())
        .collect();
    for (page, fewest) in [("docs/feeds.md", 30), ("docs/security.md", 50)] {
        let table = read(page);
        let rows = table.lines().filter_map(|line| line.strip_suffix("` |")?.rsplit_once("| ").map(|(_, tests)| tests));
        let names: Vec<&str> = rows.flat_map(|row| row.split("`, `")).map(|name| name.trim_matches('`')).collect();
        assert!(names.len() >= fewest, "{page}: {}", names.len());
        for name in names {
            assert!(tests.contains(&format!("fn {name}(")), "{page}: {name} is no test");
        }
    }
}

fn rust_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

//! The words of feeds and pages on their way to a chat: each test is a row of the table in docs/feeds.md, through the
//! whole program.

use ceasewire_testkit::feed_site::{FeedItem, Page, Rss};

use crate::support::program::{run, stderr, stdout};
use crate::support::world::{TRUCE, World, item, plain_texts};

const HEADLINE: &str = "Armenia and Azerbaijan agree to a Karabakh ceasefire";

async fn subscribed() -> World {
    let world = World::new().await;
    world.send_command("/subscribe ceasefire").await;
    world
}

/// Serves a body at `/wire`, polls and sends; returns the headlines of all alerts so far, in their order.
async fn read(world: &mut World, body: impl Into<Vec<u8>>) -> Vec<String> {
    world.site.set("/wire", body);
    world.poll_and_send().await;
    headlines(world)
}

fn headlines(world: &World) -> Vec<String> {
    let alerts = world.messages_starting_with("Ceasefire");
    alerts.iter().filter_map(|alert| alert.plain.lines().nth(1).map(str::to_owned)).collect()
}

fn rss(items: &str) -> String {
    format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><rss><channel><title>Wire</title>{items}</channel></rss>")
}

#[tokio::test]
async fn an_entry_that_breaks_off_waits_for_its_whole() {
    let whole =
        Rss::new("Wire").item(item("1", "Talks in Moscow", "They go on.")).item(item("2", HEADLINE, TRUCE)).to_xml();
    for cut in ["agree to a", "</title>", "</link>", "</guid>", "noon"] {
        let at = whole.rfind(cut).map(|at| at + 3).filter(|at| *at < whole.len());
        let Some(at) = at else { panic!("{cut} is not in {whole}") };
        let mut world = subscribed().await;
        assert!(read(&mut world, &whole.as_bytes()[..at]).await.is_empty(), "{cut}");
        assert_eq!(read(&mut world, whole.as_bytes()).await, [HEADLINE], "{cut}");
        let alert = world.messages_starting_with("Ceasefire").remove(0);
        assert!(format!("{:?}", alert.entities).contains("http"), "{cut}: {:?}", alert.entities);
    }
}

#[tokio::test]
async fn a_content_without_words_does_not_hide_the_summary() {
    for content in ["<p><img src='x'/></p>", "<div></div>", "...", "<p>&nbsp;</p>", "<a href='x'>Read more</a>"] {
        let mut world = subscribed().await;
        let entry = format!(
            "<item><guid>1</guid><title>Talks end</title><description>A Karabakh ceasefire was signed in Moscow.\
             </description><content:encoded><![CDATA[{content}]]></content:encoded></item>"
        );
        assert_eq!(read(&mut world, rss(&entry)).await, ["Talks end"], "{content}");
    }
}

/// Sends a filter, serves a body at `/wire` and polls; returns all messages of the chat.
async fn filtered(rule: &str, body: impl Into<Vec<u8>>) -> String {
    let mut world = World::new().await;
    world.send_command(&format!("/filter add {rule}")).await;
    world.site.set("/wire", body);
    world.poll_and_send().await;
    plain_texts(&world.messages_starting_with(""))
}

#[tokio::test]
async fn a_feed_in_several_charsets() {
    let item = |id: &str, title: &[u8]| {
        [format!("<item><guid>{id}</guid><title>").as_bytes(), title, b"</title></item>"].concat()
    };
    let titles = [
        "Президент посетил Лачин и Шушу",
        "Перемирие нарушено, есть раненые",
        "Министры встретятся в Женеве",
        "Сирены звучали ночью",
    ];
    let old = encoding_rs::WINDOWS_1251.encode(titles[1]).0;
    let twice = encoding_rs::WINDOWS_1252.decode_without_bom_handling(titles[2].as_bytes()).0;
    let items = [
        item("1", titles[0].as_bytes()),
        item("2", &old),
        item("3", twice.as_bytes()),
        item("4", format!("&#55357;&#56628; {}", titles[3]).as_bytes()),
    ]
    .concat();
    let (head, tail) = ("<rss><channel><title>Долина</title>".as_bytes(), b"</channel></rss>");
    let sent = filtered("посетил OR раненые OR Женеве OR сирены", [head, &items, tail].concat()).await;
    for title in titles {
        assert!(sent.contains(title), "{title}: {sent}");
    }
    assert!(sent.contains("\u{1F534} Сирены"), "{sent}");
}

#[tokio::test]
async fn a_json_feed_with_faults() {
    let body = r#"{"version":"https://jsonfeed.org/version/1","items":[
        {"id":"1","title":"Wheat \ud83d prices fall in Gyumri","x":NaN},
        {"id":"2","title":"Bridge
 \'opened\' in Tbilisi"}, 5,
        {"id":"3","title":"Football cup final postponed",},
        {"id":"4","title":"Wheat of Mos"#;
    let sent = filtered("wheat OR bridge OR football", body).await;
    for title in ["Wheat \u{FFFD} prices fall in Gyumri", "Bridge 'opened' in Tbilisi", "Football cup final postponed"]
    {
        assert!(sent.contains(title), "{title}: {sent}");
    }
    assert!(!sent.contains("Mos"), "{sent}");
}

#[tokio::test]
async fn an_item_of_google_news_is_its_first_headline() {
    let mut world = subscribed().await;
    world.send_command("/filter add rockets").await;
    let list =
        "&lt;ol&gt;&lt;li&gt;Karabakh ceasefire agreed&lt;/li&gt;&lt;li&gt;Rockets kill 12&lt;/li&gt;&lt;/ol&gt;";
    let entry = format!(
        "<item><title>{HEADLINE} - The Valley Wire</title><link>https://news.google.com/rss/articles/CBM</link>\
         <guid>CBM</guid><description>{list}</description><source url='https://valley.example'>The Valley Wire</source></item>"
    );
    assert_eq!(read(&mut world, rss(&entry)).await, [HEADLINE]);
    let alert = world.messages_starting_with("Ceasefire").remove(0).plain;
    assert!(!alert.to_lowercase().contains("rockets"), "{alert}");
}

#[tokio::test]
async fn odd_titles_of_feeds() {
    let items = "<item><guid>1</guid><title><![cdata[Wheat prices fall in Gyumri]]></title></item>\
        <item><guid>2</guid><title>Bridge in &place; opened</title></item>\
        <item><guid>3</guid><title>&lt;antirez&gt;</title></item>\
        <item><guid>4</guid><description>Football begins at noon, writes the minister.</description></item>";
    let before = "<!DOCTYPE html><br/><b>Notice</b>: x<br/><?xml version=\"1.0\"?>";
    let doctype = "<!DOCTYPE rss [<!ENTITY place \"Tbilisi\">]>";
    let body = format!("{before}{doctype}<rss><channel><title>Wire</title>{items}</channel></rss>");
    let sent = filtered("wheat OR bridge OR antirez OR football", body).await;
    for title in ["Wheat prices fall in Gyumri", "Bridge in Tbilisi opened", "<antirez>"] {
        assert!(sent.contains(title), "{title}: {sent}");
    }
    assert_eq!(sent.matches("Football begins at noon, writes the minister.").count(), 1, "{sent}");
}

/// A program whose feed has only teasers, and one item whose link leads to `page`.
async fn teaser(page: Page) -> World {
    let mut world = World::full_text().await;
    world.send_command("/filter add guns").await;
    world.site.set_page("/article", page);
    let link = world.site.url("/article");
    world
        .publish("/wire", &[FeedItem { link, ..item("1", "Karabakh ceasefire begins at noon", "Guns fall silent …") }]);
    world.poll_and_send().await;
    world
}

fn html(title: &str, body: &str) -> Page {
    let html = format!("<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>");
    Page::ok(html).header("content-type", "text/html; charset=utf-8")
}

#[tokio::test]
async fn a_page_that_is_no_article_takes_nothing_away() {
    let long = "<p>Dear reader, here we ask for your agreement to our terms before you may go on to our site. </p>";
    let front =
        "<article><p>Officials said that five civilians had died when rockets fell on the market.</p></article>";
    for (title, body) in [
        (
            "Your choices",
            "<div><p>We and our partners store and/or access information on a device, such as cookies.</p></div>",
        ),
        ("Çerez Politikası", "<p>Sitemizde çerezler kullanılmaktadır, devam etmek için kabul ediniz lütfen.</p>"),
        ("Access Denied", "<p>You don't have permission to access this page on this server.</p>"),
        ("Вы не робот?", "<p>Запросы с вашего устройства похожи на автоматические, нам очень жаль.</p>"),
        ("A wall of its own", &long.repeat(5)),
        ("News - front page", &front.repeat(9)),
    ] {
        let world = teaser(html(title, body)).await;
        let sent = plain_texts(&world.messages_starting_with(""));
        assert_eq!(sent.matches("Karabakh ceasefire begins at noon").count(), 1, "{title}: {sent}");
        assert!(!["market", "terms", "cookies", "çerez"].iter().any(|word| sent.contains(word)), "{title}: {sent}");
    }
}

#[tokio::test]
async fn a_page_that_fails_is_tried_again() {
    let mut world = teaser(Page::status(404)).await;
    assert_eq!(world.site.hits("/article").len(), 1);
    let text =
        "<p>The Karabakh ceasefire begins at noon, when the guns fall silent, both ministers said on Friday.</p>";
    world.site.set_page("/article", html("Karabakh ceasefire begins at noon", &format!("<article>{text}</article>")));
    world.poll_and_send().await;
    assert_eq!(world.site.hits("/article").len(), 1, "too early");
    for _ in 0..6 {
        world.poll_and_send().await;
    }
    assert_eq!(world.site.hits("/article").len(), 2, "once is enough for a page that has come");
    let found = world.send_command("/search ministers").await;
    assert!(found.contains("Karabakh ceasefire begins at noon"), "{found}");
    let mut world = teaser(Page::status(404)).await;
    for _ in 0..70 {
        world.poll_and_send().await;
    }
    assert_eq!(world.site.hits("/article").len(), 3);
}

#[test]
fn a_page_in_place_of_an_article_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let body = "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist.</p>";
    std::fs::write(file.path(), format!("<title>404 - Page not found</title>{body}")).unwrap();
    let output = run(&["inspect", "page", file.path().to_str().unwrap()]);
    let json: serde_json::Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert!(json["text"].is_null(), "{json}");
    assert!(stderr(&output).contains("is a missing page, not an article"), "{}", stderr(&output));
}

#[test]
fn a_box_beside_an_article_does_not_hide_it() {
    let article = "<p>After ten hours of talks in Moscow the ministers signed a ceasefire that begins at noon.</p>";
    let request = "<p>We and our 842 partners store and/or access information on a device, such as cookies.</p>";
    for page in [
        format!(
            "<div class='modal-dialog gdpr'><h2>Privacy</h2>{}</div><article><h1>Truce</h1>{article}</article>",
            request.repeat(3)
        ),
        format!(
            "<div><div id=sp_message>{}</div></div><aside class=main-text><h1>Truce</h1>{article}</aside>",
            request.repeat(3)
        ),
        format!(
            "<div class=popup><div>{request}</div><div>{request}</div></div><article><h1>Truce</h1><p>After ten hours of talks.</p></article>"
        ),
        format!("<article><h1>Truce</h1>{request}{article}{article}</article>"),
        format!(
            "<article><h1>Truce</h1>{article}<div class=paywall><p>Subscribe to continue reading our site today.</p></div></article>"
        ),
    ] {
        let html = format!("<html><head><title>Truce</title></head><body>{page}</body></html>");
        let text = ceasewire_articles::page::extract(&html, None).text;
        assert!(text.contains("After ten hours"), "{page}: {text}");
        assert!(!text.contains("partners") && !text.contains("Subscribe"), "{page}: {text}");
    }
}

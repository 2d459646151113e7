//! Broken feeds of the wild: their readable parts, and a limit on the time of each.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use std::time::{Duration, Instant};

use ceasewire_feeds::budget::FeedBudget;
use ceasewire_feeds::parse::{FeedParseError, ParsedFeed, parse};
use chrono::Weekday;

const BUDGET: FeedBudget =
    FeedBudget { max_entries: 5000, max_entry_bytes: 20_000_000, max_authors: 50, parse_ms: 60_000 };

/// Parses a feed within a time limit.
fn read(text: impl AsRef<[u8]>) -> Result<ParsedFeed, FeedParseError> {
    let start = Instant::now();
    let feed = parse(text.as_ref(), None, Some("https://news.example/feed.xml"), &BUDGET);
    // Without optimisation and beside other tests; the real bound is a tenth of it.
    assert!(start.elapsed() < Duration::from_secs(20), "it took {:?}", start.elapsed());
    feed
}

fn rss(inner: &str) -> String {
    format!("<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>News</title>{inner}</channel></rss>")
}

#[test]
fn each_kind_of_feed_gives_the_same_entry() {
    const RDF: &str = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'";
    let item = "<title>Truce &amp; talks</title><link>https://news.example/1</link>\
                <description>Guns &lt;b&gt;fell&lt;/b&gt; silent</description>";
    let atom = "<title>Truce &amp; talks</title><link href='/1'/>";
    let html = "Guns &lt;b&gt;fell&lt;/b&gt; silent";
    for (kind, text) in [
        (
            "RSS 0.90",
            format!(
                "<rdf:RDF {RDF} xmlns='http://my.netscape.com/rdf/simple/0.9/'><channel/><item>{item}</item></rdf:RDF>"
            ),
        ),
        ("RSS 0.91", format!("<rss version='0.91'><channel><item>{item}</item></channel></rss>")),
        (
            "RSS 0.92",
            format!("<rss version='0.92'><channel><item>{item}<source url='/'>A</source></item></channel></rss>"),
        ),
        (
            "RSS 1.0",
            format!(
                "<rdf:RDF {RDF} xmlns='http://purl.org/rss/1.0/'><channel rdf:about='/'><items/></channel>\
                 <item rdf:about='https://news.example/1'>{item}</item></rdf:RDF>"
            ),
        ),
        ("RSS 2.0", format!("<rss version='2.0'><channel><item>{item}</item></channel></rss>")),
        ("RSS of no version", format!("<rss><item>{item}</item></rss>")),
        (
            "Atom 0.3",
            format!(
                "<feed version='0.3' xmlns='http://purl.org/atom/ns#'><entry>{atom}\
                 <content type='text/html' mode='escaped'>{html}</content></entry></feed>"
            ),
        ),
        (
            "Atom 1.0",
            format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{atom}<summary type='html'>{html}</summary></entry></feed>"
            ),
        ),
        (
            "Atom with base64",
            format!(
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry>{atom}\
                 <content type='application/octet-stream'>R3VucyA8Yj5mZWxs\nPC9iPiBzaWxlbnQ=</content></entry></feed>"
            ),
        ),
        (
            "JSON Feed 1.0",
            r#"{"version":"https://jsonfeed.org/version/1","items":[{"title":"Truce & talks","url":"/1",
                "content_html":"Guns <b>fell</b> silent"}]}"#
                .to_owned(),
        ),
        (
            "JSON Feed 1.1",
            r#"{"version":"https://jsonfeed.org/version/1.1","title":"","items":[{"id":"","title":"Truce & talks",
                "url":"https://news.example/1","content_html":"Guns <b>fell</b> silent"}]}"#
                .to_owned(),
        ),
        (
            "RSS that is declared to be HTML",
            format!("<!DOCTYPE html><rss><channel><item>{item}</item></channel></rss>"),
        ),
    ] {
        let feed = read(&text).unwrap_or_else(|error| panic!("{kind}: {error}"));
        let [entry] = feed.entries.as_slice() else { panic!("{kind}: {feed:?}") };
        assert_eq!(entry.title, "Truce & talks", "{kind}");
        assert_eq!(entry.url.as_deref(), Some("https://news.example/1"), "{kind}");
        assert_eq!(entry.html, "Guns <b>fell</b> silent", "{kind}");
    }
}

#[test]
fn modules_are_read_declared_or_not() {
    let modules = "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' \
                   xmlns:media='http://search.yahoo.com/mrss/'";
    for (case, declared) in [("declared", modules), ("not declared", "")] {
        let feed = read(format!(
            "<rss {declared}><channel><item><dc:title>Truce</dc:title><dc:creator>Ani Sargsyan</dc:creator>\
             <dc:date>2020-10-10T12:00:00+04:00</dc:date><description>Short</description>\
             <content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item>\
             <item><media:group><media:title>Picture</media:title><media:description>Shusha</media:description>\
             </media:group></item></channel></rss>"
        ))
        .unwrap();
        let [first, second] = feed.entries.as_slice() else { panic!("{case}: {feed:?}") };
        assert_eq!((first.title.as_str(), first.html.as_str()), ("Truce", "<p>Long</p>"), "{case}");
        assert_eq!(first.authors, ["Ani Sargsyan"], "{case}");
        assert_eq!(first.published.map(|at| at.0), Some(1_602_316_800_000), "{case}");
        assert_eq!((second.title.as_str(), second.html.as_str()), ("Picture", "Shusha"), "{case}");
    }
}

#[test]
fn ids_are_the_publishers_own_absent_or_repeated() {
    let feed = read(rss("<item><title>A</title></item><item><guid>same</guid></item><item><guid>same</guid></item>\
                         <item><guid/></item>"))
    .unwrap();
    let ids: Vec<_> = feed.entries.iter().map(|entry| entry.guid.as_deref()).collect();
    assert_eq!(ids, [None, Some("same"), Some("same"), None]);
}

#[test]
fn publisher_hints_are_read() {
    let feed = read(rss("<ttl> 30 </ttl><skipHours><hour>1</hour><hour>0</hour><hour>24</hour></skipHours>\
                         <skipDays><day>Sunday</day><day>Saturday</day></skipDays>\
                         <sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>\
                         <item><ttl>1</ttl></item>"))
    .unwrap();
    assert_eq!((feed.update_hints.ttl_minutes, feed.update_hints.update_minutes), (Some(30), Some(360)));
    assert_eq!(feed.update_hints.skip_hours, [0, 1]);
    assert_eq!(feed.update_hints.skip_days, [Weekday::Sat, Weekday::Sun]);
    assert_eq!(read(rss("<item/>")).unwrap().update_hints, Default::default());
}

#[test]
fn a_date_without_a_zone_is_marked() {
    for (date, zoneless) in [
        ("Sat, 10 Oct 2020 12:00:00 +0400", false),
        ("Sat, 10 Oct 2020 08:00:00 GMT", false),
        ("2020-10-10T08:00:00Z", false),
        ("2020-10-10 08:00:00", true),
        ("10 октября 2020, 08:00", true),
        ("10.10.2020 08:00", true),
    ] {
        let feed = read(rss(&format!("<item><pubDate>{date}</pubDate></item>"))).unwrap();
        assert_eq!(feed.entries[0].published.map(|at| at.0), Some(1_602_316_800_000), "{date}");
        assert_eq!(feed.entries[0].zoneless, zoneless, "{date}");
    }
    let text = r#"{"items":[{"id":"1","date_modified":"2020-10-10T08:00:00"}]}"#;
    assert!(read(text).unwrap().entries[0].zoneless);
    assert!(!read(rss("<item><pubDate>soon</pubDate></item>")).unwrap().entries[0].zoneless);
}

#[test]
fn a_feed_that_was_cut_off_keeps_what_came_before() {
    let whole = rss(&(1..=3)
        .map(|number| format!("<item><title>Entry {number}</title><description>Text &amp; more</description></item>"))
        .collect::<String>());
    let start = whole.find("<title>Entry 2").unwrap();
    for end in start..whole.len() {
        let feed = read(&whole[..end]).unwrap_or_else(|error| panic!("{}: {error}", &whole[..end]));
        assert_eq!(feed.entries[0].title, "Entry 1");
        let complete = whole[..end].matches("</item>").count();
        assert!(feed.entries.len() >= complete, "{}", &whole[..end]);
        assert!(feed.entries[..complete].iter().all(|entry| entry.html == "Text & more"), "{}", &whole[..end]);
    }
    let text = r#"{"items":[{"id":"1"},{"id":"#;
    let feed = read(text).unwrap();
    assert_eq!((feed.entries.len(), feed.is_whole), (1, false));
}

#[test]
fn control_characters_and_broken_references_cost_nothing_else() {
    let feed = read(rss("<item><title>Truce\u{0}\u{1B} holds\u{7F}</title></item>\
                         <item><title>Q&A &nosuch; AT&amp;T &#xD800; &#146; &eacute;</title></item>"))
    .unwrap();
    let titles: Vec<&str> = feed.entries.iter().map(|entry| entry.title.as_str()).collect();
    assert_eq!(titles, ["Truce holds", "Q&A &nosuch; AT&T &#xD800; ’ é"]);
}

#[test]
fn document_type_entities_are_neither_expanded_nor_fetched() {
    let mut laughs = "<!ENTITY a0 \"ha\">".to_owned();
    for depth in 1..30 {
        laughs.push_str(&format!("<!ENTITY a{depth} \"{}\">", format!("&a{};", depth - 1).repeat(10)));
    }
    for (entities, name) in [
        (laughs.as_str(), "a29"),
        ("<!ENTITY file SYSTEM \"file:///etc/hostname\">", "file"),
        ("<!ENTITY site SYSTEM \"http://127.0.0.1/\">", "site"),
        ("<!ENTITY % sheet SYSTEM \"http://127.0.0.1/x.dtd\">%sheet;", "sheet"),
    ] {
        let text = format!(
            "<!DOCTYPE rss [{entities}]><rss><channel><item><title>A &{name}; b</title></item></channel></rss>"
        );
        let feed = read(text).unwrap();
        assert_eq!(feed.entries[0].title, format!("A &{name}; b"));
    }
}

#[test]
fn a_feed_of_fifty_thousand_entries_is_read_up_to_a_bound() {
    let items: String = (0..50_000).map(|number| format!("<item><guid>{number}</guid></item>\n")).collect();
    let feed = read(rss(&items)).unwrap();
    assert_eq!(feed.entries.len(), 5000);
    assert_eq!(feed.entries[4999].guid.as_deref(), Some("4999"));
    assert_eq!(feed.skipped.count(), 45_000);
}

#[test]
fn an_entry_of_ten_megabytes_is_read() {
    let text = "The truce holds. ".repeat(600_000);
    let body = format!("<p>{text}</p>");
    for item in [
        format!("<item><description><![CDATA[{body}]]></description></item>"),
        format!("<item><description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"),
    ] {
        let feed = read(rss(&item)).unwrap();
        assert!(feed.entries[0].html == body, "{} bytes", feed.entries[0].html.len());
    }
}

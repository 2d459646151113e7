//! One feed of each hostile shape at 10 MB: its peak memory and CPU time over those of an empty feed, through
//! `inspect feed` and through a poll.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use ceasewire_testkit::feed_site::{FeedSite, Page, Rss};

use crate::finding::{Case, Finding};
use crate::poison::{gzipped, json_feed};
use crate::scene::{Lab, Scene};

/// The size of a body; a fetch takes 10 MiB.
const SIZE: usize = 10_000_000;
/// The most that a shape may cost.
const MOST_MB: f64 = 100.0;
const MOST_CPU: f64 = 1.0;
/// The bound of one measurement.
const WITHIN: Duration = Duration::from_secs(10);

/// The feeds, each by name, content type and encoding, and body.
type Shape = (&'static str, &'static str, fn() -> Vec<u8>);

const XML: &str = "application/rss+xml";
const JSON: &str = "application/feed+json";

const SHAPES: [Shape; 26] = [
    ("json-items", JSON, || json_items(r#"{"title":"0"}"#)),
    ("json-numbers", JSON, || json_items("1")),
    ("json-authors", JSON, || json_item("authors", |n| format!("{{\"name\":\"a{n}\"}}"))),
    ("json-tags", JSON, || json_item("tags", |n| format!("\"t{n}\""))),
    ("json-attachments", JSON, || {
        json_item("attachments", |n| format!("{{\"url\":\"http://x.example/{n}\",\"mime_type\":\"a/b\"}}"))
    }),
    ("json-depth", JSON, || {
        let depth = SIZE / 2;
        [b"{\"items\":".as_slice(), &b"[".repeat(depth), &b"]".repeat(depth), b"}"].concat()
    }),
    ("json-depth-objects", JSON, || {
        let depth = SIZE / 6;
        json_feed(&("{\"a\":".repeat(depth) + "1" + &"}".repeat(depth))).into_bytes()
    }),
    ("json-word", JSON, || {
        json_feed(&format!("{{\"id\":\"x\",\"content_text\":\"{}\"}}", "a".repeat(SIZE))).into_bytes()
    }),
    ("json-escapes", JSON, || {
        json_feed(&format!("{{\"id\":\"x\",\"content_text\":\"{}\"}}", "\\u00e9".repeat(SIZE / 6))).into_bytes()
    }),
    ("json-html", JSON, || {
        json_feed(&format!("{{\"id\":\"x\",\"content_html\":\"{}\"}}", "<b><i>x</i></b> ".repeat(SIZE / 16)))
            .into_bytes()
    }),
    ("json-keys", JSON, || {
        let keys = numbered(|n| format!("\"k{n}\":{n},"));
        json_feed(&format!("{{{keys}\"id\":\"x\",\"title\":\"T\"}}")).into_bytes()
    }),
    ("xml-items", XML, || rss(&"<item><title>0</title></item>".repeat(SIZE / 29))),
    ("xml-invalid-items", XML, || rss(&"<item/>".repeat(SIZE / 7))),
    ("xml-creators", XML, || rss_item(&numbered(|n| format!("<dc:creator>a{n}</dc:creator>")))),
    ("xml-categories", XML, || rss_item(&numbered(|n| format!("<category>c{n}</category>")))),
    ("xml-enclosures", XML, || {
        rss_item(&numbered(|n| format!("<enclosure url=\"http://x.example/{n}\" type=\"a/b\" length=\"1\"/>")))
    }),
    ("xml-links", XML, || {
        let links = numbered(|n| format!("<link href=\"http://x.example/{n}\"/>"));
        let feed = "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>A</title><id>a</id>";
        format!("{feed}<entry><id>e</id><title>T</title>{links}</entry></feed>").into_bytes()
    }),
    ("xml-title", XML, || rss(&format!("<item><title>{}</title></item>", "Word and ".repeat(SIZE / 9)))),
    ("xml-word", XML, || rss_item(&format!("<description>{}</description>", "a".repeat(SIZE)))),
    ("xml-guid", XML, || rss(&format!("<item><guid>{}</guid><title>T</title></item>", "g".repeat(SIZE)))),
    ("xml-html", XML, || {
        rss_item(&format!("<description><![CDATA[{}]]></description>", "<p><a href='/x'>x</a><br>".repeat(SIZE / 25)))
    }),
    ("xml-html-depth", XML, || {
        rss_item(&format!("<description><![CDATA[{}]]></description>", "<div>".repeat(SIZE / 5)))
    }),
    ("xml-depth", XML, || rss_item(&("<a>".repeat(SIZE / 7) + &"</a>".repeat(SIZE / 7)))),
    ("xml-attributes", XML, || {
        rss_item(&format!(
            "<media:content xmlns:media=\"http://search.yahoo.com/mrss/\" {}/>",
            numbered(|n| format!("a{n}=\"\" "))
        ))
    }),
    ("xml-entities", XML, || {
        rss_item(&format!("<description>{}</description>", "&amp;&#x41;&eacute;".repeat(SIZE / 19)))
    }),
    ("gzip-members", "gzip", || {
        let (empty, feed) = (gzipped(b""), gzipped(&rss("")));
        [empty.repeat((SIZE - feed.len()) / empty.len()), feed].concat()
    }),
];

/// Joins numbered parts up to the size.
fn numbered(part: impl Fn(usize) -> String) -> String {
    let mut parts = String::with_capacity(SIZE + 100);
    let mut number = 0;
    while parts.len() < SIZE - 500 {
        parts += &part(number);
        number += 1;
    }
    parts
}

fn json_items(item: &str) -> Vec<u8> {
    let count = SIZE / (item.len() + 1) - 20;
    let mut items = String::with_capacity(SIZE);
    for number in 0..count {
        let _ = write!(items, "{}{item}", if number == 0 { "" } else { "," });
    }
    json_feed(&items).into_bytes()
}

fn json_item(key: &str, element: impl Fn(usize) -> String) -> Vec<u8> {
    let elements = numbered(|number| format!("{}{}", if number == 0 { "" } else { "," }, element(number)));
    json_feed(&format!("{{\"id\":\"x\",\"title\":\"T\",\"content_text\":\"T\",\"{key}\":[{elements}]}}")).into_bytes()
}

fn rss(items: &str) -> Vec<u8> {
    let head = "<rss version=\"2.0\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\"><channel><title>Big</title>";
    format!("{head}{items}</channel></rss>").into_bytes()
}

fn rss_item(inner: &str) -> Vec<u8> {
    rss(&format!("<item><guid>x</guid><title>T</title>{inner}</item>"))
}

pub fn cases() -> Vec<Case> {
    vec![
        Case::new("shapes-inspect", "inspect feed of each shape at 10 MB", 320, inspected),
        Case::new("shapes-poll", "a poll of each shape at 10 MB", 480, polled),
    ]
}

/// Adds a row of the table: MB and CPU-seconds over the base, or the bound.
fn add_row(finding: &mut Finding, name: &'static str, mb: f64, cpu: f64, end: &str) {
    finding.figure(name, format!("{mb:.0} MB {cpu:.1} s{end}"));
    let is_over = mb > MOST_MB || cpu > MOST_CPU || !end.is_empty();
    finding.fell_if(is_over, name);
}

async fn inspected(lab: Lab) -> anyhow::Result<Finding> {
    let scene = Scene::new(lab).await?;
    let file = scene.folder().join("feed");
    let name = file.display().to_string();
    std::fs::write(&file, rss(""))?;
    let base = scene.command(&["inspect", "feed", &name], WITHIN).await?.usage;
    let mut finding = Finding::new();
    finding.figure("base", format!("{:.0} MB {:.1} s", base.peak_mb, base.cpu));
    for (shape, content, body) in SHAPES {
        // A file has no transfer encoding.
        if content == "gzip" {
            continue;
        }
        std::fs::write(&file, body())?;
        let done = scene.command(&["inspect", "feed", &name], WITHIN).await?;
        let end = if done.code.is_none() { format!(" {}", done.end()) } else { String::new() };
        add_row(&mut finding, shape, done.usage.peak_mb - base.peak_mb, done.usage.cpu - base.cpu, &end);
    }
    Ok(finding)
}

async fn polled(lab: Lab) -> anyhow::Result<Finding> {
    let mut finding = Finding::new();
    for (shape, content, body) in SHAPES {
        let mut scene = Scene::new(lab.clone()).await?;
        let publisher = FeedSite::start_at([127, 0, 0, 67].into()).await;
        publisher.set("/shape", Rss::new("Shape").to_xml());
        scene.add_feed(&publisher.url("/shape"), "shape");
        let page = if content == "gzip" {
            Page::ok(body()).header("content-type", XML).header("content-encoding", "gzip")
        } else {
            Page::ok(body()).header("content-type", content)
        };
        let mut program = scene.start()?;
        scene.settle(&mut program).await?;
        let _ = publisher.wait_for_hits("/shape", 2, Duration::from_secs(10)).await;
        let (rss, cpu) = (program.memory_mb("VmRSS"), program.usage().cpu);
        program.reset_peak();
        // With an ETag, so that one body is one poll's work.
        publisher.set_page("/shape", page.header("etag", "\"shape\""));
        let began = Instant::now();
        let hits = publisher.hits("/shape").len();
        let mut usage = program.usage();
        while began.elapsed() < WITHIN && publisher.hits("/shape").len() < hits + 2 && program.is_alive() {
            tokio::time::sleep(Duration::from_millis(10)).await;
            // The system forgets the memory of a process at its end.
            usage = Some(program.usage()).filter(|now| now.peak_mb > 0.0).unwrap_or(usage);
        }
        let done = publisher.hits("/shape").len() >= hits + 2;
        let end = match (done, program.is_alive()) {
            (_, false) => format!(" {}", program.end()),
            (true, true) => String::new(),
            (false, true) => format!(" > {:.0} s", WITHIN.as_secs_f64()),
        };
        add_row(&mut finding, shape, usage.peak_mb - rss, usage.cpu - cpu, &end);
        program.kill();
    }
    Ok(finding)
}

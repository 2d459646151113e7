//! A site with many feeds, each with an `ETag`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// Serves until it is killed; prints its address first.
pub async fn serve(feeds: usize, entries: usize) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let site = Arc::new((feeds, entries));
    axum::serve(listener, Router::new().route("/{feed}", get(feed)).with_state(site)).await?;
    Ok(())
}

async fn feed(State(site): State<Arc<(usize, usize)>>, Path(feed): Path<usize>, headers: HeaderMap) -> Response {
    let (feeds, entries) = *site;
    if feed >= feeds {
        return StatusCode::NOT_FOUND.into_response();
    }
    let etag = format!("\"feed-{feed}\"");
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, [(ETAG, etag)]).into_response();
    }
    let kind = "application/rss+xml; charset=utf-8".to_owned();
    ([(CONTENT_TYPE, kind), (ETAG, etag)], body(feed, entries)).into_response()
}

/// A feed of a news site: headlines, links and texts of a kilobyte, each its own.
fn body(feed: usize, entries: usize) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Feed {feed}</title>\
         <link>https://feed{feed}.example/</link><description>News</description>"
    );
    for entry in 0..entries {
        let mut words = RandomWords((feed * 1_000 + entry) as u64);
        let (title, text) = (words.take(9), words.take(130));
        xml.push_str(&format!(
            "<item><title>{title}</title><link>https://feed{feed}.example/news/{entry}</link>\
             <guid>https://feed{feed}.example/news/{entry}</guid>\
             <pubDate>Sat, 10 Oct 2020 {:02}:05:00 GMT</pubDate><description>&lt;p&gt;{text}.&lt;/p&gt;</description></item>",
            entry % 24
        ));
    }
    xml.push_str("</channel></rss>");
    xml
}

/// RandomWords by chance, the same ones for the same start.
struct RandomWords(u64);

impl RandomWords {
    fn take(&mut self, count: usize) -> String {
        const SYLLABLES: [&str; 16] =
            ["ba", "ko", "ri", "shu", "la", "mar", "ten", "go", "vi", "sta", "ne", "dor", "ka", "li", "pe", "zu"];
        let mut text = String::new();
        for _ in 0..count {
            // A linear congruential generator with the constants of Knuth's MMIX.
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if !text.is_empty() {
                text.push(' ');
            }
            let bits = (self.0 >> 40) as usize;
            (0..2 + bits % 2).for_each(|at| text.push_str(SYLLABLES[bits >> (4 * at + 1) & 15]));
        }
        text
    }
}

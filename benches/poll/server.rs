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
    const PLACES: [&str; 8] = ["Shusha", "Lachin", "Hadrut", "Ganja", "Barda", "Martuni", "Jabrayil", "Fuzuli"];
    const DEEDS: [&str; 8] = ["harvest", "council", "school", "bridge", "market", "clinic", "railway", "theatre"];
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><rss version=\"2.0\"><channel><title>Feed {feed}</title>\
         <link>https://feed{feed}.example/</link><description>News</description>"
    );
    for entry in 0..entries {
        let (place, deed) = (PLACES[(feed + entry) % 8], DEEDS[(feed / 8 + entry) % 8]);
        let sentence = format!(
            "The {deed} of {place} was discussed on day {entry} by assembly number {feed}, which heard {} speakers and put \
             the matter to a vote in the evening. ",
            (feed * 7 + entry * 13) % 97
        );
        xml.push_str(&format!(
            "<item><title>{place}: the {deed} of day {entry} before assembly {feed}</title>\
             <link>https://feed{feed}.example/news/{entry}</link><guid>https://feed{feed}.example/news/{entry}</guid>\
             <pubDate>Sat, 10 Oct 2020 {:02}:05:00 GMT</pubDate><description>&lt;p&gt;{}&lt;/p&gt;</description></item>",
            entry % 24,
            sentence.repeat(6)
        ));
    }
    xml.push_str("</channel></rss>");
    xml
}

//! The demo's feed site: serves the articles that the replay's clock has reached, as RSS 2.0, Atom or RDF.

use std::fmt::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::net::TcpListener;

use ceasewire_model::{Outlet, Timestamp};

const ARTICLES: &str = include_str!("../../config/demo/articles.toml");
/// Items of a feed, as news sites have them.
const ITEMS: usize = 15;

#[derive(Clone, Debug)]
pub(super) struct DemoArticles {
    outlets: Vec<DemoOutlet>,
    items: Vec<DemoItem>,
}

#[derive(Clone, Debug)]
struct DemoItem {
    outlet: String,
    published: Timestamp,
    url: String,
    title: String,
    html: String,
}

#[derive(Deserialize)]
struct DemoFile {
    outlets: Vec<DemoOutlet>,
    articles: Vec<DemoArticle>,
}

#[derive(Clone, Debug, Deserialize)]
struct DemoOutlet {
    id: String,
    name: String,
    country: String,
    language: String,
    affiliation: String,
    home: String,
    format: DemoFormat,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum DemoFormat {
    Rss,
    Atom,
    Rdf,
}

#[derive(Deserialize)]
struct DemoArticle {
    outlet: String,
    path: String,
    published: toml::value::Datetime,
    title: String,
    html: String,
    #[serde(default)]
    carried: Vec<DemoReprint>,
}

#[derive(Deserialize)]
struct DemoReprint {
    outlet: String,
    path: String,
    minutes_later: i64,
    title: Option<String>,
}

impl DemoArticles {
    pub(super) fn load() -> anyhow::Result<Self> {
        let file: DemoFile = toml::from_str(ARTICLES)?;
        let home = |outlet: &str| {
            let publisher = file.outlets.iter().find(|publisher| publisher.id == outlet);
            publisher.map(|publisher| publisher.home.clone()).ok_or_else(|| anyhow::anyhow!("no outlet \"{outlet}\""))
        };
        let mut items = Vec::new();
        for article in file.articles {
            let published: chrono::DateTime<chrono::Utc> = article.published.to_string().parse()?;
            let published = Timestamp::from(published);
            for copy in &article.carried {
                items.push(DemoItem {
                    url: format!("{}{}", home(&copy.outlet)?, copy.path),
                    outlet: copy.outlet.clone(),
                    published: published.plus_secs(copy.minutes_later * 60),
                    title: copy.title.clone().unwrap_or_else(|| article.title.clone()),
                    html: article.html.clone(),
                });
            }
            items.push(DemoItem {
                url: format!("{}{}", home(&article.outlet)?, article.path),
                outlet: article.outlet,
                published,
                title: article.title,
                html: article.html,
            });
        }
        items.sort_by_key(|item| item.published);
        Ok(Self { outlets: file.outlets, items })
    }

    /// Lists the publication times, in order.
    pub(super) fn times(&self) -> Vec<Timestamp> {
        self.items.iter().map(|item| item.published).collect()
    }
}

/// A running feed site; dropping it stops it.
#[derive(Debug)]
pub(super) struct DemoSite {
    address: SocketAddr,
    state: Arc<DemoSiteState>,
    serving: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct DemoSiteState {
    articles: DemoArticles,
    clock: Arc<AtomicI64>,
}

impl Drop for DemoSite {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl DemoSite {
    pub(super) async fn start(articles: DemoArticles, clock: Arc<AtomicI64>) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(DemoSiteState { articles, clock });
        let router = Router::new().route("/{outlet}", get(feed)).with_state(Arc::clone(&state));
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "the demo's feed site ended; no more articles will come");
            }
        });
        Ok(Self { address, state, serving })
    }

    pub(super) fn outlets(&self) -> impl Iterator<Item = Outlet> + '_ {
        self.state.articles.outlets.iter().map(|publisher| Outlet {
            id: publisher.id.clone(),
            name: publisher.name.clone(),
            country: publisher.country.clone(),
            language: publisher.language.clone(),
            affiliation: publisher.affiliation.clone(),
            hosts: Vec::new(),
        })
    }

    /// Lists the feeds: the id of each outlet, and the address of its feed.
    pub(super) fn feeds(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let ids = self.state.articles.outlets.iter().map(|publisher| publisher.id.clone());
        ids.map(|id| (id.clone(), format!("http://{}/{id}", self.address)))
    }
}

async fn feed(State(state): State<Arc<DemoSiteState>>, Path(outlet): Path<String>, headers: HeaderMap) -> Response {
    let now = state.clock.load(Ordering::Relaxed);
    let articles = &state.articles;
    let Some(publisher) = articles.outlets.iter().find(|publisher| publisher.id == outlet) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let published = articles.items.iter().rev().filter(|item| item.outlet == outlet && item.published.0 <= now);
    let items: Vec<&DemoItem> = published.take(ITEMS).collect();
    let (content_type, body) = match publisher.format {
        DemoFormat::Rss => ("application/rss+xml; charset=utf-8", rss(publisher, &items)),
        DemoFormat::Atom => ("application/atom+xml; charset=utf-8", atom(publisher, &items)),
        DemoFormat::Rdf => ("application/rdf+xml; charset=utf-8", rdf(publisher, &items)),
    };
    let hash = Sha256::digest(&body);
    let etag = hash[..8].iter().fold(String::from("\""), |tag, byte| format!("{tag}{byte:02x}")) + "\"";
    if headers.get(IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == etag.as_bytes()) {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    ([(CONTENT_TYPE, content_type.to_owned()), (ETAG, etag)], body).into_response()
}

fn rss(publisher: &DemoOutlet, items: &[&DemoItem]) -> String {
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rss version=\"2.0\"><channel><title>{}</title><link>{}</link>\
         <description>{0}</description><language>{}</language>\n",
        escape(&publisher.name),
        publisher.home,
        publisher.language
    );
    for item in items {
        let _ = writeln!(
            xml,
            "<item><title>{0}</title><link>{2}</link><guid isPermaLink=\"true\">{2}</guid><pubDate>{1}</pubDate>\
             <description>{3}</description></item>",
            escape(&item.title),
            item.published.to_datetime().to_rfc2822(),
            item.url,
            escape(&item.html),
        );
    }
    xml + "</channel></rss>\n"
}

fn atom(publisher: &DemoOutlet, items: &[&DemoItem]) -> String {
    let updated = items.first().map_or(Timestamp(0), |item| item.published).to_rfc3339();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"{}\">\
         <title>{}</title><id>{}</id><link href=\"{2}\"/><updated>{updated}</updated>\n",
        publisher.language,
        escape(&publisher.name),
        publisher.home,
    );
    for item in items {
        let _ = writeln!(
            xml,
            "<entry><title>{}</title><id>{1}</id><link rel=\"alternate\" href=\"{1}\"/><published>{2}</published>\
             <updated>{2}</updated><content type=\"html\">{3}</content></entry>",
            escape(&item.title),
            item.url,
            item.published.to_rfc3339(),
            escape(&item.html),
        );
    }
    xml + "</feed>\n"
}

fn rdf(publisher: &DemoOutlet, items: &[&DemoItem]) -> String {
    let list: String = items.iter().map(|item| format!("<rdf:li rdf:resource=\"{}\"/>", item.url)).collect();
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns=\"http://purl.org/rss/1.0/\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<channel rdf:about=\"{1}\">\
         <title>{0}</title><link>{1}</link><description>{0}</description><dc:language>{2}</dc:language>\
         <items><rdf:Seq>{list}</rdf:Seq></items></channel>\n",
        escape(&publisher.name),
        publisher.home,
        publisher.language
    );
    for item in items {
        let _ = writeln!(
            xml,
            "<item rdf:about=\"{0}\"><title>{1}</title><link>{0}</link><description>{2}</description><dc:date>{3}</dc:date></item>",
            item.url,
            escape(&item.title),
            escape(&item.html),
            item.published.to_rfc3339(),
        );
    }
    xml + "</rdf:RDF>\n"
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

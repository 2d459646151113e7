//! Owns a stand-in for a publisher on a local port: pages that a test sets, conditional requests, and a record of the
//! requests. It must not know the fetcher under test, nor the content of a page: `rss` writes feeds.

mod rss;
#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use tokio::{
    net::TcpListener,
    sync::{Notify, watch},
};

use rss::unix_seconds;
pub use rss::{FeedItem, Rss, http_date};

/// A running site; it and all its connections end when this is dropped.
pub struct FeedSite {
    address: SocketAddr,
    shared: Arc<SharedSite>,
    /// Its drop is the signal to stop.
    _stop: watch::Sender<()>,
}

/// An answer to give, exactly as it stands but for conditional requests.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The headers, besides those that HTTP itself needs.
    pub headers: Vec<(String, String)>,
    /// The bytes sent.
    pub body: Vec<u8>,
    /// How long the client waits for it.
    pub delay: Duration,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Hit {
    /// `GET`, `HEAD`, …
    pub method: String,
    /// Names in lower case, in the order of arrival.
    pub headers: Vec<(String, String)>,
    /// The status of the answer, chosen at the arrival even if the answer is delayed.
    pub answered_status: u16,
    /// When it arrived.
    pub at: Instant,
}

struct SharedSite {
    site: Mutex<SiteState>,
    changed: Notify,
}

struct SiteState {
    pages: HashMap<String, Page>,
    hits: HashMap<String, Vec<Hit>>,
    /// The Last-Modified of the latest change.
    modified: SystemTime,
}

impl FeedSite {
    /// Starts a site on a free port of 127.0.0.1; every path is 404 until it is set.
    pub async fn start() -> FeedSite {
        FeedSite::start_at(Ipv4Addr::LOCALHOST).await
    }

    /// Starts a site on a free port of another loopback address: another host to a fetcher.
    pub async fn start_at(host: Ipv4Addr) -> FeedSite {
        let listener = TcpListener::bind((host, 0)).await.expect("a free local port");
        let address = listener.local_addr().expect("a bound listener");
        let (stop, stopped) = watch::channel(());
        // Every change moves Last-Modified by the second that HTTP dates can tell apart, so it begins in the past.
        let modified = SystemTime::now() - Duration::from_secs(86_400);
        let site = SiteState { pages: HashMap::new(), hits: HashMap::new(), modified };
        let shared = Arc::new(SharedSite { site: Mutex::new(site), changed: Notify::new() });
        let (served, ending) = (shared.clone(), stopped.clone());
        let router = Router::new().fallback(move |request: Request| handle(served.clone(), ending.clone(), request));
        let server = axum::serve(listener, router).with_graceful_shutdown(until_dropped(stopped));
        tokio::spawn(async move { server.await });
        FeedSite { address, shared, _stop: stop }
    }

    /// Gives the port, for settings that allow it.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Gives the whole address of a path, which begins with a slash and may have a query.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Puts an RSS body at a path, with an ETag and a Last-Modified that change when the body does.
    pub fn set(&self, path: &str, body: impl Into<Vec<u8>>) {
        let body = body.into();
        let mut site = self.shared.lock();
        if site.pages.get(path).is_some_and(|page| page.status == 200 && page.body == body) {
            return;
        }
        site.modified += Duration::from_secs(1);
        let mut hasher = DefaultHasher::new();
        body.hash(&mut hasher);
        let page = Page::ok(body)
            .header("content-type", "application/rss+xml")
            .header("etag", &format!("\"{:016x}\"", hasher.finish()))
            .header("last-modified", &http_date(site.modified));
        site.pages.insert(path.to_owned(), page);
    }

    /// Puts any answer at a path; only one that carries an ETag or a Last-Modified can become a 304.
    pub fn set_page(&self, path: &str, page: Page) {
        page.check();
        self.shared.lock().pages.insert(path.to_owned(), page);
    }

    /// Takes a page away, so that its path is 404 again.
    pub fn remove(&self, path: &str) {
        self.shared.lock().pages.remove(path);
    }

    /// Lists the requests for a path, in order; a query is part of the path only if the test set it so.
    pub fn hits(&self, path: &str) -> Vec<Hit> {
        self.shared.lock().hits.get(path).cloned().unwrap_or_default()
    }

    /// Waits for at least `n` requests of a path and returns them, or an error text.
    pub async fn wait_for_hits(&self, path: &str, n: usize, timeout: Duration) -> Result<Vec<Hit>, String> {
        let reached = async {
            loop {
                let mut changed = std::pin::pin!(self.shared.changed.notified());
                // Registered before the look, or a hit in between would go unheard.
                changed.as_mut().enable();
                let hits = self.hits(path);
                if hits.len() >= n {
                    return hits;
                }
                changed.await;
            }
        };
        let late = |_| format!("not within {timeout:?}: {path} was hit {} times of {n}", self.hits(path).len());
        tokio::time::timeout(timeout, reached).await.map_err(late)
    }
}

impl Page {
    /// Makes a 200 with a body and no headers of its own.
    pub fn ok(body: impl Into<Vec<u8>>) -> Page {
        Page { body: body.into(), ..Page::status(200) }
    }

    /// Makes an empty answer with a status.
    pub fn status(status: u16) -> Page {
        Page { status, ..Page::default() }
    }

    /// Makes a redirect, permanent or not by its status, to an address or a path.
    pub fn redirect(status: u16, to: &str) -> Page {
        Page::status(status).header("location", to)
    }

    /// Makes a 429 with a Retry-After, in seconds or as a date.
    pub fn too_many(retry_after: &str) -> Page {
        Page::status(429).header("retry-after", retry_after)
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Page {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Makes the client wait.
    #[must_use]
    pub fn delay(mut self, delay: Duration) -> Page {
        self.delay = delay;
        self
    }

    fn find(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }

    /// Panics at an impossible answer, in the test that sets it.
    fn check(&self) {
        StatusCode::from_u16(self.status).expect("a status between 100 and 999");
        for (name, value) in &self.headers {
            HeaderName::try_from(name).expect("a header name");
            HeaderValue::try_from(value).expect("a header value");
        }
    }

    /// Checks that the client has this page already; If-None-Match outweighs If-Modified-Since (RFC 9110, 13.2.2).
    fn is_known_to(&self, headers: &[(String, String)]) -> bool {
        let weak = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        if self.status != 200 {
            return false;
        }
        match (find_header(headers, "if-none-match"), find_header(headers, "if-modified-since")) {
            (Some(tags), _) => self
                .find("etag")
                .is_some_and(|etag| tags.trim() == "*" || tags.split(',').any(|tag| weak(tag) == weak(etag))),
            (None, Some(since)) => {
                let dates = self.find("last-modified").and_then(unix_seconds).zip(unix_seconds(since));
                dates.is_some_and(|(modified, since)| modified <= since)
            }
            (None, None) => false,
        }
    }

    fn into_response(self, is_known: bool) -> Response {
        // A 304 carries the validators but describes no body.
        let (status, body) = if is_known { (304, Vec::new()) } else { (self.status, self.body) };
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let kept = self.headers.iter().filter(|(name, _)| !is_known || !name.eq_ignore_ascii_case("content-type"));
        for (name, value) in kept {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

impl Hit {
    /// Gives the value of a header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        find_header(&self.headers, name)
    }
}

impl SharedSite {
    fn lock(&self) -> MutexGuard<'_, SiteState> {
        self.site.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn until_dropped(mut stop: watch::Receiver<()>) {
    // The channel never has a value, so the wait ends only with the sender.
    while stop.changed().await.is_ok() {}
}

async fn handle(shared: Arc<SharedSite>, stop: watch::Receiver<()>, request: Request) -> Response {
    tokio::select! {
        () = until_dropped(stop) => Page::status(503).into_response(false),
        response = respond(&shared, request) => response,
    }
}

async fn respond(shared: &SharedSite, request: Request) -> Response {
    let value = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers: Vec<_> = request.headers().iter().map(|(name, v)| (name.as_str().to_owned(), value(v))).collect();
    let (page, is_known) = {
        let mut site = shared.lock();
        let whole = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let path = if site.pages.contains_key(whole) { whole } else { request.uri().path() };
        let page = site.pages.get(path).cloned().unwrap_or_else(|| Page::status(404));
        let is_known = page.is_known_to(&headers);
        let answered_status = if is_known { 304 } else { page.status };
        let hit = Hit { method: request.method().to_string(), headers, answered_status, at: Instant::now() };
        site.hits.entry(path.to_owned()).or_default().push(hit);
        (page, is_known)
    };
    shared.changed.notify_waiters();
    if !page.delay.is_zero() {
        tokio::time::sleep(page.delay).await;
    }
    page.into_response(is_known)
}

fn find_header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

//! Trying an address before it becomes a feed: people give the address of a site as often as that of its feed.

use url::Url;

use super::discover::{self, PageKind};
use super::fetch::{Answer, Body, FetchError, Fetched, Fetcher, Request, Trust};
use super::parse::{self, FeedParseError};
use ceasewire_model::Timestamp;

/// Feeds that a page names which are tried, the likeliest first.
const MOST_NAMED: usize = 4;
/// Usual addresses that are tried on a site which names none.
const MOST_GUESSED: usize = 6;

/// A feed that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// Its address: the given one, one that it has moved to for good, or one that the page there names.
    pub url: String,
    /// What is in it.
    pub feed: parse::ParsedFeed,
    /// Addresses of further feeds that the page names.
    pub others: Vec<String>,
}

/// Why an address leads to no feed.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// Nothing could be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// What is there is no feed.
    #[error(transparent)]
    Parse(#[from] FeedParseError),
    /// A page asks for a browser or a human.
    #[error("the site answers programs with a check for robots; give the address of another feed")]
    Challenge,
    /// A page asks for a login.
    #[error("the site asks for a login; give the address of a feed that needs none")]
    Login,
    /// A page names no feed, and none is at the usual places.
    #[error("this is a web page that names no feed, and none is at the usual places; look for \"RSS\" on the site")]
    NoFeed,
}

/// Fetches and reads the feed at an address, or, where a web page is there, the feed of that page.
///
/// # Errors
/// When no feed is found; the first address's fault counts.
pub async fn find(fetcher: &Fetcher, request: Request<'_>) -> Result<Trial, TrialError> {
    let (body, moved_to) = fetch(fetcher, request).await?;
    match read(&body) {
        Ok(feed) => {
            let url = moved_to.unwrap_or_else(|| request.url.to_owned());
            return Ok(Trial { url, feed, others: Vec::new() });
        }
        Err(FeedParseError::Html) => {}
        Err(error) => return Err(error.into()),
    }
    let Ok(url) = Url::parse(&body.url) else { return Err(TrialError::NoFeed) };
    let page = discover::page(&String::from_utf8_lossy(&body.bytes), &url);
    match page.kind {
        PageKind::Challenge => return Err(TrialError::Challenge),
        PageKind::Login if page.feeds.is_empty() => return Err(TrialError::Login),
        PageKind::Login | PageKind::Moved(_) | PageKind::Page => {}
    }
    let named: Vec<String> = page.feeds.into_iter().map(|found| found.url.to_string()).collect();
    let guessed = if named.is_empty() { discover::guesses(&url) } else { Vec::new() };
    let guessed = guessed.into_iter().take(MOST_GUESSED).map(|url| url.to_string());
    for address in named.iter().take(MOST_NAMED).cloned().chain(guessed) {
        // What is at one of these may be anything; the next one may be right.
        let Ok((body, moved_to)) = fetch(fetcher, at(&address, request.trust, request.now)).await else { continue };
        if let Ok(feed) = read(&body) {
            let others = named.into_iter().filter(|other| *other != address).take(MOST_NAMED).collect();
            return Ok(Trial { url: moved_to.unwrap_or(address), feed, others });
        }
    }
    Err(TrialError::NoFeed)
}

fn at(url: &str, trust: Trust, now: Timestamp) -> Request<'_> {
    Request::new(url, trust, now)
}

async fn fetch(fetcher: &Fetcher, request: Request<'_>) -> Result<(Body, Option<String>), FetchError> {
    match fetcher.fetch(request).await? {
        Answer { fetched: Fetched::Body(body), moved_to, .. } => Ok((body, moved_to)),
        // Without conditions nobody can say that nothing has changed; a server that does has nothing to give.
        Answer { fetched: Fetched::NotModified, .. } => Err(FetchError::Empty(304)),
    }
}

fn read(body: &Body) -> Result<parse::ParsedFeed, FeedParseError> {
    parse::parse(&body.bytes, body.content_type.as_deref(), Some(&body.url))
}

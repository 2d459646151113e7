//! The probe: tries an address before it becomes a feed. People give the address of a site as often as that of its
//! feed, so the probe follows a web page to its feeds.

use url::Url;

use super::budget::FeedBudget;
use super::discover::{self, PageKind, WebPage};
use super::fetch::{
    FetchError, FetchRequest, FetchResponse, FetchedContent, Fetcher, NetworkFault, ResponseBody, Trust,
};
use super::parse::{self, FeedParseError, ParsedFeed};
use ceasewire_model::Timestamp;

/// The most feeds of a page that a probe tries, the likeliest first.
const MAX_NAMED: usize = 4;
/// The most usual addresses that a probe tries on a site that names no feed.
const MAX_GUESSED: usize = 6;

/// The feed that a probe found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedProbe {
    /// The address of the feed: the given one, its permanent redirect, or one that the page there names.
    pub url: String,
    pub feed: ParsedFeed,
    /// Addresses of the other feeds that the page names.
    pub others: Vec<String>,
}

/// Why an address leads to no feed.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The first address could not be fetched.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The address has neither a feed nor a web page.
    #[error(transparent)]
    Parse(#[from] FeedParseError),
    /// The page asks for a browser or a human.
    #[error("the site answers programs with a check for robots; give the address of another feed")]
    Challenge,
    /// The page asks for a login.
    #[error("the site asks for a login; give the address of a feed that needs none")]
    Login,
    /// The page names no feed, and the usual addresses have none.
    #[error("this is a web page that names no feed, and none is at the usual places; look for \"RSS\" on the site")]
    NoFeed,
}

/// A document at a tried address.
enum ProbedDocument {
    Feed(Box<ParsedFeed>),
    Page(WebPage, Url),
    /// Neither a feed nor a page.
    Other(FeedParseError),
    /// A document that broke off, with the cause.
    Cut(String),
}

/// Probes an address: parses the feed there, or the first feed of the web page there.
///
/// # Errors
/// When no feed is found. The error is that of the given address, not of the addresses tried after it.
pub async fn probe_feed(
    fetcher: &Fetcher,
    request: FetchRequest<'_>,
    budget: &FeedBudget,
) -> Result<FeedProbe, ProbeError> {
    let (body, moved_to, cut) = fetch(fetcher, request).await?;
    let (page, url) = match read(body, cut, budget).await {
        ProbedDocument::Feed(feed) => {
            let url = moved_to.unwrap_or_else(|| request.url.to_owned());
            return Ok(FeedProbe { url, feed: *feed, others: Vec::new() });
        }
        ProbedDocument::Page(page, url) => (page, url),
        ProbedDocument::Other(FeedParseError::Html) => return Err(ProbeError::NoFeed),
        ProbedDocument::Other(error) => return Err(error.into()),
        ProbedDocument::Cut(cause) => return Err(FetchError::Network { fault: NetworkFault::Cut, cause }.into()),
    };
    match page.kind {
        PageKind::Challenge => return Err(ProbeError::Challenge),
        PageKind::Login if page.feeds.is_empty() => return Err(ProbeError::Login),
        PageKind::Login | PageKind::Moved(_) | PageKind::Page => {}
    }
    let named: Vec<String> = page.feeds.into_iter().map(|found| found.url.to_string()).collect();
    let guessed = if named.is_empty() { discover::usual_addresses(&url) } else { Vec::new() };
    let guessed = guessed.into_iter().take(MAX_GUESSED).map(|url| url.to_string());
    for address in named.iter().take(MAX_NAMED).cloned().chain(guessed) {
        // An error at one address says nothing about the next.
        let Ok((body, moved_to, cut)) = fetch(fetcher, at(&address, request.trust, request.now)).await else {
            continue;
        };
        if let ProbedDocument::Feed(feed) = read(body, cut, budget).await {
            let others = named.into_iter().filter(|other| *other != address).take(MAX_NAMED).collect();
            return Ok(FeedProbe { url: moved_to.unwrap_or(address), feed: *feed, others });
        }
    }
    Err(ProbeError::NoFeed)
}

fn at(url: &str, trust: Trust, now: Timestamp) -> FetchRequest<'_> {
    FetchRequest::new(url, trust, now)
}

/// Fetches an address. Returns the body, the address where a feed has moved, and the cause where the body broke off.
async fn fetch(
    fetcher: &Fetcher,
    request: FetchRequest<'_>,
) -> Result<(ResponseBody, Option<String>, Option<String>), FetchError> {
    let (response, cut) = match fetcher.fetch(request).await {
        Err(FetchError::CutOff { response, cause }) => (response.0, Some(cause)),
        fetched => (fetched?, None),
    };
    match response {
        FetchResponse { content: FetchedContent::Body(body), moved_to, .. } => Ok((body, moved_to, cut)),
        // A request without conditions cannot have this answer; a server that gives it all the same has no body.
        FetchResponse { content: FetchedContent::NotModified, .. } => Err(FetchError::Empty(304)),
    }
}

/// Parses a body off the async threads. One that broke off, by the cause `cut`, counts only as a whole feed.
async fn read(body: ResponseBody, cut: Option<String>, budget: &FeedBudget) -> ProbedDocument {
    let budget = *budget;
    let parsed = move |body: &ResponseBody| {
        let content_type = body.content_type.as_deref();
        parse::parse(&body.bytes, content_type, Some(&body.url), &budget)
    };
    ceasewire_cpu::run_or_panic(move || match (parsed(&body), cut) {
        (Ok(feed), Some(cause)) if !feed.is_whole => ProbedDocument::Cut(cause),
        (Err(_), Some(cause)) => ProbedDocument::Cut(cause),
        (parsed, _) => document(parsed, &body),
    })
    .await
}

fn document(parsed: Result<ParsedFeed, FeedParseError>, body: &ResponseBody) -> ProbedDocument {
    match parsed {
        Ok(feed) => ProbedDocument::Feed(Box::new(feed)),
        Err(FeedParseError::Html) => match Url::parse(&body.url) {
            Ok(url) => {
                let page = discover::inspect_page(&String::from_utf8_lossy(&body.bytes), &url);
                ProbedDocument::Page(page, url)
            }
            Err(_) => ProbedDocument::Other(FeedParseError::Html),
        },
        Err(error) => ProbedDocument::Other(error),
    }
}

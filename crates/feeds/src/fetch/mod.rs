//! Fetching: the only part that talks HTTP to publishers. Knows nothing of feeds' contents.
//!
//! A request is conditional where the last answer allows it, waits for its host's turn (`host`), is bounded in time and
//! size (`body`), and goes only where the `guard` lets it go, on every hop of its `journey`. `headers` reads what an
//! answer says of itself, `client` holds the connections.

mod address_policy;
mod body;
mod client;
mod credentials;
mod error;
mod headers;
mod host_limiter;
mod redirects;

use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::StatusCode;
use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, LOCATION,
};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};

use address_policy::Guard;
use ceasewire_model::Timestamp;
use client::Clients;
use host_limiter::HostLimiter;
use redirects::{Journey, is_redirect, may_be_told};

pub use address_policy::{Refusal, Trust};
pub use credentials::{Credentials, Login};
pub use error::{FetchError, NetworkFault, Stage};

/// How long a request waits for its host's turn. Whoever has many addresses of one host had better ask again than keep
/// others waiting.
const TURN_WITHIN: Duration = Duration::from_secs(10);

/// The `[fetch]` section of the configuration.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FetchConfig {
    pub connect_timeout_secs: u64,
    pub header_timeout_secs: u64,
    pub timeout_secs: u64,
    pub max_body_bytes: usize,
    pub user_agent: String,
    pub per_host_concurrency: usize,
    pub per_host_spacing_ms: u64,
    pub allow_private_networks: bool,
    pub allow_networks: Vec<IpNet>,
    pub allow_ports: Vec<u16>,
}

/// What to fetch, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The address.
    pub url: &'a str,
    /// The `ETag` of the answer that was taken last.
    pub etag: Option<&'a str>,
    /// Its `Last-Modified`.
    pub last_modified: Option<&'a str>,
    /// Who named the address.
    pub trust: Trust,
    /// How the feed is reached, if it needs more than its address. For a stranger's address it is left aside.
    pub access: Option<&'a Credentials>,
    /// The present moment, by which dates are counted where the answer bears none.
    pub now: Timestamp,
}

/// What came of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What the server gave.
    pub fetched: Fetched,
    /// The address that the feed has moved to for good, by redirects of which all were permanent. To be kept only once a
    /// feed has been read there: a site that is being repaired, or taken over, redirects all that it has.
    pub moved_to: Option<String>,
    /// Seconds for which the server says there will be nothing new. It may say any number.
    pub fresh_secs: Option<i64>,
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fetched {
    /// Nothing has changed since the answer that the request's conditions were taken from.
    NotModified,
    /// A body.
    Body(Body),
}

/// A body with what came along with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// The bytes, decompressed; at least one.
    pub bytes: Vec<u8>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `ETag`, if it can be sent back.
    pub etag: Option<String>,
    /// The header `Last-Modified`, if it can be sent back.
    pub last_modified: Option<String>,
    /// The address that answered in the end, without a user and a password.
    pub url: String,
}

/// Fetches over HTTP. Its clones share connections and the hosts' turns.
#[derive(Clone, Debug)]
pub struct Fetcher {
    clients: Arc<Clients>,
    guard: Arc<Guard>,
    hosts: Arc<HostLimiter>,
    connect_timeout: Duration,
    header_timeout: Duration,
    timeout: Duration,
    max_body_bytes: usize,
}

impl<'a> Request<'a> {
    /// A request without conditions, for an address that somebody named.
    pub fn new(url: &'a str, trust: Trust, now: Timestamp) -> Self {
        Self { url, etag: None, last_modified: None, trust, access: None, now }
    }
}

impl Fetcher {
    /// Builds a fetcher.
    ///
    /// # Errors
    /// When the machine's trusted certificates cannot be read.
    pub fn new(config: &FetchConfig) -> Result<Self, FetchError> {
        let guard = Arc::new(Guard::new(config));
        Ok(Self {
            clients: Arc::new(Clients::new(config, &guard)?),
            guard,
            hosts: Arc::new(HostLimiter::new(
                config.per_host_concurrency,
                Duration::from_millis(config.per_host_spacing_ms),
            )),
            connect_timeout: Duration::from_secs(config.connect_timeout_secs),
            header_timeout: Duration::from_secs(config.header_timeout_secs),
            timeout: Duration::from_secs(config.timeout_secs),
            max_body_bytes: config.max_body_bytes,
        })
    }

    /// Fetches an address, unless it is as the request's conditions say.
    ///
    /// It takes at most `fetch.timeout_secs`, to which comes the time that it waits for the turns of its hosts, ten seconds
    /// each at most.
    ///
    /// # Errors
    /// When no whole body could be had.
    pub async fn fetch(&self, request: Request<'_>) -> Result<Answer, FetchError> {
        let mut journey = Journey::new(request.url)?;
        let access = request.access.filter(|_| request.trust == Trust::Operator);
        let client = self.clients.client(request.trust, access.and_then(|access| access.proxy.as_ref()))?;
        let mut left = self.timeout;
        loop {
            self.guard.check(&journey.url, request.trust)?;
            // One host's turn ends before the next one's is waited for: two hosts that redirect to each other's feeds
            // could not wait for each other.
            let turn = match journey.url.host_str() {
                Some(host) if !self.guard.is_own_machine(&journey.url, request.trust) => {
                    Some(timeout(TURN_WITHIN, self.hosts.turn(host)).await.map_err(|_| FetchError::Busy)?)
                }
                _ => None,
            };
            let begun = Instant::now();
            let mut response = self.ask(&client, &journey, &request, access, begun + left).await?;
            let (status, headers) = (response.status(), response.headers());
            if is_redirect(status)
                && let Some(location) = headers.get(LOCATION)
            {
                journey.follow(status, location.as_bytes())?;
                left = left.saturating_sub(begun.elapsed());
                drop(turn);
                continue;
            }
            let fresh_secs = headers::fresh_secs(headers, request.now);
            let fetched = self.judge(&mut response, &journey, &request, begun + left).await?;
            return Ok(Answer { fetched, moved_to: journey.moved_to(), fresh_secs });
        }
    }

    /// Sends the request for one hop and waits for the beginning of its answer.
    async fn ask(
        &self,
        client: &reqwest::Client,
        journey: &Journey,
        request: &Request<'_>,
        access: Option<&Credentials>,
        deadline: Instant,
    ) -> Result<reqwest::Response, FetchError> {
        let mut asking = client.get(journey.url.clone());
        let access = access.filter(|access| may_be_told(&access.home, &journey.url));
        if let Some(access) = access {
            asking = asking.headers(own_headers(access));
        }
        if let Some(login) = access.and_then(|access| access.login.as_ref()).or(journey.login()) {
            asking = asking.basic_auth(&login.user, Some(login.password.expose_secret()));
        }
        for (name, validator) in [(IF_NONE_MATCH, request.etag), (IF_MODIFIED_SINCE, request.last_modified)] {
            if let Some(condition) = headers::condition(validator) {
                asking = asking.header(name, condition);
            }
        }
        let headers_by = Instant::now() + self.header_timeout;
        match timeout_at(deadline.min(headers_by), asking.send()).await {
            Ok(response) => response.map_err(|error| self.client_error(error)),
            Err(_) if deadline <= headers_by => {
                Err(FetchError::Timeout { stage: Stage::Whole, secs: self.timeout.as_secs() })
            }
            Err(_) => Err(FetchError::Timeout { stage: Stage::Headers, secs: self.header_timeout.as_secs() }),
        }
    }

    /// Looks at an answer's status, and then at its body.
    async fn judge(
        &self,
        response: &mut reqwest::Response,
        journey: &Journey,
        request: &Request<'_>,
        deadline: Instant,
    ) -> Result<Fetched, FetchError> {
        let status = response.status();
        let conditional = [request.etag, request.last_modified].into_iter().any(|v| headers::condition(v).is_some());
        if status == StatusCode::NOT_MODIFIED && conditional {
            return Ok(Fetched::NotModified);
        }
        if !status.is_success() {
            let headers = response.headers();
            return Err(FetchError::Status {
                status: status.as_u16(),
                retry_after_secs: headers::retry_after_secs(headers, request.now),
                protection: headers::bot_protection(status, headers),
            });
        }
        // No content, reset content, and a part of what was asked for as a whole.
        if matches!(status.as_u16(), 204..=206) {
            return Err(FetchError::Empty(status.as_u16()));
        }
        let bytes = body::read(response, self, deadline).await?;
        if bytes.is_empty() {
            return Err(FetchError::Empty(status.as_u16()));
        }
        let headers = response.headers();
        Ok(Fetched::Body(Body {
            bytes,
            content_type: headers::text(headers, &CONTENT_TYPE),
            etag: headers::validator(headers, &ETAG),
            last_modified: headers::validator(headers, &LAST_MODIFIED),
            url: journey.url.to_string(),
        }))
    }

    fn client_error(&self, error: reqwest::Error) -> FetchError {
        FetchError::from_client(error, self.connect_timeout.as_secs())
    }
}

/// The headers that the operator has set for a feed. What is no header was found out when the settings were read.
fn own_headers(access: &Credentials) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &access.headers {
        if let (Ok(name), Ok(mut value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.expose_secret()))
        {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    headers
}

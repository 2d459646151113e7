//! Fetching: the only part that talks HTTP to publishers. Knows nothing of feeds' contents.
//!
//! A request carries the validators of the last answer, waits for a permit of its host (`host_limiter`), is bounded in
//! time and size (`body`), and obeys the `address_policy` on every hop of its `redirects`. `headers` reads the headers
//! of an answer, `client` holds the connections, `kept_connection` replaces dead ones.

mod address_policy;
mod body;
mod client;
mod credentials;
mod error;
mod headers;
mod host_limiter;
mod kept_connection;
mod redirects;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use reqwest::StatusCode;
use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, ETAG, HeaderMap, HeaderName, HeaderValue, LOCATION};
use secrecy::ExposeSecret;
use serde::Deserialize;
use tokio::time::{Instant, timeout, timeout_at};
use url::Url;

use address_policy::{AddressPolicy, Reach};
use ceasewire_model::Timestamp;
use client::{ACCEPTED_AFTER_REFUSAL, ClientPair, HttpClients};
use host_limiter::HostLimiter;
use redirects::{RedirectChain, is_redirect, may_receive_secrets};

pub use address_policy::{AddressRefusal, Trust};
pub use credentials::{Credentials, Login};
pub use error::{FetchError, FetchStage, NetworkFault};
#[doc(hidden)]
pub use headers::check_headers;

/// How long a request waits for a permit of its host. A longer wait would hold up the feeds of other hosts; the poller
/// comes back later instead.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(10);
/// The part of `fetch.header_timeout_secs` that a kept connection has for its answer: beyond that it counts as dead.
const KEPT_CONNECTION_SHARE: u32 = 4;

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

/// An address to fetch, with its conditions and credentials.
#[derive(Clone, Copy, Debug)]
pub struct FetchRequest<'a> {
    pub url: &'a str,
    /// The address that the operator has configured, where `url` is another one: a page of the feed, or the address that
    /// the feed has moved to. Only its host may be private.
    pub configured: Option<&'a str>,
    /// The `ETag` of the last stored body.
    pub etag: Option<&'a str>,
    /// The `Last-Modified` of the last stored body.
    pub last_modified: Option<&'a str>,
    /// The origin of the address.
    pub trust: Trust,
    /// Proxy, headers, login and rights of the feed. Ignored for a stranger's address.
    pub credentials: Option<&'a Credentials>,
    /// The present moment, for answers without a `Date` header.
    pub now: Timestamp,
}

/// A successful answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FetchResponse {
    pub content: FetchedContent,
    /// The new address of the feed, if every redirect to it was permanent. The caller stores it only after it has
    /// parsed a feed there: a site under repair, or in new hands, redirects all its addresses.
    pub moved_to: Option<String>,
    /// Seconds without news, as the server promises; any number.
    pub fresh_secs: Option<i64>,
}

/// An answer whose body broke off. Its `Debug` hides the address, which may hold a key.
#[derive(Clone, PartialEq, Eq)]
pub struct CutResponse(pub FetchResponse);

impl fmt::Debug for CutResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CutResponse").finish_non_exhaustive()
    }
}

/// The content of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FetchedContent {
    /// The body is still the one that the request's conditions name.
    NotModified,
    Body(ResponseBody),
}

/// A body with the headers that the next request or the parser needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResponseBody {
    /// The bytes, decompressed; at least one.
    pub bytes: Vec<u8>,
    pub content_type: Option<String>,
    /// The header `ETag`, if a request can carry it.
    pub etag: Option<String>,
    /// The header `Last-Modified`, if a request can carry it and it does not lie in the future.
    pub last_modified: Option<String>,
    /// The address at the end of all redirects, without user and password.
    pub url: String,
}

/// Fetches over HTTP. Clones share connections and host limits.
#[derive(Clone, Debug)]
pub struct Fetcher {
    clients: Arc<HttpClients>,
    policy: Arc<AddressPolicy>,
    allow_private: bool,
    hosts: Arc<HostLimiter>,
    /// Strangers' requests have permits of their own: a slow host that they share with an operator's feed delays only
    /// theirs.
    strangers_hosts: Arc<HostLimiter>,
    connect_timeout: Duration,
    header_timeout: Duration,
    timeout: Duration,
    /// The most bytes of a body at an address of the operator.
    max_body_bytes: usize,
    /// The most bytes of a body at an address of a stranger.
    max_stranger_body_bytes: usize,
}

impl<'a> FetchRequest<'a> {
    /// A request without conditions and credentials.
    pub fn new(url: &'a str, trust: Trust, now: Timestamp) -> Self {
        Self { url, configured: None, etag: None, last_modified: None, trust, credentials: None, now }
    }

    fn conditions(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        headers::conditions(self.etag, self.last_modified, self.now)
    }
}

impl Fetcher {
    /// Builds a fetcher.
    ///
    /// # Errors
    /// When the trusted certificates of this machine cannot be read.
    pub fn new(config: &FetchConfig) -> Result<Self, FetchError> {
        Self::with_idle_connections(config, config.per_host_concurrency)
    }

    /// Builds a fetcher that keeps up to `idle_per_host` connections to an operator's host open.
    ///
    /// # Errors
    /// When the trusted certificates of this machine cannot be read.
    pub fn with_idle_connections(config: &FetchConfig, idle_per_host: usize) -> Result<Self, FetchError> {
        let policy = Arc::new(AddressPolicy::new(config));
        let spacing = Duration::from_millis(config.per_host_spacing_ms);
        let hosts = |concurrency| Arc::new(HostLimiter::new(concurrency, spacing));
        Ok(Self {
            clients: Arc::new(HttpClients::new(config, &policy, idle_per_host)?),
            policy,
            allow_private: config.allow_private_networks,
            hosts: hosts(config.per_host_concurrency),
            strangers_hosts: hosts(config.per_host_concurrency.div_ceil(2)),
            connect_timeout: Duration::from_secs(config.connect_timeout_secs),
            header_timeout: Duration::from_secs(config.header_timeout_secs),
            timeout: Duration::from_secs(config.timeout_secs),
            max_body_bytes: config.max_body_bytes,
            max_stranger_body_bytes: config.max_body_bytes,
        })
    }

    /// Lowers the limit for bodies at addresses of strangers.
    pub fn with_stranger_limit(self, max_body_bytes: usize) -> Self {
        Self { max_stranger_body_bytes: max_body_bytes.min(self.max_body_bytes), ..self }
    }

    fn max_body_bytes(&self, trust: Trust) -> usize {
        match trust {
            Trust::Operator => self.max_body_bytes,
            Trust::Stranger => self.max_stranger_body_bytes,
        }
    }

    /// Fetches an address and follows its redirects.
    ///
    /// Takes at most `fetch.timeout_secs`, plus at most ten seconds for the permit of each host on the way.
    pub async fn fetch(&self, request: FetchRequest<'_>) -> Result<FetchResponse, FetchError> {
        let mut chain = RedirectChain::new(request.url)?;
        let credentials = request.credentials.filter(|_| request.trust == Trust::Operator);
        let proxy = credentials.and_then(|credentials| credentials.proxy.as_ref());
        let hosts = if request.trust == Trust::Stranger { &self.strangers_hosts } else { &self.hosts };
        let (mut remaining, mut was_refused) = (self.timeout, false);
        loop {
            let reach = self.reach(&request, credentials, &chain.url);
            self.policy.check(&chain.url, reach)?;
            let clients = self.clients.pair(reach, proxy)?;
            // A hop drops its permit before the next hop waits for one: otherwise two hosts that redirect to each other
            // would deadlock.
            let permit = match chain.url.host_str() {
                Some(host) if !self.policy.is_own_machine(&chain.url, reach) => {
                    Some(timeout(PERMIT_TIMEOUT, hosts.acquire(host)).await.map_err(|_| FetchError::Busy)?)
                }
                _ => None,
            };
            let started = Instant::now();
            let mut headers = hop_headers(&chain, &request, credentials);
            if was_refused && !headers.contains_key(ACCEPT) {
                headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED_AFTER_REFUSAL));
            }
            let mut response = self.send(&clients, &chain, headers, credentials, started + remaining).await?;
            let (status, headers) = (response.status(), response.headers());
            if is_redirect(status)
                && let Some(location) = headers.get(LOCATION)
            {
                chain.follow(status, location.as_bytes(), headers)?;
                remaining = remaining.saturating_sub(started.elapsed());
                drop(permit);
                continue;
            }
            if status == StatusCode::NOT_ACCEPTABLE && !was_refused {
                was_refused = true;
                remaining = remaining.saturating_sub(started.elapsed());
                drop(permit);
                continue;
            }
            let fresh_secs = headers::fresh_secs(headers, request.now);
            let (content, cut) = self.read_content(&mut response, &chain, &request, started + remaining).await?;
            let response = FetchResponse { content, moved_to: chain.moved_to(), fresh_secs };
            return match cut {
                Some(cause) => Err(FetchError::CutOff { response: Box::new(CutResponse(response)), cause }),
                None => Ok(response),
            };
        }
    }

    /// How far a hop may go: only the host that the operator has configured may be private, since a publisher chooses
    /// the targets of redirects.
    fn reach(&self, request: &FetchRequest<'_>, credentials: Option<&Credentials>, hop: &Url) -> Reach {
        if request.trust == Trust::Stranger {
            return Reach::Stranger;
        }
        let may_enter = self.allow_private || credentials.is_some_and(|credentials| credentials.private);
        let configured = Url::parse(request.configured.unwrap_or(request.url).trim());
        let is_home = configured.is_ok_and(|home| may_receive_secrets(&home.origin(), hop));
        if may_enter && is_home { Reach::Inside } else { Reach::Public }
    }

    /// Sends the request of one hop and waits for the headers of the answer.
    async fn send(
        &self,
        clients: &ClientPair,
        chain: &RedirectChain,
        headers: HeaderMap,
        credentials: Option<&Credentials>,
        deadline: Instant,
    ) -> Result<reqwest::Response, FetchError> {
        let mut outgoing = clients.keeping.get(chain.url.clone()).headers(headers);
        let login = at_home(credentials, &chain.url).and_then(|credentials| credentials.login.as_ref());
        if let Some(login) = login.or(chain.login()) {
            outgoing = outgoing.basic_auth(&login.user, Some(login.password.expose_secret()));
        }
        let request = outgoing.build().map_err(|error| self.client_error(error))?;
        let answering = kept_connection::execute(clients, request, self.header_timeout / KEPT_CONNECTION_SHARE);
        let headers_by = Instant::now() + self.header_timeout;
        match timeout_at(deadline.min(headers_by), answering).await {
            Ok(response) => response.map_err(|error| self.client_error(error)),
            Err(_) if deadline <= headers_by => {
                Err(FetchError::Timeout { stage: FetchStage::Whole, secs: self.timeout.as_secs() })
            }
            Err(_) => Err(FetchError::Timeout { stage: FetchStage::Headers, secs: self.header_timeout.as_secs() }),
        }
    }

    /// Checks the status of the last hop's answer and reads the body. Beside it stands the cause, where it broke off.
    async fn read_content(
        &self,
        response: &mut reqwest::Response,
        chain: &RedirectChain,
        request: &FetchRequest<'_>,
        deadline: Instant,
    ) -> Result<(FetchedContent, Option<String>), FetchError> {
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED && request.conditions().next().is_some() {
            return Ok((FetchedContent::NotModified, None));
        }
        if !status.is_success() {
            let headers = response.headers();
            return Err(FetchError::Status {
                status: status.as_u16(),
                retry_after_secs: headers::retry_after_secs(headers, request.now),
                protection: headers::bot_protection(status, headers),
            });
        }
        // No content, reset content, and partial content although the request asked for the whole.
        if matches!(status.as_u16(), 204..=206) {
            return Err(FetchError::Empty(status.as_u16()));
        }
        let body::ReadBody { bytes, cut } =
            body::read(response, self, self.max_body_bytes(request.trust), deadline).await?;
        if bytes.is_empty() {
            return Err(FetchError::Empty(status.as_u16()));
        }
        let headers = response.headers();
        let body = ResponseBody {
            bytes,
            content_type: headers::text(headers, &CONTENT_TYPE),
            etag: headers::validator(headers, &ETAG),
            last_modified: headers::last_modified(headers, request.now),
            url: chain.url.to_string(),
        };
        Ok((FetchedContent::Body(body), cut))
    }

    fn client_error(&self, error: reqwest::Error) -> FetchError {
        FetchError::from_client(error, self.connect_timeout.as_secs())
    }
}

/// The credentials of a feed, if the address may receive them.
fn at_home<'c>(credentials: Option<&'c Credentials>, url: &Url) -> Option<&'c Credentials> {
    credentials.filter(|credentials| may_receive_secrets(&credentials.home, url))
}

/// The headers of one hop's request: the operator's, the cookies of the hops before, and the conditions.
fn hop_headers(chain: &RedirectChain, request: &FetchRequest<'_>, credentials: Option<&Credentials>) -> HeaderMap {
    let mut headers = at_home(credentials, &chain.url).map(custom_headers).unwrap_or_default();
    if let Some(cookies) = chain.cookies() {
        // A request has one header of cookies.
        let own = headers.get(COOKIE).map(|own| [own.as_bytes(), b"; ", cookies.as_bytes()].concat());
        let all = own.and_then(|all| HeaderValue::from_bytes(&all).ok()).unwrap_or(cookies);
        headers.insert(COOKIE, all);
    }
    headers.extend(request.conditions());
    headers
}

/// The headers that the operator has set for a feed. The configuration has refused invalid headers already.
fn custom_headers(credentials: &Credentials) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in &credentials.headers {
        if let (Ok(name), Ok(mut value)) =
            (HeaderName::try_from(name.as_str()), HeaderValue::try_from(value.expose_secret()))
        {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    headers
}

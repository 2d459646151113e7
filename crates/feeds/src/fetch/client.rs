//! HTTP clients: how connections open, stay open and are secured.
//!
//! Each reach has a separate client. A client reuses an open connection by the host's name alone, so an operator's
//! connection to a private address would otherwise serve a stranger or a redirect too.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Client, ClientBuilder, Proxy, redirect};
use rustls::client::Resumption;
use rustls::{ClientConfig, RootCertStore};
use secrecy::{ExposeSecret, SecretString};
use tower::util::MapRequestLayer;

use super::address_policy::{AddressPolicy, Reach, Resolver};
use super::error::{FetchError, NetworkFault};
use super::{body, kept_connection};

/// The header `Accept`, feeds first.
const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// The header `Accept` after a server has refused the first one: some insist on the web page that a browser asks for.
pub(super) const ACCEPTED_AFTER_REFUSAL: &str =
    "text/html, application/xhtml+xml, application/xml;q=0.9, application/rss+xml, application/atom+xml, */*;q=0.8";
/// How long an idle connection stays open: longer than the interval of most feeds, so that the next poll reuses it.
const IDLE_TIMEOUT: Duration = Duration::from_secs(300);
/// The number of servers whose TLS sessions can be resumed. The default of rustls is 32, fewer than the hosts of a
/// profile's feeds; a session with its certificates takes some 6 KB.
const TLS_SERVERS: usize = 4096;
/// rustls takes the limit as a number of sessions and reserves eight for each server.
const TLS_SESSIONS_PER_SERVER: usize = 8;

/// The two clients of a reach.
#[derive(Clone)]
pub(super) struct ClientPair {
    /// Keeps connections open for the next request.
    pub(super) keeping: Client,
    /// Opens a connection for each request.
    pub(super) opening: Client,
}

/// The clients of one fetcher, with common settings and TLS sessions.
pub(super) struct HttpClients {
    inside: ClientPair,
    public: ClientPair,
    stranger: ClientPair,
    /// Clients for each proxy in the configuration, built at their first use.
    proxied: Mutex<HashMap<String, ClientPair>>,
    tls: ClientConfig,
    config: super::FetchConfig,
    idle_per_host: usize,
}

impl HttpClients {
    /// Builds the clients, which keep up to `idle_per_host` connections to an operator's host open.
    pub(super) fn new(
        config: &super::FetchConfig,
        policy: &Arc<AddressPolicy>,
        idle_per_host: usize,
    ) -> Result<Self, FetchError> {
        let tls = tls()?;
        let client = |reach| {
            // Strangers name any number of hosts, and an idle connection to each would take a file.
            let idle = if reach == Reach::Stranger { 0 } else { idle_per_host };
            pair(idle, |idle| {
                let resolver = Resolver { policy: Some((Arc::clone(policy), reach)) };
                builder(config, &tls, idle).dns_resolver(Arc::new(resolver))
            })
        };
        let (inside, public, stranger) = (client(Reach::Inside)?, client(Reach::Public)?, client(Reach::Stranger)?);
        Ok(Self { inside, public, stranger, proxied: Mutex::default(), tls, config: config.clone(), idle_per_host })
    }

    /// The clients for a hop. A proxy is the operator's choice, so a stranger's address has none.
    pub(super) fn pair(&self, reach: Reach, proxy: Option<&SecretString>) -> Result<ClientPair, FetchError> {
        match (reach, proxy) {
            (Reach::Stranger, _) => Ok(self.stranger.clone()),
            (_, Some(proxy)) => self.proxied(proxy.expose_secret()),
            (Reach::Inside, None) => Ok(self.inside.clone()),
            (Reach::Public, None) => Ok(self.public.clone()),
        }
    }

    fn proxied(&self, proxy: &str) -> Result<ClientPair, FetchError> {
        let mut proxied = self.proxied.lock();
        if let Some(clients) = proxied.get(proxy) {
            return Ok(clients.clone());
        }
        // No policy checks the proxy's name: the proxy is often on this machine.
        let through = Proxy::all(proxy)
            .map_err(|_| FetchError::Address("the feed's proxy is no http, https or socks5 address".into()))?;
        let clients = pair(self.idle_per_host, |idle| {
            let builder = builder(&self.config, &self.tls, idle).proxy(through.clone());
            builder.dns_resolver(Arc::new(Resolver { policy: None }))
        })?;
        proxied.insert(proxy.to_owned(), clients.clone());
        Ok(clients)
    }
}

impl fmt::Debug for HttpClients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The addresses of proxies may hold passwords.
        f.debug_struct("HttpClients").finish_non_exhaustive()
    }
}

/// Builds the clients of a reach from a builder that takes the number of idle connections to a host.
fn pair(idle_per_host: usize, builder: impl Fn(usize) -> ClientBuilder) -> Result<ClientPair, FetchError> {
    let build = |idle| builder(idle).build().map_err(|error| unusable(&error));
    Ok(ClientPair { keeping: build(idle_per_host)?, opening: build(0)? })
}

fn builder(config: &super::FetchConfig, tls: &ClientConfig, idle_per_host: usize) -> ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPT_ENCODING));
    Client::builder()
        .user_agent(&config.user_agent)
        .default_headers(headers)
        .connect_timeout(Duration::from_secs(config.connect_timeout_secs))
        .pool_idle_timeout(IDLE_TIMEOUT)
        .pool_max_idle_per_host(idle_per_host)
        .tcp_nodelay(true)
        .use_preconfigured_tls(tls.clone())
        .connector_layer(MapRequestLayer::new(kept_connection::note_opening))
        // The redirect chain checks and follows each hop.
        .redirect(redirect::Policy::none())
        .referer(false)
        // Some servers break HTTP's rules in ways that browsers forgive.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        // A proxy from the environment would resolve and connect past the policy.
        .no_proxy()
}

fn tls() -> Result<ClientConfig, FetchError> {
    // reqwest has no cryptography here. Installing fails only if a provider is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut tls = ClientConfig::builder().with_root_certificates(machine_roots()?).with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    tls.resumption = Resumption::in_memory_sessions(TLS_SERVERS * TLS_SESSIONS_PER_SERVER);
    Ok(tls)
}

/// The certificate authorities that the machine trusts. Unreadable ones are left out, unless nothing else is there.
fn machine_roots() -> Result<RootCertStore, FetchError> {
    let loaded = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(loaded.certs);
    if roots.is_empty() {
        let errors: String = loaded.errors.iter().map(|error| format!(" ({error})")).collect();
        return Err(FetchError::Network {
            fault: NetworkFault::Tls,
            cause: format!(
                "this machine has no certificate authorities{errors}: install ca-certificates, or set SSL_CERT_FILE"
            ),
        });
    }
    Ok(roots)
}

fn unusable(error: &dyn std::error::Error) -> FetchError {
    FetchError::Network { fault: NetworkFault::Tls, cause: format!("the HTTP client cannot be built: {error}") }
}

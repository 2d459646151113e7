//! HTTP clients: how connections are made, kept and secured.
//!
//! Strangers' addresses have a client of their own. A connection that is kept open is chosen by the host's name, so one
//! that the operator's feed has made to a private address would otherwise serve a stranger too.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue};
use reqwest::{Client, Proxy, redirect};
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls_platform_verifier::BuilderVerifierExt;
use secrecy::{ExposeSecret, SecretString};

use super::address_policy::{Guard, Resolver, Trust};
use super::body;
use super::error::{FetchError, NetworkFault};

/// What a fetch accepts, feeds first.
const ACCEPTED: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";
/// How long an idle connection is kept: longer than most feeds' interval, so that the next poll finds it.
const KEPT_IDLE: Duration = Duration::from_secs(300);
/// Servers whose TLS sessions are kept for resumption. rustls keeps those of 32 by itself, fewer than a profile's feeds
/// have hosts; a session with its certificates takes some 6 KB.
const TLS_SERVERS: usize = 4096;
/// rustls counts sessions, of which it reserves so many for each server.
const TLS_SESSIONS_PER_SERVER: usize = 8;

/// The clients of one fetcher, which share their settings and TLS sessions.
pub(super) struct Clients {
    operator: Client,
    stranger: Client,
    /// One for each proxy, made when it is first needed; as many as the configuration has.
    proxied: Mutex<HashMap<String, Client>>,
    tls: ClientConfig,
    config: super::FetchConfig,
}

impl Clients {
    pub(super) fn new(config: &super::FetchConfig, guard: &Arc<Guard>) -> Result<Self, FetchError> {
        let tls = tls()?;
        let client = |trust| {
            let resolver = Resolver { guard: Arc::clone(guard), trust };
            builder(config, &tls).dns_resolver(Arc::new(resolver)).build().map_err(|error| unusable(&error))
        };
        let (operator, stranger) = (client(Trust::Operator)?, client(Trust::Stranger)?);
        Ok(Self { operator, stranger, proxied: Mutex::default(), tls, config: config.clone() })
    }

    /// The client for an address that somebody named. A proxy is the operator's choice, so a stranger has none.
    pub(super) fn client(&self, trust: Trust, proxy: Option<&SecretString>) -> Result<Client, FetchError> {
        match (trust, proxy) {
            (Trust::Stranger, _) => Ok(self.stranger.clone()),
            (Trust::Operator, None) => Ok(self.operator.clone()),
            (Trust::Operator, Some(proxy)) => self.proxied(proxy.expose_secret()),
        }
    }

    fn proxied(&self, proxy: &str) -> Result<Client, FetchError> {
        let mut proxied = self.proxied.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = proxied.get(proxy) {
            return Ok(client.clone());
        }
        // Names are resolved without the guard: the proxy itself is often on this very machine.
        let through = Proxy::all(proxy).map_err(|_| FetchError::Address("that of the feed's proxy".into()))?;
        let client = builder(&self.config, &self.tls).proxy(through).build().map_err(|error| unusable(&error))?;
        proxied.insert(proxy.to_owned(), client.clone());
        Ok(client)
    }
}

impl fmt::Debug for Clients {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The proxies' addresses may hold passwords.
        f.debug_struct("Clients").finish_non_exhaustive()
    }
}

fn builder(config: &super::FetchConfig, tls: &ClientConfig) -> reqwest::ClientBuilder {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(ACCEPTED));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(body::ACCEPT_ENCODING));
    Client::builder()
        .user_agent(&config.user_agent)
        .default_headers(headers)
        .connect_timeout(Duration::from_secs(config.connect_timeout_secs))
        // Idle connections of one host are as many as it may be asked at once, which `host` holds down.
        .pool_idle_timeout(KEPT_IDLE)
        .tcp_nodelay(true)
        .tls_backend_preconfigured(tls.clone())
        // Each hop is checked, and followed, by the journey.
        .redirect(redirect::Policy::none())
        .referer(false)
        // Servers that break HTTP's rules in ways that browsers forgive.
        .http1_allow_obsolete_multiline_headers_in_responses(true)
        .http1_allow_spaces_after_header_name_in_responses(true)
        .http1_ignore_invalid_headers_in_responses(true)
        // A proxy of the environment would make the connection itself, past the guard.
        .no_proxy()
}

fn tls() -> Result<ClientConfig, FetchError> {
    // reqwest brings no cryptography of its own; that one has been chosen before is the only way to fail.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut tls =
        ClientConfig::builder().with_platform_verifier().map_err(|error| unusable(&error))?.with_no_client_auth();
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    tls.resumption = Resumption::in_memory_sessions(TLS_SERVERS * TLS_SESSIONS_PER_SERVER);
    Ok(tls)
}

fn unusable(error: &dyn std::error::Error) -> FetchError {
    FetchError::Network { fault: NetworkFault::Tls, cause: format!("the HTTP client cannot be built: {error}") }
}

//! Fetching: the only part that talks HTTP to publishers. Knows nothing of feeds' contents.
//!
//! A request is conditional where the last answer allows it, bounded in time and size, and goes to no private address
//! unless the operator allows that. The address is checked where the connection is made (the resolver, or a literal
//! address in a URL), on every hop of a redirect, so that neither a redirect nor a changing DNS answer leads inside.

use std::error::Error as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{
    CONTENT_TYPE, ETAG, HeaderMap, HeaderName, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, RETRY_AFTER,
};
use reqwest::{Client, StatusCode, redirect};
use url::Host;

use crate::config;

/// Redirects that are followed; publishers need two or three (scheme, host, path).
const REDIRECTS: usize = 5;
/// What a fetch accepts, feeds first.
const ACCEPT: &str = "application/rss+xml, application/atom+xml, application/rdf+xml, application/feed+json, \
     application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.1";

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
    /// The bytes, decompressed.
    pub bytes: Vec<u8>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The header `ETag`.
    pub etag: Option<String>,
    /// The header `Last-Modified`.
    pub last_modified: Option<String>,
    /// The address that answered in the end.
    pub url: String,
}

/// Why a fetch came to nothing. No variant holds the address, which may contain a key.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address lies in a private network.
    #[error("{0} is a private address; for a feed of your own set fetch.allow_private_networks = true")]
    Private(String),
    /// The server answered with a status that is no success.
    #[error("the server answered {status}")]
    Status {
        /// The status.
        status: StatusCode,
        /// Seconds that the server asks to wait.
        retry_after_secs: Option<i64>,
    },
    /// The body is larger than allowed.
    #[error("the answer is larger than fetch.max_body_bytes, which is {0}")]
    TooLarge(usize),
    /// Anything between here and the server.
    #[error("{0}")]
    Network(String),
}

/// Fetches over HTTP.
#[derive(Clone, Debug)]
pub struct Fetcher {
    client: Client,
    max_body_bytes: usize,
    allow_private: bool,
}

impl Fetcher {
    /// Builds a fetcher; its connections are kept and shared by its clones.
    ///
    /// # Errors
    /// When the machine's trusted certificates cannot be read.
    pub fn new(config: &config::Fetch) -> Result<Self, FetchError> {
        // reqwest brings no cryptography of its own; that one has been chosen before is the only way to fail.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let allow_private = config.allow_private_networks;
        let follow = redirect::Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS {
                return attempt.error("the server redirects without end");
            }
            match private_literal(attempt.url(), allow_private) {
                Some(host) => attempt.error(PrivateAddress(host)),
                None => attempt.follow(),
            }
        });
        let client = Client::builder()
            .user_agent(&config.user_agent)
            .connect_timeout(Duration::from_secs(config.connect_timeout_secs))
            .timeout(Duration::from_secs(config.timeout_secs))
            .redirect(follow)
            .dns_resolver(Arc::new(GuardedResolver { allow_private }))
            // A proxy would make the connection itself, past the guard.
            .no_proxy()
            .build()
            .map_err(network)?;
        Ok(Self { client, max_body_bytes: config.max_body_bytes, allow_private })
    }

    /// Fetches an address, unless it is as the given `ETag` and `Last-Modified` say.
    ///
    /// # Errors
    /// When no whole body could be had.
    pub async fn fetch(
        &self,
        url: &str,
        etag: Option<&str>,
        last_modified: Option<&str>,
    ) -> Result<Fetched, FetchError> {
        let parsed =
            url::Url::parse(url).map_err(|error| FetchError::Network(format!("the address is wrong: {error}")))?;
        if let Some(host) = private_literal(&parsed, self.allow_private) {
            return Err(FetchError::Private(host));
        }
        let mut request = self.client.get(parsed).header(reqwest::header::ACCEPT, ACCEPT);
        for (name, value) in [(IF_NONE_MATCH, etag), (IF_MODIFIED_SINCE, last_modified)] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        let mut response = request.send().await.map_err(network)?;
        let status = response.status();
        if status == StatusCode::NOT_MODIFIED {
            return Ok(Fetched::NotModified);
        }
        if !status.is_success() {
            let retry_after_secs = header(response.headers(), &RETRY_AFTER).and_then(|value| value.trim().parse().ok());
            return Err(FetchError::Status { status, retry_after_secs });
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            if bytes.len() + chunk.len() > self.max_body_bytes {
                return Err(FetchError::TooLarge(self.max_body_bytes));
            }
            bytes.extend_from_slice(&chunk);
        }
        let headers = response.headers();
        Ok(Fetched::Body(Body {
            content_type: header(headers, &CONTENT_TYPE),
            etag: header(headers, &ETAG),
            last_modified: header(headers, &LAST_MODIFIED),
            url: response.url().to_string(),
            bytes,
        }))
    }
}

fn header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}

/// What went wrong, down to its first cause and without the address.
fn network(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut causes = vec![error.to_string()];
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(PrivateAddress(host)) = cause.downcast_ref() {
            return FetchError::Private(host.clone());
        }
        causes.push(cause.to_string());
        source = cause.source();
    }
    causes.dedup();
    FetchError::Network(causes.join(": "))
}

#[derive(Debug, thiserror::Error)]
#[error("{0} is a private address")]
struct PrivateAddress(String);

/// Resolves names as the system does and leaves private addresses out of the answer.
struct GuardedResolver {
    allow_private: bool,
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let host = name.as_str().to_owned();
            let found: Vec<SocketAddr> = tokio::net::lookup_host((host.as_str(), 0)).await?.collect();
            let allowed: Vec<SocketAddr> =
                found.iter().copied().filter(|address| allow_private || is_public(address.ip())).collect();
            if allowed.is_empty() && !found.is_empty() {
                return Err(PrivateAddress(host).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

/// The host of a URL, if it is written as a private IP address; such a host is never resolved.
fn private_literal(url: &url::Url, allow_private: bool) -> Option<String> {
    let ip = match url.host()? {
        Host::Ipv4(ip) => IpAddr::V4(ip),
        Host::Ipv6(ip) => IpAddr::V6(ip),
        Host::Domain(_) => return None,
    };
    (!allow_private && !is_public(ip)).then(|| ip.to_string())
}

/// Whether an address is one of the public internet (IANA's special-purpose registries, RFC 6890 and its successors).
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped().or_else(|| embedded_v4(ip)) {
            Some(ip) => is_public_v4(ip),
            None => {
                let [first, second, ..] = ip.segments();
                !(ip.is_unspecified()
                    || ip.is_loopback()
                    || ip.is_multicast()
                    || first & 0xfe00 == 0xfc00
                    || first & 0xffc0 == 0xfe80
                    || first & 0xffc0 == 0xfec0
                    || (first == 0x2001 && second == 0xdb8)
                    || (first == 0x100 && second == 0))
            }
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19)))
}

/// The IPv4 address inside of a NAT64 (64:ff9b::/96) or 6to4 (2002::/16) address.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let s = ip.segments();
    let join = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match s {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Some(join(high, low)),
        [0x2002, high, low, ..] => Some(join(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for (ip, public) in [
            ("8.8.8.8", true),
            ("127.0.0.1", false),
            ("10.1.2.3", false),
            ("172.16.0.1", false),
            ("172.32.0.1", true),
            ("192.168.1.1", false),
            ("169.254.169.254", false),
            ("100.64.0.1", false),
            ("0.0.0.0", false),
            ("224.0.0.1", false),
            ("::1", false),
            ("::", false),
            ("::ffff:127.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::7f00:1", false),
            ("2002:7f00:1::", false),
            ("fe80::1", false),
            ("fd00::1", false),
            ("2a00:1450:4001::1", true),
        ] {
            assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
        }
    }

    #[test]
    fn other_ways_to_write_an_address_are_the_same_address() {
        for url in [
            "http://127.0.0.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::ffff:127.0.0.1]/",
            "http://017700000001/",
        ] {
            let url = url::Url::parse(url).unwrap();
            assert!(private_literal(&url, false).is_some(), "{url}");
            assert!(private_literal(&url, true).is_none(), "{url}");
        }
    }
}

//! Why a fetch comes to nothing, in words for the operator: what, where, and what to do about it.
//!
//! No error holds the address, which may contain a key, nor anything that was sent along.

use std::error::Error as StdError;
use std::io;

use reqwest::StatusCode;

use super::address_policy::Refusal;

/// Why a fetch came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one that it redirects to, is no address.
    #[error("the address is wrong: {0}")]
    Address(String),
    /// The address, or one that it redirects to, is not to be fetched.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many others were asking the same host; nothing was sent.
    #[error("too many requests of ours wait for this host")]
    Busy,
    /// The server redirects, and not to an answer.
    #[error("{0}")]
    Redirect(&'static str),
    /// The server answered with a status that is no success.
    #[error("the server answered {}{}", status_line(*.status), advice(*.status, *.protection))]
    Status {
        /// The status.
        status: u16,
        /// Seconds that the server asks to wait, whichever the status.
        retry_after_secs: Option<i64>,
        /// The bot protection that answered in place of the site.
        protection: Option<&'static str>,
    },
    /// The status is a success, and there is nothing.
    #[error("the server answered {} with an empty body; look at the address in a browser", status_line(*.0))]
    Empty(u16),
    /// The body is larger than allowed, as it came or decompressed.
    #[error("the answer is larger than fetch.max_body_bytes, which is {0}")]
    TooLarge(usize),
    /// Something took too long.
    #[error("{} within {secs} s; the limit is {}", .stage.missing(), .stage.setting())]
    Timeout {
        /// What was waited for.
        stage: Stage,
        /// The limit.
        secs: u64,
    },
    /// Something between here and the server.
    #[error("{}: {cause}{}", .fault.what(), .fault.remedy())]
    Network {
        /// What failed.
        fault: NetworkFault,
        /// How, in the words of whoever noticed.
        cause: String,
    },
}

/// What a fetch waited for in vain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The connection, TLS included.
    Connect,
    /// The beginning of the answer.
    Headers,
    /// The end of the answer.
    Whole,
}

/// What failed between here and the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// The host's name has no address.
    Dns,
    /// Nobody takes the connection.
    Connect,
    /// The certificate is not to be trusted, or TLS fails otherwise.
    Tls,
    /// What came is not HTTP.
    Protocol,
    /// The answer broke off.
    Cut,
    /// The answer cannot be decompressed.
    Encoding,
}

impl FetchError {
    /// The kind of error in one word, to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Address(_) => "address",
            Self::Refused(_) => "refused",
            Self::Busy => "busy",
            Self::Redirect(_) => "redirect",
            Self::Status { .. } => "status",
            Self::Empty(_) => "empty",
            Self::TooLarge(_) => "size",
            Self::Timeout { .. } => "timeout",
            Self::Network { fault, .. } => match fault {
                NetworkFault::Dns => "dns",
                NetworkFault::Connect => "connect",
                NetworkFault::Tls => "tls",
                NetworkFault::Protocol => "protocol",
                NetworkFault::Cut => "cut",
                NetworkFault::Encoding => "encoding",
            },
        }
    }

    /// Seconds that the server asked to be left alone.
    pub fn retry_after_secs(&self) -> Option<i64> {
        match self {
            Self::Status { retry_after_secs, .. } => *retry_after_secs,
            _ => None,
        }
    }

    /// What went wrong by the HTTP client's account, down to its first cause and without the address.
    pub(super) fn from_client(error: reqwest::Error, connect_timeout_secs: u64) -> Self {
        let error = error.without_url();
        let (connecting, timed_out) = (error.is_connect(), error.is_timeout());
        let mut fault = if error.is_dns() {
            NetworkFault::Dns
        } else if connecting {
            NetworkFault::Connect
        } else if error.is_body() || error.is_decode() {
            NetworkFault::Cut
        } else {
            NetworkFault::Protocol
        };
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(found) = source {
            if let Some(refusal) = found.downcast_ref::<Refusal>() {
                return Self::Refused(refusal.clone());
            }
            fault = told_by(found).unwrap_or(fault);
            // The first cause says what happened; those before it, that something did.
            cause = found.to_string();
            source = found.source();
        }
        if connecting && timed_out {
            return Self::Timeout { stage: Stage::Connect, secs: connect_timeout_secs };
        }
        Self::Network { fault, cause }
    }
}

/// What one cause in the chain tells about the fault.
fn told_by(cause: &(dyn StdError + 'static)) -> Option<NetworkFault> {
    if cause.is::<rustls::Error>() {
        return Some(NetworkFault::Tls);
    }
    let mut error = cause.downcast_ref::<io::Error>()?;
    // An io::Error hides the error that it wraps from the chain, and the TLS layers wrap more than once.
    while let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()) {
        error = inner;
    }
    if error.get_ref().is_some_and(|inner| inner.is::<rustls::Error>()) {
        return Some(NetworkFault::Tls);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Some(NetworkFault::Cut)
        }
        _ => None,
    }
}

impl Stage {
    fn missing(self) -> &'static str {
        match self {
            Self::Connect => "no connection came about",
            Self::Headers => "the server began no answer",
            Self::Whole => "the answer was not complete",
        }
    }

    fn setting(self) -> &'static str {
        match self {
            Self::Connect => "fetch.connect_timeout_secs",
            Self::Headers => "fetch.header_timeout_secs",
            Self::Whole => "fetch.timeout_secs",
        }
    }
}

impl NetworkFault {
    fn what(self) -> &'static str {
        match self {
            Self::Dns => "the host's name could not be resolved",
            Self::Connect => "no connection could be made",
            Self::Tls => "no secure connection could be made",
            Self::Protocol => "the server does not speak HTTP as it should",
            Self::Cut => "the answer broke off",
            Self::Encoding => "the answer could not be decompressed",
        }
    }

    fn remedy(self) -> &'static str {
        match self {
            Self::Dns => "; check the address, and the name server of this machine",
            Self::Connect => "; check the host and the port",
            Self::Tls => "; check the address, and the clock and the trusted certificates of this machine",
            Self::Protocol | Self::Cut | Self::Encoding => "",
        }
    }
}

fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

/// What to do about a status.
fn advice(status: u16, protection: Option<&'static str>) -> String {
    if let Some(name) = protection {
        return format!(
            " from {name}, which protects the site from programs; ask the publisher to let fetch.user_agent in, or give \
             the feed a proxy"
        );
    }
    match status {
        401 => "; give the feed a user and a password, or other ones",
        403 => {
            "; the site turns this program or this machine away: ask the publisher, or give the feed a proxy or headers"
        }
        404 => "; look for the feed's new address on the site",
        407 => "; give the feed's proxy a user and a password: http://USER:PASSWORD@HOST:PORT",
        410 => "; the feed has ended: remove it, or look for its new address on the site",
        451 => "; it is withheld here for legal reasons: a proxy in another country may help",
        _ => "",
    }
    .to_owned()
}

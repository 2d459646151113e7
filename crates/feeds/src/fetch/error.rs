//! Errors of a fetch, in words for the operator: the failure, its place and the remedy.
//!
//! No error holds the address, which may contain a key, nor a header of the request.

use std::error::Error as StdError;
use std::io;

use reqwest::StatusCode;

use rustls::{AlertDescription, PeerIncompatible};

use super::CutResponse;
use super::address_policy::{AddressRefusal, ResolveError};

/// The message of the HTTP client for an answer with too many or too long headers. No setting of reqwest raises the bound.
const HEAD_TOO_LARGE: &str = "message head is too large";

/// Why a fetch failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The address, or one that it redirects to, cannot be parsed.
    #[error("the address is wrong: {0}")]
    Address(String),
    /// The policy refuses the address, or one that it redirects to.
    #[error(transparent)]
    Refused(#[from] AddressRefusal),
    /// The host limiter gave no permit in time, so nothing left this machine.
    #[error("too many requests of this program wait for the host")]
    Busy,
    /// The redirects end nowhere.
    #[error("{0}")]
    Redirect(&'static str),
    /// The server answered with the status of an error.
    #[error("the server answered {}{}", status_line(*.status), advice(*.status, *.protection))]
    Status {
        status: u16,
        /// Seconds of `Retry-After`, which may come with any status.
        retry_after_secs: Option<i64>,
        /// The bot protection that answered in place of the site.
        protection: Option<&'static str>,
    },
    /// The status is a success, but the body is empty.
    #[error("the server answered {} with an empty body; look at the address in a browser", status_line(*.0))]
    Empty(u16),
    /// The body, compressed or decompressed, exceeds the limit.
    #[error(
        "the answer is larger than {0} bytes: fetch.max_body_bytes or, for a feed of a chat, \
         budgets.chat_feeds.max_body_bytes"
    )]
    TooLarge(usize),
    /// A stage exceeded its time limit.
    #[error("{} within {secs} s; the limit is {}", .stage.message(), .stage.setting())]
    Timeout {
        stage: FetchStage,
        /// The limit of the stage.
        secs: u64,
    },
    /// The network, TLS or the server failed below HTTP.
    #[error("{}: {cause}{}", .fault.message(), .fault.remedy())]
    Network {
        fault: NetworkFault,
        /// The message of the innermost error.
        cause: String,
    },
    /// The body broke off. It may be whole nevertheless, which only a parser sees.
    #[error("{}: {cause}", NetworkFault::Cut.message())]
    CutOff {
        response: Box<CutResponse>,
        /// The message of the innermost error.
        cause: String,
    },
}

/// The stages of a fetch, each with a time limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FetchStage {
    /// Connecting, TLS included.
    Connect,
    /// Waiting for the headers of an answer.
    Headers,
    /// The fetch as a whole.
    Whole,
}

/// The part of a connection that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// The host's name has no address.
    Dns,
    /// The host refuses the connection, or no route leads to it.
    Connect,
    /// The certificate is not trusted.
    Certificate,
    /// The server shares no version of TLS with this program.
    TlsVersion,
    /// The server shares no cipher with this program.
    TlsCipher,
    /// The server knows no site of the address's host.
    TlsName,
    /// The port answers something else than TLS.
    NoTls,
    /// TLS fails otherwise.
    Tls,
    /// The answer is not HTTP.
    Protocol,
    /// The answer broke off.
    Cut,
    /// The answer cannot be decompressed.
    Encoding,
}

impl FetchError {
    /// The kind of error in one word, as a label of metrics.
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
                NetworkFault::Certificate
                | NetworkFault::TlsVersion
                | NetworkFault::TlsCipher
                | NetworkFault::TlsName
                | NetworkFault::NoTls
                | NetworkFault::Tls => "tls",
                NetworkFault::Protocol => "protocol",
                NetworkFault::Cut => "cut",
                NetworkFault::Encoding => "encoding",
            },
            Self::CutOff { .. } => "cut",
        }
    }

    /// The failure in words for a chat that added the feed: without settings, and the same for every address that
    /// cannot be reached, so that no answer shows which names exist in a private network.
    pub fn for_strangers(&self) -> String {
        match self {
            Self::Status { status, .. } => format!("the server answered {}", status_line(*status)),
            Self::Empty(_) => "the answer is empty".to_owned(),
            Self::TooLarge(_) => "the answer is too large for a feed".to_owned(),
            Self::Timeout { .. } | Self::Busy => "the site did not answer in time".to_owned(),
            Self::Address(_) | Self::Refused(_) | Self::Redirect(_) | Self::Network { .. } | Self::CutOff { .. } => {
                "the site cannot be reached".to_owned()
            }
        }
    }

    /// Seconds that the server asks to wait before the next request.
    pub fn retry_after_secs(&self) -> Option<i64> {
        match self {
            Self::Status { retry_after_secs, .. } => *retry_after_secs,
            _ => None,
        }
    }

    /// Converts an error of the HTTP client: drops the address and takes the message of the innermost cause.
    pub(super) fn from_client(error: reqwest::Error, connect_timeout_secs: u64) -> Self {
        let error = error.without_url();
        let (connecting, timed_out) = (error.is_connect(), error.is_timeout());
        let mut fault = if connecting {
            NetworkFault::Connect
        } else if error.is_body() || error.is_decode() {
            NetworkFault::Cut
        } else {
            NetworkFault::Protocol
        };
        let mut cause = error.to_string();
        let mut source = error.source();
        while let Some(found) = source {
            if let Some(refusal) = found.downcast_ref::<AddressRefusal>() {
                return Self::Refused(refusal.clone());
            }
            fault = fault_of_cause(found).unwrap_or(fault);
            // The innermost cause names the failure; the outer ones only say that a request failed.
            cause = found.to_string();
            source = found.source();
        }
        if connecting && timed_out {
            return Self::Timeout { stage: FetchStage::Connect, secs: connect_timeout_secs };
        }
        if cause == HEAD_TOO_LARGE {
            cause = "the answer has more than 100 header lines, or headers of more than 400 kB".to_owned();
        }
        Self::Network { fault, cause }
    }
}

/// The fault that one error in the chain of causes identifies.
fn fault_of_cause(cause: &(dyn StdError + 'static)) -> Option<NetworkFault> {
    if cause.is::<ResolveError>() {
        return Some(NetworkFault::Dns);
    }
    if let Some(error) = cause.downcast_ref::<rustls::Error>() {
        return Some(tls_fault(error));
    }
    let mut error = cause.downcast_ref::<io::Error>()?;
    // An io::Error hides its inner error from the chain, and the layers of TLS wrap more than once.
    while let Some(inner) = error.get_ref().and_then(|inner| inner.downcast_ref::<io::Error>()) {
        error = inner;
    }
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return Some(tls_fault(error));
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
            Some(NetworkFault::Cut)
        }
        _ => None,
    }
}

/// The part of TLS that failed. A server that shares no cipher says so by an alert that names only the handshake.
fn tls_fault(error: &rustls::Error) -> NetworkFault {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(_) | Error::NoCertificatesPresented => NetworkFault::Certificate,
        Error::AlertReceived(AlertDescription::ProtocolVersion)
        | Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled,
        ) => NetworkFault::TlsVersion,
        Error::AlertReceived(AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity)
        | Error::PeerIncompatible(_) => NetworkFault::TlsCipher,
        Error::AlertReceived(AlertDescription::UnrecognisedName) => NetworkFault::TlsName,
        Error::InvalidMessage(_) => NetworkFault::NoTls,
        _ => NetworkFault::Tls,
    }
}

impl FetchStage {
    fn message(self) -> &'static str {
        match self {
            Self::Connect => "no connection could be made",
            Self::Headers => "the server did not begin to answer",
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
    fn message(self) -> &'static str {
        match self {
            Self::Dns => "the host's name could not be resolved",
            Self::Connect => "no connection could be made",
            Self::Certificate => "the server's certificate is not trusted",
            Self::TlsVersion => "the server speaks neither TLS 1.2 nor TLS 1.3",
            Self::TlsCipher => "the server shares no cipher of TLS with this program",
            Self::TlsName => "the server knows no site of this name",
            Self::NoTls => "the port answers something else than TLS",
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
            Self::Certificate => "; check the address, and the clock and the trusted certificates of this machine",
            Self::TlsVersion | Self::TlsCipher => {
                "; this program speaks TLS 1.2 and TLS 1.3, with ECDHE and either AES-GCM or ChaCha20-Poly1305: give \
                 the feed's address with http:// if the site has one, or give the feed a proxy that speaks older TLS"
            }
            Self::TlsName => "; check the host in the address",
            Self::NoTls => "; check the port, or give the address with http://",
            Self::Tls => "; check the address, and try it in a browser",
            Self::Protocol | Self::Cut | Self::Encoding => "",
        }
    }
}

fn status_line(status: u16) -> String {
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    reason.map_or_else(|| status.to_string(), |reason| format!("{status} {reason}"))
}

/// The remedy for a status.
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
        406 => {
            "; the site insists on another kind of document, even by the Accept header of a browser: give the feed \
             headers with another Accept"
        }
        404 => "; look for the feed's new address on the site",
        407 => "; give the feed's proxy a user and a password: http://USER:PASSWORD@HOST:PORT",
        410 => "; the feed has ended: remove it, or look for its new address on the site",
        451 => "; it is withheld here for legal reasons: a proxy in another country may help",
        _ => "",
    }
    .to_owned()
}

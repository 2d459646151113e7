//! Credentials of one feed: secrets and rights from the configuration that stay in memory and out of the store.

use secrecy::SecretString;
use url::Origin;

/// The proxy, headers, user and password that a feed needs, and its right to enter private networks.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The scheme, host and port that may receive the headers, user and password.
    pub home: Origin,
    /// Address of the proxy; it may hold a user and password of the proxy.
    pub proxy: Option<SecretString>,
    /// Names and values of additional headers.
    pub headers: Vec<(String, SecretString)>,
    /// User and password by HTTP's Basic scheme.
    pub login: Option<Login>,
    /// Whether the feed's own host may have a private address.
    pub private: bool,
}

/// A user and a password.
#[derive(Clone, Debug)]
pub struct Login {
    pub user: String,
    pub password: SecretString,
}

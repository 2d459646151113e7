//! How one feed is reached: secrets that stand in the configuration and in memory, never in the store.

use secrecy::SecretString;
use url::Origin;

/// How one feed is reached: its proxy, its headers, its user and password.
#[derive(Clone, Debug)]
pub struct Credentials {
    /// The scheme, host and port that headers, user and password are meant for. They go nowhere else.
    pub home: Origin,
    /// Address of the proxy, which may hold a user and password of its own.
    pub proxy: Option<SecretString>,
    /// Names and values of headers that are sent along.
    pub headers: Vec<(String, SecretString)>,
    /// Who the program says it is, by HTTP's Basic scheme.
    pub login: Option<Login>,
}

/// A user with a password.
#[derive(Clone, Debug)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretString,
}

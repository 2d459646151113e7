//! The section `[[feeds]]`. Separates the credentials of a feed from the feed itself, so that no secret gets into the
//! store.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{SettingFault, file};
use ceasewire_feeds::fetch::{Credentials, Login};
use ceasewire_feeds::shown::shown;
use ceasewire_model::FeedSource;

/// Headers of HTTP itself or of the program: setting them breaks the exchange.
const NOT_TO_SET: &[&str] = &[
    "accept-encoding",
    "authorization",
    "connection",
    "content-length",
    "expect",
    "host",
    "if-modified-since",
    "if-none-match",
    "keep-alive",
    "proxy-authorization",
    "range",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// A feed of the configuration file: a [`FeedSource`] and its credentials.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedSection {
    pub url: String,
    pub outlet: String,
    #[serde(default)]
    pub language: Option<String>,
    #[serde(default)]
    pub interval_secs: Option<u64>,
    #[serde(default)]
    pub full_text: bool,
    /// Whether its host may have a private address.
    #[serde(default)]
    pub private: bool,
    #[serde(default)]
    pub proxy: Option<SecretString>,
    #[serde(default)]
    pub headers: BTreeMap<String, SecretString>,
    #[serde(default)]
    pub user: Option<String>,
    #[serde(default)]
    pub password: Option<SecretString>,
    #[serde(default)]
    pub password_file: Option<PathBuf>,
}

impl fmt::Debug for FeedSection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FeedSection").field(&self.source()).finish()
    }
}

impl FeedSection {
    /// Returns the feed without its secrets.
    pub(super) fn source(&self) -> FeedSource {
        FeedSource {
            url: self.url.clone(),
            outlet: self.outlet.clone(),
            language: self.language.clone(),
            interval_secs: self.interval_secs,
            full_text: self.full_text,
        }
    }

    /// Returns the credentials of the feed, if it has any. No fault quotes a value.
    pub(super) fn access(&self, faults: &mut Vec<SettingFault>) -> Option<Credentials> {
        let place = format!("feeds: {}", shown(&self.url));
        let mut fault = |problem: String| faults.push(SettingFault { place: place.clone(), problem });

        let is_proxy = |proxy: &SecretString| {
            Url::parse(proxy.expose_secret())
                .is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") && url.has_host())
        };
        if self.proxy.as_ref().is_some_and(|proxy| !is_proxy(proxy)) {
            fault("has a proxy that is not an http://, https://, socks5:// or socks5h:// address".into());
        }
        for (name, value) in &self.headers {
            if name.is_empty() || !name.bytes().all(is_token) {
                fault(format!("has a header {name:?}, which is no name of a header"));
            } else if NOT_TO_SET.contains(&name.to_ascii_lowercase().as_str()) {
                fault(format!(
                    "sets the header {name}, which the program sets itself; for a login give user and password"
                ));
            }
            if value.expose_secret().bytes().any(|byte| !(b' '..=b'~').contains(&byte)) {
                fault(format!("has a header {name:?} with characters that no HTTP header can carry"));
            }
        }
        let password = match (&self.password, &self.password_file) {
            (Some(_), Some(_)) => {
                fault("has both a password and a password_file; remove one".into());
                None
            }
            (Some(password), None) => Some(password.clone()),
            (None, Some(file)) => match file::read_text(file) {
                Ok(text) => Some(SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned())),
                Err(error) => {
                    fault(format!("password_file {}: {error}; name a file that can be read", file.display()));
                    None
                }
            },
            (None, None) => None,
        };
        if self.user.is_none() && (self.password.is_some() || self.password_file.is_some()) {
            fault("has a password without a user; add user".into());
        }
        if self.user.as_ref().is_some_and(|user| user.contains(':') || user.contains(char::is_control)) {
            fault("has a user with a colon or a control character, which HTTP cannot carry".into());
        }
        let login = self.user.clone().map(|user| Login { user, password: password.unwrap_or_default() });
        if self.proxy.is_none() && self.headers.is_empty() && login.is_none() && !self.private {
            return None;
        }
        let headers = self.headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        // A wrong address is a fault of its own.
        let home = Url::parse(&self.url).ok()?.origin();
        Some(Credentials { home, proxy: self.proxy.clone(), headers, login, private: self.private })
    }
}

/// Checks whether a header's name may have a byte (RFC 9110, 5.6.2).
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(keys: &str) -> (Option<Credentials>, String) {
        let text = format!("url = \"https://n.example/feed?key=hunter2\"\noutlet = \"n\"\n{keys}");
        let section: FeedSection = toml::from_str(&text).unwrap();
        let mut faults = Vec::new();
        let access = section.access(&mut faults);
        (access, faults.iter().map(|fault| format!("{}: {}\n", fault.place, fault.problem)).collect())
    }

    #[test]
    fn a_feed_without_credentials_has_none() {
        let (access, faults) = faults("");
        assert!(access.is_none() && faults.is_empty());
    }

    #[test]
    fn credentials_name_their_host_and_are_not_printed() {
        let (access, faults) = faults(
            "user = \"ani\"\npassword = \"hunter2\"\nproxy = \"socks5://u:hunter2@p.example:1080\"\n\
             headers = { X-Key = \"hunter2\" }",
        );
        let access = access.unwrap();
        assert_eq!(faults, "");
        assert_eq!(access.home.ascii_serialization(), "https://n.example");
        assert_eq!(access.login.as_ref().unwrap().password.expose_secret(), "hunter2");
        assert!(!format!("{access:?}").contains("hunter2"), "{access:?}");
    }

    #[test]
    fn faults_quote_no_secret() {
        for (keys, word) in [
            ("proxy = \"hunter2\"", "proxy"),
            ("proxy = \"ftp://hunter2@p.example/\"", "proxy"),
            ("headers = { \"X Key\" = \"hunter2\" }", "X Key"),
            ("headers = { X-Key = \"hunter2\\n\" }", "X-Key"),
            ("headers = { Host = \"hunter2\" }", "Host"),
            ("password = \"hunter2\"", "without a user"),
            ("user = \"ani\"\npassword = \"hunter2\"\npassword_file = \"x\"", "both"),
            ("user = \"ani\"\npassword_file = \"/nowhere/at/all\"", "password_file"),
            ("user = \"a:i\"", "colon"),
        ] {
            let (_, faults) = faults(keys);
            assert_eq!(faults.lines().count(), 1, "{keys}: {faults}");
            assert!(faults.contains(word) && !faults.contains("hunter2"), "{keys}: {faults}");
        }
    }
}

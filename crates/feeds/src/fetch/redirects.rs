//! The way from the address that was asked for to the one that answers: redirects, what they say about the feed's
//! address, and where what is secret may be sent along. Pure.

use reqwest::StatusCode;
use secrecy::{ExposeSecret, SecretString};
use url::{Origin, Url};

use super::Login;
use super::error::FetchError;

/// Redirects that are followed; publishers need two or three (scheme, host, path).
const REDIRECTS: usize = 5;

/// A way in progress.
#[derive(Debug)]
pub(super) struct Journey {
    /// Where to ask next; without a user, a password and a fragment.
    pub(super) url: Url,
    seen: Vec<Url>,
    /// Whether every redirect so far was a permanent one.
    only_permanent: bool,
    moved_to: Option<Url>,
    /// The host that the address names its user for.
    home: Origin,
    login: Option<Login>,
}

impl Journey {
    /// Sets out for an address.
    pub(super) fn new(address: &str) -> Result<Self, FetchError> {
        let mut url = Url::parse(address.trim()).map_err(|error| FetchError::Address(error.to_string()))?;
        if !url.has_host() {
            return Err(FetchError::Address("it names no host".into()));
        }
        let login = login(&url);
        strip(&mut url);
        Ok(Self { home: url.origin(), url, seen: Vec::new(), only_permanent: true, moved_to: None, login })
    }

    /// Goes on to where an answer redirects to.
    pub(super) fn follow(&mut self, status: StatusCode, location: &[u8]) -> Result<(), FetchError> {
        // Publishers write letters of their language into the header as they are.
        let location = String::from_utf8_lossy(location);
        let mut next = self
            .url
            .join(location.trim())
            .map_err(|error| FetchError::Address(format!("the server redirects to what is none, {error}")))?;
        strip(&mut next);
        self.seen.push(std::mem::replace(&mut self.url, next));
        if self.seen.contains(&self.url) {
            return Err(FetchError::Redirect("the server redirects in a circle; look at the address in a browser"));
        }
        if self.seen.len() > REDIRECTS {
            return Err(FetchError::Redirect("the server redirects without end; look at the address in a browser"));
        }
        self.only_permanent &= matches!(status.as_u16(), 301 | 308);
        if self.only_permanent {
            self.moved_to = Some(self.url.clone());
        }
        Ok(())
    }

    /// The user that the address itself names, where it may be told.
    pub(super) fn login(&self) -> Option<&Login> {
        self.login.as_ref().filter(|_| may_be_told(&self.home, &self.url))
    }

    /// The address that the feed has moved to for good.
    pub(super) fn moved_to(&self) -> Option<String> {
        let mut url = self.moved_to.clone()?;
        if let Some(login) = self.login.as_ref().filter(|_| may_be_told(&self.home, &url)) {
            // Only a URL without a host refuses these, and this one has one.
            let _ = url.set_username(&login.user);
            let _ = url.set_password(Some(login.password.expose_secret()).filter(|password| !password.is_empty()));
        }
        Some(url.into())
    }
}

/// Whether what is meant for `home` may be sent to a URL: the same scheme, host and port, or the same host by TLS.
pub(super) fn may_be_told(home: &Origin, url: &Url) -> bool {
    match (home, url.origin()) {
        (Origin::Tuple(from, host, 80), Origin::Tuple(to, other, 443)) if from == "http" && to == "https" => {
            *host == other
        }
        (home, origin) => origin.is_tuple() && *home == origin,
    }
}

/// Whether a status says that the answer is elsewhere.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn strip(url: &mut Url) {
    // Only a URL without a host refuses these, and such a one is refused itself.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_fragment(None);
}

fn login(url: &Url) -> Option<Login> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| percent_decode(text);
    let password = SecretString::from(decode(url.password().unwrap_or_default()));
    Some(Login { user: decode(url.username()), password })
}

/// A part of a URL as it was meant, its `%XX` undone.
fn percent_decode(text: &str) -> String {
    // A form's pair is decoded alike, but for the plus sign.
    let pair = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(start: &str, hops: &[(u16, &str)]) -> Result<Journey, FetchError> {
        let mut journey = Journey::new(start)?;
        for (status, location) in hops {
            journey.follow(StatusCode::from_u16(*status).unwrap(), location.as_bytes())?;
        }
        Ok(journey)
    }

    #[test]
    fn a_feed_moves_only_as_far_as_the_redirects_are_permanent() {
        for (hops, end, moved_to) in [
            (vec![], "http://n.example/a", None),
            (vec![(301, "/b")], "http://n.example/b", Some("http://n.example/b")),
            (vec![(308, "https://n.example/a")], "https://n.example/a", Some("https://n.example/a")),
            (vec![(302, "/b")], "http://n.example/b", None),
            (vec![(303, "/b")], "http://n.example/b", None),
            (vec![(307, "/b")], "http://n.example/b", None),
            (vec![(301, "/b"), (302, "/c"), (301, "/d")], "http://n.example/d", Some("http://n.example/b")),
            (vec![(302, "/b"), (301, "/c")], "http://n.example/c", None),
            (vec![(301, "/b"), (308, "//m.example/c#x")], "http://m.example/c", Some("http://m.example/c")),
            (
                vec![(301, " լուր?q=1 ")],
                "http://n.example/%D5%AC%D5%B8%D6%82%D6%80?q=1",
                Some("http://n.example/%D5%AC%D5%B8%D6%82%D6%80?q=1"),
            ),
        ] {
            let journey = walk("http://n.example/a", &hops).unwrap();
            assert_eq!((journey.url.as_str(), journey.moved_to().as_deref()), (end, moved_to), "{hops:?}");
        }
    }

    #[test]
    fn circles_endless_ways_and_what_is_no_address_are_told() {
        let many: Vec<String> = (0..6).map(|number| format!("/{number}")).collect();
        let many: Vec<(u16, &str)> = many.iter().map(|path| (302, path.as_str())).collect();
        assert!(walk("http://n.example/a", &many[..5]).is_ok());
        for (hops, word) in [
            (vec![(301, "/a")], "circle"),
            (vec![(302, "#top")], "circle"),
            (vec![(302, "/b"), (302, "/a")], "circle"),
            (many, "without end"),
            (vec![(302, "http://")], "redirects to"),
            (vec![(302, "http://[::1")], "redirects to"),
        ] {
            let error = walk("http://n.example/a", &hops).unwrap_err().to_string();
            assert!(error.contains(word), "{hops:?}: {error}");
        }
        for address in ["", "n.example/feed", "http://", "mailto:a@n.example", "https://u:hunter2@[/"] {
            let error = Journey::new(address).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    #[test]
    fn a_user_in_the_address_is_told_to_its_own_host_alone() {
        for (location, told) in [
            ("/b", true),
            ("http://n.example/b", true),
            ("https://n.example/b", true),
            ("https://n.example:8443/b", false),
            ("http://n.example:8080/b", false),
            ("http://sub.n.example/b", false),
            ("http://m.example/b", false),
            ("http://u:p@m.example/b", false),
        ] {
            let journey = walk("http://ani:p%40%2Bs@n.example/a", &[(301, location)]).unwrap();
            assert_eq!(journey.login().is_some(), told, "{location}");
            assert!(!journey.url.as_str().contains('@'), "{location}");
            // So that the next fetch, which begins there, is let in too.
            assert_eq!(journey.moved_to().unwrap().contains("ani:"), told, "{location}");
        }
        let journey = walk("https://ani:p%40%2Bs@n.example/a", &[]).unwrap();
        assert_eq!(journey.login().unwrap().password.expose_secret(), "p@+s");
        assert!(!format!("{journey:?}").contains("p@+s"));
        let downgraded = walk("https://ani:x@n.example/a", &[(302, "http://n.example/a")]).unwrap();
        assert!(downgraded.login().is_none());
    }
}

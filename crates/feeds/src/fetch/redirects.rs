//! Redirects: the hops from the requested address to the one that answers, the cookies that servers set on the way, the
//! new address of a moved feed, and the hops that may receive secrets. Pure.

use reqwest::StatusCode;
use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{HeaderMap, HeaderValue, SET_COOKIE};
use secrecy::{ExposeSecret, SecretString};
use url::{Origin, Url};

use super::Login;
use super::error::FetchError;

/// The most redirects of one fetch. Publishers need two or three (scheme, host, path), and as many again to set a cookie
/// and lead back.
const MAX_REDIRECTS: usize = 10;
/// The most bytes of cookies in one request; common servers refuse more.
const MAX_COOKIE_BYTES: usize = 8192;

/// The redirects of one fetch so far.
#[derive(Debug)]
pub(super) struct RedirectChain {
    /// The address of the next hop, without user, password and fragment.
    pub(super) url: Url,
    /// The requests so far: their addresses, and their cookies.
    seen: Vec<(Url, Option<HeaderValue>)>,
    /// The cookies of this fetch alone: a kept one would follow the reader from poll to poll.
    jar: Jar,
    /// Whether every redirect so far was permanent.
    only_permanent: bool,
    moved_to: Option<Url>,
    /// The origin of the requested address, which its user and password belong to.
    home: Origin,
    login: Option<Login>,
}

impl RedirectChain {
    /// Begins at the requested address.
    pub(super) fn new(address: &str) -> Result<Self, FetchError> {
        let mut url = Url::parse(address.trim()).map_err(|error| FetchError::Address(error.to_string()))?;
        if !url.has_host() {
            return Err(FetchError::Address("it names no host".into()));
        }
        let login = login(&url);
        strip_login_and_fragment(&mut url);
        let (seen, jar) = (Vec::new(), Jar::default());
        Ok(Self { home: url.origin(), url, seen, jar, only_permanent: true, moved_to: None, login })
    }

    /// Follows a redirect to `location`, with the cookies that the `headers` of its answer set. The same address with
    /// other cookies is no circle.
    pub(super) fn follow(
        &mut self,
        status: StatusCode,
        location: &[u8],
        headers: &HeaderMap,
    ) -> Result<(), FetchError> {
        // Publishers write letters of their language into the header without escapes.
        let location = String::from_utf8_lossy(location);
        let mut next = self
            .url
            .join(location.trim())
            .map_err(|error| FetchError::Address(format!("the server redirects to an invalid address, {error}")))?;
        strip_login_and_fragment(&mut next);
        let sent = self.cookies();
        self.jar.set_cookies(&mut headers.get_all(SET_COOKIE).iter(), &self.url);
        self.seen.push((std::mem::replace(&mut self.url, next), sent));
        if self.seen.contains(&(self.url.clone(), self.cookies())) {
            return Err(FetchError::Redirect("the server redirects in a circle; look at the address in a browser"));
        }
        if self.seen.len() > MAX_REDIRECTS {
            return Err(FetchError::Redirect("the server redirects without end; look at the address in a browser"));
        }
        self.only_permanent &= matches!(status.as_u16(), 301 | 308);
        if self.only_permanent {
            self.moved_to = Some(self.url.clone());
        }
        Ok(())
    }

    /// The cookies that the next hop receives.
    pub(super) fn cookies(&self) -> Option<HeaderValue> {
        self.jar.cookies(&self.url).filter(|cookies| cookies.len() <= MAX_COOKIE_BYTES)
    }

    /// The user and password in the requested address, if the next hop may receive them.
    pub(super) fn login(&self) -> Option<&Login> {
        self.login.as_ref().filter(|_| may_receive_secrets(&self.home, &self.url))
    }

    /// The new address of a permanently moved feed.
    pub(super) fn moved_to(&self) -> Option<String> {
        let mut url = self.moved_to.clone()?;
        if let Some(login) = self.login.as_ref().filter(|_| may_receive_secrets(&self.home, &url)) {
            // These fail only for a URL without a host.
            let _ = url.set_username(&login.user);
            let _ = url.set_password(Some(login.password.expose_secret()).filter(|password| !password.is_empty()));
        }
        Some(url.into())
    }
}

/// Whether a URL may receive the secrets of `home`: at the same scheme, host and port, or at the same host by TLS.
pub(super) fn may_receive_secrets(home: &Origin, url: &Url) -> bool {
    match (home, url.origin()) {
        (Origin::Tuple(from, host, 80), Origin::Tuple(to, other, 443)) if from == "http" && to == "https" => {
            *host == other
        }
        (home, origin) => origin.is_tuple() && *home == origin,
    }
}

/// Whether a status redirects to a `Location`.
pub(super) fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn strip_login_and_fragment(url: &mut Url) {
    // These fail only for a URL without a host, which no fetch accepts.
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

/// Decodes the `%XX` in a part of a URL.
fn percent_decode(text: &str) -> String {
    // The decoder of forms does so too, but treats "+" and "&" specially.
    let pair = format!("={}", text.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow_all(start: &str, hops: &[(u16, &str)]) -> Result<RedirectChain, FetchError> {
        let mut chain = RedirectChain::new(start)?;
        for (status, location) in hops {
            chain.follow(StatusCode::from_u16(*status).unwrap(), location.as_bytes(), &HeaderMap::new())?;
        }
        Ok(chain)
    }

    #[test]
    fn a_feed_moves_only_by_permanent_redirects() {
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
            let chain = follow_all("http://n.example/a", &hops).unwrap();
            assert_eq!((chain.url.as_str(), chain.moved_to().as_deref()), (end, moved_to), "{hops:?}");
        }
    }

    #[test]
    fn circles_endless_chains_and_bad_addresses_are_errors() {
        let many: Vec<String> = (0..=MAX_REDIRECTS).map(|number| format!("/{number}")).collect();
        let many: Vec<(u16, &str)> = many.iter().map(|path| (302, path.as_str())).collect();
        assert!(follow_all("http://n.example/a", &many[..MAX_REDIRECTS]).is_ok());
        for (hops, word) in [
            (vec![(301, "/a")], "circle"),
            (vec![(302, "#top")], "circle"),
            (vec![(302, "/b"), (302, "/a")], "circle"),
            (many, "without end"),
            (vec![(302, "http://")], "redirects to"),
            (vec![(302, "http://[::1")], "redirects to"),
        ] {
            let error = follow_all("http://n.example/a", &hops).unwrap_err().to_string();
            assert!(error.contains(word), "{hops:?}: {error}");
        }
        for address in ["", "n.example/feed", "http://", "mailto:a@n.example", "https://u:hunter2@[/"] {
            let error = RedirectChain::new(address).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
        }
    }

    /// Follows hops, each with a location and a cookie to set; returns the end and its cookies.
    fn journey(hops: &[(&str, &str)]) -> Result<(String, Option<String>), FetchError> {
        let mut chain = RedirectChain::new("https://n.example/feed")?;
        for (location, cookie) in hops {
            let mut headers = HeaderMap::new();
            if !cookie.is_empty() {
                headers.append(SET_COOKIE, cookie.parse().unwrap());
            }
            chain.follow(StatusCode::FOUND, location.as_bytes(), &headers)?;
        }
        let cookies = chain.cookies().map(|cookies| cookies.to_str().unwrap().to_owned());
        Ok((chain.url.to_string(), cookies))
    }

    #[test]
    fn a_redirect_that_sets_a_cookie_may_lead_back() {
        let home = "https://n.example/feed";
        for (hops, cookies) in [
            // To itself, and by another address with a ticket.
            (&[("/feed", "t=1")][..], Some("t=1")),
            (&[("/enter", ""), ("/feed?t", "t=1; Path=/; HttpOnly"), ("/feed", "")], Some("t=1")),
            // By another host, whose cookies stay there.
            (&[("https://id.example/", ""), ("https://n.example/in", "s=2"), (home, "t=1; Path=/")], Some("t=1")),
            // A cookie for all hosts of a domain, and one that only TLS may carry.
            (&[("https://www.n.example/", "t=1; Domain=n.example; Secure")], Some("t=1")),
            (&[("http://n.example/feed", "t=1; Secure")], None),
            (&[("https://m.example/", "t=1")], None),
            (&[("https://m.example/", "t=1; Domain=m.example")], None),
            (&[("/enter", "t=1; Path=/"), ("/feed?2", "t=; Path=/; Max-Age=0")], None),
        ] {
            let (end, found) = journey(hops).unwrap_or_else(|error| panic!("{hops:?}: {error}"));
            assert_eq!(found.as_deref(), cookies, "{hops:?} to {end}");
        }
        let long = format!("t={}; Path=/", "x".repeat(MAX_COOKIE_BYTES));
        assert_eq!(journey(&[("/a", &long)]).unwrap().1, None);
    }

    #[test]
    fn a_circle_with_the_same_cookies_is_a_circle() {
        for hops in [
            &[("/feed", "t=1"), ("/feed", "t=1")][..],
            &[("/feed", "t=1; Path=/elsewhere")],
            &[("/feed", "t=1; Domain=m.example")],
            &[("/b", "t=1; Path=/"), ("/feed", ""), ("/b", "")],
        ] {
            let error = journey(hops).unwrap_err().to_string();
            assert!(error.contains("circle"), "{hops:?}: {error}");
        }
    }

    #[test]
    fn only_its_own_host_receives_the_user_of_an_address() {
        for (location, received) in [
            ("/b", true),
            ("http://n.example/b", true),
            ("https://n.example/b", true),
            ("https://n.example:8443/b", false),
            ("http://n.example:8080/b", false),
            ("http://sub.n.example/b", false),
            ("http://m.example/b", false),
            ("http://u:p@m.example/b", false),
        ] {
            let chain = follow_all("http://ani:p%40%2Bs@n.example/a", &[(301, location)]).unwrap();
            assert_eq!(chain.login().is_some(), received, "{location}");
            assert!(!chain.url.as_str().contains('@'), "{location}");
            // The next fetch begins there and needs the user too.
            assert_eq!(chain.moved_to().unwrap().contains("ani:"), received, "{location}");
        }
        let chain = follow_all("https://ani:p%40%2Bs@n.example/a", &[]).unwrap();
        assert_eq!(chain.login().unwrap().password.expose_secret(), "p@+s");
        assert!(!format!("{chain:?}").contains("p@+s"));
        let downgraded = follow_all("https://ani:x@n.example/a", &[(302, "http://n.example/a")]).unwrap();
        assert!(downgraded.login().is_none());
    }
}

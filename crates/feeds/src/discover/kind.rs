//! The kind of a page: a challenge, a login, a notice that the site has moved, or any other page.
//!
//! Articles about bot protection contain the words of a challenge too, so these words count only on a page with little
//! text.

use url::Url;

use super::links::resolve;
use super::page_words::{PagePhrase, phrases};
use super::{PageKind, PageScan};

/// A page with fewer bytes of visible text is nearly empty.
const NEARLY_EMPTY: usize = 700;
/// A challenge or a login page has fewer bytes of visible text.
const SHORT: usize = 3000;
/// A page that refreshes to another address within these seconds has moved.
const MOVED_WITHIN_SECS: u64 = 15;

/// Source text that only the pages of bot protections contain, in lower case.
const CHALLENGE_SOURCES: &[&str] = &[
    // Cloudflare. Its /cdn-cgi/challenge-platform/ alone is in ordinary pages too.
    "_cf_chl_",
    "cf-chl-",
    "cf_chl_",
    "cf-browser-verification",
    "cf-error-details",
    // DDoS-Guard.
    "ddos-guard/js-challenge",
    "ddg-captcha",
    // Sucuri.
    "sucuri_cloudproxy_js",
    "sucuri website firewall",
    // Akamai.
    "/_sec/cp_challenge/",
    "bm-verify",
    // Imperva.
    "incapsula incident id",
    // HUMAN, DataDome, Kasada.
    "px-captcha",
    "captcha-delivery.com",
    "/149e9513-01fa-4fb0-aad4-566afd725d1b/",
    // AWS.
    "gokuprops",
    "awswafintegration",
    // Yandex, Qrator, SiteGround, Vercel, Anubis, BitNinja.
    "/showcaptcha",
    "/checkcaptcha",
    "__qrator",
    "/.well-known/sgcaptcha",
    "vercel security checkpoint",
    "anubis_challenge",
    "x/cmd/anubis",
    "bitninja",
    // Free hosts that set a cookie by script.
    "slowaes",
    "humans_21909",
];
/// Source text that ordinary pages contain too; a nearly empty page with it is a challenge.
const BARE_SOURCES: &[&str] = &[
    "_incapsula_resource",
    "errors.edgesuite.net",
    "/akam/",
    "g-recaptcha",
    "h-captcha",
    "cf-turnstile",
    "smartcaptcha",
    "/cdn-cgi/challenge-platform/",
];
/// Source text of the login pages of common programs. A login form beside other content has other ids.
const LOGIN_SOURCES: &[&str] = &["wp-login.php", "id=\"loginform\"", "kc-form-login"];
/// Last parts of the paths of login pages, for pages that ask for the password in a second step.
const LOGIN_PATHS: &[&str] =
    &["login", "login.php", "wp-login.php", "signin", "sign-in", "log-in", "auth", "authorize"];

/// Classifies a page by its scan and its source.
pub(super) fn classify(scan: &PageScan, html: &str, base: &Url, url: &Url, has_feeds: bool) -> PageKind {
    let source = html.to_ascii_lowercase();
    let (nearly_empty, short) = (scan.text_length < NEARLY_EMPTY, scan.text_length < SHORT);
    let any = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));

    // A page that declares feeds is usable whatever else it contains.
    let challenge = !has_feeds
        && (short && (any(&source, CHALLENGE_SOURCES) || any(&scan.title, phrases(PagePhrase::ChallengeTitle)))
            || nearly_empty && any(&scan.text, phrases(PagePhrase::Challenge)));
    if challenge {
        return PageKind::Challenge;
    }
    if let Some(target) = moved(scan, base, url, nearly_empty && !has_feeds) {
        return PageKind::Moved(target);
    }
    let path_says = || {
        let last = url.path().trim_end_matches('/').rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        scan.has_form && LOGIN_PATHS.contains(&last.as_str())
    };
    let login = !has_feeds
        && short
        && (scan.has_password
            && (nearly_empty || any(&scan.title, phrases(PagePhrase::LoginTitle)) || any(&source, LOGIN_SOURCES))
            || path_says());
    if login {
        return PageKind::Login;
    }
    if nearly_empty && !has_feeds && any(&source, BARE_SOURCES) {
        return PageKind::Challenge;
    }
    PageKind::Page
}

/// The new address that a page names.
fn moved(scan: &PageScan, base: &Url, url: &Url, bare: bool) -> Option<Url> {
    let elsewhere = |target: &Url| {
        let mut own = url.clone();
        own.set_fragment(None);
        *target != own
    };
    let refreshed =
        scan.refresh.as_deref().and_then(parse_refresh).filter(|(secs, _)| bare || *secs <= MOVED_WITHIN_SECS);
    if let Some(target) = refreshed.and_then(|(_, address)| resolve(base, address)).filter(elsewhere) {
        return Some(target);
    }
    let canonical = scan.canonical.as_deref().filter(|_| bare).and_then(|address| resolve(base, address));
    canonical.filter(|target| target.host_str() != url.host_str())
}

/// Parses the seconds and the address of a refresh: `5; url='…'`.
fn parse_refresh(content: &str) -> Option<(u64, &str)> {
    let content = content.trim_start();
    let digits = content.len() - content.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (secs, rest) = content.split_at(digits);
    let rest =
        rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ';' || c == ',' || c.is_whitespace());
    let address = match rest.get(..3) {
        Some(name) if name.eq_ignore_ascii_case("url") => {
            let after = rest[3..].trim_start();
            after.strip_prefix('=').map(str::trim_start).unwrap_or(rest)
        }
        _ => rest,
    };
    let address = match address.chars().next() {
        Some(quote @ ('"' | '\'')) => address[1..].split(quote).next().unwrap_or_default(),
        _ => address.trim_end(),
    };
    (!address.is_empty()).then(|| (secs.parse().unwrap_or(0), address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::inspect_page;

    fn kind_of(html: &str) -> PageKind {
        inspect_page(html, &Url::parse("https://news.example/feed").unwrap()).kind
    }

    #[test]
    fn source_title_or_words_identify_a_challenge() {
        for html in [
            "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><noscript>Enable JavaScript and \
             cookies to continue</noscript><script>window._cf_chl_opt={}</script></body></html>",
            "<title>Один момент…</title><div id=x></div>",
            "<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>",
            "<html><head><title>DDoS-Guard</title></head><body>Checking your browser before accessing</body></html>",
            "<html><body><iframe src=\"/_Incapsula_Resource?SWUDNSAI=9\">Request unsuccessful.</iframe></body></html>",
            "<script>var s={},sucuri_cloudproxy_js='';</script>",
            "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>Reference #18.5 https://errors.edgesuite.net/18.5</BODY>",
            "<body><p>Please enable JavaScript to view this site.</p></body>",
            "<body><noscript>You need to enable JavaScript to run this app.</noscript><div id=root></div></body>",
            "<body>Подтвердите, что вы не робот<form action=/checkcaptcha></form></body>",
            "<body><form><div class=\"h-captcha\"></div><button>Go</button></form></body>",
        ] {
            assert_eq!(kind_of(html), PageKind::Challenge, "{html}");
        }
    }

    #[test]
    fn a_password_field_or_path_identifies_a_login() {
        for html in [
            "<title>Log In ‹ N — WordPress</title><form id=\"loginform\" action=\"/wp-login.php\"><input type=password></form>",
            "<form id=\"kc-form-login\"><input name=username><input TYPE='Password'></form>",
            "<title>Մուտք</title><input type=\"password\">",
        ] {
            assert_eq!(kind_of(html), PageKind::Login, "{html}");
        }
        let html = "<title>x</title><form><input name=email><button>Next</button></form>";
        let url = Url::parse("https://accounts.example/signin?next=feed").unwrap();
        assert_eq!(inspect_page(html, &url).kind, PageKind::Login);
    }

    #[test]
    fn a_moved_site_names_its_new_address() {
        for (html, target) in [
            ("<meta http-equiv=refresh content='0;url=https://new.example/'>", "https://new.example/"),
            (
                "<META HTTP-EQUIV=\"Refresh\" CONTENT=\"5; URL='/rss/all?a=1&amp;b=2'\">",
                "https://news.example/rss/all?a=1&b=2",
            ),
            ("<meta http-equiv='refresh' content='0, new.html'>", "https://news.example/new.html"),
            ("<meta http-equiv='refresh' content='0.5;URL = /x '>", "https://news.example/x"),
            (
                "<link rel=canonical href='https://new.example/feed'><p>We are now elsewhere.</p>",
                "https://new.example/feed",
            ),
        ] {
            assert_eq!(kind_of(html), PageKind::Moved(target.parse().unwrap()), "{html}");
        }
    }

    #[test]
    fn an_ordinary_page_is_a_page() {
        let text = "<p>The ministers met in Moscow and agreed on an exchange of prisoners.</p>".repeat(60);
        for html in [
            String::new(),
            "<p>Hello</p>".to_owned(),
            "<meta http-equiv=refresh content=300>".to_owned(),
            "<meta http-equiv=refresh content='0;url=/feed#top'>".to_owned(),
            "<meta http-equiv=refresh content='0;url=javascript:go()'>".to_owned(),
            format!("<meta http-equiv=refresh content='600;url=/?refresh'>{text}"),
            format!("<noscript><meta http-equiv=refresh content='0;url=/nojs'></noscript>{text}"),
            format!("<link rel=canonical href='https://new.example/'>{text}"),
            format!("<title>Log in</title><input type=password>{text}"),
            format!("<title>How cf-chl- works, and why DDoS-Guard says: just a moment</title>{text} captcha"),
            format!("{text}<script src=/cdn-cgi/challenge-platform/scripts/jsd/main.js></script>"),
            "<title>Captcha</title><link rel=alternate type=application/rss+xml href=/rss>".to_owned(),
        ] {
            assert_eq!(kind_of(&html), PageKind::Page, "{html}");
        }
    }

    #[test]
    fn a_hostile_page_takes_linear_time() {
        let url = Url::parse("https://news.example/").unwrap();
        for part in [
            "<a href='",
            "<script>",
            "<script/>",
            "<style></style>",
            "</scrip",
            "<link rel=alternate type=text/xml href=",
            "<a href=/rss>",
            "<title>",
            "<a \"",
            "&amp",
            "<!--",
            "<![CDATA[",
            "<meta http-equiv=refresh content='0;url=",
            "Ղ",
            "<a b='x\"",
            "<template>",
            "<link rel=alternate type=application/rss+xml href='?",
            "http://",
        ] {
            let html = part.repeat(4_000_000 / part.len());
            let start = std::time::Instant::now();
            let _ = inspect_page(&html, &url);
            // Linear time is some tenths of a second without optimisation; quadratic time would be hours.
            assert!(start.elapsed().as_secs() < 20, "{part}: {:?}", start.elapsed());
        }
    }
}

//! Links as feeds write them: which texts are web addresses, and their meaning without a scheme or a host.
//!
//! It must not know the element that a text comes from, nor the rank of one link before another.

use std::borrow::Cow;

use url::Url;

use super::tag_soup::starts_with_ignoring_case;
use crate::budget::MAX_ADDRESS_BYTES;
use ceasewire_articles::identity::host_without_www;
use ceasewire_articles::redirect_wrapper::unwrapped;

/// Words that publishers' programs write in the place of an address.
const PLACEHOLDERS: &[&str] = &[
    "n/a",
    "n.a",
    "na",
    "nil",
    "nan",
    "no",
    "none",
    "null",
    "undefined",
    "unknown",
    "false",
    "true",
    "empty",
    "missing",
    "todo",
    "tbd",
    "tba",
    "link",
    "url",
    "guid",
    "permalink",
    "http",
    "https",
    "www",
    "example",
];

/// Ends of hosts that begin an address without a scheme. Two letters are a country, but for the endings of scripts.
const GENERIC_DOMAINS: &[&str] = &["com", "org", "net", "info", "int", "edu", "gov", "news", "media", "press"];
const SCRIPT_ENDINGS: &[&str] = &["pl", "py", "js", "rb", "cc", "do", "sh", "so", "md", "ps"];

/// Whether an address is of the web rather than of mail, a script or a file.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

/// Whether a text is an absolute web address.
pub(super) fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    starts_with_ignoring_case(text, "http://") || starts_with_ignoring_case(text, "https://")
}

/// Returns the address in a text, absolute or relative; `None` for a placeholder, and for a script or a mail address, so
/// that they never stand before a good link.
pub(super) fn address(text: Cow<'_, str>) -> Option<Cow<'_, str>> {
    let text = in_one_line(text);
    let bare = text.trim();
    if bare.len() > MAX_ADDRESS_BYTES {
        return None;
    }
    let is_address = match Url::parse(&with_sound_scheme(bare)) {
        Ok(url) => is_web(&url) || host_of_schemeless(bare, None).is_some(),
        Err(url::ParseError::RelativeUrlWithoutBase) => is_relative(bare),
        Err(_) => false,
    };
    is_address.then_some(text)
}

/// Resolves an address against `base`, and returns the page behind a redirect wrapper; `None` for any other text.
pub(super) fn resolve(text: &str, base: Option<&Url>) -> Option<String> {
    let text = text.trim();
    let text = match host_of_schemeless(text, base) {
        // A feed on https links to pages on https.
        Some(_) => Cow::Owned(format!("{}://{text}", base.filter(|base| is_web(base)).map_or("https", Url::scheme))),
        None => with_sound_scheme(text),
    };
    let url = match (Url::parse(&text), base) {
        (Ok(url), _) => url,
        (Err(url::ParseError::RelativeUrlWithoutBase), Some(base)) => base.join(&text).ok()?,
        _ => return None,
    };
    let url = if is_web(&url) { unwrapped(url) } else { return None };
    (url.as_str().len() <= MAX_ADDRESS_BYTES).then(|| url.into())
}

/// Joins the lines of an address that a program has broken and indented.
fn in_one_line(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.trim().contains(['\n', '\r', '\t']) {
        return text;
    }
    Cow::Owned(text.split(['\n', '\r', '\t']).map(str::trim).collect())
}

/// Repairs a scheme that lost a sign: `http//host`, `://host`.
fn with_sound_scheme(text: &str) -> Cow<'_, str> {
    for scheme in ["https", "http"] {
        if let Some(rest) = text.get(scheme.len()..).filter(|_| starts_with_ignoring_case(text, scheme))
            && rest.starts_with("//")
        {
            return Cow::Owned(format!("{scheme}:{rest}"));
        }
    }
    match text.strip_prefix("://") {
        Some(rest) => Cow::Owned(format!("//{rest}")),
        None => Cow::Borrowed(text),
    }
}

/// Whether a text without a scheme is an address relative to another one.
fn is_relative(text: &str) -> bool {
    let word = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    // A fragment names no page: the feed's own address would stand for every entry.
    if text.starts_with('#') || PLACEHOLDERS.contains(&word.as_str()) {
        return false;
    }
    match text.chars().next() {
        Some('/') => !word.is_empty() || text == "/",
        Some(_) => !word.is_empty() && (text.contains('/') || !text.contains(char::is_whitespace)),
        None => false,
    }
}

/// Finds the host that begins an address without a scheme: `www.site.example/5`, a host of the feed's own site, or one in
/// a well-known domain with a path behind it.
fn host_of_schemeless<'a>(text: &'a str, base: Option<&Url>) -> Option<&'a str> {
    let end = text.find(['/', '?', '#', ':']).unwrap_or(text.len());
    let host = &text[..end];
    let port = text[end..].strip_prefix(':').map(|rest| rest.split(['/', '?', '#']).next().unwrap_or_default());
    let is_host = host.contains('.')
        && host.split('.').all(|label| !label.is_empty())
        && host.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'))
        && port.is_none_or(|port| (1..=5).contains(&port.len()) && port.bytes().all(|byte| byte.is_ascii_digit()));
    if !is_host {
        return None;
    }
    let host_lower = host.to_lowercase();
    let bare = host_lower.strip_prefix("www.");
    let own = base.and_then(host_without_www).is_some_and(|own| {
        let within = |inner: &str, outer: &str| {
            inner.strip_suffix(outer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        };
        own.contains('.') && (within(&host_lower, own) || within(own, &host_lower))
    });
    let domain = host_lower.rsplit('.').next().unwrap_or_default();
    let is_country = domain.len() == 2 && domain.bytes().all(|byte| byte.is_ascii_alphabetic());
    let has_path = text[end..].starts_with(['/', ':']);
    let known = GENERIC_DOMAINS.contains(&domain) || (is_country && !SCRIPT_ENDINGS.contains(&domain));
    (bare.is_some_and(|bare| bare.contains('.')) || own || (known && has_path)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        let base = Url::parse("https://wire.example/rss/feed.xml").unwrap();
        address(Cow::Borrowed(text)).and_then(|address| resolve(&address, Some(&base)))
    }

    #[test]
    fn an_address_is_read_in_all_its_spellings() {
        for text in [
            "https://wire.example/news/5",
            " https://wire.example/news/5 ",
            "https://wire.example/\n        news/5\n    ",
            "https://wire.example\r\n\t/news/5",
            "//wire.example/news/5",
            "/news/5",
            "../news/5",
            "wire.example/news/5",
            "https//wire.example/news/5",
            "://wire.example/news/5",
            "https:/wire.example/news/5",
            "https:\\\\wire.example\\news\\5",
            "https://https://wire.example/news/5",
            "https://wire.example/https://wire.example/news/5",
            "https://www.google.com/url?url=https://wire.example/news/5&ct=ga",
            "https://wire-example.cdn.ampproject.org/c/s/wire.example/news/5",
        ] {
            assert_eq!(of(text).as_deref(), Some("https://wire.example/news/5"), "{text:?}");
        }
        for (text, expected) in [
            ("www.wire.example/news/5", "https://www.wire.example/news/5"),
            ("WWW.post.example:8080/5", "https://www.post.example:8080/5"),
            ("m.wire.example/news/5", "https://m.wire.example/news/5"),
            ("post.com/news/5", "https://post.com/news/5"),
            ("news.am/eng/5", "https://news.am/eng/5"),
            ("index.php/news/5", "https://wire.example/rss/index.php/news/5"),
            ("story.pl/5", "https://wire.example/rss/story.pl/5"),
            ("5.html", "https://wire.example/rss/5.html"),
            ("?id=5", "https://wire.example/rss/feed.xml?id=5"),
            ("news/a b", "https://wire.example/rss/news/a%20b"),
            ("/", "https://wire.example/"),
        ] {
            assert_eq!(of(text).as_deref(), Some(expected), "{text:?}");
        }
    }

    #[test]
    fn a_placeholder_a_script_and_a_mail_address_are_no_links() {
        for text in [
            "",
            " ",
            "#",
            "#top",
            "-",
            "--",
            "?",
            "N/A",
            "n/a.",
            "(none)",
            "null",
            "undefined",
            "No link available",
            "http://",
            "https://",
            "http:",
            "javascript:void(0)",
            "JavaScript:;",
            "mailto:desk@wire.example",
            "about:blank",
            "data:,x",
            "tel:+374",
            "file:///news/5",
            "tag:wire.example,2020:5",
            "urn:uuid:5",
            "//",
            "///",
        ] {
            assert_eq!(of(text), None, "{text:?}");
        }
    }
}

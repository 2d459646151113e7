//! Addresses: the canonical URL of a page, its article number, and the hosts whose links identify no article.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use url::Url;

use crate::redirect_wrapper::unwrapped;
use ceasewire_text::languages::lines;

/// Query parameters that name the way to a page; a trailing `*` matches any ending.
static TRACKING_PARAMETERS: LazyLock<Vec<&str>> =
    LazyLock::new(|| lines(include_str!("../../data/tracking_parameters.txt")).collect());

/// Hosts whose links do not identify an article.
static OPAQUE_HOSTS: LazyLock<Vec<&str>> =
    LazyLock::new(|| lines(include_str!("../../data/opaque_hosts.txt")).collect());

/// Lengths of article numbers. Shorter numbers are years, pages and sections; longer ones may be anything.
const ARTICLE_NUMBER_DIGITS: RangeInclusive<usize> = 5..=12;

/// Returns the host of an address without `www.`.
pub fn host_without_www(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host))
}

/// Reduces the address of a page to one form for all links to it: no scheme, `www.`, default port, fragment, tracking
/// parameters and trailing slash; a lower-case host; the plain page instead of its AMP and mobile forms and of redirect
/// wrappers. Returns `None` unless the scheme is http or https.
pub fn canonical_url(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let url = unwrapped(url);
    let mut host = url.host_str()?.trim_end_matches('.');
    // Strips `m.example.am` and `www.m.example.am`, but keeps a host of two labels, such as `m.am`.
    while let Some((label, rest)) = host.split_once('.') {
        if !matches!(label, "www" | "m" | "amp" | "mobile") || !rest.contains('.') {
            break;
        }
        host = rest;
    }
    let mut canonical = host.to_owned();
    // `Url` drops the default port of its own scheme; this drops the other scheme's too.
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        canonical.push_str(&format!(":{port}"));
    }
    canonical.push_str(&canonical_path(&normal_escapes(url.path())));

    let query = normal_escapes(url.query().unwrap_or_default());
    let mut pairs: Vec<&str> =
        query.split('&').filter(|pair| !pair.is_empty() && !is_tracking_parameter(pair)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    if !pairs.is_empty() {
        canonical.push('?');
        canonical.push_str(&pairs.join("&"));
    }
    // Sites that run on scripts have pages at `#!/news/5` and `#/news/5`.
    if let Some(route) = url.fragment().filter(|fragment| fragment.starts_with('!') || fragment.starts_with('/')) {
        canonical.push('#');
        canonical.push_str(route);
    }
    Some(normal_escapes(&canonical))
}

/// Writes percent escapes (`%d0`) in upper case, as `Url` writes its own, and characters that need no escape (`%7E`) as
/// themselves: both spellings name one page (RFC 3986, section 6.2.2).
fn normal_escapes(address: &str) -> String {
    let mut normal = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(at) = rest.find('%') {
        normal.push_str(&rest[..at]);
        rest = &rest[at..];
        let digits = rest.get(1..3).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (byte, digits) {
            (Some(byte), _) if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) => normal.push(char::from(byte)),
            (_, Some(digits)) => {
                normal.push('%');
                normal.push_str(&digits.to_ascii_uppercase());
            }
            (_, None) => {
                normal.push('%');
                rest = &rest[1..];
                continue;
            }
        }
        rest = &rest[3..];
    }
    normal.push_str(rest);
    normal
}

/// Removes AMP segments and endings, doubled slashes, the index page and the trailing slash of a path.
fn canonical_path(path: &str) -> String {
    let mut parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.len() > 1 && matches!(parts.first(), Some(&"amp")) {
        parts.remove(0);
    }
    if parts.len() > 1 && matches!(parts.last(), Some(&("amp" | "amp.html" | "index.html" | "index.htm" | "index.php")))
    {
        parts.pop();
    }
    let mut joined = String::new();
    for (index, part) in parts.iter().enumerate() {
        joined.push('/');
        let is_last = index + 1 == parts.len();
        joined.push_str(if is_last { part.strip_suffix(".amp").unwrap_or(part) } else { part });
        if is_last && let Some(bare) = joined.strip_suffix(".amp.html") {
            joined = format!("{bare}.html");
        }
    }
    joined
}

fn is_tracking_parameter(pair: &str) -> bool {
    let pair = pair.to_ascii_lowercase();
    let name = pair.split('=').next().unwrap_or_default();
    TRACKING_PARAMETERS.iter().any(|parameter| match parameter.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == *parameter,
    })
}

/// Finds the article number of a canonical URL and returns it with host and folders (`example.am/news#1031847`). An
/// edited headline changes the words of an address, but not its number.
pub(super) fn find_article_number(canonical: &str) -> Option<String> {
    if canonical.contains(['?', '#']) {
        return None;
    }
    let (host, path) = canonical.split_once('/')?;
    let segments: Vec<&str> = path.split('/').collect();
    // The number stands in the last folder, before a slug, or at the start or end of the slug itself.
    for index in (segments.len().saturating_sub(2)..segments.len()).rev() {
        let parts: Vec<&str> = segments[index].split(['-', '_', '.']).collect();
        let is_number = |part: &&&str| {
            let is_date = part.len() == 8 && (part.starts_with("19") || part.starts_with("20"));
            ARTICLE_NUMBER_DIGITS.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) && !is_date
        };
        let candidates = [parts.first(), parts.last(), parts.len().checked_sub(2).and_then(|index| parts.get(index))];
        if let Some(number) = candidates.into_iter().flatten().find(is_number) {
            return Some(format!("{host}/{}#{number}", segments[..index].join("/")));
        }
    }
    None
}

/// Whether the links of a canonical URL's host do not identify an article.
pub(super) fn is_opaque(canonical: &str) -> bool {
    OPAQUE_HOSTS.iter().any(|host| {
        let rest = canonical.strip_prefix(host);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_page_has_one_canonical_address() {
        for address in [
            "https://www.news.am/eng/5",
            "http://news.am/eng/5/",
            "HTTPS://News.AM:443/eng/5#comments",
            "https://news.am/eng/5?utm_source=rss&fbclid=x",
            "https://m.news.am/eng/5?at_medium=RSS",
            "https://amp.news.am/eng/5/amp/",
            "https://news.am/amp/eng/5",
            "https://news.am//eng/5?amp=1&outputType=amp",
            "https://news.am/eng/5/index.html",
            "https://news.am/%65ng/%35?%75tm_source=rss",
            "https://news-am.cdn.ampproject.org/c/s/m.news.am/eng/5?amp_js_v=0.1",
            "https://www.google.com/url?rct=j&url=https://news.am/eng/5&ct=ga",
        ] {
            assert_eq!(canonical_url(address).as_deref(), Some("news.am/eng/5"), "{address}");
        }
    }

    #[test]
    fn an_article_number_is_found_beside_a_slug() {
        for (address, expected) in [
            ("a.example/news/1031847/truce-agreed", Some("a.example/news#1031847")),
            ("a.example/news/1031847", Some("a.example/news#1031847")),
            ("a.example/news/1031847-truce-agreed.html", Some("a.example/news#1031847")),
            ("a.example/news/world-europe-54484545", Some("a.example/news#54484545")),
            ("a.example/2020/10/10/truce-agreed_654321.html", Some("a.example/2020/10/10#654321")),
            ("a.example/politics/20201010/truce-agreed", None),
            ("a.example/2020/10/truce-agreed", None),
            ("a.example/12345/2020/truce", None),
            ("a.example/news?id=1031847", None),
            ("a.example", None),
        ] {
            assert_eq!(find_article_number(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn different_pages_keep_different_addresses() {
        for (address, canonical) in [
            ("https://a.example/?id=5&page=2&utm_medium=x", "a.example?id=5&page=2"),
            ("https://a.example/?page=2&id=5", "a.example?id=5&page=2"),
            ("https://a.example/#!/news/5", "a.example#!/news/5"),
            ("http://a.example:8080/x", "a.example:8080/x"),
            ("https://m.am/x", "m.am/x"),
            ("https://a.example/%d0%b0", "a.example/%D0%B0"),
            ("https://a.example/а", "a.example/%D0%B0"),
            ("https://a.example/amp", "a.example/amp"),
            ("https://a.example/%7eani/a%2fb%", "a.example/~ani/a%2Fb%"),
            ("https://a.example/a%2Bb?q=%26", "a.example/a%2Bb?q=%26"),
        ] {
            assert_eq!(canonical_url(address).as_deref(), Some(canonical), "{address}");
        }
        for address in ["", "tag:a.example,2020:5", "/relative", "mailto:a@b.example", "javascript:void(0)"] {
            assert_eq!(canonical_url(address), None, "{address}");
        }
    }
}

//! Addresses: the canonical URL of a page, its article number, and the hosts whose links identify no article.

use std::ops::RangeInclusive;
use std::sync::LazyLock;

use url::Url;

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
/// parameters and trailing slash; a lower-case host; the plain page instead of its AMP and mobile forms. Returns `None`
/// unless the scheme is http or https.
pub fn canonical_url(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
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
    canonical.push_str(&canonical_path(url.path()));

    let mut pairs: Vec<&str> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !is_tracking_parameter(pair))
        .collect();
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
    Some(uppercase_escapes(&canonical))
}

/// Writes percent escapes (`%d0`) in upper case, as `Url` writes its own.
fn uppercase_escapes(address: &str) -> String {
    let mut digits_left = 0u8;
    let mut uppercase = |c: char| {
        let is_escaped = digits_left > 0;
        digits_left = if c == '%' { 2 } else { digits_left.saturating_sub(1) };
        if is_escaped { c.to_ascii_uppercase() } else { c }
    };
    address.chars().map(&mut uppercase).collect()
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
        ] {
            assert_eq!(canonical_url(address).as_deref(), Some(canonical), "{address}");
        }
        for address in ["", "tag:a.example,2020:5", "/relative", "mailto:a@b.example", "javascript:void(0)"] {
            assert_eq!(canonical_url(address), None, "{address}");
        }
    }
}

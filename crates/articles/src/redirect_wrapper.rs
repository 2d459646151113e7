//! Redirect wrappers: addresses that carry the address of their target page, such as Google's `/url?q=` and the
//! copies in AMP caches. A reader wants the page itself, and one page must have one identity however a feed links to it.
//!
//! Pure: a shortener's address does not carry its target and stays as it is.

use std::sync::LazyLock;

use url::Url;

use ceasewire_text::languages::lines;

/// Known wrappers.
static WRAPPERS: LazyLock<Vec<Wrapper>> =
    LazyLock::new(|| lines(include_str!("../data/redirect_wrappers.txt")).filter_map(Wrapper::read).collect());

/// The most wrappers around each other.
const MAX_DEPTH: usize = 4;

/// Last words of a path that redirects, on hosts beyond the known ones.
const REDIRECT_PATHS: &[&str] = &[
    "away",
    "exit",
    "external",
    "go",
    "goto",
    "jsredir",
    "jump",
    "leave",
    "leaving",
    "out",
    "redir",
    "redirect",
    "redirector",
    "url",
];
/// Parameters that carry a target there.
const TARGET_PARAMETERS: &[&str] =
    &["url", "u", "q", "to", "target", "target_url", "dest", "destination", "goto", "link", "href", "redirect", "r"];

/// A kind of address that carries another one.
struct Wrapper {
    host: &'static str,
    path: &'static str,
    carrier: TargetCarrier,
}

/// The part of an address that carries the target.
enum TargetCarrier {
    Parameters(Vec<&'static str>),
    Query,
    Path,
}

impl Wrapper {
    fn read(line: &'static str) -> Option<Self> {
        let mut columns = line.split_whitespace();
        let (host, path, carrier) = (columns.next()?, columns.next()?, columns.next()?);
        let carrier = match carrier {
            "path" => TargetCarrier::Path,
            "?" => TargetCarrier::Query,
            names => TargetCarrier::Parameters(names.split(',').collect()),
        };
        Some(Self { host, path, carrier })
    }

    fn has_host(&self, host: &str) -> bool {
        if let Some(parent) = self.host.strip_prefix("*.") {
            return host.strip_suffix(parent).is_some_and(|label| label.len() > 1 && label.ends_with('.'));
        }
        match self.host.strip_suffix(".*") {
            // `google.com`, `google.am`, `google.co.uk`.
            Some(name) => host
                .strip_prefix(name)
                .and_then(|country| country.strip_prefix('.'))
                .is_some_and(|country| country.len() <= 6 && country.matches('.').count() <= 1),
            None => host == self.host,
        }
    }

    fn has_path(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.path) else { return false };
        self.path.ends_with('/') || rest.is_empty() || rest == "/"
    }

    fn target(&self, url: &Url) -> Option<Url> {
        match &self.carrier {
            TargetCarrier::Parameters(names) => target_in_parameters(url, names),
            TargetCarrier::Query => web_address(url.query()?),
            TargetCarrier::Path => target_in_path(url, url.path().strip_prefix(self.path)?),
        }
    }
}

/// Returns the page that an address leads to by itself: the target of a redirect wrapper, or the address.
pub fn unwrapped(url: Url) -> Url {
    let mut url = url;
    for _ in 0..MAX_DEPTH {
        match target(&url) {
            Some(target) => url = target,
            None => break,
        }
    }
    url
}

fn target(url: &Url) -> Option<Url> {
    let host = url.host_str()?;
    let host = host.strip_prefix("www.").unwrap_or(host);
    let target = match WRAPPERS.iter().find(|wrapper| wrapper.has_host(host) && wrapper.has_path(url.path())) {
        Some(wrapper) => wrapper.target(url)?,
        None => repeated_address(url).or_else(|| generic_target(url))?,
    };
    // A host without a dot is no page of the web.
    target.host_str().filter(|host| host.contains('.'))?;
    Some(target)
}

/// Finds the target of a redirecting page on any host: `https://site.example/redirect?url=https://…`.
fn generic_target(url: &Url) -> Option<Url> {
    let last = url.path().trim_end_matches('/').rsplit('/').next()?.to_ascii_lowercase();
    let word = last.split('.').next().unwrap_or_default();
    REDIRECT_PATHS.contains(&word).then(|| target_in_parameters(url, TARGET_PARAMETERS))?
}

/// Finds the page in an address that a publisher's program glued to the site's own:
/// `https://site.example/https://site.example/news/5`, `http://https://site.example/news/5`.
fn repeated_address(url: &Url) -> Option<Url> {
    let (host, path) = (url.host_str()?, url.path());
    if matches!(host, "http" | "https") {
        return web_address(&format!("{host}://{}{}", path.trim_start_matches('/'), query_of(url)));
    }
    let at = ["/http://", "/https://"].iter().find_map(|scheme| path.find(scheme))?;
    let inner = web_address(&format!("{}{}", &path[at + 1..], query_of(url)))?;
    (inner.host_str() == Some(host)).then_some(inner)
}

fn target_in_parameters(url: &Url, names: &[&str]) -> Option<Url> {
    names.iter().find_map(|name| {
        let (_, value) = url.query_pairs().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        web_address(&value)
    })
}

/// Reads a target as the rest of a path: a host and its path, with `s/` for https before the host or behind it.
fn target_in_path(url: &Url, rest: &str) -> Option<Url> {
    if let Some(target) = web_address(rest) {
        return Some(target);
    }
    let (scheme, rest) = match rest.strip_prefix("s/") {
        Some(rest) => ("https", rest),
        None => ("http", rest),
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (scheme, path) = match path.strip_prefix("s/") {
        Some(path) => ("https", path),
        None => (scheme, path),
    };
    let is_host =
        host.contains('.') && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~:%".contains(&byte));
    if !is_host {
        return None;
    }
    web_address(&format!("{scheme}://{host}/{path}{}", query_of(url)))
}

fn query_of(url: &Url) -> String {
    url.query().map(|query| format!("?{query}")).unwrap_or_default()
}

/// Reads an absolute web address, also one escaped once more.
fn web_address(text: &str) -> Option<Url> {
    let text = text.trim();
    let is_web = |text: &str| {
        let head = text.get(..8).unwrap_or(text).to_ascii_lowercase();
        head.starts_with("http://") || head.starts_with("https://")
    };
    if is_web(text) {
        return Url::parse(text).ok();
    }
    let (_, value) = url::form_urlencoded::parse(format!("x={text}").as_bytes()).into_owned().next()?;
    if is_web(&value) { Url::parse(&value).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(address: &str) -> String {
        unwrapped(Url::parse(address).unwrap()).into()
    }

    #[test]
    fn a_wrapper_leads_to_the_page_that_it_carries() {
        for address in [
            "https://wire-example.cdn.ampproject.org/c/s/wire.example/news/5",
            "https://wire-example.cdn.ampproject.org/v/s/wire.example/news/5",
            "https://cdn.ampproject.org/c/s/wire.example/news/5",
            "https://www-wire-example.bing-amp.com/c/s/wire.example/news/5",
            "https://www.google.com/amp/s/wire.example/news/5",
            "https://google.co.uk/amp/s/wire.example/news/5",
            "https://www.google.com/url?rct=j&sa=t&url=https://wire.example/news/5&ct=ga&cd=x&usg=y",
            "https://www.google.am/url?sa=t&q=https%3A%2F%2Fwire.example%2Fnews%2F5",
            "http://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3a%2f%2fwire.example%2fnews%2f5&c=1",
            "https://duckduckgo.com/l/?uddg=https%3A%2F%2Fwire.example%2Fnews%2F5&rut=x",
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwire.example%2Fnews%2F5&h=AT0",
            "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fwire.example%2Fnews%2F5",
            "https://vk.com/away.php?to=https%3A%2F%2Fwire.example%2Fnews%2F5",
            "https://t.me/iv?url=https://wire.example/news/5&rhash=x",
            "https://wire-example.turbopages.org/wire.example/s/news/5",
            "https://yandex.ru/turbo?text=https://wire.example/news/5",
            "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwire.example%2Fnews%2F5&data=x",
            "https://href.li/?https://wire.example/news/5",
            // Beyond the list, by the shape of the address.
            "https://aggregator.example/redirect?url=https%3A%2F%2Fwire.example%2Fnews%2F5",
            "https://aggregator.example/out.php?id=3&u=https://wire.example/news/5",
            // Wrappers around each other.
            "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.google.com%2Famp%2Fs%2Fwire.example%2Fnews%2F5",
            "https://aggregator.example/go?to=https%253A%252F%252Fwire.example%252Fnews%252F5",
            // The publisher's own program glued two addresses.
            "https://wire.example/https://wire.example/news/5",
            "http://https://wire.example/news/5",
        ] {
            assert_eq!(of(address), "https://wire.example/news/5", "{address}");
        }
        assert_eq!(of("https://www.google.com/amp/wire.example/news/5?x=1"), "http://wire.example/news/5?x=1");
    }

    #[test]
    fn a_page_that_only_mentions_an_address_stays() {
        for address in [
            "https://wire.example/news/5?url=https://other.example/",
            "https://wire.example/share?u=https://other.example/",
            "https://wire.example/login?redirect=https://wire.example/news/5",
            "https://www.google.com/search?q=https://wire.example/",
            "https://www.google.com/url?q=ceasefire",
            "https://www.google.com/amp/",
            "https://notgoogle.com/url2?q=https://wire.example/",
            "https://web.archive.org/web/2020/https://wire.example/news/5",
            "https://wire.example/redirect?url=/news/5",
            "https://wire.example/redirect?url=javascript:alert(1)",
            "https://wire.example/redirect?url=http://localhost/5",
            "https://news.google.com/rss/articles/CBMi",
        ] {
            assert_eq!(of(address), address);
        }
    }

    #[test]
    fn each_line_of_the_list_is_read() {
        assert_eq!(WRAPPERS.len(), lines(include_str!("../data/redirect_wrappers.txt")).count());
    }
}

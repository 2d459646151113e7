//! Addresses for people: without user and password, and without a query, since each may hold a key. The one rule for
//! logs, lists, exports, errors and answers.

use url::Url;

/// Parameters of a query that choose a feed and hold no key.
const HARMLESS: &[&str] = &[
    "alt", "atom", "cat", "feed", "fmt", "format", "gl", "hl", "lang", "language", "output", "page", "paged", "rss",
    "type",
];
/// The longest value of such a parameter.
const HARMLESS_CHARS: usize = 12;

/// Returns an address for people; "?…" stands for a query with a possible key.
pub fn shown(address: &str) -> String {
    let plain = without_secrets(address);
    let has_hidden_query = Url::parse(address).is_ok_and(|url| !url.query().is_none_or(is_harmless));
    if has_hidden_query { format!("{plain}?…") } else { plain }
}

/// Returns an address without its secrets and its fragment, for programs. It stays as it is where it has neither.
pub fn without_secrets(address: &str) -> String {
    // "user:password@host" is an address too, with the scheme "user" and no host.
    let Some(mut url) = Url::parse(address).ok().filter(Url::has_host) else { return shown_text(address) };
    if url.fragment().is_none() && !holds_secret(address) {
        return address.to_owned();
    }
    if has_login(&url) && url.set_username("").and_then(|()| url.set_password(None)).is_err() {
        return shown_text(address);
    }
    url.set_fragment(None);
    if !url.query().is_none_or(is_harmless) {
        url.set_query(None);
    }
    url.into()
}

/// Whether an address holds a user, a password or a query with a possible key.
pub fn holds_secret(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| has_login(&url) || !url.query().is_none_or(is_harmless))
}

fn has_login(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

fn is_harmless(query: &str) -> bool {
    query.split('&').all(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        HARMLESS.contains(&name) && value.len() <= HARMLESS_CHARS && is_word(value)
    })
}

/// The same for a text that is no address.
fn shown_text(text: &str) -> String {
    let short = text.split(['?', '#']).next().unwrap_or_default();
    match (short.find("://"), short.rfind('@')) {
        (Some(scheme), Some(at)) if scheme < at => format!("{}…{}", &short[..scheme + 3], &short[at..]),
        (None, Some(at)) => format!("…{}", &short[at..]),
        _ => short.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_of_an_address_is_shown() {
        for (address, expected) in [
            ("https://n.example/feed", "https://n.example/feed"),
            ("https://n.example/?feed=rss2&lang=en", "https://n.example/?feed=rss2&lang=en"),
            ("https://ani:hunter2@n.example/feed", "https://n.example/feed"),
            ("https://hunter2@n.example/feed", "https://n.example/feed"),
            ("https://n.example/feed?token=hunter2", "https://n.example/feed?…"),
            ("https://n.example/feed?hunter2", "https://n.example/feed?…"),
            ("https://n.example/feed?format=rss&key=hunter2", "https://n.example/feed?…"),
            ("https://n.example/feed?format=hunter2hunter2", "https://n.example/feed?…"),
            ("https://n.example/feed?format=hunter2%20", "https://n.example/feed?…"),
            ("https://n.example/feed#hunter2", "https://n.example/feed"),
            ("https://u:hunter2@n.example/?format=rss&k=hunter2#hunter2", "https://n.example/?…"),
            ("ftp://u:hunter2@n.example/", "ftp://n.example/"),
            ("https://u:hunter2@[/?key=hunter2", "https://…@[/"),
            ("u:hunter2@n.example", "…@n.example"),
            ("nonsense", "nonsense"),
        ] {
            assert_eq!(shown(address), expected);
        }
    }

    #[test]
    fn a_login_and_a_query_are_secrets_and_a_fragment_is_none() {
        for (address, expected) in [
            ("https://n.example/feed", false),
            ("https://n.example/?feed=rss2", false),
            ("https://n.example/feed#top", false),
            ("https://u@n.example/feed#top", true),
            ("https://n.example/feed?key=1", true),
            ("https://n.example/feed?key=1#top", true),
        ] {
            assert_eq!(holds_secret(address), expected, "{address}");
        }
    }
}

//! Which entries are the same article: the keys under which an entry is remembered.
//!
//! An entry has several keys and is known when any one of them is: a changed id, `http` for `https`, a tracking parameter
//! or an edited title does not make a second article. A key that the fetch shows to be worthless (the same id on every
//! item) is left out. It must not know how keys are stored.

use std::collections::HashMap;

use chrono::NaiveDate;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use url::Url;

use ceasewire_model::{Entry, FeedId, Timestamp};

/// One of the keys of an article: the first 16 bytes of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(pub [u8; 16]);

impl Key {
    /// The key of `parts` within the namespace `kind`.
    fn of(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            // The length in front keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }
}

/// Parameters that say how a reader came to a page, not which page it is. A trailing `*` stands for any ending.
const TRACKING: &[&str] = &[
    "utm_*",
    "ga_*",
    "mtm_*",
    "pk_*",
    "piwik_*",
    "matomo_*",
    "hsa_*",
    "at_*",
    "wt_*",
    "oly_*",
    "vero_*",
    "__hs*",
    "_hs*",
    "mc_cid",
    "mc_eid",
    "fbclid",
    "fb_action_ids",
    "fb_action_types",
    "fb_source",
    "fb_ref",
    "gclid",
    "gclsrc",
    "dclid",
    "gbraid",
    "wbraid",
    "msclkid",
    "yclid",
    "ymclid",
    "ysclid",
    "_openstat",
    "twclid",
    "ttclid",
    "igshid",
    "igsh",
    "li_fat_id",
    "rb_clickid",
    "s_cid",
    "s_kwcid",
    "cmp",
    "cmpid",
    "campaign_id",
    "ns_mchannel",
    "ns_source",
    "ns_campaign",
    "ns_linkname",
    "ns_fee",
    "xtor",
    "wtrid",
    "ocid",
    "smid",
    "smtyp",
    "sref",
    "ref",
    "ref_src",
    "ref_url",
    "referrer",
    "feature",
    "from_rss",
    "rss",
    "rssid",
    "partner",
    "traffic_source",
    "echobox",
    "spm",
    "_ga",
    "_gl",
    "guccounter",
    "mibextid",
    "ict",
    "taid",
    "intcid",
    "icid",
    "ito",
    "maca",
    "dlvrit",
    "tpcc",
    "sr_share",
    "src_rss",
    "outputtype",
    "amp",
];

/// Hosts whose links lead to an article without saying which: a link to the same story differs from day to day.
const OPAQUE_HOSTS: &[&str] = &[
    "news.google.com",
    "google.com/url",
    "feedproxy.google.com",
    "news.yahoo.com/rss",
    "t.co",
    "bit.ly",
    "ift.tt",
    "buff.ly",
    "dlvr.it",
    "ow.ly",
    "goo.gl",
    "tinyurl.com",
    "rss.feedsportal.com",
    "clck.ru",
    "vk.cc",
];

/// The address by which a page is known, however it was linked: without scheme, `www.`, default port, fragment,
/// tracking parameters and the trailing slash; host lower-cased; AMP and mobile forms folded into the plain page.
/// `None` for what is no web address.
pub fn canonical_url(address: &str) -> Option<String> {
    let url = Url::parse(address.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let mut host = url.host_str()?.trim_end_matches('.');
    // `m.example.am` and `www.m.example.am`; but a host of two labels, such as `m.am`, is itself.
    while let Some((label, rest)) = host.split_once('.') {
        if !matches!(label, "www" | "m" | "amp" | "mobile") || !rest.contains('.') {
            break;
        }
        host = rest;
    }
    let mut canonical = host.to_owned();
    // The URL type drops a scheme's default port; the other scheme's is dropped here.
    if let Some(port) = url.port().filter(|port| !matches!(port, 80 | 443)) {
        canonical.push_str(&format!(":{port}"));
    }
    canonical.push_str(&canonical_path(url.path()));

    let mut pairs: Vec<&str> =
        url.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty() && !is_tracking(pair)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    if !pairs.is_empty() {
        canonical.push('?');
        canonical.push_str(&pairs.join("&"));
    }
    // `#!/news/5` and `#/news/5` are a page of their own.
    if let Some(route) = url.fragment().filter(|fragment| fragment.starts_with('!') || fragment.starts_with('/')) {
        canonical.push('#');
        canonical.push_str(route);
    }
    Some(upper_escapes(&canonical))
}

/// Percent escapes (`%d0`) in upper case, as the URL type writes its own.
fn upper_escapes(address: &str) -> String {
    let mut left = 0u8;
    let mut upper = |c: char| {
        let escaped = left > 0;
        left = if c == '%' { 2 } else { left.saturating_sub(1) };
        if escaped { c.to_ascii_uppercase() } else { c }
    };
    address.chars().map(&mut upper).collect()
}

/// A path without its AMP marks, doubled slashes, index page and trailing slash.
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
    for (at, part) in parts.iter().enumerate() {
        joined.push('/');
        let last = at + 1 == parts.len();
        joined.push_str(if last { part.strip_suffix(".amp").unwrap_or(part) } else { part });
        if last && let Some(bare) = joined.strip_suffix(".amp.html") {
            joined = format!("{bare}.html");
        }
    }
    joined
}

fn is_tracking(pair: &str) -> bool {
    let pair = pair.to_ascii_lowercase();
    let name = pair.split('=').next().unwrap_or_default();
    TRACKING.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *known,
    })
}

/// What is left of a canonical address when the words that a headline lends it are left out: its host, its folders and the
/// number of the article, as in `example.am/news/1031847`, which an edited headline does not change. `None` without such a
/// number, or where nothing stands beside it.
fn numbered(canonical: &str) -> Option<String> {
    /// Shorter numbers are years, pages and sections; longer ones may be anything.
    const DIGITS: std::ops::RangeInclusive<usize> = 5..=12;
    if canonical.contains(['?', '#']) {
        return None;
    }
    let (host, path) = canonical.split_once('/')?;
    let segments: Vec<&str> = path.split('/').collect();
    // In the last folder, before a slug, or within the slug itself, at its start or end.
    for at in (segments.len().saturating_sub(2)..segments.len()).rev() {
        let parts: Vec<&str> = segments[at].split(['-', '_', '.']).collect();
        let is_number = |part: &&&str| {
            let date = part.len() == 8 && (part.starts_with("19") || part.starts_with("20"));
            DIGITS.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()) && !date
        };
        let number = [parts.first(), parts.last(), parts.len().checked_sub(2).and_then(|at| parts.get(at))];
        if let Some(number) = number.into_iter().flatten().find(is_number) {
            return Some(format!("{host}/{}#{number}", segments[..at].join("/")));
        }
    }
    None
}

fn is_opaque(canonical: &str) -> bool {
    OPAQUE_HOSTS.iter().any(|host| {
        let rest = canonical.strip_prefix(host);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
    })
}

/// What an entry says of itself, in the form that is compared.
struct Fingerprint {
    guid: Option<String>,
    url: Option<String>,
    numbered: Option<String>,
    title: String,
    day: NaiveDate,
    /// The body, to tell entries apart that share a title.
    text: [u8; 16],
}

impl Fingerprint {
    fn of(entry: &Entry, seen_at: Timestamp) -> Self {
        let guid = entry.guid.as_deref().map(str::trim).filter(|guid| !guid.is_empty());
        let url = entry.url.as_deref().and_then(canonical_url).filter(|url| !is_opaque(url));
        Self {
            guid: guid.map(|guid| canonical_url(guid).unwrap_or_else(|| guid.to_owned())),
            numbered: url.as_deref().and_then(numbered),
            url,
            title: folded(&entry.title),
            day: entry.published.unwrap_or(seen_at).to_datetime().date_naive(),
            text: Key::of("text", &[&folded(&entry.html)]).0,
        }
    }

    /// Whether both have the same title; of entries without titles, the text decides.
    fn has_title_of(&self, other: &Self) -> bool {
        self.title == other.title && (!self.title.is_empty() || self.text == other.text)
    }

    /// The title with its day, if it is long enough to mean one story: "Breaking news" is not.
    fn titled(&self) -> Option<(&str, NaiveDate)> {
        /// Titles of fewer words recur ("Morning briefing").
        const FEWEST_WORDS: usize = 3;
        (self.title.split(' ').count() >= FEWEST_WORDS).then_some((self.title.as_str(), self.day))
    }
}

/// Letters and digits only, without case and accents, so that an edited quote mark or dash does not matter.
fn folded(text: &str) -> String {
    let mut out = String::new();
    for c in text.nfkd().flat_map(char::to_lowercase) {
        if c.is_alphanumeric() {
            out.push(c);
        } else if !matches!(c, '\u{300}'..='\u{36F}') && !out.is_empty() && !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The keys of each entry of one fetch of `feed`, in the entries' order; every list has at least one.
///
/// The key of an id holds within the feed, that of an address everywhere, that of a title and its day (`seen_at`'s for an
/// undated entry) within the `outlet`. The whole fetch is looked at: what several different entries share tells none.
pub fn keys(feed: FeedId, outlet: &str, entries: &[Entry], seen_at: Timestamp) -> Vec<Vec<Key>> {
    scoped_keys(feed, &[], outlet, entries, seen_at)
}

/// The same for a feed whose word counts for itself alone: none of its keys is shared with another feed.
pub fn keys_within(feed: FeedId, entries: &[Entry], seen_at: Timestamp) -> Vec<Vec<Key>> {
    let scope = feed.to_string();
    scoped_keys(feed, &[&scope], &scope, entries, seen_at)
}

/// The keys, those of addresses within `addresses` and those of titles within `titles_of`.
fn scoped_keys(
    feed: FeedId,
    addresses: &[&str],
    titles_of: &str,
    entries: &[Entry],
    seen_at: Timestamp,
) -> Vec<Vec<Key>> {
    let marks: Vec<Fingerprint> = entries.iter().map(|entry| Fingerprint::of(entry, seen_at)).collect();
    let guids = telling(&marks, |m| m.guid.as_deref(), |a, b| a.url == b.url && a.has_title_of(b));
    let shares_guid =
        |a: &Fingerprint, b: &Fingerprint| a.guid == b.guid && a.guid.as_deref().is_some_and(|guid| guids[guid]);
    let urls = telling(&marks, |m| m.url.as_deref(), |a, b| shares_guid(a, b) || a.has_title_of(b));
    let shares_url = |a: &Fingerprint, b: &Fingerprint| a.url == b.url && a.url.as_deref().is_some_and(|url| urls[url]);
    let titles = telling(&marks, Fingerprint::titled, |a, b| shares_guid(a, b) || shares_url(a, b) || a.text == b.text);
    let numbers = telling(&marks, |m| m.numbered.as_deref(), |a, b| shares_guid(a, b) || shares_url(a, b));

    let scope = feed.to_string();
    let mut all = Vec::with_capacity(entries.len());
    for (mark, entry) in marks.iter().zip(entries) {
        let mut keys = Vec::with_capacity(4);
        let mut address = |kind: &str, url: &str| {
            let parts: Vec<&str> = addresses.iter().copied().chain([url]).collect();
            keys.push(Key::of(kind, &parts));
        };
        if let Some(url) = mark.url.as_deref().filter(|url| urls[url]) {
            address("url", url);
        }
        if let Some(numbered) = mark.numbered.as_deref().filter(|numbered| numbers[numbered]) {
            address("numbered", numbered);
        }
        if let Some(guid) = mark.guid.as_deref().filter(|guid| guids[guid]) {
            keys.push(Key::of("guid", &[&scope, guid]));
        }
        if let Some((title, day)) = mark.titled().filter(|titled| titles[titled]) {
            keys.push(Key::of("title", &[titles_of, title, &day.to_string()]));
        }
        // Without an id, an address and a date the title's key changes with the day on which the entry is seen.
        let fleeting = mark.guid.is_none() && mark.url.is_none() && entry.published.is_none();
        if keys.is_empty() || fleeting {
            let url = entry.url.as_deref().unwrap_or_default();
            let text: String = mark.text.iter().map(|byte| format!("{byte:02x}")).collect();
            keys.push(Key::of("whole", &[&scope, &mark.title, &text, url]));
        }
        all.push(keys);
    }
    all
}

/// The keys under which an article may be remembered that stands at `address`: as its address, or as the id that one of
/// `feeds` gave it. Empty for what is no web address.
pub fn page_keys(address: &str, feeds: impl IntoIterator<Item = FeedId>) -> Vec<Key> {
    let Some(page) = canonical_url(address) else { return Vec::new() };
    let url = Some(Key::of("url", &[&page])).filter(|_| !is_opaque(&page));
    let within = |feed: FeedId| {
        let scope = feed.to_string();
        [Key::of("guid", &[&scope, &page]), Key::of("url", &[&scope, &page])]
    };
    url.into_iter().chain(feeds.into_iter().flat_map(within)).collect()
}

/// For each value of one mark, whether it tells its entry: all entries that share it are the same by `same`.
fn telling<'a, T: Eq + std::hash::Hash>(
    marks: &'a [Fingerprint],
    value: impl Fn(&'a Fingerprint) -> Option<T>,
    same: impl Fn(&Fingerprint, &Fingerprint) -> bool,
) -> HashMap<T, bool> {
    let mut seen: HashMap<T, (&Fingerprint, bool)> = HashMap::new();
    for mark in marks {
        let Some(value) = value(mark) else { continue };
        seen.entry(value).and_modify(|(first, telling)| *telling &= same(first, mark)).or_insert((mark, true));
    }
    seen.into_iter().map(|(value, (_, telling))| (value, telling)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const FEED: FeedId = FeedId(Uuid::from_u128(7));
    const NOON: Timestamp = Timestamp(1_602_331_200_000);

    fn entry(guid: &str, url: &str, title: &str) -> Entry {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Entry {
            guid: given(guid),
            url: given(url),
            title: title.into(),
            html: format!("text of {title}{guid}{url}"),
            published: Some(NOON),
            ..Entry::default()
        }
    }

    fn of(entries: &[Entry]) -> Vec<Vec<Key>> {
        keys(FEED, "outlet", entries, NOON)
    }

    fn shared(a: &[Key], b: &[Key]) -> bool {
        a.iter().any(|key| b.contains(key))
    }

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
    fn an_articles_number_outlives_the_words_in_its_address() {
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
            assert_eq!(numbered(address).as_deref(), expected, "{address}");
        }
    }

    #[test]
    fn an_edited_headline_in_the_address_makes_no_second_article() {
        let first =
            entry("https://a.example/n/123456/truce-near", "https://a.example/n/123456/truce-near", "Truce near");
        let second =
            entry("https://a.example/n/123456/truce-agreed", "https://a.example/n/123456/truce-agreed", "Truce agreed");
        assert!(shared(&of(&[first])[0], &of(&[second])[0]));
        // A number that several entries of one fetch share is that of a section.
        let both = of(&[
            entry("", "https://a.example/c/123456/one", "One"),
            entry("", "https://a.example/c/123456/two", "Two"),
        ]);
        assert!(!shared(&both[0], &both[1]));
    }

    #[test]
    fn a_strangers_feed_shares_no_key_with_any_other() {
        let entries = [entry("1", "https://a.example/n/123456/truce", "Truce agreed in Moscow")];
        let public = keys(FEED, "outlet", &entries, NOON);
        let private = keys_within(FeedId(Uuid::from_u128(8)), &entries, NOON);
        let other = keys_within(FeedId(Uuid::from_u128(9)), &entries, NOON);
        assert!(!shared(&public[0], &private[0]) && !shared(&private[0], &other[0]));
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

    #[test]
    fn an_article_is_found_by_the_address_that_somebody_copied() {
        let copied = "http://m.a.example/1/?utm_source=share";
        for entry in [entry("1", "https://a.example/1", "Flash"), entry("https://a.example/1", "", "Flash")] {
            assert!(shared(&of(&[entry])[0], &page_keys(copied, [FEED])));
        }
        assert_eq!(page_keys("ceasefire", [FEED]), []);
    }

    #[test]
    fn a_changed_entry_is_still_known_by_another_key() {
        let was = entry("1", "https://a.example/1", "Ministers meet in Geneva");
        for changed in [
            entry("new-1", "https://a.example/1", "Ministers meet in Geneva"),
            entry("1", "http://www.a.example/1/?utm_source=rss", "Ministers met in Geneva today"),
            entry("1", "https://b.example/moved", "Ministers met in Geneva today"),
            entry("new-1", "https://b.example/moved", "“Ministers meet in Geneva”"),
        ] {
            assert!(shared(&of(std::slice::from_ref(&was))[0], &of(std::slice::from_ref(&changed))[0]), "{changed:?}");
        }
    }

    #[test]
    fn an_id_that_is_an_address_survives_a_change_of_scheme() {
        let keys = |guid| of(&[entry(guid, "", "Flash")]).remove(0);
        assert_eq!(keys("http://a.example/?p=1"), keys("https://www.a.example/?p=1"));
    }

    #[test]
    fn what_all_entries_share_tells_none() {
        let titles = ["Ministers meet in Geneva", "Shelling of a town reported", "Aid convoy reaches the city"];
        for entries in [
            titles.map(|title| entry("same", "https://a.example/", title)),
            titles.map(|title| entry("", "https://a.example/", title)),
            titles.map(|title| entry(title, &format!("https://a.example/{title}"), "Live: all the latest news")),
            titles.map(|title| entry("same", "https://news.google.com/rss/articles/x", title)),
            titles.map(|text| Entry { html: text.into(), ..entry("same", "https://a.example/", "") }),
        ] {
            let found = of(&entries);
            for (a, b) in [(0, 1), (0, 2), (1, 2)] {
                assert!(!shared(&found[a], &found[b]), "{entries:?}");
            }
            assert!(found.iter().all(|keys| !keys.is_empty()));
        }
    }

    #[test]
    fn an_entry_listed_twice_is_one_article() {
        let one = entry("1", "https://a.example/1", "Ministers meet in Geneva");
        let found = of(&[one.clone(), one]);
        assert_eq!(found[0], found[1]);
        assert_eq!(found[0].len(), 3);
    }

    #[test]
    fn ids_belong_to_the_feed_and_titles_to_the_outlet() {
        let one = [entry("1", "https://news.google.com/a", "Ministers meet in Geneva")];
        let here = keys(FEED, "a", &one, NOON).remove(0);
        let there = keys(FeedId(Uuid::from_u128(8)), "b", &one, NOON).remove(0);
        assert!(!shared(&here, &there));
    }

    #[test]
    fn an_undated_title_counts_for_the_day_it_was_seen() {
        let mut undated = entry("1", "", "Ministers meet in Geneva");
        let dated = entry("2", "", "Ministers meet in Geneva");
        undated.published = None;
        assert!(shared(&of(&[undated.clone()])[0], &of(&[dated])[0]));
        let tomorrow = keys(FEED, "outlet", &[undated.clone()], NOON.plus_secs(86_400)).remove(0);
        assert_eq!(of(&[undated])[0].iter().filter(|key| tomorrow.contains(key)).count(), 1, "only the id");
    }

    #[test]
    fn an_entry_without_anything_still_has_a_key() {
        assert_eq!(of(&[Entry::default()])[0].len(), 1);
    }
}

//! Identity: recognises the entries of known articles.
//!
//! An entry has several keys, which find the articles that it may be: by its id, its address, the number in the address,
//! its title and day. [`evidence`](Identifiers::compare) decides between them: a changed id, `http` for `https`, a tracking
//! parameter or an edited title makes no second article, and an id or an address that a publisher uses for two
//! articles makes none of them the other. [`assign()`] does so for a whole fetch. It must not know the storage of keys.

mod address;
mod assign;
mod evidence;
mod fingerprint;
mod hosts;
mod page_form;

use sha2::{Digest, Sha256};

use ceasewire_model::{Entry, FeedId, Timestamp};

use address::is_opaque;
use fingerprint::Fingerprint;
use page_form::is_front_page;

pub use address::{canonical_url, host_without_www};
pub use assign::{Assignment, Candidate, Fetched, assign};
pub use evidence::{Identifiers, Identity, Naming};
pub use hosts::HostOwners;

/// Identity key of an article: the first 16 bytes of a SHA-256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IdentityKey(pub [u8; 16]);

impl IdentityKey {
    /// Hashes `parts` in the namespace `kind`.
    fn new(kind: &str, parts: &[&str]) -> Self {
        let mut hash = Sha256::new();
        for part in std::iter::once(&kind).chain(parts) {
            // The length prefix keeps ("ab", "c") and ("a", "bc") apart.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        let digest = hash.finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&digest[..16]);
        Self(key)
    }
}

/// Computes the keys of each entry of one fetch, in the entries' order; each list has at least one key.
///
/// The key of an id holds within `feed`, that of a title and its day within `outlet`. The key of an address is equal
/// for all outlets, and the store keeps it apart for each: an entry that links to another outlet's page claims nothing
/// there. An undated entry takes the day of `seen_at`, and the day before.
pub fn keys(feed: FeedId, outlet: &str, entries: &[Entry], seen_at: Timestamp) -> Vec<Vec<IdentityKey>> {
    let scope = KeyScope { feed: feed.to_string(), addresses: None, titles: outlet.to_owned() };
    scope.keys(entries, seen_at)
}

/// Computes keys as [`keys`] does, but private to a feed: no other feed shares any of them.
pub fn keys_private_to(feed: FeedId, entries: &[Entry], seen_at: Timestamp) -> Vec<Vec<IdentityKey>> {
    let feed = feed.to_string();
    let scope = KeyScope { addresses: Some(feed.clone()), titles: feed.clone(), feed };
    scope.keys(entries, seen_at)
}

/// Computes the keys of an article at `address`: by its address, and as the id in each of `feeds`. Returns no key
/// unless the scheme is http or https.
pub fn page_keys(address: &str, feeds: impl IntoIterator<Item = FeedId>) -> Vec<IdentityKey> {
    let Some(page) = canonical_url(address) else { return Vec::new() };
    let public = Some(IdentityKey::new("url", &[&page])).filter(|_| !is_opaque(&page) && !is_front_page(&page));
    let private_to = |feed: FeedId| {
        let feed = feed.to_string();
        [IdentityKey::new("guid", &[&feed, &page]), IdentityKey::new("url", &[&feed, &page])]
    };
    public.into_iter().chain(feeds.into_iter().flat_map(private_to)).collect()
}

/// Computes the fingerprint of an entry's words as its feed has them.
pub fn entry_form(entry: &Entry) -> i64 {
    let IdentityKey(key) = IdentityKey::new("form", &[&entry.title, &entry.html]);
    key.iter().take(8).fold(0, |sum, byte| sum << 8 | i64::from(*byte))
}

/// Scopes within which the keys of a feed hold.
struct KeyScope {
    /// Scope of ids.
    feed: String,
    /// Scope of addresses; `None` for all feeds.
    addresses: Option<String>,
    /// Scope of titles.
    titles: String,
}

impl KeyScope {
    fn keys(&self, entries: &[Entry], seen_at: Timestamp) -> Vec<Vec<IdentityKey>> {
        entries.iter().map(|entry| self.entry_keys(&Fingerprint::new(entry, seen_at), entry)).collect()
    }

    fn entry_keys(&self, fingerprint: &Fingerprint, entry: &Entry) -> Vec<IdentityKey> {
        let mut keys = Vec::with_capacity(4);
        if let Some(url) = fingerprint.url.as_deref() {
            keys.push(self.address_key("url", url));
        }
        if let Some(number) = fingerprint.article_number.as_deref() {
            keys.push(self.address_key("numbered", number));
        }
        if let Some(guid) = fingerprint.guid.as_deref() {
            keys.push(IdentityKey::new("guid", &[&self.feed, guid]));
        }
        let dated_title = fingerprint.dated_title();
        let has_date = entry.published.or(entry.updated).is_some();
        if let Some((title, day)) = dated_title {
            // The day of an undated entry is that of its fetch, and its article may be of the day before.
            let before = day.pred_opt().filter(|_| !has_date);
            let days = [day].into_iter().chain(before).map(|day| day.to_string());
            keys.extend(days.map(|day| IdentityKey::new("title", &[&self.titles, title, &day])));
        }
        let has_name = fingerprint.guid.is_some() || fingerprint.url.is_some();
        if dated_title.is_none() || !has_date || !has_name {
            keys.push(IdentityKey::new("words", &[&self.feed, &fingerprint.title, &fingerprint.text_hash]));
        }
        // The headline of an entry without an id may change while another entry has its address.
        if fingerprint.guid.is_none() && fingerprint.has_long_text {
            keys.push(IdentityKey::new("text", &[&self.feed, &fingerprint.text_hash]));
        }
        keys
    }

    fn address_key(&self, kind: &str, address: &str) -> IdentityKey {
        let parts: Vec<&str> = self.addresses.as_deref().into_iter().chain([address]).collect();
        IdentityKey::new(kind, &parts)
    }
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

    fn keys_of(entries: &[Entry]) -> Vec<Vec<IdentityKey>> {
        keys(FEED, "outlet", entries, NOON)
    }

    fn shared(a: &[IdentityKey], b: &[IdentityKey]) -> bool {
        a.iter().any(|key| b.contains(key))
    }

    #[test]
    fn a_chats_feed_shares_no_key_with_another_feed() {
        let entries = [entry("1", "https://a.example/n/123456/truce", "Truce agreed in Moscow")];
        let public = keys(FEED, "outlet", &entries, NOON);
        let private = keys_private_to(FeedId(Uuid::from_u128(8)), &entries, NOON);
        let other = keys_private_to(FeedId(Uuid::from_u128(9)), &entries, NOON);
        assert!(!shared(&public[0], &private[0]) && !shared(&private[0], &other[0]));
    }

    #[test]
    fn a_copied_address_finds_its_article() {
        let copied = "http://m.a.example/1/?utm_source=share";
        for entry in [entry("1", "https://a.example/1", "Flash"), entry("https://a.example/1", "", "Flash")] {
            assert!(shared(&keys_of(&[entry])[0], &page_keys(copied, [FEED])));
        }
        assert_eq!(page_keys("ceasefire", [FEED]), []);
    }

    #[test]
    fn a_changed_entry_keeps_one_of_its_keys() {
        let was = entry("1", "https://a.example/1", "Ministers meet in Geneva");
        for changed in [
            entry("new-1", "https://a.example/1", "Ministers meet in Geneva"),
            entry("1", "http://www.a.example/1/?utm_source=rss", "Ministers met in Geneva today"),
            entry("1", "https://b.example/moved", "Ministers met in Geneva today"),
            entry("new-1", "https://b.example/moved", "“Ministers meet in Geneva”"),
        ] {
            assert!(
                shared(&keys_of(std::slice::from_ref(&was))[0], &keys_of(std::slice::from_ref(&changed))[0]),
                "{changed:?}"
            );
        }
    }

    #[test]
    fn an_address_as_an_id_survives_a_change_of_scheme() {
        let keys = |guid| keys_of(&[entry(guid, "", "Flash")]).remove(0);
        assert!(shared(&keys("http://a.example/?p=1"), &keys("https://www.a.example/?p=1")));
    }

    #[test]
    fn an_entry_listed_twice_is_one_article() {
        let one = entry("1", "https://a.example/1", "Ministers meet in Geneva");
        let found = keys_of(&[one.clone(), one]);
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
    fn an_undated_title_takes_the_day_of_the_fetch() {
        let mut undated = entry("1", "", "Ministers meet in Geneva");
        let dated = entry("2", "", "Ministers meet in Geneva");
        undated.published = None;
        assert!(shared(&keys_of(&[undated.clone()])[0], &keys_of(&[dated])[0]));
        let own = keys_of(&[undated.clone()]).remove(0);
        // The id, the words, and the title of the day before.
        for (days, count) in [(1, 3), (2, 2)] {
            let later = keys(FEED, "outlet", &[undated.clone()], NOON.plus_secs(days * 86_400)).remove(0);
            assert_eq!(own.iter().filter(|key| later.contains(key)).count(), count, "{days}");
        }
    }

    #[test]
    fn an_empty_entry_has_a_key() {
        assert_eq!(keys_of(&[Entry::default()])[0].len(), 1);
    }
}

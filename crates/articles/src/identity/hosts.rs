//! Owners of hosts: tells an outlet's own pages from links to another outlet's.
//!
//! The settings state hosts, and the addresses of an outlet's articles show others. A host that several outlets publish
//! at belongs to none, and so does a host with pages of any publisher.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use ceasewire_text::languages::lines;

use super::address::{canonical_url, is_opaque};

/// Hosts where many publishers have pages.
static SHARED_HOSTS: LazyLock<BTreeSet<&str>> =
    LazyLock::new(|| lines(include_str!("../../data/shared_hosts.txt")).collect());

/// First labels of hosts that serve a site's feeds.
const FEED_LABELS: &[&str] = &["api", "feed", "feeds", "rss", "xml"];
/// Fewest articles of an outlet that teach its hosts.
const LEAST_ARTICLES: u32 = 10;
/// Articles of an outlet before older ones count half: an outlet may move to another host.
const MOST_ARTICLES: u32 = 1000;
/// Most counted hosts of one outlet.
const MOST_HOSTS: usize = 100;

/// The outlets that publish at each host.
#[derive(Clone, Debug, Default)]
pub struct HostOwners {
    /// Outlets by the hosts that the settings give them.
    stated: HashMap<String, BTreeSet<String>>,
    /// The hosts of each outlet's articles.
    published: BTreeMap<String, PublishedHosts>,
}

/// The hosts of an outlet's articles.
#[derive(Clone, Debug, Default)]
struct PublishedHosts {
    articles: u32,
    hosts: HashMap<String, u32>,
}

impl HostOwners {
    /// Gives an outlet a host of the settings, and the hosts below it.
    pub fn state_host(&mut self, outlet: &str, host: &str) {
        self.state_feed(outlet, &format!("https://{host}/"));
    }

    /// Gives an outlet the host of its feed, and the site's own host where a host of its own serves the feed.
    pub fn state_feed(&mut self, outlet: &str, feed: &str) {
        let Some(canonical) = canonical_url(feed) else { return };
        let host = host_of(&canonical);
        let site = host.split_once('.').filter(|(label, rest)| FEED_LABELS.contains(label) && rest.contains('.'));
        for host in std::iter::once(host).chain(site.map(|(_, rest)| rest)) {
            if !SHARED_HOSTS.contains(host) {
                self.stated.entry(host.to_owned()).or_default().insert(outlet.to_owned());
            }
        }
    }

    /// Learns from the address of an outlet's article.
    pub fn record(&mut self, outlet: &str, address: &str) {
        let Some(canonical) = canonical_url(address) else { return };
        if !self.published.contains_key(outlet) {
            self.published.insert(outlet.to_owned(), PublishedHosts::default());
        }
        let Some(published) = self.published.get_mut(outlet) else { return };
        if published.articles >= MOST_ARTICLES {
            published.articles /= 2;
            published.hosts.values_mut().for_each(|count| *count /= 2);
            published.hosts.retain(|_, count| *count > 0);
        }
        published.articles += 1;
        let host = host_of(&canonical);
        if let Some(count) = published.hosts.get_mut(host) {
            *count += 1;
        } else if published.hosts.len() < MOST_HOSTS {
            published.hosts.insert(host.to_owned(), 1);
        }
    }

    /// Finds the outlet that owns the page at an address, if it is another one than `outlet`.
    pub fn find_other_owner(&self, outlet: &str, address: &str) -> Option<&str> {
        let canonical = canonical_url(address).filter(|canonical| !is_opaque(canonical))?;
        let host = host_of(&canonical);
        if SHARED_HOSTS.contains(host) {
            return None;
        }
        let mut name = Some(host);
        while let Some(stated) = name {
            if let Some(owners) = self.stated.get(stated) {
                return if owners.contains(outlet) { None } else { owners.first().map(String::as_str) };
            }
            name = stated.split_once('.').map(|(_, parent)| parent);
        }
        // A new outlet may publish at any host.
        let own = self.published.get(outlet).filter(|published| published.articles >= LEAST_ARTICLES)?;
        if own.is_owner(host) {
            return None;
        }
        let mut owners = self.published.iter().filter(|(_, published)| published.is_owner(host));
        let (owner, _) = owners.next()?;
        owners.next().is_none().then_some(owner)
    }
}

impl PublishedHosts {
    /// Whether most of the outlet's articles are at this host.
    fn is_owner(&self, host: &str) -> bool {
        let count = self.hosts.get(host).copied().unwrap_or(0);
        self.articles >= LEAST_ARTICLES && count * 2 > self.articles
    }
}

/// The host of a canonical URL.
fn host_of(canonical: &str) -> &str {
    canonical.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners() -> HostOwners {
        let mut owners = HostOwners::default();
        for (outlet, feed) in [
            ("good", "https://feeds.good.example/rss.xml"),
            ("trend", "https://en.trend.example/rss"),
            ("video", "https://www.youtube.com/feeds/videos.xml?channel_id=1"),
            ("one", "https://press.example/one.rss"),
            ("two", "https://press.example/two.rss"),
        ] {
            owners.state_feed(outlet, feed);
        }
        owners.state_host("trend", "trend.example");
        owners
    }

    #[test]
    fn a_link_to_the_host_of_another_outlet_is_no_page_of_its_own() {
        let owners = owners();
        for (outlet, address, owner) in [
            ("evil", "https://www.good.example/news/1", Some("good")),
            ("evil", "http://m.good.example/news/1", Some("good")),
            ("evil", "https://feeds.good.example/1", Some("good")),
            ("evil", "https://archive.good.example/1", Some("good")),
            ("evil", "https://ru.trend.example/1", Some("trend")),
            ("good", "https://good.example/news/1", None),
            ("trend", "https://en.trend.example/1", None),
            ("trend", "https://www.trend.example/1", None),
            ("evil", "https://evil.example/1", None),
            ("evil", "https://notgood.example/1", None),
            ("evil", "https://youtube.com/watch?v=1", None),
            ("evil", "https://t.me/good/1", None),
            ("one", "https://press.example/1", None),
            ("evil", "https://press.example/1", Some("one")),
            ("evil", "tag:good.example,2020:1", None),
        ] {
            assert_eq!(owners.find_other_owner(outlet, address), owner, "{outlet} {address}");
        }
    }

    #[test]
    fn the_host_of_most_articles_is_learned_unless_others_publish_there_too() {
        let mut owners = owners();
        let page = "https://good-news.example/1";
        for number in 0..LEAST_ARTICLES {
            assert_eq!(owners.find_other_owner("evil", page), None);
            owners.record("evil", &format!("https://evil.example/{number}"));
            owners.record("good", &format!("https://good-news.example/{number}"));
        }
        assert_eq!(owners.find_other_owner("evil", page), Some("good"));
        assert_eq!(owners.find_other_owner("new", page), None, "a new outlet");
        assert_eq!(owners.find_other_owner("good", page), None);
        // Links in masses win no host: it then belongs to neither, and stays the owner's page for the owner.
        for number in 0..100 {
            owners.record("evil", &format!("https://good-news.example/{number}"));
        }
        assert_eq!(owners.find_other_owner("evil", page), None);
        assert_eq!(owners.find_other_owner("good", page), None);
        // Nor do they win the host that the settings give to another outlet.
        for number in 0..100 {
            owners.record("evil", &format!("https://good.example/{number}"));
        }
        assert_eq!(owners.find_other_owner("evil", "https://good.example/1"), Some("good"));
    }

    #[test]
    fn an_outlet_that_moves_owns_its_new_host() {
        let mut owners = HostOwners::default();
        for number in 0..2 * MOST_ARTICLES {
            let host = if number < MOST_ARTICLES { "old" } else { "new" };
            owners.record("good", &format!("https://{host}.example/{number}"));
            owners.record("evil", &format!("https://evil.example/{number}"));
        }
        assert_eq!(owners.find_other_owner("evil", "https://new.example/1"), Some("good"));
        assert_eq!(owners.find_other_owner("evil", "https://old.example/1"), None);
    }

    #[test]
    fn the_hosts_of_an_outlet_are_bounded() {
        let mut owners = HostOwners::default();
        for number in 0..5000 {
            owners.record("evil", &format!("https://host{number}.example/1"));
        }
        assert!(owners.published["evil"].hosts.len() <= MOST_HOSTS);
    }
}

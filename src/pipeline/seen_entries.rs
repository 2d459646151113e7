//! The entries of each feed's last fetch, so that a fetch asks the store for new or changed ones only.
//!
//! A memory, not a truth: after a start every entry counts as unseen once, and the identity keys recognise it.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use ceasewire_model::{ArticleId, Entry, FeedId, Timestamp};
use parking_lot::Mutex;

/// Remembered entries of all feeds, at some fifty bytes each. Beyond them every feed is forgotten once.
const MOST_ENTRIES: usize = 500_000;

/// The article of a seen entry.
#[derive(Clone, Copy, Debug)]
pub(super) struct SeenEntry {
    pub(super) article: ArticleId,
    /// When a feed first contained it.
    pub(super) seen_at: Timestamp,
}

/// Fingerprints of entries with their articles.
#[derive(Debug, Default)]
pub(super) struct SeenEntries {
    hasher: RandomState,
    feeds: Mutex<HashMap<FeedId, HashMap<u64, SeenEntry>>>,
}

impl SeenEntries {
    /// Finds the article of each entry that the feed's last fetch had in exactly this form.
    pub(super) fn find(&self, feed: FeedId, entries: &[Entry]) -> Vec<Option<SeenEntry>> {
        let feeds = self.feeds.lock();
        let Some(seen) = feeds.get(&feed) else { return vec![None; entries.len()] };
        entries.iter().map(|entry| seen.get(&self.fingerprint(entry)).copied()).collect()
    }

    /// Counts the entries of the feed's last fetch; none where it is forgotten.
    pub(super) fn count(&self, feed: FeedId) -> usize {
        self.feeds.lock().get(&feed).map_or(0, HashMap::len)
    }

    pub(super) fn fingerprint(&self, entry: &Entry) -> u64 {
        let Entry { guid, url, title, html, published, updated, .. } = entry;
        self.hasher.hash_one((guid, url, title, html, published, updated))
    }

    /// Replaces the entries of a feed by those of its present fetch.
    pub(super) fn record(&self, feed: FeedId, entries: HashMap<u64, SeenEntry>) {
        let mut feeds = self.feeds.lock();
        let others: usize = feeds.iter().filter(|(id, _)| **id != feed).map(|(_, entries)| entries.len()).sum();
        if others + entries.len() > MOST_ENTRIES {
            feeds.clear();
        }
        feeds.insert(feed, entries);
    }

    /// Forgets the entries of a feed, whose articles are not stored as they should be.
    pub(super) fn forget(&self, feed: FeedId) {
        self.feeds.lock().remove(&feed);
    }
}

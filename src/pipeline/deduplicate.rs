//! Stage 1: tells new entries of a fetch from known ones, and chooses the new ones that stay silent.

use ceasewire_articles::{clean, identity};
use ceasewire_model::{ArticleId, Entry, Feed, FeedOrigin, SilentReason, Timestamp};
use uuid::Uuid;

use super::{Alerting, Fetch, Pipeline};
use crate::store::StoreError;

/// An identity key: an entry with the same key is the same article.
pub(super) type ArticleKey = [u8; 16];

/// The entries of a fetch, oldest first.
#[derive(Debug)]
pub(super) struct Deduplicated {
    pub(super) new: Vec<NewEntry>,
    pub(super) known: Vec<KnownEntry>,
    /// Set above the limit of new articles: each chat then hears of them in one message.
    pub(super) burst: Option<Uuid>,
    /// The revision of the stories before the keys were read: while it stands, no key has been stored since.
    pub(super) revision: i64,
}

/// An entry without an article.
#[derive(Debug)]
pub(super) struct NewEntry {
    pub(super) id: ArticleId,
    pub(super) entry: Entry,
    pub(super) keys: Vec<ArticleKey>,
    pub(super) silent_reason: Option<SilentReason>,
}

/// An entry of an article that the store has, or that comes earlier in the same fetch.
#[derive(Debug)]
pub(super) struct KnownEntry {
    pub(super) id: ArticleId,
    pub(super) entry: Entry,
    /// Keys that the article lacks. They keep a chain of changes together: first the guid flips, then the address.
    pub(super) missing_keys: Vec<ArticleKey>,
}

impl Pipeline {
    /// Splits the entries of a fetch by their identity keys.
    pub(super) async fn deduplicate(&self, fetch: Fetch<'_>) -> Result<Deduplicated, StoreError> {
        let Fetch { feed, entries, alerting, now } = fetch;
        let revision = self.find_stories_revision().await?;
        let keys = identity_keys(feed, &entries, now);
        let mut owners = self.store.find_article_keys(&feed.outlet, feed.id, &keys.concat()).await?;
        let order = oldest_first(&entries);
        let silent = match alerting {
            Alerting::All => 0,
            Alerting::Newest(count) => order.len().saturating_sub(count),
        };
        let oldest = now.plus_secs(-self.gates.max_age_secs);
        let mut slots: Vec<Option<(Entry, Vec<ArticleKey>)>> = entries.into_iter().zip(keys).map(Some).collect();
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for (place, number) in order.into_iter().enumerate() {
            let Some((entry, keys)) = slots[number].take() else { continue };
            if let Some(id) = keys.iter().find_map(|key| owners.get(key)).copied() {
                let missing_keys: Vec<_> = keys.into_iter().filter(|key| !owners.contains_key(key)).collect();
                owners.extend(missing_keys.iter().map(|&key| (key, id)));
                known.push(KnownEntry { id, entry, missing_keys });
                continue;
            }
            let id = ArticleId::new();
            // A blank entry becomes no article that a later entry could be a copy of.
            if !is_blank(&entry) {
                owners.extend(keys.iter().map(|&key| (key, id)));
            }
            let date = entry.published.or(entry.updated);
            let too_old = date.is_some_and(|date| date < oldest).then_some(SilentReason::TooOld);
            let silent_reason = if place < silent { Some(SilentReason::FirstFetch) } else { too_old };
            new.push(NewEntry { id, entry, keys, silent_reason });
        }
        let alerting = new.iter().filter(|new| new.silent_reason.is_none()).count();
        let burst = (alerting > self.gates.burst).then(Uuid::now_v7);
        Ok(Deduplicated { new, known, burst, revision })
    }
}

/// The identity keys of each entry. Keys of a feed that a chat added are private to the feed: a stranger's feed must
/// not claim an outlet's article before the outlet publishes it.
fn identity_keys(feed: &Feed, entries: &[Entry], now: Timestamp) -> Vec<Vec<ArticleKey>> {
    let keys = match feed.origin {
        FeedOrigin::Chat => identity::keys_private_to(feed.id, entries, now),
        FeedOrigin::Config | FeedOrigin::Operator => identity::keys(feed.id, &feed.outlet, entries, now),
    };
    keys.into_iter().map(|keys| keys.into_iter().map(|key| key.0).collect()).collect()
}

fn is_blank(entry: &Entry) -> bool {
    entry.title.is_empty() && clean::plain_text(&entry.html).is_empty()
}

/// The places of entries in the order of their publication. Most feeds put the newest first; dates, where every entry
/// has one, know better.
fn oldest_first(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).rev().collect();
    if entries.iter().all(|entry| entry.published.is_some()) {
        order.sort_by_key(|&number| entries[number].published);
    }
    order
}

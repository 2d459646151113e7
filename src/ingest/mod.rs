//! Ingest: the one function that calls the middle steps by name, in the order of the flow.
//!
//! An entry becomes an article, joins its story, is matched against every rule, and is committed together with its
//! matches and the alerts they cause, in one short transaction. What was read before that transaction may have changed
//! meanwhile; then the transaction does nothing and the article is computed again.

mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::{Mutex, Notify};

use crate::article::{clean, identity};
use crate::model::{Article, ArticleId, Entry, Feed, Outlet, RuleId, StoryId, SubscriberId, Timestamp};
use crate::rule::{Doc, Vocabulary};
use crate::store::{NewArticle, Store, StoreError};
use crate::story::group;
use rules::Rules;

/// Articles that a new one is compared with; more share a fingerprint only when a text is boilerplate.
const CANDIDATES: i64 = 50;

/// What became of a feed's entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Articles that were new.
    pub new: usize,
    /// Entries of articles that were there.
    pub known: usize,
    /// Matches of rules.
    pub matches: usize,
    /// Alerts put into the outbox.
    pub alerts: u64,
}

/// Which of a feed's new articles alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerting {
    /// All of them.
    All,
    /// The newest so many: a feed's first fetch stores what is there without waking anyone.
    Newest(usize),
}

/// Takes entries into the store.
#[derive(Debug)]
pub struct Ingest {
    store: Store,
    vocabulary: Arc<Vocabulary>,
    outlets: Arc<BTreeMap<String, Outlet>>,
    rules: Mutex<Rules>,
    /// Articles are committed one after another within a process; between processes the store's revision sees to it.
    turn: Mutex<()>,
    outbox: Arc<Notify>,
}

/// Rules that an article satisfies, each with whose it is.
type Matched = Vec<(RuleId, SubscriberId)>;

impl Ingest {
    /// Builds an ingest; `outbox` is notified when there is something to send.
    pub fn new(
        store: Store,
        vocabulary: Arc<Vocabulary>,
        outlets: Arc<BTreeMap<String, Outlet>>,
        outbox: Arc<Notify>,
    ) -> Self {
        Self { store, vocabulary, outlets, rules: Mutex::default(), turn: Mutex::default(), outbox }
    }

    /// Takes in what a fetch of `feed` brought, oldest first. Entries that are known are left alone.
    ///
    /// # Errors
    /// When the database refuses. What was committed until then stays; the rest is new again at the next fetch.
    pub async fn entries(
        &self,
        feed: &Feed,
        entries: &[Entry],
        alerting: Alerting,
        now: Timestamp,
    ) -> Result<Ingested, StoreError> {
        let keys: Vec<Vec<[u8; 16]>> = identity::keys(feed.id, &feed.outlet, entries, now)
            .into_iter()
            .map(|keys| keys.into_iter().map(|key| key.0).collect())
            .collect();
        let mut known = self.store.find_article_keys(&keys.concat()).await?;
        let order = oldest_first(entries);
        let silent = match alerting {
            Alerting::All => 0,
            Alerting::Newest(count) => order.len().saturating_sub(count),
        };
        let mut ingested = Ingested::default();
        for (place, &number) in order.iter().enumerate() {
            let (entry, keys) = (&entries[number], &keys[number]);
            if let Some(&id) = keys.iter().find_map(|key| known.get(key)) {
                ingested.known += 1;
                // The keys that are new keep a chain of changes together: first the guid flips, then the address.
                let fresh: Vec<[u8; 16]> = keys.iter().filter(|key| !known.contains_key(*key)).copied().collect();
                if !fresh.is_empty() {
                    self.store.insert_article_keys(id, &fresh).await?;
                    known.extend(fresh.into_iter().map(|key| (key, id)));
                }
                continue;
            }
            let article = self.article(feed, entry, now);
            if article.title.is_empty() && article.text.is_empty() {
                continue;
            }
            match self.commit(feed, &article, keys, place >= silent, now).await? {
                Some((matches, alerts)) => {
                    ingested.new += 1;
                    ingested.matches += matches;
                    ingested.alerts += alerts;
                    known.extend(keys.iter().map(|&key| (key, article.id)));
                }
                None => ingested.known += 1,
            }
        }
        if ingested.alerts > 0 {
            self.outbox.notify_one();
        }
        Ok(ingested)
    }

    /// Cleans an entry into an article, of a story that is yet to be chosen.
    fn article(&self, feed: &Feed, entry: &Entry, now: Timestamp) -> Article {
        let text = clean::plain_text(&entry.html);
        let outlet_language = self.outlets.get(&feed.outlet).map(|outlet| outlet.language.clone());
        let language = entry.language.clone().or_else(|| feed.language.clone()).or(outlet_language);
        let language = language.filter(|language| !language.is_empty());
        let name = self.outlets.get(&feed.outlet).map(|outlet| outlet.name.as_str());
        let doc = Doc::new(&entry.title, &text)
            .from_source(std::iter::once(feed.outlet.as_str()).chain(name), entry.url.as_deref())
            .in_language(language.as_deref());
        Article {
            id: ArticleId::new(),
            story_id: StoryId::new(),
            outlet: feed.outlet.clone(),
            topics: self.vocabulary.find_topics(&doc),
            title: entry.title.clone(),
            text,
            url: entry.url.clone(),
            language,
            published_at: entry.published.or(entry.updated),
            seen_at: now,
        }
    }

    /// Groups, matches and commits one article; `None` when another process was faster. Returns matches and alerts.
    async fn commit(
        &self,
        feed: &Feed,
        article: &Article,
        keys: &[[u8; 16]],
        alert: bool,
        now: Timestamp,
    ) -> Result<Option<(usize, u64)>, StoreError> {
        let _turn = self.turn.lock().await;
        let story_keys = group::keys(&article.title, &article.text);
        let since = now.plus_secs(-group::WINDOW_HOURS * 3600);
        loop {
            let revision = self.store.find_stories_revision().await?;
            let candidates = self.store.list_story_candidates(&story_keys, since, CANDIDATES).await?;
            let story = group::choose(&article.outlet, &article.title, &article.text, now, &candidates);
            let (matched, muted) = if alert { self.matching(article).await? } else { Default::default() };

            let mut tx = self.store.begin().await?;
            if !tx.advance_stories_revision(revision).await? {
                continue;
            }
            let article = Article { story_id: story.unwrap_or(article.story_id), ..article.clone() };
            if story.is_none() {
                tx.insert_story(article.story_id, now).await?;
            }
            let (id, story_id) = (article.id, article.story_id);
            if !tx
                .insert_article(&NewArticle { article, feed_id: feed.id, keys: keys.to_vec(), alerting: alert })
                .await?
            {
                return Ok(None);
            }
            tx.insert_story_keys(id, &story_keys, now).await?;
            let (silent, loud): (Vec<_>, Vec<_>) =
                matched.iter().partition::<Vec<_>, _>(|(_, subscriber)| muted.contains(subscriber));
            let mut subscribers: Vec<SubscriberId> = loud.iter().map(|(_, subscriber)| *subscriber).collect();
            subscribers.sort_unstable();
            subscribers.dedup();
            let alerts = tx.insert_deliveries(story_id, id, &subscribers, now).await?;
            for (matched, muted) in [(loud, false), (silent, true)] {
                let rules: Vec<RuleId> = matched.into_iter().map(|(rule, _)| rule).collect();
                tx.insert_matches(id, &rules, muted, now).await?;
            }
            tx.commit().await?;
            return Ok(Some((matched.len(), alerts)));
        }
    }

    /// The rules that an article satisfies, and the subscribers who have muted it.
    async fn matching(&self, article: &Article) -> Result<(Matched, BTreeSet<SubscriberId>), StoreError> {
        let doc = Doc::of(article, self.outlets.get(&article.outlet));
        let mut rules = self.rules.lock().await;
        rules.refresh(&self.store, &self.vocabulary).await?;
        let matched = rules.matching(&doc);
        let muted = if matched.is_empty() { BTreeSet::new() } else { rules.muted(&doc) };
        Ok((matched, muted))
    }
}

/// The order in which entries happened, as places in the feed. Most feeds put the newest first; dates, where every
/// entry has one, know better.
fn oldest_first(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).rev().collect();
    if entries.iter().all(|entry| entry.published.is_some()) {
        order.sort_by_key(|&number| entries[number].published);
    }
    order
}

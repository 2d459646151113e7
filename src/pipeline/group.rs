//! Stage 4: chooses the story of each new article.
//!
//! The stories of the last days stand in memory (`StoryWindow`), brought up to the store's revision before each
//! fetch. A fetch is grouped before its commit, article by article, since one may join the story that another opens;
//! when the
//! commit fails, `GroupedFetch` takes its articles out of the window again.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use ceasewire_articles::identity::{Identifiers, Identity, Naming};
use ceasewire_model::{ArticleId, Feed, FeedId, FeedOrigin, StoryArticle, StoryId, SubscriberId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_stories::group::thresholds::{MOST_ARTICLES, MOST_ARTICLES_OF_A_FEED, MOST_PRIVATE_ARTICLES};
use ceasewire_stories::group::{ArticleRef, ArticleSketch, Grouper, InsertUndo, WINDOW_HOURS};
use tokio::sync::OwnedMutexGuard;

use super::enrich::EnrichedArticle;
use super::links::LinkOwners;
use super::matching::MatchedArticle;
use super::revise::{Revision, RevisionMatches};
use super::rules::RuleMatch;
use super::{Pipeline, PipelineCounts, PipelineError};
use crate::encoder::ArticleEncoder;
use crate::store::{Store, StoreError, StoryArticleLimits};

/// Articles that a start reads at most: those that the story window can hold.
const MOST_READ: StoryArticleLimits = StoryArticleLimits {
    public: MOST_ARTICLES as i64,
    of_a_feed: MOST_ARTICLES_OF_A_FEED as i64,
    private: MOST_PRIVATE_ARTICLES as i64,
};

/// The revision of the stories as this process last saw it; unknown where another process or an edit may have moved it.
#[derive(Debug)]
pub(super) struct SeenRevision(AtomicI64);

impl SeenRevision {
    pub(super) const UNKNOWN: i64 = -1;

    pub(super) fn record(&self, revision: i64) {
        self.0.store(revision, Ordering::Relaxed);
    }
}

impl Default for SeenRevision {
    fn default() -> Self {
        Self(AtomicI64::new(Self::UNKNOWN))
    }
}

/// The stories of the last days, as of a revision.
#[derive(Debug)]
pub(super) struct StoryWindow {
    grouper: Grouper,
    revision: Option<i64>,
}

/// The readers of a feed's articles.
#[derive(Debug)]
pub(super) struct Audience {
    feed: FeedId,
    pub(super) outlet: String,
    pub(super) url: String,
    /// The chats that added the feed; `None` for a feed of the profile, which is for every subscriber.
    chats: Option<Vec<SubscriberId>>,
}

/// An article with its story and its matches.
#[derive(Debug)]
pub(super) struct GroupedArticle {
    pub(super) enriched: EnrichedArticle,
    /// No earlier article tells its story.
    pub(super) opens_story: bool,
    /// The rules that match it, muted ones included.
    pub(super) matches: Vec<RuleMatch>,
    /// Subscribers whose mutes match it.
    pub(super) muted: BTreeSet<SubscriberId>,
    /// The rules that a new version brings news for; `None` for a new article.
    pub(super) revised: Option<RevisionMatches>,
    /// The stories of this public article's event in chats' own feeds that have no public article.
    pub(super) private_stories: Vec<StoryId>,
}

/// The new articles of a fetch in their stories, before the commit. Dropped without [`settle`](Self::settle), it takes
/// them out of the window.
#[derive(Debug)]
pub(super) struct GroupedFetch {
    window: OwnedMutexGuard<StoryWindow>,
    pub(super) articles: Vec<GroupedArticle>,
    inserted: Vec<InsertUndo>,
    /// The revision that the stories had.
    pub(super) revision: i64,
    /// The feed, where its articles are for some chats only.
    pub(super) private_to: Option<FeedId>,
    pub(super) feed_id: FeedId,
    /// Articles that another process or another feed stored since the keys were read.
    pub(super) dropped: usize,
}

impl StoryWindow {
    pub(super) fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self { grouper: Grouper::new(vocabulary), revision: None }
    }

    /// Reads the articles committed since the window's revision, or all of the window at the first time.
    async fn list_missing(
        &self,
        store: &Store,
        revision: i64,
        now: Timestamp,
    ) -> Result<Vec<StoryArticle>, StoreError> {
        match self.revision {
            Some(seen) if seen == revision => Ok(Vec::new()),
            Some(seen) => store.list_story_articles_between(seen, revision).await,
            None => {
                let since = now.plus_secs(-WINDOW_HOURS * 3600);
                store.list_story_articles_since(since, revision, MOST_READ).await
            }
        }
    }

    fn insert_stored(&mut self, stored: &[StoryArticle], encoder: &ArticleEncoder, owners: &LinkOwners) {
        for StoryArticle { story_id, outlet, title, text, language, url, at, events, vector, private_to } in stored {
            if let Some(url) = url.as_ref().filter(|_| private_to.is_none()) {
                owners.record(outlet, url);
            }
            let language = language.as_deref();
            let article = ArticleRef { outlet, title, text, language, at: *at, events, private_to: *private_to };
            let vector = vector.as_ref().filter(|vector| encoder.knows(vector)).map(|known| known.vector.clone());
            let sketch = self.grouper.sketch(&article).with_vector(vector);
            self.grouper.insert(sketch, *story_id);
        }
    }

    /// Finds the stories of a public article's event in the own feeds of chats with a match. A feed of another chat
    /// cannot matter to them.
    fn find_private_stories(
        &self,
        sketch: &ArticleSketch,
        matches: &[RuleMatch],
        chat_feeds: &[(FeedId, SubscriberId)],
    ) -> Vec<StoryId> {
        let listing: BTreeSet<SubscriberId> = chat_feeds.iter().map(|(_, subscriber)| *subscriber).collect();
        let matched =
            matches.iter().map(|matched| matched.subscriber).filter(|subscriber| listing.contains(subscriber));
        let matched: BTreeSet<SubscriberId> = matched.collect();
        let feeds = chat_feeds.iter().filter(|(_, subscriber)| matched.contains(subscriber)).map(|(feed, _)| *feed);
        let feeds: BTreeSet<FeedId> = feeds.collect();
        feeds.into_iter().filter_map(|feed| self.grouper.choose_private(sketch, feed)).collect()
    }
}

/// The story of an article.
#[derive(Debug)]
pub struct ChosenStory {
    pub story: StoryId,
    /// No earlier article tells it.
    pub opened: bool,
    undo: InsertUndo,
}

/// Chooses an article's story, `new_story` where it joins none, and inserts the article there.
pub fn choose_story(grouper: &mut Grouper, sketch: ArticleSketch, new_story: StoryId) -> ChosenStory {
    let chosen = grouper.choose(&sketch);
    let story = chosen.unwrap_or(new_story);
    ChosenStory { story, opened: chosen.is_none(), undo: grouper.insert_with_undo(sketch, story) }
}

/// Chooses the story of a new version, and inserts the version there. A version that keeps the words of the one before
/// keeps its story too, if a message or the words bind it to this story.
fn choose_revised(
    grouper: &mut Grouper,
    sketch: ArticleSketch,
    new_story: StoryId,
    revision: &Revision,
) -> ChosenStory {
    let bound = !revision.is_rewritten && revision.is_delivered;
    let chosen = if bound { Some(revision.was.story_id) } else { grouper.choose(&sketch) };
    let chosen = chosen.or((!revision.is_rewritten).then_some(revision.was.story_id));
    let story = chosen.unwrap_or(new_story);
    ChosenStory { story, opened: chosen.is_none(), undo: grouper.insert_with_undo(sketch, story) }
}

impl Audience {
    pub(super) fn private_to(&self) -> Option<FeedId> {
        self.chats.as_ref().map(|_| self.feed)
    }

    /// The readers of a feed of the profile.
    #[cfg(test)]
    pub(super) fn everybody() -> Self {
        Self { feed: FeedId::new(), outlet: String::new(), url: String::new(), chats: None }
    }

    pub(super) fn includes(&self, subscriber: SubscriberId) -> bool {
        self.chats.as_ref().is_none_or(|chats| chats.contains(&subscriber))
    }
}

impl GroupedFetch {
    /// Keeps the articles in the window, after the commit.
    pub(super) fn settle(mut self) {
        self.inserted.clear();
        self.window.revision = Some(self.next_revision());
    }

    /// Gives the articles back to be grouped anew.
    pub(super) fn undo(mut self) -> Vec<MatchedArticle> {
        let articles = self.articles.drain(..).map(|grouped| {
            let GroupedArticle { mut enriched, matches, muted, revised, .. } = grouped;
            enriched.article.story_id = StoryId::new();
            if let Some(revision) = &enriched.revision {
                enriched.article.id = revision.was.id;
            }
            MatchedArticle { enriched, matches, muted, revised }
        });
        articles.collect()
    }

    /// The revision that the commit makes: each article moves it by one.
    pub(super) fn next_revision(&self) -> i64 {
        self.revision + self.articles.len() as i64
    }

    pub(super) fn counts(&self, alerts: u64) -> PipelineCounts {
        let matches = self.articles.iter().map(|grouped| grouped.matches.len()).sum();
        let is_revised = |grouped: &&GroupedArticle| grouped.enriched.revision.is_some();
        let changed = self.articles.iter().filter(is_revised).count();
        let too_old = self.articles.iter().filter(|grouped| !is_revised(grouped) && grouped.is_too_old()).count();
        let new = self.articles.len() - changed;
        PipelineCounts { new, too_old, known: self.dropped, matches, alerts, changed, deferred: 0 }
    }
}

impl Drop for GroupedFetch {
    fn drop(&mut self) {
        while let Some(undo) = self.inserted.pop() {
            self.window.grouper.undo_insert(undo);
        }
    }
}

impl Pipeline {
    /// The revision of the stories. The only process on a database knows it without asking.
    pub(super) async fn find_stories_revision(&self) -> Result<i64, StoreError> {
        let seen = self.seen_revision.0.load(Ordering::Relaxed);
        if seen != SeenRevision::UNKNOWN && !self.store.is_shared() {
            return Ok(seen);
        }
        let revision = self.store.find_stories_revision().await?;
        self.seen_revision.record(revision);
        Ok(revision)
    }

    pub(super) async fn find_audience(&self, feed: &Feed) -> Result<Audience, StoreError> {
        let chats = match feed.origin {
            FeedOrigin::Chat => Some(self.store.list_feed_subscribers(feed.id).await?),
            FeedOrigin::Config | FeedOrigin::Operator => None,
        };
        Ok(Audience { feed: feed.id, outlet: feed.outlet.clone(), url: feed.url.clone(), chats })
    }

    /// Drops the new articles that another process, or another feed of the outlet, has stored since the keys were read.
    async fn drop_known(&self, articles: &mut Vec<MatchedArticle>, audience: &Audience) -> Result<(), StoreError> {
        let is_new = |matched: &&MatchedArticle| matched.enriched.revision.is_none();
        let keys = articles.iter().filter(is_new).flat_map(|matched| matched.enriched.keys.iter().copied());
        let keys: Vec<_> = keys.collect();
        let owners = self.store.find_article_keys(&audience.outlet, audience.feed, &keys).await?;
        let ids: BTreeSet<ArticleId> = owners.values().copied().collect();
        let known = self.store.list_known_articles(&ids.into_iter().collect::<Vec<_>>()).await?;
        articles.retain(|MatchedArticle { enriched, .. }| {
            if enriched.revision.is_some() {
                return true;
            }
            let article = Identifiers::of_article(&enriched.article, enriched.guid.as_deref());
            let candidates =
                known.iter().filter(|known| enriched.keys.iter().any(|key| owners.get(key) == Some(&known.article.id)));
            !candidates.into_iter().any(|known| {
                let stored = Identifiers::of_article(&known.article, known.guid.as_deref());
                let naming = Naming { guid: true, url: true };
                matches!(article.compare(&stored, known.feed_id == audience.feed, naming), Identity::Same(_))
            })
        });
        Ok(())
    }

    /// Groups the new articles of a fetch on a thread for blocking work. Reads the keys again if the revision is no
    /// longer `seen`.
    pub(super) async fn group(
        &self,
        mut articles: Vec<MatchedArticle>,
        audience: &Audience,
        seen: &mut i64,
        now: Timestamp,
    ) -> Result<GroupedFetch, PipelineError> {
        let window = Arc::clone(&self.stories).lock_owned().await;
        let revision = self.find_stories_revision().await?;
        let before = articles.len();
        if revision != *seen {
            self.drop_known(&mut articles, audience).await?;
            *seen = revision;
        }
        let dropped = before - articles.len();
        let stored = window.list_missing(&self.store, revision, now).await?;
        let private_to = audience.private_to();
        let chat_feeds = match private_to {
            Some(_) => Vec::new(),
            None => self.store.list_all_chat_feeds().await?,
        };
        let (articles_grouped, inserted, feed_id) = (Vec::new(), Vec::new(), audience.feed);
        let mut fetch =
            GroupedFetch { window, articles: articles_grouped, inserted, revision, private_to, feed_id, dropped };
        let owners = Arc::clone(&self.link_owners);
        let encoder = self.encoder.clone();
        let grouped = ceasewire_cpu::run(move || {
            fetch.window.insert_stored(&stored, &encoder, &owners);
            fetch.window.grouper.expire(now);
            fetch.window.revision = Some(revision);
            let earliest = now.plus_secs(-WINDOW_HOURS * 3600);
            for MatchedArticle { mut enriched, matches, muted, revised } in articles {
                let article = &enriched.article;
                let is_revised = enriched.revision.is_some();
                let found = ArticleRef {
                    outlet: &article.outlet,
                    title: &article.title,
                    text: &article.text,
                    language: article.language.as_deref(),
                    // A new version is news of now, whenever the page was published.
                    at: if is_revised { now } else { article.published_at.unwrap_or(article.seen_at) },
                    events: &article.events,
                    private_to,
                };
                let vector = enriched.vector.as_ref().map(|known| known.vector.clone());
                let sketch = fetch.window.grouper.sketch(&found).with_vector(vector);
                let is_past = found.at < earliest;
                let private_stories = fetch.window.find_private_stories(&sketch, &matches, &chat_feeds);
                let (grouper, new_story) = (&mut fetch.window.grouper, enriched.article.story_id);
                let chosen = match &enriched.revision {
                    Some(revision) => choose_revised(grouper, sketch, new_story, revision),
                    None => choose_story(grouper, sketch, new_story),
                };
                if is_past {
                    // The window forgets old articles: those of an archive must not gather in one story.
                    fetch.window.grouper.undo_insert(chosen.undo);
                } else {
                    fetch.inserted.push(chosen.undo);
                }
                enriched.article.story_id = chosen.story;
                if let Some(revision) = &enriched.revision {
                    // A message shows the old version: the page's new event is an article of its own.
                    let is_successor = chosen.story != revision.was.story_id && revision.is_delivered;
                    enriched.article.id = if is_successor { ArticleId::new() } else { revision.was.id };
                    enriched.article.seen_at = if is_successor { now } else { revision.was.seen_at };
                }
                let opens_story = chosen.opened;
                fetch.articles.push(GroupedArticle { enriched, opens_story, matches, muted, revised, private_stories });
            }
            fetch
        });
        match grouped.await {
            Ok(fetch) => Ok(fetch),
            Err(panicked) => {
                // The window may hold half an article.
                *self.stories.lock().await = StoryWindow::new(Arc::clone(&self.profile.vocabulary));
                Err(panicked.into())
            }
        }
    }
}

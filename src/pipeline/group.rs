//! The stories of the last days as the grouper holds them, kept up to date with what other processes commit.

use std::sync::Arc;

use crate::store::{Store, StoreError};
use ceasewire_model::{Article, FeedId, StoryArticle, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_stories::group::{ArticleRef, Grouper, Sketch, WINDOW_HOURS};

/// Articles that a start reads at most.
const MOST_ARTICLES: i64 = 100_000;

/// The grouper as it stood at a revision of the stories.
#[derive(Debug)]
pub(super) struct Groups {
    grouper: Grouper,
    revision: Option<i64>,
}

impl Groups {
    pub(super) fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self { grouper: Grouper::new(vocabulary), revision: None }
    }

    /// Reads what was committed since the last time, the whole window at the first, and returns the revision that the
    /// grouper now stands at.
    pub(super) async fn refresh(&mut self, store: &Store, now: Timestamp) -> Result<i64, StoreError> {
        // The revision is read first: what is committed in between is left for the next time.
        let revision = store.find_stories_revision().await?;
        let stored = match self.revision {
            Some(seen) if seen == revision => Vec::new(),
            Some(seen) => store.list_story_articles_between(seen, revision).await?,
            None => {
                store.list_story_articles_since(now.plus_secs(-WINDOW_HOURS * 3600), revision, MOST_ARTICLES).await?
            }
        };
        for (at_once, StoryArticle { story_id, outlet, title, text, language, at, within }) in
            stored.into_iter().enumerate()
        {
            // A start reads many; whatever else this thread serves is not to wait for all of them.
            if at_once % 100 == 99 {
                tokio::task::yield_now().await;
            }
            let telling =
                ArticleRef { outlet: &outlet, title: &title, text: &text, language: language.as_deref(), at, within };
            let sketch = self.grouper.sketch(&telling);
            self.grouper.insert(sketch, story_id);
        }
        self.grouper.expire(now);
        self.revision = Some(revision);
        Ok(revision)
    }

    /// What is compared of a new article; `within` is its feed where that is not for everybody.
    pub(super) fn sketch(&self, article: &Article, within: Option<FeedId>) -> Sketch {
        self.grouper.sketch(&ArticleRef {
            outlet: &article.outlet,
            title: &article.title,
            text: &article.text,
            language: article.language.as_deref(),
            at: article.published_at.unwrap_or(article.seen_at),
            within,
        })
    }

    pub(super) fn grouper(&self) -> &Grouper {
        &self.grouper
    }

    /// Notes an article that was committed with the revision after the one that the grouper stands at.
    pub(super) fn committed(&mut self, article: &Article, sketch: Sketch, revision: i64) {
        self.grouper.insert(sketch, article.story_id);
        self.revision = Some(revision);
    }
}

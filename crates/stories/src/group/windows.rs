//! All windows: one of the public articles and one of each private feed, apart from each other, each with a bound.
//!
//! Anyone can add a private feed and fill it with articles of any wording. A shared window would let these articles
//! hide public ones from the search, change the rarity of words, and push public articles out of memory.

use hashbrown::HashMap;

use super::rubrics::{PUBLIC_TITLES, RubricMemory};
use super::sketch::ArticleSketch;
use super::thresholds::{MOST_ARTICLES, MOST_ARTICLES_OF_A_FEED, MOST_PRIVATE_ARTICLES};
use super::view::{AssumedRarity, WindowView};
use super::window::{ArticleWindow, StoryCluster, WindowArticle};
use ceasewire_model::{FeedId, StoryId, Timestamp};

/// Bounds on remembered articles.
#[derive(Clone, Copy, Debug)]
pub struct WindowBounds {
    /// Public articles.
    pub public: usize,
    /// Articles of one private feed.
    pub of_a_feed: usize,
    /// Articles of all private feeds together.
    pub private: usize,
}

impl Default for WindowBounds {
    fn default() -> Self {
        Self { public: MOST_ARTICLES, of_a_feed: MOST_ARTICLES_OF_A_FEED, private: MOST_PRIVATE_ARTICLES }
    }
}

/// The windows of the public articles and of the private feeds.
#[derive(Debug)]
pub(super) struct AudienceWindows {
    pub(super) assumed: AssumedRarity,
    pub(super) bounds: WindowBounds,
    pub(super) public: ArticleWindow,
    /// Windows with articles, by feed.
    pub(super) private: HashMap<FeedId, ArticleWindow>,
}

impl AudienceWindows {
    pub(super) fn new(assumed: AssumedRarity) -> Self {
        let public = ArticleWindow { rubrics: RubricMemory::holding(PUBLIC_TITLES), ..ArticleWindow::default() };
        Self { assumed, bounds: WindowBounds::default(), public, private: HashMap::new() }
    }

    /// The windows in view of an article of this private feed, or of a public article.
    pub(super) fn view(&self, private_to: Option<FeedId>) -> WindowView<'_> {
        let private = private_to.and_then(|feed| self.private.get(&feed));
        WindowView { assumed: &self.assumed, public: &self.public, private }
    }

    /// Adds an article to its story. Forgets none: an undo must find all articles before it.
    pub(super) fn push(&mut self, sketch: ArticleSketch, story: StoryId) {
        let feed = sketch.private_to;
        self.window_mut(feed).add_postings(&sketch);
        let norms = self.view(feed).weigh(&sketch).norms;
        self.window_mut(feed).push(WindowArticle { story, sketch, norms });
    }

    /// Adds an article to its story and forgets the oldest articles of its window above the bound.
    pub(super) fn insert(&mut self, sketch: ArticleSketch, story: StoryId) {
        let (feed, bounds) = (sketch.private_to, self.bounds);
        self.push(sketch, story);
        self.window_mut(feed).shrink(if feed.is_some() { bounds.of_a_feed } else { bounds.public });
    }

    /// Removes the last article of a window, and restores its story to the state `before` the article.
    pub(super) fn pop(&mut self, private_to: Option<FeedId>, before: Option<StoryCluster>) {
        self.window_mut(private_to).pop(before);
    }

    /// Forgets the articles that are too old, and the oldest ones above the bounds.
    pub(super) fn expire(&mut self, now: Timestamp) {
        self.public.expire(now);
        self.public.shrink(self.bounds.public);
        for window in self.private.values_mut() {
            window.expire(now);
            window.shrink(self.bounds.of_a_feed);
        }
        self.private.retain(|_, window| !window.articles.is_empty());
        self.shrink_private();
    }

    /// Brings the private windows under their common bound. The feeds with the most articles lose theirs first: no feed
    /// loses an article to a feed with more of them.
    fn shrink_private(&mut self) {
        let mut sizes: Vec<usize> = self.private.values().map(|window| window.articles.len()).collect();
        if sizes.iter().sum::<usize>() <= self.bounds.private {
            return;
        }
        sizes.sort_unstable();
        let (mut left, mut feeds) = (self.bounds.private, sizes.len());
        // Small feeds keep everything; the others share the rest alike.
        for size in sizes {
            if size * feeds > left {
                break;
            }
            left -= size;
            feeds -= 1;
        }
        let share = left.checked_div(feeds).unwrap_or(left);
        for window in self.private.values_mut() {
            window.shrink(share);
        }
        self.private.retain(|_, window| !window.articles.is_empty());
    }

    /// The number of remembered articles.
    pub(super) fn len(&self) -> usize {
        self.all().map(|window| window.articles.len()).sum()
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.all().map(ArticleWindow::memory_bytes).sum()
    }

    /// The state of a story in one window.
    pub(super) fn story(&self, private_to: Option<FeedId>, story: StoryId) -> Option<&StoryCluster> {
        let view = self.view(private_to);
        let window = if private_to.is_some() { view.private } else { Some(view.public) };
        window.and_then(|window| window.stories.get(&story))
    }

    fn all(&self) -> impl Iterator<Item = &ArticleWindow> {
        std::iter::once(&self.public).chain(self.private.values())
    }

    fn window_mut(&mut self, private_to: Option<FeedId>) -> &mut ArticleWindow {
        match private_to {
            Some(feed) => self.private.entry(feed).or_default(),
            None => &mut self.public,
        }
    }
}

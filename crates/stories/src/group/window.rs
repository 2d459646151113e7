//! The articles of one audience that the grouper remembers, with their posting lists and their stories.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::rubrics::RubricMemory;
use super::similarity::ArticleNorms;
use super::sketch::ArticleSketch;
use super::term::TermKey;
use super::thresholds::WINDOW_HOURS;
use ceasewire_model::{StoryId, Timestamp};

/// The articles of public feeds, or those of one private feed.
#[derive(Debug, Default)]
pub(super) struct ArticleWindow {
    /// The articles in the order of their insertion.
    pub(super) articles: VecDeque<WindowArticle>,
    /// The number of the first article; it grows when articles are forgotten.
    pub(super) first: u32,
    /// For each term, the numbers of the articles that contain it, ascending.
    pub(super) postings: HashMap<TermKey, VecDeque<u32>>,
    pub(super) stories: HashMap<StoryId, StoryCluster>,
    pub(super) rubrics: RubricMemory,
}

/// An article of the window.
#[derive(Debug)]
pub(super) struct WindowArticle {
    pub(super) story: StoryId,
    pub(super) sketch: ArticleSketch,
    /// Its lengths by the rarities of its insertion.
    pub(super) norms: ArticleNorms,
}

/// An article of the window, or its text alone, as another article is compared with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownSketch<'a> {
    pub(super) sketch: &'a ArticleSketch,
    pub(super) norms: &'a ArticleNorms,
}

/// A story with articles in the window.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct StoryCluster {
    /// The earliest known time of its articles.
    pub(super) since: Option<Timestamp>,
    articles: usize,
}

impl ArticleWindow {
    /// Adds the postings of an article, which its own weights count already.
    pub(super) fn add_postings(&mut self, sketch: &ArticleSketch) {
        let number = self.first.wrapping_add(self.articles.len() as u32);
        for term in &sketch.terms {
            self.postings.entry(term.key).or_default().push_back(number);
        }
    }

    /// Adds an article whose postings stand here.
    pub(super) fn push(&mut self, mut article: WindowArticle) {
        self.rubrics.learn(&article.sketch.trace);
        article.sketch.trace.clear();
        let cluster = self.stories.entry(article.story).or_default();
        cluster.articles += 1;
        cluster.since = cluster.since.into_iter().chain(article.sketch.time()).min();
        self.articles.push_back(article);
    }

    /// Removes the last article, and restores its story to the state `before` the article.
    pub(super) fn pop(&mut self, before: Option<StoryCluster>) {
        let Some(last) = self.articles.pop_back() else { return };
        for term in &last.sketch.terms {
            if let Some(numbers) = self.postings.get_mut(&term.key) {
                numbers.pop_back();
                if numbers.is_empty() {
                    self.postings.remove(&term.key);
                }
            }
        }
        match before {
            Some(cluster) => self.stories.insert(last.story, cluster),
            None => self.stories.remove(&last.story),
        };
    }

    /// Forgets articles older than the window.
    pub(super) fn expire(&mut self, now: Timestamp) {
        let earliest = now.plus_secs(-WINDOW_HOURS * 3600);
        // An article without a time leaves together with the next timed article.
        let timed = |article: &&WindowArticle| article.sketch.time().is_some();
        while self.articles.iter().find(timed).is_some_and(|article| article.sketch.at < earliest) {
            self.forget_first();
        }
    }

    /// Forgets the oldest articles above a number.
    pub(super) fn shrink(&mut self, articles: usize) {
        while self.articles.len() > articles {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        let Some(article) = self.articles.pop_front() else { return };
        for term in &article.sketch.terms {
            if let Some(numbers) = self.postings.get_mut(&term.key) {
                // Posting lists ascend, so the first article stands at the front.
                numbers.pop_front();
                if numbers.is_empty() {
                    self.postings.remove(&term.key);
                }
            }
        }
        if let Some(cluster) = self.stories.get_mut(&article.story) {
            cluster.articles -= 1;
            if cluster.articles == 0 {
                self.stories.remove(&article.story);
            }
        }
        self.first = self.first.wrapping_add(1);
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let articles: usize =
            self.articles.iter().map(|article| size_of::<WindowArticle>() + article.sketch.memory_bytes()).sum();
        let postings: usize = self.postings.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        let tables = self.postings.capacity() * (size_of::<(TermKey, VecDeque<u32>)>() + 1)
            + self.stories.capacity() * (size_of::<(StoryId, StoryCluster)>() + 1);
        articles + postings + tables + self.rubrics.memory_bytes()
    }
}

impl WindowArticle {
    pub(super) fn known(&self) -> KnownSketch<'_> {
        KnownSketch { sketch: &self.sketch, norms: &self.norms }
    }
}

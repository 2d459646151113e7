//! The articles of one audience that the grouper remembers, with their posting lists and their stories.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::centroid::LanguageCentroid;
use super::rubrics::RubricMemory;
use super::similarity::VectorNorms;
use super::sketch::{ArticleSketch, SketchLanguage};
use super::term::TermKey;
use super::thresholds::WINDOW_HOURS;
use super::view::WeightedSketch;
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

#[derive(Debug)]
pub(super) struct WindowArticle {
    pub(super) story: StoryId,
    pub(super) sketch: ArticleSketch,
    pub(super) norms: VectorNorms,
}

/// A story with articles in the window.
#[derive(Clone, Debug, Default)]
pub(super) struct StoryCluster {
    /// The earliest known time of its articles.
    pub(super) since: Option<Timestamp>,
    articles: usize,
    /// One centroid per language. A story of one article has none: most stories stay that small, and the scoring builds
    /// the centroid from the article.
    centroids: Vec<(SketchLanguage, LanguageCentroid)>,
    /// The number of its only article.
    only: Option<u32>,
}

impl ArticleWindow {
    /// Begins to add an article: adds its postings, which its own weights count already, and takes its story out.
    /// Returns the story's new state and the number of its sole earlier article, if it has no centroids yet.
    pub(super) fn begin(&mut self, sketch: &ArticleSketch, story: StoryId) -> (StoryCluster, Option<u32>) {
        let number = self.first.wrapping_add(self.articles.len() as u32);
        for term in &sketch.terms {
            self.postings.entry(term.key).or_default().push_back(number);
        }
        let mut cluster = self.stories.remove(&story).unwrap_or_default();
        cluster.articles += 1;
        cluster.since = cluster.since.into_iter().chain(sketch.time()).min();
        let earlier = cluster.only.take();
        if cluster.articles == 1 && cluster.centroids.is_empty() {
            cluster.only = Some(number);
        }
        (cluster, earlier)
    }

    /// Adds the article that [`begin`](Self::begin) prepared, with its story's new state.
    pub(super) fn finish(&mut self, mut article: WindowArticle, cluster: StoryCluster) {
        self.rubrics.learn(&article.sketch.trace);
        article.sketch.trace.clear();
        self.stories.insert(article.story, cluster);
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

    pub(super) fn article(&self, number: u32) -> Option<&WindowArticle> {
        self.articles.get(number.wrapping_sub(self.first) as usize)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let articles: usize =
            self.articles.iter().map(|article| size_of::<WindowArticle>() + article.sketch.memory_bytes()).sum();
        let centroids = self.stories.values().flat_map(|cluster| &cluster.centroids);
        let centroids: usize = centroids.map(|(_, centroid)| centroid.memory_bytes()).sum();
        let postings: usize = self.postings.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        let tables = self.postings.capacity() * (size_of::<(TermKey, VecDeque<u32>)>() + 1)
            + self.stories.capacity() * (size_of::<(StoryId, StoryCluster)>() + 1);
        articles + centroids + postings + tables + self.rubrics.memory_bytes()
    }
}

impl StoryCluster {
    /// Whether the story has one article only, the one that opens it.
    pub(super) fn is_opening(&self) -> bool {
        self.only.is_some()
    }

    /// Finds the story's centroid in a language.
    pub(super) fn centroid(&self, language: SketchLanguage) -> Option<&LanguageCentroid> {
        self.centroids.iter().find(|(known, _)| *known == language).map(|(_, centroid)| centroid)
    }

    /// Adds an article to the centroid of its language.
    pub(super) fn add_to_centroid(&mut self, article: &WeightedSketch<'_>) {
        let language = article.sketch.language;
        let place = self.centroids.iter().position(|(known, _)| *known == language).unwrap_or_else(|| {
            self.centroids.push((language, LanguageCentroid::default()));
            self.centroids.len() - 1
        });
        self.centroids[place].1.add(article);
    }
}

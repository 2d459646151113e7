//! The articles that the grouper remembers, with their posting lists, their stories and the rarity of their terms.

use std::collections::VecDeque;

use hashbrown::HashMap;

use super::centroid::LanguageCentroid;
use super::gazetteer::Gazetteer;
use super::similarity::{VectorNorms, kind_weight};
use super::sketch::{ArticleSketch, SketchLanguage};
use super::term::{TermKey, WeightedTerm};
use super::thresholds::{MOST_ARTICLES, TermWeights, WINDOW_HOURS};
use ceasewire_model::{StoryId, Timestamp};

/// The articles of the window.
#[derive(Debug)]
pub(super) struct ArticleWindow {
    pub(super) weights: TermWeights,
    /// For names and terms of the profile, the assumed share of articles that contain them.
    assumed_shares: HashMap<TermKey, f32>,
    capacity: usize,
    /// The articles in the order of their insertion.
    pub(super) articles: VecDeque<WindowArticle>,
    /// The number of the first article; it grows when articles are forgotten.
    pub(super) first: u32,
    /// For each term, the numbers of the articles that contain it, ascending.
    pub(super) postings: HashMap<TermKey, VecDeque<u32>>,
    pub(super) stories: HashMap<StoryId, StoryCluster>,
}

/// An article of the window.
#[derive(Debug)]
pub(super) struct WindowArticle {
    pub(super) story: StoryId,
    pub(super) sketch: ArticleSketch,
    pub(super) norms: VectorNorms,
}

/// A story with articles in the window.
#[derive(Clone, Debug, Default)]
pub(super) struct StoryCluster {
    /// The earliest known time of its public articles.
    pub(super) since: Option<Timestamp>,
    articles: usize,
    /// The number of articles from public feeds.
    pub(super) public: usize,
    /// One centroid per language. A story of one article has none: most stories stay that small, and the scoring builds
    /// the centroid from the article.
    centroids: Vec<(SketchLanguage, LanguageCentroid)>,
    /// The number of its only article.
    only: Option<u32>,
}

/// A sketch with the weights of its terms by their present rarity.
pub(super) struct WeightedSketch<'a> {
    pub(super) sketch: &'a ArticleSketch,
    /// One weight per term of the sketch.
    pub(super) weights: Vec<f32>,
    pub(super) norms: VectorNorms,
}

impl ArticleWindow {
    pub(super) fn new(weights: TermWeights, gazetteer: &Gazetteer) -> Self {
        Self {
            assumed_shares: gazetteer.assumed_shares(&weights.assumed),
            weights,
            capacity: MOST_ARTICLES,
            articles: VecDeque::new(),
            first: 0,
            postings: HashMap::new(),
            stories: HashMap::new(),
        }
    }

    pub(super) fn with_capacity(self, capacity: usize) -> Self {
        Self { capacity, ..self }
    }

    pub(super) fn with_weights(self, weights: TermWeights, gazetteer: &Gazetteer) -> Self {
        Self { assumed_shares: gazetteer.assumed_shares(&weights.assumed), weights, ..self }
    }

    /// Weights the terms of a sketch by their present rarity.
    pub(super) fn weigh<'a>(&self, sketch: &'a ArticleSketch) -> WeightedSketch<'a> {
        let weight =
            |term: &WeightedTerm| term.weight * self.rarity(term.key) * kind_weight(&self.weights, term.key.kind());
        let weights: Vec<f32> = sketch.terms.iter().map(weight).collect();
        let norms = VectorNorms::new(&sketch.terms, &weights);
        WeightedSketch { sketch, weights, norms }
    }

    /// Weights the terms of a window's article by their present rarity; keeps the norms of its insertion.
    pub(super) fn weigh_known<'a>(&self, article: &'a WindowArticle) -> WeightedSketch<'a> {
        WeightedSketch { norms: article.norms, ..self.weigh(&article.sketch) }
    }

    /// Returns the logarithm of a term's inverse document frequency. Assumed articles smooth it at the start of a
    /// stream.
    fn rarity(&self, key: TermKey) -> f32 {
        let having = self.postings.get(&key).map_or(0, VecDeque::len) as f32;
        let articles = self.articles.len() as f32;
        let assumed = self.assumed_shares.get(&key).map_or(0.0, |share| {
            let trust = self.weights.assumed.articles / (self.weights.assumed.articles + articles);
            share * self.weights.prior * trust
        });
        ((articles + self.weights.prior) / (having + assumed + 1.0)).ln().max(0.0)
    }

    /// Adds an article to its story and forgets the oldest articles above the capacity.
    pub(super) fn insert(&mut self, sketch: ArticleSketch, story: StoryId) {
        self.push(sketch, story);
        while self.articles.len() > self.capacity {
            self.forget_first();
        }
    }

    /// Adds an article to its story. Forgets none: an undo must find all articles before it.
    pub(super) fn push(&mut self, sketch: ArticleSketch, story: StoryId) {
        let number = self.first.wrapping_add(self.articles.len() as u32);
        for term in &sketch.terms {
            self.postings.entry(term.key).or_default().push_back(number);
        }
        let norms = self.add_to_story(&sketch, story, number);
        self.articles.push_back(WindowArticle { story, sketch, norms });
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

    fn add_to_story(&mut self, sketch: &ArticleSketch, story: StoryId, number: u32) -> VectorNorms {
        let is_public = sketch.private_to.is_none();
        let cluster = self.stories.entry(story).or_default();
        cluster.articles += 1;
        cluster.public += usize::from(is_public);
        // A private article must not change the age or the centroids that decide for the readers of public feeds.
        if is_public {
            let before = cluster.since.filter(|_| cluster.public > 1);
            cluster.since = before.into_iter().chain(sketch.time()).min();
        }
        let is_first = cluster.articles == 1 && cluster.centroids.is_empty();
        let only = cluster.only.take();
        let mut centroids = std::mem::take(&mut cluster.centroids);
        let weighted = self.weigh(sketch);
        if !is_first {
            let only = only.and_then(|only| self.article(only)).filter(|only| only.sketch.private_to.is_none());
            if let Some(only) = only {
                add_to_centroid(&mut centroids, &self.weigh(&only.sketch));
            }
            if is_public {
                add_to_centroid(&mut centroids, &weighted);
            }
        }
        let norms = weighted.norms;
        if let Some(cluster) = self.stories.get_mut(&story) {
            cluster.only = is_first.then_some(number);
            cluster.centroids = centroids;
        }
        norms
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
            cluster.public -= usize::from(article.sketch.private_to.is_none());
            if cluster.articles == 0 {
                self.stories.remove(&article.story);
            }
        }
        self.first = self.first.wrapping_add(1);
    }

    fn article(&self, number: u32) -> Option<&WindowArticle> {
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
        articles + centroids + postings + tables
    }
}

impl StoryCluster {
    /// Finds the story's centroid in a language.
    pub(super) fn centroid(&self, language: SketchLanguage) -> Option<&LanguageCentroid> {
        self.centroids.iter().find(|(known, _)| *known == language).map(|(_, centroid)| centroid)
    }
}

fn add_to_centroid(centroids: &mut Vec<(SketchLanguage, LanguageCentroid)>, article: &WeightedSketch<'_>) {
    let language = article.sketch.language;
    let place = centroids.iter().position(|(known, _)| *known == language).unwrap_or_else(|| {
        centroids.push((language, LanguageCentroid::default()));
        centroids.len() - 1
    });
    centroids[place].1.add(article);
}

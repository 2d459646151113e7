//! The windows in view of an article: a public article sees the public window, and a private one that of its feed too.
//! The rarity of terms is learned from the same windows.

use hashbrown::HashMap;

use super::gazetteer::Gazetteer;
use super::similarity::{VectorNorms, kind_weight};
use super::sketch::ArticleSketch;
use super::term::{TermKey, WeightedTerm};
use super::thresholds::TermWeights;
use super::window::{ArticleWindow, StoryCluster};
use ceasewire_model::StoryId;

/// The weights of terms before any article.
#[derive(Debug)]
pub(super) struct AssumedRarity {
    pub(super) weights: TermWeights,
    /// For names and terms of the profile, the assumed share of articles that contain them.
    shares: HashMap<TermKey, f32>,
}

/// The windows that an article may be compared with.
#[derive(Clone, Copy)]
pub(super) struct WindowView<'a> {
    pub(super) assumed: &'a AssumedRarity,
    pub(super) public: &'a ArticleWindow,
    /// The window of the article's private feed.
    pub(super) private: Option<&'a ArticleWindow>,
}

/// A sketch with the weights of its terms by their present rarity.
pub(super) struct WeightedSketch<'a> {
    pub(super) sketch: &'a ArticleSketch,
    /// One weight per term of the sketch.
    pub(super) weights: Vec<f32>,
    pub(super) norms: VectorNorms,
}

impl AssumedRarity {
    pub(super) fn new(weights: TermWeights, gazetteer: &Gazetteer) -> Self {
        Self { shares: gazetteer.assumed_shares(&weights.assumed), weights }
    }
}

impl<'a> WindowView<'a> {
    /// The windows in view, the public one first.
    pub(super) fn windows(&self) -> impl Iterator<Item = &'a ArticleWindow> {
        std::iter::once(self.public).chain(self.private)
    }

    /// Finds a story. The public articles of a story decide on it; the private ones do where there are no others.
    pub(super) fn story(&self, story: StoryId) -> Option<&'a StoryCluster> {
        self.windows().find_map(|window| window.stories.get(&story))
    }

    /// Weights the terms of a sketch by their present rarity.
    pub(super) fn weigh<'s>(&self, sketch: &'s ArticleSketch) -> WeightedSketch<'s> {
        let weights = &self.assumed.weights;
        let articles = self.windows().map(|window| window.articles.len()).sum::<usize>() as f32;
        let weight =
            |term: &WeightedTerm| term.weight * self.rarity(term.key, articles) * kind_weight(weights, term.key.kind());
        let weights: Vec<f32> = sketch.terms.iter().map(weight).collect();
        let norms = VectorNorms::new(&sketch.terms, &weights);
        WeightedSketch { sketch, weights, norms }
    }

    /// Whether the title of an article is a rubric of its outlet.
    pub(super) fn is_rubric(&self, sketch: &ArticleSketch) -> bool {
        self.windows().any(|window| window.rubrics.is_rubric(&sketch.trace))
    }

    /// Returns the logarithm of a term's inverse document frequency among `articles`. Assumed articles smooth it at the
    /// start of a stream.
    fn rarity(&self, key: TermKey, articles: f32) -> f32 {
        let having = self.windows().filter_map(|window| window.postings.get(&key)).map(|numbers| numbers.len());
        let having = having.sum::<usize>() as f32;
        let weights = &self.assumed.weights;
        let assumed = self.assumed.shares.get(&key).map_or(0.0, |share| {
            let trust = weights.assumed.articles / (weights.assumed.articles + articles);
            share * weights.prior * trust
        });
        ((articles + weights.prior) / (having + assumed + 1.0)).ln().max(0.0)
    }
}

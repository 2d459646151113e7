//! The windows in view of an article: a public article sees the public window, and a private one that of its feed too.
//! The rarity of terms is learned from the same windows.

use hashbrown::HashMap;

use super::background::Background;
use super::gazetteer::Gazetteer;
use super::similarity::ArticleNorms;
use super::sketch::ArticleSketch;
use super::term::TermKey;
use super::thresholds::TermWeights;
use super::window::{ArticleWindow, StoryCluster};
use ceasewire_model::StoryId;

/// Most articles whose nearness counts, the latest ones: bounds the work of a start, which inserts a whole window.
const COMPARED_ARTICLES: usize = 1000;
/// Assumed articles, and their nearness, before the first ones of a stream.
const ASSUMED_ARTICLES: f32 = 10.0;
const ASSUMED_NEARNESS: f32 = 0.2;

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
    /// The rarity of each term.
    pub(super) rarities: Vec<f32>,
    pub(super) norms: ArticleNorms,
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
        let articles = self.windows().map(|window| window.articles.len()).sum::<usize>() as f32;
        let rarities: Vec<f32> =
            sketch.terms.iter().map(|term| self.rarity(term.key, sketch.background, articles)).collect();
        let mut norms = ArticleNorms::new(&sketch.terms, &rarities, &self.assumed.weights);
        norms.mean_nearness = self.mean_nearness(sketch);
        WeightedSketch { sketch, rarities, norms }
    }

    /// The mean nearness of an article to the latest ones with vectors; some assumed ones smooth it at the start of a stream.
    fn mean_nearness(&self, sketch: &ArticleSketch) -> f32 {
        if sketch.vector.is_none() {
            return 0.0;
        }
        let articles = self.windows().flat_map(|window| window.articles.iter().rev());
        let known = articles.filter_map(|known| sketch.nearness(&known.sketch)).take(COMPARED_ARTICLES);
        let (sum, count) = known.fold((0.0, 0.0), |(sum, count), nearness| (sum + nearness, count + 1.0));
        (sum + ASSUMED_NEARNESS * ASSUMED_ARTICLES) / (count + ASSUMED_ARTICLES)
    }

    /// Whether the title of an article is a rubric of its outlet.
    pub(super) fn is_rubric(&self, sketch: &ArticleSketch) -> bool {
        self.windows().any(|window| window.rubrics.is_rubric(&sketch.trace))
    }

    /// Returns the logarithm of a term's inverse document frequency among `articles`. Assumed articles, with the shares
    /// of terms in other news, smooth it at the start of a stream.
    fn rarity(&self, key: TermKey, background: Background, articles: f32) -> f32 {
        let having = self.windows().filter_map(|window| window.postings.get(&key)).map(|numbers| numbers.len());
        let having = having.sum::<usize>() as f32;
        let share = self.assumed.shares.get(&key).copied().unwrap_or_else(|| background.share(key));
        let prior = self.assumed.weights.prior;
        ((articles + prior) / (having + share * prior + 0.5)).ln().max(0.0)
    }
}

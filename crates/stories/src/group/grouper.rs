//! The grouper: chooses the story of each article of a stream and remembers the choice.

use std::sync::Arc;

use super::ArticleRef;
use super::candidates::{CandidateScore, find_candidates, score_story};
use super::gazetteer::Gazetteer;
use super::sketch::ArticleSketch;
use super::thresholds::{EvidenceWeights, StoryEvidence, TermWeights};
use super::window::{ArticleWindow, StoryCluster};
use ceasewire_model::{StoryId, Timestamp};
use ceasewire_profile::Vocabulary;

/// Groups the articles of a stream into stories.
#[derive(Debug)]
pub struct Grouper {
    gazetteer: Gazetteer,
    evidence: EvidenceWeights,
    pub(super) window: ArticleWindow,
}

/// The means to take an inserted article out again: the state of its story before the insertion.
#[derive(Debug)]
pub struct InsertUndo {
    before: Option<StoryCluster>,
}

impl Grouper {
    /// Creates a grouper without articles; `vocabulary` has the profile's names in all spellings.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        let gazetteer = Gazetteer::new(&vocabulary);
        let window = ArticleWindow::new(TermWeights::default(), &gazetteer);
        Self { gazetteer, evidence: EvidenceWeights::default(), window }
    }

    /// Replaces the weights of an empty grouper, for measurements.
    #[must_use]
    pub fn with(self, weights: TermWeights, evidence: EvidenceWeights) -> Self {
        Self { window: self.window.with_weights(weights, &self.gazetteer), evidence, ..self }
    }

    /// Replaces the bound on remembered articles.
    #[must_use]
    pub fn remembering(self, articles: usize) -> Self {
        Self { window: self.window.with_capacity(articles), ..self }
    }

    /// Sketches an article. This is the costly step, and it needs no exclusive access.
    pub fn sketch(&self, article: &ArticleRef<'_>) -> ArticleSketch {
        ArticleSketch::new(article, &self.gazetteer, &self.window.weights)
    }

    /// Chooses the story of an article, or returns `None` if the article opens a new story. Changes nothing.
    pub fn choose(&self, sketch: &ArticleSketch) -> Option<StoryId> {
        let article = self.window.weigh(sketch);
        find_candidates(&self.window, &article)
            .into_iter()
            .filter_map(|candidate| {
                let sum = match score_story(&self.window, &article, &candidate) {
                    CandidateScore::Certain(sum) => sum,
                    CandidateScore::Scored(signals) => {
                        Some(signals.log_odds(&self.evidence)).filter(|&sum| sum > self.evidence.join)?
                    }
                    CandidateScore::Rejected => return None,
                };
                Some((candidate.story, sum))
            })
            .max_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(story, _)| story)
    }

    /// Remembers an article with its story: after the store has committed it, or at a restart.
    pub fn insert(&mut self, sketch: ArticleSketch, story: StoryId) {
        self.window.insert(sketch, story);
    }

    /// Inserts an article before its transaction commits. Forgets no article to make room: the next insertion or expiry
    /// does.
    pub fn insert_with_undo(&mut self, sketch: ArticleSketch, story: StoryId) -> InsertUndo {
        let before = self.window.stories.get(&story).cloned();
        self.window.push(sketch, story);
        InsertUndo { before }
    }

    /// Takes the last inserted article out after a failed transaction. Undo insertions in reverse order, with no other
    /// change between them.
    pub fn undo_insert(&mut self, undo: InsertUndo) {
        self.window.pop(undo.before);
    }

    /// Forgets articles that have left the window.
    pub fn expire(&mut self, now: Timestamp) {
        self.window.expire(now);
    }

    /// The number of remembered articles.
    pub fn len(&self) -> usize {
        self.window.articles.len()
    }

    /// Whether the grouper remembers no article.
    pub fn is_empty(&self) -> bool {
        self.window.articles.is_empty()
    }

    /// Estimates the bytes that the state takes.
    pub fn memory_bytes(&self) -> usize {
        self.window.memory_bytes()
    }

    /// Lists the evidence for each candidate story of an article, for fitting the weights.
    pub fn signals(&self, sketch: &ArticleSketch) -> Vec<(StoryId, StoryEvidence)> {
        let article = self.window.weigh(sketch);
        find_candidates(&self.window, &article)
            .into_iter()
            .filter_map(|candidate| match score_story(&self.window, &article, &candidate) {
                CandidateScore::Scored(signals) => Some((candidate.story, *signals)),
                CandidateScore::Certain(_) | CandidateScore::Rejected => None,
            })
            .collect()
    }
}

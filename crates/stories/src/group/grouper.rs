//! The grouper: chooses the story of each article of a stream and remembers the choice.

use std::sync::Arc;

use super::ArticleRef;
use super::candidates::{CandidateScore, find_candidates, score_story};
use super::gazetteer::Gazetteer;
use super::sketch::ArticleSketch;
use super::thresholds::{EvidenceWeights, StoryEvidence, TermWeights};
use super::view::{AssumedRarity, WindowView};
use super::window::{ArticleWindow, StoryCluster};
use super::windows::{AudienceWindows, WindowBounds};
use ceasewire_model::{FeedId, StoryId, Timestamp};
use ceasewire_profile::Vocabulary;

/// Groups the articles of a stream into stories.
#[derive(Debug)]
pub struct Grouper {
    gazetteer: Gazetteer,
    evidence: EvidenceWeights,
    pub(super) windows: AudienceWindows,
}

/// The means to take an inserted article out again: the state of its story before the insertion.
#[derive(Debug)]
pub struct InsertUndo {
    private_to: Option<FeedId>,
    before: Option<StoryCluster>,
}

impl Grouper {
    /// Creates a grouper without articles; `vocabulary` has the profile's names in all spellings.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        let gazetteer = Gazetteer::new(&vocabulary);
        let windows = AudienceWindows::new(AssumedRarity::new(TermWeights::default(), &gazetteer));
        Self { gazetteer, evidence: EvidenceWeights::default(), windows }
    }

    /// Replaces the weights of an empty grouper, for measurements.
    #[must_use]
    pub fn with(self, weights: TermWeights, evidence: EvidenceWeights) -> Self {
        let windows = AudienceWindows::new(AssumedRarity::new(weights, &self.gazetteer));
        Self { windows, evidence, ..self }
    }

    /// Replaces the bounds on remembered articles.
    #[must_use]
    pub fn remembering(mut self, bounds: WindowBounds) -> Self {
        self.windows.bounds = bounds;
        self
    }

    /// Sketches an article. This is the costly step, and it needs no exclusive access.
    pub fn sketch(&self, article: &ArticleRef<'_>) -> ArticleSketch {
        ArticleSketch::new(article, &self.gazetteer, &self.windows.assumed.weights)
    }

    /// Chooses the story of an article, or returns `None` if the article opens a new story. Changes nothing.
    pub fn choose(&self, sketch: &ArticleSketch) -> Option<StoryId> {
        let view = self.windows.view(sketch.private_to);
        self.choose_among(sketch, view, view.windows(), |_| true)
    }

    /// Finds this private feed's own story of the event of a public article, if no public article is in it.
    pub fn choose_private(&self, sketch: &ArticleSketch, feed: FeedId) -> Option<StoryId> {
        let view = self.windows.view(Some(feed));
        self.choose_among(sketch, view, view.private, |story| !view.public.stories.contains_key(&story))
    }

    fn choose_among<'a>(
        &self,
        sketch: &ArticleSketch,
        view: WindowView<'a>,
        windows: impl IntoIterator<Item = &'a ArticleWindow>,
        is_allowed: impl Fn(StoryId) -> bool,
    ) -> Option<StoryId> {
        let bare = view.is_rubric(sketch).then(|| sketch.without_title());
        let article = view.weigh(bare.as_ref().unwrap_or(sketch));
        find_candidates(windows, &article)
            .into_iter()
            .filter(|candidate| is_allowed(candidate.story))
            .filter_map(|candidate| {
                let sum = match score_story(view, &article, &candidate) {
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
        self.windows.insert(sketch, story);
    }

    /// Inserts an article before its transaction commits. Forgets no article to make room: the next insertion or expiry
    /// does.
    pub fn insert_with_undo(&mut self, sketch: ArticleSketch, story: StoryId) -> InsertUndo {
        let private_to = sketch.private_to;
        let before = self.windows.story(private_to, story).cloned();
        self.windows.push(sketch, story);
        InsertUndo { private_to, before }
    }

    /// Takes the last inserted article out after a failed transaction. Undo insertions in reverse order, with no other
    /// change between them.
    pub fn undo_insert(&mut self, undo: InsertUndo) {
        self.windows.pop(undo.private_to, undo.before);
    }

    /// Forgets articles that have left the window, and the oldest articles above the bounds.
    pub fn expire(&mut self, now: Timestamp) {
        self.windows.expire(now);
    }

    /// The number of remembered articles.
    pub fn len(&self) -> usize {
        self.windows.len()
    }

    /// Whether the grouper remembers no article.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Estimates the bytes that the state takes.
    pub fn memory_bytes(&self) -> usize {
        self.windows.memory_bytes()
    }

    /// Lists the evidence for each candidate story of an article, for fitting the weights.
    pub fn signals(&self, sketch: &ArticleSketch) -> Vec<(StoryId, StoryEvidence)> {
        let view = self.windows.view(sketch.private_to);
        let article = view.weigh(sketch);
        find_candidates(view.windows(), &article)
            .into_iter()
            .filter_map(|candidate| match score_story(view, &article, &candidate) {
                CandidateScore::Scored(signals) => Some((candidate.story, *signals)),
                CandidateScore::Certain(_) | CandidateScore::Rejected => None,
            })
            .collect()
    }
}

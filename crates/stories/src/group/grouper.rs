//! The grouper: chooses the story of each article of a stream and remembers the choice.

use std::sync::Arc;

use super::ArticleRef;
use super::candidates::{CandidatePair, CandidateScore, find_candidates, score_story};
use super::gazetteer::Gazetteer;
use super::model::PairModel;
use super::sketch::ArticleSketch;
use super::thresholds::TermWeights;
use super::view::{AssumedRarity, WindowView};
use super::window::{ArticleWindow, StoryCluster};
use super::windows::{AudienceWindows, WindowBounds};
use ceasewire_model::{FeedId, StoryId, Timestamp};
use ceasewire_profile::Vocabulary;

/// Groups the articles of a stream into stories.
#[derive(Debug)]
pub struct Grouper {
    gazetteer: Gazetteer,
    model: Arc<PairModel>,
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
        Self { gazetteer, model: PairModel::built_in(), windows }
    }

    /// Replaces the pair model, for training.
    #[must_use]
    pub fn with_model(self, model: Arc<PairModel>) -> Self {
        Self { model, ..self }
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
                let CandidateScore::Joins(sum) = score_story(view, &article, &candidate, &self.model) else {
                    return None;
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
        let before = self.windows.story(private_to, story).copied();
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

    /// Lists the pairs of an article with known ones about which the model decides, for training.
    pub fn pairs(&self, sketch: &ArticleSketch) -> Vec<CandidatePair> {
        let view = self.windows.view(sketch.private_to);
        let article = view.weigh(sketch);
        find_candidates(view.windows(), &article).iter().flat_map(|candidate| candidate.pairs(view, &article)).collect()
    }
}

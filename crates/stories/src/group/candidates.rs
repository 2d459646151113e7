//! Candidate stories of an article: the search through the posting lists, and the score of each candidate.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::model::{PairFeatures, PairKind, PairModel};
use super::similarity::{ArticleSimilarity, compare};
use super::sketch::ArticleSketch;
use super::thresholds::{
    ACROSS_NAMES, ACROSS_TERMS, BARE_TERMS, CANDIDATES, FORMULA, LEAST_NEARNESS, LEAST_SIMILARITY, NEAREST,
    POSTINGS_OF_A_TERM, POSTINGS_READ, SHORT_WORDS, STORY_HOURS, TEXTS_AGREE, WINDOW_HOURS,
};
use super::view::{WeightedSketch, WindowView};
use super::window::{ArticleWindow, KnownSketch, WindowArticle};
use ceasewire_model::StoryId;

/// Score of a copy; it exceeds any sum of other evidence.
const COPY: f32 = 1000.0;

/// A story that an article may join, with its articles that share most with that article.
pub(super) struct CandidateStory<'a> {
    pub(super) story: StoryId,
    articles: Vec<&'a WindowArticle>,
}

/// The score of a candidate story.
pub(super) enum CandidateScore {
    /// The article does not belong to the story.
    Rejected,
    /// The article belongs to the story; the number ranks it among the candidates.
    Joins(f32),
}

/// A pair of a new article and a known one about which the model decides.
#[derive(Clone, Copy, Debug)]
pub struct CandidatePair {
    /// The story of the known article.
    pub story: StoryId,
    /// The kind of the pair.
    pub kind: PairKind,
    /// Its features.
    pub features: PairFeatures,
}

thread_local! {
    static OVERLAPS: RefCell<TermOverlaps> = RefCell::default();
}

/// Buffers for the overlap of the window's articles with one article. A thread reuses them; between searches all sums
/// are zero.
#[derive(Default)]
struct TermOverlaps {
    sums: Vec<f32>,
    /// The places of articles with a sum above zero.
    places: Vec<u32>,
}

/// Finds the stories of the articles of these windows that share most with an article, the best article first.
pub(super) fn find_candidates<'a>(
    windows: impl IntoIterator<Item = &'a ArticleWindow>,
    article: &WeightedSketch<'_>,
) -> Vec<CandidateStory<'a>> {
    let mut stories: Vec<CandidateStory<'a>> = Vec::new();
    for known in find_articles(windows, article) {
        match stories.iter_mut().find(|candidate| candidate.story == known.story) {
            Some(candidate) => candidate.articles.push(known),
            None => stories.push(CandidateStory { story: known.story, articles: vec![known] }),
        }
    }
    stories
}

/// Finds the comparable articles that share most with an article, the best first.
fn find_articles<'a>(
    windows: impl IntoIterator<Item = &'a ArticleWindow>,
    article: &WeightedSketch<'_>,
) -> Vec<&'a WindowArticle> {
    let (mut found, mut nearest) = (Vec::new(), Vec::new());
    for window in windows {
        found.extend(find_articles_of(window, article));
        nearest.extend(find_nearest(window, article.sketch));
    }
    // Stable: one window alone keeps its order.
    let by_number = |(one, _): &(f32, _), (other, _): &(f32, _)| other.total_cmp(one);
    found.sort_by(by_number);
    found.truncate(CANDIDATES);
    nearest.sort_by(by_number);
    nearest.truncate(NEAREST);
    let mut articles: Vec<&WindowArticle> = found.into_iter().map(|(_, known)| known).collect();
    for (_, known) in nearest {
        if !articles.iter().any(|found| std::ptr::eq(*found, known)) {
            articles.push(known);
        }
    }
    articles
}

/// Finds the articles of a window whose vectors are nearest to that of an article, with their nearness. A short report
/// in another language shares no words with it.
fn find_nearest<'a>(window: &'a ArticleWindow, sketch: &ArticleSketch) -> Vec<(f32, &'a WindowArticle)> {
    if sketch.vector.is_none() {
        return Vec::new();
    }
    let near = |known: &'a WindowArticle| {
        let nearness = sketch.nearness(&known.sketch).filter(|&nearness| nearness >= LEAST_NEARNESS)?;
        is_near(known, sketch).then_some((nearness, known))
    };
    let mut found: Vec<(f32, &WindowArticle)> = window.articles.iter().filter_map(near).collect();
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.truncate(NEAREST);
    found
}

/// Finds the comparable articles of one window that share most with an article, with the sums of shared weights, the
/// best first.
fn find_articles_of<'a>(window: &'a ArticleWindow, article: &WeightedSketch<'_>) -> Vec<(f32, &'a WindowArticle)> {
    let mut best = overlaps(window, article);
    let possible = |sum: f32, place: u32| {
        let known = window.articles.get(place as usize)?;
        is_near(known, article.sketch).then_some((sum, known))
    };
    let by_sum = |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1));
    // Nearly all articles are comparable. Testing thousands costs more than testing too few and going on.
    let mut candidates = Vec::with_capacity(CANDIDATES);
    let mut rest = &mut best[..];
    while !rest.is_empty() && candidates.len() < CANDIDATES {
        let count = rest.len().min(2 * CANDIDATES);
        if count < rest.len() {
            rest.select_nth_unstable_by(count, by_sum);
        }
        let (first, others) = rest.split_at_mut(count);
        first.sort_unstable_by(by_sum);
        candidates.extend(first.iter().filter_map(|&(sum, place)| possible(sum, place)));
        rest = others;
    }
    candidates.truncate(CANDIDATES);
    candidates
}

/// Sums the weights of shared terms for each article of the window, by its place. Reads the rarest terms first, up to
/// [`POSTINGS_READ`] postings.
fn overlaps(window: &ArticleWindow, article: &WeightedSketch<'_>) -> Vec<(f32, u32)> {
    let mut lists: Vec<(&VecDeque<u32>, f32)> = article
        .sketch
        .terms
        .iter()
        .zip(&article.rarities)
        .filter_map(|(term, rarity)| Some((window.postings.get(&term.key)?, term.weight * rarity)))
        .collect();
    lists.sort_by_key(|(numbers, _)| numbers.len());
    let mut left = POSTINGS_READ;
    let mut overlaps = OVERLAPS.take();
    overlaps.sums.resize(window.articles.len().max(overlaps.sums.len()), 0.0);
    for (numbers, weight) in lists {
        let square = (weight * weight).max(f32::MIN_POSITIVE);
        for number in numbers.iter().rev().take(POSTINGS_OF_A_TERM.min(left)) {
            let place = number.wrapping_sub(window.first);
            if let Some(sum) = overlaps.sums.get_mut(place as usize) {
                if *sum == 0.0 {
                    overlaps.places.push(place);
                }
                *sum += square;
            }
        }
        left = left.saturating_sub(numbers.len().min(POSTINGS_OF_A_TERM));
    }
    let TermOverlaps { sums, places } = &mut overlaps;
    let found = places.drain(..).map(|place| (std::mem::take(&mut sums[place as usize]), place)).collect();
    OVERLAPS.set(overlaps);
    found
}

/// Whether an article and one of a window lie so near in time that they may be compared.
fn is_near(known: &WindowArticle, sketch: &ArticleSketch) -> bool {
    const WINDOW_MILLIS: u64 = WINDOW_HOURS.unsigned_abs() * 3600 * 1000;
    match (known.sketch.time(), sketch.time()) {
        (Some(one), Some(other)) => one.0.abs_diff(other.0) <= WINDOW_MILLIS,
        _ => true,
    }
}

/// Scores a candidate story for an article.
pub(super) fn score_story(
    view: WindowView<'_>,
    article: &WeightedSketch<'_>,
    candidate: &CandidateStory<'_>,
    model: &PairModel,
) -> CandidateScore {
    let sketch = article.sketch;
    let Some(story) = view.story(candidate.story) else { return CandidateScore::Rejected };
    if let (Some(at), Some(since)) = (sketch.time(), story.since)
        && at > since.plus_secs(STORY_HOURS * 3600)
    {
        return CandidateScore::Rejected;
    }
    let compared = candidate.compare(view, article);
    let is_other = |(known, pair): (&&WindowArticle, &ArticleSimilarity)| {
        let (known, shared) = (&known.sketch, pair.head_shared);
        sketch.names_another_than(known, shared)
            || sketch.is_in_series_with(known, shared)
            || sketch.meets_others_than(known)
    };
    if candidate.articles.iter().zip(&compared).any(is_other) {
        return CandidateScore::Rejected;
    }
    judge(&candidate.compare_texts(view, article, compared), model)
}

impl CandidateStory<'_> {
    /// Compares an article with the articles of the story.
    fn compare(&self, view: WindowView<'_>, article: &WeightedSketch<'_>) -> Vec<ArticleSimilarity> {
        self.articles.iter().map(|known| compare(article, known.known(), &view.assumed.weights)).collect()
    }

    /// Compares the texts alone where an equal title stands over texts that share too little. Else all stays as
    /// `compared`.
    fn compare_texts(
        &self,
        view: WindowView<'_>,
        article: &WeightedSketch<'_>,
        compared: Vec<ArticleSimilarity>,
    ) -> Vec<ArticleSimilarity> {
        let is_titled = |(known, pair): (&&WindowArticle, &ArticleSimilarity)| {
            article.sketch.has_title_of(&known.sketch, pair.head_shared)
        };
        let titled: Vec<bool> = self.articles.iter().zip(&compared).map(is_titled).collect();
        if !titled.contains(&true) {
            return compared;
        }
        let bare = article.sketch.without_title();
        let bare = view.weigh(&bare);
        let compare_bare = |known: &&WindowArticle| {
            let sketch = known.sketch.without_title();
            let norms = view.weigh(&sketch).norms;
            compare(&bare, KnownSketch { sketch: &sketch, norms: &norms }, &view.assumed.weights)
        };
        let texts: Vec<ArticleSimilarity> = self.articles.iter().map(compare_bare).collect();
        let do_agree = titled.iter().zip(&texts).any(|(is_titled, text)| *is_titled && text.cosine >= TEXTS_AGREE);
        if do_agree { compared } else { texts }
    }

    /// The pairs about which the model decides.
    pub(super) fn pairs(&self, view: WindowView<'_>, article: &WeightedSketch<'_>) -> Vec<CandidatePair> {
        let compared = self.compare(view, article);
        let compared = self.compare_texts(view, article, compared);
        if compared
            .iter()
            .any(|similarity| similarity.is_copy() || similarity.is_other_bulletin() || similarity.is_parted)
        {
            return Vec::new();
        }
        let pair = |similarity: &ArticleSimilarity| CandidatePair {
            story: self.story,
            kind: similarity.kind,
            features: similarity.features,
        };
        compared.iter().map(pair).collect()
    }
}

/// Judges a story by its articles that share most with a new one.
fn judge(compared: &[ArticleSimilarity], model: &PairModel) -> CandidateScore {
    let nearest = compared.iter().max_by(|one, other| one.cosine.total_cmp(&other.cosine));
    let Some(nearest) = nearest else { return CandidateScore::Rejected };
    if let Some(copy) = compared.iter().find(|similarity| similarity.is_copy()) {
        return CandidateScore::Joins(COPY + copy.cosine);
    }
    if nearest.is_other_bulletin() || compared.iter().any(|similarity| similarity.is_parted) {
        return CandidateScore::Rejected;
    }
    let within = compared.iter().filter(|pair| !pair.kind.is_across());
    let nearest_within = within.max_by(|one, other| one.cosine.total_cmp(&other.cosine));
    if let Some(nearest) = nearest_within {
        let is_bare = nearest.features.bare_title > 0.0 && nearest.terms_shared < BARE_TERMS
            || nearest.is_short() && nearest.words_shared < SHORT_WORDS && !nearest.shares_topic;
        let is_far = (is_bare || nearest.cosine < LEAST_SIMILARITY) && !nearest.kind.is_encoded();
        if is_far || nearest.is_short() && nearest.copy >= FORMULA {
            return CandidateScore::Rejected;
        }
    }
    // Without vectors, articles in the language of the new one decide; where there are none, those in other languages do.
    let decides = |pair: &&ArticleSimilarity| match pair.kind {
        PairKind::Across => {
            nearest_within.is_none() && pair.names_shared >= ACROSS_NAMES && pair.terms_shared >= ACROSS_TERMS
        }
        _ => true,
    };
    let margin = |pair: &ArticleSimilarity| {
        let weights = model.of(pair.kind);
        weights.log_odds(&pair.features) - weights.join
    };
    let margins: Vec<f32> = compared.iter().filter(decides).map(margin).collect();
    let Some(best) = margins.iter().copied().reduce(f32::max) else { return CandidateScore::Rejected };
    let mean = margins.iter().sum::<f32>() / margins.len() as f32;
    // Half the nearest article, half all of them: a chain of similar articles must not carry a story away.
    let above = (best + mean) / 2.0;
    if above > 0.0 { CandidateScore::Joins(above) } else { CandidateScore::Rejected }
}

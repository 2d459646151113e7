//! Candidate stories of an article: the search through the posting lists, and the score of each candidate.

use std::cell::RefCell;
use std::collections::VecDeque;

use super::centroid::LanguageCentroid;
use super::similarity::{ArticleSimilarity, VectorNorms, compare};
use super::sketch::ArticleSketch;
use super::thresholds::{
    ACROSS, ACROSS_A_DAY, ACROSS_ELSEWHERE, ACROSS_NAMES, ACROSS_TERMS, CANDIDATES, FORMULA, LEAST_SIMILARITY,
    POSTINGS_OF_A_TERM, POSTINGS_READ, STORY_HOURS, StoryEvidence, TEXTS_AGREE, WINDOW_HOURS,
};
use super::view::{WeightedSketch, WindowView};
use super::window::{ArticleWindow, StoryCluster, WindowArticle};
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
    Certain(f32),
    /// The evidence decides.
    Scored(Box<StoryEvidence>),
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
    let mut found: Vec<(f32, &WindowArticle)> =
        windows.into_iter().flat_map(|window| find_articles_of(window, article)).collect();
    // Stable: one window alone keeps its order.
    found.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    found.truncate(CANDIDATES);
    found.into_iter().map(|(_, known)| known).collect()
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
        .zip(&article.weights)
        .filter_map(|(term, weight)| Some((window.postings.get(&term.key)?, *weight)))
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
) -> CandidateScore {
    let sketch = article.sketch;
    let Some(story) = view.story(candidate.story) else { return CandidateScore::Rejected };
    if let (Some(at), Some(since)) = (sketch.time(), story.since)
        && at > since.plus_secs(STORY_HOURS * 3600)
    {
        return CandidateScore::Rejected;
    }
    let known: Vec<(&ArticleSketch, VectorNorms)> =
        candidate.articles.iter().map(|known| (&known.sketch, known.norms)).collect();
    if let Some(bare) = TitlelessTexts::find(view, sketch, &known) {
        let known: Vec<_> = bare.known.iter().map(|known| (known, view.weigh(known).norms)).collect();
        return score_articles(view, story, &view.weigh(&bare.new), &known);
    }
    score_articles(view, story, article, &known)
}

/// The texts of articles whose titles must not count.
struct TitlelessTexts {
    new: ArticleSketch,
    known: Vec<ArticleSketch>,
}

impl TitlelessTexts {
    /// Takes the titles away from an article and the articles of a story where an equal title stands over texts that
    /// share too little.
    fn find(view: WindowView<'_>, new: &ArticleSketch, known: &[(&ArticleSketch, VectorNorms)]) -> Option<Self> {
        if !known.iter().any(|(known, _)| new.has_title_of(known)) {
            return None;
        }
        let bare =
            Self { new: new.without_title(), known: known.iter().map(|(known, _)| known.without_title()).collect() };
        let weighted = view.weigh(&bare.new);
        let agree = |known: &ArticleSketch| compare(&weighted, known, &view.weigh(known).norms).all >= TEXTS_AGREE;
        let titled = known.iter().zip(&bare.known).filter(|((known, _), _)| new.has_title_of(known));
        let do_agree = titled.map(|(_, bare)| bare).any(agree);
        (!do_agree).then_some(bare)
    }
}

/// Scores a story by its articles that share most with an article.
fn score_articles(
    view: WindowView<'_>,
    story: &StoryCluster,
    article: &WeightedSketch<'_>,
    known: &[(&ArticleSketch, VectorNorms)],
) -> CandidateScore {
    let sketch = article.sketch;
    let compared: Vec<(&ArticleSketch, ArticleSimilarity)> =
        known.iter().map(|(known, norms)| (*known, compare(article, known, norms))).collect();
    let Some((nearest, similarity)) = most_similar(&compared, |_| true) else { return CandidateScore::Rejected };
    if let Some((_, copy)) = compared.iter().find(|(_, similarity)| similarity.is_copy()) {
        return CandidateScore::Certain(COPY + copy.all);
    }
    if similarity.is_other_bulletin() {
        return CandidateScore::Rejected;
    }
    let Some((same_language, in_language)) = most_similar(&compared, |known| known.language == sketch.language) else {
        return score_across_languages(sketch, nearest, similarity);
    };
    if in_language.all < LEAST_SIMILARITY || in_language.is_short() && in_language.copy >= FORMULA {
        return CandidateScore::Rejected;
    }
    let mut evidence = match story.centroid(sketch.language) {
        Some(centroid) => centroid.evidence(article),
        None => LanguageCentroid::from(&view.weigh(same_language)).evidence(article),
    };
    add_nearest(&mut evidence, sketch, same_language, in_language);
    CandidateScore::Scored(Box::new(evidence))
}

fn most_similar<'c>(
    compared: &'c [(&'c ArticleSketch, ArticleSimilarity)],
    is_wanted: impl Fn(&ArticleSketch) -> bool,
) -> Option<(&'c ArticleSketch, &'c ArticleSimilarity)> {
    compared
        .iter()
        .filter(|(known, _)| is_wanted(known))
        .max_by(|(_, one), (_, other)| one.all.total_cmp(&other.all))
        .map(|(known, similarity)| (*known, similarity))
}

/// Scores a story whose similar articles are all in other languages.
fn score_across_languages(
    sketch: &ArticleSketch,
    nearest: &ArticleSketch,
    similarity: &ArticleSimilarity,
) -> CandidateScore {
    let needed = ACROSS + days_between(sketch, nearest).map_or(0.0, |days| ACROSS_A_DAY * days);
    let needed = needed + if sketch.is_elsewhere(nearest) { ACROSS_ELSEWHERE } else { 0.0 };
    let is_enough =
        similarity.all >= needed && similarity.names_shared >= ACROSS_NAMES && similarity.terms_shared >= ACROSS_TERMS;
    if is_enough { CandidateScore::Certain(similarity.all) } else { CandidateScore::Rejected }
}

/// Adds the evidence that only the nearest article of the story can give.
fn add_nearest(
    evidence: &mut StoryEvidence,
    sketch: &ArticleSketch,
    nearest: &ArticleSketch,
    similarity: &ArticleSimilarity,
) {
    evidence.nearest = similarity.all;
    evidence.copy = similarity.copy;
    if similarity.is_short() {
        evidence.short = 1.0;
        evidence.short_nearest = similarity.all;
    }
    evidence.same_outlet = if sketch.outlet.is_some() && sketch.outlet == nearest.outlet { 1.0 } else { 0.0 };
    evidence.elsewhere = if sketch.is_elsewhere(nearest) { 1.0 } else { 0.0 };
    if let Some(days) = days_between(sketch, nearest) {
        evidence.gap = days;
        evidence.late = if days > 1.0 { 1.0 } else { 0.0 };
    }
}

/// Days between two articles with known times, at most three.
fn days_between(one: &ArticleSketch, other: &ArticleSketch) -> Option<f32> {
    Some((one.hours_from(other)? / 24.0).min(3.0))
}

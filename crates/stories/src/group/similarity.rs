//! The similarity of two articles: cosines of their terms, shared wording, shared names and numbers.

use super::sketch::ArticleSketch;
use super::term::{TermKind, WeightedTerm};
use super::thresholds::{
    COPIED, COPIED_STRICTLY, ENOUGH_RUNS, EQUAL_TITLE_HOURS, NUMBERS_AGREE, SAME_PHRASES, TermWeights,
};
use super::view::WeightedSketch;

/// The similarity of two articles in each respect; shares and cosines run from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArticleSimilarity {
    /// Cosine of all terms that their two languages can compare.
    pub(super) all: f32,
    /// Cosine of the words alone.
    words: f32,
    /// Share of the shorter text's wording that the longer text contains.
    pub(super) copy: f32,
    /// Whether the headlines are equal.
    same_title: bool,
    /// The number of shared names.
    pub(super) names_shared: u32,
    /// The number of shared terms, names included.
    pub(super) terms_shared: u32,
    /// Share of the numbers of the article with fewer numbers that the other contains; `None` if one has no numbers.
    numbers_agree: Option<f32>,
    /// Runs of three words in the shorter text, and in the longer one.
    runs: (u32, u32),
    same_outlet: bool,
    /// Whether both appeared within [`EQUAL_TITLE_HOURS`], as far as they have times.
    is_same_time: bool,
}

impl ArticleSimilarity {
    /// Whether one article copies the other: equal figures, and equal wording or an equal headline.
    pub(super) fn is_copy(&self) -> bool {
        let (fewer, more) = self.runs;
        let strictly = self.same_outlet || fewer < ENOUGH_RUNS;
        let needed = if strictly { COPIED_STRICTLY } else { COPIED };
        // A short text inside a long one may be a single sentence of background.
        let whole = fewer > 0 && (fewer >= ENOUGH_RUNS || fewer as f32 >= COPIED_STRICTLY * more as f32);
        // Under equal headlines a heavily cut text is enough, or a teaser of the text. Without a text the headline alone
        // speaks, for the hours when outlets carry the news of an agency.
        let titled = self.same_title
            && !self.same_outlet
            && if fewer == 0 { self.is_same_time } else { self.copy >= COPIED / 2.0 };
        !self.figures_differ() && ((whole && self.copy >= needed) || titled)
    }

    /// Whether the phrases are equal and the figures differ: two bulletins.
    pub(super) fn is_other_bulletin(&self) -> bool {
        (self.same_title || self.words >= SAME_PHRASES || self.copy >= COPIED) && self.figures_differ()
    }

    fn figures_differ(&self) -> bool {
        self.numbers_agree.is_some_and(|share| share < NUMBERS_AGREE)
    }

    /// Whether both texts are too short for a sure comparison.
    pub(super) fn is_short(&self) -> bool {
        self.runs.1 < ENOUGH_RUNS
    }
}

/// Squared lengths of an article's vectors, or dot products of two articles' vectors, one per kind of term.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct VectorNorms([f32; TermKind::ALL.len()]);

impl VectorNorms {
    pub(super) fn new(terms: &[WeightedTerm], weights: &[f32]) -> Self {
        let mut norms = Self::default();
        for (term, weight) in terms.iter().zip(weights) {
            norms.0[term.key.kind() as usize] += weight * weight;
        }
        norms
    }

    /// Sums the kinds that articles in one language compare.
    pub(super) fn within_language(&self) -> f32 {
        self.sum(TermKind::compares_within_language)
    }

    fn sum(&self, is_summed: impl Fn(TermKind) -> bool) -> f32 {
        TermKind::ALL.into_iter().filter(|&kind| is_summed(kind)).map(|kind| self.0[kind as usize]).sum()
    }
}

/// The weight of a kind of term.
pub(super) fn kind_weight(weights: &TermWeights, kind: TermKind) -> f32 {
    match kind {
        TermKind::Word | TermKind::ProfileTerm | TermKind::Concept => 1.0,
        TermKind::Name | TermKind::ProfileName | TermKind::Skeleton => weights.name,
        TermKind::Number | TermKind::Date => weights.number,
    }
}

/// Compares a new article with one of the window, whose norms are `known_norms`.
pub(super) fn compare(
    article: &WeightedSketch<'_>,
    known: &ArticleSketch,
    known_norms: &VectorNorms,
) -> ArticleSimilarity {
    let new = article.sketch;
    let is_across = new.language != known.language;
    let is_compared = |kind: TermKind| {
        if is_across { kind.compares_across_languages() } else { kind.compares_within_language() }
    };
    let mut dots = VectorNorms::default();
    let (mut names_shared, mut terms_shared, mut numbers_shared) = (0, 0, 0_u32);
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (new.terms.get(left), known.terms.get(right)) {
        if a.key == b.key {
            let kind = a.key.kind();
            // Scales the known article's weight to the present rarity.
            dots.0[kind as usize] += article.weights[left] * article.weights[left] * b.weight / a.weight;
            if is_compared(kind) {
                terms_shared += 1;
                names_shared += u32::from(kind.is_name());
                numbers_shared += u32::from(kind == TermKind::Number);
            }
        }
        left += usize::from(a.key <= b.key);
        right += usize::from(b.key <= a.key);
    }
    let cosine = |is_summed: &dyn Fn(TermKind) -> bool| {
        let lengths = article.norms.sum(is_summed) * known_norms.sum(is_summed);
        if lengths > 0.0 { dots.sum(is_summed) / lengths.sqrt() } else { 0.0 }
    };
    let fewer = count_numbers(new).min(count_numbers(known));
    let words = if is_across { 0.0 } else { cosine(&|kind| matches!(kind, TermKind::Word | TermKind::ProfileTerm)) };
    ArticleSimilarity {
        all: cosine(&is_compared),
        words,
        copy: estimate_copied(new, known),
        same_title: new.title.is_some() && new.title == known.title,
        names_shared,
        terms_shared,
        numbers_agree: (fewer > 0).then(|| numbers_shared as f32 / fewer as f32),
        runs: (new.runs.min(known.runs), new.runs.max(known.runs)),
        same_outlet: new.outlet.is_some() && new.outlet == known.outlet,
        is_same_time: new.hours_from(known).is_none_or(|hours| hours <= EQUAL_TITLE_HOURS as f32),
    }
}

fn count_numbers(sketch: &ArticleSketch) -> u32 {
    sketch.terms.iter().filter(|term| term.key.kind() == TermKind::Number).count() as u32
}

/// Estimates the share of the shorter text's three-word runs that the longer text contains, from the smallest
/// fingerprints of both (A. Broder, "On the resemblance and containment of documents", 1997).
fn estimate_copied(one: &ArticleSketch, other: &ArticleSketch) -> f32 {
    let (mut left, mut right, mut shared, mut union) = (0, 0, 0_u32, 0_u32);
    // The rest of a list after the end of the other counts only if the other list is complete.
    while let (Some(a), Some(b)) = (one.shingles.get(left), other.shingles.get(right)) {
        union += 1;
        left += usize::from(a <= b);
        right += usize::from(b <= a);
        shared += u32::from(a == b);
    }
    let is_complete = |sketch: &ArticleSketch| sketch.runs as usize == sketch.shingles.len();
    if left == one.shingles.len() && is_complete(one) {
        union += (other.shingles.len() - right) as u32;
    }
    if right == other.shingles.len() && is_complete(other) {
        union += (one.shingles.len() - left) as u32;
    }
    let resemblance = shared as f32 / union.max(1) as f32;
    let (one, other) = (one.runs as f32, other.runs as f32);
    (resemblance * (one + other) / (1.0 + resemblance) / one.min(other).max(1.0)).min(1.0)
}

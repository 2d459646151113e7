//! How alike two articles are.

use super::sketch::{Kind, Sketch, Weighted, kind};
use super::thresholds::{COPIED, COPIED_STRICTLY, ENOUGH_RUNS, NUMBERS_AGREE, SAME_PHRASES, Weights};

/// How alike two articles are in each respect, from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Likeness {
    /// Cosine of everything that can be compared between their languages.
    pub(super) all: f32,
    /// Cosine of the words alone.
    words: f32,
    /// Share of the shorter text's wording that the longer one has.
    pub(super) copy: f32,
    /// The headlines are the same.
    same_title: bool,
    /// Names in common, and terms in all.
    pub(super) names_shared: u32,
    pub(super) terms_shared: u32,
    /// Share of the numbers of the article with fewer that the other has; none where one has no numbers.
    numbers_agree: Option<f32>,
    /// Runs of three words of the shorter text.
    runs: (u32, u32),
    same_outlet: bool,
}

impl Likeness {
    /// One is the other's copy: its wording, or its headline over a text that says nothing else, with the same figures.
    pub(super) fn is_copy(&self) -> bool {
        let (fewer, more) = self.runs;
        let strictly = self.same_outlet || fewer < ENOUGH_RUNS;
        let needed = if strictly { COPIED_STRICTLY } else { COPIED };
        // A short text that a long one contains is a sentence of it and may be its background.
        let whole = fewer > 0 && (fewer >= ENOUGH_RUNS || fewer as f32 >= COPIED_STRICTLY * more as f32);
        // With equal headlines a heavily cut text is enough, and a short one, which is a teaser.
        let titled =
            self.same_title && if fewer < ENOUGH_RUNS { true } else { !self.same_outlet && self.copy >= COPIED / 2.0 };
        !self.figures_differ() && ((whole && self.copy >= needed) || titled)
    }

    /// The same phrases with other figures: two bulletins, not one.
    pub(super) fn is_other_bulletin(&self) -> bool {
        (self.same_title || self.words >= SAME_PHRASES || self.copy >= COPIED) && self.figures_differ()
    }

    fn figures_differ(&self) -> bool {
        self.numbers_agree.is_some_and(|share| share < NUMBERS_AGREE)
    }

    /// Both are too short to say much.
    pub(super) fn is_short(&self) -> bool {
        self.runs.1 < ENOUGH_RUNS
    }
}

/// The squared lengths of an article's vectors, or products of two articles' ones.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Norms([f32; 8]);

impl Norms {
    pub(super) fn of(terms: &[Weighted], weights: &[f32]) -> Self {
        let mut norms = Self::default();
        for (term, weight) in terms.iter().zip(weights) {
            norms.0[kind(term.key) as usize] += weight * weight;
        }
        norms
    }

    /// Of all that is compared between articles of one language.
    pub(super) fn within(&self) -> f32 {
        self.sum(Kind::within_language)
    }

    fn sum(&self, of: impl Fn(Kind) -> bool) -> f32 {
        Kind::ALL.into_iter().filter(|&kind| of(kind)).map(|kind| self.0[kind as usize]).sum()
    }
}

/// What a term counts by its kind.
pub(super) fn weight(weights: &Weights, kind: Kind) -> f32 {
    match kind {
        Kind::Word | Kind::Term | Kind::Concept => 1.0,
        Kind::Name | Kind::Set | Kind::Skeleton => weights.name,
        Kind::Number | Kind::Date => weights.number,
    }
}

/// Compares two articles; `weights` are those of the first one's terms by today's rarity.
pub(super) fn compare(one: &Sketch, weights: &[f32], norms: &Norms, other: &Sketch, other_norms: &Norms) -> Likeness {
    let across = one.language != other.language;
    let compared = |kind: Kind| if across { kind.across_languages() } else { kind.within_language() };
    let mut dots = Norms::default();
    let (mut names_shared, mut terms_shared, mut numbers_shared) = (0, 0, 0_u32);
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (one.terms.get(left), other.terms.get(right)) {
        if a.key == b.key {
            let kind = kind(a.key);
            // The other's weight under the rarity of today.
            dots.0[kind as usize] += weights[left] * weights[left] * b.weight / a.weight;
            if compared(kind) {
                terms_shared += 1;
                names_shared += u32::from(matches!(kind, Kind::Name | Kind::Set | Kind::Skeleton));
                numbers_shared += u32::from(kind == Kind::Number);
            }
        }
        left += usize::from(a.key <= b.key);
        right += usize::from(b.key <= a.key);
    }
    let cosine = |of: &dyn Fn(Kind) -> bool| {
        let lengths = norms.sum(of) * other_norms.sum(of);
        if lengths > 0.0 { dots.sum(of) / lengths.sqrt() } else { 0.0 }
    };
    let numbers = |sketch: &Sketch| sketch.terms.iter().filter(|term| kind(term.key) == Kind::Number).count() as u32;
    let fewer = numbers(one).min(numbers(other));
    Likeness {
        all: cosine(&compared),
        words: if across { 0.0 } else { cosine(&|kind| matches!(kind, Kind::Word | Kind::Term)) },
        copy: copied(one, other),
        same_title: one.title.is_some() && one.title == other.title,
        names_shared,
        terms_shared,
        numbers_agree: (fewer > 0).then(|| numbers_shared as f32 / fewer as f32),
        runs: (one.runs.min(other.runs), one.runs.max(other.runs)),
        same_outlet: one.outlet.is_some() && one.outlet == other.outlet,
    }
}

/// Estimates the share of the shorter text's runs of three words that the longer one has, from the least fingerprints of
/// both (A. Broder, "On the resemblance and containment of documents", 1997).
fn copied(one: &Sketch, other: &Sketch) -> f32 {
    let (mut left, mut right, mut shared, mut union) = (0, 0, 0_u32, 0_u32);
    // What is left of a list when the other has ended is only counted where that other is whole.
    while let (Some(a), Some(b)) = (one.shingles.get(left), other.shingles.get(right)) {
        union += 1;
        left += usize::from(a <= b);
        right += usize::from(b <= a);
        shared += u32::from(a == b);
    }
    let whole = |sketch: &Sketch| sketch.runs as usize == sketch.shingles.len();
    if left == one.shingles.len() && whole(one) {
        union += (other.shingles.len() - right) as u32;
    }
    if right == other.shingles.len() && whole(other) {
        union += (one.shingles.len() - left) as u32;
    }
    let resemblance = shared as f32 / union.max(1) as f32;
    let (one, other) = (one.runs as f32, other.runs as f32);
    (resemblance * (one + other) / (1.0 + resemblance) / one.min(other).max(1.0)).min(1.0)
}

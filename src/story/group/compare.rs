//! How alike two articles are.

use super::sketch::{Kind, Sketch, Weighted, kind};
use super::thresholds::Thresholds;

/// How alike two articles are in each respect, from 0 to 1.
#[derive(Clone, Copy, Debug, Default)]
pub struct Likeness {
    pub all: f32,
    pub words: f32,
    pub names: f32,
    pub numbers: f32,
    pub head: f32,
    pub copy: f32,
    pub conflict_names: f32,
    pub same_title: bool,
    pub across: bool,
    pub day: Option<i32>,
    pub has_names: bool,
    pub has_numbers: bool,
    pub mass: f32,
}

/// The squared lengths of an article's vectors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Norms {
    pub(super) words: f32,
    pub(super) names: f32,
    pub(super) numbers: f32,
    pub(super) sets: f32,
    pub(super) terms: f32,
    pub(super) skeletons: f32,
    pub(super) concepts: f32,
    pub(super) head: f32,
}

pub(super) fn boost(thresholds: &Thresholds, kind: Kind) -> f32 {
    match kind {
        Kind::Word => 1.0,
        Kind::Name | Kind::Set | Kind::Skeleton => thresholds.name_weight,
        Kind::Number => thresholds.number_weight,
        Kind::Date => thresholds.date_weight,
        Kind::Term => thresholds.term_weight,
        Kind::Concept => thresholds.concept_weight,
    }
}

impl Norms {
    pub(super) fn of(terms: &[Weighted], weights: &[f32]) -> Self {
        let mut norms = Self::default();
        for (term, weight) in terms.iter().zip(weights) {
            let square = weight * weight;
            *match kind(term.key) {
                Kind::Word => &mut norms.words,
                Kind::Name => &mut norms.names,
                Kind::Number | Kind::Date => &mut norms.numbers,
                Kind::Term => &mut norms.terms,
                Kind::Set => &mut norms.sets,
                Kind::Skeleton => &mut norms.skeletons,
                Kind::Concept => &mut norms.concepts,
            } += square;
            if term.head && kind(term.key).within_language() {
                norms.head += square;
            }
        }
        norms
    }
}

pub(super) fn compare(
    one: &Sketch,
    weights: &[f32],
    norms: &Norms,
    other: &Sketch,
    other_norms: &Norms,
) -> Likeness {
    let mut dots = Norms::default();
    let mut mass = 0.0;
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (one.terms.get(left), other.terms.get(right)) {
        if a.key < b.key {
            left += 1;
        } else if a.key > b.key {
            right += 1;
        } else {
            // The other's weight under the rarity of today.
            let product = weights[left] * weights[left] * b.weight / a.weight;
            *match kind(a.key) {
                Kind::Word => &mut dots.words,
                Kind::Name => &mut dots.names,
                Kind::Number | Kind::Date => &mut dots.numbers,
                Kind::Term => &mut dots.terms,
                Kind::Set => &mut dots.sets,
                Kind::Skeleton => &mut dots.skeletons,
                Kind::Concept => &mut dots.concepts,
            } += product;
            if a.head && b.head && kind(a.key).within_language() {
                dots.head += product;
            }
            mass += weights[left] / a.weight;
            left += 1;
            right += 1;
        }
    }
    let across = one.language != other.language;
    let cos = |dot: f32, a: f32, b: f32| if a > 0.0 && b > 0.0 { dot / (a * b).sqrt() } else { 0.0 };
    let sum = |n: &Norms| {
        if across { n.terms + n.sets + n.skeletons + n.concepts + n.numbers } else { n.words + n.names + n.numbers + n.terms + n.sets }
    };
    let names = |n: &Norms| if across { n.sets + n.skeletons } else { n.names + n.sets };
    let words = |n: &Norms| if across { n.terms + n.concepts } else { n.words + n.terms };
    let pair = |f: &dyn Fn(&Norms) -> f32| cos(f(&dots), f(norms), f(other_norms));
    Likeness {
        all: pair(&sum),
        words: pair(&words),
        names: pair(&names),
        numbers: pair(&|n| n.numbers),
        head: pair(&|n| n.head),
        copy: copied(one, other),
        conflict_names: 0.0,
        same_title: one.title.is_some() && one.title == other.title,
        across,
        day: one.day.zip(other.day).map(|(one, other)| (one - other).abs()),
        has_names: names(norms) > 0.0 && names(other_norms) > 0.0,
        has_numbers: norms.numbers > 0.0 && other_norms.numbers > 0.0,
        mass,
    }
}

/// Estimates the share of the shorter text's runs of three words that the longer one has, from the least fingerprints of
/// both (A. Broder, "On the resemblance and containment of documents", 1997).
fn copied(one: &Sketch, other: &Sketch) -> f32 {
    let most = one.shingles.len().min(other.shingles.len());
    if most == 0 {
        return 0.0;
    }
    let (mut left, mut right, mut shared, mut union) = (0, 0, 0_u32, 0_u32);
    while (union as usize) < most.max(one.shingles.len()).max(other.shingles.len()) {
        let (Some(a), Some(b)) = (one.shingles.get(left), other.shingles.get(right)) else { break };
        union += 1;
        left += usize::from(a <= b);
        right += usize::from(b <= a);
        shared += u32::from(a == b);
    }
    let resemblance = shared as f32 / union.max(1) as f32;
    let (one, other) = (one.runs as f32, other.runs as f32);
    (resemblance * (one + other) / (1.0 + resemblance) / one.min(other).max(1.0)).min(1.0)
}

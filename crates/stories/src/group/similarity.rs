//! The similarity of two articles: the features of the pair model, shared wording, and what parts two articles.

use super::model::{PairFeatures, PairKind};
use super::sketch::{ArticleSketch, HeadSize};
use super::term::{TermKind, WeightedTerm};
use super::thresholds::{
    BARE_RUNS, COPIED, COPIED_STRICTLY, ENOUGH_RUNS, EQUAL_TITLE_HOURS, LEAD_AGREES, NUMBERS_AGREE, SAME_DAYS,
    TermWeights,
};
use super::view::WeightedSketch;
use super::window::KnownSketch;

/// Rarest shared terms whose rarities count.
const RAREST: usize = 5;
/// Divisors that bring sums of rarities to the size of the other features.
const RARITY_UNIT: f32 = 20.0;
/// Most terms, names apart, of two articles in two languages that count.
const MOST_TERMS: f32 = 6.0;

/// The similarity of two articles in each respect.
#[derive(Clone, Copy, Debug)]
pub(super) struct ArticleSimilarity {
    pub(super) kind: PairKind,
    pub(super) features: PairFeatures,
    /// Cosine of all terms that their two languages can compare.
    pub(super) cosine: f32,
    /// Share of the shorter text's wording that the longer text contains.
    pub(super) copy: f32,
    /// Whether the headlines are equal.
    same_title: bool,
    /// The number of terms in both heads.
    pub(super) head_shared: HeadSize,
    /// The number of shared names.
    pub(super) names_shared: u32,
    /// The number of shared words, numbers and days: terms that the profile does not know.
    pub(super) words_shared: u32,
    /// The number of shared terms, names included.
    pub(super) terms_shared: u32,
    /// Share of the numbers of the article with fewer numbers that the other contains; `None` if one has no numbers.
    numbers_agree: Option<f32>,
    /// Runs of three words in the shorter text, and in the longer one.
    runs: (u32, u32),
    same_outlet: bool,
    /// Whether both appeared within [`EQUAL_TITLE_HOURS`], as far as their times are known.
    is_same_time: bool,
    /// Whether the texts have sentences in common, but begin as two reports.
    shares_background: bool,
    /// Whether both heads report acts on one topic.
    pub(super) shares_topic: bool,
    /// Whether the head of one overturns that of the other, or one of them is an analysis or a round-up.
    pub(super) is_parted: bool,
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
        // speaks, for the hours in which outlets carry the news of an agency.
        let titled = self.same_title
            && !self.same_outlet
            && if fewer == 0 { self.is_same_time } else { self.copy >= COPIED / 2.0 };
        !self.figures_differ() && ((whole && self.copy >= needed && !self.shares_background) || titled)
    }

    /// Whether the phrases are equal and the figures differ: two bulletins.
    pub(super) fn is_other_bulletin(&self) -> bool {
        (self.same_title || self.copy >= COPIED) && self.figures_differ()
    }

    fn figures_differ(&self) -> bool {
        self.numbers_agree.is_some_and(|share| share < NUMBERS_AGREE)
    }

    /// Whether both texts are too short for a sure comparison.
    pub(super) fn is_short(&self) -> bool {
        self.runs.1 < ENOUGH_RUNS
    }
}

/// The lengths of an article's vectors.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct ArticleNorms {
    /// Squared lengths, one per kind of term.
    squares: [f32; TermKind::ALL.len()],
    /// Sum of the squared rarities of the head's terms.
    head: f32,
    /// Sum of the rarities of the head's names.
    head_names: f32,
    /// Sums of the squared weights of names, and of numbers and days.
    facets: [f32; 2],
    /// Mean nearness to the articles of the window, if the article has a vector.
    pub(super) mean_nearness: f32,
}

/// The place of a term in [`ArticleNorms::facets`].
fn facet(term: &WeightedTerm) -> Option<usize> {
    match term.key.kind() {
        TermKind::Number | TermKind::Date => Some(1),
        kind if term.is_name && kind.compares_within_language() => Some(0),
        _ => None,
    }
}

impl ArticleNorms {
    pub(super) fn new(terms: &[WeightedTerm], rarities: &[f32], weights: &TermWeights) -> Self {
        let mut norms = Self::default();
        for (term, rarity) in terms.iter().zip(rarities) {
            let kind = term.key.kind();
            norms.squares[kind as usize] += (term.weight * rarity * factor(term, weights)).powi(2);
            if let Some(facet) = facet(term) {
                norms.facets[facet] += (term.weight * rarity).powi(2);
            }
            if term.in_head && kind.compares_within_language() {
                norms.head += rarity * rarity;
                norms.head_names += if term.is_name { *rarity } else { 0.0 };
            }
        }
        norms
    }

    fn sum(&self, is_summed: impl Fn(TermKind) -> bool) -> f32 {
        TermKind::ALL.into_iter().filter(|&kind| is_summed(kind)).map(|kind| self.squares[kind as usize]).sum()
    }
}

/// The weight of a term by its kind.
pub(super) fn factor(term: &WeightedTerm, weights: &TermWeights) -> f32 {
    match term.key.kind() {
        TermKind::Number | TermKind::Date => weights.number,
        _ if term.is_name => weights.name,
        _ => 1.0,
    }
}

/// Sums over the terms that two articles share.
#[derive(Default)]
struct Shared {
    dots: [f32; TermKind::ALL.len()],
    /// Parts of the new and of the known article's head that the other article contains.
    heads: [f32; 2],
    head_names: [f32; 2],
    /// Parts of both articles' facets that the other article contains.
    facets: [[f32; 2]; 2],
    head_numbers: u32,
    head: HeadSize,
    names: u32,
    words: u32,
    terms: u32,
    numbers: u32,
    rarest: [f32; RAREST],
}

impl Shared {
    fn add(&mut self, new: &WeightedTerm, known: &WeightedTerm, rarity: f32, weights: &TermWeights, is_across: bool) {
        let kind = new.key.kind();
        // The present rarity counts for both.
        let product = new.weight * factor(new, weights) * known.weight * factor(known, weights);
        self.dots[kind as usize] += product * rarity * rarity;
        if new.in_head && known.in_head {
            self.head.add(kind);
        }
        let is_compared = if is_across { kind.compares_across_languages() } else { kind.compares_within_language() };
        if !is_compared {
            return;
        }
        self.numbers += u32::from(kind == TermKind::Number);
        self.words += u32::from(matches!(kind, TermKind::Word | TermKind::Number | TermKind::Date));
        let is_name = new.is_name || known.is_name;
        self.names += u32::from(is_name);
        self.terms += u32::from(!is_name);
        for (place, (one, other)) in [(new, known), (known, new)].into_iter().enumerate() {
            if let Some(facet) = facet(one) {
                self.facets[place][facet] += (one.weight * rarity).powi(2);
            }
            if one.in_head {
                self.heads[place] += rarity * rarity;
                self.head_names[place] += if one.is_name { rarity } else { 0.0 };
                let is_number = kind == TermKind::Number && other.in_head && place == 0;
                self.head_numbers += u32::from(is_number);
            }
        }
        let mut rarity = rarity;
        for place in &mut self.rarest {
            if rarity > *place {
                std::mem::swap(place, &mut rarity);
            }
        }
    }
}

/// Compares a new article with a known one.
pub(super) fn compare(
    article: &WeightedSketch<'_>,
    known: KnownSketch<'_>,
    weights: &TermWeights,
) -> ArticleSimilarity {
    let (new, old) = (article.sketch, known.sketch);
    let is_across = new.language != old.language;
    let background = background(new, old);
    let mut shared = Shared::default();
    let (mut left, mut right) = (0, 0);
    while let (Some(a), Some(b)) = (new.terms.get(left), old.terms.get(right)) {
        let is_background =
            background.is_some_and(|[of_new, of_old]| a.sentences & !of_new == 0 || b.sentences & !of_old == 0);
        if a.key == b.key && !is_background {
            shared.add(a, b, article.rarities[left], weights, is_across);
        }
        left += usize::from(a.key <= b.key);
        right += usize::from(b.key <= a.key);
    }
    let cosine = |is_summed: &dyn Fn(TermKind) -> bool| {
        let lengths = article.norms.sum(is_summed) * known.norms.sum(is_summed);
        let dots: f32 =
            TermKind::ALL.into_iter().filter(|&kind| is_summed(kind)).map(|kind| shared.dots[kind as usize]).sum();
        if lengths > 0.0 { (dots / lengths.sqrt()).clamp(0.0, 1.0) } else { 0.0 }
    };
    let all = if is_across {
        cosine(&TermKind::compares_across_languages)
    } else {
        cosine(&TermKind::compares_within_language)
    };
    let fewer = old.numbers.min(new.numbers);
    let hours = new.hours_from(old);
    let nearness = new.nearness(old);
    let kind = match hours {
        _ if is_across && nearness.is_some() => PairKind::EncodedAcross,
        _ if is_across => PairKind::Across,
        Some(_) if nearness.is_some() => PairKind::EncodedTimed,
        Some(_) => PairKind::Timed,
        None => PairKind::Untimed,
    };
    let same_outlet = new.outlet.is_some() && new.outlet == old.outlet;
    let runs = (new.runs.min(old.runs), new.runs.max(old.runs));
    let mut features = PairFeatures {
        bias: 1.0,
        cosine_root: all.sqrt(),
        title_grams: if is_across { 0.0 } else { share_of_grams(&new.grams, &old.grams) },
        rarest_shared: shared.rarest.iter().sum::<f32>() / RARITY_UNIT,
        same_outlet: flag(same_outlet),
        short_texts: flag(runs.1 < ENOUGH_RUNS),
        bare_title: flag(runs.0 < BARE_RUNS),
        elsewhere: flag(new.is_elsewhere(old)),
        nearness: nearness.unwrap_or_default(),
        nearness_usual: (article.norms.mean_nearness + known.norms.mean_nearness) / 2.0,
        terms_shared: (shared.terms as f32 / MOST_TERMS).min(1.0),
        ..PairFeatures::default()
    };
    if !is_across {
        add_heads(&mut features, &shared, [&article.norms, known.norms], [new.head_numbers, old.head_numbers]);
    }
    add_facets(&mut features, &shared, [&article.norms, known.norms]);
    add_times(&mut features, new, old, hours);
    let (agree, clash) = compare_counts(new, old);
    features.counts_agree = (agree as f32).ln_1p();
    features.counts_clash = (clash as f32).ln_1p();
    ArticleSimilarity {
        kind,
        features,
        cosine: all,
        copy: estimate_copied(new, old),
        same_title: new.title.is_some() && new.title == old.title,
        head_shared: shared.head,
        names_shared: shared.names,
        words_shared: shared.words,
        terms_shared: shared.names + shared.terms,
        numbers_agree: (fewer > 0).then(|| shared.numbers as f32 / f32::from(fewer)),
        runs,
        same_outlet,
        is_same_time: hours.is_none_or(|hours| hours <= EQUAL_TITLE_HOURS as f32),
        shares_background: background.is_some(),
        shares_topic: new.reported_acts.share_a_topic(old.reported_acts),
        is_parted: new.is_analysis || old.is_analysis || new.acts.overturns(old.acts),
    }
}

/// The sentences that two texts share as bits, for the new and the known one, where the first sentences are of two reports.
fn background(new: &ArticleSketch, old: &ArticleSketch) -> Option<[u32; 2]> {
    let is_shared = |sentence: &u32, others: &[u32]| *sentence != 0 && others.contains(sentence);
    let bits = |own: &[u32], others: &[u32]| {
        let shared = own.iter().enumerate().filter(|(_, sentence)| is_shared(sentence, others));
        shared.fold(0, |bits, (place, _)| bits | 2_u32 << place)
    };
    let shared = [bits(&new.sentences, &old.sentences), bits(&old.sentences, &new.sentences)];
    // The first sentence is the second bit.
    if shared[0] == 0 || (shared[0] | shared[1]) & 2 != 0 {
        return None;
    }
    let agreement = |sketch: &ArticleSketch, other: &ArticleSketch| {
        let opens = |term: &&WeightedTerm| term.sentences & 3 != 0 && term.key.kind().compares_within_language();
        let is_known = |term: &&WeightedTerm| {
            let place = other.terms.binary_search_by_key(&term.key, |known| known.key);
            place.is_ok_and(|place| other.terms[place].sentences & 3 != 0)
        };
        let all = sketch.terms.iter().filter(opens).count();
        sketch.terms.iter().filter(opens).filter(is_known).count() as f32 / all.max(1) as f32
    };
    (agreement(new, old).max(agreement(old, new)) < LEAD_AGREES).then_some(shared)
}

fn flag(is_set: bool) -> f32 {
    if is_set { 1.0 } else { 0.0 }
}

fn add_heads(features: &mut PairFeatures, shared: &Shared, norms: [&ArticleNorms; 2], numbers: [bool; 2]) {
    let part = |place: usize| {
        let whole = norms[place].head;
        if whole > 0.0 { (shared.heads[place] / whole).min(1.0) } else { 0.0 }
    };
    features.title_found = part(0).max(part(1));
    features.titles_found = part(0).min(part(1));
    let known: f32 = shared.head_names.iter().sum();
    let all: f32 = norms.iter().map(|norms| norms.head_names).sum();
    features.title_names_known = known / RARITY_UNIT;
    features.title_names_unknown = (all - known).max(0.0) / RARITY_UNIT;
    features.title_numbers_agree = flag(shared.head_numbers > 0);
    features.title_numbers_clash = flag(numbers[0] && numbers[1] && shared.head_numbers == 0);
}

fn add_facets(features: &mut PairFeatures, shared: &Shared, norms: [&ArticleNorms; 2]) {
    let shares = |facet: usize| {
        let part = |place: usize| {
            let whole = norms[place].facets[facet];
            if whole > 0.0 { (shared.facets[place][facet] / whole).min(1.0) } else { 0.0 }
        };
        (part(0).max(part(1)), part(0).min(part(1)))
    };
    (features.names_found, features.names_least) = shares(0);
    (features.numbers_found, features.numbers_least) = shares(1);
}

fn add_times(features: &mut PairFeatures, new: &ArticleSketch, old: &ArticleSketch, hours: Option<f32>) {
    if let Some(hours) = hours {
        features.days = (hours / 24.0).min(3.0);
        features.log_hours = hours.ln_1p();
    }
    if let (Some(one), Some(other)) = (new.year, old.year) {
        features.same_year = flag(one == other);
        features.other_year = flag(one != other);
    }
    if let (Some(one), Some(other)) = (new.day, old.day) {
        features.same_day = flag((one - other).abs() <= SAME_DAYS);
        features.other_day = 1.0 - features.same_day;
    }
}

/// Counts the things that two articles count alike, and the things that they count differently.
fn compare_counts(one: &ArticleSketch, other: &ArticleSketch) -> (usize, usize) {
    let (mut agree, mut clash) = (0, 0);
    for counted in one.counts.chunk_by(|one, other| one.0 == other.0) {
        let start = other.counts.partition_point(|(thing, _)| *thing < counted[0].0);
        let known = other.counts[start..].iter().take_while(|(thing, _)| *thing == counted[0].0);
        let mut known = known.peekable();
        if known.peek().is_none() {
            continue;
        }
        if known.any(|count| counted.contains(count)) { agree += 1 } else { clash += 1 }
    }
    (agree, clash)
}

/// The cosine of two sets of fingerprints, each ascending.
fn share_of_grams(one: &[u32], other: &[u32]) -> f32 {
    let (mut left, mut right, mut shared) = (0, 0, 0_u32);
    while let (Some(a), Some(b)) = (one.get(left), other.get(right)) {
        shared += u32::from(a == b);
        left += usize::from(a <= b);
        right += usize::from(b <= a);
    }
    shared as f32 / ((one.len() * other.len()) as f32).sqrt().max(1.0)
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

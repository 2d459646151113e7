//! Leave one set out: each set is grouped by a model that was fitted on the others.

use std::collections::HashMap;
use std::sync::Arc;

use ceasewire_model::StoryId;
use ceasewire_stories::group::model::{PairKind, PairModel, PairWeights};

use crate::figures::{Figures, group};
use crate::fit::{Example, fit};
use crate::material::{LabelledSet, Material};

/// The features of each kind of pairs. More of them fit one set and fail on the next.
const TIMED: &[&str] = &[
    "bias",
    "cosine_root",
    "title_found",
    "titles_found",
    "title_grams",
    "rarest_shared",
    "title_names_known",
    "title_names_unknown",
    "title_numbers_clash",
    "title_numbers_agree",
    "days",
    "log_hours",
    "same_outlet",
    "short_texts",
    "bare_title",
    "elsewhere",
];
const UNTIMED: &[&str] = &[
    "bias",
    "cosine_root",
    "title_found",
    "titles_found",
    "title_grams",
    "rarest_shared",
    "title_names_known",
    "title_names_unknown",
    "title_numbers_clash",
    "title_numbers_agree",
    "short_texts",
    "bare_title",
    "same_year",
    "other_year",
    "same_day",
    "other_day",
    "counts_agree",
    "counts_clash",
    "names_found",
    "names_least",
    "numbers_found",
    "numbers_least",
];
const ACROSS: &[&str] = &["bias", "cosine_root", "rarest_shared", "days", "log_hours", "terms_shared"];
/// Those of two articles in two languages with their vectors.
const ENCODED_ACROSS: &[&str] = &[
    "bias",
    "nearness",
    "nearness_usual",
    "cosine_root",
    "rarest_shared",
    "days",
    "log_hours",
    "terms_shared",
    "bare_title",
    "elsewhere",
    "names_least",
    "numbers_least",
    "short_texts",
];
/// Weight of the ridge.
const RIDGE: f64 = 25.0;
/// Sum of the weights of a set's pairs of one story: sets count alike, whatever their size.
const POSITIVES: f64 = 200.0;
/// Least root of the cosine of a pair that the fit reads: below it nobody doubts.
const LEAST_COSINE_ROOT: f32 = 0.15;

/// Worth of the precision of pairs beside B-cubed F1: a false merge hides an alert.
const PRECISION: f64 = 0.1;

/// Cost of an alert more a story.
const ALERTS: f64 = 0.03;

/// Difference of two goals that says little.
const TOLERANCE: f64 = 0.005;

/// Thresholds that the study tries.
fn thresholds() -> impl Iterator<Item = f32> {
    (-10..=5).map(|step| f32::from(i8::try_from(step).unwrap_or_default()) / 4.0)
}

/// Fits on all sets; returns the model and the lines of the figures.
pub fn run(material: &Material, models: &[Arc<PairModel>]) -> (PairModel, Vec<String>) {
    let mut lines = Vec::new();
    let mut all = Vec::new();
    for (place, set) in material.streams.iter().enumerate() {
        let figures = score(material, &models[place], std::slice::from_ref(set));
        lines.push(figures.line(&set.name));
        all.push(figures);
    }
    lines.push(Figures::mean(&all).line("mean of the streams"));
    let mut encoded = Vec::new();
    for (place, set) in material.encoded.iter().enumerate() {
        let figures = score(material, &models[place], std::slice::from_ref(set));
        lines.push(figures.line(&format!("with vectors: {}", set.name)));
        encoded.push(figures);
    }
    if !encoded.is_empty() {
        lines.push(Figures::mean(&encoded).line("with vectors: mean of the streams"));
    }
    let halves = [0, 1].map(|odd| {
        let model = untimed(material, &material.ecb[1 - odd]);
        score(material, &Arc::new(model), &material.ecb[odd])
    });
    lines.push(Figures::mean(&halves).line("ECB+, each half by the other half"));
    let model = without(material, None);
    let seen = material.streams.iter().map(|set| score(material, &Arc::new(model.clone()), std::slice::from_ref(set)));
    let seen: Vec<Figures> = seen.collect();
    for set in &material.own {
        lines.push(score(material, &Arc::new(model.clone()), std::slice::from_ref(set)).line(&set.name));
    }
    let shown = Figures::mean(&seen).line("(streams, fitted on all)");
    lines.iter().chain([&shown]).for_each(|line| println!("{line}"));
    println!("{}", score(material, &Arc::new(model.clone()), &material.ecb[2]).line("(ECB+, fitted on all)"));
    (model, lines)
}

/// The comment of the model's file.
pub fn provenance(figures: &[String]) -> String {
    let mut comment = "# Weights of the pair model: feature, articles with times, without times, in two languages,\n# \
        with vectors, with vectors in two languages. Fitted by\n# \
        `just train` on six streams of real news (Sudan 2023, Caucasus 2020-23, Ukraine 2022, Gaza 2021, Syria 2013-16,\n# \
        BASIL 2010-14) and ECB+ (articles without times). Each set under a model that was fitted without it:\n"
        .to_owned();
    for line in figures {
        comment += &format!("#   {line}\n");
    }
    comment
}

/// Fits on all sets but one stream.
pub fn without(material: &Material, left_out: Option<usize>) -> PairModel {
    let kept = |place: &usize| Some(*place) != left_out;
    let streams: Vec<&LabelledSet> =
        (0..material.streams.len()).filter(kept).map(|place| &material.streams[place]).collect();
    let mut model = untimed(material, &material.ecb[2]);
    let examples = examples(material, &streams);
    for (kind, names) in [(PairKind::Timed, TIMED), (PairKind::Across, ACROSS)] {
        let of_kind: Vec<Example> = balanced(&examples, kind);
        model.kinds[kind as usize] = PairWeights { join: f32::INFINITY, weights: fit(&of_kind, names, RIDGE) };
    }
    choose_threshold(material, &mut model, PairKind::Timed, &streams, |figures| {
        figures.within + PRECISION * figures.pair_precision - ALERTS * figures.alerts
    });
    fit_encoded(material, &mut model, left_out);
    let mixed: Vec<&LabelledSet> = streams.into_iter().filter(|set| languages(set) > 1).collect();
    choose_threshold(material, &mut model, PairKind::Across, &mixed, |figures| {
        figures.f1 + figures.across.0 / figures.across.1.max(1.0) * PRECISION / 2.0
    });
    model
}

/// Fits the weights of pairs with vectors on the encoded streams; without them the program's own weights stay.
fn fit_encoded(material: &Material, model: &mut PairModel, left_out: Option<usize>) {
    const KINDS: [PairKind; 2] = [PairKind::EncodedTimed, PairKind::EncodedAcross];
    if material.encoded.is_empty() {
        KINDS.iter().for_each(|&kind| model.kinds[kind as usize] = PairModel::built_in().kinds[kind as usize]);
        return;
    }
    let kept = material.encoded.iter().enumerate().filter(|(place, _)| Some(*place) != left_out);
    let streams: Vec<&LabelledSet> = kept.map(|(_, set)| set).collect();
    let examples = examples(material, &streams);
    let timed: Vec<&str> = TIMED.iter().copied().chain(["nearness", "nearness_usual"]).collect();
    for (kind, names) in KINDS.into_iter().zip([&timed[..], ENCODED_ACROSS]) {
        let weights = fit(&balanced(&examples, kind), names, RIDGE);
        model.kinds[kind as usize] = PairWeights { join: f32::INFINITY, weights };
    }
    choose_threshold(material, model, PairKind::EncodedTimed, &streams, |figures| {
        figures.within + PRECISION * figures.pair_precision - ALERTS * figures.alerts
    });
    let mixed: Vec<&LabelledSet> = streams.into_iter().filter(|set| languages(set) > 1).collect();
    choose_threshold(material, model, PairKind::EncodedAcross, &mixed, |figures| {
        figures.f1 + figures.across.0 / figures.across.1.max(1.0) * PRECISION
    });
}

fn languages(set: &LabelledSet) -> usize {
    set.articles.iter().map(|article| &article.language).collect::<std::collections::BTreeSet<_>>().len()
}

/// Fits the weights of articles without times on orders of one set.
fn untimed(material: &Material, orders: &[LabelledSet]) -> PairModel {
    let mut model = PairModel::parse("");
    // Two orders to fit on and two to tune on say as much as all.
    let orders: Vec<&LabelledSet> = orders.iter().take(2).collect();
    let of_kind = balanced(&examples(material, &orders), PairKind::Untimed);
    model.kinds[PairKind::Untimed as usize].weights = fit(&of_kind, UNTIMED, RIDGE);
    choose_threshold(material, &mut model, PairKind::Untimed, &orders, |figures| figures.f1);
    model
}

/// The pairs of each set, with the articles in their true stories.
fn examples(material: &Material, sets: &[&LabelledSet]) -> Vec<Vec<(PairKind, Example)>> {
    sets.iter()
        .map(|set| {
            let mut grouper = material.grouper(&PairModel::built_in());
            let mut stories: HashMap<&str, StoryId> = HashMap::new();
            let mut labels: HashMap<StoryId, Option<&str>> = HashMap::new();
            let mut found = Vec::new();
            for article in &set.articles {
                let label = article.story.as_deref();
                for pair in grouper.pairs(&article.sketch) {
                    let known = labels.get(&pair.story).copied().flatten();
                    let is_noise = label.is_none() && known.is_none();
                    if !is_noise && (pair.kind.is_encoded() || pair.features.cosine_root >= LEAST_COSINE_ROOT) {
                        let is_same = label.is_some() && label == known;
                        found.push((pair.kind, Example { features: pair.features, is_same, weight: 1.0 }));
                    }
                }
                let story = label.map_or_else(StoryId::new, |label| *stories.entry(label).or_insert_with(StoryId::new));
                labels.insert(story, label);
                grouper.insert(article.sketch.clone(), story);
            }
            found
        })
        .collect()
}

/// The pairs of a kind, with weights that let each set count alike.
fn balanced(sets: &[Vec<(PairKind, Example)>], kind: PairKind) -> Vec<Example> {
    let mut all = Vec::new();
    for set in sets {
        let of_kind: Vec<Example> =
            set.iter().filter(|(known, _)| *known == kind).map(|(_, example)| *example).collect();
        let positives = of_kind.iter().filter(|example| example.is_same).count();
        // A set with a handful of such pairs must not outweigh the others.
        let weight = POSITIVES / positives.max(20) as f64;
        all.extend(of_kind.into_iter().map(|example| Example { weight, ..example }));
    }
    all
}

fn score(material: &Material, model: &Arc<PairModel>, sets: &[LabelledSet]) -> Figures {
    let figures: Vec<Figures> =
        sets.iter().map(|set| Figures::new(set, &group(set, material.grouper(model)))).collect();
    Figures::mean(&figures)
}

fn choose_threshold(
    material: &Material,
    model: &mut PairModel,
    kind: PairKind,
    sets: &[&LabelledSet],
    goal: impl Fn(&Figures) -> f64,
) {
    let mut goals = Vec::new();
    for join in thresholds() {
        model.kinds[kind as usize].join = join;
        let shared = Arc::new(model.clone());
        let figures: Vec<f64> =
            sets.iter().map(|set| goal(&Figures::new(set, &group(set, material.grouper(&shared))))).collect();
        goals.push((join, figures.iter().sum::<f64>() / figures.len().max(1) as f64));
    }
    // The best threshold of a few sets is an accident: the mean of all counts, each the more the better it does.
    let most = goals.iter().map(|(_, goal)| *goal).fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = goals.iter().map(|(_, goal)| ((goal - most) / TOLERANCE).exp()).collect();
    let sum: f64 = goals.iter().zip(&weights).map(|((join, _), weight)| f64::from(*join) * weight).sum();
    model.kinds[kind as usize].join = (sum / weights.iter().sum::<f64>().max(f64::MIN_POSITIVE)) as f32;
}

//! Scores of a grouped set.

use std::collections::{BTreeMap, BTreeSet};

use ceasewire_model::StoryId;
use ceasewire_stories::group::Grouper;

use crate::material::{Labelled, LabelledSet};

/// The scores of a set.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// B-cubed precision, recall and F1.
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
    /// F1 within each language with ten articles or more, on the mean of the articles.
    pub within: f64,
    /// Precision and recall of pairs.
    pub pair_precision: f64,
    pub pair_recall: f64,
    /// Stories made of a story with several articles.
    pub alerts: f64,
    /// Pairs of a story in two languages: found, and all.
    pub across: (f64, f64),
}

/// Groups a set.
pub fn group(set: &LabelledSet, mut grouper: Grouper) -> Vec<StoryId> {
    set.articles
        .iter()
        .map(|article| {
            let story = grouper.choose(&article.sketch).unwrap_or_else(StoryId::new);
            grouper.insert(article.sketch.clone(), story);
            story
        })
        .collect()
}

impl Figures {
    /// Scores the stories of a set.
    pub fn new(set: &LabelledSet, stories: &[StoryId]) -> Self {
        let pairs = set.articles.iter().zip(stories);
        let scored: Vec<(&Labelled, &str, StoryId)> =
            pairs.filter_map(|(article, story)| Some((article, article.story.as_deref()?, *story))).collect();
        let all: Vec<usize> = (0..scored.len()).collect();
        let (precision, recall, f1) = b_cubed(&scored, &all);
        let (mut hit, mut wrong, mut missed, mut across) = (0.0, 0.0, 0.0, (0.0, 0.0));
        let mut made: BTreeMap<&str, (usize, BTreeSet<StoryId>)> = BTreeMap::new();
        for (place, (article, gold, story)) in scored.iter().enumerate() {
            let (count, stories) = made.entry(gold).or_default();
            *count += 1;
            stories.insert(*story);
            for (other, other_gold, other_story) in &scored[..place] {
                let (is_same, is_found) = (gold == other_gold, story == other_story);
                hit += f64::from(u8::from(is_same && is_found));
                wrong += f64::from(u8::from(!is_same && is_found));
                missed += f64::from(u8::from(is_same && !is_found));
                if is_same && article.language != other.language {
                    across.1 += 1.0;
                    across.0 += f64::from(u8::from(is_found));
                }
            }
        }
        let several: Vec<usize> =
            made.values().filter(|(count, _)| *count > 1).map(|(_, stories)| stories.len()).collect();
        let mut languages: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, (article, ..)) in scored.iter().enumerate() {
            languages.entry(&article.language).or_default().push(place);
        }
        languages.retain(|_, places| places.len() >= 10);
        let count: usize = languages.values().map(Vec::len).sum();
        let within: f64 = languages.values().map(|places| b_cubed(&scored, places).2 * places.len() as f64).sum();
        Self {
            precision,
            recall,
            f1,
            within: within / count.max(1) as f64,
            pair_precision: hit / f64::max(hit + wrong, 1.0),
            pair_recall: hit / f64::max(hit + missed, 1.0),
            alerts: several.iter().sum::<usize>() as f64 / several.len().max(1) as f64,
            across,
        }
    }

    /// The mean of several figures; pairs across languages are summed.
    pub fn mean(figures: &[Self]) -> Self {
        let count = figures.len().max(1) as f64;
        let mean = |of: fn(&Self) -> f64| figures.iter().map(of).sum::<f64>() / count;
        Self {
            precision: mean(|one| one.precision),
            recall: mean(|one| one.recall),
            f1: mean(|one| one.f1),
            within: mean(|one| one.within),
            pair_precision: mean(|one| one.pair_precision),
            pair_recall: mean(|one| one.pair_recall),
            alerts: mean(|one| one.alerts),
            across: (mean(|one| one.across.0) * count, mean(|one| one.across.1) * count),
        }
    }

    /// A line of the table.
    pub fn line(&self, name: &str) -> String {
        format!(
            "{name:<34} B-cubed {:.3} {:.3} {:.3}  within a language {:.3}  pairs {:.2} {:.2}  alerts {:.2}  across {}/{}",
            self.precision,
            self.recall,
            self.f1,
            self.within,
            self.pair_precision,
            self.pair_recall,
            self.alerts,
            self.across.0,
            self.across.1
        )
    }
}

fn b_cubed(scored: &[(&Labelled, &str, StoryId)], places: &[usize]) -> (f64, f64, f64) {
    let (mut precision, mut recall) = (0.0, 0.0);
    for &one in places {
        let (mut both, mut found, mut meant) = (0.0, 0.0, 0.0);
        for &other in places {
            let (is_same, is_found) = (scored[one].1 == scored[other].1, scored[one].2 == scored[other].2);
            found += f64::from(u8::from(is_found));
            meant += f64::from(u8::from(is_same));
            both += f64::from(u8::from(is_same && is_found));
        }
        precision += both / found / places.len() as f64;
        recall += both / meant / places.len() as f64;
    }
    (precision, recall, 2.0 * precision * recall / f64::max(precision + recall, f64::MIN_POSITIVE))
}

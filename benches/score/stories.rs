//! How well stories are told apart: B-cubed and pairwise scores on ECB+, beside a plain TF-IDF single pass.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use ceasewire::config::{self, SettingsSource};
use ceasewire_model::{StoryId, Timestamp};
use ceasewire_profile::Vocabulary;
use ceasewire_stories::event::EventExtractor;
use ceasewire_stories::group::{ArticleRef, Grouper};
use ceasewire_text::analysis::words;
use ceasewire_text::language;
use ceasewire_text::stem;
use serde::Deserialize;

/// Orders of the stream over which scores are averaged.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=5;
/// Cosine of the baseline; the best of .02 steps on this material.
const BASELINE_JOIN: f64 = 0.20;
/// Sentences that the baseline reads.
const BASELINE_SENTENCES: usize = 12;

#[derive(Deserialize)]
struct LabelledArticle {
    topic: u32,
    cluster: String,
    sentences: Vec<String>,
}

/// Precision, recall and F1 by B-cubed, and F1 of pairs.
#[derive(Clone, Copy, Default)]
struct StoryScore([f64; 4]);

pub fn run(data: &Path) -> anyhow::Result<()> {
    let file = data.join("stories/ecbplus_dev.jsonl");
    let lines = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    let articles: Vec<LabelledArticle> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let all: Vec<&LabelledArticle> = articles.iter().collect();
    say(&format!("stories: {} articles of ECB+, mean of five orders", all.len()));
    say(&format!("{:<44} B-cubed P    R     F1    pair F1", ""));
    show("plain TF-IDF, single pass", baseline(&all));
    let profile = config::load(SettingsSource::Defaults, [])?.profile.vocabulary.clone();
    let none = Arc::new(Vocabulary::default());
    // As `inspect stories` reads them, and without names that are known beforehand.
    show("first sentence as title", grouped(&all, true, &profile));
    show("no title", grouped(&all, false, &profile));
    show("first sentence as title, no profile", grouped(&all, true, &none));
    show("no title, no profile", grouped(&all, false, &none));
    for odd in [0, 1] {
        let half: Vec<&LabelledArticle> = articles.iter().filter(|article| article.topic % 2 == odd).collect();
        let name = format!("topics with {} numbers only", if odd == 0 { "even" } else { "odd" });
        show(&name, grouped(&half, true, &profile));
    }
    say("`just train` fits the weights and prints the figures of sets that a model has not seen");
    Ok(())
}

fn grouped(articles: &[&LabelledArticle], titled: bool, vocabulary: &Arc<Vocabulary>) -> StoryScore {
    let new = || Grouper::new(Arc::clone(vocabulary));
    let reader = new();
    let extractor = EventExtractor::new(Arc::clone(vocabulary), &[]);
    let sketches: Vec<_> = articles
        .iter()
        .map(|article| {
            let (title, text) = match article.sentences.split_first() {
                Some((first, rest)) if titled => (first.clone(), rest.join(" ")),
                _ => (String::new(), article.sentences.join(" ")),
            };
            let at = Timestamp::default();
            let language = language::identify(&title, &text, None);
            let events = extractor.extract(&title, &text, language, None);
            let (title, text) = (title.as_str(), text.as_str());
            reader.sketch(&ArticleRef { outlet: "", title, text, language, at, events: &events, private_to: None })
        })
        .collect();
    mean(articles, |order| {
        let mut grouper = new();
        let mut stories = vec![StoryId::new(); articles.len()];
        for &place in order {
            let sketch = sketches[place].clone();
            let story = grouper.choose(&sketch).unwrap_or_else(StoryId::new);
            grouper.insert(sketch, story);
            stories[place] = story;
        }
        stories
    })
}

/// Each article joins the story of the nearest article before it, if that is near enough.
fn baseline(articles: &[&LabelledArticle]) -> StoryScore {
    let texts: Vec<Vec<String>> = articles
        .iter()
        .map(|article| {
            let lead = article.sentences.iter().take(BASELINE_SENTENCES);
            let words = lead.flat_map(|sentence| words(sentence));
            words.filter(|word| !stem::is_stop_word(word)).collect()
        })
        .collect();
    mean(articles, |order| {
        let mut having: HashMap<&str, f64> = HashMap::new();
        let mut before: Vec<(HashMap<&str, f64>, StoryId)> = Vec::new();
        let mut stories = vec![StoryId::new(); articles.len()];
        for &place in order {
            let mut counts: HashMap<&str, f64> = HashMap::new();
            texts[place].iter().for_each(|word| *counts.entry(word).or_default() += 1.0);
            counts.keys().for_each(|&word| *having.entry(word).or_default() += 1.0);
            let all = before.len() as f64 + 1.0;
            let mut vector: HashMap<&str, f64> = counts
                .iter()
                .map(|(&word, count)| (word, (1.0 + count.ln()) * (1.0 + all / having[word]).ln()))
                .collect();
            let length = vector.values().map(|weight| weight * weight).sum::<f64>().sqrt();
            vector.values_mut().for_each(|weight| *weight /= length);
            let cosine = |other: &HashMap<&str, f64>| -> f64 {
                vector.iter().filter_map(|(word, weight)| Some(weight * other.get(word)?)).sum()
            };
            let nearest =
                before.iter().map(|(other, story)| (cosine(other), *story)).max_by(|a, b| a.0.total_cmp(&b.0));
            let story =
                nearest.filter(|(near, _)| *near >= BASELINE_JOIN).map_or_else(StoryId::new, |(_, story)| story);
            stories[place] = story;
            before.push((vector, story));
        }
        stories
    })
}

fn mean(articles: &[&LabelledArticle], group: impl Fn(&[usize]) -> Vec<StoryId>) -> StoryScore {
    let mut sum = StoryScore::default();
    for seed in SEEDS {
        let score = score(articles, &group(&shuffled(articles.len(), seed)));
        sum.0.iter_mut().zip(score.0).for_each(|(sum, score)| *sum += score / 5.0);
    }
    sum
}

fn score(articles: &[&LabelledArticle], stories: &[StoryId]) -> StoryScore {
    let (mut precision, mut recall) = (0.0, 0.0);
    let (mut pairs, mut found, mut gold) = (0.0, 0.0, 0.0);
    for (article, story) in articles.iter().zip(stories) {
        let (mut both, mut same, mut meant) = (0.0, 0.0, 0.0);
        for (other, other_story) in articles.iter().zip(stories) {
            let (is_same, is_meant) = (story == other_story, article.cluster == other.cluster);
            same += f64::from(is_same);
            meant += f64::from(is_meant);
            both += f64::from(is_same && is_meant);
        }
        precision += both / same / articles.len() as f64;
        recall += both / meant / articles.len() as f64;
        (pairs, found, gold) = (pairs + both - 1.0, found + same - 1.0, gold + meant - 1.0);
    }
    StoryScore([precision, recall, 2.0 * precision * recall / (precision + recall), 2.0 * pairs / (found + gold)])
}

/// A shuffled order that a seed determines (SplitMix64, Fisher-Yates).
fn shuffled(count: usize, seed: u64) -> Vec<usize> {
    let mut state = seed.wrapping_mul(7919);
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut order: Vec<usize> = (0..count).collect();
    for place in (1..count).rev() {
        order.swap(place, (next() % (place as u64 + 1)) as usize);
    }
    order
}

fn show(name: &str, StoryScore([precision, recall, f1, pair]): StoryScore) {
    say(&format!("{name:<44} {precision:.3}        {recall:.3} {f1:.3} {pair:.3}"));
}

fn say(line: &str) {
    anstream::println!("{line}");
}

//! Whether two articles tell the same story.

pub mod compare;
mod concepts;
mod copy;
mod dates;
mod hash;
mod numbers;
mod romanise;
mod sketch;
mod terms;
pub mod thresholds;

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use compare::{Likeness, Norms, boost, compare};
pub use copy::{WINDOW_HOURS, choose, keys};
use sketch::kind;
pub use sketch::Sketch;
use thresholds::Thresholds;

use crate::model::{ArticleId, FeedId, StoryId, Timestamp};
use crate::rule::Vocabulary;

/// An article as the grouper is told of it.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// Id of the outlet.
    pub outlet: &'a str,
    /// The title.
    pub title: &'a str,
    /// The text, without markup.
    pub text: &'a str,
    /// BCP 47 tag of its language, where that is known.
    pub language: Option<&'a str>,
    /// When it was published or seen.
    pub at: Timestamp,
    /// The private feed that it came with: it only groups with articles of the same.
    pub within: Option<FeedId>,
}

struct Entry {
    article: ArticleId,
    story: StoryId,
    sketch: Sketch,
    norms: Norms,
}

/// Tells which story each article of a stream tells.
pub struct Grouper {
    pub thresholds: Thresholds,
    vocabulary: Arc<Vocabulary>,
    entries: VecDeque<Entry>,
    first: u32,
    postings: HashMap<u32, VecDeque<u32>>,
    stories: HashMap<StoryId, Vec<u32>>,
}

impl Grouper {
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        Self::with(vocabulary, Thresholds::default())
    }

    pub fn with(vocabulary: Arc<Vocabulary>, thresholds: Thresholds) -> Self {
        Self { thresholds, vocabulary, entries: VecDeque::new(), first: 0, postings: HashMap::new(), stories: HashMap::new() }
    }

    pub fn sketch(&self, telling: &Telling<'_>) -> Sketch {
        Sketch::new(telling, &self.vocabulary, &self.thresholds)
    }

    fn rarity(&self, key: u32) -> f32 {
        let found = self.postings.get(&key).map_or(0, VecDeque::len) as f32;
        let all = self.entries.len() as f32;
        let prior = self.thresholds.prior;
        let common = if matches!(kind(key), sketch::Kind::Word) { concepts::commonness(key) * self.thresholds.common } else { 0.0 };
        ((all + prior) / (found + prior * common + 1.0)).ln().max(0.0).powf(self.thresholds.idf_pow)
    }

    pub fn weights(&self, sketch: &Sketch) -> Vec<f32> {
        sketch
            .terms
            .iter()
            .map(|term| term.weight * self.rarity(term.key) * boost(&self.thresholds, kind(term.key)))
            .collect()
    }

    pub fn likeness(&self, one: &Sketch, other: &Sketch) -> Likeness {
        let weights = self.weights(one);
        let theirs = self.weights(other);
        compare(one, &weights, &Norms::of(&one.terms, &weights), other, &Norms::of(&other.terms, &theirs))
    }

    pub fn score(&self, l: &Likeness) -> f32 {
        let t = &self.thresholds;
        let mut sum = t.w_all * l.all + t.w_words * l.words + t.w_head * l.head;
        let mut of = t.w_all + t.w_words + t.w_head;
        if l.has_names { sum += t.w_names * l.names; of += t.w_names; }
        if l.has_numbers { sum += t.w_numbers * l.numbers; of += t.w_numbers; }
        let mut s = sum / of;
        if l.day.is_some_and(|d| d > t.day_gap) { s *= t.day_penalty; }
        s
    }

    pub fn choose(&self, sketch: &Sketch) -> Option<StoryId> {
        let weights = self.weights(sketch);
        let norms = Norms::of(&sketch.terms, &weights);
        let mut overlap: HashMap<u32, f32> = HashMap::new();
        for (term, weight) in sketch.terms.iter().zip(&weights) {
            let Some(postings) = self.postings.get(&term.key) else { continue };
            for &number in postings.iter().rev().take(500) {
                *overlap.entry(number).or_default() += weight * weight;
            }
        }
        let mut candidates: Vec<(u32, f32)> = overlap.into_iter().collect();
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        candidates.truncate(32);
        let mut stories: Vec<StoryId> = Vec::new();
        for (number, _) in candidates {
            let story = self.entry(number).story;
            if !stories.contains(&story) { stories.push(story); }
        }
        let t = &self.thresholds;
        stories
            .into_iter()
            .filter_map(|story| {
                let members = &self.stories[&story];
                let (mut best, mut sum, mut n) = (0.0_f32, 0.0, 0.0);
                let mut across = true;
                for &m in members.iter().rev().take(t.members) {
                    let e = self.entry(m);
                    let l = compare(sketch, &weights, &norms, &e.sketch, &e.norms);
                    let s = self.score(&l);
                    best = best.max(s);
                    sum += s;
                    n += 1.0;
                }
                let s = t.nearest * best + (1.0 - t.nearest) * sum / n;
                (s >= t.join).then_some((s, story))
            })
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, s)| s)
    }

    fn entry(&self, number: u32) -> &Entry {
        &self.entries[number.wrapping_sub(self.first) as usize]
    }

    pub fn insert(&mut self, article: ArticleId, sketch: Sketch, story: StoryId) {
        let number = self.first.wrapping_add(self.entries.len() as u32);
        for term in &sketch.terms {
            self.postings.entry(term.key).or_default().push_back(number);
        }
        let weights = self.weights(&sketch);
        let norms = Norms::of(&sketch.terms, &weights);
        self.stories.entry(story).or_default().push(number);
        self.entries.push_back(Entry { article, story, sketch, norms });
    }
}

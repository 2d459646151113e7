//! A story as its articles of one language tell it together.

use super::compare::Norms;
use super::sketch::{Kind, Sketch, kind};
use super::thresholds::{Evidence, STORY_TERMS};

/// Days between two days of report that are taken for the same: a morning paper reports the evening's.
const SAME_DAYS: i32 = 2;
/// Articles from which on a story's names are settled, and its own likeness is known.
const SETTLED: f32 = 3.0;

/// What the articles of one language say together.
#[derive(Clone, Debug, Default)]
pub(super) struct Face {
    /// Articles that have been added.
    articles: f32,
    /// By key.
    terms: Vec<Shared>,
    /// Sum of the mean cosines of the articles with those before them.
    likeness: f32,
    /// What is counted and how much of it there is.
    counts: Vec<(u32, u32)>,
    years: Vec<i32>,
    days: Vec<i32>,
}

/// A term that articles of a story have.
#[derive(Clone, Copy, Debug)]
struct Shared {
    key: u32,
    /// Sum of the articles' weights, in vectors of length one.
    sum: f32,
    /// How many articles have it.
    articles: u32,
}

/// Names, numbers, words.
const FACETS: usize = 3;

fn facet(key: u32) -> Option<usize> {
    Some(match kind(key) {
        Kind::Name | Kind::Set => 0,
        Kind::Number | Kind::Date => 1,
        Kind::Word | Kind::Term => 2,
        Kind::Skeleton | Kind::Concept => return None,
    })
}

impl Face {
    pub(super) fn add(&mut self, sketch: &Sketch, weights: &[f32], norms: &Norms) {
        if self.articles > 0.0 {
            self.likeness += self.mean(sketch, weights, norms);
        }
        self.articles += 1.0;
        for count in &sketch.counts {
            if !self.counts.contains(count) && self.counts.len() < STORY_TERMS {
                self.counts.push(*count);
            }
        }
        for (known, new) in [(&mut self.years, sketch.year), (&mut self.days, sketch.day)] {
            known.extend(new.filter(|_| known.len() < STORY_TERMS));
        }
        let length = norms.within().sqrt().max(f32::MIN_POSITIVE);
        let mut merged = Vec::with_capacity(self.terms.len() + sketch.terms.len());
        self.each(sketch, |mine, shared| {
            let old = shared.map_or((0.0, 0), |shared| (shared.sum, shared.articles));
            let new = mine.map_or((0.0, 0), |place| (weights[place] / length, 1));
            let key = shared.map(|shared| shared.key).or(mine.map(|place| sketch.terms[place].key));
            if let Some(key) = key.filter(|&key| facet(key).is_some()) {
                merged.push(Shared { key, sum: old.0 + new.0, articles: old.1 + new.1 });
            }
        });
        if merged.len() > STORY_TERMS {
            merged.retain(|shared| shared.articles > 1);
        }
        merged.shrink_to_fit();
        self.terms = merged;
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.terms.capacity() * size_of::<Shared>() + self.counts.capacity() * 8 + size_of::<Self>()
    }

    /// The mean cosine of an article with those of the story.
    fn mean(&self, sketch: &Sketch, weights: &[f32], norms: &Norms) -> f32 {
        let mut dot = 0.0;
        self.each(sketch, |mine, shared| {
            if let (Some(place), Some(shared)) = (mine, shared) {
                dot += weights[place] * shared.sum;
            }
        });
        dot / norms.within().sqrt().max(f32::MIN_POSITIVE) / self.articles.max(1.0)
    }

    /// Visits the terms of both in order, each with its place in the article and what the story has of it.
    fn each(&self, sketch: &Sketch, mut visit: impl FnMut(Option<usize>, Option<&Shared>)) {
        let (mut left, mut right) = (0, 0);
        loop {
            let (mine, shared) = (sketch.terms.get(left), self.terms.get(right));
            let (take_mine, take_shared) = match (mine, shared) {
                (Some(mine), Some(shared)) => (mine.key <= shared.key, shared.key <= mine.key),
                (None, None) => break,
                (mine, shared) => (mine.is_some(), shared.is_some()),
            };
            visit(take_mine.then_some(left), shared.filter(|_| take_shared));
            left += usize::from(take_mine);
            right += usize::from(take_shared);
        }
    }

    /// The evidence that an article tells the story, but for what only a single article of it can say: the cosine with
    /// the nearest, and the wording it shares.
    pub(super) fn evidence(&self, evidence: &Evidence, sketch: &Sketch, weights: &[f32], norms: &Norms) -> f32 {
        let (mut kept, mut all) = ([0.0_f32; FACETS], [0.0_f32; FACETS]);
        let (mut known, mut own) = ([0.0_f32; FACETS], [0.0_f32; FACETS]);
        self.each(sketch, |mine, shared| {
            let key = shared.map(|shared| shared.key).or(mine.map(|place| sketch.terms[place].key));
            let Some(facet) = key.and_then(facet) else { return };
            if let Some(place) = mine {
                let square = weights[place] * weights[place];
                own[facet] += square;
                known[facet] += if shared.is_some() { square } else { 0.0 };
            }
            if let Some(shared) = shared {
                let common = (shared.sum * shared.articles as f32).powi(2);
                all[facet] += common;
                kept[facet] += if mine.is_some() { common } else { 0.0 };
            }
        });
        let share = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
        let mean = self.mean(sketch, weights, norms);
        let mut sum = evidence.bias + evidence.mean * mean.max(0.0).sqrt();
        sum += evidence.names_kept * share(kept[0], all[0]) + evidence.names_known * share(known[0], own[0]);
        sum += evidence.numbers_kept * share(kept[1], all[1]) + evidence.numbers_known * share(known[1], own[1]);
        sum += evidence.clash * (self.clashes(sketch) as f32).ln_1p();
        if self.articles >= SETTLED {
            sum += evidence.settled + evidence.settled_names_kept * share(kept[0], all[0]);
            let usual = self.likeness / (self.articles - 1.0);
            if usual > 0.0 {
                sum += evidence.stranger * (mean / usual - 1.0).min(0.0);
            }
        }
        if let Some(day) = sketch.day
            && self.days.iter().any(|known| (known - day).abs() <= SAME_DAYS)
        {
            sum += evidence.same_day;
        }
        if let (Some(year), Some(usual)) = (sketch.year, middle(&self.years)) {
            sum += evidence.dated + if year == usual { evidence.same_year } else { 0.0 };
        }
        sum
    }

    /// How many things are counted both by the article and by the story, and never alike.
    fn clashes(&self, sketch: &Sketch) -> usize {
        sketch
            .counts
            .chunk_by(|one, other| one.0 == other.0)
            .filter(|mine| {
                let mut theirs = self.counts.iter().filter(|(thing, _)| *thing == mine[0].0).peekable();
                theirs.peek().is_some() && !theirs.any(|count| mine.contains(count))
            })
            .count()
    }
}

fn middle(years: &[i32]) -> Option<i32> {
    let mut years = years.to_vec();
    years.sort_unstable();
    years.get(years.len() / 2).copied()
}

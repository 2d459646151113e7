//! A story as its articles of one language tell it together.

use super::compare::Norms;
use super::sketch::{Kind, Sketch, kind};
use super::thresholds::{STORY_TERMS, Signals};

/// Days between two days of report that are taken for the same: a morning paper reports the evening's.
const SAME_DAYS: i32 = 2;
/// Articles from which on a story's names are settled, and its own likeness is known.
const SETTLED: f32 = 3.0;

/// What the articles of one language say together.
#[derive(Clone, Debug, Default)]
pub(super) struct LanguageCentroid {
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
    articles: u16,
    /// How many of them have it in their head.
    heads: u16,
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

impl LanguageCentroid {
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
            let old = shared.map_or((0.0, 0, 0), |shared| (shared.sum, shared.articles, shared.heads));
            let head = |place: usize| u16::from(sketch.head.binary_search(&sketch.terms[place].key).is_ok());
            let new = mine.map_or((0.0, 0, 0), |place| (weights[place] / length, 1, head(place)));
            let key = shared.map(|shared| shared.key).or(mine.map(|place| sketch.terms[place].key));
            if let Some(key) = key.filter(|&key| facet(key).is_some()) {
                let (articles, heads) = (old.1.saturating_add(new.1), old.2.saturating_add(new.2));
                merged.push(Shared { key, sum: old.0 + new.0, articles, heads });
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
    pub(super) fn evidence(&self, sketch: &Sketch, weights: &[f32], norms: &Norms) -> Signals {
        let (mut kept, mut all) = ([0.0_f32; FACETS], [0.0_f32; FACETS]);
        let (mut known, mut own) = ([0.0_f32; FACETS], [0.0_f32; FACETS]);
        // Parts and wholes of the heads' terms, and of the names among them.
        let (mut head_known, mut head_kept) = (Share::default(), Share::default());
        let (mut head_unknown, mut head_missing) = (Share::default(), Share::default());
        self.each(sketch, |mine, shared| {
            let key = shared.map(|shared| shared.key).or(mine.map(|place| sketch.terms[place].key));
            let Some((key, facet)) = key.and_then(|key| Some((key, facet(key)?))) else { return };
            if let Some(place) = mine {
                let square = weights[place] * weights[place];
                own[facet] += square;
                known[facet] += if shared.is_some() { square } else { 0.0 };
                if sketch.head.binary_search(&key).is_ok() {
                    head_known.add(square, shared.is_some_and(|shared| shared.heads > 0));
                    if facet == 0 {
                        head_unknown.add(square, shared.is_none());
                    }
                }
            }
            if let Some(shared) = shared {
                let common = (shared.sum * f32::from(shared.articles)).powi(2);
                all[facet] += common;
                kept[facet] += if mine.is_some() { common } else { 0.0 };
                if f32::from(shared.heads) * 2.0 > self.articles {
                    head_kept.add(common, mine.is_some());
                    if facet == 0 {
                        head_missing.add(common, mine.is_none());
                    }
                }
            }
        });
        let share = |part: f32, whole: f32| if whole > 0.0 { part / whole } else { 0.0 };
        let mean = self.mean(sketch, weights, norms);
        let (agree, clash) = self.counted(sketch);
        let mut signals = Signals {
            bias: 1.0,
            mean: mean.max(0.0).sqrt(),
            names_kept: share(kept[0], all[0]),
            names_known: share(known[0], own[0]),
            numbers_kept: share(kept[1], all[1]),
            numbers_known: share(known[1], own[1]),
            words_kept: share(kept[2], all[2]),
            words_known: share(known[2], own[2]),
            head_known: head_known.share(),
            head_kept: head_kept.share(),
            head_names_unknown: head_unknown.share(),
            head_names_missing: head_missing.share(),
            clash: (clash as f32).ln_1p(),
            agree: (agree as f32).ln_1p(),
            size: self.articles.max(1.0).ln(),
            ..Signals::default()
        };
        if self.articles >= SETTLED {
            signals.settled = 1.0;
            signals.settled_names_kept = signals.names_kept;
            let usual = self.likeness / (self.articles - 1.0);
            if usual > 0.0 {
                signals.stranger = (mean / usual - 1.0).min(0.0);
            }
        }
        if let Some(day) = sketch.day.filter(|_| !self.days.is_empty()) {
            let same = self.days.iter().any(|known| (known - day).abs() <= SAME_DAYS);
            (signals.same_day, signals.other_day) = if same { (1.0, 0.0) } else { (0.0, 1.0) };
        }
        if let (Some(year), Some(usual)) = (sketch.year, middle(&self.years)) {
            signals.dated = 1.0;
            signals.same_year = if year == usual { 1.0 } else { 0.0 };
        }
        signals
    }

    /// How many things are counted alike by the article and by the story, and how many by both and never alike.
    fn counted(&self, sketch: &Sketch) -> (usize, usize) {
        let (mut agree, mut clash) = (0, 0);
        for mine in sketch.counts.chunk_by(|one, other| one.0 == other.0) {
            let mut theirs = self.counts.iter().filter(|(thing, _)| *thing == mine[0].0).peekable();
            if theirs.peek().is_none() {
                continue;
            }
            if theirs.any(|count| mine.contains(count)) { agree += 1 } else { clash += 1 }
        }
        (agree, clash)
    }
}

/// A part of a whole.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    part: f32,
    whole: f32,
}

impl Share {
    fn add(&mut self, weight: f32, in_part: bool) {
        self.whole += weight;
        self.part += if in_part { weight } else { 0.0 };
    }

    fn share(&self) -> f32 {
        if self.whole > 0.0 { self.part / self.whole } else { 0.0 }
    }
}

fn middle(years: &[i32]) -> Option<i32> {
    let mut years = years.to_vec();
    years.sort_unstable();
    years.get(years.len() / 2).copied()
}

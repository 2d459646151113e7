//! The centroid of a story's articles in one language, and the evidence that an article belongs to it.

use super::dates::DayNumber;
use super::sketch::ArticleSketch;
use super::term::{TermKey, TermKind};
use super::thresholds::{STORY_TERMS, StoryEvidence};
use super::view::WeightedSketch;

/// Days between two report days that still count as equal: a morning paper reports the news of the evening.
const SAME_DAYS: DayNumber = 2;
/// From this number of articles on, the names of a story and its inner similarity are stable.
const SETTLED: f32 = 3.0;

/// The articles of a story in one language, summed.
#[derive(Clone, Debug, Default)]
pub(super) struct LanguageCentroid {
    /// The number of articles.
    articles: f32,
    /// The terms, ascending by key.
    terms: Vec<CentroidTerm>,
    /// For each article but the first, its mean cosine with the articles before it, summed.
    similarity: f32,
    /// Counted things with their counts, as fingerprints.
    counts: Vec<(u32, u32)>,
    years: Vec<i32>,
    days: Vec<DayNumber>,
}

/// A term of a story's articles.
#[derive(Clone, Copy, Debug)]
struct CentroidTerm {
    key: TermKey,
    /// The sum of its weights in the articles, whose vectors have length one.
    sum: f32,
    /// The number of articles that contain it.
    articles: u16,
    /// The number of articles that contain it in their head.
    heads: u16,
}

/// Groups of kinds that the evidence counts apart: names, numbers, words.
const FACETS: usize = 3;
const NAMES: usize = 0;
const NUMBERS: usize = 1;
const WORDS: usize = 2;

fn facet(key: TermKey) -> Option<usize> {
    Some(match key.kind() {
        TermKind::Name | TermKind::ProfileName => NAMES,
        TermKind::Number | TermKind::Date => NUMBERS,
        TermKind::Word | TermKind::ProfileTerm => WORDS,
        TermKind::Skeleton | TermKind::Concept => return None,
    })
}

impl From<&WeightedSketch<'_>> for LanguageCentroid {
    fn from(article: &WeightedSketch<'_>) -> Self {
        let mut centroid = Self::default();
        centroid.add(article);
        centroid
    }
}

impl LanguageCentroid {
    /// Adds an article.
    pub(super) fn add(&mut self, article: &WeightedSketch<'_>) {
        let sketch = article.sketch;
        if self.articles > 0.0 {
            self.similarity += self.mean_cosine(article);
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
        let length = article.norms.within_language().sqrt().max(f32::MIN_POSITIVE);
        let mut merged = Vec::with_capacity(self.terms.len() + sketch.terms.len());
        self.visit_terms(sketch, |place, known| {
            let (sum, articles, heads) = known.map_or((0.0, 0, 0), |known| (known.sum, known.articles, known.heads));
            let in_head = |place: usize| u16::from(sketch.head.binary_search(&sketch.terms[place].key).is_ok());
            let (weight, has, head) =
                place.map_or((0.0, 0, 0), |place| (article.weights[place] / length, 1, in_head(place)));
            let key = known.map(|known| known.key).or(place.map(|place| sketch.terms[place].key));
            if let Some(key) = key.filter(|&key| facet(key).is_some()) {
                merged.push(CentroidTerm {
                    key,
                    sum: sum + weight,
                    articles: articles.saturating_add(has),
                    heads: heads.saturating_add(head),
                });
            }
        });
        if merged.len() > STORY_TERMS {
            merged.retain(|term| term.articles > 1);
        }
        merged.shrink_to_fit();
        self.terms = merged;
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.terms.capacity() * size_of::<CentroidTerm>() + self.counts.capacity() * 8 + size_of::<Self>()
    }

    /// The mean cosine of an article with the articles of the story.
    fn mean_cosine(&self, article: &WeightedSketch<'_>) -> f32 {
        let mut dot = 0.0;
        self.visit_terms(article.sketch, |place, known| {
            if let (Some(place), Some(known)) = (place, known) {
                dot += article.weights[place] * known.sum;
            }
        });
        dot / article.norms.within_language().sqrt().max(f32::MIN_POSITIVE) / self.articles.max(1.0)
    }

    /// Visits the terms of the article and of the story by ascending key: the term's place in the article, if the
    /// article contains it, and the story's term, if the story does.
    fn visit_terms(&self, sketch: &ArticleSketch, mut visit: impl FnMut(Option<usize>, Option<&CentroidTerm>)) {
        let (mut left, mut right) = (0, 0);
        loop {
            let (new, known) = (sketch.terms.get(left), self.terms.get(right));
            let (take_new, take_known) = match (new, known) {
                (Some(new), Some(known)) => (new.key <= known.key, known.key <= new.key),
                (None, None) => break,
                (new, known) => (new.is_some(), known.is_some()),
            };
            visit(take_new.then_some(left), known.filter(|_| take_known));
            left += usize::from(take_new);
            right += usize::from(take_known);
        }
    }

    /// Collects the evidence that an article belongs to the story, except the evidence that needs a single article: the
    /// cosine with the nearest one and the shared wording.
    pub(super) fn evidence(&self, article: &WeightedSketch<'_>) -> StoryEvidence {
        let sketch = article.sketch;
        let (mut kept, mut known) = ([WeightShare::default(); FACETS], [WeightShare::default(); FACETS]);
        let (mut head_known, mut head_kept) = (WeightShare::default(), WeightShare::default());
        let (mut head_unknown, mut head_missing) = (WeightShare::default(), WeightShare::default());
        self.visit_terms(sketch, |place, term| {
            let key = term.map(|term| term.key).or(place.map(|place| sketch.terms[place].key));
            let Some((key, facet)) = key.and_then(|key| Some((key, facet(key)?))) else { return };
            if let Some(place) = place {
                let square = article.weights[place] * article.weights[place];
                known[facet].add(square, term.is_some());
                if sketch.head.binary_search(&key).is_ok() {
                    head_known.add(square, term.is_some_and(|term| term.heads > 0));
                    if facet == NAMES {
                        head_unknown.add(square, term.is_none());
                    }
                }
            }
            if let Some(term) = term {
                let common = (term.sum * f32::from(term.articles)).powi(2);
                kept[facet].add(common, place.is_some());
                if f32::from(term.heads) * 2.0 > self.articles {
                    head_kept.add(common, place.is_some());
                    if facet == NAMES {
                        head_missing.add(common, place.is_none());
                    }
                }
            }
        });
        let mean = self.mean_cosine(article);
        let (agree, clash) = self.compare_counts(sketch);
        let mut evidence = StoryEvidence {
            bias: 1.0,
            mean: mean.max(0.0).sqrt(),
            names_kept: kept[NAMES].share(),
            names_known: known[NAMES].share(),
            numbers_kept: kept[NUMBERS].share(),
            numbers_known: known[NUMBERS].share(),
            words_kept: kept[WORDS].share(),
            words_known: known[WORDS].share(),
            head_known: head_known.share(),
            head_kept: head_kept.share(),
            head_names_unknown: head_unknown.share(),
            head_names_missing: head_missing.share(),
            clash: (clash as f32).ln_1p(),
            agree: (agree as f32).ln_1p(),
            size: self.articles.max(1.0).ln(),
            ..StoryEvidence::default()
        };
        if self.articles >= SETTLED {
            evidence.settled = 1.0;
            evidence.settled_names_kept = evidence.names_kept;
            let usual = self.similarity / (self.articles - 1.0);
            if usual > 0.0 {
                evidence.stranger = (mean / usual - 1.0).min(0.0);
            }
        }
        if let Some(day) = sketch.day.filter(|_| !self.days.is_empty()) {
            let is_same = self.days.iter().any(|known| (known - day).abs() <= SAME_DAYS);
            (evidence.same_day, evidence.other_day) = if is_same { (1.0, 0.0) } else { (0.0, 1.0) };
        }
        if let (Some(year), Some(usual)) = (sketch.year, median(&self.years)) {
            evidence.dated = 1.0;
            evidence.same_year = if year == usual { 1.0 } else { 0.0 };
        }
        evidence
    }

    /// Counts the things that the article and the story count alike, and the things that they count differently.
    fn compare_counts(&self, sketch: &ArticleSketch) -> (usize, usize) {
        let (mut agree, mut clash) = (0, 0);
        for counted in sketch.counts.chunk_by(|one, other| one.0 == other.0) {
            let mut known = self.counts.iter().filter(|(thing, _)| *thing == counted[0].0).peekable();
            if known.peek().is_none() {
                continue;
            }
            if known.any(|count| counted.contains(count)) { agree += 1 } else { clash += 1 }
        }
        (agree, clash)
    }
}

/// A part of a sum of weights.
#[derive(Clone, Copy, Debug, Default)]
struct WeightShare {
    part: f32,
    whole: f32,
}

impl WeightShare {
    fn add(&mut self, weight: f32, in_part: bool) {
        self.whole += weight;
        self.part += if in_part { weight } else { 0.0 };
    }

    fn share(&self) -> f32 {
        if self.whole > 0.0 { self.part / self.whole } else { 0.0 }
    }
}

fn median(years: &[i32]) -> Option<i32> {
    let mut years = years.to_vec();
    years.sort_unstable();
    years.get(years.len() / 2).copied()
}

//! Which articles tell the same story: one event, whoever reports it and in which language.
//!
//! An article joins the story for which the evidence is strongest, or opens a new one. Precision comes first: a false
//! merge would say that two newsrooms confirm what neither said. In this order:
//!
//! 1. *Copies* have the wording, or the headline, and the same figures. Equal phrases with other figures are two
//!    bulletins, and keep an article out of a story whatever else speaks for it.
//! 2. *Paraphrases* share rare words, names, numbers and days with the story's articles (`compare`, `face`). Names and
//!    numbers that most of the story has and the article lacks, or that the article has and the story lacks, count
//!    against it: stories that are easily confused differ in who, where and how many.
//! 3. *Other languages* meet in what is the same in both: the profile's names and terms in all spellings, numbers, days,
//!    the consonants of names (`romanise`), and some words of the news (`concepts`).
//!
//! How rare a term is, is learned from the stream. Everything is in memory and made anew from stored articles; what has
//! left the window is forgotten. Nothing here knows the clock or the store. All numbers stand in [`thresholds`].

mod centroid;
mod compare;
mod concepts;
mod dates;
mod gazetteer;
mod hash;
mod headline;
mod lexicon;
mod numbers;
mod romanise;
mod sketch;
mod terms;
pub mod thresholds;
mod undo;

use std::collections::VecDeque;
use std::sync::Arc;

use hashbrown::HashMap;

use centroid::LanguageCentroid;
use compare::{Norms, compare, weight};
use gazetteer::Gazetteer;
pub use sketch::Sketch;
use sketch::{Weighted, kind};
pub use thresholds::WINDOW_HOURS;
use thresholds::{
    ACROSS, ACROSS_A_DAY, ACROSS_ELSEWHERE, ACROSS_NAMES, ACROSS_TERMS, CANDIDATES, Evidence, FORMULA, LEAST_LIKENESS,
    MOST_ARTICLES, POSTINGS_OF_A_TERM, POSTINGS_READ, STORY_HOURS, Signals, Weights,
};
pub use undo::InsertUndo;

use ceasewire_model::{FeedId, StoryId, Timestamp};
use ceasewire_profile::Vocabulary;

/// Of a copy, beside which no other evidence counts.
const COPY: f32 = 1000.0;

/// An article as the grouper is told of it.
#[derive(Clone, Copy, Debug)]
pub struct ArticleRef<'a> {
    /// Id of the outlet; empty where it is not known.
    pub outlet: &'a str,
    /// The title.
    pub title: &'a str,
    /// The text, without markup.
    pub text: &'a str,
    /// BCP 47 tag of its language, where that is known.
    pub language: Option<&'a str>,
    /// When it was published or seen; the default where that is not known.
    pub at: Timestamp,
    /// The private feed that it came with: it joins stories that everybody is told, and others of the same feed; but
    /// nothing that comes with another feed joins it.
    pub within: Option<FeedId>,
}

/// Tells which story each article of a stream tells.
#[derive(Debug, Default)]
pub struct Grouper {
    gazetteer: Gazetteer,
    /// By the keys of terms, the share of articles that is taken to have them before the stream tells.
    common: HashMap<u32, f32>,
    weights: Weights,
    evidence: Evidence,
    most: Option<usize>,
    /// In the order in which they came.
    articles: VecDeque<Known>,
    /// The number of the first of them; it grows as articles are forgotten.
    first: u32,
    /// From a term's key to the numbers of the articles that have it, ascending.
    postings: HashMap<u32, VecDeque<u32>>,
    stories: HashMap<StoryId, Story>,
}

/// An article that has been told.
#[derive(Debug)]
struct Known {
    story: StoryId,
    sketch: Sketch,
    norms: Norms,
}

/// A story with articles that are still remembered.
#[derive(Clone, Debug)]
struct Story {
    /// When its first article came, as far as times are known.
    since: Option<Timestamp>,
    /// How many of its articles are remembered, and how many of those everybody may read.
    articles: usize,
    public: usize,
    /// By language. A story of one article has none: most stay so, and it is made from the article when it is asked for.
    faces: Vec<(u8, LanguageCentroid)>,
    /// Its only article.
    only: Option<u32>,
}

impl Grouper {
    /// An empty state; `vocabulary` knows the profile's names in all spellings.
    pub fn new(vocabulary: Arc<Vocabulary>) -> Self {
        let gazetteer = Gazetteer::new(&vocabulary);
        let weights = Weights::default();
        Self { common: gazetteer.common(&weights.common), gazetteer, weights, ..Self::default() }
    }

    /// The same with other weights, for finding out what each is worth.
    #[must_use]
    pub fn with(self, weights: Weights, evidence: Evidence) -> Self {
        Self { common: self.gazetteer.common(&weights.common), weights, evidence, ..self }
    }

    /// The same with another bound of the articles that are remembered.
    #[must_use]
    pub fn remembering(self, articles: usize) -> Self {
        Self { most: Some(articles), ..self }
    }

    /// What is compared of an article. This is the costly part, and needs no exclusive access.
    pub fn sketch(&self, telling: &ArticleRef<'_>) -> Sketch {
        Sketch::new(telling, &self.gazetteer, &self.weights)
    }

    /// The story that an article tells, or `None` if it opens a new one. Nothing changes.
    pub fn choose(&self, sketch: &Sketch) -> Option<StoryId> {
        let weights = self.weights_of(&sketch.terms);
        let norms = Norms::of(&sketch.terms, &weights);
        let stories = self.stories_of(self.candidates(sketch, &weights));
        stories
            .into_iter()
            .filter_map(|(story, articles)| {
                let sum = match self.weigh(sketch, &weights, &norms, story, &articles) {
                    Weighed::Sure(sum) => sum,
                    Weighed::Signals(signals) => {
                        Some(signals.weigh(&self.evidence)).filter(|&sum| sum > self.evidence.join)?
                    }
                    Weighed::Not => return None,
                };
                Some((story, sum))
            })
            .max_by(|(_, one), (_, other)| one.total_cmp(other))
            .map(|(story, _)| story)
    }

    /// Remembers that an article tells a story: after it was stored, or at a restart.
    pub fn insert(&mut self, sketch: Sketch, story: StoryId) {
        self.push(sketch, story);
        while self.articles.len() > self.most.unwrap_or(MOST_ARTICLES) {
            self.forget_first();
        }
    }

    fn push(&mut self, sketch: Sketch, story: StoryId) {
        let number = self.first.wrapping_add(self.articles.len() as u32);
        for term in &sketch.terms {
            self.postings.entry(term.key).or_default().push_back(number);
        }
        let weights = self.weights_of(&sketch.terms);
        let norms = Norms::of(&sketch.terms, &weights);
        let empty = Story { since: None, articles: 0, public: 0, faces: Vec::new(), only: None };
        let known = self.stories.entry(story).or_insert(empty);
        known.articles += 1;
        known.public += usize::from(sketch.within.is_none());
        // What only some may read neither makes a story older for others nor likelier to be theirs.
        if sketch.within.is_none() {
            let before = known.since.filter(|_| known.public > 1);
            known.since = before.into_iter().chain(sketch.time()).min();
        }
        if known.articles == 1 && known.faces.is_empty() {
            known.only = Some(number);
        } else {
            let only = known.only.take();
            let mut faces = std::mem::take(&mut known.faces);
            let only = only.and_then(|only| self.known(only));
            if let Some(only) = only.filter(|only| only.sketch.within.is_none()) {
                let weights = self.weights_of(&only.sketch.terms);
                add(&mut faces, &only.sketch, &weights, &Norms::of(&only.sketch.terms, &weights));
            }
            if sketch.within.is_none() {
                add(&mut faces, &sketch, &weights, &norms);
            }
            if let Some(known) = self.stories.get_mut(&story) {
                known.faces = faces;
            }
        }
        self.articles.push_back(Known { story, sketch, norms });
    }

    /// Forgets what has left the window.
    pub fn expire(&mut self, now: Timestamp) {
        let earliest = now.plus_secs(-thresholds::WINDOW_HOURS * 3600);
        // One without a time goes with the next that has one.
        let timed = |known: &&Known| known.sketch.time().is_some();
        while self.articles.iter().find(timed).is_some_and(|known| known.sketch.at < earliest) {
            self.forget_first();
        }
    }

    /// How many articles are remembered.
    pub fn len(&self) -> usize {
        self.articles.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.articles.is_empty()
    }

    /// About how many bytes the state takes.
    pub fn memory_bytes(&self) -> usize {
        let articles: usize = self.articles.iter().map(|known| size_of::<Known>() + known.sketch.memory_bytes()).sum();
        let faces: usize =
            self.stories.values().flat_map(|story| &story.faces).map(|(_, face)| face.memory_bytes()).sum();
        let postings: usize = self.postings.values().map(|numbers| numbers.capacity() * size_of::<u32>()).sum();
        let tables = self.postings.capacity() * (size_of::<(u32, VecDeque<u32>)>() + 1)
            + self.stories.capacity() * (size_of::<(StoryId, Story)>() + 1);
        articles + faces + postings + tables
    }

    fn known(&self, number: u32) -> Option<&Known> {
        self.articles.get(number.wrapping_sub(self.first) as usize)
    }

    fn forget_first(&mut self) {
        let Some(known) = self.articles.pop_front() else { return };
        for term in &known.sketch.terms {
            if let Some(numbers) = self.postings.get_mut(&term.key) {
                // Numbers are filed in their order, so that the first article's is in front.
                numbers.pop_front();
                if numbers.is_empty() {
                    self.postings.remove(&term.key);
                }
            }
        }
        if let Some(story) = self.stories.get_mut(&known.story) {
            story.articles -= 1;
            story.public -= usize::from(known.sketch.within.is_none());
            if story.articles == 0 {
                self.stories.remove(&known.story);
            }
        }
        self.first = self.first.wrapping_add(1);
    }

    /// The logarithm of how rare a term is in the stream, with articles that are taken to have come before it.
    fn rarity(&self, key: u32) -> f32 {
        let having = self.postings.get(&key).map_or(0, VecDeque::len) as f32;
        let articles = self.articles.len() as f32;
        let before = self.common.get(&key).map_or(0.0, |share| {
            let trust = self.weights.common.articles / (self.weights.common.articles + articles);
            share * self.weights.prior * trust
        });
        ((articles + self.weights.prior) / (having + before + 1.0)).ln().max(0.0)
    }

    fn weights_of(&self, terms: &[Weighted]) -> Vec<f32> {
        let weigh = |term: &Weighted| term.weight * self.rarity(term.key) * weight(&self.weights, kind(term.key));
        terms.iter().map(weigh).collect()
    }

    /// The articles that share most with this one, among those that it may be grouped with; best first.
    fn candidates(&self, sketch: &Sketch, weights: &[f32]) -> Vec<&Known> {
        let mut lists: Vec<(&VecDeque<u32>, f32)> = sketch
            .terms
            .iter()
            .zip(weights)
            .filter_map(|(term, weight)| Some((self.postings.get(&term.key)?, *weight)))
            .collect();
        lists.sort_by_key(|(numbers, _)| numbers.len());
        let mut left = POSTINGS_READ;
        let mut shared = SHARED.take();
        shared.sums.resize(self.articles.len().max(shared.sums.len()), 0.0);
        for (numbers, weight) in lists {
            let square = (weight * weight).max(f32::MIN_POSITIVE);
            for number in numbers.iter().rev().take(POSTINGS_OF_A_TERM.min(left)) {
                let place = number.wrapping_sub(self.first);
                if let Some(sum) = shared.sums.get_mut(place as usize) {
                    if *sum == 0.0 {
                        shared.places.push(place);
                    }
                    *sum += square;
                }
            }
            left = left.saturating_sub(numbers.len().min(POSTINGS_OF_A_TERM));
        }
        let mut best: Vec<(f32, u32)> =
            shared.places.drain(..).map(|place| (std::mem::take(&mut shared.sums[place as usize]), place)).collect();
        SHARED.set(shared);
        let window = thresholds::WINDOW_HOURS * 3600 * 1000;
        let possible = |place: u32| {
            let known = self.articles.get(place as usize)?;
            let near = match (known.sketch.time(), sketch.time()) {
                (Some(one), Some(other)) => one.0.abs_diff(other.0) <= window.unsigned_abs(),
                _ => true,
            };
            (near && self.may_meet(known, sketch)).then_some(known)
        };
        let by_sum = |one: &(f32, u32), other: &(f32, u32)| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1));
        // Nearly all are possible, and to ask each of thousands would cost more than to ask too few and go on.
        let mut candidates = Vec::with_capacity(CANDIDATES);
        let mut rest = &mut best[..];
        while !rest.is_empty() && candidates.len() < CANDIDATES {
            let count = rest.len().min(2 * CANDIDATES);
            if count < rest.len() {
                rest.select_nth_unstable_by(count, by_sum);
            }
            let (first, others) = rest.split_at_mut(count);
            first.sort_unstable_by(by_sum);
            candidates.extend(first.iter().filter_map(|&(_, place)| possible(place)));
            rest = others;
        }
        candidates.truncate(CANDIDATES);
        candidates
    }

    /// Whether an article may be compared with a known one. What a private feed brought is met by that feed's own, and by
    /// the first article for everybody of a story that was private until then, so that who read the one is not told the
    /// other; it never brings two articles of others together.
    fn may_meet(&self, known: &Known, sketch: &Sketch) -> bool {
        known.sketch.within.is_none()
            || known.sketch.within == sketch.within
            || sketch.within.is_none() && self.stories.get(&known.story).is_some_and(|story| story.public == 0)
    }

    /// What speaks for each story that an article may tell, for fitting the weights.
    pub fn signals(&self, sketch: &Sketch) -> Vec<(StoryId, Signals)> {
        let weights = self.weights_of(&sketch.terms);
        let norms = Norms::of(&sketch.terms, &weights);
        let stories = self.stories_of(self.candidates(sketch, &weights));
        let weighed = stories.into_iter().filter_map(|(story, articles)| {
            match self.weigh(sketch, &weights, &norms, story, &articles) {
                Weighed::Signals(signals) => Some((story, *signals)),
                _ => None,
            }
        });
        weighed.collect()
    }

    fn stories_of<'a>(&self, candidates: Vec<&'a Known>) -> Vec<(StoryId, Vec<&'a Known>)> {
        let mut stories: Vec<(StoryId, Vec<&Known>)> = Vec::new();
        for known in candidates {
            match stories.iter_mut().find(|(story, _)| *story == known.story) {
                Some((_, articles)) => articles.push(known),
                None => stories.push((known.story, vec![known])),
            }
        }
        stories
    }

    /// What speaks for an article's telling a story; `articles` are those of it that share most with it.
    fn weigh(&self, sketch: &Sketch, weights: &[f32], norms: &Norms, story: StoryId, articles: &[&Known]) -> Weighed {
        let Some(known) = self.stories.get(&story) else { return Weighed::Not };
        if let (Some(at), Some(since)) = (sketch.time(), known.since)
            && at > since.plus_secs(STORY_HOURS * 3600)
        {
            return Weighed::Not;
        }
        let alike: Vec<_> = articles
            .iter()
            .map(|known| (known, compare(sketch, weights, norms, &known.sketch, &known.norms)))
            .collect();
        let nearest = |of: &dyn Fn(&Known) -> bool| {
            let of_these = alike.iter().filter(|(known, _)| of(known));
            of_these.max_by(|(_, one), (_, other)| one.all.total_cmp(&other.all))
        };
        let Some((far, best)) = nearest(&|_| true) else { return Weighed::Not };
        if let Some((_, copy)) = alike.iter().find(|(_, alike)| alike.is_copy()) {
            return Weighed::Sure(COPY + copy.all);
        }
        if best.is_other_bulletin() {
            return Weighed::Not;
        }
        let Some((near, alike)) = nearest(&|known| known.sketch.language == sketch.language) else {
            let needed = ACROSS + gap(sketch, &far.sketch).map_or(0.0, |days| ACROSS_A_DAY * days);
            let needed = needed + if sketch.is_elsewhere(&far.sketch) { ACROSS_ELSEWHERE } else { 0.0 };
            let enough = best.all >= needed && best.names_shared >= ACROSS_NAMES && best.terms_shared >= ACROSS_TERMS;
            return if enough { Weighed::Sure(best.all) } else { Weighed::Not };
        };
        if alike.all < LEAST_LIKENESS || alike.is_short() && alike.copy >= FORMULA {
            return Weighed::Not;
        }
        let mut lone = LanguageCentroid::default();
        let face = match known.faces.iter().find(|(language, _)| *language == sketch.language) {
            Some((_, face)) => face,
            None => {
                lone.add(&near.sketch, &self.weights_of(&near.sketch.terms), &near.norms);
                &lone
            }
        };
        let mut signals = face.evidence(sketch, weights, norms);
        (signals.nearest, signals.copy) = (alike.all, alike.copy);
        if alike.is_short() {
            (signals.short, signals.short_nearest) = (1.0, alike.all);
        }
        signals.same_outlet = if sketch.outlet.is_some() && sketch.outlet == near.sketch.outlet { 1.0 } else { 0.0 };
        signals.elsewhere = if sketch.is_elsewhere(&near.sketch) { 1.0 } else { 0.0 };
        if let Some(days) = gap(sketch, &near.sketch) {
            (signals.gap, signals.late) = (days, if days > 1.0 { 1.0 } else { 0.0 });
        }
        Weighed::Signals(Box::new(signals))
    }
}

/// What came of weighing a story.
enum Weighed {
    Not,
    /// It tells it, and this sum is compared with that of other stories.
    Sure(f32),
    Signals(Box<Signals>),
}

/// Days between two articles whose times are known.
fn gap(one: &Sketch, other: &Sketch) -> Option<f32> {
    let millis = one.time()?.0.abs_diff(other.time()?.0);
    Some((millis as f32 / 86_400_000.0).min(3.0))
}

thread_local! {
    static SHARED: std::cell::RefCell<Shared> = std::cell::RefCell::default();
}

/// What articles have in common with the one that is looked at, by their places; kept from one to the next, all zero.
#[derive(Default)]
struct Shared {
    sums: Vec<f32>,
    places: Vec<u32>,
}

/// Adds an article to the face that a story has in its language.
fn add(faces: &mut Vec<(u8, LanguageCentroid)>, sketch: &Sketch, weights: &[f32], norms: &Norms) {
    let face = faces.iter().position(|(language, _)| *language == sketch.language).unwrap_or_else(|| {
        faces.push((sketch.language, LanguageCentroid::default()));
        faces.len() - 1
    });
    faces[face].1.add(sketch, weights, norms);
}

#[cfg(test)]
mod tests;

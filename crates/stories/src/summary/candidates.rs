//! The candidate sentences of an article with their scores.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::anaphora::is_anaphoric;
use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, lines};
use ceasewire_text::sentences::{Sentence, cut};
use ceasewire_text::stem::{self, ArticleLanguage};

/// Fewest words of a candidate; shorter sentences are captions and bylines.
const MIN_WORDS: usize = 4;

/// Most words of a normal sentence; longer ones are lists, or paragraphs that lost their full stops.
const TOO_MANY_WORDS: usize = 60;

/// Most sentences read of an article. A news article has fifty; the bound limits the work for hostile feeds.
const MAX_SENTENCES: usize = 1000;

/// Similarity above which one sentence repeats another.
const REPETITION: f64 = 0.7;

// Weights of a sentence's own features, beside the 1 for the sentence that shares most words with the rest of the
// article. They are small: they decide between sentences with similar scores. `just score summaries` measures them.
const TITLE: f64 = 0.1;
const FIRST: f64 = 0.1;
const FIGURE: f64 = 0.03;
const NO_END: f64 = -0.4;
const QUESTION: f64 = -0.1;
const TOO_LONG: f64 = -0.3;

/// The beginnings of page furniture: credits, captions, links to other articles.
static FURNITURE: LazyLock<Vec<&str>> = LazyLock::new(|| {
    Language::all().flat_map(|language| lines(language.data().file("furniture.txt").unwrap_or_default())).collect()
});

/// A sentence that a summary may quote.
#[derive(Debug)]
pub(super) struct CandidateSentence<'a> {
    /// The place among all sentences.
    pub place: usize,
    pub text: &'a str,
    /// The stems without stop words and numbers, as numbers of the [`StemInterner`], ascending.
    pub stems: Vec<u32>,
    /// The numbers as written, ascending.
    pub figures: Vec<String>,
    /// The score: somewhat more than 1 for the best sentence.
    pub score: f64,
    /// Whether the sentence needs the sentence before it.
    pub is_anaphoric: bool,
}

impl CandidateSentence<'_> {
    /// Whether the two sentences repeat each other. Different figures exclude it: 43 dead and 45 dead are two claims.
    pub fn repeats(&self, other: &CandidateSentence<'_>) -> bool {
        let same_figures = self.figures == other.figures || self.figures.is_empty() || other.figures.is_empty();
        same_figures && self.similarity(other) > REPETITION
    }

    /// The share of the shorter sentence's stems that the longer one contains.
    pub fn similarity(&self, other: &CandidateSentence<'_>) -> f64 {
        let shorter = self.stems.len().min(other.stems.len());
        if shorter == 0 {
            return f64::from(u8::from(self.text == other.text));
        }
        let shared = self.stems.iter().filter(|stem| other.stems.binary_search(stem).is_ok()).count();
        shared as f64 / shorter as f64
    }
}

/// Numbers stems in the order of their first use.
#[derive(Debug, Default)]
pub(super) struct StemInterner(HashMap<String, u32>);

impl StemInterner {
    /// Reads a text: its stems and its figures, both ascending and without duplicates, and the number of its words.
    fn read(&mut self, text: &str, language: ArticleLanguage) -> (Vec<u32>, Vec<String>, usize) {
        let (mut stems, mut figures, mut words) = (Vec::new(), Vec::new(), 0);
        for (_, word) in analysis::tokens(text) {
            words += 1;
            if word.starts_with(|c: char| c.is_numeric()) {
                figures.push(word);
            } else if !stem::is_stop_word(&word) {
                let stem = match stem::language_of_word(&word, language) {
                    Some(language) => stem::stem(language, &word),
                    None => word.as_str().into(),
                };
                let next = self.0.len() as u32;
                stems.push(match self.0.get(&*stem) {
                    Some(&known) => known,
                    None => *self.0.entry(stem.into_owned()).or_insert(next),
                });
            }
        }
        stems.sort_unstable();
        stems.dedup();
        figures.sort_unstable();
        figures.dedup();
        (stems, figures, words)
    }
}

/// Finds the candidates of an article, in order, with their scores.
///
/// A repetition of the title, a very short sentence, page furniture and half a quotation are no candidates. The score
/// counts each stem as often as other sentences contain it. It prefers long sentences as far as they say more about the
/// subject of the article.
pub(super) fn find_candidates<'a>(
    stems: &mut StemInterner,
    title: &str,
    text: &'a str,
    language: Option<&str>,
) -> Vec<CandidateSentence<'a>> {
    let language = ArticleLanguage::from(language);
    let (title_stems, title_figures, _) = stems.read(title, language);
    let mut found: Vec<CandidateSentence<'a>> = Vec::new();
    let mut sentences_with: HashMap<u32, u32> = HashMap::new();
    for (place, sentence) in cut(text).take(MAX_SENTENCES).enumerate() {
        let (own_stems, figures, words) = stems.read(sentence.text, language);
        for &stem in &own_stems {
            *sentences_with.entry(stem).or_default() += 1;
        }
        let is_title = own_stems == title_stems && figures == title_figures;
        if words < MIN_WORDS || !sentence.whole || is_title || is_furniture(sentence.text) {
            continue;
        }
        let in_title = own_stems.iter().filter(|stem| title_stems.binary_search(stem).is_ok()).count();
        let title_score = TITLE * in_title as f64 / title_stems.len().max(1) as f64;
        let score = own_score(&sentence, place, words, !figures.is_empty(), title_score);
        let is_anaphoric = place > 0 && is_anaphoric(sentence.text);
        found.push(CandidateSentence { place, text: sentence.text, stems: own_stems, figures, score, is_anaphoric });
    }
    let shared: Vec<u32> =
        found.iter().map(|candidate| candidate.stems.iter().map(|stem| sentences_with[stem] - 1).sum()).collect();
    let most = shared.iter().copied().max().unwrap_or_default().max(1);
    for (candidate, shared) in found.iter_mut().zip(shared) {
        candidate.score += f64::from(shared) / f64::from(most);
    }
    found
}

/// Scores the features of a sentence by itself.
fn own_score(sentence: &Sentence<'_>, place: usize, words: usize, has_figures: bool, title_score: f64) -> f64 {
    let when = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
    title_score
        + FIRST / (1 + place) as f64
        + when(has_figures, FIGURE)
        + when(!sentence.ended, NO_END)
        + when(sentence.text.ends_with(['?', '؟']), QUESTION)
        + when(words > TOO_MANY_WORDS, TOO_LONG)
}

fn is_furniture(sentence: &str) -> bool {
    let beginning: String = sentence.chars().take(24).flat_map(char::to_lowercase).collect();
    let beginning = beginning.trim_start_matches(|c: char| !c.is_alphanumeric());
    FURNITURE.iter().any(|line| beginning.starts_with(line))
}

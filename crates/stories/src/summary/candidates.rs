//! The candidate sentences of an article with their scores.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::anaphora::is_anaphoric;
use ceasewire_text::analysis;
use ceasewire_text::calendar_names::months_named;
use ceasewire_text::languages::{files, lines};
use ceasewire_text::sentences::{Sentence, cut};
use ceasewire_text::stem::{self, ArticleLanguage};

/// Fewest words of a candidate; shorter sentences are captions and bylines.
const MIN_WORDS: usize = 4;

/// Fewest words of a sentence without a full stop that is not a heading or a byline.
const MIN_WORDS_WITHOUT_END: usize = 8;

/// Most words of a question that says nothing by itself; a longer one names its subject.
const MAX_QUESTION_WORDS: usize = 15;

/// Most words of a dateline: a place, a date and an agency.
const MAX_DATELINE_WORDS: usize = 8;

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

/// The beginnings of page furniture: credits, captions, links to other articles, appeals to the reader.
static FURNITURE: LazyLock<Vec<&str>> = LazyLock::new(|| files("furniture.txt").flat_map(lines).collect());

/// The labels of lines that advertise other articles.
static TEASERS: LazyLock<HashSet<String>> =
    LazyLock::new(|| files("teasers.txt").flat_map(lines).map(str::to_lowercase).collect());

/// A sentence that a summary may quote.
#[derive(Debug)]
pub(super) struct CandidateSentence<'a> {
    /// The place among all sentences.
    pub place: usize,
    pub text: &'a str,
    pub words: usize,
    /// The stems without stop words and numbers, as numbers of the [`StemInterner`], ascending.
    pub stems: Vec<u32>,
    /// The numbers as written, ascending.
    pub figures: Vec<String>,
    /// The score: somewhat more than 1 for the best sentence.
    pub score: f64,
    /// Whether the sentence needs the sentence before it.
    pub is_anaphoric: bool,
    /// Whether it reports nothing: a heading, a byline, a question that the text goes on to answer.
    pub is_empty: bool,
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
/// The title's own words, a very short sentence, a dateline, page furniture and half a quotation are no candidates. The
/// score counts each stem as often as other sentences contain it. It prefers long sentences as far as they say more
/// about the subject of the article.
pub(super) fn find_candidates<'a>(
    stems: &mut StemInterner,
    title: &str,
    text: &'a str,
    language: Option<&str>,
) -> Vec<CandidateSentence<'a>> {
    let stem_language = ArticleLanguage::from(language);
    let (title_stems, ..) = stems.read(title, stem_language);
    let title_words = analysis::words(title);
    let mut found: Vec<CandidateSentence<'a>> = Vec::new();
    let mut sentences_with: HashMap<u32, u32> = HashMap::new();
    // The reader sees the title above the summary: a sentence after its repetition may refer to it.
    let mut follows_nothing = true;
    for (place, sentence) in cut(text).take(MAX_SENTENCES).enumerate() {
        let (own_stems, figures, words) = stems.read(sentence.text, stem_language);
        for &stem in &own_stems {
            *sentences_with.entry(stem).or_default() += 1;
        }
        if words < MIN_WORDS || !sentence.whole || is_furniture(sentence.text) || is_dateline(&sentence, words) {
            continue;
        }
        if analysis::words(sentence.text) == title_words {
            continue;
        }
        let in_title = own_stems.iter().filter(|stem| title_stems.binary_search(stem).is_ok()).count();
        let title_score = TITLE * in_title as f64 / title_stems.len().max(1) as f64;
        let score = own_score(&sentence, place, words, !figures.is_empty(), title_score);
        let is_anaphoric = !follows_nothing && is_anaphoric(sentence.text, language);
        follows_nothing = false;
        // "Will the truce hold? That depends on Moscow.": the answer needs the question.
        if let Some(before) = found.last_mut()
            && is_anaphoric
            && is_question(before.text)
            && before.place + 1 == place
        {
            before.is_empty = false;
        }
        let is_short_question = words <= MAX_QUESTION_WORDS && is_question(sentence.text);
        let is_empty = is_short_question || is_heading(&sentence, words);
        let text = sentence.text;
        found.push(CandidateSentence { place, text, words, stems: own_stems, figures, score, is_anaphoric, is_empty });
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
        + when(is_question(sentence.text), QUESTION)
        + when(words > TOO_MANY_WORDS, TOO_LONG)
}

fn is_question(sentence: &str) -> bool {
    sentence.trim_end_matches(['"', '”', '»', '“', ')']).ends_with(['?', '؟', '՞'])
}

/// Whether a sentence without a full stop is a heading, a caption or a byline: short, or mostly in capitals.
fn is_heading(sentence: &Sentence<'_>, words: usize) -> bool {
    let capitalised = || sentence.text.split_whitespace().filter(|word| word.starts_with(char::is_uppercase)).count();
    !sentence.ended && (words < MIN_WORDS_WITHOUT_END || capitalised() * 3 > words * 2)
}

/// Whether a sentence is a place, a date and an agency, such as "YEREVAN, OCTOBER 10, ARMENPRESS."
fn is_dateline(sentence: &Sentence<'_>, words: usize) -> bool {
    let belongs = |word: &str| {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        !name.starts_with(char::is_lowercase) || months_named(&name.to_lowercase()) != 0
    };
    words <= MAX_DATELINE_WORDS
        && sentence.text.contains(|c: char| c.is_numeric())
        && sentence.text.split_whitespace().all(belongs)
        && sentence.text.contains(char::is_uppercase)
}

fn is_furniture(sentence: &str) -> bool {
    let sentence = sentence.to_lowercase();
    let sentence = sentence.trim_start_matches(|c: char| !c.is_alphanumeric() && c != '©');
    let begins = |phrase: &&&str| {
        let rest = sentence.strip_prefix(**phrase);
        rest.is_some_and(|rest| !phrase.ends_with(char::is_alphanumeric) || !rest.starts_with(char::is_alphanumeric))
    };
    FURNITURE.iter().any(|phrase| begins(&phrase))
        || sentence.split_once(':').is_some_and(|(label, _)| TEASERS.contains(label.trim_end()))
}

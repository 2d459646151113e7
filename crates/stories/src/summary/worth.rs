//! What each sentence of an article is worth, before anybody chooses.

use std::collections::HashMap;

use super::pointing::points_back;
use ceasewire_text::analysis;
use ceasewire_text::sentences::{Sentence, cut};
use ceasewire_text::stem::{self, ArticleLanguage};

/// Words that a sentence needs to say something; shorter ones are captions and bylines.
const ENOUGH_WORDS: usize = 4;

/// Words beyond which a sentence is a list or a paragraph whose full stops were lost.
const TOO_MANY_WORDS: usize = 60;

/// Sentences of an article that are looked at. A news article has fifty; what a stranger's feed makes us do has an end.
pub(super) const MOST_SENTENCES: usize = 1000;

/// Share of the shorter sentence's words that the longer one has when both say the same.
const SAME: f64 = 0.7;

/// The weights beside that of what the rest of the article speaks of, which is 1 for the sentence that has most of it.
/// `just score summaries` measures them. Small on purpose: they decide between sentences of like weight.
const TITLE: f64 = 0.1;
const FIRST: f64 = 0.1;
const FIGURE: f64 = 0.03;
const NO_END: f64 = -0.4;
const QUESTION: f64 = -0.1;
const TOO_LONG: f64 = -0.3;

/// How lines begin that are furniture and not the article's.
const FURNITURE: &[&str] = &[
    "photo:",
    "image:",
    "photo by",
    "file photo",
    "video:",
    "reporting by",
    "editing by",
    "writing by",
    "read:",
    "read more",
    "read also",
    "also read",
    "see also",
    "share",
    "follow us",
    "subscribe",
    "source:",
    "фото:",
    "видео:",
    "читайте",
    "подробнее",
    "источник:",
    "подписывайтесь",
    "photo :",
    "lire aussi",
    "à lire",
    "crédit",
    "fotoğraf:",
    "foto:",
    "ayrıca bakınız",
    "oxuyun",
    "mənbə:",
    "լուսանկար",
    "կարդացեք",
    "ფოტო:",
    "წაიკითხეთ",
    "عکس:",
    "بخوانید",
    "بیشتر بخوانید",
];

/// A sentence that can be quoted.
#[derive(Debug)]
pub(super) struct Candidate<'a> {
    /// Its place among all sentences.
    pub place: usize,
    pub text: &'a str,
    /// What it says, as far as words can tell: stems without stop words and numbers, as numbers of the [`Lexicon`],
    /// ascending.
    pub says: Vec<u32>,
    /// The numbers in it, as they stand, ascending.
    pub figures: Vec<String>,
    /// What it is worth: 1 and somewhat more for the best.
    pub worth: f64,
    /// It says what it says only after the sentence before it.
    pub points_back: bool,
}

impl Candidate<'_> {
    /// Whether both say the same. Sentences whose figures differ never do: 43 dead and 45 dead are two claims.
    pub fn says_what(&self, other: &Candidate<'_>) -> bool {
        let same_figures = self.figures == other.figures || self.figures.is_empty() || other.figures.is_empty();
        same_figures && self.likeness(other) > SAME
    }

    /// The share of the shorter one's words that the other has.
    pub fn likeness(&self, other: &Candidate<'_>) -> f64 {
        let shorter = self.says.len().min(other.says.len());
        if shorter == 0 {
            return f64::from(u8::from(self.text == other.text));
        }
        let shared = self.says.iter().filter(|word| other.says.binary_search(word).is_ok()).count();
        shared as f64 / shorter as f64
    }
}

/// The stems that were met, numbered.
#[derive(Debug, Default)]
pub(super) struct Lexicon(HashMap<String, u32>);

impl Lexicon {
    /// What a text says and the numbers in it, and how many words it has.
    fn read(&mut self, text: &str, language: ArticleLanguage) -> (Vec<u32>, Vec<String>, usize) {
        let (mut says, mut figures, mut words) = (Vec::new(), Vec::new(), 0);
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
                says.push(match self.0.get(&*stem) {
                    Some(&known) => known,
                    None => *self.0.entry(stem.into_owned()).or_insert(next),
                });
            }
        }
        says.sort_unstable();
        says.dedup();
        figures.sort_unstable();
        figures.dedup();
        (says, figures, words)
    }
}

/// The sentences of an article that can be quoted, in order, with what they are worth.
///
/// Left out are those that only repeat the title or an earlier sentence, those that say nothing, furniture, and those with
/// half a quotation. A sentence is worth what it shares with the others: each of its words counts as often as other
/// sentences have it. That favours long sentences as far as they say more of what the article is about.
pub(super) fn candidates<'a>(
    lexicon: &mut Lexicon,
    title: &str,
    text: &'a str,
    language: Option<&str>,
) -> Vec<Candidate<'a>> {
    let language = ArticleLanguage::from(language);
    let (title_says, title_figures, _) = lexicon.read(title, language);
    let mut found: Vec<Candidate<'a>> = Vec::new();
    let mut how_often: HashMap<u32, u32> = HashMap::new();
    for (place, sentence) in cut(text).take(MOST_SENTENCES).enumerate() {
        let (says, figures, words) = lexicon.read(sentence.text, language);
        for &word in &says {
            *how_often.entry(word).or_default() += 1;
        }
        let is_title = says == title_says && figures == title_figures;
        if words < ENOUGH_WORDS || !sentence.whole || is_title || is_furniture(sentence.text) {
            continue;
        }
        let worth = of_its_own(&sentence, place, words, &figures, &says, &title_says);
        let points_back = place > 0 && points_back(sentence.text);
        found.push(Candidate { place, text: sentence.text, says, figures, worth, points_back });
    }
    let shared: Vec<u32> =
        found.iter().map(|candidate| candidate.says.iter().map(|word| how_often[word] - 1).sum()).collect();
    let most = shared.iter().copied().max().unwrap_or_default().max(1);
    for (candidate, shared) in found.iter_mut().zip(shared) {
        candidate.worth += f64::from(shared) / f64::from(most);
    }
    found
}

/// What a sentence is worth apart from the others.
fn of_its_own(
    sentence: &Sentence<'_>,
    place: usize,
    words: usize,
    figures: &[String],
    says: &[u32],
    title: &[u32],
) -> f64 {
    let in_title = says.iter().filter(|word| title.binary_search(word).is_ok()).count();
    let when = |holds: bool, weight: f64| if holds { weight } else { 0.0 };
    TITLE * in_title as f64 / title.len().max(1) as f64
        + FIRST / (1 + place) as f64
        + when(!figures.is_empty(), FIGURE)
        + when(!sentence.ended, NO_END)
        + when(sentence.text.ends_with(['?', '؟']), QUESTION)
        + when(words > TOO_MANY_WORDS, TOO_LONG)
}

fn is_furniture(sentence: &str) -> bool {
    let beginning: String = sentence.chars().take(24).flat_map(char::to_lowercase).collect();
    let beginning = beginning.trim_start_matches(|c: char| !c.is_alphanumeric());
    FURNITURE.iter().any(|line| beginning.starts_with(line))
}

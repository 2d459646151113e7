//! A model of the languages that share a script: how likely each is to write a word.
//!
//! The likelihood of a listed word falls with its place in the list. `spelling` gives the likelihood of any other word,
//! letter by letter. Listed words are the strongest evidence; letters cover endings and unlisted words. The evidence of
//! one word is bounded, so that it cannot outweigh several others, and a possible name counts little: headlines of
//! every language contain names.

use std::f32::consts::LN_2;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::cut::SpeltWord;
use super::spelling::{Scores, Spelling, unified};
use super::words_in;
use crate::languages::{self, LanguageData, MOST_IN_ONE_SCRIPT as MOST};
use crate::script::Script;

/// The code after the last letter of the scripts with several languages.
const LAST_LETTER: usize = 0x700;

/// The likelihood of a listed word is `FIRST_WORDS / (place + 8)`, by Zipf's law; the sum over a list is less than one.
const FIRST_WORDS: f32 = 0.2;

// The constants below are natural logarithms of likelihoods.

/// The most that a word counts against a language.
const MAX_WORD_PENALTY: f32 = 8.0;
/// The most that a possible name counts against a language.
const MAX_NAME_PENALTY: f32 = 3.0;
/// The weight of a possible name beside other words.
const NAME_WEIGHT: f32 = 0.35;
/// The penalty of a word with a letter that the language lacks.
const FOREIGN_LETTER_PENALTY: f32 = 4.0;
/// The same for a possible name, which keeps its letters in other languages.
const FOREIGN_NAME_PENALTY: f32 = 2.0;
/// The advantage of an article language over its neighbours.
const ARTICLE_LANGUAGE: f32 = 1.5;
/// The advantage of the stated language: less than the evidence of one word. Also the lead that the best language needs
/// against a stated language without a folder in the registry.
const STATED: f32 = 5.0;
/// The lead that the best language needs over the next.
const MIN_LEAD: f32 = 0.1;
/// The lead that spares reading the other words.
const DECIDED_LEAD: f32 = 20.0;

/// The languages that list a word, each with the logarithm of the word's likelihood.
type Likelihoods = SmallVec<[(usize, f32); 1]>;

/// The model of the languages of one script.
pub(super) struct ScriptModel {
    languages: Vec<&'static LanguageData>,
    /// The listed words.
    words: HashMap<String, Likelihoods>,
    spelling: Spelling,
    /// By the code of a letter, below `LAST_LETTER`, the languages that have it: one bit for each.
    alphabets: Vec<u64>,
}

// `alphabets` has one bit for each language.
const _: () = assert!(MOST < u64::BITS as usize, "more languages share a script than a number has bits");

impl ScriptModel {
    /// Learns the languages of a script from their word lists.
    pub fn new(script: Script, languages: Vec<&'static LanguageData>) -> Self {
        let mut words: HashMap<String, Likelihoods> = HashMap::new();
        let mut alphabets = vec![0; LAST_LETTER];
        for (number, language) in languages.iter().enumerate() {
            for letter in language.alphabet.chars().filter(|&c| (c as usize) < LAST_LETTER) {
                alphabets[letter as usize] |= 1 << number;
            }
            for (place, word) in words_in(language, script).enumerate() {
                let likelihood = FIRST_WORDS / (place as f32 + 8.0);
                words.entry(word.chars().map(unified).collect()).or_default().push((number, likelihood.ln()));
            }
        }
        let spelling = Spelling::new(script, &languages);
        Self { languages, words, spelling, alphabets }
    }

    /// Identifies the language of some words: the likeliest one, if it is an article language with a clear lead.
    ///
    /// The `stated` language has an advantage before the first word.
    pub fn identify(&self, words: &[SpeltWord], stated: Option<&str>) -> Option<&'static str> {
        let mut sums: Scores = [f32::MIN; MOST];
        for (sum, language) in sums.iter_mut().zip(&self.languages) {
            *sum = if !language.is_neighbour { ARTICLE_LANGUAGE } else { 0.0 };
            if stated.is_some_and(|stated| language.tags.contains(&stated)) {
                *sum += STATED;
            }
        }
        let (mut best, mut lead) = (0, 0.0);
        for word in words {
            self.add(word, &mut sums);
            (best, lead) = leader(&sums);
            if lead >= DECIDED_LEAD {
                break;
            }
        }
        let min_lead = if stated.is_some_and(is_unknown) { STATED } else { MIN_LEAD };
        let language = self.languages.get(best).filter(|language| !language.is_neighbour && lead >= min_lead)?;
        Some(language.code)
    }

    /// Adds the evidence of a word for each language.
    fn add(&self, word: &SpeltWord, sums: &mut Scores) {
        let letters: String = word.letters.chars().map(unified).collect();
        let mut scores = self.spelling.scores(&letters);
        let listed = self.listed(word, &letters);
        if let Some(listed) = listed {
            scores.iter_mut().for_each(|score| *score -= LN_2);
            listed.iter().for_each(|&(language, score)| scores[language] = scores[language].max(score));
        }
        let all = (1 << self.languages.len()) - 1;
        let alphabets =
            word.letters.chars().fold(all, |all, c| all & self.alphabets.get(c as usize).copied().unwrap_or(0));
        let (weight, max_penalty, foreign_penalty) = if word.name && listed.is_none() {
            (NAME_WEIGHT, MAX_NAME_PENALTY, FOREIGN_NAME_PENALTY)
        } else {
            (1.0, MAX_WORD_PENALTY, FOREIGN_LETTER_PENALTY)
        };
        let best = scores[..self.languages.len()].iter().fold(f32::MIN, |best, score| best.max(*score));
        for (language, (sum, score)) in sums.iter_mut().zip(scores).enumerate() {
            let foreign = if alphabets & 1 << language == 0 { foreign_penalty } else { 0.0 };
            *sum += ((score - best) * weight).max(-max_penalty) - foreign;
        }
    }

    /// Finds a listed word: first as an ending or an elided word, if it is written as one.
    fn listed(&self, word: &SpeltWord, letters: &str) -> Option<&Likelihoods> {
        let ending = word.joined.and_then(|mark| self.words.get(&format!("{mark}{letters}")));
        let elided = || word.elided.then(|| self.words.get(&format!("{letters}'"))).flatten();
        ending.or_else(elided).or_else(|| self.words.get(letters))
    }
}

/// Whether the registry lacks a stated language.
fn is_unknown(stated: &str) -> bool {
    let mut known = languages::ALL.iter().chain(languages::NEIGHBOURS);
    !["und", "mul"].contains(&stated) && !known.any(|language| language.tags.contains(&stated))
}

/// The place of the highest sum, and its lead over the next.
fn leader(sums: &Scores) -> (usize, f32) {
    let (mut best, mut highest, mut next) = (0, f32::MIN, f32::MIN);
    for (place, &sum) in sums.iter().enumerate() {
        if sum > highest {
            (best, highest, next) = (place, sum, highest);
        } else {
            next = next.max(sum);
        }
    }
    (best, highest - next)
}

//! A model of the languages that share a script: how likely each is to write a word.
//!
//! A word is either one of a language's list, likelier the nearer to its beginning, or spelt letter by letter, each as
//! likely as it is after the two before it in the words of the list (interpolated as by Witten and Bell). Listed words
//! tell most; the letters tell of endings and of what no list has. No word tells more than a bound, so that none decides
//! alone against several, and what may be a name tells little: names stand in headlines of every language.

use std::f32::consts::LN_2;
use std::sync::LazyLock;

use hashbrown::HashMap;

use super::cut::{self, Word};
use super::words::{ARABIC_SCRIPT, CYRILLIC, LATIN, Words};

/// The most languages of one script.
const MOST: usize = 20;

/// Letters that are looked at together: their codes, of 21 bits, fill a number.
const LONGEST_GRAM: u32 = 3;
const CODE_BITS: u32 = 21;

/// How likely a letter is of which nothing is known: a script has some sixty.
const UNKNOWN_LETTER: f32 = 1.0 / 60.0;
/// How likely the first words of a list are: `FIRST_WORDS / (place + 8)`, by Zipf's law, makes about a half in all.
const FIRST_WORDS: f32 = 0.12;

// What follows is in natural logarithms of likelihoods.

/// How much a word may speak against a language.
const LOUDEST_WORD: f32 = 6.0;
/// How much what may be a name may speak against a language.
const LOUDEST_NAME: f32 = 3.0;
/// The share of what a name says that counts.
const NAME_SHARE: f32 = 0.35;
/// How much a letter that a language does not have speaks against it, once in a word.
const FOREIGN_LETTER: f32 = 4.0;
const FOREIGN_LETTER_IN_NAME: f32 = 1.5;
/// How much likelier one of the profile's languages is than its neighbours.
const PROFILE: f32 = 1.5;
/// How much likelier is the language that the feed or the outlet states: less than one word can say.
const PRIOR: f32 = 5.0;
/// How far the best language must be ahead of the next.
const CLEAR: f32 = 0.1;
/// How far ahead it is when the rest need not be read.
const SURE: f32 = 25.0;

/// The languages that are answered.
const ANSWERS: [&str; 8] = ["en", "fr", "ru", "hy", "tr", "az", "ka", "fa"];

type Scores = [f32; MOST];

/// The languages of one script.
pub(super) struct Model {
    languages: Vec<&'static str>,
    /// The logarithm of the likelihood of each listed word in each language, the least where it is not listed.
    words: HashMap<String, Scores>,
    /// The logarithm of the likelihood of a letter after those before it.
    grams: HashMap<u64, Scores>,
    /// The languages that have a letter, as bits.
    alphabets: HashMap<char, u32>,
}

/// The languages in Latin letters.
pub(super) fn latin() -> &'static Model {
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::new(LATIN));
    &MODEL
}

/// The languages in Cyrillic letters.
pub(super) fn cyrillic() -> &'static Model {
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::new(CYRILLIC));
    &MODEL
}

/// The languages in Arabic letters.
pub(super) fn arabic() -> &'static Model {
    static MODEL: LazyLock<Model> = LazyLock::new(|| Model::new(ARABIC_SCRIPT));
    &MODEL
}

impl Model {
    fn new(lists: &[Words]) -> Self {
        let mut words: HashMap<String, Scores> = HashMap::new();
        let mut counts: HashMap<u64, Scores> = HashMap::new();
        let mut alphabets: HashMap<char, u32> = HashMap::new();
        for (language, list) in lists.iter().enumerate().take(MOST) {
            for letter in list.letters.chars() {
                *alphabets.entry(letter).or_default() |= 1 << language;
            }
            for (place, word) in list.words.split_whitespace().enumerate() {
                let word: String = word.chars().map(cut::unified).collect();
                for gram in grams(&word).flat_map(|gram| (1..=LONGEST_GRAM).filter_map(move |n| last(gram, n))) {
                    counts.entry(gram).or_insert([0.0; MOST])[language] += 1.0;
                }
                words.entry(word).or_insert([f32::MIN; MOST])[language] = (FIRST_WORDS / (place as f32 + 8.0)).ln();
            }
        }
        let languages = lists.iter().map(|list| list.language).take(MOST).collect();
        Self { languages, words, grams: likelihoods(&counts), alphabets }
    }

    /// The likeliest language of some words, if it is one of the profile's and clearly ahead.
    pub fn identify(&self, words: &[Word], prior: Option<&str>) -> Option<&'static str> {
        let mut sums: Scores = [f32::MIN; MOST];
        for (sum, &language) in sums.iter_mut().zip(&self.languages) {
            let profile = if ANSWERS.contains(&language) { PROFILE } else { 0.0 };
            let stated = if prior == Some(language) { PRIOR } else { 0.0 };
            *sum = profile + stated;
        }
        let (mut best, mut lead) = (0, 0.0);
        for word in words {
            self.add(word, &mut sums);
            (best, lead) = leader(&sums);
            if lead >= SURE {
                break;
            }
        }
        self.languages.get(best).copied().filter(|language| lead >= CLEAR && ANSWERS.contains(language))
    }

    /// Adds to the sums what a word says of each language.
    fn add(&self, word: &Word, sums: &mut Scores) {
        let letters: String = word.letters.chars().map(cut::unified).collect();
        let mut scores: Scores = [0.0; MOST];
        for gram in grams(&letters) {
            let known = (1..=LONGEST_GRAM).rev().find_map(|n| self.grams.get(&last(gram, n)?));
            if let Some(known) = known {
                scores.iter_mut().zip(known).for_each(|(score, letter)| *score += letter);
            }
        }
        let listed = self.listed(word, &letters);
        if let Some(listed) = listed {
            scores.iter_mut().zip(listed).for_each(|(score, word)| *score = (*score - LN_2).max(*word));
        }
        let all = (1 << self.languages.len()) - 1;
        let alphabets = word.letters.chars().fold(all, |all, c| all & self.alphabets.get(&c).copied().unwrap_or(0));
        let (share, loudest, foreign) = if word.name && listed.is_none() {
            (NAME_SHARE, LOUDEST_NAME, FOREIGN_LETTER_IN_NAME)
        } else {
            (1.0, LOUDEST_WORD, FOREIGN_LETTER)
        };
        let best = scores[..self.languages.len()].iter().fold(f32::MIN, |best, score| best.max(*score));
        for (language, (sum, score)) in sums.iter_mut().zip(scores).enumerate() {
            let foreign = if alphabets & 1 << language == 0 { foreign } else { 0.0 };
            *sum += ((score - best) * share - foreign).max(-loudest);
        }
    }

    /// The likelihoods of a word that is on a list, as an ending or an elided word if it is written so.
    fn listed(&self, word: &Word, letters: &str) -> Option<&Scores> {
        let ending = word.joined.and_then(|mark| self.words.get(&format!("{mark}{letters}")));
        let elided = || word.elided.then(|| self.words.get(&format!("{letters}'"))).flatten();
        ending.or_else(elided).or_else(|| self.words.get(letters))
    }
}

/// The place of the highest sum, and how far it is ahead of the next.
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

/// For each letter of a word, and for its end, the code of that letter with those before it above.
fn grams(word: &str) -> impl Iterator<Item = u64> {
    const EDGE: u64 = b' ' as u64;
    let codes = word.chars().filter(|c| c.is_alphabetic()).map(u64::from);
    codes.chain([EDGE]).scan(EDGE, |before, code| {
        *before = (*before << CODE_BITS | code) & (1 << (LONGEST_GRAM * CODE_BITS)) - 1;
        Some(*before)
    })
}

/// The last letters of a gram, if it has so many.
fn last(gram: u64, length: u32) -> Option<u64> {
    (length == 1 || gram >> (CODE_BITS * (length - 1)) != 0).then(|| gram & (1 << (CODE_BITS * length)) - 1)
}

/// The logarithms of the likelihoods of letters, from how often each was counted after those before it.
fn likelihoods(counts: &HashMap<u64, Scores>) -> HashMap<u64, Scores> {
    // How often anything follows some letters, and how many different letters do.
    let mut followed: HashMap<u64, (Scores, Scores)> = HashMap::new();
    for (gram, counted) in counts {
        let (sum, kinds) = followed.entry(gram >> CODE_BITS).or_insert(([0.0; MOST], [0.0; MOST]));
        for (language, &count) in counted.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            sum[language] += count;
            kinds[language] += 1.0;
        }
    }
    // The shorter first, as the longer rest on them.
    let mut order: Vec<u64> = counts.keys().copied().collect();
    order.sort_unstable();
    let mut likelihoods: HashMap<u64, Scores> = HashMap::with_capacity(order.len());
    for gram in order {
        let length = (u64::BITS - gram.leading_zeros()).div_ceil(CODE_BITS);
        let shorter = (length > 1).then(|| last(gram, length - 1)).flatten().and_then(|gram| likelihoods.get(&gram));
        let mut scores = shorter.copied().unwrap_or([UNKNOWN_LETTER; MOST]);
        if let (Some(counted), Some((sum, kinds))) = (counts.get(&gram), followed.get(&(gram >> CODE_BITS))) {
            for (language, score) in scores.iter_mut().enumerate().filter(|(language, _)| sum[*language] > 0.0) {
                *score = (counted[language] + kinds[language] * *score) / (sum[language] + kinds[language]);
            }
        }
        likelihoods.insert(gram, scores);
    }
    likelihoods.values_mut().flatten().for_each(|likelihood| *likelihood = likelihood.ln());
    likelihoods
}

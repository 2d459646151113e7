//! A model of languages that share a script: how likely each is to write a word.
//!
//! A word is either one of the language's list, likelier the nearer to its beginning, or spelt letter by letter, each as
//! likely as it is after the three before it in the words of the list (interpolated as by Witten and Bell). Words of the
//! list tell most; the letters tell of endings and of what no list has. No word tells more than a bound, so that none
//! decides alone against several, and what may be a name tells little: names stand in headlines of every language.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::cut::Word;
use super::words::{ARABIC_SCRIPT, CYRILLIC, LATIN, Words};

/// The most languages of one script.
const MOST: usize = 16;

/// Letters that are looked at together.
const LONGEST_GRAM: usize = 4;

/// Letters of a script, about: how likely one is of which nothing is known.
const LETTERS: f32 = 60.0;

/// By how much, in nats, a word may speak against a language.
const LOUDEST_WORD: f32 = 6.0;
/// The same for what may be a name.
const LOUDEST_NAME: f32 = 2.0;
/// The share of what a name's letters say that counts.
const NAME_SHARE: f32 = 0.35;

/// How much likelier one of the profile's languages is than its neighbours, in nats.
const PROFILE: f32 = 1.5;
/// How much likelier is the language that the feed or outlet states.
const PRIOR: f32 = 5.0;
/// What the best language must be ahead of the next.
const CLEAR: f32 = 0.3;

/// The languages that are answered.
const ANSWERS: [&str; 8] = ["en", "fr", "ru", "hy", "tr", "az", "ka", "fa"];

type Scores = [f32; MOST];

/// The languages of one script.
pub(super) struct Model {
    languages: Vec<&'static str>,
    /// The likelihood of each listed word in each language, zero where it is not listed.
    words: HashMap<String, Scores>,
    /// The logarithm of each letter's likelihood after those before it, by the letters' codes.
    grams: HashMap<u64, Scores>,
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
        let languages: Vec<&'static str> = lists.iter().map(|list| list.language).take(MOST).collect();
        let mut words: HashMap<String, Scores> = HashMap::new();
        let mut counts: HashMap<u64, Scores> = HashMap::new();
        for (language, list) in lists.iter().enumerate().take(MOST) {
            for (place, word) in list.words.split_whitespace().enumerate() {
                let scores = words.entry(word.to_owned()).or_default();
                if scores[language] > 0.0 {
                    continue;
                }
                // Zipf's law; the sum over a list stays near a half.
                scores[language] = 0.12 / (place as f32 + 8.0);
                let letters: String = word.chars().filter(|c| c.is_alphabetic()).collect();
                for gram in grams(&letters) {
                    for length in 1..=LONGEST_GRAM {
                        if let Some(gram) = ending(gram, length) {
                            counts.entry(gram).or_default()[language] += 1.0;
                        }
                    }
                }
            }
        }
        Self { grams: smooth(&counts), languages, words }
    }

    /// The likeliest language of some words, if it is one of the profile's and clearly ahead.
    pub fn identify(&self, words: &[Word], prior: Option<&str>) -> Option<&'static str> {
        let mut sums: Scores = [0.0; MOST];
        for word in words {
            self.add(word, &mut sums);
        }
        for (language, sum) in self.languages.iter().zip(&mut sums) {
            if ANSWERS.contains(language) {
                *sum += PROFILE;
            }
            if prior == Some(*language) {
                *sum += PRIOR;
            }
        }
        let mut ranked: Vec<(f32, &'static str)> = sums.into_iter().zip(self.languages.iter().copied()).collect();
        ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, language) = *ranked.first()?;
        let next = ranked.get(1).map_or(f32::MIN, |next| next.0);
        (best - next >= CLEAR && ANSWERS.contains(&language)).then_some(language)
    }

    /// Adds what a word says of each language to the sums.
    fn add(&self, word: &Word, sums: &mut Scores) {
        let letters = &word.letters;
        let marked = word.joined.and_then(|mark| self.words.get(&format!("{mark}{letters}")));
        let elided = || word.elided.then(|| self.words.get(&format!("{letters}'"))).flatten();
        let listed = marked.or_else(elided).or_else(|| self.words.get(letters));
        let mut scores: Scores = [0.0; MOST];
        for gram in grams(letters) {
            let known = (1..=LONGEST_GRAM).rev().filter_map(|length| self.grams.get(&ending(gram, length)?)).next();
            if let Some(known) = known {
                scores.iter_mut().zip(known).for_each(|(score, letter)| *score += letter);
            }
        }
        let (share, loudest) = match (listed, word.name) {
            (None, true) => (NAME_SHARE, LOUDEST_NAME),
            _ => (1.0, LOUDEST_WORD),
        };
        if let Some(listed) = listed {
            scores.iter_mut().zip(listed).for_each(|(score, word)| *score = (score.exp() * 0.5 + word).ln());
        }
        let best = scores[..self.languages.len()].iter().fold(f32::MIN, |best, score| best.max(*score));
        for (sum, score) in sums.iter_mut().zip(scores) {
            *sum += ((score - best) * share).max(-loudest);
        }
    }
}

/// For each letter of a word, and for its end, that letter's code with those of the ones before it above.
fn grams(letters: &str) -> impl Iterator<Item = u64> {
    const EDGE: u64 = b' ' as u64;
    let codes = letters.chars().map(|c| u64::from(u16::try_from(u32::from(c)).unwrap_or(u16::MAX)).max(1));
    codes.chain([EDGE]).scan(EDGE, |before, code| {
        *before = *before << 16 | code;
        Some(*before)
    })
}

/// The last letters of a gram, if it has so many.
fn ending(gram: u64, length: usize) -> Option<u64> {
    let has = length == 1 || gram >> (16 * (length - 1)) != 0;
    has.then(|| if length >= 4 { gram } else { gram & ((1 << (16 * length)) - 1) })
}

/// The logarithms of the likelihoods that follow from how often each run of letters was counted.
fn smooth(counts: &HashMap<u64, Scores>) -> HashMap<u64, Scores> {
    // How often something follows a run of letters, and how many different letters do.
    let mut followed: HashMap<u64, (Scores, Scores)> = HashMap::new();
    for (gram, counted) in counts {
        let (sum, kinds) = followed.entry(gram >> 16).or_default();
        for (language, &count) in counted.iter().enumerate().filter(|(_, count)| **count > 0.0) {
            sum[language] += count;
            kinds[language] += 1.0;
        }
    }
    // The shorter first, as the longer are built on them.
    let mut order: Vec<u64> = counts.keys().copied().collect();
    order.sort_unstable();
    let mut likelihoods: HashMap<u64, Scores> = HashMap::with_capacity(order.len());
    for gram in order {
        let length = 4 - gram.leading_zeros() as usize / 16;
        let shorter = ending(gram, length - 1).filter(|_| length > 1).and_then(|gram| likelihoods.get(&gram));
        let mut scores = shorter.copied().unwrap_or([1.0 / LETTERS; MOST]);
        if let (Some(counted), Some((sum, kinds))) = (counts.get(&gram), followed.get(&(gram >> 16))) {
            for language in 0..MOST {
                let all = sum[language] + kinds[language];
                if all > 0.0 {
                    scores[language] = (counted[language] + kinds[language] * scores[language]) / all;
                }
            }
        }
        likelihoods.insert(gram, scores);
    }
    likelihoods.values_mut().flatten().for_each(|likelihood| *likelihood = likelihood.ln());
    likelihoods
}

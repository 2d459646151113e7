//! A model of the languages that share a script: how likely each is to write a word.
//!
//! A word is either one of a language's list, likelier the nearer to its beginning, or spelt letter by letter, as likely
//! as `spelling` has it. Listed words tell most; the letters tell of endings and of what no list has. No word tells more
//! than a bound, so that none decides alone against several, and what may be a name tells little: names stand in headlines
//! of every language.

use std::f32::consts::LN_2;
use std::sync::LazyLock;

use hashbrown::HashMap;
use smallvec::SmallVec;

use super::cut::Word;
use super::spelling::{MOST, Scores, Spelling, unified};
use super::words::{ARABIC_SCRIPT, CYRILLIC, LATIN, Words};

/// The code after the last letter of these scripts.
const LAST_LETTER: usize = 0x700;

/// How likely the first words of a list are: `FIRST_WORDS / (place + 8)`, by Zipf's law, makes less than one in all.
const FIRST_WORDS: f32 = 0.2;

// What follows is in natural logarithms of likelihoods.

/// How much a word may speak against a language.
const LOUDEST_WORD: f32 = 8.0;
/// How much what may be a name may speak against a language.
const LOUDEST_NAME: f32 = 3.0;
/// The share of what a name says that counts.
const NAME_SHARE: f32 = 0.35;
/// How much a word with a letter that a language does not have speaks against it besides.
const FOREIGN_LETTER: f32 = 4.0;
/// The same in what may be a name, which keeps its letters in many languages.
const FOREIGN_LETTER_IN_NAME: f32 = 2.0;
/// How much likelier one of the profile's languages is than its neighbours.
const PROFILE: f32 = 1.5;
/// How much likelier is the language that the feed or the outlet states: less than one word can say. It is also what the
/// best language must be ahead where they state one that no list is of.
const STATED: f32 = 5.0;
/// How far the best language must be ahead of the next.
const CLEAR: f32 = 0.1;
/// How far ahead it is when the rest need not be read.
const SURE: f32 = 20.0;

/// The languages that list a word, each with the logarithm of its likelihood there.
type Listed = SmallVec<[(usize, f32); 1]>;

/// The languages of one script.
pub(super) struct Model {
    languages: Vec<&'static Words>,
    /// The words of the lists.
    words: HashMap<String, Listed>,
    spelling: Spelling,
    /// The languages that have a letter, as bits, by its code: none of these scripts goes further than `LAST_LETTER`.
    alphabets: Vec<u32>,
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
    fn new(lists: &'static [Words]) -> Self {
        let mut words: HashMap<String, Listed> = HashMap::new();
        let mut alphabets = vec![0; LAST_LETTER];
        for (language, list) in lists.iter().enumerate().take(MOST) {
            for letter in list.letters.chars().filter(|&c| (c as usize) < LAST_LETTER) {
                alphabets[letter as usize] |= 1 << language;
            }
            for (place, word) in list.words.split_whitespace().enumerate() {
                let likelihood = FIRST_WORDS / (place as f32 + 8.0);
                words.entry(word.chars().map(unified).collect()).or_default().push((language, likelihood.ln()));
            }
        }
        let languages = lists.iter().take(MOST).collect();
        Self { languages, words, spelling: Spelling::new(lists), alphabets }
    }

    /// The likeliest language of some words, if it is one of the profile's and clearly ahead.
    ///
    /// `stated` is the language that is likelier before any word is read.
    pub fn identify(&self, words: &[Word], stated: Option<&str>) -> Option<&'static str> {
        let mut sums: Scores = [f32::MIN; MOST];
        for (sum, language) in sums.iter_mut().zip(&self.languages) {
            *sum = if language.answer { PROFILE } else { 0.0 };
            if stated.is_some_and(|stated| language.tags.contains(&stated)) {
                *sum += STATED;
            }
        }
        let (mut best, mut lead) = (0, 0.0);
        for word in words {
            self.add(word, &mut sums);
            (best, lead) = leader(&sums);
            if lead >= SURE {
                break;
            }
        }
        let clear = if stated.is_some_and(is_unknown) { STATED } else { CLEAR };
        let language = self.languages.get(best).filter(|language| language.answer && lead >= clear)?;
        language.tags.first().copied()
    }

    /// Adds to the sums what a word says of each language.
    fn add(&self, word: &Word, sums: &mut Scores) {
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
        let (share, loudest, foreign) = if word.name && listed.is_none() {
            (NAME_SHARE, LOUDEST_NAME, FOREIGN_LETTER_IN_NAME)
        } else {
            (1.0, LOUDEST_WORD, FOREIGN_LETTER)
        };
        let best = scores[..self.languages.len()].iter().fold(f32::MIN, |best, score| best.max(*score));
        for (language, (sum, score)) in sums.iter_mut().zip(scores).enumerate() {
            let foreign = if alphabets & 1 << language == 0 { foreign } else { 0.0 };
            *sum += ((score - best) * share).max(-loudest) - foreign;
        }
    }

    /// The likelihoods of a word that is on a list, as an ending or an elided word if it is written so.
    fn listed(&self, word: &Word, letters: &str) -> Option<&Listed> {
        let ending = word.joined.and_then(|mark| self.words.get(&format!("{mark}{letters}")));
        let elided = || word.elided.then(|| self.words.get(&format!("{letters}'"))).flatten();
        ending.or_else(elided).or_else(|| self.words.get(letters))
    }
}

/// Whether a stated language is one of which no list says how it looks.
fn is_unknown(stated: &str) -> bool {
    let lists = [LATIN, CYRILLIC, ARABIC_SCRIPT];
    !["hy", "ka", "und", "mul"].contains(&stated)
        && !lists.into_iter().flatten().any(|list| list.tags.contains(&stated))
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

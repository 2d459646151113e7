//! The spelling of the languages of a script: the likelihood of each letter after the two before it, learnt from their
//! word lists.
//!
//! Interpolated after Witten and Bell: a letter without an example after two letters takes its likelihood after one
//! letter, and so on.

use hashbrown::HashMap;

use super::words_in;
use crate::languages::{LanguageData, MOST_IN_ONE_SCRIPT as MOST};
use crate::script::Script;

/// The logarithm of a likelihood for each language.
pub(super) type Scores = [f32; MOST];

/// Letters in a run: three codes of 21 bits fit into a number.
const LONGEST_RUN: u32 = 3;
const CODE_BITS: u32 = 21;

/// The likelihood of a letter without any example: a script has some sixty letters.
const UNKNOWN_LETTER: f32 = 1.0 / 60.0;

/// The unit of stored logarithms is one part of this many: a byte holds one, in a quarter of the memory of a float.
const PARTS: f32 = 20.0;

/// The spelling of the languages of one script.
pub(super) struct Spelling {
    /// By a run of letters the negative log-likelihood of its last letter after the others, for each language.
    runs: HashMap<u64, [u8; MOST]>,
}

impl Spelling {
    /// Learns the spelling from the words of the lists.
    pub fn new(script: Script, languages: &[&LanguageData]) -> Self {
        let mut runs: Vec<u64> =
            languages.iter().flat_map(|language| words_in(language, script)).flat_map(all_runs).collect();
        // Short runs come first: the likelihood of a run builds on the run without its first letter.
        runs.sort_unstable();
        runs.dedup();
        let places: HashMap<u64, usize> = runs.iter().enumerate().map(|(place, run)| (*run, place)).collect();
        let shorter: Vec<Option<usize>> = runs.iter().map(|&run| places.get(&without_first(run)?).copied()).collect();
        let before: Vec<Option<usize>> = runs.iter().map(|&run| places.get(&(run >> CODE_BITS)).copied()).collect();
        let mut unlikely = vec![[u8::MAX; MOST]; runs.len()];
        for (number, language) in languages.iter().enumerate() {
            let mut counts = vec![0.0; runs.len()];
            for place in words_in(language, script).flat_map(all_runs).filter_map(|run| places.get(&run)) {
                counts[*place] += 1.0;
            }
            let likelihoods = likelihoods(&counts, &shorter, &before);
            for (unlikely, likelihood) in unlikely.iter_mut().zip(likelihoods) {
                // Saturates at the greatest byte.
                unlikely[number] = (-likelihood.ln() * PARTS) as u8;
            }
        }
        Self { runs: runs.into_iter().zip(unlikely).collect() }
    }

    /// The log-likelihood of a word's spelling in each language.
    pub fn scores(&self, word: &str) -> Scores {
        let mut unlikely = [0_u32; MOST];
        for run in longest_runs(word) {
            let known = std::iter::successors(Some(run), |run| without_first(*run)).find_map(|run| self.runs.get(&run));
            if let Some(known) = known {
                unlikely.iter_mut().zip(known).for_each(|(sum, letter)| *sum += u32::from(*letter));
            }
        }
        unlikely.map(|sum| sum as f32 / -PARTS)
    }
}

/// The likelihoods of the last letters of runs in one language, from the counts of the runs.
///
/// `shorter` and `before` are the places of the run without its first letter and without its last letter.
fn likelihoods(counts: &[f32], shorter: &[Option<usize>], before: &[Option<usize>]) -> Vec<f32> {
    // The number of letters after a run, and of different ones; the last entry is for the empty run.
    let none = counts.len();
    let mut followed = vec![(0.0_f32, 0.0_f32); none + 1];
    for (count, before) in counts.iter().zip(before).filter(|(count, _)| **count > 0.0) {
        let (sum, kinds) = &mut followed[before.unwrap_or(none)];
        *sum += count;
        *kinds += 1.0;
    }
    let mut likelihoods = Vec::with_capacity(counts.len());
    for ((count, before), shorter) in counts.iter().zip(before).zip(shorter) {
        let rest: f32 = shorter.and_then(|place| likelihoods.get(place)).copied().unwrap_or(UNKNOWN_LETTER);
        let (sum, kinds) = followed[before.unwrap_or(none)];
        likelihoods.push(if sum > 0.0 { (count + kinds * rest) / (sum + kinds) } else { rest });
    }
    likelihoods
}

/// For each letter of a word, and for its end, the codes of the letter and of the two before it.
fn longest_runs(word: &str) -> impl Iterator<Item = u64> {
    const EDGE: u64 = b' ' as u64;
    let codes = word.chars().filter(|c| c.is_alphabetic()).map(|c| u64::from(unified(c)));
    codes.chain([EDGE]).scan(EDGE, |before, code| {
        *before = ((*before << CODE_BITS) | code) & ((1 << (LONGEST_RUN * CODE_BITS)) - 1);
        Some(*before)
    })
}

/// The runs of a word, in every length.
fn all_runs(word: &str) -> impl Iterator<Item = u64> {
    longest_runs(word).flat_map(|run| std::iter::successors(Some(run), |run| without_first(*run)))
}

/// Unifies the forms of an Arabic letter that Persian and its neighbours type differently.
pub(super) fn unified(c: char) -> char {
    match c {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        c => c,
    }
}

/// A run without its first letter; `None` for a single letter.
fn without_first(run: u64) -> Option<u64> {
    let length = (u64::BITS - run.leading_zeros()).div_ceil(CODE_BITS);
    (length > 1).then(|| run & ((1 << (CODE_BITS * (length - 1))) - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::languages;

    fn latin() -> (Vec<&'static LanguageData>, Spelling) {
        let languages: Vec<_> = languages::written_in(Script::Latin).collect();
        let spelling = Spelling::new(Script::Latin, &languages);
        (languages, spelling)
    }

    #[test]
    fn an_unlisted_word_is_likeliest_in_the_language_of_its_spelling() {
        let (languages, spelling) = latin();
        for (word, language) in [
            ("thoughtfully", "en"),
            ("heureusement", "fr"),
            ("yazılmadığından", "tr"),
            ("gözəlləşdirilmiş", "az"),
            ("schlüssigkeit", "de"),
            ("przewodniczący", "pl"),
        ] {
            let scores = spelling.scores(word);
            let best = (0..languages.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
            assert_eq!(languages[best].code, language, "{word}");
        }
    }

    #[test]
    fn likelihoods_after_two_letters_add_up_to_at_most_one() {
        let (_, spelling) = latin();
        let letters: Vec<u64> = spelling.runs.keys().copied().filter(|run| without_first(*run).is_none()).collect();
        for before in spelling.runs.keys().filter(|run| *run >> (2 * CODE_BITS) == 0 && *run >> CODE_BITS != 0) {
            for language in 0..4 {
                let likelihood =
                    |run: u64| spelling.runs.get(&run).map(|run| (f32::from(run[language]) / -PARTS).exp());
                let sum: f32 = letters.iter().filter_map(|code| likelihood(before << CODE_BITS | code)).sum();
                assert!(sum < 1.1, "{sum}");
            }
        }
    }
}

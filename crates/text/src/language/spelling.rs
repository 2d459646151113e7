//! How the languages of a script spell: how likely each letter is after the two before it, in the words of their lists.
//!
//! Interpolated as by Witten and Bell: what was never seen after two letters is as likely as it is after one, and so on.

use hashbrown::HashMap;

use super::words::Words;

/// The most languages of one script.
pub(super) const MOST: usize = 20;

/// A logarithm of a likelihood for each language.
pub(super) type Scores = [f32; MOST];

/// Letters that are looked at together: their codes, of 21 bits, fill a number.
const LONGEST_RUN: u32 = 3;
const CODE_BITS: u32 = 21;

/// How likely a letter is of which nothing is known: a script has some sixty.
const UNKNOWN_LETTER: f32 = 1.0 / 60.0;

/// Logarithms are kept in bytes, in such parts of one: a quarter of the memory, and as good.
const PARTS: f32 = 20.0;

/// The spelling of the languages of one script.
pub(super) struct Spelling {
    /// By a run of letters, how unlikely the last of them is after the others in each language.
    runs: HashMap<u64, [u8; MOST]>,
}

impl Spelling {
    /// Learns the spelling from the words of the lists.
    pub fn new(lists: &[Words]) -> Self {
        let mut runs: Vec<u64> =
            lists.iter().flat_map(|list| list.words.split_whitespace()).flat_map(all_runs).collect();
        // The shorter come first, as the longer rest on them.
        runs.sort_unstable();
        runs.dedup();
        let places: HashMap<u64, usize> = runs.iter().enumerate().map(|(place, run)| (*run, place)).collect();
        let shorter: Vec<Option<usize>> = runs.iter().map(|&run| places.get(&without_first(run)?).copied()).collect();
        let before: Vec<Option<usize>> = runs.iter().map(|&run| places.get(&(run >> CODE_BITS)).copied()).collect();
        let mut unlikely = vec![[u8::MAX; MOST]; runs.len()];
        for (language, list) in lists.iter().enumerate().take(MOST) {
            let mut counts = vec![0.0; runs.len()];
            for place in list.words.split_whitespace().flat_map(all_runs).filter_map(|run| places.get(&run)) {
                counts[*place] += 1.0;
            }
            let likelihoods = likelihoods(&counts, &shorter, &before);
            for (unlikely, likelihood) in unlikely.iter_mut().zip(likelihoods) {
                // Saturates: nothing is less likely than a byte can say.
                unlikely[language] = (-likelihood.ln() * PARTS) as u8;
            }
        }
        Self { runs: runs.into_iter().zip(unlikely).collect() }
    }

    /// How likely each language is to spell a word so.
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

/// The likelihoods of the last letters of runs in one language, from how often each run was counted there.
///
/// `shorter` and `before` are the places of the run without its first letter, and without its last.
fn likelihoods(counts: &[f32], shorter: &[Option<usize>], before: &[Option<usize>]) -> Vec<f32> {
    // How often anything follows a run, and how many different letters do; at last, for no letters before.
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

/// For each letter of a word, and for its end, the codes of that letter and of those before it.
fn longest_runs(word: &str) -> impl Iterator<Item = u64> {
    const EDGE: u64 = b' ' as u64;
    let codes = word.chars().filter(|c| c.is_alphabetic()).map(|c| u64::from(unified(c)));
    codes.chain([EDGE]).scan(EDGE, |before, code| {
        *before = ((*before << CODE_BITS) | code) & ((1 << (LONGEST_RUN * CODE_BITS)) - 1);
        Some(*before)
    })
}

/// The runs of a word of every length.
fn all_runs(word: &str) -> impl Iterator<Item = u64> {
    longest_runs(word).flat_map(|run| std::iter::successors(Some(run), |run| without_first(*run)))
}

/// The one form of an Arabic letter that Persian and its neighbours type in several.
pub(super) fn unified(c: char) -> char {
    match c {
        'ي' | 'ى' => 'ی',
        'ك' => 'ک',
        c => c,
    }
}

/// A run without its first letter, if it has more than one.
fn without_first(run: u64) -> Option<u64> {
    let length = (u64::BITS - run.leading_zeros()).div_ceil(CODE_BITS);
    (length > 1).then(|| run & ((1 << (CODE_BITS * (length - 1))) - 1))
}

#[cfg(test)]
mod tests {
    use super::super::words::LATIN;
    use super::*;

    #[test]
    fn a_word_of_no_list_is_likeliest_in_the_language_that_spells_so() {
        let spelling = Spelling::new(LATIN);
        for (word, language) in [
            ("thoughtfully", "en"),
            ("heureusement", "fr"),
            ("yazılmadığından", "tr"),
            ("gözəlləşdirilmiş", "az"),
            ("schlüssigkeit", "de"),
            ("przewodniczący", "pl"),
        ] {
            let scores = spelling.scores(word);
            let best = (0..LATIN.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
            assert_eq!(LATIN[best].tags[0], language, "{word}");
        }
    }

    #[test]
    fn after_any_two_letters_the_likelihoods_of_all_others_make_at_most_one() {
        let spelling = Spelling::new(&LATIN[..4]);
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

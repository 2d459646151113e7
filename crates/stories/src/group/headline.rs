//! Fingerprints of headlines, without the additions of outlets.

use super::hash;
use super::words::AnalysedWord;
use ceasewire_text::{Doc, analysis};

/// Fewest words of a headline that identifies a story; shorter headlines ("War in Karabakh") recur.
const TITLE_WORDS: usize = 5;
/// Most words of an outlet's name at the end of a headline.
const OUTLET_WORDS: usize = 4;
/// Letters of a run.
const GRAM: usize = 4;
/// Runs after which a title's further words are not read: bounds the work.
const MOST_GRAMS: usize = 120;

/// Fingerprints a headline long enough to identify one story.
pub(super) fn fingerprint(title: &str) -> Option<u64> {
    let words = title_words(title);
    (words.len() >= TITLE_WORDS).then(|| hash::fingerprint(words.join(" ").as_bytes()))
}

/// Fingerprints the runs of letters of a title's words, ascending, without the words that mean nothing.
pub(super) fn grams(doc: &Doc, title: &[AnalysedWord]) -> Box<[u32]> {
    let mut grams = Vec::with_capacity(MOST_GRAMS);
    let mut letters: Vec<char> = Vec::new();
    for (word, analysed) in doc.words().zip(title) {
        if analysed.features.is_stop || grams.len() > MOST_GRAMS {
            continue;
        }
        letters.clear();
        letters.push('^');
        letters.extend(word.chars());
        letters.push('$');
        let gram = |run: &[char]| run.iter().fold(0, |gram: u64, &letter| hash::mix(gram ^ u64::from(letter))) as u32;
        grams.extend(letters.windows(GRAM).map(gram));
    }
    grams.sort_unstable();
    grams.dedup();
    grams.into()
}

/// Splits a headline into words, without the outlet's name at the end and without English articles.
fn title_words(title: &str) -> Vec<String> {
    let headline =
        [" | ", " - ", " – ", " — "].iter().filter_map(|sign| title.rsplit_once(sign)).find(|(head, name)| {
            let (head, name) = (head.split_whitespace().count(), name.split_whitespace().count());
            name <= OUTLET_WORDS && head >= TITLE_WORDS
        });
    let mut words = analysis::words(headline.map_or(title, |(head, _)| head));
    words.retain(|word| !matches!(word.as_str(), "the" | "a" | "an"));
    words
}

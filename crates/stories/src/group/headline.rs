//! Fingerprints of headlines, without the additions of outlets.

use super::hash;
use ceasewire_text::analysis;

/// Fewest words of a headline that identifies a story; shorter headlines ("War in Karabakh") recur.
const TITLE_WORDS: usize = 5;
/// Most words of an outlet's name at the end of a headline.
const OUTLET_WORDS: usize = 4;

/// Fingerprints a headline long enough to identify one story.
pub(super) fn fingerprint(title: &str) -> Option<u64> {
    let words = title_words(title);
    (words.len() >= TITLE_WORDS).then(|| hash::fingerprint(words.join(" ").as_bytes()))
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

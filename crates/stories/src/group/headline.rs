//! Headlines that mean one story: the same words, whatever outlets add to them.

use super::hash;
use ceasewire_text::analysis;

/// Words from which on equal headlines mean the same story; shorter ones ("War in Karabakh") repeat.
const TITLE_WORDS: usize = 5;
/// The most words of an outlet's name at the end of a headline.
const OUTLET_WORDS: usize = 4;

/// A fingerprint of a headline that is long enough to mean one story.
pub(super) fn headline(title: &str) -> Option<u64> {
    let words = title_words(title);
    (words.len() >= TITLE_WORDS).then(|| hash::of(words.join(" ").as_bytes()))
}

/// A headline's words without what outlets add or leave out: their own name at the end, and articles.
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

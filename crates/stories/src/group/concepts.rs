//! Common news words with their meanings, from `concepts.txt` of each language, beside the terms of the conflict
//! profile. Only articles in different languages compare meanings.

use std::collections::HashMap;
use std::sync::LazyLock;

use ceasewire_text::analysis::{Analysis, words};
use ceasewire_text::languages::{Language, entries};
use ceasewire_text::stem;

/// For each stem the number of its meaning.
static CONCEPTS: LazyLock<HashMap<String, u16>> = LazyLock::new(|| {
    let mut numbers: HashMap<&str, u16> = HashMap::new();
    let mut concepts = HashMap::new();
    for language in Language::all() {
        for (meaning, line) in entries(language.data().file("concepts.txt").unwrap_or_default()) {
            let next = numbers.len() as u16;
            let number = *numbers.entry(meaning).or_insert(next);
            for word in words(line) {
                concepts.insert(stem::stem(language, &Analysis::Full.exact(&word)).into_owned(), number);
            }
        }
    }
    concepts
});

/// Finds the number of a stem's meaning.
pub(super) fn find_concept(stem: &str) -> Option<u16> {
    CONCEPTS.get(stem).copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_has_concepts_of_the_same_meanings() {
        let meanings = |language: Language| -> BTreeSet<&str> {
            entries(language.data().file("concepts.txt").expect("a concepts.txt")).map(|(meaning, _)| meaning).collect()
        };
        let english = meanings("en".parse().unwrap());
        for language in Language::all() {
            assert!(meanings(language).is_subset(&english), "{language}");
        }
        assert_eq!(find_concept("взрыв"), find_concept("explosion"));
    }
}

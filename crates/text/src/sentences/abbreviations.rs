//! Words with a full stop that need not end a sentence.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

use crate::languages;

/// The file of a language's abbreviations.
const FILE: &str = "abbreviations.txt";

/// The meaning of the full stop after a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FullStop {
    /// It ends the sentence.
    SentenceEnd,
    /// It belongs to an abbreviation that stands before a name: the sentence goes on.
    BeforeName,
    /// It belongs to an abbreviation before a number, and ends the sentence before anything else.
    BeforeNumber,
    /// It belongs to an abbreviation and may also end the sentence.
    Anywhere,
}

/// The abbreviations of all languages: a line may mix languages, and an abbreviation means the same in most of them.
struct Abbreviations {
    full_stops: HashMap<&'static str, FullStop>,
    /// Last letters of dotted abbreviations that end a list.
    list_ends: HashSet<&'static str>,
}

impl Abbreviations {
    /// Reads the folders of all article languages. Where they differ, the later of `kinds` counts.
    fn read() -> Self {
        let kinds = [
            ("before-name", FullStop::BeforeName),
            ("before-number", FullStop::BeforeNumber),
            ("anywhere", FullStop::Anywhere),
        ];
        let words = |wanted: &'static str| {
            let files = languages::ALL.iter().filter_map(|language| language.file(FILE));
            files
                .flat_map(languages::entries)
                .filter(move |(key, _)| *key == wanted)
                .flat_map(|(_, words)| words.split_whitespace())
        };
        Self {
            full_stops: kinds.iter().flat_map(|&(key, kind)| words(key).map(move |word| (word, kind))).collect(),
            list_ends: words("list-end").collect(),
        }
    }
}

/// The meaning of the full stop after `word`, which comes without it and in its own case.
pub(super) fn full_stop_after(word: &str) -> FullStop {
    static ABBREVIATIONS: LazyLock<Abbreviations> = LazyLock::new(Abbreviations::read);
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let pieces = || word.split('.').filter(|piece| !piece.is_empty());
    if letters > 0 && pieces().all(|piece| piece.chars().count() == 1) {
        // "и т.д." ends a list, and mostly its sentence.
        let ends_list = || pieces().next_back().is_some_and(|last| ABBREVIATIONS.list_ends.contains(last));
        if letters > 1 && ends_list() {
            return FullStop::SentenceEnd;
        }
        // "J." is a first name, "г." a year or a town, "U.S." a country.
        let initial = letters == 1 && word.chars().next().is_some_and(char::is_uppercase);
        return if initial { FullStop::BeforeName } else { FullStop::Anywhere };
    }
    ABBREVIATIONS.full_stops.get(word.to_lowercase().as_str()).copied().unwrap_or(FullStop::SentenceEnd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_a_known_key() {
        for language in languages::ALL {
            for line in languages::lines(language.file(FILE).unwrap()) {
                let key = line.split_once(':').map_or(line, |(key, _)| key);
                let known = ["before-name", "before-number", "anywhere", "list-end"];
                assert!(known.contains(&key), "{}: {line}", language.code);
            }
        }
    }
}

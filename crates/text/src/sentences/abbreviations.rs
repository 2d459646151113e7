//! Words with a full stop that need not end a sentence.

use std::sync::LazyLock;

use hashbrown::{HashMap, HashSet};

use crate::analysis::fold;
use crate::calendar_names::months_named;
use crate::languages;
use crate::stem::is_stop_word;

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
    /// Nouns that follow an ordinal number in digits with a full stop, and words that lead one.
    after_ordinals: HashSet<&'static str>,
    before_ordinals: HashSet<&'static str>,
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
            after_ordinals: words("after-ordinal").collect(),
            before_ordinals: words("before-ordinal").collect(),
        }
    }
}

static ABBREVIATIONS: LazyLock<Abbreviations> = LazyLock::new(Abbreviations::read);

/// Whether the full stop between a number in digits and the word `next` makes the number an ordinal, as in German
/// "22. Mai" and Turkish "2. Ordu". `before` is the word before the number.
pub(super) fn is_ordinal(before: &str, number: &str, next: &str) -> bool {
    if number.len() > 2 || !number.bytes().all(|c| c.is_ascii_digit()) {
        return false;
    }
    let (before, next) = (before.to_lowercase(), next.to_lowercase());
    months_named(&next) != 0
        || ABBREVIATIONS.after_ordinals.contains(&*next)
        || ABBREVIATIONS.before_ordinals.contains(&*before) && !is_stop_word(&fold(&next))
}

/// The meaning of the full stop after `word`, which comes without it and in its own case.
pub(super) fn full_stop_after(word: &str) -> FullStop {
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
                let known = ["before-name", "before-number", "anywhere", "list-end", "after-ordinal", "before-ordinal"];
                assert!(known.contains(&key), "{}: {line}", language.code);
            }
        }
    }
}

//! Stop words: words too common to select an article.

use std::sync::LazyLock;

use hashbrown::HashSet;

use crate::languages::{self, Language};

/// The file of a language's stop words.
const FILE: &str = "stop_words.txt";

/// Whether a folded word is a stop word of one of the languages of its script.
pub fn is_stop_word(word: &str) -> bool {
    // Words of different scripts are different words, so that one set holds those of all.
    static OF_ALL: LazyLock<HashSet<&str>> =
        LazyLock::new(|| languages::ALL.iter().flat_map(|language| language.words(FILE)).collect());
    OF_ALL.contains(word)
}

/// Whether a folded word is a stop word of a language.
pub(super) fn is_stop_word_of(language: Language, word: &str) -> bool {
    static STOP_WORDS: LazyLock<Vec<HashSet<&str>>> =
        LazyLock::new(|| languages::ALL.iter().map(|language| language.words(FILE).collect()).collect());
    STOP_WORDS[language.index()].contains(word)
}

#[cfg(test)]
mod tests {
    use super::super::candidates;
    use super::*;
    use crate::analysis::fold;

    #[test]
    fn stop_words_are_folded_and_in_their_script() {
        for language in Language::all() {
            for word in language.data().words(FILE) {
                assert_eq!(fold(word), word, "{language}");
                assert!(candidates(word).contains(&language), "{word}");
                assert!(is_stop_word(word), "{word}");
            }
        }
    }

    #[test]
    fn news_words_are_no_stop_words() {
        for word in ["the", "of", "les", "été", "için", "və", "который", "и", "և", "մեջ", "და", "რომ", "برای", "آن"]
        {
            assert!(is_stop_word(&fold(word)), "{word}");
        }
        for word in ["war", "guerre", "barış", "sülh", "война", "պատերազմ", "ომი", "جنگ", "2020", "停战", ""]
        {
            assert!(!is_stop_word(&fold(word)), "{word}");
        }
    }
}

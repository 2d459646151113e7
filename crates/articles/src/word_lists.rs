//! Word lists: reads the files of the language folders (`languages/`) for all languages at once.
//!
//! A text often has phrases of another language than its own, so every list applies to every text.

use ceasewire_text::languages::{entries, files, lines};

/// Lists the phrases of a file with one phrase a line, in all languages.
pub(crate) fn language_phrases(file: &str) -> impl Iterator<Item = &'static str> {
    files(file).flat_map(lines)
}

/// Lists the words of a file in all languages.
pub(crate) fn language_words(file: &str) -> impl Iterator<Item = &'static str> {
    language_phrases(file).flat_map(str::split_whitespace)
}

/// Lists the keys and phrases of a file with lines `key: phrase`, in all languages.
pub(crate) fn language_entries(file: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    files(file).flat_map(entries)
}

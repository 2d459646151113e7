//! Texts of news and their languages: words, stems, sentences, and the language that a text is written in.
//!
//! [`languages`] is the registry of languages, generated from the data folders in `languages/`. The other modules read
//! their word lists from it and contain no list of languages of their own.

pub mod analysis;
pub mod calendar;
pub mod calendar_names;
pub mod language;
pub mod language_names;
pub mod languages;
pub mod script;
pub mod sentences;
pub mod signs;
pub mod stem;

pub use analysis::{Analysis, Doc};

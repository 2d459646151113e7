//! Text and languages: words, stems, sentences, and the language that a text is written in.

pub mod analysis;
pub mod language;
pub mod sentences;
pub mod stem;

pub use analysis::{Analysis, Doc};

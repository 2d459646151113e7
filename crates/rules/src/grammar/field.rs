//! The part of a document that a term searches.

/// The part of a document that a term or a regular expression searches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The title and the text.
    Anywhere,
    /// The title.
    Title,
}

//! Words of no weight of their own.

/// Whether a word is one that nearly every text of its language has.
pub fn is_stop_word(_word: &str) -> bool {
    false
}

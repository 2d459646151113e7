//! The titles and sentences that the versions of an article had: a repetition is no news.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use ceasewire_text::sentences::sentences;

/// Sentences remembered of an article.
const MAX_SENTENCES: usize = 2000;

/// The words of an article's versions. Sentences are fingerprints; titles stay, since headlines are compared by
/// their meaning.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    titles: Vec<String>,
    sentences: BTreeSet<u64>,
}

impl Said {
    /// The words of one version.
    pub fn of(title: &str, text: &str) -> Self {
        let mut said = Self::default();
        said.add(title, text);
        said
    }

    /// Adds a version.
    pub fn add(&mut self, title: &str, text: &str) {
        self.add_title(title);
        for sentence in sentences(text) {
            if self.sentences.len() >= MAX_SENTENCES {
                break;
            }
            self.sentences.insert(fingerprint(sentence));
        }
    }

    /// Adds a version by its title and its [fingerprints](Self::fingerprints) alone.
    pub fn add_fingerprints(&mut self, title: &str, fingerprints: &[u8]) {
        self.add_title(title);
        for bytes in fingerprints.chunks_exact(8).take(MAX_SENTENCES) {
            if let Ok(bytes) = bytes.try_into() {
                self.sentences.insert(u64::from_be_bytes(bytes));
            }
        }
    }

    fn add_title(&mut self, title: &str) {
        if !self.titles.iter().any(|known| known == title) {
            self.titles.push(title.to_owned());
        }
    }

    /// The fingerprints of the sentences, eight bytes each.
    pub fn fingerprints(&self) -> Vec<u8> {
        self.sentences.iter().flat_map(|sentence| sentence.to_be_bytes()).collect()
    }

    /// The titles, each once.
    pub fn titles(&self) -> impl Iterator<Item = &str> {
        self.titles.iter().map(String::as_str)
    }

    /// Whether a version had this sentence, or this title.
    pub fn has(&self, sentence: &str) -> bool {
        self.has_title(sentence) || self.has_sentence(sentence)
    }

    pub(crate) fn has_title(&self, title: &str) -> bool {
        title.is_empty() || self.titles.iter().any(|known| known == title)
    }

    pub(crate) fn has_sentence(&self, sentence: &str) -> bool {
        self.sentences.contains(&fingerprint(sentence))
    }
}

/// The fingerprint of a sentence: its letters and digits, so that quotes, commas and spaces do not count. It is stored,
/// so it must not change.
fn fingerprint(sentence: &str) -> u64 {
    let folded: String = sentence.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let digest = Sha256::digest(folded.as_bytes());
    digest.iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stored_version_says_the_same() {
        let mut said = Said::of("Truce near", "The talks go on. Nobody is hurt!");
        let mut stored = Said::default();
        stored.add_fingerprints("Truce near", &said.fingerprints());
        assert_eq!(stored, said);
        said.add("Truce near", "The “talks” go on.");
        assert_eq!(stored, said);
        assert!(said.has_sentence("the talks go on") && !said.has_sentence("The talks go nowhere."));
    }
}

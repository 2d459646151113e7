//! The shares of articles that contain a word, by language, in news before any stream: `data/background.tsv`.
//!
//! `just train` counts them. The rarity of words in a stream takes their place as the stream grows.

use std::sync::LazyLock;

use hashbrown::HashMap;

use super::hash;
use super::term::{TermKey, TermKind};
use ceasewire_text::languages::lines;

/// The assumed share of a word in a language with known shares that is not among them, and in any other language.
const RARE: f32 = 0.0005;
const UNKNOWN: f32 = 0.002;

/// For each language, the shares of words.
static SHARES: LazyLock<HashMap<u64, HashMap<TermKey, f32>>> =
    LazyLock::new(|| parse(include_str!("../../data/background.tsv")));

/// The background of one language.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Background(Option<&'static HashMap<TermKey, f32>>);

impl Background {
    /// The background of the language with a tag.
    pub(super) fn of(tag: Option<&str>) -> Self {
        Self(tag.and_then(|tag| SHARES.get(&language_key(tag))))
    }

    /// The assumed share of articles that contain a term.
    pub(super) fn share(self, key: TermKey) -> f32 {
        match (self.0, key.kind()) {
            (Some(shares), TermKind::Word) => shares.get(&key).map_or(RARE, |share| share + RARE),
            _ => UNKNOWN,
        }
    }
}

/// A fingerprint of a tag's language: "pt-BR" and "pt" are one.
pub(super) fn language_key(tag: &str) -> u64 {
    hash::fingerprint(tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase().as_bytes())
}

/// Parses lines of a language, a share per mille, and the stems with it.
fn parse(file: &str) -> HashMap<u64, HashMap<TermKey, f32>> {
    let mut shares: HashMap<u64, HashMap<TermKey, f32>> = HashMap::new();
    for line in lines(file) {
        let mut fields = line.split('\t');
        let (Some(tag), Some(share), Some(stems)) = (fields.next(), fields.next(), fields.next()) else { continue };
        let Ok(share) = share.parse::<f32>() else { continue };
        let of_language = shares.entry(language_key(tag)).or_default();
        for stem in stems.split(' ') {
            let key = TermKey::new(TermKind::Word, hash::mix(hash::fingerprint(stem.as_bytes())));
            of_language.insert(key, share / 1000.0);
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frequent_words_of_a_language_have_a_share() {
        let shares = parse("# words\nen\t120\twar minist\nen\t30\tship\nde\t200\tkrieg\n");
        let key = |stem: &str| TermKey::new(TermKind::Word, hash::mix(hash::fingerprint(stem.as_bytes())));
        assert_eq!(shares[&language_key("en-GB")][&key("minist")], 0.12);
        assert_eq!(shares[&language_key("de")].len(), 1);
        assert!(Background::of(Some("en")).share(key("unseen")) < Background::of(None).share(key("unseen")));
        assert!(SHARES.contains_key(&language_key("en")), "the file has English words");
    }
}

//! Remembers which keys a word satisfies: a few thousand words make up most of all texts.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::key::SatisfiedKey;

/// Words in the cache; with their keys some 60 bytes each.
const MAX_WORDS: usize = 100_000;

/// Bytes of long words in the cache: a word of a hostile feed may be as long as an article.
const MAX_LONG_BYTES: usize = 4 << 20;

/// Keys in the lists of words with many of them.
const MAX_LISTED_KEYS: usize = 1 << 20;

/// Words of documents with the keys that they satisfy.
#[derive(Clone, Debug, Default)]
pub(super) struct WordCache {
    hasher: DefaultHashBuilder,
    words: HashTable<CachedWord>,
    /// The text of long words.
    long_text: String,
    /// The keys of words with many of them: lists one after another, each with [`SatisfiedKey::END`] behind it.
    long_keys: Vec<SatisfiedKey>,
}

/// A word in a document of some language, with its keys. Half a cache line holds most words, since with tens of
/// thousands of them each line is a wait for memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct CachedWord {
    language: u8,
    /// The number of bytes; [`Self::LONG`] if `long_text` holds the word.
    length: u8,
    /// The word, or its beginning and end in `long_text`.
    text: [u8; Self::MAX_BYTES],
    /// The keys and then [`SatisfiedKey::END`]; or one value that stands for a list in `long_keys`.
    keys: [SatisfiedKey; Self::MAX_KEYS],
}

impl CachedWord {
    const MAX_BYTES: usize = 14;
    const LONG: u8 = u8::MAX;
    const MAX_KEYS: usize = 4;

    fn text<'a>(&'a self, long_text: &'a str) -> &'a [u8] {
        if self.length != Self::LONG {
            return &self.text[..usize::from(self.length)];
        }
        let [a, b, c, d, e, f, g, h, ..] = self.text;
        let (start, end) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        &long_text.as_bytes()[start as usize..end as usize]
    }
}

impl WordCache {
    /// Finds a word. `language` is any number that distinguishes the languages of documents.
    pub(super) fn find(&self, word: &str, language: u8) -> Option<CachedWord> {
        let is = |cached: &CachedWord| cached.language == language && cached.text(&self.long_text) == word.as_bytes();
        self.words.find(hash(&self.hasher, word.as_bytes(), language), is).copied()
    }

    /// Adds a word that [`Self::find`] does not find. A full cache is cleared first.
    pub(super) fn add(&mut self, word: &str, language: u8, keys: &[SatisfiedKey]) -> CachedWord {
        if self.words.len() >= MAX_WORDS
            || self.long_text.len() >= MAX_LONG_BYTES
            || self.long_keys.len() >= MAX_LISTED_KEYS
        {
            self.clear();
        }
        let mut cached = CachedWord {
            language,
            length: CachedWord::LONG,
            text: [0; CachedWord::MAX_BYTES],
            keys: [SatisfiedKey::END; CachedWord::MAX_KEYS],
        };
        if let Some(inline) = cached.text.get_mut(..word.len()) {
            inline.copy_from_slice(word.as_bytes());
            cached.length = word.len() as u8;
        } else {
            let start = self.long_text.len() as u32;
            self.long_text.push_str(word);
            cached.text[..4].copy_from_slice(&start.to_le_bytes());
            cached.text[4..8].copy_from_slice(&(self.long_text.len() as u32).to_le_bytes());
        }
        if let Some(inline) = cached.keys.get_mut(..keys.len()) {
            inline.copy_from_slice(keys);
        } else {
            cached.keys[0] = SatisfiedKey::list(self.long_keys.len() as u32);
            self.long_keys.extend_from_slice(keys);
            self.long_keys.push(SatisfiedKey::END);
        }
        let (hasher, long_text) = (&self.hasher, &self.long_text);
        let hash_of = |cached: &CachedWord| hash(hasher, cached.text(long_text), cached.language);
        self.words.insert_unique(hash(hasher, word.as_bytes(), language), cached, hash_of);
        cached
    }

    /// The keys of a cached word.
    pub(super) fn keys<'a>(&'a self, word: &'a CachedWord) -> impl Iterator<Item = SatisfiedKey> + 'a {
        let [first, ..] = word.keys;
        let keys = first.list_start().map_or(&word.keys[..], |start| &self.long_keys[start..]);
        keys.iter().copied().take_while(|&key| key != SatisfiedKey::END)
    }

    /// Forgets every word: a new key may change the keys of any word.
    pub(super) fn clear(&mut self) {
        if !self.words.is_empty() {
            self.words.clear();
            self.long_text.clear();
            self.long_keys.clear();
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.words.allocation_size() + self.long_text.capacity() + self.long_keys.capacity() * size_of::<SatisfiedKey>()
    }
}

/// Mixes the language in after hashing the word: most documents are in few languages, so that a word's hash is enough.
fn hash(hasher: &DefaultHashBuilder, word: &[u8], language: u8) -> u64 {
    hasher.hash_one(word).wrapping_add(u64::from(language).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_with_many_keys_do_not_grow_the_cache_without_bound() {
        let keys = vec![SatisfiedKey::list(0); 100_000];
        let mut cache = WordCache::default();
        for number in 0..50 {
            let word = cache.add(&format!("word{number}"), 0, &keys);
            assert_eq!(cache.keys(&word).count(), keys.len());
            assert!(cache.long_keys.len() <= MAX_LISTED_KEYS + keys.len());
        }
    }
}

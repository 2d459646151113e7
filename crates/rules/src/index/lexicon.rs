//! From the words of documents to the keys of rules.
//!
//! The lexicon links each string of a rule (a word, a prefix or a stem) to the keys that ask for it, and derives from
//! the links which keys a word of a document satisfies.

use hashbrown::HashMap;

use super::atoms::AtomTable;
use super::key::{KEY_BITS, KeyForm, KeyFrequency, KeyId, KeyInfo, MAX_KEY, SatisfiedKey, TermCost};
use super::tables::{NONE, push_tight};
use super::word_cache::WordCache;
use crate::grammar::{Field, Spellings};
use ceasewire_text::analysis::Analysis;
use ceasewire_text::languages;
use ceasewire_text::stem::{self, ArticleLanguage, Language};

/// A link in the chain of an atom: a key, and the condition for words equal to the atom to satisfy the key.
#[derive(Clone, Copy, Debug)]
struct KeyLink {
    /// The key, and above it the condition.
    conditional_key: u32,
    next: u32,
}

/// The condition for a word to satisfy a key: as itself, by its beginning, or by its stem in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct LinkCondition(u32);

// A condition takes the bits above a key's number.
const _: () = assert!(languages::ALL.len() < (1 << (u32::BITS - KEY_BITS)) - 3, "too many languages for a condition");

impl LinkCondition {
    const EXACT: Self = Self(0);
    const PREFIX: Self = Self(1);
    /// The word is its own stem.
    const OWN_STEM: Self = Self(2);

    fn stem_in(language: Language) -> Self {
        Self(3 + language.index() as u32)
    }
}

/// A name of several words: its words in a row satisfy its key.
#[derive(Clone, Debug)]
struct NamePhrase {
    words: Box<[KeyId]>,
    name: KeyId,
}

/// The keys of all rules, and the words that satisfy them.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyLexicon {
    analysis: Analysis,
    /// The strings of rules.
    atoms: AtomTable,
    /// By atom the first link of its chain.
    heads: Vec<u32>,
    links: Vec<KeyLink>,
    keys: Vec<KeyInfo>,
    /// Bytes of the longest prefix in a rule: the bound for looking up the prefixes of a word.
    longest_prefix: usize,
    names: HashMap<(u32, bool), KeyId>,
    sources: HashMap<Box<str>, KeyId>,
    languages: HashMap<Box<str>, KeyId>,
    topics: HashMap<Box<str>, KeyId>,
    phrases: Vec<NamePhrase>,
    phrases_from: HashMap<KeyId, Vec<u32>>,
    cache: WordCache,
}

impl KeyLexicon {
    pub(super) fn new(analysis: Analysis) -> Self {
        Self { analysis, ..Self::default() }
    }

    /// The analysis of the documents.
    pub(super) fn analysis(&self) -> Analysis {
        self.analysis
    }

    /// The number of keys; every key is below it.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether any rule asks for a topic.
    pub(super) fn has_topics(&self) -> bool {
        !self.topics.is_empty()
    }

    /// The key of a word in a form.
    pub(super) fn word_key(&mut self, field: Field, form: KeyForm, word: &str) -> KeyId {
        let in_title = field == Field::Title;
        let condition = match form {
            KeyForm::Exact => LinkCondition::EXACT,
            KeyForm::Prefix => LinkCondition::PREFIX,
            KeyForm::Inflected => LinkCondition::OWN_STEM,
        };
        let word = &*self.analysis.exact(word);
        if let Some(atom) = self.atoms.find(word) {
            let found = self.chain(atom, condition).find(|&key| {
                let info = &self.keys[key as usize];
                info.form == Some(form) && info.in_title == in_title
            });
            if let Some(key) = found {
                return key;
            }
        }
        let frequency = match form {
            KeyForm::Prefix => KeyFrequency::Prefix,
            _ if stem::is_stop_word(word) => KeyFrequency::StopWord,
            _ => KeyFrequency::Word,
        };
        let key = self.add_key(KeyInfo::new(frequency, Some(form), in_title));
        if form == KeyForm::Prefix {
            self.longest_prefix = self.longest_prefix.max(word.len());
        }
        if form == KeyForm::Inflected {
            self.link_forms(word, key);
        } else {
            self.link(word, condition, key);
        }
        key
    }

    /// The key of a name in all its spellings.
    pub(super) fn name_key(&mut self, field: Field, spellings: &Spellings) -> KeyId {
        let in_title = field == Field::Title;
        if let Some(&key) = self.names.get(&(spellings.set, in_title)) {
            return key;
        }
        let key = self.add_key(KeyInfo::new(KeyFrequency::Word, None, in_title));
        self.names.insert((spellings.set, in_title), key);
        for name in &spellings.names {
            if let [word] = name.as_slice() {
                let word = self.analysis.exact(word).into_owned();
                self.link_forms(&word, key);
            } else {
                let words: Box<[KeyId]> =
                    name.iter().map(|word| self.word_key(field, KeyForm::Inflected, word)).collect();
                for &word in &words {
                    self.make_positional(word);
                }
                if let Some(&first) = words.first() {
                    self.keys[first as usize].starts_name = true;
                    self.phrases_from.entry(first).or_default().push(self.phrases.len() as u32);
                    self.phrases.push(NamePhrase { words, name: key });
                }
            }
        }
        key
    }

    /// The key of an outlet.
    pub(super) fn source_key(&mut self, source: &str) -> KeyId {
        self.sources.get(source).copied().unwrap_or_else(|| {
            let key = self.add_attribute_key();
            self.sources.insert(source.into(), key);
            key
        })
    }

    /// The key of a language.
    pub(super) fn language_key(&mut self, tag: &str) -> KeyId {
        self.languages.get(tag).copied().unwrap_or_else(|| {
            let key = self.add_attribute_key();
            self.languages.insert(tag.into(), key);
            key
        })
    }

    /// The key of a topic.
    pub(super) fn topic_key(&mut self, topic: &str) -> KeyId {
        self.topics.get(topic).copied().unwrap_or_else(|| {
            let key = self.add_attribute_key();
            self.topics.insert(topic.into(), key);
            key
        })
    }

    /// The cost of a key as a presearch term, by its kind.
    pub(super) fn cost(&self, key: KeyId) -> TermCost {
        self.keys[key as usize].cost()
    }

    /// Has a match record the occurrences of a key too.
    pub(super) fn make_positional(&mut self, key: KeyId) {
        if !std::mem::replace(&mut self.keys[key as usize].positional, true) {
            self.cache.clear();
        }
    }

    /// Whether a match records the occurrences of a key.
    pub(super) fn is_positional(&self, key: KeyId) -> bool {
        self.keys[key as usize].positional
    }

    /// The keys of a document's outlet, language and topics.
    pub(super) fn attribute_keys(&self, sources: &[String], language: &str, topics: &[String]) -> Vec<KeyId> {
        let mut keys = Vec::new();
        keys.extend(sources.iter().filter_map(|source| self.sources.get(source.as_str())));
        keys.extend(topics.iter().filter_map(|topic| self.topics.get(topic.as_str())));
        if !self.languages.is_empty() {
            // "en-GB" is "en" as well.
            let ends = language.match_indices('-').map(|(at, _)| at).chain([language.len()]);
            keys.extend(ends.filter_map(|end| self.languages.get(&language[..end])));
        }
        keys
    }

    /// The names of several words that begin with a key: the keys of their words, and the key of the name.
    pub(super) fn names_from(&self, first: KeyId) -> impl Iterator<Item = (&[KeyId], KeyId)> {
        let numbers = self.phrases_from.get(&first).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|&number| &self.phrases[number as usize]).map(|phrase| (&*phrase.words, phrase.name))
    }

    /// Calls `visit` with each key that a folded word satisfies in a document of a language.
    pub(super) fn look_up(&mut self, word: &str, article: ArticleLanguage, visit: impl FnMut(SatisfiedKey)) {
        let language = match article {
            ArticleLanguage::Known(language) => language.index() as u8,
            ArticleLanguage::Unknown => u8::MAX - 1,
            ArticleLanguage::Other => u8::MAX,
        };
        let cached = match self.cache.find(word, language) {
            Some(cached) => cached,
            None => {
                let keys = self.satisfied_keys(word, article);
                self.cache.add(word, language, &keys)
            }
        };
        self.cache.keys(&cached).for_each(visit);
    }

    /// Bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        let maps = self.names.allocation_size()
            + self.sources.allocation_size()
            + self.languages.allocation_size()
            + self.topics.allocation_size()
            + self.phrases_from.allocation_size();
        self.atoms.memory_bytes()
            + self.heads.capacity() * size_of::<u32>()
            + self.links.capacity() * size_of::<KeyLink>()
            + self.keys.capacity() * size_of::<KeyInfo>()
            + maps
            + self.cache.memory_bytes()
    }

    fn add_attribute_key(&mut self) -> KeyId {
        self.add_key(KeyInfo::new(KeyFrequency::Attribute, None, false))
    }

    fn add_key(&mut self, info: KeyInfo) -> KeyId {
        let key = u32::try_from(self.keys.len()).ok().filter(|&key| key <= MAX_KEY);
        let key = key.expect("rules name fewer than 134 million different things");
        push_tight(&mut self.keys, info);
        self.cache.clear();
        key
    }

    /// Links every inflected form of a word to a key.
    fn link_forms(&mut self, word: &str, key: KeyId) {
        self.link(word, LinkCondition::OWN_STEM, key);
        if self.analysis == Analysis::Full {
            for &language in stem::candidates(word) {
                let stem = stem::stem(language, word);
                // The link above finds a word equal to its stem.
                if stem != word {
                    self.link(&stem, LinkCondition::stem_in(language), key);
                }
            }
        }
    }

    fn link(&mut self, text: &str, condition: LinkCondition, key: KeyId) {
        let atom = self.atoms.find(text).unwrap_or_else(|| {
            push_tight(&mut self.heads, NONE);
            self.atoms.add(text)
        });
        let link = KeyLink { conditional_key: condition.0 << KEY_BITS | key, next: self.heads[atom as usize] };
        self.heads[atom as usize] = self.links.len() as u32;
        push_tight(&mut self.links, link);
    }

    /// The keys in the chain of an atom with a condition.
    fn chain(&self, atom: u32, condition: LinkCondition) -> impl Iterator<Item = KeyId> {
        let mut next = self.heads[atom as usize];
        std::iter::from_fn(move || {
            while next != NONE {
                let link = self.links[next as usize];
                next = link.next;
                if link.conditional_key >> KEY_BITS == condition.0 {
                    return Some(link.conditional_key & MAX_KEY);
                }
            }
            None
        })
    }

    /// Derives the keys that a word satisfies.
    fn satisfied_keys(&self, word: &str, article: ArticleLanguage) -> Vec<SatisfiedKey> {
        let linked =
            |text: &str, condition| self.atoms.find(text).into_iter().flat_map(move |atom| self.chain(atom, condition));
        let exact = self.analysis.exact(word);
        let mut keys: Vec<KeyId> = linked(&exact, LinkCondition::EXACT).collect();
        let language = match self.analysis {
            Analysis::Full => stem::language_of_word(word, article),
            Analysis::Plain => None,
        };
        match language {
            None => keys.extend(linked(&exact, LinkCondition::OWN_STEM)),
            Some(language) => {
                let stem = stem::stem(language, &exact);
                keys.extend(linked(&stem, LinkCondition::stem_in(language)));
                if stem::stem(language, &stem) == stem {
                    keys.extend(linked(&stem, LinkCondition::OWN_STEM));
                }
            }
        }
        let ends = exact.char_indices().map(|(start, c)| start + c.len_utf8());
        for end in ends.take_while(|&end| end <= self.longest_prefix) {
            keys.extend(linked(&exact[..end], LinkCondition::PREFIX));
        }
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().map(|key| SatisfiedKey::new(key, &self.keys[key as usize])).collect()
    }
}

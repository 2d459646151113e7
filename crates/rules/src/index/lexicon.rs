//! From the words of articles to the keys of rules.
//!
//! A key is one thing that a rule can ask for: a word in one form and one field, a beginning of words, a name in all its
//! spellings, an outlet, a language, a topic. The lexicon knows which keys each word of an article satisfies, and
//! remembers that for the words it has met, since a few thousand words make up most of what is written.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::tables::{NONE, Sharded, push_tight};
use crate::grammar::{Field, Spellings};
use ceasewire_text::analysis::Analysis;
use ceasewire_text::stem::{self, ArticleLanguage, Language};

/// The number of a key.
pub(super) type Key = u32;

/// Bits of a key's number; the others hold flags or a slot.
const KEY_BITS: u32 = 27;
const KEY_MASK: u32 = (1 << KEY_BITS) - 1;
/// Words of articles that are remembered; with their keys some 60 bytes each.
const REMEMBERED: usize = 100_000;

/// Bytes of long words that are remembered: a stranger's may be as long as an article.
const REMEMBERED_BYTES: usize = 4 << 20;

/// In which form a word of a rule is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    Exact,
    Inflected,
    Beginning,
}

/// Burdens of keys as anchors, as powers of two: a stop word is in every article; outlets, languages and topics are in many; with
/// a beginning begin many words.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
enum Burden {
    None = 0,
    Beginning = 8,
    Fact = 20,
    StopWord = 24,
}

/// What is known of a key.
#[derive(Clone, Copy, Debug)]
struct Kind {
    burden: Burden,
    /// `None` for names, outlets, languages and topics.
    wanted: Option<Wanted>,
    in_title: bool,
    /// Rules ask where it stands, not only whether.
    positional: bool,
    /// It is the first word of a name of several.
    starts_run: bool,
}

/// A link in the chain of an atom: a key, and on which condition the atom's word satisfies it.
#[derive(Clone, Copy, Debug)]
struct Link {
    /// The key, and above it the slot.
    slotted: u32,
    next: u32,
}

/// On which condition a word satisfies a key: as itself, as a beginning, or as a stem of one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Slot(u32);

impl Slot {
    const EXACT: Self = Self(0);
    const BEGINNING: Self = Self(1);
    /// The word itself, where its stem is itself.
    const BARE: Self = Self(2);

    fn of(language: Language) -> Self {
        Self(3 + language as u32)
    }
}

/// A name of several words: when its words stand in a row, its keys are satisfied.
#[derive(Clone, Debug)]
struct Run {
    words: Box<[Key]>,
    name: Key,
}

/// A word that has been met in an article of some language, with the activations that it brings: all in half a cache
/// line for most words, since among tens of thousands of them each line is a wait for memory.
#[derive(Clone, Copy, Debug)]
struct Met {
    language: u8,
    /// How many bytes the word has; [`Self::LONG`] where its text stands elsewhere.
    length: u8,
    /// The word, or where it begins and ends in `met_text`.
    text: [u8; Self::INLINE],
    /// The activations and then [`Activation::NONE`]; or [`Activation::MORE`] with where they begin in `met_more`.
    activations: [Activation; Self::ACTIVATIONS],
}

impl Met {
    const INLINE: usize = 14;
    const LONG: u8 = u8::MAX;
    const ACTIVATIONS: usize = 4;

    fn text<'a>(&'a self, long: &'a str) -> &'a [u8] {
        if self.length != Self::LONG {
            return &self.text[..usize::from(self.length)];
        }
        let [a, b, c, d, e, f, g, h, ..] = self.text;
        let (start, end) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]));
        &long.as_bytes()[start as usize..end as usize]
    }
}

/// A key that a word satisfies, with what has to be done about it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activation(u32);

impl Activation {
    const IN_TITLE: u32 = 1 << KEY_BITS;
    const POSITIONAL: u32 = 1 << (KEY_BITS + 1);
    const STARTS_RUN: u32 = 1 << (KEY_BITS + 2);
    /// What stands for a key is where a list begins.
    const MORE: u32 = 1 << (KEY_BITS + 3);
    const NONE: u32 = u32::MAX;

    fn is_more(self) -> bool {
        self.0 != Self::NONE && self.0 & Self::MORE != 0
    }

    pub(super) fn key(self) -> Key {
        self.0 & KEY_MASK
    }
    /// Only words of the title count.
    pub(super) fn in_title(self) -> bool {
        self.0 & Self::IN_TITLE != 0
    }
    pub(super) fn is_positional(self) -> bool {
        self.0 & Self::POSITIONAL != 0
    }
    pub(super) fn starts_run(self) -> bool {
        self.0 & Self::STARTS_RUN != 0
    }
}

/// The keys of all rules, and the words that satisfy them.
#[derive(Clone, Debug, Default)]
pub(super) struct Lexicon {
    analysis: Analysis,
    hasher: DefaultHashBuilder,
    /// Distinct strings (words, beginnings and stems), each with the chain of keys that hang on it.
    atoms: Sharded,
    atom_ends: Vec<u32>,
    atom_text: String,
    heads: Vec<u32>,
    links: Vec<Link>,
    kinds: Vec<Kind>,
    /// Bytes of the longest beginning that a rule asks for: of a longer word no more is looked at.
    longest_beginning: usize,
    names: HashMap<(u32, bool), Key>,
    sources: HashMap<Box<str>, Key>,
    languages: HashMap<Box<str>, Key>,
    topics: HashMap<Box<str>, Key>,
    runs: Vec<Run>,
    runs_from: HashMap<Key, Vec<u32>>,
    /// What was worked out for the words of articles; forgotten when a new key could change it.
    met: HashTable<Met>,
    /// The text of long ones.
    met_text: String,
    /// The activations of those that bring many, one after another, each's last with [`Activation::NONE`] behind it.
    met_more: Vec<Activation>,
}

impl Lexicon {
    pub(super) fn new(analysis: Analysis) -> Self {
        Self { analysis, ..Self::default() }
    }

    /// How many keys there are; their numbers are below this.
    pub(super) fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether any rule asks for a topic.
    pub(super) fn knows_topics(&self) -> bool {
        !self.topics.is_empty()
    }

    /// The key of a word in a form.
    pub(super) fn word_key(&mut self, field: Field, wanted: Wanted, word: &str) -> Key {
        let in_title = field == Field::Title;
        let slot = match wanted {
            Wanted::Exact => Slot::EXACT,
            Wanted::Beginning => Slot::BEGINNING,
            Wanted::Inflected => Slot::BARE,
        };
        let word = &*self.analysis.exact(word);
        if let Some(atom) = self.atom(word) {
            let found = self.chain(atom, slot).find(|&key| {
                let kind = &self.kinds[key as usize];
                kind.wanted == Some(wanted) && kind.in_title == in_title
            });
            if let Some(key) = found {
                return key;
            }
        }
        let burden = match wanted {
            Wanted::Beginning => Burden::Beginning,
            _ if stem::is_stop_word(word) => Burden::StopWord,
            _ => Burden::None,
        };
        let key = self.new_key(Some(wanted), in_title, burden);
        if wanted == Wanted::Beginning {
            self.longest_beginning = self.longest_beginning.max(word.len());
        }
        if wanted == Wanted::Inflected {
            self.link_forms(word, key);
        } else {
            self.link(word, slot, key);
        }
        key
    }

    /// The key of a name in all its spellings.
    pub(super) fn name_key(&mut self, field: Field, spellings: &Spellings) -> Key {
        let in_title = field == Field::Title;
        if let Some(&key) = self.names.get(&(spellings.set, in_title)) {
            return key;
        }
        let key = self.new_key(None, in_title, Burden::None);
        self.names.insert((spellings.set, in_title), key);
        for name in &spellings.names {
            if let [word] = name.as_slice() {
                let word = self.analysis.exact(word).into_owned();
                self.link_forms(&word, key);
            } else {
                let words: Box<[Key]> = name.iter().map(|word| self.word_key(field, Wanted::Inflected, word)).collect();
                for &word in &words {
                    self.make_positional(word);
                }
                if let Some(&first) = words.first() {
                    self.kinds[first as usize].starts_run = true;
                    self.runs_from.entry(first).or_default().push(self.runs.len() as u32);
                    self.runs.push(Run { words, name: key });
                }
            }
        }
        key
    }

    /// The key of an outlet.
    pub(super) fn source_key(&mut self, source: &str) -> Key {
        self.sources.get(source).copied().unwrap_or_else(|| {
            let key = self.new_key(None, false, Burden::Fact);
            self.sources.insert(source.into(), key);
            key
        })
    }

    /// The key of a language.
    pub(super) fn language_key(&mut self, tag: &str) -> Key {
        self.languages.get(tag).copied().unwrap_or_else(|| {
            let key = self.new_key(None, false, Burden::Fact);
            self.languages.insert(tag.into(), key);
            key
        })
    }

    /// The key of a topic.
    pub(super) fn topic_key(&mut self, topic: &str) -> Key {
        self.topics.get(topic).copied().unwrap_or_else(|| {
            let key = self.new_key(None, false, Burden::Fact);
            self.topics.insert(topic.into(), key);
            key
        })
    }

    /// How unwelcome a key is as an anchor, as the number of rules under another key that would be as bad.
    pub(super) fn burden(&self, key: Key) -> u64 {
        (1 << self.kinds[key as usize].burden as u8) - 1
    }

    /// Lets the places of a key be kept as well.
    pub(super) fn make_positional(&mut self, key: Key) {
        if !std::mem::replace(&mut self.kinds[key as usize].positional, true) {
            self.forget();
        }
    }

    /// Whether the places of a key are kept.
    pub(super) fn is_positional(&self, key: Key) -> bool {
        self.kinds[key as usize].positional
    }

    /// The keys that an outlet's names, an article's language and its topics satisfy.
    pub(super) fn facts(&self, sources: &[String], language: &str, topics: &[String]) -> Vec<Key> {
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
    pub(super) fn runs_from(&self, key: Key) -> impl Iterator<Item = (&[Key], Key)> {
        let numbers = self.runs_from.get(&key).map_or(&[][..], Vec::as_slice);
        numbers.iter().map(|&number| &self.runs[number as usize]).map(|run| (&*run.words, run.name))
    }

    /// Calls `visit` with each key that a folded word satisfies in articles of a language.
    pub(super) fn look_up(&mut self, word: &str, article: ArticleLanguage, visit: impl FnMut(Activation)) {
        let number = match article {
            ArticleLanguage::Known(language) => language as u8,
            ArticleLanguage::Unknown => u8::MAX - 1,
            ArticleLanguage::Other => u8::MAX,
        };
        let hash = hash_of(&self.hasher, word.as_bytes(), number);
        let long = &self.met_text;
        let known = self.met.find(hash, |met| met.language == number && met.text(long) == word.as_bytes());
        let met = match known {
            Some(&met) => met,
            None => self.meet(word, article, number, hash),
        };
        let [first, ..] = met.activations;
        let brought = if first.is_more() { &self.met_more[first.key() as usize..] } else { &met.activations };
        brought.iter().copied().take_while(|activation| activation.0 != Activation::NONE).for_each(visit);
    }

    /// Bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        let maps = self.names.allocation_size()
            + self.sources.allocation_size()
            + self.languages.allocation_size()
            + self.topics.allocation_size()
            + self.runs_from.allocation_size();
        self.atoms.memory_bytes()
            + self.atom_text.capacity()
            + (self.atom_ends.capacity() + self.heads.capacity()) * size_of::<u32>()
            + self.links.capacity() * size_of::<Link>()
            + self.kinds.capacity() * size_of::<Kind>()
            + maps
            + self.met.allocation_size()
            + self.met_text.capacity()
            + self.met_more.capacity() * size_of::<Activation>()
    }

    fn new_key(&mut self, wanted: Option<Wanted>, in_title: bool, burden: Burden) -> Key {
        let key = u32::try_from(self.kinds.len()).ok().filter(|&key| key <= KEY_MASK);
        let key = key.expect("rules name fewer than 134 million different things");
        push_tight(&mut self.kinds, Kind { burden, wanted, in_title, positional: false, starts_run: false });
        self.forget();
        key
    }

    /// Lets every inflected form of a word satisfy a key.
    fn link_forms(&mut self, word: &str, key: Key) {
        self.link(word, Slot::BARE, key);
        if self.analysis == Analysis::Full {
            for &language in stem::candidates(word) {
                let stem = stem::stem(language, word);
                // A word that is its own stem is found by the link above.
                if stem != word {
                    self.link(&stem, Slot::of(language), key);
                }
            }
        }
    }

    fn link(&mut self, text: &str, slot: Slot, key: Key) {
        let atom = self.make_atom(text);
        let link = Link { slotted: slot.0 << KEY_BITS | key, next: self.heads[atom as usize] };
        self.heads[atom as usize] = self.links.len() as u32;
        push_tight(&mut self.links, link);
    }

    /// The keys that hang on an atom under one slot.
    fn chain(&self, atom: u32, slot: Slot) -> impl Iterator<Item = Key> {
        let mut next = self.heads[atom as usize];
        std::iter::from_fn(move || {
            while next != NONE {
                let link = self.links[next as usize];
                next = link.next;
                if link.slotted >> KEY_BITS == slot.0 {
                    return Some(link.slotted & KEY_MASK);
                }
            }
            None
        })
    }

    fn atom(&self, text: &str) -> Option<u32> {
        let (ends, all) = (&self.atom_ends, &self.atom_text);
        self.atoms.find(self.hasher.hash_one(text), |atom| atom_str(ends, all, atom) == text)
    }

    fn make_atom(&mut self, text: &str) -> u32 {
        if let Some(atom) = self.atom(text) {
            return atom;
        }
        let atom = self.atom_ends.len() as u32;
        self.atom_text.push_str(text);
        push_tight(&mut self.atom_ends, self.atom_text.len() as u32);
        push_tight(&mut self.heads, NONE);
        let (hasher, ends, all) = (&self.hasher, &self.atom_ends, &self.atom_text);
        self.atoms.insert(hasher.hash_one(text), atom, |atom| hasher.hash_one(atom_str(ends, all, atom)));
        atom
    }

    /// Works out what a word brings, and remembers it.
    fn meet(&mut self, word: &str, article: ArticleLanguage, number: u8, hash: u64) -> Met {
        if self.met.len() >= REMEMBERED || self.met_text.len() >= REMEMBERED_BYTES {
            self.forget();
        }
        let exact = self.analysis.exact(word);
        let mut keys: Vec<Key> = Vec::new();
        if let Some(atom) = self.atom(&exact) {
            keys.extend(self.chain(atom, Slot::EXACT));
        }
        let language = match self.analysis {
            Analysis::Full => stem::of_word(word, article),
            Analysis::Plain => None,
        };
        match language {
            None => keys.extend(self.atom(&exact).into_iter().flat_map(|atom| self.chain(atom, Slot::BARE))),
            Some(language) => {
                let stem = stem::stem(language, &exact);
                if let Some(atom) = self.atom(&stem) {
                    keys.extend(self.chain(atom, Slot::of(language)));
                    if stem::stem(language, &stem) == stem {
                        keys.extend(self.chain(atom, Slot::BARE));
                    }
                }
            }
        }
        let ends = exact.char_indices().map(|(start, c)| start + c.len_utf8());
        for end in ends.take_while(|&end| end <= self.longest_beginning) {
            let beginning = &exact[..end];
            keys.extend(self.atom(beginning).into_iter().flat_map(|atom| self.chain(atom, Slot::BEGINNING)));
        }
        keys.sort_unstable();
        keys.dedup();
        let brought: Vec<Activation> = keys.into_iter().map(|key| self.activation(key)).collect();
        let mut met = Met {
            language: number,
            length: Met::LONG,
            text: [0; Met::INLINE],
            activations: [Activation(Activation::NONE); Met::ACTIVATIONS],
        };
        if let Some(inline) = met.text.get_mut(..word.len()) {
            inline.copy_from_slice(word.as_bytes());
            met.length = word.len() as u8;
        } else {
            let start = self.met_text.len() as u32;
            self.met_text.push_str(word);
            met.text[..4].copy_from_slice(&start.to_le_bytes());
            met.text[4..8].copy_from_slice(&(self.met_text.len() as u32).to_le_bytes());
        }
        if let Some(inline) = met.activations.get_mut(..brought.len()) {
            inline.copy_from_slice(&brought);
        } else {
            met.activations[0] = Activation(self.met_more.len() as u32 | Activation::MORE);
            self.met_more.extend(brought);
            self.met_more.push(Activation(Activation::NONE));
        }
        let (hasher, long) = (&self.hasher, &self.met_text);
        self.met.insert_unique(hash, met, |met| hash_of(hasher, met.text(long), met.language));
        met
    }

    /// A key with what has to be done about it.
    fn activation(&self, key: Key) -> Activation {
        let kind = &self.kinds[key as usize];
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        Activation(
            key | flag(kind.in_title, Activation::IN_TITLE)
                | flag(kind.positional, Activation::POSITIONAL)
                | flag(kind.starts_run, Activation::STARTS_RUN),
        )
    }

    fn forget(&mut self) {
        if !self.met.is_empty() {
            self.met.clear();
            self.met_text.clear();
            self.met_more.clear();
        }
    }
}

fn hash_of(hasher: &DefaultHashBuilder, word: &[u8], language: u8) -> u64 {
    // The language sets a word apart after hashing: nearly all articles are in few of them.
    hasher.hash_one(word).wrapping_add(u64::from(language).wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

fn atom_str<'a>(ends: &[u32], all: &'a str, atom: u32) -> &'a str {
    let start = if atom == 0 { 0 } else { ends[atom as usize - 1] };
    &all[start as usize..ends[atom as usize] as usize]
}

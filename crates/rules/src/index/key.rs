//! Keys: one thing that a rule can ask of a document, with its estimated cost as a presearch term.

/// The estimated number of documents that have a key: its cost as a presearch term.
pub(super) type TermCost = u64;

/// The number of a key.
pub(super) type KeyId = u32;

/// The bits of a key's number; the bits above hold flags or a link condition.
pub(super) const KEY_BITS: u32 = 27;
/// The greatest number of a key.
pub(super) const MAX_KEY: u32 = (1 << KEY_BITS) - 1;

/// The form of the words that satisfy a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyForm {
    Exact,
    Inflected,
    Prefix,
}

/// How many documents have a key, estimated from the kind of key, as a power of two.
#[derive(Clone, Copy, Debug)]
#[repr(u8)]
pub(super) enum KeyFrequency {
    Word = 0,
    /// Many words begin with a prefix.
    Prefix = 8,
    /// An outlet, a language or a topic.
    Attribute = 20,
    /// In nearly every document.
    StopWord = 24,
}

/// The properties of a key.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyInfo {
    pub(super) frequency: KeyFrequency,
    /// `None` for names, outlets, languages and topics.
    pub(super) form: Option<KeyForm>,
    /// Only words of the title satisfy the key.
    pub(super) in_title: bool,
    /// Rules need the key's occurrences, not only its presence.
    pub(super) positional: bool,
    /// The key is the first word of a name of several words.
    pub(super) starts_name: bool,
}

impl KeyInfo {
    pub(super) fn new(frequency: KeyFrequency, form: Option<KeyForm>, in_title: bool) -> Self {
        Self { frequency, form, in_title, positional: false, starts_name: false }
    }

    /// The cost of the key as a presearch term, without the length of its posting list.
    pub(super) fn cost(&self) -> TermCost {
        (1 << self.frequency as u8) - 1
    }
}

/// A key that a word satisfies, with flags for the match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SatisfiedKey(u32);

impl SatisfiedKey {
    const IN_TITLE: u32 = 1 << KEY_BITS;
    const POSITIONAL: u32 = 1 << (KEY_BITS + 1);
    const STARTS_NAME: u32 = 1 << (KEY_BITS + 2);
    /// The number is not a key but the beginning of a list.
    const LIST: u32 = 1 << (KEY_BITS + 3);
    /// The end of a list.
    pub(super) const END: Self = Self(u32::MAX);

    pub(super) fn new(key: KeyId, info: &KeyInfo) -> Self {
        let flag = |set: bool, flag: u32| if set { flag } else { 0 };
        Self(
            key | flag(info.in_title, Self::IN_TITLE)
                | flag(info.positional, Self::POSITIONAL)
                | flag(info.starts_name, Self::STARTS_NAME),
        )
    }

    /// Stands for the list of keys that begins at `start`.
    pub(super) fn list(start: u32) -> Self {
        Self(start | Self::LIST)
    }

    /// The beginning of the list that this value stands for, if it stands for one.
    pub(super) fn list_start(self) -> Option<usize> {
        (self != Self::END && self.0 & Self::LIST != 0).then_some((self.0 & MAX_KEY) as usize)
    }

    pub(super) fn key(self) -> KeyId {
        self.0 & MAX_KEY
    }

    pub(super) fn in_title(self) -> bool {
        self.0 & Self::IN_TITLE != 0
    }

    pub(super) fn is_positional(self) -> bool {
        self.0 & Self::POSITIONAL != 0
    }

    pub(super) fn starts_name(self) -> bool {
        self.0 & Self::STARTS_NAME != 0
    }
}

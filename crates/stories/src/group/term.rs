//! Terms of a sketch: their kinds, and their keys in posting lists.

/// The kind of a term.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TermKind {
    /// A stem.
    Word,
    /// A number.
    Number,
    /// A day of the year.
    Date,
    /// A term of the profile, in any language.
    ProfileTerm,
    /// A person, a place or a body of the profile, in any language.
    ProfileName,
    /// The consonants of a name, in any script.
    Skeleton,
    /// The meaning of a common news word, in any language.
    Concept,
}

impl TermKind {
    /// All kinds, by their numbers in a [`TermKey`].
    pub(super) const ALL: [Self; 7] =
        [Self::Word, Self::Number, Self::Date, Self::ProfileTerm, Self::ProfileName, Self::Skeleton, Self::Concept];

    /// Whether two articles in one language compare terms of this kind.
    pub(super) fn compares_within_language(self) -> bool {
        !matches!(self, Self::Skeleton | Self::Concept)
    }

    /// Whether two articles in different languages compare terms of this kind.
    pub(super) fn compares_across_languages(self) -> bool {
        self != Self::Word
    }
}

/// A term as a number: its kind in the upper three bits, a hash in the lower 29.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct TermKey(u32);

impl TermKey {
    pub(super) fn new(kind: TermKind, hash: u64) -> Self {
        Self((kind as u32) << 29 | (hash as u32) >> 3)
    }

    pub(super) fn kind(self) -> TermKind {
        TermKind::ALL[(self.0 >> 29) as usize]
    }
}

/// A term of an article with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct WeightedTerm {
    pub(super) key: TermKey,
    /// The weight from frequency and position. The comparison multiplies it by the term's rarity at that moment.
    pub(super) weight: f32,
    /// The part of it that the text alone gives: 0 for a term of the title alone.
    pub(super) in_text: f32,
    /// The sentences that have it, as bits: the title first, and the 31st for all after it.
    pub(super) sentences: u32,
    /// Whether the head has it.
    pub(super) in_head: bool,
    /// Whether it names a person, a place or a body.
    pub(super) is_name: bool,
}

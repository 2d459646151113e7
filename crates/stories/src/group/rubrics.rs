//! Rubrics: titles that an outlet uses for text after text, "Statement by the Ministry of Defence" or "Day 12 of the war".
//!
//! A rubric says nothing about an event. Outlets have rubrics of their own, so the window learns them from its articles:
//! a title over another text than before is one, and so is a title that differs from earlier ones in a figure, a day of
//! the week or one word.

use hashbrown::HashMap;

use super::hash;
use super::words::AnalysedWord;
use ceasewire_model::Timestamp;
use ceasewire_text::calendar::{find_compared_month, find_weekday};

/// Fewest and most words of a title that is compared with one word left out: in a shorter title the word is the news,
/// and a longer one is no rubric.
const PATTERN_WORDS: std::ops::RangeInclusive<usize> = 4..=12;
/// Texts under titles that differ in one word, before they are one rubric.
const TEXTS_OF_A_PATTERN: u8 = 3;
/// Hours after which an equal title without a text is another item.
const REPEATED_HOURS: i64 = 12;
/// Fingerprints of a text: two texts with half of their phrases in common share one of them in 299 of 300 cases.
const TEXT_PRINTS: usize = 8;
/// Titles' fingerprints of a generation: some 100,000 titles of public feeds, 200 of a private one.
pub(super) const PUBLIC_TITLES: usize = 200_000;
const PRIVATE_TITLES: usize = 2000;

/// A title as the memory of rubrics compares it.
#[derive(Clone, Debug, Default)]
pub(super) struct TitleTrace {
    /// Fingerprints of the outlet with the title: first the whole title, then the title without each of its words.
    keys: Box<[u64]>,
    text: TextPrint,
    at: Timestamp,
}

/// The smallest fingerprints of a text's phrases; zeros for a text without phrases.
type TextPrint = [u32; TEXT_PRINTS];

/// The use of a title by an outlet.
#[derive(Clone, Copy, Debug)]
struct TitleUse {
    text: TextPrint,
    at: Timestamp,
    /// Texts that shared nothing with the text before them.
    texts: u8,
}

/// The titles that outlets have used. It holds two generations: the older one is forgotten when the younger is full.
#[derive(Debug)]
pub(super) struct RubricMemory {
    most: usize,
    recent: HashMap<u64, TitleUse>,
    earlier: HashMap<u64, TitleUse>,
}

impl TitleTrace {
    /// Traces the title that these words form. Without an outlet there is no trace.
    pub(super) fn new<'a>(
        outlet: Option<u64>,
        title: &[AnalysedWord],
        written: impl Iterator<Item = &'a str>,
        shingles: &[u32],
        at: Timestamp,
    ) -> Self {
        let Some(outlet) = outlet.filter(|_| !title.is_empty()) else { return Self::default() };
        let is_figure = |word: &AnalysedWord, written: &str| {
            word.features.is_figure
                || written.contains(|c: char| c.is_ascii_digit())
                || find_weekday(written).is_some()
                || find_compared_month(written).is_some()
        };
        let words: Vec<u64> = title
            .iter()
            .zip(written)
            .map(|(word, written)| if is_figure(word, written) { FIGURE } else { word.exact })
            .collect();
        let fingerprint = |left_out: Option<usize>| {
            let word = |(place, &word): (usize, &u64)| if Some(place) == left_out { ANY } else { word };
            words.iter().enumerate().map(word).fold(outlet, |title, word| hash::mix(title.rotate_left(17) ^ word))
        };
        let patterns = PATTERN_WORDS.contains(&words.len()).then_some(0..words.len());
        let keys = std::iter::once(None).chain(patterns.into_iter().flatten().map(Some)).map(fingerprint).collect();
        let mut text = TextPrint::default();
        text.iter_mut().zip(shingles).for_each(|(print, shingle)| *print = *shingle);
        Self { keys, text, at }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        size_of_val(&*self.keys)
    }

    /// Forgets the fingerprints, after the memory of rubrics has them.
    pub(super) fn clear(&mut self) {
        self.keys = Box::default();
    }
}

/// The words of titles in the place of a figure, and of the word that is left out.
const FIGURE: u64 = 1;
const ANY: u64 = 2;

impl TitleUse {
    /// Whether the title stood over another text than this one.
    fn differs(&self, title: &TitleTrace) -> bool {
        let (known, new) = (is_text(&self.text), is_text(&title.text));
        if known && new {
            return !self.text.iter().any(|print| *print != 0 && title.text.contains(print));
        }
        let is_later = title.at.0.abs_diff(self.at.0) >= REPEATED_HOURS.unsigned_abs() * 3_600_000;
        !known && !new && is_later && self.at != Timestamp::default() && title.at != Timestamp::default()
    }
}

fn is_text(print: &TextPrint) -> bool {
    print.iter().any(|print| *print != 0)
}

impl Default for RubricMemory {
    fn default() -> Self {
        Self::holding(PRIVATE_TITLES)
    }
}

impl RubricMemory {
    /// An empty memory with a bound on the fingerprints of a generation.
    pub(super) fn holding(most: usize) -> Self {
        Self { most, recent: HashMap::new(), earlier: HashMap::new() }
    }

    /// Learns the use of a title. A title learned twice with one text stays as it was, so a failed transaction needs no
    /// undo here.
    pub(super) fn learn(&mut self, title: &TitleTrace) {
        for &key in &title.keys {
            let known = self.recent.get(&key).or_else(|| self.earlier.get(&key)).copied();
            let texts = known.map_or(1, |known| known.texts.saturating_add(u8::from(known.differs(title))));
            // A bare title after a text keeps the text in memory.
            let text = if is_text(&title.text) { title.text } else { known.map_or(title.text, |known| known.text) };
            self.recent.insert(key, TitleUse { text, at: title.at, texts });
        }
        if self.recent.len() > self.most {
            self.earlier = std::mem::take(&mut self.recent);
        }
    }

    /// Whether a title is a rubric of its outlet.
    pub(super) fn is_rubric(&self, title: &TitleTrace) -> bool {
        let find = |key: &u64| self.recent.get(key).or_else(|| self.earlier.get(key));
        let Some((whole, patterns)) = title.keys.split_first() else { return false };
        find(whole).is_some_and(|known| known.texts > 1 || known.differs(title))
            || patterns.iter().filter_map(find).any(|known| known.texts >= TEXTS_OF_A_PATTERN)
    }

    pub(super) fn memory_bytes(&self) -> usize {
        (self.recent.capacity() + self.earlier.capacity()) * (size_of::<(u64, TitleUse)>() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::group::words::analyse_words;
    use ceasewire_text::Doc;

    fn trace(title: &str, text: u32, hours: i64) -> TitleTrace {
        let doc = Doc::new(title, "");
        let prints: Vec<u32> = if text == 0 { Vec::new() } else { (text * 100..text * 100 + 20).collect() };
        let at = Timestamp(1_600_000_000_000).plus_secs(hours * 3600);
        TitleTrace::new(Some(7), &analyse_words(&doc, None), doc.words(), &prints, at)
    }

    #[test]
    fn another_text_under_a_title_makes_it_a_rubric() {
        // The uses of titles with the numbers of their texts (0 for none) and their hours; the last one is asked about.
        type Uses<'a> = &'a [(&'a str, u32, i64)];
        let cases: [(Uses<'_>, bool); 9] = [
            (&[("Statement by the ministry", 1, 0), ("Statement by the ministry", 1, 3)], false),
            (&[("Statement by the ministry", 1, 0), ("Statement by the ministry", 2, 3)], true),
            (&[("Statement by the ministry", 1, 0), ("Statement by the army", 2, 3)], false),
            (&[("What is new", 1, 0), ("What is new", 0, 3)], false),
            (&[("What is new", 1, 0), ("What is new", 2, 2), ("What is new", 0, 3)], true),
            (&[("What is new", 0, 0), ("What is new", 0, 3)], false),
            (&[("What is new", 0, 0), ("What is new", 0, 24)], true),
            (&[("Day 12 of the war", 1, 0), ("Day 13 of the war", 2, 24)], true),
            (
                &[
                    ("News of the morning", 1, 0),
                    ("News of the noon", 2, 4),
                    ("News of the afternoon", 3, 6),
                    ("News of the evening", 4, 8),
                ],
                true,
            ),
        ];
        for (uses, expected) in cases {
            let mut memory = RubricMemory::default();
            let (last, before) = uses.split_last().unwrap();
            before.iter().for_each(|(title, text, hours)| memory.learn(&trace(title, *text, *hours)));
            assert_eq!(memory.is_rubric(&trace(last.0, last.1, last.2)), expected, "{uses:?}");
        }
    }

    #[test]
    fn the_memory_of_rubrics_is_bounded() {
        let mut memory = RubricMemory::holding(100);
        for number in 0..10_000 {
            memory.learn(&trace(&format!("title{number}x of a text"), number % 50 + 1, 0));
        }
        assert!(memory.recent.len() + memory.earlier.len() <= 250);
        assert!(memory.is_rubric(&trace("title9999x of a text", 1, 0)), "the pattern is learned");
    }
}

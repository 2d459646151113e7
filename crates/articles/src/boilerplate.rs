//! Boilerplate: learns the lines that an outlet repeats (a closing line, an appeal to subscribe, a disclaimer) and
//! removes them from new articles.
//!
//! The memory counts articles by the hash of a line. It must not know its storage, nor its outlet.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use serde::{Deserialize, Serialize};

/// Lines in the memory of an outlet; the rarest are forgotten first.
const MAX_LINES: usize = 2000;

/// Fewer articles are no evidence: a repeated line may be chance.
const MIN_ARTICLES: u32 = 5;

/// Fewer repetitions are no evidence either.
const MIN_REPETITIONS: u32 = 3;

/// A line in at least one of this number of articles is boilerplate.
const BOILERPLATE_ONE_IN: u32 = 4;

/// At this number of articles all counts are halved, so that a line which an outlet no longer repeats becomes text
/// again.
const WINDOW: u32 = 64;

/// Characters of a boilerplate line. A longer repeated paragraph is background to several articles.
const MAX_LINE_LENGTH: usize = 400;

/// Characters at the start of an article that always stay: the first sentences are its news, even if repeated.
const LEAD_LENGTH: usize = 200;

/// Repeated lines of an outlet's recent articles. The store keeps it as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoilerplateMemory {
    articles: u32,
    lines: BTreeMap<u64, u32>,
}

impl BoilerplateMemory {
    /// Returns the count of articles within the window.
    pub fn articles(&self) -> u32 {
        self.articles
    }

    /// Returns the number of lines.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Counts the lines of an article, each once. `text` is the whole text, before [`Self::strip`].
    pub fn learn(&mut self, text: &str) {
        if self.articles >= WINDOW {
            self.articles /= 2;
            for count in self.lines.values_mut() {
                *count /= 2;
            }
            self.lines.retain(|_, count| *count > 0);
        }
        self.articles += 1;
        for line in text.lines().filter_map(line_hash).collect::<BTreeSet<u64>>() {
            let count = self.lines.entry(line).or_default();
            *count += 1;
        }
        self.forget_rarest();
    }

    /// Removes boilerplate lines from `text`, but never from its lead.
    pub fn strip(&self, text: &str) -> String {
        if self.articles < MIN_ARTICLES {
            return text.to_owned();
        }
        let mut characters_above = 0;
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| {
                let is_lead = characters_above < LEAD_LENGTH;
                characters_above += line.chars().count();
                is_lead || !self.is_boilerplate(line)
            })
            .collect();
        kept.join("\n")
    }

    fn is_boilerplate(&self, line: &str) -> bool {
        let count = line_hash(line).and_then(|hash| self.lines.get(&hash)).copied().unwrap_or_default();
        count >= MIN_REPETITIONS && count * BOILERPLATE_ONE_IN >= self.articles
    }

    /// Removes the rarest lines until at most `MAX_LINES` remain.
    fn forget_rarest(&mut self) {
        let mut rarest = 1;
        while self.lines.len() > MAX_LINES {
            self.lines.retain(|_, count| *count > rarest);
            rarest += 1;
        }
    }
}

/// Hashes a line by its letters without case and one sign for each number, since dates and telephone numbers change.
/// Returns `None` for a long line and for one with fewer than four letters.
fn line_hash(line: &str) -> Option<u64> {
    if line.chars().nth(MAX_LINE_LENGTH).is_some() {
        return None;
    }
    let mut hasher = Fnv1aHasher(0xcbf2_9ce4_8422_2325);
    let mut letters = 0_usize;
    let mut in_number = false;
    for c in line.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        let is_digit = c.is_numeric();
        if !(is_digit && in_number) {
            hasher.write(if is_digit { '0' } else { c }.encode_utf8(&mut [0; 4]).as_bytes());
        }
        letters += usize::from(!is_digit);
        in_number = is_digit;
    }
    (letters >= 4).then(|| hasher.finish())
}

/// FNV-1a, 64 bits. The standard hasher may change between builds, and the store keeps the hashes.
struct Fnv1aHasher(u64);

impl Hasher for Fnv1aHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLOSING: &str = "Follow the Wire for the latest from the region, 10 October 2020.";

    fn article(number: usize) -> String {
        format!(
            "Report {number} of the day names {} villages where shelling was heard during the night, and says that the \
             ministers are expected to speak by telephone before the end of the week about a truce.\n\
             Witness {} told of the {number}th night in a cellar.\n{CLOSING}",
            ["seven", "twelve", "no", "some"][number % 4],
            ["Anna", "Karen", "Leyla", "Rashad", "Nino"][number % 5].repeat(number + 1),
        )
    }

    fn memory(articles: usize) -> BoilerplateMemory {
        let mut memory = BoilerplateMemory::default();
        (0..articles).for_each(|number| memory.learn(&article(number)));
        memory
    }

    #[test]
    fn a_closing_line_of_many_articles_is_removed() {
        let text = article(30);
        let stripped = memory(8).strip(&text);
        assert_eq!(format!("{stripped}\n{CLOSING}"), text);
        let again = text.replace("10 October 2020", "9 October 2021");
        assert_eq!(memory(8).strip(&again), stripped, "the date differs");
    }

    #[test]
    fn few_articles_are_no_evidence() {
        assert_eq!(memory(4).strip(&article(30)), article(30));
        let mut memory = memory(20);
        memory.lines.values_mut().for_each(|count| *count = 2);
        assert_eq!(memory.strip(&article(30)), article(30));
    }

    #[test]
    fn an_article_counts_a_line_once() {
        let mut memory = BoilerplateMemory::default();
        memory.learn(&vec![CLOSING; 50].join("\n"));
        (0..6).for_each(|number| memory.learn(&format!("Words of number {}", "x".repeat(number))));
        assert!(memory.strip(&article(1)).ends_with(CLOSING));
    }

    #[test]
    fn the_lead_stays_even_if_repeated() {
        let mut memory = BoilerplateMemory::default();
        let text = "The ceasefire holds.\nNothing else was reported.";
        (0..20).for_each(|_| memory.learn(text));
        assert_eq!(memory.strip(text), text);
        assert_eq!(memory.strip(""), "");
    }

    #[test]
    fn an_abandoned_line_fades_and_memory_is_bounded() {
        let mut memory = memory(20);
        for number in 0..2000 {
            let lines: Vec<String> =
                (0..20).map(|line| format!("{} {}", "a".repeat(number % 97 + 3), "b".repeat(line + 3))).collect();
            memory.learn(&lines.join("\n"));
            assert!(memory.lines() <= MAX_LINES && memory.articles() <= WINDOW);
        }
        assert!(memory.strip(&article(1)).ends_with(CLOSING));
    }

    #[test]
    fn the_memory_survives_json() {
        let memory = memory(8);
        let stored = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<BoilerplateMemory>(&stored).unwrap(), memory);
    }
}

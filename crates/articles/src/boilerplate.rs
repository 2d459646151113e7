//! Boilerplate: lines that an outlet repeats in many of its articles (the same closing line, an appeal to subscribe, a
//! disclaimer), and their removal from a new one.
//!
//! It remembers lines as hashes with the number of articles they stood in. It must not know where that memory is kept,
//! nor which outlet it is about.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::Hasher;

use serde::{Deserialize, Serialize};

/// Lines that are remembered of an outlet; rare ones are forgotten first.
const MOST_LINES: usize = 2000;

/// Before so many articles, a repeated line may be chance.
const LEAST_ARTICLES: u32 = 5;

/// A line in this share of the articles, one in so many, is boilerplate.
const ONE_IN: u32 = 4;

/// Articles count for about so many; then older ones fade, so that a line which an outlet gave up returns to be text.
const WINDOW: u32 = 64;

/// Lines of more characters are not boilerplate: a long paragraph that is repeated is background that was written once.
const LONGEST: usize = 400;

/// Characters at the beginning of an article that stay: its first sentences are its news, even when they are repeated.
const LEAD: usize = 200;

/// The lines of an outlet's recent articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    articles: u32,
    lines: BTreeMap<u64, u32>,
}

impl Memory {
    /// How many articles are remembered.
    pub fn articles(&self) -> u32 {
        self.articles
    }

    /// How many lines are remembered.
    pub fn lines(&self) -> usize {
        self.lines.len()
    }

    /// Adds the lines of a further article; each counts once. The text is to be the article's whole one.
    pub fn learn(&mut self, text: &str) {
        if self.articles >= WINDOW {
            self.articles /= 2;
            for count in self.lines.values_mut() {
                *count /= 2;
            }
            self.lines.retain(|_, count| *count > 0);
        }
        self.articles += 1;
        for line in text.lines().filter_map(key).collect::<BTreeSet<u64>>() {
            let count = self.lines.entry(line).or_default();
            *count += 1;
        }
        self.forget();
    }

    /// The text without the outlet's boilerplate. Its lead stays, and so does all of it where nothing would be left.
    pub fn strip(&self, text: &str) -> String {
        if self.articles < LEAST_ARTICLES {
            return text.to_owned();
        }
        let mut above = 0;
        let kept: Vec<&str> = text
            .lines()
            .filter(|line| {
                let lead = above < LEAD;
                above += line.chars().count();
                lead || !self.is_boilerplate(line)
            })
            .collect();
        kept.join("\n")
    }

    fn is_boilerplate(&self, line: &str) -> bool {
        let count = key(line).and_then(|key| self.lines.get(&key)).copied().unwrap_or_default();
        count >= 3 && count * ONE_IN >= self.articles
    }

    /// Drops the rarest lines where there are too many.
    fn forget(&mut self) {
        let mut least = 1;
        while self.lines.len() > MOST_LINES {
            self.lines.retain(|_, count| *count > least);
            least += 1;
        }
    }
}

/// What a line is remembered by: its letters, whatever their case, and its digits as one sign, for dates and numbers of
/// telephones change. Not a line without words, or a long one.
fn key(line: &str) -> Option<u64> {
    if line.chars().nth(LONGEST).is_some() {
        return None;
    }
    let mut hasher = Fnv(0xcbf2_9ce4_8422_2325);
    let mut letters = 0_usize;
    let mut number = false;
    for c in line.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase) {
        let digit = c.is_numeric();
        if !(digit && number) {
            hasher.write(if digit { '0' } else { c }.encode_utf8(&mut [0; 4]).as_bytes());
        }
        letters += usize::from(!digit);
        number = digit;
    }
    (letters >= 4).then(|| hasher.finish())
}

/// FNV-1a, 64 bits: the memory is stored, so that its hashes must be the same in every build.
struct Fnv(u64);

impl Hasher for Fnv {
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

    fn memory(articles: usize) -> Memory {
        let mut memory = Memory::default();
        (0..articles).for_each(|number| memory.learn(&article(number)));
        memory
    }

    #[test]
    fn a_line_that_many_articles_end_with_goes() {
        let text = article(30);
        let stripped = memory(8).strip(&text);
        assert_eq!(format!("{stripped}\n{CLOSING}"), text);
        let again = text.replace("10 October 2020", "9 October 2021");
        assert_eq!(memory(8).strip(&again), stripped, "its date has changed");
    }

    #[test]
    fn few_articles_are_no_evidence() {
        assert_eq!(memory(4).strip(&article(30)), article(30));
        let mut memory = memory(20);
        memory.lines.values_mut().for_each(|count| *count = 2);
        assert_eq!(memory.strip(&article(30)), article(30));
    }

    #[test]
    fn an_article_counts_once_however_often_it_repeats_a_line() {
        let mut memory = Memory::default();
        memory.learn(&vec![CLOSING; 50].join("\n"));
        (0..6).for_each(|number| memory.learn(&format!("Words of number {}", "x".repeat(number))));
        assert!(memory.strip(&article(1)).ends_with(CLOSING));
    }

    #[test]
    fn the_lead_and_a_text_that_is_all_repeated_stay() {
        let mut memory = Memory::default();
        let text = "The ceasefire holds.\nNothing else was reported.";
        (0..20).for_each(|_| memory.learn(text));
        assert_eq!(memory.strip(text), text);
        assert_eq!(memory.strip(""), "");
    }

    #[test]
    fn a_line_that_an_outlet_gave_up_is_text_again_and_memory_is_bounded() {
        let mut memory = memory(20);
        for number in 0..2000 {
            let lines: Vec<String> =
                (0..20).map(|line| format!("{} {}", "a".repeat(number % 97 + 3), "b".repeat(line + 3))).collect();
            memory.learn(&lines.join("\n"));
            assert!(memory.lines() <= MOST_LINES && memory.articles() <= WINDOW);
        }
        assert!(memory.strip(&article(1)).ends_with(CLOSING));
    }

    #[test]
    fn what_is_stored_comes_back() {
        let memory = memory(8);
        let stored = serde_json::to_string(&memory).unwrap();
        assert_eq!(serde_json::from_str::<Memory>(&stored).unwrap(), memory);
    }
}

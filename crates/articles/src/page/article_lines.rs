//! Article lines: selects the lines of a page that belong to its article.
//!
//! The extractor decides by blocks of markup and so loses leads, lists and single paragraphs. This file adds lines by
//! their neighbours and removes notices. It must not know HTML.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use super::notices;
use crate::line::{CleanLine, LineBlock};

/// Words of a shingle; four words in a row hardly recur by chance.
const SHINGLE_WORDS: usize = 4;

/// Unchosen lines between two chosen ones that may belong to the text.
const MAX_GAP_LINES: usize = 8;

/// Lines above the text that may hold the headline.
const HEADLINE_LINES: usize = 40;

/// Lines above the text that may hold a lead if there is no headline.
const LEAD_LINES: usize = 15;

/// Lines of a page and the hints that select the article's lines.
pub(super) struct PageLines<'a> {
    pub all: &'a [CleanLine],
    /// Lines from the extractor.
    pub chosen: &'a [CleanLine],
    /// Lines in elements with the name of a lead.
    pub leads: &'a [CleanLine],
    /// Headline of the page; may be empty.
    pub title: &'a str,
}

impl PageLines<'_> {
    /// Selects the lines of the article, without its title and without notices.
    pub fn article(&self) -> Vec<String> {
        let chosen = LineShingles::new(self.chosen);
        let mut selected: Vec<bool> = self.all.iter().map(|line| chosen.contains(&line.text)).collect();
        let is_anchor = |selected: &[bool], index: usize| {
            selected[index] && length(&self.all[index]) >= 50 && link_share(&self.all[index]) < 0.5
        };
        let first = (0..self.all.len()).find(|index| is_anchor(&selected, *index));
        let last = (0..self.all.len()).rev().find(|index| is_anchor(&selected, *index));
        if let (Some(first), Some(last)) = (first, last) {
            let mut previous_anchor = first;
            for index in first + 1..=last {
                if is_anchor(&selected, index) {
                    if index - previous_anchor - 1 <= MAX_GAP_LINES {
                        self.select_gap(&mut selected, previous_anchor + 1..index);
                    }
                    previous_anchor = index;
                }
            }
            self.select_lead(&mut selected, first);
        }
        self.article_text(&selected)
    }

    /// Selects prose and list items between two anchors.
    fn select_gap(&self, selected: &mut [bool], gap: Range<usize>) {
        for index in gap {
            let line = &self.all[index];
            selected[index] |= is_prose(line) || line.block == LineBlock::Item && link_share(line) < 0.3;
        }
    }

    /// Selects lines between the headline and `first`, the first line of the text, that read like a lead.
    fn select_lead(&self, selected: &mut [bool], first: usize) {
        let leads = LineShingles::new(self.leads);
        let title = hash_words(self.title);
        let is_title = |index: usize| {
            let words = hash_words(&self.all[index].text);
            words.len() >= 2 && (title.starts_with(&words) || !title.is_empty() && words.starts_with(&title))
        };
        let find_heading_above = |end: usize, lines: usize| {
            (0..end).rev().take(lines).find(|index| self.all[*index].block == LineBlock::Heading)
        };
        let headline = (0..first).rev().take(HEADLINE_LINES).find(|index| is_title(*index)).or_else(|| {
            // The heading nearest to the text may be a subheading.
            let nearest = find_heading_above(first, 12)?;
            Some(find_heading_above(nearest, 6).unwrap_or(nearest))
        });
        let start = headline.unwrap_or(first.saturating_sub(LEAD_LINES));
        let search_start = start.min(first.saturating_sub(LEAD_LINES));
        for (index, line) in self.all.iter().enumerate().take(first).skip(search_start) {
            if selected[index] || is_title(index) || link_share(line) >= 0.4 {
                continue;
            }
            let min_length = if index < start { 60 } else { 30 };
            let is_marked_lead = length(line) >= min_length && leads.contains(&line.text);
            selected[index] = is_marked_lead || headline.is_some() && index >= start && is_prose(line);
        }
    }

    /// Returns the texts of selected lines, without the title, trailing headings, link lists and notices.
    fn article_text(&self, selected: &[bool]) -> Vec<String> {
        // A heading without text below it announces other content.
        let is_text = |index: &usize| selected[*index] && self.all[*index].block != LineBlock::Heading;
        let end = (0..self.all.len()).rev().find(is_text).map_or(0, |index| index + 1);
        let title_words = hash_words(self.title);
        let mut text: Vec<String> = Vec::new();
        for line in self.all[..end].iter().zip(selected).filter(|(_, selected)| **selected).map(|(line, _)| line) {
            // `ExtractedPage` has the title in a field of its own.
            if line.block == LineBlock::Heading && text.is_empty() && hash_words(&line.text) == title_words {
                continue;
            }
            let is_teaser_link = line.is_link_only() && hash_words(&line.text).len() >= 3;
            if !is_teaser_link && !notices::is_notice(&line.text, text.len()) {
                text.push(line.text.trim().to_owned());
            }
        }
        text
    }
}

fn length(line: &CleanLine) -> usize {
    line.text.trim().chars().count()
}

/// Returns the share of a line's bytes in links.
fn link_share(line: &CleanLine) -> f64 {
    let bytes: usize = line.links.iter().map(|link| link.len()).sum();
    bytes as f64 / line.text.len().max(1) as f64
}

/// Whether a line reads like sentences rather than a label.
fn is_prose(line: &CleanLine) -> bool {
    let text = line.text.trim_end_matches(['"', '”', '“', '»', '’', ')', ' ']);
    let ends_sentence = text.ends_with(['.', '!', '?', '…', ':', '։', '؟', '。']);
    link_share(line) < 0.4 && length(line) >= if ends_sentence { 60 } else { 120 }
}

/// Hashes the words of a text, without case and punctuation.
fn hash_words(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut hasher = DefaultHasher::new();
            word.chars().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
            hasher.finish()
        })
        .collect()
}

/// Shingles of a text's words, which recognise a line across different line breaks.
struct LineShingles {
    shingles: HashSet<[u64; SHINGLE_WORDS]>,
    /// Words of lines shorter than a shingle.
    short_lines: HashSet<Vec<u64>>,
}

impl LineShingles {
    fn new(lines: &[CleanLine]) -> Self {
        let mut short_lines = HashSet::new();
        let mut all_words = Vec::new();
        for line in lines {
            let words = hash_words(&line.text);
            all_words.extend_from_slice(&words);
            if words.len() < SHINGLE_WORDS {
                short_lines.insert(words);
            }
        }
        Self { shingles: all_words.array_windows().copied().collect(), short_lines }
    }

    /// Whether the text contains at least seven tenths of a line's shingles, or a short line as a whole line.
    fn contains(&self, line: &str) -> bool {
        let words = hash_words(line);
        if words.len() < SHINGLE_WORDS {
            return self.short_lines.contains(&words);
        }
        let total = words.len() - SHINGLE_WORDS + 1;
        let contained = words.array_windows().filter(|shingle| self.shingles.contains(*shingle)).count();
        contained * 10 >= total * 7
    }
}

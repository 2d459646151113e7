//! Which lines of a page are its article's: those that the extractor chose, and what belongs between and before them.
//!
//! An extractor decides by blocks of markup and so loses leads, lists and single paragraphs; a line is judged here by
//! its neighbours. It must not know HTML, only lines.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::super::clean::{Block, Line};
use super::notices;

/// So many words in a row make a place in a text unmistakable.
const GRAM: usize = 4;

/// Lines that the extractor leaves out between two that it chose belong to the text if they are no more than this.
const GAP: usize = 8;

/// How many lines above the text its headline is looked for.
const HEADLINE: usize = 40;

/// How many lines above the text a lead is looked for where there is no headline.
const LEAD: usize = 15;

/// The text of an article: those of a page's lines that `chosen` or `leads` have, completed, without notices.
pub(super) fn article(page: &[Line], chosen: &[Line], leads: &[Line], title: Option<&str>) -> Vec<String> {
    let chosen = Seen::new(chosen);
    let mut kept: Vec<bool> = page.iter().map(|line| chosen.has(&line.text)).collect();
    let is_anchor = |kept: &[bool], at: usize| kept[at] && length(&page[at]) >= 50 && linked(&page[at]) < 0.5;
    let first = (0..page.len()).find(|at| is_anchor(&kept, *at));
    let last = (0..page.len()).rev().find(|at| is_anchor(&kept, *at));
    if let (Some(first), Some(last)) = (first, last) {
        let mut before = first;
        for at in first + 1..=last {
            if is_anchor(&kept, at) {
                if at - before - 1 <= GAP {
                    for between in before + 1..at {
                        let line = &page[between];
                        kept[between] |= is_prose(line) || line.block == Block::Item && linked(line) < 0.3;
                    }
                }
                before = at;
            }
        }
        add_lead(page, &mut kept, first, &Seen::new(leads), title.unwrap_or_default());
    }
    // A heading without text below it announces something else.
    let end = (0..page.len()).rev().find(|at| kept[*at] && page[*at].block != Block::Heading).map_or(0, |at| at + 1);
    let title_words = words(title.unwrap_or_default());
    let mut text: Vec<String> = Vec::new();
    for at in (0..end).filter(|at| kept[*at]) {
        let line = &page[at];
        // The title is told apart from the text.
        if line.block == Block::Heading && text.is_empty() && words(&line.text) == title_words {
            continue;
        }
        let leads_away = line.is_link_only() && words(&line.text).len() >= 3;
        if !leads_away && !notices::is_notice(&line.text, text.len()) {
            text.push(line.text.trim().to_owned());
        }
    }
    text
}

/// Keeps what stands between the headline and the text and reads like a part of it.
fn add_lead(page: &[Line], kept: &mut [bool], first: usize, leads: &Seen, title: &str) {
    let title = words(title);
    let is_title = |at: usize| {
        let words = words(&page[at].text);
        words.len() >= 2 && (title.starts_with(&words) || !title.is_empty() && words.starts_with(&title))
    };
    let heading_before =
        |end: usize, lines: usize| (0..end).rev().take(lines).find(|at| page[*at].block == Block::Heading);
    let headline = (0..first).rev().take(HEADLINE).find(|at| is_title(*at)).or_else(|| {
        // The heading nearest to the text may be a subheading.
        let nearest = heading_before(first, 12)?;
        Some(heading_before(nearest, 6).unwrap_or(nearest))
    });
    let from = headline.unwrap_or(first.saturating_sub(LEAD));
    for at in from.min(first.saturating_sub(LEAD))..first {
        let line = &page[at];
        if kept[at] || is_title(at) || linked(line) >= 0.4 {
            continue;
        }
        let least = if at < from { 60 } else { 30 };
        kept[at] = length(line) >= least && leads.has(&line.text) || headline.is_some() && at >= from && is_prose(line);
    }
}

fn length(line: &Line) -> usize {
    line.text.trim().chars().count()
}

/// The share of a line that is links.
fn linked(line: &Line) -> f64 {
    let bytes: usize = line.links.iter().map(|link| link.len()).sum();
    bytes as f64 / line.text.len().max(1) as f64
}

/// Whether a line reads like sentences rather than a label.
fn is_prose(line: &Line) -> bool {
    let text = line.text.trim_end_matches(['"', '”', '“', '»', '’', ')', ' ']);
    let ended = text.ends_with(['.', '!', '?', '…', ':', '։', '؟', '。']);
    linked(line) < 0.4 && length(line) >= if ended { 60 } else { 120 }
}

/// The words of a text, without case and punctuation, as hashes.
fn words(text: &str) -> Vec<u64> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut hasher = DefaultHasher::new();
            word.chars().flat_map(char::to_lowercase).for_each(|c| c.hash(&mut hasher));
            hasher.finish()
        })
        .collect()
}

/// The lines of a text, to recognise them by their words wherever they are broken.
struct Seen {
    grams: HashSet<[u64; GRAM]>,
    short: HashSet<Vec<u64>>,
}

impl Seen {
    fn new(lines: &[Line]) -> Self {
        let mut short = HashSet::new();
        let mut all = Vec::new();
        for line in lines {
            let words = words(&line.text);
            all.extend_from_slice(&words);
            if words.len() < GRAM {
                short.insert(words);
            }
        }
        Self { grams: all.array_windows().copied().collect(), short }
    }

    /// Whether at least seven tenths of a line stand in the text, or all of a short one as a line.
    fn has(&self, line: &str) -> bool {
        let words = words(line);
        if words.len() < GRAM {
            return self.short.contains(&words);
        }
        let grams = words.len() - GRAM + 1;
        let known = words.array_windows().filter(|gram| self.grams.contains(*gram)).count();
        known * 10 >= grams * 7
    }
}

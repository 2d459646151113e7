//! Lines: the clean text of a paragraph, with the byte ranges of its links and formatting.
//!
//! It must not know HTML; `html_lines` makes lines, `teaser` and `page` judge them.

use std::ops::Range;

/// A line of text and its links.
#[derive(Clone, Debug, Default)]
pub(crate) struct CleanLine {
    /// Text with folded white space.
    pub text: String,
    /// Byte ranges of links, ascending.
    pub links: Vec<Range<usize>>,
    pub block: LineBlock,
    /// Byte offsets of inline tags, ascending.
    pub seams: Vec<usize>,
}

/// Kind of the block element around a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LineBlock {
    #[default]
    Other,
    Heading,
    /// A list item or a table row.
    Item,
}

impl CleanLine {
    /// Whether the line has words, all of them in links.
    pub fn is_link_only(&self) -> bool {
        let mut letters = self.text.char_indices().filter(|(_, c)| c.is_alphanumeric()).peekable();
        if letters.peek().is_none() {
            return false;
        }
        let mut links = self.links.iter().peekable();
        letters.all(|(offset, _)| {
            while links.next_if(|link| link.end <= offset).is_some() {}
            links.peek().is_some_and(|link| link.start <= offset)
        })
    }
}

/// Joins the texts of lines, without empty ones.
pub(crate) fn join_lines(lines: &[CleanLine], separator: &str) -> String {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.trim()).filter(|text| !text.is_empty()).collect();
    texts.join(separator)
}

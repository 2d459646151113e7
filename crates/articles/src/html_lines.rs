//! Splits HTML or plain text into lines: block elements part lines, inline elements leave seams, captions and code go.
//!
//! It must not know the words of any language.

use std::collections::HashSet;

use super::charset::{decode_windows_1252_byte, undo_double_encoding};
use super::line::{CleanLine, LineBlock};
use super::markup::{MarkupKind, MarkupToken, Scanner, decode_entities, find_end_tag};

/// Elements that start a new line.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "center",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "tfoot",
    "thead",
    "tr",
    "ul",
];

/// Elements whose content is no article text: code, embedded media with their fallbacks, captions.
const DROPPED: &[&str] = &[
    "audio",
    "button",
    "caption",
    "embed",
    "figcaption",
    "head",
    "iframe",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "template",
    "textarea",
    "video",
];

/// Inline elements. The three lists only decide whether an escaped tag is HTML; unescaped tags may have other names.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "big", "cite", "code", "em", "font", "i", "img", "s", "small", "span", "strong", "sub", "sup",
    "td", "th", "u",
];

/// Returns a tag's name without its prefix, in lower case.
fn local_name(token: &MarkupToken, html: &str) -> String {
    token.name(html).rsplit(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// Meaning of line breaks in the source.
#[derive(Clone, Copy, Default, PartialEq)]
enum LineBreaks {
    /// A break is a space: elements make the lines.
    #[default]
    Never,
    /// An empty line parts paragraphs: some feeds mark up words but not paragraphs.
    Blank,
    /// Plain text: each break ends a line, except in text wrapped at a fixed width.
    Each,
}

/// Detects the meaning of line breaks from the tags of a text.
fn detect_line_breaks(html: &str) -> LineBreaks {
    let mut breaks = LineBreaks::Each;
    for token in Scanner::new(html) {
        if matches!(token.kind, MarkupKind::Open | MarkupKind::Empty | MarkupKind::Close) {
            let name = local_name(&token, html);
            if BLOCKS.contains(&name.as_str()) {
                return LineBreaks::Never;
            }
            breaks = LineBreaks::Blank;
        }
    }
    breaks
}

/// Whether the text has no tag at all.
pub(super) fn is_plain_text(html: &str) -> bool {
    detect_line_breaks(html) == LineBreaks::Each
}

/// Whether `name`, in lower case, is a common HTML element.
pub(super) fn is_html_element(name: &str) -> bool {
    [BLOCKS, DROPPED, INLINE].iter().any(|elements| elements.contains(&name))
}

/// Hands over the texts of HTML outside of dropped elements, until `each` returns false.
pub(super) fn for_each_text(html: &str, mut each: impl FnMut(&str) -> bool) {
    let mut unclosed: HashSet<String> = HashSet::new();
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        match token.kind {
            MarkupKind::Text if each(&decode_entities(token.content(html))) => {}
            MarkupKind::Cdata if each(token.content(html)) => {}
            MarkupKind::Text | MarkupKind::Cdata => return,
            MarkupKind::Open => skip_dropped(&mut scanner, &token, html, &mut unclosed),
            MarkupKind::Empty | MarkupKind::Close | MarkupKind::Other => {}
        }
    }
}

/// Whether cleaning may drop the content of a tag, given without its brackets: a start tag of a dropped element or of a
/// caption, or no tag at all.
pub(super) fn may_be_dropped(tag: &str) -> bool {
    let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    let is_end = tag.starts_with('/');
    !is_end
        && (name.is_empty()
            || DROPPED.iter().any(|dropped| dropped.eq_ignore_ascii_case(name))
            || tag.contains("caption-text"))
}

/// Skips the inside of a start tag's element without article text; keeps an element without an end.
fn skip_dropped(scanner: &mut Scanner<'_>, token: &MarkupToken, html: &str, unclosed: &mut HashSet<String>) {
    let name = local_name(token, html);
    let is_caption = || token.attribute(html, "class").is_some_and(|class| class.contains("caption-text"));
    let is_dropped = DROPPED.contains(&name.as_str()) || matches!(name.as_str(), "p" | "dd") && is_caption();
    if is_dropped && !unclosed.contains(&name) {
        match find_end_tag(html, token.end, &name) {
            Some(end) => scanner.seek(end),
            None => {
                unclosed.insert(name);
            }
        }
    }
}

/// Splits HTML or plain text into lines.
pub(super) fn split_lines(html: &str) -> Vec<CleanLine> {
    let mut builder = LineBuilder { breaks: detect_line_breaks(html), ..LineBuilder::default() };
    let mut unclosed: HashSet<String> = HashSet::new();
    let mut scanner = Scanner::new(html);
    while let Some(token) = scanner.next() {
        match token.kind {
            MarkupKind::Text => {
                let once = decode_entities(token.content(html));
                // Some feeds encode entities twice (`&amp;nbsp;`).
                builder.push_text(&undo_double_encoding(&decode_entities(&once)));
            }
            MarkupKind::Cdata => builder.push_text(&undo_double_encoding(token.content(html))),
            MarkupKind::Other => {}
            MarkupKind::Open | MarkupKind::Empty | MarkupKind::Close => {
                let name = local_name(&token, html);
                if token.kind == MarkupKind::Open {
                    skip_dropped(&mut scanner, &token, html, &mut unclosed);
                }
                builder.push_tag(&name, token.kind);
            }
        }
    }
    builder.end_line();
    builder.lines
}

/// Folds white space and removes invisible characters; for text without tags, entities and line breaks.
pub(super) fn fold_white_space(text: &str) -> String {
    let mut folded = String::new();
    push_folded(&mut folded, text);
    folded.truncate(folded.trim_end().len());
    folded
}

/// Collects lines from tags and texts.
#[derive(Default)]
struct LineBuilder {
    breaks: LineBreaks,
    lines: Vec<CleanLine>,
    line: CleanLine,
    /// Byte offset of the open link in `line`.
    link_start: Option<usize>,
}

impl LineBuilder {
    fn end_line(&mut self) {
        self.end_link();
        let line = std::mem::take(&mut self.line);
        if line.text.chars().any(|c| !c.is_whitespace()) {
            self.lines.push(line);
        }
    }

    fn end_link(&mut self) {
        if let Some(start) = self.link_start.take()
            && start < self.line.text.len()
        {
            self.line.links.push(start..self.line.text.len());
        }
    }

    fn push_tag(&mut self, name: &str, kind: MarkupKind) {
        let in_link = self.link_start.is_some();
        if BLOCKS.contains(&name) {
            self.end_line();
            self.line.block = line_block(name, kind);
            // A link around blocks continues on the next line.
            self.link_start = in_link.then_some(0);
            return;
        }
        if matches!(name, "td" | "th") {
            self.push_text(" ");
        }
        let offset = self.line.text.len();
        if self.line.seams.last() != Some(&offset) {
            self.line.seams.push(offset);
        }
        if name == "a" {
            self.end_link();
            self.link_start = (kind == MarkupKind::Open).then_some(offset);
        }
    }

    fn push_text(&mut self, text: &str) {
        if self.breaks == LineBreaks::Never {
            return push_folded(&mut self.line.text, text);
        }
        let rows: Vec<&str> = text.split('\n').collect();
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                let is_blank = index + 1 < rows.len() && row.trim().is_empty();
                if is_blank || self.breaks == LineBreaks::Each && !is_wrapped(rows[index - 1], row) {
                    let in_link = self.link_start.is_some();
                    self.end_line();
                    self.link_start = in_link.then_some(0);
                } else {
                    push_folded(&mut self.line.text, " ");
                }
            }
            push_folded(&mut self.line.text, row);
        }
    }
}

/// Returns the kind of block that the text after a block's tag belongs to.
fn line_block(name: &str, kind: MarkupKind) -> LineBlock {
    match (name, kind) {
        (_, MarkupKind::Close) => LineBlock::Other,
        ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", _) => LineBlock::Heading,
        ("li" | "tr" | "dt" | "dd", _) => LineBlock::Item,
        _ => LineBlock::Other,
    }
}

/// Whether a character changes the direction or the form of the text after it: an embedding, override or isolate of the
/// Unicode bidirectional algorithm, or a deprecated format character.
///
/// An unbalanced one turns around a whole message with the text in it; letters of all scripts read well without.
pub(super) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{206F}')
}

/// Appends text with folded white space and without invisible characters.
fn push_folded(line: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '\u{AD}' | '\u{200B}' | '\u{FEFF}' | '\u{2060}' | '\u{FFFC}' => {}
            c if is_direction_control(c) => {}
            c if c.is_control() && !c.is_whitespace() => line.extend(repair_control(c)),
            c if c.is_whitespace() => {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c => line.push(c),
        }
    }
}

/// Repairs a C1 control: a windows-1252 byte decoded as Latin-1. Other controls give `None`.
fn repair_control(control: char) -> Option<char> {
    let byte = u8::try_from(u32::from(control)).ok().filter(|byte| *byte >= 0x80)?;
    decode_windows_1252_byte(byte).filter(|c| !c.is_control())
}

/// Whether the line break between two rows of plain text only wraps a sentence: `row` has the width of mail and agency
/// wires and no end of a sentence, and `next` begins with a small letter.
fn is_wrapped(row: &str, next: &str) -> bool {
    let row = row.trim_end();
    (45..=100).contains(&row.chars().count())
        && !row.ends_with(['.', '!', '?', ':', '»', '"', '։'])
        && next.trim_start().starts_with(char::is_lowercase)
}

//! The values of one element: its text, attributes and inner elements, read for the role that the dialect gives it.
//!
//! It must not know which value wins when several elements have the same role: [`EntryBuilder`] decides.
//!
//! [`EntryBuilder`]: super::entry_builder::EntryBuilder

use std::borrow::Cow;
use std::ops::Range;

use base64::prelude::{BASE64_STANDARD, Engine};
use smallvec::SmallVec;

use super::dialect::{ElementRole, FeedVocabulary, role_of};
use super::entry_builder::ElementText;
use super::link::is_web_address;
use super::tag_soup::TagSoup;
use ceasewire_articles::markup::{MarkupKind, MarkupToken, decode_entities};

/// An element of an entry or of the feed's head.
pub(super) struct FeedElement<'s, 'a> {
    pub(super) soup: &'s TagSoup<'a>,
    /// The place of the start tag.
    pub(super) at: usize,
    pub(super) vocabulary: FeedVocabulary,
    /// The places of the tokens between the start tag and the end.
    pub(super) inside: Range<usize>,
    /// Whether the feed is Atom, whose text is plain by default.
    pub(super) is_atom: bool,
}

/// The most texts of an element of hours or days: more than a day has hours.
const MAX_TEXTS: usize = 100;

/// The rank of an id that is an address, by its publisher's word or by its look alone.
const PERMALINK_RANK: u8 = 6;
pub(super) const ID_AS_LINK_RANK: u8 = 10;

/// A value for a role, with its rank: 0 is the best source.
pub(super) struct RankedText<'a> {
    pub(super) role: ElementRole,
    pub(super) rank: u8,
    pub(super) text: ElementText<'a>,
}

/// The values of one element; most elements have one.
pub(super) type ElementValues<'a> = SmallVec<[RankedText<'a>; 2]>;

impl<'a> FeedElement<'_, 'a> {
    /// Reads the element's values.
    pub(super) fn read(&self) -> ElementValues<'a> {
        let mut values = ElementValues::new();
        let mut push = |role, rank, text| values.push(RankedText { role, rank, text });
        let Some((role, rank)) = role_of(self.vocabulary, self.soup.local_name(self.at)) else {
            return values;
        };
        match role {
            ElementRole::Link => {
                let stated = ["href", "rdf:resource", "resource"].into_iter().filter_map(|name| self.attribute(name));
                let stated = stated.into_iter().find(|address| !address.trim().is_empty());
                let is_alternate = self.attribute("rel").is_none_or(|rel| rel.trim().eq_ignore_ascii_case("alternate"));
                let is_page = self.attribute("type").is_none_or(|kind| kind.contains("html"));
                if is_alternate {
                    let text = stated.map_or_else(|| self.plain_text(), Cow::Owned);
                    let text = if text.is_empty() { self.address_after() } else { text };
                    push(role, rank + u8::from(!is_page), link(text));
                }
            }
            ElementRole::Id => {
                let text = self.plain_text();
                let is_permalink =
                    self.attribute("ispermalink").is_none_or(|value| value.trim().eq_ignore_ascii_case("true"));
                let is_guid = self.soup.local_name(self.at).eq_ignore_ascii_case("guid");
                if is_web_address(&text) {
                    let rank = if is_permalink && is_guid { PERMALINK_RANK } else { ID_AS_LINK_RANK };
                    push(ElementRole::Link, rank, link(text.clone()));
                }
                push(role, rank, ElementText::plain(without_forbidden(text)));
            }
            ElementRole::Author => {
                let part = |name| self.inner_text(name).filter(|text| !text.trim().is_empty());
                let text = part("name").or_else(|| part("email")).unwrap_or_else(|| self.plain_text());
                push(role, rank, ElementText::plain(text));
            }
            ElementRole::SkipHours | ElementRole::SkipDays => {
                let texts = self.inner().filter(|token| token.kind == MarkupKind::Text);
                let texts: Vec<&str> = texts.map(|token| token.content(self.soup.text)).take(MAX_TEXTS).collect();
                push(role, rank, ElementText::plain(Cow::Owned(texts.join(" "))));
            }
            ElementRole::Published
            | ElementRole::Updated
            | ElementRole::Source
            | ElementRole::Language
            | ElementRole::Ttl
            | ElementRole::Period
            | ElementRole::Frequency => push(role, rank, ElementText::plain(self.plain_text())),
            ElementRole::Title | ElementRole::Summary | ElementRole::Content => {
                if let Some(src) = self.attribute("src").filter(|_| role == ElementRole::Content) {
                    push(ElementRole::Link, 9, link(Cow::Owned(src)));
                }
                if let Some(tag) = self.attribute("xml:lang") {
                    push(ElementRole::Language, 2, ElementText::plain(Cow::Owned(tag)));
                }
                if let Some(text) = self.rich_text() {
                    push(role, rank, ElementText { text: without_forbidden(text.text), ..text });
                }
            }
        }
        values
    }

    fn attribute(&self, name: &str) -> Option<String> {
        self.soup.attribute(self.at, name)
    }

    fn inner(&self) -> impl Iterator<Item = MarkupToken> {
        self.inside.clone().map(|at| self.soup.token(at))
    }

    /// The element's text, decoded and trimmed, without inner tags.
    fn plain_text(&self) -> Cow<'a, str> {
        plain_text(self.soup.text, self.inner())
    }

    /// The address behind an empty element: `<link/>https://…`, as programs write that take the feed for HTML.
    fn address_after(&self) -> Cow<'a, str> {
        let is_closed = self.soup.end(self.at) == Some(self.inside.end);
        let next = self.inside.end + usize::from(is_closed);
        if next >= self.soup.len() || !matches!(self.soup.kind(next), MarkupKind::Text | MarkupKind::Cdata) {
            return Cow::default();
        }
        let text = plain_text(self.soup.text, std::iter::once(self.soup.token(next)));
        if is_web_address(&text) { text } else { Cow::default() }
    }

    /// The element's text by its `type` and `mode`; `None` where it is a picture or another file.
    fn rich_text(&self) -> Option<ElementText<'a>> {
        let kind = self.attribute("type").map(|kind| kind.trim().to_ascii_lowercase());
        let is_base64 = self.attribute("mode").is_some_and(|mode| mode.trim().eq_ignore_ascii_case("base64"));
        let is_text = kind.as_deref().is_none_or(|kind| {
            !kind.contains('/') || kind.starts_with("text/") || kind.ends_with("xml") || kind == "html"
        });
        if is_base64 || !is_text {
            let text = decode_base64(&self.plain_text())?;
            return Some(ElementText { text: Cow::Owned(text), is_html: true });
        }
        let mut text = self.source_or_text();
        // The default of Atom is plain text; RSS has no `type` and means HTML.
        text.is_html |= match kind.as_deref() {
            Some(kind) => kind != "text" && kind != "text/plain",
            None => self.vocabulary != FeedVocabulary::Atom && !self.is_atom,
        };
        Some(text)
    }

    /// The decoded text, or the HTML source if the element holds unescaped tags.
    fn source_or_text(&self) -> ElementText<'a> {
        if !self.inner().any(|token| matches!(token.kind, MarkupKind::Open | MarkupKind::Empty)) {
            return ElementText::plain(self.plain_text());
        }
        let mut source = String::new();
        for token in self.inner().filter(|token| token.kind != MarkupKind::Other) {
            source.push_str(token.content(self.soup.text));
        }
        ElementText { text: Cow::Owned(source), is_html: true }
    }

    /// The text of the first inner element called `name`, at any depth.
    fn inner_text(&self, name: &str) -> Option<Cow<'a, str>> {
        let is = |at: &usize, kind| self.soup.kind(*at) == kind && self.soup.local_name(*at).eq_ignore_ascii_case(name);
        let start = self.inside.clone().find(|at| is(at, MarkupKind::Open))? + 1;
        let end = (start..self.inside.end).find(|at| is(at, MarkupKind::Close))?;
        Some(plain_text(self.soup.text, (start..end).map(|at| self.soup.token(at))))
    }
}

fn plain_text(text: &str, inner: impl Iterator<Item = MarkupToken>) -> Cow<'_, str> {
    let mut texts = inner.filter_map(|token| match token.kind {
        MarkupKind::Text => Some(decode_entities(token.content(text))),
        MarkupKind::Cdata => Some(Cow::Borrowed(token.content(text))),
        _ => None,
    });
    let mut whole = texts.next().unwrap_or_default();
    texts.for_each(|text| whole.to_mut().push_str(&text));
    match whole {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}

/// An address as an element's value. Addresses within CDATA are often escaped although nothing undoes it.
pub(super) fn link(address: Cow<'_, str>) -> ElementText<'_> {
    if address.contains("&amp;") {
        return ElementText::plain(Cow::Owned(address.replace("&amp;", "&")));
    }
    ElementText::plain(address)
}

/// Removes the characters that XML forbids, which neither a database nor a chat takes.
pub(super) fn without_forbidden(text: Cow<'_, str>) -> Cow<'_, str> {
    // Those outside ASCII begin with EF, as few other characters do. A fold without an early end lets the compiler
    // compare many bytes at once.
    let suspect = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || matches!(byte, 0x7F | 0xEF);
    let any = |chunk: &[u8]| chunk.iter().fold(false, |any, byte| any | suspect(*byte));
    if text.as_bytes().chunks(256).any(any) && text.contains(is_forbidden) {
        return Cow::Owned(text.replace(is_forbidden, ""));
    }
    text
}

/// Whether XML forbids a character, or, in the case of the delete character, advises against it.
fn is_forbidden(c: char) -> bool {
    c.is_ascii_control() && !matches!(c, '\t' | '\n' | '\r') || matches!(c, '\u{FFFE}' | '\u{FFFF}')
}

/// Decodes the text that Atom allows to be encoded in base64; `None` where the bytes are no text.
fn decode_base64(text: &str) -> Option<String> {
    let text: String = text.split_whitespace().collect();
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_characters_are_removed() {
        for (text, clean) in [
            ("plain", "plain"),
            ("\u{0}a\u{1B}b\u{FFFE}\u{FEFF}\u{92}\n", "ab\u{FEFF}\u{92}\n"),
            ("<b>]]></b>\u{7F}", "<b>]]></b>"),
        ] {
            assert_eq!(without_forbidden(Cow::Borrowed(text)), clean, "{text:?}");
        }
    }
}

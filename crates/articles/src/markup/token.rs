//! Markup tokens: the kind and byte range of a tag or a piece of text, and the attributes of a tag.

use std::borrow::Cow;

use super::entities::decode_entities;
use super::scanner::{CDATA_START, starts_cdata};

/// Kind of a [`MarkupToken`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkupKind {
    /// Characters between tags, with their entities still encoded.
    Text,
    /// A CDATA section; its content is literal.
    Cdata,
    /// A start tag.
    Open,
    /// A self-closing start tag, such as `<br/>`.
    Empty,
    /// An end tag.
    Close,
    /// A comment, a declaration or a processing instruction.
    Other,
}

/// A piece of markup: its kind and its byte range in the scanned text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MarkupToken {
    pub kind: MarkupKind,
    pub start: usize,
    /// Exclusive.
    pub end: usize,
}

impl MarkupToken {
    /// Returns the token as `text` spells it.
    pub fn source<'a>(&self, text: &'a str) -> &'a str {
        text.get(self.start..self.end).unwrap_or_default()
    }

    /// Returns the content of a text or CDATA token, without the brackets of the section.
    pub fn content<'a>(&self, text: &'a str) -> &'a str {
        let source = self.source(text);
        match self.kind {
            MarkupKind::Cdata => {
                let inner = if starts_cdata(source) { &source[CDATA_START.len()..] } else { source };
                inner.strip_suffix("]]>").unwrap_or(inner)
            }
            _ => source,
        }
    }

    /// Returns the tag's name as written, prefix included; an empty string for other tokens.
    pub fn name<'a>(&self, text: &'a str) -> &'a str {
        if !matches!(self.kind, MarkupKind::Open | MarkupKind::Empty | MarkupKind::Close) {
            return "";
        }
        let inner = self.source(text).trim_start_matches(['<', '/']);
        let ends_name = |c: char| c.is_whitespace() || matches!(c, '/' | '>' | '<');
        // Nearly all names are ASCII, and a scan of bytes is faster than one of characters.
        match inner.bytes().position(|byte| !byte.is_ascii() || ends_name(char::from(byte))) {
            Some(end) if inner.as_bytes()[end].is_ascii() => &inner[..end],
            _ => &inner[..inner.find(ends_name).unwrap_or(inner.len())],
        }
    }

    /// Iterates over the tag's attributes in order: name, and value with entities decoded.
    pub fn attributes<'a>(&self, text: &'a str) -> impl Iterator<Item = (&'a str, Cow<'a, str>)> {
        self.raw_attributes(text).map(|(name, value)| (name, decode_entities(value)))
    }

    /// Iterates over the tag's attributes in order: name, and value with entities encoded.
    pub fn raw_attributes<'a>(&self, text: &'a str) -> MarkupAttributes<'a> {
        let name = self.name(text);
        let source = self.source(text);
        let rest = source.strip_prefix('<').and_then(|rest| rest.strip_prefix(name)).unwrap_or_default();
        MarkupAttributes { rest: rest.strip_suffix('>').unwrap_or(rest) }
    }

    /// Returns the value of the first attribute called `name`, in any case, with entities decoded.
    pub fn attribute(&self, text: &str, name: &str) -> Option<String> {
        let mut attributes = self.raw_attributes(text);
        let value = attributes.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
        value.map(|value| decode_entities(value).into_owned())
    }
}

/// Iterates over the attributes of a tag; tolerates missing quotes and missing values.
pub struct MarkupAttributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for MarkupAttributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '='));
        if rest.is_empty() {
            return None;
        }
        let key_end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '/')).unwrap_or(rest.len());
        let (key, rest) = rest.split_at(key_end);
        let Some(value) = rest.trim_start().strip_prefix('=').map(str::trim_start) else {
            self.rest = rest;
            return Some((key, ""));
        };
        let quoted = match value.chars().next() {
            Some(quote @ ('"' | '\'')) => value[1..].split_once(quote),
            _ => None,
        };
        let (value, rest) = quoted.unwrap_or_else(|| {
            let value = value.trim_start_matches(['"', '\'']);
            value.split_at(value.find(char::is_whitespace).unwrap_or(value.len()))
        });
        self.rest = rest;
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::super::Scanner;

    #[test]
    fn attributes_come_decoded_with_or_without_quotes() {
        let text = "<a href='x?a=1&amp;b=2' rel=\"alternate\" type=text/html hidden>";
        let token = Scanner::new(text).next().expect("a tag");
        let found: Vec<_> = token.attributes(text).map(|(k, v)| (k, v.into_owned())).collect();
        let expected = [("href", "x?a=1&b=2"), ("rel", "alternate"), ("type", "text/html"), ("hidden", "")];
        assert_eq!(found, expected.map(|(k, v)| (k, v.to_owned())));
    }
}

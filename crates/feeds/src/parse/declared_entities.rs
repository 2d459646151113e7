//! Entities that a feed declares itself (`<!ENTITY place "Karabakh">`): puts their texts in place of the references.
//!
//! Only a text without further declared entities counts, so that no text multiplies. An entity that names a file stays
//! unread.

use std::borrow::Cow;

use ceasewire_articles::markup::parse_reference;
use hashbrown::HashMap;
use memchr::memmem;

/// Declarations stand before the first element.
const PROLOG_BYTES: usize = 16 * 1024;
/// The most entities, and the most bytes of the name and of the text of one.
const MAX_ENTITIES: usize = 300;
const MAX_NAME_BYTES: usize = 60;
const MAX_TEXT_BYTES: usize = 500;
/// The most bytes that all texts together may add to a body.
const MAX_ADDED_BYTES: usize = 1 << 20;

/// Replaces the references to the entities that `text` declares.
pub(super) fn expand(text: Cow<'_, str>) -> Cow<'_, str> {
    let prolog = &text[..text.floor_char_boundary(PROLOG_BYTES)];
    let Some(first) = memmem::find(prolog.as_bytes(), b"<!ENTITY") else { return text };
    let is_literal =
        |(_, value): &(&str, &str)| value.match_indices('&').all(|(at, _)| parse_reference(&value[at..]).is_some());
    let declared = prolog[first..].split("<!ENTITY").filter_map(parse).take(MAX_ENTITIES);
    let entities: HashMap<&str, &str> = declared.filter(is_literal).collect();
    let mut expanded = String::with_capacity(text.len());
    let (mut rest, mut added) = (&*text, 0);
    while let Some(at) = rest.find('&') {
        expanded.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.bytes().take(MAX_NAME_BYTES + 2).position(|byte| byte == b';');
        let reference = end.and_then(|end| Some((&rest[end + 1..], *entities.get(&rest[1..end])?)));
        match reference.filter(|(_, value)| added + value.len() <= MAX_ADDED_BYTES) {
            Some((after, value)) => {
                expanded.push_str(value);
                added += value.len();
                rest = after;
            }
            None => {
                expanded.push('&');
                rest = &rest[1..];
            }
        }
    }
    expanded.push_str(rest);
    Cow::Owned(expanded)
}

/// Parses the name and the text after `<!ENTITY`; `None` for an entity of HTML, of a file, or of declarations alone.
fn parse(declaration: &str) -> Option<(&str, &str)> {
    let declaration = declaration.trim_start();
    let (name, rest) = declaration.split_once(|c: char| c.is_whitespace())?;
    let is_name =
        name.len() <= MAX_NAME_BYTES && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':'));
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let (value, _) = rest[1..].split_once(quote)?;
    let is_known = parse_reference(&format!("&{name};")).is_some();
    (is_name && !is_known && value.len() <= MAX_TEXT_BYTES).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(declarations: &str, text: &str) -> String {
        let document = format!("<!DOCTYPE rss [{declarations}]><t>{text}</t>");
        let expanded = expand(Cow::Borrowed(&document)).into_owned();
        expanded.split_once("<t>").unwrap().1.trim_end_matches("</t>").to_owned()
    }

    #[test]
    fn declared_entities_are_replaced() {
        for (declarations, text, right) in [
            ("<!ENTITY place \"Karabakh\">", "Truce in &place; &amp; beyond", "Truce in Karabakh &amp; beyond"),
            ("<!ENTITY a 'A'>\n<!ENTITY ab 'B &#8211; C'>", "&ab;&a;&a", "B &#8211; CA&a"),
            ("<!ENTITY nbsp '&#160;'>", "a&nbsp;b", "a&nbsp;b"),
            ("<!ENTITY file SYSTEM 'file:///etc/hosts'>", "&file;", "&file;"),
            ("<!ENTITY a 'x'><!ENTITY b '&a;&a;'>", "&b; &a;", "&b; x"),
            ("<!ENTITY % p 'x'>", "%p; &p;", "%p; &p;"),
        ] {
            assert_eq!(expanded(declarations, text), right, "{declarations}");
        }
    }

    #[test]
    fn texts_add_a_bounded_number_of_bytes() {
        let long = "x".repeat(MAX_TEXT_BYTES);
        let text = expanded(&format!("<!ENTITY a '{long}'>"), &"&a;".repeat(1_000_000));
        assert!(text.len() < 5 << 20, "{}", text.len());
    }
}

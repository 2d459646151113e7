//! Tag soup: scans XML or HTML into tags and text, reads attributes, decodes and escapes character references.
//!
//! The scanner accepts every text and takes linear time: it builds no tree and does not recurse. It must not know the
//! meaning of any element.

mod entities;
mod scanner;
mod token;

pub use entities::{decode_entities, escape, parse_reference};
pub use scanner::Scanner;
pub use token::{MarkupAttributes, MarkupKind, MarkupToken};

/// Finds the next end tag of the element `name`, at or after byte `from`; returns the offset of its `</`.
pub(crate) fn find_end_tag(html: &str, from: usize, name: &str) -> Option<usize> {
    let rest = html.get(from..)?;
    let closes = |offset: &usize| {
        let tail = &rest.as_bytes()[offset + 2..];
        tail.get(..name.len()).is_some_and(|head| head.eq_ignore_ascii_case(name.as_bytes()))
            && tail.get(name.len()).is_none_or(|next| !next.is_ascii_alphanumeric())
    };
    rest.match_indices("</").map(|(offset, _)| offset).find(closes).map(|offset| from + offset)
}

//! Character references and named HTML entities: decodes and escapes them.

use std::borrow::Cow;

use html_escape::NAMED_ENTITIES;

use crate::charset::decode_windows_1252_byte;

/// Decodes each character reference and named HTML entity once; leaves other ampersands as they are.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    out.push_str(&text[..first]);
    let mut rest = &text[first..];
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let length = match resolve_reference(rest) {
            Some((length, EntityText::Character(c))) => {
                out.push(c);
                length
            }
            Some((length, EntityText::Text(text))) => {
                out.push_str(text);
                length
            }
            None => {
                out.push('&');
                1
            }
        };
        rest = &rest[length..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// Parses the reference at the start of `text`, which begins with `&`: its length and its decoded text.
pub fn parse_reference(text: &str) -> Option<(usize, Cow<'static, str>)> {
    resolve_reference(text).map(|(length, decoded)| match decoded {
        EntityText::Character(c) => (length, Cow::Owned(c.to_string())),
        EntityText::Text(text) => (length, Cow::Borrowed(text)),
    })
}

/// Decoded text of a reference.
enum EntityText {
    Character(char),
    Text(&'static str),
}

fn resolve_reference(text: &str) -> Option<(usize, EntityText)> {
    /// The longest entity name of HTML, `CounterClockwiseContourIntegral`, has 31 letters.
    const MAX_NAME_LENGTH: usize = 32;

    let body = text.strip_prefix('&')?;
    let end = body.bytes().take(MAX_NAME_LENGTH).position(|b| !b.is_ascii_alphanumeric() && b != b'#')?;
    if body.as_bytes()[end] != b';' {
        return None;
    }
    let name = &body[..end];
    let decoded = match name {
        // Escaped HTML has hardly any other references.
        "lt" => EntityText::Character('<'),
        "gt" => EntityText::Character('>'),
        "amp" => EntityText::Character('&'),
        "quot" => EntityText::Character('"'),
        "nbsp" => EntityText::Character('\u{A0}'),
        _ => match name.strip_prefix('#') {
            Some(number) => match parse_number(number)? {
                high @ 0xD800..=0xDBFF => {
                    let (length, c) = join_low_surrogate(high, &body[end + 1..])?;
                    return Some((end + 2 + length, EntityText::Character(c)));
                }
                code => EntityText::Character(decode_code(code)?),
            },
            None => EntityText::Text(find_named_entity(name)?),
        },
    };
    Some((end + 2, decoded))
}

/// Parses the number of a numeric reference.
fn parse_number(number: &str) -> Option<u32> {
    match number.strip_prefix(['x', 'X']) {
        Some(hex) => u32::from_str_radix(hex, 16).ok(),
        None => number.parse().ok(),
    }
}

/// Decodes the number of a numeric reference; like browsers, reads 128 to 159 as windows-1252.
fn decode_code(code: u32) -> Option<char> {
    match code {
        0x80..=0x9F => decode_windows_1252_byte(u8::try_from(code).ok()?),
        // Plain text has no control characters.
        0..=8 | 11 | 12 | 14..=31 | 127 => Some(' '),
        _ => char::from_u32(code),
    }
}

/// Joins the first half of a character with the reference to its second half, which some programs write apart; returns
/// the length of the second reference too.
fn join_low_surrogate(high: u32, rest: &str) -> Option<(usize, char)> {
    /// The longest reference to a half is `&#xDC00;`.
    const MAX_LENGTH: usize = 8;
    let number = rest.strip_prefix("&#")?;
    let end = number.bytes().take(MAX_LENGTH).position(|byte| byte == b';')?;
    let low = parse_number(&number[..end]).filter(|code| (0xDC00..=0xDFFF).contains(code))?;
    let c = char::from_u32(0x10000 + ((high & 0x3FF) << 10 | low & 0x3FF))?;
    Some((end + 3, c))
}

/// Finds the text of a named entity; the name is case-sensitive.
fn find_named_entity(name: &str) -> Option<&'static str> {
    let index = NAMED_ENTITIES.binary_search_by(|(known, _)| known.cmp(&name.as_bytes())).ok()?;
    Some(NAMED_ENTITIES[index].1)
}

/// Escapes `&`, `<`, `>` and `"`, so that markup shows the text literally.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    let mut written = 0;
    for (offset, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => continue,
        };
        out.push_str(&text[written..offset]);
        out.push_str(escaped);
        written = offset + 1;
    }
    out.push_str(&text[written..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_decode_once() {
        for (text, decoded) in [
            ("AT&T & co", "AT&T & co"),
            ("&amp;lt;", "&lt;"),
            ("&#1040;&#x410;", "АА"),
            ("&#146;s", "’s"),
            ("caf&eacute; &Scaron;", "café Š"),
            ("&nosuchthing; &notit;", "&nosuchthing; &notit;"),
            ("&#0;&#xD800;", " &#xD800;"),
            ("&#55357;&#56628; and &#xD83D;&#xDD34;", "\u{1F534} and \u{1F534}"),
            ("&#55357; &#56628;&#55357;&#1;", "&#55357; &#56628;&#55357; "),
        ] {
            assert_eq!(decode_entities(text), decoded);
        }
    }
}

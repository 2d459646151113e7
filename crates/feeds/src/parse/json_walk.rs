//! A walk over the source of JSON as publishers write it: raw line breaks and bare quotation marks in strings, escapes
//! that JSON lacks, halves of characters, commas after the last value, `NaN`.
//!
//! A fault costs the value that it stands in. The walk takes linear time, does not recurse and decodes only texts
//! that the caller asks for.

use std::borrow::Cow;

/// The end of a walk over an object or a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WalkEnd {
    /// The closing bracket.
    Closed,
    /// The end of the source: the object or list breaks off.
    CutOff,
}

/// Hands over the key and the source of each whole value of the object that `json` begins with.
pub(super) fn for_each_field<'a>(json: &'a str, mut each: impl FnMut(&str, &'a str)) -> WalkEnd {
    let mut walk = Walk { json, at: 1 };
    while let Some(first) = walk.next_part() {
        if first == b'}' {
            return WalkEnd::Closed;
        }
        let Some(key) = walk.take_value() else { break };
        // A key without a value is junk.
        if !key.starts_with('"') || walk.next_byte() != Some(b':') {
            continue;
        }
        walk.at += 1;
        walk.next_byte();
        let Some(value) = walk.take_value() else { break };
        each(&decode_string(key), value);
    }
    WalkEnd::CutOff
}

/// Hands over the source of each whole element of the list that `json` begins with.
pub(super) fn for_each_element<'a>(json: &'a str, mut each: impl FnMut(&'a str)) -> WalkEnd {
    let mut walk = Walk { json, at: 1 };
    while let Some(first) = walk.next_part() {
        if first == b']' {
            return WalkEnd::Closed;
        }
        let Some(element) = walk.take_value() else { break };
        if !element.is_empty() {
            each(element);
        }
    }
    WalkEnd::CutOff
}

/// Decodes the source of a string, with its quotation marks.
pub(super) fn decode_string(source: &str) -> Cow<'_, str> {
    let text = source.strip_prefix('"').unwrap_or(source);
    let text = text.strip_suffix('"').unwrap_or(text);
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(escape) = rest.chars().next() else { break };
        rest = &rest[escape.len_utf8()..];
        decoded.push(match escape {
            'b' => '\u{8}',
            'f' => '\u{C}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => match unit(rest) {
                Some(first) => {
                    rest = &rest[4..];
                    let second = rest.strip_prefix("\\u").and_then(unit);
                    let pair = second.filter(|low| (0xDC00..0xE000).contains(low)).map(|low| [first, low]);
                    match pair.and_then(|pair| char::decode_utf16(pair).next()?.ok()).filter(|c| *c > '\u{FFFF}') {
                        Some(c) => {
                            rest = &rest[6..];
                            c
                        }
                        // Half a character alone is none.
                        None => char::from_u32(u32::from(first)).unwrap_or(char::REPLACEMENT_CHARACTER),
                    }
                }
                None => 'u',
            },
            other => other,
        });
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// The four hexadecimal digits that a text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u16::from_str_radix(digits, 16).ok()
}

struct Walk<'a> {
    json: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// Skips white space; returns the byte after it.
    fn next_byte(&mut self) -> Option<u8> {
        let rest = &self.json.as_bytes()[self.at.min(self.json.len())..];
        self.at += rest.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(rest.len());
        self.json.as_bytes().get(self.at).copied()
    }

    /// Skips white space, commas and colons; returns the first byte of the next value or the closing bracket.
    fn next_part(&mut self) -> Option<u8> {
        loop {
            match self.next_byte()? {
                b',' | b':' => self.at += 1,
                byte => return Some(byte),
            }
        }
    }

    /// Takes the source of the value that begins here; `None` where it breaks off.
    fn take_value(&mut self) -> Option<&'a str> {
        let start = self.at;
        let bytes = self.json.as_bytes();
        match bytes.get(start)? {
            b'"' => self.at = string_end(bytes, start)?,
            b'{' | b'[' => {
                let mut depth = 0_usize;
                loop {
                    let offset = bytes[self.at..].iter().position(|b| matches!(b, b'"' | b'{' | b'[' | b'}' | b']'))?;
                    self.at += offset;
                    match bytes[self.at] {
                        b'"' => {
                            self.at = string_end(bytes, self.at)?;
                            continue;
                        }
                        b'{' | b'[' => depth += 1,
                        _ => depth -= 1,
                    }
                    self.at += 1;
                    if depth == 0 {
                        break;
                    }
                }
            }
            // A bracket that closes nothing.
            b'}' | b']' => self.at += 1,
            _ => {
                let ends = |byte: &u8| matches!(byte, b',' | b':' | b'}' | b']') || byte.is_ascii_whitespace();
                self.at += bytes[start..].iter().position(ends)?;
            }
        }
        Some(&self.json[start..self.at])
    }
}

/// The end of the string that begins at `start`. A quotation mark before more text is the text's own.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'\\' {
            at += 2;
            continue;
        }
        at += 1;
        let after = bytes[at..].iter().position(|byte| !byte.is_ascii_whitespace());
        match after.map(|after| bytes[at + after]) {
            None | Some(b',' | b':' | b'}' | b']') => return Some(at),
            // Two strings without the comma between them.
            Some(b'"') if after > Some(0) => return Some(at),
            Some(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> (Vec<(String, &str)>, WalkEnd) {
        let mut fields = Vec::new();
        let end = for_each_field(json, |key, value| fields.push((key.to_owned(), value)));
        (fields, end)
    }

    #[test]
    fn a_fault_costs_its_own_value() {
        for (json, values, end) in [
            (r#"{"a":1,"b":{"c":[2,"}"]},"d":null}"#, vec!["1", r#"{"c":[2,"}"]}"#, "null"], WalkEnd::Closed),
            (r#"{"a":1,}"#, vec!["1"], WalkEnd::Closed),
            (r#"{"a":NaN,,"b" : undefined }"#, vec!["NaN", "undefined"], WalkEnd::Closed),
            (r#"{"a":"He said "yes" now","b":2}"#, vec![r#""He said "yes" now""#, "2"], WalkEnd::Closed),
            ("{\"a\":\"one\ntwo\"}", vec!["\"one\ntwo\""], WalkEnd::Closed),
            (r#"{"a":1,"b":"cut"#, vec!["1"], WalkEnd::CutOff),
            (r#"{"a":1,"b":{"c":2}"#, vec!["1", r#"{"c":2}"#], WalkEnd::CutOff),
            (r#"{junk,"a":1}"#, vec!["1"], WalkEnd::Closed),
            (r#"{"a":1 "b":2}"#, vec!["1", "2"], WalkEnd::Closed),
        ] {
            let (found, found_end) = fields(json);
            assert_eq!(found.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), values, "{json}");
            assert_eq!(found_end, end, "{json}");
        }
    }

    #[test]
    fn strings_are_decoded_whatever_they_escape() {
        for (source, text) in [
            (r#""plain""#, "plain"),
            (r#""a\n\"b\" \/ \u0431""#, "a\n\"b\" / б"),
            (r#""\ud83d\udd34!""#, "\u{1F534}!"),
            (r#""\ud83d agreed \udd34""#, "\u{FFFD} agreed \u{FFFD}"),
            (r#""\ud83d\u0041""#, "\u{FFFD}A"),
            (r#""\'agreed\' \x \u12""#, "'agreed' x u12"),
        ] {
            assert_eq!(decode_string(source), text, "{source}");
        }
    }

    #[test]
    fn hostile_json_takes_linear_time() {
        for unit in ["[", "{", "\"", "\\", "\"a\" ", "\"a\":", "{\"a\":", "]", "\\u", "\" \n"] {
            let json = format!("[{}", unit.repeat(2_000_000 / unit.len()));
            let start = std::time::Instant::now();
            for_each_element(&json, |element| drop(decode_string(element)));
            for_each_field(&json, |_, _| {});
            assert!(start.elapsed().as_secs() < 10, "{unit}: {:?}", start.elapsed());
        }
    }
}

//! Bytes to text: which character set a fetched document is really in.
//!
//! Headers, byte order marks and prologs contradict each other and the bytes; what decodes to plausible text wins. It
//! must not know what the document says.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// Decodes `bytes` with the best of the charsets that the `Content-Type` header, the byte order mark, the document's
/// own declaration and the bytes themselves speak for. Never fails: what cannot be decoded becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        // FF FE 00 00 is the mark of UTF-32 (little endian), which begins like that of UTF-16.
        if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) {
            return Cow::Owned(utf32(&bytes[4..], u32::from_le_bytes));
        }
        return encoding.decode_without_bom_handling(&bytes[mark..]).0;
    }
    match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => return Cow::Owned(utf32(rest, u32::from_be_bytes)),
        [0, 0, 0, b'<', ..] => return Cow::Owned(utf32(bytes, u32::from_be_bytes)),
        [b'<', 0, 0, 0, ..] => return Cow::Owned(utf32(bytes, u32::from_le_bytes)),
        [0, b'<' | b'{', ..] => return UTF_16BE.decode_without_bom_handling(bytes).0,
        [b'<' | b'{', 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0,
        _ => {}
    }

    let mut claimed: Vec<&'static Encoding> = Vec::new();
    for label in [content_type.and_then(header_charset), declared_charset(bytes)].into_iter().flatten() {
        // Bytes which the declaration could be read from are not UTF-16, whatever it says.
        let encoding = Encoding::for_label(label.as_bytes()).filter(|e| e.is_ascii_compatible() || !e.is_single_byte());
        claimed.extend(encoding.filter(|e| *e != UTF_16LE && *e != UTF_16BE));
    }

    if let Ok(text) = std::str::from_utf8(bytes) {
        // Only escape sequences (ISO-2022-JP) can make plain ASCII mean something else.
        let escaped = bytes.is_ascii() && bytes.contains(&0x1B);
        return match claimed.iter().find(|encoding| escaped && !encoding.is_ascii_compatible()) {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            // Text of another charset is practically never valid UTF-8, so validity beats any claim.
            None => Cow::Borrowed(text),
        };
    }

    let lossy = String::from_utf8_lossy(bytes);
    let broken = lossy.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let sound = lossy.chars().filter(|c| !c.is_ascii()).count() - broken;
    if sound > 4 * broken {
        // UTF-8 with a few bytes cut or damaged.
        return lossy;
    }

    claimed.retain(|encoding| *encoding != UTF_8);
    if claimed.is_empty() {
        claimed = vec![WINDOWS_1252, WINDOWS_1251, encoding_rs::KOI8_R];
    }
    let mut best: Option<(i64, Cow<'a, str>)> = None;
    for encoding in claimed {
        let text = encoding.decode_without_bom_handling(bytes).0;
        let score = plausibility(&text);
        if best.as_ref().is_none_or(|(least, _)| score > *least) {
            best = Some((score, text));
        }
    }
    best.map_or(lossy, |(_, text)| text)
}

/// The `charset` parameter of a `Content-Type` header.
fn header_charset(header: &str) -> Option<String> {
    let lower = header.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset=")?;
    let label = rest.split(';').next()?.trim().trim_matches(['"', '\'']);
    (!label.is_empty()).then(|| label.to_owned())
}

/// The encoding named in the XML declaration, if the document begins with one, or in an HTML page's head.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    /// Room for leading white space and a declaration with all of its parts.
    const PROLOG: usize = 512;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PROLOG)]);
    let Some((_, rest)) = head.split_once("<?xml") else { return meta_charset(bytes) };
    let (declaration, _) = rest.split_once('>')?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label = value.split(['"', '\'', '?', ' ']).next()?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// The encoding that an HTML page names in a `<meta>` element of its head.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    /// HTML asks for it in the first 1024 bytes; pages that put scripts first are read all the same.
    const HEAD: usize = 16 * 1024;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]).to_ascii_lowercase();
    head.match_indices("<meta").find_map(|(at, _)| {
        let (tag, _) = head[at..].split_once('>')?;
        let (_, value) = tag.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let label = value.split(['"', '\'', ';', '/', ' ']).next()?;
        (!label.is_empty()).then(|| label.to_owned())
    })
}

/// How much decoded text looks like writing: letters that fit their neighbours count for it, damage against it.
///
/// A Cyrillic text read in the wrong one of its charsets has its case swapped, so a capital after a small letter tells.
fn plausibility(text: &str) -> i64 {
    /// A sample is enough to tell, and keeps the cost of several candidates low.
    const SAMPLE: usize = 20_000;
    let mut score = 0;
    let mut before = ' ';
    for c in text.chars().filter(|c| !c.is_ascii()).take(SAMPLE) {
        score += match c {
            char::REPLACEMENT_CHARACTER => -20,
            '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' => -10,
            c if !c.is_alphabetic() => 0,
            // Small letter after capital or small letter: a word goes on.
            c if c.is_lowercase() && before.is_alphabetic() => {
                if (c < '\u{370}') == (before < '\u{370}') {
                    2
                } else {
                    -2
                }
            }
            c if c.is_uppercase() && before.is_lowercase() => -3,
            _ => 1,
        };
        before = c;
    }
    score
}

/// Decodes UTF-32, which encoding_rs leaves out.
fn utf32(bytes: &[u8], read: fn([u8; 4]) -> u32) -> String {
    bytes
        .chunks_exact(4)
        .map(|unit| {
            let code = read([unit[0], unit[1], unit[2], unit[3]]);
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{EUC_KR, GBK, ISO_8859_2, KOI8_R};

    const RUSSIAN: &str = "В Степанакерте прозвучали взрывы, сообщает Минобороны";

    fn xml(encoding: &'static Encoding, label: &str, text: &str) -> Vec<u8> {
        let document = format!("<?xml version=\"1.0\" encoding=\"{label}\"?><t>{text}</t>");
        encoding.encode(&document).0.into_owned()
    }

    #[test]
    fn the_prolog_is_believed_when_it_decodes() {
        for (encoding, label, text) in [
            (WINDOWS_1251, "windows-1251", RUSSIAN),
            (KOI8_R, "KOI8-R", RUSSIAN),
            (GBK, "gb2312", "停火协议"),
            (ISO_8859_2, "iso-8859-2", "Příměří začalo"),
            (EUC_KR, "euc-kr", "휴전 합의"),
        ] {
            let bytes = xml(encoding, label, text);
            assert!(decode(&bytes, None).contains(text), "{label}");
            assert!(decode(&bytes, Some("text/xml; charset=utf-8")).contains(text), "{label} against the header");
        }
    }

    #[test]
    fn the_header_is_believed_when_the_prolog_is_wrong() {
        let bytes = xml(WINDOWS_1251, "utf-8", RUSSIAN);
        assert!(decode(&bytes, Some("application/rss+xml; charset=\"windows-1251\"")).contains(RUSSIAN));
    }

    #[test]
    fn two_cyrillic_claims_are_settled_by_the_letters() {
        let bytes = xml(KOI8_R, "koi8-r", RUSSIAN);
        assert!(decode(&bytes, Some("text/xml; charset=windows-1251")).contains(RUSSIAN));
        let bytes = xml(WINDOWS_1251, "koi8-r", RUSSIAN);
        assert!(decode(&bytes, Some("text/xml; charset=windows-1251")).contains(RUSSIAN));
    }

    #[test]
    fn without_any_claim_cyrillic_is_still_read() {
        let bytes = WINDOWS_1251.encode(RUSSIAN).0;
        assert_eq!(decode(&bytes, None), RUSSIAN);
    }

    #[test]
    fn the_head_of_a_page_is_believed_like_a_prolog() {
        for head in [
            "<meta charset=koi8-r>",
            "<META http-equiv='Content-Type' content='text/html; charset=koi8-r'>",
            "<meta name=viewport content=x><meta charset = \"KOI8-R\" />",
        ] {
            let bytes = KOI8_R.encode(&format!("<html><head>{head}</head><p>{RUSSIAN}")).0.into_owned();
            assert!(decode(&bytes, None).contains(RUSSIAN), "{head}");
        }
    }

    #[test]
    fn valid_utf_8_beats_every_claim() {
        let text = format!("<?xml version='1.0' encoding='windows-1251'?><t>{RUSSIAN}</t>");
        assert_eq!(decode(text.as_bytes(), Some("text/xml; charset=iso-8859-1")), text);
    }

    #[test]
    fn a_broken_byte_costs_one_character() {
        let mut bytes = RUSSIAN.as_bytes().to_vec();
        bytes.push(0xD0);
        assert!(decode(&bytes, Some("text/xml; charset=windows-1251")).starts_with(RUSSIAN));
    }

    #[test]
    fn wide_encodings_are_known_by_mark_or_pattern() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-16\"?><t>Հայաստան</t>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let marked = [&[0xFF, 0xFE], little.as_slice()].concat();
        let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for bytes in [little, big, marked, wide] {
            assert_eq!(decode(&bytes, None), text);
        }
        assert_eq!(decode(text.as_bytes(), None), text, "the prolog cannot be right");
    }
}

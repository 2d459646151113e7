//! Bytes to text: which character set a fetched document is really in.
//!
//! Headers, byte order marks and prologs contradict each other and the bytes; what decodes to plausible text wins. It
//! must not know what the document says.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

/// Decodes `bytes` with the best of the charsets that the `Content-Type` header, the byte order mark, the document's
/// own declaration and the bytes themselves speak for. Never fails: what cannot be decoded becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let mut bytes = bytes;
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        // FF FE 00 00 is the mark of UTF-32 (little endian), which begins like that of UTF-16.
        if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) {
            return Cow::Owned(utf32(&bytes[4..], u32::from_le_bytes));
        }
        bytes = &bytes[mark..];
        // Programs put the mark of UTF-8 before whatever a template holds; it is as good as any other claim.
        if encoding != UTF_8 {
            return encoding.decode_without_bom_handling(bytes).0;
        }
    }
    match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => return Cow::Owned(utf32(rest, u32::from_be_bytes)),
        [0, 0, 0, b'<', ..] => return Cow::Owned(utf32(bytes, u32::from_be_bytes)),
        [b'<', 0, 0, 0, ..] => return Cow::Owned(utf32(bytes, u32::from_le_bytes)),
        [0, 1..=0x7F, ..] => return UTF_16BE.decode_without_bom_handling(bytes).0,
        [1..=0x7F, 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0,
        _ => {}
    }

    let mut claimed: Vec<&'static Encoding> = Vec::new();
    for label in [content_type.and_then(header_charset), declared_charset(bytes)].into_iter().flatten() {
        // Bytes which the declaration could be read from are not UTF-16, whatever it says.
        let encoding = Encoding::for_label(label.as_bytes()).filter(|e| e.is_ascii_compatible() || !e.is_single_byte());
        claimed.extend(encoding.filter(|e| *e != UTF_16LE && *e != UTF_16BE && !claimed.contains(e)));
    }

    if let Ok(text) = std::str::from_utf8(bytes) {
        // Only escape sequences (ISO-2022-JP) can make plain ASCII mean something else.
        let escaped = bytes.is_ascii() && bytes.contains(&0x1B);
        return match claimed.iter().find(|encoding| escaped && !encoding.is_ascii_compatible()) {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            // Text of another charset is practically never valid UTF-8, so validity beats any claim.
            None => encoded_twice(text).map_or(Cow::Borrowed(text), Cow::Owned),
        };
    }

    let (mut sound, mut broken) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        sound += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if sound > 2 * broken {
        // UTF-8 with a few bytes cut or damaged.
        return String::from_utf8_lossy(bytes);
    }

    claimed.retain(|encoding| *encoding != UTF_8);
    // Servers claim Latin-1 unasked, and its letters are as plausible as those of its neighbours. It is believed if no
    // other claim is, and there are too few letters for the detector to say more.
    let latin = claimed.contains(&WINDOWS_1252);
    claimed.retain(|encoding| *encoding != WINDOWS_1252);
    let mut best: Option<(i64, Cow<'a, str>)> = None;
    let mut try_out = |encoding: &'static Encoding| {
        let text = encoding.decode_without_bom_handling(bytes).0;
        let (score, letters) = plausibility(&text);
        if best.as_ref().is_none_or(|(least, _)| score > *least) {
            best = Some((score, text));
        }
        // Of the letters of a text that is read right, nearly all stand in a word and count twice.
        2 * score >= 3 * letters
    };
    let mut believed = false;
    for encoding in claimed {
        believed |= try_out(encoding);
    }
    if !believed {
        let few = || plausibility(&WINDOWS_1252.decode_without_bom_handling(bytes).0).1 < FEW_LETTERS;
        try_out(if latin && few() { WINDOWS_1252 } else { detected(bytes) });
    }
    best.map_or_else(|| String::from_utf8_lossy(bytes), |(_, text)| text)
}

/// Fewer letters than these tell nothing of a charset.
const FEW_LETTERS: i64 = 4;

/// The charset, of those that are not UTF-8, that the bytes look like most.
fn detected(bytes: &[u8]) -> &'static Encoding {
    /// Enough to tell; the detector is slow.
    const SAMPLE: usize = 64 * 1024;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // The first letter that is not ASCII may stand behind long markup.
    let start = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default().saturating_sub(16);
    let end = bytes.len().min(start + SAMPLE);
    detector.feed(&bytes[start..end], end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

/// The text that was meant, where UTF-8 was taken for an old charset and encoded once more: `ÐœÐ¸Ñ€` for `Мир`.
fn encoded_twice(text: &str) -> Option<String> {
    /// A sample settles it for nearly all texts.
    const SAMPLE: usize = 64;
    let sample: String = text.chars().filter(|c| !c.is_ascii()).take(SAMPLE).collect();
    if sample.is_empty() {
        return None;
    }
    let undone = |encoding: &'static Encoding, text: &str| {
        let (bytes, _, unknown) = encoding.encode(text);
        String::from_utf8(bytes.into_owned()).ok().filter(|_| !unknown)
    };
    let suspect = |encoding: &'static Encoding| {
        let (bytes, _, unknown) = encoding.encode(&sample);
        // A letter may be cut at the sample's end.
        !unknown && std::str::from_utf8(&bytes).err().is_none_or(|error| error.error_len().is_none())
    };
    [WINDOWS_1252, WINDOWS_1251].into_iter().filter(|encoding| suspect(encoding)).find_map(|encoding| {
        let text = undone(encoding, text)?;
        // By chance, a few letters may look like it (`Её` does).
        (plausibility(&text).1 >= FEW_LETTERS).then_some(text)
    })
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

/// How much decoded text looks like writing, and how many of its letters are not ASCII: letters that fit their
/// neighbours count for it, damage against it.
///
/// A Cyrillic text read in the wrong one of its charsets has its case swapped, so a capital after a small letter tells;
/// read in a Latin one, it has words of nothing but letters with accents.
fn plausibility(text: &str) -> (i64, i64) {
    /// A sample is enough to tell, and keeps the cost of several candidates low.
    const SAMPLE: i64 = 2_000;
    let latin = |c: char| c.is_alphabetic() && c < '\u{370}';
    let (mut score, mut letters, mut accents) = (0, 0, 0);
    let mut before = ' ';
    for c in text.chars() {
        if c.is_ascii() {
            accents = 0;
            before = c;
            continue;
        }
        accents = if latin(c) { accents + 1 } else { 0 };
        letters += i64::from(c.is_alphabetic());
        score += match c {
            char::REPLACEMENT_CHARACTER => -20,
            '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' => -10,
            c if !c.is_alphabetic() => 0,
            _ if accents > 2 => -3,
            _ if before.is_alphabetic() && latin(c) != latin(before) => -2,
            c if c.is_uppercase() && before.is_lowercase() => -3,
            // A word goes on, or the script has no capitals to tell by.
            c if c.is_lowercase() && before.is_alphabetic() || !c.is_lowercase() && !c.is_uppercase() => 2,
            _ => 1,
        };
        before = c;
        if letters == SAMPLE {
            break;
        }
    }
    (score, letters)
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
    use encoding_rs::{EUC_KR, GBK, ISO_8859_2, KOI8_R, KOI8_U, WINDOWS_1250, WINDOWS_1254, WINDOWS_1256};

    const RUSSIAN: &str = "В Степанакерте прозвучали взрывы, сообщает Минобороны";
    const TURKISH: &str = "Dışişleri Bakanlığı ateşkesin başladığını açıkladı; çatışmalar gün boyunca sürdü";
    const ARABIC: &str = "أعلنت وزارة الخارجية وقف إطلاق النار في ناغورني قره باغ ابتداء من ظهر السبت";
    const FRENCH: &str = "Les belligérants ont signé une trêve à Moscou, l'armée déplore des blessés";

    fn xml(encoding: &'static Encoding, label: &str, text: &str) -> Vec<u8> {
        let declaration = if label.is_empty() { String::new() } else { format!(" encoding=\"{label}\"") };
        let document =
            format!("<?xml version=\"1.0\"{declaration}?><rss><channel><title>{text}</title></channel></rss>");
        encoding.encode(&document).0.into_owned()
    }

    #[test]
    fn what_the_bytes_are_in_is_found_whatever_is_claimed() {
        let languages: [(&'static Encoding, &str); 10] = [
            (UTF_8, RUSSIAN),
            (UTF_8, TURKISH),
            (UTF_8, ARABIC),
            (UTF_8, FRENCH),
            (WINDOWS_1251, RUSSIAN),
            (KOI8_R, RUSSIAN),
            (WINDOWS_1254, TURKISH),
            (WINDOWS_1256, ARABIC),
            (WINDOWS_1252, FRENCH),
            (WINDOWS_1251, "Обстріл триває, кажуть у міністерстві; є поранені"),
        ];
        for (encoding, text) in languages {
            let label = encoding.name();
            for (header, prolog) in [
                ("", ""),
                ("", label),
                (label, ""),
                (label, label),
                ("utf-8", ""),
                ("", "utf-8"),
                ("utf-8", label),
                (label, "utf-8"),
                ("iso-8859-1", ""),
                ("", "iso-8859-1"),
                ("iso-8859-1", label),
                (label, "iso-8859-1"),
                ("iso-8859-1", "utf-8"),
                ("utf-8", "iso-8859-1"),
                ("no-such-charset", label),
                ("utf-16", label),
            ] {
                let header = Some(header).filter(|label| !label.is_empty());
                let header = header.map(|label| format!("application/rss+xml; charset={label}"));
                let bytes = xml(encoding, prolog, text);
                let read = decode(&bytes, header.as_deref());
                assert!(read.contains(text), "{label} with header {header:?} and prolog {prolog:?}: {read}");
            }
        }
    }

    #[test]
    fn other_charsets_are_read_where_they_are_named() {
        for (encoding, label, text) in [
            (GBK, "gb2312", "停火协议"),
            (ISO_8859_2, "iso-8859-2", "Příměří začalo"),
            (WINDOWS_1250, "windows-1250", "Příměří začalo"),
            (EUC_KR, "euc-kr", "휴전 합의"),
            (KOI8_U, "koi8-u", "Обстріл триває"),
        ] {
            let bytes = xml(encoding, label, text);
            assert!(decode(&bytes, None).contains(text), "{label}");
            assert!(decode(&bytes, Some("text/xml; charset=utf-8")).contains(text), "{label} against the header");
            let bytes = xml(encoding, "utf-8", text);
            let header = format!("text/xml; charset=\"{label}\"");
            assert!(decode(&bytes, Some(&header)).contains(text), "{label} against the prolog");
        }
    }

    #[test]
    fn two_cyrillic_claims_are_settled_by_the_letters() {
        for (encoding, header, prolog) in [
            (KOI8_R, "windows-1251", "koi8-r"),
            (WINDOWS_1251, "windows-1251", "koi8-r"),
            (KOI8_R, "windows-1251", "windows-1251"),
            (WINDOWS_1251, "koi8-r", "koi8-r"),
        ] {
            let bytes = xml(encoding, prolog, RUSSIAN);
            let header = format!("text/xml; charset={header}");
            assert!(decode(&bytes, Some(&header)).contains(RUSSIAN), "{header}, {prolog}");
        }
    }

    #[test]
    fn a_few_words_without_any_claim_are_still_read() {
        for (encoding, text) in [(WINDOWS_1251, RUSSIAN), (WINDOWS_1251, "Взрывы"), (KOI8_R, "Перемирие нарушено")]
        {
            assert_eq!(decode(&encoding.encode(text).0, None), text, "{}", encoding.name());
        }
    }

    #[test]
    fn utf_8_that_was_encoded_twice_is_undone() {
        for text in [RUSSIAN, TURKISH, ARABIC, FRENCH, "Հրադադար Լեռնային Ղարաբաղում", "“Trêve” — blessés à l'école"]
        {
            for taken_for in [WINDOWS_1252, WINDOWS_1251] {
                let wrong = taken_for.decode_without_bom_handling(text.as_bytes()).0;
                let document = format!("<rss><channel><title>{wrong}</title></channel></rss>");
                assert!(decode(document.as_bytes(), None).contains(text), "{text} taken for {}", taken_for.name());
            }
        }
        for text in ["Её", "Ð", "naïve café", "Â© 2020", RUSSIAN, TURKISH, FRENCH] {
            assert_eq!(decode(text.as_bytes(), None), text);
        }
    }

    #[test]
    fn a_mark_of_utf_8_before_another_charset_is_a_mistake() {
        let bytes = [&[0xEF, 0xBB, 0xBF], xml(WINDOWS_1251, "windows-1251", RUSSIAN).as_slice()].concat();
        assert!(decode(&bytes, None).contains(RUSSIAN));
        let bytes = [&[0xEF, 0xBB, 0xBF], xml(UTF_8, "windows-1251", RUSSIAN).as_slice()].concat();
        assert!(decode(&bytes, None).starts_with("<?xml"));
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
        let marked_big = [&[0xFE, 0xFF], big.as_slice()].concat();
        let wide: Vec<u8> = text.chars().flat_map(|c| u32::from(c).to_be_bytes()).collect();
        for bytes in [little, big, marked, marked_big, wide] {
            assert_eq!(decode(&bytes, Some("text/xml; charset=utf-8")), text);
        }
        let indented: Vec<u8> = format!("\r\n{text}").encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(decode(&indented, None).contains(text));
        assert_eq!(decode(text.as_bytes(), None), text, "the prolog cannot be right");
    }
}

//! Charsets: decodes the bytes of a fetched document to text.
//!
//! Headers, byte order marks and prologs contradict each other and the bytes; the charset with the most plausible text
//! wins. A document in several charsets is decoded run by run (`runs`), and `double_encoding` undoes a second
//! encoding. It must not know the meaning of the document.

mod armscii;
mod double_encoding;
mod runs;

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

pub use double_encoding::undo_double_encoding;

/// Decodes `bytes` with the most plausible charset from the `Content-Type` header, the byte order mark, the document's
/// declaration and the bytes themselves. Undecodable bytes become U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let (mut bytes, mut has_mark) = (bytes, false);
    if let Some((encoding, mark_length)) = Encoding::for_bom(bytes) {
        // FF FE 00 00 is the mark of UTF-32 (little endian), which begins like that of UTF-16.
        if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) {
            return Cow::Owned(decode_utf32(&bytes[4..], u32::from_le_bytes));
        }
        bytes = &bytes[mark_length..];
        // Programs write the mark of UTF-8 before templates in any charset, so it is only a claim.
        has_mark = encoding == UTF_8;
        if !has_mark {
            return encoding.decode_without_bom_handling(bytes).0;
        }
    }
    match bytes {
        [0, 0, 0xFE, 0xFF, rest @ ..] => return Cow::Owned(decode_utf32(rest, u32::from_be_bytes)),
        [0, 0, 0, b'<', ..] => return Cow::Owned(decode_utf32(bytes, u32::from_be_bytes)),
        [b'<', 0, 0, 0, ..] => return Cow::Owned(decode_utf32(bytes, u32::from_le_bytes)),
        [0, 1..=0x7F, ..] => return UTF_16BE.decode_without_bom_handling(bytes).0,
        [1..=0x7F, 0, ..] => return UTF_16LE.decode_without_bom_handling(bytes).0,
        _ => {}
    }

    let claims = CharsetClaims::read(bytes, content_type, has_mark);
    if let Ok(text) = std::str::from_utf8(bytes) {
        // Only escape sequences (ISO-2022-JP) can make plain ASCII mean something else.
        let has_escapes = bytes.is_ascii() && bytes.contains(&0x1B);
        return match claims.escaped.filter(|_| has_escapes) {
            Some(encoding) => encoding.decode_without_bom_handling(bytes).0,
            // Text in another charset is hardly ever valid UTF-8, so validity beats any claim.
            None => double_encoding::undo_in_document(text).map_or(Cow::Borrowed(text), Cow::Owned),
        };
    }
    Cow::Owned(runs::decode(bytes, &claims))
}

/// A charset other than UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum LegacyCharset {
    Known(&'static Encoding),
    Armscii8,
}

impl LegacyCharset {
    fn decode<'a>(self, bytes: &'a [u8]) -> Cow<'a, str> {
        match self {
            Self::Known(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Self::Armscii8 => Cow::Owned(armscii::decode(bytes)),
        }
    }
}

/// The charsets that a document and its server claim.
#[derive(Debug, Default)]
struct CharsetClaims {
    /// How many of header, byte order mark and declaration claim UTF-8.
    utf8: usize,
    /// The claims other than UTF-8 and Latin-1.
    legacy: Vec<LegacyCharset>,
    /// Servers claim Latin-1 by default, and its letters are as plausible as those of similar charsets.
    latin: bool,
    /// A claimed charset of escape sequences.
    escaped: Option<&'static Encoding>,
}

impl CharsetClaims {
    fn read(bytes: &[u8], content_type: Option<&str>, has_mark: bool) -> Self {
        let mut claims = Self { utf8: usize::from(has_mark), ..Self::default() };
        for label in [content_type.and_then(header_charset), declared_charset(bytes)].into_iter().flatten() {
            match Encoding::for_label(label.as_bytes()) {
                Some(encoding) if encoding == UTF_8 => claims.utf8 += 1,
                Some(encoding) if encoding == WINDOWS_1252 => claims.latin = true,
                // A declaration readable as ASCII is not in UTF-16, in spite of its label.
                Some(encoding) if encoding == UTF_16LE || encoding == UTF_16BE => {}
                Some(encoding) => {
                    claims.escaped = claims.escaped.or(Some(encoding).filter(|e| !e.is_ascii_compatible()));
                    claims.push(LegacyCharset::Known(encoding));
                }
                None if armscii::is_label(&label.to_ascii_lowercase()) => claims.push(LegacyCharset::Armscii8),
                None => {}
            }
        }
        claims
    }

    fn push(&mut self, charset: LegacyCharset) {
        if !self.legacy.contains(&charset) {
            self.legacy.push(charset);
        }
    }
}

/// Fewer letters are no evidence for a charset.
const MIN_LETTERS: usize = 4;

/// Finds the `charset` parameter of a `Content-Type` header.
fn header_charset(header: &str) -> Option<String> {
    let lower = header.to_ascii_lowercase();
    let (_, rest) = lower.split_once("charset=")?;
    let label = rest.split(';').next()?.trim().trim_matches(['"', '\'']);
    (!label.is_empty()).then(|| label.to_owned())
}

/// Finds the label in the XML declaration at the start of a document, or else in the head of an HTML page.
fn declared_charset(bytes: &[u8]) -> Option<String> {
    /// Room for white space and a complete declaration.
    const PROLOG_BYTES: usize = 512;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(PROLOG_BYTES)]);
    let Some((_, rest)) = head.split_once("<?xml") else { return meta_charset(bytes) };
    let (declaration, _) = rest.split_once('>')?;
    let (_, value) = declaration.split_once("encoding")?;
    let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
    let label = value.split(['"', '\'', '?', ' ']).next()?;
    (!label.is_empty()).then(|| label.to_owned())
}

/// Finds the label in a `<meta>` element of an HTML page.
fn meta_charset(bytes: &[u8]) -> Option<String> {
    /// HTML demands it in the first 1024 bytes, but some pages put scripts before it.
    const HEAD_BYTES: usize = 16 * 1024;
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD_BYTES)]).to_ascii_lowercase();
    head.match_indices("<meta").find_map(|(at, _)| {
        let (tag, _) = head[at..].split_once('>')?;
        let (_, value) = tag.split_once("charset")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let label = value.split(['"', '\'', ';', '/', ' ']).next()?;
        (!label.is_empty()).then(|| label.to_owned())
    })
}

/// A character as a letter, by its script and case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LetterKind {
    /// No letter.
    None,
    SmallLatin,
    CapitalLatin,
    /// A Latin letter without case.
    OtherLatin,
    Small,
    Capital,
    /// A letter of a script without case.
    Other,
}

impl LetterKind {
    fn of(c: char) -> Self {
        match c {
            // Most letters of most documents: Unicode's tables would take a quarter of the time that a feed takes.
            'a'..='z' | 'ß'..='ö' | 'ø'..='ÿ' => Self::SmallLatin,
            'A'..='Z' | 'À'..='Ö' | 'Ø'..='Þ' => Self::CapitalLatin,
            'а'..='џ' => Self::Small,
            'Ѐ'..='Я' => Self::Capital,
            _ if c.is_ascii() || !c.is_alphabetic() => Self::None,
            _ => match (c < '\u{370}', c.is_lowercase(), c.is_uppercase()) {
                (true, true, _) => Self::SmallLatin,
                (true, _, true) => Self::CapitalLatin,
                (true, ..) => Self::OtherLatin,
                (_, true, _) => Self::Small,
                (_, _, true) => Self::Capital,
                _ => Self::Other,
            },
        }
    }

    fn is_letter(self) -> bool {
        self != Self::None
    }

    fn is_latin(self) -> bool {
        matches!(self, Self::SmallLatin | Self::CapitalLatin | Self::OtherLatin)
    }

    fn is_small(self) -> bool {
        matches!(self, Self::SmallLatin | Self::Small)
    }

    fn is_capital(self) -> bool {
        matches!(self, Self::CapitalLatin | Self::Capital)
    }
}

/// Scores decoded text as writing, and counts its letters outside ASCII. Letters that fit their neighbours raise the
/// score; damage lowers it.
///
/// The wrong Cyrillic charset swaps the case of Cyrillic text, so a capital after a small letter lowers the score; a
/// Latin charset turns it into words of accented letters only.
fn plausibility(text: &str) -> (i64, i64) {
    /// A sample suffices and keeps the cost of several candidates low.
    const SAMPLE_LETTERS: i64 = 2_000;
    let (mut score, mut letters, mut accents) = (0, 0, 0);
    let mut previous = LetterKind::None;
    for c in text.chars() {
        let kind = LetterKind::of(c);
        if c.is_ascii() {
            accents = 0;
            previous = kind;
            continue;
        }
        accents = if kind.is_latin() { accents + 1 } else { 0 };
        letters += i64::from(kind.is_letter());
        score += match c {
            char::REPLACEMENT_CHARACTER => -20,
            '\u{80}'..='\u{9F}' | '\u{2500}'..='\u{259F}' => -10,
            _ if !kind.is_letter() => 0,
            _ if accents > 2 => -3,
            _ if previous.is_letter() && kind.is_latin() != previous.is_latin() => -2,
            _ if kind.is_capital() && previous.is_small() => -3,
            // The letter continues a word, or its script has no case.
            _ if kind.is_small() && previous.is_letter() || !kind.is_small() && !kind.is_capital() => 2,
            _ => 1,
        };
        previous = kind;
        if letters == SAMPLE_LETTERS {
            break;
        }
    }
    (score, letters)
}

/// Decodes one byte of windows-1252.
pub(crate) fn decode_windows_1252_byte(byte: u8) -> Option<char> {
    WINDOWS_1252.decode_without_bom_handling(&[byte]).0.chars().next()
}

/// Decodes UTF-32, which encoding_rs leaves out.
fn decode_utf32(bytes: &[u8], read_unit: fn([u8; 4]) -> u32) -> String {
    bytes
        .chunks_exact(4)
        .map(|unit| {
            let code = read_unit([unit[0], unit[1], unit[2], unit[3]]);
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::{
        EUC_KR, GBK, ISO_8859_2, KOI8_R, KOI8_U, WINDOWS_1250, WINDOWS_1251, WINDOWS_1254, WINDOWS_1256,
    };

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
    fn the_kinds_of_letters_are_those_of_unicode() {
        for c in '\0'..='\u{ffff}' {
            let kind = LetterKind::of(c);
            let found = (kind.is_letter(), kind.is_small(), kind.is_capital(), kind.is_latin());
            let is_letter = c.is_alphabetic();
            let expected =
                (is_letter, is_letter && c.is_lowercase(), is_letter && c.is_uppercase(), is_letter && c < '\u{370}');
            assert_eq!(found, expected, "{c:?}");
        }
    }

    #[test]
    fn the_bytes_beat_wrong_claims() {
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
    fn a_named_charset_is_decoded() {
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
    fn the_letters_decide_between_two_cyrillic_claims() {
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
    fn a_few_words_without_a_claim_are_decoded() {
        for (encoding, text) in [(WINDOWS_1251, RUSSIAN), (WINDOWS_1251, "Взрывы"), (KOI8_R, "Перемирие нарушено")]
        {
            assert_eq!(decode(&encoding.encode(text).0, None), text, "{}", encoding.name());
        }
    }

    #[test]
    fn double_encoding_of_utf_8_is_undone() {
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
    fn the_head_of_a_page_counts_like_a_prolog() {
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
    fn a_mark_or_a_pattern_identifies_wide_encodings() {
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

//! Runs: decodes a document of invalid UTF-8 run by run, a run being the bytes between two tags.
//!
//! An aggregator puts items of several charsets into one feed, and a program cuts a teaser within a letter. One charset
//! for all of the document would then cost the sound runs.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, WINDOWS_1251, WINDOWS_1252};

use super::{CharsetClaims, LegacyCharset, MIN_LETTERS, decode_windows_1252_byte, plausibility};

/// Runs whose charset is detected alone; further ones are read in the charset of all.
const MAX_DETECTED_RUNS: usize = 200;

/// Decodes a document of invalid UTF-8.
pub(super) fn decode(bytes: &[u8], claims: &CharsetClaims) -> String {
    let json = bytes.trim_ascii_start().first().is_some_and(|first| matches!(first, b'{' | b'['));
    let ends_run = |byte: u8| if json { byte == b'"' } else { matches!(byte, b'<' | b'>') };
    let runs: Vec<TextRun> = bytes.split_inclusive(|byte| ends_run(*byte)).map(TextRun::new).collect();
    let sum = |kind: RunKind, count: fn(&TextRun) -> usize| -> usize {
        runs.iter().filter(|run| run.kind == kind).map(count).sum()
    };
    let valid = sum(RunKind::Utf8, |run| run.valid);
    let broken = sum(RunKind::Legacy, |run| run.broken);
    let is_utf8 = |run: &TextRun| match run.kind {
        RunKind::Utf8 => true,
        RunKind::Legacy => false,
        // A cut letter alone: in a document of UTF-8 the half of one of its letters.
        RunKind::Cut => valid > broken || claims.utf8 > 1 || claims.utf8 == 1 && broken == 0,
    };
    let mut rest: Vec<u8> = Vec::new();
    runs.iter().filter(|run| !is_utf8(run)).for_each(|run| rest.extend_from_slice(run.bytes));
    let common = choose_charset(&rest, claims);
    let mut detected = 0;
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 2);
    for run in runs {
        if run.valid + run.broken == 0 {
            text.push_str(&String::from_utf8_lossy(run.bytes));
        } else if is_utf8(&run) {
            // Two or three bytes of a legacy charset may be a letter of UTF-8 by chance.
            let by_chance = run.valid < 3 && broken > 4 * valid;
            let (own, legacy) = (run.as_utf8(), common.decode(run.bytes));
            let is_legacy = by_chance && plausibility(&legacy).0 > plausibility(&own).0;
            text.push_str(if is_legacy { &legacy } else { &own });
        } else {
            detected += 1;
            let (decoded, score) = run.as_legacy(common, detected <= MAX_DETECTED_RUNS);
            // One byte outside of a word is damage rather than a letter.
            let is_damage = score <= 1 && (valid > 0 || claims.utf8 > 0);
            text.push_str(if is_damage { run.as_utf8() } else { decoded }.as_ref());
        }
    }
    text
}

/// The bytes up to the next tag.
struct TextRun<'a> {
    bytes: &'a [u8],
    kind: RunKind,
    /// Characters of valid UTF-8 outside ASCII.
    valid: usize,
    /// Invalid sequences.
    broken: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RunKind {
    /// UTF-8, perhaps with a few damaged bytes.
    Utf8,
    /// Half a letter of UTF-8 without any whole one.
    Cut,
    Legacy,
}

impl<'a> TextRun<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        let (mut valid, mut broken, mut all_cut) = (0, 0, true);
        let mut offset = 0;
        for chunk in bytes.utf8_chunks() {
            valid += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
            offset += chunk.valid().len() + chunk.invalid().len();
            if !chunk.invalid().is_empty() {
                broken += 1;
                all_cut &= is_cut(chunk.invalid(), &bytes[offset..]);
            }
        }
        let kind = match (valid, broken) {
            (_, 0) => RunKind::Utf8,
            (0, _) if all_cut => RunKind::Cut,
            (valid, broken) if all_cut || valid > 2 * broken => RunKind::Utf8,
            _ if join_surrogates(bytes).is_some() => RunKind::Utf8,
            _ => RunKind::Legacy,
        };
        Self { bytes, kind, valid, broken }
    }

    /// Decodes the run as UTF-8. Punctuation of windows-1252 stays; any other undecodable byte becomes U+FFFD.
    fn as_utf8(&self) -> Cow<'a, str> {
        let joined = if self.broken > 0 { join_surrogates(self.bytes) } else { None };
        if let Some(text) = joined {
            return Cow::Owned(text);
        }
        let mut text = String::with_capacity(self.bytes.len());
        for chunk in self.bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(match chunk.invalid() {
                [] => None,
                [byte @ 0x80..=0x9F] => decode_windows_1252_byte(*byte)
                    .filter(|c| !c.is_alphabetic() && !c.is_control())
                    .or(Some(char::REPLACEMENT_CHARACTER)),
                _ => Some(char::REPLACEMENT_CHARACTER),
            });
        }
        Cow::Owned(text)
    }

    /// Decodes the run in the charset of the document's other runs or, where that gives no words, in one of its own.
    /// Returns the plausibility too.
    fn as_legacy(&self, common: LegacyCharset, may_detect: bool) -> (Cow<'a, str>, i64) {
        let text = common.decode(self.bytes);
        let (score, letters) = plausibility(&text);
        let mut best = (text, score);
        if 2 * score < 3 * letters && may_detect {
            let detected = LegacyCharset::Known(detect_encoding(self.bytes));
            for charset in [detected, LegacyCharset::Known(WINDOWS_1251), LegacyCharset::Armscii8] {
                let text = charset.decode(self.bytes);
                let score = plausibility(&text).0;
                if score > best.1 {
                    best = (text, score);
                }
            }
        }
        best
    }
}

/// Whether broken bytes are the beginning of a letter that a program has cut: nothing follows them, or marks of a cut.
fn is_cut(broken: &[u8], rest: &[u8]) -> bool {
    let rest = rest.trim_ascii_start();
    let ends = |rest: &[u8]| {
        matches!(rest, [] | [b'<' | b'>' | b'"' | b'[' | b']', ..])
            || [b"...".as_slice(), "…".as_bytes(), b"&hellip;", b"&#8230;", b"&amp;hellip;", b"&amp;#8230;", b"&lt;"]
                .iter()
                .any(|mark| rest.starts_with(mark))
    };
    // Two bytes of three can hardly be anything else.
    matches!(broken[0], 0xC2..=0xF4) && (ends(rest) || broken.len() > 1)
}

/// Reads CESU-8, which encodes each half of a pair of surrogates; `None` where the bytes are something else.
fn join_surrogates(bytes: &[u8]) -> Option<String> {
    let half = |bytes: &[u8]| match bytes {
        [0xED, high @ 0xA0..=0xBF, low @ 0x80..=0xBF] => {
            Some(0xD000 | u16::from(high & 0x3F) << 6 | u16::from(low & 0x3F))
        }
        _ => None,
    };
    let mut joined = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(&first) = rest.first() {
        let pair = [rest.get(..3).and_then(half), rest.get(3..6).and_then(half)];
        if let [Some(high), Some(low)] = pair
            && let Some(Ok(c)) = char::decode_utf16([high, low]).next()
        {
            joined.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            rest = &rest[6..];
        } else {
            joined.push(first);
            rest = &rest[1..];
        }
    }
    String::from_utf8(joined).ok()
}

/// Chooses the most plausible charset other than UTF-8.
fn choose_charset(bytes: &[u8], claims: &CharsetClaims) -> LegacyCharset {
    let mut best: Option<(i64, LegacyCharset)> = None;
    let mut consider = |charset: LegacyCharset| {
        let (score, letters) = plausibility(&charset.decode(bytes));
        if best.is_none_or(|(best_score, _)| score > best_score) {
            best = Some((score, charset));
        }
        // In the right charset nearly all letters stand in a word and count twice.
        2 * score >= 3 * letters
    };
    let mut is_plausible = false;
    for charset in &claims.legacy {
        is_plausible |= consider(*charset);
    }
    if !is_plausible {
        let letters = bytes.iter().filter(|byte| !byte.is_ascii()).filter_map(|byte| decode_windows_1252_byte(*byte));
        let has_few_letters = || letters.filter(|c| c.is_alphabetic()).take(MIN_LETTERS).count() < MIN_LETTERS;
        // Latin-1 wins only if no other claim does and the letters are too few for the detector.
        let by_default = claims.latin && has_few_letters();
        let plausible = consider(LegacyCharset::Known(if by_default { WINDOWS_1252 } else { detect_encoding(bytes) }));
        if !plausible && !by_default {
            consider(LegacyCharset::Armscii8);
        }
    }
    best.map_or(LegacyCharset::Known(WINDOWS_1252), |(_, charset)| charset)
}

/// Detects the most likely charset other than UTF-8.
fn detect_encoding(bytes: &[u8]) -> &'static Encoding {
    /// The detector is slow, and this sample suffices.
    const SAMPLE_BYTES: usize = 64 * 1024;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    // Long markup may precede the first letter outside ASCII.
    let start = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or_default().saturating_sub(16);
    let end = bytes.len().min(start + SAMPLE_BYTES);
    detector.feed(&bytes[start..end], end == bytes.len());
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::super::decode;
    use encoding_rs::{KOI8_R, WINDOWS_1251, WINDOWS_1252};

    const RUSSIAN: &str = "Перемирие в Карабахе вступило в силу";
    const ARMENIAN: &str = "Արցախում հրադադար է հաստատվել";

    /// A feed of titles, each as bytes.
    fn feed(head: &str, titles: &[&[u8]]) -> Vec<u8> {
        let items = titles.iter().flat_map(|title| [b"<item><title>", *title, b"</title></item>"].concat());
        [head.as_bytes(), b"<rss><channel>", &items.collect::<Vec<u8>>(), b"</channel></rss>"].concat()
    }

    #[test]
    fn each_run_of_a_mixed_feed_has_its_own_charset() {
        let old = WINDOWS_1251.encode("Министры подписали соглашение").0;
        let french = WINDOWS_1252.encode("Les belligérants ont signé une trêve").0;
        let koi = KOI8_R.encode("Стороны договорились прекратить огонь").0;
        let utf8 = RUSSIAN.as_bytes();
        for (titles, texts) in [
            (vec![utf8, &old, ARMENIAN.as_bytes()], vec![RUSSIAN, "Министры подписали соглашение", ARMENIAN]),
            (vec![&*old, &old, &old, utf8], vec!["Министры подписали соглашение", RUSSIAN]),
            (vec![utf8, &french], vec![RUSSIAN, "Les belligérants ont signé une trêve"]),
            (vec![utf8, &koi], vec![RUSSIAN, "Стороны договорились прекратить огонь"]),
            (vec!["“Truce”".as_bytes(), &old], vec!["“Truce”", "Министры подписали соглашение"]),
        ] {
            for head in ["", "<?xml version='1.0' encoding='utf-8'?>", "<?xml version='1.0' encoding='windows-1251'?>"]
            {
                let bytes = feed(head, &titles);
                let read = decode(&bytes, None);
                for text in &texts {
                    assert!(read.contains(text), "{head} {text}: {read}");
                }
            }
        }
    }

    #[test]
    fn json_is_read_string_by_string() {
        let old = WINDOWS_1251.encode("Министры подписали соглашение").0;
        let json = [b"{\"items\":[{\"title\":\"".as_slice(), &old, b"\"},{\"title\":\"", RUSSIAN.as_bytes(), b"\"}]}"]
            .concat();
        let read = decode(&json, None);
        assert!(read.contains("Министры подписали соглашение") && read.contains(RUSSIAN), "{read}");
    }

    #[test]
    fn a_letter_that_is_cut_costs_itself_alone() {
        for (titles, text) in [
            (vec!["Ми\u{441}".as_bytes().split_last().unwrap().1], "Ми\u{FFFD}<"),
            (vec![b"Armenia\xE2\x80".as_slice(), "Armenia’s truce".as_bytes()], "Armenia\u{FFFD}<"),
            (vec![b"Armenia\xE2...".as_slice(), "Armenia’s truce".as_bytes()], "Armenia\u{FFFD}..."),
            (vec![b"Truce \xD0".as_slice(), b"Karabakh \xD1".as_slice()], "Truce \u{FFFD}<"),
        ] {
            let bytes = feed("<?xml version='1.0' encoding='utf-8'?>", &titles);
            let read = decode(&bytes, Some("application/rss+xml; charset=utf-8"));
            assert!(read.contains(text), "{text}: {read}");
        }
    }

    #[test]
    fn stray_punctuation_of_windows_1252_stays() {
        let title = ["“atəşkəs” elan edildi ".as_bytes(), b"\x96 AFP\x92s"].concat();
        assert!(decode(&feed("", &[&title]), None).contains("“atəşkəs” elan edildi – AFP’s"));
        assert!(decode(&feed("", &[b"\x91Truce\x92 holds"]), None).contains("‘Truce’ holds"));
    }

    #[test]
    fn halves_of_a_character_are_joined() {
        let pair = b"\xED\xA0\xBD\xED\xB4\xB4 ";
        for text in [RUSSIAN, "Truce"] {
            let title = [pair.as_slice(), text.as_bytes()].concat();
            assert!(
                decode(&feed("", &[&title]), None).contains(&format!("🔴 {text}").replace('🔴', "\u{1F534}")),
                "{text}"
            );
        }
    }

    #[test]
    fn armenians_old_charset_is_read_with_and_without_a_label() {
        let encode = |text: &str| -> Vec<u8> {
            text.chars()
                .map(|c| (0..=255).find(|byte| super::super::armscii::decode(&[*byte]) == c.to_string()).unwrap())
                .collect()
        };
        let title = encode("Արցախում հրադադար Է հաստատվել");
        for head in ["<?xml version='1.0' encoding='ARMSCII-8'?>", "<?xml version='1.0' encoding='utf-8'?>"] {
            let bytes = feed(head, &[&title]);
            let read = decode(&bytes, None);
            assert!(read.contains("Արցախում հրադադար Է հաստատվել"), "{head}: {read}");
        }
    }

    #[test]
    fn hostile_bytes_take_linear_time() {
        for unit in [b"<\xD0".as_slice(), b"\xE2\x80", b"\xED\xA0\xBD", b"<\xCF\xE5\xF0 ", b"\xFF", b"<\xB2\xF1>"] {
            let bytes = unit.repeat(2_000_000 / unit.len());
            let start = std::time::Instant::now();
            let _ = decode(&bytes, None);
            assert!(start.elapsed().as_secs() < 20, "{unit:?}: {:?}", start.elapsed());
        }
    }
}

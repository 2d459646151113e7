//! Double encoding: text in UTF-8 whose bytes a program took for an old charset and encoded again, such as `ÐœÐ¸Ñ€` for
//! `Мир` and `â€™` for an apostrophe.
//!
//! A document may be encoded twice as a whole, in one element, or at its punctuation alone.

use std::borrow::Cow;

use encoding_rs::{Encoding, WINDOWS_1251, WINDOWS_1252};

use super::{MIN_LETTERS, plausibility};

/// Encodings on top of each other that real texts have.
const MAX_ROUNDS: usize = 3;

/// Undoes a double encoding of the text of one element; leaves sound text as it is.
pub fn undo_double_encoding(text: &str) -> Cow<'_, str> {
    let mut text = Cow::Borrowed(text);
    for _ in 0..MAX_ROUNDS {
        if text.is_ascii() || !has_pair(&text) {
            break;
        }
        let undone = undo_whole(WINDOWS_1251, &text).or_else(|| undo_parts(&text));
        let Some(undone) = undone else { break };
        text = Cow::Owned(undone);
    }
    text
}

/// Undoes a double encoding of a whole document.
pub(super) fn undo_in_document(text: &str) -> Option<String> {
    /// Characters outside ASCII; a sample decides for nearly all texts.
    const SAMPLE_LENGTH: usize = 64;
    let sample: String = text.chars().filter(|c| !c.is_ascii()).take(SAMPLE_LENGTH).collect();
    if sample.is_empty() {
        return None;
    }
    let is_candidate = |encoding: &'static Encoding| {
        let (bytes, _, has_unmappable) = encoding.encode(&sample);
        // The sample may end within a letter.
        !has_unmappable && std::str::from_utf8(&bytes).err().is_none_or(|error| error.error_len().is_none())
    };
    [WINDOWS_1252, WINDOWS_1251]
        .into_iter()
        .filter(|encoding| is_candidate(encoding))
        .find_map(|encoding| undo_whole(encoding, text))
}

/// Takes all of a text back to bytes; `None` unless they are UTF-8 with some letters.
fn undo_whole(encoding: &'static Encoding, text: &str) -> Option<String> {
    let (bytes, _, has_unmappable) = encoding.encode(text);
    let text = String::from_utf8(bytes.into_owned()).ok().filter(|_| !has_unmappable)?;
    // A few letters may match by chance (`Её` does).
    (plausibility(&text).1 >= MIN_LETTERS as i64).then_some(text)
}

/// Whether two neighbours may be the halves of a letter: a quick look, which most sound text fails.
fn has_pair(text: &str) -> bool {
    let mut previous = ' ';
    text.chars().any(|c| {
        let lead = std::mem::replace(&mut previous, c);
        match lead {
            '\u{C2}'..='\u{F4}' => is_continuation(c) || lead == 'Â',
            'в' => c == 'Ђ',
            // The letters of Georgian.
            'б' => matches!(c, '‚' | 'ѓ'),
            'В'..='Я' => !matches!(c, 'А'..='я' | '\0'..='\u{7F}'),
            _ => false,
        }
    })
}

fn is_continuation(c: char) -> bool {
    latin_byte(c).is_some_and(|byte| byte < 0xC0)
}

/// The byte of a character outside ASCII in windows-1252 or, for a control, in Latin-1.
fn latin_byte(c: char) -> Option<u8> {
    const SPECIAL: [(char, u8); 27] = [
        ('€', 0x80),
        ('‚', 0x82),
        ('ƒ', 0x83),
        ('„', 0x84),
        ('…', 0x85),
        ('†', 0x86),
        ('‡', 0x87),
        ('ˆ', 0x88),
        ('‰', 0x89),
        ('Š', 0x8A),
        ('‹', 0x8B),
        ('Œ', 0x8C),
        ('Ž', 0x8E),
        ('‘', 0x91),
        ('’', 0x92),
        ('“', 0x93),
        ('”', 0x94),
        ('•', 0x95),
        ('–', 0x96),
        ('—', 0x97),
        ('˜', 0x98),
        ('™', 0x99),
        ('š', 0x9A),
        ('›', 0x9B),
        ('œ', 0x9C),
        ('ž', 0x9E),
        ('Ÿ', 0x9F),
    ];
    match c {
        '\u{80}'..='\u{FF}' => u8::try_from(u32::from(c)).ok(),
        _ => SPECIAL.iter().find(|(special, _)| *special == c).map(|(_, byte)| *byte),
    }
}

/// A character that some characters of the text may stand for.
#[derive(Debug)]
struct Repair {
    /// Place and number of the characters.
    at: usize,
    length: usize,
    to: Option<char>,
    kind: RepairKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RepairKind {
    /// The characters occur together in no language.
    Sure,
    /// A Latin letter, which stands within a word.
    Latin,
    /// A letter of a script whose words have no ASCII letter, or an accent: right among others alone.
    Other,
}

/// Undoes the parts of a text that stand for other characters.
fn undo_parts(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let repairs = find_repairs(&chars);
    let follows = |index: usize| index > 0 && repairs[index - 1].at + repairs[index - 1].length == repairs[index].at;
    let is_pair = |index: usize| {
        let neighbour = |other: Option<&Repair>| other.is_some_and(|other| other.kind == RepairKind::Other);
        follows(index) && neighbour(repairs.get(index - 1))
            || index + 1 < repairs.len() && follows(index + 1) && neighbour(repairs.get(index + 1))
    };
    // Words of several such letters show that the text was encoded twice, and vouch for its single letters.
    let words = (0..repairs.len()).filter(|index| repairs[*index].kind == RepairKind::Other && is_pair(*index)).count();
    let vouched = words >= MIN_LETTERS;
    let latin = repairs.iter().filter(|repair| repair.kind == RepairKind::Latin).count();
    let is_right = |index: usize| {
        let repair = &repairs[index];
        match repair.kind {
            RepairKind::Sure => true,
            RepairKind::Latin => vouched || latin > 2 || is_within_word(&chars, repair),
            RepairKind::Other => vouched || latin > 2,
        }
    };
    let mut undone = String::with_capacity(text.len());
    let mut from = 0;
    for repair in (0..repairs.len()).filter(|index| is_right(*index)).map(|index| &repairs[index]) {
        undone.extend(&chars[from..repair.at]);
        undone.extend(repair.to);
        from = repair.at + repair.length;
    }
    undone.extend(&chars[from..]);
    (from > 0).then_some(undone)
}

/// Whether a Latin letter stands beside a small letter, or at least cannot be a capital before a mark.
fn is_within_word(chars: &[char], repair: &Repair) -> bool {
    let is_small = |c: Option<&char>| c.is_some_and(char::is_ascii_lowercase);
    let before = repair.at.checked_sub(1).and_then(|at| chars.get(at));
    let is_mark = matches!(
        chars.get(repair.at + 1),
        Some('‘' | '’' | '“' | '”' | '…' | '–' | '—' | '•' | '™' | '»' | '«' | '\u{A0}' | '‹' | '›')
    );
    is_small(before) || is_small(chars.get(repair.at + repair.length)) || !is_mark
}

fn find_repairs(chars: &[char]) -> Vec<Repair> {
    let bytes: Vec<u8> = chars.iter().map(|c| if c.is_ascii() { 0 } else { latin_byte(*c).unwrap_or(0) }).collect();
    let mut repairs: Vec<Repair> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let found = find_repair(chars, &bytes, at);
        at += found.as_ref().map_or(1, |repair| repair.length);
        repairs.extend(found);
    }
    repairs
}

fn find_repair(chars: &[char], bytes: &[u8], at: usize) -> Option<Repair> {
    let repair = |length, to, kind| Some(Repair { at, length, to, kind });
    if let ['в', 'Ђ', third, ..] = chars[at..] {
        let third = third.to_string();
        let (bytes, _, has_unmappable) = WINDOWS_1251.encode(&third);
        let to = std::str::from_utf8(&[0xE2, 0x80, bytes[0]]).ok().and_then(|text| text.chars().next());
        return to.filter(|_| !has_unmappable).and_then(|to| repair(3, Some(to), RepairKind::Sure));
    }
    let rest = &bytes[at..];
    let length = match rest[0] {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => return None,
    };
    let decoded = rest.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok());
    let Some(to) = decoded.and_then(|text| text.chars().next()) else {
        let before = at.checked_sub(1).map_or(' ', |at| chars[at]);
        return match rest {
            // The last byte of a closing quotation mark has no character in windows-1252.
            [0xE2, 0x80, ..] => repair(2, Some('”'), RepairKind::Sure),
            // A space that cannot break lost its second half to a plain one.
            [0xC2, ..] if matches!(chars.get(at + 1), None | Some(' ')) && !before.is_alphabetic() => {
                repair(1, None, RepairKind::Sure)
            }
            _ => None,
        };
    };
    let kind = match (rest[0], to) {
        // A capital may stand before a mark at the end of a word in capitals.
        (0xC2, _) if at > 0 && chars[at - 1].is_uppercase() => return None,
        (0xC2 | 0xF0.., _) => RepairKind::Sure,
        // Punctuation, currencies and signs. Any other triple may be the end of a quotation.
        (_, '\u{2000}'..='\u{20BF}' | '\u{2100}'..='\u{213F}' | '\u{2190}'..='\u{243F}' | '\u{25A0}'..='\u{27BF}') => {
            RepairKind::Sure
        }
        (0xC3..=0xC5, _) | (_, 'ə' | 'Ə' | 'ș' | 'Ș' | 'ț' | 'Ț') => RepairKind::Latin,
        (_, '\u{300}'..='\u{36F}' | '\u{370}'..='\u{4FF}' | '\u{531}'..='\u{5F4}' | '\u{600}'..='\u{6FF}') => {
            RepairKind::Other
        }
        // Punctuation of windows-1252 in a text encoded three times.
        (0xC6..=0xCB, 'ƒ' | 'ˆ' | '˜') => RepairKind::Other,
        (_, '\u{10A0}'..='\u{10FF}' | '\u{1E00}'..='\u{1EFF}' | '\u{3040}'..='\u{30FF}' | '\u{4E00}'..='\u{9FFF}') => {
            RepairKind::Other
        }
        _ => return None,
    };
    repair(length, Some(to), kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_and_punctuation_are_undone() {
        for text in [
            "Перемирие в Карабахе — и обмен",
            "Հրադադար Արցախում",
            "ცეცხლის შეწყვეტა ყარაბაღში",
            "Ateşkes görüşmeleri sürüyor",
            "Qarabağda atəşkəs",
            "وقف إطلاق النار في قره باغ",
            "Fórmula",
            "Armenia’s truce – “quiet” › now…",
            "£5m for a café",
            "🔴 Truce",
            "Les blessés « graves »",
        ] {
            for taken_for in [WINDOWS_1252, WINDOWS_1251] {
                let once = taken_for.decode_without_bom_handling(text.as_bytes()).0;
                // The Cyrillic form of a few letters is a sound word as well.
                if taken_for == WINDOWS_1252 || text.chars().filter(|c| c.is_alphabetic() && !c.is_ascii()).count() > 5
                {
                    assert_eq!(undo_double_encoding(&once), text, "{once}");
                }
            }
            let latin: String = text.bytes().map(char::from).collect();
            assert_eq!(undo_double_encoding(&latin), text, "{latin}");
            let once = WINDOWS_1252.decode_without_bom_handling(text.as_bytes()).0;
            let twice = WINDOWS_1252.decode_without_bom_handling(once.as_bytes()).0;
            assert_eq!(undo_double_encoding(&twice), text, "{twice}");
        }
    }

    #[test]
    fn damaged_punctuation_is_repaired() {
        for (text, right) in [
            ("â€œTruceâ€ holds", "“Truce” holds"),
            ("Cost: Â£5 and Â 6", "Cost: £5 and  6"),
            ("Armeniaвђ™s", "Armeniaвђ™s"),
            ("ArmeniaвЂ™s вЂ“ truce", "Armenia’s – truce"),
            ("Tom&Jerry â€¦", "Tom&Jerry …"),
            ("“AFPâ€™s” man", "“AFP’s” man"),
        ] {
            assert_eq!(undo_double_encoding(text), right);
        }
    }

    #[test]
    fn sound_text_stays() {
        for text in [
            "Её",
            "Ð",
            "naïve café",
            "«НТВ» и «Первый ТВ»",
            "ВІСІМ РАКЕТ ЗБИТО",
            "Les « blessés\u{A0}» et les « tués\u{A0}» sont évacués\u{A0}: « c’était prévu\u{A0}»",
            "SUPÕE-SE “IRMÔ",
            "ABÖ’nün açıklaması, ABÖ’ye yanıt",
            "Rüzgâr… hâlâ…”",
            "CAFÉ™",
            "Äänestys — “PÄÄ”",
            "Հրադադար «Արցախում»",
            "Ünlü “Ö”",
        ] {
            assert_eq!(undo_double_encoding(text), text);
        }
    }

    #[test]
    fn hostile_text_takes_linear_time() {
        for unit in ["â€", "Ð", "Ð²", "вЂ", "Â", "Ã", "ðŸ", "áƒ"] {
            let text = unit.repeat(1_000_000 / unit.len());
            let start = std::time::Instant::now();
            let _ = undo_double_encoding(&text);
            assert!(start.elapsed().as_secs() < 10, "{unit}: {:?}", start.elapsed());
        }
    }
}

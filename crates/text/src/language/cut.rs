//! Text to words for the language's sake: their script, their letters in one case, and which may be names.
//!
//! Rules fold words so that spellings meet; here the spelling is what tells, so accents stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A script, as far as it says something of the language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Script {
    Latin,
    Cyrillic,
    Arabic,
    Armenian,
    Georgian,
    Other,
}

/// A character of a text, with its script if it is a letter.
pub(super) type Sign = (char, Option<Script>);

/// A word of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word {
    /// Its letters in lower case.
    pub letters: String,
    /// What joins it to the word before: an apostrophe or a hyphen. What stands there is often an ending.
    pub joined: Option<char>,
    /// Whether an apostrophe follows, as after an elided article.
    pub elided: bool,
    /// Whether it is written as names are, and as the first word and, in English, all of a headline may be.
    pub name: bool,
}

/// Adds the beginning of a text to what is read, without addresses, whose words are of no language, in composed characters.
pub(super) fn read(text: &str, longest: usize, into: &mut Vec<Sign>) {
    let is_address = |word: &&str| word.contains("://") || word.starts_with("www.") || word.contains('@');
    let beginning = text.char_indices().nth(longest).map_or(text, |(end, _)| &text[..end]);
    let words = beginning.split_whitespace().filter(|word| !is_address(word));
    let read = words.flat_map(|word| word.chars().chain([' ']));
    // Nearly all texts are composed already, and composing takes longer than all the rest.
    let sign = |c| (c, script_of(c));
    if beginning.contains(|c| matches!(c, '\u{300}'..='\u{36F}' | '\u{653}'..='\u{655}' | '\u{FB00}'..)) {
        into.extend(read.nfkc().map(sign));
    } else {
        into.extend(read.map(sign));
    }
}

/// The script of most letters, if there are any.
pub(super) fn script(text: &[Sign]) -> Option<Script> {
    const SCRIPTS: [Script; 6] =
        [Script::Latin, Script::Cyrillic, Script::Arabic, Script::Armenian, Script::Georgian, Script::Other];
    let mut letters = [0_usize; SCRIPTS.len()];
    for script in text.iter().filter_map(|(_, script)| *script) {
        letters[script as usize] += 1;
    }
    SCRIPTS.into_iter().max_by_key(|&script| letters[script as usize]).filter(|&script| letters[script as usize] > 0)
}

fn script_of(c: char) -> Option<Script> {
    match c {
        // Letters all, as the tables would say, only more slowly.
        'a'..='z' | 'A'..='Z' | 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='\u{24F}' | 'ə' => Some(Script::Latin),
        'Ѐ'..='ҁ' | 'Ҋ'..='\u{52F}' => Some(Script::Cyrillic),
        '\u{620}'..='\u{64A}' | '\u{671}'..='\u{6D3}' => Some(Script::Arabic),
        'Ա'..='Ֆ' | 'ա'..='և' => Some(Script::Armenian),
        'ა'..='ჺ' => Some(Script::Georgian),
        '\0'..='\u{7F}' | '\u{2000}'..='\u{206F}' => None,
        _ if !c.is_alphabetic() => None,
        '\0'..='\u{2AF}' | '\u{1E00}'..='\u{1EFF}' => Some(Script::Latin),
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' => Some(Script::Cyrillic),
        '\u{600}'..='\u{6FF}' | '\u{750}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' => Some(Script::Arabic),
        '\u{530}'..='\u{58F}' => Some(Script::Armenian),
        '\u{10A0}'..='\u{10FF}' | '\u{1C90}'..='\u{1CBF}' | '\u{2D00}'..='\u{2D2F}' => Some(Script::Georgian),
        _ => Some(Script::Other),
    }
}

/// The words of one script in a text.
pub(super) fn words(text: &[Sign], script: Script) -> Vec<Word> {
    // Where one of these letters stands, a capital I is the one without a dot.
    let dotless = text.iter().any(|(c, _)| matches!(c, 'ı' | 'İ' | 'ğ' | 'Ğ' | 'ş' | 'Ş' | 'ə' | 'Ə'));
    let belongs = |(c, of): Sign| of.map_or_else(|| is_combining_mark(c), |of| of == script);
    let mut words = Vec::new();
    let mut shouted = 0;
    let mut at = 0;
    while at < text.len() {
        if !belongs(text[at]) {
            at += 1;
            continue;
        }
        let end = text[at..].iter().position(|&c| !belongs(c)).map_or(text.len(), |length| at + length);
        let before = at.checked_sub(2).map(|first| (text[first].0, text[first + 1].0));
        let spelt = &text[at..end];
        shouted += usize::from(spelt.len() > 1 && spelt.iter().all(|(c, _)| c.is_uppercase()));
        words.push(Word {
            letters: spelt.iter().flat_map(|&(c, _)| lower(c, dotless)).collect(),
            joined: before.filter(|(word, _)| word.is_alphanumeric()).and_then(|(_, mark)| joint(mark)),
            elided: text.get(end).is_some_and(|&(c, _)| joint(c) == Some('\'')),
            name: text[at].0.is_uppercase(),
        });
        at = end;
    }
    // Where most is in capitals, they say nothing.
    if shouted * 2 > words.len() {
        words.iter_mut().for_each(|word| word.name = false);
    }
    words.retain(|word| !word.letters.is_empty());
    words
}

/// The mark that joins two words, in its one form.
fn joint(c: char) -> Option<char> {
    match c {
        '\'' | '’' | '‘' | 'ʼ' | 'ʻ' | '`' => Some('\''),
        '-' | '‐' | '‑' => Some('-'),
        _ => None,
    }
}

/// A letter in lower case. Russian readers write ё either way.
fn lower(c: char, dotless: bool) -> impl Iterator<Item = char> {
    let c = match c {
        'I' if dotless => 'ı',
        'İ' => 'i',
        'ё' | 'Ё' => 'е',
        c => c,
    };
    c.to_lowercase().filter(|c| !is_combining_mark(*c))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(text: &str) -> Vec<Sign> {
        let mut signs = Vec::new();
        read(text, 100, &mut signs);
        signs
    }

    #[test]
    fn the_quick_way_to_tell_letters_says_what_the_tables_say() {
        for c in ('\0'..='\u{FFFF}').filter(|&c| script_of(c).is_some()) {
            assert!(c.is_alphabetic(), "{c:?}");
        }
        for c in ('\0'..='\u{FFFF}').filter(|c| c.is_alphabetic()) {
            assert!(script_of(c).is_some(), "{c:?}");
        }
    }

    #[test]
    fn the_script_is_that_of_most_letters() {
        for (text, expected) in [
            ("BBC: Карабах", Some(Script::Cyrillic)),
            ("Карабах: BBC News live", Some(Script::Latin)),
            ("F-16", Some(Script::Latin)),
            ("٢٧ سبتمبر 2020", Some(Script::Arabic)),
            ("ԼՂ (NKR)", Some(Script::Latin)),
            ("亚美尼亚", Some(Script::Other)),
            ("27.09.2020 – 10:00", None),
            ("", None),
        ] {
            assert_eq!(script(&signs(text)), expected, "{text}");
        }
    }

    #[test]
    fn words_are_in_lower_case_with_what_joins_them() {
        for (text, expected) in [
            ("L’Arménie s'alarme", "_l' _'arménie s' 'alarme"),
            ("ABD'nin 2020-ci ildə", "_abd' 'nin -ci ildə"),
            ("AŞTI", "aştı"),
            ("IRAK'TA İSTİFA", "ırak' 'ta istifa"),
            ("Irak’ta ağır", "_ırak' 'ta ağır"),
            ("Decomposed: cafe\u{301}", "_decomposed café"),
            ("see https://example.org/Page or mail@example.org", "see or"),
            ("مي‌شود", "مي شود"),
        ] {
            let signs = signs(text);
            let words = words(&signs, script(&signs).unwrap());
            let show = |word: &Word| {
                let mark = |there: bool, mark: &'static str| if there { mark } else { "" };
                let joined = word.joined.map(String::from).unwrap_or_default();
                format!("{}{joined}{}{}", mark(word.name, "_"), word.letters, mark(word.elided, "'"))
            };
            assert_eq!(words.iter().map(show).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}

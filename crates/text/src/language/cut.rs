//! Text to words for identification: their script, their letters in lower case, and which may be names.
//!
//! Rules fold words so that spellings meet; identification reads the spelling, so accents stay.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::languages;
use crate::script::Script;

/// A character of a text, with its script if it is a letter.
pub(super) type ScriptChar = (char, Option<Script>);

/// A word of a text as it is spelt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SpeltWord {
    /// In lower case.
    pub letters: String,
    /// The apostrophe or hyphen that joins it to the word before. A joined word is often an ending.
    pub joined: Option<char>,
    /// Whether an apostrophe follows, as after an elided article.
    pub elided: bool,
    /// Whether it begins with a capital: a name, but also the first word, and any word of an English headline.
    pub name: bool,
}

/// Adds the first `limit` characters of a text, composed, without addresses, whose words belong to no language.
pub(super) fn read(text: &str, limit: usize, into: &mut Vec<ScriptChar>) {
    let is_address = |word: &&str| word.contains("://") || word.starts_with("www.") || word.contains('@');
    let beginning = text.char_indices().nth(limit).map_or(text, |(end, _)| &text[..end]);
    let words = beginning.split_whitespace().filter(|word| !is_address(word));
    let read = words.flat_map(|word| word.chars().chain([' ']));
    // Nearly all texts are composed already, and composing takes longer than the rest of this function.
    let with_script = |c| (c, Script::of_letter(c));
    if beginning.contains(|c| matches!(c, '\u{300}'..='\u{36F}' | '\u{653}'..='\u{655}' | '\u{FB00}'..)) {
        into.extend(read.nfkc().map(with_script));
    } else {
        into.extend(read.map(with_script));
    }
}

/// The script of most letters, if the text has letters. Scripts without a language in the registry count together, as
/// [`Script::Other`].
pub(super) fn script(text: &[ScriptChar]) -> Option<Script> {
    let mut letters = [0_usize; Script::ALL.len()];
    for script in text.iter().filter_map(|(_, script)| *script) {
        letters[script as usize] += 1;
    }
    for script in Script::ALL {
        if letters[script as usize] > 0 && !languages::is_written_in(script) {
            letters[Script::Other as usize] += std::mem::take(&mut letters[script as usize]);
        }
    }
    Script::ALL
        .into_iter()
        .max_by_key(|&script| letters[script as usize])
        .filter(|&script| letters[script as usize] > 0)
}

/// The words of one script in a text.
pub(super) fn words(text: &[ScriptChar], script: Script) -> Vec<SpeltWord> {
    // In a text with one of these letters, a capital I has no dot.
    let dotless = text.iter().any(|(c, _)| matches!(c, 'ı' | 'İ' | 'ğ' | 'Ğ' | 'ş' | 'Ş' | 'ə' | 'Ə'));
    let belongs = |(c, of): ScriptChar| of.map_or_else(|| is_combining_mark(c), |of| of == script);
    let mut words = Vec::new();
    let mut in_capitals = 0;
    let mut at = 0;
    while at < text.len() {
        if !belongs(text[at]) {
            at += 1;
            continue;
        }
        let end = text[at..].iter().position(|&c| !belongs(c)).map_or(text.len(), |length| at + length);
        let before = at.checked_sub(2).map(|first| (text[first].0, text[first + 1].0));
        let spelt = &text[at..end];
        in_capitals += usize::from(spelt.len() > 1 && spelt.iter().all(|(c, _)| c.is_uppercase()));
        words.push(SpeltWord {
            letters: spelt.iter().flat_map(|&(c, _)| lower(c, dotless)).collect(),
            joined: before.filter(|(word, _)| word.is_alphanumeric()).and_then(|(_, mark)| joint(mark)),
            elided: text.get(end).is_some_and(|&(c, _)| joint(c) == Some('\'')),
            name: text[at].0.is_uppercase(),
        });
        at = end;
    }
    // In a text mostly in capitals, a capital does not show a name.
    if in_capitals * 2 > words.len() {
        words.iter_mut().for_each(|word| word.name = false);
    }
    words.retain(|word| !word.letters.is_empty());
    words
}

/// The mark that joins two words, in one form.
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

    fn chars_of(text: &str) -> Vec<ScriptChar> {
        let mut chars = Vec::new();
        read(text, 100, &mut chars);
        chars
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
            assert_eq!(script(&chars_of(text)), expected, "{text}");
        }
    }

    #[test]
    fn words_are_in_lower_case_with_the_mark_that_joins_them() {
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
            let chars = chars_of(text);
            let words = words(&chars, script(&chars).unwrap());
            let show = |word: &SpeltWord| {
                let mark = |there: bool, mark: &'static str| if there { mark } else { "" };
                let joined = word.joined.map(String::from).unwrap_or_default();
                format!("{}{joined}{}{}", mark(word.name, "_"), word.letters, mark(word.elided, "'"))
            };
            assert_eq!(words.iter().map(show).collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }
}

//! Anaphora: sentences that refer to the sentence before them. Quoted alone, "Its ministry denied this" would refer to
//! another subject, perhaps to the other side of the war.

use std::collections::HashSet;
use std::sync::LazyLock;

use ceasewire_text::languages::{Language, entries};

/// Anaphora of all languages, in lower case.
#[derive(Default)]
struct Anaphora {
    /// First words.
    words: HashSet<&'static str>,
    /// Beginnings of several words.
    phrases: Vec<&'static str>,
}

static ANAPHORA: LazyLock<Anaphora> = LazyLock::new(|| {
    let mut anaphora = Anaphora::default();
    for language in Language::all() {
        for (key, value) in entries(language.data().file("anaphora.txt").unwrap_or_default()) {
            match key {
                "word" => anaphora.words.extend(value.split_whitespace()),
                _ => anaphora.phrases.push(value),
            }
        }
    }
    anaphora
});

/// Whether a sentence begins with an anaphor, or is a bare quotation whose speaker stands in another sentence.
pub(super) fn is_anaphoric(sentence: &str) -> bool {
    let words = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let first = words.split(|c: char| !c.is_alphanumeric() && c != '\u{200c}').next().unwrap_or_default();
    let begins = |phrase: &&str| {
        words.strip_prefix(*phrase).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    ANAPHORA.words.contains(first) || ANAPHORA.phrases.iter().any(begins) || is_bare_quotation(sentence)
}

/// Whether quotation marks enclose the sentence from its first word to its last.
fn is_bare_quotation(sentence: &str) -> bool {
    let mut chars = sentence.chars();
    let Some(first) = chars.next() else { return false };
    let last = sentence.trim_end_matches(['.', '!', '?', '…', '։', ',']).chars().next_back();
    let closing: &[char] = match first {
        '"' => &['"'],
        '“' => &['”'],
        '«' => &['»'],
        '„' => &['“', '”'],
        _ => return false,
    };
    // A further closing mark means that the outlet's own words stand between two quotations.
    last.is_some_and(|last| closing.contains(&last)) && chars.filter(|c| closing.contains(c)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_words_or_phrases_only() {
        for language in Language::all() {
            let text = language.data().file("anaphora.txt").expect("an anaphora.txt");
            assert!(entries(text).all(|(key, _)| matches!(key, "word" | "phrase")), "{language}");
        }
    }

    #[test]
    fn anaphora_are_found_in_every_language() {
        for (sentence, expected) in [
            ("It denied this.", true),
            ("Itself a town, Shusha lies high.", false),
            ("“This is not so,” the ministry said.", true),
            ("However, the truce held.", true),
            ("In addition, 43 were wounded.", true),
            ("“We will fight on.”", true),
            ("“We will fight on,” Aliyev said, “and win.”", false),
            ("“Это не так”, — сказал он.", true),
            ("По его словам, огонь прекращён.", true),
            ("Его отец был генералом.", true),
            ("Ереван ответил.", false),
            ("Il a démenti.", true),
            ("Ilham Aliyev a démenti.", false),
            ("Bu, bir ateşkes değil.", true),
            ("Bunun üzerine Bakı razılaşdı.", true),
            ("Bakı razılaşıb.", false),
            ("Նա հերքեց դա։", true),
            ("Ნა", false),
            ("ის არ დაეთანხმა.", true),
            ("ერევანმა უპასუხა.", false),
            ("او این را رد کرد.", true),
            ("ایروان پاسخ داد.", false),
            ("", false),
        ] {
            assert_eq!(is_anaphoric(sentence), expected, "{sentence}");
        }
    }
}

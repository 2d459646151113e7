//! Dutch: the numbers of nouns and the endings of adjectives, without their accents.
//!
//! 1. -en, -e and -s go, and again, where three letters remain (aanvallen, russische, wapens); a v before them becomes
//!    f and a z becomes s (brieven, huizen).
//! 2. A doubled consonant at the end becomes one (aanvall).
//! 3. A doubled vowel before the last consonant becomes one, so that soldaat meets soldaten.

use std::borrow::Cow;

use super::cut;

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if !word.is_ascii() {
        return word.into();
    }
    let at = |stem: &str, back: usize| stem.len().checked_sub(back).map(|place| stem.as_bytes()[place]);
    let is_vowel = |letter: u8| matches!(letter, b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    let mut stem = word.to_owned();
    while let Some(rest) = cut(&stem, &["en", "e", "s"], 3).filter(|rest| !rest.ends_with('i')) {
        stem = match rest.as_bytes().last() {
            Some(b'v') => format!("{}f", &rest[..rest.len() - 1]),
            Some(b'z') => format!("{}s", &rest[..rest.len() - 1]),
            _ => rest.to_owned(),
        };
    }
    if at(&stem, 1) == at(&stem, 2) && stem.len() > 3 && at(&stem, 1).is_some_and(|last| !is_vowel(last)) {
        stem.pop();
    }
    let is_doubled = at(&stem, 2) == at(&stem, 3) && at(&stem, 2).is_some_and(is_vowel);
    if is_doubled && at(&stem, 1).is_some_and(|last| !is_vowel(last)) {
        stem.remove(stem.len() - 2);
    }
    stem.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("nl"),
            &[
                "aanval aanvallen",
                "raket raketten",
                "gesprek gesprekken",
                "vluchteling vluchtelingen",
                "minister ministers",
                "leger legers",
                "soldaat soldaten",
                "bom bommen",
                "oorlog oorlogen",
                "brief brieven",
                "huis huizen",
                "akkoord akkoorden",
                "onderhandeling onderhandelingen",
                "gijzelaar gijzelaars",
                "gewonde gewonden",
                "dode doden",
                "Russisch Russische",
                "Oekraïens Oekraïense",
                "rebel rebellen",
                "grens grenzen",
                "burger burgers",
                "wapen wapens",
                "bestand bestanden",
            ],
            &[
                ("aanval", "aanvaller"),
                ("minister", "ministerie"),
                ("vluchteling", "vlucht"),
                ("wapen", "wapenstilstand"),
                ("oorlog", "oord"),
                ("politie", "politiek"),
            ],
        );
    }
}

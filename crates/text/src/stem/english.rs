//! English: plural and third person -s, past -ed, -ing, and the spelling that they change.
//!
//! These follow the steps for inflection (1 and 5) of Martin Porter's second English stemmer. Its other steps would
//! join different words: "office" and "officer", "import" and "important", "operation" and "opera".
//!
//! 1. -sses, -ies and -s, but not -ss and -us; only after a vowel further up. -ies and -ied become -y rather than both
//!    -i, which keeps Mary from Marie and Harry from Harris.
//! 2. -eed, -ed and -ing where a vowel remains; then "negotiat" and "strik" get their e back, "plann" loses an n.
//! 3. A last -e goes unless the word would become another kind of syllable: "ceasefire" does, "plane" is not "plan".

use std::borrow::Cow;

/// Forms that no ending explains.
const IRREGULAR: [(&str, &str); 6] = [
    ("children", "child"),
    ("crises", "crisis"),
    ("men", "man"),
    ("policemen", "policeman"),
    ("spokesmen", "spokesman"),
    ("women", "woman"),
];

/// Words that end like a form of another word without being one.
const WHOLE: [&str; 29] = [
    "aide",
    "arkansas",
    "borne",
    "corps",
    "crisis",
    "evening",
    "exceed",
    "finale",
    "hamas",
    "herring",
    "humane",
    "kansas",
    "laos",
    "maine",
    "mars",
    "morale",
    "news",
    "paste",
    "premiere",
    "proceed",
    "rationale",
    "royale",
    "series",
    "species",
    "succeed",
    "suite",
    "texas",
    "united",
    "wales",
];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if let Some((_, base)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*base).into();
    }
    if word.len() < 3 || !word.bytes().all(|b| b.is_ascii_lowercase()) || WHOLE.contains(&word) {
        return word.into();
    }
    let mut stem = word.to_owned();
    without_s(&mut stem);
    if !WHOLE.contains(&stem.as_str()) {
        without_ed_and_ing(&mut stem);
        without_e(&mut stem);
    }
    if stem == word { word.into() } else { stem.into() }
}

fn without_s(word: &mut String) {
    if word.ends_with("sses") {
        word.truncate(word.len() - 2);
    } else if let Some(rest) = word.strip_suffix("ies").or_else(|| word.strip_suffix("ied")).map(str::len) {
        // "armies" are of army, "ties" of tie.
        word.truncate(if rest > 1 { rest } else { rest + 2 });
        if rest > 1 {
            word.push('y');
        }
    } else if word.ends_with('s') && !word.ends_with("ss") && !word.ends_with("us") && has_vowel(word, word.len() - 2) {
        word.truncate(word.len() - 1);
    }
}

fn without_ed_and_ing(word: &mut String) {
    if word.ends_with("eed") {
        if regions(word).0 <= word.len() - 3 {
            word.truncate(word.len() - 1);
        }
        return;
    }
    let Some(rest) = ["ed", "ing"].iter().find_map(|ending| word.strip_suffix(ending)).map(str::len) else { return };
    if !has_vowel(word, rest) {
        return;
    }
    word.truncate(rest);
    if ["at", "bl", "iz"].iter().any(|end| word.ends_with(end)) {
        word.push('e');
    } else if ["bb", "dd", "ff", "gg", "mm", "nn", "pp", "rr", "tt"].iter().any(|end| word.ends_with(end)) {
        word.pop();
    } else if regions(word).0 >= word.len() && ends_in_short_syllable(word.as_bytes()) {
        word.push('e');
    }
}

fn without_e(word: &mut String) {
    let Some(rest) = word.strip_suffix('e').map(str::len) else { return };
    let (first, second) = regions(word);
    if second <= rest || first <= rest && !ends_in_short_syllable(&word.as_bytes()[..rest]) {
        word.pop();
    }
}

/// The regions R1 and R2 of Porter's stemmer: R1 begins after the first consonant that follows a vowel, R2 is R1 of R1.
fn regions(word: &str) -> (usize, usize) {
    let bytes = word.as_bytes();
    let after = |from: usize| {
        (from + 1..bytes.len())
            .find(|&at| !is_vowel(bytes, at) && is_vowel(bytes, at - 1))
            .map_or(bytes.len(), |consonant| consonant + 1)
    };
    let first = after(0);
    (first, after(first))
}

/// Whether one of the letters before `end` is a vowel.
fn has_vowel(word: &str, end: usize) -> bool {
    (0..end).any(|at| is_vowel(word.as_bytes(), at))
}

/// Whether a letter is a vowel; y is one after a consonant.
fn is_vowel(word: &[u8], at: usize) -> bool {
    match word[at] {
        b'a' | b'e' | b'i' | b'o' | b'u' => true,
        b'y' => at > 0 && !is_vowel(word, at - 1),
        _ => false,
    }
}

/// Whether the word ends in consonant, vowel, consonant, like "strik", or is a vowel and a consonant, like "us".
fn ends_in_short_syllable(word: &[u8]) -> bool {
    match word.len() {
        0 | 1 => false,
        2 => is_vowel(word, 0) && !is_vowel(word, 1),
        length => {
            !is_vowel(word, length - 3)
                && is_vowel(word, length - 2)
                && !is_vowel(word, length - 1)
                && !matches!(word[length - 1], b'w' | b'x' | b'y')
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("en"),
            &[
                "attack attacks attacked attacking",
                "ceasefire ceasefires",
                "cease ceases ceased ceasing",
                "negotiation negotiations",
                "negotiate negotiates negotiated negotiating",
                "strike strikes striking",
                "shell shells shelled shelling",
                "ally allies allied",
                "army armies",
                "force forces forced forcing",
                "plan plans planned planning",
                "plane planes",
                "crash crashes crashed crashing",
                "box boxes",
                "agree agrees agreed agreeing",
                "agreement agreements",
                "missile missiles",
                "wound wounds wounded wounding",
                "withdraw withdraws withdrawing",
                "bomb bombs bombed bombing bombings",
                "crisis crises",
                "fire fires fired firing",
                "spy spies spied spying",
                "war wars",
                "die dies died",
                "minister ministers",
                "Armenian Armenians",
                "Iraqi Iraqis",
                "woman women",
                "truce truces",
                "deploy deploys deployed deploying",
                "enemy enemies",
                "virus viruses",
                "tie ties tied",
                "aide aides",
                "aid aids aided aiding",
            ],
            &[
                ("office", "officer"),
                ("import", "important"),
                ("operation", "opera"),
                ("author", "authority"),
                ("prison", "prisoner"),
                ("command", "commander"),
                ("minister", "ministry"),
                ("police", "policy"),
                ("plan", "plane"),
                ("organ", "organization"),
                ("general", "generation"),
                ("Armenia", "Armenian"),
                ("unit", "united"),
                ("Hamas", "Hama"),
                ("news", "new"),
                ("corps", "corp"),
                ("Mary", "Marie"),
                ("Harry", "Harris"),
                ("July", "Julie"),
                ("aid", "aide"),
                ("sky", "ski"),
                ("state", "station"),
                ("army", "arm"),
                ("president", "presidency"),
                ("mission", "missile"),
                ("universe", "university"),
                ("nation", "national"),
                ("human", "humanity"),
                ("Iran", "Iranian"),
            ],
        );
    }
}

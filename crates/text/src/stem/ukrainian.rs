//! Ukrainian: the cases and numbers of nouns and adjectives, and with them the past tense of verbs (заявив keeps its
//! ending, заявила and заявили meet). Folding has taken the dots off ї.
//!
//! One ending goes where four letters remain, and endings in a consonant go again, as in Russian: Харків loses its -ів,
//! so Харкова must lose its -ов. Feminine adjectives and nouns in -ія keep their і.

use std::borrow::Cow;

use super::{cut, letters};

/// Endings of nouns and adjectives.
const ENDINGS: [&str; 44] = [
    "а", "я", "о", "е", "є", "и", "і", "у", "ю", "ь", "й", "ою", "ею", "єю", "ам", "ям", "ами", "ями", "ах", "ях",
    "ів", "ей", "ом", "ем", "єм", "ові", "еві", "єві", "ий", "ій", "ого", "ього", "ому", "ьому", "им", "ім", "ої",
    "оі", "их", "іх", "ими", "іми", "ую", "ьою",
];
/// Endings that some words have by themselves.
const AGAIN: [&str; 10] = ["ів", "ов", "ев", "ом", "ем", "ам", "ям", "ах", "ях", "ей"];
const LEAST: usize = 4;

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let mut stem = cut(word, &ENDINGS, LEAST).unwrap_or(word);
    while let Some(rest) = cut(stem, &AGAIN, LEAST) {
        stem = rest;
    }
    if let Some(rest) = stem.strip_suffix("ець").or_else(|| stem.strip_suffix("ец")).filter(|rest| letters(rest) >= 3)
    {
        return format!("{rest}ц").into();
    }
    stem.into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("uk"),
            &[
                "ракета ракети ракету ракетою ракеті ракет ракетами ракетах",
                "удар удару ударом ударі удари ударів ударам",
                "обстріл обстрілу обстріли обстрілів обстрілами",
                "міністр міністра міністру міністром міністри міністрів міністрам",
                "президент президента президентом президенту",
                "Росія Росії Росію Росією",
                "Україна України Україну Україною Україні",
                "переговори переговорів переговорам переговорами переговорах",
                "угода угоди угоду угодою угоді угод",
                "російський російська російські російського російської російських російським",
                "військовий військові військових військового військовим",
                "українець українці українців українцям",
                "заявила заявили заявило",
                "зустріч зустрічі зустрічей",
            ],
            &[
                ("Росія", "російський"),
                ("міністр", "міністерство"),
                ("війна", "військовий"),
                ("ракета", "ракетний"),
                ("удар", "ударник"),
                ("переговори", "переговорник"),
            ],
        );
    }
}

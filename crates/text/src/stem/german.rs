//! German: the cases and numbers of nouns and adjectives, without their umlauts.
//!
//! 1. -innen becomes -in (Ministerinnen).
//! 2. -en, -em, -es, -e and -s go, and again, where four letters remain: Abkommens must meet Abkommen.
//! 3. -er only after the ends of adjectives and participles, and of a few nouns (russischer, Länder): Kämpfer is a
//!    fighter, Kampf a fight. -n after -el and -er (Geiseln, Ministern).
//!
//! Compounds keep their parts: Raketenangriff is not Angriff.

use std::borrow::Cow;

use super::cut;

const ENDINGS: [&str; 5] = ["en", "em", "es", "e", "s"];
const BEFORE_ER: [&str; 14] = [
    "isch",
    "lich",
    "ig",
    "iert",
    "sam",
    "bar",
    "land",
    "kind",
    "bild",
    "dorf",
    "verletzt",
    "verwundet",
    "mitglied",
    "haus",
];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let mut stem = match word.strip_suffix("nen") {
        Some(feminine) if feminine.ends_with("in") && feminine.len() >= 7 => feminine,
        _ => word,
    };
    if let Some(rest) = cut(stem, &["n"], 4).filter(|rest| rest.ends_with("el") || rest.ends_with("er")) {
        stem = rest;
    }
    while let Some(rest) = cut(stem, &ENDINGS, 4) {
        stem = rest;
    }
    cut(stem, &["er"], 4).filter(|rest| BEFORE_ER.iter().any(|end| rest.ends_with(end))).unwrap_or(stem).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("de"),
            &[
                "Waffenruhe Waffenruhen",
                "Angriff Angriffe Angriffs Angriffes Angriffen",
                "Rakete Raketen",
                "Abkommen Abkommens",
                "Minister Ministers Ministern",
                "Ministerin Ministerinnen",
                "Präsident Präsidenten",
                "Soldat Soldaten",
                "Geisel Geiseln",
                "Land Lands Landes Lande Länder Ländern",
                "Kind Kinder Kindern",
                "Krieg Kriege Krieges Kriegs Kriegen",
                "Gespräch Gespräche Gesprächen Gesprächs",
                "Verhandlung Verhandlungen",
                "russisch russische russischer russisches russischen russischem",
                "verletzt verletzte verletzter verletzten",
                "Kämpfer Kämpfern Kämpfers",
                "Opfer Opfern Opfers",
                "Grenze Grenzen",
                "Russland Russlands",
            ],
            &[
                ("Kämpfer", "Kampf"),
                ("Vermittler", "Vermittlung"),
                ("Minister", "Ministerin"),
                ("Raketenangriff", "Angriff"),
                ("Russland", "russisch"),
                ("Geisel", "Geiselnahme"),
                ("Gefangener", "Gefängnis"),
            ],
        );
    }
}

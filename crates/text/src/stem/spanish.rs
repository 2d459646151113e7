//! Spanish: the numbers of nouns and adjectives, and the gender of adjectives and participles, without their accents.
//!
//! 1. -s goes where four letters remain, then -e, so that misiles meets misil and ataques ataque.
//! 2. -a and -o go only after the ends of adjectives, participles and nouns of people: puerta (door) is not puerto
//!    (port).

use std::borrow::Cow;

use super::cut;

const GENDERED: [&str; 13] =
    ["ad", "id", "an", "in", "er", "iv", "ic", "ari", "ministr", "rus", "muert", "president", "hij"];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let singular = cut(word, &["s"], 4).unwrap_or(word);
    if let Some(rest) = cut(singular, &["e"], 4) {
        return rest.into();
    }
    let gendered = cut(singular, &["a", "o"], 3).filter(|rest| GENDERED.iter().any(|end| rest.ends_with(end)));
    gendered.unwrap_or(singular).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("es"),
            &[
                "tregua treguas",
                "misil misiles",
                "ataque ataques",
                "avión aviones",
                "soldado soldados soldada soldadas",
                "herido herida heridos heridas",
                "ministro ministra ministros ministras",
                "presidente presidentes presidenta presidentas",
                "acuerdo acuerdos",
                "guerra guerras",
                "general generales",
                "rehén rehenes",
                "frontera fronteras",
                "ucraniano ucraniana ucranianos ucranianas",
                "ruso rusa rusos rusas",
                "muerto muerta muertos muertas",
                "negociación negociaciones",
                "reunión reuniones",
                "refugiado refugiada refugiados refugiadas",
            ],
            &[
                ("puerto", "puerta"),
                ("cuento", "cuenta"),
                ("punto", "punta"),
                ("negociación", "negociador"),
                ("ministro", "ministerio"),
                ("Rusia", "ruso"),
                ("guerra", "guerrilla"),
            ],
        );
    }
}

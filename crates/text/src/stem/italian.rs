//! Italian: the numbers and genders of nouns and adjectives, without their accents: the last vowel goes where four
//! letters remain, and the h that keeps a c or g hard before it (attacchi, profughi).

use std::borrow::Cow;

use super::cut;

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let Some(rest) = cut(word, &["io", "ie", "a", "e", "i", "o"], 4) else { return word.into() };
    cut(rest, &["h"], 4).filter(|rest| rest.ends_with(['c', 'g'])).unwrap_or(rest).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("it"),
            &[
                "tregua tregue",
                "attacco attacchi",
                "missile missili",
                "razzo razzi",
                "soldato soldati",
                "ferito ferita feriti ferite",
                "ministro ministra ministri ministre",
                "presidente presidenti",
                "accordo accordi",
                "guerra guerre",
                "profugo profuga profughi profughe",
                "negoziato negoziati",
                "incontro incontri",
                "ostaggio ostaggi",
                "russo russa russi russe",
                "ucraino ucraina ucraini ucraine",
                "colloquio colloqui",
                "vertice vertici",
                "confine confini",
                "bombardamento bombardamenti",
                "libico libica libici",
            ],
            &[
                ("negoziato", "negoziatore"),
                ("attacco", "attaccante"),
                ("ministro", "ministero"),
                ("guerra", "guerriglia"),
                ("rifugio", "rifugiato"),
                ("Russia", "russo"),
            ],
        );
    }
}

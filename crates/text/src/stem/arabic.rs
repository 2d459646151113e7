//! Arabic: the article, the conjunctions and prepositions that are written as part of the word, and the endings of
//! number, gender and possession. Broken plurals (هجمات meets هجمة, but صواريخ not صاروخ) keep their form.
//!
//! 1. و goes where four letters remain, so that وزير keeps its own; then the article with a preposition before it, or
//!    alone, where three remain.
//! 2. One ending where three letters remain.
//!
//! The endings are those of Larkey's light stemmer; folding writes ى and ي as one letter.

use std::borrow::Cow;

use super::{cut, letters};

const ARTICLES: [&str; 5] = ["بال", "فال", "كال", "لل", "ال"];
const ENDINGS: [&str; 9] = ["ها", "ان", "ات", "ون", "ین", "یه", "یة", "ه", "ة"];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let without = |text: &'_ str, front: &str, least: usize| {
        text.strip_prefix(front).filter(|rest| letters(rest) >= least).map(|rest| text.len() - rest.len())
    };
    let mut stem = &word[without(word, "و", 4).unwrap_or(0)..];
    stem = &stem[ARTICLES.iter().find_map(|article| without(stem, article, 3)).unwrap_or(0)..];
    cut(stem, &ENDINGS, 3).unwrap_or(stem).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("ar"),
            &[
                "هدنة الهدنة والهدنة بالهدنة للهدنة",
                "هجوم الهجوم والهجوم بالهجوم للهجوم",
                "اتفاق الاتفاق اتفاقات والاتفاق",
                "صاروخ الصاروخ صاروخان صاروخين",
                "وزير الوزير والوزير للوزير",
                "رئيس الرئيس والرئيس",
                "محادثات المحادثات والمحادثات للمحادثات",
                "لاجئ لاجئون لاجئين اللاجئين واللاجئون",
                "أسير أسيرة الأسير",
                "مفاوضات المفاوضات بالمفاوضات",
                "غارة الغارة غارات الغارات والغارات",
                "دولة الدولة والدولة",
            ],
            &[
                ("هدنة", "هجوم"),
                ("وزير", "وزارة"),
                ("رئيس", "رئاسة"),
                ("سلام", "إسلام"),
                ("جيش", "جيل"),
                ("روسيا", "رئيس"),
            ],
        );
    }
}

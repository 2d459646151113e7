//! Armenian: articles, cases and the plural of nouns.
//!
//! From the end: the article -ը or -ն and the case (-ի, -ից, -ով, -ում, with the article -ին), with -յ- after a vowel
//! and -վ- where -ու changes to it (Բաքու, Բաքվի); the plural -ներ or -եր; and a remaining last -ն or -ի. The last goes
//! from every word, because the endings begin with the same letters: Հայաստան, Հայաստանի and Հայաստանն meet
//! without their -ն. Abstract nouns end in -ությ, whatever became of -ություն (-ության, -ությամբ). At least three
//! letters remain, four where only -ն goes. Verbal nouns lose -ում, and in their other cases -ման and -մամբ, where five
//! remain (հարձակում, հարձակման).
//!
//! Snowball's Armenian stemmer fits worse. It takes derivation off too, -ստան and -ական among it, so that պատերազմ
//! (war) meets պատերազմական, and նախարար (minister) meets նախարարություն (ministry) in some cases and not in others.

use std::borrow::Cow;

use super::cut;

const CASES: [&str; 17] =
    ["ը", "ի", "ին", "ից", "ով", "ում", "ու", "յի", "յին", "յից", "յով", "յում", "վի", "վին", "վից", "վով", "վում"];
const PLURALS: [&str; 2] = ["ներ", "եր"];
/// Ends of verbal nouns.
const VERBAL: [&str; 4] = ["ում", "ման", "մա", "մամբ"];
/// Words whose own vowel falls out before endings.
const CLOSED: [(&str, &str); 3] = [("երկր", "երկիր"), ("համաձայնագր", "համաձայնագիր"), ("խնդր", "խնդիր")];
const ABSTRACT: [&str; 5] = ["ություն", "ությու", "ության", "ությա", "ությամբ"];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    // -ին is an ending as a whole, below.
    let mut stem = if word.ends_with("ին") { word } else { cut(word, &["ն"], 4).unwrap_or(word) };
    stem = cut(stem, &CASES, 3).unwrap_or(stem);
    stem = cut(stem, &PLURALS, 3).unwrap_or(stem);
    if let Some(rest) = cut(stem, &VERBAL, 5) {
        return rest.into();
    }
    for _ in 0..2 {
        stem = cut(stem, &["ն"], 4).or_else(|| cut(stem, &["ի", "ու"], 3)).unwrap_or(stem);
    }
    if let Some(rest) = ABSTRACT.iter().find_map(|ending| stem.strip_suffix(ending)) {
        return word[..rest.len() + "ությ".len()].into();
    }
    CLOSED.iter().find(|(open, _)| *open == stem).map_or(stem, |(_, closed)| closed).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("hy"),
            &[
                "Ղարաբաղ Ղարաբաղի Ղարաբաղում Ղարաբաղից Ղարաբաղը Ղարաբաղն Ղարաբաղին Ղարաբաղով",
                "հրադադար հրադադարի հրադադարը հրադադարից հրադադարն հրադադարով հրադադարին",
                "Հայաստան Հայաստանի Հայաստանում Հայաստանից Հայաստանը Հայաստանն Հայաստանին",
                "Երևան Երևանի Երևանում Երևանից Երևանը",
                "Ադրբեջան Ադրբեջանի Ադրբեջանում Ադրբեջանը Ադրբեջանին",
                "հայ հայեր հայերի հայերը հայերին հայերից",
                "նախարար նախարարը նախարարի նախարարներ նախարարների նախարարները նախարարներին",
                "նախարարություն նախարարության նախարարությունը նախարարությունից նախարարությանը նախարարությամբ",
                "պատերազմ պատերազմը պատերազմի պատերազմում պատերազմից պատերազմներ",
                "Բաքու Բաքվի Բաքվում Բաքվից Բաքուն",
                "Թուրքիա Թուրքիայի Թուրքիայում Թուրքիան Թուրքիայից Թուրքիային",
                "հարձակում հարձակումը հարձակման հարձակումներ հարձակումից հարձակմանը",
                "սահման սահմանի սահմանին սահմանը սահմանում",
                "երկիր երկրի երկրում երկրներ երկրները",
                "զորք զորքեր զորքերի զորքերը զորքի",
                "Շուշի Շուշիի Շուշիում Շուշին Շուշիից",
                "գերի գերիներ գերիների գերիներին",
                "զինվոր զինվորի զինվորներ զինվորների զինվորները",
                "Արցախ Արցախի Արցախում Արցախից Արցախը",
                "բանակցություն բանակցություններ բանակցությունների բանակցությունները",
            ],
            &[
                ("հայ", "Հայաստան"),
                ("նախարար", "նախարարություն"),
                ("պատերազմ", "պատերազմական"),
                ("Ադրբեջան", "ադրբեջանական"),
                ("Ադրբեջան", "ադրբեջանցի"),
                ("Ղարաբաղ", "ղարաբաղյան"),
                ("Թուրքիա", "թուրք"),
                ("հայ", "հայերեն"),
                ("զինվոր", "զինված"),
                ("Արցախ", "արցախցի"),
                ("բանակ", "բանակցություն"),
            ],
        );
    }
}

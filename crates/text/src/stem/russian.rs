//! Russian: the cases and numbers of nouns and adjectives, and with them the past tense of verbs (заявил, заявила).
//!
//! 1. One ending of a noun or an adjective. Adjectives' endings in и stand after к, г, х, ж, ш, ч, щ or after consonant
//!    and н (русские, последних); elsewhere that и belongs to the word, so that Армения keeps it and is not Армен.
//! 2. Endings in a consonant (-ов, -ом, -ах …) go again, because words end in them by themselves: Карабах loses its
//!    -ах, so Карабаха must. Лавров and Лаврова meet in the same way.
//! 3. -анин and -янин lose -ин (россиянин, россияне); -ец and -ок lose their vowel (беженец, беженцы), always.
//!
//! Four letters remain, which keeps Баку from being a tank (бак) and Газа from being gas; shorter words of the
//! news are listed. Other forms of verbs, and participles, keep their endings.
//!
//! Snowball's Russian stemmer fits worse. It brings Карабах to "караб" and Карабаха to "карабах", Пашинян to "пашиня"
//! and Пашиняну to "пашинян", and takes плен (captivity) and пленный (captive) for one.

use std::borrow::Cow;

use super::{cut_where, letters};

/// Endings of nouns and of adjectives other than those in и.
const ENDINGS: [&str; 51] = [
    "а", "я", "о", "е", "и", "ы", "у", "ю", "ь", "й", "ью", "ам", "ям", "ами", "ями", "ах", "ях", "ов", "ев", "ей",
    "ом", "ем", "ой", "ою", "ею", "ея", "ее", "еем", "ый", "ая", "яя", "ое", "ые", "ого", "его", "ому", "ему", "ым",
    "ую", "юю", "ых", "ыми", "ьми", "ье", "ья", "ьев", "ьям", "ьях", "ьями", "ьем", "ьи",
];
/// Endings of adjectives after certain consonants.
const SOFT: [&str; 5] = ["ий", "ие", "их", "им", "ими"];
/// Endings that some words have by themselves.
const AGAIN: [&str; 8] = ["ов", "ев", "ом", "ем", "ам", "ям", "ах", "ях"];
const LEAST: usize = 4;
/// Shorter stems that endings may leave.
const SHORT: [&str; 18] = [
    "баз", "бо", "вод", "год", "груз", "дел", "дом", "зон", "мер", "мин", "мир", "огн", "сил", "суд", "сын", "тел",
    "цен", "шуш",
];
/// Words whose own vowel falls out in their other forms against the rules.
const IRREGULAR: [(&str, &str); 4] = [("боец", "бойц"), ("бой", "бо"), ("огонь", "огн"), ("посол", "посл")];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if word.contains('ё') {
        return stem(&word.replace('ё', "е")).into_owned().into();
    }
    if let Some((_, stem)) = IRREGULAR.iter().find(|(whole, _)| *whole == word) {
        return (*stem).into();
    }
    if SHORT.contains(&word) {
        return word.into();
    }
    let mut stem = cut_where(word, &SOFT, |rest| leaves_enough(rest) && takes_soft_endings(rest))
        .or_else(|| cut_where(word, &ENDINGS, leaves_enough))
        .unwrap_or(word);
    while let Some(rest) = cut_where(stem, &AGAIN, |rest| letters(rest) >= LEAST) {
        stem = rest;
    }
    if let Some(rest) = stem.strip_suffix("ин").filter(|rest| rest.ends_with("ан") || rest.ends_with("ян")) {
        stem = rest;
    }
    for (closed, open) in [("ец", "ц"), ("ок", "к")] {
        if let Some(rest) = stem.strip_suffix(closed).filter(|rest| letters(rest) >= 3) {
            return format!("{rest}{open}").into();
        }
    }
    stem.into()
}

fn leaves_enough(rest: &str) -> bool {
    letters(rest) >= LEAST || SHORT.contains(&rest)
}

/// Whether an и after these letters may begin an adjective's ending.
fn takes_soft_endings(rest: &str) -> bool {
    let mut last = rest.chars().rev();
    match last.next() {
        Some('к' | 'г' | 'х' | 'ж' | 'ш' | 'ч' | 'щ') => true,
        Some('н') => {
            last.next().is_some_and(|before| !matches!(before, 'а' | 'е' | 'и' | 'о' | 'у' | 'ы' | 'э' | 'ю' | 'я'))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("ru"),
            &[
                "Карабах Карабаха Карабаху Карабахом Карабахе",
                "Арцах Арцаха Арцаху Арцахом Арцахе",
                "перемирие перемирия перемирию перемирием перемирии перемирий",
                "прекращение прекращения прекращению прекращением прекращении",
                "министр министра министру министром министре министры министров министрам министрами министрах",
                "встреча встречи встречу встрече встречей встреч встречам встречами встречах",
                "Азербайджан Азербайджана Азербайджану Азербайджаном Азербайджане",
                "Пашинян Пашиняна Пашиняну Пашиняном Пашиняне",
                "Алиев Алиева Алиеву Алиевым Алиеве",
                "Лавров Лаврова Лаврову Лавровым Лаврове",
                "Путин Путина Путину Путиным Путине",
                "Армения Армении Армению Арменией",
                "Россия России Россию Россией",
                "армия армии армию армией армий армиями",
                "армянин армянина армяне армян армянам армянами",
                "азербайджанец азербайджанцы азербайджанцев азербайджанцам",
                "беженец беженцы беженцев беженцам беженцами",
                "российский российская российские российского российских российской российскими российским",
                "военный военные военных военного военному военными",
                "последний последние последних последними последним",
                "бывший бывшие бывших",
                "переговоры переговоров переговорам переговорами переговорах",
                "мир мира миру миром мире",
                "война войны войну войне войной войн",
                "огонь огня огню огнём огне",
                "боец бойцы бойцов",
                "комментарий комментария комментарии комментариев",
                "бой бои боёв боя боях боями",
                "Шуша Шуши Шушу Шуше",
                "область области областью областей областям",
                "Кремль Кремля Кремлю Кремлём Кремле",
                "Сергей Сергея Сергею Сергеем Сергее",
                "Китай Китая Китаю Китаем Китае",
                "Корея Кореи Корею Корее",
                "посёлок посёлка посёлки посёлков посёлке",
                "восток востока востоке востоком",
                "Вьетнам Вьетнама Вьетнаме",
                "Киев Киева Киеве Киевом",
                "заявил заявила заявили",
                "сила силы силу сил силами",
                "Турция Турции Турцию Турцией",
                "посол посла послы послов послам",
                "система системы систему систем системам",
                "удар удара удары ударов ударам",
                "город города городов городах",
            ],
            &[
                ("Армения", "Армен"),
                ("армия", "армяне"),
                ("армянский", "армяне"),
                ("Баку", "бак"),
                ("Газа", "газ"),
                ("плен", "пленный"),
                ("часть", "час"),
                ("часть", "часто"),
                ("после", "посла"),
                ("мир", "мирный"),
                ("министр", "министерство"),
                ("правительство", "право"),
                ("Россия", "российский"),
                ("поле", "пол"),
                ("Иран", "Ирак"),
                ("дипломат", "дипломатия"),
                ("Карабах", "карабахский"),
                ("Турция", "тур"),
                ("Алиев", "Али"),
                ("Грузия", "груз"),
                ("день", "дно"),
                ("цель", "целый"),
                ("бой", "боевой"),
                ("рота", "рот"),
                ("пост", "постель"),
                ("Алиев", "аллея"),
                ("ранение", "раненый"),
            ],
        );
    }
}

//! Georgian: attached postpositions, cases and the plural of nouns.
//!
//! From the end: a postposition (-ში, -ზე, -თან, -დან, -მდე, -თვის, -გან, -კენ); the case (-მა, -ს, -ის, -ით, -ად,
//! after a vowel -მ and -დ); the plural -ებ and last vowels. After -ში and -ზე there is no case to take, since they
//! swallow the dative's -ს, and after -თან only that: otherwise "თბილისში" would lose the end of Tbilisi. The plural
//! goes more than once, because verbal nouns in -ება look like it in most cases: "შეთანხმების" may be of one agreement
//! or of several. Last vowels go because they fall out before some endings (მშვიდობა, მშვიდობის). At least three
//! letters remain, or ომ- (war). Listed words get back a vowel that falls out within the word (საზღვარი,
//! საზღვრის).

use std::borrow::Cow;

use super::{cut_where, letters};

/// Postpositions other than those which follow the dative.
const POSTPOSITIONS: [&str; 6] = ["დან", "მდე", "თვის", "გან", "კენ", "ვით"];
const CASES: [&str; 5] = ["მა", "ს", "ის", "ით", "ად"];
const VOWELS: [&str; 5] = ["ა", "ე", "ი", "ო", "უ"];
const VOWEL_LETTERS: [char; 5] = ['ა', 'ე', 'ი', 'ო', 'უ'];
/// Vowels that a stem may end in before the -ს of -სთან; an ი there is within a stem such as that of Tbilisi.
const DATIVE_VOWELS: [char; 4] = ['ა', 'ე', 'ო', 'უ'];
/// Words whose own vowel falls out before some endings.
const CLOSED: [(&str, &str); 4] = [("ერევნ", "ერევან"), ("საზღვრ", "საზღვარ"), ("სომხ", "სომეხ"), ("ქვეყნ", "ქვეყან")];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    let mut stem = without_case(word);
    loop {
        let before = stem;
        stem = cut_where(stem, &VOWELS, leaves_enough).unwrap_or(stem);
        stem = cut_where(stem, &["ებ"], leaves_enough).unwrap_or(stem);
        if stem == before {
            break;
        }
    }
    CLOSED.iter().find(|(open, _)| *open == stem).map_or(stem, |(_, closed)| closed).into()
}

fn without_case(word: &str) -> &str {
    if let Some(rest) = cut_where(word, &["ში", "ზე"], leaves_enough) {
        return rest;
    }
    if let Some(rest) = cut_where(word, &["თან"], leaves_enough) {
        return rest.strip_suffix("ს").filter(|rest| rest.ends_with(DATIVE_VOWELS)).unwrap_or(rest);
    }
    let word = cut_where(word, &POSTPOSITIONS, leaves_enough).unwrap_or(word);
    cut_where(word, &CASES, leaves_enough)
        .or_else(|| cut_where(word, &["მ", "დ"], |rest| leaves_enough(rest) && rest.ends_with(VOWEL_LETTERS)))
        .unwrap_or(word)
}

fn leaves_enough(rest: &str) -> bool {
    letters(rest) >= 3 || rest == "ომ"
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("ka"),
            &[
                "ყარაბაღი ყარაბაღის ყარაბაღში ყარაბაღს ყარაბაღით ყარაბაღიდან ყარაბაღთან ყარაბაღმა",
                "სომხეთი სომხეთის სომხეთში სომხეთს სომხეთიდან სომხეთთან სომხეთისთვის სომხეთმა",
                "აზერბაიჯანი აზერბაიჯანის აზერბაიჯანში აზერბაიჯანს აზერბაიჯანიდან აზერბაიჯანმა",
                "საქართველო საქართველოს საქართველოში საქართველოდან საქართველოსთან საქართველოზე საქართველომ",
                "პრეზიდენტი პრეზიდენტის პრეზიდენტმა პრეზიდენტს პრეზიდენტები პრეზიდენტების პრეზიდენტებმა",
                "მშვიდობა მშვიდობის მშვიდობას მშვიდობით მშვიდობისთვის",
                "შეთანხმება შეთანხმების შეთანხმებას შეთანხმებები შეთანხმებით შეთანხმებაზე",
                "ბაქო ბაქოს ბაქოში ბაქოდან",
                "არმია არმიის არმიას არმიაში არმიები",
                "მინისტრი მინისტრის მინისტრმა მინისტრები მინისტრებს",
                "ჯარისკაცი ჯარისკაცის ჯარისკაცები ჯარისკაცების ჯარისკაცებს ჯარისკაცებისთვის",
                "თბილისი თბილისის თბილისში თბილისს თბილისიდან თბილისთან",
                "ომი ომის ომში ომს ომმა ომით ომიდან",
                "საზღვარი საზღვრის საზღვარზე საზღვრები",
                "სომეხი სომხის სომხები სომხებს",
                "რუსეთი რუსეთის რუსეთში რუსეთს რუსეთიდან რუსეთთან რუსეთამდე",
            ],
            &[
                ("რუსეთი", "რუსი"),
                ("თურქეთი", "თურქი"),
                ("სომხეთი", "სომეხი"),
                ("მინისტრი", "სამინისტრო"),
                ("აზერბაიჯანი", "აზერბაიჯანელი"),
                ("ყარაბაღი", "ყარაბაღელი"),
                ("არმია", "არის"),
                ("პრეზიდენტი", "პრეზიდენტობა"),
                ("ჯარი", "ჯარისკაცი"),
                ("მშვიდობა", "მშვიდი"),
                ("საქართველო", "ქართველი"),
            ],
        );
    }
}

//! Persian: the plural and the linking -ی of nouns, with the zero-width non-joiner already gone.
//!
//! 1. -هایی, -های and -ها where three letters remain, so that "تنها" (only) keeps its own.
//! 2. -ی after ا and و ("نیروی", force of), where four letters remain. No other -ی: it makes "ایرانی" (Iranian) of
//!    "ایران". Before -ها comes "an attack", which without the joiner is written like a plural of another word; so the
//!    nouns in -ه that news uses in this way are listed.
//! 3. -ان only of people and only after an ending that people's names have: -یان, -گان (which becomes -ه), and the
//!    likes of "شهروندان" and "سربازان". Too many words end in it by themselves: ایران, تهران, سازمان, گروگان.
//!
//! Prefixes and verbs stay. Snowball's Persian stemmer takes -م, -ت, -د and -ش for endings and so makes "مرد" (man) of
//! "مردم" (people) and "دول" of "دولت" (government).

use std::borrow::Cow;

use super::{cut, letters};

const PLURALS: [&str; 3] = ["ها", "های", "هایی"];

/// Nouns whose -ه is not that of the plural.
const WITH_HE: [&str; 12] =
    ["بیانیه", "برنامه", "توطیه", "جلسه", "حادثه", "حمله", "خانه", "مذاکره", "معاهده", "منطقه", "نامه", "هفته"];

/// Ends of words for people, before their plural -ان.
const PEOPLE: [&str; 13] =
    ["وند", "باز", "شناس", "مدار", "مند", "گزار", "رزم", "وزیر", "رهبر", "افسر", "مامور", "شهید", "سفیر"];

pub(crate) fn stem(word: &str) -> Cow<'_, str> {
    if let Some(noun) = word.strip_suffix("ای").filter(|noun| WITH_HE.contains(noun)) {
        return noun.into();
    }
    let stem = cut(word, &PLURALS, 3).unwrap_or(word);
    let stem = cut(stem, &["ی"], 4).filter(|rest| rest.ends_with(['ا', 'و'])).unwrap_or(stem);
    if let Some(rest) = cut(stem, &["گان"], 4) {
        return format!("{rest}ه").into();
    }
    let person = cut(stem, &["ان"], 4)
        .filter(|rest| rest.ends_with('ی') && letters(rest) >= 5 || PEOPLE.iter().any(|end| rest.ends_with(end)));
    person.unwrap_or(stem).into()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, language};

    #[test]
    fn forms_meet_and_words_stay_apart() {
        check(
            language("fa"),
            &[
                "کتاب کتاب\u{200C}ها کتاب\u{200C}های کتاب\u{200C}هایی",
                "نیرو نیروها نیروهای نیروی نیروهایی",
                "حمله حمله\u{200C}ها حمله\u{200C}های حمله\u{200C}ای حمله\u{200C}هایی",
                "کشور كشور کشورها کشورهای کشورهایی",
                "مذاکره مذاکره\u{200C}ها مذاکره\u{200C}های مذاکره\u{200C}ای",
                "شهروند شهروندان",
                "سرباز سربازان سربازها سربازهای",
                "نظامی نظامیان نظامی\u{200C}ها نظامی\u{200C}های",
                "پناهنده پناهندگان پناهنده\u{200C}ها",
                "آمریکا آمریکای",
                "شورا شورای شوراها شوراهای",
                "گفتگو گفتگوی گفتگوها گفتگوهای",
                "وزیر وزیران وزیرها",
                "موشک موشک\u{200C}ها موشک\u{200C}های موشك",
                "سازمان سازمان\u{200C}ها سازمان\u{200C}های",
            ],
            &[
                ("ایران", "ایرانی"),
                ("ارمنستان", "ارمنی"),
                ("گروه", "گروگان"),
                ("صلح", "صلاح"),
                ("تهران", "تهرانی"),
                ("وزیر", "وزارت"),
                ("جنگ", "جنگل"),
                ("آذربایجان", "آذربایجانی"),
                ("مرز", "مرزی"),
                ("جهان", "جهانی"),
                ("پیمان", "پیم"),
                ("تنها", "تن"),
            ],
        );
    }
}

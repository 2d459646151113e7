//! Sentences that say what they say only after the sentence before them: quoted alone, "Its ministry denied this" would
//! point at something else, perhaps at the other side of the war.

/// Words that point back, in lower case.
const POINTING_BACK: &str = "\
    it its he his him she her they their them this that these those such both but however instead meanwhile then there \
    neither either also yet so thus hence therefore nevertheless moreover furthermore otherwise similarly likewise \
    он она оно они его её ее их это этот эта эти этого этой тот та те но однако поэтому затем тогда также кроме \
    при\u{a0}этом оба обе впрочем \
    il elle ils elles son sa ses leur leurs ce cet cette ces cela celui-ci celle-ci mais cependant toutefois ainsi \
    o onlar onun onların bu bunlar bunun buna bunu ancak lakin fakat ama ayrıca \
    həmin belə onlara bununla amma \
    նա նրանք նրա նրանց դա այն սա այդ այս բայց սակայն \
    ის იგი ისინი მისი მათი ეს ამ იმ მაგრამ თუმცა ასევე \
    او آنها آن\u{200c}ها این آن وی اما ولی همچنین";

/// The same of more than one word.
const PHRASES: &[&str] = &[
    "the latter",
    "the former",
    "the two",
    "in addition",
    "as a result",
    "at the same time",
    "after that",
    "for example",
    "the same",
    "тем не менее",
    "при этом",
    "кроме того",
    "в то же время",
    "по его словам",
    "по ее словам",
    "по её словам",
    "по их словам",
    "selon lui",
    "selon elle",
    "onun sözlərinə görə",
    "նրա խոսքով",
    "մինչդեռ",
    "მისი თქმით",
    "به گفته وی",
    "به گفته او",
];

/// Whether a sentence points back, or is nothing but somebody's words whose speaker stands beside it.
pub(super) fn points_back(sentence: &str) -> bool {
    let words = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let first = words.split(|c: char| !c.is_alphanumeric() && c != '\u{200c}').next().unwrap_or_default();
    let begins = |phrase: &&str| {
        words.strip_prefix(*phrase).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric()))
    };
    POINTING_BACK.split(' ').any(|word| word == first) || PHRASES.iter().any(begins) || is_only_quotation(sentence)
}

/// Whether a sentence stands between quote marks from its first word to its last.
fn is_only_quotation(sentence: &str) -> bool {
    let mut chars = sentence.chars();
    let Some(first) = chars.next() else { return false };
    let last = sentence.trim_end_matches(['.', '!', '?', '…', '։', ',']).chars().next_back();
    let closing: &[char] = match first {
        '"' => &['"'],
        '“' => &['”'],
        '«' => &['»'],
        '„' => &['“', '”'],
        _ => return false,
    };
    // Another quotation inside means that words of the outlet's own stand between the two.
    last.is_some_and(|last| closing.contains(&last)) && chars.filter(|c| closing.contains(c)).count() == 1
}

#[cfg(test)]
mod tests {
    use super::points_back;

    #[test]
    fn what_leans_on_the_sentence_before_is_known_in_every_language() {
        for (sentence, expected) in [
            ("It denied this.", true),
            ("Itself a town, Shusha lies high.", false),
            ("“This is not so,” the ministry said.", true),
            ("However, the truce held.", true),
            ("In addition, 43 were wounded.", true),
            ("“We will fight on.”", true),
            ("“We will fight on,” Aliyev said, “and win.”", false),
            ("“Это не так”, — сказал он.", true),
            ("По его словам, огонь прекращён.", true),
            ("Его отец был генералом.", true),
            ("Ереван ответил.", false),
            ("Il a démenti.", true),
            ("Ilham Aliyev a démenti.", false),
            ("Bu, bir ateşkes değil.", true),
            ("Bunun üzerine Bakı razılaşdı.", true),
            ("Bakı razılaşıb.", false),
            ("Նա հերքեց դա։", true),
            ("Ნა", false),
            ("ის არ დაეთანხმა.", true),
            ("ერევანმა უპასუხა.", false),
            ("او این را رد کرد.", true),
            ("ایروان پاسخ داد.", false),
            ("", false),
        ] {
            assert_eq!(points_back(sentence), expected, "{sentence}");
        }
    }
}

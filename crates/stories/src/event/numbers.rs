//! How many, as figures and as words.

use super::sentence::{Gap, Sentence};

/// The words for small numbers, by language; a word that also means something else is left out.
const WORDS: &[(&str, u64)] = &[
    // English
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    // Russian
    ("один", 1),
    ("одна", 1),
    ("одного", 1),
    ("двое", 2),
    ("два", 2),
    ("две", 2),
    ("двух", 2),
    ("трое", 3),
    ("три", 3),
    ("трех", 3),
    ("четверо", 4),
    ("четыре", 4),
    ("четырех", 4),
    ("пятеро", 5),
    ("пять", 5),
    ("пяти", 5),
    ("шестеро", 6),
    ("шесть", 6),
    ("семеро", 7),
    ("семь", 7),
    ("восемь", 8),
    ("девять", 9),
    ("десять", 10),
    ("двенадцать", 12),
    ("двадцать", 20),
];

/// Words for an unknown number of people.
const VAGUE: &[&str] = &[
    "dozens",
    "scores",
    "hundreds",
    "thousands",
    "several",
    "десятки",
    "сотни",
    "тысячи",
    "несколько",
    "dizaines",
    "centaines",
    "onlarca",
    "yüzlerce",
];

/// Words before a number that belong to it.
const ROUND: &[&str] = &[
    "at",
    "least",
    "more",
    "than",
    "some",
    "about",
    "nearly",
    "over",
    "around",
    "up",
    "to",
    "almost",
    "as",
    "many",
    "another",
    "не",
    "менее",
    "более",
    "около",
    "почти",
    "свыше",
    "еще",
    "по",
    "меньшей",
    "мере",
    "au",
    "moins",
    "plus",
    "de",
    "en",
    "az",
];

/// A number in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Number {
    pub(super) from: usize,
    pub(super) to: usize,
    /// None of "dozens".
    pub(super) value: Option<u64>,
    /// With "at least" and "more than".
    pub(super) words: String,
}

/// The numbers in a sentence that can count people: no years, no parts of dates, no shares.
pub(super) fn numbers(sentence: &Sentence<'_>) -> Vec<Number> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let Some((value, mut to)) = read(sentence, at) else {
            at += 1;
            continue;
        };
        let mut from = at;
        while from > 0 && ROUND.contains(&sentence.words[from - 1].as_str()) && sentence.tokens[from].gap == Gap::Joined
        {
            from -= 1;
        }
        // "in 43" is no more than "43"; "to 43" neither.
        while from < at && matches!(sentence.words[from].as_str(), "to" | "as" | "de" | "at" | "по" | "en") {
            if sentence
                .words
                .get(from + 1)
                .is_some_and(|word| matches!(word.as_str(), "least" | "many" | "меньшей" | "az"))
            {
                break;
            }
            from += 1;
        }
        // "43 more", "dozens of"
        if sentence.words.get(to).is_some_and(|word| word == "more" || word == "other" || word == "others") {
            to += 1;
        }
        found.push(Number { from, to, value, words: sentence.slice(from, to).to_owned() });
        at = to;
    }
    found
}

fn read(sentence: &Sentence<'_>, at: usize) -> Option<(Option<u64>, usize)> {
    let word = sentence.words[at].as_str();
    if word.bytes().all(|byte| byte.is_ascii_digit()) && word.len() <= 7 {
        let mut value: u64 = word.parse().ok()?;
        let mut to = at + 1;
        // "1,200" and "1 200"
        while word.len() <= 3 && to < sentence.words.len() && is_thousands(sentence, to) {
            value = value.checked_mul(1000)?.checked_add(sentence.words[to].parse().ok()?)?;
            to += 1;
        }
        let year = to == at + 1 && (1900..2100).contains(&value) && word.len() == 4;
        let age =
            sentence.words.get(to).is_some_and(|next| matches!(next.as_str(), "year" | "летний" | "летняя" | "й"));
        let share =
            sentence.text.get(sentence.tokens[to - 1].end..).is_some_and(|rest| rest.trim_start().starts_with('%'));
        // "10:30", "3.5"
        let part = sentence.text.get(sentence.tokens[at].end..).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!(rest.next(), Some(':' | '.')) && rest.next().is_some_and(|c| c.is_ascii_digit())
        });
        return (!year && !age && !share && !part).then_some((Some(value), to));
    }
    if let Some((_, value)) = WORDS.iter().find(|(name, _)| *name == word) {
        return Some((Some(*value), at + 1));
    }
    if word == "dozen" || word == "дюжина" {
        return Some((Some(12), at + 1));
    }
    VAGUE.contains(&word).then_some((None, at + 1))
}

fn is_thousands(sentence: &Sentence<'_>, at: usize) -> bool {
    let word = &sentence.words[at];
    let before = &sentence.tokens[at - 1];
    let tight = sentence.tokens[at].start - before.end <= 2;
    word.len() == 3
        && word.bytes().all(|byte| byte.is_ascii_digit())
        && tight
        && sentence.tokens[at].gap <= Gap::Comma
        && !sentence.text[before.end..sentence.tokens[at].start].contains(", ")
}

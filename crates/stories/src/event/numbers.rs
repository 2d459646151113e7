//! Numbers of people, in digits and in words.

use crate::grammar::WordRole;
use crate::number_words;

use super::sentence::{AnnotatedSentence, TokenGap};

/// A number in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NumberMention {
    pub(super) from: usize,
    pub(super) to: usize,
    /// The number; `None` for "dozens".
    pub(super) value: Option<u64>,
    /// The words, with "at least" and "more than".
    pub(super) words: String,
}

/// Finds the numbers that may count people: no years, no parts of dates, no shares.
pub(super) fn find_numbers(sentence: &AnnotatedSentence<'_>) -> Vec<NumberMention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < sentence.words.len() {
        let Some((value, mut to)) = read(sentence, at) else {
            at += 1;
            continue;
        };
        let mut from = at;
        while from > 0
            && number_words::is_qualifier(&sentence.words[from - 1])
            && sentence.tokens[from].gap == TokenGap::Joined
        {
            from -= 1;
        }
        // "in" and "to" before a number do not belong to it.
        while from < at
            && sentence.has_role(from, WordRole::NumberPreposition)
            && !sentence.has_role(from + 1, WordRole::AfterNumberPreposition)
        {
            from += 1;
        }
        // "43 more", "dozens of"
        to += usize::from(sentence.has_role(to, WordRole::AfterNumber));
        found.push(NumberMention { from, to, value, words: sentence.slice(from, to).to_owned() });
        at = to;
    }
    found
}

fn read(sentence: &AnnotatedSentence<'_>, at: usize) -> Option<(Option<u64>, usize)> {
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
        let age = sentence.has_role(to, WordRole::Age);
        let share =
            sentence.text.get(sentence.tokens[to - 1].end..).is_some_and(|rest| rest.trim_start().starts_with('%'));
        // "10:30", "3.5"
        let part = sentence.text.get(sentence.tokens[at].end..).is_some_and(|rest| {
            let mut rest = rest.chars();
            matches!(rest.next(), Some(':' | '.')) && rest.next().is_some_and(|c| c.is_ascii_digit())
        });
        return (!year && !age && !share && !part).then_some((Some(value), to));
    }
    match number_words::find_count(word, sentence.doc.language()) {
        Some(value) => Some((Some(value), at + 1)),
        None => number_words::is_vague(word).then_some((None, at + 1)),
    }
}

fn is_thousands(sentence: &AnnotatedSentence<'_>, at: usize) -> bool {
    let word = &sentence.words[at];
    let before = &sentence.tokens[at - 1];
    let tight = sentence.tokens[at].start - before.end <= 2;
    word.len() == 3
        && word.bytes().all(|byte| byte.is_ascii_digit())
        && tight
        && sentence.tokens[at].gap <= TokenGap::Comma
        && !sentence.text[before.end..sentence.tokens[at].start].contains(", ")
}

//! What is quoted of an article: a few of its own sentences, as they stand.

use crate::rule::Doc;
use crate::rule::eval;
use crate::rule::grammar::{Expr, Term};

/// Words that a sentence needs to say something; shorter ones are captions and bylines.
const ENOUGH_WORDS: usize = 4;

/// Abbreviations whose full stop ends no sentence, in lower case and without that stop.
const ABBREVIATIONS: &[&str] = &[
    // English
    "mr", "mrs", "ms", "dr", "prof", "gen", "lt", "col", "maj", "capt", "sgt", "cmdr", "adm", "st", "sen", "rep", "gov",
    "no", "vs", "etc", "approx", "jan", "feb", "aug", "sept", "oct", "nov", "dec", "e.g", "i.e", "a.m",
    "p.m", // Russian
    "г", "гг", "ул", "им", "тыс", "млн", "млрд", "руб", "т.е", "т.д", "т.п", "др", "пр", "см", "стр", "ген", "полк",
    // French and Turkish
    "mme", "mlle", "av", "env", "alb", "yrd", "doç",
];

/// Words that begin a sentence often enough to say that "U.S." before them ended one.
const STARTERS: &[&str] =
    &["The", "A", "An", "He", "She", "It", "They", "We", "In", "On", "At", "But", "And", "Both", "This"];

/// The sentences of a text, in order, trimmed. A line break always ends one.
pub fn sentences(text: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    for line in text.lines() {
        let mut start = 0;
        let mut chars = line.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if !matches!(c, '.' | '!' | '?' | '…' | '։' | '؟') {
                continue;
            }
            // Quotes and brackets that close belong to the sentence.
            let mut end = at + c.len_utf8();
            while let Some(&(next_at, next)) = chars.peek() {
                if !matches!(next, '.' | '!' | '?' | '…' | '"' | '”' | '’' | '»' | ')' | ']' | '\'') {
                    break;
                }
                end = next_at + next.len_utf8();
                chars.next();
            }
            if ends_sentence(&line[start..at], c, &line[end..]) {
                sentences.push(line[start..end].trim());
                start = end;
            }
        }
        sentences.push(line[start..].trim());
    }
    sentences.retain(|sentence| !sentence.is_empty());
    sentences
}

fn ends_sentence(before: &str, mark: char, after: &str) -> bool {
    let Some(first) = after.chars().next() else { return true };
    if !first.is_whitespace() {
        return false;
    }
    let Some(next) = after.trim_start().chars().next() else {
        return true;
    };
    if next.is_lowercase() {
        return false;
    }
    if mark != '.' {
        return true;
    }
    let word =
        before.rsplit(|c: char| c.is_whitespace() || matches!(c, '(' | '"' | '“' | '«')).next().unwrap_or_default();
    let lower = word.to_lowercase();
    // "U.S." and "J." are abbreviations or initials; only what follows tells whether they also ended a sentence.
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let initial = letters > 0 && word.split('.').all(|part| part.chars().count() <= 1);
    if initial && letters > 1 {
        let following = after.split_whitespace().next().unwrap_or_default();
        return STARTERS.contains(&following);
    }
    !initial && !ABBREVIATIONS.contains(&lower.as_str())
}

/// Up to `count` sentences of an article, in its own order and words: the first, and those that say most of what
/// `rules` ask for. A sentence that only repeats the title is left out.
pub fn summarise<'a>(title: &str, text: &'a str, rules: &[&Expr], count: usize) -> Vec<&'a str> {
    let title = Doc::new(title, "");
    let terms: Vec<&Term> = rules.iter().flat_map(|rule| rule.terms()).collect();
    let mut scored: Vec<(usize, usize, &str)> = Vec::new();
    for (place, sentence) in sentences(text).into_iter().enumerate() {
        let doc = Doc::new(sentence, "");
        let repeats_title = doc.words().eq(title.words());
        if repeats_title
            || doc.title_end() < ENOUGH_WORDS as u32
            || scored.iter().any(|(_, _, other)| *other == sentence)
        {
            continue;
        }
        let hits = terms.iter().filter(|term| eval::occurs(term, &doc)).count();
        scored.push((hits, place, sentence));
    }
    if scored.len() > 1 {
        // The first sentence says what happened; the rest compete by what was asked for, then by place.
        scored[1..].sort_by_key(|&(hits, place, _)| (usize::MAX - hits, place));
    }
    scored.truncate(count);
    scored.sort_by_key(|&(_, place, _)| place);
    scored.into_iter().map(|(_, _, sentence)| sentence).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::parse;

    #[test]
    fn sentences_end_where_they_end() {
        for (text, expected) in [
            ("One. Two! Three?", vec!["One.", "Two!", "Three?"]),
            ("Gen. Smith spoke. He left.", vec!["Gen. Smith spoke.", "He left."]),
            (
                "The U.S. State Department agreed. So did J. Doe.",
                vec!["The U.S. State Department agreed.", "So did J. Doe."],
            ),
            ("It began in the U.S. The rest followed.", vec!["It began in the U.S.", "The rest followed."]),
            ("Some 3.5 km. away from it.", vec!["Some 3.5 km. away from it."]),
            ("“It holds.” He nodded.", vec!["“It holds.”", "He nodded."]),
            ("В 2020 г. Баку заявил. Ереван ответил.", vec!["В 2020 г. Баку заявил.", "Ереван ответил."]),
            ("Կրակը դադարեց։ Խոսեցին։", vec!["Կրակը դադարեց։", "Խոսեցին։"]),
            ("A line\nAnother", vec!["A line", "Another"]),
            ("", vec![]),
        ] {
            assert_eq!(sentences(text), expected, "{text}");
        }
    }

    #[test]
    fn a_summary_quotes_the_first_sentence_and_what_was_asked_for() {
        let text = "Ministers met in Moscow on Friday. The weather was mild for the season. Trams ran late that evening. \
            A truce was signed by both. Reporters waited outside for hours.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise("Talks in Moscow", text, &[&truce], 2),
            ["Ministers met in Moscow on Friday.", "A truce was signed by both."]
        );
        assert_eq!(
            summarise("Ministers met in Moscow on Friday", text, &[], 1),
            ["The weather was mild for the season."]
        );
    }
}

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

/// Words that point back to the sentence before, in lower case: quoted without it they would point at something else,
/// perhaps at the other side of the war.
const POINTING_BACK: &[&str] = &[
    "it",
    "its",
    "he",
    "his",
    "him",
    "she",
    "her",
    "they",
    "their",
    "them",
    "this",
    "that",
    "these",
    "those",
    "such",
    "both",
    "but",
    "however",
    "instead",
    "the latter",
    "the former", // Russian
    "он",
    "она",
    "оно",
    "они",
    "его",
    "её",
    "ее",
    "их",
    "это",
    "этот",
    "эта",
    "эти",
    "но",
    "однако", // French
    "il",
    "elle",
    "ils",
    "elles",
    "son",
    "sa",
    "ses",
    "leur",
    "leurs",
    "ce",
    "cet",
    "cette",
    "ces",
    "cela",
    "mais",
    // Turkish and Azerbaijani
    "o",
    "onlar",
    "onun",
    "onların",
    "bu",
    "bunlar",
    "ancak",
    "lakin", // Armenian
    "նա",
    "նրանք",
    "նրա",
    "դա",
    "այն",
    "սա",
    "բայց",
];

/// A sentence that can be quoted.
struct Quotable<'a> {
    /// Its place among all sentences.
    place: usize,
    text: &'a str,
    /// How many of the words that were asked for it contains.
    hits: usize,
    /// It says what it says only after the sentence before it.
    points_back: bool,
}

/// Up to `count` sentences of an article, in its own order and words: the first, and those that say most of what
/// `rules` ask for. A sentence that only repeats the title is left out, and one that points back is quoted only together
/// with the one before it. Between sentences that do not follow each other stands an ellipsis.
pub fn summarise(title: &str, text: &str, rules: &[&Expr], count: usize) -> String {
    let title = Doc::new(title, "");
    let terms: Vec<&Term> = rules.iter().flat_map(|rule| rule.terms()).collect();
    let mut quotable: Vec<Quotable<'_>> = Vec::new();
    for (place, text) in sentences(text).into_iter().enumerate() {
        let doc = Doc::new(text, "");
        let known = doc.words().eq(title.words()) || quotable.iter().any(|other| other.text == text);
        if known || doc.title_end() < ENOUGH_WORDS as u32 {
            continue;
        }
        let hits = terms.iter().filter(|term| eval::occurs(term, &doc)).count();
        quotable.push(Quotable { place, text, hits, points_back: place > 0 && points_back(text) });
    }
    let mut chosen: Vec<Quotable<'_>> = Vec::new();
    // The first sentence says what happened; the rest compete by what was asked for, then by place.
    while chosen.len() < count {
        let follows = |sentence: &Quotable<'_>| chosen.iter().any(|before| before.place + 1 == sentence.place);
        let candidates = quotable.iter().enumerate().filter(|(_, sentence)| !sentence.points_back || follows(sentence));
        let best = if chosen.is_empty() {
            candidates.map(|(index, _)| index).next()
        } else {
            candidates.min_by_key(|(_, sentence)| (usize::MAX - sentence.hits, sentence.place)).map(|(index, _)| index)
        };
        let Some(index) = best else { break };
        chosen.push(quotable.remove(index));
    }
    chosen.sort_by_key(|sentence| sentence.place);
    let mut summary = String::new();
    for (index, sentence) in chosen.iter().enumerate() {
        if index > 0 {
            let follows = chosen[index - 1].place + 1 == sentence.place;
            summary.push_str(if follows { " " } else { " … " });
        }
        summary.push_str(sentence.text);
    }
    summary
}

fn points_back(sentence: &str) -> bool {
    let lower = sentence.trim_start_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    POINTING_BACK
        .iter()
        .any(|word| lower.strip_prefix(word).is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric())))
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
            "Ministers met in Moscow on Friday. … A truce was signed by both."
        );
        let repeated = summarise("Ministers met in Moscow on Friday", text, &[], 1);
        assert_eq!(repeated, "The weather was mild for the season.");
    }

    #[test]
    fn what_points_back_is_not_quoted_without_what_it_points_at() {
        let text = "Armenia's ministry said that Stepanakert had been shelled in the night. Azerbaijan denied this. Its \
            defence ministry said that Armenian units had fired at the truce line. Both called the truce broken.";
        let truce = parse("truce").unwrap();
        assert_eq!(
            summarise("", text, &[&truce], 3),
            "Armenia's ministry said that Stepanakert had been shelled in the night."
        );
        let text =
            "The ministers met in Moscow on Saturday. They agreed on a truce there. Trams ran late that evening.";
        assert_eq!(
            summarise("", text, &[&truce], 2),
            "The ministers met in Moscow on Saturday. They agreed on a truce there."
        );
        assert!(points_back("“Это не так”, — сказал он") && !points_back("Itself a town"));
    }
}

//! Doubts: places of a valid rule with another likely meaning.

use std::fmt;
use std::ops::Range;
use std::sync::LazyLock;

use super::lexer::{RuleToken, SpannedToken, lex};
use super::parser::parse_once;
use super::{Written, ast};
use ceasewire_text::analysis;
use ceasewire_text::languages::{Language, entries};
use ceasewire_text::{language_names, stem};

/// A place of a valid rule with another likely meaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The kind of doubt.
    pub kind: DoubtKind,
    /// The byte range of its place in the rule.
    pub span: Range<usize>,
    /// The rule with that meaning, in normal form.
    pub proposal: Option<String>,
}

/// The kinds of doubts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DoubtKind {
    /// A small word, such as "or": the author may mean an operator.
    SmallOperator(String),
    /// Lines: the author may mean a list of choices.
    Lines,
    /// A word in capitals with a common word in small letters: "WHO".
    Capitals(String),
    /// The code of a language and of a country with another language.
    CountryCode {
        /// The code as written.
        code: String,
        /// The English name of its language.
        language: String,
        /// The tag of the country's language.
        meant: String,
    },
}

impl DoubtKind {
    /// Whether the other meaning is so likely that the author must choose.
    pub fn needs_an_answer(&self) -> bool {
        matches!(self, Self::SmallOperator(_) | Self::Lines)
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            DoubtKind::SmallOperator(word) => {
                write!(
                    f,
                    "\"{word}\" is a word here, which articles must have; OR, AND and NOT in capitals join words"
                )?;
            }
            DoubtKind::Lines => f.write_str("lines are one rule: an article must have the words of all of them")?,
            DoubtKind::Capitals(word) => write!(f, "{word} also finds the word \"{}\"", word.to_lowercase())?,
            DoubtKind::CountryCode { code, language, .. } => {
                write!(f, "{code} is the code of this language: {language}")?
            }
        }
        self.proposal.as_ref().map_or(Ok(()), |proposal| write!(f, "\ndid you mean: {proposal}"))
    }
}

/// The most letters of an abbreviation with a common word of the same letters.
const MAX_CAPITALS: usize = 4;

/// Lists the doubts about a typed rule; none about a rule with a fault.
pub fn doubts(rule: &str) -> Vec<Doubt> {
    let Ok(tokens) = lex(rule, Written::Typed) else { return Vec::new() };
    let found = [small_operators(rule, &tokens), lines(rule, &tokens), capitals(rule, &tokens)];
    found.into_iter().flatten().chain(country_codes(rule, &tokens)).collect()
}

/// Makes a doubt about places of a rule. The proposal has the replacements in the places of their texts.
fn doubt(rule: &str, kind: DoubtKind, replacements: &[(Range<usize>, String)]) -> Option<Doubt> {
    let span = replacements.first()?.0.clone();
    let as_typed = parse_once(rule, Written::Typed).ok()?.0.to_string();
    let mut text = rule.to_owned();
    for (span, replacement) in replacements.iter().rev() {
        text.replace_range(span.clone(), replacement);
    }
    let proposal = parse_once(&text, Written::Typed).ok().map(|(expr, _)| expr.to_string());
    Some(Doubt { kind, span, proposal: proposal.filter(|proposal| *proposal != as_typed) })
}

/// A word of the rule as it may be an operator, not a word of a field.
fn bare_word(tokens: &[SpannedToken], place: usize) -> Option<&str> {
    let is_free = place
        .checked_sub(1)
        .is_none_or(|before| !matches!(tokens[before].0, RuleToken::Field(_) | RuleToken::Exact | RuleToken::Near(_)));
    match &tokens.get(place)?.0 {
        RuleToken::Word { text, prefix: false } if is_free && ast::is_bare(text) => Some(text),
        _ => None,
    }
}

fn ends_operand(token: &RuleToken) -> bool {
    matches!(token, RuleToken::Word { .. } | RuleToken::Phrase { .. } | RuleToken::Pattern(_) | RuleToken::Close)
}

fn begins_operand(token: &RuleToken) -> bool {
    !matches!(
        token,
        RuleToken::Close | RuleToken::Comma | RuleToken::Or | RuleToken::And | RuleToken::Near(_) | RuleToken::Not
    )
}

/// The small words for operators in all languages, the longest first: the operator, and its folded words.
static SMALL_OPERATORS: LazyLock<Vec<(&'static str, Vec<String>)>> = LazyLock::new(|| {
    let mut found = Vec::new();
    for language in Language::all() {
        for (key, phrases) in entries(language.data().file("operators.txt").unwrap_or_default()) {
            let operator = match key {
                "or" => "OR",
                "and" => "AND",
                _ => "NOT",
            };
            found.extend(phrases.split('|').map(|phrase| (operator, analysis::words(phrase))));
        }
    }
    found.sort_by_key(|(_, words)| std::cmp::Reverse(words.len()));
    found
});

fn small_operators(rule: &str, tokens: &[SpannedToken]) -> Option<Doubt> {
    let at = |place: usize| {
        SMALL_OPERATORS.iter().find_map(|(operator, words)| {
            let is_here = words.iter().enumerate().all(|(ahead, word)| {
                bare_word(tokens, place + ahead).is_some_and(|text| analysis::words(text) == [word.as_str()])
            });
            is_here.then_some((*operator, words.len()))
        })
    };
    let (mut replacements, mut first) = (Vec::new(), None);
    let mut place = 0;
    while place < tokens.len() {
        // "and not" is one operator.
        let mut run = Vec::new();
        let mut end = place;
        while let Some((operator, words)) = at(end) {
            run.push(operator);
            end += words;
        }
        let is_between = place.checked_sub(1).is_some_and(|before| ends_operand(&tokens[before].0))
            && tokens.get(end).is_some_and(|next| begins_operand(&next.0));
        let operator = match run.as_slice() {
            [operator] => Some(*operator),
            ["AND", "NOT"] => Some("NOT"),
            _ => None,
        };
        if let Some(operator) = operator.filter(|_| is_between) {
            let span = tokens[place].1.start..tokens[end - 1].1.end;
            first = first.or_else(|| rule.get(span.clone()).map(str::to_owned));
            replacements.push((span, operator.to_owned()));
        }
        place = end.max(place + 1);
    }
    doubt(rule, DoubtKind::SmallOperator(first?), &replacements)
}

fn lines(rule: &str, tokens: &[SpannedToken]) -> Option<Doubt> {
    let mut depth = 0_usize;
    let mut replacements = Vec::new();
    for pair in tokens.windows(2) {
        let [(before, first), (after, second)] = pair else { continue };
        match before {
            RuleToken::Open => depth += 1,
            RuleToken::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        let between = first.end..second.start;
        let breaks =
            rule.get(between.clone()).is_some_and(|text| text.contains(['\n', '\u{2028}', '\u{2029}', '\u{85}']));
        if depth == 0 && breaks && ends_operand(before) && begins_operand(after) {
            replacements.push((between, " OR ".to_owned()));
        }
    }
    let span = replacements.first()?.0.clone();
    // The bullet or number before the first member goes as those between the members do.
    let before = 0..tokens.first()?.1.start;
    if !rule.get(before.clone())?.trim().is_empty() {
        replacements.insert(0, (before, String::new()));
    }
    Some(Doubt { span, ..doubt(rule, DoubtKind::Lines, &replacements)? })
}

fn capitals(rule: &str, tokens: &[SpannedToken]) -> Option<Doubt> {
    let is_capital = |text: &str| text.chars().all(|c| !c.is_lowercase());
    let words = || (0..tokens.len()).filter_map(|place| Some((place, bare_word(tokens, place)?)));
    // Capitals in the whole rule say nothing.
    if words().count() > 2 && words().all(|(_, text)| is_capital(text)) {
        return None;
    }
    let common = words().filter(|(_, text)| {
        (2..=MAX_CAPITALS).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_uppercase())
            && stem::is_stop_word(&text.to_lowercase())
    });
    let found: Vec<(usize, &str)> = common.collect();
    let replacements: Vec<(Range<usize>, String)> =
        found.iter().map(|&(place, text)| (tokens[place].1.clone(), in_capitals(text))).collect();
    doubt(rule, DoubtKind::Capitals(found.first()?.1.to_owned()), &replacements)
}

/// The regular expression for an abbreviation in capitals, with points or without.
fn in_capitals(text: &str) -> String {
    let letters: Vec<String> = text.chars().map(String::from).collect();
    format!("/(?-i:\\b{}\\b)/", letters.join("\\.?"))
}

fn country_codes(rule: &str, tokens: &[SpannedToken]) -> Option<Doubt> {
    tokens.windows(2).find_map(|pair| {
        let [(RuleToken::Field(field), _), (RuleToken::Word { text: code, .. }, span)] = pair else { return None };
        let meant = language_names::of_country(code).filter(|_| field == "lang")?;
        let tag = language_names::find_tag(code).filter(|tag| tag != meant)?;
        let kind = DoubtKind::CountryCode {
            code: code.clone(),
            language: language_names::english_name(&tag)?.to_owned(),
            meant: meant.to_owned(),
        };
        doubt(rule, kind, &[(span.clone(), meant.to_owned())])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_meant_otherwise_is_doubted() {
        for (rule, proposal) in [
            ("truce or corridor", Some("truce OR corridor")),
            ("shusha not football", Some("shusha -football")),
            ("shusha and not football", Some("shusha -football")),
            ("shusha but not football", Some("shusha -football")),
            ("shusha without football", Some("shusha -football")),
            ("shusha except \"football club\"", Some("shusha -\"football club\"")),
            ("Шуша кроме футбола", Some("Шуша -футбола")),
            ("перемирие или коридор", Some("перемирие OR коридор")),
            ("trêve ou cessez-le-feu", Some("trêve OR cessez-le-feu")),
            ("ateşkes ya da barış", Some("ateşkes OR barış")),
            ("atəşkəs və ya sülh", Some("atəşkəs OR sülh")),
            ("հրադադար կամ խաղաղություն", Some("հրադադար OR խաղաղություն")),
            ("آتش‌بس یا صلح", Some("آتش‌بس OR صلح")),
            ("truce\ncorridor", Some("truce OR corridor")),
            ("truce\r\ncorridor\nshusha bridge", Some("truce OR corridor OR shusha bridge")),
            ("1. truce\n2. corridor", Some("truce OR corridor")),
            ("- truce\n- corridor", Some("truce OR corridor")),
            ("WHO", Some("/(?-i:\\bW\\.?H\\.?O\\b)/")),
            ("lang:am shusha", Some("lang:hy shusha")),
            ("or not near", None),
            ("truce OR corridor", None),
            ("\"truce or corridor\"", None),
            ("or", None),
            ("title:or truce", None),
            ("truce OR\ncorridor", None),
            ("truce\n-corridor", None),
            ("(truce\ncorridor)", None),
            ("who", None),
            ("OSCE", None),
            ("WAR IN THE NORTH", None),
            ("lang:hy", None),
        ] {
            let found = doubts(rule);
            assert_eq!(found.first().and_then(|doubt| doubt.proposal.as_deref()), proposal, "{rule}: {found:?}");
        }
    }
}

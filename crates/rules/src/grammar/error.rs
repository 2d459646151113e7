//! The faults of a rule, in words for its author: the fault, its place, and what to type instead.

use std::fmt;
use std::ops::Range;

use super::{MAX_CHARS, MAX_DEPTH, MAX_NEAR, MAX_PATTERN_CHARS, MAX_PATTERNS, MAX_TERMS};

/// Characters of the rule shown around a fault.
const WINDOW: usize = 60;

/// A fault in a rule. `Display` draws the rule with a caret under the place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleError {
    /// The rule as written.
    pub rule: Box<str>,
    /// The byte range of the place in `rule`.
    pub span: Range<usize>,
    /// The kind of fault.
    pub fault: RuleFault,
    /// Proposed rules without the fault, in normal form, the likeliest first.
    pub proposals: Box<[String]>,
}

/// The kinds of faults.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleFault {
    /// The rule is empty.
    #[error("the rule is empty; type the words that an article must contain")]
    Empty,
    /// A quote has no end.
    #[error("this quote has no end; close it with \"")]
    UnclosedQuote,
    /// A parenthesis has no end.
    #[error("this parenthesis has no end; close it with )")]
    UnclosedGroup,
    /// A closing parenthesis has no beginning.
    #[error("this parenthesis closes nothing; remove it, or open one with ( before it")]
    StrayClose,
    /// Nothing stands between two parentheses or quotes.
    #[error("there is nothing in here; put words between, or remove it")]
    EmptyGroup,
    /// An operator has nothing on its right.
    #[error("{0} needs something after it; to search for the word itself, put it in quotes")]
    NothingAfter(String),
    /// An operator has nothing on its left.
    #[error("{0} needs something before it; to search for the word itself, put it in quotes")]
    NothingBefore(String),
    /// A field that does not exist.
    #[error(
        "there is no field \"{0}:\"; there are title:, source:, lang: and topic:; to search for these words, put them in quotes"
    )]
    UnknownField(String),
    /// A field inside another.
    #[error("a field cannot stand inside another; close the first one's parenthesis before it")]
    NestedField,
    /// A topic that the caller does not know.
    #[error("there is no topic \"{name}\"{}; there are {}", did_you_mean(.similar.as_deref()), .topics.join(", "))]
    UnknownTopic {
        /// The topic as written.
        name: String,
        /// The most similar topic, if one is similar.
        similar: Option<String>,
        /// Every topic that the caller knows.
        topics: Vec<String>,
    },
    /// A sign that other search engines read as a minus.
    #[error("{0} has no meaning here; type - right before a word that must not be there, or leave the sign out")]
    MaybeNot(char),
    /// A star, a question mark or a percent sign elsewhere than a star at the end of a word.
    #[error("a star stands only at the end of a word, as in negotiat*; other beginnings need a regular expression")]
    InnerStar,
    /// A weight behind a word.
    #[error("words have no weight here; leave out ^ and the number")]
    Boost,
    /// Fuzziness behind a word, or slop behind a phrase.
    #[error("~ has no meaning here; for words near each other type a NEAR/5 b, or leave the sign out")]
    Fuzzy,
    /// Letters behind a regular expression, other than flags.
    #[error("a regular expression ends with its slash; put words with slashes in quotes")]
    PatternFlags,
    /// A language that does not exist.
    #[error("there is no language \"{name}\"{}; type a code such as en, ru or hy, or the name of the language", did_you_mean(.similar.as_deref()))]
    UnknownLanguage {
        /// The language as written.
        name: String,
        /// The code of the most similar language, if one is similar.
        similar: Option<String>,
    },
    /// Signs without a letter or digit.
    #[error("there is no letter or digit in this; type a word")]
    NoWord,
    /// A star with nothing before it.
    #[error("a star stands at the end of a word's beginning, as in negotiat*; type at least one letter before it")]
    BareStar,
    /// A star, an equals sign or a regular expression in a field that takes a whole name.
    #[error("{0}: takes a whole name; leave out the star, the equals sign or the slashes")]
    WholeName(String),
    /// `NEAR` without a usable distance.
    #[error("NEAR needs a distance from 1 to {MAX_NEAR}, as in shusha NEAR/5 captured")]
    BadNear,
    /// `NEAR` between operands that do not occur in one place.
    #[error("NEAR joins words, phrases, or several of them as (a OR b), all without a field or a minus")]
    NearOperand,
    /// A regular expression has no end.
    #[error("this regular expression has no end; close it with /, or put the words in quotes")]
    UnclosedPattern,
    /// An invalid regular expression.
    #[error("this is not a regular expression that can be used: {0}; for plain words use quotes instead of slashes")]
    BadPattern(String),
    /// A regular expression is too long.
    #[error("a regular expression has at most {MAX_PATTERN_CHARS} characters; shorten it, or split the rule")]
    LongPattern,
    /// There are too many regular expressions.
    #[error("a rule has at most {MAX_PATTERNS} regular expressions; split it into several")]
    TooManyPatterns,
    /// The rule is too long.
    #[error("the rule is longer than {MAX_CHARS} characters; split it into several")]
    TooLong,
    /// The rule is nested too deeply.
    #[error("the rule is nested deeper than {MAX_DEPTH} levels; use fewer parentheses")]
    TooDeep,
    /// The rule has too many words.
    #[error("the rule has more than {MAX_TERMS} words; split it into several")]
    TooManyTerms,
    /// The rule matches a document without any of its words.
    #[error("this would match every article without those words; add a word that must be there")]
    OnlyNegative,
}

fn did_you_mean(name: Option<&str>) -> String {
    name.map(|name| format!(", did you mean \"{name}\"?")).unwrap_or_default()
}

/// Names of fields in other search engines, each with the field here.
const OTHER_FIELDS: [(&str, &str); 22] = [
    ("headline", "title"),
    ("intitle", "title"),
    ("allintitle", "title"),
    ("subject", "title"),
    ("заголовок", "title"),
    ("titre", "title"),
    ("başlık", "title"),
    ("վերնագիր", "title"),
    ("from", "source"),
    ("site", "source"),
    ("domain", "source"),
    ("host", "source"),
    ("outlet", "source"),
    ("publisher", "source"),
    ("by", "source"),
    ("источник", "source"),
    ("kaynak", "source"),
    ("language", "lang"),
    ("язык", "lang"),
    ("dil", "lang"),
    ("about", "topic"),
    ("category", "topic"),
];

/// Finds the field that an unknown one may stand for.
pub(super) fn did_you_mean_field(name: &str) -> Option<&'static str> {
    let other = OTHER_FIELDS.iter().find(|(other, _)| *other == name).map(|(_, field)| *field);
    let slips = |field: &&str| strsim::damerau_levenshtein(name, field) <= 2;
    other.or_else(|| super::lexer::FIELDS.into_iter().find(|field| slips(field) && name.len() > 3))
}

impl RuleError {
    /// Draws the rule around the fault, and under it a line with a caret below each faulty character.
    pub fn drawing(&self) -> String {
        // A line break or tab would shift the carets; a blank is one character wide.
        let chars: Vec<char> = self.rule.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let start = count_chars(&self.rule, self.span.start);
        let end = count_chars(&self.rule, self.span.end).max(start + 1);
        let from = if chars.len() <= WINDOW { 0 } else { start.saturating_sub(WINDOW / 2) };
        let to = (from + WINDOW).min(chars.len());
        let head = if from > 0 { "…" } else { "" };
        let tail = if to < chars.len() { "…" } else { "" };
        let shown: String = chars.get(from..to).unwrap_or_default().iter().collect();
        let indent = " ".repeat(start - from + head.chars().count());
        let carets = "^".repeat(end.min(to.max(start + 1)) - start);
        format!("{head}{shown}{tail}\n{indent}{carets}")
    }
}

fn count_chars(text: &str, byte: usize) -> usize {
    text.char_indices().take_while(|(index, _)| *index < byte).count()
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.fault, self.drawing())?;
        self.proposals.iter().try_for_each(|proposal| write!(f, "\ndid you mean: {proposal}"))
    }
}

impl std::error::Error for RuleError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_caret_counts_characters_not_bytes() {
        let rule = "Ղարաբաղ (перемирие".to_owned();
        let at = rule.find('(').unwrap();
        let error = RuleError {
            rule: rule.into(),
            span: at..at + 1,
            fault: RuleFault::UnclosedGroup,
            proposals: Box::default(),
        };
        assert_eq!(error.drawing(), "Ղարաբաղ (перемирие\n        ^");
    }

    #[test]
    fn a_long_rule_is_shown_around_its_fault() {
        let rule = format!("{} )", "word ".repeat(60));
        let at = rule.len() - 1;
        let error =
            RuleError { rule: rule.into(), span: at..at + 1, fault: RuleFault::StrayClose, proposals: Box::default() };
        let drawing = error.drawing();
        let lines: Vec<&str> = drawing.lines().collect();
        assert!(lines[0].starts_with('…') && lines[0].chars().count() <= WINDOW + 2);
        assert_eq!(lines[0].chars().nth(lines[1].chars().count() - 1), Some(')'));
    }

    #[test]
    fn a_place_after_the_end_is_drawn() {
        let error = RuleError { rule: Box::default(), span: 0..0, fault: RuleFault::Empty, proposals: Box::default() };
        assert_eq!(error.drawing(), "\n^");
    }
}

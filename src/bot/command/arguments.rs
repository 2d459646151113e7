//! Helpers for the parsers of arguments.

use std::collections::BTreeSet;

use super::{ArgumentFault, ParsedRequest, Request};
use ceasewire_text::signs;

/// Splits the first word from the text after it.
pub(in crate::bot) fn word_and_rest(arguments: &str) -> (&str, &str) {
    let (word, rest) = arguments.split_once(char::is_whitespace).unwrap_or((arguments, ""));
    (word, rest.trim())
}

/// Splits at blanks and commas, and lowers the case.
pub(in crate::bot) fn words(arguments: &str) -> Vec<String> {
    arguments
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Lowers the case, and turns the signs and digits of all keyboards into those of ASCII.
pub(in crate::bot) fn lowercase(typed: &str) -> String {
    signs::plain_text(&typed.to_lowercase())
}

/// The most numbers of a selection: a range longer than any list is a slip.
const MAX_SELECTED: usize = 500;

/// Numbers of a list, as people type them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::bot) enum ListSelection {
    /// All of the list.
    All,
    /// These numbers, from 1, ascending.
    Numbers(Vec<usize>),
}

impl ListSelection {
    /// Parses `2`, `#2`, `2.`, `۲`, `1 2`, `1, 2 and 4`, `1-3` and `all`.
    pub(in crate::bot) fn parse(typed: &str) -> Option<Self> {
        let typed = lowercase(typed);
        if matches!(typed.trim().trim_matches('.'), "all" | "everything" | "*") {
            return Some(Self::All);
        }
        // A hyphen between blanks is a range too.
        let typed = typed.split('-').map(str::trim).collect::<Vec<_>>().join("-");
        let mut numbers = BTreeSet::new();
        let parts = typed.split(|c: char| c.is_whitespace() || c == ',');
        for part in parts.filter(|part| !matches!(*part, "" | "and" | "no" | "no." | "number" | "#")) {
            let (first, last) = part.split_once('-').unwrap_or((part, part));
            let (first, last) = (list_number(first)?, list_number(last)?);
            if first > last || last - first >= MAX_SELECTED {
                return None;
            }
            numbers.extend(first..=last);
        }
        (!numbers.is_empty()).then(|| Self::Numbers(numbers.into_iter().collect()))
    }

    /// The places of the selection in a list of `count`; the first number that the list lacks where there is one.
    pub(in crate::bot) fn places(&self, count: usize) -> Result<Vec<usize>, usize> {
        match self {
            Self::All => Ok((0..count).collect()),
            Self::Numbers(numbers) => numbers
                .iter()
                .map(|&number| number.checked_sub(1).filter(|&place| place < count).ok_or(number))
                .collect(),
        }
    }
}

/// Parses a number of a list with the signs that a list puts around it: `#2`, `2.`, `2)`, `2:`.
pub(in crate::bot) fn list_number(typed: &str) -> Option<usize> {
    lowercase(typed).trim_matches(['#', '.', ')', '(', ':', ' ']).parse().ok()
}

/// Parses the arguments of a command without arguments: there must be none.
pub(in crate::bot) fn without_arguments(request: impl Request + 'static, arguments: &str) -> ParsedRequest {
    if arguments.is_empty() { Ok(Box::new(request)) } else { Err(ArgumentFault::Unknown(arguments.to_owned())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_a_list_have_many_spellings() {
        for (typed, expected) in [
            ("1", Some(&[1][..])),
            ("#1", Some(&[1])),
            ("№1", Some(&[1])),
            ("1.", Some(&[1])),
            ("1)", Some(&[1])),
            ("۱", Some(&[1])),
            ("１２", Some(&[12])),
            ("\u{200E}2\u{FEFF}", Some(&[2])),
            ("2 1", Some(&[1, 2])),
            ("1, 2", Some(&[1, 2])),
            ("1، 2 and 4", Some(&[1, 2, 4])),
            ("1-3", Some(&[1, 2, 3])),
            ("1 – 3", Some(&[1, 2, 3])),
            ("#1-#2, 5", Some(&[1, 2, 5])),
            ("0", Some(&[0])),
            ("3-1", None),
            ("1-100000", None),
            ("shusha", None),
            ("1 shusha", None),
            ("-1", None),
            ("", None),
        ] {
            let expected = expected.map(|numbers| ListSelection::Numbers(numbers.to_vec()));
            assert_eq!(ListSelection::parse(typed), expected, "{typed}");
        }
        assert_eq!(ListSelection::parse("ALL"), Some(ListSelection::All));
        assert_eq!(ListSelection::All.places(2), Ok(vec![0, 1]));
        assert_eq!(ListSelection::Numbers(vec![1, 3]).places(2), Err(3));
        assert_eq!(ListSelection::Numbers(vec![0]).places(2), Err(0));
    }
}

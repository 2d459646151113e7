//! The spellings of `NEAR`, in this language and in those of other search engines.

use super::{MAX_NEAR, Written};

/// Signs behind a word that may belong to a distance: ` 100`, `(100)`.
pub(super) const LONGEST_NUMBER: usize = 8;

/// Reads a distance from a word and the signs behind it: the distance, `None` where it is unusable, and the number of
/// signs behind the word that belong to it. Returns `None` for any other word.
pub(super) fn read(word: &str, behind: &str, written: Written) -> Option<(Option<u32>, usize)> {
    if written == Written::Stored {
        let distance = word.strip_prefix("NEAR")?;
        return (distance.is_empty() || distance.starts_with('/'))
            .then(|| (distance.strip_prefix('/').and_then(number), 0));
    }
    let upper = word.to_uppercase();
    let (name, distance) = match upper.find(|c: char| !c.is_alphabetic()) {
        Some(end) => upper.split_at(end),
        None => (upper.as_str(), ""),
    };
    let is_long = matches!(name, "NEAR" | "WITHIN" | "AROUND");
    if !(is_long || matches!(name, "W" | "N" | "ADJ")) {
        return None;
    }
    let is_capital = word.starts_with("NEAR");
    match distance.strip_prefix(['/', ':', '~', '=']) {
        Some(digits) if !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()) => Some((number(digits), 0)),
        Some(_) if is_capital => Some((None, 0)),
        Some(_) => None,
        None if !distance.is_empty() => {
            let all_digits = distance.chars().all(|c| c.is_ascii_digit());
            (all_digits && name == "NEAR").then(|| (number(distance), 0))
        }
        None if is_long => {
            let (inner, signs) = match behind.strip_prefix('(') {
                Some(inner) => (inner.split_once(')').map_or("", |(inner, _)| inner), 2),
                // A small "near 5" may be words.
                None if is_capital => (leading_number(behind), 0),
                None => ("", 0),
            };
            let blanks = inner.len() - inner.trim_start().len();
            let digits = inner.trim();
            if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
                return is_capital.then_some((None, 0));
            }
            Some((number(digits), blanks + digits.len() + signs + (inner.len() - inner.trim_end().len())))
        }
        None => None,
    }
}

/// The blanks and the number that a text begins with; nothing where a word follows at once.
fn leading_number(text: &str) -> &str {
    let digits = text.trim_start_matches(' ');
    let blanks = text.len() - digits.len();
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let ends = digits[end..].chars().next().is_none_or(char::is_whitespace);
    if ends && end > 0 { &text[..blanks + end] } else { "" }
}

fn number(digits: &str) -> Option<u32> {
    digits.parse().ok().filter(|number| (1..=MAX_NEAR).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_distance_has_many_spellings() {
        for (word, behind, expected) in [
            ("NEAR/5", " b", Some((Some(5), 0))),
            ("near/5", " b", Some((Some(5), 0))),
            ("Near/5", "", Some((Some(5), 0))),
            ("NEAR5", "", Some((Some(5), 0))),
            ("near5", "", Some((Some(5), 0))),
            ("W/5", "", Some((Some(5), 0))),
            ("w/12", "", Some((Some(12), 0))),
            ("NEAR:5", "", Some((Some(5), 0))),
            ("within/5", "", Some((Some(5), 0))),
            ("AROUND", "(5) b", Some((Some(5), 3))),
            ("around", "( 5 ) b", Some((Some(5), 5))),
            ("NEAR", " 5 b", Some((Some(5), 2))),
            ("NEAR", "(5)", Some((Some(5), 3))),
            ("NEAR", " b", Some((None, 0))),
            ("NEAR/999", "", Some((None, 0))),
            ("NEAR/x", "", Some((None, 0))),
            ("near", " 5 b", None),
            ("near/village", "", None),
            ("within", " days", None),
            ("W5", "", None),
            ("nearby", "", None),
            ("shusha", "", None),
        ] {
            assert_eq!(read(word, behind, Written::Typed), expected, "{word}{behind}");
        }
        for (word, expected) in [("NEAR/5", Some((Some(5), 0))), ("NEAR", Some((None, 0))), ("NEAR5", None)] {
            assert_eq!(read(word, " 5", Written::Stored), expected, "{word}");
        }
    }
}

//! Helpers for the parsers of arguments.

use super::{ArgumentFault, ParsedRequest, Request};

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

/// Lowers the case, and turns the digits of Persian and Arabic keyboards into ASCII digits.
pub(in crate::bot) fn lowercase(typed: &str) -> String {
    let digit = |c: char| match c {
        '\u{660}'..='\u{669}' => char::from_digit(u32::from(c) - 0x660, 10).unwrap_or(c),
        '\u{6f0}'..='\u{6f9}' => char::from_digit(u32::from(c) - 0x6f0, 10).unwrap_or(c),
        _ => c,
    };
    typed.to_lowercase().chars().map(digit).collect()
}

/// Parses the arguments of a command without arguments: there must be none.
pub(in crate::bot) fn without_arguments(request: impl Request + 'static, arguments: &str) -> ParsedRequest {
    if arguments.is_empty() { Ok(Box::new(request)) } else { Err(ArgumentFault::Unknown(arguments.to_owned())) }
}

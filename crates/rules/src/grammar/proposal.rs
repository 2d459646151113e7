//! Proposals for the author of a faulty rule: whole rules without a fault, in normal form.

use std::ops::Range;

use super::error::did_you_mean_field;
use super::parser::parse_once;
use super::{Fault, RuleFault, Written, wildcard};

/// The most faults of one rule that a proposal mends.
const MAX_MENDED: usize = 20;

/// Proposes rules for a fault of a typed rule, the likeliest first.
pub(super) fn proposals(rule: &str, (span, fault): &Fault) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for choice in 0..replacements(rule, span, fault).len() {
        if let Some(proposal) = mend(rule, span, fault, choice)
            && !found.contains(&proposal)
        {
            found.push(proposal);
        }
    }
    found
}

/// Mends each fault of a rule in the same way, and returns the normal form if none remains.
fn mend(rule: &str, span: &Range<usize>, fault: &RuleFault, choice: usize) -> Option<String> {
    let (mut text, mut span, mut fault) = (rule.to_owned(), span.clone(), fault.clone());
    for _ in 0..MAX_MENDED {
        let replacement = replacements(&text, &span, &fault).into_iter().nth(choice)?;
        text.replace_range(span, &replacement);
        match parse_once(&text, Written::Typed) {
            Ok((expr, _)) => return Some(expr.to_string()),
            Err((next, other)) => (span, fault) = (next, other),
        }
    }
    None
}

/// The texts that may stand in the place of a fault.
fn replacements(rule: &str, span: &Range<usize>, fault: &RuleFault) -> Vec<String> {
    let place = rule.get(span.clone()).unwrap_or_default();
    match fault {
        RuleFault::MaybeNot(_) => vec!["-".into(), String::new()],
        RuleFault::InnerStar => {
            // The fault of a phrase is its star alone.
            if place.chars().count() > 1 { vec![wildcard::as_pattern(place)] } else { vec![String::new()] }
        }
        RuleFault::Boost | RuleFault::Fuzzy => {
            let end = place.rfind(['^', '~', '～']).unwrap_or(place.len());
            let (word, number) = place.split_at(end);
            let words: Vec<&str> = word.split_whitespace().collect();
            let distance: Option<u32> =
                number.trim_start_matches(['~', '～']).parse().ok().filter(|&number| number > 0);
            match (words.as_slice(), distance) {
                ([one, other], Some(distance)) if *fault == RuleFault::Fuzzy => {
                    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
                    vec![format!("{} NEAR/{distance} {}", bare(one), bare(other)), word.to_owned()]
                }
                _ => vec![word.to_owned()],
            }
        }
        RuleFault::PatternFlags => vec![format!("\"{}\"", place.replace('"', " "))],
        RuleFault::UnknownField(name) => {
            did_you_mean_field(name).map(|field| format!("{field}:")).into_iter().collect()
        }
        RuleFault::UnknownLanguage { similar: Some(tag), .. } => vec![tag.clone()],
        _ => Vec::new(),
    }
}

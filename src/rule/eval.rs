//! Whether an article satisfies a rule.

use std::ops::Range;

use super::analysis::Doc;
use super::grammar::{Expr, Field, Term};

/// Whether `doc` satisfies `expr`.
pub fn matches(expr: &Expr, doc: &Doc) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|part| matches(part, doc)),
        Expr::Any(parts) => parts.iter().any(|part| matches(part, doc)),
        Expr::Not(inner) => !matches(inner, doc),
        Expr::Term(term) => occurs(term, doc),
        Expr::Near { left, right, within } => near(left, right, *within, doc),
        Expr::Source(name) => doc.sources().iter().any(|source| source == name),
        Expr::Language(tag) => doc.is_in_language(tag),
        Expr::Topic(topic) => doc.topics().contains(topic),
    }
}

/// Whether an article with none of the rule's words, by no outlet and about no topic, would satisfy it.
pub fn accepts_nothing(expr: &Expr) -> bool {
    matches(expr, &Doc::default())
}

/// Whether a word or phrase occurs in `doc`.
pub fn occurs(term: &Term, doc: &Doc) -> bool {
    let mut found = false;
    each_place(term, doc, &mut |_, _| {
        found = true;
        false
    });
    found
}

/// Calls `visit` with the first and last position of each occurrence, until it returns `false`.
fn each_place(term: &Term, doc: &Doc, visit: &mut dyn FnMut(u32, u32) -> bool) {
    let Some((last, before)) = term.tokens.split_last() else {
        return;
    };
    let end = match term.field {
        Field::Anywhere => u32::MAX,
        Field::Title => doc.title_end(),
    };
    let mut ends_at = |positions: &[u32]| -> bool {
        for &position in positions.iter().take_while(|&&position| position < end) {
            let Some(start) = position.checked_sub(before.len() as u32) else {
                continue;
            };
            let whole = before.iter().zip(start..).all(|(word, at)| doc.positions(word).binary_search(&at).is_ok());
            if whole && !visit(start, position) {
                return false;
            }
        }
        true
    };
    if term.prefix {
        for positions in doc.with_prefix(last) {
            if !ends_at(positions) {
                return;
            }
        }
    } else {
        ends_at(doc.positions(last));
    }
}

fn near(left: &[Term], right: &[Term], within: u32, doc: &Doc) -> bool {
    let places = |terms: &[Term]| {
        let mut places = Vec::new();
        for term in terms {
            each_place(term, doc, &mut |start, end| {
                places.push((start, end));
                true
            });
        }
        places
    };
    let right = places(right);
    places(left).into_iter().any(|(start, end)| {
        right.iter().any(|&(other_start, other_end)| {
            // The distance between the nearest ends; overlapping places are one and the same word.
            (other_start > end && other_start - end <= within) || (start > other_end && start - other_end <= within)
        })
    })
}

/// Why an article satisfies a rule, or not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// It does.
    pub matched: bool,
    /// The words that were found, in order, without overlaps.
    pub places: Vec<Place>,
    /// Parts of the rule that the article lacks or should not have, in normal form.
    pub failed: Vec<Failed>,
}

/// Where a rule's words were found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which part of the article.
    pub zone: Zone,
    /// Bytes in that part.
    pub span: Range<usize>,
}

/// A part of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The headline.
    Title,
    /// The body.
    Text,
}

/// A part of a rule that keeps an article from satisfying it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The part in normal form.
    pub part: String,
    /// It occurs although it must not; `false`: it does not occur.
    pub found: bool,
}

/// Why an article satisfies a rule, or not.
pub fn explain(expr: &Expr, doc: &Doc) -> Explanation {
    let mut explanation = Explanation { matched: matches(expr, doc), ..Explanation::default() };
    gather(expr, doc, &mut explanation);
    explanation.places.sort_by_key(|place| (place.zone, place.span.start, std::cmp::Reverse(place.span.end)));
    let mut last: Option<(Zone, usize)> = None;
    explanation.places.retain(|place| {
        let apart = last.is_none_or(|(zone, end)| zone != place.zone || end <= place.span.start);
        if apart {
            last = Some((place.zone, place.span.end));
        }
        apart
    });
    explanation
}

fn gather(expr: &Expr, doc: &Doc, into: &mut Explanation) {
    let fail = |into: &mut Explanation, part: &Expr, found| into.failed.push(Failed { part: part.to_string(), found });
    match expr {
        Expr::All(parts) => parts.iter().for_each(|part| gather(part, doc, into)),
        Expr::Any(parts) if matches(expr, doc) => {
            parts.iter().filter(|part| matches(part, doc)).for_each(|part| gather(part, doc, into));
        }
        Expr::Not(inner) if matches(inner, doc) => fail(into, inner, true),
        Expr::Not(_) => {}
        leaf if !matches(leaf, doc) => fail(into, leaf, false),
        leaf => {
            for term in leaf.terms() {
                each_place(term, doc, &mut |first, last| {
                    if let (Some((in_text, start)), Some((_, end))) = (doc.span(first), doc.span(last)) {
                        let zone = if in_text { Zone::Text } else { Zone::Title };
                        into.places.push(Place { zone, span: start.start..end.end });
                    }
                    true
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::parse;

    fn doc() -> Doc {
        Doc::new(
            "Truce agreed in Nagorno-Karabakh",
            "The OSCE Minsk Group welcomed it. Shusha was captured, Baku said; Delaware was not concerned.",
        )
        .from_source(["caucasus-wire", "Caucasus Wire"], Some("https://www.caucasuswire.example/a"))
        .in_language(Some("en-GB"))
        .about(vec!["ceasefire".into()])
    }

    #[test]
    fn operators_decide_as_documented() {
        for (rule, expected) in [
            ("truce", true),
            ("TRUCE", true),
            ("war", false),
            ("truce baku", true),
            ("truce moscow", false),
            ("moscow OR baku", true),
            ("moscow, baku", true),
            ("truce -baku", false),
            ("truce -moscow", true),
            ("truce -(moscow OR baku)", false),
            ("\"minsk group\"", true),
            ("\"group minsk\"", false),
            ("\"nagorno karabakh the\"", false),
            ("\"osce minsk gr*\"", true),
            ("welcom*", true),
            ("welcome", false),
            ("title:truce", true),
            ("title:shusha", false),
            ("title:(truce OR shusha)", true),
            ("title:(truce shusha)", false),
            ("shusha NEAR/2 captured", true),
            ("captured NEAR/2 shusha", true),
            ("shusha NEAR/1 captured", false),
            ("truce NEAR/100 osce", false),
            ("(shusha OR x) NEAR/4 (baku OR y)", true),
            ("source:caucasus-wire", true),
            ("source:\"Caucasus Wire\"", true),
            ("source:caucasuswire.example", true),
            ("source:other", false),
            ("lang:en", true),
            ("lang:e", false),
            ("topic:ceasefire", true),
            ("topic:meeting", false),
            ("Nagorno-Karabakh", true),
        ] {
            assert_eq!(matches(&parse(rule).unwrap(), &doc()), expected, "{rule}");
        }
    }

    #[test]
    fn an_explanation_names_what_was_found_and_what_was_missing() {
        let of = |rule: &str| explain(&parse(rule).unwrap(), &doc());
        let found = of("(truce OR war) \"minsk group\"");
        assert!(found.matched && found.failed.is_empty());
        let spans: Vec<_> = found.places.iter().map(|place| (place.zone, place.span.clone())).collect();
        assert_eq!(spans, [(Zone::Title, 0..5), (Zone::Text, 9..20)]);
        let lacking = of("truce (moscow OR paris) -baku");
        assert!(!lacking.matched);
        let failed: Vec<_> = lacking.failed.iter().map(|failed| (failed.part.as_str(), failed.found)).collect();
        assert_eq!(failed, [("moscow OR paris", false), ("baku", true)]);
    }
}

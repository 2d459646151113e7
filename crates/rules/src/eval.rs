//! Evaluates one rule against one document, and explains the result.
//!
//! [`Index`](crate::Index) is faster from a handful of rules on, and agrees with this module on every rule.

use std::ops::Range;

use super::grammar::{Expr, Field, Pattern, Term, TermForm};
use crate::budget::StepBudget;
use crate::pattern_search;
use ceasewire_text::analysis::Doc;
use ceasewire_text::stem;

/// The most matches of a regular expression in an explanation, in the title and in the text.
const MAX_PATTERN_SPANS: usize = 10;
/// Steps that an explanation takes to find the matches of one regular expression.
const MAX_PATTERN_SPAN_STEPS: u64 = 20_000_000;

/// Returns whether a document satisfies a rule.
///
/// ```
/// use ceasewire_rules::{Doc, eval, parse};
///
/// let rule = parse("title:truce baku")?;
/// assert!(eval::matches(&rule, &Doc::new("Truces announced", "Baku confirmed.")));
/// assert!(!eval::matches(&rule, &Doc::new("Baku", "A truce was announced.")));
/// # Ok::<(), ceasewire_rules::RuleError>(())
/// ```
pub fn matches(expr: &Expr, doc: &Doc) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|part| matches(part, doc)),
        Expr::Any(parts) => parts.iter().any(|part| matches(part, doc)),
        Expr::Not(inner) => !matches(inner, doc),
        Expr::Term(term) => occurs(term, doc),
        Expr::Pattern(pattern) => pattern_matches(pattern, doc),
        Expr::Near { left, right, within } => near(left, right, *within, doc),
        Expr::Source(name) => doc.sources().iter().any(|source| source == name),
        Expr::Language(tag) => doc.is_in_language(tag),
        Expr::Topic(topic) => doc.topics().contains(topic),
    }
}

/// Returns whether a rule consists of stop words only, so that it matches nearly every document.
pub fn asks_only_for_stop_words(rule: &Expr) -> bool {
    let (mut leaves, mut terms) = (0, 0);
    rule.for_each_leaf(&mut |leaf| {
        leaves += 1;
        terms += usize::from(matches!(leaf, Expr::Term(_)));
    });
    leaves == terms
        && rule.terms().iter().all(|term| !term.prefix && term.tokens.iter().all(|word| stem::is_stop_word(word)))
}

/// Returns whether a word, a phrase or a name occurs in a document.
pub fn occurs(term: &Term, doc: &Doc) -> bool {
    let mut found = false;
    each_occurrence(term, doc, &mut |_, _| {
        found = true;
        false
    });
    found
}

/// Calls `visit` with the first and last position of each occurrence, until it returns `false`.
fn each_occurrence(term: &Term, doc: &Doc, visit: &mut dyn FnMut(u32, u32) -> bool) {
    let end = match term.field {
        Field::Anywhere => u32::MAX,
        Field::Title => doc.title_end(),
    };
    let mut visit = |first: u32, last: u32| last >= end || visit(first, last);
    match &term.spellings {
        Some(spellings) => {
            for name in &spellings.names {
                if !each_phrase(name, |word| doc.inflected_positions(word), &mut visit) {
                    return;
                }
            }
        }
        None if term.prefix => {
            let words = term.words_in(doc.analysis());
            let Some((last, before)) = words.split_last() else { return };
            for positions in doc.with_prefix(last) {
                if !each_phrase_ending(before, positions, |word| doc.positions(word), &mut visit) {
                    return;
                }
            }
        }
        None if term.form == TermForm::Inflected => {
            each_phrase(&term.words_in(doc.analysis()), |word| doc.inflected_positions(word), &mut visit);
        }
        None => {
            each_phrase(&term.words_in(doc.analysis()), |word| doc.positions(word), &mut visit);
        }
    }
}

/// Visits the places where the words stand in a row; `false` if `visit` returned `false`.
fn each_phrase<'d>(
    words: &[String],
    positions: impl Fn(&str) -> &'d [u32],
    visit: &mut impl FnMut(u32, u32) -> bool,
) -> bool {
    let Some((last, before)) = words.split_last() else { return true };
    each_phrase_ending(before, positions(last), &positions, visit)
}

/// Visits the phrases whose last word is at one of the positions `ends`; `false` if `visit` returned `false`.
fn each_phrase_ending<'d>(
    before: &[String],
    ends: &[u32],
    positions: impl Fn(&str) -> &'d [u32],
    visit: &mut impl FnMut(u32, u32) -> bool,
) -> bool {
    if ends.is_empty() {
        return true;
    }
    let before: Vec<&[u32]> = before.iter().map(|word| positions(word)).collect();
    for &end in ends {
        let Some(start) = end.checked_sub(before.len() as u32) else { continue };
        if before.iter().zip(start..).all(|(positions, at)| positions.binary_search(&at).is_ok()) && !visit(start, end)
        {
            return false;
        }
    }
    true
}

fn occurrences(terms: &[Term], doc: &Doc) -> Vec<(u32, u32)> {
    let mut occurrences = Vec::new();
    for term in terms {
        each_occurrence(term, doc, &mut |start, end| {
            occurrences.push((start, end));
            true
        });
    }
    occurrences
}

/// Occurrences of terms, sorted: a nearby one takes a binary search even among a hundred thousand of them.
pub(super) struct SortedOccurrences {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl SortedOccurrences {
    pub(super) fn new(occurrences: &[(u32, u32)]) -> Self {
        let mut sorted = Self {
            starts: occurrences.iter().map(|&(start, _)| start).collect(),
            ends: occurrences.iter().map(|&(_, end)| end).collect(),
        };
        sorted.starts.sort_unstable();
        sorted.ends.sort_unstable();
        sorted
    }

    /// Whether one of the occurrences is at most `within` words away, counted between the nearest ends. Overlapping
    /// occurrences share a word and do not count as near.
    pub(super) fn has_near(&self, (start, end): (u32, u32), within: u32) -> bool {
        let after = self.starts.get(self.starts.partition_point(|&other| other <= end));
        let before = self.ends[..self.ends.partition_point(|&other| other < start)].last();
        after.is_some_and(|&other| other - end <= within) || before.is_some_and(|&other| start - other <= within)
    }
}

fn near(left: &[Term], right: &[Term], within: u32, doc: &Doc) -> bool {
    let right = SortedOccurrences::new(&occurrences(right, doc));
    occurrences(left, doc).into_iter().any(|occurrence| right.has_near(occurrence, within))
}

/// Returns whether a regular expression matches in the title or the text.
fn pattern_matches(pattern: &Pattern, doc: &Doc) -> bool {
    pattern_search::matches(pattern, doc, &mut StepBudget::unlimited()) == Ok(true)
}

/// Why a document satisfies a rule, or why it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Whether the document satisfies the rule.
    pub matched: bool,
    /// The places of the words that the rule asks for, in order and without overlaps.
    pub spans: Vec<MatchSpan>,
    /// The parts of the rule that fail; empty if the rule matches.
    pub failed: Vec<FailedPart>,
}

/// A place in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MatchSpan {
    /// The part of the document.
    pub zone: Zone,
    /// The byte range in that part.
    pub span: Range<usize>,
}

/// A part of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The title.
    Title,
    /// The text.
    Text,
}

/// A part of a rule that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedPart {
    /// The part in normal form.
    pub part: String,
    /// The part occurs although the rule excludes it. Otherwise it is missing.
    pub found: bool,
}

/// Explains why a document satisfies a rule, or why it does not.
pub fn explain(expr: &Expr, doc: &Doc) -> Explanation {
    let mut explanation = Explanation { matched: matches(expr, doc), ..Explanation::default() };
    collect_spans(expr, doc, &mut explanation.spans);
    collect_failed(expr, doc, &mut explanation.failed);
    explanation.spans.sort_by_key(|found| (found.zone, found.span.start, found.span.end));
    explanation.spans.dedup_by(|next, kept| {
        let overlaps = next.zone == kept.zone && next.span.start < kept.span.end;
        if overlaps {
            kept.span.end = kept.span.end.max(next.span.end);
        }
        overlaps
    });
    explanation
}

/// Collects the places of all words, phrases and expressions that the rule requires and the document has.
fn collect_spans(expr: &Expr, doc: &Doc, found: &mut Vec<MatchSpan>) {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| collect_spans(part, doc, found)),
        Expr::Term(term) => {
            let occurrences = occurrences(std::slice::from_ref(term), doc);
            found.extend(occurrences.into_iter().map(|occurrence| match_span(occurrence, doc)));
        }
        Expr::Near { left, right, within } => {
            let (left, right) = (occurrences(left, doc), occurrences(right, doc));
            let (by_left, by_right) = (SortedOccurrences::new(&left), SortedOccurrences::new(&right));
            let left = left.into_iter().filter(|&occurrence| by_right.has_near(occurrence, *within));
            let right = right.into_iter().filter(|&occurrence| by_left.has_near(occurrence, *within));
            found.extend(left.chain(right).map(|occurrence| match_span(occurrence, doc)));
        }
        Expr::Pattern(pattern) => {
            // The first match takes linear time; all of them may take longer, so their number is bounded.
            let mut steps = StepBudget::new(MAX_PATTERN_SPAN_STEPS);
            let mut in_zone = |zone, text| {
                let places = pattern_search::find(pattern, text, MAX_PATTERN_SPANS, &mut steps).unwrap_or_default();
                found.extend(places.into_iter().map(|span| MatchSpan { zone, span }));
            };
            in_zone(Zone::Title, doc.title());
            if pattern.field == Field::Anywhere {
                in_zone(Zone::Text, doc.text());
            }
        }
        Expr::Not(_) | Expr::Source(_) | Expr::Language(_) | Expr::Topic(_) => {}
    }
}

/// Collects the smallest parts that make the rule fail.
fn collect_failed(expr: &Expr, doc: &Doc, failed: &mut Vec<FailedPart>) {
    if matches(expr, doc) {
        return;
    }
    match expr {
        Expr::All(parts) => parts.iter().for_each(|part| collect_failed(part, doc, failed)),
        Expr::Not(inner) => failed.push(FailedPart { part: inner.to_string(), found: true }),
        part => failed.push(FailedPart { part: part.to_string(), found: false }),
    }
}

fn match_span((first, last): (u32, u32), doc: &Doc) -> MatchSpan {
    let (first, last) = (doc.number(first), doc.number(last));
    let zone = if first < doc.title_len() { Zone::Title } else { Zone::Text };
    MatchSpan { zone, span: doc.span(first).start..doc.span(last).end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

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
            ("welcome", true),
            ("\"welcome\"", false),
            ("=welcome", false),
            ("=welcomed", true),
            ("captures", true),
            ("\"was captured\"", true),
            ("\"was captures\"", false),
            ("wars", false),
            ("/captur(ed|ing),/", true),
            ("title:/captur/", false),
            ("title:/nagorno.k/", true),
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
            ("lang:ru", false),
            ("topic:ceasefire", true),
            ("topic:meeting", false),
            ("Nagorno-Karabakh", true),
        ] {
            assert_eq!(matches(&parse(rule).unwrap(), &doc()), expected, "{rule}");
        }
    }

    #[test]
    fn an_explanation_has_the_places_of_the_required_words() {
        let found = |rule: &str| -> Vec<String> {
            let (doc, explanation) = (doc(), explain(&parse(rule).unwrap(), &doc()));
            let text = |zone| if zone == Zone::Title { doc.title().to_owned() } else { doc.text().to_owned() };
            explanation.spans.iter().map(|found| text(found.zone)[found.span.clone()].to_owned()).collect()
        };
        assert_eq!(found("truce (shusha OR moscow) -war"), ["Truce", "Shusha"]);
        assert_eq!(found("\"minsk group\" group"), ["Minsk Group"]);
        assert_eq!(found("Nagorno-Karabakh"), ["Nagorno-Karabakh"]);
        assert_eq!(found("shusha NEAR/2 captured the"), ["The", "Shusha", "captured"]);
        assert_eq!(found("/tr[a-z]+ agreed/ welcom*"), ["Truce agreed", "welcomed"]);
    }

    #[test]
    fn an_explanation_names_the_parts_that_fail() {
        let failed = |rule: &str| -> Vec<(String, bool)> {
            explain(&parse(rule).unwrap(), &doc())
                .failed
                .into_iter()
                .map(|failed| (failed.part, failed.found))
                .collect()
        };
        assert_eq!(failed("truce baku"), []);
        assert_eq!(failed("truce moscow"), [("moscow".to_owned(), false)]);
        assert_eq!(failed("truce -baku"), [("baku".to_owned(), true)]);
        assert_eq!(
            failed("(moscow OR kyiv) baku lang:ru"),
            [("moscow OR kyiv".to_owned(), false), ("lang:ru".to_owned(), false)]
        );
    }
}

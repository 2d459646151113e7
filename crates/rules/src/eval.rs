//! Whether an article satisfies a rule.

use std::ops::Range;

use super::grammar::{Expr, Field, Form, Pattern, Term};
use ceasewire_text::analysis::Doc;
use ceasewire_text::stem;

/// Places of a regular expression that an explanation shows, in each of title and text.
const PATTERN_PLACES: usize = 10;

/// Whether `doc` satisfies `expr`.
pub fn matches(expr: &Expr, doc: &Doc) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(|part| matches(part, doc)),
        Expr::Any(parts) => parts.iter().any(|part| matches(part, doc)),
        Expr::Not(inner) => !matches(inner, doc),
        Expr::Term(term) => occurs(term, doc),
        Expr::Pattern(pattern) => found_by(pattern, doc),
        Expr::Near { left, right, within } => near(left, right, *within, doc),
        Expr::Source(name) => doc.sources().iter().any(|source| source == name),
        Expr::Language(tag) => doc.is_in_language(tag),
        Expr::Topic(topic) => doc.topics().contains(topic),
    }
}

/// Whether an article with none of the rule's words, by no outlet and about no topic, would satisfy it.
pub fn accepts_nothing(expr: &Expr) -> bool {
    match expr {
        Expr::All(parts) => parts.iter().all(accepts_nothing),
        Expr::Any(parts) => parts.iter().any(accepts_nothing),
        Expr::Not(inner) => !accepts_nothing(inner),
        Expr::Pattern(pattern) => pattern.regex().is_match(""),
        Expr::Term(_) | Expr::Near { .. } | Expr::Source(_) | Expr::Language(_) | Expr::Topic(_) => false,
    }
}

/// Whether a rule asks only for words that nearly every text has.
pub fn asks_only_for_stop_words(rule: &Expr) -> bool {
    let (mut leaves, mut terms) = (0, 0);
    rule.for_each_leaf(&mut |leaf| {
        leaves += 1;
        terms += usize::from(matches!(leaf, Expr::Term(_)));
    });
    leaves == terms
        && rule.terms().iter().all(|term| !term.prefix && term.tokens.iter().all(|word| stem::is_stop_word(word)))
}

/// Whether a word, a phrase or a name occurs in `doc`.
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
    let end = match term.field {
        Field::Anywhere => u32::MAX,
        Field::Title => doc.title_end(),
    };
    let mut visit = |first: u32, last: u32| last >= end || visit(first, last);
    match &term.spellings {
        Some(spellings) => {
            for name in &spellings.names {
                if !each_run(name, |word| doc.inflected_positions(word), &mut visit) {
                    return;
                }
            }
        }
        None if term.prefix => {
            let Some((last, before)) = term.tokens.split_last() else { return };
            for positions in doc.with_prefix(last) {
                if !each_run_before(before, positions, |word| doc.positions(word), &mut visit) {
                    return;
                }
            }
        }
        None if term.form == Form::Inflected => {
            each_run(&term.tokens, |word| doc.inflected_positions(word), &mut visit);
        }
        None => {
            each_run(&term.tokens, |word| doc.positions(word), &mut visit);
        }
    }
}

/// Visits the runs of words; `false` when `visit` wants no more.
fn each_run<'d>(
    words: &[String],
    positions: impl Fn(&str) -> &'d [u32],
    visit: &mut impl FnMut(u32, u32) -> bool,
) -> bool {
    let Some((last, before)) = words.split_last() else { return true };
    each_run_before(before, positions(last), &positions, visit)
}

/// Visits the runs of words that end at `ends`; `false` when `visit` wants no more.
fn each_run_before<'d>(
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

fn places(terms: &[Term], doc: &Doc) -> Vec<(u32, u32)> {
    let mut places = Vec::new();
    for term in terms {
        each_place(term, doc, &mut |start, end| {
            places.push((start, end));
            true
        });
    }
    places
}

/// Places in order, so that one that is near another is found in a few steps even among a hundred thousand of them.
pub(super) struct Ordered {
    starts: Vec<u32>,
    ends: Vec<u32>,
}

impl Ordered {
    pub(super) fn new(places: &[(u32, u32)]) -> Self {
        let mut ordered = Self {
            starts: places.iter().map(|&(start, _)| start).collect(),
            ends: places.iter().map(|&(_, end)| end).collect(),
        };
        ordered.starts.sort_unstable();
        ordered.ends.sort_unstable();
        ordered
    }

    /// Whether one of the places is within so many words of this one: the distance between their nearest ends. Places
    /// that overlap are one and the same word.
    pub(super) fn has_near(&self, (start, end): (u32, u32), within: u32) -> bool {
        let after = self.starts.get(self.starts.partition_point(|&other| other <= end));
        let before = self.ends[..self.ends.partition_point(|&other| other < start)].last();
        after.is_some_and(|&other| other - end <= within) || before.is_some_and(|&other| start - other <= within)
    }
}

fn near(left: &[Term], right: &[Term], within: u32, doc: &Doc) -> bool {
    let right = Ordered::new(&places(right, doc));
    places(left, doc).into_iter().any(|place| right.has_near(place, within))
}

/// Whether the title or the text matches a regular expression.
pub(super) fn found_by(pattern: &Pattern, doc: &Doc) -> bool {
    pattern.regex().is_match(doc.title()) || (pattern.field == Field::Anywhere && pattern.regex().is_match(doc.text()))
}

/// Why an article satisfies a rule, or why it does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it does.
    pub matched: bool,
    /// Where what the rule asks for stands, in order and without overlaps.
    pub places: Vec<Place>,
    /// The parts of the rule that fail; none when it matches.
    pub failed: Vec<Failed>,
}

/// A place in an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// In which part of the article it is.
    pub zone: Zone,
    /// Its byte range there.
    pub span: Range<usize>,
}

/// A part of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Zone {
    /// The title.
    Title,
    /// The text.
    Text,
}

/// A part of a rule that fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// The part in normal form.
    pub part: String,
    /// It occurs although the rule does not want it; else it does not occur.
    pub found: bool,
}

/// Says why an article satisfies a rule, or why it does not.
pub fn explain(expr: &Expr, doc: &Doc) -> Explanation {
    let mut explanation = Explanation { matched: matches(expr, doc), ..Explanation::default() };
    collect_places(expr, doc, &mut explanation.places);
    collect_failed(expr, doc, &mut explanation.failed);
    explanation.places.sort_by_key(|place| (place.zone, place.span.start, place.span.end));
    explanation.places.dedup_by(|next, kept| {
        let overlaps = next.zone == kept.zone && next.span.start < kept.span.end;
        if overlaps {
            kept.span.end = kept.span.end.max(next.span.end);
        }
        overlaps
    });
    explanation
}

/// Collects the places of all words, phrases and expressions that an article should have and has.
fn collect_places(expr: &Expr, doc: &Doc, found: &mut Vec<Place>) {
    match expr {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| collect_places(part, doc, found)),
        Expr::Term(term) => {
            let places = places(std::slice::from_ref(term), doc);
            found.extend(places.into_iter().map(|place| place_of(place, doc)));
        }
        Expr::Near { left, right, within } => {
            let (left, right) = (places(left, doc), places(right, doc));
            let (by_left, by_right) = (Ordered::new(&left), Ordered::new(&right));
            let left = left.into_iter().filter(|&place| by_right.has_near(place, *within));
            let right = right.into_iter().filter(|&place| by_left.has_near(place, *within));
            found.extend(left.chain(right).map(|place| place_of(place, doc)));
        }
        Expr::Pattern(pattern) => {
            // To find one place takes time in proportion to the text; to find all of them does not.
            let in_zone = |zone, text| {
                pattern.regex().find_iter(text).take(PATTERN_PLACES).map(move |hit| Place { zone, span: hit.range() })
            };
            found.extend(in_zone(Zone::Title, doc.title()));
            if pattern.field == Field::Anywhere {
                found.extend(in_zone(Zone::Text, doc.text()));
            }
        }
        Expr::Not(_) | Expr::Source(_) | Expr::Language(_) | Expr::Topic(_) => {}
    }
}

/// Collects the smallest parts whose failing makes the rule fail.
fn collect_failed(expr: &Expr, doc: &Doc, failed: &mut Vec<Failed>) {
    if matches(expr, doc) {
        return;
    }
    match expr {
        Expr::All(parts) => parts.iter().for_each(|part| collect_failed(part, doc, failed)),
        Expr::Not(inner) => failed.push(Failed { part: inner.to_string(), found: true }),
        part => failed.push(Failed { part: part.to_string(), found: false }),
    }
}

fn place_of((first, last): (u32, u32), doc: &Doc) -> Place {
    let (first, last) = (doc.number(first), doc.number(last));
    let zone = if first < doc.title_len() { Zone::Title } else { Zone::Text };
    Place { zone, span: doc.span(first).start..doc.span(last).end }
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
            ("lang:e", false),
            ("topic:ceasefire", true),
            ("topic:meeting", false),
            ("Nagorno-Karabakh", true),
        ] {
            assert_eq!(matches(&parse(rule).unwrap(), &doc()), expected, "{rule}");
        }
    }

    #[test]
    fn an_explanation_shows_the_words_that_count() {
        let found = |rule: &str| -> Vec<String> {
            let (doc, explanation) = (doc(), explain(&parse(rule).unwrap(), &doc()));
            let text = |zone| if zone == Zone::Title { doc.title().to_owned() } else { doc.text().to_owned() };
            explanation.places.iter().map(|place| text(place.zone)[place.span.clone()].to_owned()).collect()
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

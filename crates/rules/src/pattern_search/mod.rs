//! Searches documents for regular expressions, in bounded memory and a counted number of steps.
//!
//! A lazy automaton (`program`) answers for nearly every expression in one step a byte. An expression that outgrows its
//! small cache, and one that the automaton cannot run, is searched state by state (`threads`), where every step counts.
//! Compiled expressions stand in one cache of the process (`programs`).

mod program;
mod programs;
mod threads;

use std::ops::Range;
use std::sync::Arc;

use hashbrown::HashMap;

use crate::budget::{CutOff, StepBudget};
use crate::grammar::{Field, Pattern, RuleFault};
use ceasewire_text::Doc;

use program::PatternProgram;

/// Bytes of a title or a text that regular expressions search. The rest of a longer one is not searched.
pub const MAX_SEARCHED_BYTES: usize = 32 * 1024;

/// Steps to compile an expression, and more for each byte of the program: compilation takes longer than most searches.
const COMPILATION_STEPS: u64 = 50_000;
const COMPILATION_STEPS_A_BYTE: u64 = 16;

/// Searches one document for regular expressions, each expression once.
#[derive(Debug)]
pub struct PatternSearch<'d> {
    doc: &'d Doc,
    found: HashMap<Pattern, bool>,
}

impl<'d> PatternSearch<'d> {
    /// Begins to search a document.
    pub fn new(doc: &'d Doc) -> Self {
        Self { doc, found: HashMap::new() }
    }

    /// Returns whether an expression matches.
    ///
    /// # Errors
    /// Fails if the search needs more steps than the budget has.
    pub fn matches(&mut self, pattern: &Pattern, steps: &mut StepBudget) -> Result<bool, CutOff> {
        if let Some(&found) = self.found.get(pattern) {
            return Ok(found);
        }
        let found = matches(pattern, self.doc, steps)?;
        self.found.insert(pattern.clone(), found);
        Ok(found)
    }
}

/// Checks that an expression compiles.
pub(crate) fn check(source: &str) -> Result<(), RuleFault> {
    match programs::find(source) {
        Some(_) => Ok(()),
        None => programs::compile(source).map(|_| ()),
    }
}

/// Returns whether an expression matches the empty text.
pub(crate) fn matches_empty_text(pattern: &Pattern) -> bool {
    let mut steps = StepBudget::unlimited();
    program_of(pattern, &mut steps).is_ok_and(|program| program.matches("", &mut steps) == Ok(true))
}

/// Returns whether an expression matches in a document.
pub(crate) fn matches(pattern: &Pattern, doc: &Doc, steps: &mut StepBudget) -> Result<bool, CutOff> {
    let program = program_of(pattern, steps)?;
    Ok(program.matches(searched(doc.title()), steps)?
        || (pattern.field == Field::Anywhere && program.matches(searched(doc.text()), steps)?))
}

/// Returns the first `most` places where an expression matches in a text.
///
/// # Errors
/// Fails if the search needs more steps than the budget has.
pub(crate) fn find(
    pattern: &Pattern,
    text: &str,
    most: usize,
    steps: &mut StepBudget,
) -> Result<Vec<Range<usize>>, CutOff> {
    let text = searched(text);
    let program = program_of(pattern, steps)?;
    let (mut places, mut from) = (Vec::new(), 0);
    while places.len() < most && from <= text.len() {
        let Some(place) = program.find(text, from, steps)? else { break };
        // After an empty match the search goes on behind the next character.
        from = match place.is_empty() {
            true => text.ceil_char_boundary(place.end + 1).max(place.end + 1),
            false => place.end,
        };
        places.push(place);
    }
    Ok(places)
}

/// Returns the program of an expression, compiled anew where the cache has dropped it.
fn program_of(pattern: &Pattern, steps: &mut StepBudget) -> Result<Arc<PatternProgram>, CutOff> {
    if let Some(program) = programs::find(pattern.source()) {
        return Ok(program);
    }
    steps.spend(COMPILATION_STEPS)?;
    // An invalid expression is no pattern.
    let program = programs::compile(pattern.source()).map_err(|_| CutOff)?;
    steps.charge(COMPILATION_STEPS_A_BYTE * program.memory_bytes() as u64);
    Ok(program)
}

fn searched(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_SEARCHED_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(source: &str) -> Pattern {
        Pattern::new(Field::Anywhere, source).unwrap()
    }

    fn steps_of(source: &str, text: &str) -> (bool, u64) {
        let mut steps = StepBudget::unlimited();
        let found = PatternSearch::new(&Doc::new("", text)).matches(&pattern(source), &mut steps).unwrap();
        (found, StepBudget::unlimited().left() - steps.left())
    }

    #[test]
    fn an_ordinary_expression_takes_a_step_a_byte_and_a_fixed_number() {
        let text = "Talks about a cease-fire went on in Moscow. ".repeat(200);
        for source in ["ceasefire now", "t-?72", "S-(300|400)", "(armistice|truce)s?", "^breaking", "\\d{3} dead"] {
            let (found, steps) = steps_of(source, &text);
            assert!(!found && steps < 10 * text.len() as u64, "/{source}/ took {steps} steps");
        }
    }

    #[test]
    fn a_search_ends_with_its_budget() {
        let doc = Doc::new("", &"abcdefghijklmnopqrstuvwxyz".repeat(1000));
        let costly = pattern("[a-m][^q]{30}[n-z][^a]{30}#");
        assert_eq!(PatternSearch::new(&doc).matches(&costly, &mut StepBudget::new(10)), Err(CutOff));
        let mut search = PatternSearch::new(&doc);
        let mut steps = StepBudget::unlimited();
        assert_eq!(search.matches(&costly, &mut steps), Ok(false));
        // A known answer costs nothing.
        assert_eq!(search.matches(&costly, &mut StepBudget::new(0)), Ok(false));
    }

    #[test]
    fn the_end_of_a_long_text_is_not_searched() {
        let text = format!("{}needle", "ж".repeat(MAX_SEARCHED_BYTES));
        assert!(!steps_of("needle", &text).0);
        assert!(steps_of("needle", &format!("{}needle", "ж".repeat(MAX_SEARCHED_BYTES / 2 - 6))).0);
    }

    #[test]
    fn places_do_not_overlap_and_empty_matches_move_on() {
        let find = |source: &str, text: &str| find(&pattern(source), text, 10, &mut StepBudget::unlimited()).unwrap();
        assert_eq!(find("a+", "aaa b a"), [0..3, 6..7]);
        assert_eq!(find("x*", "жx"), [0..0, 2..3, 3..3]);
        assert_eq!(find("\\bcease|ceasefire", "a ceasefire, cease"), [2..7, 13..18]);
        assert_eq!(find("a", "aaaaaaaaaaaaaaaaaa").len(), 10);
    }
}

//! A compiled regular expression.

use std::cell::RefCell;
use std::ops::Range;

use regex_automata::hybrid::dfa::{self, DFA};
use regex_automata::nfa::thompson::{self, NFA, WhichCaptures};
use regex_automata::util::syntax;
use regex_automata::{Input, MatchKind};

use super::threads::Threads;
use crate::budget::{CutOff, StepBudget};
use crate::grammar::RuleFault;

/// Bytes that a compiled expression may take; counted repetitions of Unicode classes grow fastest.
const MAX_COMPILED_BYTES: usize = 64 * 1024;
/// Bytes of the lazy automaton's cache. An expression that fills it is searched state by state.
const MAX_CACHE_BYTES: usize = 64 * 1024;
/// Depth of nested groups.
const MAX_NESTING: u32 = 32;

/// A regular expression that ignores case.
#[derive(Debug)]
pub(super) struct PatternProgram {
    nfa: NFA,
    /// `None` if the expression alone would fill the cache.
    lazy: Option<DFA>,
}

/// Buffers of the searches of one thread. All expressions share them: an expression keeps nothing between two searches.
#[derive(Default)]
struct SearchBuffers {
    cache: Option<dfa::Cache>,
    threads: Threads,
}

thread_local! {
    static BUFFERS: RefCell<SearchBuffers> = RefCell::default();
}

impl PatternProgram {
    /// Compiles an expression.
    pub(super) fn new(source: &str) -> Result<Self, RuleFault> {
        let too_large = || RuleFault::BadPattern("it is too large".into());
        let syntax = syntax::Config::new().case_insensitive(true).nest_limit(MAX_NESTING);
        let parsed = syntax::parse_with(source, &syntax).map_err(|error| {
            // The last line has the reason; the lines before it draw the expression, and a rule's fault draws the rule.
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default();
            RuleFault::BadPattern(last.trim_start_matches("error: ").to_owned())
        })?;
        let config =
            thompson::Config::new().nfa_size_limit(Some(MAX_COMPILED_BYTES)).which_captures(WhichCaptures::None);
        let nfa = thompson::Compiler::new().configure(config).build_from_hir(&parsed).map_err(|_| too_large())?;
        let config = dfa::Config::new()
            .match_kind(MatchKind::LeftmostFirst)
            .unicode_word_boundary(true)
            .cache_capacity(MAX_CACHE_BYTES)
            // Gives up instead of clearing the cache.
            .minimum_cache_clear_count(Some(0));
        let lazy = dfa::Builder::new().configure(config).build_from_nfa(nfa.clone()).ok();
        Ok(Self { nfa, lazy })
    }

    /// Returns the bytes on the heap.
    pub(super) fn memory_bytes(&self) -> usize {
        self.nfa.memory_usage() + size_of::<Self>()
    }

    /// Returns whether the expression matches in a text.
    pub(super) fn matches(&self, text: &str, steps: &mut StepBudget) -> Result<bool, CutOff> {
        steps.spend(self.nfa.states().len() as u64)?;
        if let Some(lazy) = &self.lazy {
            let (answer, cost) = self.search_lazily(lazy, text);
            steps.charge(cost);
            if let Some(found) = answer {
                return Ok(found);
            }
        }
        let search = |buffers: &mut SearchBuffers| buffers.threads.find(&self.nfa, text, 0, true, steps);
        Ok(BUFFERS.with_borrow_mut(search)?.is_some())
    }

    /// Returns the first match from a place on, and of those that begin there the preferred one.
    pub(super) fn find(&self, text: &str, from: usize, steps: &mut StepBudget) -> Result<Option<Range<usize>>, CutOff> {
        BUFFERS.with_borrow_mut(|buffers| buffers.threads.find(&self.nfa, text, from, false, steps))
    }

    /// Searches with the lazy automaton, from an empty cache. Returns the answer, `None` if the automaton gives up, and
    /// the steps taken.
    fn search_lazily(&self, lazy: &DFA, text: &str) -> (Option<bool>, u64) {
        BUFFERS.with_borrow_mut(|buffers| {
            let cache = match &mut buffers.cache {
                Some(cache) => {
                    cache.reset(lazy);
                    cache
                }
                none => none.insert(lazy.create_cache()),
            };
            let empty = cache.memory_usage();
            let input = Input::new(text).earliest(true);
            let answer = lazy.try_search_fwd(cache, &input);
            let searched = match &answer {
                Ok(Some(found)) => found.offset(),
                Ok(None) => text.len(),
                Err(error) => match *error.kind() {
                    regex_automata::MatchErrorKind::Quit { offset, .. }
                    | regex_automata::MatchErrorKind::GaveUp { offset } => offset,
                    _ => text.len(),
                },
            };
            // A new transition costs as much as the states of the expression that it leads through, a known one a step.
            let transitions = (cache.memory_usage().saturating_sub(empty) / size_of::<u32>()).min(searched) as u64;
            let cost = searched as u64 + transitions * (1 + self.nfa.states().len() as u64 / 16);
            (answer.ok().map(|found| found.is_some()), cost)
        })
    }
}

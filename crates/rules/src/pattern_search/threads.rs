//! Runs an expression state by state: all states that it may be in at a character are threads, in the order of
//! preference. Slower than an automaton by far, but it needs no memory but the threads, and each step is counted.

use std::ops::Range;

use regex_automata::nfa::thompson::{NFA, State};
use regex_automata::util::primitives::StateID;

use crate::budget::{CutOff, StepBudget};

/// Buffers of a search.
#[derive(Debug, Default)]
pub(super) struct Threads {
    current: ThreadList,
    next: ThreadList,
    stack: Vec<StateID>,
}

/// The states at one place of the text, each once, with the place where its match began.
#[derive(Debug, Default)]
struct ThreadList {
    threads: Vec<(StateID, usize)>,
    /// By state its place in `threads`; valid if the thread there is of the state.
    places: Vec<u32>,
}

impl ThreadList {
    fn reset(&mut self, states: usize) {
        self.threads.clear();
        if self.places.len() < states {
            self.places.resize(states, 0);
        }
    }

    /// Adds a thread; `false` if the state has one.
    fn insert(&mut self, state: StateID, begin: usize) -> bool {
        let place = &mut self.places[state.as_usize()];
        if self.threads.get(*place as usize).is_some_and(|thread| thread.0 == state) {
            return false;
        }
        *place = self.threads.len() as u32;
        self.threads.push((state, begin));
        true
    }
}

impl Threads {
    /// Finds the first match that begins at `from` or later. `earliest` accepts any match, not the preferred one.
    pub(super) fn find(
        &mut self,
        nfa: &NFA,
        text: &str,
        from: usize,
        earliest: bool,
        steps: &mut StepBudget,
    ) -> Result<Option<Range<usize>>, CutOff> {
        let Self { current, next, stack } = self;
        current.reset(nfa.states().len());
        next.reset(nfa.states().len());
        let bytes = text.as_bytes();
        let mut found = None;
        for at in from..=bytes.len() {
            if found.is_none() && text.is_char_boundary(at) {
                follow(nfa, bytes, at, (nfa.start_anchored(), at), current, stack, steps)?;
            } else if current.threads.is_empty() && found.is_some() {
                break;
            }
            steps.spend(1 + current.threads.len() as u64)?;
            next.threads.clear();
            for &(state, begin) in &current.threads {
                let to = match nfa.state(state) {
                    State::ByteRange { trans } => trans.matches(bytes, at).then_some(trans.next),
                    State::Sparse(transitions) => {
                        steps.spend(transitions.transitions.len() as u64 / 8)?;
                        transitions.matches(bytes, at)
                    }
                    State::Dense(transitions) => transitions.matches(bytes, at),
                    State::Match { .. } => {
                        found = Some(begin..at);
                        if earliest {
                            return Ok(found);
                        }
                        // The threads behind it are preferred less.
                        break;
                    }
                    _ => None,
                };
                if let Some(to) = to {
                    follow(nfa, bytes, at + 1, (to, begin), next, stack, steps)?;
                }
            }
            std::mem::swap(current, next);
        }
        Ok(found)
    }
}

/// Adds the threads that a thread leads to without another character.
fn follow(
    nfa: &NFA,
    bytes: &[u8],
    at: usize,
    (state, begin): (StateID, usize),
    threads: &mut ThreadList,
    stack: &mut Vec<StateID>,
    steps: &mut StepBudget,
) -> Result<(), CutOff> {
    stack.clear();
    stack.push(state);
    while let Some(state) = stack.pop() {
        if !threads.insert(state, begin) {
            continue;
        }
        steps.spend(1)?;
        match nfa.state(state) {
            // The preferred one is followed first.
            State::Union { alternates } => stack.extend(alternates.iter().rev()),
            State::BinaryUnion { alt1, alt2 } => stack.extend([*alt2, *alt1]),
            State::Capture { next, .. } => stack.push(*next),
            State::Look { look, next } => {
                // A boundary of words looks two characters up in Unicode's tables.
                steps.spend(10)?;
                if nfa.look_matcher().matches(*look, bytes, at) {
                    stack.push(*next);
                }
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::nfa::thompson::{Compiler, Config, WhichCaptures};

    #[test]
    fn the_preferred_match_is_found() {
        for (source, text, expected) in [
            ("a|ab", "xab", Some(1..2)),
            ("ab|a", "xab", Some(1..3)),
            ("a+?", "aaa", Some(0..1)),
            ("a{2,3}", "aaaa", Some(0..3)),
            ("\\bb", "ab b", Some(3..4)),
            ("(?i)ШУША$", "о Шуша", Some(3..11)),
            ("^a", "ba", None),
            (".", "ж", Some(0..2)),
            ("", "ж", Some(0..0)),
            ("z*$", "жz", Some(2..3)),
        ] {
            let config = Config::new().which_captures(WhichCaptures::None);
            let nfa = Compiler::new().configure(config).build(source).unwrap();
            let mut threads = Threads::default();
            let found = threads.find(&nfa, text, 0, false, &mut StepBudget::unlimited()).unwrap();
            assert_eq!(found, expected, "{source}");
            let any = threads.find(&nfa, text, 0, true, &mut StepBudget::unlimited()).unwrap();
            assert_eq!(any.is_some(), expected.is_some(), "{source}");
        }
    }
}

//! Chooses the presearch terms of a rule: keys of which every matching document has at least one.

use super::key::{KeyId, TermCost};
use super::postings::{Prefilter, RemainingCheck};
use super::program::Clause;

/// A key whose posting list contains the rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct PresearchTerm {
    pub(super) key: KeyId,
    pub(super) prefilter: Prefilter,
    /// Key and prefilter together decide the rule.
    complete: bool,
}

impl PresearchTerm {
    /// The check that remains once the document has the key.
    pub(super) fn remaining_check(&self) -> RemainingCheck {
        match (self.complete, self.prefilter) {
            (false, _) => RemainingCheck::Program,
            (true, Prefilter::NONE) => RemainingCheck::None,
            (true, _) => RemainingCheck::Prefilter,
        }
    }
}

/// Chooses the presearch terms with the lowest total cost; `None` if a document without any key can match.
pub(super) fn choose(clause: &Clause, cost: &impl Fn(KeyId) -> TermCost) -> Option<Vec<PresearchTerm>> {
    let total = |terms: &Vec<PresearchTerm>| terms.iter().map(|term| cost(term.key)).sum::<TermCost>();
    let each = |clauses: &[Clause]| -> Option<Vec<PresearchTerm>> {
        let terms = clauses.iter().map(|clause| choose(clause, cost)).collect::<Option<Vec<_>>>()?;
        Some(terms.concat())
    };
    match clause {
        Clause::Key(key) => Some(vec![PresearchTerm { key: *key, prefilter: Prefilter::NONE, complete: true }]),
        Clause::Phrase(keys) => {
            let key = *keys.iter().min_by_key(|&&key| cost(key))?;
            let second = keys.iter().filter(|&&other| other != key).min_by_key(|&&key| cost(key));
            let prefilter = second.map_or(Prefilter::NONE, |&key| Prefilter::present(key));
            Some(vec![PresearchTerm { key, prefilter, complete: false }])
        }
        Clause::Near { left, right, .. } => {
            let sides = [each(left), each(right)].into_iter().flatten();
            let mut chosen = sides.min_by_key(total)?;
            chosen.iter_mut().for_each(|term| term.complete = false);
            Some(chosen)
        }
        Clause::Any(clauses) => each(clauses),
        Clause::All(clauses) => {
            let (number, mut chosen) = clauses
                .iter()
                .enumerate()
                .filter_map(|(number, clause)| Some((number, choose(clause, cost)?)))
                .min_by_key(|(_, terms)| total(terms))?;
            let others = clauses.iter().enumerate().filter(|(other, _)| *other != number);
            let prefilter = others.filter_map(|(_, clause)| prefilter(clause, cost)).min_by_key(|(cost, _)| *cost);
            for term in &mut chosen {
                match prefilter {
                    Some((_, prefilter)) if term.prefilter == Prefilter::NONE => {
                        term.prefilter = prefilter;
                        term.complete &= clauses.len() == 2;
                    }
                    _ => term.complete = false,
                }
            }
            Some(chosen)
        }
        Clause::Not(_) | Clause::Pattern(_) => None,
    }
}

/// The prefilter that one clause of an "all" gives to the other clauses, with its cost.
fn prefilter(clause: &Clause, cost: &impl Fn(KeyId) -> TermCost) -> Option<(TermCost, Prefilter)> {
    match clause {
        Clause::Key(key) => Some((cost(*key), Prefilter::present(*key))),
        Clause::Not(inner) => match **inner {
            // Most documents lack a given word, so that its absence rules out few of them.
            Clause::Key(key) => Some((TermCost::MAX, Prefilter::absent(key))),
            _ => None,
        },
        _ => None,
    }
}

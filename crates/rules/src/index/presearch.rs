//! Under which keys a rule is filed.

use super::lexicon::Key;
use super::postings::{Guard, Left};
use super::program::Part;

/// A key under which a rule is filed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Anchor {
    pub(super) key: Key,
    pub(super) guard: Guard,
    /// Both together decide the rule.
    complete: bool,
}

impl Anchor {
    /// What is left to decide once the key is satisfied.
    pub(super) fn left(&self) -> Left {
        match (self.complete, self.guard) {
            (false, _) => Left::Program,
            (true, Guard::NONE) => Left::Nothing,
            (true, _) => Left::Guard,
        }
    }
}

/// Anchors of which an article must satisfy at least one to satisfy the rule; `None` where there are none such. `burden`
/// says how unwelcome a key is; the anchors with the least are chosen.
pub(super) fn choose(part: &Part, burden: &impl Fn(Key) -> u64) -> Option<Vec<Anchor>> {
    let burdens = |anchors: &Vec<Anchor>| anchors.iter().map(|anchor| burden(anchor.key)).sum::<u64>();
    let each = |parts: &[Part]| -> Option<Vec<Anchor>> {
        let parts = parts.iter().map(|part| choose(part, burden)).collect::<Option<Vec<_>>>()?;
        Some(parts.concat())
    };
    match part {
        Part::Key(key) => Some(vec![Anchor { key: *key, guard: Guard::NONE, complete: true }]),
        Part::Run(keys) => {
            let key = *keys.iter().min_by_key(|&&key| burden(key))?;
            let guard = keys.iter().filter(|&&other| other != key).min_by_key(|&&key| burden(key));
            let guard = guard.map_or(Guard::NONE, |&key| Guard::present(key));
            Some(vec![Anchor { key, guard, complete: false }])
        }
        Part::Near { left, right, .. } => {
            let sides = [each(left), each(right)].into_iter().flatten();
            let mut chosen = sides.min_by_key(burdens)?;
            chosen.iter_mut().for_each(|anchor| anchor.complete = false);
            Some(chosen)
        }
        Part::Any(parts) => each(parts),
        Part::All(parts) => {
            let (number, mut chosen) = parts
                .iter()
                .enumerate()
                .filter_map(|(number, part)| Some((number, choose(part, burden)?)))
                .min_by_key(|(_, anchors)| burdens(anchors))?;
            let others = parts.iter().enumerate().filter(|(other, _)| *other != number);
            let guard = others.filter_map(|(_, part)| guard(part, burden)).min_by_key(|(burden, _)| *burden);
            for anchor in &mut chosen {
                match guard {
                    Some((_, guard)) if anchor.guard == Guard::NONE => {
                        anchor.guard = guard;
                        anchor.complete &= parts.len() == 2;
                    }
                    _ => anchor.complete = false,
                }
            }
            Some(chosen)
        }
        Part::Not(_) | Part::Pattern(_) => None,
    }
}

/// The guard that a part of an "all" makes for the others, with its burden.
fn guard(part: &Part, burden: &impl Fn(Key) -> u64) -> Option<(u64, Guard)> {
    match part {
        Part::Key(key) => Some((burden(*key), Guard::present(*key))),
        Part::Not(inner) => match **inner {
            // A word is rarely there, so that its absence rules out little.
            Part::Key(key) => Some((u64::MAX, Guard::absent(key))),
            _ => None,
        },
        _ => None,
    }
}

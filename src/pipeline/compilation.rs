//! The compilation of all rules, such that a rule that ends or hangs the process is known.
//!
//! A mark in the store says that all rules are in hand. A start that finds a dead process's mark compiles the rules of
//! the mark in parts, each with its own mark, so that the next death names a part, and the one after it the rule. Two or
//! three deaths set it aside; a start after an end in order costs two writes.

use std::sync::Arc;

use ceasewire_cpu as cpu;
use ceasewire_model::RuleId;
use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::rules::{RuleMatcher, StoredRule, UnfitRules};
use super::{Pipeline, PipelineError};
use crate::store::UnfinishedCompilation;

/// The parts of the rules that were in hand at a death: a part costs a write, and a million rules are found in two
/// more deaths.
const PARTS: usize = 1000;

/// The first and the last one of some rules.
type RuleRange = (RuleId, RuleId);

impl Pipeline {
    /// Sets aside the rule that a process died of while it compiled that rule alone; returns whether there was one.
    pub(super) async fn set_culprit_aside(&self, dead: &[UnfinishedCompilation]) -> Result<bool, PipelineError> {
        let culprit = |dead: &UnfinishedCompilation| dead.range.filter(|(first, last)| first == last);
        let Some((culprit, _)) = dead.iter().find_map(culprit) else { return Ok(false) };
        self.set_rules_aside(&[culprit]).await?;
        for dead in dead {
            self.store.clear_compilation(dead.compiler).await?;
        }
        Ok(true)
    }

    /// Compiles every rule anew, the ones that were in hand at a death in small parts.
    pub(super) async fn compile_all(
        &self,
        mut rules: OwnedMutexGuard<RuleMatcher>,
        all: Vec<StoredRule>,
        revision: i64,
        mut dead: &[UnfinishedCompilation],
    ) -> Result<(OwnedMutexGuard<RuleMatcher>, UnfitRules), PipelineError> {
        let compiler = Uuid::now_v7();
        let mut unfit = UnfitRules::default();
        *rules = RuleMatcher::default();
        for (range, part) in parts(all, dead) {
            self.store.mark_compilation(compiler, range, dead, self.store.find_time().await?).await?;
            dead = &[];
            let profile = Arc::clone(&self.profile);
            let found;
            (rules, found) = cpu::run(move || {
                let found = rules.add_part(part, &profile.vocabulary);
                (rules, found)
            })
            .await?;
            unfit.extend(found);
        }
        self.store.clear_compilation(compiler).await?;
        rules.complete(revision);
        Ok((rules, unfit))
    }
}

/// Cuts all rules, in the order of their ids, into the parts of a compilation, each with its range; a part of all rules
/// has none.
fn parts(all: Vec<StoredRule>, dead: &[UnfinishedCompilation]) -> Vec<(Option<RuleRange>, Vec<StoredRule>)> {
    if dead.is_empty() {
        return vec![(None, all)];
    }
    let place = |(first, last): RuleRange| {
        all.partition_point(|rule| rule.id() < first)..all.partition_point(|rule| rule.id() <= last)
    };
    // Several nodes may have died, and the narrowest suspicion is the latest one.
    let suspects = dead.iter().filter_map(|dead| dead.range).map(place).filter(|suspects| !suspects.is_empty());
    let suspects = suspects.min_by_key(ExactSizeIterator::len).unwrap_or(0..all.len());
    let size = suspects.len().div_ceil(PARTS).max(1);
    let mut parts = Vec::new();
    let mut all = all.into_iter();
    let (before, within) = (suspects.start, suspects.len());
    parts.push(all.by_ref().take(before).collect());
    let mut within = all.by_ref().take(within).peekable();
    while within.peek().is_some() {
        parts.push(within.by_ref().take(size).collect());
    }
    parts.push(all.collect());
    let ranged = parts.into_iter().filter_map(|part: Vec<StoredRule>| {
        let range = (part.first()?.id(), part.last()?.id());
        Some((Some(range), part))
    });
    ranged.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_model::{Mute, SubscriberId};

    fn rules(numbers: std::ops::RangeInclusive<u128>) -> Vec<StoredRule> {
        let rule = |number| Mute {
            id: id(number),
            subscriber_id: SubscriberId(Uuid::nil()),
            text: String::new(),
            trouble: None,
        };
        numbers.map(|number| StoredRule::Muting(rule(number))).collect()
    }

    fn id(number: u128) -> RuleId {
        RuleId(Uuid::from_u128(number))
    }

    #[test]
    fn each_death_narrows_the_rules_in_hand() {
        let ranges = |count: u128, dead: &[Option<(u128, u128)>]| -> Vec<Option<(u128, u128)>> {
            let dead: Vec<UnfinishedCompilation> = dead
                .iter()
                .map(|range| UnfinishedCompilation {
                    compiler: Uuid::nil(),
                    range: range.map(|(first, last)| (id(first), id(last))),
                })
                .collect();
            let parts = parts(rules(1..=count), &dead);
            assert_eq!(parts.iter().map(|(_, part)| part.len()).sum::<usize>(), count as usize);
            parts
                .into_iter()
                .map(|(range, _)| range.map(|(first, last)| (first.0.as_u128(), last.0.as_u128())))
                .collect()
        };
        assert_eq!(ranges(3, &[]), [None]);
        assert_eq!(ranges(0, &[None]), []);
        assert_eq!(ranges(3, &[None]), [Some((1, 1)), Some((2, 2)), Some((3, 3))]);
        let many = ranges(2500, &[None]);
        assert_eq!((many.len(), many[0], many[833]), (834, Some((1, 3)), Some((2500, 2500))));
        // Several nodes died; and the rules of a range are gone.
        let narrow = [Some((1, 3)), Some((4, 4)), Some((5, 5)), Some((6, 6)), Some((7, 2500))];
        assert_eq!(ranges(2500, &[None, Some((4, 6)), Some((1, 2000))]), narrow);
        assert_eq!(ranges(2, &[Some((7, 9))]), [Some((1, 1)), Some((2, 2))]);
    }
}

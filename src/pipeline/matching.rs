//! Stage 3: matches the new articles of a fetch against every rule and mute, before grouping and without its lock.
//!
//! The words of an article decide nearly every rule in less than a millisecond. The others need regular expressions:
//! these are searched for afterwards, without any lock, within the budgets of `PatternCosts`.

use std::collections::BTreeSet;
use std::sync::Arc;

use ceasewire_model::{SubscriberId, Timestamp};
use tokio::sync::OwnedMutexGuard;

use super::enrich::EnrichedArticle;
use super::group::Audience;
use super::pattern_costs::PatternCosts;
use super::rules::{RuleChanges, RuleMatch, RuleMatcher, WordMatch};
use super::{Pipeline, PipelineError};
use crate::cpu;

/// Articles that are matched under one lock of the rules, so that fetches take turns.
const ARTICLES_A_TURN: usize = 20;

/// An article with its matches.
#[derive(Debug)]
pub(super) struct MatchedArticle {
    pub(super) enriched: EnrichedArticle,
    /// The rules that match it, muted ones included, in the order of their ids.
    pub(super) matches: Vec<RuleMatch>,
    /// Subscribers whose mutes match it.
    pub(super) muted: BTreeSet<SubscriberId>,
}

impl Pipeline {
    /// Locks the rules, brought up to date.
    pub(super) async fn lock_rules(&self) -> Result<OwnedMutexGuard<RuleMatcher>, PipelineError> {
        let mut rules = Arc::clone(&self.rules).lock_owned().await;
        let changes = rules.read_changes(&self.store).await?;
        if matches!(changes, RuleChanges::None) {
            return Ok(rules);
        }
        let profile = Arc::clone(&self.profile);
        Ok(cpu::run(move || {
            rules.apply(changes, &profile.vocabulary);
            rules
        })
        .await?)
    }

    /// Matches the articles of a fetch against every rule. Silent articles match none.
    pub(super) async fn match_rules(
        &self,
        articles: Vec<EnrichedArticle>,
        audience: &Arc<Audience>,
        now: Timestamp,
    ) -> Result<Vec<MatchedArticle>, PipelineError> {
        let steps = self.pattern_costs.steps_of_an_article(articles.len());
        let mut matched = Vec::with_capacity(articles.len());
        let mut articles = articles.into_iter();
        loop {
            let turn: Vec<EnrichedArticle> = articles.by_ref().take(ARTICLES_A_TURN).collect();
            if turn.is_empty() {
                return Ok(matched);
            }
            let mut rules = self.lock_rules().await?;
            let audience = Arc::clone(audience);
            let found = cpu::run(move || {
                let found = turn.into_iter().map(|enriched| {
                    let words = match enriched.silent_reason {
                        None => rules.match_words(&enriched.document, &audience),
                        Some(_) => WordMatch::default(),
                    };
                    (enriched, words)
                });
                found.collect::<Vec<_>>()
            });
            let found = found.await?;
            let costs = Arc::clone(&self.pattern_costs);
            let decided = cpu::run(move || {
                let decided = found.into_iter().map(|(enriched, words)| decide(enriched, words, &costs, steps, now));
                decided.collect::<Vec<_>>()
            });
            matched.extend(decided.await?);
        }
    }
}

/// Searches for the regular expressions of the undecided rules, and then of the undecided mutes of matched subscribers.
fn decide(
    enriched: EnrichedArticle,
    words: WordMatch,
    costs: &PatternCosts,
    steps: u64,
    now: Timestamp,
) -> MatchedArticle {
    let WordMatch { mut matches, undecided, mut muted, mut undecided_mutes, cut_off } = words;
    costs.record_cut_off(cut_off);
    let mut search = costs.search(&enriched.document, steps, now);
    matches.extend(search.decide(undecided, |matched| matched.subscriber));
    matches.sort_unstable();
    if matches.is_empty() {
        muted.clear();
    } else {
        let subscribers: BTreeSet<SubscriberId> = matches.iter().map(|matched| matched.subscriber).collect();
        let concerned = |subscriber| subscribers.contains(&subscriber).then_some(subscriber);
        undecided_mutes = undecided_mutes.into_iter().filter_map(|mute| mute.filter_map_owners(concerned)).collect();
        muted.extend(search.decide(undecided_mutes, |subscriber| *subscriber));
    }
    search.settle();
    MatchedArticle { enriched, matches, muted }
}

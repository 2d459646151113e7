//! Stage 3: matches the new articles of a fetch against every rule and mute, before grouping and without its lock.
//!
//! The words of an article decide nearly every rule in less than a millisecond. The others need regular expressions:
//! these are searched for afterwards, without any lock, within the budgets of `PatternCosts`.

use std::collections::BTreeSet;
use std::sync::Arc;

use ceasewire_model::{SubscriberId, Timestamp};
use ceasewire_text::Doc;
use tokio::sync::OwnedMutexGuard;

use super::enrich::EnrichedArticle;
use super::group::Audience;
use super::pattern_costs::PatternCosts;
use super::revise::RevisionMatches;
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
    /// The rules that a new version brings news for; `None` for a new article, which is news for all its matches.
    pub(super) revised: Option<RevisionMatches>,
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
                    let mut words = |document: &Doc| rules.match_words(document, &audience);
                    let found = match enriched.silent_reason {
                        None => words(&enriched.document),
                        Some(_) => WordMatch::default(),
                    };
                    let revision = enriched.revision.as_ref().filter(|_| enriched.silent_reason.is_none());
                    let revised = revision.map(|revision| {
                        [&revision.old_document, &revision.facts_document, &revision.news_document].map(&mut words)
                    });
                    (enriched, found, revised)
                });
                found.collect::<Vec<_>>()
            });
            let found = found.await?;
            let costs = Arc::clone(&self.pattern_costs);
            let decided = cpu::run(move || {
                let decided = found.into_iter().map(|(enriched, words, revised)| {
                    let (matches, muted) = decide(&enriched.document, words, &costs, steps, now);
                    let revision = enriched.revision.as_ref().zip(revised);
                    let revised = revision.map(|(revision, [old, facts, news])| {
                        let decide = |document: &Doc, words| decide(document, words, &costs, steps, now).0;
                        let old = decide(&revision.old_document, old);
                        let facts = decide(&revision.facts_document, facts);
                        let news = decide(&revision.news_document, news);
                        let of = |found: Vec<RuleMatch>| {
                            matches.iter().filter(|matched| found.contains(matched)).copied().collect()
                        };
                        let fresh = matches.iter().filter(|matched| !old.contains(matched)).copied().collect();
                        RevisionMatches { fresh, by_facts: of(facts), by_news: of(news) }
                    });
                    MatchedArticle { enriched, matches, muted, revised }
                });
                decided.collect::<Vec<_>>()
            });
            matched.extend(decided.await?);
        }
    }
}

/// Searches for the regular expressions of the undecided rules, and then of the undecided mutes of matched subscribers.
fn decide(
    document: &Doc,
    words: WordMatch,
    costs: &PatternCosts,
    steps: u64,
    now: Timestamp,
) -> (Vec<RuleMatch>, BTreeSet<SubscriberId>) {
    let WordMatch { mut matches, undecided, mut muted, mut undecided_mutes, cut_off } = words;
    costs.record_cut_off(cut_off);
    let mut search = costs.search(document, steps, now);
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
    (matches, muted)
}

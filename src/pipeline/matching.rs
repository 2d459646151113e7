//! Stage 3: matches the new articles of a fetch against every rule and mute, before grouping and without its lock.
//!
//! The words of an article decide nearly every rule in less than a millisecond. The others need regular expressions:
//! these are searched for afterwards, without any lock, within the budgets of `PatternCosts`.

use std::collections::BTreeSet;
use std::sync::Arc;

use ceasewire_model::{RuleId, RuleTrouble, SubscriberId, Timestamp};
use ceasewire_rules::{PatternSearch, StepBudget};
use ceasewire_text::Doc;
use tokio::sync::OwnedMutexGuard;

use super::enrich::EnrichedArticle;
use super::group::Audience;
use super::pattern_costs::{PatternCosts, evaluate};
use super::revise::RevisionMatches;
use super::rules::{RuleChanges, RuleMatch, RuleMatcher, RuleOwner, WordMatch};
use super::{Pipeline, PipelineError};
use ceasewire_cpu as cpu;

/// Articles matched under one lock of the rules, so that fetches take turns.
const ARTICLES_A_TURN: usize = 20;
/// Rules marked for the articles of one turn: each costs two writes.
const MOST_REHEARSED: usize = 2000;

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

/// An article as far as its words decide, and the three documents of its revision.
type MatchedWords = (EnrichedArticle, WordMatch, Option<[WordMatch; 3]>);

impl Pipeline {
    /// Locks the rules, brought up to date. Rules that do not compile are set aside or reported to their chats.
    pub(super) async fn lock_rules(&self) -> Result<OwnedMutexGuard<RuleMatcher>, PipelineError> {
        let mut rules = Arc::clone(&self.rules).lock_owned().await;
        loop {
            let changes = rules.read_changes(&self.store).await?;
            if matches!(changes, RuleChanges::None) {
                return Ok(rules);
            }
            let unfit;
            (rules, unfit) = match changes {
                RuleChanges::All { rules: all, revision } => {
                    let now = self.store.find_time().await?;
                    let dead = self.store.list_unfinished_compilations(now).await?;
                    if self.set_culprit_aside(&dead).await? {
                        continue;
                    }
                    self.compile_all(rules, all, revision, &dead).await?
                }
                changes => {
                    let profile = Arc::clone(&self.profile);
                    cpu::run(move || {
                        let unfit = rules.apply(changes, &profile.vocabulary);
                        (rules, unfit)
                    })
                    .await?
                }
            };
            if !unfit.unreadable.is_empty() {
                self.store.record_rule_trouble(&unfit.unreadable, RuleTrouble::Unreadable).await?;
            }
            if unfit.broken.is_empty() {
                return Ok(rules);
            }
            // The index may hold a part of a broken rule.
            *rules = RuleMatcher::default();
            self.set_rules_aside(&unfit.broken).await?;
        }
    }

    /// Takes rules out of every index for good: the program panicked or ended while it compiled or evaluated them.
    pub(super) async fn set_rules_aside(&self, rules: &[RuleId]) -> Result<(), PipelineError> {
        for rule in rules {
            tracing::error!(
                rule.id = %rule,
                "a rule broke its compilation or evaluation; the rule is set aside and its chat informed; please report it"
            );
        }
        Ok(self.store.record_rule_trouble(rules, RuleTrouble::Ended).await?)
    }

    /// Sets the rules aside that dead processes were evaluating; returns whether there were any.
    pub async fn set_aside_rules_in_hand(&self, now: Timestamp) -> Result<bool, PipelineError> {
        let rules = self.store.take_rules_left_in_hand(self.holder, now).await?;
        self.set_rules_aside(&rules).await?;
        Ok(!rules.is_empty())
    }

    /// Matches the articles of a fetch against every rule. Silent articles match none.
    pub(super) async fn match_rules(
        &self,
        articles: Vec<EnrichedArticle>,
        audience: &Arc<Audience>,
        marked: bool,
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
                found.collect::<Vec<MatchedWords>>()
            });
            let mut found = found.await?;
            if marked {
                found = self.rehearse(found, steps, now).await?;
            }
            let costs = Arc::clone(&self.pattern_costs);
            let decided = cpu::run(move || {
                let mut broken = BTreeSet::new();
                let mut decide = |document: &Doc, words| {
                    let (matches, muted, panicked) = decide(document, words, &costs, steps, now);
                    broken.extend(panicked);
                    (matches, muted)
                };
                let decided = found.into_iter().map(|(enriched, words, revised)| {
                    let (matches, muted) = decide(&enriched.document, words);
                    let revision = enriched.revision.as_ref().zip(revised);
                    let revised = revision.map(|(revision, [old, facts, news])| {
                        let old = decide(&revision.old_document, old).0;
                        let facts = decide(&revision.facts_document, facts).0;
                        let news = decide(&revision.news_document, news).0;
                        let of = |found: Vec<RuleMatch>| {
                            matches.iter().filter(|matched| found.contains(matched)).copied().collect()
                        };
                        let fresh = matches.iter().filter(|matched| !old.contains(matched)).copied().collect();
                        RevisionMatches { fresh, by_facts: of(facts), by_news: of(news) }
                    });
                    MatchedArticle { enriched, matches, muted, revised }
                });
                let decided = decided.collect::<Vec<_>>();
                (decided, Vec::from_iter(broken))
            });
            let (decided, broken) = decided.await?;
            if !broken.is_empty() {
                self.set_rules_aside(&broken).await?;
            }
            matched.extend(decided);
        }
    }

    /// Evaluates the regular expressions of a suspect feed's articles one rule after another, each with a mark in the
    /// store: a process that dies of a rule leaves its name.
    async fn rehearse(
        &self,
        mut found: Vec<MatchedWords>,
        steps: u64,
        now: Timestamp,
    ) -> Result<Vec<MatchedWords>, PipelineError> {
        let places: Vec<(usize, usize, usize, RuleId)> = {
            let articles = found.iter().enumerate();
            let parts = articles.flat_map(|(article, words)| {
                let parts = parts(words).into_iter().enumerate();
                parts.flat_map(move |(part, (_, words))| {
                    let rules = words.undecided.iter().map(|rule| rule.owners[0].rule);
                    let mutes = words.undecided_mutes.iter().map(|mute| mute.owners[0].0);
                    rules.chain(mutes).enumerate().map(move |(number, id)| (article, part, number, id))
                })
            });
            parts.take(MOST_REHEARSED).collect()
        };
        for (article, part, number, id) in places {
            self.store.mark_rule_in_hand(id, self.holder, now).await?;
            found = cpu::run(move || {
                let (document, words) = parts(&found[article])[part];
                let (mut search, mut steps) = (PatternSearch::new(document), StepBudget::new(steps));
                // The answer comes with the others, and so does a panic.
                let _ = match words.undecided.get(number) {
                    Some(rule) => evaluate(rule, id, &mut search, &mut steps),
                    None => {
                        let mute = &words.undecided_mutes[number - words.undecided.len()];
                        evaluate(mute, id, &mut search, &mut steps)
                    }
                };
                found
            })
            .await?;
            self.store.clear_rule_in_hand(id, self.holder).await?;
        }
        Ok(found)
    }
}

/// The documents of an article with what their words decide.
fn parts((enriched, words, revised): &MatchedWords) -> Vec<(&Doc, &WordMatch)> {
    let mut parts = vec![(&enriched.document, words)];
    if let Some((revision, [old, facts, news])) = enriched.revision.as_ref().zip(revised.as_ref()) {
        parts.push((&revision.old_document, old));
        parts.push((&revision.facts_document, facts));
        parts.push((&revision.news_document, news));
    }
    parts
}

/// Searches for the regular expressions of the undecided rules, and then of the undecided mutes of matched subscribers.
/// Returns the rules whose evaluation panicked too.
fn decide(
    document: &Doc,
    words: WordMatch,
    costs: &PatternCosts,
    steps: u64,
    now: Timestamp,
) -> (Vec<RuleMatch>, BTreeSet<SubscriberId>, Vec<RuleId>) {
    let WordMatch { mut matches, undecided, mut muted, mut undecided_mutes, cut_off, mut broken } = words;
    costs.record_cut_off(cut_off);
    let mut search = costs.search(document, steps, now);
    matches.extend(search.decide(undecided, |matched| (matched.rule, matched.subscriber)));
    matches.sort_unstable();
    if matches.is_empty() {
        muted.clear();
    } else {
        let subscribers: BTreeSet<SubscriberId> = matches.iter().map(|matched| matched.subscriber).collect();
        let concerned = |mute: RuleOwner| subscribers.contains(&mute.1).then_some(mute);
        undecided_mutes = undecided_mutes.into_iter().filter_map(|mute| mute.filter_map_owners(concerned)).collect();
        muted.extend(search.decide(undecided_mutes, |mute| *mute).into_iter().map(|(_, subscriber)| subscriber));
    }
    broken.extend(search.settle());
    (matches, muted, broken)
}

//! Shares the work for regular expressions among subscribers, so that the expressions of one can only delay or cut off
//! the subscriber's own.
//!
//! Work is counted in steps, which are the same on every machine. For each article, the subscribers whose expressions
//! cost least on average are served first; a new subscriber comes after the cheap ones. Each subscriber has a bound of
//! steps an article, and so have all together. A rule whose steps run out does not match the article, which is counted
//! and logged.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ceasewire_model::{RuleId, SubscriberId, Timestamp};
use ceasewire_rules::index::UndecidedRule;
use ceasewire_rules::{CutOff, PatternSearch, StepBudget};
use ceasewire_text::Doc;
use parking_lot::Mutex;

use super::rules::RuleOwner;
use crate::cut_offs::CutOffs;

/// One fetch costs at most as much as this number of articles at the bound of all subscribers.
const COSTLY_ARTICLES: u64 = 10;
/// The steps that each subscriber may take for an article before one takes more: enough for some ordinary expressions.
const FIRST_SHARE: u64 = 200_000;
/// The cost that a subscriber is thought to have before the first article: more than that of a few ordinary expressions.
const UNKNOWN_COST: u64 = 100_000;
const HOUR_MILLIS: i64 = 3_600_000;

/// The most steps that regular expressions take for one article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PatternBudget {
    /// Those of one subscriber.
    pub steps: u64,
    /// Those of all subscribers.
    pub steps_in_all: u64,
}

/// The costs of this hour, and the rules cut off.
#[derive(Debug)]
pub(super) struct PatternCosts {
    budget: PatternBudget,
    cut_offs: Arc<CutOffs>,
    hour: Mutex<HourOfCosts>,
}

#[derive(Debug, Default)]
struct HourOfCosts {
    /// The number of the hour since 1970.
    number: i64,
    costs: HashMap<SubscriberId, SubscriberCost>,
    /// The costs of the hour before.
    earlier: HashMap<SubscriberId, SubscriberCost>,
    /// Subscribers with rules cut off.
    cut_off: HashSet<SubscriberId>,
    /// How often a rule was cut off for an article.
    cut_offs: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct SubscriberCost {
    steps: u64,
    articles: u64,
}

/// The search of one article.
#[derive(Debug)]
pub(super) struct ArticleSearch<'a> {
    costs: &'a PatternCosts,
    search: PatternSearch<'a>,
    left: StepBudget,
    now: Timestamp,
    steps: HashMap<SubscriberId, u64>,
    /// The subscriber of each rule cut off.
    cut_off: Vec<SubscriberId>,
    /// Rules whose evaluation panicked.
    broken: Vec<RuleId>,
}

impl PatternCosts {
    pub(super) fn new(budget: PatternBudget, cut_offs: Arc<CutOffs>) -> Self {
        Self { budget, cut_offs, hour: Mutex::default() }
    }

    /// The steps that all subscribers have for each article of a fetch.
    pub(super) fn steps_of_an_article(&self, articles: usize) -> u64 {
        let in_all = self.budget.steps_in_all;
        (in_all.saturating_mul(COSTLY_ARTICLES) / articles.max(1) as u64).min(in_all)
    }

    /// Begins the search of an article.
    pub(super) fn search<'a>(&'a self, doc: &'a Doc, steps: u64, now: Timestamp) -> ArticleSearch<'a> {
        self.hour.lock().roll(now);
        ArticleSearch {
            costs: self,
            search: PatternSearch::new(doc),
            left: StepBudget::new(steps),
            now,
            steps: HashMap::new(),
            cut_off: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Counts rules cut off before a search.
    pub(super) fn record_cut_off(&self, rules: usize) {
        if rules > 0 {
            self.cut_offs.record(rules as u64);
            self.hour.lock().record_cut_offs(rules as u64);
        }
    }
}

impl HourOfCosts {
    fn roll(&mut self, now: Timestamp) {
        let number = now.0.div_euclid(HOUR_MILLIS);
        if number == self.number {
            return;
        }
        if self.cut_offs > 1 {
            tracing::warn!(
                rules.cut_off = self.cut_offs,
                subscribers.cut_off = self.cut_off.len(),
                "costly rules were not evaluated to their end in the last hour"
            );
        }
        let earlier = if number == self.number + 1 { std::mem::take(&mut self.costs) } else { HashMap::new() };
        *self = Self { number, earlier, ..Self::default() };
    }

    /// The average cost of a subscriber's expressions for an article.
    fn average(&self, subscriber: SubscriberId) -> u64 {
        let known = self.costs.get(&subscriber).or_else(|| self.earlier.get(&subscriber));
        known.map_or(UNKNOWN_COST, |cost| cost.steps / cost.articles.max(1))
    }

    fn record_cut_offs(&mut self, rules: u64) {
        if self.cut_offs == 0 {
            let subscriber = self.cut_off.iter().next().map(ToString::to_string);
            tracing::warn!(
                subscriber.id = subscriber,
                "a costly rule was not evaluated to its end: it does not match this article; the number of such rules \
                 follows after this hour"
            );
        }
        self.cut_offs += rules;
    }
}

impl ArticleSearch<'_> {
    /// Searches for the expressions of rules, and returns the owners of those that match.
    pub(super) fn decide<K: Copy>(&mut self, rules: Vec<UndecidedRule<K>>, owner: impl Fn(&K) -> RuleOwner) -> Vec<K> {
        let subscriber = |of: &K| owner(of).1;
        let mut queue: Vec<(u64, SubscriberId, UndecidedRule<K>)> = {
            let hour = self.costs.hour.lock();
            // Of the subscribers with one rule, the one with the least cost pays.
            let payer = |rule: &UndecidedRule<K>| {
                let owners = rule.owners.iter().map(&subscriber);
                owners.map(|owner| (hour.average(owner), owner)).min()
            };
            rules.into_iter().filter_map(|rule| payer(&rule).map(|(average, payer)| (average, payer, rule))).collect()
        };
        queue.sort_by_key(|&(average, payer, _)| (average, payer));
        let mut matched = Vec::new();
        // All subscribers get a share before one of them gets all of its steps.
        let most = self.costs.budget.steps;
        for share in [most.min(FIRST_SHARE), most] {
            queue.retain(|(_, payer, rule)| {
                let spent = self.steps.entry(*payer).or_default();
                let allowed = share.saturating_sub(*spent).min(self.left.left());
                let mut steps = StepBudget::new(allowed);
                let Ok(found) = evaluate(rule, owner(&rule.owners[0]).0, &mut self.search, &mut steps) else {
                    self.broken.extend(rule.owners.iter().map(|of| owner(of).0));
                    return false;
                };
                let cost = allowed - steps.left();
                *spent += cost;
                self.left.charge(cost);
                if found == Ok(true) {
                    matched.extend(&rule.owners);
                }
                found.is_err()
            });
        }
        self.cut_off.extend(queue.iter().flat_map(|(.., rule)| rule.owners.iter().map(&subscriber)));
        matched
    }

    /// Adds the costs of the article to those of the hour, and returns the rules whose evaluation panicked.
    pub(super) fn settle(self) -> Vec<RuleId> {
        if self.steps.is_empty() {
            return self.broken;
        }
        let mut hour = self.costs.hour.lock();
        let most = self.costs.budget.steps;
        for (subscriber, steps) in self.steps {
            // Others took all steps: the cost of these rules is still unknown.
            if steps < most && self.cut_off.contains(&subscriber) {
                continue;
            }
            let cost = hour.costs.entry(subscriber).or_default();
            cost.steps += steps;
            cost.articles += 1;
        }
        if !self.cut_off.is_empty() {
            let rules = self.cut_off.len() as u64;
            self.costs.cut_offs.record_for(&self.cut_off, self.now);
            hour.cut_off.extend(self.cut_off);
            hour.record_cut_offs(rules);
        }
        self.broken
    }
}

/// Searches for the expressions of a rule; the error is a panic, which must not keep the other rules from their answers.
pub(super) fn evaluate<K>(
    rule: &UndecidedRule<K>,
    id: RuleId,
    search: &mut PatternSearch<'_>,
    steps: &mut StepBudget,
) -> std::thread::Result<Result<bool, CutOff>> {
    catch_unwind(AssertUnwindSafe(|| {
        let _ = id;
        #[cfg(test)]
        super::faults::strike(id);
        rule.matches(search, steps)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ceasewire_rules::{Index, parse};

    const COSTLY: &str = "[a-m][^q]{30}[n-z][^a]{30}#";

    fn new_costs(budget: PatternBudget) -> PatternCosts {
        PatternCosts::new(budget, Arc::default())
    }

    fn doc() -> Doc {
        Doc::new("", &"the quick brown fox jumps over the lazy dog ".repeat(200))
    }

    /// The subscribers whose rules match, of rules with their subscribers.
    fn decide(costs: &PatternCosts, rules: &[(&str, SubscriberId)], steps: u64) -> Vec<SubscriberId> {
        let mut index = Index::default();
        rules.iter().for_each(|&(rule, subscriber)| index.insert(&parse(rule).unwrap(), subscriber));
        let doc = doc();
        let undecided = index.matches_of_words(&doc).undecided;
        let mut search = costs.search(&doc, steps, Timestamp(1));
        let matched = search.decide(undecided, |&subscriber| (RuleId(subscriber.0), subscriber));
        search.settle();
        matched
    }

    #[test]
    fn costly_expressions_of_one_subscriber_cut_off_nobody_else() {
        let (costly, plain) = (SubscriberId::new(), SubscriberId::new());
        let costs = new_costs(PatternBudget { steps: 500_000, steps_in_all: 1_000_000 });
        let many: Vec<String> = (0..20).map(|number| format!("fox /{COSTLY}{number}/")).collect();
        let mut rules: Vec<(&str, SubscriberId)> = many.iter().map(|rule| (rule.as_str(), costly)).collect();
        rules.push(("dog /l[a-z]zy/", plain));
        for _ in 0..5 {
            assert_eq!(decide(&costs, &rules, 1_000_000), [plain]);
        }
        let hour = costs.hour.lock();
        assert!(hour.cut_offs > 0 && hour.cut_off == HashSet::from([costly]));
        assert_eq!(costs.cut_offs.count_recent(costly, Timestamp(2)), hour.cut_offs);
        let steps = |subscriber| hour.costs[&subscriber].steps;
        assert!(steps(costly) <= 5 * 500_000 && steps(plain) < steps(costly));
    }

    #[test]
    fn many_subscribers_with_costly_expressions_are_served_after_the_others() {
        let plain = SubscriberId::new();
        let many: Vec<String> = (0..40).map(|number| format!("fox /{COSTLY}{number}/")).collect();
        let mut rules: Vec<(&str, SubscriberId)> =
            many.iter().map(|rule| (rule.as_str(), SubscriberId::new())).collect();
        rules.push(("dog /l[a-z]zy/", plain));
        let costs = new_costs(PatternBudget { steps: 500_000, steps_in_all: 1_000_000 });
        // Of unknown subscribers the older ones come first; afterwards the cheap ones do.
        for _ in 0..5 {
            assert_eq!(decide(&costs, &rules, 1_000_000), [plain]);
        }
        let late = SubscriberId::new();
        rules.push(("dog /l[a-z]+y/", late));
        let mut found = 0;
        for _ in 0..20 {
            found += usize::from(decide(&costs, &rules, 1_000_000).contains(&late));
        }
        assert!(found >= 10, "a new subscriber is found {found} times");
    }

    #[test]
    fn equal_rules_cost_once() {
        let subscribers: Vec<SubscriberId> = (0..50).map(|_| SubscriberId::new()).collect();
        let rules: Vec<_> = subscribers.iter().map(|&subscriber| ("dog /l[a-z]zy/", subscriber)).collect();
        let costs = new_costs(PatternBudget { steps: 500_000, steps_in_all: 500_000 });
        assert_eq!(decide(&costs, &rules, 500_000).len(), 50);
        assert_eq!(costs.hour.lock().costs.len(), 1);
    }

    #[test]
    fn a_fetch_of_many_articles_has_fewer_steps_for_each() {
        let costs = new_costs(PatternBudget { steps: 1, steps_in_all: 100 });
        assert_eq!([1, 10, 20, 500].map(|articles| costs.steps_of_an_article(articles)), [100, 100, 50, 2]);
    }
}

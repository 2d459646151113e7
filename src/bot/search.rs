//! Looking through the stored articles: what a rule finds, and what it would have sent.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::store::{Store, StoreError};
use ceasewire_model::{Article, Outlet, StoryId, SubscriberId, Timestamp};
use ceasewire_rules::{Expr, Index};

/// Articles read from the store at a time.
const PAGE: i64 = 100;
/// Articles that are looked at; somebody waits for the answer.
pub(super) const TRIAL_MOST: usize = 20_000;
/// Days that a trial covers, today included.
pub(super) const TRIAL_DAYS: usize = 7;
const DAY_MILLIS: i64 = 86_400_000;

/// Searches the articles stored since `since` for those that any of `rules` matches, and returns the newest one of each of
/// the newest `show` stories, with how many articles the story has.
pub(super) async fn recent(
    store: &Store,
    outlets: &BTreeMap<String, Outlet>,
    subscriber: Option<SubscriberId>,
    rules: &[Expr],
    since: Timestamp,
    show: usize,
) -> Result<Vec<(Article, i64)>, StoreError> {
    let mut index = Index::default();
    rules.iter().for_each(|rule| index.insert(rule, ()));
    let mut newest: Vec<(Article, i64)> = Vec::new();
    let mut stories: HashSet<StoryId> = HashSet::new();
    let mut after = None;
    for _ in 0..TRIAL_MOST as i64 / PAGE {
        let page = store.list_recent_articles(subscriber, since, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        for article in page {
            if stories.contains(&article.story_id) {
                continue;
            }
            let doc = ceasewire_profile::document(&article, outlets.get(&article.outlet));
            if !index.matches(&doc).is_empty() {
                stories.insert(article.story_id);
                let reports = store.count_story_articles(article.story_id, subscriber).await?;
                newest.push((article, reports));
            }
            if newest.len() >= show {
                return Ok(newest);
            }
        }
        // A long search is not to hold up whatever else this thread serves.
        tokio::task::yield_now().await;
    }
    Ok(newest)
}

/// What a rule would have come to in the last days.
#[derive(Clone, Debug, Default)]
pub(super) struct Trial {
    /// The days, oldest first, each with the alerts that it would have brought.
    pub(super) days: Vec<(Timestamp, usize)>,
    /// The newest article of each of the newest stories.
    pub(super) newest: Vec<Article>,
    /// Articles that were looked at.
    pub(super) articles: usize,
    /// Those of them that the rule matches.
    pub(super) matching: usize,
    /// There are older ones that were not looked at.
    pub(super) cut: bool,
}

impl Trial {
    /// The alerts of all days.
    pub(super) fn alerts(&self) -> usize {
        self.days.iter().map(|(_, alerts)| alerts).sum()
    }
}

/// What the trial's index holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tried {
    Rule,
    Mute,
}

/// Tries a rule on the articles of the last days, in one pass. An article that any of `mutes` matches would not have
/// alerted.
pub(super) async fn try_rule(
    store: &Store,
    outlets: &BTreeMap<String, Outlet>,
    subscriber: Option<SubscriberId>,
    rule: &Expr,
    mutes: &[Expr],
    now: Timestamp,
    show: usize,
) -> Result<Trial, StoreError> {
    let mut index = Index::default();
    index.insert(rule, Tried::Rule);
    mutes.iter().for_each(|mute| index.insert(mute, Tried::Mute));
    let today = now.0.div_euclid(DAY_MILLIS);
    let first = today - TRIAL_DAYS as i64 + 1;
    let mut trial = Trial::default();
    // The day of a story is that of its first article: that one alerts.
    let mut stories: HashMap<StoryId, i64> = HashMap::new();
    let mut after = None;
    'pages: loop {
        let page = store.list_recent_articles(subscriber, Timestamp(first * DAY_MILLIS), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        for article in page {
            if trial.articles == TRIAL_MOST {
                trial.cut = true;
                break 'pages;
            }
            trial.articles += 1;
            let doc = ceasewire_profile::document(&article, outlets.get(&article.outlet));
            let matches = index.matches(&doc).to_vec();
            if !matches.contains(&Tried::Rule) {
                continue;
            }
            trial.matching += 1;
            if matches.contains(&Tried::Mute) {
                continue;
            }
            let day = article.seen_at.0.div_euclid(DAY_MILLIS);
            if stories.insert(article.story_id, day).is_none() && trial.newest.len() < show {
                trial.newest.push(article);
            }
        }
        tokio::task::yield_now().await;
    }
    // The clock of whoever stored the newest may run ahead of this one.
    let last = today.max(stories.values().copied().max().unwrap_or(today));
    trial.days = (first..=last)
        .map(|day| (Timestamp(day * DAY_MILLIS), stories.values().filter(|&&of| of == day).count()))
        .collect();
    Ok(trial)
}

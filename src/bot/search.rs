//! Searches the stored articles for the matches of rules, and previews the alerts that a rule would have sent.

use std::collections::{HashMap, HashSet};

use super::context::Ctx;
use crate::store::StoreError;
use ceasewire_model::{Article, StoryId, SubscriberId, Timestamp};
use ceasewire_rules::{Expr, Index};

/// Articles read from the store at a time.
const PAGE: i64 = 100;
/// Articles that a search looks at; a person waits for the answer.
pub(super) const MAX_SEARCHED: usize = 20_000;
/// Days of a preview, today included.
pub(super) const PREVIEW_DAYS: usize = 7;
/// Examples in a preview.
const EXAMPLES: usize = 3;
const DAY_MILLIS: i64 = 86_400_000;

/// A search for stories.
#[derive(Clone, Copy, Debug)]
pub(super) struct StorySearch<'a> {
    /// The rules; one of them must match.
    pub(super) rules: &'a [Expr],
    /// When the oldest article was stored.
    pub(super) since: Timestamp,
    /// The most stories.
    pub(super) most: usize,
}

/// A found story.
#[derive(Clone, Debug)]
pub(super) struct FoundStory {
    /// Its newest article that matches.
    pub(super) article: Article,
    /// All articles of the story.
    pub(super) reports: i64,
}

/// Finds the newest stories with an article that matches.
pub(super) async fn find_stories(ctx: &Ctx<'_>, search: StorySearch<'_>) -> Result<Vec<FoundStory>, StoreError> {
    let subscriber = ctx.subscriber_id();
    let mut index = Index::default();
    search.rules.iter().for_each(|rule| index.insert(rule, ()));
    let mut found: Vec<FoundStory> = Vec::new();
    let mut stories: HashSet<StoryId> = HashSet::new();
    let mut after = None;
    for _ in 0..MAX_SEARCHED as i64 / PAGE {
        let page = ctx.store.list_recent_articles(subscriber, search.since, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        for article in page {
            if stories.contains(&article.story_id) {
                continue;
            }
            if !index.matches(&ctx.profile.document(&article)).is_empty() {
                stories.insert(article.story_id);
                let reports = ctx.store.count_story_articles(article.story_id, subscriber).await?;
                found.push(FoundStory { article, reports });
            }
            if found.len() >= search.most {
                return Ok(found);
            }
        }
        // A long search must not hold up the other tasks of this thread.
        tokio::task::yield_now().await;
    }
    Ok(found)
}

/// The alerts that a rule would have sent in the last days.
#[derive(Clone, Debug, Default)]
pub(super) struct RulePreview {
    /// The days, oldest first, each with its alerts.
    pub(super) days: Vec<(Timestamp, usize)>,
    /// The newest article of each of the newest stories.
    pub(super) newest: Vec<Article>,
    /// Articles of these days, up to the limit.
    pub(super) articles: usize,
    /// Articles that the rule matches.
    pub(super) matching: usize,
    /// The limit cut off older articles of these days.
    pub(super) cut: bool,
}

impl RulePreview {
    /// Sums the alerts of all days.
    pub(super) fn alerts(&self) -> usize {
        self.days.iter().map(|(_, alerts)| alerts).sum()
    }
}

/// The role of a rule in the index of a preview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum PreviewedRule {
    Filter,
    Mute,
}

/// Previews a rule on the articles of the last days, in one pass. A muted article raises no alert.
pub(super) async fn preview_rule(
    ctx: &Ctx<'_>,
    subscriber: Option<SubscriberId>,
    rule: &Expr,
    mutes: &[Expr],
) -> Result<RulePreview, StoreError> {
    let mut index = Index::default();
    index.insert(rule, PreviewedRule::Filter);
    mutes.iter().for_each(|mute| index.insert(mute, PreviewedRule::Mute));
    let today = ctx.now.0.div_euclid(DAY_MILLIS);
    let first = today - PREVIEW_DAYS as i64 + 1;
    let mut preview = RulePreview::default();
    // A story counts on the day of its first article: that one alerts.
    let mut stories: HashMap<StoryId, i64> = HashMap::new();
    let mut after = None;
    'pages: loop {
        let page = ctx.store.list_recent_articles(subscriber, Timestamp(first * DAY_MILLIS), after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = Some((last.seen_at, last.id));
        for article in page {
            if preview.articles == MAX_SEARCHED {
                preview.cut = true;
                break 'pages;
            }
            preview.articles += 1;
            let matches = index.matches(&ctx.profile.document(&article)).to_vec();
            if !matches.contains(&PreviewedRule::Filter) {
                continue;
            }
            preview.matching += 1;
            if matches.contains(&PreviewedRule::Mute) {
                continue;
            }
            let day = article.seen_at.0.div_euclid(DAY_MILLIS);
            if stories.insert(article.story_id, day).is_none() && preview.newest.len() < EXAMPLES {
                preview.newest.push(article);
            }
        }
        tokio::task::yield_now().await;
    }
    // The clock of the process that stored the newest article may run ahead of this one's.
    let last = today.max(stories.values().copied().max().unwrap_or(today));
    preview.days = (first..=last)
        .map(|day| (Timestamp(day * DAY_MILLIS), stories.values().filter(|&&of| of == day).count()))
        .collect();
    Ok(preview)
}

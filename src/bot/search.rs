//! Searches the stored articles for the matches of rules, and previews the alerts that a rule would have sent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::context::Ctx;
use crate::cpu;
use ceasewire_model::{Article, ArticleId, StoryId, Timestamp};
use ceasewire_profile::Profile;
use ceasewire_rules::{Doc, Expr, Index, StepBudget};

/// Articles read from the store at a time.
const PAGE: i64 = 100;
/// Articles that a search looks at; a person waits for the answer.
pub(super) const MAX_SEARCHED: usize = 20_000;
/// Bytes of the articles that a search looks at, and its longest time: one search must not cost more than many articles
/// of the usual length do.
const MAX_SEARCHED_BYTES: usize = 100_000_000;
const MAX_SEARCH_TIME: Duration = Duration::from_secs(20);
/// Steps that regular expressions take on one page, some 50 ms, and in a whole search. A page is read to its end without
/// a pause: other searches wait for it.
const PAGE_STEPS: u64 = 20_000_000;
const SEARCH_STEPS: u64 = 400_000_000;
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

/// The found stories.
#[derive(Clone, Debug, Default)]
pub(super) struct FoundStories {
    pub(super) stories: Vec<FoundStory>,
    /// The search ended at its limits, and older articles were not searched.
    pub(super) cut: bool,
}

/// The pages that a search reads, newest articles first, within the limits of one search.
#[derive(Debug)]
struct SearchPages {
    since: Timestamp,
    after: Option<(Timestamp, ArticleId)>,
    articles: usize,
    bytes: usize,
    began: Instant,
    /// The steps left for regular expressions.
    steps: StepBudget,
    /// Whether an expression ran out of steps, so that its articles are not found.
    cut_off: bool,
}

/// The steps of one page.
struct PageSteps {
    left: StepBudget,
    cut_off: bool,
}

impl PageSteps {
    fn matches<K: Copy + Ord>(&mut self, index: &mut Index<K>, doc: &Doc) -> Vec<K> {
        let found = index.matches_bounded(doc, &mut self.left).to_vec();
        self.cut_off |= index.cut_off() > 0;
        found
    }
}

impl SearchPages {
    fn new(since: Timestamp) -> Self {
        let steps = StepBudget::new(SEARCH_STEPS);
        Self { since, after: None, articles: 0, bytes: 0, began: Instant::now(), steps, cut_off: false }
    }

    /// Whether the search has read all that it may.
    fn is_at_limit(&self) -> bool {
        self.articles >= MAX_SEARCHED
            || self.bytes >= MAX_SEARCHED_BYTES
            || self.began.elapsed() >= MAX_SEARCH_TIME
            || self.steps.left() == 0
    }

    /// Reads the next page and has it evaluated off the async threads; `None` where no articles are left.
    async fn evaluate_next<S: Send + 'static>(
        &mut self,
        ctx: &Ctx<'_>,
        mut state: S,
        evaluate: impl FnOnce(&mut S, &Profile, Vec<Article>, &mut PageSteps) + Send + 'static,
    ) -> anyhow::Result<(S, bool)> {
        let _turn = ctx.turns.next(self.bytes).await;
        let page = ctx.store.list_recent_articles(ctx.subscriber_id(), self.since, self.after, PAGE).await?;
        let Some(last) = page.last() else { return Ok((state, false)) };
        self.after = Some((last.seen_at, last.id));
        self.articles += page.len();
        self.bytes += page.iter().map(|article| article.title.len() + article.text.len()).sum::<usize>();
        let profile = Arc::clone(ctx.profile);
        let allowed = self.steps.left().min(PAGE_STEPS);
        let (state, steps) = cpu::run_in_background(move || {
            let mut steps = PageSteps { left: StepBudget::new(allowed), cut_off: false };
            evaluate(&mut state, &profile, page, &mut steps);
            (state, steps)
        })
        .await?;
        self.steps.charge(allowed - steps.left.left());
        self.cut_off |= steps.cut_off;
        Ok((state, true))
    }
}

/// Builds an index of rules off the async threads: regular expressions take their time.
async fn build_index<R>(ctx: &Ctx<'_>, rules: Vec<(Expr, R)>) -> anyhow::Result<Index<R>>
where
    R: Copy + Ord + Send + 'static,
{
    let _turn = ctx.turns.next(0).await;
    let index = cpu::run_in_background(move || {
        let mut index = Index::default();
        rules.iter().for_each(|(rule, owner)| index.insert(rule, *owner));
        index
    });
    Ok(index.await?)
}

/// Finds the newest stories with an article that matches.
pub(super) async fn find_stories(ctx: &Ctx<'_>, search: StorySearch<'_>) -> anyhow::Result<FoundStories> {
    let index = build_index(ctx, search.rules.iter().map(|rule| (rule.clone(), ())).collect()).await?;
    let mut pages = SearchPages::new(search.since);
    let mut state = (index, Vec::<Article>::new(), HashSet::<StoryId>::new());
    let (mut more, mut cut) = (true, false);
    while more && state.1.len() < search.most {
        if pages.is_at_limit() {
            cut = true;
            break;
        }
        let evaluate = |(index, found, stories): &mut (Index<()>, Vec<Article>, HashSet<StoryId>),
                        profile: &Profile,
                        page: Vec<Article>,
                        steps: &mut PageSteps| {
            for mut article in page {
                if !stories.contains(&article.story_id) && !steps.matches(index, &profile.document(&article)).is_empty()
                {
                    stories.insert(article.story_id);
                    // The answer shows no text.
                    article.text.clear();
                    article.text.shrink_to_fit();
                    found.push(article);
                }
            }
        };
        (state, more) = pages.evaluate_next(ctx, state, evaluate).await?;
    }
    cut |= pages.cut_off;
    let mut stories = Vec::new();
    for article in state.1.into_iter().take(search.most) {
        let reports = ctx.store.count_story_articles(article.story_id, ctx.subscriber_id()).await?;
        stories.push(FoundStory { article, reports });
    }
    Ok(FoundStories { stories, cut })
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
    /// The limits of a search cut off older articles of these days.
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

/// A preview under way.
struct PreviewState {
    index: Index<PreviewedRule>,
    preview: RulePreview,
    /// A story counts on the day of its first article: that one alerts.
    stories: HashMap<StoryId, i64>,
}

impl PreviewState {
    fn add(&mut self, profile: &Profile, mut article: Article, steps: &mut PageSteps) {
        self.preview.articles += 1;
        let matches = steps.matches(&mut self.index, &profile.document(&article));
        if !matches.contains(&PreviewedRule::Filter) {
            return;
        }
        self.preview.matching += 1;
        if matches.contains(&PreviewedRule::Mute) {
            return;
        }
        let day = article.seen_at.0.div_euclid(DAY_MILLIS);
        if self.stories.insert(article.story_id, day).is_none() && self.preview.newest.len() < EXAMPLES {
            // The answer shows no text.
            article.text.clear();
            article.text.shrink_to_fit();
            self.preview.newest.push(article);
        }
    }
}

/// Previews a rule on the articles of the last days, in one pass. A muted article raises no alert.
pub(super) async fn preview_rule(ctx: &Ctx<'_>, rule: &Expr, mutes: &[Expr]) -> anyhow::Result<RulePreview> {
    let mutes = mutes.iter().map(|mute| (mute.clone(), PreviewedRule::Mute));
    let index = build_index(ctx, [(rule.clone(), PreviewedRule::Filter)].into_iter().chain(mutes).collect()).await?;
    let today = ctx.now.0.div_euclid(DAY_MILLIS);
    let first = today - PREVIEW_DAYS as i64 + 1;
    let mut state = PreviewState { index, preview: RulePreview::default(), stories: HashMap::new() };
    let mut pages = SearchPages::new(Timestamp(first * DAY_MILLIS));
    let mut more = true;
    while more {
        if pages.is_at_limit() {
            state.preview.cut = true;
            break;
        }
        let evaluate = |state: &mut PreviewState, profile: &Profile, page: Vec<Article>, steps: &mut PageSteps| {
            page.into_iter().for_each(|article| state.add(profile, article, steps));
        };
        (state, more) = pages.evaluate_next(ctx, state, evaluate).await?;
    }
    state.preview.cut |= pages.cut_off;
    let PreviewState { mut preview, stories, .. } = state;
    // The clock of the process that stored the newest article may run ahead of this one's.
    let last = today.max(stories.values().copied().max().unwrap_or(today));
    preview.days = (first..=last)
        .map(|day| (Timestamp(day * DAY_MILLIS), stories.values().filter(|&&of| of == day).count()))
        .collect();
    Ok(preview)
}

//! Searches the stored articles for the matches of rules, and previews the alerts that a rule would have sent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::context::Ctx;
use ceasewire_cpu as cpu;
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

#[derive(Clone, Debug)]
pub(super) struct FoundStory {
    /// Its newest article that matches.
    pub(super) article: Article,
    /// All articles of the story.
    pub(super) reports: i64,
}

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

    /// Reads the next page and has it evaluated off the async threads; `None` after the last article.
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
    /// The words and other parts of the previewed rule, each with the articles that have it.
    pub(super) parts: Vec<(String, usize)>,
    /// Alerts that the previewed mute would have kept back.
    pub(super) silenced: usize,
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
    /// The previewed mute.
    NewMute,
    /// A part of the previewed rule, by its number.
    Part(usize),
}

#[derive(Debug)]
pub(super) struct PreviewedRules<'a> {
    /// The rules that alert: the previewed one, or the chat's where a mute is previewed.
    pub(super) filters: &'a [Expr],
    /// The chat's mutes.
    pub(super) mutes: &'a [Expr],
    /// A mute to preview.
    pub(super) new_mute: Option<&'a Expr>,
}

/// The most parts of a rule in a preview.
const MAX_PARTS: usize = 8;

/// Lists the parts of a rule that articles must have, or may.
fn parts(rule: &Expr, found: &mut Vec<Expr>) {
    match rule {
        Expr::All(parts) | Expr::Any(parts) => parts.iter().for_each(|part| self::parts(part, found)),
        Expr::Not(_) => {}
        Expr::Near { left, right, .. } => found.extend(left.iter().chain(right).cloned().map(Expr::Term)),
        leaf => found.push(leaf.clone()),
    }
}

/// A preview under way.
struct PreviewState {
    index: Index<PreviewedRule>,
    preview: RulePreview,
    /// A story counts on the day of its first article: that one alerts.
    stories: HashMap<StoryId, i64>,
    /// Whether a mute is previewed, and the stories that it would have kept back.
    mutes: bool,
    silenced: HashSet<StoryId>,
}

impl PreviewState {
    fn add(&mut self, profile: &Profile, mut article: Article, steps: &mut PageSteps) {
        self.preview.articles += 1;
        let matches = steps.matches(&mut self.index, &profile.document(&article)).to_vec();
        for matched in &matches {
            if let PreviewedRule::Part(number) = matched {
                self.preview.parts[*number].1 += 1;
            }
        }
        let is_new_mute = matches.contains(&PreviewedRule::NewMute);
        let is_alert = matches.contains(&PreviewedRule::Filter) && !matches.contains(&PreviewedRule::Mute);
        self.preview.matching +=
            usize::from(if self.mutes { is_new_mute } else { matches.contains(&PreviewedRule::Filter) });
        if is_alert && is_new_mute {
            self.silenced.insert(article.story_id);
        }
        if !is_alert {
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

/// Previews a rule or a mute on the articles of the last days, in one pass. A muted article raises no alert.
pub(super) async fn preview_rules(ctx: &Ctx<'_>, rules: PreviewedRules<'_>) -> anyhow::Result<RulePreview> {
    let PreviewedRules { filters, mutes, new_mute } = rules;
    let mut asked = Vec::new();
    if let Some(rule) = new_mute.or(filters.first()) {
        parts(rule, &mut asked);
    }
    asked.truncate(MAX_PARTS);
    let preview =
        RulePreview { parts: asked.iter().map(|part| (part.to_string(), 0)).collect(), ..RulePreview::default() };
    let roles = filters.iter().map(|rule| (rule.clone(), PreviewedRule::Filter));
    let roles = roles.chain(mutes.iter().map(|mute| (mute.clone(), PreviewedRule::Mute)));
    let roles = roles.chain(new_mute.map(|mute| (mute.clone(), PreviewedRule::NewMute)));
    let parts = asked.into_iter().enumerate().map(|(number, part)| (part, PreviewedRule::Part(number)));
    let index = build_index(ctx, roles.chain(parts).collect()).await?;
    let today = ctx.now.0.div_euclid(DAY_MILLIS);
    let first = today - PREVIEW_DAYS as i64 + 1;
    let (stories, silenced) = (HashMap::new(), HashSet::new());
    let mut state = PreviewState { index, preview, stories, mutes: new_mute.is_some(), silenced };
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
    let PreviewState { mut preview, stories, silenced, .. } = state;
    preview.silenced = silenced.len();
    // The clock of the process that stored the newest article may run ahead of this one's.
    let last = today.max(stories.values().copied().max().unwrap_or(today));
    preview.days = (first..=last)
        .map(|day| (Timestamp(day * DAY_MILLIS), stories.values().filter(|&&of| of == day).count()))
        .collect();
    Ok(preview)
}

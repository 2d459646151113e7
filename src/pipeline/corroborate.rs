//! Stage 5: the changes that new articles bring to known stories (sources, figures, updates), and the meetings that
//! they announce.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ceasewire_articles::{credit, identity};
use ceasewire_model::story::{AttributedReport, UpdateKind};
use ceasewire_model::{Article, SilentReason, StoryId, SubscriberId, Timestamp};
use ceasewire_stories::corroboration;
use ceasewire_stories::meeting::AnnouncedMeeting;
use ceasewire_stories::story_facts::{EventTopics, ToldEvents, find_new_topics};

use super::Pipeline;
use super::group::{GroupedArticle, GroupedFetch};
use super::loudness::ArticleNews;
use super::revise;
use crate::store::{StoreError, StoryReport};

/// Seconds in which an event that the story has told is still news to a subscriber without an alert of it.
const FRESH_SECS: i64 = 6 * 3600;

/// A change of a known story.
#[derive(Debug)]
pub(super) struct StoryDelta {
    /// How many sources the story has, this article's included.
    pub(super) sources: usize,
    /// Updates that this article is the first to report.
    pub(super) updates: Vec<UpdateKind>,
}

/// The effects of one article beyond its own row.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    pub(super) delta: Option<StoryDelta>,
    pub(super) meetings: Vec<AnnouncedMeeting>,
    /// A new version reports an event that no other article of the story has reported.
    pub(super) brings_facts: bool,
    pub(super) news: ArticleNews,
    /// The same for subscribers whose own feeds have told some of the events.
    pub(super) private_news: BTreeMap<SubscriberId, ArticleNews>,
}

impl Consequences {
    /// The article's news for a subscriber.
    pub(super) fn news_for(&self, subscriber: SubscriberId) -> ArticleNews {
        self.private_news.get(&subscriber).copied().unwrap_or(self.news)
    }
}

impl Pipeline {
    /// Assesses each article of a fetch, in order. An article that only some chats may read corroborates no story for
    /// others and fills no calendar; neither does a silent one.
    pub(super) async fn corroborate(
        &self,
        fetch: &GroupedFetch,
        now: Timestamp,
    ) -> Result<Vec<Consequences>, StoreError> {
        let mut consequences: Vec<Consequences> = fetch.articles.iter().map(|_| Consequences::default()).collect();
        let is_private = fetch.private_to.is_some();
        let joined = fetch.articles.iter().filter(|grouped| !grouped.opens_story && !grouped.is_silent());
        let mut stories: Vec<StoryId> = joined.map(|grouped| grouped.article().story_id).collect();
        stories.sort_unstable();
        stories.dedup();
        let mut reports = self.list_reports(&stories).await?;
        let mut calendar = None;
        for (grouped, consequences) in fetch.articles.iter().zip(&mut consequences) {
            let article = grouped.article();
            if !grouped.is_silent() && !is_private {
                consequences.meetings = self.find_meetings(article, &mut calendar, now).await?;
            }
            let told = reports.get(&article.story_id).map(Vec::as_slice).unwrap_or_default();
            consequences.news = self.find_news(grouped, told, now);
            consequences.private_news =
                self.find_private_news(grouped, consequences.news, told, is_private, now).await?;
            let Some(reports) = reports.get_mut(&article.story_id).filter(|_| !is_private) else { continue };
            let before = corroboration::assess(reports, &self.profile.sides);
            if let Some(revision) = &grouped.enriched.revision {
                let told = reports.iter().filter(|report| report.article != revision.was.id);
                let told = revise::facts(told.flat_map(|report| &report.events));
                consequences.brings_facts = revision.facts.iter().any(|fact| !told.contains(fact));
                reports.retain(|report| report.article != article.id);
            }
            reports.push(self.report(StoryReport {
                article: article.id,
                outlet: article.outlet.clone(),
                credit: article.credit.clone(),
                url: article.url.clone(),
                links: article.links_to.is_some(),
                at: article.seen_at,
                events: article.events.clone(),
            }));
            if grouped.opens_story || grouped.is_silent() {
                continue;
            }
            let after = corroboration::assess(reports, &self.profile.sides);
            if after != before {
                let updates = after.updates.iter().map(|update| update.kind);
                let updates = updates.filter(|kind| before.updates.iter().all(|update| update.kind != *kind)).collect();
                consequences.delta = Some(StoryDelta { sources: after.sources.len(), updates });
            }
        }
        Ok(consequences)
    }

    /// Finds the topics of an article's events, and of those that are new to its story. The version before of a changed
    /// article is one of the story's reports, unless it was silent.
    fn find_news(&self, grouped: &GroupedArticle, reports: &[AttributedReport], now: Timestamp) -> ArticleNews {
        let article = grouped.article();
        let mut told: Vec<ToldEvents<'_>> = reports
            .iter()
            .filter(|report| report.article != article.id)
            .map(|report| ToldEvents { at: report.at, events: &report.events })
            .collect();
        let before = grouped.enriched.revision.as_ref().filter(|revision| !revision.is_redated);
        told.extend(before.map(|revision| ToldEvents { at: revision.was.seen_at, events: &revision.was.events }));
        let new = find_new_topics(&article.events, &told, self.gates.many_killed, now);
        told.retain(|report| report.at < now.plus_secs(-FRESH_SECS));
        ArticleNews {
            about: EventTopics::of_ids(article.topics.iter().map(String::as_str)),
            new,
            fresh: find_new_topics(&article.events, &told, self.gates.many_killed, now),
        }
    }

    /// Finds the news of an article for the subscribers whose own feeds have reports of its story. Nobody else's news
    /// depends on those.
    async fn find_private_news(
        &self,
        grouped: &GroupedArticle,
        news: ArticleNews,
        reports: &[AttributedReport],
        is_private: bool,
        now: Timestamp,
    ) -> Result<BTreeMap<SubscriberId, ArticleNews>, StoreError> {
        let mut found = BTreeMap::new();
        let hearing = grouped.matches.iter().filter(|matched| matched.loudness.hears_event(news));
        let hearing: BTreeSet<SubscriberId> = hearing.map(|matched| matched.subscriber).collect();
        if hearing.is_empty() || (grouped.opens_story && grouped.private_stories.is_empty()) {
            return Ok(found);
        }
        let listing = match is_private {
            true => hearing,
            false => {
                let listing = self.store.list_all_chat_feeds().await?;
                listing.into_iter().map(|(_, subscriber)| subscriber).filter(|one| hearing.contains(one)).collect()
            }
        };
        for subscriber in listing {
            let mut own = Vec::new();
            for &story in [grouped.article().story_id].iter().chain(&grouped.private_stories) {
                own.extend(self.store.list_private_reports(story, subscriber).await?);
            }
            if !own.is_empty() {
                let own = own.into_iter().map(|report| self.report(report));
                let all: Vec<AttributedReport> = own.chain(reports.iter().cloned()).collect();
                found.insert(subscriber, self.find_news(grouped, &all, now));
            }
        }
        Ok(found)
    }

    /// Reads the reports of stories. A story that the fetch itself opens has none yet.
    async fn list_reports(&self, stories: &[StoryId]) -> Result<HashMap<StoryId, Vec<AttributedReport>>, StoreError> {
        let mut reports: HashMap<StoryId, Vec<AttributedReport>> =
            stories.iter().map(|&story| (story, Vec::new())).collect();
        for (story, report) in self.store.list_reports_of_stories(stories).await? {
            reports.entry(story).or_default().push(self.report(report));
        }
        Ok(reports)
    }

    fn report(&self, report: StoryReport) -> AttributedReport {
        AttributedReport {
            article: report.article,
            source: credit::resolve_source(&report.outlet, report.credit.as_deref(), &self.profile.outlets),
            own: report.credit.is_none(),
            address: report.url.as_deref().and_then(identity::canonical_url),
            links: report.links,
            at: report.at,
            events: report.events,
        }
    }
}

impl super::group::GroupedArticle {
    pub(super) fn article(&self) -> &Article {
        &self.enriched.article
    }

    /// Whether it is the new version of an article, which keeps its row.
    pub(super) fn is_revised_in_place(&self) -> bool {
        self.enriched.revision.as_ref().is_some_and(|revision| revision.was.id == self.article().id)
    }

    pub(super) fn is_silent(&self) -> bool {
        self.enriched.silent_reason.is_some()
    }

    pub(super) fn is_too_old(&self) -> bool {
        self.enriched.silent_reason == Some(SilentReason::TooOld)
    }
}

//! Renders deliveries from the present state of their stories. Deliveries of one article with equal reasons have equal
//! messages, so the renderer caches a message until the next article commits.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::OnceCell;
use uuid::Uuid;

use super::batch::{BatchItem, locale_of};
use crate::alert::clock::LocalClock;
use crate::alert::digest::{CombinedItem, CombinedKind, CombinedLayout, render_combined};
use crate::alert::fact::AlertFact;
use crate::alert::meeting::render_reminder;
use crate::alert::render::{self, Alert};
use crate::alert::revision::{RevisedAlert, render_revision};
use crate::chat::Limits;
use crate::locale::Locale;
use crate::store::{ArticleVersion, Recipient, Store};
use ceasewire_articles::{credit, identity};
use ceasewire_model::event::EventFacts;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::story::{AttributedReport, Corroboration, ReportSource, StoryUpdate, UpdateKind};
use ceasewire_model::{
    Article, ArticleChange, ArticleId, Delivery, DeliveryId, DeliveryKind, MeetingId, Message, StoryId, SubscriberId,
    Timestamp,
};
use ceasewire_profile::Profile;
use ceasewire_rules::Expr;
use ceasewire_stories::corroboration;
use ceasewire_stories::event::EventExtractor;
use ceasewire_stories::story_facts::{EventTopics, find_headline_event};
use ceasewire_stories::summary::{SummaryArticle, SummaryBudget, SummaryFocus, summarise_for_alert, summarise_story};

/// Articles of a story that quotes come from; more articles add nothing new.
const MOST_QUOTED: i64 = 40;
/// Seconds after its due time in which a reminder is still true: the meeting is tomorrow, or in an hour.
const DAY_WITHIN_SECS: i64 = 12 * 3600;
const HOUR_WITHIN_SECS: i64 = 3600;
/// Sentences of other sources in an alert, and their characters in total.
const QUOTES: usize = 2;
const QUOTED_CHARACTERS: usize = 500;
/// Cached messages. A breaking story has one message per combination of rules.
const CACHE_SIZE: usize = 512;
/// The delivery in the buttons of cached messages.
const PLACEHOLDER: DeliveryId = DeliveryId(Uuid::max());

/// The matched rules of a delivery: the topic of a subscription, and the rule's text.
pub(super) type MatchReasons = Vec<(Option<String>, String)>;

type CacheKey = (ArticleId, MatchReasons, Locale);
/// Messages at one revision of the stories.
type CachedMessages = HashMap<CacheKey, Arc<OnceCell<Option<Message>>>>;

/// The circumstances of rendering a delivery.
#[derive(Clone, Copy, Debug)]
pub(super) struct RenderScope {
    /// The revision of the stories after the claim. A later commit sees the claim and schedules an edit.
    pub(super) revision: i64,
    /// Whether other subscribers see the same articles, so that the message can be cached.
    pub(super) shared: bool,
    pub(super) locale: Locale,
    pub(super) now: Timestamp,
}

/// Renders deliveries of one platform.
#[derive(Debug)]
pub(super) struct AlertRenderer {
    store: Store,
    profile: Arc<Profile>,
    events: EventExtractor,
    summary_sentences: usize,
    limits: Limits,
    /// The cached messages with their revision.
    cache: Mutex<(i64, CachedMessages)>,
}

impl AlertRenderer {
    pub(super) fn new(store: Store, profile: Arc<Profile>, summary_sentences: usize, limits: Limits) -> Self {
        let events = EventExtractor::new(Arc::clone(&profile.vocabulary), &profile.sides);
        Self { store, profile, events, summary_sentences, limits, cache: Mutex::default() }
    }

    /// Renders a delivery; `None` when there is no content any more.
    pub(super) async fn render(
        &self,
        delivery: &Delivery,
        reasons: &MatchReasons,
        scope: RenderScope,
    ) -> anyhow::Result<Option<Message>> {
        if delivery.kind != DeliveryKind::Alert || !scope.shared {
            return self.render_uncached(delivery, reasons, scope).await;
        }
        let cell = {
            let mut cache = self.cache.lock();
            if cache.0 != scope.revision || cache.1.len() >= CACHE_SIZE {
                *cache = (scope.revision, CachedMessages::new());
            }
            Arc::clone(cache.1.entry((delivery.article_id, reasons.clone(), scope.locale)).or_default())
        };
        let placeholder = Delivery { id: PLACEHOLDER, ..delivery.clone() };
        let message = cell.get_or_try_init(|| self.render_uncached(&placeholder, reasons, scope)).await?;
        Ok(message.as_ref().map(|message| render::readdressed(message, PLACEHOLDER, delivery.id)))
    }

    async fn render_uncached(
        &self,
        delivery: &Delivery,
        reasons: &MatchReasons,
        scope: RenderScope,
    ) -> anyhow::Result<Option<Message>> {
        let RenderScope { locale, now, .. } = scope;
        if let DeliveryKind::DayBefore | DeliveryKind::HourBefore = delivery.kind {
            let meeting = self.store.find_meeting(MeetingId(delivery.subject)).await?;
            let meeting = meeting.filter(|meeting| is_timely(meeting, delivery, now));
            return Ok(meeting.map(|meeting| render_reminder(&meeting, delivery.kind, locale)));
        }
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        if let DeliveryKind::Update(kind) = delivery.kind {
            let update = self.find_update(delivery.story_id, kind).await?;
            let outlet = self.profile.outlets.get(&article.outlet);
            return Ok(update.map(|update| render::render_update(delivery.id, &article, outlet, &update, locale)));
        }
        if delivery.kind == DeliveryKind::Revised {
            let version = self.store.find_version(article.id, delivery.number).await?;
            return Ok(version.map(|version| self.render_version(delivery, &article, reasons, &version, locale)));
        }
        if delivery.kind == DeliveryKind::News {
            return Ok(Some(self.render_news(delivery, &article, reasons, locale)));
        }
        self.render_alert(delivery, &article, reasons, &[], locale).await.map(Some)
    }

    /// Finds the event that the first line of a message names, of the topics that the subscriber's rules ask for.
    fn find_fact<'a>(&self, article: &'a Article, reasons: &MatchReasons) -> Option<AlertFact<'a>> {
        let vocabulary = &self.profile.vocabulary;
        let rules: Vec<Expr> = reasons.iter().filter_map(|(_, rule)| vocabulary.compile_stored(rule).ok()).collect();
        let topics = EventTopics::of_ids(rules.iter().flat_map(Expr::asked_topics));
        let event = find_headline_event(&article.events, topics, 1)?;
        let authority = match &event.facts {
            EventFacts::Casualties(facts) => facts.according_to.clone(),
            _ => self.events.find_authority(&event.sentence, article.language.as_deref()),
        };
        Some(AlertFact { facts: &event.facts, authority, source: self.source(article).name })
    }

    /// Renders the event that a further article brings to a story.
    fn render_news(&self, delivery: &Delivery, article: &Article, reasons: &MatchReasons, locale: Locale) -> Message {
        let event: Vec<&str> = article.events.iter().map(|event| event.sentence.as_str()).collect();
        let summary = self.summarise_news(article, &article.text, reasons, &event);
        self.render_update(delivery, article, reasons, self.find_fact(article, reasons), None, summary, locale)
    }

    /// Renders the news that a version of an article brought.
    fn render_version(
        &self,
        delivery: &Delivery,
        article: &Article,
        reasons: &MatchReasons,
        ended: &ArticleVersion,
        locale: Locale,
    ) -> Message {
        let old_title = Some(ended.title.as_str()).filter(|title| *title != article.title);
        let summary = self.summarise_news(article, &ended.news.join("\n"), reasons, &[]);
        self.render_update(delivery, article, reasons, None, old_title, summary, locale)
    }

    /// Summarises the news of an article for the rules that it has matched.
    fn summarise_news(&self, article: &Article, news: &str, reasons: &MatchReasons, event: &[&str]) -> String {
        let rules = self.reason_rules(reasons);
        let rules: Vec<&Expr> = rules.iter().collect();
        let about = SummaryFocus { rules: &rules, event, language: article.language.as_deref() };
        summarise_for_alert(&article.title, news, &about, self.summary_sentences)
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one message")]
    fn render_update(
        &self,
        delivery: &Delivery,
        article: &Article,
        reasons: &MatchReasons,
        fact: Option<AlertFact<'_>>,
        old_title: Option<&str>,
        summary: String,
        locale: Locale,
    ) -> Message {
        let (topics, filters) = self.reason_names(reasons);
        let outlet = self.profile.outlets.get(&article.outlet);
        render_revision(&RevisedAlert {
            delivery: delivery.id,
            article,
            outlet,
            topics,
            filters,
            fact,
            old_title,
            summary,
            locale,
        })
    }

    /// The names of the subscribed topics, and the filters, that a delivery has matched.
    fn reason_names<'a>(&'a self, reasons: &'a MatchReasons) -> (Vec<&'a str>, Vec<&'a str>) {
        let topics = reasons
            .iter()
            .filter_map(|(topic, _)| self.profile.vocabulary.topic(topic.as_deref()?))
            .map(|topic| topic.name.as_str());
        let filters = reasons.iter().filter(|(topic, _)| topic.is_none()).map(|(_, text)| text.as_str());
        (topics.collect(), filters.collect())
    }

    fn reason_rules(&self, reasons: &MatchReasons) -> Vec<Expr> {
        let vocabulary = &self.profile.vocabulary;
        let rule = |(topic, text): &(Option<String>, String)| match topic {
            Some(topic) => vocabulary.topic_rule(topic).cloned(),
            None => vocabulary.compile_stored(text).ok(),
        };
        reasons.iter().filter_map(rule).collect()
    }

    /// Renders one message for several deliveries. Returns the number of deliveries in it, deleted articles included.
    pub(super) async fn render_combined(
        &self,
        kind: CombinedKind,
        items: &[BatchItem],
        recipient: Option<&Recipient>,
        now: Timestamp,
    ) -> anyhow::Result<(Option<Message>, usize)> {
        let mut found: Vec<(usize, Article, Option<StoryUpdate>)> = Vec::with_capacity(items.len());
        for (index, BatchItem { delivery, .. }) in items.iter().enumerate() {
            let Some(article) = self.store.find_article(delivery.article_id).await? else { continue };
            let update = match delivery.kind {
                DeliveryKind::Update(kind) => self.find_update(delivery.story_id, kind).await?,
                _ => self.find_update_after(delivery).await?,
            };
            found.push((index, article, update));
        }
        let Some(first) = items.first().filter(|_| !found.is_empty()) else { return Ok((None, items.len())) };
        let combined: Vec<CombinedItem<'_>> = found
            .iter()
            .map(|(index, article, update)| CombinedItem {
                delivery: items[*index].delivery.id,
                article,
                outlet: self.profile.outlets.get(&article.outlet),
                update: update.as_ref(),
                created_at: items[*index].delivery.created_at,
            })
            .collect();
        let waiting = self.store.count_due_to(first.delivery.subscriber_id, now).await?;
        let zone = recipient.and_then(|recipient| recipient.preferences.time_zone.as_deref());
        let layout = CombinedLayout {
            clock: LocalClock::new(zone),
            locale: locale_of(recipient),
            text_chars: self.limits.text_chars,
            styled_spans: self.limits.styled_spans,
        };
        let (message, count) = render_combined(kind, &combined, waiting as usize, layout);
        Ok((Some(message), found.get(count).map_or(items.len(), |(index, ..)| *index)))
    }

    /// Renders an alert, with changes of its article after it was sent.
    pub(super) async fn render_alert(
        &self,
        delivery: &Delivery,
        article: &Article,
        reasons: &MatchReasons,
        changes: &[ArticleChange],
        locale: Locale,
    ) -> anyhow::Result<Message> {
        let (topics, filters) = self.reason_names(reasons);
        let rules = self.reason_rules(reasons);
        let rules: Vec<&Expr> = rules.iter().collect();
        // The sentence of an event counts only for its own topic: a meeting's sentence for subscribers of meetings.
        let event: Vec<&str> = article
            .events
            .iter()
            .filter(|event| reasons.iter().any(|(topic, _)| topic.as_deref() == Some(event.topic().as_str())))
            .map(|event| event.sentence.as_str())
            .collect();
        let about = SummaryFocus { rules: &rules, event: &event, language: article.language.as_deref() };
        let summary = summarise_for_alert(&article.title, &article.text, &about, self.summary_sentences);

        let subscriber = Some(delivery.subscriber_id);
        let corroboration = self.assess(delivery.story_id, subscriber).await?;
        let quotes = if corroboration.sources.len() > 1 {
            let articles = self.store.list_story_articles(delivery.story_id, subscriber, MOST_QUOTED).await?;
            self.quotes(article, &articles, &about)
        } else {
            Vec::new()
        };
        let quotes = quotes.into_iter().filter(|(_, sentence)| !summary.contains(sentence.as_str())).collect();
        // A later report than the first one often brings the date.
        let meetings = self.store.list_story_meetings(delivery.story_id).await?;
        let calendar = meetings.iter().find(|meeting| meeting.first_day.is_some()).map(|meeting| meeting.id);
        Ok(render::render_alert(&Alert {
            delivery: delivery.id,
            article,
            outlet: self.profile.outlets.get(&article.outlet),
            topics,
            filters,
            fact: self.find_fact(article, reasons),
            changes,
            summary,
            corroboration: &corroboration,
            quotes,
            calendar,
            locale,
        }))
    }

    /// Finds the update of this kind, if it still holds.
    async fn find_update(&self, story: StoryId, kind: UpdateKind) -> anyhow::Result<Option<StoryUpdate>> {
        let corroboration = self.assess(story, None).await?;
        Ok(corroboration.updates.into_iter().find(|update| update.kind == kind))
    }

    /// Finds the latest update of a waiting alert's story after its article. A change precedes a confirmation.
    async fn find_update_after(&self, alert: &Delivery) -> anyhow::Result<Option<StoryUpdate>> {
        let updates = self.assess(alert.story_id, None).await?.updates.into_iter();
        let is_change = |kind| !matches!(kind, UpdateKind::OtherSide | UpdateKind::ThreeCountries);
        Ok(updates
            .filter(|update| update.article != alert.article_id)
            .max_by_key(|update| (is_change(update.kind), update.at)))
    }

    /// Selects sentences of other sources that the article does not contain, with the sources' names.
    fn quotes(&self, article: &Article, articles: &[Article], about: &SummaryFocus<'_>) -> Vec<(String, String)> {
        let names: Vec<String> = articles.iter().map(|article| self.source(article).name).collect();
        let own = articles.iter().position(|other| other.id == article.id);
        // The alert's own article comes first: the selection drops sentences that repeat earlier articles.
        let mut order: Vec<usize> = own.into_iter().collect();
        order.extend((0..articles.len()).filter(|index| Some(*index) != own));
        let sources: Vec<SummaryArticle<'_>> = order
            .into_iter()
            .map(|index| SummaryArticle {
                outlet: &names[index],
                title: &articles[index].title,
                text: &articles[index].text,
                language: articles[index].language.as_deref(),
            })
            .collect();
        let own = sources.first().map(|source| source.outlet.to_owned());
        summarise_story(&sources, about, SummaryBudget { sentences: QUOTES + 1, chars: QUOTED_CHARACTERS })
            .into_iter()
            .filter(|quoted| Some(quoted.outlet) != own.as_deref())
            .map(|quoted| (quoted.outlet.to_owned(), quoted.sentence.to_owned()))
            .collect()
    }

    /// Assesses the corroboration of a story, by the articles that the subscriber may see.
    async fn assess(&self, story: StoryId, subscriber: Option<SubscriberId>) -> anyhow::Result<Corroboration> {
        let reports = self.store.list_story_reports(story, subscriber).await?;
        let reports: Vec<AttributedReport> = reports
            .into_iter()
            .map(|report| AttributedReport {
                article: report.article,
                source: credit::resolve_source(&report.outlet, report.credit.as_deref(), &self.profile.outlets),
                own: report.credit.is_none(),
                address: report.url.as_deref().and_then(identity::canonical_url),
                links: report.links,
                at: report.at,
                events: report.events,
            })
            .collect();
        Ok(corroboration::assess(&reports, &self.profile.sides))
    }

    fn source(&self, article: &Article) -> ReportSource {
        credit::resolve_source(&article.outlet, article.credit.as_deref(), &self.profile.outlets)
    }
}

/// Whether a reminder is still true: the meeting has kept its time, and the reminder is not late.
fn is_timely(meeting: &Meeting, delivery: &Delivery, now: Timestamp) -> bool {
    let (due, within) = match delivery.kind {
        DeliveryKind::HourBefore => (meeting.remind_hour_at, HOUR_WITHIN_SECS),
        _ => (meeting.remind_day_at, DAY_WITHIN_SECS),
    };
    due == Some(Timestamp(delivery.number)) && due.is_some_and(|due| now < due.plus_secs(within))
}

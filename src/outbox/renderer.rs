//! What a delivery says: everything that is known of its story at the moment of sending. Deliveries of one article for the
//! same reasons say the same, which is worded once as long as no article has come since.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;
use uuid::Uuid;

use crate::alert::meeting::render_reminder;
use crate::alert::render::{self, Alert};
use crate::store::Store;
use ceasewire_articles::credit;
use ceasewire_model::meeting::Meeting;
use ceasewire_model::story::{AttributedReport, Corroboration, ReportSource, StoryUpdate, UpdateKind};
use ceasewire_model::{
    Article, ArticleChange, ArticleId, Delivery, DeliveryId, DeliveryKind, MeetingId, Message, Outlet, StoryId,
    SubscriberId, Timestamp,
};
use ceasewire_profile::Profile;
use ceasewire_rules::Expr;
use ceasewire_stories::corroboration;
use ceasewire_stories::summary::{About, Room, Told, of_story, summarise};

/// Articles of a story that are quoted from; more say nothing new.
const MOST_QUOTED: i64 = 40;
/// Seconds after its time within which a reminder still says the truth: the meeting is tomorrow, or about to begin.
const DAY_WITHIN_SECS: i64 = 12 * 3600;
const HOUR_WITHIN_SECS: i64 = 3600;
/// Sentences of other sources in an alert, and the characters that they may have in all.
const QUOTES: usize = 2;
const QUOTED_CHARACTERS: usize = 500;
/// Messages that are remembered: of a story that breaks there are as many as there are combinations of rules.
const REMEMBERED: usize = 512;
/// The delivery that stands in remembered messages.
const ANY: DeliveryId = DeliveryId(Uuid::max());

/// Why a subscriber is told: the topic, where it is a subscription, and the rule's text.
pub(super) type Reasons = Vec<(Option<String>, String)>;

/// What is worded at one state of the stories.
type Remembered = HashMap<(ArticleId, Reasons), Arc<OnceCell<Option<Message>>>>;

/// Words what the sender sends.
#[derive(Debug)]
pub(super) struct AlertRenderer {
    store: Store,
    profile: Arc<Profile>,
    summary_sentences: usize,
    /// The revision of the stories, and what was worded at it.
    remembered: Mutex<(i64, Remembered)>,
}

impl AlertRenderer {
    pub(super) fn new(store: Store, profile: Arc<Profile>, summary_sentences: usize) -> Self {
        Self { store, profile, summary_sentences, remembered: Mutex::default() }
    }

    /// The outlet with this id, if it is described.
    pub(super) fn outlet(&self, id: &str) -> Option<&Outlet> {
        self.profile.outlets.get(id)
    }

    /// What turned a story in this way, if that still holds.
    pub(super) async fn turn(&self, story: StoryId, kind: UpdateKind) -> anyhow::Result<Option<StoryUpdate>> {
        let weight = self.weigh(story, None).await?;
        Ok(weight.updates.into_iter().find(|turn| turn.kind == kind))
    }

    /// What has turned a story since the article of an alert that waited: that what it told of is off before who else
    /// reports it, the last of those.
    pub(super) async fn turned_since(&self, alert: &Delivery) -> anyhow::Result<Option<StoryUpdate>> {
        let turns = self.weigh(alert.story_id, None).await?.updates.into_iter();
        let is_off = |kind| matches!(kind, UpdateKind::Violated | UpdateKind::Cancelled | UpdateKind::Postponed);
        Ok(turns.filter(|turn| turn.article != alert.article_id).max_by_key(|turn| (is_off(turn.kind), turn.at)))
    }

    /// Words a delivery; `None` when there is nothing left to tell. `revision` is that of the stories, read after the delivery
    /// was claimed: who commits later sees the claim, and has the alert brought up to date. For `alone` nothing is remembered.
    pub(super) async fn word(
        &self,
        delivery: &Delivery,
        reasons: &Reasons,
        revision: i64,
        alone: bool,
        now: Timestamp,
    ) -> anyhow::Result<Option<Message>> {
        if delivery.kind != DeliveryKind::Alert || alone {
            return self.render(delivery, reasons, now).await;
        }
        let cell = {
            let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            if remembered.0 != revision || remembered.1.len() >= REMEMBERED {
                *remembered = (revision, Remembered::new());
            }
            Arc::clone(remembered.1.entry((delivery.article_id, reasons.clone())).or_default())
        };
        let any = Delivery { id: ANY, ..delivery.clone() };
        let message = cell.get_or_try_init(|| self.render(&any, reasons, now)).await?;
        Ok(message.as_ref().map(|message| render::readdressed(message, ANY, delivery.id)))
    }

    /// Words a delivery; `None` when there is nothing left to tell.
    async fn render(&self, delivery: &Delivery, reasons: &Reasons, now: Timestamp) -> anyhow::Result<Option<Message>> {
        if let DeliveryKind::DayBefore | DeliveryKind::HourBefore = delivery.kind {
            let meeting = self.store.find_meeting(MeetingId(delivery.subject)).await?;
            let meeting = meeting.filter(|meeting| is_timely(meeting, delivery, now));
            return Ok(meeting.map(|meeting| render_reminder(&meeting, delivery.kind)));
        }
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        if let DeliveryKind::Update(kind) = delivery.kind {
            let turn = self.turn(delivery.story_id, kind).await?;
            return Ok(turn.map(|turn| {
                render::render_turn(delivery.id, &article, self.profile.outlets.get(&article.outlet), &turn)
            }));
        }
        self.alert(delivery, &article, reasons, &[]).await.map(Some)
    }

    /// Words a story's alert, with what has changed in its article since it was sent.
    pub(super) async fn alert(
        &self,
        delivery: &Delivery,
        article: &Article,
        reasons: &Reasons,
        changes: &[ArticleChange],
    ) -> anyhow::Result<Message> {
        let topics = reasons
            .iter()
            .filter_map(|(topic, _)| self.profile.vocabulary.topic(topic.as_deref()?))
            .map(|topic| topic.name.as_str());
        let filters = reasons.iter().filter(|(topic, _)| topic.is_none()).map(|(_, text)| text.as_str());
        let asked: Vec<Expr> = reasons
            .iter()
            .filter_map(|(topic, text)| match topic {
                Some(topic) => self.profile.vocabulary.topic_rule(topic).cloned(),
                None => self.profile.vocabulary.compile(text).ok(),
            })
            .collect();
        let asked: Vec<&Expr> = asked.iter().collect();
        // Of what happened, that which was asked for: a meeting's sentence for who asked for meetings.
        let event: Vec<&str> = article
            .events
            .iter()
            .filter(|event| reasons.iter().any(|(topic, _)| topic.as_deref() == Some(event.topic())))
            .map(|event| event.sentence.as_str())
            .collect();
        let about = About { rules: &asked, event: &event, language: article.language.as_deref() };
        let summary = summarise(&article.title, &article.text, &about, self.summary_sentences);

        let subscriber = Some(delivery.subscriber_id);
        let weight = self.weigh(delivery.story_id, subscriber).await?;
        let quotes = if weight.sources.len() > 1 {
            let told = self.store.list_story_articles(delivery.story_id, subscriber, MOST_QUOTED).await?;
            self.quotes(article, &told, &about)
        } else {
            Vec::new()
        };
        let quotes = quotes.into_iter().filter(|(_, sentence)| !summary.contains(sentence.as_str())).collect();
        // The day is often not in the first report but in a later one.
        let meetings = self.store.list_story_meetings(delivery.story_id).await?;
        let calendar = meetings.iter().find(|meeting| meeting.first_day.is_some()).map(|meeting| meeting.id);
        Ok(render::render(&Alert {
            delivery: delivery.id,
            article,
            outlet: self.profile.outlets.get(&article.outlet),
            topics: topics.collect(),
            filters: filters.collect(),
            changes,
            summary,
            weight: &weight,
            quotes,
            calendar,
        }))
    }

    /// What other sources say of an article's story that it does not, by their names.
    fn quotes(&self, article: &Article, told: &[Article], about: &About<'_>) -> Vec<(String, String)> {
        let names: Vec<String> = told.iter().map(|told| self.source(told).name).collect();
        let own = told.iter().position(|told| told.id == article.id);
        let mut order: Vec<usize> = own.into_iter().collect();
        order.extend((0..told.len()).filter(|at| Some(*at) != own));
        // The alert's own article leads, whichever came first: nothing is quoted that says the same.
        let told: Vec<Told<'_>> = order
            .into_iter()
            .map(|at| Told {
                outlet: &names[at],
                title: &told[at].title,
                text: &told[at].text,
                language: told[at].language.as_deref(),
            })
            .collect();
        let own = told.first().map(|told| told.outlet.to_owned());
        of_story(&told, about, Room { sentences: QUOTES + 1, chars: QUOTED_CHARACTERS })
            .into_iter()
            .filter(|quoted| Some(quoted.outlet) != own.as_deref())
            .map(|quoted| (quoted.outlet.to_owned(), quoted.sentence.to_owned()))
            .collect()
    }

    async fn weigh(&self, story: StoryId, subscriber: Option<SubscriberId>) -> anyhow::Result<Corroboration> {
        let reports = self.store.list_story_reports(story, subscriber).await?;
        let reports: Vec<AttributedReport> = reports
            .into_iter()
            .map(|report| AttributedReport {
                article: report.article,
                source: credit::resolve_source(&report.outlet, report.credit.as_deref(), &self.profile.outlets),
                own: report.credit.is_none(),
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

/// Whether a reminder still says the truth: the meeting stands where it stood, and lies as far ahead as is said.
fn is_timely(meeting: &Meeting, delivery: &Delivery, now: Timestamp) -> bool {
    let (due, within) = match delivery.kind {
        DeliveryKind::HourBefore => (meeting.remind_hour_at, HOUR_WITHIN_SECS),
        _ => (meeting.remind_day_at, DAY_WITHIN_SECS),
    };
    due == Some(Timestamp(delivery.number)) && due.is_some_and(|due| now < due.plus_secs(within))
}

//! A replay: articles go through the program's own pipeline, outbox and rendering, on a clock that follows their dates,
//! for subscribers whom commands set up. It writes no line to any chat and knows no HTTP.
//!
//! Between two articles the clock stops at each time at which a delivery, an edit or a reminder is due, so that quiet
//! hours, digests and caps count as they would have. The store is a file that the replay deletes at its end.

mod articles;
mod recorder;
mod score;
mod subscriber_file;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context;
use async_trait::async_trait;
use ceasewire_articles::identity;
use ceasewire_model::{
    ArticleId, Clock, DeliveryKind, Entry, Feed, FeedSource, StoryId, SubscriberId, Tick, Timestamp,
};
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::app::{self, Parts, PlatformParts};
use crate::bot::Bot;
use crate::chat::{Author, ChatKind, Incoming, MessageForm, Messenger, Update};
use crate::config::Settings;
use crate::outbox::Dispatcher;
use crate::pipeline::{Alerting, Fetch, PageReader, Pipeline};
use crate::store::{SentDelivery, Store};
use articles::TimedArticle;
use recorder::{Recorded, Recorder, address};

pub use articles::{ReplayArticle, ReplayInput};
pub use score::{Expectations, ReplayScore, StoredArticle, score};
pub use subscriber_file::{ReplaySubscriber, parse_subscribers};

/// Messages a second that may leave: no limit of a platform slows a replay down.
const MESSAGES_A_SECOND: u32 = 100_000;
/// Seconds between the commands and the first article.
const COMMANDS_BEFORE_SECS: i64 = 60;
/// Articles of a story that a message names at most.
const MOST_REPORTS: i64 = 1000;

/// The kind of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum MessageKind {
    /// The first message about a story.
    #[default]
    Alert,
    /// A further message about a story or its meeting.
    Update,
    /// A sent alert with a new text.
    Edit,
    /// Several reports in one message, or the entries of a digest.
    Digest,
}

/// A message as a subscriber would have got it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ReplayMessage {
    #[serde(serialize_with = "as_rfc3339")]
    pub at: Timestamp,
    pub kind: MessageKind,
    /// Whether it comes with a sound.
    pub sound: bool,
    /// The id of the first article of its story; null where it is about several.
    pub story: Option<Value>,
    /// The stories of a message about several, one for each of its entries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stories: Vec<Value>,
    /// The article that the message shows. An alert and its edits name the later reports of the story after it; a digest
    /// has one article an entry.
    pub articles: Vec<Value>,
    /// Ids of the subscriber's topics that these articles match.
    pub topics: Vec<String>,
    pub text: String,
    /// The subscriber's name, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscriber: Option<String>,
}

fn as_rfc3339<S: Serializer>(at: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339())
}

/// Where a replay writes.
pub trait ReplayOutput: Send {
    /// Takes a message, in the order of the messages.
    fn message(&mut self, message: &ReplayMessage) -> anyhow::Result<()>;

    /// Takes the answer to a command.
    fn answer(&mut self, command: &str, answer: &str);
}

/// The articles as the replay has stored them, by their ids.
pub type StoredArticles = HashMap<String, StoredArticle>;

/// Replays articles for subscribers, and returns the articles with their stories.
pub async fn run(
    settings: &Settings,
    subscribers: &[ReplaySubscriber],
    input: ReplayInput,
    output: &mut dyn ReplayOutput,
) -> anyhow::Result<StoredArticles> {
    let articles = input.into_timed();
    let Some(first) = articles.first() else { return Ok(StoredArticles::new()) };
    let start = first.at.plus_secs(-COMMANDS_BEFORE_SECS);
    let folder = tempfile::tempdir().context("making a temporary folder")?;
    let url = format!("sqlite://{}", folder.path().join("replay.db").display());
    let mut replay = Replay::open(settings, &url, &articles, start).await?;
    for (number, subscriber) in subscribers.iter().enumerate() {
        replay.subscribe(number, subscriber, output).await?;
    }
    for article in articles {
        replay.run_until(article.at, output).await?;
        replay.take_in(article).await?;
        replay.dispatch(output).await?;
    }
    replay.run_until(Timestamp(i64::MAX), output).await?;
    let stored = replay.list_stored().await?;
    replay.store.close().await;
    Ok(stored)
}

/// The program's parts around a store of their own.
struct Replay {
    store: Store,
    settings: Settings,
    recorder: Arc<Recorder>,
    pipeline: Arc<Pipeline>,
    dispatcher: Dispatcher,
    bot: Bot,
    clock: Arc<AtomicI64>,
    now: Timestamp,
    /// The feed of each outlet.
    feeds: HashMap<String, Feed>,
    /// The subscribers by the numbers of their chats.
    subscribers: HashMap<String, (SubscriberId, Option<String>)>,
    /// The ids of the input in the order of the replay, with their times and articles.
    ids: Vec<(Value, Timestamp, Option<ArticleId>)>,
    /// The latest id of the input for each article.
    given: HashMap<ArticleId, Value>,
    /// The first id of each story.
    names: HashMap<StoryId, Value>,
}

/// Feeds of a replay bring whole articles.
struct WholeArticles;

#[async_trait]
impl PageReader for WholeArticles {
    async fn complete(&self, _feed: &Feed, _new: Vec<&mut Entry>) {}
}

impl Replay {
    async fn open(settings: &Settings, url: &str, articles: &[TimedArticle], start: Timestamp) -> anyhow::Result<Self> {
        let mut settings = settings.clone();
        settings.config.delivery.messages_per_second = MESSAGES_A_SECOND;
        // A command must not fetch.
        settings.config.chats.max_feeds = 0;
        let mut outlets: Vec<&str> = articles.iter().map(|article| article.outlet.as_str()).collect();
        outlets.sort_unstable();
        outlets.dedup();
        let sources = outlets.iter().enumerate().map(|(number, outlet)| FeedSource {
            url: format!("https://feed-{number}.invalid/"),
            outlet: (*outlet).to_owned(),
            ..FeedSource::default()
        });
        settings.feeds = sources.collect();
        let store = app::open_store(url, Some(&settings.feeds), start).await?;
        let feeds = store.list_feeds().await?.into_iter().map(|feed| (feed.outlet.clone(), feed)).collect();
        let recorder = Arc::<Recorder>::default();
        let clock = Arc::new(AtomicI64::new(start.0));
        let messenger: Arc<dyn Messenger> = Arc::<Recorder>::clone(&recorder);
        let Parts { pipeline, mut platforms, .. } =
            app::build(&settings, &store, &[messenger], Clock::Set(Arc::clone(&clock)), 0)?;
        let PlatformParts { dispatcher, bot } = platforms.pop().context("the replay has no platform")?;
        Ok(Self {
            store,
            settings,
            recorder,
            pipeline,
            dispatcher,
            bot,
            clock,
            now: start,
            feeds,
            subscribers: HashMap::new(),
            ids: Vec::new(),
            given: HashMap::new(),
            names: HashMap::new(),
        })
    }

    /// Carries out the commands of a subscriber in a chat of its own.
    async fn subscribe(
        &mut self,
        number: usize,
        subscriber: &ReplaySubscriber,
        output: &mut dyn ReplayOutput,
    ) -> anyhow::Result<()> {
        let address = address(number);
        for command in &subscriber.commands {
            let typed = Incoming {
                address: address.clone(),
                kind: ChatKind::Private,
                author: Author::Chat,
                id: String::new(),
                form: MessageForm::Written,
                text: command.clone(),
                reply_to: None,
            };
            self.bot.update(Update::Message(typed)).await;
            let answers = self.recorder.take().into_iter().map(|recorded| recorded.message.text.to_plain());
            output.answer(command, &answers.collect::<Vec<_>>().join("\n"));
        }
        if let Some(found) = self.store.find_subscriber(&address).await? {
            self.subscribers.insert(address.chat, (found.id, subscriber.name.clone()));
        }
        Ok(())
    }

    /// Sets the clock. It never goes back.
    fn set_clock(&mut self, to: Timestamp) {
        self.now = self.now.max(to);
        self.clock.store(self.now.0, Ordering::Relaxed);
    }

    /// Dispatches what becomes due before `until`, each at its time, and sets the clock to `until`. The end of time
    /// leaves the clock at the last due time.
    async fn run_until(&mut self, until: Timestamp, output: &mut dyn ReplayOutput) -> anyhow::Result<()> {
        while let Some(due) = self.store.find_next_due(self.now).await?.filter(|due| *due < until) {
            self.set_clock(due);
            self.dispatch(output).await?;
        }
        if until != Timestamp(i64::MAX) {
            self.set_clock(until);
        }
        Ok(())
    }

    /// Takes an article through the pipeline.
    async fn take_in(&mut self, article: TimedArticle) -> anyhow::Result<()> {
        let TimedArticle { id, at, outlet, entry } = article;
        let feed = self.feeds.get(&outlet).with_context(|| format!("the outlet {outlet} has no feed"))?;
        let keys = identity::keys(feed.id, &outlet, std::slice::from_ref(&entry), self.now);
        let fetch = Fetch { feed, entries: vec![entry], alerting: Alerting::All, marks_rules: false, now: self.now };
        self.pipeline.process(fetch, &WholeArticles).await?;
        // The first key is the entry's own id.
        let keys: Vec<[u8; 16]> = keys.into_iter().flatten().map(|key| key.0).collect();
        let owners = self.store.find_article_keys(&outlet, feed.id, &keys).await?;
        let stored = keys.iter().find_map(|key| owners.get(key)).copied();
        if let Some(article) = stored {
            self.given.insert(article, id.clone());
            if let Some(stored) = self.store.find_article(article).await? {
                self.names.entry(stored.story_id).or_insert_with(|| id.clone());
            }
        }
        self.ids.push((id, at, stored));
        Ok(())
    }

    /// Dispatches the deliveries that are due now, and hands over the messages.
    async fn dispatch(&mut self, output: &mut dyn ReplayOutput) -> anyhow::Result<()> {
        while self.dispatcher.tick(self.now).await? != Tick::Idle {}
        for recorded in self.recorder.take() {
            if let Some(message) = self.describe(recorded).await? {
                output.message(&message)?;
            }
        }
        Ok(())
    }

    /// Describes a message by its deliveries; `None` for an answer of the bot.
    async fn describe(&self, recorded: Recorded) -> anyhow::Result<Option<ReplayMessage>> {
        let Recorded { to, id, message, is_edit } = recorded;
        let Some((subscriber, name)) = self.subscribers.get(&to.chat) else { return Ok(None) };
        let deliveries = self.store.list_deliveries_in_message(*subscriber, &id).await?;
        let Some(first) = deliveries.first() else { return Ok(None) };
        let kind = match first.kind {
            _ if is_edit => MessageKind::Edit,
            _ if first.combined => MessageKind::Digest,
            DeliveryKind::Alert => MessageKind::Alert,
            _ => MessageKind::Update,
        };
        let mut stories: Vec<Value> = deliveries.iter().map(|delivery| self.name(delivery.story_id)).collect();
        let story = stories.first().filter(|first| stories.iter().all(|story| story == *first)).cloned();
        if story.is_some() {
            stories.clear();
        }
        let mut articles: Vec<Value> =
            deliveries.iter().filter_map(|one| self.given.get(&one.article_id)).cloned().collect();
        if first.kind == DeliveryKind::Alert && !first.combined {
            let reports = self.store.list_story_headlines(first.story_id, Some(*subscriber), MOST_REPORTS).await?;
            let later = reports.iter().skip_while(|report| report.id != first.article_id).skip(1);
            articles.extend(later.filter_map(|report| self.given.get(&report.id)).cloned());
        }
        Ok(Some(ReplayMessage {
            at: self.now,
            kind,
            sound: !is_edit && !message.silent,
            story,
            stories,
            articles,
            topics: self.topics(&deliveries).await?,
            text: message.text.to_plain(),
            subscriber: name.clone(),
        }))
    }

    /// The topics that deliveries matched, by subscriptions and by filters upon topics.
    async fn topics(&self, deliveries: &[SentDelivery]) -> anyhow::Result<Vec<String>> {
        let ids: Vec<_> = deliveries.iter().map(|delivery| delivery.id).collect();
        let mut topics = Vec::new();
        for (delivery, topic, rule) in self.store.list_reasons(&ids).await? {
            let article = deliveries.iter().find(|one| one.id == delivery).map(|one| one.article_id);
            let named = match topic {
                Some(topic) => vec![topic],
                None => self.named_topics(&rule, article).await?,
            };
            topics.extend(named);
        }
        topics.sort_unstable();
        topics.dedup();
        Ok(topics)
    }

    /// The topics of an article that a filter names.
    async fn named_topics(&self, rule: &str, article: Option<ArticleId>) -> anyhow::Result<Vec<String>> {
        let Ok(rule) = self.settings.profile.vocabulary.compile_stored(rule) else { return Ok(Vec::new()) };
        let mut named: Vec<String> = rule.asked_topics().into_iter().map(str::to_owned).collect();
        if named.is_empty() {
            return Ok(named);
        }
        let Some(article) = article else { return Ok(Vec::new()) };
        let has = self.store.find_article(article).await?.map(|article| article.topics).unwrap_or_default();
        named.retain(|topic| has.contains(topic));
        Ok(named)
    }

    /// The name of a story: the id of its first article.
    fn name(&self, story: StoryId) -> Value {
        self.names.get(&story).cloned().unwrap_or_default()
    }

    async fn list_stored(&self) -> anyhow::Result<StoredArticles> {
        let mut stored = StoredArticles::new();
        for (id, at, article) in &self.ids {
            let Some(article) = article else { continue };
            let Some(found) = self.store.find_article(*article).await? else { continue };
            stored.insert(id.to_string(), StoredArticle { at: *at, story: self.name(found.story_id) });
        }
        Ok(stored)
    }
}

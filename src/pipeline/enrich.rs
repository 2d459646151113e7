//! Stage 2: cleans entries into articles and finds their language, topics, agency and events.
//!
//! The stage is pure but for `Pipeline::enrich`, which reads an outlet's boilerplate and moves the work off the async
//! threads. `inspect` calls the functions of [`Enricher`] too.

use std::sync::Arc;

use ceasewire_articles::boilerplate::BoilerplateMemory;
use ceasewire_articles::{clean, credit};
use ceasewire_model::event::{Event, EventTopic, Prominence};
use ceasewire_model::{Article, DateNote, Entry, Feed, FeedOrigin, ModelVector, SilentReason, StoryId, Timestamp};
use ceasewire_profile::Profile;
use ceasewire_stories::event::EventExtractor;
use ceasewire_text::{Doc, language};

use super::deduplicate::{ArticleKey, KnownEntry, NewEntry};
use super::revise::Revision;
use super::{Pipeline, PipelineError};
use crate::store::StoreError;

/// A date ahead by less than this comes from a publisher's fast clock and deserves no note.
const FAST_CLOCK_SECS: i64 = 300;

/// Finds the language, topics and events of articles.
#[derive(Clone, Debug)]
pub struct Enricher {
    profile: Arc<Profile>,
    events: EventExtractor,
}

/// An article with its tokenised document, which every later stage uses.
#[derive(Debug)]
pub(super) struct EnrichedArticle {
    /// The article, in a story of its own until grouping.
    pub(super) article: Article,
    pub(super) document: Doc,
    pub(super) keys: Vec<ArticleKey>,
    /// The publisher's own id of its entry, and the entry's fingerprint.
    pub(super) guid: Option<String>,
    pub(super) entry_form: i64,
    pub(super) silent_reason: Option<SilentReason>,
    /// Set for the new version of an article that the store has.
    pub(super) revision: Option<Box<Revision>>,
    /// Its vector, where it concerns somebody and there is an encoder.
    pub(super) vector: Option<ModelVector>,
}

/// The new articles of a fetch, and the new versions of known ones.
#[derive(Debug, Default)]
pub(super) struct EnrichedFetch {
    pub(super) articles: Vec<EnrichedArticle>,
    /// The outlet's boilerplate with these articles; `None` where the fetch brought nothing new.
    pub(super) boilerplate: Option<OutletLines>,
}

/// The lines that an outlet repeats.
#[derive(Debug)]
pub(super) struct OutletLines {
    /// The outlet, or a chat's feed alone, so that a stranger's feed cannot affect others.
    pub(super) scope: String,
    pub(super) memory: BoilerplateMemory,
}

impl Enricher {
    /// Builds an enricher for a profile.
    pub fn new(profile: Arc<Profile>) -> Self {
        let events = EventExtractor::new(Arc::clone(&profile.vocabulary), &profile.sides);
        Self { profile, events }
    }

    /// The language that an article, or else its outlet, states.
    pub fn stated_language<'a>(&'a self, stated: Option<&'a str>, outlet: &str) -> Option<&'a str> {
        let of_outlet = || self.profile.outlet(outlet).map(|outlet| outlet.language.as_str());
        stated.or_else(of_outlet).filter(|language| !language.is_empty())
    }

    /// Finds the language of an article: its text decides, and the stated language where the text leaves it open. A
    /// site's feed says "en" for all its articles, in whichever language they are.
    pub fn find_language(&self, title: &str, text: &str, stated: Option<&str>, outlet: &str) -> Option<String> {
        let stated = self.stated_language(stated, outlet);
        language::identify(title, text, stated).or(stated).map(str::to_owned)
    }

    /// Gives a document the outlet's names, the page and the language of an article.
    pub(super) fn describe(&self, document: Doc, article: &Article, language: Option<&str>) -> Doc {
        self.profile.describe(document, &article.outlet, article.own_page(), language)
    }

    /// Tokenises a stored article.
    pub(super) fn document(&self, article: &Article) -> Doc {
        self.profile.document(article)
    }

    /// Finds the topics that a document is about.
    pub fn find_topics(&self, document: &Doc) -> Vec<String> {
        self.profile.vocabulary.find_topics(document)
    }

    /// Adds the topics of a truce's and a meeting's events in the headline and the lead: "The guns fall silent" has no word
    /// of the topic's rule.
    pub(super) fn add_event_topics(&self, topics: Vec<String>, events: &[Event], document: &Doc) -> Vec<String> {
        let vocabulary = &self.profile.vocabulary;
        let named = events.iter().filter(|event| {
            event.prominence == Prominence::Lead
                && matches!(event.topic(), EventTopic::Ceasefire | EventTopic::Meeting)
                && !topics.iter().any(|topic| topic == event.topic().as_str())
        });
        let named: Vec<&str> = named.map(|event| event.topic().as_str()).collect();
        if named.is_empty() || !vocabulary.is_in_scope(document) {
            return topics;
        }
        let is_about = |id: &str| named.contains(&id) || topics.iter().any(|topic| topic == id);
        vocabulary.topics().filter(|topic| is_about(&topic.id)).map(|topic| topic.id.clone()).collect()
    }

    /// Finds the events that an article reports.
    pub fn find_events(
        &self,
        title: &str,
        text: &str,
        language: Option<&str>,
        published_at: Option<Timestamp>,
    ) -> Vec<Event> {
        self.events.extract(title, text, language, published_at)
    }

    /// Cleans an entry into an article.
    fn enrich(&self, feed: &Feed, new: NewEntry, lines: &mut BoilerplateMemory, now: Timestamp) -> EnrichedArticle {
        let NewEntry { id, entry, form, keys, silent_reason } = new;
        let whole = clean::plain_text(&entry.html);
        let text = lines.strip(&whole);
        lines.learn(&whole);
        let (published_at, date_note) = dated(&entry, now);
        let Entry { guid, title, url, language, .. } = entry;
        let stated = language.or_else(|| feed.language.clone());
        let language = self.find_language(&title, &text, stated.as_deref(), &feed.outlet);
        let document = Doc::new(&title, &text);
        let document = self.profile.describe(document, &feed.outlet, url.as_deref(), language.as_deref());
        let events = self.find_events(&title, &text, language.as_deref(), published_at);
        let topics = self.add_event_topics(self.find_topics(&document), &events, &document);
        let document = document.about(topics.clone());
        let article = Article {
            id,
            story_id: StoryId::new(),
            outlet: feed.outlet.clone(),
            topics,
            published_at,
            date_note,
            seen_at: now,
            credit: credit::find_credit(&text).map(|agency| agency.id.to_owned()),
            events,
            title,
            text,
            url,
            links_to: None,
            language,
        };
        EnrichedArticle { article, document, keys, guid, entry_form: form, silent_reason, revision: None, vector: None }
    }
}

impl Pipeline {
    /// Enriches the new entries of a fetch, and the known ones that have changed materially, on a thread for blocking work.
    /// Drops blank entries.
    pub(super) async fn enrich(
        &self,
        feed: &Feed,
        new: Vec<NewEntry>,
        known: Vec<KnownEntry>,
        now: Timestamp,
    ) -> Result<EnrichedFetch, PipelineError> {
        if new.is_empty() && known.is_empty() {
            return Ok(EnrichedFetch::default());
        }
        let versions = self.list_versions(&known).await?;
        let known: Vec<KnownEntry> = known.into_iter().filter(|known| known.is_changed).collect();
        if new.is_empty() && known.is_empty() {
            return Ok(EnrichedFetch::default());
        }
        let mut lines = self.find_outlet_lines(feed).await?;
        let oldest = now.plus_secs(-self.gates.max_age_secs);
        let (enricher, feed) = (self.enricher.clone(), feed.clone());
        let enriched = ceasewire_cpu::run(move || {
            let has_new = !new.is_empty();
            let revised = known.into_iter().filter_map(|known| {
                let versions = versions.get(&known.known.article.id).map_or(&[][..], Vec::as_slice);
                enricher.revise(&feed, known, versions, &lines.memory, oldest, now)
            });
            let mut articles: Vec<EnrichedArticle> = revised.collect();
            for new in new {
                let enriched = enricher.enrich(&feed, new, &mut lines.memory, now);
                if !enriched.article.title.is_empty() || !enriched.article.text.is_empty() {
                    articles.push(enriched);
                }
            }
            EnrichedFetch { articles, boilerplate: has_new.then_some(lines) }
        });
        Ok(enriched.await?)
    }

    /// Reads the lines that a feed's outlet repeats. Two feeds of one outlet may overwrite each other's last lines,
    /// which are learned again.
    pub(super) async fn find_outlet_lines(&self, feed: &Feed) -> Result<OutletLines, StoreError> {
        let scope = match feed.origin {
            FeedOrigin::Chat => feed.id.to_string(),
            FeedOrigin::Config | FeedOrigin::Operator => feed.outlet.clone(),
        };
        let stored = self.store.find_outlet_lines(&scope).await?;
        // A memory that another version wrote in another form is learned anew.
        let memory = stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default();
        Ok(OutletLines { scope, memory })
    }
}

/// When an entry was published, and a note on a strange date. No article is published after it was seen.
pub(super) fn dated(entry: &Entry, now: Timestamp) -> (Option<Timestamp>, Option<DateNote>) {
    let Some(date) = entry.published.or(entry.updated) else { return (None, None) };
    let note = if entry.zoneless {
        Some(DateNote::Zoneless)
    } else {
        (date > now.plus_secs(FAST_CLOCK_SECS)).then_some(DateNote::Future)
    };
    (Some(date.min(now)), note)
}

//! Revisions: the new versions of known articles, which go through the stages as new articles do.
//!
//! A version counts as new if it says something that no earlier version said: a headline of another meaning, another
//! figure, a further sentence. A page rewritten about another event becomes an article of its own, which
//! succeeds the old one (stage *group* decides).

use std::collections::BTreeSet;

use ceasewire_articles::boilerplate::BoilerplateMemory;
use ceasewire_articles::change::{self, MaterialChange, VersionText};
use ceasewire_articles::identity::Identifiers;
use ceasewire_articles::said::Said;
use ceasewire_articles::{clean, credit};
use ceasewire_model::event::{CeasefireFacts, CeasefireStatus, Event, EventFacts, EventTopic};
use ceasewire_model::{Article, ArticleChange, ArticleId, Entry, Feed, SilentReason, StoryId, Timestamp};
use ceasewire_text::Doc;

use super::Pipeline;
use super::deduplicate::KnownEntry;
use super::enrich::{EnrichedArticle, Enricher, dated};
use super::rules::RuleMatch;
use crate::store::{ArticleVersion, StoreError};

/// Versions of one article: a page that changes with every fetch must not grow for ever.
const MOST_VERSIONS: usize = 200;

/// Seconds by which the date of a silent article has to move for a publication anew.
const REDATED_SECS: i64 = 3600;

/// The new version of a known article, as later stages see it.
#[derive(Debug)]
pub(super) struct Revision {
    /// The version before.
    pub(super) was: Article,
    /// Some delivery shows the article.
    pub(super) is_delivered: bool,
    /// Headline and text have nothing in common with the version before.
    pub(super) is_rewritten: bool,
    /// The version before was silent, and this one has a fresh date: it is news as a whole.
    pub(super) is_redated: bool,
    pub(super) change: MaterialChange,
    /// The events that no earlier version reported.
    pub(super) facts: BTreeSet<Fact>,
    /// The document of the version before.
    pub(super) old_document: Doc,
    /// A document of the new facts' topics alone.
    pub(super) facts_document: Doc,
    /// A document of the new headline and the new sentences; empty where either has kept its meaning.
    pub(super) news_document: Doc,
}

/// An event without its words: equal facts are one piece of news.
pub(super) type Fact = (EventTopic, String);

/// The rules that match a new version, by the reason to tell their subscribers.
#[derive(Debug, Default)]
pub(super) struct RevisionMatches {
    /// Rules that the version before did not match.
    pub(super) fresh: Vec<RuleMatch>,
    /// Rules for the topic of a new fact.
    pub(super) by_facts: Vec<RuleMatch>,
    /// Rules that match the news under a new headline.
    pub(super) by_news: Vec<RuleMatch>,
}

impl RevisionMatches {
    /// All rules that the new version brings news for, each once.
    pub(super) fn all(&self) -> BTreeSet<RuleMatch> {
        self.fresh.iter().chain(&self.by_facts).chain(&self.by_news).copied().collect()
    }
}

impl Revision {
    /// The change that the edited alert shows: other words or figures, no further sentence.
    pub(super) fn shown_change(&self, now: Timestamp) -> Option<ArticleChange> {
        let MaterialChange { title, figures, .. } = &self.change;
        let old_title = title.then(|| self.was.title.clone());
        (*title || !figures.is_empty()).then(|| ArticleChange { old_title, figures: figures.clone(), seen_at: now })
    }
}

/// Finds the facts of events. Actors and places come and go with the words around them, so that a status, a day and
/// a count make the fact.
pub(super) fn facts<'a>(events: impl IntoIterator<Item = &'a Event>) -> BTreeSet<Fact> {
    let fact = |event: &Event| {
        let detail = match &event.facts {
            // Reports use both words for one fact.
            EventFacts::Ceasefire(CeasefireFacts { status: CeasefireStatus::Announced, .. }) => {
                format!("{:?}", CeasefireStatus::Agreed)
            }
            EventFacts::Ceasefire(facts) => format!("{:?}", facts.status),
            EventFacts::Meeting(facts) => format!("{:?} {:?}", facts.status, facts.when.date),
            EventFacts::Casualties(facts) => format!("{:?} {:?}", facts.kind, facts.count),
            EventFacts::Mediation(_) | EventFacts::Attack(_) | EventFacts::Humanitarian(_) => String::new(),
        };
        (event.topic(), detail)
    };
    events.into_iter().map(fact).collect()
}

impl Enricher {
    /// Compares an entry with its stored article; `None` without a material change.
    pub(super) fn revise(
        &self,
        feed: &Feed,
        entry: KnownEntry,
        versions: &[ArticleVersion],
        lines: &BoilerplateMemory,
        oldest: Timestamp,
        now: Timestamp,
    ) -> Option<EnrichedArticle> {
        let KnownEntry { entry, form: entry_form, known, keys, .. } = entry;
        let was = known.article;
        if versions.len() >= MOST_VERSIONS {
            return None;
        }
        let text = lines.strip(&clean::plain_text(&entry.html));
        let text = match known.feed_id == feed.id {
            // A feed whose articles' pages are read carries only teasers, until a page comes that failed before.
            true if text.is_empty() || feed.full_text && word_count(&text) <= word_count(&was.text) => was.text.clone(),
            true => text,
            // Another feed of the outlet may carry a shorter form of the article.
            false if word_count(&text) > word_count(&was.text) => text,
            false => return None,
        };
        let title = match &entry.title {
            title if title.is_empty() || known.feed_id != feed.id && !was.title.is_empty() => was.title.clone(),
            title => title.clone(),
        };
        let mut said = Said::of(&was.title, &was.text);
        versions.iter().for_each(|version| said.add_fingerprints(&version.title, &version.sentences));
        let old_version = VersionText { title: &was.title, text: &was.text };
        let change = change::find_material_change(old_version, VersionText { title: &title, text: &text }, &said)?;

        let date = entry.published.max(entry.updated).map(|date| date.min(now));
        let silent_reason = (known.is_silent && date.is_some_and(|date| date < oldest)).then_some(SilentReason::TooOld);
        let (published_at, date_note) = match dated(&entry, now) {
            (Some(date), note) if was.published_at.is_none_or(|was| date > was) => (Some(date), note),
            _ => (was.published_at, was.date_note),
        };
        let stated = entry.language.or_else(|| feed.language.clone());
        let language = self.find_language(&title, &text, stated.as_deref(), &was.outlet);
        let document = self.describe(Doc::new(&title, &text), &was, language.as_deref());
        let events = self.find_events(&title, &text, language.as_deref(), published_at);
        let topics = self.add_event_topics(self.find_topics(&document), &events, &document);
        let document = document.about(topics.clone());
        let new_events = events.iter().filter(|event| event.sentence != was.title && !said.has(&event.sentence));
        let facts: BTreeSet<Fact> = facts(new_events).difference(&facts(&was.events)).cloned().collect();
        let fact_topics: BTreeSet<&str> = facts.iter().map(|(topic, _)| topic.as_str()).collect();
        let facts_document = self
            .describe(Doc::default(), &was, language.as_deref())
            .about(fact_topics.into_iter().map(str::to_owned).collect());
        // Another headline over the same text is a headline on trial.
        let has_news = change.title && (text.is_empty() || !change.news.is_empty());
        let news = if has_news { Doc::new(&title, &change.news.join("\n")) } else { Doc::default() };
        let shown = Entry { guid: None, url: None, title: title.clone(), html: text.clone(), ..Entry::default() };
        let before = Article { url: None, published_at: None, ..was.clone() };
        let is_rewritten = !Identifiers::of_entry(&shown, now).has_words_of(&Identifiers::of_article(&before, None));
        let is_redated = known.is_silent
            && published_at.zip(was.published_at).is_some_and(|(is, was)| is > was.plus_secs(REDATED_SECS));
        let article = Article {
            story_id: StoryId::new(),
            topics,
            published_at,
            date_note,
            credit: credit::find_credit(&text).map(|agency| agency.id.to_owned()),
            events,
            title,
            text,
            language,
            ..was.clone()
        };
        let revision = Revision {
            old_document: if is_redated { Doc::default() } else { self.document(&was) },
            facts_document,
            news_document: self.describe(news, &was, article.language.as_deref()),
            is_delivered: known.is_delivered,
            is_rewritten,
            is_redated,
            change,
            facts,
            was,
        };
        let guid = entry.guid.or(known.guid);
        let revision = Some(Box::new(revision));
        Some(EnrichedArticle { article, document, keys, guid, entry_form, silent_reason, revision, vector: None })
    }
}

fn word_count(text: &str) -> usize {
    text.split_whitespace().count()
}

impl Pipeline {
    /// Stores the keys that known articles lack, and reads the earlier versions of articles.
    pub(super) async fn list_versions(
        &self,
        known: &[KnownEntry],
    ) -> Result<std::collections::HashMap<ArticleId, Vec<ArticleVersion>>, StoreError> {
        let keys: Vec<_> = known
            .iter()
            .flat_map(|known| {
                let article = &known.known.article;
                known.missing_keys.iter().map(|key| (*key, article.outlet.clone(), article.id))
            })
            .collect();
        if !keys.is_empty() {
            let mut tx = self.store.begin().await?;
            tx.insert_article_keys(keys).await?;
            tx.commit().await?;
        }
        let changed = known.iter().filter(|known| known.is_changed);
        let ids: Vec<ArticleId> = changed.map(|known| known.known.article.id).collect();
        self.store.list_versions(&ids).await
    }
}

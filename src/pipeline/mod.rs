//! Pipeline: the one function that calls the middle steps by name, in the order of the flow.
//!
//! An entry becomes an article, joins its story, is matched against every rule, and is committed together with its
//! matches and the alerts they cause, in one short transaction. What was read before that transaction may have changed
//! meanwhile; then the transaction does nothing and the article is computed again.

mod group;
mod meetings;
mod rules;
mod story_delta;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

use crate::store::{NewAlert, NewArticle, Store, StoreError};
use ceasewire_articles::{boilerplate, change, clean, credit, identity};
use ceasewire_model::{
    Article, ArticleChange, ArticleId, DateNote, DeliveryKind, Entry, Feed, FeedOrigin, RuleId, SilentReason, StoryId,
    SubscriberId, Timestamp,
};
use ceasewire_profile::Profile;
use ceasewire_stories::event::Events;
use ceasewire_stories::meeting::Announced;
use ceasewire_text::Doc;
use ceasewire_text::language;
use group::Groups;
use rules::{Matched, Rules, most_urgent};
use story_delta::tell;

/// A date so far ahead is a publisher's clock that is somewhat fast, and not worth a note.
const FAST_CLOCK_SECS: i64 = 300;

/// Seconds for which the alerts of a burst wait, so that most of it has been stored when they are told of together.
const BURST_WAIT_SECS: i64 = 5;

/// How often an article is tried again that another transaction stood in the way of.
const DEADLOCKS: usize = 5;

/// Changes of an article that its alerts are edited for.
const MOST_CHANGES: usize = 10;

/// What keeps new articles from alerting one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gates {
    /// Articles that were published more seconds ago are stored silently.
    pub max_age_secs: i64,
    /// When one fetch brings more new articles than this, a chat is told of them together.
    pub burst: usize,
}

/// What became of a feed's entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PipelineCounts {
    /// Articles that were new.
    pub new: usize,
    /// Entries of articles that were there.
    pub known: usize,
    /// Matches of rules.
    pub matches: usize,
    /// Alerts put into the outbox.
    pub alerts: u64,
    /// Known articles that have changed so that whoever was alerted is told.
    pub changed: usize,
}

impl PipelineCounts {
    /// Adds what became of other entries.
    pub fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.known += other.known;
        self.matches += other.matches;
        self.alerts += other.alerts;
        self.changed += other.changed;
    }
}

/// Which of a feed's new articles alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alerting {
    /// All of them.
    All,
    /// The newest so many: a feed's first fetch stores what is there without waking anyone.
    Newest(usize),
}

/// Takes entries into the store.
#[derive(Debug)]
pub struct Pipeline {
    store: Store,
    profile: Arc<Profile>,
    events: Events,
    gates: Gates,
    rules: Mutex<Rules>,
    /// Held while an article is committed: one after another within a process; between processes the store's revision
    /// sees to it.
    groups: Mutex<Groups>,
    outbox: Arc<Notify>,
}

impl Pipeline {
    /// Builds an ingest; `outbox` is notified when there is something to send.
    pub fn new(store: Store, profile: Arc<Profile>, gates: Gates, outbox: Arc<Notify>) -> Self {
        let events = Events::new(Arc::clone(&profile.vocabulary));
        let groups = Mutex::new(Groups::new(Arc::clone(&profile.vocabulary)));
        Self { store, profile, events, gates, rules: Mutex::default(), groups, outbox }
    }

    /// Brings the rules up to date before an article asks for them.
    ///
    /// # Errors
    /// When the database refuses; then the next article asks again.
    pub async fn refresh_rules(&self) -> Result<(), StoreError> {
        self.rules.lock().await.refresh(&self.store, &self.profile.vocabulary).await
    }

    /// The revision of the rules that the matcher holds; `None` before it holds any.
    pub async fn rules_revision(&self) -> Option<i64> {
        self.rules.lock().await.revision()
    }

    /// Those of a feed's entries that are not known yet, by their places.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn unknown(&self, feed: &Feed, entries: &[Entry], now: Timestamp) -> Result<Vec<usize>, StoreError> {
        let keys = keys(feed, entries, now);
        let known = self.store.find_article_keys(&keys.concat()).await?;
        Ok((0..entries.len()).filter(|&at| !keys[at].iter().any(|key| known.contains_key(key))).collect())
    }

    /// Takes in what a fetch of `feed` brought, oldest first. Of entries that are known, only what changed materially is
    /// told to whoever was alerted.
    ///
    /// # Errors
    /// When the database refuses. What was committed until then stays; the rest is new again at the next fetch.
    pub async fn entries(
        &self,
        feed: &Feed,
        entries: &[Entry],
        alerting: Alerting,
        now: Timestamp,
    ) -> Result<PipelineCounts, StoreError> {
        let keys = keys(feed, entries, now);
        let mut known = self.store.find_article_keys(&keys.concat()).await?;
        let order = oldest_first(entries);
        let silent = match alerting {
            Alerting::All => 0,
            Alerting::Newest(count) => order.len().saturating_sub(count),
        };
        let is_known = |known: &HashMap<[u8; 16], ArticleId>, number: usize| {
            keys[number].iter().find_map(|key| known.get(key)).copied()
        };
        let silent_reason = |place: usize, number: usize| {
            let date = entries[number].published.or(entries[number].updated);
            let old = date.is_some_and(|date| date < now.plus_secs(-self.gates.max_age_secs));
            if place < silent { Some(SilentReason::FirstFetch) } else { old.then_some(SilentReason::TooOld) }
        };
        let loud = order.iter().enumerate();
        let loud = loud
            .filter(|&(place, &number)| is_known(&known, number).is_none() && silent_reason(place, number).is_none());
        let burst = (loud.count() > self.gates.burst).then(Uuid::now_v7);
        let readers = self.readers(feed).await?;
        let mut repeated = self.repeated(feed).await?;

        let mut ingested = PipelineCounts::default();
        let mut again = Vec::new();
        for (place, &number) in order.iter().enumerate() {
            let (entry, keys) = (&entries[number], &keys[number]);
            if let Some(id) = is_known(&known, number) {
                ingested.known += 1;
                again.push((id, entry));
                // The keys that are new keep a chain of changes together: first the guid flips, then the address.
                let fresh: Vec<[u8; 16]> = keys.iter().filter(|key| !known.contains_key(*key)).copied().collect();
                if !fresh.is_empty() {
                    self.store.insert_article_keys(id, &fresh).await?;
                    known.extend(fresh.into_iter().map(|key| (key, id)));
                }
                continue;
            }
            let article = self.article(feed, entry, &mut repeated, now);
            if article.title.is_empty() && article.text.is_empty() {
                continue;
            }
            let new = NewArticle {
                article,
                feed_id: feed.id,
                keys: keys.clone(),
                silent_reason: silent_reason(place, number),
            };
            match in_spite_of_deadlocks(|| self.commit(&new, readers.as_deref(), burst, now)).await? {
                Some((matches, alerts)) => {
                    ingested.new += 1;
                    ingested.matches += matches;
                    ingested.alerts += alerts;
                    known.extend(keys.iter().map(|&key| (key, new.article.id)));
                }
                None => ingested.known += 1,
            }
        }
        if ingested.new > 0 {
            let memory = serde_json::to_string(&repeated).unwrap_or_default();
            self.store.save_outlet_lines(&who_repeats(feed), &memory).await?;
        }
        ingested.changed = self.note_changes(feed, &again, &repeated, now).await?;
        if ingested.alerts > 0 || ingested.changed > 0 {
            self.outbox.notify_one();
        }
        Ok(ingested)
    }

    /// The subscribers that a feed's articles are for: those who added it, where chats did; `None`: everybody.
    async fn readers(&self, feed: &Feed) -> Result<Option<Vec<SubscriberId>>, StoreError> {
        match feed.origin {
            FeedOrigin::Chat => self.store.list_feed_subscribers(feed.id).await.map(Some),
            FeedOrigin::Config | FeedOrigin::Operator => Ok(None),
        }
    }

    /// The lines that a feed's outlet repeats. Two feeds of one outlet may overwrite what the other has just learned: it
    /// will be learned again.
    async fn repeated(&self, feed: &Feed) -> Result<boilerplate::Memory, StoreError> {
        let stored = self.store.find_outlet_lines(&who_repeats(feed)).await?;
        // What another version wrote and this one cannot read is learned anew.
        Ok(stored.and_then(|stored| serde_json::from_str(&stored).ok()).unwrap_or_default())
    }

    /// Looks for material changes of articles that people were alerted of, and has their alerts brought up to date.
    async fn note_changes(
        &self,
        feed: &Feed,
        again: &[(ArticleId, &Entry)],
        repeated: &boilerplate::Memory,
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let ids: Vec<ArticleId> = again.iter().map(|(id, _)| *id).collect();
        let mut changed = 0;
        // Another feed of the same outlet may carry another form of the article; only its own tells of a change.
        for old in self.store.list_alerted_articles(feed.id, &ids).await? {
            let Some((_, entry)) = again.iter().find(|(id, _)| *id == old.id) else { continue };
            let text = repeated.strip(&clean::plain_text(&entry.html));
            // A feed that is followed by its articles' pages carries only the beginnings.
            let text = if feed.full_text || text.is_empty() { old.text.clone() } else { text };
            let title = if entry.title.is_empty() { &old.title } else { &entry.title };
            // A headline that flips to and fro between a publisher's servers must not edit for ever.
            if self.store.list_article_changes(old.id, Timestamp(0)).await?.len() >= MOST_CHANGES {
                continue;
            }
            if let Some(change) = change::material((&old.title, &old.text), (title, &text)) {
                let change = ArticleChange {
                    old_title: change.title.then(|| old.title.clone()),
                    figures: change.figures,
                    seen_at: now,
                };
                // What it says now is what happened.
                let events = self.events.find(title, &text, old.language.as_deref(), old.published_at);
                let credit = credit::credit(&text).map(|agency| agency.id.to_owned());
                let article = Article { title: title.clone(), text, events, credit, ..old };
                in_spite_of_deadlocks(|| self.store.update_article(&article, &change)).await?;
                changed += 1;
            }
        }
        Ok(changed)
    }

    /// Cleans an entry into an article, of a story that is yet to be chosen.
    fn article(&self, feed: &Feed, entry: &Entry, repeated: &mut boilerplate::Memory, now: Timestamp) -> Article {
        let whole = clean::plain_text(&entry.html);
        let text = repeated.strip(&whole);
        repeated.learn(&whole);
        let outlet_language = self.profile.outlets.get(&feed.outlet).map(|outlet| outlet.language.clone());
        let stated = entry.language.clone().or_else(|| feed.language.clone()).or(outlet_language);
        let stated = stated.filter(|language| !language.is_empty());
        // A site's feed says "en" for all its articles, whichever language they are in.
        let found = language::identify(&entry.title, &text, stated.as_deref()).map(str::to_owned);
        let language = found.or(stated);
        let name = self.profile.outlets.get(&feed.outlet).map(|outlet| outlet.name.as_str());
        let doc = Doc::new(&entry.title, &text)
            .from_source(std::iter::once(feed.outlet.as_str()).chain(name), entry.url.as_deref())
            .in_language(language.as_deref());
        let (published_at, date_note) = dated(entry, now);
        Article {
            id: ArticleId::new(),
            story_id: StoryId::new(),
            outlet: feed.outlet.clone(),
            topics: self.profile.vocabulary.find_topics(&doc),
            title: entry.title.clone(),
            url: entry.url.clone(),
            published_at,
            date_note,
            seen_at: now,
            credit: credit::credit(&text).map(|agency| agency.id.to_owned()),
            events: self.events.find(&entry.title, &text, language.as_deref(), published_at),
            language,
            text,
        }
    }

    /// Groups, matches and commits one article; `None` when another process was faster. Returns matches and alerts.
    /// `readers` are the subscribers that it is for, if it is not for all; `burst` is set where it came with many others.
    async fn commit(
        &self,
        new: &NewArticle,
        readers: Option<&[SubscriberId]>,
        burst: Option<Uuid>,
        now: Timestamp,
    ) -> Result<Option<(usize, u64)>, StoreError> {
        let mut groups = self.groups.lock().await;
        let sketch = groups.sketch(&new.article, readers.map(|_| new.feed_id));
        let due_at = if burst.is_some() { now.plus_secs(BURST_WAIT_SECS) } else { now };
        loop {
            let revision = groups.refresh(&self.store, now).await?;
            let story = groups.grouper().choose(&sketch);
            let article = Article { story_id: story.unwrap_or(new.article.story_id), ..new.article.clone() };
            let (id, story_id) = (article.id, article.story_id);
            let (mut matched, muted) =
                if new.silent_reason.is_none() { self.matching(&article).await? } else { Default::default() };
            // What only some may read neither confirms a story to others nor fills their calendars.
            let (news, meetings) = match readers {
                Some(readers) => {
                    matched.retain(|matched| readers.contains(&matched.subscriber));
                    Default::default()
                }
                // Nor does what is only read now and was there before.
                None if new.silent_reason.is_some() => Default::default(),
                None => {
                    let news = if story.is_some() { self.delta(&article).await? } else { None };
                    (news, self.meetings(&article, now).await?)
                }
            };

            let mut tx = self.store.begin().await?;
            if !tx.advance_stories_revision(revision).await? {
                continue;
            }
            if story.is_none() {
                tx.insert_story(story_id, now).await?;
            }
            let new = NewArticle { article, ..new.clone() };
            if !tx.insert_article(&new, revision + 1).await? {
                return Ok(None);
            }
            for meeting in &meetings {
                if let Announced::News(meeting) = meeting {
                    tx.save_meeting(meeting).await?;
                }
                tx.mark_article_announces(id, meeting.id()).await?;
            }
            let (silent, loud): (Vec<_>, Vec<_>) =
                matched.iter().partition::<Vec<&Matched>, _>(|matched| muted.contains(&matched.subscriber));
            let subscribers = most_urgent(loud.iter().copied());
            let alert = NewAlert {
                kind: DeliveryKind::Alert,
                subject: story_id.0,
                number: 0,
                story_id,
                article_id: id,
                burst,
                due_at,
            };
            let mut alerts = tx.insert_deliveries(&alert, &subscribers, now).await?;
            if let Some(news) = &news {
                alerts += tell(&mut tx, news, &alert, now).await?;
            }
            for (matched, muted) in [(loud, false), (silent, true)] {
                let rules: Vec<RuleId> = matched.into_iter().map(|matched| matched.rule).collect();
                tx.insert_matches(id, &rules, muted, now).await?;
            }
            tx.commit().await?;
            groups.committed(&new.article, sketch, revision + 1);
            if news.is_some() {
                // The sender's edits wait for their time; it looks by itself.
                self.outbox.notify_one();
            }
            return Ok(Some((matched.len(), alerts)));
        }
    }

    /// The rules that an article satisfies, and the subscribers who have muted it.
    async fn matching(&self, article: &Article) -> Result<(Vec<Matched>, BTreeSet<SubscriberId>), StoreError> {
        let doc = ceasewire_profile::document(article, self.profile.outlets.get(&article.outlet));
        let mut rules = self.rules.lock().await;
        rules.refresh(&self.store, &self.profile.vocabulary).await?;
        let matched = rules.matching(&doc);
        let muted = if matched.is_empty() { BTreeSet::new() } else { rules.muted(&doc) };
        Ok((matched, muted))
    }
}

/// The keys by which each entry is recognised. Those of a feed that chats have added are the feed's own: what a stranger's
/// feed claims to be the article of another outlet must not keep that article from anyone.
fn keys(feed: &Feed, entries: &[Entry], now: Timestamp) -> Vec<Vec<[u8; 16]>> {
    let keys = match feed.origin {
        FeedOrigin::Chat => identity::keys_within(feed.id, entries, now),
        FeedOrigin::Config | FeedOrigin::Operator => identity::keys(feed.id, &feed.outlet, entries, now),
    };
    keys.into_iter().map(|keys| keys.into_iter().map(|key| key.0).collect()).collect()
}

/// By whose name repeated lines are remembered: a feed that chats have added tells of no other one, though their hosts be
/// the same.
fn who_repeats(feed: &Feed) -> String {
    match feed.origin {
        FeedOrigin::Chat => feed.id.to_string(),
        FeedOrigin::Config | FeedOrigin::Operator => feed.outlet.clone(),
    }
}

/// When an entry was published and what is odd about it. Nothing is published after it was seen.
fn dated(entry: &Entry, now: Timestamp) -> (Option<Timestamp>, Option<DateNote>) {
    let Some(date) = entry.published.or(entry.updated) else { return (None, None) };
    let note = if entry.zoneless {
        Some(DateNote::Zoneless)
    } else {
        (date > now.plus_secs(FAST_CLOCK_SECS)).then_some(DateNote::Future)
    };
    (Some(date.min(now)), note)
}

/// The order in which entries happened, as places in the feed. Most feeds put the newest first; dates, where every
/// entry has one, know better.
fn oldest_first(entries: &[Entry]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..entries.len()).rev().collect();
    if entries.iter().all(|entry| entry.published.is_some()) {
        order.sort_by_key(|&number| entries[number].published);
    }
    order
}

/// Does something once more when another transaction stood in its way: on PostgreSQL the sender may hold rows of the same story
/// in another order.
async fn in_spite_of_deadlocks<T, Doing>(does: impl Fn() -> Doing) -> Result<T, StoreError>
where
    Doing: Future<Output = Result<T, StoreError>>,
{
    for _ in 0..DEADLOCKS {
        match does().await {
            Err(error) if error.is_deadlock() => {}
            done => return done,
        }
    }
    does().await
}

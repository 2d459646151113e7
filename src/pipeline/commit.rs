//! Stage 6: commits articles, stories, meetings, deliveries and matches of a fetch in one short transaction.

use std::collections::BTreeSet;

use ceasewire_articles::said::Said;
use ceasewire_model::attention::Attention;
use ceasewire_model::{DeliveryKind, RuleId, SubscriberId, Timestamp};
use ceasewire_stories::meeting::AnnouncedMeeting;
use uuid::Uuid;

use super::Pipeline;
use super::corroborate::{Consequences, StoryDelta};
use super::enrich::OutletLines;
use super::group::{GroupedArticle, GroupedFetch, SeenRevision};
use super::loudness::most_urgent;
use super::revise::RevisionMatches;
use super::rules::RuleMatch;
use crate::store::{EndedVersion, NewAlert, NewArticle, NewMatch, StoreError, Tx};

/// Seconds that the alerts of a burst wait, so that most of the burst is stored when a chat hears of it.
const BURST_WAIT_SECS: i64 = 5;
/// Attempts at a transaction that PostgreSQL undoes since another one stands in its way.
const DEADLOCK_ATTEMPTS: usize = 5;
/// Seconds between a second source and the edit of the story's alerts, and the longest such time. Each further source
/// waits longer: forty outlets within the hour need no forty edits.
const EDIT_WAIT_SECS: i64 = 20;
const LONGEST_EDIT_WAIT_SECS: i64 = 600;

impl Pipeline {
    /// Commits a grouped fetch and returns how many deliveries it made; `None`, with nothing stored, where another
    /// process has committed since the stories were read.
    pub(super) async fn commit(
        &self,
        fetch: &GroupedFetch,
        consequences: &[Consequences],
        lines: Option<&OutletLines>,
        burst: Option<Uuid>,
        now: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        if fetch.articles.is_empty() {
            return Ok(Some(0));
        }
        let written = retry_deadlocks(|| async {
            let mut tx = self.store.begin().await?;
            let Some(deliveries) = write(&mut tx, fetch, consequences, burst, now).await? else { return Ok(None) };
            if let Some(lines) = lines {
                let memory = serde_json::to_string(&lines.memory).unwrap_or_default();
                tx.save_outlet_lines(&lines.scope, &memory).await?;
            }
            tx.commit().await?;
            Ok(Some(deliveries))
        });
        let written = written.await.inspect_err(|_| self.seen_revision.record(SeenRevision::UNKNOWN))?;
        let revision = written.map_or(SeenRevision::UNKNOWN, |_| fetch.next_revision());
        self.seen_revision.record(revision);
        if consequences.iter().any(|consequences| consequences.delta.is_some()) {
            // Edits wait for their time; the dispatcher has to learn of it.
            self.outbox.send_replace(());
        }
        Ok(written)
    }
}

/// Writes everything but the boilerplate; `None` where the transaction must be undone.
async fn write(
    tx: &mut Tx,
    fetch: &GroupedFetch,
    consequences: &[Consequences],
    burst: Option<Uuid>,
    now: Timestamp,
) -> Result<Option<u64>, StoreError> {
    let articles = &fetch.articles;
    if !tx.advance_stories_revision(fetch.revision, articles.len()).await? {
        return Ok(None);
    }
    let opened: Vec<_> =
        articles.iter().filter(|grouped| grouped.opens_story).map(|grouped| grouped.article().story_id).collect();
    tx.insert_stories(&opened, now).await?;
    let new: Vec<NewArticle<'_>> = articles
        .iter()
        .zip(fetch.revision + 1..)
        .filter(|(grouped, _)| !grouped.is_revised_in_place())
        .map(|(grouped, revision)| NewArticle {
            article: grouped.article(),
            guid: grouped.enriched.guid.as_deref(),
            entry_form: grouped.enriched.entry_form,
            keys: &grouped.enriched.keys,
            silent_reason: grouped.enriched.silent_reason,
            revision,
        })
        .collect();
    tx.insert_articles(fetch.feed_id, &new).await?;
    let vectors: Vec<_> = articles
        .iter()
        // A new version has other words than its vector.
        .filter(|grouped| grouped.enriched.vector.is_some() || grouped.is_revised_in_place())
        .map(|grouped| (grouped.article().id, grouped.enriched.vector.as_ref()))
        .collect();
    let mut deliveries = 0;
    let mut matches = Vec::new();
    for ((grouped, consequences), revision) in articles.iter().zip(consequences).zip(fetch.revision + 1..) {
        let Consequences { delta, meetings, .. } = consequences;
        let article = grouped.article();
        if let Some(revised) = &grouped.enriched.revision {
            let change = revised.shown_change(now);
            let ended = EndedVersion {
                was: &revised.was,
                is: article,
                guid: grouped.enriched.guid.as_deref(),
                silent_reason: grouped.enriched.silent_reason,
                sentences: Said::of(&revised.was.title, &revised.was.text).fingerprints(),
                news: &revised.change.news,
                change: change.as_ref(),
                revision,
            };
            tx.end_version(&ended, now).await?;
        }
        for meeting in meetings {
            if let AnnouncedMeeting::Changed(meeting) = meeting {
                tx.save_meeting(meeting).await?;
            }
            tx.insert_article_meeting(article.id, meeting.id()).await?;
        }
        let alert = NewAlert {
            kind: DeliveryKind::Alert,
            subject: article.story_id.0,
            number: 0,
            story_id: article.story_id,
            article_id: article.id,
            burst,
            due_at: if burst.is_some() { now.plus_secs(BURST_WAIT_SECS) } else { now },
        };
        tx.record_public_story(&grouped.private_stories, article.story_id).await?;
        let mut updated = BTreeSet::new();
        match &grouped.revised {
            None => deliveries += write_alerts(tx, grouped, &alert, consequences, revision, &mut updated, now).await?,
            Some(revised) => {
                deliveries += write_revision(tx, grouped, revised, &alert, consequences, revision, now).await?;
            }
        }
        if let Some(delta) = delta {
            deliveries += write_updates(tx, delta, &alert, &updated, now).await?;
        }
        matches.extend(grouped.matches.iter().map(|matched| NewMatch {
            article: article.id,
            rule: matched.rule,
            muted: grouped.muted.contains(&matched.subscriber),
        }));
    }
    tx.save_article_vectors(&vectors).await?;
    // Subscribers before rules: a deletion takes its locks in that order too.
    tx.insert_matches(&matches, now).await?;
    Ok(Some(deliveries))
}

/// Inserts the alerts of a new article, and updates for subscribers with an alert of its story whose rules ask for a topic
/// of a new event. Adds the latter to `updated`.
async fn write_alerts(
    tx: &mut Tx,
    grouped: &GroupedArticle,
    alert: &NewAlert,
    consequences: &Consequences,
    revision: i64,
    updated: &mut BTreeSet<SubscriberId>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let unmuted = || grouped.matches.iter().filter(|matched| !grouped.muted.contains(&matched.subscriber));
    let news = consequences.news;
    let first = news.of_first_alert();
    let is_known = !grouped.opens_story || !grouped.private_stories.is_empty();
    if is_known {
        let hearing = {
            let hears = |matched: &&RuleMatch| matched.loudness.hears_event(consequences.news_for(matched.subscriber));
            most_urgent(unmuted().filter(hears), news)
        };
        let subscribers: Vec<SubscriberId> = hearing.iter().map(|(subscriber, _)| *subscriber).collect();
        updated.extend(tx.list_alerted_subscribers(alert.story_id, &subscribers, now).await?);
        let update = NewAlert { kind: DeliveryKind::News, number: revision, burst: None, due_at: now, ..*alert };
        let hearing: Vec<_> = hearing.into_iter().filter(|(subscriber, _)| updated.contains(subscriber)).collect();
        let deliveries = tx.insert_deliveries(&update, &hearing, now).await?;
        return Ok(deliveries + tx.insert_deliveries(alert, &most_urgent(unmuted(), first), now).await?);
    }
    tx.insert_deliveries(alert, &most_urgent(unmuted(), first), now).await
}

/// Inserts the alerts of a new version for subscribers without an alert of its story, and updates for the others, each as
/// loud as the most urgent rule that the version brings news for. A rule that an article of the story has matched before
/// brings no update, unless the version reports a new event or has news under a new headline.
async fn write_revision(
    tx: &mut Tx,
    grouped: &GroupedArticle,
    revised: &RevisionMatches,
    alert: &NewAlert,
    consequences: &Consequences,
    revision: i64,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let Consequences { brings_facts, news, .. } = *consequences;
    let is_unmuted = |matched: &RuleMatch| !grouped.muted.contains(&matched.subscriber);
    let all: Vec<RuleMatch> = revised.all().into_iter().filter(is_unmuted).collect();
    if all.is_empty() {
        return Ok(0);
    }
    let mut subscribers: Vec<SubscriberId> = all.iter().map(|matched| matched.subscriber).collect();
    subscribers.dedup();
    let alerted: BTreeSet<SubscriberId> =
        tx.list_alerted_subscribers(alert.story_id, &subscribers, now).await?.into_iter().collect();
    let mut deliveries = tx.insert_deliveries(alert, &most_urgent(&all, news.of_first_alert()), now).await?;
    if alerted.is_empty() {
        return Ok(deliveries);
    }
    let fresh: Vec<RuleId> = revised.fresh.iter().map(|matched| matched.rule).collect();
    let told: BTreeSet<RuleId> = tx.list_rules_matched_in_story(alert.story_id, &fresh).await?.into_iter().collect();
    let is_update = |matched: &&RuleMatch| {
        alerted.contains(&matched.subscriber)
            && (revised.by_news.contains(matched)
                || (brings_facts && revised.by_facts.contains(matched))
                || (revised.fresh.contains(matched) && !told.contains(&matched.rule)))
    };
    let update = NewAlert { kind: DeliveryKind::Revised, number: revision, burst: None, due_at: now, ..*alert };
    deliveries += tx.insert_deliveries(&update, &most_urgent(all.iter().filter(is_update), news), now).await?;
    Ok(deliveries)
}

/// Schedules the edits of a story's alerts and inserts its updates for the subscribers who want them loud and are not
/// `updated` yet. `alert` is
/// the article's own and stands in the outbox already: subscribers before their deliveries, as a deletion takes its
/// locks.
async fn write_updates(
    tx: &mut Tx,
    delta: &StoryDelta,
    alert: &NewAlert,
    updated: &BTreeSet<SubscriberId>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut deliveries = 0;
    if !delta.updates.is_empty() {
        let listeners = tx.list_update_subscribers(alert.story_id, now).await?;
        let listeners = listeners.into_iter().filter(|listener| !updated.contains(listener));
        let listeners: Vec<_> = listeners.map(|listener| (listener, Some(Attention::Urgent))).collect();
        for &kind in &delta.updates {
            let update = NewAlert {
                kind: DeliveryKind::Update(kind),
                number: kind.number(),
                burst: None,
                due_at: now,
                ..*alert
            };
            deliveries += tx.insert_deliveries(&update, &listeners, now).await?;
        }
    }
    let wait = match delta.updates.is_empty() {
        true => (EDIT_WAIT_SECS * delta.sources as i64).min(LONGEST_EDIT_WAIT_SECS),
        false => 0,
    };
    tx.record_story_reported(alert.story_id, now.plus_secs(wait), now).await?;
    Ok(deliveries)
}

/// Retries a transaction after a deadlock: on PostgreSQL the dispatcher may hold rows of the same story in another
/// order.
pub(super) async fn retry_deadlocks<T, Attempt>(attempt: impl Fn() -> Attempt) -> Result<T, StoreError>
where
    Attempt: Future<Output = Result<T, StoreError>>,
{
    for _ in 0..DEADLOCK_ATTEMPTS {
        match attempt().await {
            Err(error) if error.is_deadlock() => {}
            done => return done,
        }
    }
    attempt().await
}

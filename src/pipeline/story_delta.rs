//! What a new article adds to a story that people were alerted of.

use super::Pipeline;
use crate::store::{NewAlert, StoreError, StoryReport, Tx};
use ceasewire_articles::credit;
use ceasewire_model::attention::Attention;
use ceasewire_model::story::{Report, UpdateKind};
use ceasewire_model::{Article, DeliveryKind, Timestamp};
use ceasewire_stories::corroboration;

/// The alerts of a story are brought up to date so many seconds after the second source, and so many later with each one
/// more, up to the most: what forty outlets confirm within the hour needs no forty edits.
const REPORTED_WAIT_SECS: i64 = 20;
const REPORTED_WAIT_MOST_SECS: i64 = 600;
impl Pipeline {
    /// What an article adds to its story, if anything: a source, a turn, a figure.
    pub(super) async fn delta(&self, article: &Article) -> Result<Option<StoryDelta>, StoreError> {
        let known = self.store.list_story_reports(article.story_id, None).await?;
        let mut reports: Vec<Report> = known.into_iter().map(|known| self.report(known)).collect();
        let before = corroboration::assess(&reports, &self.profile.sides);
        reports.push(self.report(StoryReport {
            article: article.id,
            outlet: article.outlet.clone(),
            credit: article.credit.clone(),
            at: article.seen_at,
            events: article.events.clone(),
        }));
        let after = corroboration::assess(&reports, &self.profile.sides);
        if after == before {
            return Ok(None);
        }
        let updates: Vec<UpdateKind> = after
            .updates
            .iter()
            .map(|turn| turn.kind)
            .filter(|kind| before.updates.iter().all(|turn| turn.kind != *kind))
            .collect();
        Ok(Some(StoryDelta { sources: after.sources.len(), updates }))
    }

    fn report(&self, report: StoryReport) -> Report {
        Report {
            article: report.article,
            source: credit::source(&report.outlet, report.credit.as_deref(), &self.profile.outlets),
            own: report.credit.is_none(),
            at: report.at,
            events: report.events,
        }
    }
}

/// What an article adds to a story that people were alerted of.
#[derive(Debug)]
pub(super) struct StoryDelta {
    /// The story's sources, this article's included.
    sources: usize,
    /// What now updates it.
    updates: Vec<UpdateKind>,
}

/// Has the alerts of a story brought up to date, and tells of its updates whoever wants to hear of them; returns how many
/// messages that made. `alert` is the article's own, which stands in the outbox already: subscribers before their
/// deliveries, as a deletion takes its locks.
pub(super) async fn tell(tx: &mut Tx, delta: &StoryDelta, alert: &NewAlert, now: Timestamp) -> Result<u64, StoreError> {
    let listeners =
        if delta.updates.is_empty() { Vec::new() } else { tx.list_turn_listeners(alert.story_id, now).await? };
    // Who asked to hear of updates wants to hear them.
    let listeners: Vec<_> = listeners.into_iter().map(|listener| (listener, Some(Attention::Urgent))).collect();
    let mut told = 0;
    for &kind in &delta.updates {
        let turn =
            NewAlert { kind: DeliveryKind::Update(kind), number: kind.number(), burst: None, due_at: now, ..*alert };
        told += tx.insert_deliveries(&turn, &listeners, now).await?;
    }
    let wait = match delta.updates.is_empty() {
        true => (REPORTED_WAIT_SECS * delta.sources as i64).min(REPORTED_WAIT_MOST_SECS),
        false => 0,
    };
    tx.mark_story_reported(alert.story_id, now.plus_secs(wait), now).await?;
    Ok(told)
}

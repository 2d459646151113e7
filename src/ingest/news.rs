//! What a new article adds to a story that people were alerted of.

use super::Ingest;
use crate::article::credit;
use crate::model::attention::Attention;
use crate::model::story::{Report, TurnKind};
use crate::model::{Article, DeliveryKind, Timestamp};
use crate::store::{NewAlert, StoreError, StoryReport, Tx};
use crate::story::weight;

/// The alerts of a story are brought up to date so many seconds after the second source, and so many later with each one
/// more, up to the most: what forty outlets confirm within the hour needs no forty edits.
const REPORTED_WAIT_SECS: i64 = 20;
const REPORTED_WAIT_MOST_SECS: i64 = 600;
impl Ingest {
    /// What an article adds to its story, if anything: a source, a turn, a figure.
    pub(super) async fn news(&self, article: &Article) -> Result<Option<News>, StoreError> {
        let known = self.store.list_story_reports(article.story_id, None).await?;
        let mut reports: Vec<Report> = known.into_iter().map(|known| self.report(known)).collect();
        let before = weight::weigh(&reports, &self.sides);
        reports.push(self.report(StoryReport {
            article: article.id,
            outlet: article.outlet.clone(),
            credit: article.credit.clone(),
            at: article.seen_at,
            events: article.events.clone(),
        }));
        let after = weight::weigh(&reports, &self.sides);
        if after == before {
            return Ok(None);
        }
        let turns: Vec<TurnKind> = after
            .turns
            .iter()
            .map(|turn| turn.kind)
            .filter(|kind| before.turns.iter().all(|turn| turn.kind != *kind))
            .collect();
        Ok(Some(News { sources: after.sources.len(), turns }))
    }

    fn report(&self, report: StoryReport) -> Report {
        Report {
            article: report.article,
            source: credit::source(&report.outlet, report.credit.as_deref(), &self.outlets),
            own: report.credit.is_none(),
            at: report.at,
            events: report.events,
        }
    }
}

/// What an article adds to a story that people were alerted of.
#[derive(Debug)]
pub(super) struct News {
    /// The story's sources, this article's included.
    sources: usize,
    /// What now turns it.
    turns: Vec<TurnKind>,
}

/// Has the alerts of a story brought up to date, and tells of its turns whoever wants to hear of them; returns how many
/// messages that made. `alert` is the article's own, which stands in the outbox already: subscribers before their
/// deliveries, as a deletion takes its locks.
pub(super) async fn tell(tx: &mut Tx, news: &News, alert: &NewAlert, now: Timestamp) -> Result<u64, StoreError> {
    let listeners =
        if news.turns.is_empty() { Vec::new() } else { tx.list_turn_listeners(alert.story_id, now).await? };
    // Who asked to hear of turns wants to hear them.
    let listeners: Vec<_> = listeners.into_iter().map(|listener| (listener, Some(Attention::Urgent))).collect();
    let mut told = 0;
    for &kind in &news.turns {
        let turn =
            NewAlert { kind: DeliveryKind::Turn(kind), number: kind.number(), burst: None, due_at: now, ..*alert };
        told += tx.insert_deliveries(&turn, &listeners, now).await?;
    }
    let wait = match news.turns.is_empty() {
        true => (REPORTED_WAIT_SECS * news.sources as i64).min(REPORTED_WAIT_MOST_SECS),
        false => 0,
    };
    tx.mark_story_reported(alert.story_id, now.plus_secs(wait), now).await?;
    Ok(told)
}

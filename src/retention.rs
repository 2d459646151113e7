//! Retention: deletes what is done with and old, in steps so small that nobody waits for them. Several nodes may do so at
//! the same time.

use std::time::Duration;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::store::Store;
use ceasewire_model::{Tick, Timestamp};

/// The pause after a step, in which others have the store to themselves.
const BETWEEN_STEPS: Duration = Duration::from_secs(1);
/// The pause when there is nothing left.
const IDLE: Duration = Duration::from_secs(3600);
const DAY_SECS: i64 = 86_400;

/// Deletes what is old.
#[derive(Debug)]
pub struct Retention {
    store: Store,
    config: config::RetentionConfig,
}

impl Retention {
    /// Builds a retention.
    pub fn new(store: Store, config: config::RetentionConfig) -> Self {
        Self { store, config }
    }

    /// Does one step of each kind, and says how many rows that deleted.
    ///
    /// # Errors
    /// When the database refuses; what was deleted until then is gone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        let (store, limit) = (&self.store, self.config.step_rows);
        let mut rows = 0;
        if let Some(before) = days_before(now, self.config.deliveries_days) {
            rows += store.prune_deliveries(before, limit).await.context("deleting old deliveries")?;
            rows += store.prune_story_mutes(before, limit).await.context("deleting old mutes of stories")?;
        }
        if let Some(before) = days_before(now, self.config.articles_days) {
            rows += store.prune_meetings(before, limit).await.context("deleting old meetings")?;
            rows += store.prune_articles(before, limit).await.context("deleting old articles")?;
            rows += store.prune_stories(before, limit).await.context("deleting old stories")?;
        }
        Ok(if rows == 0 { Tick::Idle } else { Tick::Worked(usize::try_from(rows).unwrap_or(usize::MAX)) })
    }

    /// Deletes what grows old until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut deleted = 0_usize;
        while !stop.is_cancelled() {
            let pause = match self.step().await {
                Ok(Tick::Worked(rows)) => {
                    deleted = deleted.saturating_add(rows);
                    BETWEEN_STEPS
                }
                Ok(Tick::Idle) => {
                    if deleted > 0 {
                        tracing::info!(rows = deleted, "what was older than [retention] has been deleted");
                    }
                    deleted = 0;
                    IDLE
                }
                Err(error) => {
                    tracing::warn!("what is old could not be deleted: {error:#}");
                    IDLE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn step(&self) -> anyhow::Result<Tick> {
        // A node whose clock runs ahead must not delete what is young to all others.
        let now = self.store.find_time().await.context("asking what time it is")?;
        self.tick(now).await
    }
}

/// The time so many days before `now`; `None` for 0 days, which are for ever.
fn days_before(now: Timestamp, days: u64) -> Option<Timestamp> {
    let days = i64::try_from(days).ok().filter(|&days| days > 0)?;
    Some(now.plus_secs(-days.saturating_mul(DAY_SECS)))
}

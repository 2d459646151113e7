//! Retention: deletes expired rows, in steps so small that no other statement waits for them. Several nodes may do so
//! at the same time.

use std::time::{Duration, Instant};

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::config;
use crate::store::Store;
use ceasewire_model::{Tick, Timestamp};

/// The pause after a step, which leaves the store to other loops.
const BETWEEN_STEPS: Duration = Duration::from_secs(1);
/// The pause after a step that deleted nothing.
const IDLE: Duration = Duration::from_secs(3600);
const DAY_SECS: i64 = 86_400;
/// The pause after a clock that runs ahead: a wrong one is set right meanwhile.
const CLOCK_PAUSE: Duration = Duration::from_secs(DAY_SECS as u64);

/// The loop that deletes expired rows.
#[derive(Debug)]
pub struct Retention {
    store: Store,
    config: config::RetentionConfig,
    /// Days of the articles of chats' feeds.
    chat_articles_days: u64,
    /// When the last process wrote into the store; `None` if none did.
    last_write: Option<Timestamp>,
}

impl Retention {
    pub fn new(store: Store, config: config::RetentionConfig, chat_articles_days: u64) -> Self {
        Self { store, config, chat_articles_days, last_write: None }
    }

    /// Sets the time of the last write of the process before, by which [`Retention::run`] judges the clock.
    pub fn after(self, last_write: Option<Timestamp>) -> Self {
        Self { last_write, ..self }
    }

    /// Deletes one batch of each kind.
    ///
    /// # Errors
    /// When the database refuses; the batches before stay deleted.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        let (store, limit) = (&self.store, self.config.step_rows);
        // A crash may have left something of a forgotten chat.
        let mut rows = store.delete_unlisted_feed().await.context("deleting feeds that no chat lists")?;
        if rows == 0 {
            store.truncate_log().await.context("truncating the store's log")?;
        }
        if let Some(before) = days_before(now, self.config.deliveries_days) {
            rows += store.delete_expired_deliveries(before, limit).await.context("deleting old deliveries")?;
            rows += store.delete_expired_story_mutes(before, limit).await.context("deleting old story mutes")?;
        }
        if let Some(before) = days_before(now, self.chat_articles_days) {
            rows += store.delete_expired_chat_articles(before).await.context("deleting old articles of chats' feeds")?;
        }
        if let Some(before) = days_before(now, self.config.articles_days) {
            rows += store.delete_expired_meetings(before, limit).await.context("deleting old meetings")?;
            rows += store.delete_expired_articles(before, limit).await.context("deleting old articles")?;
            rows += store.delete_expired_stories(before, limit).await.context("deleting old stories")?;
        }
        Ok(if rows == 0 { Tick::Idle } else { Tick::Worked(usize::try_from(rows).unwrap_or(usize::MAX)) })
    }

    /// Deletes expired rows until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut deleted = 0_usize;
        let mut known = self.last_write.map(|at| (at, Instant::now()));
        while !stop.is_cancelled() {
            let pause = match self.step(&mut known).await {
                Ok(None) => CLOCK_PAUSE,
                Ok(Some(Tick::Worked(rows))) => {
                    deleted = deleted.saturating_add(rows);
                    BETWEEN_STEPS
                }
                Ok(Some(Tick::Idle)) => {
                    if deleted > 0 {
                        tracing::info!(rows = deleted, "deleted rows older than [retention]");
                    }
                    deleted = 0;
                    IDLE
                }
                Err(error) => {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        retry_in_secs = IDLE.as_secs(),
                        "deleting expired rows failed; retrying"
                    );
                    IDLE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Deletes one batch of each kind; `None`, with nothing deleted, where the clock is ahead of the time at the last
    /// step by more than a day that has not passed.
    async fn step(&self, known: &mut Option<(Timestamp, Instant)>) -> anyhow::Result<Option<Tick>> {
        // By the database's clock: a node whose clock runs ahead would delete young rows.
        let now = self.store.find_time().await.context("reading the database's clock")?;
        let before = known.replace((now, Instant::now()));
        if let Some((then, at)) = before
            && let Some(ahead_secs) = clock_ahead_secs(then, at.elapsed(), now)
        {
            tracing::warn!(
                clock.ahead_secs = ahead_secs,
                retry_in_secs = CLOCK_PAUSE.as_secs(),
                "the clock is far ahead of the store's last write; deleting no expired rows until it has proved right"
            );
            return Ok(None);
        }
        self.tick(now).await.map(Some)
    }
}

/// The seconds by which the clock is ahead of an earlier time and the time that has really passed since, if they are more
/// than a day. A program that did not run for days looks the same.
fn clock_ahead_secs(then: Timestamp, passed: Duration, now: Timestamp) -> Option<i64> {
    let passed = i64::try_from(passed.as_secs()).unwrap_or(i64::MAX);
    let ahead = (now.0.saturating_sub(then.0) / 1000).saturating_sub(passed);
    (ahead > DAY_SECS).then_some(ahead)
}

/// The time `days` days before `now`; `None` for 0, which keeps rows for ever.
fn days_before(now: Timestamp, days: u64) -> Option<Timestamp> {
    let days = i64::try_from(days).ok().filter(|&days| days > 0)?;
    Some(now.plus_secs(-days.saturating_mul(DAY_SECS)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_runs_ahead_by_more_than_a_day_is_noticed() {
        let then = Timestamp(1_602_288_000_000);
        let hour = Duration::from_secs(3600);
        assert_eq!(clock_ahead_secs(then, hour, then.plus_secs(3600)), None);
        assert_eq!(clock_ahead_secs(then, hour, then.plus_secs(-10 * DAY_SECS)), None);
        assert_eq!(clock_ahead_secs(then, hour, then.plus_secs(3600 + 2 * DAY_SECS)), Some(2 * DAY_SECS));
        assert_eq!(clock_ahead_secs(then, 48 * hour, then.plus_secs(2 * DAY_SECS)), None);
    }
}

//! Retention: deletes expired rows, in steps so small that no other statement waits for them. Several nodes may do so
//! at the same time.

use std::time::Duration;

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

/// The loop that deletes expired rows.
#[derive(Debug)]
pub struct Retention {
    store: Store,
    config: config::RetentionConfig,
    /// Days of the articles of chats' feeds.
    chat_articles_days: u64,
}

impl Retention {
    pub fn new(store: Store, config: config::RetentionConfig, chat_articles_days: u64) -> Self {
        Self { store, config, chat_articles_days }
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
            rows +=
                store.delete_expired_chat_articles(before).await.context("deleting old articles of chats' feeds")?;
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
        while !stop.is_cancelled() {
            let pause = match self.step().await {
                Ok(Tick::Worked(rows)) => {
                    deleted = deleted.saturating_add(rows);
                    BETWEEN_STEPS
                }
                Ok(Tick::Idle) => {
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

    async fn step(&self) -> anyhow::Result<Tick> {
        // By the database's clock: a node whose clock runs ahead would delete young rows.
        let now = self.store.find_time().await.context("reading the database's clock")?;
        self.tick(self.trusted_time(now).await?).await
    }

    /// The time for judging the age of rows, where the clock shows `now`: after a jump forwards, the old time counts until
    /// the clock has run on for a week.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn trusted_time(&self, now: Timestamp) -> anyhow::Result<Timestamp> {
        let mut clock = self.store.find_retention_clock(now).await.context("reading retention's clock")?;
        if clock.observe(now) {
            tracing::warn!(
                clock.now = %now, clock.trusted = %clock.trusted_at,
                "the clock has jumped, or the program has rested; rows are deleted by the old time for a week"
            );
        }
        self.store.save_retention_clock(&clock).await.context("storing retention's clock")?;
        Ok(clock.trusted_at)
    }
}

/// The time `days` days before `now`; `None` for 0, which keeps rows for ever.
fn days_before(now: Timestamp, days: u64) -> Option<Timestamp> {
    let days = i64::try_from(days).ok().filter(|&days| days > 0)?;
    Some(now.plus_secs(-days.saturating_mul(DAY_SECS)))
}

//! Periodic work of the leader: inserts reminders, repairs due times after clock jumps, and measures the queue.

use parking_lot::Mutex;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::chat::outbound::Outbound;
use crate::store::Store;
use ceasewire_model::Timestamp;

/// The interval between repairs and between insertions of reminders.
const REPAIR_EVERY: Duration = Duration::from_secs(30);
/// The interval between measurements of the queue.
const MEASURE_EVERY: Duration = Duration::from_millis(500);

/// The maintenance of one platform's outbox.
#[derive(Debug)]
pub(super) struct Maintenance {
    store: Store,
    outbound: Arc<Outbound>,
    /// The queue is overloaded when it needs more seconds than this.
    combine_after_secs: u64,
    overloaded: AtomicBool,
    last_runs: Mutex<LastRuns>,
}

#[derive(Debug, Default)]
struct LastRuns {
    repair: Option<Instant>,
    measurement: Option<Instant>,
}

impl Maintenance {
    pub(super) fn new(store: Store, outbound: Arc<Outbound>, combine_after_secs: u64) -> Self {
        Self { store, outbound, combine_after_secs, overloaded: AtomicBool::new(false), last_runs: Mutex::default() }
    }

    /// Whether the queue is too long to send each alert by itself.
    pub(super) fn is_overloaded(&self) -> bool {
        self.overloaded.load(Ordering::Relaxed)
    }

    /// Runs the due work.
    pub(super) async fn tick(&self, now: Timestamp) -> anyhow::Result<()> {
        let (repair_due, measurement_due) = {
            let mut last = self.last_runs.lock();
            (is_due(&mut last.repair, REPAIR_EVERY), is_due(&mut last.measurement, MEASURE_EVERY))
        };
        if repair_due {
            self.repair(now).await?;
        }
        if measurement_due {
            self.measure(now).await?;
        }
        Ok(())
    }

    /// Runs all work at once.
    pub(super) async fn run(&self, now: Timestamp) -> anyhow::Result<()> {
        self.repair(now).await?;
        self.measure(now).await
    }

    /// Moves waiting times after the wall clock moved back.
    pub(super) async fn follow_clock(&self, by_ms: i64, now: Timestamp) -> anyhow::Result<()> {
        tracing::warn!(clock.moved_back_ms = by_ms, "the clock moved back; rescheduling timed deliveries");
        self.store.shift_waits(self.outbound.platform(), by_ms, now).await.context("rescheduling timed deliveries")?;
        self.outbound.limiter().shift_block(by_ms);
        Ok(())
    }

    async fn repair(&self, now: Timestamp) -> anyhow::Result<()> {
        self.store.insert_due_reminders(now).await.context("inserting reminders")?;
        self.store.repair_due_times(now).await.context("repairing due times")?;
        self.store.repair_edit_times(now).await.context("repairing due times of edits")
    }

    async fn measure(&self, now: Timestamp) -> anyhow::Result<()> {
        let most = self.outbound.limiter().rate() * self.combine_after_secs as f64;
        let overloaded = self.store.has_more_due(self.outbound.platform(), now, most as i64).await;
        self.overloaded.store(overloaded.context("measuring the queue")?, Ordering::Relaxed);
        Ok(())
    }
}

/// Whether the interval has passed; then starts the next one.
fn is_due(last: &mut Option<Instant>, every: Duration) -> bool {
    let due = last.is_none_or(|last| last.elapsed() >= every);
    if due {
        *last = Some(Instant::now());
    }
    due
}

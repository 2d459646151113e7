//! Records each message before it leaves and after its answer. The record before the send tells the next leader that
//! the message may have arrived. The journal writes the records of many chats in one transaction, because a transaction
//! per message would dominate the cost of sending.

use parking_lot::Mutex;
use std::time::Duration;

use tokio::sync::oneshot;

use crate::store::{SendRecord, Store};

/// The pause before a failed write is repeated.
const RETRY: Duration = Duration::from_millis(200);
/// Failures in a row per log line: ten seconds.
const LOG_EVERY: u32 = 50;

/// Collects records and writes them in groups.
#[derive(Debug)]
pub(super) struct SendJournal {
    store: Store,
    waiting: Mutex<Vec<(SendRecord, oneshot::Sender<bool>)>>,
    /// Held by the task that writes the records of all waiting tasks.
    writing: tokio::sync::Mutex<()>,
}

impl SendJournal {
    pub(super) fn new(store: Store) -> Self {
        Self { store, waiting: Mutex::default(), writing: tokio::sync::Mutex::default() }
    }

    /// Writes a record and returns whether it took effect. Repeats a failed write without end: as long as this process
    /// lives, it knows which messages it sent and must not send them again.
    pub(super) async fn record(&self, record: SendRecord) -> bool {
        let (done, mut result) = oneshot::channel();
        self.waiting.lock().push((record, done));
        let _writing = self.writing.lock().await;
        if let Ok(took_effect) = result.try_recv() {
            // Another task wrote this record with its own.
            return took_effect;
        }
        let waiting = std::mem::take(&mut *self.waiting.lock());
        let (records, done): (Vec<SendRecord>, Vec<oneshot::Sender<bool>>) = waiting.into_iter().unzip();
        for (done, took_effect) in done.into_iter().zip(self.write(&records).await) {
            // A cancelled task does not receive its result.
            let _ = done.send(took_effect);
        }
        result.try_recv().unwrap_or(false)
    }

    async fn write(&self, records: &[SendRecord]) -> Vec<bool> {
        let mut failures = 0u32;
        loop {
            match self.store.record_sends(records).await {
                Ok(results) => {
                    if failures > 0 {
                        tracing::info!(messages = records.len(), "recorded send results after an error");
                    }
                    return results;
                }
                Err(error) => {
                    if failures.is_multiple_of(LOG_EVERY) {
                        tracing::error!(messages = records.len(), %error, "cannot record send results; retrying");
                    }
                    failures += 1;
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }
}

//! Records what was sent, the messages of many chats in one transaction: nothing may come between a platform's answer and
//! its record, and a record of its own for each message would be most of the work.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::store::{SentMark, Store};

/// The pause before records that failed are made again.
const AGAIN: Duration = Duration::from_millis(200);
/// So many failures in a row are logged once.
const LOG_EVERY: u32 = 50;

/// Messages whose record is being made.
#[derive(Debug, Default)]
pub(super) struct Marks {
    waiting: Mutex<Vec<(SentMark, oneshot::Sender<()>)>>,
    /// Held by whoever records for all that wait.
    recording: tokio::sync::Mutex<()>,
}

impl Marks {
    /// Records a message that was sent. When the store refuses, since its disk is full or it is away, this goes on until it
    /// takes it: as long as this process lives it knows what was sent, and does not send it again.
    pub(super) async fn record(&self, store: &Store, mark: SentMark) {
        let (done, mut heard) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((mark, done));
        let _turn = self.recording.lock().await;
        if heard.try_recv().is_ok() {
            // Whoever recorded before has done this one too.
            return;
        }
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let (marks, done): (Vec<SentMark>, Vec<oneshot::Sender<()>>) = waiting.into_iter().unzip();
        let mut failures = 0u32;
        while let Err(error) = store.mark_sent(&marks).await {
            if failures.is_multiple_of(LOG_EVERY) {
                tracing::error!(messages = marks.len(), "sent, but not recorded yet; trying on: {error}");
            }
            failures += 1;
            tokio::time::sleep(AGAIN).await;
        }
        if failures > 0 {
            tracing::warn!(messages = marks.len(), "what was sent is recorded now");
        }
        for done in done {
            // Whoever waited may have been stopped.
            let _ = done.send(());
        }
    }
}

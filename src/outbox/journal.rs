//! Records what is about to leave and what was sent, the messages of many chats in one transaction: a message must not leave
//! before it is known that it may have, nothing may come between a platform's answer and its record, and a record of its own
//! for each message would be most of the work.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::store::{SendRecord, Store};

/// The pause before records that failed are made again.
const AGAIN: Duration = Duration::from_millis(200);
/// So many failures in a row are logged once.
const LOG_EVERY: u32 = 50;

/// Messages whose record is being made.
#[derive(Debug, Default)]
pub(super) struct SendJournal {
    waiting: Mutex<Vec<(SendRecord, oneshot::Sender<bool>)>>,
    /// Held by whoever records for all that wait.
    recording: tokio::sync::Mutex<()>,
}

impl SendJournal {
    /// Records what becomes of a message, and says whether it is so. When the store refuses, since its disk is full or it is
    /// away, this goes on until it takes it: as long as this process lives it knows what was sent, and does not send it again.
    pub(super) async fn record(&self, store: &Store, mark: SendRecord) -> bool {
        let (done, mut heard) = oneshot::channel();
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).push((mark, done));
        let _turn = self.recording.lock().await;
        if let Ok(is_so) = heard.try_recv() {
            // Whoever recorded before has done this one too.
            return is_so;
        }
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let (marks, done): (Vec<SendRecord>, Vec<oneshot::Sender<bool>>) = waiting.into_iter().unzip();
        let mut failures = 0u32;
        let are_so = loop {
            match store.record_sends(&marks).await {
                Ok(are_so) => break are_so,
                Err(error) => {
                    if failures.is_multiple_of(LOG_EVERY) {
                        tracing::error!(
                            messages = marks.len(),
                            "what becomes of messages is not recorded yet; trying on: {error}"
                        );
                    }
                    failures += 1;
                    tokio::time::sleep(AGAIN).await;
                }
            }
        };
        if failures > 0 {
            tracing::warn!(messages = marks.len(), "what became of messages is recorded now");
        }
        for (done, is_so) in done.into_iter().zip(are_so) {
            // Whoever waited may have been stopped.
            let _ = done.send(is_so);
        }
        heard.try_recv().unwrap_or(false)
    }
}

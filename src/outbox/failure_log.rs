//! Logs a lasting failure of the loop at its beginning, at intervals, and at its end.

use std::time::{Duration, Instant};

/// The interval between log lines about a lasting failure.
const LOG_EVERY: Duration = Duration::from_secs(60);

/// The failure that lasts at present, with the time of its last log line.
#[derive(Debug, Default)]
pub(super) struct FailureLog(Option<Instant>);

impl FailureLog {
    /// Logs an error or a recovery and returns the value of a success.
    pub(super) fn observe<T>(&mut self, result: anyhow::Result<T>) -> Option<T> {
        match result {
            Ok(value) => {
                if self.0.take().is_some() {
                    tracing::info!("dispatching resumes after an error");
                }
                Some(value)
            }
            Err(error) => {
                if self.0.is_none_or(|logged| logged.elapsed() > LOG_EVERY) {
                    tracing::error!(error = format!("{error:#}"), "dispatching fails; retrying every second");
                    self.0 = Some(Instant::now());
                }
                None
            }
        }
    }
}

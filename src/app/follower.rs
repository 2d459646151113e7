//! Follows the changes that other processes make in a shared database, so that no part of this process has to poll for
//! them.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::pipeline::{Pipeline, PipelineError};
use crate::store::{NotificationListener, StoreNotification};

/// Passes changes on to the pipeline and to the dispatchers.
#[derive(Debug)]
pub struct Follower {
    changes: NotificationListener,
    /// `None` in a process that matches no articles.
    pipeline: Option<Arc<Pipeline>>,
    outbox: watch::Sender<()>,
}

impl Follower {
    pub(super) fn new(changes: NotificationListener, pipeline: Arc<Pipeline>, outbox: watch::Sender<()>) -> Self {
        Self { changes, pipeline: Some(pipeline), outbox }
    }

    /// Waits for the next change, passes it on and returns it.
    ///
    /// # Errors
    /// When the changed rules cannot be read.
    pub async fn next(&mut self) -> Result<StoreNotification, PipelineError> {
        let change = self.changes.next().await;
        match change {
            StoreNotification::Rules => {
                if let Some(pipeline) = &self.pipeline {
                    pipeline.refresh_rules().await?;
                }
            }
            StoreNotification::Outbox => {
                self.outbox.send_replace(());
            }
        }
        Ok(change)
    }

    /// Ignores changes of rules, for a process that matches no articles.
    pub(super) fn without_rules(self) -> Self {
        Self { pipeline: None, ..self }
    }

    /// Passes changes on until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        loop {
            tokio::select! {
                passed_on = self.next() => {
                    if let Err(error) = passed_on {
                        tracing::warn!(%error, "cannot read changed rules; reading them with the next article");
                    }
                }
                () = stop.cancelled() => return,
            }
        }
    }
}

//! The conditions and the timeout of every request that the dispatcher makes.

use std::sync::Arc;
use std::time::Duration;

use super::leader::Leadership;
use crate::chat::SendError;
use crate::chat::outbound::Outbound;
use ceasewire_model::Timestamp;

/// Guards requests of the dispatcher.
#[derive(Clone, Debug)]
pub(super) struct SendGuard {
    pub(super) outbound: Arc<Outbound>,
    leadership: Arc<Leadership>,
    timeout_secs: u64,
}

impl SendGuard {
    pub(super) fn new(outbound: Arc<Outbound>, leadership: Arc<Leadership>, timeout_secs: u64) -> Self {
        Self { outbound, leadership, timeout_secs }
    }

    pub(super) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_secs)
    }

    /// Whether a request may leave at `now`: this process leads, no block or outage lasts, and the request ends within
    /// the lease of its delivery.
    pub(super) fn may_leave(&self, lease_until: Timestamp, now: Timestamp) -> bool {
        self.leadership.is_held()
            && self.outbound.limiter().circuit(now).allows_send()
            && now <= lease_until.plus_secs(-(self.timeout_secs as i64))
    }

    /// Waits for an answer up to the timeout.
    pub(super) async fn within_timeout<T>(
        &self,
        answer: impl Future<Output = Result<T, SendError>>,
    ) -> Result<T, SendError> {
        tokio::time::timeout(self.timeout(), answer)
            .await
            .unwrap_or_else(|_| Err(SendError::Unanswered(format!("nothing within {} s", self.timeout_secs))))
    }
}

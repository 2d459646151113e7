//! Leadership: at most one process dispatches for a bot. The leader holds a lease in the store, by the database's
//! clock, and sends nothing when the lease may have expired. Another process takes over after the expiry.

use parking_lot::Mutex;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use uuid::Uuid;

use crate::chat::outbound::{LearnedRate, Outbound};
use crate::store::{Store, StoreError};
use ceasewire_model::Timestamp;

/// Length of the lease, time of sending within it, and renewal interval. The last second without sending separates two
/// leaders' messages, because the platform counts per second.
const LEASE_SECS: i64 = 6;
const SENDS_FOR: Duration = Duration::from_secs(5);
const RENEW_EVERY: Duration = Duration::from_secs(2);

/// This process's lease on dispatching for one bot.
#[derive(Debug)]
pub(super) struct Leadership {
    store: Store,
    outbound: Arc<Outbound>,
    /// Configured messages per second.
    ceiling: u32,
    /// Identifies this process among the processes of the bot.
    holder: Uuid,
    state: Mutex<LeaseState>,
}

#[derive(Debug, Default)]
struct LeaseState {
    /// Time of the last successful renewal; `None` while another process leads.
    renewed: Option<Instant>,
    /// The fencing number: it grows when another process becomes the leader.
    term: i64,
    /// The rates and the block in the store.
    recorded_rate: LearnedRate,
    recorded_block: Timestamp,
}

impl Leadership {
    pub(super) fn new(store: Store, outbound: Arc<Outbound>, ceiling: u32) -> Self {
        Self { store, outbound, ceiling, holder: Uuid::now_v7(), state: Mutex::default() }
    }

    /// Acquires or extends the lease. A new leader releases the previous leader's deliveries and adopts its learned
    /// rate.
    pub(super) async fn acquire(&self, now: Timestamp) -> anyhow::Result<bool> {
        let (until, horizon) = (now.plus_secs(LEASE_SECS), now.plus_secs(10 * LEASE_SECS));
        let account = self.account();
        // Measured before the request: the lease starts no earlier.
        let requested = Instant::now();
        let lease = self.store.claim_leader_lease(&account, self.holder, now, until, horizon).await;
        let Some(lease) = lease.context("acquiring the sender lease")? else {
            self.state.lock().renewed = None;
            // A follower still sends replies, which respect the leader's block.
            let blocked_until = self.store.find_leader_block(&account).await.context("reading the sender's block")?;
            self.outbound.limiter().block_until(blocked_until);
            return Ok(false);
        };
        if self.state.lock().term != lease.term {
            // The released deliveries are the oldest of their chats, so no later delivery overtakes them.
            let platform = self.outbound.platform();
            self.store.release_deliveries(platform).await.context("releasing the previous leader's deliveries")?;
            let learned = LearnedRate { accepted: lease.rate_accepted, refused: lease.rate_refused };
            self.outbound.limiter().adopt(self.ceiling, learned, lease.blocked_until);
            tracing::info!(bot.account = account, bot.term = lease.term, "this process dispatches now");
            *self.state.lock() = LeaseState {
                renewed: None,
                term: lease.term,
                recorded_rate: learned,
                recorded_block: lease.blocked_until,
            };
        }
        self.state.lock().renewed = Some(requested);
        Ok(true)
    }

    /// Renews the lease when the renewal is due and records the limiter's rates and block. The limiter keeps its state
    /// if the store answers before the lease expires.
    pub(super) async fn renew(&self) -> anyhow::Result<bool> {
        if self.state.lock().renewed.is_some_and(|renewed| renewed.elapsed() < RENEW_EVERY) {
            return Ok(true);
        }
        // The clocks of nodes differ; the database's clock decides.
        let now = self.store.find_time().await.context("reading the database's clock")?;
        if !self.acquire(now).await? {
            return Ok(false);
        }
        let limiter = self.outbound.limiter();
        let (learned, blocked_until) = (limiter.learned(), limiter.blocked_until());
        if self.state.lock().recorded_rate != learned {
            let LearnedRate { accepted, refused } = learned;
            self.store.record_learned_rate(&self.account(), self.holder, accepted, refused).await?;
            self.state.lock().recorded_rate = learned;
        }
        // A throttled reply may have extended the block.
        if self.state.lock().recorded_block != blocked_until {
            self.record_block().await?;
            self.state.lock().recorded_block = blocked_until;
        }
        Ok(true)
    }

    /// Records the limiter's block for the next leader.
    pub(super) async fn record_block(&self) -> Result<(), StoreError> {
        let until = self.outbound.limiter().blocked_until();
        self.store.record_leader_block(&self.account(), self.holder, until).await
    }

    /// Releases the lease, so that another process can lead a second later.
    pub(super) async fn release(&self) {
        let released = async {
            let from = self.store.find_time().await?.plus_secs(1);
            self.store.release_leader_lease(&self.account(), self.holder, from).await
        };
        if let Err(error) = released.await {
            tracing::warn!(%error, "cannot release the sender lease; another process leads after {LEASE_SECS} s");
        }
    }

    /// Whether this process certainly leads. A suspended process, or one without an answer from the store, may have
    /// lost the lease without notice.
    pub(super) fn is_held(&self) -> bool {
        self.state.lock().renewed.is_some_and(|renewed| renewed.elapsed() < SENDS_FOR)
    }

    fn account(&self) -> String {
        self.outbound.messenger().account()
    }
}

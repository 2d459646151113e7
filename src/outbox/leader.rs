//! Which process sends for a bot: its rate is one, so one process at a time does. It holds a lease in the store, by the
//! database's clock, and sends nothing while it cannot be sure of holding it; another takes over when it runs out.

use std::time::{Duration, Instant};

use anyhow::Context;

use super::rate::LearnedRate;
use super::{Dispatcher, lock};
use ceasewire_model::Timestamp;

/// Seconds for which a process is the one that sends, seconds of them for which it does, and the pause after which it says so
/// again. The second that is left keeps what the next one sends apart, as the platform counts.
const LEAD_SECS: i64 = 6;
const SENDS: Duration = Duration::from_secs(5);
const RENEW: Duration = Duration::from_secs(2);

/// What a process knows of its turn to be the one that sends.
#[derive(Debug, Default)]
pub(super) struct Leadership {
    /// Since when it surely holds the lease; `None`: it does not.
    since: Option<Instant>,
    /// The number of its term: whether another process has sent since.
    term: i64,
    /// What was learned of the rate, and until when nothing may be sent, when that was last written down.
    learned: LearnedRate,
    blocked_until: Timestamp,
}

impl Dispatcher {
    /// Makes or keeps this process the one that sends for the bot.
    pub(super) async fn lead(&self, now: Timestamp) -> anyhow::Result<bool> {
        let (until, horizon) = (now.plus_secs(LEAD_SECS), now.plus_secs(10 * LEAD_SECS));
        // The lease does not begin before it is asked for.
        let since = Instant::now();
        let lease = self.store.claim_leader_lease(&self.messenger.account(), self.holder, now, until, horizon).await;
        let Some(lease) = lease.context("becoming the one that sends")? else {
            lock(&self.lead).since = None;
            // Answers to people may leave from here, and should not while nothing may.
            let blocked_until = self.store.find_leader_block(&self.messenger.account()).await;
            self.gate.hold(blocked_until.context("asking whether anything may be sent")?);
            return Ok(false);
        };
        if lock(&self.lead).term != lease.term {
            // What the process before had in hand is due now and the oldest, so that nothing later of its chats overtakes it.
            let platform = self.messenger.platform();
            self.store.release_deliveries(platform).await.context("taking over what was in hand")?;
            let learned = LearnedRate { good: lease.rate_accepted, bad: lease.rate_refused };
            self.gate.learn(self.config.messages_per_second, learned, lease.blocked_until);
            *lock(&self.lead) =
                Leadership { since: None, term: lease.term, learned, blocked_until: lease.blocked_until };
        }
        lock(&self.lead).since = Some(since);
        Ok(true)
    }

    /// The same, asking the store only now and then. While the store does not answer, nothing is claimed; when it answers
    /// before the lease has ended, what was learned counts on.
    pub(super) async fn keep_leading(&self) -> anyhow::Result<bool> {
        if lock(&self.lead).since.is_some_and(|since| since.elapsed() < RENEW) {
            return Ok(true);
        }
        // Nodes' clocks differ; who leads is settled by the database's.
        let now = self.store.find_time().await.context("asking the database for the time")?;
        let leads = self.lead(now).await?;
        let (learned, blocked_until, account) =
            (self.gate.learned(), self.gate.blocked_until(), self.messenger.account());
        if leads && lock(&self.lead).learned != learned {
            self.store.record_learned_rate(&account, self.holder, learned.good, learned.bad).await?;
            lock(&self.lead).learned = learned;
        }
        // An answer to somebody may have been told to wait.
        if leads && lock(&self.lead).blocked_until != blocked_until {
            self.store.record_leader_block(&account, self.holder, blocked_until).await?;
            lock(&self.lead).blocked_until = blocked_until;
        }
        Ok(leads)
    }

    /// Lets another process send.
    pub(super) async fn stop_leading(&self) {
        let released = async {
            let from = self.store.find_time().await?.plus_secs(1);
            self.store.release_leader_lease(&self.messenger.account(), self.holder, from).await
        };
        if let Err(error) = released.await {
            tracing::warn!("another process can send only when this one's lease ends: {error}");
        }
    }

    /// Whether this process surely holds the lease: one that was stopped for a while, or whose store did not answer, may have
    /// been replaced without knowing it.
    pub(super) fn leads(&self) -> bool {
        lock(&self.lead).since.is_some_and(|since| since.elapsed() < SENDS)
    }
}

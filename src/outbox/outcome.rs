//! Classifies answers of the platform and records their consequences for deliveries, chats and the whole bot.

use parking_lot::Mutex;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use super::fallback::DuplicateNote;
use super::journal::SendJournal;
use super::leader::Leadership;
use super::stopwatch::Stopwatch;
use crate::alert::retry::{FailedSend, Verdict, classify};
use crate::chat::SendError;
use crate::chat::outbound::{Outbound, SendSlot, SlotClass, ThrottleScope};
use crate::store::{FailedAttempt, SendRecord, SentMessage, Store, StoreError};
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Address, Delivery, DeliveryId, Message, Timestamp, VerdictName};

/// After this many attempts of a delivery, later deliveries of the chat may overtake it.
const KEEPS_ORDER_FOR: i64 = 3;
/// Unanswered attempts tolerated during an outage before the policy "once" counts the message as delivered.
const MOST_UNANSWERED: i64 = 5;
/// The pause before a failed write is repeated.
const RETRY: Duration = Duration::from_millis(200);

/// A message on its way to a chat.
#[derive(Debug)]
pub(super) struct OutgoingMessage<'a> {
    pub(super) deliveries: &'a [Delivery],
    pub(super) message: Message,
    /// Whether it lists several deliveries.
    pub(super) combined: bool,
    pub(super) to: Address,
    /// The note of a possible duplicate, for its shorter forms.
    pub(super) note: Option<DuplicateNote>,
}

/// Records the outcomes of sends.
#[derive(Debug)]
pub(super) struct OutcomeRecorder {
    store: Store,
    outbound: Arc<Outbound>,
    leadership: Arc<Leadership>,
    journal: SendJournal,
    /// The operator's policy on lost answers.
    unconfirmed: Unconfirmed,
    /// Deliveries of rejected combined messages; each leaves alone.
    individual: Mutex<HashSet<DeliveryId>>,
}

impl OutcomeRecorder {
    pub(super) fn new(
        store: Store,
        outbound: &Arc<Outbound>,
        leadership: &Arc<Leadership>,
        unconfirmed: Unconfirmed,
    ) -> Self {
        Self {
            journal: SendJournal::new(store.clone()),
            store,
            outbound: Arc::clone(outbound),
            leadership: Arc::clone(leadership),
            unconfirmed,
            individual: Mutex::default(),
        }
    }

    /// Returns the deliveries that leave alone.
    pub(super) fn individual(&self) -> HashSet<DeliveryId> {
        self.individual.lock().clone()
    }

    /// Makes the deliveries of a rejected combined message leave alone.
    pub(super) fn send_individually(&self, deliveries: &[Delivery]) {
        self.individual.lock().extend(deliveries.iter().map(|delivery| delivery.id));
    }

    fn forget_individual(&self, deliveries: &[Delivery]) {
        let mut individual = self.individual.lock();
        if !individual.is_empty() {
            for delivery in deliveries {
                individual.remove(&delivery.id);
            }
        }
    }

    /// Records that a message is about to leave. Returns `false` when the claim of a delivery has ended.
    pub(super) async fn record_intent(&self, deliveries: &[Delivery], lease_until: Timestamp) -> bool {
        let ids = deliveries.iter().map(|delivery| delivery.id).collect();
        self.journal.record(SendRecord::Intent { ids, lease_until }).await
    }

    /// Records a sent message; `id` is `None` for an unconfirmed one.
    pub(super) async fn record_sent(&self, outgoing: &OutgoingMessage<'_>, id: Option<String>, at: Timestamp) {
        let OutgoingMessage { deliveries, to, .. } = outgoing;
        let sent = SentMessage {
            ids: deliveries.iter().map(|delivery| delivery.id).collect(),
            message: id,
            together: outgoing.combined,
            platform: to.platform,
            chat: to.chat.clone(),
            gap_ms: self.outbound.record_sent_to(&to.chat),
            at,
        };
        self.journal.record(SendRecord::Sent(sent)).await;
        self.forget_individual(deliveries);
        let id = deliveries.first().map(|delivery| delivery.id.to_string()).unwrap_or_default();
        tracing::debug!(delivery.id = id, deliveries = deliveries.len(), chat.id = to.chat, "message sent");
    }

    /// Classifies the error of an attempt.
    pub(super) async fn classify(
        &self,
        delivery: &Delivery,
        to: &Address,
        error: &SendError,
        now: Timestamp,
    ) -> Result<Verdict, StoreError> {
        let unanswered = match error {
            SendError::Unanswered(_) => {
                self.store.count_attempts(delivery.id, VerdictName::RetryAsPossibleDuplicate).await?
            }
            _ => 0,
        };
        let outage = self.outbound.limiter().is_outage();
        let unconfirmed = match self.unconfirmed {
            // During an outage a missing answer hardly means that the message arrived.
            Unconfirmed::Once if outage && unanswered < MOST_UNANSWERED => Unconfirmed::Always,
            unconfirmed => unconfirmed,
        };
        let in_topic = to.thread.is_some();
        Ok(classify(error, FailedSend { number: delivery.attempts, unanswered, unconfirmed, in_topic }, now))
    }

    /// Records a failed attempt and its consequences.
    pub(super) async fn finish(
        &self,
        outgoing: &OutgoingMessage<'_>,
        slot: SendSlot,
        verdict: &Verdict,
        attempt: &FailedAttempt<'_>,
    ) -> anyhow::Result<()> {
        let OutgoingMessage { deliveries, to, .. } = outgoing;
        let (store, at) = (&self.store, attempt.at);
        let scope = self.apply_to_limiter(slot, to, verdict, at);
        let due_at = match verdict {
            Verdict::Retry(at) | Verdict::RetryAsPossibleDuplicate(at) => Some(*at),
            _ => None,
        };
        let keeps_order = deliveries.first().is_some_and(|first| first.attempts <= KEEPS_ORDER_FOR);
        self.persist_with_retry(deliveries, at, || store.record_attempt_failed(deliveries, attempt, due_at)).await?;
        match due_at.filter(|_| keeps_order) {
            // The whole chat waits, so that later deliveries do not overtake this one.
            Some(until) => {
                self.persist_with_retry(deliveries, at, || store.record_chat_block(to.platform, &to.chat, until)).await
            }
            None => {
                // The topic of the subscriber, even where the message went to the main thread in its place.
                let to = deliveries.first().map_or(to, |first| &first.address);
                self.persist_with_retry(deliveries, at, || self.record_pause(to, scope, verdict, at)).await
            }
        }
    }

    /// Records that deliveries failed for good.
    pub(super) async fn give_up(&self, deliveries: &[Delivery], error: &str, at: Timestamp) -> anyhow::Result<()> {
        let attempt = FailedAttempt { verdict: VerdictName::GiveUp, error, at, possible_duplicates: false };
        self.forget_individual(deliveries);
        self.persist_with_retry(deliveries, at, || self.store.record_deliveries_failed(deliveries, &attempt)).await
    }

    /// Persists the platform's answer, retrying until the lease of the deliveries expires: no other process knows the
    /// answer.
    async fn persist_with_retry<Write>(
        &self,
        deliveries: &[Delivery],
        at: Timestamp,
        write: impl Fn() -> Write,
    ) -> anyhow::Result<()>
    where
        Write: Future<Output = Result<(), StoreError>>,
    {
        let (stopwatch, lease_until) = (Stopwatch::start(at), deliveries.first().map(|first| first.lease_until));
        loop {
            match write().await {
                Err(error) if Some(stopwatch.now()) < lease_until => {
                    tracing::debug!(%error, "cannot record an answer yet; retrying until the lease expires");
                    tokio::time::sleep(RETRY).await;
                }
                written => return Ok(written?),
            }
        }
    }

    /// Applies a verdict about the whole bot to the limiter. Returns whose limit a throttled message exceeded.
    pub(super) fn apply_to_limiter(
        &self,
        slot: SendSlot,
        to: &Address,
        verdict: &Verdict,
        now: Timestamp,
    ) -> Option<ThrottleScope> {
        let limiter = self.outbound.limiter();
        match verdict {
            Verdict::SlowDown(millis) => {
                let scope = limiter.record_throttled(SlotClass::Alert, slot, &to.chat, now.plus_millis(*millis), now);
                if scope == ThrottleScope::Bot {
                    tracing::warn!(
                        bot.rate = limiter.rate(),
                        wait_ms = millis,
                        "the platform throttles the bot; waiting"
                    );
                }
                Some(scope)
            }
            Verdict::PauseAll(until) => {
                let retry_at = until.to_rfc3339();
                tracing::error!(retry_at, "the platform rejects the token; no message leaves until it accepts it");
                limiter.block_until(*until);
                None
            }
            _ => None,
        }
    }

    /// Records a verdict about a chat or the whole bot in the store.
    pub(super) async fn record_pause(
        &self,
        to: &Address,
        scope: Option<ThrottleScope>,
        verdict: &Verdict,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (store, Address { platform, chat, .. }) = (&self.store, to);
        match (verdict, scope) {
            (Verdict::SlowDown(millis), Some(ThrottleScope::Chat)) => {
                store.record_chat_block(*platform, chat, at.plus_millis(*millis)).await
            }
            // An earlier block may last longer; the limiter knows the latest end.
            (Verdict::SlowDown(_), Some(ThrottleScope::Bot)) => self.leadership.record_block().await,
            (Verdict::PauseChat(until), _) => store.record_chat_block(*platform, chat, *until).await,
            (Verdict::PauseThread(until), _) => store.record_thread_block(to, *until).await,
            (Verdict::Suspend, _) => store.record_chat_suspended(*platform, chat, Some(at)).await.map(drop),
            (Verdict::MigrateChat(new_chat), _) => self.migrate_chat(to, new_chat).await,
            _ => Ok(()),
        }
    }

    /// Records a chat's new id. The store drops deliveries that the new chat received already.
    async fn migrate_chat(&self, from: &Address, new_chat: &str) -> Result<(), StoreError> {
        self.store.migrate_chat(from.platform, &from.chat, new_chat).await?;
        tracing::info!(chat.id = from.chat, chat.new_id = new_chat, "the chat has a new id; deliveries follow");
        Ok(())
    }
}

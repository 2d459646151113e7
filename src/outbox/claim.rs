//! Claims due deliveries and splits them: send now, or defer. Deferred deliveries return to the outbox with a new due
//! time.

use parking_lot::Mutex;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;

use super::batch::{BatchItem, ChatBatch};
use super::renderer::MatchReasons;
use crate::alert::attention::{DispatchDecision, QueueTimes, decide};
use crate::chat::outbound::Outbound;
use crate::config::DeliveryConfig;
use crate::store::{Claim, MessageStats, Recipient, Store};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Delivery, DeliveryId, SubscriberId, Timestamp};

/// The largest claim after claims with only deferred deliveries. A deferred delivery takes no part of the send rate.
const LARGEST_CLAIM: usize = 256;
/// The most doublings of the claim size in a row.
const MOST_DOUBLINGS: usize = 16;
/// Deliveries of one chat in one claim. Those that fit share a message.
const MOST_PER_CHAT: usize = 50;
/// One claim in this number begins with less urgent deliveries, so that a night of urgent news does not starve them.
const LESS_URGENT_EVERY: usize = 10;

/// Claimed deliveries, grouped by chat.
#[derive(Debug, Default)]
pub(super) struct ClaimedBatches {
    pub(super) batches: Vec<ChatBatch>,
    /// Number of deferred deliveries.
    pub(super) deferred: usize,
}

/// The messages that a chat's hourly cap still allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CapAllowance {
    Several,
    /// One more message; it combines all waiting deliveries.
    One,
    /// No message before this time.
    NoneBefore(Timestamp),
}

/// Claims deliveries of one platform.
#[derive(Debug)]
pub(super) struct DeliveryClaimer {
    store: Store,
    outbound: Arc<Outbound>,
    lease_secs: i64,
    stale_after_secs: i64,
    /// Claims that the store could not release yet.
    unreleased: Mutex<Vec<Delivery>>,
    claims: AtomicUsize,
    /// Consecutive claims of deferred deliveries only.
    deferred_claims: AtomicUsize,
}

impl DeliveryClaimer {
    pub(super) fn new(store: Store, outbound: Arc<Outbound>, config: &DeliveryConfig) -> Self {
        Self {
            store,
            outbound,
            lease_secs: config.lease_secs as i64,
            stale_after_secs: config.stale_after_secs as i64,
            unreleased: Mutex::default(),
            claims: AtomicUsize::new(0),
            deferred_claims: AtomicUsize::new(0),
        }
    }

    /// Claims due deliveries of up to `limit` chats outside of `busy`, and defers those that must not leave yet.
    pub(super) async fn claim(&self, now: Timestamp, limit: usize, busy: &[String]) -> anyhow::Result<ClaimedBatches> {
        let unreleased = std::mem::take(&mut *self.unreleased.lock());
        self.release(&unreleased).await?;
        // At night most deliveries are deferred; larger claims keep the chats without quiet hours from starving.
        let deferred_claims = self.deferred_claims.load(Ordering::Relaxed).min(MOST_DOUBLINGS);
        let size = limit.max((limit << deferred_claims).min(LARGEST_CLAIM));
        let mut deliveries = Vec::new();
        if let Err(error) = self.claim_due(&mut deliveries, now, size, busy).await {
            return self.release_after(error, &deliveries).await;
        }
        if deliveries.is_empty() {
            self.deferred_claims.store(0, Ordering::Relaxed);
            return Ok(ClaimedBatches::default());
        }
        let mut claimed = match self.split(&mut deliveries, now).await {
            Ok(claimed) => claimed,
            Err(error) => return self.release_after(error, &deliveries).await,
        };
        let deferred_claims = if claimed.batches.is_empty() { deferred_claims + 1 } else { 0 };
        self.deferred_claims.store(deferred_claims, Ordering::Relaxed);
        // A claim larger than the limit is released down to it: each claim in flight may become a possible duplicate.
        let surplus = claimed.batches.split_off(limit.min(claimed.batches.len()));
        let surplus: Vec<Delivery> = surplus.into_iter().flat_map(ChatBatch::into_deliveries).collect();
        self.release_or_log(&surplus).await;
        Ok(claimed)
    }

    /// Claims up to `size` deliveries into `deliveries`, most urgent ones first.
    async fn claim_due(
        &self,
        deliveries: &mut Vec<Delivery>,
        now: Timestamp,
        size: usize,
        busy: &[String],
    ) -> anyhow::Result<()> {
        for attention in self.next_order() {
            let claim = Claim {
                platform: self.outbound.platform(),
                now,
                lease_secs: self.lease_secs,
                attention,
                limit: size.saturating_sub(deliveries.len()),
                busy,
                ahead_ms: self.outbound.limiter().burst_ms(),
            };
            if claim.limit == 0 {
                break;
            }
            deliveries.extend(self.store.claim_due_deliveries(&claim).await.context("claiming deliveries")?);
        }
        Ok(())
    }

    /// Returns the order of the next claim.
    fn next_order(&self) -> [Attention; 3] {
        let claims = self.claims.fetch_add(1, Ordering::Relaxed);
        match claims % (2 * LESS_URGENT_EVERY) {
            0 => [Attention::Normal, Attention::Urgent, Attention::Digest],
            LESS_URGENT_EVERY => [Attention::Digest, Attention::Normal, Attention::Urgent],
            _ => Attention::ALL,
        }
    }

    /// Adds the other due deliveries of the claimed chats, decides about each delivery, and groups them by chat.
    async fn split(&self, deliveries: &mut Vec<Delivery>, now: Timestamp) -> anyhow::Result<ClaimedBatches> {
        deliveries
            .extend(self.store.claim_due_of_subscribers(deliveries, now, MOST_PER_CHAT * deliveries.len()).await?);
        let recipients = self.list_recipients(deliveries).await?;
        let allowances = self.list_allowances(&recipients, now).await?;
        let (mut deferred, mut items) = (Vec::new(), Vec::new());
        for delivery in deliveries.iter() {
            // The deliveries of a deleted subscriber are deleted too.
            let Some(recipient) = recipients.get(&delivery.subscriber_id) else { continue };
            let allowance = allowances.get(&recipient.id).copied().unwrap_or(CapAllowance::Several);
            match self.decide(delivery, recipient, allowance, now) {
                DispatchDecision::Later(at) => deferred.push((delivery, Some(at))),
                DispatchDecision::Now { silent, digest } => {
                    let last = allowance == CapAllowance::One;
                    items.push(BatchItem { delivery: delivery.clone(), silent, digest, last });
                }
            }
        }
        self.store.release_claimed(&deferred).await?;
        let batches = self.group(items, &recipients).await?;
        Ok(ClaimedBatches { batches, deferred: deferred.len() })
    }

    fn decide(
        &self,
        delivery: &Delivery,
        recipient: &Recipient,
        allowance: CapAllowance,
        now: Timestamp,
    ) -> DispatchDecision {
        match allowance {
            CapAllowance::NoneBefore(at) if delivery.attention != Attention::Urgent => DispatchDecision::Later(at),
            _ => {
                let times = QueueTimes { created_at: delivery.created_at, queued_since: delivery.queued_since };
                decide(&recipient.preferences, delivery.attention, times, self.stale_after_secs, now)
            }
        }
    }

    async fn list_recipients(&self, deliveries: &[Delivery]) -> anyhow::Result<BTreeMap<SubscriberId, Recipient>> {
        let mut subscribers: Vec<SubscriberId> = deliveries.iter().map(|delivery| delivery.subscriber_id).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let recipients = self.store.list_recipients(&subscribers).await?;
        Ok(recipients.into_iter().map(|recipient| (recipient.id, recipient)).collect())
    }

    /// Returns the allowances of the chats with an hourly cap.
    async fn list_allowances(
        &self,
        recipients: &BTreeMap<SubscriberId, Recipient>,
        now: Timestamp,
    ) -> anyhow::Result<HashMap<SubscriberId, CapAllowance>> {
        let mut allowances = HashMap::new();
        for recipient in recipients.values() {
            if let Some(cap) = recipient.preferences.hourly_cap {
                allowances.insert(recipient.id, self.find_allowance(recipient.id, cap, now).await?);
            }
        }
        Ok(allowances)
    }

    async fn find_allowance(&self, subscriber: SubscriberId, cap: i64, now: Timestamp) -> anyhow::Result<CapAllowance> {
        let MessageStats { count, not_urgent, first } =
            self.store.count_messages_since(subscriber, now.plus_secs(-3600)).await?;
        Ok(match first {
            // Urgent messages ignore the cap. They must not exclude the others forever, so one other message may
            // follow.
            Some(first) if count >= cap && not_urgent > 0 => {
                CapAllowance::NoneBefore(Timestamp(first.plus_secs(3600).0.max(now.0 + 1)))
            }
            _ if count + 1 >= cap => CapAllowance::One,
            _ => CapAllowance::Several,
        })
    }

    /// Groups items by chat, the longest waiting chat first.
    async fn group(
        &self,
        items: Vec<BatchItem>,
        recipients: &BTreeMap<SubscriberId, Recipient>,
    ) -> anyhow::Result<Vec<ChatBatch>> {
        // Read after the claim: a later commit sees the claimed deliveries and schedules their edits.
        let revision = self.store.find_stories_revision().await?;
        let ids: Vec<DeliveryId> = items.iter().map(|item| item.delivery.id).collect();
        let mut reasons: HashMap<DeliveryId, MatchReasons> = HashMap::new();
        for (delivery, topic, text) in self.store.list_reasons(&ids).await? {
            reasons.entry(delivery).or_default().push((topic, text));
        }
        let mut batches: BTreeMap<String, ChatBatch> = BTreeMap::new();
        for item in items {
            let chat = item.delivery.address.chat.clone();
            let batch = batches.entry(chat).or_insert_with_key(|chat| ChatBatch::new(chat.clone(), revision));
            let id = item.delivery.id;
            batch.reasons.insert(id, reasons.remove(&id).unwrap_or_default());
            if let Some(recipient) = recipients.get(&item.delivery.subscriber_id) {
                batch.recipients.entry(recipient.id).or_insert_with(|| recipient.clone());
            }
            batch.items.push(item);
        }
        let mut batches: Vec<ChatBatch> = batches.into_values().collect();
        batches.sort_by_key(|batch| batch.items.iter().map(|item| (item.delivery.attention, item.delivery.id)).min());
        Ok(batches)
    }

    /// Releases claimed deliveries without an attempt. Keeps them for the next claim if the store fails.
    pub(super) async fn release(&self, deliveries: &[Delivery]) -> anyhow::Result<()> {
        let releases: Vec<_> = deliveries.iter().map(|delivery| (delivery, None)).collect();
        let released = self.store.release_claimed(&releases).await;
        if released.is_err() {
            self.unreleased.lock().extend(deliveries.iter().cloned());
        }
        released.context("releasing claimed deliveries")
    }

    /// Releases claimed deliveries; a failure only delays them.
    pub(super) async fn release_or_log(&self, deliveries: &[Delivery]) {
        if let Err(error) = self.release(deliveries).await {
            let error = format!("{error:#}");
            tracing::warn!(
                deliveries = deliveries.len(),
                error,
                "cannot release deliveries; retrying at the next claim"
            );
        }
    }

    /// Releases claimed deliveries after an error.
    async fn release_after(&self, error: anyhow::Error, deliveries: &[Delivery]) -> anyhow::Result<ClaimedBatches> {
        self.release_or_log(deliveries).await;
        Err(error)
    }
}

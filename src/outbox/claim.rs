//! What is told next: claims what is due, and judges what of it is to be told now and what is put off.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::Ordering;

use anyhow::Context;

use super::batch::{ChatBatch, Item};
use super::renderer::Reasons;
use super::{Dispatcher, lock};
use crate::alert::attention::{DispatchDecision, Waits, telling};
use crate::store::{Claim, MessageStats, Recipient};
use ceasewire_model::attention::Attention;
use ceasewire_model::{Delivery, DeliveryId, SubscriberId, Timestamp};

/// Deliveries that are judged at once when those before were all put off: what is not told takes no part of the rate.
const MOST_JUDGED: usize = 256;
/// Deliveries of one chat that are claimed at its turn; as many as fit are told of in one message.
const MOST_TOGETHER: usize = 50;
/// Milliseconds by which messages to a chat may be ahead of its pace: platforms let a few follow each other, in a private
/// chat three.
const AHEAD_MS: i64 = 2000;
/// One claim in so many begins with what is less urgent, so that a night of urgent news starves nobody.
const OTHERS_EVERY: usize = 10;

/// What came of looking into the outbox.
#[derive(Debug, Default)]
pub(super) struct Claimed {
    pub(super) turns: Vec<ChatBatch>,
    /// How many deliveries were put off, since their chats are not to be told of them yet.
    pub(super) put_off: usize,
}

/// What a chat with a cap may still be told within the hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Allowance {
    Some,
    /// One more message, which tells of all that waits.
    Last,
    /// Nothing before this time.
    After(Timestamp),
}

impl Dispatcher {
    /// Claims what is due, of up to `limit` chats, and puts off what is not to be told yet.
    pub(super) async fn claim(&self, now: Timestamp, limit: usize, busy: &[String]) -> anyhow::Result<Claimed> {
        let owed = std::mem::take(&mut *lock(&self.owed));
        self.give_back(&owed).await?;
        // At night most of what is due may be put off: whoever is awake should not wait until all of it was judged in
        // portions that are meant for sending.
        let asleep = self.asleep.load(Ordering::Relaxed).min(16);
        let judged = limit.max((limit << asleep).min(MOST_JUDGED));
        let mut claimed = Vec::new();
        for attention in self.order() {
            let claim = Claim {
                platform: self.messenger.platform(),
                now,
                lease_secs: self.config.lease_secs as i64,
                attention,
                limit: judged - claimed.len().min(judged),
                busy,
                ahead_ms: if self.gate.lets_burst() { AHEAD_MS } else { 0 },
            };
            if claim.limit == 0 {
                break;
            }
            match self.store.claim_due_deliveries(&claim).await.context("claiming deliveries") {
                Ok(more) => claimed.extend(more),
                Err(error) => return self.drop_claimed(&claimed, error).await,
            }
        }
        if claimed.is_empty() {
            self.asleep.store(0, Ordering::Relaxed);
            return Ok(Claimed::default());
        }
        let mut prepared = match self.prepare(&mut claimed, now).await {
            Ok(prepared) => prepared,
            Err(error) => return self.drop_claimed(&claimed, error).await,
        };
        let asleep = if prepared.turns.is_empty() { asleep + 1 } else { 0 };
        self.asleep.store(asleep, Ordering::Relaxed);
        // More was judged than may be sent: what is in hand waits, and comes marked when the process dies.
        let over = prepared.turns.split_off(limit.min(prepared.turns.len()));
        let over: Vec<Delivery> = over.into_iter().flat_map(|turn| turn.items).map(|item| item.delivery).collect();
        if let Err(error) = self.give_back(&over).await {
            tracing::warn!("{error:#}");
        }
        Ok(prepared)
    }

    /// What was claimed is in nobody's hands any more.
    async fn drop_claimed(&self, claimed: &[Delivery], error: anyhow::Error) -> anyhow::Result<Claimed> {
        // What cannot be given back is kept for the next time.
        let _ = self.give_back(claimed).await;
        Err(error)
    }

    /// The order in which kinds of deliveries are claimed.
    fn order(&self) -> [Attention; 3] {
        let claims = self.claims.fetch_add(1, Ordering::Relaxed);
        match claims % (2 * OTHERS_EVERY) {
            0 => [Attention::Normal, Attention::Urgent, Attention::Digest],
            OTHERS_EVERY => [Attention::Digest, Attention::Normal, Attention::Urgent],
            _ => Attention::ALL,
        }
    }

    /// Adds what else is due to the chats of what was claimed, and judges what of it is to be told now.
    async fn prepare(&self, claimed: &mut Vec<Delivery>, now: Timestamp) -> anyhow::Result<Claimed> {
        claimed.extend(self.store.claim_due_of_subscribers(claimed, now, MOST_TOGETHER * claimed.len()).await?);
        let mut subscribers: Vec<SubscriberId> = claimed.iter().map(|delivery| delivery.subscriber_id).collect();
        subscribers.sort_unstable();
        subscribers.dedup();
        let recipients = self.store.list_recipients(&subscribers).await?;
        let recipients: BTreeMap<SubscriberId, Recipient> =
            recipients.into_iter().map(|recipient| (recipient.id, recipient)).collect();
        let mut allowances = HashMap::new();
        for recipient in recipients.values() {
            if let Some(cap) = recipient.preferences.hourly_cap {
                allowances.insert(recipient.id, self.allowance(recipient.id, cap, now).await?);
            }
        }
        let stale = self.config.stale_after_secs as i64;
        let (mut put_off, mut items) = (Vec::new(), Vec::new());
        for delivery in claimed.iter() {
            // Whoever is not there any more has taken the delivery along.
            let Some(recipient) = recipients.get(&delivery.subscriber_id) else { continue };
            let attention = delivery.attention;
            let waits = Waits { created_at: delivery.created_at, since: delivery.queued_since };
            let mut told = telling(&recipient.preferences, attention, waits, stale, now);
            let allowance = allowances.get(&recipient.id);
            if let (Some(Allowance::After(at)), true) = (allowance, attention != Attention::Urgent) {
                told = DispatchDecision::Later(*at);
            }
            match told {
                DispatchDecision::Later(at) => put_off.push((delivery, Some(at))),
                DispatchDecision::Now { silent, digest } => {
                    let last = allowance == Some(&Allowance::Last);
                    items.push(Item { delivery: delivery.clone(), silent, digest, last });
                }
            }
        }
        self.store.release_claimed(&put_off).await?;
        let put_off = put_off.len();
        // Read after the claim: who commits an article from here on sees what is in hand.
        let revision = self.store.find_stories_revision().await?;
        let ids: Vec<DeliveryId> = items.iter().map(|item| item.delivery.id).collect();
        let mut reasons: HashMap<DeliveryId, Reasons> = HashMap::new();
        for (delivery, topic, text) in self.store.list_reasons(&ids).await? {
            reasons.entry(delivery).or_default().push((topic, text));
        }
        let mut turns: BTreeMap<String, ChatBatch> = BTreeMap::new();
        for item in items {
            let chat = item.delivery.address.chat.clone();
            let turn = turns.entry(chat).or_insert_with_key(|chat| ChatBatch::new(chat.clone(), revision));
            let id = item.delivery.id;
            turn.reasons.insert(id, reasons.remove(&id).unwrap_or_default());
            if let Some(recipient) = recipients.get(&item.delivery.subscriber_id) {
                turn.recipients.entry(recipient.id).or_insert_with(|| recipient.clone());
            }
            turn.items.push(item);
        }
        let mut turns: Vec<ChatBatch> = turns.into_values().collect();
        // The longest waiting first.
        turns.sort_by_key(|turn| turn.items.iter().map(|item| (item.delivery.attention, item.delivery.id)).min());
        Ok(Claimed { turns, put_off })
    }

    /// What a chat with a cap may still be told within the hour.
    async fn allowance(&self, subscriber: SubscriberId, cap: i64, now: Timestamp) -> anyhow::Result<Allowance> {
        let MessageStats { count, not_urgent, first } =
            self.store.count_messages_since(subscriber, now.plus_secs(-3600)).await?;
        Ok(match first {
            // What is urgent comes in any case, and must not keep out for ever what is not.
            Some(first) if count >= cap && not_urgent > 0 => {
                Allowance::After(Timestamp(first.plus_secs(3600).0.max(now.0 + 1)))
            }
            _ if count + 1 >= cap => Allowance::Last,
            _ => Allowance::Some,
        })
    }

    /// Gives back what was claimed and not tried; what the store does not take is kept for the next time.
    pub(super) async fn give_back(&self, deliveries: &[Delivery]) -> anyhow::Result<()> {
        let back: Vec<_> = deliveries.iter().map(|delivery| (delivery, None)).collect();
        let done = self.store.release_claimed(&back).await;
        if done.is_err() {
            lock(&self.owed).extend(deliveries.iter().cloned());
        }
        done.context("giving back what was claimed")
    }
}

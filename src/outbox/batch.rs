//! One chat's turn: what of all that waits for it is told in one message, and how that is worded.

use std::collections::{BTreeMap, HashMap, HashSet};

use tokio_util::sync::CancellationToken;

use super::fallback::repeated;
use super::limiter::Place;
use super::renderer::Reasons;
use super::{Dispatcher, Watch, lock};
use crate::alert::clock::LocalClock;
use crate::alert::digest::{Occasion, Told, render_together};
use crate::store::Recipient;
use ceasewire_model::attention::Attention;
use ceasewire_model::story::StoryUpdate;
use ceasewire_model::{Article, Delivery, DeliveryId, DeliveryKind, Message, SubscriberId, Timestamp};

/// So many alerts come one by one all the same.
const FEW: usize = 3;
/// After a fault of our own, such as an article that cannot be read, the next attempt is made so much later.
const FAULT_SECS: i64 = 5;

/// What waits for a chat.
#[derive(Debug)]
pub(super) struct ChatBatch {
    pub(super) chat: String,
    pub(super) items: Vec<Item>,
    pub(super) recipients: BTreeMap<SubscriberId, Recipient>,
    pub(super) reasons: HashMap<DeliveryId, Reasons>,
    /// The revision of the stories, read after the deliveries were claimed.
    pub(super) revision: i64,
}

/// A delivery that is to be told now.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) delivery: Delivery,
    /// Without a sound.
    pub(super) silent: bool,
    /// As part of a digest.
    pub(super) digest: bool,
    /// In the last message that the chat's cap allows within the hour.
    pub(super) last: bool,
}

/// What is told in one message.
#[derive(Debug)]
struct Batch {
    items: Vec<Item>,
    /// Why it tells of many; `None`: it tells of one.
    occasion: Option<Occasion>,
}

impl ChatBatch {
    pub(super) fn new(chat: String, revision: i64) -> Self {
        Self { chat, items: Vec::new(), recipients: BTreeMap::new(), reasons: HashMap::new(), revision }
    }

    /// Chooses what the next message tells of, and what is left for later ones. One forum topic at a time; what is urgent
    /// before what is not, unless the queue is so long that everything goes together; what is for a digest last.
    fn choose(&mut self, overloaded: bool, apart: &HashSet<DeliveryId>) -> (Batch, Vec<Delivery>) {
        let mut items = std::mem::take(&mut self.items);
        items.sort_by_key(|item| (item.digest, item.delivery.attention, item.delivery.id));
        let Some(first) = items.first().cloned() else {
            return (Batch { items, occasion: None }, Vec::new());
        };
        let is_reminder =
            |item: &Item| matches!(item.delivery.kind, DeliveryKind::DayBefore | DeliveryKind::HourBefore);
        let alone = |item: &Item| is_reminder(item) || apart.contains(&item.delivery.id);
        let mine = |item: &Item| item.delivery.subscriber_id == first.delivery.subscriber_id;
        // What can only be told by itself is told first.
        if let Some(at) = items.iter().position(|item| mine(item) && alone(item)) {
            let one = items.remove(at);
            return (Batch { items: vec![one], occasion: None }, deliveries(items));
        }
        let urgent = |item: &Item| item.delivery.attention == Attention::Urgent;
        // What may be a repeat says so; what is not should not.
        let possible_duplicates = |item: &Item| item.delivery.possible_duplicates > 0;
        let with_first = |item: &Item| {
            mine(item)
                && possible_duplicates(item) == possible_duplicates(&first)
                && item.digest == first.digest
                && (overloaded || item.digest || item.last || urgent(item) == urgent(&first))
        };
        let (mut chosen, rest): (Vec<Item>, Vec<Item>) = items.into_iter().partition(with_first);
        let (many, mut rest) = (chosen.len() > FEW, deliveries(rest));
        let occasion = match () {
            () if first.digest => Some(Occasion::Digest),
            () if many || (chosen.len() > 1 && (overloaded || first.last)) => Some(Occasion::AtOnce),
            () => None,
        };
        if occasion.is_none() {
            rest.extend(deliveries(chosen.split_off(1)));
        }
        // Of many the oldest first.
        chosen.sort_by_key(|item| item.delivery.id);
        (Batch { items: chosen, occasion }, rest)
    }
}

fn deliveries(items: Vec<Item>) -> Vec<Delivery> {
    items.into_iter().map(|item| item.delivery).collect()
}

impl Dispatcher {
    /// Tells a chat what is chosen of what waits for it; returns how many deliveries were tried.
    pub(super) async fn turn(
        &self,
        mut turn: ChatBatch,
        watch: Watch,
        stop: &CancellationToken,
        place: Place,
    ) -> usize {
        let (batch, rest) = {
            let apart = lock(&self.apart).clone();
            turn.choose(self.overloaded.load(std::sync::atomic::Ordering::Relaxed), &apart)
        };
        let tried = batch.items.len();
        // One delivery's trouble is not the next one's; what could not be recorded is due again after its lease.
        if let Err(error) = self.give_back(&rest).await {
            tracing::error!(chat.waiting = rest.len(), "{error:#}");
        }
        if let Err(error) = self.tell(batch, &turn, watch, stop, place).await {
            tracing::error!("a delivery could not be finished: {error:#}");
        }
        tried
    }

    /// Words a batch and sends it.
    async fn tell(
        &self,
        batch: Batch,
        turn: &ChatBatch,
        watch: Watch,
        stop: &CancellationToken,
        place: Place,
    ) -> anyhow::Result<()> {
        let Some(first) = batch.items.first() else { return Ok(()) };
        let recipient = turn.recipients.get(&first.delivery.subscriber_id);
        let silent = batch.items.iter().all(|item| item.silent);
        let worded = match batch.occasion {
            None => {
                let reasons = turn.reasons.get(&first.delivery.id).cloned().unwrap_or_default();
                let alone = recipient.is_none_or(|recipient| recipient.has_own_feeds);
                let message = self.wording.word(&first.delivery, &reasons, turn.revision, alone, watch.now()).await;
                message.map(|message| (message, 1))
            }
            Some(occasion) => self.word_together(&batch.items, occasion, recipient, watch.now()).await,
        };
        let claimed = deliveries(batch.items);
        let (message, told) = match worded {
            Ok(worded) => worded,
            Err(error) => {
                let later = watch.now().plus_secs(FAULT_SECS);
                let back: Vec<_> = claimed.iter().map(|delivery| (delivery, Some(later))).collect();
                self.store.release_claimed(&back).await?;
                return Err(error);
            }
        };
        let (told, left) = claimed.split_at(told.min(claimed.len()));
        self.give_back(left).await?;
        let Some(mut message) = message else {
            return self.give_up(told, "there is nothing left to tell", watch.now()).await;
        };
        message.silent = silent;
        if told.iter().any(|delivery| delivery.possible_duplicates > 0) {
            message.text = repeated(&message.text);
        }
        self.deliver(told, message, batch.occasion.is_some(), watch, stop, place).await
    }

    /// Words what tells of many, and says of how many it does. What there is nothing left to tell of goes with it.
    async fn word_together(
        &self,
        items: &[Item],
        occasion: Occasion,
        recipient: Option<&Recipient>,
        now: Timestamp,
    ) -> anyhow::Result<(Option<Message>, usize)> {
        let mut found: Vec<(usize, Article, Option<StoryUpdate>)> = Vec::with_capacity(items.len());
        for (at, Item { delivery, .. }) in items.iter().enumerate() {
            let Some(article) = self.store.find_article(delivery.article_id).await? else { continue };
            // An alert that waited may have been overtaken by what came later.
            let turn = match delivery.kind {
                DeliveryKind::Update(kind) => self.wording.turn(delivery.story_id, kind).await?,
                _ => self.wording.turned_since(delivery).await?,
            };
            found.push((at, article, turn));
        }
        let told: Vec<Told<'_>> = found
            .iter()
            .map(|(at, article, turn)| Told {
                delivery: items[*at].delivery.id,
                article,
                outlet: self.wording.outlet(&article.outlet),
                turn: turn.as_ref(),
                since: items[*at].delivery.created_at,
            })
            .collect();
        if told.is_empty() {
            return Ok((None, items.len()));
        }
        let clock = LocalClock::of(recipient.and_then(|recipient| recipient.preferences.time_zone.as_deref()));
        let waiting = match items.first() {
            Some(item) => self.store.count_due_to(item.delivery.subscriber_id, now).await?,
            None => 0,
        };
        let (message, count) = render_together(occasion, &told, waiting as usize, clock);
        Ok((Some(message), found.get(count).map_or(items.len(), |(at, ..)| *at)))
    }
}

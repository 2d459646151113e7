//! One chat's turn: what of all that waits for it is told in one message, and what becomes of that.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::forms::{MOST_FORMS, reformed, repeated};
use super::gate::{Place, Whose};
use super::pace::Departure;
use super::wording::Reasons;
use super::{Sender, Watch, lock};
use crate::alert::clock::Clock;
use crate::alert::digest::{Occasion, Told, render_together};
use crate::alert::retry::{Attempt, Verdict, verdict};
use crate::chat::SendError;
use crate::model::attention::{Attention, Unconfirmed};
use crate::model::story::Turn as StoryTurn;
use crate::model::{Address, Article, Delivery, DeliveryId, DeliveryKind, Message, SubscriberId, Timestamp};
use crate::store::{FailedAttempt, Recipient, SentMark};

/// So many alerts come one by one all the same.
const FEW: usize = 3;
/// Attempts of a delivery after which what came later for its chat waits no longer for it.
const KEEPS_ORDER: i64 = 3;
/// After a fault of our own, such as an article that cannot be read, the next attempt is made so much later.
const FAULT_SECS: i64 = 5;
/// So many answers may be lost in an outage before a message counts as told that is to be sent again only once.
const MOST_LOST: i64 = 5;
/// The name of the verdict that says that an answer was lost, and the one under which it is kept where a proxy waited in vain:
/// that takes none of the repeats that the policy allows.
const LOST: &str = "again-marked";
const LOST_BEHIND_PROXY: &str = "again-marked-proxy";

/// What waits for a chat.
#[derive(Debug)]
pub(super) struct Turn {
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

impl Turn {
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
        let unsure = |item: &Item| item.delivery.unsure > 0;
        let with_first = |item: &Item| {
            mine(item)
                && unsure(item) == unsure(&first)
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

impl Sender {
    /// Tells a chat what is chosen of what waits for it; returns how many deliveries were tried.
    pub(super) async fn turn(&self, mut turn: Turn, watch: Watch, stop: &CancellationToken, place: Place) -> usize {
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
        turn: &Turn,
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
        if told.iter().any(|delivery| delivery.unsure > 0) {
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
        let mut found: Vec<(usize, Article, Option<StoryTurn>)> = Vec::with_capacity(items.len());
        for (at, Item { delivery, .. }) in items.iter().enumerate() {
            let Some(article) = self.store.find_article(delivery.article_id).await? else { continue };
            // An alert that waited may have been overtaken by what came later.
            let turn = match delivery.kind {
                DeliveryKind::Turn(kind) => self.wording.turn(delivery.story_id, kind).await?,
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
        let clock = Clock::of(recipient.and_then(|recipient| recipient.preferences.time_zone.as_deref()));
        let waiting = match items.first() {
            Some(item) => self.store.count_due_to(item.delivery.subscriber_id, now).await?,
            None => 0,
        };
        let (message, count) = render_together(occasion, &told, waiting as usize, clock);
        Ok((Some(message), found.get(count).map_or(items.len(), |(at, ..)| *at)))
    }

    /// Whether an attempt that begins now ends within its lease.
    pub(super) fn has_time(&self, lease_until: Timestamp, now: Timestamp) -> bool {
        now <= lease_until.plus_secs(-(self.config.send_timeout_secs as i64))
    }

    /// Sends one message for deliveries of one chat and records what came of it.
    async fn deliver(
        &self,
        told: &[Delivery],
        mut message: Message,
        together: bool,
        watch: Watch,
        stop: &CancellationToken,
        place: Place,
    ) -> anyhow::Result<()> {
        let Some(first) = told.first() else { return Ok(()) };
        let mut place = Some(place);
        let mut to = first.address.clone();
        for _ in 0..MOST_FORMS {
            let departure = self.gate.take_turn().await;
            place.take();
            let now = watch.now();
            // Somebody else may have been told meanwhile that all have to wait, and another process may send by now.
            let waits = stop.is_cancelled() || !self.leads() || !self.gate.circuit(now).lets_send();
            if waits || !self.has_time(first.lease_until, now) {
                return self.give_back(told).await;
            }
            let answer = self.send(&to, &message).await;
            self.gate.arrived(departure);
            let now = watch.now();
            let error = match answer {
                // Nothing may come between the answer and this record.
                Ok(id) => {
                    self.gate.accepted(departure);
                    self.record(told, Some(id), together, &to, now).await;
                    return Ok(());
                }
                Err(error) => error,
            };
            tracing::warn!(delivery.id = %first.id, attempts = first.attempts, "not sent: {error}");
            self.gate.refused(departure, &error, now);
            let lost = match error {
                SendError::Unanswered(_) => self.store.count_attempts(first.id, LOST).await?,
                _ => 0,
            };
            let unconfirmed = match self.config.unconfirmed {
                // While nobody is answered, an answer that is missing says little.
                Unconfirmed::Once if self.gate.is_away() && lost < MOST_LOST => Unconfirmed::Always,
                unconfirmed => unconfirmed,
            };
            let attempt = Attempt { number: first.attempts, lost, unconfirmed };
            let verdict = verdict(&error, attempt, now);
            let reason = error.to_string();
            let name = match (&verdict, &error) {
                (Verdict::AgainMarked(_), SendError::GatewayTimeout(_)) => LOST_BEHIND_PROXY,
                _ => verdict.as_str(),
            };
            let mut failed = FailedAttempt { verdict: name, error: &reason, at: now, unsure: false };
            match verdict {
                Verdict::Again(at) | Verdict::AgainMarked(at) => {
                    failed.unsure = matches!(verdict, Verdict::AgainMarked(_));
                    self.store.mark_attempt_failed(told, &failed, Some(at)).await?;
                    if first.attempts <= KEEPS_ORDER {
                        // What came after it is told after it.
                        self.store.mark_chat_held(to.platform, &to.chat, at).await?;
                    }
                    return Ok(());
                }
                Verdict::LeaveUnconfirmed => {
                    self.record(told, None, together, &to, now).await;
                    return Ok(self.store.insert_attempts(told, &failed).await?);
                }
                Verdict::Wait(millis) => {
                    self.wait(departure, &to, Timestamp(now.0.saturating_add(millis)), now).await?;
                    return Ok(self.store.mark_attempt_failed(told, &failed, None).await?);
                }
                Verdict::StopAll(until) => {
                    tracing::error!("nothing can be sent: {reason}; what is due waits");
                    self.gate.hold(until);
                    return Ok(self.store.mark_attempt_failed(told, &failed, None).await?);
                }
                Verdict::Suspend => {
                    self.store.mark_attempt_failed(told, &failed, None).await?;
                    self.store.mark_chat_suspended(to.platform, &to.chat, Some(now)).await?;
                    return Ok(());
                }
                Verdict::Move(ref chat) => {
                    // What is told there now may be told there already: the outbox knows.
                    self.store.mark_attempt_failed(told, &failed, None).await?;
                    self.store.move_chat(to.platform, &to.chat, chat).await?;
                    return Ok(());
                }
                Verdict::Shorter if together && told.len() > 1 => break,
                Verdict::ToMainThread if to.thread.is_some() => to.thread = None,
                Verdict::GiveUp | Verdict::ToMainThread => break,
                Verdict::WithoutMarkup | Verdict::Shorter => {
                    match reformed(&message.text, &verdict, first.unsure > 0) {
                        Some(text) => message.text = text,
                        None => break,
                    }
                }
            }
            // What goes on at once is for the record too, and nothing else.
            if let Err(error) = self.store.insert_attempts(told, &failed).await {
                tracing::error!("an attempt is not on record: {error}");
            }
        }
        if told.len() > 1 {
            // One odd title must not cost the others: each is tried by itself.
            tracing::warn!(delivery.id = %first.id, "a message that tells of many is refused; they come one by one");
            lock(&self.apart).extend(told.iter().map(|delivery| delivery.id));
            return self.give_back(told).await;
        }
        tracing::error!(delivery.id = %first.id, "given up: the platform refuses every form of the message");
        self.give_up(told, "the platform refuses every form of the message", watch.now()).await
    }

    async fn give_up(&self, deliveries: &[Delivery], error: &str, at: Timestamp) -> anyhow::Result<()> {
        let failed = FailedAttempt { verdict: Verdict::GiveUp.as_str(), error, at, unsure: false };
        self.set_apart_no_more(deliveries);
        Ok(self.store.mark_deliveries_failed(deliveries, &failed).await?)
    }

    /// The platform wants the chat, or the bot, to be left alone until `until`.
    pub(super) async fn wait(
        &self,
        message: Departure,
        to: &Address,
        until: Timestamp,
        now: Timestamp,
    ) -> anyhow::Result<()> {
        match self.gate.too_fast(message, &to.chat, until, now) {
            Whose::Chat => self.store.mark_chat_held(to.platform, &to.chat, until).await?,
            Whose::Bot => {
                tracing::warn!(rate = self.gate.rate(), "told to be slower until {}", until.to_rfc3339());
                // What was asked for before may last longer.
                let until = self.gate.held_until();
                self.store.mark_sender_held(&self.messenger.account(), self.holder, until).await?;
            }
        }
        Ok(())
    }

    /// Records that deliveries were sent in one message.
    async fn record(&self, told: &[Delivery], message: Option<String>, together: bool, to: &Address, at: Timestamp) {
        let mark = SentMark {
            ids: told.iter().map(|delivery| delivery.id).collect(),
            message,
            together,
            platform: to.platform,
            chat: to.chat.clone(),
            gap_ms: self.gate.told(&to.chat, self.messenger.chat_gap_ms(&to.chat)),
            at,
        };
        self.marks.record(&self.store, mark).await;
        self.set_apart_no_more(told);
        tracing::debug!(delivery.id = ?told.first().map(|delivery| delivery.id), deliveries = told.len(), "sent");
    }

    fn set_apart_no_more(&self, deliveries: &[Delivery]) {
        let mut apart = lock(&self.apart);
        if !apart.is_empty() {
            for delivery in deliveries {
                apart.remove(&delivery.id);
            }
        }
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let timeout = Duration::from_secs(self.config.send_timeout_secs);
        tokio::time::timeout(timeout, self.messenger.send(to, message))
            .await
            .unwrap_or_else(|_| Err(SendError::Unanswered(format!("nothing within {} s", timeout.as_secs()))))
    }
}

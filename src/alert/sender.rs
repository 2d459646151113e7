//! The sender: takes due deliveries from the outbox, renders them, sends them and marks what became of them.
//!
//! A delivery is claimed with a lease in a short statement, sent outside of any transaction, and marked with one update.
//! A process that dies in between leaves it to be claimed again; it comes twice only if it died between the platform's
//! answer and that update.

mod edits;
mod wording;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::join_all;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::render::render_together;
use super::retry::{Verdict, verdict};
use crate::chat::{Messenger, SendError};
use crate::config;
use crate::model::{Address, Article, Delivery, DeliveryId, Message, Outlet, Style, Text, Tick, Timestamp};
use crate::rule::Vocabulary;
use crate::store::Store;

/// Deliveries claimed at a time: few, so that a stopping process gives back few.
const CLAIM: i64 = 10;
/// Chats that are sent to at the same time: enough to fill the rate at a slow connection's answers.
const LANES: usize = 32;
/// How long an idle sender waits before it looks into the outbox unasked: for retries, and for what other nodes put there.
const IDLE: Duration = Duration::from_millis(500);
/// How often meetings ahead are looked for, to remind of.
const REMIND_EVERY: Duration = Duration::from_secs(30);
/// The pause before a mark that failed is made again.
const MARK_AGAIN: Duration = Duration::from_millis(200);
/// The longest wait that Telegram has been seen to ask for is twelve hours; more than a day is a clock that jumped.
const LONGEST_HOLD_SECS: i64 = 86_400;
/// So many alerts of a burst come one by one all the same.
const FEW: usize = 3;
/// Alerts of a burst that are claimed for one message; as many as fit are told of in it.
const MOST_TOGETHER: i64 = 50;
/// Attempts with a changed message within one delivery: without markup, to the main thread.
const VARIANTS: usize = 3;

/// Sends what is in the outbox.
#[derive(Debug)]
pub struct Sender {
    store: Store,
    messenger: Arc<dyn Messenger>,
    vocabulary: Arc<Vocabulary>,
    outlets: Arc<BTreeMap<String, Outlet>>,
    sides: Arc<[String]>,
    config: config::Delivery,
    outbox: Arc<Notify>,
    hold: Mutex<Hold>,
    /// When the next message may leave.
    next_slot: tokio::sync::Mutex<tokio::time::Instant>,
}

/// When sending has to wait.
#[derive(Debug, Default)]
struct Hold {
    /// Nothing is sent before this time.
    until: Timestamp,
    /// The chat that was last told to wait, and until when.
    chat: Option<(String, Timestamp)>,
}

impl Sender {
    /// Builds a sender; `sides` are the countries at war, and a notification on `outbox` makes it look at once.
    pub fn new(
        store: Store,
        messenger: Arc<dyn Messenger>,
        vocabulary: Arc<Vocabulary>,
        outlets: Arc<BTreeMap<String, Outlet>>,
        sides: Arc<[String]>,
        config: config::Delivery,
        outbox: Arc<Notify>,
    ) -> Self {
        let next_slot = tokio::sync::Mutex::new(tokio::time::Instant::now());
        Self { store, messenger, vocabulary, outlets, sides, config, outbox, hold: Mutex::default(), next_slot }
    }

    /// Sends what is due at `now`, a handful for each chat at most, and waits until that is done.
    ///
    /// # Errors
    /// When the store cannot say what is due. What goes wrong with one delivery is recorded and leaves the others alone.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        if now < self.held_until(now) {
            return Ok(Tick::Idle);
        }
        let (stop, started) = (CancellationToken::new(), Instant::now());
        self.store.insert_due_reminders(now).await.context("looking for meetings ahead")?;
        let lanes: Vec<_> =
            self.claim(now).await?.into_values().map(|lane| self.deliver_all(lane, now, started, &stop)).collect();
        let mut worked: usize = join_all(lanes).await.into_iter().sum();
        if worked == 0 {
            worked = self.edit_due(now).await.context("claiming edits")?;
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Sends until `stop`; then finishes the messages in hand and gives back the rest.
    ///
    /// Each chat is a task of its own, so that one that does not answer holds up nobody else.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut lanes = JoinSet::new();
        let mut busy: HashMap<Id, String> = HashMap::new();
        let mut reminded: Option<Instant> = None;
        while !stop.is_cancelled() {
            let (now, started) = (Timestamp::now(), Instant::now());
            if reminded.is_none_or(|reminded| reminded.elapsed() >= REMIND_EVERY) {
                if let Err(error) = self.store.insert_due_reminders(now).await {
                    tracing::error!("reminders of meetings pause: {error:#}");
                }
                reminded = Some(started);
            }
            let mut claimed = BTreeMap::new();
            if lanes.len() < LANES && now >= self.held_until(now) {
                match self.claim(now).await {
                    Ok(due) => claimed = due,
                    Err(error) => tracing::error!("sending pauses: {error:#}"),
                }
            }
            let mut idle = true;
            for (chat, deliveries) in claimed {
                if busy.values().any(|other| *other == chat) {
                    // What came before it for this chat is still under way; order is kept.
                    if let Err(error) = self.postpone(&deliveries, now.plus_secs(1), "waits for an earlier one").await {
                        tracing::error!("deliveries could not be put back: {error:#}");
                    }
                    continue;
                }
                let (sender, stop) = (Arc::clone(&self), stop.clone());
                let lane = lanes.spawn(async move { sender.deliver_all(deliveries, now, started, &stop).await });
                busy.insert(lane.id(), chat);
                idle = false;
            }
            while let Some(lane) = lanes.try_join_next_with_id() {
                busy.remove(&ended(lane));
            }
            if idle && lanes.is_empty() && now >= self.held_until(now) {
                match self.edit_due(now).await {
                    Ok(edited) => idle = edited == 0,
                    Err(error) => tracing::error!("edits pause: {error:#}"),
                }
            }
            if idle {
                tokio::select! {
                    Some(lane) = lanes.join_next_with_id() => { busy.remove(&ended(lane)); }
                    () = self.outbox.notified() => {}
                    () = tokio::time::sleep(IDLE) => {}
                    () = stop.cancelled() => {}
                }
            }
        }
        while let Some(lane) = lanes.join_next_with_id().await {
            ended(lane);
        }
    }

    /// Claims what is due, by chat.
    async fn claim(&self, now: Timestamp) -> anyhow::Result<BTreeMap<String, Vec<Delivery>>> {
        let lease_secs = self.config.lease_secs as i64;
        let claimed = self
            .store
            .claim_due_deliveries(self.messenger.platform(), now, lease_secs, CLAIM)
            .await
            .context("claiming deliveries")?;
        let mut lanes: BTreeMap<String, Vec<Delivery>> = BTreeMap::new();
        for delivery in claimed {
            lanes.entry(delivery.address.chat.clone()).or_default().push(delivery);
        }
        Ok(lanes)
    }

    async fn postpone(&self, deliveries: &[Delivery], until: Timestamp, reason: &str) -> anyhow::Result<()> {
        for delivery in deliveries {
            self.store.mark_delivery_postponed(delivery, until, reason).await?;
        }
        Ok(())
    }

    /// Sends a chat's deliveries one after another and returns how many were tried. `now` was when `started` began.
    async fn deliver_all(
        &self,
        deliveries: Vec<Delivery>,
        now: Timestamp,
        started: Instant,
        stop: &CancellationToken,
    ) -> usize {
        let mut tried = 0;
        let mut told_to_wait = false;
        for mut batch in batches(deliveries) {
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            let wait =
                stop.is_cancelled() || told_to_wait || now < self.held_until(now) || !self.has_time(&batch[0], now);
            let done = if wait {
                self.release(&batch).await
            } else {
                tried += batch.len();
                self.deliver_batch(&mut batch, now).await.map(|sent| told_to_wait = !sent)
            };
            // One delivery's trouble is not the next one's; what could not be recorded is due again after its lease.
            if let Err(error) = done {
                tracing::error!(delivery.id = %batch[0].id, "a delivery could not be finished: {error:#}");
            }
        }
        tried
    }

    async fn release(&self, deliveries: &[Delivery]) -> anyhow::Result<()> {
        for delivery in deliveries {
            self.store.release_delivery(delivery).await?;
        }
        Ok(())
    }

    /// Sends deliveries of one chat that belong together, in one message where they are many; `false` when the chat has
    /// to be left alone.
    async fn deliver_batch(&self, batch: &mut Vec<Delivery>, now: Timestamp) -> anyhow::Result<bool> {
        let started = Instant::now();
        if batch[0].burst.is_some() {
            // What others of the burst are due is told of in the same message.
            batch.extend(self.store.claim_rest_of_burst(&batch[0], now, MOST_TOGETHER).await?);
            // A claim need not have taken the oldest: PostgreSQL passes over rows that it finds locked.
            batch.sort_by_key(|delivery| delivery.id);
        }
        if batch.len() <= FEW {
            for (at, delivery) in batch.iter().enumerate() {
                let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
                let sent = match self.render(delivery, now).await {
                    Ok(message) => self.deliver(std::slice::from_ref(delivery), message, now).await,
                    Err(error) => Err(error),
                };
                if !matches!(sent, Ok(true)) {
                    self.release(&batch[at + 1..]).await?;
                    return sent;
                }
            }
            return Ok(true);
        }
        let mut articles = Vec::with_capacity(batch.len());
        for delivery in batch.iter() {
            articles.push(self.store.find_article(delivery.article_id).await?);
        }
        let told: Vec<(&Article, Option<&Outlet>)> =
            articles.iter().flatten().map(|article| (article, self.outlets.get(&article.outlet))).collect();
        let (message, count) = render_together(&told);
        // What does not fit is told of in the next message.
        let mut present = articles.iter().enumerate().filter(|(_, article)| article.is_some()).map(|(at, _)| at);
        let fits = present.nth(count).unwrap_or(batch.len());
        self.release(&batch[fits..]).await?;
        self.deliver(&batch[..fits], (count > 0).then_some(message), now).await
    }

    /// Whether an attempt that begins now ends within the lease.
    fn has_time(&self, delivery: &Delivery, now: Timestamp) -> bool {
        now <= delivery.lease_until.plus_secs(-(self.config.send_timeout_secs as i64))
    }

    /// Sends one message for deliveries of one chat and records what came of it; `false` when the chat has to be left
    /// alone. Without a message there is nothing left to tell.
    async fn deliver(&self, deliveries: &[Delivery], message: Option<Message>, now: Timestamp) -> anyhow::Result<bool> {
        let started = Instant::now();
        let Some(first) = deliveries.first() else { return Ok(true) };
        let Some(mut message) = message else {
            self.give_up(deliveries, "there is nothing left to tell").await?;
            return Ok(true);
        };
        let mut to = first.address.clone();
        for _ in 0..VARIANTS {
            self.pace().await;
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            if !self.has_time(first, now) {
                self.release(deliveries).await?;
                return Ok(false);
            }
            let error = match self.send(&to, &message).await {
                // Nothing may come between the answer and this mark.
                Ok(id) => return self.mark_sent(deliveries, &id, now).await.map(|()| true),
                Err(error) => error,
            };
            tracing::warn!(delivery.id = %first.id, attempts = first.attempts, "not sent: {error}");
            let reason = error.to_string();
            match verdict(&error, first.attempts, now) {
                Verdict::Again(at) => {
                    self.postpone(deliveries, at, &reason).await?;
                    return Ok(false);
                }
                Verdict::HoldChat(until) => {
                    self.postpone(deliveries, until, &reason).await?;
                    self.hold_chat(&to, until, now).await?;
                    return Ok(false);
                }
                Verdict::HoldAll(until) => {
                    self.lock_hold().until = until;
                    self.postpone(deliveries, until, &reason).await?;
                    return Ok(false);
                }
                Verdict::WithoutMarkup if message.text.0.iter().any(|span| span.style != Style::Plain) => {
                    message.text = Text::plain(message.text.to_plain());
                }
                Verdict::ToMainThread if to.thread.is_some() => to.thread = None,
                Verdict::Move(chat) => {
                    self.store.move_chat(to.platform, &to.chat, &chat).await?;
                    to.chat = chat;
                }
                Verdict::Suspend => {
                    self.store.mark_chat_suspended(to.platform, &to.chat, Some(now)).await?;
                    self.postpone(deliveries, now, &reason).await?;
                    return Ok(false);
                }
                Verdict::GiveUp | Verdict::WithoutMarkup | Verdict::ToMainThread => break,
            }
        }
        if deliveries.len() > 1 {
            // One odd title must not cost the others: each is tried by itself.
            tracing::warn!(delivery.id = %first.id, "a message that tells of many is refused; they come one by one");
            self.store.mark_deliveries_apart(deliveries).await?;
            return Ok(true);
        }
        tracing::error!(delivery.id = %first.id, "given up: the platform refuses every form of the message");
        self.give_up(deliveries, "the platform refuses every form of the message").await?;
        Ok(true)
    }

    async fn give_up(&self, deliveries: &[Delivery], reason: &str) -> anyhow::Result<()> {
        for delivery in deliveries {
            self.store.mark_delivery_failed(delivery, reason).await?;
        }
        Ok(())
    }

    async fn hold_chat(&self, to: &Address, until: Timestamp, now: Timestamp) -> anyhow::Result<()> {
        self.store.mark_chat_held(to.platform, &to.chat, until).await?;
        self.told_to_wait(&to.chat, until, now);
        Ok(())
    }

    /// Records that deliveries were sent in one message, for as long as that can prevent their being sent again: until
    /// their lease ends.
    async fn mark_sent(&self, deliveries: &[Delivery], message: &str, now: Timestamp) -> anyhow::Result<()> {
        let until = deliveries.iter().map(|delivery| delivery.lease_until.0).min().unwrap_or_default();
        let lease = Duration::from_millis(until.saturating_sub(now.0).max(0).unsigned_abs());
        let ids: Vec<DeliveryId> = deliveries.iter().map(|delivery| delivery.id).collect();
        let started = Instant::now();
        loop {
            match self.store.mark_deliveries_sent(&ids, message, now).await {
                Ok(()) => {
                    tracing::debug!(delivery.id = ?ids.first(), deliveries = ids.len(), "sent");
                    return Ok(());
                }
                Err(error) if started.elapsed() < lease => {
                    tracing::error!(delivery.id = ?ids.first(), "sent, but not yet marked so: {error}");
                    tokio::time::sleep(MARK_AGAIN).await;
                }
                Err(error) => return Err(error).context("marking deliveries as sent"),
            }
        }
    }

    /// Notes that a chat was told to wait; when another one is told so meanwhile, it is the bot that is too fast.
    fn told_to_wait(&self, chat: &str, until: Timestamp, now: Timestamp) {
        let mut hold = self.lock_hold();
        match &hold.chat {
            Some((other, theirs)) if other != chat && *theirs > now => hold.until = hold.until.max(until),
            _ => hold.chat = Some((chat.to_owned(), until)),
        }
    }

    fn lock_hold(&self) -> MutexGuard<'_, Hold> {
        self.hold.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let timeout = Duration::from_secs(self.config.send_timeout_secs);
        tokio::time::timeout(timeout, self.messenger.send(to, message))
            .await
            .unwrap_or_else(|_| Err(SendError::Unanswered(format!("nothing within {} s", timeout.as_secs()))))
    }

    /// Waits for this message's turn within the allowed rate.
    async fn pace(&self) {
        let slot = {
            let mut next = self.next_slot.lock().await;
            let slot = (*next).max(tokio::time::Instant::now());
            *next = slot + Duration::from_secs(1) / self.config.messages_per_second;
            slot
        };
        tokio::time::sleep_until(slot).await;
    }

    fn held_until(&self, now: Timestamp) -> Timestamp {
        let mut hold = self.lock_hold();
        // A clock that was set back would otherwise hold for as long as it jumped.
        if hold.until > now.plus_secs(LONGEST_HOLD_SECS) {
            hold.until = now;
        }
        hold.until
    }
}

/// Deliveries of a chat by what is sent together: those of one burst to one subscriber, every other one by itself.
fn batches(deliveries: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    let mut batches: Vec<Vec<Delivery>> = Vec::new();
    for delivery in deliveries {
        let together = |batch: &&mut Vec<Delivery>| {
            delivery.burst.is_some()
                && batch[0].burst == delivery.burst
                && batch[0].subscriber_id == delivery.subscriber_id
        };
        match batches.iter_mut().find(together) {
            Some(batch) => batch.push(delivery),
            None => batches.push(vec![delivery]),
        }
    }
    batches
}

/// The lane that has ended. One that panicked leaves its deliveries to their leases, and the operator must know.
fn ended(lane: Result<(Id, usize), JoinError>) -> Id {
    match lane {
        Ok((id, _)) => id,
        Err(error) => {
            tracing::error!("sending to a chat died: {error}");
            error.id()
        }
    }
}

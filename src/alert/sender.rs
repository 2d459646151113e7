//! The sender: takes due deliveries from the outbox, renders them, sends them and marks what became of them.
//!
//! A delivery is claimed with a lease in a short statement, sent outside of any transaction, and marked with one update.
//! A process that dies in between leaves it to be claimed again; it comes twice only if it died between the platform's
//! answer and that update.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use futures::future::join_all;
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio_util::sync::CancellationToken;

use super::render::{Alert, render};
use super::retry::{Verdict, verdict};
use crate::chat::{Messenger, SendError};
use crate::config;
use crate::model::{Address, Delivery, Message, Outlet, Style, Text, Tick, Timestamp};
use crate::rule::{Expr, Vocabulary};
use crate::store::Store;
use crate::story::summary::summarise;

/// Deliveries claimed at a time: few, so that a stopping process gives back few.
const CLAIM: i64 = 10;
/// Chats that are sent to at the same time: enough to fill the rate at a slow connection's answers.
const LANES: usize = 32;
/// How long an idle sender waits before it looks into the outbox unasked: for retries, and for what other nodes put there.
const IDLE: Duration = Duration::from_millis(500);
/// The pause before a mark that failed is made again.
const MARK_AGAIN: Duration = Duration::from_millis(200);
/// The longest wait that Telegram has been seen to ask for is twelve hours; more than a day is a clock that jumped.
const LONGEST_HOLD_SECS: i64 = 86_400;
/// Attempts with a changed message within one delivery: without markup, to the main thread.
const VARIANTS: usize = 3;

/// Sends what is in the outbox.
#[derive(Debug)]
pub struct Sender {
    store: Store,
    messenger: Arc<dyn Messenger>,
    vocabulary: Arc<Vocabulary>,
    outlets: Arc<BTreeMap<String, Outlet>>,
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
    /// Builds a sender; a notification on `outbox` makes it look at once.
    pub fn new(
        store: Store,
        messenger: Arc<dyn Messenger>,
        vocabulary: Arc<Vocabulary>,
        outlets: Arc<BTreeMap<String, Outlet>>,
        config: config::Delivery,
        outbox: Arc<Notify>,
    ) -> Self {
        let next_slot = tokio::sync::Mutex::new(tokio::time::Instant::now());
        Self { store, messenger, vocabulary, outlets, config, outbox, hold: Mutex::default(), next_slot }
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
        let lanes: Vec<_> =
            self.claim(now).await?.into_values().map(|lane| self.deliver_all(lane, now, started, &stop)).collect();
        let worked: usize = join_all(lanes).await.into_iter().sum();
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Sends until `stop`; then finishes the messages in hand and gives back the rest.
    ///
    /// Each chat is a task of its own, so that one that does not answer holds up nobody else.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let mut lanes = JoinSet::new();
        let mut busy: HashMap<Id, String> = HashMap::new();
        while !stop.is_cancelled() {
            let (now, started) = (Timestamp::now(), Instant::now());
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
                    self.postpone(&deliveries, now.plus_secs(1)).await;
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

    async fn postpone(&self, deliveries: &[Delivery], until: Timestamp) {
        for delivery in deliveries {
            if let Err(error) = self.store.mark_delivery_postponed(delivery, until, "waits for an earlier one").await {
                tracing::error!(delivery.id = %delivery.id, "a delivery could not be put back: {error}");
            }
        }
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
        for delivery in &deliveries {
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            let wait =
                stop.is_cancelled() || told_to_wait || now < self.held_until(now) || !self.has_time(delivery, now);
            let done = if wait {
                self.store.release_delivery(delivery).await.map_err(Into::into)
            } else {
                tried += 1;
                self.deliver(delivery, now).await.map(|sent| told_to_wait = !sent)
            };
            // One delivery's trouble is not the next one's; what could not be recorded is due again after its lease.
            if let Err(error) = done {
                tracing::error!(delivery.id = %delivery.id, "a delivery could not be finished: {error:#}");
            }
        }
        tried
    }

    /// Whether an attempt that begins now ends within the lease.
    fn has_time(&self, delivery: &Delivery, now: Timestamp) -> bool {
        now <= delivery.lease_until.plus_secs(-(self.config.send_timeout_secs as i64))
    }

    /// Sends one delivery and records what came of it; `false` when the chat has to be left alone.
    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> anyhow::Result<bool> {
        let started = Instant::now();
        let Some(mut message) = self.render(delivery).await? else {
            self.store.mark_delivery_failed(delivery, "the article is gone").await?;
            return Ok(true);
        };
        let mut to = delivery.address.clone();
        for _ in 0..VARIANTS {
            self.pace().await;
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            if !self.has_time(delivery, now) {
                self.store.release_delivery(delivery).await?;
                return Ok(false);
            }
            let error = match self.send(&to, &message).await {
                // Nothing may come between the answer and this mark.
                Ok(id) => return self.mark_sent(delivery, &id, now).await.map(|()| true),
                Err(error) => error,
            };
            tracing::warn!(delivery.id = %delivery.id, attempts = delivery.attempts, "not sent: {error}");
            let reason = error.to_string();
            match verdict(&error, delivery.attempts, now) {
                Verdict::Again(at) => {
                    self.store.mark_delivery_postponed(delivery, at, &reason).await?;
                    return Ok(false);
                }
                Verdict::HoldChat(until) => {
                    self.store.mark_delivery_postponed(delivery, until, &reason).await?;
                    self.store.mark_chat_held(to.platform, &to.chat, until).await?;
                    self.told_to_wait(&to.chat, until, now);
                    return Ok(false);
                }
                Verdict::HoldAll(until) => {
                    self.lock_hold().until = until;
                    self.store.mark_delivery_postponed(delivery, until, &reason).await?;
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
                    self.store.mark_delivery_postponed(delivery, now, &reason).await?;
                    return Ok(false);
                }
                Verdict::GiveUp | Verdict::WithoutMarkup | Verdict::ToMainThread => break,
            }
        }
        tracing::error!(delivery.id = %delivery.id, "given up: the platform refuses every form of the message");
        self.store.mark_delivery_failed(delivery, "the platform refuses every form of the message").await?;
        Ok(true)
    }

    /// Records that a delivery was sent, for as long as that can prevent its being sent again: until its lease ends.
    async fn mark_sent(&self, delivery: &Delivery, message: &str, now: Timestamp) -> anyhow::Result<()> {
        let lease = Duration::from_millis(delivery.lease_until.0.saturating_sub(now.0).max(0).unsigned_abs());
        let started = Instant::now();
        loop {
            match self.store.mark_delivery_sent(delivery.id, message, now).await {
                Ok(()) => {
                    tracing::debug!(delivery.id = %delivery.id, attempts = delivery.attempts, "sent");
                    return Ok(());
                }
                Err(error) if started.elapsed() < lease => {
                    tracing::error!(delivery.id = %delivery.id, "sent, but not yet marked so: {error}");
                    tokio::time::sleep(MARK_AGAIN).await;
                }
                Err(error) => return Err(error).context("marking a delivery as sent"),
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

    /// Words the alert; `None` when there is nothing left to tell.
    async fn render(&self, delivery: &Delivery) -> anyhow::Result<Option<Message>> {
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        let rules = self.store.list_matched_rules(article.id, delivery.subscriber_id).await?;
        let topics = rules
            .iter()
            .filter_map(|rule| self.vocabulary.topic(rule.topic.as_deref()?))
            .map(|topic| topic.name.as_str());
        let filters = rules.iter().filter(|rule| rule.topic.is_none()).map(|rule| rule.text.as_str());
        let asked: Vec<Expr> = rules
            .iter()
            .filter_map(|rule| match &rule.topic {
                Some(topic) => self.vocabulary.topic_rule(topic).cloned(),
                None => self.vocabulary.compile(&rule.text).ok(),
            })
            .collect();
        let asked: Vec<&Expr> = asked.iter().collect();
        Ok(Some(render(&Alert {
            delivery: delivery.id,
            article: &article,
            outlet: self.outlets.get(&article.outlet),
            topics: topics.collect(),
            filters: filters.collect(),
            summary: summarise(&article.title, &article.text, &asked, self.config.summary_sentences),
        })))
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

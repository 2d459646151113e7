//! The sender: takes due deliveries from the outbox, renders them, sends them and marks what became of them.
//!
//! A delivery is claimed with a lease in a short statement, sent outside of any transaction, and marked with one update.
//! A process that dies in between leaves it to be claimed again; it comes twice only if it died between the platform's
//! answer and that update.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::sync::Notify;
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

    /// Sends up to a handful of the deliveries that are due at `now`.
    ///
    /// # Errors
    /// When the store fails. What the platform refuses is judged and recorded instead.
    pub async fn tick(&self, now: Timestamp) -> anyhow::Result<Tick> {
        self.tick_until(now, &CancellationToken::new()).await
    }

    /// Sends until `stop`; then finishes the message in hand and gives back the rest.
    pub async fn run(&self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.tick_until(Timestamp::now(), &stop).await {
                Ok(Tick::Worked(_)) => continue,
                Ok(Tick::Idle) => {}
                Err(error) => tracing::error!("sending pauses: {error:#}"),
            }
            tokio::select! {
                () = self.outbox.notified() => {}
                () = tokio::time::sleep(IDLE) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn tick_until(&self, now: Timestamp, stop: &CancellationToken) -> anyhow::Result<Tick> {
        if now < self.held_until(now) {
            return Ok(Tick::Idle);
        }
        let started = Instant::now();
        let lease_secs = self.config.lease_secs as i64;
        let claimed = self
            .store
            .claim_due_deliveries(self.messenger.platform(), now, lease_secs, CLAIM)
            .await
            .context("claiming deliveries")?;
        let mut worked = 0;
        for delivery in &claimed {
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            let done = if stop.is_cancelled() || now < self.held_until(now) || !self.has_time(delivery, now) {
                self.store.release_delivery(delivery).await.map_err(Into::into)
            } else {
                worked += 1;
                self.deliver(delivery, now).await
            };
            // One delivery's trouble is not the next one's; what could not be recorded is due again after its lease.
            if let Err(error) = done {
                tracing::error!(delivery.id = %delivery.id, "a delivery could not be finished: {error:#}");
            }
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    /// Whether an attempt that begins now ends within the lease.
    fn has_time(&self, delivery: &Delivery, now: Timestamp) -> bool {
        now <= delivery.lease_until.plus_secs(-(self.config.send_timeout_secs as i64))
    }

    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> anyhow::Result<()> {
        let started = Instant::now();
        let Some(mut message) = self.render(delivery).await? else {
            return Ok(self.store.mark_delivery_failed(delivery, "the article is gone").await?);
        };
        let mut to = delivery.address.clone();
        for _ in 0..VARIANTS {
            self.pace().await;
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            if !self.has_time(delivery, now) {
                return Ok(self.store.release_delivery(delivery).await?);
            }
            let error = match self.send(&to, &message).await {
                // Nothing may come between the answer and this mark.
                Ok(id) => return self.mark_sent(delivery, &id, now).await,
                Err(error) => error,
            };
            tracing::warn!(delivery.id = %delivery.id, attempts = delivery.attempts, "not sent: {error}");
            let reason = error.to_string();
            match verdict(&error, delivery.attempts, now) {
                Verdict::Again(at) => return Ok(self.store.mark_delivery_postponed(delivery, at, &reason).await?),
                Verdict::HoldChat(until) => {
                    self.store.mark_delivery_postponed(delivery, until, &reason).await?;
                    self.store.mark_chat_postponed(to.platform, &to.chat, until).await?;
                    self.told_to_wait(&to.chat, until, now);
                    return Ok(());
                }
                Verdict::HoldAll(until) => {
                    self.lock_hold().until = until;
                    return Ok(self.store.mark_delivery_postponed(delivery, until, &reason).await?);
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
                    return Ok(self.store.mark_delivery_postponed(delivery, now, &reason).await?);
                }
                Verdict::GiveUp | Verdict::WithoutMarkup | Verdict::ToMainThread => break,
            }
        }
        Ok(self.store.mark_delivery_failed(delivery, "the platform refused every form of the message").await?)
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
            article: &article,
            outlet: self.outlets.get(&article.outlet),
            topics: topics.collect(),
            filters: filters.collect(),
            summary: summarise(&article.title, &article.text, &asked, self.config.summary_sentences),
        })))
    }

    /// Waits for this message's turn within the allowed rate.
    async fn pace(&self) {
        let mut next = self.next_slot.lock().await;
        tokio::time::sleep_until(*next).await;
        *next = tokio::time::Instant::now() + Duration::from_secs(1) / self.config.messages_per_second;
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

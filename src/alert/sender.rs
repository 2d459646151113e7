//! The sender: takes due deliveries from the outbox, renders them, sends them and marks what became of them.
//!
//! A delivery is claimed with a lease in a short statement, sent outside of any transaction, and marked with one update.
//! A process that dies in between leaves it to be claimed again; it comes twice only if it died between the platform's
//! answer and that update.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
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
    /// Nothing is sent before this time.
    hold: Mutex<Timestamp>,
    /// When the next message may leave.
    next_slot: tokio::sync::Mutex<tokio::time::Instant>,
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
            let latest_start = delivery.lease_until.plus_secs(-(self.config.send_timeout_secs as i64));
            if stop.is_cancelled() || now < self.held_until(now) || now > latest_start {
                self.store.release_delivery(delivery.id).await.context("giving a delivery back")?;
                continue;
            }
            self.deliver(delivery, now).await.with_context(|| format!("delivery {}", delivery.id))?;
            worked += 1;
        }
        Ok(if worked == 0 { Tick::Idle } else { Tick::Worked(worked) })
    }

    async fn deliver(&self, delivery: &Delivery, now: Timestamp) -> anyhow::Result<()> {
        let Some(mut message) = self.render(delivery).await? else {
            return Ok(self.store.mark_delivery_failed(delivery.id, "the article is gone").await?);
        };
        let mut to = delivery.address.clone();
        for _ in 0..VARIANTS {
            self.pace().await;
            let error = match self.send(&to, &message).await {
                Ok(id) => {
                    // Nothing may come between the answer and this mark.
                    self.store.mark_delivery_sent(delivery.id, &id, now).await?;
                    tracing::debug!(delivery.id = %delivery.id, attempts = delivery.attempts, "sent");
                    return Ok(());
                }
                Err(error) => error,
            };
            tracing::warn!(delivery.id = %delivery.id, attempts = delivery.attempts, "not sent: {error}");
            let reason = error.to_string();
            match verdict(&error, delivery.attempts, now) {
                Verdict::Again(at) => {
                    return Ok(self.store.mark_delivery_postponed(delivery.id, at, Some(&reason)).await?);
                }
                Verdict::Hold(until) => {
                    *self.hold.lock().unwrap_or_else(PoisonError::into_inner) = until;
                    return Ok(self.store.mark_delivery_postponed(delivery.id, until, Some(&reason)).await?);
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
                    return Ok(self.store.mark_delivery_postponed(delivery.id, now, Some(&reason)).await?);
                }
                Verdict::GiveUp | Verdict::WithoutMarkup | Verdict::ToMainThread => break,
            }
        }
        Ok(self.store.mark_delivery_failed(delivery.id, "the platform refused every form of the message").await?)
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
        let mut hold = self.hold.lock().unwrap_or_else(PoisonError::into_inner);
        // A clock that was set back would otherwise hold for as long as it jumped.
        if *hold > now.plus_secs(LONGEST_HOLD_SECS) {
            *hold = now;
        }
        *hold
    }
}

/// The longest wait that Telegram has been seen to ask for is under three hours; a day is a clock that jumped.
const LONGEST_HOLD_SECS: i64 = 86_400;

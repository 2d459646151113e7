//! One message's way: it waits for its turn, is sent, and what is answered is judged and written down.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::fallback::{MOST_FORMS, reformed};
use super::limiter::{Place, Whose};
use super::rate::Departure;
use super::{Dispatcher, Watch, lock};
use crate::alert::retry::{Attempt, Verdict, verdict};
use crate::chat::SendError;
use crate::store::{FailedAttempt, SendRecord, SentMessage, StoreError};
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Address, Delivery, Message, Timestamp, VerdictName};

/// Attempts of a delivery after which what came later for its chat waits no longer for it.
const KEEPS_ORDER: i64 = 3;
/// So many answers may be lost in an outage before a message counts as told that is to be sent again only once.
const MOST_LOST: i64 = 5;
/// The pause before the store is told again what it did not take.
const NOTE_AGAIN: Duration = Duration::from_millis(200);

impl Dispatcher {
    /// Whether an attempt that begins now ends within its lease.
    pub(super) fn has_time(&self, lease_until: Timestamp, now: Timestamp) -> bool {
        now <= lease_until.plus_secs(-(self.config.send_timeout_secs as i64))
    }

    /// Sends one message for deliveries of one chat and records what came of it.
    pub(super) async fn deliver(
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
            let turn = self.gate.take_turn().await;
            place.take();
            // It must be known that the message may have left before it does.
            let ids = told.iter().map(|delivery| delivery.id).collect();
            let still_ours =
                self.marks.record(&self.store, SendRecord::Intent { ids, lease_until: first.lease_until }).await;
            let departure = self.gate.leaves(turn);
            let now = watch.now();
            // Somebody else may have been told meanwhile that all have to wait, and another process may send by now.
            let waits = stop.is_cancelled() || !self.leads() || !self.gate.circuit(now).lets_send();
            if waits || !still_ours || !self.has_time(first.lease_until, now) {
                return self.give_back(told).await;
            }
            let answer = self.in_time(self.messenger.send(&to, &message)).await;
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
            let verdict = self.judge(first, &error, now).await?;
            let reason = error.to_string();
            let name = match (&verdict, &error) {
                (Verdict::RetryAsPossibleDuplicate(_), SendError::GatewayTimeout(_)) => {
                    VerdictName::RetryAsPossibleDuplicateProxy
                }
                _ => verdict.name(),
            };
            let failed = FailedAttempt {
                verdict: name,
                error: &reason,
                at: now,
                possible_duplicates: matches!(verdict, Verdict::RetryAsPossibleDuplicate(_)),
            };
            match verdict {
                Verdict::Shorter if together && told.len() > 1 => break,
                Verdict::MainThread if to.thread.is_some() => to.thread = None,
                Verdict::GiveUp | Verdict::MainThread => break,
                Verdict::WithoutMarkup | Verdict::Shorter => {
                    match reformed(&message.text, &verdict, first.possible_duplicates > 0) {
                        Some(text) => message.text = text,
                        None => break,
                    }
                }
                Verdict::GiveUpUnconfirmed => {
                    self.record(told, None, together, &to, now).await;
                    return Ok(self.store.insert_attempts(told, &failed).await?);
                }
                verdict => return self.conclude(told, &to, departure, &verdict, &failed).await,
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

    /// Judges an answer to a delivery.
    async fn judge(&self, delivery: &Delivery, error: &SendError, now: Timestamp) -> Result<Verdict, StoreError> {
        let lost = match error {
            SendError::Unanswered(_) => {
                self.store.count_attempts(delivery.id, VerdictName::RetryAsPossibleDuplicate).await?
            }
            _ => 0,
        };
        let unconfirmed = match self.config.unconfirmed {
            // While nobody is answered, an answer that is missing says little.
            Unconfirmed::Once if self.gate.is_away() && lost < MOST_LOST => Unconfirmed::Always,
            unconfirmed => unconfirmed,
        };
        Ok(verdict(error, Attempt { number: delivery.attempts, lost, unconfirmed }, now))
    }

    /// Ends a turn at which the message was not sent.
    async fn conclude(
        &self,
        told: &[Delivery],
        to: &Address,
        departure: Departure,
        verdict: &Verdict,
        failed: &FailedAttempt<'_>,
    ) -> anyhow::Result<()> {
        let (store, whose) = (&self.store, self.follow(departure, to, verdict, failed.error, failed.at));
        let due_at = match verdict {
            Verdict::Retry(at) | Verdict::RetryAsPossibleDuplicate(at) => Some(*at),
            _ => None,
        };
        // What came after it is told after it.
        let keeps_order = told.first().is_some_and(|first| first.attempts <= KEEPS_ORDER);
        self.insist(told, failed.at, || store.record_attempt_failed(told, failed, due_at)).await?;
        match due_at.filter(|_| keeps_order) {
            Some(at) => self.insist(told, failed.at, || store.record_chat_block(to.platform, &to.chat, at)).await,
            None => self.insist(told, failed.at, || self.note(to, whose, verdict, failed.at)).await,
        }
    }

    /// Has the store take note of what was answered, which nobody else knows as long as the lease on `told` lasts: while the
    /// store refuses, this tries on.
    async fn insist<Noting>(&self, told: &[Delivery], at: Timestamp, note: impl Fn() -> Noting) -> anyhow::Result<()>
    where
        Noting: Future<Output = Result<(), StoreError>>,
    {
        let (watch, lease_until) = (Watch::at(at), told.first().map(|first| first.lease_until));
        loop {
            match note().await {
                Err(error) if Some(watch.now()) < lease_until => {
                    tracing::debug!("what was answered is not on record yet: {error}");
                    tokio::time::sleep(NOTE_AGAIN).await;
                }
                noted => return Ok(noted?),
            }
        }
    }

    /// Takes a verdict to heart that is about more than one message; whose wait it is, where there is one.
    pub(super) fn follow(
        &self,
        departure: Departure,
        to: &Address,
        verdict: &Verdict,
        error: &str,
        now: Timestamp,
    ) -> Option<Whose> {
        match verdict {
            Verdict::SlowDown(millis) => {
                let whose = self.gate.too_fast(departure, &to.chat, now.plus_millis(*millis), now);
                if whose == Whose::Bot {
                    tracing::warn!(rate = self.gate.rate(), "told to be slower for {millis} ms");
                }
                Some(whose)
            }
            Verdict::PauseAll(until) => {
                tracing::error!("nothing can be sent: {error}; what is due waits");
                self.gate.hold(*until);
                None
            }
            _ => None,
        }
    }

    /// Writes down what a verdict says of a chat, or of all.
    pub(super) async fn note(
        &self,
        to: &Address,
        whose: Option<Whose>,
        verdict: &Verdict,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let (store, Address { platform, chat, .. }) = (&self.store, to);
        match (verdict, whose) {
            (Verdict::SlowDown(millis), Some(Whose::Chat)) => {
                store.record_chat_block(*platform, chat, at.plus_millis(*millis)).await
            }
            (Verdict::SlowDown(_), Some(Whose::Bot)) => {
                // What was asked for before may last longer.
                let until = self.gate.blocked_until();
                store.record_leader_block(&self.messenger.account(), self.holder, until).await
            }
            (Verdict::PauseChat(until), _) => store.record_chat_block(*platform, chat, *until).await,
            (Verdict::Suspend, _) => store.record_chat_suspended(*platform, chat, Some(at)).await.map(drop),
            // What is told there now may be told there already: the outbox knows.
            (Verdict::MigrateChat(to), _) => store.migrate_chat(*platform, chat, to).await.map(drop),
            _ => Ok(()),
        }
    }

    pub(super) async fn give_up(&self, deliveries: &[Delivery], error: &str, at: Timestamp) -> anyhow::Result<()> {
        let failed = FailedAttempt { verdict: VerdictName::GiveUp, error, at, possible_duplicates: false };
        self.set_apart_no_more(deliveries);
        self.insist(deliveries, at, || self.store.record_deliveries_failed(deliveries, &failed)).await
    }

    /// Records that deliveries were sent in one message.
    async fn record(&self, told: &[Delivery], message: Option<String>, together: bool, to: &Address, at: Timestamp) {
        let sent = SentMessage {
            ids: told.iter().map(|delivery| delivery.id).collect(),
            message,
            together,
            platform: to.platform,
            chat: to.chat.clone(),
            gap_ms: self.gate.told(&to.chat, self.messenger.chat_gap_ms(&to.chat)),
            at,
        };
        self.marks.record(&self.store, SendRecord::Sent(sent)).await;
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

    /// Waits for an answer of the platform no longer than is configured.
    pub(super) async fn in_time<T>(&self, answer: impl Future<Output = Result<T, SendError>>) -> Result<T, SendError> {
        let timeout = Duration::from_secs(self.config.send_timeout_secs);
        tokio::time::timeout(timeout, answer)
            .await
            .unwrap_or_else(|_| Err(SendError::Unanswered(format!("nothing within {} s", timeout.as_secs()))))
    }
}

//! The way of one message: select, render, wait for a send slot, send, and handle the answer.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::batch::{ChatBatch, Selection, into_deliveries, locale_of};
use super::claim::DeliveryClaimer;
use super::fallback::{DuplicateNote, MOST_FORMS, degrade};
use super::outcome::{OutcomeRecorder, OutgoingMessage};
use super::renderer::{AlertRenderer, RenderScope};
use super::send_guard::SendGuard;
use super::stopwatch::Stopwatch;
use crate::alert::retry::Verdict;
use crate::chat::SendError;
use crate::chat::outbound::{QueueTicket, SlotClass};
use crate::store::{FailedAttempt, Store};
use ceasewire_model::{Message, VerdictName};

/// Seconds before the next attempt after an error of our own, such as an unreadable article.
const RETRY_AFTER_ERROR_SECS: i64 = 5;

/// Sends the messages of chats.
#[derive(Debug)]
pub(super) struct MessageSender {
    pub(super) store: Store,
    pub(super) outcomes: Arc<OutcomeRecorder>,
    pub(super) claimer: Arc<DeliveryClaimer>,
    pub(super) renderer: Arc<AlertRenderer>,
    pub(super) guard: SendGuard,
}

/// The circumstances of one send.
#[derive(Debug)]
pub(super) struct SendContext<'a> {
    pub(super) stopwatch: Stopwatch,
    pub(super) stop: &'a CancellationToken,
    pub(super) ticket: QueueTicket,
}

/// The result of one form of a message.
enum FormResult {
    /// The attempt is over.
    Finished,
    /// The next form may pass.
    TryNextForm,
    /// The platform rejects every form.
    Rejected,
}

impl MessageSender {
    /// Sends the next message of a batch and releases the rest. Returns the number of deliveries in the message.
    pub(super) async fn dispatch(&self, mut batch: ChatBatch, overloaded: bool, context: SendContext<'_>) -> usize {
        let (selection, rest) = batch.select(overloaded, &self.outcomes.individual());
        let count = selection.items.len();
        self.claimer.release_or_log(&rest).await;
        if let Err(error) = self.render_and_send(selection, &batch, context).await {
            let error = format!("{error:#}");
            tracing::error!(
                chat.id = batch.chat,
                deliveries = count,
                error,
                "dispatch failed; retrying after the lease"
            );
        }
        count
    }

    async fn render_and_send(
        &self,
        selection: Selection,
        batch: &ChatBatch,
        context: SendContext<'_>,
    ) -> anyhow::Result<()> {
        let Some(first) = selection.items.first() else { return Ok(()) };
        let possible_duplicate = first.delivery.possible_duplicates > 0;
        let locale = locale_of(batch.recipients.get(&first.delivery.subscriber_id));
        let silent = selection.items.iter().all(|item| item.silent);
        let combined = selection.combined.is_some();
        let rendered = self.render(&selection, batch, context.stopwatch).await;
        let deliveries = into_deliveries(selection.items);
        let (message, count) = match rendered {
            Ok(rendered) => rendered,
            Err(error) => {
                let later = context.stopwatch.now().plus_secs(RETRY_AFTER_ERROR_SECS);
                let releases: Vec<_> = deliveries.iter().map(|delivery| (delivery, Some(later))).collect();
                self.store.release_claimed(&releases).await?;
                return Err(error);
            }
        };
        let (deliveries, rest) = deliveries.split_at(count.min(deliveries.len()));
        self.claimer.release(rest).await?;
        let Some(message) = message else {
            return self.outcomes.give_up(deliveries, "there is nothing left to tell", context.stopwatch.now()).await;
        };
        let limits = self.guard.outbound.limits();
        let mut message = limits.fit(&message).into_owned();
        message.silent = silent;
        let note = possible_duplicate.then_some(DuplicateNote { locale, text_chars: limits.text_chars });
        if let Some(note) = note {
            message.text = note.append(&message.text);
        }
        let Some(first) = deliveries.first() else { return Ok(()) };
        let to = first.address.clone();
        self.send(OutgoingMessage { deliveries, message, combined, to, note }, context).await
    }

    /// Renders a message for as many deliveries as fit, and returns their number. `None` when there is no content any
    /// more.
    async fn render(
        &self,
        selection: &Selection,
        batch: &ChatBatch,
        stopwatch: Stopwatch,
    ) -> anyhow::Result<(Option<Message>, usize)> {
        let Some(first) = selection.items.first() else { return Ok((None, 0)) };
        let recipient = batch.recipients.get(&first.delivery.subscriber_id);
        if let Some(kind) = selection.combined {
            return self.renderer.render_combined(kind, &selection.items, recipient, stopwatch.now()).await;
        }
        let reasons = batch.reasons.get(&first.delivery.id).cloned().unwrap_or_default();
        let scope = RenderScope {
            revision: batch.revision,
            // A chat with feeds of its own may see articles that others must not see.
            shared: recipient.is_some_and(|recipient| !recipient.has_own_feeds),
            locale: locale_of(recipient),
            now: stopwatch.now(),
        };
        let message = self.renderer.render(&first.delivery, &reasons, scope).await?;
        Ok((message, 1))
    }

    /// Sends a message in the first form that the platform accepts, and records the result.
    async fn send(&self, mut outgoing: OutgoingMessage<'_>, context: SendContext<'_>) -> anyhow::Result<()> {
        let SendContext { stopwatch, stop, ticket } = context;
        let mut ticket = Some(ticket);
        for _ in 0..MOST_FORMS {
            match self.send_form(&mut outgoing, stopwatch, stop, &mut ticket).await? {
                FormResult::Finished => return Ok(()),
                FormResult::TryNextForm => {}
                FormResult::Rejected => break,
            }
        }
        let deliveries = outgoing.deliveries;
        let id = deliveries.first().map(|first| first.id.to_string()).unwrap_or_default();
        if deliveries.len() > 1 {
            // One bad title must not cost the other alerts.
            tracing::warn!(delivery.id = id, "combined message rejected; sending its alerts separately");
            self.outcomes.send_individually(deliveries);
            return self.claimer.release(deliveries).await;
        }
        tracing::error!(delivery.id = id, "the platform rejects every form of the message; giving the delivery up");
        self.outcomes.give_up(deliveries, "the platform refuses every form of the message", stopwatch.now()).await
    }

    /// Sends one form of a message.
    async fn send_form(
        &self,
        outgoing: &mut OutgoingMessage<'_>,
        stopwatch: Stopwatch,
        stop: &CancellationToken,
        ticket: &mut Option<QueueTicket>,
    ) -> anyhow::Result<FormResult> {
        let Some(first) = outgoing.deliveries.first() else { return Ok(FormResult::Finished) };
        let outbound = &self.guard.outbound;
        let slot = outbound.limiter().acquire(SlotClass::Alert).await;
        ticket.take();
        // The intent must be on record before the message leaves.
        let still_claimed = self.outcomes.record_intent(outgoing.deliveries, first.lease_until).await;
        let slot = outbound.limiter().depart(slot);
        // Checked after the wait: another process may lead by now, or the platform may have blocked the bot.
        if stop.is_cancelled() || !still_claimed || !self.guard.may_leave(first.lease_until, stopwatch.now()) {
            self.claimer.release(outgoing.deliveries).await?;
            return Ok(FormResult::Finished);
        }
        let answer = self.guard.within_timeout(outbound.send(&outgoing.to, &outgoing.message)).await;
        outbound.limiter().record_response(slot);
        let now = stopwatch.now();
        let error = match answer {
            // No await may come between the answer and this record.
            Ok(id) => {
                outbound.limiter().record_accepted(slot);
                self.outcomes.record_sent(outgoing, Some(id), now).await;
                return Ok(FormResult::Finished);
            }
            Err(error) => error,
        };
        outbound.limiter().record_error(slot, &error, now);
        let verdict = self.outcomes.classify(first, &outgoing.to, &error, now).await?;
        tracing::warn!(
            delivery.id = %first.id,
            delivery.attempts = first.attempts,
            chat.id = outgoing.to.chat,
            verdict = verdict.name().as_str(),
            %error,
            "message not sent"
        );
        let reason = error.to_string();
        let attempt = failed_attempt(&verdict, &error, &reason, now);
        match &verdict {
            Verdict::Shorter if outgoing.combined && outgoing.deliveries.len() > 1 => return Ok(FormResult::Rejected),
            Verdict::MainThread if outgoing.to.thread.is_some() => outgoing.to.thread = None,
            Verdict::GiveUp | Verdict::MainThread => return Ok(FormResult::Rejected),
            Verdict::WithoutMarkup | Verdict::Shorter => {
                match degrade(&outgoing.message.text, &verdict, outgoing.note) {
                    Some(text) => outgoing.message.text = text,
                    None => return Ok(FormResult::Rejected),
                }
            }
            Verdict::GiveUpUnconfirmed => {
                self.outcomes.record_sent(outgoing, None, now).await;
                self.store.insert_attempts(outgoing.deliveries, &attempt).await?;
                return Ok(FormResult::Finished);
            }
            _ => {
                self.outcomes.finish(outgoing, slot, &verdict, &attempt).await?;
                return Ok(FormResult::Finished);
            }
        }
        // The record of a form is information only; sending goes on without it.
        if let Err(error) = self.store.insert_attempts(outgoing.deliveries, &attempt).await {
            tracing::warn!(delivery.id = %first.id, %error, "cannot record a failed attempt");
        }
        Ok(FormResult::TryNextForm)
    }
}

fn failed_attempt<'a>(
    verdict: &Verdict,
    error: &SendError,
    reason: &'a str,
    at: ceasewire_model::Timestamp,
) -> FailedAttempt<'a> {
    let possible_duplicates = matches!(verdict, Verdict::RetryAsPossibleDuplicate(_));
    let verdict = match error {
        SendError::GatewayTimeout(_) if possible_duplicates => VerdictName::RetryAsPossibleDuplicateProxy,
        _ => verdict.name(),
    };
    FailedAttempt { verdict, error: reason, at, possible_duplicates }
}

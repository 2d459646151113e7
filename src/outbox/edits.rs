//! Edits sent alerts after their article changes or another source reports the story. Edits are optional: no alert
//! waits for long because of them, and they end an hour after the change.

use std::sync::Arc;

use anyhow::Context;

use super::batch::locale_of;
use super::fallback::{DuplicateNote, MOST_FORMS, degrade};
use super::outcome::OutcomeRecorder;
use super::renderer::AlertRenderer;
use super::send_guard::SendGuard;
use super::stopwatch::Stopwatch;
use crate::alert::retry::{FailedSend, Verdict, classify};
use crate::chat::SendError;
use crate::chat::outbound::{QueueTicket, SlotClass};
use crate::store::{Edit, Store};
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Message, Timestamp};

/// The most edits per claim: few, because alerts wait meanwhile.
const MOST_EDITS: usize = 8;
/// Seconds before the next attempt of a failed edit, and the greatest age of a change in an edit.
const RETRY_AFTER_SECS: i64 = 60;
const DROP_AFTER_SECS: i64 = 3600;

/// Edits the sent alerts of one platform.
#[derive(Debug)]
pub(super) struct AlertEditor {
    pub(super) store: Store,
    pub(super) outcomes: Arc<OutcomeRecorder>,
    pub(super) renderer: Arc<AlertRenderer>,
    pub(super) guard: SendGuard,
    pub(super) lease_secs: i64,
}

impl AlertEditor {
    /// Claims up to `limit` due edits, at most one per chat, of chats outside of `busy`.
    pub(super) async fn claim(&self, now: Timestamp, limit: usize, busy: &[String]) -> anyhow::Result<Vec<Edit>> {
        let outbound = &self.guard.outbound;
        if !outbound.limits().edits {
            return Ok(Vec::new());
        }
        let limit = limit.min(MOST_EDITS) as i64;
        let edits = self.store.claim_due_edits(outbound.platform(), now, self.lease_secs, limit, busy).await;
        edits.context("claiming edits")
    }

    /// Makes an edit and records the result.
    pub(super) async fn edit(&self, edit: &Edit, stopwatch: Stopwatch, ticket: QueueTicket) {
        if let Err(error) = self.render_and_edit(edit, stopwatch, ticket).await {
            let error = format!("{error:#}");
            tracing::error!(delivery.id = %edit.delivery.id, error, "edit failed; retrying after the lease");
        }
    }

    async fn render_and_edit(&self, edit: &Edit, stopwatch: Stopwatch, ticket: QueueTicket) -> anyhow::Result<()> {
        let retry_at = match self.render(edit, stopwatch.now()).await? {
            Some(message) => self.send_edit(edit, message, stopwatch, ticket).await?,
            None => None,
        };
        Ok(self.store.record_edited(edit, retry_at).await?)
    }

    /// Renders the present text of an alert; `None` when the last change is too old or the article is deleted.
    async fn render(&self, edit: &Edit, now: Timestamp) -> anyhow::Result<Option<Message>> {
        let delivery = &edit.delivery;
        let changes = self.store.list_article_changes(delivery.article_id, edit.sent_at).await?;
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        let last_change = changes.last().map(|change| change.seen_at);
        let last_change =
            last_change.max(self.store.find_last_report(delivery.story_id, delivery.subscriber_id).await?);
        if last_change.is_none_or(|last| last < now.plus_secs(-DROP_AFTER_SECS)) {
            return Ok(None);
        }
        let rules = self.store.list_matched_rules(article.id, delivery.subscriber_id).await?;
        let reasons = rules.into_iter().map(|rule| (rule.topic, rule.text)).collect();
        let locale = locale_of(None);
        let message = self.renderer.render_alert(delivery, &article, &reasons, &changes, locale).await?;
        let mut message = self.guard.outbound.limits().fit(&message).into_owned();
        if let Some(note) = self.note(edit) {
            message.text = note.append(&message.text);
        }
        Ok(Some(message))
    }

    /// Returns the note of a possible duplicate, which an edit keeps.
    fn note(&self, edit: &Edit) -> Option<DuplicateNote> {
        let text_chars = self.guard.outbound.limits().text_chars;
        (edit.delivery.possible_duplicates > 0).then(|| DuplicateNote { locale: locale_of(None), text_chars })
    }

    /// Makes an edit and returns the time of its repeat; `None` when the edit is done or dropped.
    async fn send_edit(
        &self,
        edit: &Edit,
        mut message: Message,
        stopwatch: Stopwatch,
        ticket: QueueTicket,
    ) -> anyhow::Result<Option<Timestamp>> {
        let delivery = &edit.delivery;
        let outbound = &self.guard.outbound;
        let mut ticket = Some(ticket);
        for _ in 0..MOST_FORMS {
            let slot = outbound.limiter().acquire(SlotClass::Alert).await;
            ticket.take();
            let now = stopwatch.now();
            if !self.guard.may_leave(edit.due_again, now) {
                return Ok(Some(now));
            }
            let answer = outbound.edit(&delivery.address, &edit.message, &message);
            let answer = self.guard.within_timeout(answer).await;
            outbound.limiter().record_response(slot);
            let now = stopwatch.now();
            let error = match answer {
                // An unchanged message is a success too.
                Ok(()) | Err(SendError::NotModified) => {
                    outbound.limiter().record_accepted(slot);
                    let gap_ms = outbound.record_sent_to(&delivery.address.chat);
                    self.store
                        .record_chat_paced(delivery.address.platform, &delivery.address.chat, gap_ms, now)
                        .await?;
                    return Ok(None);
                }
                Err(error) => error,
            };
            outbound.limiter().record_error(slot, &error, now);
            // An edit made twice is harmless, so lost answers need no policy.
            let in_topic = delivery.address.thread.is_some();
            let number = delivery.attempts;
            let failed = FailedSend { number, unanswered: 0, unconfirmed: Unconfirmed::Always, in_topic };
            let verdict = classify(&error, failed, now);
            tracing::warn!(delivery.id = %delivery.id, verdict = verdict.name().as_str(), %error, "alert not edited");
            match verdict {
                Verdict::Retry(at) | Verdict::RetryAsPossibleDuplicate(at) => {
                    return Ok(Some(at.max(now.plus_secs(RETRY_AFTER_SECS))));
                }
                // Due at once: the claim respects the pause of the chat or the bot.
                Verdict::SlowDown(_)
                | Verdict::PauseAll(_)
                | Verdict::PauseChat(_)
                | Verdict::PauseThread(_)
                | Verdict::Suspend
                | Verdict::MigrateChat(_) => {
                    let scope = self.outcomes.apply_to_limiter(slot, &delivery.address, &verdict, now);
                    self.outcomes.record_pause(&delivery.address, scope, &verdict, now).await?;
                    return Ok(Some(now));
                }
                Verdict::WithoutMarkup | Verdict::Shorter => match degrade(&message.text, &verdict, self.note(edit)) {
                    Some(text) => message.text = text,
                    None => return Ok(None),
                },
                // The message is deleted or too old for an edit.
                Verdict::MainThread | Verdict::GiveUpUnconfirmed | Verdict::GiveUp => return Ok(None),
            }
        }
        Ok(None)
    }
}

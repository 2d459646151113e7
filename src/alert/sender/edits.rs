//! Alerts that were sent, brought up to date in place when their article changes or another source reports: a courtesy that no alert waits for long, and that ends.

use std::time::Duration;

use anyhow::Context;

use super::gate::Place;
use super::{Sender, Watch};
use crate::alert::retry::{Attempt, Verdict, verdict};
use crate::chat::SendError;
use crate::model::attention::Unconfirmed;
use crate::model::{Address, Timestamp};
use crate::store::Edit;

/// Edits that are claimed at a time: few, since alerts wait meanwhile.
const EDITS: usize = 8;
/// Seconds before an edit that was not answered is tried again, and seconds after the change when that ends.
const EDIT_AGAIN_SECS: i64 = 60;
const EDIT_WITHIN_SECS: i64 = 3600;

impl Sender {
    /// Claims up to `limit` sent alerts whose stories have gone on.
    pub(super) async fn claim_edits(&self, now: Timestamp, limit: usize) -> anyhow::Result<Vec<Edit>> {
        let (platform, lease_secs) = (self.messenger.platform(), self.config.lease_secs as i64);
        self.store.claim_due_edits(platform, now, lease_secs, limit.min(EDITS) as i64).await.context("claiming edits")
    }

    /// Brings one up to date.
    pub(super) async fn edit(&self, edit: &Edit, watch: Watch, place: Place) {
        if let Err(error) = self.try_edit(edit, watch, place).await {
            tracing::error!(delivery.id = %edit.delivery.id, "an alert could not be brought up to date: {error:#}");
        }
    }

    async fn try_edit(&self, edit: &Edit, watch: Watch, place: Place) -> anyhow::Result<()> {
        let delivery = &edit.delivery;
        let changes = self.store.list_article_changes(delivery.article_id, edit.sent_at).await?;
        let Some(article) = self.store.find_article(delivery.article_id).await? else {
            return Ok(self.store.mark_edited(edit, None).await?);
        };
        let last = changes.last().map(|change| change.seen_at);
        let last = last.max(self.store.find_last_report(delivery.story_id).await?);
        if last.is_none_or(|last| last < watch.now().plus_secs(-EDIT_WITHIN_SECS)) {
            return Ok(self.store.mark_edited(edit, None).await?);
        }
        let rules = self.store.list_matched_rules(article.id, delivery.subscriber_id).await?;
        let reasons = rules.into_iter().map(|rule| (rule.topic, rule.text)).collect();
        let message = self.wording.alert(delivery, &article, &reasons, &changes).await?;
        let departure = self.gate.take_turn().await;
        drop(place);
        let now = watch.now();
        if !self.leads() || !self.gate.circuit(now).lets_send() {
            return Ok(self.store.mark_edited(edit, Some(now)).await?);
        }
        let timeout = Duration::from_secs(self.config.send_timeout_secs);
        let edited = tokio::time::timeout(timeout, self.messenger.edit(&delivery.address, &edit.message, &message));
        let answer = edited.await.unwrap_or_else(|_| Err(SendError::Unanswered("nothing in time".into())));
        self.gate.arrived(departure);
        let now = watch.now();
        let Address { platform, chat, .. } = &delivery.address;
        let gap_ms = self.gate.told(chat, self.messenger.chat_gap_ms(chat));
        self.store.mark_chat_paced(*platform, chat, gap_ms, now).await?;
        let Err(error) = answer else {
            self.gate.answered();
            self.gate.accepted(departure);
            return Ok(self.store.mark_edited(edit, None).await?);
        };
        let attempt = Attempt { number: delivery.attempts, lost: 0, unconfirmed: Unconfirmed::Always };
        let again_at = match verdict(&error, attempt, now) {
            // An edit that is made twice is the same edit.
            Verdict::Again(at) | Verdict::AgainMarked(at) => {
                self.gate.failed(now);
                Some(at.max(now.plus_secs(EDIT_AGAIN_SECS)))
            }
            Verdict::Wait(millis) => {
                let until = Timestamp(now.0.saturating_add(millis));
                self.wait(departure, &delivery.address, until, now).await?;
                Some(until)
            }
            Verdict::StopAll(until) => {
                self.gate.hold(until);
                Some(until)
            }
            Verdict::Move(to) => {
                self.store.move_chat(*platform, chat, &to).await?;
                Some(now)
            }
            // An edit is a courtesy: a message that is gone, or cannot be changed any more, is left as it is.
            Verdict::WithoutMarkup
            | Verdict::Shorter
            | Verdict::ToMainThread
            | Verdict::Suspend
            | Verdict::LeaveUnconfirmed
            | Verdict::GiveUp => None,
        };
        if error != SendError::NotModified {
            tracing::warn!(delivery.id = %delivery.id, "not brought up to date: {error}");
        }
        Ok(self.store.mark_edited(edit, again_at).await?)
    }
}

//! Alerts that were sent, brought up to date in place when their article changes or another source reports: a courtesy that no alert waits for long, and that ends.

use std::time::{Duration, Instant};

use super::Sender;
use crate::alert::retry::{Verdict, verdict};
use crate::chat::SendError;
use crate::model::Timestamp;
use crate::store::Edit;

/// Edits that are claimed at a time: few, since alerts wait meanwhile.
const EDITS: i64 = 2;
/// Seconds before an edit that was not answered is tried again, and seconds after the change when that ends.
const EDIT_AGAIN_SECS: i64 = 60;
const EDIT_WITHIN_SECS: i64 = 3600;

impl Sender {
    /// Brings sent alerts up to date whose stories have gone on; returns how many were tried. Alerts that wait to be sent
    /// go first: whoever has not heard of a thing yet is more urgent than who has.
    pub(super) async fn edit_due(&self, now: Timestamp) -> anyhow::Result<usize> {
        let started = Instant::now();
        let platform = self.messenger.platform();
        let edits = self.store.claim_due_edits(platform, now, self.config.lease_secs as i64, EDITS).await?;
        for edit in &edits {
            let now = Timestamp(now.0.saturating_add(started.elapsed().as_millis() as i64));
            if now < self.held_until(now) {
                self.store.mark_edited(edit, Some(now)).await?;
                continue;
            }
            if let Err(error) = self.edit(edit, now).await {
                tracing::error!(delivery.id = %edit.delivery.id, "an alert could not be brought up to date: {error:#}");
            }
        }
        Ok(edits.len())
    }

    async fn edit(&self, edit: &Edit, now: Timestamp) -> anyhow::Result<()> {
        let delivery = &edit.delivery;
        let changes = self.store.list_article_changes(delivery.article_id, edit.sent_at).await?;
        let Some(article) = self.store.find_article(delivery.article_id).await? else {
            return Ok(self.store.mark_edited(edit, None).await?);
        };
        let last = changes.last().map(|change| change.seen_at);
        let last = last.max(self.store.find_last_report(delivery.story_id).await?);
        if last.is_none_or(|last| last < now.plus_secs(-EDIT_WITHIN_SECS)) {
            return Ok(self.store.mark_edited(edit, None).await?);
        }
        let message = self.render_alert(delivery, &article, &changes).await?;
        self.pace().await;
        let timeout = Duration::from_secs(self.config.send_timeout_secs);
        let edited = tokio::time::timeout(timeout, self.messenger.edit(&delivery.address, &edit.message, &message));
        let answer = edited.await.unwrap_or_else(|_| Err(SendError::Unanswered("nothing in time".into())));
        let Err(error) = answer else { return Ok(self.store.mark_edited(edit, None).await?) };
        let again_at = match verdict(&error, delivery.attempts, now) {
            Verdict::Again(at) => Some(at.max(now.plus_secs(EDIT_AGAIN_SECS))),
            Verdict::HoldChat(until) => {
                self.hold_chat(&delivery.address, until, now).await?;
                Some(until)
            }
            Verdict::HoldAll(until) => {
                self.lock_hold().until = until;
                Some(until)
            }
            Verdict::Move(chat) => {
                self.store.move_chat(delivery.address.platform, &delivery.address.chat, &chat).await?;
                Some(now)
            }
            // An edit is a courtesy: a message that is gone, or cannot be changed any more, is left as it is.
            Verdict::WithoutMarkup | Verdict::ToMainThread | Verdict::Suspend | Verdict::GiveUp => None,
        };
        if error != SendError::NotModified {
            tracing::warn!(delivery.id = %delivery.id, "not brought up to date: {error}");
        }
        Ok(self.store.mark_edited(edit, again_at).await?)
    }
}

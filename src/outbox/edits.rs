//! Alerts that were sent, brought up to date in place when their article changes or another source reports: a courtesy that
//! no alert waits for long, and that ends.

use anyhow::Context;

use super::fallback::{MOST_FORMS, reformed, repeated};
use super::limiter::Place;
use super::{Dispatcher, Watch};
use crate::alert::retry::{Attempt, Verdict, verdict};
use crate::chat::SendError;
use crate::store::Edit;
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Address, Message, Timestamp};

/// Edits that are claimed at a time: few, since alerts wait meanwhile.
const EDITS: usize = 8;
/// Seconds before an edit that was not answered is tried again, and seconds after the change when that ends.
const EDIT_AGAIN_SECS: i64 = 60;
const EDIT_WITHIN_SECS: i64 = 3600;

impl Dispatcher {
    /// Claims up to `limit` sent alerts whose stories have gone on, of chats that are not `busy`, one of each.
    pub(super) async fn claim_edits(&self, now: Timestamp, limit: usize, busy: &[String]) -> anyhow::Result<Vec<Edit>> {
        let (platform, lease_secs) = (self.messenger.platform(), self.config.lease_secs as i64);
        let claimed = self.store.claim_due_edits(platform, now, lease_secs, limit.min(EDITS) as i64, busy).await;
        claimed.context("claiming edits")
    }

    /// Brings one up to date.
    pub(super) async fn edit(&self, edit: &Edit, watch: Watch, place: Place) {
        if let Err(error) = self.try_edit(edit, watch, place).await {
            tracing::error!(delivery.id = %edit.delivery.id, "an alert could not be brought up to date: {error:#}");
        }
    }

    async fn try_edit(&self, edit: &Edit, watch: Watch, place: Place) -> anyhow::Result<()> {
        let again_at = match self.word_edit(edit, watch.now()).await? {
            Some(message) => self.make_edit(edit, message, watch, place).await?,
            None => None,
        };
        Ok(self.store.record_edited(edit, again_at).await?)
    }

    /// Words what an alert says now; `None` when there is nothing to say, or nobody would look any more.
    async fn word_edit(&self, edit: &Edit, now: Timestamp) -> anyhow::Result<Option<Message>> {
        let delivery = &edit.delivery;
        let changes = self.store.list_article_changes(delivery.article_id, edit.sent_at).await?;
        let Some(article) = self.store.find_article(delivery.article_id).await? else { return Ok(None) };
        let last = changes.last().map(|change| change.seen_at);
        let last = last.max(self.store.find_last_report(delivery.story_id).await?);
        if last.is_none_or(|last| last < now.plus_secs(-EDIT_WITHIN_SECS)) {
            return Ok(None);
        }
        let rules = self.store.list_matched_rules(article.id, delivery.subscriber_id).await?;
        let reasons = rules.into_iter().map(|rule| (rule.topic, rule.text)).collect();
        let mut message = self.wording.alert(delivery, &article, &reasons, &changes).await?;
        if delivery.possible_duplicates > 0 {
            // An edit does not make it known whether the alert came twice.
            message.text = repeated(&message.text);
        }
        Ok(Some(message))
    }

    /// Makes an edit, and says when it is due again; `None`: it is done with.
    async fn make_edit(
        &self,
        edit: &Edit,
        mut message: Message,
        watch: Watch,
        place: Place,
    ) -> anyhow::Result<Option<Timestamp>> {
        let delivery = &edit.delivery;
        let Address { platform, chat, .. } = &delivery.address;
        let mut place = Some(place);
        for _ in 0..MOST_FORMS {
            let departure = self.gate.take_turn().await;
            place.take();
            let now = watch.now();
            if !self.leads() || !self.gate.circuit(now).lets_send() || !self.has_time(edit.due_again, now) {
                return Ok(Some(now));
            }
            let edited = self.messenger.edit(&delivery.address, &edit.message, &message);
            let answer = self.in_time(edited).await;
            self.gate.arrived(departure);
            let now = watch.now();
            let error = match answer {
                // It may say already what it should.
                Ok(()) | Err(SendError::NotModified) => {
                    self.gate.accepted(departure);
                    let gap_ms = self.gate.told(chat, self.messenger.chat_gap_ms(chat));
                    self.store.record_chat_paced(*platform, chat, gap_ms, now).await?;
                    return Ok(None);
                }
                Err(error) => error,
            };
            self.gate.refused(departure, &error, now);
            tracing::warn!(delivery.id = %delivery.id, "not brought up to date: {error}");
            let attempt = Attempt { number: delivery.attempts, lost: 0, unconfirmed: Unconfirmed::Always };
            let verdict = verdict(&error, attempt, now);
            match verdict {
                // An edit that is made twice is the same edit.
                Verdict::Retry(at) | Verdict::RetryAsPossibleDuplicate(at) => {
                    return Ok(Some(at.max(now.plus_secs(EDIT_AGAIN_SECS))));
                }
                // The edit is due when what it waits for then is over.
                Verdict::SlowDown(_)
                | Verdict::PauseAll(_)
                | Verdict::PauseChat(_)
                | Verdict::Suspend
                | Verdict::MigrateChat(_) => {
                    let whose = self.follow(departure, &delivery.address, &verdict, &error.to_string(), now);
                    self.note(&delivery.address, whose, &verdict, now).await?;
                    return Ok(Some(now));
                }
                Verdict::WithoutMarkup | Verdict::Shorter => {
                    match reformed(&message.text, &verdict, delivery.possible_duplicates > 0) {
                        Some(text) => message.text = text,
                        None => return Ok(None),
                    }
                }
                // A message that is gone, or stands where nothing can be changed any more, is left as it is.
                Verdict::MainThread | Verdict::GiveUpUnconfirmed | Verdict::GiveUp => return Ok(None),
            }
        }
        Ok(None)
    }
}

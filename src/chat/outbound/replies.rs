//! Sends replies to people through the platform's shared limiter: the platform counts replies and alerts together.

use std::sync::Arc;
use std::time::Duration;

use super::Outbound;
use super::limiter::{SlotClass, ThrottleScope};
use super::rate::SendSlot;
use crate::chat::{Messenger, SendError};
use crate::store::Store;
use ceasewire_model::{Address, Clock, Message, Timestamp};

/// The longest block, in milliseconds, that a reply waits for. A person who waits longer will ask again.
const LONGEST_WAIT_MS: i64 = 30_000;

/// The longest delay of a chat's next alert by an answer, in milliseconds. Answers keep a pace of their
/// own, and a member who floods a group must not delay the group's alerts.
const LONGEST_GAP_MS: i64 = 1000;

/// Sends replies and records the chat's pace for the dispatcher.
#[derive(Clone, Debug)]
pub struct ReplySender {
    store: Store,
    outbound: Arc<Outbound>,
    clock: Clock,
}

impl ReplySender {
    /// Builds a sender; `clock` is the clock of the people.
    pub fn new(store: Store, outbound: Arc<Outbound>, clock: Clock) -> Self {
        Self { store, outbound, clock }
    }

    /// Returns the platform.
    pub fn messenger(&self) -> &Arc<dyn Messenger> {
        self.outbound.messenger()
    }

    /// Sends a message as soon as the limiter allows it.
    ///
    /// # Errors
    /// The platform's error, or [`SendError::RateLimited`] during a block of more than half a minute.
    pub async fn send(&self, to: &Address, message: &Message) -> Result<(), SendError> {
        let slot = self.acquire().await?;
        self.send_in(slot, to, message).await
    }

    /// Sends a message in a slot.
    ///
    /// # Errors
    /// The platform's error.
    pub async fn send_in(&self, slot: SendSlot, to: &Address, message: &Message) -> Result<(), SendError> {
        let answer = self.outbound.send(to, message).await.map(drop);
        self.record(slot, to, &answer, true).await;
        answer
    }

    /// Edits a message in a slot.
    ///
    /// # Errors
    /// The platform's error.
    pub async fn edit_in(
        &self,
        slot: SendSlot,
        at: &Address,
        message_id: &str,
        message: &Message,
    ) -> Result<(), SendError> {
        let answer = self.outbound.edit(at, message_id, message).await;
        self.record(slot, at, &answer, false).await;
        answer
    }

    /// Waits for the slot of an answer.
    ///
    /// # Errors
    /// [`SendError::RateLimited`] during a block of more than half a minute.
    pub async fn acquire(&self) -> Result<SendSlot, SendError> {
        let limiter = self.outbound.limiter();
        loop {
            // Read again after each wait: the platform may have extended the block.
            let wait_ms = limiter.blocked_until().0.saturating_sub(self.clock.now().0);
            match wait_ms {
                ..=0 => return Ok(limiter.acquire(SlotClass::Answer).await),
                1..=LONGEST_WAIT_MS => tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await,
                _ => return Err(SendError::RateLimited { retry_after_secs: wait_ms / 1000 }),
            }
        }
    }

    /// Records an answer in the limiter, and the chat's next free time in the store. A new message proves that the chat is
    /// open; an edit does not.
    async fn record(&self, slot: SendSlot, to: &Address, answer: &Result<(), SendError>, is_new: bool) {
        let limiter = self.outbound.limiter();
        limiter.record_response(slot);
        let now = self.clock.now();
        match answer {
            Ok(()) => limiter.record_accepted(slot),
            Err(error) => limiter.record_error(slot, error, now),
        }
        let recorded = match answer {
            Ok(()) => {
                let gap_ms = self.outbound.record_sent_to(&to.chat).min(LONGEST_GAP_MS);
                if gap_ms == 0 {
                    return;
                }
                if is_new {
                    // Several answers in a row delay an alert by no more than one.
                    let latest = now.plus_millis(LONGEST_GAP_MS + limiter.burst_ms());
                    self.store.record_chat_answered(to.platform, &to.chat, gap_ms, latest, now).await
                } else {
                    self.store.record_chat_paced(to.platform, &to.chat, gap_ms, now).await
                }
            }
            Err(SendError::RateLimited { retry_after_secs }) => {
                let until = Timestamp(now.0.saturating_add(retry_after_secs.max(&1).saturating_mul(1000)));
                match limiter.record_throttled(SlotClass::Answer, slot, &to.chat, until, now) {
                    ThrottleScope::Bot => return,
                    ThrottleScope::Chat => self.store.record_chat_block(to.platform, &to.chat, until).await,
                }
            }
            Err(_) => return,
        };
        if let Err(error) = recorded {
            tracing::warn!(chat.id = %to.chat, %error, "cannot record the chat's pace; its next alert may be early");
        }
    }
}

//! The outbound side of one platform: its messenger, its limiter and its circuit breaker. The dispatcher and the bot
//! share one [`Outbound`], because the platform counts alerts and replies together. It must not know where messages
//! come from.

mod breaker;
mod limiter;
mod rate;
mod replies;

use std::sync::Arc;
use std::time::Duration;

use super::{Limits, Messenger, SendError};
use ceasewire_model::{Address, Message, Platform, Timestamp};

pub use breaker::CircuitState;
pub use limiter::{QueueTicket, SendLimiter, SlotClass, ThrottleScope};
pub use rate::{LearnedRate, SendSlot};
pub use replies::ReplySender;

/// A messenger with the limiter of its bot.
#[derive(Debug)]
pub struct Outbound {
    messenger: Arc<dyn Messenger>,
    limiter: SendLimiter,
}

impl Outbound {
    /// Builds the outbound side with a ceiling of `messages_per_second`.
    pub fn new(messenger: Arc<dyn Messenger>, messages_per_second: u32) -> Self {
        Self { messenger, limiter: SendLimiter::new(messages_per_second) }
    }

    /// Returns the messenger, for requests other than messages.
    pub fn messenger(&self) -> &Arc<dyn Messenger> {
        &self.messenger
    }

    pub fn limiter(&self) -> &SendLimiter {
        &self.limiter
    }

    pub fn platform(&self) -> Platform {
        self.messenger.platform()
    }

    /// Returns the limits of a message on the platform.
    pub fn limits(&self) -> Limits {
        self.messenger.limits()
    }

    /// Sends a message, made to fit the platform's limits, and returns the platform's id of it.
    ///
    /// # Errors
    /// The platform's error.
    pub async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        self.messenger.send(to, &self.limits().fit(message)).await
    }

    /// Edits a message; the new text and buttons are made to fit the platform's limits.
    ///
    /// # Errors
    /// The platform's error.
    pub async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        self.messenger.edit(at, message_id, &self.limits().fit(message)).await
    }

    /// Records a message to a chat and returns the milliseconds before the next one.
    pub fn record_sent_to(&self, chat: &str) -> i64 {
        self.limiter.record_sent_to(chat, self.messenger.chat_gap_ms(chat))
    }

    /// Probes the platform during an outage, records the result, and returns whether it answers.
    pub async fn probe(&self, timeout: Duration, now: Timestamp) -> bool {
        let answer = tokio::time::timeout(timeout, self.messenger.probe()).await;
        // A rejection is an answer too.
        let answers = answer.is_ok_and(|answer| !answer.is_err_and(|error| error.is_outage()));
        if answers {
            self.limiter.record_probe_answer()
        } else {
            self.limiter.record_failure(now)
        }
        answers
    }
}

//! Sends answers.

use std::time::Duration;

use super::{Bot, FIRST_PAUSE};
use crate::chat::{SendError, text};
use ceasewire_model::{Address, Message};

/// Attempts to send an answer; a person without an answer asks again.
const ATTEMPTS: u32 = 3;
/// The longest wait for the platform's rate limit before an answer is given up.
const LONGEST_WAIT_SECS: i64 = 30;

impl Bot {
    /// Sends an answer in as many messages as it needs; the last one has the buttons.
    pub(super) async fn say(&self, to: &Address, message: &Message) {
        let mut pages = text::pages(&message.text, self.services.limits.text_chars);
        let last = pages.pop().unwrap_or_default();
        let pages = pages.into_iter().map(Message::from);
        for page in pages.chain([Message { text: last, ..message.clone() }]) {
            if let Err(error) = self.send(to, &page).await {
                tracing::warn!(chat.id = to.chat, %error, "answer not sent; it is dropped");
                return;
            }
        }
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<(), SendError> {
        let mut attempt = 1;
        loop {
            let error = match self.answers.send(to, message).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let wait = match error {
                SendError::RateLimited { retry_after_secs } if retry_after_secs <= LONGEST_WAIT_SECS => {
                    Duration::from_secs(retry_after_secs.max(1).unsigned_abs())
                }
                _ if error.is_outage() => FIRST_PAUSE,
                _ => return Err(error),
            };
            if attempt == ATTEMPTS {
                return Err(error);
            }
            attempt += 1;
            tokio::time::sleep(wait).await;
        }
    }
}

//! Answers to people, at the pace of everything else that the bot sends: the platform counts them too.

use std::sync::Arc;
use std::time::Duration;

use super::limiter::{SendLimiter, Whose};
use super::rate::Departure;
use crate::chat::{Messenger, SendError};
use crate::store::Store;
use ceasewire_model::{Address, Clock, Message, Timestamp};

/// The longest time, in milliseconds, that somebody is kept waiting for an answer since the platform wants the bot to wait.
const KEPT_WAITING_MS: i64 = 30_000;

/// Sends answers in their turn. It shares what is known of the platform's limits with the sender of the same process.
#[derive(Clone, Debug)]
pub struct Answers {
    store: Store,
    messenger: Arc<dyn Messenger>,
    gate: Arc<SendLimiter>,
    clock: Clock,
}

impl Answers {
    pub(super) fn new(store: Store, messenger: Arc<dyn Messenger>, gate: Arc<SendLimiter>, clock: Clock) -> Self {
        Self { store, messenger, gate, clock }
    }

    /// The platform itself.
    pub fn messenger(&self) -> &Arc<dyn Messenger> {
        &self.messenger
    }

    /// Sends a message when its turn has come.
    ///
    /// # Errors
    /// What the platform answers, or [`SendError::TooFast`] where it wants nothing to be sent for longer than half a minute.
    pub async fn send(&self, to: &Address, message: &Message) -> Result<(), SendError> {
        let turn = self.turn().await?;
        let answer = self.messenger.send(to, message).await.map(drop);
        self.note(turn, to, &answer).await;
        answer
    }

    /// Changes a message when its turn has come.
    ///
    /// # Errors
    /// As [`Answers::send`].
    pub async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        let turn = self.turn().await?;
        let answer = self.messenger.edit(at, message_id, message).await;
        self.note(turn, at, &answer).await;
        answer
    }

    async fn turn(&self) -> Result<Departure, SendError> {
        loop {
            // What is asked for may grow longer meanwhile.
            let wait_ms = self.gate.blocked_until().0.saturating_sub(self.clock.now().0);
            match wait_ms {
                ..=0 => return Ok(self.gate.take_turn().await),
                1..=KEPT_WAITING_MS => tokio::time::sleep(Duration::from_millis(wait_ms.unsigned_abs())).await,
                _ => return Err(SendError::TooFast { retry_after_secs: wait_ms / 1000 }),
            }
        }
    }

    /// Has alerts know what an answer shows of the chat's and the bot's limits.
    async fn note(&self, turn: Departure, to: &Address, answer: &Result<(), SendError>) {
        self.gate.arrived(turn);
        let now = self.clock.now();
        match answer {
            Ok(()) => self.gate.accepted(turn),
            Err(error) => self.gate.refused(turn, error, now),
        }
        let noted = match answer {
            Ok(()) => {
                let gap_ms = self.gate.told(&to.chat, self.messenger.chat_gap_ms(&to.chat));
                if gap_ms == 0 {
                    return;
                }
                self.store.record_chat_paced(to.platform, &to.chat, gap_ms, now).await
            }
            Err(SendError::TooFast { retry_after_secs }) => {
                let until = Timestamp(now.0.saturating_add(retry_after_secs.max(&1).saturating_mul(1000)));
                match self.gate.too_fast(turn, &to.chat, until, now) {
                    Whose::Bot => return,
                    Whose::Chat => self.store.record_chat_block(to.platform, &to.chat, until).await,
                }
            }
            Err(_) => return,
        };
        if let Err(error) = noted {
            tracing::warn!("an alert may come too soon after an answer: {error}");
        }
    }
}

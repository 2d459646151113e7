//! The bot answers requests and button presses in chats. It knows no platform: a [`Messenger`] receives updates and
//! sends answers.

mod access;
mod command;
mod context;
mod dispatch;
mod edits;
mod handlers;
mod kept;
mod keyboard;
mod passages;
mod queues;
mod quota;
mod reachability;
mod receive;
mod reply;
mod search;
mod search_turns;
mod workers;
mod zones;

#[cfg(test)]
mod translation_tests;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use uuid::Uuid;

use crate::chat::outbound::ReplySender;
use crate::chat::{Messenger, SendError, Update};
use crate::config::ChatBudget;
use crate::cut_offs::CutOffs;
use crate::locale::Locale;
use crate::store::Store;
use access::AdminCache;
use ceasewire_model::{Address, Clock, Message, Platform};
use ceasewire_profile::Profile;
use command::COMMANDS;
use context::Services;
use edits::AnsweredMessages;
use queues::QueuedAnswer;
use search_turns::SearchTurns;
use workers::ChatWorkers;

pub use handlers::feed::ChatFeedPolicy;
#[doc(hidden)]
pub use keyboard::check_press;

/// The pause after a first attempt to reach the platform.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub struct Bot {
    services: Services,
    messenger: Arc<dyn Messenger>,
    answers: ReplySender,
    clock: Clock,
    /// Tells this process from others that serve the same bot.
    holder: Uuid,
    workers: ChatWorkers,
    admins: AdminCache,
    edits: AnsweredMessages,
    /// The chats that the operator has blocked.
    blocked: Mutex<HashSet<String>>,
}

impl Bot {
    /// Builds a bot.
    pub fn new(
        store: Store,
        answers: ReplySender,
        profile: Arc<Profile>,
        feeds: ChatFeedPolicy,
        budget: ChatBudget,
        cut_offs: Arc<CutOffs>,
        clock: Clock,
    ) -> Self {
        let messenger = Arc::clone(answers.messenger());
        let workers = ChatWorkers::new(match messenger.platform() {
            Platform::Telegram => budget.clone(),
            // The person at the terminal is the operator.
            Platform::Console => {
                ChatBudget { commands_per_minute: u32::MAX, slow_commands_per_minute: u32::MAX, ..budget.clone() }
            }
        });
        let limits = messenger.limits();
        let services = Services { store, profile, feeds, limits, budget, cut_offs, turns: SearchTurns::default() };
        Self {
            services,
            messenger,
            answers,
            clock,
            holder: Uuid::now_v7(),
            workers,
            admins: AdminCache::default(),
            edits: AnsweredMessages::default(),
            blocked: Mutex::default(),
        }
    }

    /// Connects to the platform, and fills its menu of commands.
    pub async fn connect(&self) -> Result<(), SendError> {
        // The menu is the same for all chats.
        let locale = Locale::default();
        let commands: Vec<(&str, String)> =
            COMMANDS.iter().map(|command| (command.name, locale.label(command.description))).collect();
        self.messenger.connect(&commands).await?;
        tracing::info!(platform = self.messenger.platform().as_str(), "connected to the chat platform");
        Ok(())
    }

    /// Handles one update to its end.
    pub async fn update(&self, update: Update) {
        for answer in self.handle(&update).await {
            self.send_now(answer).await;
        }
    }

    /// Handles an update and returns the answers.
    async fn answers_to(&self, update: &Update) -> anyhow::Result<Vec<QueuedAnswer>> {
        let now = self.clock.now();
        let mut answers = self.record_from_update(update, now).await;
        match update {
            Update::Message(incoming) if self.edits.is_repeat(incoming) => {}
            Update::Message(incoming) => {
                for text in command::split(&incoming.text) {
                    let message = self.message(incoming, text, now).await?;
                    answers.extend(message.map(|message| self.paged(&incoming.address, message)));
                }
            }
            Update::Press(press) => answers.extend(self.press(press, now).await?),
            Update::Reachable(..) | Update::Moved { .. } => {}
        }
        Ok(answers)
    }

    /// Returns the language of a chat; the default where the store does not answer.
    async fn locale_at(&self, address: &Address) -> Locale {
        let subscriber = self.services.store.find_subscriber(address).await.ok().flatten();
        crate::locale::locale_of(subscriber.as_ref())
    }
}

/// A part of the answer to a button press.
#[derive(Clone, Debug, PartialEq, Eq)]
enum PressReply {
    /// Sends a message.
    Send(Message),
    /// Replaces the message with the button.
    Edit(Message),
    /// Shows a short note to the person who pressed.
    Note(String),
}

//! The bot answers requests and button presses in chats. It knows no platform: a [`Messenger`] receives updates and
//! sends answers.

mod access;
mod command;
mod context;
mod dispatch;
mod handlers;
mod keyboard;
mod passages;
mod reachability;
mod receive;
mod reply;
mod search;
mod send;
mod zones;

#[cfg(test)]
mod translation_tests;

use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::chat::outbound::ReplySender;
use crate::chat::{Incoming, Messenger, Press, SendError, Update};
use crate::config::ChatBudget;
use crate::cut_offs::CutOffs;
use crate::locale::Locale;
use crate::store::Store;
use ceasewire_model::{Address, Clock, Message};
use ceasewire_profile::Profile;
use command::COMMANDS;
use context::Services;

pub use handlers::feed::ChatFeedPolicy;

/// The pause after a first attempt to reach the platform.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

/// The bot.
#[derive(Debug)]
pub struct Bot {
    services: Services,
    messenger: Arc<dyn Messenger>,
    answers: ReplySender,
    clock: Clock,
    /// Tells this process from others that serve the same bot.
    holder: Uuid,
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
        let services = Services { store, profile, feeds, limits: messenger.limits(), budget, cut_offs };
        Self { services, messenger, answers, clock, holder: Uuid::now_v7() }
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
        let now = self.clock.now();
        self.record_from_update(&update, now).await;
        let done = match &update {
            Update::Message(incoming) => self.message(incoming, now).await,
            Update::Press(press) => self.press(press, now).await,
            Update::Reachable(..) | Update::Moved { .. } => Ok(()),
        };
        let Err(error) = done else { return };
        if let Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) = &update {
            tracing::error!(
                chat.id = address.chat,
                error = format!("{error:#}"),
                "update failed; the chat is asked to try again"
            );
            self.say(address, &self.locale_at(address).await.text("failed", &[]).into()).await;
        }
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

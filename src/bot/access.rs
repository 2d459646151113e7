//! Who may change the settings of a chat.

use anyhow::Context;

use super::Bot;
use crate::chat::{Author, ChatKind};
use ceasewire_model::Address;

impl Bot {
    /// Checks whether the author of a message or press may change the chat's settings.
    pub(super) async fn may_change(&self, address: &Address, kind: ChatKind, author: &Author) -> anyhow::Result<bool> {
        match (kind, author) {
            // Only admins post in a channel; but every reader of the channel can press a button there.
            (ChatKind::Private, _) | (_, Author::Chat) => Ok(true),
            (ChatKind::Group | ChatKind::Channel, Author::User(user)) => {
                self.messenger.is_admin(&address.chat, user).await.context("asking the platform for the chat's admins")
            }
        }
    }
}

//! Which chats can be written to, and where they have moved, as far as updates say so.

use super::Bot;
use super::queues::QueuedAnswer;
use crate::chat::{Incoming, Press, Update};
use crate::store::StoreError;
use ceasewire_model::{Address, Platform, SubscriberId, Timestamp};

/// A chat that can be written to again.
#[derive(Debug)]
pub(super) struct ReturnedChat {
    platform: Platform,
    chat: String,
    /// The subscribers of the chat, each with its forum topic and the time since which it was out of reach.
    subscribers: Vec<(SubscriberId, Option<i64>, Timestamp)>,
}

/// How an update shows that a chat can be written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Evidence {
    /// The platform says so.
    Stated,
    /// A person wrote or pressed a button there, which does not prove that the bot may write.
    Inferred,
}

impl Bot {
    /// Records whether the chat of an update can be written to, and returns the report to a returned chat.
    pub(super) async fn record_from_update(&self, update: &Update, now: Timestamp) -> Vec<QueuedAnswer> {
        let recorded = match update {
            Update::Message(Incoming { address, .. }) | Update::Press(Press { address, .. }) => {
                self.record_chat(&Update::Reachable(address.clone(), true), Evidence::Inferred, now).await
            }
            update => self.record_chat(update, Evidence::Stated, now).await,
        };
        match recorded {
            Ok(Some(returned)) => self.report_missed(returned).await,
            Ok(None) => Vec::new(),
            Err(error) => {
                tracing::error!(
                    chat.id = update.address().chat, %error,
                    "the state of a chat could not be stored; its next update sets it"
                );
                Vec::new()
            }
        }
    }

    /// Stores that a chat can be written to, cannot be, or has moved; returns the chat if it is back.
    pub(super) async fn record_chat(
        &self,
        update: &Update,
        evidence: Evidence,
        now: Timestamp,
    ) -> Result<Option<ReturnedChat>, StoreError> {
        let store = &self.services.store;
        let (platform, chat, subscribers) = match update {
            Update::Reachable(at, reachable) => {
                let since = (!reachable).then_some(now);
                if *reachable && evidence == Evidence::Stated {
                    // The bot may have been a member without the right to write.
                    store.record_chat_open(at.platform, &at.chat).await?;
                }
                (at.platform, &at.chat, store.record_chat_suspended(at.platform, &at.chat, since).await?)
            }
            Update::Moved { at, from, to } => (at.platform, to, store.migrate_chat(at.platform, from, to).await?),
            Update::Message(_) | Update::Press(_) => return Ok(None),
        };
        Ok((!subscribers.is_empty()).then(|| ReturnedChat { platform, chat: chat.clone(), subscribers }))
    }

    /// Reports to each forum topic of a returned chat how many stories it missed.
    pub(super) async fn report_missed(&self, returned: ReturnedChat) -> Vec<QueuedAnswer> {
        let mut reports = Vec::new();
        for (subscriber, thread, since) in returned.subscribers {
            let address = Address { platform: returned.platform, chat: returned.chat.clone(), thread };
            match self.services.store.count_missed_stories(subscriber, since).await {
                Ok(0) => {}
                Ok(missed) => {
                    let locale = self.locale_at(&address).await;
                    reports.push(self.paged(&address, locale.text("back", &[("missed", missed.into())]).into()));
                }
                Err(error) => tracing::warn!(
                    chat.id = address.chat, %error,
                    "missed stories could not be counted; the returned chat gets no report of them"
                ),
            }
        }
        reports
    }
}

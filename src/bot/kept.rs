//! The form in which a waiting update outlives its process.

use serde::{Deserialize, Serialize};

use super::queues::QueuedUpdate;
use crate::chat::{Author, ChatKind, Incoming, Press, Update};
use crate::store::KeptUpdate;
use ceasewire_model::{Address, Platform};

/// A message or a press, without its platform: the store keeps the updates of each bot apart.
#[derive(Debug, Serialize, Deserialize)]
struct KeptBody {
    thread: Option<i64>,
    kind: KeptKind,
    /// `None` for the chat itself.
    user: Option<String>,
    event: KeptEvent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeptKind {
    Private,
    Group,
    Channel,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeptEvent {
    Message { text: String, reply_to: Option<String> },
    Press { id: String, message_id: String, data: String },
}

/// Returns the form of a waiting update; `None` for an update that needs none.
pub(super) fn keep(queued: QueuedUpdate) -> Option<KeptUpdate> {
    let (address, kind, author, event) = match queued.update {
        Update::Message(Incoming { address, kind, author, text, reply_to }) => {
            (address, kind, author, KeptEvent::Message { text, reply_to })
        }
        Update::Press(Press { id, address, kind, author, message_id, data }) => {
            (address, kind, author, KeptEvent::Press { id, message_id, data })
        }
        Update::Reachable(..) | Update::Moved { .. } => return None,
    };
    let body = KeptBody {
        thread: address.thread,
        kind: match kind {
            ChatKind::Private => KeptKind::Private,
            ChatKind::Group => KeptKind::Group,
            ChatKind::Channel => KeptKind::Channel,
        },
        user: match author {
            Author::User(user) => Some(user),
            Author::Chat => None,
        },
        event,
    };
    let body = serde_json::to_string(&body).ok();
    Some(KeptUpdate { number: queued.number, chat: address.chat, command: None, body })
}

/// Reads a waiting update; `None` for one of another version of the program.
pub(super) fn restore(platform: Platform, chat: &str, body: &str) -> Option<Update> {
    let KeptBody { thread, kind, user, event } = serde_json::from_str(body).ok()?;
    let address = Address { platform, chat: chat.to_owned(), thread };
    let kind = match kind {
        KeptKind::Private => ChatKind::Private,
        KeptKind::Group => ChatKind::Group,
        KeptKind::Channel => ChatKind::Channel,
    };
    let author = user.map_or(Author::Chat, Author::User);
    Some(match event {
        KeptEvent::Message { text, reply_to } => Update::Message(Incoming { address, kind, author, text, reply_to }),
        KeptEvent::Press { id, message_id, data } => {
            Update::Press(Press { id, address, kind, author, message_id, data })
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bot::queues::Cost;

    #[test]
    fn a_kept_update_is_read_back() {
        let address = |thread| Address { platform: Platform::Telegram, chat: "-5".into(), thread };
        let message = Update::Message(Incoming {
            address: address(Some(9)),
            kind: ChatKind::Group,
            author: Author::User("1".into()),
            text: "/search \"truce\"".into(),
            reply_to: Some("3".into()),
        });
        let press = Update::Press(Press {
            id: "p".into(),
            address: address(None),
            kind: ChatKind::Channel,
            author: Author::Chat,
            message_id: "4".into(),
            data: "on:ceasefire".into(),
        });
        for update in [message, press] {
            let kept = keep(QueuedUpdate { number: 7, update: update.clone(), cost: Cost::Quick }).unwrap();
            assert_eq!(restore(Platform::Telegram, &kept.chat, kept.body.as_deref().unwrap()), Some(update));
        }
        assert_eq!(restore(Platform::Telegram, "7", "{}"), None);
    }
}

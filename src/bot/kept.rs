//! The form of a waiting update that outlives its process.

use serde::{Deserialize, Serialize};

use super::queues::QueuedUpdate;
use crate::chat::{Author, ChatKind, Incoming, MessageForm, Press, Update};
use crate::store::KeptUpdate;
use ceasewire_model::{Address, Platform};

/// A message or a press, without its platform: the store keeps the updates of each bot apart.
#[derive(Debug, Serialize, Deserialize)]
struct KeptBody {
    thread: Option<i64>,
    kind: KeptKind,
    /// `None` for the chat itself.
    user: Option<String>,
    /// Whether the user is a channel.
    #[serde(default)]
    is_channel: bool,
    event: KeptEvent,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeptKind {
    Private,
    Group,
    Channel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeptForm {
    #[default]
    Written,
    Edited,
    Forwarded,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KeptEvent {
    Message {
        #[serde(default)]
        id: String,
        #[serde(default)]
        form: KeptForm,
        text: String,
        reply_to: Option<String>,
    },
    Press {
        id: String,
        message_id: String,
        data: String,
    },
}

/// Returns the form of a waiting update; `None` for an update that needs none.
pub(super) fn keep(queued: QueuedUpdate) -> Option<KeptUpdate> {
    let (address, kind, author, event) = match queued.update {
        Update::Message(Incoming { address, kind, author, id, form, text, reply_to }) => {
            let form = match form {
                MessageForm::Written => KeptForm::Written,
                MessageForm::Edited => KeptForm::Edited,
                MessageForm::Forwarded => KeptForm::Forwarded,
            };
            (address, kind, author, KeptEvent::Message { id, form, text, reply_to })
        }
        Update::Press(Press { id, address, kind, author, message_id, data }) => {
            (address, kind, author, KeptEvent::Press { id, message_id, data })
        }
        Update::Reachable(..) | Update::Moved { .. } => return None,
    };
    let body = KeptBody {
        is_channel: matches!(author, Author::Channel(_)),
        thread: address.thread,
        kind: match kind {
            ChatKind::Private => KeptKind::Private,
            ChatKind::Group => KeptKind::Group,
            ChatKind::Channel => KeptKind::Channel,
        },
        user: match author {
            Author::User(user) | Author::Channel(user) => Some(user),
            Author::Chat => None,
        },
        event,
    };
    let body = serde_json::to_string(&body).ok();
    Some(KeptUpdate { number: queued.number, chat: address.chat, command: None, body })
}

/// Reads a waiting update; `None` for one of another version of the program.
pub(super) fn restore(platform: Platform, chat: &str, body: &str) -> Option<Update> {
    let KeptBody { thread, kind, user, is_channel, event } = serde_json::from_str(body).ok()?;
    let address = Address { platform, chat: chat.to_owned(), thread };
    let kind = match kind {
        KeptKind::Private => ChatKind::Private,
        KeptKind::Group => ChatKind::Group,
        KeptKind::Channel => ChatKind::Channel,
    };
    let author = match user {
        Some(channel) if is_channel => Author::Channel(channel),
        Some(user) => Author::User(user),
        None => Author::Chat,
    };
    Some(match event {
        KeptEvent::Message { id, form, text, reply_to } => {
            let form = match form {
                KeptForm::Written => MessageForm::Written,
                KeptForm::Edited => MessageForm::Edited,
                KeptForm::Forwarded => MessageForm::Forwarded,
            };
            Update::Message(Incoming { address, kind, author, id, form, text, reply_to })
        }
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
            author: Author::Channel("-1001".into()),
            id: "8".into(),
            form: MessageForm::Edited,
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

//! The messages that the bot has answered, so that an edit is answered where it changes the words: a platform reports
//! other changes of a message as edits too.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

use parking_lot::Mutex;

use crate::chat::{Incoming, MessageForm};

/// Answered messages in memory.
const MAX_KNOWN: usize = 10_000;

/// Hashes of the words of the latest answered messages, by chat and message.
#[derive(Debug, Default)]
pub(super) struct AnsweredMessages {
    known: Mutex<KnownMessages>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct KnownMessages {
    words: HashMap<(String, String), u64>,
    order: VecDeque<(String, String)>,
}

impl AnsweredMessages {
    /// Whether a message is an edit that leaves answered words as they were. Remembers the words.
    pub(super) fn is_repeat(&self, incoming: &Incoming) -> bool {
        if incoming.id.is_empty() {
            return false;
        }
        let key = (incoming.address.chat.clone(), incoming.id.clone());
        let words = self.hasher.hash_one(incoming.text.trim());
        let mut known = self.known.lock();
        match known.words.insert(key.clone(), words) {
            Some(before) => return before == words && incoming.form == MessageForm::Edited,
            None => known.order.push_back(key),
        }
        if known.order.len() > MAX_KNOWN
            && let Some(oldest) = known.order.pop_front()
        {
            known.words.remove(&oldest);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chat::{Author, ChatKind};
    use ceasewire_model::{Address, Platform};

    fn incoming(id: usize, form: MessageForm, text: &str) -> Incoming {
        Incoming {
            address: Address { platform: Platform::Telegram, chat: "7".into(), thread: None },
            kind: ChatKind::Private,
            author: Author::User("7".into()),
            id: id.to_string(),
            form,
            text: text.into(),
            reply_to: None,
        }
    }

    #[test]
    fn an_edit_counts_where_it_changes_the_words() {
        let answered = AnsweredMessages::default();
        for (form, text, repeat) in [
            (MessageForm::Written, "/filtr add x", false),
            (MessageForm::Edited, "/filtr add x", true),
            (MessageForm::Edited, "/filter add x", false),
            (MessageForm::Edited, "/filter add x ", true),
            // A restart of the platform's numbers.
            (MessageForm::Written, "/filter add x", false),
        ] {
            assert_eq!(answered.is_repeat(&incoming(1, form, text)), repeat, "{form:?} {text}");
        }
    }

    #[test]
    fn memory_is_bounded() {
        let answered = AnsweredMessages::default();
        for id in 0..2 * MAX_KNOWN {
            answered.is_repeat(&incoming(id, MessageForm::Written, "/help"));
        }
        let known = answered.known.lock();
        assert_eq!((known.words.len(), known.order.len()), (MAX_KNOWN, MAX_KNOWN));
    }
}

//! Owns the people: users, groups and channels act, and the bot receives their updates. It must not know how updates
//! are fetched. Each update is complete enough for a typed client.

use serde_json::{Value, json};

use super::{
    FakeBotApi,
    state::{BOT_ID, State, TelegramChatKind, now},
};

/// The account that stands for every anonymous administrator.
const GROUP_ANONYMOUS_BOT: i64 = 1_087_968_824;

/// Plays the people. The functions panic at a chat that the test has not added.
impl FakeBotApi {
    /// Makes a private chat with a user, as after a press of Start.
    pub fn add_private(&self, user_id: i64, name: &str) {
        self.shared.update(|state| {
            state.add_private(user_id, Some(name));
        });
    }

    /// Sets the language code of a user's messages; the default is `en`.
    pub fn set_language(&self, user_id: i64, code: &str) {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            if let Some(user) = state.users.get_mut(&user_id) {
                user.language = code.to_owned();
            }
        });
    }

    /// Makes a group with the bot in it: a supergroup if the id is below -1,000,000,000,000, as a forum's must be.
    pub fn add_group(&self, chat_id: i64, title: &str, forum: bool) {
        self.shared.update(|state| {
            state.add_chat(chat_id, TelegramChatKind::Group { forum }, title);
        });
    }

    /// Makes a topic of a forum; a message in the topic does so too.
    pub fn add_topic(&self, chat_id: i64, thread: i64) {
        self.shared.update(|state| state.chat_mut(chat_id).topics.insert(thread));
    }

    /// Deletes a topic of a forum; later messages to it are refused.
    pub fn delete_topic(&self, chat_id: i64, thread: i64) {
        self.shared.update(|state| state.chat_mut(chat_id).topics.remove(&thread));
    }

    /// Makes a channel with the bot as an administrator.
    pub fn add_channel(&self, chat_id: i64) {
        self.shared.update(|state| {
            state.add_chat(chat_id, TelegramChatKind::Channel, &format!("Channel {chat_id}"));
        });
    }

    /// Makes a user an administrator of a group or channel.
    pub fn set_admin(&self, chat_id: i64, user_id: i64) {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            state.chat_mut(chat_id).admins.insert(user_id)
        });
    }

    /// Has a user write to the bot in private, and returns the message's id.
    pub fn user_says(&self, user_id: i64, text: &str) -> i64 {
        self.shared.update(|state| {
            state.add_private(user_id, None);
            let from = state.user_json(user_id);
            state.receive("message", user_id, text, json!({ "from": from }))
        })
    }

    /// Has a user reply in private to one of the bot's messages, and returns the message's id.
    pub fn user_replies(&self, user_id: i64, to_message_id: i64, text: &str) -> i64 {
        self.shared.update(|state| {
            let index = *state.sent_index.get(&(user_id, to_message_id)).expect("a message of the bot's");
            let replied = state.message_json(&state.sent[index]);
            let fields = json!({ "from": state.user_json(user_id), "reply_to_message": replied });
            state.receive("message", user_id, text, fields)
        })
    }

    /// Has a user write in a group, in a topic if there is one, and returns the message's id.
    pub fn group_says(&self, chat_id: i64, user_id: i64, thread: Option<i64>, text: &str) -> i64 {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            let mut fields = json!({ "from": state.user_json(user_id) });
            let chat = state.chat_mut(chat_id);
            chat.members.insert(user_id);
            if let Some(thread) = thread {
                fields["message_thread_id"] = json!(thread);
                fields["is_topic_message"] = json!(true);
                // Telegram has every message of a topic reply to the one that opened it.
                fields["reply_to_message"] = json!({
                    "message_id": thread, "date": now(), "chat": chat.to_json(), "message_thread_id": thread,
                    "is_topic_message": true, "forum_topic_created": { "name": "Topic", "icon_color": 0 },
                });
                chat.topics.insert(thread);
            }
            state.receive("message", chat_id, text, fields)
        })
    }

    /// Has an administrator write in the name of the group, and returns the message's id.
    pub fn anonymous_admin_says(&self, chat_id: i64, text: &str) -> i64 {
        self.shared.update(|state| {
            let from = json!({
                "id": GROUP_ANONYMOUS_BOT, "is_bot": true, "first_name": "Group", "username": "GroupAnonymousBot",
            });
            let fields = json!({ "from": from, "sender_chat": state.chat_mut(chat_id).to_json() });
            state.receive("message", chat_id, text, fields)
        })
    }

    /// Publishes a post in a channel, and returns its id.
    pub fn channel_post(&self, chat_id: i64, text: &str) -> i64 {
        self.shared.update(|state| {
            let channel = state.chat_mut(chat_id).to_json();
            let post = state.receive("channel_post", chat_id, text, json!({ "sender_chat": channel }));
            state.forward_post(chat_id, post, text);
            post
        })
    }

    /// Has a user press a button under one of the bot's messages, and returns the id of the callback query.
    ///
    /// The data need not be on the keyboard: people press buttons that an edit has just removed. A deleted message
    /// comes as an inaccessible one.
    pub fn press(&self, user_id: i64, message_id: i64, chat_id: i64, callback_data: &str) -> String {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            let id = format!("{}", 4_000_000_000_000_000_000 + state.callbacks.len());
            state.callbacks.insert(id.clone());
            let chat = state.chat_mut(chat_id).to_json();
            let sent = state.sent_index.get(&(chat_id, message_id)).map(|index| &state.sent[*index]);
            let message = match sent.filter(|sent| !sent.deleted) {
                Some(sent) => state.message_json(sent),
                None => json!({ "chat": chat, "message_id": message_id, "date": 0 }),
            };
            state.push_update(json!({ "callback_query": {
                "id": id, "from": state.user_json(user_id), "message": message,
                "chat_instance": format!("{chat_id}"), "data": callback_data,
            }}));
            id
        })
    }

    /// Changes the bot's own membership in a chat, by a user, and sends the update.
    ///
    /// The statuses are those of `ChatMember`. In private, `kicked` means that the user blocked the bot and `member`
    /// that the user unblocked it; later sends are refused or pass accordingly.
    pub fn member_status(&self, chat_id: i64, user_id: i64, old: &str, new: &str) {
        self.shared.update(|state| {
            if chat_id == user_id {
                state.add_private(user_id, None);
            }
            state.add_user(user_id, None);
            state.chat_mut(chat_id).bot_status = new.to_owned();
            state.push_update(json!({ "my_chat_member": {
                "chat": state.chat_json(chat_id), "from": state.user_json(user_id), "date": now(),
                "old_chat_member": state.member_json(BOT_ID, old),
                "new_chat_member": state.member_json(BOT_ID, new),
            }}));
        });
    }

    /// Upgrades a group to a supergroup: service messages in both, and the old id refuses from now on.
    pub fn migrate_group(&self, old: i64, new: i64) {
        self.shared.update(|state| {
            let group = state.chat_mut(old).to_json();
            state.migrate(old, new);
            for (chat_id, field, other) in [(old, "migrate_to_chat_id", new), (new, "migrate_from_chat_id", old)] {
                let fields = json!({ "from": state.user_json(BOT_ID), "sender_chat": group, field: other });
                state.receive("message", chat_id, "", fields);
            }
        });
    }

    /// Queues a raw update, such as `{"edited_message": {…}}`, with the next `update_id`.
    pub fn push_update(&self, update: Value) {
        self.shared.update(|state| state.push_update(update));
    }
}

impl State {
    /// Puts a message into a chat and queues its update; an empty text makes a service message.
    pub(super) fn receive(&mut self, kind: &str, chat_id: i64, text: &str, fields: Value) -> i64 {
        let chat = self.chat_mut(chat_id);
        let message_id = chat.new_message_id();
        let mut message = fields;
        message["message_id"] = json!(message_id);
        message["date"] = json!(now());
        message["chat"] = chat.to_json();
        if !text.is_empty() {
            message["text"] = json!(text);
        }
        if let Some(length) = command_length(text) {
            message["entities"] = json!([{ "type": "bot_command", "offset": 0, "length": length }]);
        }
        self.push_update(json!({ kind: message }));
        message_id
    }
}

/// Measures the command a text begins with: `/` and up to 32 word characters, and maybe a bot's name.
fn command_length(text: &str) -> Option<usize> {
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let name = text.strip_prefix('/')?.bytes().take_while(is_word).count();
    if !(1..=32).contains(&name) {
        return None;
    }
    let rest = &text[1 + name..];
    let bot = rest.strip_prefix('@').map_or(0, |bot| bot.bytes().take_while(is_word).count());
    Some(1 + name + if bot > 0 { 1 + bot } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_ends_where_telegram_ends_it() {
        let table = [
            ("/start", Some(6)),
            ("/start now", Some(6)),
            ("/add_2\nx", Some(6)),
            ("/start@news_bot now", Some(15)),
            ("/start@ x", Some(6)),
            ("/", None),
            ("/ старт", None),
            ("say /start", None),
        ];
        for (text, length) in table {
            assert_eq!(command_length(text), length, "{text:?}");
        }
    }
}

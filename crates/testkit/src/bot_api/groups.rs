//! Owns the ways of groups and of messages beyond plain texts: closed topics, hidden members, linked channels, edits,
//! captions and forwards. It must not know the bot's answers to them.

use serde_json::{Value, json};

use super::{
    FakeBotApi,
    state::{BOT_ID, HiddenPeople, State, now},
};

/// The account that stands for every person who writes as a channel.
const CHANNEL_BOT: i64 = 136_817_688;
/// The account that forwards a channel's posts to its group.
const TELEGRAM: i64 = 777_000;
/// The topic "General" of every forum.
const GENERAL: i64 = 1;

impl FakeBotApi {
    /// Closes a topic of a forum, or General: only administrators may write there.
    pub fn close_topic(&self, chat_id: i64, thread: Option<i64>) {
        self.shared.update(|state| {
            state.chat_mut(chat_id).closed_topics.insert(thread.unwrap_or(GENERAL));
            state.report_topic(chat_id, thread, "forum_topic_closed");
        });
    }

    /// Opens a closed topic; the bot receives the service message unless it is `unseen`.
    pub fn reopen_topic(&self, chat_id: i64, thread: Option<i64>, unseen: bool) {
        self.shared.update(|state| {
            state.chat_mut(chat_id).closed_topics.remove(&thread.unwrap_or(GENERAL));
            if !unseen {
                state.report_topic(chat_id, thread, "forum_topic_reopened");
            }
        });
    }

    /// Hides General, which closes it, or shows it again.
    pub fn hide_general(&self, chat_id: i64, hidden: bool) {
        self.shared.update(|state| {
            let closed = &mut state.chat_mut(chat_id).closed_topics;
            if hidden {
                closed.insert(GENERAL)
            } else {
                closed.remove(&GENERAL)
            };
            let event = if hidden { "general_forum_topic_hidden" } else { "general_forum_topic_unhidden" };
            state.report_topic(chat_id, None, event);
        });
    }

    /// Takes the right to write from the members of a group, or gives it back; no update reports it.
    pub fn silence(&self, chat_id: i64, silenced: bool) {
        self.shared.update(|state| state.chat_mut(chat_id).silenced = silenced);
    }

    /// Hides people of a group from the bot unless it is an administrator.
    pub fn hide_people(&self, chat_id: i64, hidden: HiddenPeople) {
        self.shared.update(|state| state.chat_mut(chat_id).hidden = hidden);
    }

    /// Links a channel with a group: from now on each post is forwarded there.
    pub fn link_channel(&self, channel: i64, group: i64) {
        self.shared.update(|state| state.chat_mut(channel).linked_group = Some(group));
    }

    /// Has a person write in a group as a channel, and returns the message's id.
    pub fn channel_says(&self, group: i64, channel: i64, text: &str) -> i64 {
        self.shared.update(|state| {
            let from = json!({
                "id": CHANNEL_BOT, "is_bot": true, "first_name": "Channel", "username": "Channel_Bot",
            });
            let fields = json!({ "from": from, "sender_chat": state.chat_json(channel) });
            state.receive("message", group, text, fields)
        })
    }

    /// Has a user edit a message in a chat, the channel's own post if the chat is a channel.
    pub fn edit_words(&self, chat_id: i64, user_id: i64, message_id: i64, text: &str) {
        self.shared.update(|state| {
            let chat = state.chat_mut(chat_id).to_json();
            let is_channel = chat["type"] == "channel";
            let mut message = json!({
                "message_id": message_id, "date": now(), "edit_date": now(), "chat": chat, "text": text,
            });
            if is_channel {
                message["sender_chat"] = chat;
                state.push_update(json!({ "edited_channel_post": message }));
            } else {
                message["from"] = state.user_json(user_id);
                state.push_update(json!({ "edited_message": message }));
            }
        });
    }

    /// Has a user send a photo with a caption in a chat.
    pub fn user_captions(&self, chat_id: i64, user_id: i64, caption: &str) -> i64 {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            let photo = json!([{ "file_id": "p", "file_unique_id": "u", "width": 9, "height": 9, "file_size": 99 }]);
            let fields = json!({ "from": state.user_json(user_id), "photo": photo, "caption": caption });
            state.receive("message", chat_id, "", fields)
        })
    }

    /// Has a user forward words of another user, who has only a name if there is no id.
    pub fn user_forwards(&self, chat_id: i64, user_id: i64, author: Option<i64>, text: &str) -> i64 {
        self.shared.update(|state| {
            state.add_user(user_id, None);
            let origin = match author {
                Some(author) => json!({ "type": "user", "date": now(), "sender_user": state.user_json(author) }),
                None => json!({ "type": "hidden_user", "date": now(), "sender_user_name": "Somebody" }),
            };
            let fields = json!({ "from": state.user_json(user_id), "forward_origin": origin });
            state.receive("message", chat_id, text, fields)
        })
    }
}

impl State {
    fn report_topic(&mut self, chat_id: i64, thread: Option<i64>, event: &str) {
        let mut fields = json!({ "from": self.user_json(BOT_ID + 1), event: {} });
        if let Some(thread) = thread {
            fields["message_thread_id"] = json!(thread);
            fields["is_topic_message"] = json!(true);
        }
        self.receive("message", chat_id, "", fields);
    }

    /// Forwards a channel's post to its linked group, as Telegram does by itself.
    pub(super) fn forward_post(&mut self, channel: i64, post: i64, text: &str) {
        let Some(group) = self.chat_mut(channel).linked_group else { return };
        let channel: Value = self.chat_json(channel);
        let fields = json!({
            "from": { "id": TELEGRAM, "is_bot": false, "first_name": "Telegram" },
            "sender_chat": channel,
            "is_automatic_forward": true,
            "forward_origin": { "type": "channel", "date": now(), "chat": channel, "message_id": post },
        });
        self.receive("message", group, text, fields);
    }
}

//! Owns the effect of each method on the state, and Telegram's texts of refusals. It must not know HTTP, nor wait: long
//! polling and faults belong to the server around it.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    ApiRefusal,
    content::{read_caption, read_markup, read_text},
    files::{SentFile, read_document, read_photo},
    html::ParsedText,
    params::{Call, Params},
    state::{BOT_ID, Chat, HiddenPeople, Sent, State, TelegramChatKind, commands_key, now},
};

/// The kinds of updates a bot may ask for.
const UPDATE_KINDS: &str = "message edited_message channel_post edited_channel_post business_connection \
    business_message edited_business_message deleted_business_messages guest_message message_reaction \
    message_reaction_count inline_query chosen_inline_result callback_query shipping_query \
    pre_checkout_query purchased_paid_media poll poll_answer my_chat_member chat_member \
    chat_join_request chat_boost removed_chat_boost managed_bot";

const CHAT_ACTIONS: &str = "typing upload_photo record_video upload_video record_voice upload_voice upload_document \
    choose_sticker find_location record_video_note upload_video_note";

const NOT_MODIFIED: &str = "message is not modified: specified new message content and reply markup are exactly the \
                            same as a current content and reply markup of the message";

/// The result of a method.
pub(super) type Answer = Result<Value, ApiRefusal>;

/// Refuses with 400 and a text.
pub(super) fn refuse<T>(text: impl AsRef<str>) -> Result<T, ApiRefusal> {
    Err(ApiRefusal::bad_request(text.as_ref()))
}

/// The parameters of one getUpdates call.
pub(super) struct Poll {
    number: u64,
    limit: usize,
    /// Seconds to wait; Telegram cuts them to 50.
    pub timeout_secs: u64,
}

impl State {
    /// Runs a method; getUpdates, which waits, has `begin_poll` and `poll` instead.
    pub(super) fn call(&mut self, method: &str, Call { params, uploads }: &Call) -> Answer {
        match method {
            "getMe" => Ok(self.me()),
            "setMyCommands" => self.set_commands(params),
            "getMyCommands" => {
                let key = commands_key(params.get("scope"), params.get("language_code"));
                Ok(self.commands.get(&key).cloned().unwrap_or_else(|| json!([])))
            }
            "deleteWebhook" => {
                if flag(params, "drop_pending_updates") {
                    self.updates.clear();
                }
                Ok(json!(true))
            }
            "sendMessage" => {
                let body = read_text(params, "message is too long")?;
                self.send(params, "text", body, None)
            }
            "sendPhoto" => {
                let (caption, file) = (read_caption(params)?, read_photo(params, uploads)?);
                self.send(params, "caption", caption, Some(file))
            }
            "sendDocument" => {
                let (caption, file) = (read_caption(params)?, read_document(params, uploads)?);
                self.send(params, "caption", caption, Some(file))
            }
            "editMessageText" => {
                let body = read_text(params, "MESSAGE_TOO_LONG")?;
                self.edit(params, "text", body)
            }
            "editMessageCaption" => {
                let caption = read_caption(params)?;
                self.edit(params, "caption", caption)
            }
            "editMessageReplyMarkup" => self.edit_markup(params),
            "deleteMessage" => self.delete_message(params),
            "answerCallbackQuery" => self.answer_callback(params),
            "getChat" => self.get_chat(params),
            "getChatMember" => {
                let user_id = integer(params, "user_id").unwrap_or_default();
                let chat = self.chat(params)?;
                let is_admin = chat.bot_status == "administrator";
                if user_id != BOT_ID && chat.hidden != HiddenPeople::None && !is_admin {
                    return refuse("member list is inaccessible");
                }
                if user_id != BOT_ID && !self.users.contains_key(&user_id) {
                    return refuse("user not found");
                }
                Ok(self.member_json(user_id, chat.status_of(user_id)))
            }
            "getChatAdministrators" => self.administrators(params),
            "sendChatAction" => {
                let action = text(params, "action");
                if !CHAT_ACTIONS.split(' ').any(|known| known == action) {
                    return refuse(format!("wrong parameter action in request: \"{action}\""));
                }
                let chat = self.chat(params)?;
                chat.admits_bot()?;
                check_topic(chat, integer(params, "message_thread_id"))?;
                Ok(json!(true))
            }
            "leaveChat" => {
                let id = self.chat(params)?.id;
                let chat = self.chat_mut(id);
                if matches!(chat.kind, TelegramChatKind::Private) {
                    return refuse("chat member status can't be changed in private chats");
                }
                chat.bot_status = "left".to_owned();
                Ok(json!(true))
            }
            other => refuse(format!("method {other} is not played")),
        }
    }

    /// Starts a long poll: forgets confirmed updates, keeps the wanted kinds, and ends every earlier poll.
    pub(super) fn begin_poll(&mut self, params: &Params) -> Result<Poll, ApiRefusal> {
        let limit = integer(params, "limit").unwrap_or(100);
        let Some(limit) = usize::try_from(limit).ok().filter(|limit| (1..=100).contains(limit)) else {
            return refuse(format!("parameter \"limit\" must be 1-100, not {limit}"));
        };
        if let Some(kinds) = params.get("allowed_updates").and_then(Value::as_array) {
            let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
            if let Some(unknown) =
                kinds.iter().find(|kind| !UPDATE_KINDS.split(' ').any(|known| known == kind.as_str()))
            {
                return refuse(format!("parameter \"allowed_updates\" has no kind \"{unknown}\""));
            }
            self.allowed_updates = kinds;
        }
        let offset = integer(params, "offset").unwrap_or(0);
        if offset < 0 {
            let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
            self.updates.drain(..self.updates.len().saturating_sub(keep));
        } else {
            self.updates.retain(|(id, _)| *id >= offset);
        }
        self.polls += 1;
        let timeout = integer(params, "timeout").unwrap_or(0).clamp(0, 50);
        Ok(Poll { number: self.polls, limit, timeout_secs: timeout.unsigned_abs() })
    }

    /// Answers a poll with updates, or one replaced by a later one; `None` means to wait on.
    pub(super) fn poll(&self, poll: &Poll) -> Option<Answer> {
        if self.polls != poll.number {
            let text =
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
            return Some(Err(ApiRefusal::new(409, text)));
        }
        let updates: Vec<Value> = self.updates.iter().take(poll.limit).map(|(_, update)| update.clone()).collect();
        (!updates.is_empty()).then_some(Ok(Value::Array(updates)))
    }

    fn me(&self) -> Value {
        let mut me = self.user_json(BOT_ID);
        for (right, value) in [
            ("can_join_groups", true),
            ("can_read_all_group_messages", false),
            ("supports_inline_queries", false),
            ("can_connect_to_business", false),
            ("has_main_web_app", false),
        ] {
            me[right] = json!(value);
        }
        me
    }

    /// Finds the chat of a request, if the bot may see it.
    fn chat(&self, params: &Params) -> Result<&Chat, ApiRefusal> {
        let id = params.get("chat_id").and_then(|id| id.as_i64().or_else(|| id.as_str()?.parse().ok()));
        id.and_then(|id| self.chats.get(&id)).ok_or_else(|| ApiRefusal::bad_request("chat not found"))
    }

    fn set_commands(&mut self, params: &Params) -> Answer {
        let commands = params.get("commands").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if commands.len() > 100 {
            return refuse("BOT_COMMANDS_TOO_MUCH");
        }
        for command in commands {
            let name = command["command"].as_str().unwrap_or_default();
            let well_named = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            if !well_named || !(1..=32).contains(&name.len()) {
                return refuse(format!("BOT_COMMAND_INVALID: \"{name}\""));
            }
            let description = command["description"].as_str().unwrap_or_default();
            if !(1..=256).contains(&description.chars().count()) {
                return refuse(format!("BOT_COMMAND_DESCRIPTION_INVALID: \"{name}\""));
            }
        }
        let key = commands_key(params.get("scope"), params.get("language_code"));
        self.commands.insert(key, json!(commands));
        Ok(json!(true))
    }

    /// Sends a message with the text or caption of a field.
    fn send(&mut self, params: &Params, field: &str, body: ParsedText, file: Option<SentFile>) -> Answer {
        let markup = read_markup(params)?;
        let thread = integer(params, "message_thread_id");
        let reply = params.get("reply_parameters");
        let chat = self.chat(params)?;
        chat.admits_bot()?;
        check_topic(chat, thread)?;
        chat.admits_message(thread)?;
        let mut reply_to = reply.and_then(|reply| reply["message_id"].as_i64());
        if reply_to.is_some_and(|id| !chat.has_message(id)) {
            if !reply.is_some_and(|reply| reply["allow_sending_without_reply"] == true) {
                return refuse("message to be replied not found");
            }
            reply_to = None;
        }
        let chat_id = chat.id;
        let message_id = self.chat_mut(chat_id).new_message_id();
        let raw = text(params, field).to_owned();
        let sent = Sent {
            chat_id,
            message_id,
            thread,
            text: raw.clone(),
            plain: body.text.clone(),
            parse_mode: params.get("parse_mode").and_then(Value::as_str).map(str::to_owned),
            entities: body.entities.clone(),
            reply_to,
            silent: flag(params, "disable_notification"),
            at: Instant::now(),
            current_text: raw,
            current_plain: body.text,
            current_entities: body.entities,
            markup,
            file,
            edits: 0,
            deleted: false,
            date: now(),
        };
        let message = self.message_json(&sent);
        // A light record has no messages; the answer to an edit repeats the edit.
        if self.ledger.is_none() {
            self.sent_index.insert((chat_id, message_id), self.sent.len());
            self.sent.push(sent);
        }
        Ok(message)
    }

    /// Finds the message of an edit.
    fn edited(&self, params: &Params) -> Result<usize, ApiRefusal> {
        let chat = self.chat(params)?;
        chat.admits_bot()?;
        let message_id = integer(params, "message_id").unwrap_or_default();
        if !chat.has_message(message_id) {
            return refuse("message to edit not found");
        }
        let index = self.sent_index.get(&(chat.id, message_id)).copied();
        index.ok_or_else(|| ApiRefusal::bad_request("message can't be edited"))
    }

    /// Edits a text or a caption to the value of a field.
    fn edit(&mut self, params: &Params, field: &str, body: ParsedText) -> Answer {
        if self.ledger.is_some() {
            return self.edit_unkept(params);
        }
        let markup = read_markup(params)?;
        let index = self.edited(params)?;
        let sent = &mut self.sent[index];
        if sent.file.is_some() != (field == "caption") {
            return refuse(format!("there is no {field} in the message to edit"));
        }
        if sent.current_plain == body.text && sent.current_entities == body.entities && sent.markup == markup {
            return refuse(NOT_MODIFIED);
        }
        sent.current_text = text(params, field).to_owned();
        (sent.current_plain, sent.current_entities) = (body.text, body.entities);
        // An edit without a keyboard takes the old one away.
        sent.markup = markup;
        sent.edits += 1;
        Ok(self.message_json(&self.sent[index]))
    }

    /// Answers an edit under a light record: with the message's number, without its text.
    fn edit_unkept(&self, params: &Params) -> Answer {
        read_markup(params)?;
        let chat = self.chat(params)?;
        chat.admits_bot()?;
        let message_id = integer(params, "message_id").unwrap_or_default();
        if !chat.has_message(message_id) {
            return refuse("message to edit not found");
        }
        Ok(json!({
            "message_id": message_id, "date": now(), "edit_date": now(), "chat": chat.to_json(),
            "from": self.user_json(BOT_ID), "text": text(params, "text"),
        }))
    }

    fn edit_markup(&mut self, params: &Params) -> Answer {
        if self.ledger.is_some() {
            return self.edit_unkept(params);
        }
        let markup = read_markup(params)?;
        let index = self.edited(params)?;
        let sent = &mut self.sent[index];
        if sent.markup == markup {
            return refuse(NOT_MODIFIED);
        }
        sent.markup = markup;
        sent.edits += 1;
        Ok(self.message_json(&self.sent[index]))
    }

    fn delete_message(&mut self, params: &Params) -> Answer {
        let chat_id = self.chat(params)?.id;
        let message_id = integer(params, "message_id").unwrap_or_default();
        let chat = self.chat_mut(chat_id);
        chat.admits_bot()?;
        if !chat.has_message(message_id) {
            return refuse("message to delete not found");
        }
        let is_own = self.sent_index.get(&(chat_id, message_id)).copied();
        let chat = self.chat_mut(chat_id);
        let may_delete =
            is_own.is_some() || chat.bot_status == "administrator" || matches!(chat.kind, TelegramChatKind::Private);
        if !may_delete {
            return refuse("message can't be deleted");
        }
        chat.deleted.insert(message_id);
        if let Some(index) = is_own {
            self.sent[index].deleted = true;
        }
        Ok(json!(true))
    }

    fn answer_callback(&mut self, params: &Params) -> Answer {
        if !self.callbacks.contains(text(params, "callback_query_id")) {
            return refuse("query is too old and response timeout expired or query ID is invalid");
        }
        if text(params, "text").chars().count() > 200 {
            return refuse("MESSAGE_TOO_LONG");
        }
        Ok(json!(true))
    }

    fn get_chat(&self, params: &Params) -> Answer {
        let chat = self.chat(params)?;
        if !matches!(chat.kind, TelegramChatKind::Private) {
            chat.admits_bot()?;
        }
        let mut full = chat.to_json();
        full["accent_color_id"] = json!(0);
        full["max_reaction_count"] = json!(11);
        let gifts = ["unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"];
        full["accepted_gift_types"] = gifts.iter().map(|gift| ((*gift).to_owned(), json!(false))).collect();
        Ok(full)
    }

    fn administrators(&self, params: &Params) -> Answer {
        let chat = self.chat(params)?;
        if matches!(chat.kind, TelegramChatKind::Private) {
            return refuse("there are no administrators in the private chat");
        }
        chat.admits_bot()?;
        if chat.hidden == HiddenPeople::MembersAndAdmins && chat.bot_status != "administrator" {
            return refuse("CHAT_ADMIN_REQUIRED");
        }
        let mut admins: Vec<Value> = chat.admins.iter().map(|id| self.member_json(*id, "administrator")).collect();
        if chat.bot_status == "administrator" {
            admins.push(self.member_json(BOT_ID, "administrator"));
        }
        Ok(Value::Array(admins))
    }
}

/// Refuses an unknown topic of the chat; General has number 1, which a request must not name.
fn check_topic(chat: &Chat, thread: Option<i64>) -> Result<(), ApiRefusal> {
    let is_known = thread.is_none_or(|thread| {
        thread != 1 && matches!(chat.kind, TelegramChatKind::Group { forum: true }) && chat.topics.contains(&thread)
    });
    if is_known { Ok(()) } else { refuse("message thread not found") }
}

/// Returns a text parameter, empty if it is missing.
pub(super) fn text<'a>(params: &'a Params, name: &str) -> &'a str {
    params.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn integer(params: &Params, name: &str) -> Option<i64> {
    params.get(name).and_then(Value::as_i64)
}

fn flag(params: &Params, name: &str) -> bool {
    params.get(name).and_then(Value::as_bool).unwrap_or(false)
}

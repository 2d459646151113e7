//! Telegram, through the Bot API, with all of Telegram's limits. The only folder that knows teloxide.
//!
//! It uses neither teloxide's dispatcher nor its rate-limiting adaptor: our outbox must survive the process, and the
//! store records an update's number before the bot handles it.

mod errors;
pub mod html;
mod request;

use parking_lot::Mutex;
use std::collections::HashSet;
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use teloxide::RequestError;
use teloxide::net::default_reqwest_settings;
use teloxide::prelude::*;
use teloxide::requests::HasPayload;
use teloxide::types::{
    AllowedUpdate, BotCommand, CallbackQueryId, Chat, ChatMemberKind, ChatMemberUpdated, InlineKeyboardButton,
    InlineKeyboardMarkup, InputFile, LinkPreviewOptions, MaybeInaccessibleMessage, MessageId, MessageOrigin, ParseMode,
    ThreadId, Update as TelegramUpdate, UpdateKind,
};
use url::Url;

use self::errors::{classify, has_only_a_caption, hides_member};
use self::request::{RequestFailure, call, upload_result};
use super::{
    AnswerPace, Author, ChatKind, Incoming, Limits, MessageForm, Messenger, Press, Received, SendError, Update, text,
};
use ceasewire_model::{Address, Button, File, FileKind, Message, Platform, Style, Text};

/// Seconds from the end of a long poll until its connection counts as dead.
const LONG_POLL_MARGIN_SECS: u64 = 15;
/// One message per second in a private chat, twenty per minute in a group or channel with room for two in a row
/// (<https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this>).
const PRIVATE_GAP_MS: i64 = 1000;
const GROUP_GAP_MS: i64 = 3200;
/// Answers: in a group at most twelve of the twenty messages of a minute.
const PRIVATE_ANSWERS: AnswerPace = AnswerPace { burst: 3, gap_ms: 1100 };
const GROUP_ANSWERS: AnswerPace = AnswerPace { burst: 4, gap_ms: 7500 };
/// Buttons of a message; Telegram refuses more.
const MAX_BUTTONS: usize = 100;
/// Bytes of a button's data (Bot API, InlineKeyboardButton: "callback_data, 1-64 bytes").
const MAX_BUTTON_BYTES: usize = 64;
/// The requested updates. Telegram remembers the last list, so every request states it.
const UPDATES: [AllowedUpdate; 6] = [
    AllowedUpdate::Message,
    AllowedUpdate::EditedMessage,
    AllowedUpdate::ChannelPost,
    AllowedUpdate::EditedChannelPost,
    AllowedUpdate::CallbackQuery,
    AllowedUpdate::MyChatMember,
];
/// The age when an edit of a message is no request any more.
const EDITS_WITHIN_SECS: i64 = 3600;

/// A bot on Telegram.
#[derive(Debug)]
pub struct Telegram {
    bot: Bot,
    /// A second client with the timeout of a long poll.
    long_poll: Bot,
    long_poll_secs: u32,
    token: SecretString,
    /// Whether messages beyond the free rate are paid.
    pays: bool,
    name: Mutex<Option<String>>,
}

impl Telegram {
    /// Builds the bot without a request. `api_url` is `https://api.telegram.org` or a compatible server.
    ///
    /// # Errors
    /// When the HTTP clients cannot be built.
    pub fn new(
        token: SecretString,
        api_url: Url,
        long_poll_secs: u64,
        send_timeout_secs: u64,
    ) -> Result<Self, SendError> {
        let bot = |timeout: u64| {
            // Cargo gives this client the HTTP/2 of the feeds' fetcher too. On HTTP/1.1, a stalled connection holds up
            // one request and not all.
            let client = default_reqwest_settings().http1_only().timeout(Duration::from_secs(timeout)).build();
            let client = client.map_err(|error| SendError::Refused(format!("no HTTP client: {error}")))?;
            Ok(Bot::with_client(token.expose_secret(), client).set_api_url(api_url.clone()))
        };
        Ok(Self {
            bot: bot(send_timeout_secs)?,
            long_poll: bot(long_poll_secs + LONG_POLL_MARGIN_SECS)?,
            long_poll_secs: u32::try_from(long_poll_secs).unwrap_or(u32::MAX),
            token,
            pays: false,
            name: Mutex::default(),
        })
    }

    /// Pays for messages beyond the free rate from the bot's balance of Stars.
    pub fn paying(self, pays: bool) -> Self {
        Self { pays, ..self }
    }

    /// Makes a request and returns its result as JSON.
    async fn call<R>(&self, request: R) -> Result<Value, SendError>
    where
        R: HasPayload,
        R::Payload: Serialize,
    {
        call(&self.bot, request).await.map_err(|failure| self.send_error(&failure))
    }

    fn send_error(&self, failure: &RequestFailure) -> SendError {
        classify(failure, self.token.expose_secret())
    }

    /// Returns the message id of an upload.
    fn sent(&self, answer: Result<teloxide::types::Message, RequestError>) -> Result<String, SendError> {
        match answer {
            Ok(sent) => Ok(sent.id.0.to_string()),
            Err(error) => {
                let message = upload_result(error).map_err(|failure| self.send_error(&failure))?;
                Ok(message["message_id"].to_string())
            }
        }
    }

    async fn send_text(&self, to: &Address, text: &Text, message: &Message) -> Result<String, SendError> {
        let (text, mode) = body(text, html::MAX_CHARS);
        let mut request = self.bot.send_message(chat_id(&to.chat)?, text).link_preview_options(no_preview());
        request.parse_mode = mode;
        request.message_thread_id = thread(to);
        request.disable_notification = message.silent.then_some(true);
        request.allow_paid_broadcast = self.pays.then_some(true);
        request.reply_markup = keyboard(&message.buttons).map(Into::into);
        Ok(self.call(request).await?["message_id"].to_string())
    }

    async fn send_file(
        &self,
        to: &Address,
        file: &File,
        caption: &Text,
        buttons: &[Vec<Button>],
        silent: Option<bool>,
    ) -> Result<String, SendError> {
        let chat = chat_id(&to.chat)?;
        // Telegram derives the media type from the name's ending and ignores the upload's own.
        let input = InputFile::memory(file.bytes.to_vec()).file_name(file.name.clone());
        let (caption, mode) = body(caption, html::MAX_CAPTION_CHARS);
        let caption = (!caption.is_empty()).then_some(caption);
        let (thread, keyboard) = (thread(to), keyboard(buttons).map(Into::into));
        let answer = match file.kind {
            FileKind::Photo => {
                let mut request = self.bot.send_photo(chat, input);
                request.caption = caption;
                request.parse_mode = mode;
                request.message_thread_id = thread;
                request.disable_notification = silent;
                request.reply_markup = keyboard;
                request.await
            }
            FileKind::Calendar => {
                let mut request = self.bot.send_document(chat, input);
                request.caption = caption;
                request.parse_mode = mode;
                request.message_thread_id = thread;
                request.disable_notification = silent;
                request.reply_markup = keyboard;
                request.await
            }
        };
        self.sent(answer)
    }
}

#[async_trait]
impl Messenger for Telegram {
    fn platform(&self) -> Platform {
        Platform::Telegram
    }

    async fn connect(&self, commands: &[(&str, String)]) -> Result<(), SendError> {
        let me = self.call(self.bot.get_me()).await?;
        let name = me["username"].as_str().map(str::to_owned);
        *self.name.lock() = name;
        let commands: Vec<BotCommand> =
            commands.iter().map(|(name, description)| BotCommand::new(*name, description.as_str())).collect();
        match self.call(self.bot.set_my_commands(commands)).await {
            // The menu is a convenience: commands work without it.
            Err(SendError::Refused(reason)) => {
                tracing::warn!(error = %reason, "Telegram refused the command menu; commands work without it");
            }
            other => drop(other?),
        }
        Ok(())
    }

    fn limits(&self) -> Limits {
        Limits {
            text_chars: html::MAX_CHARS,
            caption_chars: html::MAX_CAPTION_CHARS,
            styled_spans: html::MAX_ENTITIES,
            buttons: MAX_BUTTONS,
            button_bytes: MAX_BUTTON_BYTES,
            markup: true,
            files: true,
            edits: true,
        }
    }

    fn bot_name(&self) -> Option<String> {
        self.name.lock().clone()
    }

    fn chat_gap_ms(&self, chat: &str) -> i64 {
        if chat.starts_with('-') { GROUP_GAP_MS } else { PRIVATE_GAP_MS }
    }

    fn answer_pace(&self, chat: &str) -> AnswerPace {
        if chat.starts_with('-') { GROUP_ANSWERS } else { PRIVATE_ANSWERS }
    }

    async fn probe(&self) -> Result<(), SendError> {
        self.call(self.bot.get_me()).await.map(drop)
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let Some(file) = &message.file else { return self.send_text(to, &message.text, message).await };
        // A caption holds a quarter of a message. A longer text goes separately, so that a picture never shortens an
        // alert. The file goes first: then the text with its buttons is the newest message, and edits reach the text.
        let fits = text::length(&message.text) <= html::MAX_CAPTION_CHARS;
        let (caption, buttons) =
            if fits { (message.text.clone(), &message.buttons[..]) } else { (Text::default(), &[][..]) };
        let sent = self.send_file(to, file, &caption, buttons, message.silent.then_some(true)).await;
        match sent {
            Ok(id) if fits => Ok(id),
            // After a failure the next attempt sends the file again. A second file is better than a lost alert.
            Ok(_) => self.send_text(to, &message.text, message).await,
            // A group may forbid files, or the file is too large for a proxy. The file's text form arrives
            // nevertheless.
            Err(SendError::Refused(reason) | SendError::TooLong(reason)) => {
                tracing::warn!(chat.id = %to.chat, file.name, error = %reason, "file refused; sending its text");
                self.send_text(to, &text::with_file(&message.text, file), message).await
            }
            Err(error) => Err(error),
        }
    }

    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        let (text, mode) = body(&message.text, html::MAX_CHARS);
        let (chat, id) = (chat_id(&at.chat)?, message_id.parse().map(MessageId));
        let id = id.map_err(|_| SendError::Refused("the message has no number".into()))?;
        let mut request = self.bot.edit_message_text(chat, id, text).link_preview_options(no_preview());
        request.parse_mode = mode;
        request.reply_markup = keyboard(&message.buttons);
        match call(&self.bot, request).await {
            Ok(_) => return Ok(()),
            Err(failure) if has_only_a_caption(&failure) => {}
            Err(failure) => return Err(self.send_error(&failure)),
        }
        // Only Telegram knows whether the text is a caption. The file stays.
        let (caption, mode) = body(&message.text, html::MAX_CAPTION_CHARS);
        let mut request = self.bot.edit_message_caption(chat, id).caption(caption);
        request.parse_mode = mode;
        request.reply_markup = keyboard(&message.buttons);
        self.call(request).await.map(drop)
    }

    async fn acknowledge(&self, press_id: &str, note: Option<&str>) -> Result<(), SendError> {
        let mut request = self.bot.answer_callback_query(CallbackQueryId(press_id.to_owned()));
        request.text = note.map(str::to_owned);
        self.call(request).await.map(drop)
    }

    fn account(&self) -> String {
        // The part before the colon is the bot's public id.
        let id = self.token.expose_secret().split(':').next().unwrap_or_default();
        format!("telegram:{id}")
    }

    async fn receive(&self, after: Option<i64>) -> Result<Vec<Received>, SendError> {
        let offset = after.and_then(|number| i32::try_from(number).ok()).map_or(0, |number| number.saturating_add(1));
        let request = self
            .long_poll
            .get_updates()
            .offset(offset)
            .timeout(self.long_poll_secs)
            .limit(100)
            .allowed_updates(UPDATES);
        let received = call(&self.long_poll, request).await.map_err(|failure| self.send_error(&failure))?;
        read_updates(&received)
    }

    async fn is_admin(&self, chat: &str, user: &str) -> Result<bool, SendError> {
        let user = user.parse().map_err(|_| SendError::Refused("the user has no number".into()))?;
        let is_admin = |member: &Value| matches!(member["status"].as_str(), Some("creator" | "administrator"));
        match call(&self.bot, self.bot.get_chat_member(chat_id(chat)?, UserId(user))).await {
            Ok(member) => return Ok(is_admin(&member)),
            Err(failure) if hides_member(&failure) => {}
            Err(failure) => return Err(self.send_error(&failure)),
        }
        // A group that hides its members shows its admins nevertheless.
        let admins = call(&self.bot, self.bot.get_chat_administrators(chat_id(chat)?)).await;
        let admins = admins.map_err(|failure| match self.send_error(&failure) {
            SendError::Refused(reason) if hides_member(&failure) => SendError::NoRights(reason),
            error => error,
        })?;
        let admins = admins.as_array().into_iter().flatten();
        Ok(admins.into_iter().any(|member| member["user"]["id"].as_u64() == Some(user) && is_admin(member)))
    }
}

/// Reads the answer to `getUpdates`; an update that it repeats counts once.
///
/// # Errors
/// When the answer is no list, or has updates but none with a number. Asking again at once would bring the same answer.
fn read_updates(answer: &Value) -> Result<Vec<Received>, SendError> {
    let down = |reason: &str| SendError::Down(format!("getUpdates: {reason}"));
    let updates = answer.as_array().ok_or_else(|| down("the result is no list of updates"))?;
    let mut numbers = HashSet::new();
    let mut received = Vec::new();
    // One unreadable update must not stop the others.
    for update in updates {
        let Some(number) = update["update_id"].as_i64().filter(|number| numbers.insert(*number)) else { continue };
        // teloxide borrows field names, which requires a text as the source.
        let update = serde_json::from_str::<TelegramUpdate>(&update.to_string()).ok();
        received.push(Received { number, update: update.and_then(|update| read(update.kind)) });
    }
    if received.is_empty() && !updates.is_empty() {
        return Err(down("no update has a number"));
    }
    Ok(received)
}

/// Checks bytes as an answer of the Bot API, for fuzzing: two for the status, and the rest.
///
/// # Panics
/// When an update with a number is missing, or an error shows the bot's token.
#[doc(hidden)]
pub fn check_answer(bytes: &[u8]) {
    const TOKEN: &str = "123456:secret";
    let [high, low, raw @ ..] = bytes else { return };
    match request::result_of(u16::from_be_bytes([*high, *low]), &String::from_utf8_lossy(raw)) {
        Ok(result) => {
            let updates = result.as_array().into_iter().flatten();
            let numbers: HashSet<i64> = updates.filter_map(|update| update["update_id"].as_i64()).collect();
            assert_eq!(read_updates(&result).map_or(0, |updates| updates.len()), numbers.len());
        }
        Err(failure) => assert!(!errors::classify(&failure, TOKEN).to_string().contains(TOKEN)),
    }
}

/// Returns the text to send and its markup mode. A text without styles goes without markup, which Telegram cannot
/// refuse.
fn body(text: &Text, limit: usize) -> (String, Option<ParseMode>) {
    if text.0.iter().all(|span| span.style == Style::Plain) {
        (text::cut(text, limit).to_plain(), None)
    } else {
        (html::to_html_within(text, limit), Some(ParseMode::Html))
    }
}

fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}

fn keyboard(rows: &[Vec<Button>]) -> Option<InlineKeyboardMarkup> {
    let rows = rows.iter().map(|row| {
        row.iter().map(|button| InlineKeyboardButton::callback(&button.label, &button.data)).collect::<Vec<_>>()
    });
    (rows.len() > 0).then(|| InlineKeyboardMarkup::new(rows))
}

fn chat_id(chat: &str) -> Result<ChatId, SendError> {
    chat.parse().map(ChatId).map_err(|_| SendError::Refused("the chat has no number".into()))
}

fn thread(address: &Address) -> Option<ThreadId> {
    // 1 is the topic "General"; Telegram requires that requests omit it.
    let thread = address.thread.filter(|&thread| thread > 1)?;
    i32::try_from(thread).ok().map(|thread| ThreadId(MessageId(thread)))
}

fn address(chat: &Chat, thread: Option<ThreadId>) -> Address {
    let thread = thread.map(|thread| i64::from(thread.0.0)).filter(|&thread| thread > 1);
    Address { platform: Platform::Telegram, chat: chat.id.0.to_string(), thread }
}

fn message_address(message: &teloxide::types::Message) -> Address {
    // Outside of a forum the thread is only the replied message.
    address(&message.chat, message.thread_id.filter(|_| message.is_topic_message))
}

/// Returns the id of the replied message. In a forum every message without another reply replies to the topic's opening
/// message, which does not count.
fn replied_to(message: &teloxide::types::Message) -> Option<String> {
    let opening = message.thread_id.filter(|_| message.is_topic_message);
    let replied = message.reply_to_message().filter(|replied| opening != Some(ThreadId(replied.id)))?;
    Some(replied.id.0.to_string())
}

fn kind(chat: &Chat) -> ChatKind {
    if chat.is_private() {
        ChatKind::Private
    } else if chat.is_channel() {
        ChatKind::Channel
    } else {
        ChatKind::Group
    }
}

/// Reads a message of a person, its text or its caption; `None` for one without words.
fn read_message(message: &teloxide::types::Message, form: MessageForm) -> Option<Update> {
    // The post of a linked channel comes to the group by itself; the channel has its answer already.
    if message.is_automatic_forward() {
        return None;
    }
    let author = match (&message.sender_chat, &message.from) {
        (Some(sender), _) if sender.id == message.chat.id => Author::Chat,
        // The user of such a message is an account that stands for all channels.
        (Some(sender), _) => Author::Channel(sender.id.0.to_string()),
        (None, Some(user)) => Author::User(user.id.0.to_string()),
        (None, None) => return None,
    };
    Some(Update::Message(Incoming {
        address: message_address(message),
        kind: kind(&message.chat),
        author,
        id: message.id.0.to_string(),
        form,
        text: message.text().or(message.caption())?.to_owned(),
        reply_to: replied_to(message),
    }))
}

/// Whether a message has the words of another author.
fn is_forwarded(message: &teloxide::types::Message) -> bool {
    match message.forward_origin() {
        None => false,
        Some(MessageOrigin::User { sender_user, .. }) => {
            message.from.as_ref().is_none_or(|from| from.id != sender_user.id)
        }
        Some(MessageOrigin::HiddenUser { .. } | MessageOrigin::Chat { .. } | MessageOrigin::Channel { .. }) => true,
    }
}

/// Converts an update; `None` for an update without a meaning for the bot.
fn read(update: UpdateKind) -> Option<Update> {
    match update {
        UpdateKind::EditedMessage(message) | UpdateKind::EditedChannelPost(message) => {
            let age = message.edit_date().map_or(0, |edited| (*edited - message.date).num_seconds());
            read_message(&message, MessageForm::Edited).filter(|_| age <= EDITS_WITHIN_SECS)
        }
        UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
            // Both groups report the migration, each before its own later messages.
            let (at, here) = (address(&message.chat, None), message.chat.id.0.to_string());
            if let Some(to) = message.migrate_to_chat_id() {
                return Some(Update::Moved { at, from: here, to: to.0.to_string() });
            }
            if let Some(from) = message.migrate_from_chat_id() {
                return Some(Update::Moved { at, from: from.0.to_string(), to: here });
            }
            // A hidden General is closed too.
            if message.forum_topic_reopened().is_some() || message.general_forum_topic_unhidden().is_some() {
                return Some(Update::Reachable(message_address(&message), true));
            }
            let form = if is_forwarded(&message) { MessageForm::Forwarded } else { MessageForm::Written };
            read_message(&message, form)
        }
        UpdateKind::CallbackQuery(query) => {
            let message = query.message?;
            // For an old message Telegram omits the forum topic, and its buttons could act on the wrong subscriber.
            // They carry no data then.
            let (place, data) = match &message {
                MaybeInaccessibleMessage::Regular(message) => (message_address(message), query.data?),
                MaybeInaccessibleMessage::Inaccessible(message) => (address(&message.chat, None), String::new()),
            };
            Some(Update::Press(Press {
                id: query.id.0,
                address: place,
                kind: kind(message.chat()),
                author: Author::User(query.from.id.0.to_string()),
                message_id: message.id().0.to_string(),
                data,
            }))
        }
        UpdateKind::MyChatMember(ChatMemberUpdated { chat, new_chat_member, .. }) => {
            // A restricted member, or an administrator without the right to post, cannot write.
            let may_speak = match &new_chat_member.kind {
                ChatMemberKind::Restricted(restricted) => restricted.is_member && restricted.can_send_messages,
                ChatMemberKind::Administrator(administrator) => administrator.can_post_messages || !chat.is_channel(),
                _ => new_chat_member.is_present(),
            };
            Some(Update::Reachable(address(&chat, None), may_speak))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn numbers(answer: &Value) -> Result<Vec<i64>, SendError> {
        Ok(read_updates(answer)?.into_iter().map(|received| received.number).collect())
    }

    #[test]
    fn a_repeated_update_is_received_once() {
        let answer = json!([{ "update_id": 7 }, { "update_id": 7 }, { "text": "no number" }, { "update_id": 8 }]);
        assert_eq!(numbers(&answer).unwrap(), [7, 8]);
        assert_eq!(numbers(&json!([])).unwrap(), [0; 0]);
    }

    #[test]
    fn an_answer_without_updates_to_confirm_is_an_error_with_a_pause() {
        for answer in [json!({}), json!(null), json!(true), json!([{}]), json!(["x", 7])] {
            assert!(numbers(&answer).unwrap_err().is_outage(), "{answer}");
        }
    }
}

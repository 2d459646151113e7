//! Telegram, through the Bot API. The only file that knows teloxide.
//!
//! teloxide's dispatcher and its rate-limiting adaptor are not used: the outbox is ours and must outlive the process, and
//! an update counts as received only when it has been handled.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use teloxide::net::default_reqwest_settings;
use teloxide::prelude::*;
use teloxide::types::{
    AllowedUpdate, BotCommand, CallbackQueryId, Chat, ChatMemberUpdated, InlineKeyboardButton, InlineKeyboardMarkup,
    LinkPreviewOptions, MaybeInaccessibleMessage, MessageId, ParseMode, ThreadId, UpdateKind,
};
use teloxide::{ApiError, RequestError};
use url::Url;

use super::{Author, ChatKind, Incoming, Messenger, Press, Received, SendError, Update, html};
use crate::model::{Address, Button, Message, Platform, Style};

/// Seconds beyond a long poll's own waiting time after which its connection counts as dead.
const LONG_POLL_MARGIN_SECS: u64 = 15;
/// Updates asked for. The platform remembers the last list, so it is stated with every request.
const UPDATES: [AllowedUpdate; 4] =
    [AllowedUpdate::Message, AllowedUpdate::ChannelPost, AllowedUpdate::CallbackQuery, AllowedUpdate::MyChatMember];

/// A bot on Telegram.
#[derive(Debug)]
pub struct Telegram {
    bot: Bot,
    /// The same bot with a client that waits as long as a long poll does.
    long_poll: Bot,
    long_poll_secs: u32,
    token: SecretString,
    name: Mutex<Option<String>>,
}

impl Telegram {
    /// Builds the bot; nothing is sent yet. `api_url` is `https://api.telegram.org` or a server that speaks like it.
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
            let client = default_reqwest_settings().timeout(Duration::from_secs(timeout)).build();
            let client = client.map_err(|error| SendError::Refused(format!("no HTTP client: {error}")))?;
            Ok(Bot::with_client(token.expose_secret(), client).set_api_url(api_url.clone()))
        };
        Ok(Self {
            bot: bot(send_timeout_secs)?,
            long_poll: bot(long_poll_secs + LONG_POLL_MARGIN_SECS)?,
            long_poll_secs: u32::try_from(long_poll_secs).unwrap_or(u32::MAX),
            token,
            name: Mutex::default(),
        })
    }

    /// Whether a request was carried out, whatever was answered to it.
    fn done<T>(&self, answer: Result<T, RequestError>) -> Result<(), SendError> {
        match answer {
            Err(error) if accepted(&error).is_none() => Err(self.failed(&error)),
            _ => Ok(()),
        }
    }

    fn failed(&self, error: &RequestError) -> SendError {
        classify(error, self.token.expose_secret())
    }
}

#[async_trait]
impl Messenger for Telegram {
    fn platform(&self) -> Platform {
        Platform::Telegram
    }

    async fn connect(&self, commands: &[(&str, String)]) -> Result<(), SendError> {
        let name = match self.bot.get_me().await {
            Ok(me) => me.user.username.clone(),
            Err(error) => accepted(&error).ok_or_else(|| self.failed(&error))?["username"].as_str().map(str::to_owned),
        };
        *self.name.lock().unwrap_or_else(PoisonError::into_inner) = name;
        let commands: Vec<BotCommand> =
            commands.iter().map(|(name, description)| BotCommand::new(*name, description.as_str())).collect();
        match self.done(self.bot.set_my_commands(commands).await) {
            // The menu is a convenience: people can type what it lacks.
            Err(SendError::Refused(reason)) => tracing::warn!("the commands are not in Telegram's menu: {reason}"),
            other => other?,
        }
        Ok(())
    }

    fn bot_name(&self) -> Option<String> {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(&self, to: &Address, message: &Message) -> Result<String, SendError> {
        let (text, styled) = body(message);
        let mut request = self.bot.send_message(chat_id(&to.chat)?, text).link_preview_options(no_preview());
        request.parse_mode = styled.then_some(ParseMode::Html);
        request.message_thread_id = thread(to);
        request.reply_markup = keyboard(&message.buttons).map(Into::into);
        match request.await {
            Ok(sent) => Ok(sent.id.0.to_string()),
            Err(error) => {
                let message = accepted(&error).ok_or_else(|| self.failed(&error))?;
                Ok(message["message_id"].to_string())
            }
        }
    }

    async fn edit(&self, at: &Address, message_id: &str, message: &Message) -> Result<(), SendError> {
        let (text, styled) = body(message);
        let id = message_id.parse().map_err(|_| SendError::Refused("the message has no number".into()))?;
        let mut request =
            self.bot.edit_message_text(chat_id(&at.chat)?, MessageId(id), text).link_preview_options(no_preview());
        request.parse_mode = styled.then_some(ParseMode::Html);
        request.reply_markup = keyboard(&message.buttons);
        self.done(request.await)
    }

    async fn acknowledge(&self, press_id: &str, note: Option<&str>) -> Result<(), SendError> {
        let mut request = self.bot.answer_callback_query(CallbackQueryId(press_id.to_owned()));
        request.text = note.map(str::to_owned);
        self.done(request.await)
    }

    fn account(&self) -> String {
        // What stands before the colon is the bot's public id.
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
        let received = request.await.map_err(|error| self.failed(&error))?;
        Ok(received
            .into_iter()
            .map(|update| Received { number: i64::from(update.id.0), update: read(update.kind) })
            .collect())
    }

    async fn is_admin(&self, chat: &str, user: &str) -> Result<bool, SendError> {
        let user = user.parse().map_err(|_| SendError::Refused("the user has no number".into()))?;
        let member =
            self.bot.get_chat_member(chat_id(chat)?, UserId(user)).await.map_err(|error| self.failed(&error))?;
        Ok(member.is_privileged())
    }
}

/// The text to send, and whether it is HTML. Text without styles goes without markup, which cannot be refused.
fn body(message: &Message) -> (String, bool) {
    if message.text.0.iter().all(|span| span.style == Style::Plain) {
        (html::cut(&message.text, html::MAX_CHARS).to_plain(), false)
    } else {
        (html::to_html(&message.text), true)
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
    // 1 is the topic "General", which Telegram wants to be left out.
    let thread = address.thread.filter(|&thread| thread > 1)?;
    i32::try_from(thread).ok().map(|thread| ThreadId(MessageId(thread)))
}

fn address(chat: &Chat, thread: Option<ThreadId>) -> Address {
    let thread = thread.map(|thread| i64::from(thread.0.0)).filter(|&thread| thread > 1);
    Address { platform: Platform::Telegram, chat: chat.id.0.to_string(), thread }
}

fn message_address(message: &teloxide::types::Message) -> Address {
    // Outside of a forum the thread only says which message was replied to.
    address(&message.chat, message.thread_id.filter(|_| message.is_topic_message))
}

/// The message that somebody replied to. In a forum each message replies to the one that opened its topic, unless it
/// replies to another.
fn replied_to(message: &teloxide::types::Message) -> Option<String> {
    let opening = message.thread_id.filter(|_| message.is_topic_message);
    let replied = message.reply_to_message().filter(|replied| opening != Some(ThreadId(replied.id)))?;
    Some(replied.id.0.to_string())
}

fn kind(chat: &Chat) -> ChatKind {
    match () {
        () if chat.is_private() => ChatKind::Private,
        () if chat.is_channel() => ChatKind::Channel,
        () => ChatKind::Group,
    }
}

/// An update in our terms; `None` for what does not concern us.
fn read(update: UpdateKind) -> Option<Update> {
    match update {
        UpdateKind::Message(message) | UpdateKind::ChannelPost(message) => {
            if let Some(to) = message.migrate_to_chat_id() {
                return Some(Update::Moved { from: address(&message.chat, None), to: to.0.to_string() });
            }
            let author = match (&message.sender_chat, &message.from) {
                // A channel linked to the group writes there too, and is no admin of it.
                (Some(sender), _) if sender.id == message.chat.id => Author::Chat,
                (_, Some(user)) => Author::User(user.id.0.to_string()),
                (_, None) => return None,
            };
            Some(Update::Message(Incoming {
                address: message_address(&message),
                kind: kind(&message.chat),
                author,
                text: message.text()?.to_owned(),
                reply_to: replied_to(&message),
            }))
        }
        UpdateKind::CallbackQuery(query) => {
            let message = query.message?;
            // Of a message that is too old Telegram does not say which forum topic it stands in, so that its buttons
            // could act on the wrong subscriber: they do nothing any more.
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
            Some(Update::Reachable(address(&chat, None), new_chat_member.is_present()))
        }
        _ => None,
    }
}

/// The result of a request that was carried out although teloxide could not read it: a newer Bot API may answer in a form
/// that it does not know. To make such a request again would do everything twice.
fn accepted(error: &RequestError) -> Option<Value> {
    let RequestError::InvalidJson { raw, .. } = error else { return None };
    let mut answer: Value = serde_json::from_str(raw).ok()?;
    (answer["ok"] == true).then(|| answer["result"].take())
}

/// What an error means. Its text is taken over without the token, which is part of every request's address.
fn classify(error: &RequestError, token: &str) -> SendError {
    let say = |text: String| if token.is_empty() { text } else { text.replace(token, "<token>") };
    match error {
        RequestError::RetryAfter(wait) => SendError::TooFast { retry_after_secs: i64::from(wait.seconds()) },
        RequestError::MigrateToChatId(to) => SendError::Moved { to: to.0.to_string() },
        RequestError::Api(error) => classify_api(error, say(error.to_string())),
        // The causes say what happened to the connection; the outermost layer only repeats the address.
        RequestError::Network(error) => {
            let mut causes = Vec::new();
            let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error.as_ref());
            while let Some(next) = cause {
                causes.push(next.to_string());
                cause = next.source();
            }
            let kind = if error.is_timeout() { "timeout" } else { "network error" };
            SendError::Unanswered(say(format!("{kind}: {}", causes.join(": "))))
        }
        RequestError::InvalidJson { .. } => SendError::Unanswered("the answer is not the Bot API's".into()),
        RequestError::Io(error) => SendError::Unanswered(say(error.to_string())),
    }
}

fn classify_api(error: &ApiError, text: String) -> SendError {
    match error {
        ApiError::BotBlocked
        | ApiError::UserDeactivated
        | ApiError::BotKicked
        | ApiError::BotKickedFromSupergroup
        | ApiError::BotKickedFromChannel
        | ApiError::ChatNotFound
        | ApiError::GroupDeactivated
        | ApiError::CantInitiateConversation
        | ApiError::CantTalkWithBots
        | ApiError::NotEnoughRightsToPostMessages => SendError::Unreachable(text),
        ApiError::CantParseEntities(_) => SendError::Markup(text),
        ApiError::MessageNotModified => SendError::NotModified,
        ApiError::InvalidToken => SendError::Unauthorized,
        ApiError::TerminatedByOtherGetUpdates => {
            SendError::Unanswered("another process receives this bot's updates; stop it".into())
        }
        ApiError::Unknown(raw) => {
            let lower = raw.to_lowercase();
            let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
            // teloxide drops the status; the description's first words are all that is left of it.
            if says(&["topic_closed", "topic_deleted", "message thread not found", "topic closed"]) {
                SendError::ThreadGone(text)
            } else if lower.starts_with("forbidden")
                || says(&["not enough rights", "chat_write_forbidden", "have no rights"])
            {
                SendError::Unreachable(text)
            } else if says(&["parse entities"]) {
                SendError::Markup(text)
            } else if says(&["not modified"]) {
                SendError::NotModified
            } else if lower.starts_with("unauthorized") {
                SendError::Unauthorized
            } else if says(&[
                "internal server error",
                "bad gateway",
                "gateway timeout",
                "service unavailable",
                "restart",
            ]) {
                SendError::Unanswered(text)
            } else {
                SendError::Refused(text)
            }
        }
        _ => SendError::Refused(text),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn an_answer_that_says_ok_in_an_unknown_form_is_not_asked_for_again() {
        for (raw, expected) in [
            (r#"{"ok":true,"result":{"message_id":5,"shape":"new"}}"#, Some("5")),
            (r#"{"ok":false,"error_code":500}"#, None),
            ("<html>502 Bad Gateway</html>", None),
        ] {
            let source = Arc::new(serde_json::from_str::<bool>("x").unwrap_err());
            let error = RequestError::InvalidJson { source, raw: raw.into() };
            let id = accepted(&error).map(|message| message["message_id"].to_string());
            assert_eq!(id.as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn descriptions_that_teloxide_does_not_know_are_told_apart() {
        for (text, expected) in [
            ("Forbidden: bot is not a member of the channel chat", SendError::Unreachable as fn(String) -> SendError),
            ("Bad Request: not enough rights to send text messages to the chat", SendError::Unreachable),
            ("Bad Request: TOPIC_CLOSED", SendError::ThreadGone),
            ("Bad Request: message thread not found", SendError::ThreadGone),
            ("Internal Server Error", SendError::Unanswered),
            ("Bad Request: text must be non-empty", SendError::Refused),
        ] {
            let error = RequestError::Api(ApiError::Unknown(text.into()));
            let told = classify(&error, "123:TOKEN");
            assert_eq!(
                std::mem::discriminant(&told),
                std::mem::discriminant(&expected(String::new())),
                "{text}: {told}"
            );
        }
    }

    #[test]
    fn no_error_holds_the_token() {
        let error = RequestError::Api(ApiError::Unknown("no /bot123:TOKEN/sendMessage here".into()));
        assert!(!classify(&error, "123:TOKEN").to_string().contains("123:TOKEN"));
    }
}

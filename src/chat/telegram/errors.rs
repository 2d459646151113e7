//! What Telegram's errors mean for who sends. It must not know what was asked for.

use serde_json::Value;
use teloxide::{ApiError, RequestError};

use crate::chat::SendError;

/// The result of a request that was carried out although teloxide could not read it: a newer Bot API may answer in a form
/// that it does not know. To make such a request again would do everything twice.
pub(super) fn accepted(error: &RequestError) -> Option<Value> {
    let RequestError::InvalidJson { raw, .. } = error else { return None };
    let mut answer: Value = serde_json::from_str(raw).ok()?;
    (answer["ok"] == true).then(|| answer["result"].take())
}

/// Whether an edit was refused since the message is a file with a caption.
pub(super) fn has_only_a_caption(error: &RequestError) -> bool {
    let RequestError::Api(ApiError::Unknown(text)) = error else { return false };
    text.to_lowercase().contains("no text in the message to edit")
}

/// What an error means. Its text is taken over without the token, which is part of every request's address.
pub(super) fn classify(error: &RequestError, token: &str) -> SendError {
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
            let what = say(format!("{kind}: {}", causes.join(": ")));
            // Without a connection nothing was written that could have been carried out.
            if error.is_connect() { SendError::Unreached(what) } else { SendError::Unanswered(what) }
        }
        // A proxy answers for a server that it did not reach.
        RequestError::InvalidJson { .. } => SendError::Down("the answer is not the Bot API's".into()),
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
        ApiError::MessageToEditNotFound | ApiError::MessageCantBeEdited | ApiError::MessageIdInvalid => {
            SendError::NotEditable(text)
        }
        ApiError::MessageIsTooLong | ApiError::EditedMessageIsTooLong => SendError::TooLong(text),
        ApiError::InvalidToken => SendError::Unauthorized,
        ApiError::TerminatedByOtherGetUpdates => {
            SendError::Down("another process receives this bot's updates; stop it".into())
        }
        ApiError::Unknown(raw) => {
            let lower = raw.to_lowercase();
            let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
            // teloxide drops the status; the description's first words are all that is left of it.
            if says(&["topic_closed", "topic_deleted", "message thread not found", "topic closed"]) {
                SendError::ThreadGone(text)
            } else if says(&["rights to send photos", "rights to send documents"]) {
                // The chat is open to the bot, only not for files.
                SendError::Refused(text)
            } else if lower.starts_with("forbidden")
                || says(&["not enough rights", "chat_write_forbidden", "have no rights"])
            {
                SendError::Unreachable(text)
            } else if says(&["parse entities"]) {
                SendError::Markup(text)
            } else if says(&["is too long", "entity_text_too_long", "message_too_long"]) {
                SendError::TooLong(text)
            } else if says(&["not modified"]) {
                SendError::NotModified
            } else if says(&["message to edit not found", "message can't be edited", "message_id_invalid"]) {
                SendError::NotEditable(text)
            // A token that was revoked, or that never was one: Telegram knows no such address.
            } else if lower.starts_with("unauthorized") || lower == "not found" {
                SendError::Unauthorized
            } else if says(&[
                "internal server error",
                "bad gateway",
                "gateway timeout",
                "service unavailable",
                "restart",
            ]) {
                SendError::Down(text)
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
            ("Bad Request: not enough rights to send photos to the chat", SendError::Refused),
            ("Bad Request: not enough rights to send documents to the chat", SendError::Refused),
            ("Bad Request: TOPIC_CLOSED", SendError::ThreadGone),
            ("Bad Request: message thread not found", SendError::ThreadGone),
            ("Internal Server Error", SendError::Down),
            ("Bad Gateway", SendError::Down),
            ("Not Found", |_| SendError::Unauthorized),
            ("Unauthorized", |_| SendError::Unauthorized),
            ("Bad Request: message is too long", SendError::TooLong),
            ("Bad Request: message caption is too long", SendError::TooLong),
            ("Bad Request: message to edit not found", SendError::NotEditable),
            ("Bad Request: TOPIC_DELETED", SendError::ThreadGone),
            ("Forbidden: the group chat was deleted", SendError::Unreachable),
            ("Bad Request: can't parse entities: Unclosed start tag", SendError::Markup),
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

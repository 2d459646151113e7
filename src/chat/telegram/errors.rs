//! Maps Telegram's answers to [`SendError`]: by code first, by words second. It must not know the request.
//!
//! The words come from the Bot API server's `Client.cpp` and from TDLib; words in capitals come from Telegram's servers
//! behind the Bot API.

use teloxide::RequestError;

use super::request::{ApiRejection, RequestFailure};
use crate::chat::SendError;

/// Seconds to wait when Telegram states no length.
const UNSAID_WAIT_SECS: i64 = 1;

/// The chat accepts texts of the bot, but no files.
const NO_FILES: &[&str] = &[
    "rights to send photos",
    "rights to send documents",
    "chat_send_photos_forbidden",
    "chat_send_docs_forbidden",
    "chat_send_media_forbidden",
];
/// The forum topic is deleted.
const NO_THREAD: &[&str] = &["topic_deleted", "topic deleted", "topic_id_invalid", "message thread not found"];
/// The forum topic is closed, or hidden as only General can be.
const CLOSED_THREAD: &[&str] =
    &["topic_closed", "topic closed", "topic is closed", "topic_hidden", "topic is hidden", "message thread is closed"];
/// The chat is deleted, or closed to the bot.
const NO_CHAT: &[&str] = &[
    "bot is not a member",
    "bot was blocked",
    "bot was kicked",
    "can't initiate conversation",
    "can't send messages to bots",
    "channel_invalid",
    "channel_private",
    "chat not found",
    "chat_forbidden",
    "chat_id_invalid",
    "group chat was deactivated",
    "group chat was deleted",
    // An answer without the new id; an update will bring it.
    "group chat was upgraded",
    "group is deactivated",
    "input_user_deactivated",
    "peer_id_invalid",
    "user is deactivated",
    "user_banned_in_channel",
    "user_is_blocked",
    "user_is_bot",
];
/// The group hides its members from the bot, or does not know the person.
const NO_MEMBER_LIST: &[&str] = &[
    "member list is inaccessible",
    "chat_admin_required",
    "user not found",
    "member not found",
    "participant_id_invalid",
    "user_not_participant",
    "user_id_invalid",
    "not enough rights",
];
/// The bot is a member of the chat, but may not write there at present. Updates report changes of the bot's own rights,
/// but not of the rights of all members.
const NO_RIGHTS: &[&str] = &[
    "chat_admin_required",
    "chat_guest_send_forbidden",
    "chat_restricted",
    "chat_send_plain_forbidden",
    "chat_write_forbidden",
    "have no rights",
    "have no write access",
    "need administrator rights",
    "not enough rights",
];
/// A shorter text would pass. Must be checked before [`NO_MARKUP`].
const TOO_LONG: &[&str] = &[
    "message is too long",
    "message caption is too long",
    "text is too long",
    "message_too_long",
    "caption_too_long",
    "text_too_long",
    "entities_too_long",
];
/// The text would pass without markup.
const NO_MARKUP: &[&str] = &["parse entities", "entity_", "entities_"];
/// The message was deleted or is too old for an edit.
const NO_EDIT: &[&str] = &[
    "message to edit not found",
    "message can't be edited",
    "message identifier is not specified",
    "message_author_required",
    "message_edit_time_expired",
    "message_id_invalid",
    "there is no caption in the message to edit",
];

/// Whether an edit failed because the message is a file with a caption.
pub(super) fn has_only_a_caption(failure: &RequestFailure) -> bool {
    let RequestFailure::Rejected(rejection) = failure else { return false };
    rejection.description.to_lowercase().contains("no text in the message to edit")
}

/// Whether the platform refused to say whether a person is an admin, rather than failed.
pub(super) fn hides_member(failure: &RequestFailure) -> bool {
    let RequestFailure::Rejected(rejection) = failure else { return false };
    let lower = rejection.description.to_lowercase();
    rejection.retry_after_secs.is_none() && NO_MEMBER_LIST.iter().any(|words| lower.contains(words))
}

/// Classifies a failure. Removes the token, a part of every request's address, from its text.
pub(super) fn classify(failure: &RequestFailure, token: &str) -> SendError {
    let redact = |text: &str| if token.is_empty() { text.to_owned() } else { text.replace(token, "<token>") };
    match failure {
        RequestFailure::Rejected(rejection) => rejection_error(rejection, redact(&rejection.description)),
        // A proxy's 401, 403 or 404 is about the proxy itself.
        RequestFailure::Foreign(status) => {
            let text = format!("the answer is not the Bot API's (HTTP status {status})");
            match status {
                // The request may have had its effect, with a garbled answer.
                200..=299 => SendError::Unanswered(text),
                _ => server_error(*status, None, &text).unwrap_or(SendError::Down(text)),
            }
        }
        // The causes describe the connection; the outermost layer only repeats the address.
        RequestFailure::Lost(RequestError::Network(error)) => {
            let mut causes = Vec::new();
            let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error.as_ref());
            while let Some(next) = cause {
                causes.push(next.to_string());
                cause = next.source();
            }
            let kind = if error.is_timeout() { "timeout" } else { "network error" };
            let what = redact(&format!("{kind}: {}", causes.join(": ")));
            // Without a connection the request never left.
            if error.is_connect() { SendError::Unreached(what) } else { SendError::Unanswered(what) }
        }
        RequestFailure::Lost(error) => SendError::Unanswered(redact(&error.to_string())),
    }
}

/// Classifies the codes that mean the same from the Bot API and from a proxy.
fn server_error(code: u16, retry_after_secs: Option<i64>, text: &str) -> Option<SendError> {
    Some(match code {
        413 => SendError::TooLong(text.to_owned()),
        429 => SendError::RateLimited { retry_after_secs: retry_after_secs.unwrap_or(UNSAID_WAIT_SECS) },
        504 => SendError::GatewayTimeout(text.to_owned()),
        500..=599 => SendError::Down(text.to_owned()),
        _ => return None,
    })
}

fn rejection_error(rejection: &ApiRejection, text: String) -> SendError {
    let lower = rejection.description.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if let Some(to) = rejection.migrate_to {
        return SendError::Moved { to: to.to_string() };
    }
    if let Some(secs) = rejection.retry_after_secs {
        return SendError::RateLimited { retry_after_secs: secs };
    }
    if let Some(error) = server_error(rejection.code, None, &text) {
        return error;
    }
    match rejection.code {
        // Older servers answer 401 for a chat too; for the token they answer only "Unauthorized".
        401 if says(NO_CHAT) => SendError::Unreachable(text),
        401 => SendError::Unauthorized,
        // A revoked or invalid token: Telegram does not know the address.
        404 if lower == "not found" => SendError::Unauthorized,
        403 if says(NO_FILES) => SendError::Refused(text),
        403 if says(NO_RIGHTS) => SendError::NoRights(text),
        403 => SendError::Unreachable(text),
        409 => SendError::Down("another process receives this bot's updates; stop it".into()),
        _ if says(CLOSED_THREAD) => SendError::ThreadClosed(text),
        _ if says(NO_THREAD) => SendError::ThreadGone(text),
        _ if says(NO_FILES) => SendError::Refused(text),
        _ if says(NO_CHAT) => SendError::Unreachable(text),
        _ if says(NO_RIGHTS) => SendError::NoRights(text),
        _ if says(TOO_LONG) => SendError::TooLong(text),
        _ if says(NO_MARKUP) => SendError::Markup(text),
        _ if says(&["not modified", "not_modified"]) => SendError::NotModified,
        _ if says(NO_EDIT) => SendError::NotEditable(text),
        _ => SendError::Refused(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use SendError::{
        Down, GatewayTimeout, Markup, NoRights, NotEditable, NotModified, Refused, ThreadClosed, ThreadGone, TooLong,
        Unanswered, Unauthorized, Unreachable,
    };

    fn rejection(code: u16, description: &str) -> ApiRejection {
        ApiRejection { code, description: description.into(), ..ApiRejection::default() }
    }

    fn error_of(rejection: ApiRejection) -> SendError {
        classify(&RequestFailure::Rejected(rejection), "123:TOKEN")
    }

    #[test]
    fn each_rejection_has_its_error() {
        let unauthorized: fn(String) -> SendError = |_| Unauthorized;
        let rate_limited: fn(String) -> SendError = |_| SendError::RateLimited { retry_after_secs: 1 };
        let not_modified: fn(String) -> SendError = |_| NotModified;
        for (code, text, expected) in [
            (401, "Unauthorized", unauthorized),
            (401, "Unauthorized: bot was kicked from a chat", Unreachable),
            (404, "Not Found", unauthorized),
            (404, "Not Found: method not found", Refused),
            (403, "Forbidden: bot was blocked by the user", Unreachable),
            (403, "Forbidden: bot was kicked from the supergroup chat", Unreachable),
            (403, "Forbidden: bot is not a member of the channel chat", Unreachable),
            (403, "Forbidden: user is deactivated", Unreachable),
            (403, "Forbidden: bot can't initiate conversation with a user", Unreachable),
            (403, "Forbidden: bot can't send messages to bots", Unreachable),
            (403, "Forbidden: the group chat was deleted", Unreachable),
            (403, "Forbidden: something that was never said before", Unreachable),
            (403, "Forbidden: not enough rights to send documents to the chat", Refused),
            (409, "Conflict: terminated by other getUpdates request", Down),
            (409, "Conflict: can't use getUpdates method while webhook is active", Down),
            (413, "Request Entity Too Large", TooLong),
            (429, "Too Many Requests: retry later", rate_limited),
            (500, "Internal Server Error: restart", Down),
            (502, "Bad Gateway", Down),
            (503, "Bad Request: chat not found", Down),
            (503, "under maintenance", Down),
            (504, "Gateway Timeout", GatewayTimeout),
            (504, "Forbidden: bot was blocked by the user", GatewayTimeout),
            (520, "", Down),
            (400, "Bad Request: chat not found", Unreachable),
            (400, "Bad Request: group chat was deactivated", Unreachable),
            (400, "Bad Request: group chat was upgraded to a supergroup chat", Unreachable),
            (400, "Bad Request: have no rights to send a message", NoRights),
            (400, "Bad Request: have no write access to the chat", NoRights),
            (400, "Bad Request: need administrator rights in the channel chat", NoRights),
            (400, "Bad Request: not enough rights to send text messages to the chat", NoRights),
            (400, "Bad Request: PEER_ID_INVALID", Unreachable),
            (400, "Bad Request: CHAT_RESTRICTED", NoRights),
            (400, "Bad Request: CHAT_WRITE_FORBIDDEN", NoRights),
            (400, "Bad Request: CHAT_ADMIN_REQUIRED", NoRights),
            (400, "Bad Request: CHAT_FORBIDDEN", Unreachable),
            (400, "Bad Request: CHAT_SEND_PLAIN_FORBIDDEN", NoRights),
            (400, "Bad Request: USER_IS_BLOCKED", Unreachable),
            (400, "Bad Request: USER_BANNED_IN_CHANNEL", Unreachable),
            (400, "Bad Request: CHANNEL_PRIVATE", Unreachable),
            (400, "Bad Request: not enough rights to send photos to the chat", Refused),
            (400, "Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN", Refused),
            (400, "Bad Request: TOPIC_CLOSED", ThreadClosed),
            (400, "Bad Request: message thread is closed", ThreadClosed),
            (400, "Bad Request: TOPIC_DELETED", ThreadGone),
            (400, "Bad Request: message thread not found", ThreadGone),
            (400, "Bad Request: can't parse entities: Unclosed start tag at byte offset 3", Markup),
            (400, "Bad Request: ENTITY_BOUNDS_INVALID", Markup),
            (400, "Bad Request: message is too long", TooLong),
            (400, "Bad Request: MESSAGE_TOO_LONG", TooLong),
            (400, "Bad Request: message caption is too long", TooLong),
            (400, "Bad Request: ENTITY_TEXT_TOO_LONG", TooLong),
            (400, "Bad Request: reply markup is too long", Refused),
            (400, "Bad Request: message is not modified: specified new message content and …", not_modified),
            (400, "Bad Request: message to edit not found", NotEditable),
            (400, "Bad Request: message can't be edited", NotEditable),
            (400, "Bad Request: MESSAGE_ID_INVALID", NotEditable),
            (400, "Bad Request: message text is empty", Refused),
            (400, "Bad Request: query is too old and response timeout expired or query ID is invalid", Refused),
            (200, "Bad Request: chat not found", Unreachable),
            (200, "something that was never said before", Refused),
        ] {
            let error = error_of(rejection(code, text));
            let expected = expected(text.into());
            assert_eq!(std::mem::discriminant(&error), std::mem::discriminant(&expected), "{code} {text}: {error}");
        }
    }

    #[test]
    fn stated_parameters_count_before_words() {
        let slower = ApiRejection { retry_after_secs: Some(35), ..rejection(429, "Too Many Requests: retry after 35") };
        assert_eq!(error_of(slower), SendError::RateLimited { retry_after_secs: 35 });
        assert_eq!(error_of(rejection(429, "")), SendError::RateLimited { retry_after_secs: 1 });
        let upgraded = "Bad Request: group chat was upgraded to a supergroup chat";
        let migrated = ApiRejection { migrate_to: Some(-1005), ..rejection(400, upgraded) };
        assert_eq!(error_of(migrated), SendError::Moved { to: "-1005".into() });
    }

    #[test]
    fn a_page_of_a_proxy_blames_neither_chat_nor_token() {
        for (status, expected) in [
            (200, Unanswered as fn(String) -> SendError),
            (301, Down),
            (400, Down),
            (401, Down),
            (403, Down),
            (404, Down),
            (413, TooLong),
            (429, |_| SendError::RateLimited { retry_after_secs: 1 }),
            (500, Down),
            (502, Down),
            (503, Down),
            (504, GatewayTimeout),
        ] {
            let error = classify(&RequestFailure::Foreign(status), "123:TOKEN");
            let expected = expected(String::new());
            assert_eq!(std::mem::discriminant(&error), std::mem::discriminant(&expected), "{status}: {error}");
        }
    }

    #[test]
    fn no_error_holds_the_token() {
        for code in [400, 403, 413, 503, 504] {
            let error = error_of(rejection(code, "no /bot123:TOKEN/sendMessage here"));
            assert!(!error.to_string().contains("123:TOKEN"), "{error}");
        }
    }
}

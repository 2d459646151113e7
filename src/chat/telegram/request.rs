//! Makes requests of the Bot API that carry JSON, with teloxide's types and without its own way to send them: that one
//! sleeps for ten seconds after each answer 5xx and keeps no answer's code, and a message has to be judged at once, by its
//! code. It must not know what an answer means for who sends.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::{HasPayload, Payload};
use teloxide::{ApiError, Bot, RequestError};

/// Why a request has no result.
#[derive(Clone, Debug)]
pub(super) enum Failure {
    /// The Bot API said no.
    Refused(Refusal),
    /// What answered is not the Bot API, but for example a proxy before it; with the HTTP status.
    Foreign(u16),
    /// The request or its answer was lost.
    Lost(RequestError),
}

/// A Bot API's answer that is no result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The answer's own code, or else the HTTP status.
    pub(super) code: u16,
    /// What it says.
    pub(super) description: String,
    /// Seconds to wait, where it says so.
    pub(super) retry_after_secs: Option<i64>,
    /// The chat's new id, where it says so.
    pub(super) migrate_to: Option<i64>,
}

/// Makes a request and returns its result as it came: a newer Bot API may answer in a form that teloxide does not know.
pub(super) async fn call<R>(bot: &Bot, request: R) -> Result<Value, Failure>
where
    R: HasPayload,
    R::Payload: Serialize,
{
    let unwritable = |error| RequestError::InvalidJson { source: Arc::new(error), raw: "".into() };
    let body = serde_json::to_vec(request.payload_ref()).map_err(|error| Failure::Lost(unwritable(error)))?;
    let mut url = bot.api_url();
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(&format!("bot{}", bot.token())).push(<R::Payload as Payload>::NAME);
    }
    let request = bot.client().post(url).header("content-type", "application/json").body(body);
    let network = |error| Failure::Lost(RequestError::Network(Arc::new(error)));
    let answer = request.send().await.map_err(network)?;
    let status = answer.status().as_u16();
    result_of(status, &answer.text().await.map_err(network)?)
}

/// The result of an upload that teloxide made and calls failed. It may have been carried out all the same, and answered in
/// a form that teloxide does not know: to make it again would do everything twice.
pub(super) fn upload_result(error: RequestError) -> Result<Value, Failure> {
    let refused = |refusal| Err(Failure::Refused(refusal));
    match error {
        RequestError::RetryAfter(wait) => {
            refused(Refusal { code: 429, retry_after_secs: Some(i64::from(wait.seconds())), ..Refusal::default() })
        }
        RequestError::MigrateToChatId(to) => {
            refused(Refusal { code: 400, migrate_to: Some(to.0), ..Refusal::default() })
        }
        RequestError::Api(error) => {
            let description = match error {
                ApiError::InvalidToken => "Unauthorized".to_owned(),
                ApiError::Unknown(text) => text,
                known => known.to_string(),
            };
            refused(Refusal { code: code_by_words(&description), description, ..Refusal::default() })
        }
        RequestError::InvalidJson { raw, .. } => result_of(code_by_words(&raw), &raw),
        lost @ (RequestError::Network(_) | RequestError::Io(_)) => Err(Failure::Lost(lost)),
    }
}

/// What an answer with this HTTP status says.
fn result_of(status: u16, raw: &str) -> Result<Value, Failure> {
    let Ok(mut answer) = serde_json::from_str::<Value>(raw) else { return Err(Failure::Foreign(status)) };
    if answer["ok"] == true {
        return Ok(answer["result"].take());
    }
    let own_code = answer["error_code"].as_u64().and_then(|code| u16::try_from(code).ok());
    let description = answer["description"].as_str().map(str::to_owned);
    if own_code.is_none() && description.is_none() {
        return Err(Failure::Foreign(status));
    }
    let parameters = &answer["parameters"];
    let secs = parameters["retry_after"].as_u64();
    Err(Failure::Refused(Refusal {
        code: own_code.unwrap_or(status),
        description: description.unwrap_or_default(),
        retry_after_secs: secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX)),
        migrate_to: parameters["migrate_to_chat_id"].as_i64(),
    }))
}

/// The code that an answer's words stand for, where nothing else of it is left. The Bot API begins a description with the
/// name of its code, and a proxy's page has that name for its title.
fn code_by_words(text: &str) -> u16 {
    const CODES: [(&str, u16); 12] = [
        ("forbidden", 403),
        ("unauthorized", 401),
        ("not found", 404),
        ("conflict", 409),
        ("request entity too large", 413),
        ("payload too large", 413),
        ("too many requests", 429),
        ("internal server error", 500),
        ("bad gateway", 502),
        ("service unavailable", 503),
        ("gateway timeout", 504),
        ("gateway time-out", 504),
    ];
    let text = text.trim_start().to_lowercase();
    let is_page = text.starts_with('<');
    let named = CODES.iter().find(|(name, _)| if is_page { text.contains(name) } else { text.starts_with(name) });
    named.map_or(400, |(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use teloxide::types::{ChatId, Seconds};

    use super::*;

    fn refusal(code: u16, description: &str) -> Refusal {
        Refusal { code, description: description.into(), ..Refusal::default() }
    }

    #[test]
    fn an_answers_own_code_counts_and_else_the_status() {
        for (status, raw, expected) in [
            (400, r#"{"ok":false,"error_code":403,"description":"x"}"#, refusal(403, "x")),
            (503, r#"{"ok":false,"description":"x"}"#, refusal(503, "x")),
            (200, r#"{"ok":false,"error_code":500}"#, refusal(500, "")),
            (
                429,
                r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":7}}"#,
                Refusal { retry_after_secs: Some(7), ..refusal(429, "x") },
            ),
            (
                400,
                r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1005}}"#,
                Refusal { migrate_to: Some(-1005), ..refusal(400, "x") },
            ),
        ] {
            let Err(Failure::Refused(found)) = result_of(status, raw) else { panic!("{raw}") };
            assert_eq!(found, expected, "{raw}");
        }
        for (status, raw) in [(502, "<html>502 Bad Gateway</html>"), (404, ""), (200, "{}"), (200, "[1]"), (500, "7")] {
            assert!(matches!(result_of(status, raw), Err(Failure::Foreign(of)) if of == status), "{raw}");
        }
    }

    #[test]
    fn an_upload_that_says_ok_in_an_unknown_form_is_not_asked_for_again() {
        for (raw, expected) in [
            (r#"{"ok":true,"result":{"message_id":5,"shape":"new"}}"#, Some("5")),
            (r#"{"ok":false,"error_code":500}"#, None),
            ("<html>502 Bad Gateway</html>", None),
        ] {
            let source = Arc::new(serde_json::from_str::<bool>("x").unwrap_err());
            let result = upload_result(RequestError::InvalidJson { source, raw: raw.into() });
            let id = result.ok().map(|message| message["message_id"].to_string());
            assert_eq!(id.as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn of_an_upload_the_words_tell_the_code() {
        let said = |text: &str| RequestError::Api(ApiError::Unknown(text.into()));
        for (error, expected) in [
            (RequestError::RetryAfter(Seconds::from_seconds(9)), 429),
            (RequestError::MigrateToChatId(ChatId(-1005)), 400),
            (RequestError::Api(ApiError::BotBlocked), 403),
            (RequestError::Api(ApiError::InvalidToken), 401),
            (RequestError::Api(ApiError::ChatNotFound), 400),
            (said("Bad Request: not enough rights to send photos to the chat"), 400),
            (said("Request Entity Too Large"), 413),
            (said("Internal Server Error: restart"), 500),
            (said("Gateway Timeout"), 504),
        ] {
            let Err(Failure::Refused(found)) = upload_result(error.clone()) else { panic!("{error}") };
            assert_eq!(found.code, expected, "{error}");
        }
        let page = "<html><head><title>504 Gateway Time-out</title></head></html>";
        let source = Arc::new(serde_json::from_str::<bool>("x").unwrap_err());
        let failure = upload_result(RequestError::InvalidJson { source, raw: page.into() });
        assert!(matches!(failure, Err(Failure::Foreign(504))), "{failure:?}");
    }
}

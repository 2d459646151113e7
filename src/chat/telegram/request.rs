//! Makes JSON requests to the Bot API. It uses teloxide's types, but not teloxide's client: that client sleeps for ten
//! seconds after each 5xx answer and drops the answer's code, which the verdict depends on. It must not know the
//! meaning of an answer for the dispatcher.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::{HasPayload, Payload};
use teloxide::{ApiError, Bot, RequestError};

/// The reason why a request has no result.
#[derive(Clone, Debug)]
pub(super) enum RequestFailure {
    /// The Bot API rejected the request.
    Rejected(ApiRejection),
    /// Another server answered, for example a proxy; with the HTTP status.
    Foreign(u16),
    /// The request or its answer was lost.
    Lost(RequestError),
}

/// A Bot API answer without a result.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ApiRejection {
    /// The code in the answer's body, or else the HTTP status.
    pub(super) code: u16,
    pub(super) description: String,
    /// Seconds to wait, if stated.
    pub(super) retry_after_secs: Option<i64>,
    /// The chat's new id, if stated.
    pub(super) migrate_to: Option<i64>,
}

/// The longest answer read: a hundred updates take two megabytes at most.
const MAX_ANSWER_BYTES: usize = 16 << 20;

/// Makes a request and returns its result as JSON: a newer Bot API may answer in a form unknown to teloxide.
pub(super) async fn call<R>(bot: &Bot, request: R) -> Result<Value, RequestFailure>
where
    R: HasPayload,
    R::Payload: Serialize,
{
    let unwritable = |error| RequestError::InvalidJson { source: Arc::new(error), raw: "".into() };
    let body = serde_json::to_vec(request.payload_ref()).map_err(|error| RequestFailure::Lost(unwritable(error)))?;
    let mut url = bot.api_url();
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(&format!("bot{}", bot.token())).push(<R::Payload as Payload>::NAME);
    }
    let request = bot.client().post(url).header("content-type", "application/json").body(body);
    let network = |error| RequestFailure::Lost(RequestError::Network(Arc::new(error)));
    let mut answer = request.send().await.map_err(network)?;
    let status = answer.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(network)? {
        if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
            let source = Arc::new(serde::de::Error::custom("the answer is longer than any answer of the Bot API"));
            return Err(RequestFailure::Lost(RequestError::InvalidJson { source, raw: "".into() }));
        }
        bytes.extend_from_slice(&chunk);
    }
    result_of(status, &String::from_utf8_lossy(&bytes))
}

/// Reads the result of an upload from teloxide's error. The Bot API may have accepted the upload and answered in a form
/// unknown to teloxide; a second upload would then send the message twice.
pub(super) fn upload_result(error: RequestError) -> Result<Value, RequestFailure> {
    let rejected = |rejection| Err(RequestFailure::Rejected(rejection));
    match error {
        RequestError::RetryAfter(wait) => rejected(ApiRejection {
            code: 429,
            retry_after_secs: Some(i64::from(wait.seconds())),
            ..ApiRejection::default()
        }),
        RequestError::MigrateToChatId(to) => {
            rejected(ApiRejection { code: 400, migrate_to: Some(to.0), ..ApiRejection::default() })
        }
        RequestError::Api(error) => {
            let description = match error {
                ApiError::InvalidToken => "Unauthorized".to_owned(),
                ApiError::Unknown(text) => text,
                known => known.to_string(),
            };
            rejected(ApiRejection { code: code_by_words(&description), description, ..ApiRejection::default() })
        }
        RequestError::InvalidJson { raw, .. } => result_of(code_by_words(&raw), &raw),
        lost @ (RequestError::Network(_) | RequestError::Io(_)) => Err(RequestFailure::Lost(lost)),
    }
}

/// Reads an answer with this HTTP status.
pub(super) fn result_of(status: u16, raw: &str) -> Result<Value, RequestFailure> {
    let Ok(mut answer) = serde_json::from_str::<Value>(raw) else { return Err(RequestFailure::Foreign(status)) };
    if answer["ok"] == true {
        return Ok(answer["result"].take());
    }
    let own_code = answer["error_code"].as_u64().and_then(|code| u16::try_from(code).ok());
    let description = answer["description"].as_str().map(str::to_owned);
    if own_code.is_none() && description.is_none() {
        return Err(RequestFailure::Foreign(status));
    }
    let parameters = &answer["parameters"];
    let secs = parameters["retry_after"].as_u64();
    Err(RequestFailure::Rejected(ApiRejection {
        code: own_code.unwrap_or(status),
        description: description.unwrap_or_default(),
        retry_after_secs: secs.map(|secs| i64::try_from(secs).unwrap_or(i64::MAX)),
        migrate_to: parameters["migrate_to_chat_id"].as_i64(),
    }))
}

/// Finds the code by the answer's words, when teloxide kept only the words. A Bot API description begins with the name
/// of its code, and a proxy's page has the name in its title.
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
    use ceasewire_testkit::raw_site::{RawSite, Reply};
    use teloxide::requests::Requester;
    use teloxide::types::{ChatId, Seconds};

    use super::*;

    fn rejection(code: u16, description: &str) -> ApiRejection {
        ApiRejection { code, description: description.into(), ..ApiRejection::default() }
    }

    #[test]
    fn the_code_in_the_body_precedes_the_http_status() {
        for (status, raw, expected) in [
            (400, r#"{"ok":false,"error_code":403,"description":"x"}"#, rejection(403, "x")),
            (503, r#"{"ok":false,"description":"x"}"#, rejection(503, "x")),
            (200, r#"{"ok":false,"error_code":500}"#, rejection(500, "")),
            (
                429,
                r#"{"ok":false,"error_code":429,"description":"x","parameters":{"retry_after":7}}"#,
                ApiRejection { retry_after_secs: Some(7), ..rejection(429, "x") },
            ),
            (
                400,
                r#"{"ok":false,"error_code":400,"description":"x","parameters":{"migrate_to_chat_id":-1005}}"#,
                ApiRejection { migrate_to: Some(-1005), ..rejection(400, "x") },
            ),
        ] {
            let Err(RequestFailure::Rejected(found)) = result_of(status, raw) else { panic!("{raw}") };
            assert_eq!(found, expected, "{raw}");
        }
        for (status, raw) in [(502, "<html>502 Bad Gateway</html>"), (404, ""), (200, "{}"), (200, "[1]"), (500, "7")] {
            assert!(matches!(result_of(status, raw), Err(RequestFailure::Foreign(of)) if of == status), "{raw}");
        }
    }

    #[tokio::test]
    async fn an_answer_without_end_is_cut_off() {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{\"ok\":true,\"result\":\"";
        let site = RawSite::start(move |_| Reply::Flood(head.into())).await;
        let bot = Bot::new("1:a").set_api_url(site.url("/").parse().unwrap());
        let Err(RequestFailure::Lost(error)) = call(&bot, bot.get_me()).await else { panic!("an answer without end") };
        assert!(format!("{error:?}").contains("longer than any answer"), "{error:?}");
    }

    #[test]
    fn an_accepted_upload_in_an_unknown_form_is_a_success() {
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
    fn the_words_of_a_failed_upload_give_its_code() {
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
            let Err(RequestFailure::Rejected(found)) = upload_result(error.clone()) else { panic!("{error}") };
            assert_eq!(found.code, expected, "{error}");
        }
        let page = "<html><head><title>504 Gateway Time-out</title></head></html>";
        let source = Arc::new(serde_json::from_str::<bool>("x").unwrap_err());
        let failure = upload_result(RequestError::InvalidJson { source, raw: page.into() });
        assert!(matches!(failure, Err(RequestFailure::Foreign(504))), "{failure:?}");
    }
}

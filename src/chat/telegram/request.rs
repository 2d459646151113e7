//! Makes requests of the Bot API that carry JSON, with teloxide's types and without its own way to send them: that one
//! sleeps for ten seconds after each answer 5xx, and a message has to be judged at once.

use std::sync::Arc;

use serde::Serialize;
use serde_json::Value;
use teloxide::requests::{HasPayload, Payload};
use teloxide::types::{ChatId, Seconds};
use teloxide::{ApiError, Bot, RequestError};

/// Makes a request and returns its result as it came: a newer Bot API may answer in a form that teloxide does not know.
pub(super) async fn call<R>(bot: &Bot, request: R) -> Result<Value, RequestError>
where
    R: HasPayload,
    R::Payload: Serialize,
{
    let unreadable = |error, raw: &str| RequestError::InvalidJson { source: Arc::new(error), raw: raw.into() };
    let body = serde_json::to_vec(request.payload_ref()).map_err(|error| unreadable(error, ""))?;
    let mut url = bot.api_url();
    if let Ok(mut path) = url.path_segments_mut() {
        path.push(&format!("bot{}", bot.token())).push(<R::Payload as Payload>::NAME);
    }
    let request = bot.client().post(url).header("content-type", "application/json").body(body);
    let network = |error| RequestError::Network(Arc::new(error));
    let raw = request.send().await.map_err(network)?.text().await.map_err(network)?;
    let mut answer: Value = serde_json::from_str(&raw).map_err(|error| unreadable(error, &raw))?;
    if answer["ok"] == true {
        return Ok(answer["result"].take());
    }
    let parameters = &answer["parameters"];
    if let Some(secs) = parameters["retry_after"].as_u64() {
        return Err(RequestError::RetryAfter(Seconds::from_seconds(u32::try_from(secs).unwrap_or(u32::MAX))));
    }
    if let Some(to) = parameters["migrate_to_chat_id"].as_i64() {
        return Err(RequestError::MigrateToChatId(ChatId(to)));
    }
    let description = answer["description"].take();
    if !description.is_string() {
        // JSON, but not of the Bot API.
        return Err(unreadable(serde::de::Error::custom("neither a result nor a description"), &raw));
    }
    Err(RequestError::Api(serde_json::from_value(description).unwrap_or(ApiError::Unknown(String::new()))))
}

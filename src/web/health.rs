//! `GET /health`: whether the program does its work, for a supervisor.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use ceasewire_model::Timestamp;
use serde_json::{Value, json};

use super::WebState;

/// How long the answer waits for the store.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

pub(super) async fn answer(State(state): State<WebState>) -> (StatusCode, Json<Value>) {
    let report = state.health.borrow().clone();
    let mut reasons: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let pending = match tokio::time::timeout(ANSWER_WITHIN, state.store.count_pending_deliveries()).await {
        Ok(Ok(pending)) => Some(pending),
        Ok(Err(error)) => {
            tracing::error!(%error, "/health: the store does not answer");
            reasons.push("the store does not answer".to_owned());
            None
        }
        Err(_) => {
            tracing::error!("/health: the store does not answer in time");
            reasons.push("the store does not answer".to_owned());
            None
        }
    };
    let time = |at: Option<Timestamp>| at.map(Timestamp::to_rfc3339);
    let mut body = json!({
        "status": if reasons.is_empty() { "ok" } else { "failing" },
        "pending": pending,
        "last_poll_at": time(report.last_poll_at),
        "last_write_at": time(report.last_write_at),
    });
    if reasons.is_empty() {
        return (StatusCode::OK, Json(body));
    }
    body["reasons"] = reasons.into();
    (StatusCode::SERVICE_UNAVAILABLE, Json(body))
}

//! `GET /health`: whether the program and its store answer, for a supervisor.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::store::Store;

pub(super) async fn answer(State(store): State<Store>) -> (StatusCode, Json<Value>) {
    match store.count_pending_deliveries().await {
        Ok(pending) => (StatusCode::OK, Json(json!({"status": "ok", "pending": pending}))),
        Err(error) => {
            tracing::error!(error = %error, "/health: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "the store does not answer"})))
        }
    }
}

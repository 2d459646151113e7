//! `GET /health`: whether the program and its store work, for a supervisor.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// Serves on `listener` until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, store: Store, stop: CancellationToken) -> std::io::Result<()> {
    let router = Router::new().route("/health", get(health)).with_state(store);
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn health(State(store): State<Store>) -> (StatusCode, Json<Value>) {
    match store.count_pending_deliveries().await {
        Ok(pending) => (StatusCode::OK, Json(json!({"status": "ok", "pending": pending}))),
        Err(error) => {
            tracing::error!("the store does not answer: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({"status": "the store does not answer"})))
        }
    }
}

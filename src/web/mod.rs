//! What answers over HTTP, when `web.listen` asks for it: `health` for a supervisor, `metrics` for a monitor.

mod health;
mod metrics;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::store::Store;

/// Serves on `listener` until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, store: Store, stop: CancellationToken) -> std::io::Result<()> {
    let router = Router::new().route("/health", get(health::answer)).route("/metrics", get(numbers)).with_state(store);
    axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn numbers(State(store): State<Store>) -> impl IntoResponse {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    let counted =
        async { Ok::<_, crate::store::StoreError>((store.count_feeds().await?, store.count_deliveries().await?)) };
    match counted.await {
        Ok((feeds, deliveries)) => (StatusCode::OK, [(CONTENT_TYPE, TEXT)], metrics::text(&feeds, &deliveries)),
        Err(error) => {
            tracing::error!("the store does not answer: {error}");
            (StatusCode::SERVICE_UNAVAILABLE, [(CONTENT_TYPE, TEXT)], String::new())
        }
    }
}

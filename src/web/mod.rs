//! The HTTP endpoints, where `web.listen` asks for them: `health` for a supervisor, `metrics` for a monitor.

mod connections;
mod health;
mod metrics;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::cut_offs::CutOffs;
use crate::health::HealthReport;
use crate::store::{DeliveryCounts, FeedCounts, Store, StoreError};
use connections::BoundedListener;

/// The parts that the answers report on.
#[derive(Clone, Debug)]
struct WebState {
    store: Store,
    health: watch::Receiver<HealthReport>,
    cut_offs: Arc<CutOffs>,
}

/// Serves on `listener` until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    store: Store,
    health: watch::Receiver<HealthReport>,
    cut_offs: Arc<CutOffs>,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let router = Router::new().route("/health", get(health::answer)).route("/metrics", get(answer_metrics));
    let router = router.with_state(WebState { store, health, cut_offs });
    axum::serve(BoundedListener::new(listener), router).with_graceful_shutdown(stop.cancelled_owned()).await
}

async fn answer_metrics(State(WebState { store, cut_offs, .. }): State<WebState>) -> impl IntoResponse {
    const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
    match count(&store).await {
        Ok((feeds, too_old, deliveries)) => {
            let text = metrics::text(&feeds, &too_old, &deliveries, cut_offs.count());
            (StatusCode::OK, [(CONTENT_TYPE, TEXT)], text)
        }
        Err(error) => {
            tracing::error!(error = %error, "/metrics: the store does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, [(CONTENT_TYPE, TEXT)], String::new())
        }
    }
}

async fn count(store: &Store) -> Result<(FeedCounts, Vec<(String, i64)>, DeliveryCounts), StoreError> {
    Ok((store.count_feeds().await?, store.count_too_old().await?, store.count_deliveries().await?))
}

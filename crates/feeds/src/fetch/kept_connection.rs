//! Requests over kept connections, which may be dead: servers close, reset or forget them without a word.
//!
//! A request that finds its kept connection dead leaves once more on a new connection. It is a GET, so a second copy
//! does no harm; the dead connection says nothing of the feed.

use std::cell::Cell;
use std::pin::pin;
use std::time::Duration;

use reqwest::{Request, Response};
use tokio::time::timeout;

use super::client::ClientPair;

tokio::task_local! {
    /// Whether the request of this task has opened a connection.
    static HAS_OPENED: Cell<bool>;
}

/// Notes, as a layer of a client's connector, that a request opens a connection.
pub(super) fn note_opening<R>(request: R) -> R {
    let _ = HAS_OPENED.try_with(|opened| opened.set(true));
    request
}

/// Sends a request and waits for the headers of the answer. Where a kept connection fails, or has no answer within
/// `patience`, sends the request once more on a new connection.
pub(super) async fn execute(
    clients: &ClientPair,
    request: Request,
    patience: Duration,
) -> Result<Response, reqwest::Error> {
    let again = request.try_clone();
    let first = async {
        let mut answering = pin!(clients.keeping.execute(request));
        let answer = match timeout(patience, answering.as_mut()).await {
            Ok(answer) => Some(answer),
            Err(_) if HAS_OPENED.with(Cell::get) => Some(answering.await),
            Err(_) => None,
        };
        (answer, HAS_OPENED.with(Cell::get))
    };
    let (answer, has_opened) = HAS_OPENED.scope(Cell::new(false), first).await;
    let failure = match answer {
        Some(Ok(response)) => return Ok(response),
        Some(Err(error)) => Some(error),
        None => None,
    };
    match (failure, again) {
        (Some(error), _) if has_opened || error.is_builder() => Err(error),
        (Some(error), None) => Err(error),
        (_, Some(again)) => clients.opening.execute(again).await,
        // A request without a body can always be copied.
        (None, None) => std::future::pending().await,
    }
}

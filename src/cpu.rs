//! Threads for CPU-heavy work: parsing, enriching, grouping, extraction. It keeps the work off the async threads, and runs
//! one piece a core at a time: more at once would only hold more memory.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// A permit a core.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Runs CPU-heavy work on a thread for blocking work, once a core is free. The work must not wait for anything itself.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    // The semaphore is never closed.
    let _permit = CORES.acquire().await.ok();
    spawn_blocking(work).await
}

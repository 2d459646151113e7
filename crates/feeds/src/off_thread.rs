//! Threads for the CPU-heavy work of this crate: decompressing bodies, and parsing them in a probe.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// A permit a core: more work at once would only hold more memory.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(available_parallelism().map_or(1, usize::from)));

/// Runs CPU-heavy work on a thread for blocking work, once a core is free. A panic of the work is the caller's.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // The semaphore is never closed.
    let permit = CORES.acquire().await.ok();
    // The work keeps the permit, even where its caller gives up.
    let work = spawn_blocking(move || {
        let _permit = permit;
        work()
    });
    match work.await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime is shutting down and drops this task next.
        Err(Err(_)) => std::future::pending().await,
    }
}

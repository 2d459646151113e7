//! Threads for CPU-heavy work: decompressing, parsing, enriching, grouping, extraction, searching. The work stays off
//! the async threads, and the process runs one piece a core at a time: more at once would only hold more memory.
//!
//! Work of feeds and alerts runs in the foreground; searches of chats run in the background, which leaves a core to the
//! foreground. On a machine with one core the two take turns, so a piece of background work must be short.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::{JoinError, spawn_blocking};

/// A permit a core.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));
/// A permit for each core that background work may take.
static BACKGROUND: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new((cores() - 1).max(1)));

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Runs CPU-heavy work on a thread for blocking work, once a core is free. The work must not wait for anything itself.
/// Fails where the work panicked, or the runtime shuts down.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    run_holding(None, work).await
}

/// As [`run`], but leaves a core to the foreground.
pub async fn run_in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    // The semaphores are never closed.
    run_holding(BACKGROUND.acquire().await.ok(), work).await
}

/// As [`run`], for a caller without an error of its own: a panic of the work is the caller's panic.
pub async fn run_or_panic<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match run(work).await.map_err(JoinError::try_into_panic) {
        Ok(done) => done,
        Err(Ok(panic)) => std::panic::resume_unwind(panic),
        // The runtime is shutting down and drops this task next.
        Err(Err(_)) => std::future::pending().await,
    }
}

async fn run_holding<T: Send + 'static>(
    background: Option<SemaphorePermit<'static>>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    let core = CORES.acquire().await.ok();
    // The work keeps its permits, even where its caller gives up.
    let work = spawn_blocking(move || {
        let _permits = (background, core);
        work()
    });
    work.await
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex, mpsc};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn background_work_leaves_a_core_to_the_foreground() {
        if cores() < 2 {
            return;
        }
        let (release, blocked) = mpsc::channel::<()>();
        let blocked = Arc::new(Mutex::new(blocked));
        let searches: Vec<_> = (0..cores() * 2)
            .map(|_| {
                let blocked = Arc::clone(&blocked);
                tokio::spawn(run_in_background(move || {
                    let _ = blocked.lock().unwrap().recv();
                }))
            })
            .collect();
        // The searches take every background permit; the foreground runs nevertheless.
        tokio::task::yield_now().await;
        assert_eq!(run(|| 7).await.unwrap(), 7);
        drop(release);
        for search in searches {
            search.await.unwrap().unwrap();
        }
    }

    #[tokio::test]
    async fn a_panic_of_the_work_is_the_callers() {
        let caller = tokio::spawn(run_or_panic(|| panic!("work")));
        assert!(caller.await.unwrap_err().is_panic());
    }
}

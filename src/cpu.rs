//! Threads for CPU-heavy work: parsing, enriching, grouping, extraction, searching. It keeps the work off the async
//! threads, and runs one piece a core at a time: more at once would only hold more memory.
//!
//! Work of feeds and alerts runs in the foreground; searches of chats run in the background, which leaves a core to the
//! foreground. On a machine with one core the two take turns, so a piece of background work must be short.

use std::sync::LazyLock;
use std::thread::available_parallelism;

use tokio::sync::Semaphore;
use tokio::task::{JoinError, spawn_blocking};

/// A permit a core.
static CORES: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(cores()));
/// A permit for each core that background work may take.
static BACKGROUND: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new((cores() - 1).max(1)));

fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// Runs CPU-heavy work on a thread for blocking work, once a core is free. The work must not wait for anything itself.
pub async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    // The semaphore is never closed.
    let _permit = CORES.acquire().await.ok();
    spawn_blocking(work).await
}

/// As [`run`], but leaves a core to the foreground.
pub async fn run_in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, JoinError> {
    let _background = BACKGROUND.acquire().await.ok();
    run(work).await
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn background_work_leaves_a_core_to_the_foreground() {
        if cores() < 2 {
            return;
        }
        let (release, blocked) = mpsc::channel::<()>();
        let blocked = std::sync::Arc::new(std::sync::Mutex::new(blocked));
        let searches: Vec<_> = (0..cores() * 2)
            .map(|_| {
                let blocked = std::sync::Arc::clone(&blocked);
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
}

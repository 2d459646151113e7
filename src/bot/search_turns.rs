//! The turns of searches at the store: a search reads its articles page by page, and each page needs a turn. The search
//! with the fewest bytes so far is next, so that a short search does not wait for the long ones. A picture cannot be
//! interrupted once it is begun: there is one at a time, apart from the turns, and it lets the waiting searches go first.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use tokio::sync::{Semaphore, SemaphorePermit, oneshot};

/// Searches that read at the same time: fewer than the store has readers, so that the other requests are not held up.
const MAX_READING: usize = 2;

/// How long a picture lets searches go first at most.
const DRAWING_WAIT: Duration = Duration::from_secs(5);
/// The pause between two looks at the waiting searches.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Grants turns to searches.
#[derive(Debug)]
pub(super) struct SearchTurns {
    state: Mutex<TurnState>,
    drawing: Semaphore,
}

impl Default for SearchTurns {
    fn default() -> Self {
        Self { state: Mutex::default(), drawing: Semaphore::new(1) }
    }
}

#[derive(Debug, Default)]
struct TurnState {
    reading: usize,
    /// The waiting searches by the bytes that they have read, and then in their order.
    waiting: BTreeMap<(usize, u64), oneshot::Sender<()>>,
    count: u64,
}

/// A turn; it ends with its drop.
#[derive(Debug)]
pub(super) struct SearchTurn<'a> {
    turns: &'a SearchTurns,
}

impl Drop for SearchTurn<'_> {
    fn drop(&mut self) {
        let mut state = self.turns.state.lock();
        while let Some((_, next)) = state.waiting.pop_first() {
            // The turn passes on, unless the waiting search is gone.
            if next.send(()).is_ok() {
                return;
            }
        }
        state.reading -= 1;
    }
}

impl SearchTurns {
    /// Waits for the right to draw a picture: until no other one is drawn, and no search waits or has waited for long.
    pub(super) async fn draw(&self) -> Option<SemaphorePermit<'_>> {
        // The semaphore is never closed.
        let permit = self.drawing.acquire().await.ok();
        let began = Instant::now();
        while !self.state.lock().waiting.is_empty() && began.elapsed() < DRAWING_WAIT {
            tokio::time::sleep(LOOK_EVERY).await;
        }
        permit
    }

    /// Waits for the turn of a search with `bytes` read so far.
    pub(super) async fn next(&self, bytes: usize) -> SearchTurn<'_> {
        let granted = {
            let mut state = self.state.lock();
            if state.reading < MAX_READING {
                state.reading += 1;
                None
            } else {
                let (grant, granted) = oneshot::channel();
                state.count += 1;
                let key = (bytes, state.count);
                state.waiting.insert(key, grant);
                Some(granted)
            }
        };
        if let Some(granted) = granted {
            let mut waiting = WaitingTurn { turns: self, granted };
            let _ = (&mut waiting.granted).await;
            // The turn is this search's now.
            waiting.granted.close();
        }
        SearchTurn { turns: self }
    }
}

/// A wait for a turn. A search cancelled just as it gets the turn passes the turn on.
struct WaitingTurn<'a> {
    turns: &'a SearchTurns,
    granted: oneshot::Receiver<()>,
}

impl Drop for WaitingTurn<'_> {
    fn drop(&mut self) {
        self.granted.close();
        if self.granted.try_recv().is_ok() {
            drop(SearchTurn { turns: self.turns });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test]
    async fn the_search_that_has_read_least_is_next() {
        let turns = Arc::new(SearchTurns::default());
        let held = [turns.next(0).await, turns.next(0).await];
        let order = Arc::new(Mutex::new(Vec::new()));
        let searches: Vec<_> = [900, 700, 0, 700]
            .into_iter()
            .enumerate()
            .map(|(number, bytes)| {
                let (turns, order) = (Arc::clone(&turns), Arc::clone(&order));
                tokio::spawn(async move {
                    let _turn = turns.next(bytes).await;
                    order.lock().push((bytes, number));
                })
            })
            .collect();
        tokio::task::yield_now().await;
        let [first, second] = held;
        drop(first);
        for search in searches {
            search.await.unwrap();
        }
        assert_eq!(*order.lock(), [(0, 2), (700, 1), (700, 3), (900, 0)]);
        drop(second);
        assert_eq!(turns.state.lock().reading, 0);
    }

    #[tokio::test]
    async fn pictures_take_no_turn_and_follow_the_waiting_searches() {
        let turns = SearchTurns::default();
        let first = turns.draw().await;
        // A picture in hand holds up no search, and the next picture waits for it.
        let (one, other) = (turns.next(0).await, turns.next(0).await);
        let soon = Duration::from_millis(60);
        assert!(tokio::time::timeout(soon, turns.draw()).await.is_err());
        drop(first);
        let mut waiting = Box::pin(turns.next(0));
        assert!(tokio::time::timeout(Duration::from_millis(1), &mut waiting).await.is_err());
        assert!(tokio::time::timeout(soon, turns.draw()).await.is_err(), "a search waits");
        drop(one);
        let third = waiting.await;
        assert!(turns.draw().await.is_some());
        drop((other, third));
    }

    #[tokio::test]
    async fn a_cancelled_search_passes_its_turn_on() {
        let turns = SearchTurns::default();
        let (first, second) = (turns.next(0).await, turns.next(0).await);
        {
            let mut waiting = Box::pin(turns.next(0));
            assert!(tokio::time::timeout(Duration::from_millis(1), &mut waiting).await.is_err());
            // Granted, and cancelled before the search goes on.
            drop(first);
        }
        let third = tokio::time::timeout(Duration::from_secs(5), turns.next(0)).await.unwrap();
        drop((second, third));
        assert_eq!(turns.state.lock().reading, 0);
    }
}

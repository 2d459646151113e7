//! Politeness: how many requests a host has to answer at the same time, and how soon one follows another.
//!
//! Turns are given in the order in which they are asked for. What a server says of one feed ("retry after an hour")
//! concerns that feed alone and is not known here.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// So many hosts are remembered before the first look for those that can be forgotten.
const FIRST_SWEEP: usize = 256;

/// The hosts that are being asked, or were a moment ago.
#[derive(Debug)]
pub(super) struct HostLimiter {
    concurrency: usize,
    spacing: Duration,
    known: Mutex<Known>,
}

#[derive(Debug)]
struct Known {
    hosts: HashMap<String, Arc<Host>>,
    /// At so many hosts the idle ones are forgotten: twice as many as were left the last time, so that looking for them
    /// costs each new host a constant.
    sweep_at: usize,
}

#[derive(Debug)]
struct Host {
    slots: Arc<Semaphore>,
    /// When the next request may begin.
    next: Mutex<Instant>,
}

/// Leave to ask a host, until it is dropped.
#[derive(Debug)]
pub(super) struct HostPermit {
    _slot: Option<OwnedSemaphorePermit>,
    /// While this is held, the host is not forgotten.
    _host: Arc<Host>,
}

impl HostLimiter {
    pub(super) fn new(concurrency: usize, spacing: Duration) -> Self {
        let known = Known { hosts: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self { concurrency, spacing, known: Mutex::new(known) }
    }

    /// Waits for leave to ask a host.
    pub(super) async fn turn(&self, host: &str) -> HostPermit {
        let host = self.host(host);
        // The semaphore serves in order; it is never closed, and without it the turn would merely come at once.
        let slot = Arc::clone(&host.slots).acquire_owned().await.ok();
        let begin = host.reserve(Instant::now(), self.spacing);
        tokio::time::sleep_until(begin).await;
        HostPermit { _slot: slot, _host: host }
    }

    fn host(&self, name: &str) -> Arc<Host> {
        // "example.org." is the same host, with its root written out.
        let name = name.trim_end_matches('.');
        let mut known = lock(&self.known);
        if let Some(host) = known.hosts.get(name) {
            return Arc::clone(host);
        }
        if known.hosts.len() >= known.sweep_at {
            known.sweep(Instant::now());
        }
        let host = Arc::new(Host {
            slots: Arc::new(Semaphore::new(self.concurrency.max(1))),
            next: Mutex::new(Instant::now()),
        });
        known.hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl Known {
    /// Forgets the hosts that nobody asks or waits for, and that could be asked at once.
    fn sweep(&mut self, now: Instant) {
        self.hosts.retain(|_, host| Arc::strong_count(host) > 1 || *lock(&host.next) > now);
        self.sweep_at = (self.hosts.len() * 2).max(FIRST_SWEEP);
    }
}

impl Host {
    /// Takes the next beginning: now, or `spacing` after the one before.
    fn reserve(&self, now: Instant, spacing: Duration) -> Instant {
        let mut next = lock(&self.next);
        let begin = now.max(*next);
        *next = begin + spacing;
        begin
    }
}

/// What a poisoned lock guards is whole: nothing panics between two writes.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Duration = Duration::from_millis(250);

    #[test]
    fn beginnings_are_spaced_and_time_that_passed_is_not_saved_up() {
        let hosts = HostLimiter::new(4, SPACING);
        let host = hosts.host("n.example");
        let now = Instant::now() + Duration::from_secs(1);
        let after = |millis| now + Duration::from_millis(millis);
        let begun = [0, 0, 10, 2000, 2001].map(|asked| host.reserve(after(asked), SPACING));
        assert_eq!(begun, [0, 250, 500, 2000, 2250].map(after));
    }

    #[tokio::test]
    async fn turns_come_in_the_order_of_asking_and_no_more_than_allowed() {
        let hosts = Arc::new(HostLimiter::new(1, Duration::ZERO));
        let first = hosts.turn("n.example").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for number in 0..5 {
            let (hosts, order) = (Arc::clone(&hosts), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let _turn = hosts.turn("n.example.").await;
                lock(&order).push(number);
            }));
            // On this runtime of one thread, the task runs until it waits.
            tokio::task::yield_now().await;
        }
        assert_eq!(*lock(&order), Vec::<i32>::new());
        // Another host has turns of its own.
        drop(hosts.turn("m.example").await);
        drop(first);
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*lock(&order), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn idle_hosts_are_forgotten_and_busy_ones_are_not() {
        let hosts = HostLimiter::new(1, Duration::ZERO);
        let _busy = hosts.turn("busy.example").await;
        for number in 0..FIRST_SWEEP * 10 {
            drop(hosts.turn(&format!("{number}.example")).await);
        }
        let known = lock(&hosts.known);
        assert!(known.hosts.len() <= FIRST_SWEEP, "{}", known.hosts.len());
        assert!(known.hosts.contains_key("busy.example"));
    }
}

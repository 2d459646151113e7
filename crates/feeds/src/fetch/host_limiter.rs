//! Politeness: the most requests that one host answers at the same time, and the shortest time between two.
//!
//! Permits come in the order of the requests. `Retry-After` concerns one feed and not its host, so the limiter does not
//! know it.

use parking_lot::Mutex;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The number of hosts that triggers the first sweep of idle ones.
const FIRST_SWEEP: usize = 256;

/// Limits the requests to each host.
#[derive(Debug)]
pub(super) struct HostLimiter {
    concurrency: usize,
    spacing: Duration,
    known: Mutex<KnownHosts>,
}

#[derive(Debug)]
struct KnownHosts {
    hosts: HashMap<String, Arc<LimitedHost>>,
    /// The number of hosts that triggers the next sweep of idle ones: twice the number that the last sweep left, so
    /// that sweeping costs each new host a constant.
    sweep_at: usize,
}

#[derive(Debug)]
struct LimitedHost {
    slots: Arc<Semaphore>,
    /// The earliest time of the next request.
    next: Mutex<Instant>,
}

/// Permits one request to a host until it is dropped.
#[derive(Debug)]
pub(super) struct HostPermit {
    _slot: Option<OwnedSemaphorePermit>,
    /// Keeps the host from being swept.
    _host: Arc<LimitedHost>,
}

impl HostLimiter {
    pub(super) fn new(concurrency: usize, spacing: Duration) -> Self {
        let known = KnownHosts { hosts: HashMap::new(), sweep_at: FIRST_SWEEP };
        Self { concurrency, spacing, known: Mutex::new(known) }
    }

    /// Waits for a permit of a host.
    pub(super) async fn acquire(&self, host: &str) -> HostPermit {
        let host = self.host(host);
        // The semaphore serves in order. Nothing closes it; if it were closed, the permit would come at once.
        let slot = Arc::clone(&host.slots).acquire_owned().await.ok();
        let start = host.reserve(Instant::now(), self.spacing);
        tokio::time::sleep_until(start).await;
        HostPermit { _slot: slot, _host: host }
    }

    fn host(&self, name: &str) -> Arc<LimitedHost> {
        // "example.org." is example.org with the DNS root written out.
        let name = name.trim_end_matches('.');
        let mut known = self.known.lock();
        if let Some(host) = known.hosts.get(name) {
            return Arc::clone(host);
        }
        if known.hosts.len() >= known.sweep_at {
            known.sweep(Instant::now());
        }
        let host = Arc::new(LimitedHost {
            slots: Arc::new(Semaphore::new(self.concurrency.max(1))),
            next: Mutex::new(Instant::now()),
        });
        known.hosts.insert(name.to_owned(), Arc::clone(&host));
        host
    }
}

impl KnownHosts {
    /// Removes hosts without permits and waiting requests whose spacing has passed.
    fn sweep(&mut self, now: Instant) {
        self.hosts.retain(|_, host| Arc::strong_count(host) > 1 || *host.next.lock() > now);
        self.sweep_at = (self.hosts.len() * 2).max(FIRST_SWEEP);
    }
}

impl LimitedHost {
    /// Reserves the start of the next request: now, or `spacing` after the previous start.
    fn reserve(&self, now: Instant, spacing: Duration) -> Instant {
        let mut next = self.next.lock();
        let start = now.max(*next);
        *next = start + spacing;
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPACING: Duration = Duration::from_millis(250);

    #[test]
    fn starts_are_spaced_and_idle_time_does_not_accumulate() {
        let hosts = HostLimiter::new(4, SPACING);
        let host = hosts.host("n.example");
        let now = Instant::now() + Duration::from_secs(1);
        let after = |millis| now + Duration::from_millis(millis);
        let starts = [0, 0, 10, 2000, 2001].map(|millis| host.reserve(after(millis), SPACING));
        assert_eq!(starts, [0, 250, 500, 2000, 2250].map(after));
    }

    #[tokio::test]
    async fn permits_come_in_order_and_within_the_limit() {
        let hosts = Arc::new(HostLimiter::new(1, Duration::ZERO));
        let first = hosts.acquire("n.example").await;
        let order = Arc::new(Mutex::new(Vec::new()));
        let mut waiting = Vec::new();
        for number in 0..5 {
            let (hosts, order) = (Arc::clone(&hosts), Arc::clone(&order));
            waiting.push(tokio::spawn(async move {
                let _permit = hosts.acquire("n.example.").await;
                order.lock().push(number);
            }));
            // On this runtime of one thread, the task runs until it waits.
            tokio::task::yield_now().await;
        }
        assert_eq!(*order.lock(), Vec::<i32>::new());
        // Another host has its own permits.
        drop(hosts.acquire("m.example").await);
        drop(first);
        for task in waiting {
            task.await.unwrap();
        }
        assert_eq!(*order.lock(), [0, 1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn sweeping_removes_idle_hosts_and_keeps_busy_ones() {
        let hosts = HostLimiter::new(1, Duration::ZERO);
        let _busy = hosts.acquire("busy.example").await;
        for number in 0..FIRST_SWEEP * 10 {
            drop(hosts.acquire(&format!("{number}.example")).await);
        }
        let known = hosts.known.lock();
        assert!(known.hosts.len() <= FIRST_SWEEP, "{}", known.hosts.len());
        assert!(known.hosts.contains_key("busy.example"));
    }
}

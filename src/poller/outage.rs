//! Tells an outage of our own network from failing feeds. Only the operator's feeds are evidence: strangers could name
//! hosts that never answer.

use parking_lot::Mutex;
use std::collections::BTreeSet;

use ceasewire_feeds::fetch::FetchError;
use url::Url;

/// Polls in a row, and hosts among them, that fail on the way to the server in an outage of our own network.
const OUTAGE_POLLS: usize = 10;
const OUTAGE_HOSTS: usize = 3;

/// Polls that failed on the way since the last one that reached its server.
#[derive(Debug, Default)]
pub(super) struct OutageDetector(Mutex<UnreachedPolls>);

#[derive(Debug, Default)]
struct UnreachedPolls {
    count: usize,
    /// Some of their hosts, up to [`OUTAGE_HOSTS`].
    hosts: BTreeSet<String>,
}

impl OutageDetector {
    /// Records that a server answered.
    pub(super) fn record_reached(&self) {
        *self.0.lock() = UnreachedPolls::default();
    }

    /// Records a failed fetch; returns whether our own network seems to be down.
    pub(super) fn record_failure(&self, url: &str, error: &FetchError) -> bool {
        if !matches!(error, FetchError::Network { .. } | FetchError::Timeout { .. }) {
            self.record_reached();
            return false;
        }
        let mut unreached = self.0.lock();
        unreached.count += 1;
        if unreached.hosts.len() < OUTAGE_HOSTS {
            let host = Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
            unreached.hosts.extend(host);
        }
        unreached.count >= OUTAGE_POLLS && unreached.hosts.len() >= OUTAGE_HOSTS
    }
}

//! Open files: the shares of the process's limit for feeds, and a reserve for the database, Telegram and the log.

use rustix::process::{Resource, getrlimit};

/// Files that feeds never take: the database's connections with their logs, Telegram's, the web server's, the log.
const RESERVE: usize = 40;
/// Files that one poll may hold: a connection, and a second try over the other version of IP or a name's look-up.
const FILES_PER_POLL: usize = 2;

/// The files that feeds may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FileBudget {
    /// Files of polls, and as many of idle connections.
    half: usize,
}

impl FileBudget {
    /// The budget under the process's present limit.
    pub(super) fn of_process() -> Self {
        Self::new(getrlimit(Resource::Nofile).current)
    }

    fn new(limit: Option<u64>) -> Self {
        let limit = limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX);
        Self { half: limit.saturating_sub(RESERVE) / 2 }
    }

    /// Poll slots of the operator's feeds and of chats' feeds, within the wanted numbers. Under a low limit, chats get a
    /// quarter.
    pub(super) fn poll_slots(self, operator: usize, chats: usize) -> (usize, usize) {
        let polls = (self.half / FILES_PER_POLL).max(2);
        if operator + chats <= polls {
            return (operator, chats);
        }
        let chats = chats.min((polls / 4).max(1));
        (operator.min(polls - chats), chats)
    }

    /// Idle connections to each host of the operator's feeds, of which there are at most `hosts`.
    pub(super) fn idle_per_host(self, wanted: usize, hosts: usize) -> usize {
        wanted.min(self.half / hosts.max(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn feeds_leave_files_for_the_database_and_telegram() {
        for (limit, slots, idle) in [
            (None, (64, 16), 4),
            (Some(1 << 20), (64, 16), 4),
            (Some(1024), (64, 16), 4),
            (Some(256), (41, 13), 1),
            (Some(64), (5, 1), 0),
            (Some(10), (1, 1), 0),
        ] {
            let files = FileBudget::new(limit);
            assert_eq!((files.poll_slots(64, 16), files.idle_per_host(4, 60)), (slots, idle), "{limit:?}");
            if let Some(limit) = limit.filter(|&limit| limit >= 50) {
                let polls = (slots.0 + slots.1) * FILES_PER_POLL;
                assert!(polls + idle * 60 + RESERVE <= limit as usize, "{limit}");
            }
        }
    }
}

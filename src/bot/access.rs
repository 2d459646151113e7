//! Who may change the settings of a chat.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use parking_lot::Mutex;

use super::Bot;
use super::quota::{BucketRate, TokenBucket};
use crate::chat::{Author, ChatKind};
use ceasewire_model::Address;

/// The time for which an answer about an admin counts: a flood of presses asks the platform once.
const KNOWN_FOR: Duration = Duration::from_secs(15);
/// Answers about admins in memory.
const MAX_KNOWN: usize = 10_000;
/// Requests to the platform a minute that send no message: checks of admins, and acknowledgements of presses.
const REQUESTS_PER_MINUTE: u32 = 1800;
/// Requests that may follow each other at once.
const REQUESTS_AT_ONCE: u32 = 30;

/// Answers of the platform about admins, and the pace of the requests for them.
#[derive(Debug)]
pub(super) struct AdminCache {
    /// By chat and user.
    known: Mutex<HashMap<(String, String), (bool, Instant)>>,
    requests: Mutex<TokenBucket>,
}

impl Default for AdminCache {
    fn default() -> Self {
        let requests = Mutex::new(TokenBucket::full(request_rate(), Instant::now()));
        Self { known: Mutex::default(), requests }
    }
}

fn request_rate() -> BucketRate {
    BucketRate::with_gap(REQUESTS_AT_ONCE, 60_000 / u64::from(REQUESTS_PER_MINUTE))
}

impl AdminCache {
    fn find(&self, key: &(String, String), now: Instant) -> Option<bool> {
        let known = self.known.lock();
        known.get(key).filter(|(_, at)| now.saturating_duration_since(*at) < KNOWN_FOR).map(|(admin, _)| *admin)
    }

    fn insert(&self, key: (String, String), admin: bool, now: Instant) {
        let mut known = self.known.lock();
        if known.len() >= MAX_KNOWN {
            known.retain(|_, (_, at)| now.saturating_duration_since(*at) < KNOWN_FOR);
        }
        if known.len() < MAX_KNOWN {
            known.insert(key, (admin, now));
        }
    }
}

impl Bot {
    /// Checks whether the author of a message or press may change the chat's settings.
    pub(super) async fn may_change(&self, address: &Address, kind: ChatKind, author: &Author) -> anyhow::Result<bool> {
        let user = match (kind, author) {
            // Only admins post in a channel; but every reader of the channel can press a button there.
            (ChatKind::Private, _) | (_, Author::Chat) => return Ok(true),
            (ChatKind::Group | ChatKind::Channel, Author::User(user)) => user,
        };
        let key = (address.chat.clone(), user.clone());
        if let Some(admin) = self.admins.find(&key, Instant::now()) {
            return Ok(admin);
        }
        self.pace_request().await;
        let admin = self.messenger.is_admin(&address.chat, user).await;
        let admin = admin.context("asking the platform for the chat's admins")?;
        self.admins.insert(key, admin, Instant::now());
        Ok(admin)
    }

    /// Waits until one more request to the platform may leave.
    pub(super) async fn pace_request(&self) {
        loop {
            let next = {
                let (mut requests, now) = (self.admins.requests.lock(), Instant::now());
                if requests.has_token(request_rate(), now) {
                    requests.take(request_rate(), now);
                    return;
                }
                requests.next_token(request_rate(), now)
            };
            tokio::time::sleep_until(next.into()).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_about_an_admin_counts_for_a_while_and_memory_is_bounded() {
        let (cache, now) = (AdminCache::default(), Instant::now());
        let key = |user: usize| ("-5".to_owned(), user.to_string());
        for user in 0..2 * MAX_KNOWN {
            cache.insert(key(user), user == 7, now);
        }
        assert_eq!((cache.find(&key(7), now), cache.find(&key(8), now)), (Some(true), Some(false)));
        assert_eq!(cache.find(&key(7), now + KNOWN_FOR), None);
        assert_eq!(cache.known.lock().len(), MAX_KNOWN);
    }
}

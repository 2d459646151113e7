//! Who may change the settings of a chat.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use parking_lot::Mutex;

use super::Bot;
use super::quota::{BucketRate, TokenBucket};
use crate::chat::{Author, ChatKind, SendError};
use ceasewire_model::Address;

/// The validity of an answer about an admin: a flood of presses asks the platform once.
const KNOWN_FOR: Duration = Duration::from_secs(15);
/// Answers about admins in memory.
const MAX_KNOWN: usize = 10_000;
/// Requests to the platform a minute that send no message: checks of admins, and acknowledgements of presses.
const REQUESTS_PER_MINUTE: u32 = 1800;
/// Requests that may follow each other at once.
const REQUESTS_AT_ONCE: u32 = 30;

/// The longest pause before a request for an admin is repeated, and the most pauses: a person waits for the answer.
const LONGEST_WAIT_SECS: i64 = 15;
const MOST_WAITS: u32 = 2;

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

/// Whether the author of a message or a press may change the settings of its chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SettingsRight {
    Granted,
    /// The author is no admin.
    NoAdmin,
    /// The author writes as a channel, which hides the person.
    AsChannel,
    /// The group hides its members and its admins from the bot.
    Hidden,
}

impl SettingsRight {
    /// Returns the message that explains why the author may not; `None` for one who may.
    pub(super) fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Granted => None,
            Self::NoAdmin => Some("admins-only"),
            Self::AsChannel => Some("admins-no-channel"),
            Self::Hidden => Some("admins-hidden"),
        }
    }
}

impl Bot {
    /// Checks whether the author of a message or press may change the chat's settings.
    ///
    /// # Errors
    /// When the platform does not answer.
    pub(super) async fn settings_right(
        &self,
        address: &Address,
        kind: ChatKind,
        author: &Author,
    ) -> anyhow::Result<SettingsRight> {
        let user = match (kind, author) {
            // Only admins post in a channel; but every reader of the channel can press a button there.
            (ChatKind::Private, _) | (_, Author::Chat) => return Ok(SettingsRight::Granted),
            (ChatKind::Group | ChatKind::Channel, Author::Channel(_)) => return Ok(SettingsRight::AsChannel),
            (ChatKind::Group | ChatKind::Channel, Author::User(user)) => user,
        };
        let right = |admin| if admin { SettingsRight::Granted } else { SettingsRight::NoAdmin };
        let key = (address.chat.clone(), user.clone());
        if let Some(admin) = self.admins.find(&key, Instant::now()) {
            return Ok(right(admin));
        }
        match self.ask_is_admin(&address.chat, user).await {
            Ok(admin) => {
                self.admins.insert(key, admin, Instant::now());
                Ok(right(admin))
            }
            Err(SendError::NoRights(reason)) => {
                tracing::info!(
                    chat.id = address.chat,
                    reason,
                    "a group hides its admins; it is asked to make the bot one"
                );
                Ok(SettingsRight::Hidden)
            }
            Err(error) => Err(error).context("asking the platform for the chat's admins"),
        }
    }

    /// Asks the platform, and waits where it asks for a short pause.
    async fn ask_is_admin(&self, chat: &str, user: &str) -> Result<bool, SendError> {
        let mut waits = 0;
        loop {
            self.pace_request().await;
            match self.messenger.is_admin(chat, user).await {
                Err(SendError::RateLimited { retry_after_secs })
                    if waits < MOST_WAITS && retry_after_secs <= LONGEST_WAIT_SECS =>
                {
                    waits += 1;
                    tokio::time::sleep(Duration::from_secs(retry_after_secs.max(1).unsigned_abs())).await;
                }
                answer => return answer,
            }
        }
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

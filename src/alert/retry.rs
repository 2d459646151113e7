//! Decides the consequence of a failed attempt to send. Pure: one table, one test per row.

use crate::chat::SendError;
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Timestamp, VerdictName};

/// Seconds before the second attempt; each further wait is twice as long.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait between two attempts. The circuit breaker notices the end of an outage, so a longer wait would only
/// delay alerts.
const LONGEST_WAIT_SECS: i64 = 60;
/// The longest wait after a gateway timeout. It bounds the repeats if every message arrives despite the timeouts.
const LONGEST_PROXY_WAIT_SECS: i64 = 3600;
/// Seconds without messages after a rejected token; the operator must act.
const TOKEN_WAIT_SECS: i64 = 60;
/// The longest wait without messages to a chat or a forum topic where the bot may not write. Hardly an update reports the
/// end of this state, so the first waits are short.
const LONGEST_CLOSED_WAIT_SECS: i64 = 3600;
/// Repeats of a message with a lost answer under the policy "once".
const REPEATS_UNDER_ONCE: i64 = 1;

/// The facts about a failed attempt that its verdict depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailedSend {
    /// Number of the attempt, from 1.
    pub number: i64,
    /// Earlier attempts with a lost answer.
    pub unanswered: i64,
    /// The operator's policy on lost answers.
    pub unconfirmed: Unconfirmed,
    /// Whether the message went to a forum topic rather than to the chat's main thread.
    pub in_topic: bool,
}

/// The consequence of a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The message did not arrive: send it again at this time.
    Retry(Timestamp),
    /// The message may have arrived: send it again at this time, marked as a possible duplicate.
    RetryAsPossibleDuplicate(Timestamp),
    /// The message may have arrived: do not send it again.
    GiveUpUnconfirmed,
    /// Send nothing to the chat for these milliseconds. When the bot as a whole exceeded its limit, send nothing at
    /// all.
    SlowDown(i64),
    /// Send nothing to the chat before this time.
    PauseChat(Timestamp),
    /// Send nothing to the forum topic before this time.
    PauseThread(Timestamp),
    /// The platform rejects the token: send nothing at all before this time.
    PauseAll(Timestamp),
    /// Send the text at once without markup.
    WithoutMarkup,
    /// Send a shorter text at once.
    Shorter,
    /// Send the message at once to the chat's main thread.
    MainThread,
    /// The chat has this new id: record the migration, then send.
    MigrateChat(String),
    /// The chat is unreachable: park its deliveries until the platform reports it reachable.
    Suspend,
    /// The delivery has failed for good.
    GiveUp,
}

impl Verdict {
    /// The verdict's name in the store.
    pub fn name(&self) -> VerdictName {
        match self {
            Self::Retry(_) => VerdictName::Retry,
            Self::RetryAsPossibleDuplicate(_) => VerdictName::RetryAsPossibleDuplicate,
            Self::GiveUpUnconfirmed => VerdictName::GiveUpUnconfirmed,
            Self::SlowDown(_) => VerdictName::SlowDown,
            Self::PauseChat(_) | Self::PauseThread(_) => VerdictName::PauseChat,
            Self::PauseAll(_) => VerdictName::PauseAll,
            Self::WithoutMarkup => VerdictName::WithoutMarkup,
            Self::Shorter => VerdictName::Shorter,
            Self::MainThread => VerdictName::MainThread,
            Self::MigrateChat(_) => VerdictName::MigrateChat,
            Self::Suspend => VerdictName::Suspend,
            Self::GiveUp => VerdictName::GiveUp,
        }
    }
}

/// Classifies a failed attempt; `now` is the time of its answer or timeout.
pub fn classify(error: &SendError, attempt: FailedSend, now: Timestamp) -> Verdict {
    match error {
        SendError::RateLimited { retry_after_secs } => {
            Verdict::SlowDown((*retry_after_secs).max(1).saturating_mul(1000))
        }
        SendError::Unauthorized => Verdict::PauseAll(now.plus_secs(TOKEN_WAIT_SECS)),
        SendError::Unreached(_) | SendError::Down(_) => Verdict::Retry(later(attempt, now)),
        SendError::Unanswered(_) => match attempt.unconfirmed {
            Unconfirmed::Never => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once if attempt.unanswered >= REPEATS_UNDER_ONCE => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once | Unconfirmed::Always => Verdict::RetryAsPossibleDuplicate(later(attempt, now)),
        },
        // Proxies answer this all through an outage. It must not use up the one repeat.
        SendError::GatewayTimeout(_) => match attempt.unconfirmed {
            Unconfirmed::Never => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once | Unconfirmed::Always => {
                Verdict::RetryAsPossibleDuplicate(later_within(LONGEST_PROXY_WAIT_SECS, attempt, now))
            }
        },
        SendError::Markup(_) => Verdict::WithoutMarkup,
        SendError::TooLong(_) => Verdict::Shorter,
        SendError::ThreadGone(_) if attempt.in_topic => Verdict::MainThread,
        // A topic closed for the night opens again, and a chat always has a main thread.
        SendError::ThreadGone(_) | SendError::ThreadClosed(_) => {
            Verdict::PauseThread(later_within(LONGEST_CLOSED_WAIT_SECS, attempt, now))
        }
        SendError::Moved { to } => Verdict::MigrateChat(to.clone()),
        SendError::Unreachable(_) => Verdict::Suspend,
        SendError::NoRights(_) => Verdict::PauseChat(later_within(LONGEST_CLOSED_WAIT_SECS, attempt, now)),
        SendError::NotModified | SendError::NotEditable(_) | SendError::Refused(_) => Verdict::GiveUp,
    }
}

/// Returns the time of the next attempt.
fn later(attempt: FailedSend, now: Timestamp) -> Timestamp {
    later_within(LONGEST_WAIT_SECS, attempt, now)
}

fn later_within(longest_secs: i64, attempt: FailedSend, now: Timestamp) -> Timestamp {
    let doublings = (attempt.number - 1).clamp(0, 16);
    now.plus_secs((FIRST_WAIT_SECS << doublings).min(longest_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn verdict(error: SendError, number: i64, unanswered: i64, unconfirmed: Unconfirmed) -> Verdict {
        classify(&error, FailedSend { number, unanswered, unconfirmed, in_topic: true }, NOW)
    }

    #[test]
    fn each_error_has_its_verdict() {
        let what = || "description".to_owned();
        for (error, expected) in [
            (SendError::RateLimited { retry_after_secs: 17 }, Verdict::SlowDown(17_000)),
            (SendError::RateLimited { retry_after_secs: 0 }, Verdict::SlowDown(1000)),
            (SendError::Unauthorized, Verdict::PauseAll(NOW.plus_secs(60))),
            (SendError::Unreached(what()), Verdict::Retry(NOW.plus_secs(5))),
            (SendError::Down(what()), Verdict::Retry(NOW.plus_secs(5))),
            (SendError::Unanswered(what()), Verdict::RetryAsPossibleDuplicate(NOW.plus_secs(5))),
            (SendError::GatewayTimeout(what()), Verdict::RetryAsPossibleDuplicate(NOW.plus_secs(5))),
            (SendError::Markup(what()), Verdict::WithoutMarkup),
            (SendError::TooLong(what()), Verdict::Shorter),
            (SendError::ThreadGone(what()), Verdict::MainThread),
            (SendError::Moved { to: "-1001".into() }, Verdict::MigrateChat("-1001".into())),
            (SendError::Unreachable(what()), Verdict::Suspend),
            (SendError::ThreadClosed(what()), Verdict::PauseThread(NOW.plus_secs(5))),
            (SendError::NoRights(what()), Verdict::PauseChat(NOW.plus_secs(5))),
            (SendError::NotModified, Verdict::GiveUp),
            (SendError::NotEditable(what()), Verdict::GiveUp),
            (SendError::Refused(what()), Verdict::GiveUp),
        ] {
            assert_eq!(verdict(error.clone(), 1, 0, Unconfirmed::Once), expected, "{error}");
        }
    }

    #[test]
    fn a_closed_place_is_tried_again_for_ever_and_never_given_up() {
        let waits = [(1, 5), (2, 10), (8, 640), (11, 3600), (400, 3600)];
        for (number, secs) in waits {
            let until = NOW.plus_secs(secs);
            let verdict = |error| verdict(error, number, 0, Unconfirmed::Once);
            assert_eq!(
                verdict(SendError::ThreadClosed("TOPIC_CLOSED".into())),
                Verdict::PauseThread(until),
                "{number}"
            );
            assert_eq!(verdict(SendError::NoRights("CHAT_RESTRICTED".into())), Verdict::PauseChat(until), "{number}");
        }
        // Even a main thread that the platform does not find.
        let attempt = FailedSend { number: 1, unanswered: 0, unconfirmed: Unconfirmed::Once, in_topic: false };
        let gone = SendError::ThreadGone("message thread not found".into());
        assert_eq!(classify(&gone, attempt, NOW), Verdict::PauseThread(NOW.plus_secs(5)));
    }

    #[test]
    fn repeats_after_lost_answers_follow_the_policy() {
        let lost = || SendError::Unanswered("timeout".into());
        let behind_proxy = || SendError::GatewayTimeout("504".into());
        let again = |secs| Verdict::RetryAsPossibleDuplicate(NOW.plus_secs(secs));
        for (error, number, lost, unconfirmed, expected) in [
            (lost(), 1, 0, Unconfirmed::Never, Verdict::GiveUpUnconfirmed),
            (lost(), 1, 0, Unconfirmed::Once, again(5)),
            (lost(), 2, 1, Unconfirmed::Once, Verdict::GiveUpUnconfirmed),
            (lost(), 9, 8, Unconfirmed::Always, again(60)),
            (behind_proxy(), 1, 0, Unconfirmed::Never, Verdict::GiveUpUnconfirmed),
            (behind_proxy(), 2, 1, Unconfirmed::Once, again(10)),
            (behind_proxy(), 400, 8, Unconfirmed::Once, again(3600)),
            (behind_proxy(), 9, 8, Unconfirmed::Always, again(1280)),
        ] {
            assert_eq!(verdict(error.clone(), number, lost, unconfirmed), expected, "{error} {number} {unconfirmed:?}");
        }
    }

    #[test]
    fn attempts_go_on_forever_a_minute_apart() {
        for (number, secs) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (400, 60)] {
            let verdict = verdict(SendError::Down("502".into()), number, 0, Unconfirmed::Once);
            assert_eq!(verdict, Verdict::Retry(NOW.plus_secs(secs)), "{number}");
        }
    }
}

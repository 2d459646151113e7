//! What follows when a message could not be sent. Pure: one table, a test a row.

use crate::chat::SendError;
use ceasewire_model::attention::Unconfirmed;
use ceasewire_model::{Timestamp, VerdictName};

/// Seconds before the second attempt; each further one waits twice as long.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait between two attempts: a platform that is back after an outage is noticed by the breaker, and what waits
/// longer than this would be late for nothing.
const LONGEST_WAIT_SECS: i64 = 60;
/// The longest wait where a proxy waits in vain: should each message arrive all the same, it comes no more often than this.
const LONGEST_PROXY_WAIT_SECS: i64 = 3600;
/// Seconds for which nothing is sent when the token is refused; the operator has to act.
const TOKEN_WAIT_SECS: i64 = 60;
/// Seconds for which a chat is left alone in which the bot may not write: nothing says when it may again.
const RIGHTS_WAIT_SECS: i64 = 3600;
/// How often a message whose answer was lost is sent again where the policy says once.
const ONCE: i64 = 1;

/// A failed attempt, as far as the verdict depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which attempt of its delivery it was, from 1.
    pub number: i64,
    /// How many answers to earlier ones were lost.
    pub lost: i64,
    /// What is to be done when one is lost.
    pub unconfirmed: Unconfirmed,
}

/// What to do with a delivery after a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing was sent: try again at this time.
    Retry(Timestamp),
    /// It may have been sent: try again at this time, and say that it may be a repeat.
    RetryAsPossibleDuplicate(Timestamp),
    /// It may have been sent, and is not sent again.
    GiveUpUnconfirmed,
    /// Try again after so many milliseconds, and send nothing to this chat, or if the bot as a whole was too fast to
    /// anyone, before.
    SlowDown(i64),
    /// Try again at this time, and send nothing to this chat before.
    PauseChat(Timestamp),
    /// The token is refused: send nothing to anyone before this time.
    PauseAll(Timestamp),
    /// Send the same at once without markup.
    WithoutMarkup,
    /// Send less at once.
    Shorter,
    /// Send the same at once to the chat's main thread.
    MainThread,
    /// The chat has another id: write that down, then send.
    MigrateChat(String),
    /// Alert this chat no more until it is heard of again; keep everything of it.
    Suspend,
    /// Give this delivery up.
    GiveUp,
}

impl Verdict {
    /// The name under which the store keeps the verdict.
    pub fn name(&self) -> VerdictName {
        match self {
            Self::Retry(_) => VerdictName::Retry,
            Self::RetryAsPossibleDuplicate(_) => VerdictName::RetryAsPossibleDuplicate,
            Self::GiveUpUnconfirmed => VerdictName::GiveUpUnconfirmed,
            Self::SlowDown(_) => VerdictName::SlowDown,
            Self::PauseChat(_) => VerdictName::PauseChat,
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

/// Judges a failed attempt; `now` is when the answer came, or was given up on.
pub fn verdict(error: &SendError, attempt: Attempt, now: Timestamp) -> Verdict {
    match error {
        SendError::TooFast { retry_after_secs } => Verdict::SlowDown((*retry_after_secs).max(1).saturating_mul(1000)),
        SendError::Unauthorized => Verdict::PauseAll(now.plus_secs(TOKEN_WAIT_SECS)),
        SendError::Unreached(_) | SendError::Down(_) => Verdict::Retry(later(attempt, now)),
        SendError::Unanswered(_) => match attempt.unconfirmed {
            Unconfirmed::Never => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once if attempt.lost >= ONCE => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once | Unconfirmed::Always => Verdict::RetryAsPossibleDuplicate(later(attempt, now)),
        },
        // A proxy answers so all through an outage, which must not take the one repeat that there is.
        SendError::GatewayTimeout(_) => match attempt.unconfirmed {
            Unconfirmed::Never => Verdict::GiveUpUnconfirmed,
            Unconfirmed::Once | Unconfirmed::Always => {
                Verdict::RetryAsPossibleDuplicate(later_within(LONGEST_PROXY_WAIT_SECS, attempt, now))
            }
        },
        SendError::Markup(_) => Verdict::WithoutMarkup,
        SendError::TooLong(_) => Verdict::Shorter,
        SendError::ThreadGone(_) => Verdict::MainThread,
        SendError::Moved { to } => Verdict::MigrateChat(to.clone()),
        SendError::Unreachable(_) => Verdict::Suspend,
        SendError::NoRights(_) => Verdict::PauseChat(now.plus_secs(RIGHTS_WAIT_SECS)),
        SendError::NotModified | SendError::NotEditable(_) | SendError::Refused(_) => Verdict::GiveUp,
    }
}

/// When the next attempt is made.
fn later(attempt: Attempt, now: Timestamp) -> Timestamp {
    later_within(LONGEST_WAIT_SECS, attempt, now)
}

fn later_within(longest_secs: i64, attempt: Attempt, now: Timestamp) -> Timestamp {
    let doublings = (attempt.number - 1).clamp(0, 16);
    now.plus_secs((FIRST_WAIT_SECS << doublings).min(longest_secs))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn judged(error: SendError, number: i64, lost: i64, unconfirmed: Unconfirmed) -> Verdict {
        verdict(&error, Attempt { number, lost, unconfirmed }, NOW)
    }

    #[test]
    fn each_error_has_its_verdict() {
        let what = || "what was said".to_owned();
        for (error, expected) in [
            (SendError::TooFast { retry_after_secs: 17 }, Verdict::SlowDown(17_000)),
            (SendError::TooFast { retry_after_secs: 0 }, Verdict::SlowDown(1000)),
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
            (SendError::NoRights(what()), Verdict::PauseChat(NOW.plus_secs(3600))),
            (SendError::NotModified, Verdict::GiveUp),
            (SendError::NotEditable(what()), Verdict::GiveUp),
            (SendError::Refused(what()), Verdict::GiveUp),
        ] {
            assert_eq!(judged(error.clone(), 1, 0, Unconfirmed::Once), expected, "{error}");
        }
    }

    #[test]
    fn what_may_have_arrived_is_sent_again_as_the_operator_says() {
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
            assert_eq!(judged(error.clone(), number, lost, unconfirmed), expected, "{error} {number} {unconfirmed:?}");
        }
    }

    #[test]
    fn attempts_go_on_for_ever_a_minute_apart() {
        for (number, secs) in [(1, 5), (2, 10), (3, 20), (4, 40), (5, 60), (400, 60)] {
            let verdict = judged(SendError::Down("502".into()), number, 0, Unconfirmed::Once);
            assert_eq!(verdict, Verdict::Retry(NOW.plus_secs(secs)), "{number}");
        }
    }
}

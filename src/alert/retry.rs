//! What follows when a message could not be sent. Pure: one table, a test a row.

use crate::chat::SendError;
use crate::model::Timestamp;

/// Seconds before the second attempt; each further one waits twice as long.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait between two attempts: a platform that is back after an outage is noticed within these ten minutes.
const LONGEST_WAIT_SECS: i64 = 600;
/// Seconds for which nothing is sent when the token is refused; the operator has to act.
const TOKEN_WAIT_SECS: i64 = 60;

/// What to do with a delivery after a failed attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Try again at this time.
    Again(Timestamp),
    /// Try again at this time, and send nothing to this chat before it.
    HoldChat(Timestamp),
    /// Try again at this time, and send nothing to anyone before it.
    HoldAll(Timestamp),
    /// Send the same at once without markup.
    WithoutMarkup,
    /// Send the same at once to the chat's main thread.
    ToMainThread,
    /// The chat has another id: write that down, then send.
    Move(String),
    /// Alert this chat no more until it is heard of again; keep everything of it.
    Suspend,
    /// Give this delivery up.
    GiveUp,
}

/// Judges a failed attempt, the `attempts`th of its delivery (counting from 1).
///
/// A request without an answer may have been carried out; it is made again, so that an alert may come twice but is
/// never lost.
pub fn verdict(error: &SendError, attempts: i64, now: Timestamp) -> Verdict {
    match error {
        SendError::TooFast { retry_after_secs } => Verdict::HoldChat(now.plus_secs((*retry_after_secs).max(1))),
        SendError::Unauthorized => Verdict::HoldAll(now.plus_secs(TOKEN_WAIT_SECS)),
        SendError::Unanswered(_) => {
            let doublings = (attempts - 1).clamp(0, 16);
            Verdict::Again(now.plus_secs((FIRST_WAIT_SECS << doublings).min(LONGEST_WAIT_SECS)))
        }
        SendError::Markup(_) => Verdict::WithoutMarkup,
        SendError::ThreadGone(_) => Verdict::ToMainThread,
        SendError::Moved { to } => Verdict::Move(to.clone()),
        SendError::Unreachable(_) => Verdict::Suspend,
        SendError::NotModified | SendError::Refused(_) => Verdict::GiveUp,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_has_its_verdict() {
        let now = Timestamp(1_000_000);
        let at = |secs: i64| now.plus_secs(secs);
        for (error, attempts, expected) in [
            (SendError::TooFast { retry_after_secs: 17 }, 1, Verdict::HoldChat(at(17))),
            (SendError::TooFast { retry_after_secs: 0 }, 1, Verdict::HoldChat(at(1))),
            (SendError::Unauthorized, 1, Verdict::HoldAll(at(60))),
            (SendError::Unanswered("timeout".into()), 1, Verdict::Again(at(5))),
            (SendError::Unanswered("502".into()), 2, Verdict::Again(at(10))),
            (SendError::Unanswered("502".into()), 40, Verdict::Again(at(600))),
            (SendError::Markup("entity".into()), 1, Verdict::WithoutMarkup),
            (SendError::ThreadGone("closed".into()), 1, Verdict::ToMainThread),
            (SendError::Moved { to: "-1001".into() }, 1, Verdict::Move("-1001".into())),
            (SendError::Unreachable("blocked".into()), 1, Verdict::Suspend),
            (SendError::Refused("empty".into()), 1, Verdict::GiveUp),
        ] {
            assert_eq!(verdict(&error, attempts, now), expected, "{error}");
        }
    }
}

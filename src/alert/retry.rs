//! What follows when a message could not be sent. Pure: one table, a test a row.

use crate::chat::SendError;
use crate::model::Timestamp;
use crate::model::attention::Unconfirmed;

/// Seconds before the second attempt; each further one waits twice as long.
const FIRST_WAIT_SECS: i64 = 5;
/// The longest wait between two attempts: a platform that is back after an outage is noticed by the breaker, and what waits
/// longer than this would be late for nothing.
const LONGEST_WAIT_SECS: i64 = 60;
/// Seconds for which nothing is sent when the token is refused; the operator has to act.
const TOKEN_WAIT_SECS: i64 = 60;
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
    Again(Timestamp),
    /// It may have been sent: try again at this time, and say that it may be a repeat.
    AgainMarked(Timestamp),
    /// It may have been sent, and is not sent again.
    LeaveUnconfirmed,
    /// Try again after so many milliseconds, and send nothing to this chat, or if the bot as a whole was too fast to
    /// anyone, before.
    Wait(i64),
    /// The token is refused: send nothing to anyone before this time.
    StopAll(Timestamp),
    /// Send the same at once without markup.
    WithoutMarkup,
    /// Send less at once.
    Shorter,
    /// Send the same at once to the chat's main thread.
    ToMainThread,
    /// The chat has another id: write that down, then send.
    Move(String),
    /// Alert this chat no more until it is heard of again; keep everything of it.
    Suspend,
    /// Give this delivery up.
    GiveUp,
}

impl Verdict {
    /// The name under which the store keeps it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Again(_) => "again",
            Self::AgainMarked(_) => "again-marked",
            Self::LeaveUnconfirmed => "unconfirmed",
            Self::Wait(_) => "wait",
            Self::StopAll(_) => "stop",
            Self::WithoutMarkup => "without-markup",
            Self::Shorter => "shorter",
            Self::ToMainThread => "main-thread",
            Self::Move(_) => "moved",
            Self::Suspend => "suspended",
            Self::GiveUp => "given-up",
        }
    }
}

/// Judges a failed attempt; `now` is when the answer came, or was given up on.
pub fn verdict(error: &SendError, attempt: Attempt, now: Timestamp) -> Verdict {
    match error {
        SendError::TooFast { retry_after_secs } => Verdict::Wait((*retry_after_secs).max(1).saturating_mul(1000)),
        SendError::Unauthorized => Verdict::StopAll(now.plus_secs(TOKEN_WAIT_SECS)),
        SendError::Unreached(_) | SendError::Down(_) => Verdict::Again(later(attempt, now)),
        SendError::Unanswered(_) => match attempt.unconfirmed {
            Unconfirmed::Never => Verdict::LeaveUnconfirmed,
            Unconfirmed::Once if attempt.lost >= ONCE => Verdict::LeaveUnconfirmed,
            Unconfirmed::Once | Unconfirmed::Always => Verdict::AgainMarked(later(attempt, now)),
        },
        SendError::Markup(_) => Verdict::WithoutMarkup,
        SendError::TooLong(_) => Verdict::Shorter,
        SendError::ThreadGone(_) => Verdict::ToMainThread,
        SendError::Moved { to } => Verdict::Move(to.clone()),
        SendError::Unreachable(_) => Verdict::Suspend,
        SendError::NotModified | SendError::NotEditable(_) | SendError::Refused(_) => Verdict::GiveUp,
    }
}

/// When the next attempt is made.
fn later(attempt: Attempt, now: Timestamp) -> Timestamp {
    let doublings = (attempt.number - 1).clamp(0, 16);
    now.plus_secs((FIRST_WAIT_SECS << doublings).min(LONGEST_WAIT_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn judged(error: SendError, number: i64, lost: i64, unconfirmed: Unconfirmed) -> Verdict {
        verdict(&error, Attempt { number, lost, unconfirmed }, NOW)
    }

    fn first(error: SendError) -> Verdict {
        judged(error, 1, 0, Unconfirmed::Once)
    }

    #[test]
    fn too_fast_waits_as_long_as_is_asked_for() {
        assert_eq!(first(SendError::TooFast { retry_after_secs: 17 }), Verdict::Wait(17_000));
    }

    #[test]
    fn too_fast_without_a_time_waits_a_second() {
        assert_eq!(first(SendError::TooFast { retry_after_secs: 0 }), Verdict::Wait(1000));
    }

    #[test]
    fn a_refused_token_stops_everything_for_a_minute() {
        assert_eq!(first(SendError::Unauthorized), Verdict::StopAll(NOW.plus_secs(60)));
    }

    #[test]
    fn what_never_left_is_tried_again_unmarked() {
        assert_eq!(first(SendError::Unreached("refused".into())), Verdict::Again(NOW.plus_secs(5)));
    }

    #[test]
    fn what_the_platform_failed_at_is_tried_again_unmarked() {
        assert_eq!(judged(SendError::Down("502".into()), 2, 0, Unconfirmed::Once), Verdict::Again(NOW.plus_secs(10)));
    }

    #[test]
    fn attempts_go_on_for_ever_a_minute_apart() {
        assert_eq!(judged(SendError::Down("502".into()), 400, 0, Unconfirmed::Once), Verdict::Again(NOW.plus_secs(60)));
    }

    #[test]
    fn a_lost_answer_is_sent_again_once_and_marked() {
        let lost = || SendError::Unanswered("timeout".into());
        assert_eq!(judged(lost(), 1, 0, Unconfirmed::Once), Verdict::AgainMarked(NOW.plus_secs(5)));
        assert_eq!(judged(lost(), 2, 1, Unconfirmed::Once), Verdict::LeaveUnconfirmed);
    }

    #[test]
    fn a_lost_answer_is_never_sent_again_where_the_operator_says_so() {
        let lost = SendError::Unanswered("timeout".into());
        assert_eq!(judged(lost, 1, 0, Unconfirmed::Never), Verdict::LeaveUnconfirmed);
    }

    #[test]
    fn a_lost_answer_is_always_sent_again_where_the_operator_says_so() {
        let lost = SendError::Unanswered("timeout".into());
        assert_eq!(judged(lost, 9, 8, Unconfirmed::Always), Verdict::AgainMarked(NOW.plus_secs(60)));
    }

    #[test]
    fn refused_markup_goes_as_plain_text() {
        assert_eq!(first(SendError::Markup("entity".into())), Verdict::WithoutMarkup);
    }

    #[test]
    fn what_is_too_long_is_made_shorter() {
        assert_eq!(first(SendError::TooLong("4097".into())), Verdict::Shorter);
    }

    #[test]
    fn a_closed_topic_gives_way_to_the_main_thread() {
        assert_eq!(first(SendError::ThreadGone("closed".into())), Verdict::ToMainThread);
    }

    #[test]
    fn a_chat_that_moved_is_followed() {
        assert_eq!(first(SendError::Moved { to: "-1001".into() }), Verdict::Move("-1001".into()));
    }

    #[test]
    fn a_chat_that_cannot_be_reached_is_suspended() {
        assert_eq!(first(SendError::Unreachable("blocked".into())), Verdict::Suspend);
    }

    #[test]
    fn an_edit_that_changes_nothing_is_done_with() {
        assert_eq!(first(SendError::NotModified), Verdict::GiveUp);
    }

    #[test]
    fn a_message_that_cannot_be_changed_is_left() {
        assert_eq!(first(SendError::NotEditable("gone".into())), Verdict::GiveUp);
    }

    #[test]
    fn any_other_refusal_gives_the_delivery_up() {
        assert_eq!(first(SendError::Refused("empty".into())), Verdict::GiveUp);
    }
}

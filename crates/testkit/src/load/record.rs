//! Owns the record of a run at the Bot API, the source of all figures.

use crate::bot_api::Outcome;

/// A request that sent or edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedAttempt {
    /// The time in microseconds of the shared clock.
    pub at: u64,
    pub chat: i64,
    /// The node of the request.
    pub node: usize,
    pub outcome: Outcome,
    pub edit: bool,
    /// Its text has the note on a possible duplicate.
    pub marked: bool,
    /// The stories of its text, in order.
    pub stories: Vec<u32>,
}

impl RecordedAttempt {
    /// Checks that the request made a message.
    pub fn is_message(&self) -> bool {
        !self.edit && matches!(self.outcome, Outcome::Sent | Outcome::AnswerLost)
    }
}

/// The requests and polls of a run.
#[derive(Clone, Debug, Default)]
pub struct RunRecord {
    /// The requests that sent or edited, in order.
    pub attempts: Vec<RecordedAttempt>,
    /// The polls for updates: time and node.
    pub polls: Vec<(u64, usize)>,
}

impl RunRecord {
    /// Counts the requests with this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.attempts.iter().filter(|attempt| attempt.outcome == outcome).count()
    }

    /// Lists the requests that made a message, in order.
    pub fn messages(&self) -> impl Iterator<Item = &RecordedAttempt> {
        self.attempts.iter().filter(|attempt| attempt.is_message())
    }
}

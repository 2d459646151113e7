//! What the Bot API saw, as the figures are reckoned from it.

use super::bot_api::Outcome;

/// A request that sent or edited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// When, in microseconds of the shared clock.
    pub at: u64,
    /// The chat.
    pub chat: i64,
    /// The node that asked.
    pub node: usize,
    /// What became of it.
    pub outcome: Outcome,
    /// It edits a message.
    pub edit: bool,
    /// Its text says that it may be a repeat.
    pub marked: bool,
    /// The stories that it names, in their order in the text.
    pub stories: Vec<u32>,
}

impl Attempt {
    /// Whether it made a message.
    pub fn is_message(&self) -> bool {
        !self.edit && matches!(self.outcome, Outcome::Sent | Outcome::AnswerLost)
    }
}

/// All that was seen.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// What was sent, in its order.
    pub attempts: Vec<Attempt>,
    /// When updates were asked for, and by which node.
    pub polls: Vec<(u64, usize)>,
}

impl Record {
    /// Counts the requests that came to this.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.attempts.iter().filter(|attempt| attempt.outcome == outcome).count()
    }

    /// The messages that were made, in their order.
    pub fn messages(&self) -> impl Iterator<Item = &Attempt> {
        self.attempts.iter().filter(|attempt| attempt.is_message())
    }
}

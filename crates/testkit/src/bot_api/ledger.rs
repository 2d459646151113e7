//! Owns the light record of a load test: the time, the chat and the stories of each message, without texts and
//! parameters. It must not know the reason of a refusal, nor the duties of the bot.

use std::collections::HashSet;
use std::time::Instant;

/// The texts that mark stories and possible duplicates for the record.
#[derive(Clone, Debug)]
pub struct Marks {
    /// The letters in a story's headline before its number of five digits.
    pub story: String,
    /// The words of the note on a possible duplicate, in any case.
    pub repeat: String,
}

/// The outcome of a request that sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done and answered.
    Sent,
    /// Done, and the answer was cut off.
    AnswerLost,
    /// Not done: 429.
    TooMany,
    /// Not done: 5xx.
    Error,
    /// Not done: anything else.
    Refused,
}

/// A request that sends or edits.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// The time of its handling.
    pub at: Instant,
    pub chat_id: i64,
    /// The number of the server's address that it came to.
    pub node: usize,
    pub outcome: Outcome,
    pub edit: bool,
    /// Its text has the note on a possible duplicate.
    pub marked: bool,
    /// The range of its stories in the ledger's list.
    stories: (usize, usize),
}

/// The requests and polls of a load test.
#[derive(Debug)]
pub struct Ledger {
    marks: Marks,
    attempts: Vec<Attempt>,
    stories: Vec<u32>,
    polls: Vec<(Instant, usize)>,
    delivered: HashSet<(i64, u32)>,
}

impl Ledger {
    pub(super) fn new(marks: Marks) -> Ledger {
        let marks = Marks { repeat: marks.repeat.to_lowercase(), ..marks };
        let (attempts, stories, polls) = (Vec::new(), Vec::new(), Vec::new());
        Ledger { marks, attempts, stories, polls, delivered: HashSet::new() }
    }

    /// Lists the requests that sent or edited, in the order of their handling.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Lists the numbers of the stories that a request's text named, each once.
    pub fn stories(&self, attempt: &Attempt) -> &[u32] {
        &self.stories[attempt.stories.0..attempt.stories.1]
    }

    /// Lists the times of the polls for updates, each with the number of the server's address.
    pub fn polls(&self) -> &[(Instant, usize)] {
        &self.polls
    }

    /// Counts the pairs of a chat and a story that a message to the chat named.
    pub fn delivered(&self) -> usize {
        self.delivered.len()
    }

    pub(super) fn note_poll(&mut self, node: usize) {
        self.polls.push((Instant::now(), node));
    }

    pub(super) fn note(&mut self, node: usize, chat_id: i64, text: &str, outcome: Outcome, edit: bool) {
        let begin = self.stories.len();
        let prefix = self.marks.story.as_str();
        for (at, _) in text.match_indices(prefix) {
            let number = text.get(at + prefix.len()..at + prefix.len() + 5).and_then(|digits| digits.parse().ok());
            let Some(number) = number else { continue };
            if !self.stories[begin..].contains(&number) {
                self.stories.push(number);
            }
        }
        if matches!(outcome, Outcome::Sent | Outcome::AnswerLost) && !edit {
            self.delivered.extend(self.stories[begin..].iter().map(|story| (chat_id, *story)));
        }
        let marked = !self.marks.repeat.is_empty() && text.to_lowercase().contains(&self.marks.repeat);
        let stories = (begin, self.stories.len());
        self.attempts.push(Attempt { at: Instant::now(), chat_id, node, outcome, edit, marked, stories });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_recorded_with_its_stories_and_its_note() {
        let mut ledger = Ledger::new(Marks { story: "NK".into(), repeat: "May be a repeat".into() });
        let texts = [
            "<b>Shells near Martuni NK00042</b> NK00042, NK00007",
            "NKR says NK12",
            "Maybe. (may be a REPEAT) NK00042",
        ];
        for (text, outcome) in texts.into_iter().zip([Outcome::Sent, Outcome::Sent, Outcome::TooMany]) {
            ledger.note(0, 7, text, outcome, false);
        }
        let read: Vec<_> = ledger.attempts().iter().map(|each| (ledger.stories(each), each.marked)).collect();
        assert_eq!(read, [(&[42, 7][..], false), (&[][..], false), (&[42][..], true)]);
        assert_eq!(ledger.delivered(), 2);
    }
}

//! Owns the light record of a load test: of each message when it came, to whom, and which stories it names; no texts, no
//! parameters. It must not know why a request was refused, nor what the bot should have done.

use std::collections::HashSet;
use std::time::Instant;

/// By what the messages of a load test are known.
#[derive(Clone, Debug)]
pub struct Marks {
    /// A story's headline holds these letters and five digits, which number it.
    pub story: String,
    /// Words that a message holds if it may be a repeat; compared without regard to capital letters.
    pub repeat: String,
}

/// What became of a request that sends.
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
    /// When it was handled.
    pub at: Instant,
    /// The chat.
    pub chat_id: i64,
    /// Which of the server's addresses it came to.
    pub node: usize,
    /// What became of it.
    pub outcome: Outcome,
    /// It edits a message.
    pub edit: bool,
    /// Its text says that it may be a repeat.
    pub marked: bool,
    /// Where its stories stand in the ledger's list.
    stories: (usize, usize),
}

/// What was sent.
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

    /// Lists the requests that sent or edited, in the order in which they were handled.
    pub fn attempts(&self) -> &[Attempt] {
        &self.attempts
    }

    /// Lists the numbers of the stories that a request's text named, each once.
    pub fn stories(&self, attempt: &Attempt) -> &[u32] {
        &self.stories[attempt.stories.0..attempt.stories.1]
    }

    /// Lists when updates were asked for, and at which of the server's addresses.
    pub fn polls(&self) -> &[(Instant, usize)] {
        &self.polls
    }

    /// Counts the pairs of a chat and a story that has been named in a message to it.
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
    fn a_message_is_known_by_the_stories_that_it_names_and_by_its_mark() {
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

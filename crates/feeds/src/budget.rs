//! The budget of a feed: the most that one fetch may bring into memory and into the store.

use std::time::{Duration, Instant};

use serde::Deserialize;

/// The most bytes of a title, of an entry or of a feed.
pub const MAX_TITLE_BYTES: usize = 2000;
/// The most bytes of an entry's id and of an address. A longer one is dropped, since half an address is another one.
pub const MAX_ADDRESS_BYTES: usize = 4096;
/// The most bytes of an author's name.
pub const MAX_AUTHOR_BYTES: usize = 200;

/// The most that a parser reads of one body. `[budgets.feeds]` of the configuration holds the budget of the operator's
/// feeds, `[budgets.chat_feeds]` a tighter one of feeds that chats add.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedBudget {
    /// Entries of a body: the first ones of the document.
    pub max_entries: usize,
    /// Bytes of one entry's text; the rest of the text is cut.
    pub max_entry_bytes: usize,
    /// Authors of one entry.
    pub max_authors: usize,
    /// Milliseconds for parsing a body; then parsing fails.
    pub parse_ms: u64,
}

/// The moment when parsing a body fails. Every loop over a publisher's data checks it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParseDeadline {
    at: Instant,
}

/// The time for parsing a body has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DeadlinePassed;

impl FeedBudget {
    /// The deadline of a parse that starts now.
    pub(crate) fn deadline(&self) -> ParseDeadline {
        ParseDeadline { at: Instant::now() + Duration::from_millis(self.parse_ms) }
    }
}

impl ParseDeadline {
    pub(crate) fn check(self) -> Result<(), DeadlinePassed> {
        if Instant::now() < self.at { Ok(()) } else { Err(DeadlinePassed) }
    }

    /// Checks at every 1024th step of a loop, since a look at the clock costs more than a short step.
    pub(crate) fn check_at(self, step: usize) -> Result<(), DeadlinePassed> {
        const STEPS: usize = 1024;
        if step.is_multiple_of(STEPS) { self.check() } else { Ok(()) }
    }
}

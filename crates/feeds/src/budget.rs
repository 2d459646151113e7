//! The budget of a feed: the most that one fetch may bring into memory and into the store.

use serde::Deserialize;

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

//! The section `[budgets]`: the most that a feed, a chat and a person may cost the program.

use serde::Deserialize;

use ceasewire_feeds::budget::FeedBudget;

use super::SettingFault;

/// Bounds for feeds and chats, so that one of them cannot slow or stop the others.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetsConfig {
    /// One fetch of an operator's feed. Its bytes are bounded by `fetch.max_body_bytes`.
    pub feeds: FeedBudget,
    pub chat_feeds: ChatFeedsBudget,
    pub chats: ChatBudget,
}

/// The most that feeds of chats may cost: one fetch, one day, and all of them together.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatFeedsBudget {
    pub max_body_bytes: usize,
    pub max_entries: usize,
    pub max_entry_bytes: usize,
    pub max_authors: usize,
    pub parse_ms: u64,
    pub max_articles_per_day: u64,
    pub max_bytes_per_day: u64,
    pub retention_days: u64,
    pub concurrency: usize,
    pub max_feeds_in_all: u64,
}

/// The most that one chat, with all its forum topics, may ask for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChatBudget {
    pub max_filters: usize,
    pub max_mutes: usize,
    pub max_patterns: usize,
    pub pattern_steps: u64,
    pub pattern_steps_in_all: u64,
    pub max_waiting: usize,
    pub commands_per_minute: u32,
    pub slow_commands_per_minute: u32,
}

impl ChatFeedsBudget {
    /// The budget of one fetch.
    pub fn feed(&self) -> FeedBudget {
        FeedBudget {
            max_entries: self.max_entries,
            max_entry_bytes: self.max_entry_bytes,
            max_authors: self.max_authors,
            parse_ms: self.parse_ms,
        }
    }
}

impl BudgetsConfig {
    /// Checks the section beyond its types.
    pub(super) fn check(&self, faults: &mut Vec<SettingFault>) {
        let mut range = |place: &str, value: u64, from: u64, to: u64| {
            if !(from..=to).contains(&value) {
                let problem = format!("is {value}; give a number from {from} to {to}");
                faults.push(SettingFault { place: format!("budgets.{place}"), problem });
            }
        };
        for (section, budget) in [("feeds", self.feeds), ("chat_feeds", self.chat_feeds.feed())] {
            range(&format!("{section}.max_entries"), budget.max_entries as u64, 1, 100_000);
            range(&format!("{section}.max_entry_bytes"), budget.max_entry_bytes as u64, 1000, 10_000_000);
            range(&format!("{section}.max_authors"), budget.max_authors as u64, 1, 1000);
            range(&format!("{section}.parse_ms"), budget.parse_ms, 10, 600_000);
        }
        let feeds = &self.chat_feeds;
        range("chat_feeds.max_body_bytes", feeds.max_body_bytes as u64, 1024, 1 << 30);
        range("chat_feeds.max_articles_per_day", feeds.max_articles_per_day, 1, 1_000_000);
        range("chat_feeds.max_bytes_per_day", feeds.max_bytes_per_day, 10_000, 1 << 40);
        range("chat_feeds.retention_days", feeds.retention_days, 8, 36_500);
        range("chat_feeds.concurrency", feeds.concurrency as u64, 1, 1000);
        range("chat_feeds.max_feeds_in_all", feeds.max_feeds_in_all, 0, 1_000_000);
        let chats = &self.chats;
        range("chats.max_filters", chats.max_filters as u64, 1, 10_000);
        range("chats.max_mutes", chats.max_mutes as u64, 1, 10_000);
        range("chats.max_patterns", chats.max_patterns as u64, 0, 1000);
        range("chats.pattern_steps", chats.pattern_steps, 100_000, 1_000_000_000);
        range("chats.pattern_steps_in_all", chats.pattern_steps_in_all, 100_000, 10_000_000_000);
        range("chats.max_waiting", chats.max_waiting as u64, 1, 1000);
        range("chats.commands_per_minute", u64::from(chats.commands_per_minute), 1, 10_000);
        range("chats.slow_commands_per_minute", u64::from(chats.slow_commands_per_minute), 1, 10_000);
    }
}

//! The entries that a parser passes over: a few sentences and counts, however many they are.

/// The most sentences on unreadable entries.
const MAX_SENTENCES: usize = 3;

/// The entries of a body missing from its feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SkippedEntries {
    /// Sentences on the first unreadable entries, each with the entry's place and the reason.
    first: Vec<String>,
    /// Entries that could not be read.
    pub unreadable: usize,
    /// Entries after the ones that the budget allows.
    pub beyond_budget: usize,
}

impl SkippedEntries {
    /// Counts an unreadable entry; `sentence` names its place and the reason.
    pub(super) fn push(&mut self, sentence: impl FnOnce() -> String) {
        self.unreadable += 1;
        if self.first.len() < MAX_SENTENCES {
            self.first.push(sentence());
        }
    }

    /// The number of skipped entries.
    pub fn count(&self) -> usize {
        self.unreadable + self.beyond_budget
    }

    /// Sentences for people: the first unreadable entries, the number of further ones, and the number of entries beyond
    /// the budget.
    pub fn sentences(&self) -> Vec<String> {
        let mut sentences = self.first.clone();
        match self.unreadable - self.first.len() {
            0 => {}
            further => sentences.push(format!("{further} further entries cannot be read either.")),
        }
        if self.beyond_budget > 0 {
            sentences.push(format!(
                "The last {} entries exceed the budget of one fetch (max_entries, and a million tags).",
                self.beyond_budget
            ));
        }
        sentences
    }
}
